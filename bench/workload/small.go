package workload

import (
	"encoding/binary"
	"hash/crc32"
	"math/rand/v2"
)

var be = binary.BigEndian

// list makes n datagrams of one kind.
func list(kind uint64, n int, one func(r *rand.Rand, i int) []byte) [][]byte {
	r := NewRand(kind)
	var out [][]byte
	for i := range n {
		out = append(out, one(r, i))
	}
	return out
}

func random(r *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

func letters(r *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = 'a' + byte(r.IntN(26))
	}
	return b
}

// NTP returns requests and replies of clients and servers; one in ten has a MAC.
func NTP(n int) [][]byte {
	return list(20, n, func(r *rand.Rand, i int) []byte { return ntp(r, i%2 == 1) })
}

func ntp(r *rand.Rand, reply bool) []byte {
	b := make([]byte, 48)
	b[0], b[2], b[3] = 0x23, 6, 0xec
	if reply {
		b[0], b[1] = 0x24, byte(1+r.IntN(4))
		copy(b[4:], random(r, 4)[:2])
		copy(b[12:], "GPS\x00")
		copy(b[16:], random(r, 24))
	}
	copy(b[40:], random(r, 8))
	if r.IntN(10) == 0 {
		b = append(b, random(r, 20)...)
	}
	return b
}

// NTPPair returns a request and the reply, whose origin timestamp is what the request was sent at.
func NTPPair(r *rand.Rand) (request, reply []byte) {
	request, reply = ntp(r, false), ntp(r, true)
	copy(reply[24:32], request[40:48])
	return request, reply
}

// STUN returns messages of ICE and TURN.
func STUN(n int) [][]byte {
	r := NewRand(21)
	var out [][]byte
	for len(out) < n {
		q, a := STUNPair(r)
		out = append(out, q, a)
	}
	return out[:n]
}

// STUNPair returns a request and its response.
func STUNPair(r *rand.Rand) (request, response []byte) {
	id := random(r, 12)
	turn := r.IntN(4) == 0
	begin := func(kind uint16) []byte {
		b := be.AppendUint16(nil, kind)
		b = append(b, 0, 0, 0x21, 0x12, 0xa4, 0x42)
		return append(b, id...)
	}
	attribute := func(b []byte, kind uint16, value []byte) []byte {
		b = be.AppendUint16(be.AppendUint16(b, kind), uint16(len(value)))
		return append(append(b, value...), make([]byte, -len(value)&3)...)
	}
	end := func(b []byte) []byte {
		b = attribute(b, 0x0008, random(r, 20))
		be.PutUint16(b[2:], uint16(len(b)-20+8))
		return attribute(b, 0x8028, be.AppendUint32(nil, crc32.ChecksumIEEE(b)^0x5354554e))
	}
	method := uint16(1)
	if turn {
		method = 3
	}
	q := begin(method)
	q = attribute(q, 0x0006, append(append(letters(r, 4), ':'), letters(r, 4)...))
	if turn {
		q = attribute(q, 0x0019, []byte{17, 0, 0, 0})
		q = attribute(q, 0x0014, []byte("example.org"))
		q = attribute(q, 0x0015, letters(r, 16))
	} else {
		q = attribute(q, 0x0024, random(r, 4))
		q = attribute(q, 0x802a, random(r, 8))
		q = attribute(q, 0x0025, nil)
	}
	a := begin(method | 0x0100)
	a = attribute(a, 0x0020, append([]byte{0, 1}, random(r, 6)...))
	if turn {
		a = attribute(a, 0x0016, append([]byte{0, 1}, random(r, 6)...))
		a = attribute(a, 0x000d, []byte{0, 0, 2, 88})
	}
	a = attribute(a, 0x8022, []byte("benchmark server 1.0"))
	return end(q), end(a)
}

// DHCP returns messages of DHCPv4 clients and servers.
func DHCP(n int) [][]byte {
	r := NewRand(22)
	var out [][]byte
	for len(out) < n {
		q, a := DHCPPair(r)
		out = append(out, q, a)
	}
	return out[:n]
}

// DHCPPair returns a request and the acknowledgement, or discover and offer.
func DHCPPair(r *rand.Rand) (request, reply []byte) {
	mac, xid, kind := append([]byte{2, 0, 0}, random(r, 3)...), random(r, 4), byte(1+2*r.IntN(2))
	begin := func(op byte) []byte {
		b := make([]byte, 240)
		b[0], b[1], b[2] = op, 1, 6
		copy(b[4:], xid)
		copy(b[28:], mac)
		copy(b[236:], "\x63\x82\x53\x63")
		return b
	}
	option := func(b []byte, code byte, value ...byte) []byte {
		return append(append(b, code, byte(len(value))), value...)
	}
	q := option(begin(1), 53, kind)
	q = option(q, 61, append([]byte{1}, mac...)...)
	q = option(q, 57, 5, 0xdc)
	q = option(q, 60, []byte("android-dhcp-14")...)
	q = option(q, 12, letters(r, 5+r.IntN(10))...)
	if kind == 3 {
		q = option(q, 50, 192, 0, 2, byte(r.Uint32()))
		q = option(q, 54, 192, 0, 2, 1)
	}
	q = append(option(q, 55, 1, 3, 6, 15, 26, 28, 51, 58, 59, 43), 255)
	a := begin(2)
	copy(a[16:], []byte{192, 0, 2, byte(r.Uint32())})
	a = option(a, 53, kind*2-kind/3)
	a = option(a, 54, 192, 0, 2, 1)
	a = option(a, 51, 0, 1, 0x51, 0x80)
	a = option(a, 58, 0, 0, 0xa8, 0xc0)
	a = option(a, 59, 0, 1, 0x27, 0x50)
	a = option(a, 1, 255, 255, 255, 0)
	a = option(a, 28, 192, 0, 2, 255)
	a = option(a, 3, 192, 0, 2, 1)
	a = option(a, 6, 192, 0, 2, 1, 192, 0, 2, 2)
	a = append(option(a, 15, []byte("example.org")...), 255)
	for len(a) < 300 {
		a = append(a, 0)
	}
	return q, a
}

// DHCPv6 returns messages of DHCPv6 clients and servers.
func DHCPv6(n int) [][]byte {
	return list(23, n, func(r *rand.Rand, i int) []byte {
		option := func(b []byte, code uint16, value ...byte) []byte {
			return append(be.AppendUint16(be.AppendUint16(b, code), uint16(len(value))), value...)
		}
		b := append([]byte{byte(1 + 6*(i%2))}, random(r, 3)...)
		b = option(b, 1, append([]byte{0, 3, 0, 1, 2, 0, 0}, random(r, 3)...)...)
		ia := append(random(r, 4), 0, 0, 0, 0, 0, 0, 0, 0)
		if i%2 == 0 {
			b = option(b, 6, 0, 23, 0, 24, 0, 39)
			b = option(b, 8, 0, 0)
			return option(b, 3, ia...)
		}
		b = option(b, 2, append([]byte{0, 1, 0, 1}, random(r, 10)...)...)
		address := append(append([]byte{0x20, 1, 0xd, 0xb8, 0, 0, 0, 0}, random(r, 8)...), 0, 0, 14, 16, 0, 0, 28, 32)
		b = option(b, 3, option(ia, 5, address...)...)
		return option(b, 23, append([]byte{0x20, 1, 0xd, 0xb8, 0, 0, 0, 0}, random(r, 8)...)...)
	})
}

// RADIUS returns Access-Requests, Access-Accepts and Accounting-Requests.
func RADIUS(n int) [][]byte {
	return list(24, n, func(r *rand.Rand, i int) []byte {
		b := append([]byte{byte([]int{1, 2, 4}[i%3]), byte(i), 0, 0}, random(r, 16)...)
		attribute := func(kind byte, value ...byte) { b = append(append(b, kind, byte(len(value)+2)), value...) }
		number := func(kind byte, v uint32) { attribute(kind, be.AppendUint32(nil, v)...) }
		switch i % 3 {
		case 0:
			attribute(1, letters(r, 6+r.IntN(10))...)
			attribute(2, random(r, 16)...)
			attribute(4, 192, 0, 2, 1)
			number(5, r.Uint32N(4096))
			number(6, 2)
			attribute(30, []byte("02-00-00-AA-BB-CC:example")...)
			attribute(31, []byte("02-00-00-11-22-33")...)
			number(61, 19)
			attribute(80, random(r, 16)...)
		case 1:
			number(6, 2)
			attribute(8, 192, 0, 2, byte(r.Uint32()))
			number(12, 1500)
			number(27, 86400)
			attribute(25, random(r, 16)...)
		case 2:
			number(40, 1+r.Uint32N(3))
			attribute(44, letters(r, 16)...)
			attribute(1, letters(r, 6+r.IntN(10))...)
			attribute(4, 192, 0, 2, 1)
			number(42, r.Uint32())
			number(43, r.Uint32())
			number(46, r.Uint32N(86400))
			number(47, r.Uint32())
			number(48, r.Uint32())
		}
		be.PutUint16(b[2:], uint16(len(b)))
		return b
	})
}

// VXLAN returns frames of one network in another.
func VXLAN(n int) [][]byte {
	return list(25, n, func(r *rand.Rand, _ int) []byte {
		b := append([]byte{8, 0, 0, 0}, append(random(r, 3), 0)...)
		return Frame(b, Flow{Client: r.Uint32(), Server: r.Uint32(), ClientPort: 1000, ServerPort: 53}, false, random(r, 40))
	})
}

// BFD returns control packets of BFD without authentication.
func BFD(n int) [][]byte {
	return list(26, n, func(r *rand.Rand, _ int) []byte {
		b := append([]byte{0x20, 0xc0, 3, 24}, random(r, 8)...)
		b[4], b[8] = 1, 1
		return append(b, 0, 0xf, 0x42, 0x40, 0, 0xf, 0x42, 0x40, 0, 0, 0, 0)
	})
}

// GTPU returns packets in tunnels of GTP-U; half have a sequence number.
func GTPU(n int) [][]byte {
	return list(27, n, func(r *rand.Rand, i int) []byte {
		inner := Frame(nil, Flow{Client: r.Uint32(), Server: r.Uint32(), ClientPort: 1000, ServerPort: 53}, false, random(r, 40))[14:]
		b := append([]byte{0x30, 0xff, 0, 0}, random(r, 4)...)
		if i%2 == 1 {
			b[0] |= 2
			b = append(b, byte(i>>8), byte(i), 0, 0)
		}
		b = append(b, inner...)
		be.PutUint16(b[2:], uint16(len(b)-8))
		return b
	})
}

// NetFlow5 returns datagrams of 30 flows.
func NetFlow5(n int) [][]byte {
	return list(28, n, func(r *rand.Rand, i int) []byte {
		b := append([]byte{0, 5, 0, 30, 0, 1, 0, 0, 0x65, 0x92, 0, 0, 0, 0, 0, 0}, random(r, 4)...)
		b = append(b, 0, 0, 0, 0)
		for range 30 {
			record := random(r, 48)
			record[36], record[46], record[47] = 0, 0, 0
			record[38] = 17
			b = append(b, record...)
		}
		return b
	})
}

// CoAP returns requests and responses.
func CoAP(n int) [][]byte {
	return list(29, n, func(r *rand.Rand, i int) []byte {
		token := random(r, 4)
		if i%2 == 0 {
			b := append([]byte{0x44, 1, byte(i >> 8), byte(i)}, token...)
			b = append(append(b, 0xbb), ".well-known"...)
			b = append(append(b, 0x04), "core"...)
			return append(append(b, 0x44), "rt=x"...)
		}
		b := append([]byte{0x64, 0x45, byte(i >> 8), byte(i)}, token...)
		b = append(append(b, 0x42), random(r, 2)...)
		b = append(b, 0x81, 40)
		return append(append(b, 0xff), letters(r, 20)...)
	})
}
