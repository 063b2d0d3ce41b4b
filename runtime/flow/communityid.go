package flow

import (
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
)

// icmpPairs are the ICMP types that have a counterpart, and it.
var icmpPairs = [256]int16{
	8: 1 + 0, 0: 1 + 8, // echo
	13: 1 + 14, 14: 1 + 13, // timestamp
	15: 1 + 16, 16: 1 + 15, // information
	10: 1 + 9, 9: 1 + 10, // router solicitation and advertisement
	17: 1 + 18, 18: 1 + 17, // address mask
}

// icmp6Pairs are those of ICMPv6.
var icmp6Pairs = [256]int16{
	128: 1 + 129, 129: 1 + 128, // echo
	130: 1 + 131, 131: 1 + 130, // multicast listener query and report
	133: 1 + 134, 134: 1 + 133, // router solicitation and advertisement
	135: 1 + 136, 136: 1 + 135, // neighbour solicitation and advertisement
	139: 1 + 140, 140: 1 + 139, // node information (the specification pairs these as well)
	144: 1 + 145, 145: 1 + 144, // home agent address discovery
}

// icmpPorts returns what the Community ID takes for the ports of an ICMP message: its type and the counterpart's, or
// its type and code when it has no counterpart.
func icmpPorts(proto, typ, code uint8) (src, dst uint16, oneWay bool) {
	pairs := &icmpPairs
	if proto == ProtoICMPv6 {
		pairs = &icmp6Pairs
	}
	if other := pairs[typ]; other != 0 {
		return uint16(typ), uint16(other - 1), false
	}
	return uint16(typ), uint16(code), true
}

// CommunityID returns the Community ID of the flow, version 1: "1:" and the base64 of a SHA-1 over seed, endpoints
// and protocol. It is the join key with Zeek, Suricata and others; they use seed 0 unless told otherwise. The Scope is
// not part of it. A key without five-tuple has one over what it has: ports 0 are left out as for unknown protocols.
func (k *Key) CommunityID(seed uint16) string { return string(k.AppendCommunityID(nil, seed)) }

// AppendCommunityID appends what CommunityID returns.
func (k *Key) AppendCommunityID(dst []byte, seed uint16) []byte {
	var buf [2 + 16 + 16 + 2 + 4]byte
	b := binary.BigEndian.AppendUint16(buf[:0], seed)
	a, z, ap, zp := &k.A, &k.B, k.APort, k.BPort
	if k.Flags()&KeyDirected != 0 && !k.oneWayICMP() {
		// The ID is that of the conversation, whichever way this key looks at it.
		if c := a.Compare(z); c > 0 || c == 0 && ap > zp {
			a, z, ap, zp = z, a, zp, ap
		}
	}
	if k.Flags()&KeyV6 == 0 && a.Is4() && z.Is4() {
		b = append(append(b, a[12:]...), z[12:]...)
	} else {
		b = append(append(b, a[:]...), z[:]...)
	}
	b = append(b, k.Proto, 0)
	if hasPorts(k.Proto) && k.Kind() == KeyFiveTuple {
		b = binary.BigEndian.AppendUint16(b, ap)
		b = binary.BigEndian.AppendUint16(b, zp)
	}
	sum := sha1.Sum(b)
	return base64.StdEncoding.AppendEncode(append(dst, "1:"...), sum[:])
}

func (k *Key) oneWayICMP() bool {
	if k.Proto != ProtoICMP && k.Proto != ProtoICMPv6 {
		return false
	}
	_, _, oneWay := icmpPorts(k.Proto, uint8(k.APort), 0)
	return oneWay
}

func hasPorts(proto uint8) bool {
	switch proto {
	case ProtoTCP, ProtoUDP, ProtoICMP, ProtoICMPv6, ProtoSCTP:
		return true
	}
	return false
}
