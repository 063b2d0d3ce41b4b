package agreement

import (
	"encoding/binary"
	"math/rand/v2"

	"github.com/flowscope/fsd/runtime/flow"
)

// Mutate compares the two forms on n datagrams made of the seeds, in flows of some datagrams each. The same seed gives
// the same datagrams.
func (s Subject) Mutate(seeds []Sample, n int, seed uint64) error {
	rnd := rand.New(rand.NewPCG(seed, 0))
	p := s.NewPair()
	for i := range n {
		if i%32 == 0 {
			p.NextFlow()
		}
		if err := p.Compare(mutate(rnd, seeds)); err != nil {
			return err
		}
	}
	return nil
}

// maxMutated bounds a mutated datagram, so that many can be tried.
const maxMutated = 4096

// mutate makes a datagram of one or two of the seeds.
func mutate(rnd *rand.Rand, seeds []Sample) Sample {
	d := seeds[rnd.IntN(len(seeds))]
	b := append([]byte(nil), d.Data[:min(len(d.Data), maxMutated)]...)
	for range rnd.IntN(5) {
		b = mutateBytes(rnd, b, seeds)
	}
	d.Data = b[:min(len(b), maxMutated)]
	m := &d.Meta
	m.Wire = 0
	switch rnd.IntN(24) {
	case 0:
		m.Side = m.Side.Opposite()
	case 1:
		m.SrcPort, m.DstPort = m.DstPort, m.SrcPort
	case 2:
		m.Side = m.Side.Opposite()
		m.SrcPort, m.DstPort = m.DstPort, m.SrcPort
	case 3:
		port := [...]uint16{0, 53, 123, 5353, uint16(rnd.Uint32())}[rnd.IntN(5)]
		if m.Side == flow.Responder {
			m.SrcPort = port
		} else {
			m.DstPort = port
		}
	case 4: // as captured, or cut
		m.Wire = uint32(len(d.Data) + rnd.IntN(3))
	}
	return d
}

func mutateBytes(rnd *rand.Rand, b []byte, seeds []Sample) []byte {
	if len(b) == 0 {
		b = append(b, byte(rnd.Uint32()))
	}
	at := rnd.IntN(len(b))
	switch rnd.IntN(11) {
	case 0: // a bit
		b[at] ^= 1 << rnd.IntN(8)
	case 1: // a value at an edge
		b[at] = [...]byte{0, 1, 2, 3, 0x3f, 0x40, 0x7f, 0x80, 0xc0, 0xff}[rnd.IntN(10)]
	case 2: // the end
		b = b[:at]
	case 3: // some bytes less
		b = append(b[:at], b[min(len(b), at+1+rnd.IntN(4)):]...)
	case 4: // some bytes more
		more := make([]byte, 1+rnd.IntN(4))
		for i := range more {
			more[i] = byte(rnd.Uint32())
		}
		b = append(b[:at:at], append(more, b[at:]...)...)
	case 5: // the end of another
		other := seeds[rnd.IntN(len(seeds))].Data
		b = append(b[:at:at], other[rnd.IntN(len(other)+1):]...)
	case 6: // a part of another, inside
		other := seeds[rnd.IntN(len(seeds))].Data
		from := rnd.IntN(len(other) + 1)
		part := other[from : from+rnd.IntN(min(len(other)-from, 40)+1)]
		b = append(b[:at:at], append(append([]byte(nil), part...), b[at:]...)...)
	case 7: // a pointer
		if at+1 < len(b) {
			binary.BigEndian.PutUint16(b[at:], uint16(rnd.IntN(len(b)+2))|0xc000*uint16(rnd.IntN(2)))
		}
	case 8: // a length of one byte that is nearly right
		b[at] = byte(len(b) - at - 3 + rnd.IntN(5))
	case 9: // a length of two bytes that is nearly right
		if at+1 < len(b) {
			binary.BigEndian.PutUint16(b[at:], uint16(len(b)-at-4+rnd.IntN(5)))
		}
	case 10: // a little more or less
		b[at] += byte(rnd.IntN(3)) - 1
	}
	return b
}
