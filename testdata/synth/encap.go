package main

import (
	"bytes"

	"github.com/google/gopacket/layers"
	"github.com/google/gopacket/pcapgo"
)

var (
	c4, s4 = end{client4, 40000}, end{server4, 53}
	c6, s6 = end{client6, 40000}, end{server6, 53}
)

// query and answer are one DNS exchange; id keeps the exchanges of a capture apart.
func query(id uint16) []byte {
	return cat(dnsHead(id, 0x0100, 1, 0, 0, 0), question("host.example.test", 1))
}

func answer(id uint16) []byte {
	return cat(dnsHead(id, 0x8580, 1, 1, 0, 0), question("host.example.test", 1), record([]byte{0xc0, 12}, 1, 1, 3600, []byte{192, 0, 2, 81}))
}

// encap holds the same exchange in several encapsulations; every one has its own message id.
func encap(c *capture) {
	tagged := func(id uint16, tags ...layers.Dot1Q) {
		c.add(ether(packet(c4, s4, query(id)), tags...))
		c.add(ether(packet(s4, c4, answer(id)), tags...))
	}
	tagged(1)
	tagged(2, layers.Dot1Q{VLANIdentifier: 100})
	tagged(3, layers.Dot1Q{VLANIdentifier: 0, Priority: 5}) // a priority tag, no VLAN
	tagged(4, layers.Dot1Q{VLANIdentifier: 200}, layers.Dot1Q{VLANIdentifier: 100})
	tagged(5, layers.Dot1Q{VLANIdentifier: 300}, layers.Dot1Q{VLANIdentifier: 200}, layers.Dot1Q{VLANIdentifier: 100})

	// IPv4 with options: no operation three times, then end.
	h := &layers.IPv4{SrcIP: client4, DstIP: server4, Protocol: layers.IPProtocolUDP,
		Options: []layers.IPv4Option{{OptionType: 1, OptionLength: 1}, {OptionType: 1, OptionLength: 1}, {OptionType: 1, OptionLength: 1}, {OptionType: 0, OptionLength: 1}}}
	c.add(ether(ip4(h, udp(c4, s4, query(6)))))
	c.say(s4, c4, answer(6))

	// IPv6: plain; hop-by-hop; hop-by-hop, destination options and routing; an atomic fragment (RFC 6946).
	c.say(c6, s6, query(7))
	c.say(s6, c6, answer(7))
	pad := []byte{0, 0, 1, 4, 0, 0, 0, 0} // next header to set, length 0, PadN of 6
	with := func(next byte, ext []byte) []byte {
		b := bytes.Clone(ext)
		b[0] = next
		return b
	}
	six := func(id uint16, first layers.IPProtocol, headers ...[]byte) {
		c.add(ether(ip(client6, server6, first, append(cat(headers...), udp(c6, s6, query(id))...))))
		c.say(s6, c6, answer(id))
	}
	six(8, layers.IPProtocolIPv6HopByHop, with(17, pad))
	six(9, layers.IPProtocolIPv6HopByHop, with(60, pad), with(43, pad), []byte{17, 0, 253, 0, 0, 0, 0, 0})
	six(10, layers.IPProtocolIPv6Fragment, []byte{17, 0, 0, 0, 0, 0, 0, 10})

	// A frame padded to the least length of Ethernet, and a trailer after the IP packet: neither is payload.
	c.say(c4, s4, dnsHead(11, 0x0100, 0, 0, 0, 0))
	c.add(append(ether(packet(c4, s4, query(12))), "trailer"...))

	// No UDP checksum (RFC 768 allows 0 over IPv4), a wrong one, a UDP length shorter than the IP payload.
	u := udp(c4, s4, query(13))
	u[6], u[7] = 0, 0
	c.add(ether(ip(client4, server4, layers.IPProtocolUDP, u)))
	u = udp(c4, s4, query(14))
	u[6] ^= 0xff
	c.add(ether(ip(client4, server4, layers.IPProtocolUDP, u)))
	c.add(ether(ip(client4, server4, layers.IPProtocolUDP, append(udp(c4, s4, query(15)), "after the datagram"...))))
}

// fragments holds one long answer split up: in order, backwards, twice the same part, one part lost, in IPv6.
func fragments(c *capture) {
	long := func(id uint16) []byte {
		b := cat(dnsHead(id, 0x8580, 1, 4, 0, 0), question("big.example.test", 16))
		for i := range 4 {
			text := bytes.Repeat([]byte{byte('a' + i)}, 200)
			b = append(b, record([]byte{0xc0, 12}, 16, 1, 3600, append([]byte{200}, text...))...)
		}
		return b
	}
	parts4 := func(id uint16) [][]byte {
		body, out := udp(s4, c4, long(id)), [][]byte(nil)
		for off := 0; off < len(body); off += 304 {
			h := &layers.IPv4{SrcIP: server4, DstIP: client4, Protocol: layers.IPProtocolUDP, Id: id, FragOffset: uint16(off / 8)}
			if off+304 < len(body) {
				h.Flags = layers.IPv4MoreFragments
			}
			out = append(out, ether(ip4(h, body[off:min(off+304, len(body))])))
		}
		return out
	}
	parts6 := func(id uint16) [][]byte {
		body, out := udp(s6, c6, long(id)), [][]byte(nil)
		for off := 0; off < len(body); off += 304 {
			more := uint16(0)
			if off+304 < len(body) {
				more = 1
			}
			h := cat([]byte{17, 0}, be16(uint16(off)|more), be32(uint32(id)))
			out = append(out, ether(ip(server6, client6, layers.IPProtocolIPv6Fragment, append(h, body[off:min(off+304, len(body))]...))))
		}
		return out
	}
	for id, order := range [][]int{{0, 1, 2}, {2, 1, 0}, {0, 1, 1, 2}, {0, 2}} {
		for _, p := range [][][]byte{parts4(uint16(id + 1)), parts6(uint16(id + 11))} {
			for _, i := range order {
				c.add(p[i])
			}
		}
	}
	// An overlap that would change the text (a hostile one), then a plain exchange to show that all goes on.
	p := parts4(30)
	c.add(p[0])
	evil := &layers.IPv4{SrcIP: server4, DstIP: client4, Protocol: layers.IPProtocolUDP, Id: 30, FragOffset: 8, Flags: layers.IPv4MoreFragments}
	c.add(ether(ip4(evil, bytes.Repeat([]byte{'!'}, 304))))
	c.add(p[1])
	c.add(p[2])
	c.say(c4, s4, query(31))
	c.say(s4, c4, answer(31))
}

// snaplen holds the answer cut at every layer: in Ethernet, IP, UDP, the DNS header, the question, the record.
func snaplen(c *capture) {
	for i, n := range []int{0, 10, 14, 30, 34, 38, 42, 48, 54, 60, 75, 77, 85, 90, 1 << 16} {
		c.addCut(ether(packet(s4, c4, answer(uint16(i+1)))), n)
	}
	for i, n := range []int{40, 54, 62, 70, 90} {
		c.addCut(ether(packet(s6, c6, answer(uint16(i+101)))), n)
	}
}

// exchange adds one exchange over IPv4 and one over IPv6, each packet wrapped by the link layer.
func (c *capture) exchange(wrap func(pkt []byte) []byte) {
	for _, p := range [][]byte{packet(c4, s4, query(1)), packet(s4, c4, answer(1)), packet(c6, s6, query(2)), packet(s6, c6, answer(2))} {
		c.add(wrap(p))
	}
}

// linkRaw is link type 101: the IP packet alone.
func linkRaw(c *capture) {
	c.link = layers.LinkTypeRaw
	c.exchange(func(p []byte) []byte { return p })
}

// linkNull is link type 0: four bytes of address family in the order of the recording machine, little endian here;
// IPv6 is 24, 28 or 30.
func linkNull(c *capture) {
	c.null = true
	c.exchange(func(p []byte) []byte {
		family := byte(2)
		if p[0]>>4 == 6 {
			family = 30
		}
		return append([]byte{family, 0, 0, 0}, p...)
	})
}

// linkSLL is link type 113, what Linux writes for the interface "any".
func linkSLL(c *capture) {
	c.link = layers.LinkTypeLinuxSLL
	c.exchange(func(p []byte) []byte {
		kind := uint16(0x0800)
		if p[0]>>4 == 6 {
			kind = 0x86dd
		}
		return cat(be16(0, 1, 6), macClient, be16(0, kind), p)
	})
}

// twoInterfaces has an Ethernet and a raw interface in one file, frames of both mixed.
func twoInterfaces(c *capture) {
	c.ifaces = []pcapgo.NgInterface{
		{Name: "left", LinkType: layers.LinkTypeEthernet, SnapLength: 65535},
		{Name: "right", LinkType: layers.LinkTypeRaw, SnapLength: 65535},
	}
	for id := uint16(1); id <= 3; id++ {
		c.add(ether(packet(c4, s4, query(id))))
		c.add(packet(c6, s6, query(id+10)))
		c.on(1)
		c.add(packet(s6, c6, answer(id+10)))
		c.on(1)
		c.add(ether(packet(s4, c4, answer(id))))
	}
}
