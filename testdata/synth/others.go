package main

import (
	"bytes"
	"net"
	"time"
)

// ntpHead is the 48 bytes of RFC 5905 section 7.3; first holds leap indicator, version and mode.
func ntpHead(first, stratum byte, ref string, times ...uint64) []byte {
	t := make([]uint64, 4)
	copy(t, times)
	return cat([]byte{first, stratum, 6, 0xec}, be32(0x00000100, 0x00000200), []byte(ref), be64(t...))
}

// ntp holds the forms that the recorded servers do not send; MACs are patterns, not digests.
func ntp(c *capture) {
	cl, sv := end{client4, 50123}, end{net.IP{192, 0, 2, 123}, 123}
	const t0 = uint64(0xe93d3c80) << 32 // 2024-01-01 in seconds of era 0
	mac := func(id uint32, n int) []byte { return cat(be32(id), bytes.Repeat([]byte{0xab}, n)) }
	ext := func(kind uint16, n int) []byte { return cat(be16(kind, uint16(4+n)), bytes.Repeat([]byte{0xee}, n)) }
	ask := ntpHead(0x23, 0, "\x00\x00\x00\x00", 0, 0, 0, t0)
	say := ntpHead(0x24, 1, "GPS\x00", t0, t0, t0+1, t0+2)
	pair := func(tail []byte) {
		c.say(cl, sv, cat(ask, tail))
		c.say(sv, cl, cat(say, tail))
	}
	pair(nil)
	pair(mac(1, 16))                                        // MD5
	pair(mac(2, 20))                                        // SHA-1
	pair(be32(0))                                           // crypto-NAK: a key id alone (RFC 5905 section 7.3)
	pair(ext(0x0104, 28))                                   // one extension field of the least length without a MAC
	pair(cat(ext(0x0104, 32), ext(0x0204, 100)))            // NTS: unique identifier, cookie (RFC 8915)
	pair(cat(ext(0x2005, 12), ext(0x0104, 24), mac(3, 16))) // two fields and a MAC (RFC 7822)
	c.say(sv, cl, ntpHead(0xe4, 0, "RATE", 0, 0, 0, t0))    // kiss-o'-death, clock unsynchronised
	c.say(sv, cl, ntpHead(0xe4, 0, "DENY", 0, 0, 0, t0))
	c.say(cl, sv, ntpHead(0x0b, 0, "\x00\x00\x00\x00", 0, 0, 0, t0)) // version 1
	c.say(cl, sv, ntpHead(0x1b, 0, "\x00\x00\x00\x00", 0, 0, 0, t0)) // version 3
	c.say(sv, cl, ntpHead(0x1c, 2, "\xc0\x00\x02\x01", t0, t0, t0, t0))
	p := end{net.IP{192, 0, 2, 124}, 123}
	c.say(p, sv, ntpHead(0x21, 2, "\xc0\x00\x02\x01", t0, t0, t0, t0)) // symmetric active
	c.say(sv, p, ntpHead(0x22, 2, "\xc0\x00\x02\x02", t0, t0, t0, t0)) // symmetric passive
	c.say(sv, end{net.IP{192, 0, 2, 255}, 123}, ntpHead(0x25, 2, "GPS\x00", t0, 0, 0, t0))
	c.say(sv, cl, ntpHead(0x24, 1, "PPS\x00", 1, 1<<32, 1<<63, ^uint64(0))) // era 0's first and last moments

	// Mode 6 (RFC 9327): read variables, its answer in two fragments, an error, a write with MAC, a count past the end.
	control := func(first, op byte, seq, status, assoc, off uint16, data string) []byte {
		pad := (4 - len(data)%4) % 4
		return cat([]byte{first, op}, be16(seq, status, assoc, off, uint16(len(data))), []byte(data), make([]byte, pad))
	}
	c.say(cl, sv, control(0x26, 0x02, 1, 0, 0, 0, ""))
	c.say(sv, cl, control(0x26, 0xa2, 1, 0x0615, 0, 0, "version=\"example\", stratum=1, "))
	c.say(sv, cl, control(0x26, 0x82, 1, 0x0615, 0, 30, "refid=GPS\r\n"))
	c.say(cl, sv, control(0x26, 0x01, 2, 0, 0, 0, ""))
	c.say(sv, cl, control(0x26, 0x81, 2, 0x0615, 0, 0, string(be16(1, 0x9614, 2, 0x8011))))
	c.say(sv, cl, control(0x26, 0xc2, 3, 0x0500, 9, 0, ""))
	c.say(cl, sv, cat(control(0x26, 0x03, 4, 0, 0, 0, "leap=1"), mac(1, 16)))
	c.say(sv, cl, cat([]byte{0x26, 0x82}, be16(5, 0, 0, 0, 400), []byte("count too high")))

	// Mode 7 (private, of ntpd before 4.2.8): the list of clients, a request of 8 bytes and an answer with two items.
	c.say(cl, sv, cat([]byte{0x17, 0x00, 0x03, 0x2a}, make([]byte, 44)))
	c.say(cl, sv, []byte{0x17, 0x00, 0x03, 0x2a, 0, 0, 0, 0})
	item := cat(be32(1, 2, 3, 4), server4, client4, be32(0), be16(123), []byte{3, 4}, make([]byte, 40))
	c.say(sv, cl, cat([]byte{0xd7, 0x00, 0x03, 0x2a}, be16(2, uint16(len(item))), item, item)) // more follow
	c.say(sv, cl, cat([]byte{0x97, 0x01, 0x03, 0x2a}, be16(1, uint16(len(item))), item))
	c.say(sv, cl, []byte{0x97, 0x00, 0x03, 0x2a, 0x40, 0, 0, 0})             // error 4: no data
	c.say(sv, cl, []byte{0x97, 0x00, 0x03, 0x2a, 0x0f, 0xff, 0x0f, 0xff, 1}) // items past the end

	c.say(cl, sv, ask[:47]) // one byte short
	c.say(cl, sv, append(bytes.Clone(ask), 1, 2, 3))
	c.say(cl, sv, cat(ask, be16(0x0104, 0), make([]byte, 28)))   // an extension field of length 0
	c.say(cl, sv, cat(ask, be16(0x0104, 400), make([]byte, 28))) // and one past the end
	c.say(cl, sv, []byte{0x20})                                  // mode 0
}

// tftp holds the transfers that go wrong (RFC 1350, 2347) and ones that the recorded servers do not do.
func tftp(c *capture) {
	sv := end{net.IP{192, 0, 2, 69}, 69}
	port := uint16(50000)
	flow := func() (cl, tid end) {
		port++
		return end{client4, port}, end{sv.ip, port - 10000}
	}
	rq := func(op uint16, words ...string) []byte {
		b := be16(op)
		for _, w := range words {
			b = append(append(b, w...), 0)
		}
		return b
	}
	data := func(n uint16, size int) []byte { return append(be16(3, n), bytes.Repeat([]byte{byte(n)}, size)...) }
	ack := func(n uint16) []byte { return be16(4, n) }
	fail := func(code uint16, text string) []byte { return cat(be16(5, code), []byte(text), []byte{0}) }

	for code, text := range []string{"not defined", "file not found", "access violation", "disk full", "illegal operation", "unknown transfer id", "file exists", "no such user", "options refused"} {
		cl, tid := flow()
		c.say(cl, sv, rq(1, "a.bin", "octet"))
		c.say(tid, cl, fail(uint16(code), text))
	}
	cl, tid := flow() // data lost and sent again, an answer from a stranger, an ACK twice
	c.say(cl, sv, rq(1, "a.bin", "OcTeT"))
	c.say(tid, cl, data(1, 512))
	c.wait(time.Second)
	c.say(tid, cl, data(1, 512))
	c.say(cl, tid, ack(1))
	c.say(cl, tid, ack(1))
	stranger := end{sv.ip, 44444}
	c.say(stranger, cl, data(2, 512))
	c.say(cl, stranger, fail(5, "unknown transfer id"))
	c.say(tid, cl, data(2, 0))
	c.say(cl, tid, ack(2))

	cl, tid = flow() // block numbers that wrap
	c.say(cl, sv, rq(1, "huge.bin", "octet", "blksize", "8", "tsize", "0"))
	c.say(tid, cl, rq(6, "blksize", "8", "tsize", "524300"))
	c.say(cl, tid, ack(0))
	for _, n := range []uint16{65534, 65535, 0, 1} {
		c.say(tid, cl, data(n, 8))
		c.say(cl, tid, ack(n))
	}
	c.say(tid, cl, data(2, 3))
	c.say(cl, tid, ack(2))

	cl, tid = flow() // the client refuses the options that it gets
	c.say(cl, sv, rq(2, "up.bin", "octet", "blksize", "1428", "unknown", "word"))
	c.say(tid, cl, rq(6, "blksize", "9999"))
	c.say(cl, tid, fail(8, "blksize too big"))

	cl, tid = flow() // mode mail, a name with control bytes
	c.say(cl, sv, rq(2, "user\x1b[2J\n", "mail"))
	c.say(tid, cl, fail(4, "mail is obsolete"))

	cl, tid = flow() // malformed: no NUL, no mode, an option without a value, unknown opcode, short ones
	c.say(cl, sv, []byte("\x00\x01a.bin"))
	c.say(cl, sv, rq(1, "a.bin"))
	c.say(cl, sv, rq(1, "a.bin", "octet", "blksize"))
	c.say(cl, sv, rq(1, "", ""))
	c.say(cl, sv, be16(9, 1))
	c.say(cl, sv, []byte{0})
	c.say(cl, sv, rq(1, "a.bin", "octet"))
	c.say(tid, cl, be16(3))
	c.say(tid, cl, cat(be16(5, 1), []byte("no end")))
}

// echoLimit is one flow of RFC 862 that carries 48 datagrams of 1,024 bytes, 24 each way, beside a small one: more
// than 16 KiB in each direction, for tests of a limit of bytes per flow.
func echoLimit(c *capture) {
	sv := end{net.IP{192, 0, 2, 7}, 7}
	big, small := end{client4, 40001}, end{client4, 40002}
	for i := range 24 {
		b := bytes.Repeat([]byte{byte(i)}, 1024)
		c.say(big, sv, b)
		c.say(sv, big, b)
		if i%8 == 0 {
			c.say(small, sv, []byte("small"))
			c.say(sv, small, []byte("small"))
		}
	}
}
