// Package agreement tests that the interpreter and the generated parsers say the same of every datagram: the same
// verdict in every part, and the same message to the byte. Where they differ, the package documentation of dsl/ir says
// who is right.
package agreement

import (
	"encoding/hex"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/flowscope/fsd/dsl"
	"github.com/flowscope/fsd/dsl/eval"
	"github.com/flowscope/fsd/dsl/ir"
	"github.com/flowscope/fsd/generated/all"
	"github.com/flowscope/fsd/runtime/capture"
	"github.com/flowscope/fsd/runtime/datagram"
	"github.com/flowscope/fsd/runtime/flow"
)

const specs = "../../protocols"

// sample is a datagram as a parser sees it.
type sample struct {
	data []byte
	meta datagram.Meta
}

// subject is one protocol in its two forms.
type subject struct {
	spec        *ir.Protocol
	generated   *datagram.Protocol
	interpreted *datagram.Protocol
}

func subjects(t testing.TB) []subject {
	var list []subject
	for _, p := range all.Protocols() {
		spec, diagnostics := dsl.Compile(os.DirFS(specs), p.Name+".fsd")
		require.NoError(t, diagnostics.Err())
		list = append(list, subject{spec, p, eval.New(spec)})
	}
	return list
}

// pair parses the datagrams of one flow with both forms.
type pair struct {
	s      subject
	g, i   datagram.Parser
	gm, im datagram.Message
	gj, ij []byte
}

func newPair(s subject) *pair {
	return &pair{s: s, g: s.generated.NewParser(), i: s.interpreted.NewParser(), gm: s.generated.NewMessage(), im: s.interpreted.NewMessage()}
}

// compare returns what differs, "" if nothing does.
func (p *pair) compare(d sample) string {
	gs := p.g.ParseMessage(d.data, &d.meta, p.gm)
	is := p.i.ParseMessage(d.data, &d.meta, p.im)
	if gs != is {
		return fmt.Sprintf("generated:   %s %+v\ninterpreted: %s %+v", gs.ReasonName(p.s.generated.Desc), gs, is.ReasonName(p.s.interpreted.Desc), is)
	}
	if !gs.Complete {
		return ""
	}
	p.gj, p.ij = p.gm.AppendJSON(p.gj[:0]), p.im.AppendJSON(p.ij[:0])
	if string(p.gj) != string(p.ij) {
		return fmt.Sprintf("generated:   %s\ninterpreted: %s", p.gj, p.ij)
	}
	return ""
}

func requireSame(t testing.TB, p *pair, d sample, where string) {
	if difference := p.compare(d); difference != "" {
		require.FailNow(t, "they differ", "%s %s: %d bytes, side %v, ports %d->%d, wire %d\n%s\n%s",
			p.s.generated.Name, where, len(d.data), d.meta.Side, d.meta.SrcPort, d.meta.DstPort, d.meta.Wire,
			hex.EncodeToString(d.data), difference)
	}
}

func vectors(spec *ir.Protocol) [][]sample {
	var list [][]sample
	for _, v := range spec.Tests {
		var flowOf []sample
		for _, s := range v.Steps {
			meta := datagram.Meta{SrcPort: 40000, DstPort: s.Port}
			if s.From == ir.Responder {
				meta.Side, meta.SrcPort, meta.DstPort = flow.Responder, s.Port, 40000
			}
			flowOf = append(flowOf, sample{s.Datagram, meta})
		}
		list = append(list, flowOf)
	}
	return list
}

// captured returns the datagrams of captures that touch a port of the protocol.
func captured(t testing.TB, s subject, limit int) []sample {
	var files []string
	for _, pattern := range []string{"../../testdata/captures/*", "../../../shared/captures/" + s.spec.Name + "/*"} {
		found, err := filepath.Glob(pattern)
		require.NoError(t, err)
		files = append(files, found...)
	}
	var list []sample
	for _, name := range files {
		r, err := capture.Open(name)
		if err != nil {
			continue // not a capture
		}
		var p flow.Packet
		for len(list) < limit {
			if err := r.Next(&p); err != nil {
				require.ErrorIs(t, err, io.EOF, name)
				break
			}
			flow.Decode(&p)
			if !p.HasPayload {
				continue
			}
			meta := datagram.Meta{Time: p.Time, Src: p.Src, Dst: p.Dst, SrcPort: p.SrcPort, DstPort: p.DstPort, Wire: uint32(p.PayloadWire)}
			for _, ports := range s.spec.Ports {
				fromServer := ports.First <= p.SrcPort && p.SrcPort <= ports.Last
				if fromServer {
					meta.Side = flow.Responder
				}
				if fromServer || ports.First <= p.DstPort && p.DstPort <= ports.Last {
					list = append(list, sample{append([]byte(nil), p.Payload...), meta})
					break
				}
			}
		}
		require.NoError(t, r.Close())
	}
	return list
}

func TestInterpreterAndGeneratedParserAgreeOnTheSpecsVectors(t *testing.T) {
	for _, s := range subjects(t) {
		require.NotEmpty(t, s.spec.Tests, s.spec.Name)
		for i, steps := range vectors(s.spec) {
			p := newPair(s)
			for _, d := range steps {
				requireSame(t, p, d, s.spec.Tests[i].Name)
			}
		}
	}
}

func TestInterpreterAndGeneratedParserAgreeOnCaptures(t *testing.T) {
	for _, s := range subjects(t) {
		p := newPair(s)
		list := captured(t, s, 20000)
		require.NotEmpty(t, list, s.spec.Name)
		for i, d := range list {
			requireSame(t, p, d, fmt.Sprint("datagram ", i))
		}
	}
}

func TestInterpreterAndGeneratedParserAgreeOnEveryPrefixOfTheVectors(t *testing.T) {
	for _, s := range subjects(t) {
		for i, steps := range vectors(s.spec) {
			d := steps[len(steps)-1]
			// All of the short ones; a long datagram is one that repeats itself.
			for n := 0; n < len(d.data); n += 1 + n/256 {
				requireSame(t, newPair(s), sample{d.data[:n], d.meta}, fmt.Sprint(s.spec.Tests[i].Name, " cut to ", n))
			}
		}
	}
}

// FSD_MUTATIONS sets how many mutated datagrams each protocol is tried with.
func TestInterpreterAndGeneratedParserAgreeOnMutatedDatagrams(t *testing.T) {
	n := 20000
	if testing.Short() {
		n = 2000
	}
	if more, err := strconv.Atoi(os.Getenv("FSD_MUTATIONS")); err == nil {
		n = more
	}
	for _, s := range subjects(t) {
		t.Run(s.spec.Name, func(t *testing.T) {
			t.Parallel()
			seeds := captured(t, s, 500)
			for _, steps := range vectors(s.spec) {
				seeds = append(seeds, steps...)
			}
			rnd := rand.New(rand.NewPCG(1, 2))
			p := newPair(s)
			for i := range n {
				if i%64 == 0 {
					p = newPair(s) // another flow
				}
				requireSame(t, p, mutate(rnd, seeds), fmt.Sprint("mutation ", i))
			}
		})
	}
}

// mutate makes a datagram of one or two of the seeds.
func mutate(rnd *rand.Rand, seeds []sample) sample {
	d := seeds[rnd.IntN(len(seeds))]
	b := append([]byte(nil), d.data...)
	d.meta.Wire = 0
	for range 1 + rnd.IntN(4) {
		if len(b) == 0 {
			b = append(b, byte(rnd.Uint32()))
		}
		at := rnd.IntN(len(b))
		switch rnd.IntN(8) {
		case 0:
			b[at] ^= 1 << rnd.IntN(8)
		case 1:
			b[at] = [...]byte{0, 1, 0x3f, 0x40, 0x7f, 0x80, 0xc0, 0xff}[rnd.IntN(8)]
		case 2:
			b = b[:at]
		case 3:
			b = append(b[:at:at], b[min(len(b), at+1+rnd.IntN(4)):]...)
		case 4:
			b = append(b[:at:at], append([]byte{byte(rnd.Uint32()), byte(rnd.Uint32())}[:1+rnd.IntN(2)], b[at:]...)...)
		case 5:
			other := seeds[rnd.IntN(len(seeds))].data
			b = append(b[:at:at], other[rnd.IntN(len(other)+1):]...)
		case 6:
			if at+1 < len(b) { // a pointer or a length
				b[at], b[at+1] = byte(rnd.Uint32()&3)|0xc0*byte(rnd.IntN(2)), byte(rnd.Uint32())
			}
		case 7:
			b[at]++
		}
	}
	d.data = b[:min(len(b), 4096)]
	if rnd.IntN(16) == 0 {
		d.meta.Side = d.meta.Side.Opposite()
	}
	if rnd.IntN(16) == 0 {
		d.meta.SrcPort, d.meta.DstPort = d.meta.DstPort, d.meta.SrcPort
	}
	if rnd.IntN(16) == 0 {
		d.meta.Wire = uint32(len(d.data) + rnd.IntN(3))
	}
	return d
}

func FuzzInterpreterAndGeneratedParserAgree(f *testing.F) {
	list := subjects(f)
	for i, s := range list {
		for _, steps := range vectors(s.spec) {
			f.Add(uint8(i), false, uint16(0), steps[0].data)
		}
	}
	f.Fuzz(func(t *testing.T, which uint8, responder bool, port uint16, data []byte) {
		s := list[int(which)%len(list)]
		meta := datagram.Meta{SrcPort: 40000, DstPort: port}
		if responder {
			meta.Side = flow.Responder
		}
		p := newPair(s)
		requireSame(t, p, sample{data, meta}, "first")
		requireSame(t, p, sample{data, meta}, "again")
	})
}
