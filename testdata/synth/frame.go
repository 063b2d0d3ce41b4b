package main

import (
	"encoding/binary"
	"net"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
)

var (
	macClient = net.HardwareAddr{2, 0, 0, 0, 0, 1}
	macServer = net.HardwareAddr{2, 0, 0, 0, 0, 2}
	client4   = net.IP{192, 0, 2, 10}
	server4   = net.IP{192, 0, 2, 53}
	client6   = net.ParseIP("2001:db8::10")
	server6   = net.ParseIP("2001:db8::53")
)

// An end is one side of a datagram.
type end struct {
	ip   net.IP
	port uint16
}

// must turns errors of the serializers into a panic: the frames are constants of this program, so an error is a bug.
func must(err error) {
	if err != nil {
		panic(err)
	}
}

func serialize(ls ...gopacket.SerializableLayer) []byte {
	b := gopacket.NewSerializeBuffer()
	must(gopacket.SerializeLayers(b, gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true}, ls...))
	return append([]byte(nil), b.Bytes()...)
}

// udp gives the UDP header with its checksum and the payload.
func udp(src, dst end, payload []byte) []byte {
	u := &layers.UDP{SrcPort: layers.UDPPort(src.port), DstPort: layers.UDPPort(dst.port)}
	if src.ip.To4() != nil {
		must(u.SetNetworkLayerForChecksum(&layers.IPv4{SrcIP: src.ip, DstIP: dst.ip, Protocol: layers.IPProtocolUDP}))
	} else {
		must(u.SetNetworkLayerForChecksum(&layers.IPv6{SrcIP: src.ip, DstIP: dst.ip, NextHeader: layers.IPProtocolUDP}))
	}
	return serialize(u, gopacket.Payload(payload))
}

// ip puts an IPv4 or IPv6 header before body; proto is the next header.
func ip(src, dst net.IP, proto layers.IPProtocol, body []byte) []byte {
	if src.To4() != nil {
		return ip4(&layers.IPv4{SrcIP: src, DstIP: dst, Protocol: proto}, body)
	}
	return serialize(&layers.IPv6{Version: 6, SrcIP: src, DstIP: dst, NextHeader: proto, HopLimit: 64}, gopacket.Payload(body))
}

func ip4(h *layers.IPv4, body []byte) []byte {
	h.Version, h.TTL = 4, 64
	return serialize(h, gopacket.Payload(body))
}

// packet is a whole IP packet with one UDP datagram.
func packet(src, dst end, payload []byte) []byte {
	return ip(src.ip, dst.ip, layers.IPProtocolUDP, udp(src, dst, payload))
}

// ether puts an Ethernet header before an IP packet, with the VLAN tags given from the outermost on. Short frames are
// padded with zeros to the 60 bytes of the wire: the padding is no part of the datagram.
func ether(pkt []byte, tags ...layers.Dot1Q) []byte {
	inner := layers.EthernetTypeIPv4
	if pkt[0]>>4 == 6 {
		inner = layers.EthernetTypeIPv6
	}
	kind := func(i int) layers.EthernetType { // the type that announces tag i
		switch {
		case i == len(tags):
			return inner
		case i == 0 && len(tags) > 1:
			return layers.EthernetTypeQinQ
		}
		return layers.EthernetTypeDot1Q
	}
	ls := []gopacket.SerializableLayer{&layers.Ethernet{SrcMAC: macClient, DstMAC: macServer, EthernetType: kind(0)}}
	for i := range tags {
		tags[i].Type = kind(i + 1)
		ls = append(ls, &tags[i])
	}
	return serialize(append(ls, gopacket.Payload(pkt))...)
}

// say adds one datagram in plain Ethernet.
func (c *capture) say(src, dst end, payload []byte) { c.add(ether(packet(src, dst, payload))) }

// cat joins byte slices.
func cat(parts ...[]byte) []byte {
	var b []byte
	for _, p := range parts {
		b = append(b, p...)
	}
	return b
}

func be16(v ...uint16) (b []byte) {
	for _, x := range v {
		b = binary.BigEndian.AppendUint16(b, x)
	}
	return b
}

func be32(v ...uint32) (b []byte) {
	for _, x := range v {
		b = binary.BigEndian.AppendUint32(b, x)
	}
	return b
}

func be64(v ...uint64) (b []byte) {
	for _, x := range v {
		b = binary.BigEndian.AppendUint64(b, x)
	}
	return b
}
