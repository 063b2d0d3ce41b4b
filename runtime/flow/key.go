package flow

import (
	"encoding/binary"
	"math/bits"
	"net/netip"
	"strconv"
)

// Addr is an IP address of 16 bytes; an IPv4 address is in its IPv4-mapped form (RFC 4291, section 2.5.5.2). In keys
// of hardware addresses it holds the address in its last bytes.
type Addr [16]byte

// AddrFrom returns a as an Addr; a zone is dropped.
func AddrFrom(a netip.Addr) Addr {
	if !a.IsValid() {
		return Addr{}
	}
	return Addr(a.As16())
}

// Addr4 returns the Addr of an IPv4 address.
func Addr4(a [4]byte) Addr {
	return Addr{10: 0xff, 11: 0xff, 12: a[0], 13: a[1], 14: a[2], 15: a[3]}
}

// Is4 reports whether a is an IPv4 address.
func (a *Addr) Is4() bool {
	return binary.BigEndian.Uint64(a[:8]) == 0 && binary.BigEndian.Uint32(a[8:12]) == 0xffff
}

// Netip returns a as a netip.Addr, an IPv4 address as such.
func (a Addr) Netip() netip.Addr { return netip.AddrFrom16(a).Unmap() }

// String returns the address as text.
func (a Addr) String() string { return a.Netip().String() }

// AppendText appends the address as text; it never fails.
func (a Addr) AppendText(dst []byte) ([]byte, error) { return a.Netip().AppendTo(dst), nil }

// Compare orders addresses by their bytes: -1, 0 or 1.
func (a *Addr) Compare(b *Addr) int {
	ah, bh := binary.BigEndian.Uint64(a[:8]), binary.BigEndian.Uint64(b[:8])
	if ah == bh {
		ah, bh = binary.BigEndian.Uint64(a[8:]), binary.BigEndian.Uint64(b[8:])
	}
	switch {
	case ah < bh:
		return -1
	case ah > bh:
		return 1
	}
	return 0
}

// KeyKind says what a Key identifies. The zero value is a five-tuple.
type KeyKind uint8

// The kinds.
const (
	KeyFiveTuple KeyKind = iota // addresses, ports and protocol
	KeyFragment                 // fragments: addresses and protocol, no ports
	KeyIPPair                   // two addresses and nothing else
	KeyMACPair                  // two hardware addresses
)

// KeyFlags qualify a Key.
type KeyFlags uint8

const (
	// KeyV6 says that the addresses come from IPv6 headers; one that looks IPv4-mapped is still 16 bytes long in a
	// Community ID.
	KeyV6 KeyFlags = 1 << iota
	// KeyDirected says that A is the sender: the endpoints are not sorted. Set by directional extractors and for
	// ICMP messages that have no counterpart.
	KeyDirected
)

// Key identifies a flow. It is comparable and has no pointers. Unless directed, its endpoints are sorted (address,
// then port, A before B), so that both directions of a conversation have one key.
//
// For ICMP the ports are the type and the type of the counterpart, or type and code of messages that have none, as
// the Community ID has it: an echo request and its reply are one flow.
type Key struct {
	// A and B are the addresses of the endpoints.
	A, B Addr
	// APort and BPort are their ports, 0 where the protocol has none.
	APort, BPort uint16
	// Scope tells apart networks with the same addresses: a VLAN, VNI or TEID. 0 unless asked for.
	Scope uint32
	// Proto is the IP protocol number.
	Proto uint8

	kindFlags uint8 // kind in the low nibble, flags in the high one: keeps a Key at 44 bytes
}

// MakeKey returns the key of a five-tuple as seen in a packet from src to dst, and the packet's orientation. It does
// what KeyOf does, for tests and callers that have no Packet. ICMP is not mapped.
func MakeKey(proto uint8, src netip.AddrPort, dst netip.AddrPort) (Key, Orientation) {
	k := Key{A: AddrFrom(src.Addr()), B: AddrFrom(dst.Addr()), APort: src.Port(), BPort: dst.Port(), Proto: proto}
	if src.Addr().Is6() && !src.Addr().Is4In6() {
		k.setFlags(KeyV6)
	}
	return k, k.sort()
}

// KeyOf returns the five-tuple key of a decoded packet, and the packet's orientation in it. The packet's verdict must
// be VerdictOK.
func KeyOf(p *Packet) (Key, Orientation) {
	var k Key
	o := fiveTuple(p, &k)
	return k, o
}

// fiveTuple writes all of *k.
func fiveTuple(p *Packet, k *Key) Orientation {
	k.Scope = 0
	k.Proto = p.Proto
	k.kindFlags = 0
	if p.IPVersion == 6 {
		k.kindFlags = uint8(KeyV6) << 4
	}
	sp, dp := p.SrcPort, p.DstPort
	if p.Fragment {
		k.kindFlags |= uint8(KeyFragment)
	} else if p.Proto == ProtoICMP || p.Proto == ProtoICMPv6 {
		var oneWay bool
		if sp, dp, oneWay = icmpPorts(p.Proto, p.ICMPType, p.ICMPCode); oneWay {
			k.A, k.B, k.APort, k.BPort = p.Src, p.Dst, sp, dp
			k.setFlags(KeyDirected)
			return Forward
		}
	}
	s, d := &p.Src, &p.Dst
	if c := s.Compare(d); c < 0 || c == 0 && sp <= dp {
		k.A.set(s[:])
		k.B.set(d[:])
		k.APort, k.BPort = sp, dp
		return Forward
	}
	k.A.set(d[:])
	k.B.set(s[:])
	k.APort, k.BPort = dp, sp
	return Reverse
}

// of reports whether k is plainly the five-tuple of a packet, and which way it goes. It may say no where fiveTuple would
// make the same key, of fragments and ICMP.
func (k *Key) of(p *Packet) (Orientation, bool) {
	flags := uint8(0)
	if p.IPVersion == 6 {
		flags = uint8(KeyV6) << 4
	}
	if k.Scope != 0 || k.Proto != p.Proto || k.kindFlags != flags || p.Fragment || p.Proto == ProtoICMP || p.Proto == ProtoICMPv6 {
		return Forward, false
	}
	if k.APort == p.SrcPort && k.BPort == p.DstPort && k.A.same(&p.Src) && k.B.same(&p.Dst) {
		return Forward, true
	}
	return Reverse, k.APort == p.DstPort && k.BPort == p.SrcPort && k.A.same(&p.Dst) && k.B.same(&p.Src)
}

func (a *Addr) same(b *Addr) bool {
	le := binary.LittleEndian
	return le.Uint64(a[8:])^le.Uint64(b[8:])|le.Uint64(a[:8])^le.Uint64(b[:8]) == 0
}

func (k *Key) sort() Orientation {
	c := k.A.Compare(&k.B)
	if c < 0 || c == 0 && k.APort <= k.BPort {
		return Forward
	}
	k.A, k.B = k.B, k.A
	k.APort, k.BPort = k.BPort, k.APort
	return Reverse
}

// Kind returns what the key identifies.
func (k *Key) Kind() KeyKind { return KeyKind(k.kindFlags & 15) }

// Flags returns the key's qualifiers.
func (k *Key) Flags() KeyFlags { return KeyFlags(k.kindFlags >> 4) }

func (k *Key) setKind(kind KeyKind) { k.kindFlags = k.kindFlags&0xf0 | uint8(kind) }
func (k *Key) setFlags(f KeyFlags)  { k.kindFlags |= uint8(f) << 4 }

// equal is *k == *o, read in the pieces that keys are written in.
func (k *Key) equal(o *Key) bool {
	le := binary.LittleEndian
	diff := le.Uint64(k.A[8:]) ^ le.Uint64(o.A[8:])
	diff |= le.Uint64(k.B[8:]) ^ le.Uint64(o.B[8:])
	diff |= le.Uint64(k.A[:8]) ^ le.Uint64(o.A[:8])
	diff |= le.Uint64(k.B[:8]) ^ le.Uint64(o.B[:8])
	return diff == 0 && k.APort == o.APort && k.BPort == o.BPort && k.Scope == o.Scope && k.Proto == o.Proto &&
		k.kindFlags == o.kindFlags
}

// L4 returns the class of the key's transport: Other for whatever is not a five-tuple.
func (k *Key) L4() L4 {
	if k.Kind() != KeyFiveTuple {
		return Other
	}
	return classOf(k.Proto)
}

// EitherPort reports whether one of the ports is port.
func (k *Key) EitherPort(port uint16) bool { return k.APort == port || k.BPort == port }

// Source returns the endpoint that a packet of the given orientation comes from, and Destination the other.
func (k *Key) Source(o Orientation) (Addr, uint16) {
	if o == Forward {
		return k.A, k.APort
	}
	return k.B, k.BPort
}

// Destination returns the endpoint that a packet of the given orientation goes to.
func (k *Key) Destination(o Orientation) (Addr, uint16) { return k.Source(o ^ 1) }

// String returns the key as text: "udp 10.0.0.1:53 10.0.0.2:4711", with the scope when there is one.
func (k Key) String() string { return string(k.Append(nil)) }

// Append appends what String returns.
func (k *Key) Append(dst []byte) []byte {
	switch k.Kind() {
	case KeyMACPair:
		dst = appendMAC(append(dst, "mac "...), k.A[10:])
		dst = appendMAC(append(dst, ' '), k.B[10:])
		return k.appendScope(dst)
	case KeyIPPair:
		dst = k.A.Netip().AppendTo(append(dst, "ip "...))
		dst = k.B.Netip().AppendTo(append(dst, ' '))
		return k.appendScope(dst)
	case KeyFragment:
		dst = append(dst, "fragment "...)
	}
	dst = appendProto(dst, k.Proto)
	dst = netip.AddrPortFrom(k.A.Netip(), k.APort).AppendTo(append(dst, ' '))
	dst = netip.AddrPortFrom(k.B.Netip(), k.BPort).AppendTo(append(dst, ' '))
	return k.appendScope(dst)
}

func (k *Key) appendScope(dst []byte) []byte {
	if k.Scope == 0 {
		return dst
	}
	return strconv.AppendUint(append(dst, " scope "...), uint64(k.Scope), 10)
}

func appendProto(dst []byte, proto uint8) []byte {
	switch proto {
	case ProtoTCP:
		return append(dst, "tcp"...)
	case ProtoUDP:
		return append(dst, "udp"...)
	case ProtoICMP:
		return append(dst, "icmp"...)
	case ProtoICMPv6:
		return append(dst, "icmpv6"...)
	case ProtoSCTP:
		return append(dst, "sctp"...)
	}
	return strconv.AppendUint(append(dst, "proto-"...), uint64(proto), 10)
}

func appendMAC(dst, mac []byte) []byte {
	const hex = "0123456789abcdef"
	for i, b := range mac {
		if i > 0 {
			dst = append(dst, ':')
		}
		dst = append(dst, hex[b>>4], hex[b&15])
	}
	return dst
}

// Hash returns a hash of the key that is the same on every machine and in every run: for shards. As the key of both
// directions is one, so is the hash.
func (k *Key) Hash() uint64 { return k.HashSeed(0) }

// HashSeed returns a hash that depends on seed. Tables that strangers can fill need a seed that they do not know.
func (k *Key) HashSeed(seed uint64) uint64 {
	const m1, m2, m3, m4 = 0xa0761d6478bd642f, 0xe7037ed1a0b428db, 0x8ebc6af09c88c6e3, 0x589965cc75374cc3
	le := binary.LittleEndian
	tail := uint64(k.APort)<<16 | uint64(k.BPort) | uint64(k.Scope)<<32
	h := mix(le.Uint64(k.A[:8])^m1^seed, le.Uint64(k.A[8:])^m2)
	h ^= mix(le.Uint64(k.B[:8])^m3, le.Uint64(k.B[8:])^m4^seed)
	h = mix(h^tail^m1, m2^seed^uint64(k.Proto)<<8^uint64(k.kindFlags))
	return mix(h^m3, h>>32^m4)
}

// mix folds the 128-bit product of a and b.
func mix(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return hi ^ lo
}
