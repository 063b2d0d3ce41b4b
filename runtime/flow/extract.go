package flow

// An Extractor makes a flow's identity from a decoded packet. It writes all of *k and returns the packet's orientation
// in it, or false when the packet has no such identity: it is then unmatched. An extractor must not keep p or k. The
// extractors of this package are values and safe for concurrent use.
type Extractor interface {
	Extract(p *Packet, k *Key) (Orientation, bool)
}

// Scope says which network a packet belongs to, when the same addresses may be in use in several.
type Scope uint8

// The scopes. Several may be combined.
const (
	ScopeVLAN   Scope = 1 << iota // outer and inner VLAN identifiers
	ScopeTunnel                   // the innermost tunnel's VNI, TEID, key or label
	// ScopeFlowLabel is the flow label of the IPv6 header (RFC 6437). Each side of a conversation chooses its own: as
	// a rule it is two flows then, and FiveTuple.Directional says so.
	ScopeFlowLabel
)

// of returns the number that goes into the key.
func (s Scope) of(p *Packet) uint32 {
	var n uint32
	if s&ScopeVLAN != 0 && p.VLANs > 0 {
		n = uint32(p.VLAN) | uint32(p.InnerVLAN)<<12 | 1<<24
	}
	if s&ScopeTunnel != 0 && p.Depth > 0 {
		id := p.TunnelID ^ uint32(p.Tunnel)<<28
		if n == 0 {
			return id
		}
		n = uint32(mix(uint64(n)^0x9e3779b97f4a7c15, uint64(id)^0xe7037ed1a0b428db))
	}
	if s&ScopeFlowLabel != 0 && p.FlowLabel != 0 {
		n = uint32(mix(uint64(n)^0x8ebc6af09c88c6e3, uint64(p.FlowLabel)^0x589965cc75374cc3))
	}
	return n
}

// FiveTuple extracts addresses, ports and protocol. The zero value is what trackers use by default: both directions
// of a conversation are one flow, whatever network it is in.
//
// A GTP-U tunnel has one TEID for each direction: ScopeTunnel splits its conversations in two.
type FiveTuple struct {
	// Directional: each direction is a flow of its own, whose every packet is the initiator's.
	Directional bool
	// Scope puts the packet's network into the key.
	Scope Scope
}

// Extract implements Extractor.
func (e FiveTuple) Extract(p *Packet, k *Key) (Orientation, bool) {
	if p.Verdict != VerdictOK {
		return Forward, false
	}
	o := fiveTuple(p, k)
	if e.Scope != 0 {
		k.Scope = e.Scope.of(p)
	}
	if e.Directional {
		if o == Reverse {
			k.A, k.B, k.APort, k.BPort = k.B, k.A, k.BPort, k.APort
			o = Forward
		}
		k.setFlags(KeyDirected)
	}
	return o, true
}

// IPPair extracts the two addresses: all that two hosts say to each other is one flow. Its class, and with it the
// idle timeout, is always Other.
type IPPair struct {
	// Scope puts the packet's network into the key.
	Scope Scope
}

// Extract implements Extractor.
func (e IPPair) Extract(p *Packet, k *Key) (Orientation, bool) {
	if p.Verdict != VerdictOK {
		return Forward, false
	}
	*k = Key{A: p.Src, B: p.Dst, Scope: e.Scope.of(p)}
	k.setKind(KeyIPPair)
	if p.IPVersion == 6 {
		k.setFlags(KeyV6)
	}
	return k.sort(), true
}

// MACPair extracts the two hardware addresses of a frame that has such: any frame whose Ethernet or IEEE 802.11 header
// is whole, IP or not.
type MACPair struct {
	// Scope puts the packet's network into the key. Only a packet that decodes has one.
	Scope Scope
}

// Extract implements Extractor.
func (e MACPair) Extract(p *Packet, k *Key) (Orientation, bool) {
	src, dst := p.SrcMAC(), p.DstMAC()
	if len(src) != 6 || len(dst) != 6 {
		return Forward, false
	}
	*k = Key{}
	copy(k.A[10:], src)
	copy(k.B[10:], dst)
	if p.Verdict == VerdictOK {
		k.Scope = e.Scope.of(p)
	}
	k.setKind(KeyMACPair)
	return k.sort(), true
}
