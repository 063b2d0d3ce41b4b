package flow

import (
	"encoding/binary"
	"encoding/hex"
	"net/netip"
	"strings"
	"time"
)

// Hand-made frames for the tests: each function wraps what it is given.

func addr(s string) Addr { return AddrFrom(netip.MustParseAddr(s)) }

func unhex(s string) []byte {
	b, err := hex.DecodeString(strings.Join(strings.Fields(s), ""))
	if err != nil {
		panic(err)
	}
	return b
}

func be16(n int) []byte    { return binary.BigEndian.AppendUint16(nil, uint16(n)) }
func be32(n uint32) []byte { return binary.BigEndian.AppendUint32(nil, n) }

func cat(parts ...[]byte) []byte {
	var out []byte
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}

func udpSeg(sport, dport int, payload []byte) []byte {
	return cat(be16(sport), be16(dport), be16(8+len(payload)), be16(0), payload)
}

func tcpSeg(sport, dport int, seq uint32, flags byte, payload []byte) []byte {
	return cat(be16(sport), be16(dport), be32(seq), be32(0), []byte{0x50, flags}, be16(1024), be16(0), be16(0), payload)
}

// ip4 makes an IPv4 packet; frag is the field of flags and offset.
func ip4(src, dst string, proto byte, frag int, payload []byte) []byte {
	s, d := netip.MustParseAddr(src).As4(), netip.MustParseAddr(dst).As4()
	return cat([]byte{0x45, 0}, be16(20+len(payload)), be16(7), be16(frag), []byte{64, proto, 0, 0}, s[:], d[:], payload)
}

func ip6(src, dst string, next byte, payload []byte) []byte {
	s, d := netip.MustParseAddr(src).As16(), netip.MustParseAddr(dst).As16()
	return cat([]byte{0x60, 1, 2, 3}, be16(len(payload)), []byte{next, 64}, s[:], d[:], payload)
}

func ether(etherType int, payload []byte) []byte {
	return cat(unhex("020000000002 020000000001"), be16(etherType), payload)
}

func vlan(id, etherType int, payload []byte) []byte { return cat(be16(id), be16(etherType), payload) }

func udp4(src string, sport int, dst string, dport int, payload string) []byte {
	return ether(0x0800, ip4(src, dst, ProtoUDP, 0, udpSeg(sport, dport, []byte(payload))))
}

func udp6(src string, sport int, dst string, dport int, payload string) []byte {
	return ether(0x86dd, ip6(src, dst, ProtoUDP, udpSeg(sport, dport, []byte(payload))))
}

func tcp4(src string, sport int, dst string, dport int, flags byte, payload string) []byte {
	return ether(0x0800, ip4(src, dst, ProtoTCP, 0, tcpSeg(sport, dport, 1, flags, []byte(payload))))
}

// at is a time of the tests: seconds after an hour that is not the epoch's.
func at(seconds float64) Timestamp {
	return FromUnix(1_700_000_000, 0).Add(time.Duration(seconds * float64(time.Second)))
}

func packet(ts Timestamp, frame []byte) *Packet {
	p := &Packet{Time: ts, Frame: frame, Link: LinkEthernet}
	Decode(p)
	return p
}
