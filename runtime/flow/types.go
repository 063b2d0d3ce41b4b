package flow

import "strconv"

// Side is a role in a flow: who was seen first, and who answers.
type Side uint8

// The roles.
const (
	Initiator Side = iota
	Responder
)

// String returns "initiator" or "responder".
func (s Side) String() string {
	if s == Initiator {
		return "initiator"
	}
	return "responder"
}

// Opposite returns the other role.
func (s Side) Opposite() Side { return s ^ 1 }

// Orientation says whether a packet goes from the key's first endpoint to its second, or back. It depends on the
// two endpoints alone, so that every observer agrees on it.
type Orientation uint8

// The orientations.
const (
	Forward Orientation = iota
	Reverse
)

// String returns "forward" or "reverse".
func (o Orientation) String() string {
	if o == Forward {
		return "forward"
	}
	return "reverse"
}

// L4 is the class of a flow's transport. It chooses the idle timeout and labels counters.
type L4 uint8

// The classes. Other is everything but whole TCP and UDP packets: ICMP, SCTP, fragments of anything.
const (
	Other L4 = iota
	TCP
	UDP
	numL4
)

// String returns "tcp", "udp" or "other".
func (l L4) String() string {
	switch l {
	case TCP:
		return "tcp"
	case UDP:
		return "udp"
	}
	return "other"
}

// IP protocol numbers that the package knows by name (IANA, "Assigned Internet Protocol Numbers").
const (
	ProtoHopByHop    = 0
	ProtoICMP        = 1
	ProtoIPv4        = 4
	ProtoTCP         = 6
	ProtoUDP         = 17
	ProtoIPv6        = 41
	ProtoRouting     = 43
	ProtoFragment    = 44
	ProtoGRE         = 47
	ProtoAH          = 51
	ProtoICMPv6      = 58
	ProtoNoNext      = 59
	ProtoDestination = 60
	ProtoEtherIP     = 97
	ProtoSCTP        = 132
	ProtoMobility    = 135
	ProtoMPLS        = 137
	ProtoHIP         = 139
	ProtoShim6       = 140
)

// EndReason says why a flow ended.
type EndReason uint8

// The reasons. EndIdle is also the reason of what is still open when the input ends.
const (
	EndNone           EndReason = iota // the flow has not ended
	EndFin                             // TCP: closed by both sides
	EndRst                             // TCP: reset
	EndIdle                            // no packet for the idle timeout
	EndEvicted                         // its place was needed for another flow
	EndBufferOverflow                  // a bounded buffer was full
	EndParseError                      // its parser was poisoned
	EndParserDone                      // its parser said that it is finished
	EndForceClosed                     // closed by the user
	numEndReasons
)

// NumEndReasons is the number of reasons, EndNone included: the length of an array indexed by EndReason.
const NumEndReasons = int(numEndReasons)

var endReasonSlugs = [NumEndReasons]string{
	"none", "fin", "rst", "idle", "evicted", "buffer_overflow", "parse_error", "parser_done", "force_closed",
}

// String returns the reason's slug, as records and counters spell it.
func (r EndReason) String() string {
	if int(r) < len(endReasonSlugs) {
		return endReasonSlugs[r]
	}
	return "EndReason(" + strconv.Itoa(int(r)) + ")"
}

// LinkType is the type of a capture's link layer, as pcap files number it (LINKTYPE_ values; where BSD systems
// differ in their DLT_ numbers, both are understood).
type LinkType uint16

// The link types that Decode understands.
const (
	LinkNull       LinkType = 0   // BSD loopback: 4 bytes of address family, in the capturing host's order
	LinkEthernet   LinkType = 1   // IEEE 802.3 and Ethernet II
	LinkPPP        LinkType = 9   // PPP, with or without HDLC-like framing (RFC 1661, RFC 1662)
	LinkRawBSD     LinkType = 12  // raw IP, as most BSD systems number it
	LinkRawOpenBSD LinkType = 14  // raw IP, as OpenBSD numbers it
	LinkPPPHDLC    LinkType = 50  // PPP in HDLC-like framing (RFC 1662)
	LinkPPPoE      LinkType = 51  // PPPoE session packets (RFC 2516)
	LinkRaw        LinkType = 101 // raw IPv4 or IPv6
	LinkCiscoHDLC  LinkType = 104 // Cisco HDLC
	LinkIEEE80211  LinkType = 105 // IEEE 802.11
	LinkLoop       LinkType = 108 // OpenBSD loopback: address family in network order
	LinkLinuxSLL   LinkType = 113 // Linux cooked capture
	LinkRadiotap   LinkType = 127 // radiotap header and IEEE 802.11
	LinkARCNET     LinkType = 129 // ARCNET as Linux captures it (RFC 1201)
	LinkPPI        LinkType = 192 // per-packet information header, which names the link type that follows
	LinkIPv4       LinkType = 228 // raw IPv4
	LinkIPv6       LinkType = 229 // raw IPv6
	LinkNFLOG      LinkType = 239 // what Linux netfilter logs: attributes, one of which is the IP packet
	LinkLinuxSLL2  LinkType = 276 // Linux cooked capture, version 2
)

var linkNames = map[LinkType]string{
	LinkNull: "null", LinkEthernet: "ethernet", LinkPPP: "ppp", LinkRawBSD: "raw", LinkRawOpenBSD: "raw",
	LinkPPPHDLC: "ppp_hdlc", LinkPPPoE: "pppoe", LinkRaw: "raw", LinkCiscoHDLC: "cisco_hdlc",
	LinkIEEE80211: "ieee802_11", LinkLoop: "loop", LinkLinuxSLL: "linux_sll", LinkRadiotap: "radiotap",
	LinkARCNET: "arcnet_linux", LinkPPI: "ppi", LinkIPv4: "ipv4", LinkIPv6: "ipv6", LinkNFLOG: "nflog", LinkLinuxSLL2: "linux_sll2",
}

// Known reports whether Decode understands frames of this type.
func (l LinkType) Known() bool {
	_, ok := linkNames[l]
	return ok
}

// String returns the name of a known type, and LinkType(n) for another.
func (l LinkType) String() string {
	if s, ok := linkNames[l]; ok {
		return s
	}
	return "LinkType(" + strconv.Itoa(int(l)) + ")"
}
