package workload

import (
	"math/rand/v2"
)

// MDNS returns responses of multicast DNS: those of DNS, with its flags.
func MDNS(n int) [][]byte {
	return list(44, n, func(r *rand.Rand, _ int) []byte {
		_, b := DNSPair(r)
		b[0], b[1], b[2], b[3] = 0, 0, 0x84, 0
		return b
	})
}

// LLMNR returns responses of LLMNR.
func LLMNR(n int) [][]byte {
	return list(45, n, func(r *rand.Rand, _ int) []byte {
		_, b := DNSPair(r)
		b[2], b[3] = 0x80, 0
		return b
	})
}

// PFCP returns requests that change two rules of a session, and their responses.
func PFCP(n int) [][]byte {
	return list(46, n, func(r *rand.Rand, i int) []byte {
		ie := func(b []byte, kind uint16, value ...byte) []byte {
			return append(be.AppendUint16(be.AppendUint16(b, kind), uint16(len(value))), value...)
		}
		b := append([]byte{0x21, 52 + byte(i%2), 0, 0}, random(r, 8)...)
		b = append(b, 0, byte(i>>8), byte(i), 0)
		if i%2 == 1 {
			b = ie(b, 19, 1)
		} else {
			b = ie(b, 15, ie(nil, 56, 0, byte(i))...)
			for k := range byte(2) {
				header := append(append([]byte{1, 0}, random(r, 4)...), 192, 0, 2, k)
				forward := ie(ie(nil, 42, k), 84, header...)
				far := ie(ie(ie(nil, 108, 0, 0, 0, k), 44, 2), 11, forward...)
				b = ie(b, 10, far...)
			}
		}
		be.PutUint16(b[2:], uint16(len(b)-4))
		return b
	})
}

// GTPv2 returns requests that move a bearer, and their responses.
func GTPv2(n int) [][]byte {
	return list(47, n, func(r *rand.Rand, i int) []byte {
		ie := func(b []byte, kind byte, value ...byte) []byte {
			return append(append(be.AppendUint16(append(b, kind), uint16(len(value))), 0), value...)
		}
		b := append([]byte{0x48, 34 + byte(i%2), 0, 0}, random(r, 4)...)
		b = append(b, 0, byte(i>>8), byte(i), 0)
		tunnel := append(append([]byte{0x80 | byte(i%2)}, random(r, 4)...), 192, 0, 2, byte(i))
		if i%2 == 1 {
			b = ie(b, 2, 16, 0)
			b = ie(b, 93, ie(ie(ie(nil, 73, 5), 2, 16, 0), 87, tunnel...)...)
		} else {
			b = ie(b, 82, 6)
			b = ie(b, 93, ie(ie(nil, 73, 5), 87, tunnel...)...)
			b = ie(b, 3, 7)
		}
		be.PutUint16(b[2:], uint16(len(b)-4))
		return b
	})
}
