package workload

import (
	"io"
	"math/rand/v2"
)

// pairOf makes a request and the reply to it.
type pairOf func(*rand.Rand) (request, reply []byte)

// pairs is how many different exchanges of a protocol there are in a capture.
const pairs = 4096

// exchange is a protocol of a capture.
type exchange struct {
	port  uint16
	pairs [][2][]byte
}

func newExchange(kind uint64, make pairOf, port uint16) exchange {
	r := NewRand(kind)
	e := exchange{port: port}
	for range pairs {
		q, a := make(r)
		e.pairs = append(e.pairs, [2][]byte{q, a})
	}
	return e
}

func exchanges(w io.Writer, c *Capture, make pairOf, port uint16) error {
	return mixed(w, c, []exchange{newExchange(2, make, port)})
}

// mixed writes flows of the protocols in turn. Flows begin one after the other; at any time some thousands of them are
// in the middle of their packets, from which the next one is drawn.
func mixed(w io.Writer, c *Capture, protocols []exchange) error {
	r := NewRand(3)
	type live struct {
		Flow
		protocol *exchange
		sent     int
		pair     int
	}
	var open []live
	begun := 0
	begin := func() live {
		n := uint32(begun)
		begun++
		e := &protocols[int(n)%len(protocols)]
		return live{Flow: Flow{Client: 0x0a000000 + n/4, ClientPort: uint16(20000 + n%4 + r.Uint32N(40000)&^3),
			Server: 0xc0000200 + r.Uint32N(32), ServerPort: e.port, V6: n%10 == 9}, protocol: e}
	}
	each := max(c.Packets/c.Flows, 1)
	return Pcap(w, c.Packets, func(dst []byte, i int) ([]byte, uint64) {
		for len(open) < 4000 && begun < c.Flows {
			open = append(open, begin())
		}
		k := r.IntN(len(open))
		f := &open[k]
		reply := f.sent%2 == 1
		if !reply {
			f.pair = r.IntN(pairs)
		}
		payload := f.protocol.pairs[f.pair][f.sent%2]
		dst = Frame(dst, f.Flow, reply, payload)
		if f.protocol.port == 5004 {
			// The next packet of the stream: 20 milliseconds more of sound, the source by the sender's port.
			media := dst[len(dst)-len(payload):]
			be.PutUint16(media[2:], uint16(f.sent/2))
			be.PutUint32(media[4:], uint32(160*(f.sent/2)))
			be.PutUint32(media[8:], uint32(f.ClientPort)<<1|uint32(f.sent%2))
		}
		if f.sent++; f.sent == each && len(open) > 1 {
			open[k] = open[len(open)-1]
			open = open[:len(open)-1]
		}
		return dst, uint64(i) * 20
	})
}

// FlowsCapture is a capture of small datagrams, spread at random over flows, both directions.
func FlowsCapture(packets, flows int) *Capture {
	return &Capture{name("flows", flows), packets, flows, func(w io.Writer, c *Capture) error {
		r := NewRand(4)
		payload := make([]byte, 18)
		return Pcap(w, c.Packets, func(dst []byte, i int) ([]byte, uint64) {
			n := r.Uint32N(uint32(c.Flows))
			if i < 2*c.Flows && i%2 == 0 && c.Flows > 1 {
				n = uint32(i / 2) // every flow is there
			}
			f := Flow{Client: 0x0a000000 + n/8, Server: 0xc6336400 + n%7, ClientPort: uint16(1024 + n%8*7919 + n>>7%997), ServerPort: 9, V6: n%10 == 9}
			// Within 40 seconds: no flow becomes idle.
			return Frame(dst, f, n&1 != uint32(i)&1, payload), uint64(i) * 40_000_000 / uint64(c.Packets)
		})
	}}
}
