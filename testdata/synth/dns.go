package main

import (
	"bytes"
	"net"
	"strings"
	"time"
)

// dnsHead is the header of RFC 1035 section 4.1.1.
func dnsHead(id, flags, qd, an, ns, ar uint16) []byte { return be16(id, flags, qd, an, ns, ar) }

// dnsName writes a name without compression.
func dnsName(s string) (b []byte) {
	for _, l := range strings.Split(s, ".") {
		b = append(append(b, byte(len(l))), l...)
	}
	return append(b, 0)
}

func question(name string, kind uint16) []byte { return cat(dnsName(name), be16(kind, 1)) }

// record is a resource record; owner is a name already on the wire's form.
func record(owner []byte, kind, class uint16, ttl uint32, data []byte) []byte {
	return cat(owner, be16(kind, class), be32(ttl), be16(uint16(len(data))), data)
}

// dnsHostile holds answers that a parser must refuse or survive, each followed by a good one of the same flow.
func dnsHostile(c *capture) {
	at12 := []byte{0xc0, 12}
	a := []byte{192, 0, 2, 1}
	q := question("host.example.test", 1)
	bad := [][]byte{
		cat([]byte{0xc0, 12}, be16(1, 1)),                              // 1: a name that points to itself
		cat([]byte{0xc0, 14, 0xc0, 12}, be16(1, 1)),                    // 2: two pointers in a ring
		cat([]byte{0xc0, 40}, be16(1, 1), make([]byte, 22), []byte{0}), // 3: a pointer forward
		cat([]byte{0xff, 0xff}, be16(1, 1)),                            // 4: a pointer past the end
		cat([]byte{0x41, 0}, be16(1, 1)),                               // 5: a label of the reserved kind 01
		cat([]byte{0x80, 0}, be16(1, 1)),                               // 6: a label of the reserved kind 10
		cat([]byte{63}, []byte("short")),                               // 7: a label past the end
		cat(bytes.Repeat(append([]byte{63}, bytes.Repeat([]byte{'x'}, 63)...), 5), []byte{0}, be16(1, 1)), // 8: longer than 255
	}
	id := uint16(1)
	send := func(b []byte) {
		c.say(s4, c4, b)
		c.say(s4, c4, answer(0x8000|id))
		id++
	}
	for _, b := range bad {
		send(cat(dnsHead(id, 0x8180, 1, 0, 0, 0), b))
	}
	send(cat(dnsHead(id, 0x8180, 1, 65535, 65535, 65535), q, record(at12, 1, 1, 60, a)))                                    // 9: counts too high
	send(cat(dnsHead(id, 0x8180, 65535, 0, 0, 0), q))                                                                       // 10
	send(cat(dnsHead(id, 0x8180, 1, 1, 0, 0), q, at12, be16(1, 1), be32(60), be16(65535), a))                               // 11: RDLENGTH past the end
	send(cat(dnsHead(id, 0x8180, 1, 1, 0, 0), q, at12, be16(1, 1), be32(60), be16(3), a))                                   // 12: A of 3 bytes, one left over
	send(cat(dnsHead(id, 0x8180, 1, 1, 0, 0), q, record(at12, 15, 1, 60, be16(10))))                                        // 13: MX without a name
	send(cat(dnsHead(id, 0x8180, 1, 1, 0, 0), q, record(at12, 16, 1, 60, []byte{200, 'x'})))                                // 14: TXT past its RDATA
	send(cat(dnsHead(id, 0x8180, 1, 0, 0, 2), q, record([]byte{0}, 41, 1232, 0, nil), record([]byte{0}, 41, 1232, 0, nil))) // 15: two OPT
	send(cat(dnsHead(id, 0x8180, 1, 0, 0, 1), q, record([]byte{0}, 41, 1232, 0, be16(10, 100, 1))))                         // 16: an option past its RDATA
	send(cat(dnsHead(id, 0x8180, 1, 0, 0, 0), q, []byte("left over")))                                                      // 17: bytes after the message
	send([]byte{0, byte(id), 0x81})                                                                                         // 18: three bytes
	send(nil)                                                                                                               // 19: an empty datagram
	// 20: a chain of 100 pointers, each to the one before, and a record that starts at its end.
	chain := cat(dnsHead(id, 0x8180, 1, 1, 0, 0), question("x", 1))
	last := uint16(12)
	var text []byte
	base := uint16(len(chain) + 12) // after the owner and fixed part of the first record
	for i := range uint16(100) {
		text = append(text, be16(0xc000|last)...)
		last = base + 2*i
	}
	chain = cat(chain, record(at12, 10, 1, 60, text))
	chain[7] = 2
	send(cat(chain, record(be16(0xc000|last), 1, 1, 60, a)))
	// 21: control bytes, an escape sequence, a dot inside a label.
	send(cat(dnsHead(id, 0x8180, 1, 1, 0, 0), q, record(cat([]byte{10}, []byte("a\x1b[31m.\r\n\x00"), []byte{0}), 16, 1, 60, []byte("\x07=1+1\"\xff\xfe"))))
}

// llmnr is RFC 4795: multicast query, unicast answer, IPv4 and IPv6, the conflict and tentative bits, no answer.
func llmnr(c *capture) {
	group4, group6 := end{net.IP{224, 0, 0, 252}, 5355}, end{net.ParseIP("ff02::1:3"), 5355}
	local := func(n byte) net.IP { return net.IP{0xfe, 0x80, 15: n} }
	ask4, host4 := end{net.IP{192, 0, 2, 10}, 50001}, end{net.IP{192, 0, 2, 81}, 5355}
	ask6, host6 := end{local(10), 50002}, end{local(81), 5355}
	ask := func(id, flags, kind uint16) []byte {
		return cat(dnsHead(id, flags, 1, 0, 0, 0), question("fileserver", kind))
	}
	say := func(id, flags, kind uint16, data []byte) []byte {
		return cat(dnsHead(id, flags, 1, 1, 0, 0), question("fileserver", kind), record([]byte{0xc0, 12}, kind, 1, 30, data))
	}
	c.say(ask4, group4, ask(1, 0, 1))
	c.say(host4, ask4, say(1, 0x8000, 1, host4.ip))
	c.say(ask6, group6, ask(2, 0, 28))
	c.say(host6, ask6, say(2, 0x8000, 28, host6.ip))
	c.say(ask4, group4, ask(3, 0x0400, 1)) // C: the sender saw more than one answer
	c.say(host4, ask4, say(3, 0x8100, 1, host4.ip))
	c.say(host4, ask4, say(3, 0x8500, 1, net.IP{192, 0, 2, 82})) // T: the name is not yet verified as unique
	c.say(ask4, group4, cat(dnsHead(4, 0, 1, 0, 0, 0), question("81.2.0.192.in-addr.arpa", 12)))
	c.say(host4, ask4, cat(dnsHead(4, 0x8000, 1, 1, 0, 0), question("81.2.0.192.in-addr.arpa", 12), record([]byte{0xc0, 12}, 12, 1, 30, dnsName("fileserver"))))
	for range 3 { // asked three times, nobody answers
		c.say(ask4, group4, cat(dnsHead(5, 0, 1, 0, 0, 0), question("nobody", 255)))
		c.wait(100 * time.Millisecond)
	}
	c.say(ask4, group4, cat(dnsHead(6, 0, 2, 0, 0, 0), question("one", 1), question("two", 1))) // two questions: to be dropped
}

// mdns is RFC 6762: known answers over two messages, the unicast bit, a goodbye, a conflict, NSEC, forward pointers.
func mdns(c *capture) {
	group, a, b := end{net.IP{224, 0, 0, 251}, 5353}, end{net.IP{192, 0, 2, 11}, 5353}, end{net.IP{192, 0, 2, 12}, 5353}
	service := dnsName("_http._tcp.local")
	ptr := func(ttl uint32, instance string) []byte {
		return record(service, 12, 1, ttl, cat([]byte{byte(len(instance))}, []byte(instance), service))
	}
	ask := cat(service, be16(12, 1))
	const flush, unicast = 0x8001, 0x8001
	c.say(a, group, cat(dnsHead(0, 0x0200, 1, 2, 0, 0), ask, ptr(4500, "One"), ptr(4500, "Two"))) // TC: more known answers follow
	c.say(a, group, cat(dnsHead(0, 0, 0, 1, 0, 0), ptr(4500, "Caf\u00e9 \u2192 printer.local")))  // the rest of them, no question
	c.say(b, group, cat(dnsHead(0, 0x8400, 0, 1, 0, 0), ptr(4500, "Three")))
	c.say(a, group, cat(dnsHead(0, 0, 1, 0, 0, 0), service, be16(12, unicast))) // QU
	c.say(b, a, cat(dnsHead(0, 0x8400, 0, 1, 0, 0), ptr(4500, "Three")))        // answered by unicast
	host := dnsName("host.local")
	c.say(b, group, cat(dnsHead(0, 0x8400, 0, 1, 0, 1), record(host, 1, flush, 120, b.ip), // NSEC: no other types than A
		record(host, 47, flush, 120, cat(host, []byte{0, 1, 0x40}))))
	c.say(a, group, cat(dnsHead(0, 0, 1, 0, 1, 0), host, be16(255, unicast), record(host, 1, 1, 120, a.ip))) // probe for a taken name
	c.say(b, group, cat(dnsHead(0, 0x8400, 0, 1, 0, 0), record(host, 1, flush, 120, b.ip)))                  // defended
	// A pointer forward, as some senders write: the SRV's target stands in the record behind it.
	srv := cat(service, be16(33, flush), be32(120), be16(8), be16(0, 0, 80))
	at := uint16(12 + len(srv) + 2)
	c.say(b, group, cat(dnsHead(0, 0x8400, 0, 2, 0, 0), srv, be16(0xc000|at), record(host, 1, flush, 120, b.ip)))
	c.say(b, group, cat(dnsHead(0, 0x8400, 0, 2, 0, 0), ptr(0, "Three"), record(host, 1, flush, 0, b.ip))) // goodbye
}
