package flow

import "strconv"

// Verdict says what Decode made of a frame. All but VerdictOK mean that the frame has no flow; callers count them.
type Verdict uint8

// The verdicts.
const (
	VerdictNone        Verdict = iota // Decode has not seen the packet
	VerdictOK                         // addresses and protocol are known, and ports where the protocol has them
	VerdictUnknownLink                // a link type that Decode does not understand
	VerdictNotIP                      // no IPv4 or IPv6 in the frame: ARP, LLDP, management frames ...
	VerdictTruncated                  // the frame ends inside a header that is needed
	VerdictBadLength                  // a length field contradicts the header it is in or the packet around it
	VerdictBadHeader                  // a header that cannot be one: version, header length
	VerdictTooDeep                    // more headers, tags or tunnels than Decode follows
	VerdictProtected                  // an encrypted IEEE 802.11 frame
	numVerdicts
)

// NumVerdicts is the number of verdicts, VerdictNone included: the length of an array indexed by Verdict.
const NumVerdicts = int(numVerdicts)

var verdictSlugs = [NumVerdicts]string{
	"not_decoded", "ok", "unknown_link_type", "not_ip", "truncated_header", "bad_length", "bad_header",
	"too_many_headers", "protected",
}

// String returns the verdict's slug.
func (v Verdict) String() string {
	if int(v) < len(verdictSlugs) {
		return verdictSlugs[v]
	}
	return "Verdict(" + strconv.Itoa(int(v)) + ")"
}

// TCP flags (RFC 9293, section 3.1).
const (
	TCPFin = 1 << iota
	TCPSyn
	TCPRst
	TCPPsh
	TCPAck
	TCPUrg
	TCPEce
	TCPCwr
)

// Packet is one frame of a capture. The caller fills the first half and calls Decode, which fills the second. A
// Packet is meant to be reused for every frame: Decode overwrites all that it answers.
type Packet struct {
	// Time is when the frame was captured.
	Time Timestamp
	// Frame holds the captured bytes. It is a view: nothing in this package keeps it beyond the call that it is
	// passed to, nor writes to it.
	Frame []byte
	// WireLen is the frame's length on the wire in bytes. Greater than len(Frame) when the capture cut the frame;
	// 0 (or anything less than len(Frame)) means len(Frame).
	WireLen int
	// Number is the frame's 1-based number in the capture.
	Number uint64
	// Interface is the index of the capture interface that saw the frame.
	Interface int
	// Link is the type of Frame's first header.
	Link LinkType

	// Verdict is what Decode returned; the fields below are meaningful when it is VerdictOK.
	Verdict Verdict
	// IPVersion is 4 or 6.
	IPVersion uint8
	// Proto is the IP protocol number of the transport, after any IPv6 extension headers.
	Proto uint8
	// HasPayload: this is a whole UDP datagram and Payload its payload, perhaps empty. Never set for a fragment.
	HasPayload bool
	// Fragment: this is a fragment of an IP packet, the first or a later one. Ports and payload are not set: a
	// Reassembler may give the whole datagram.
	Fragment bool
	// MoreFragments is the flag of that name in a fragment.
	MoreFragments bool
	// TCPFlags are the flags of a TCP packet: TCPFin and so on.
	TCPFlags uint8
	// VLANs is the number of VLAN tags; VLAN is the outermost VLAN identifier (0 without a tag), InnerVLAN the
	// innermost one when there are several.
	VLANs           uint8
	VLAN, InnerVLAN uint16
	// ICMPType and ICMPCode are those of an ICMP or ICMPv6 message.
	ICMPType, ICMPCode uint8
	// Layer is how many UDP datagrams around this packet Decoder.Inner went into: 0 for what Decode gives.
	Layer uint8
	// Tunnel is the innermost tunnel that was entered, Depth how many were, and TunnelID its identifier: the VNI
	// (VXLAN, Geneve), TEID (GTP-U), key (GRE), session (PPPoE) or bottom label (MPLS).
	Tunnel   Tunnel
	Depth    uint8
	TunnelID uint32
	// FlowLabel is the flow label of the IPv6 header (RFC 6437), 0 for IPv4.
	FlowLabel uint32
	// TCPSeq is the sequence number of a TCP packet.
	TCPSeq uint32
	// FragmentID and FragmentOffset (in bytes) say where a fragment belongs. FragmentWire is the length of its data
	// on the wire; greater than len(FragmentData()) when part of it is missing.
	FragmentID                   uint32
	FragmentOffset, FragmentWire int32

	srcMAC, dstMAC int32 // where the hardware addresses start in Frame, plus 1

	// SrcPort and DstPort are the ports of TCP, UDP and SCTP, otherwise 0.
	SrcPort, DstPort uint16
	// Src and Dst are the addresses of the innermost IP header that was read.
	Src, Dst Addr
	// PayloadWire is the length of the UDP payload on the wire, by the IP and UDP lengths; greater than
	// len(Payload) when part of it is missing. For TCP, the length of the segment's data.
	PayloadWire int
	// Payload is the UDP payload: a view of Frame, at most as long as was captured. Nil when HasPayload is false.
	Payload []byte

	fragment []byte // FragmentData
}

// SrcMAC returns the outermost Ethernet or IEEE 802.11 source address, a view of Frame; nil on other links. It is there
// whatever the verdict, when the frame has it.
func (p *Packet) SrcMAC() []byte { return p.mac(p.srcMAC) }

// DstMAC returns the destination address, as SrcMAC does the source.
func (p *Packet) DstMAC() []byte { return p.mac(p.dstMAC) }

func (p *Packet) mac(at int32) []byte {
	if at <= 0 || int(at)+5 > len(p.Frame) {
		return nil
	}
	return p.Frame[at-1 : at+5 : at+5]
}

// FragmentData returns the data of a fragment: a view of what was decoded, nil for what is no fragment.
func (p *Packet) FragmentData() []byte {
	if !p.Fragment {
		return nil
	}
	return p.fragment
}

// Wire returns the length of the frame on the wire in bytes.
func (p *Packet) Wire() int { return max(p.WireLen, len(p.Frame)) }

// Truncated reports whether part of the payload is missing from the frame.
func (p *Packet) Truncated() bool { return p.PayloadWire > len(p.Payload) && p.HasPayload }

// L4 returns the class of the packet's transport. A fragment is Other.
func (p *Packet) L4() L4 {
	if p.Fragment {
		return Other
	}
	return classOf(p.Proto)
}

func classOf(proto uint8) L4 {
	switch proto {
	case ProtoUDP:
		return UDP
	case ProtoTCP:
		return TCP
	}
	return Other
}
