package flow

import (
	"encoding/binary"
	"math"
)

// Bounds of what Decode follows in one frame. Real frames stay far below them.
const (
	maxHeaders    = 48 // headers, tags and labels of all kinds
	maxExtensions = 16 // IPv6 extension headers in one packet
	maxLabels     = 16 // MPLS labels in one stack
)

// MaxTunnels is the number of nested tunnels that Decode enters.
const MaxTunnels = 8

// Decode reads the frame of p down to its transport and fills p's second half. It allocates nothing and keeps nothing.
//
// The walk goes through Ethernet (II, and 802.3 with LLC/SNAP), VLAN tags of any number, MPLS, PPPoE, PPP, the IPv4
// options and the IPv6 extension headers, and enters IP-in-IP, GRE and the like: see Tunnels and Decoder for more.
// Bytes behind the IP packet (Ethernet padding) belong to nothing. Checksums are not verified: a capture of a sending
// host has none that are right.
//
// What the capture cut is decoded as far as the headers are there: then PayloadWire is greater than len(Payload). The
// lengths that count are those of the IP and UDP headers:
//
//   - IPv4 total length 0 (segmentation offload) and IPv6 payload length 0 (jumbogram): the rest of the frame.
//   - IPv4 total length smaller than the header: VerdictBadLength.
//   - UDP length 0: the rest of the IP packet (RFC 2675). 1 to 7: VerdictBadLength. More than the IP packet holds: what
//     it holds, with a PayloadWire that says how much was announced.
//   - UDP length smaller than the rest of the IP packet: what is behind the datagram is left out.
//
// A fragment (an atomic one, RFC 6946, is none) has no ports and no payload, the first one included: it is decoded
// to FragmentID and so on, for a Reassembler.
func Decode(p *Packet) Verdict {
	f := p.Frame
	if p.Link == LinkEthernet && len(f) >= 42 {
		// Most frames: Ethernet, at most one VLAN tag, IPv4 or IPv6 without options or fragments, UDP, all captured.
		etherType := uint16(f[12])<<8 | uint16(f[13])
		start, vlan, vlans := 14, uint16(0), uint8(0)
		if etherType == etherVLAN {
			vlan, vlans = (uint16(f[14])<<8|uint16(f[15]))&0xfff, 1
			etherType = uint16(f[16])<<8 | uint16(f[17])
			start = 18
		}
		switch b := f[start:]; etherType {
		case etherIPv4:
			if len(b) < 28 || b[0] != 0x45 || b[9] != ProtoUDP || (b[6]&^0x40)|b[7] != 0 {
				break
			}
			total := int(b[2])<<8 | int(b[3])
			length := int(b[24])<<8 | int(b[25])
			if length < 8 || length != total-20 || total > len(b) {
				break
			}
			p.plainUDP(4, vlan, vlans, 0)
			p.SrcPort = uint16(b[20])<<8 | uint16(b[21])
			p.DstPort = uint16(b[22])<<8 | uint16(b[23])
			p.Src.set4(b[12:16])
			p.Dst.set4(b[16:20])
			p.PayloadWire = length - 8
			p.Payload = b[28:total:total]
			return VerdictOK
		case etherIPv6:
			if len(b) < 48 || b[0]>>4 != 6 || b[6] != ProtoUDP {
				break
			}
			total := (int(b[4])<<8 | int(b[5])) + 40
			length := int(b[44])<<8 | int(b[45])
			if length < 8 || length != total-40 || total > len(b) {
				break
			}
			p.plainUDP(6, vlan, vlans, binary.BigEndian.Uint32(b)&0xfffff)
			p.SrcPort = uint16(b[40])<<8 | uint16(b[41])
			p.DstPort = uint16(b[42])<<8 | uint16(b[43])
			p.Src.set(b[8:24])
			p.Dst.set(b[24:40])
			p.PayloadWire = length - 8
			p.Payload = b[48:total:total]
			return VerdictOK
		}
	}
	return standard.Decode(p)
}

// plainUDP sets what is the same in all plain datagrams.
func (p *Packet) plainUDP(version uint8, vlan uint16, vlans uint8, label uint32) {
	p.Verdict, p.IPVersion, p.Proto, p.HasPayload = VerdictOK, version, ProtoUDP, true
	p.Fragment, p.MoreFragments, p.TCPFlags, p.VLANs = false, false, 0, vlans
	p.VLAN, p.InnerVLAN, p.ICMPType, p.ICMPCode = vlan, 0, 0, 0
	p.Tunnel, p.Depth, p.TunnelID, p.FlowLabel = 0, 0, 0, label
	p.TCPSeq, p.FragmentID, p.FragmentOffset, p.FragmentWire = 0, 0, 0, 0
	p.Layer, p.srcMAC, p.dstMAC, p.fragment = 0, 7, 1, nil
}

// set4 makes a the IPv4 address in b[:4].
func (a *Addr) set4(b []byte) {
	_ = b[3]
	binary.LittleEndian.PutUint64(a[:8], 0)
	binary.LittleEndian.PutUint64(a[8:], 0xffff0000|uint64(binary.LittleEndian.Uint32(b))<<32)
}

// set makes a the address in b[:16]. It writes halves, as all that reads addresses does: reading what was written in
// other pieces stalls the processor.
func (a *Addr) set(b []byte) {
	_ = b[15]
	binary.LittleEndian.PutUint64(a[:8], binary.LittleEndian.Uint64(b))
	binary.LittleEndian.PutUint64(a[8:], binary.LittleEndian.Uint64(b[8:]))
}

// reset clears what Decode answers, but for the addresses.
func (p *Packet) reset() {
	p.Verdict, p.IPVersion, p.Proto, p.HasPayload = 0, 0, 0, false
	p.Fragment, p.MoreFragments, p.TCPFlags, p.VLANs = false, false, 0, 0
	p.VLAN, p.InnerVLAN, p.ICMPType, p.ICMPCode = 0, 0, 0, 0
	p.Tunnel, p.Depth, p.TunnelID, p.FlowLabel = 0, 0, 0, 0
	p.TCPSeq, p.FragmentID, p.FragmentOffset, p.FragmentWire = 0, 0, 0, 0
	p.Layer, p.srcMAC, p.dstMAC, p.fragment = 0, 0, 0, nil
	p.SrcPort, p.DstPort, p.PayloadWire, p.Payload = 0, 0, 0, nil
}

// A Decoder is Decode with options. The zero value enters no tunnel at all.
type Decoder struct {
	// Enter is the set of tunnels to enter.
	Enter Tunnels
	// Layered: Decode stops at the first UDP datagram, and Inner goes on to what a tunnel over UDP carries in it. So
	// every layer of a frame is a packet of its own. Without it Decode goes straight to the innermost one.
	Layered bool
	// VXLANPorts, GenevePorts, GTPUPorts are the UDP ports of those tunnels: either port of a datagram may be one.
	// Nil stands for the registered ones (4789 and 4790, 6081, 2152).
	VXLANPorts, GenevePorts, GTPUPorts []uint16
}

var standard = Decoder{Enter: StandardTunnels}

// Decode is the package's function Decode, with d's options.
func (d *Decoder) Decode(p *Packet) Verdict {
	p.reset()
	wire := min(p.Wire(), math.MaxInt32)
	var w walk // field by field: a literal is built aside and copied, which takes longer than reading an IP header
	w.d, w.p, w.f = d, p, p.Frame
	w.end, w.wire = wire, wire
	v := w.link(p.Link)
	if v != VerdictOK {
		src, dst := p.srcMAC, p.dstMAC
		p.reset()
		p.srcMAC, p.dstMAC = src, dst
	}
	p.Verdict = v
	return v
}

// Inner makes p, which Decode or Inner of a Layered decoder has just decoded, the packet that its datagram carries, and
// reports whether there is one: d enters that tunnel, and what is inside can be decoded. Otherwise p stays as it is.
//
//	decoder.Decode(p)
//	for ok := true; ok; ok = decoder.Inner(p) {
//		// p is the outermost packet first, then those inside of it.
//	}
//
// The capture half of p stays that of the frame; so do the hardware addresses. When a Reassembler made p whole, the
// inner packet too is a view of the Reassembler's memory.
func (d *Decoder) Inner(p *Packet) bool {
	if !d.MayEnter(p) {
		return false
	}
	depth := p.Depth
	w := walk{d: d, p: p, f: p.Payload, end: p.PayloadWire, wire: p.PayloadWire}
	if _, _ = w.udpTunnel(); p.Depth == depth {
		return false
	}
	p.Layer++
	return true
}

// MayEnter reports whether Inner may find a packet in p, by the ports of p; it leaves p alone.
func (d *Decoder) MayEnter(p *Packet) bool {
	if !d.Layered || !p.HasPayload || p.Verdict != VerdictOK || d.Enter&udpTunnels == 0 {
		return false
	}
	w := walk{d: d, p: p}
	return w.udpTunnelAt() != TunnelNone
}

// What comes next in a frame.
type header uint8

const (
	hdrEtherType header = iota // the EtherType in walk.next decides
	hdrEthernet
	hdrLLC
	hdrIP // IPv4 or IPv6, by the version nibble
	hdrIPv4
	hdrIPv6
	hdrMPLS
	hdrPPP
	hdrPPPoE
	hdrWiFi
	hdrWiFiSwapped // with the bytes of the frame control in the wrong order
	hdrTransport   // the protocol in Packet.Proto decides
	hdrDone
)

// walk is the state of one decode.
type walk struct {
	d    *Decoder
	p    *Packet
	f    []byte
	off  int    // where the next header starts; at most len(f)
	end  int    // where the current packet ends on the wire; may be beyond len(f)
	wire int    // length of f on the wire
	next uint16 // EtherType
	hdr  int    // headers read so far
}

// have reports whether n bytes are captured at the current offset and belong to the packet.
func (w *walk) have(n int) bool { return n <= len(w.f)-w.off && n <= w.end-w.off }

// missing is the verdict for a header that is not all there: cut by the capture, or by a length field.
func (w *walk) missing(n int) Verdict {
	if n > w.end-w.off && w.end < w.wire {
		return VerdictBadLength
	}
	return VerdictTruncated
}

func (w *walk) u16(at int) uint16 { return binary.BigEndian.Uint16(w.f[w.off+at:]) }
func (w *walk) u32(at int) uint32 { return binary.BigEndian.Uint32(w.f[w.off+at:]) }

// run reads headers until the transport is decoded or something stops it.
func (w *walk) run(h header) Verdict {
	for h != hdrDone {
		if w.hdr++; w.hdr > maxHeaders {
			return VerdictTooDeep
		}
		var v Verdict
		switch h {
		case hdrEtherType:
			h, v = w.etherType()
		case hdrEthernet:
			h, v = w.ethernet()
		case hdrLLC:
			h, v = w.llc()
		case hdrIP:
			h, v = w.ip()
		case hdrIPv4:
			h, v = w.ipv4()
		case hdrIPv6:
			h, v = w.ipv6()
		case hdrMPLS:
			h, v = w.mpls()
		case hdrPPP:
			h, v = w.ppp()
		case hdrPPPoE:
			h, v = w.pppoe()
		case hdrWiFi:
			h, v = w.wifi(0)
		case hdrWiFiSwapped:
			h, v = w.wifi(1)
		default:
			h, v = w.transport()
		}
		if v != VerdictOK {
			return v
		}
	}
	return VerdictOK
}

// ip chooses by the version nibble.
func (w *walk) ip() (header, Verdict) {
	if !w.have(1) {
		return 0, w.missing(1)
	}
	switch w.f[w.off] >> 4 {
	case 4:
		return hdrIPv4, VerdictOK
	case 6:
		return hdrIPv6, VerdictOK
	}
	return 0, VerdictNotIP
}

// ipv4 reads an IPv4 header (RFC 791).
func (w *walk) ipv4() (header, Verdict) {
	if !w.have(20) {
		return 0, w.missing(20)
	}
	p, b := w.p, w.f[w.off:]
	headerLen := int(b[0]&15) * 4
	if b[0]>>4 != 4 || headerLen < 20 {
		return 0, VerdictBadHeader
	}
	if total := int(binary.BigEndian.Uint16(b[2:])); total != 0 {
		if total < headerLen {
			return 0, VerdictBadLength
		}
		w.end = w.off + total
	}
	if !w.have(headerLen) {
		return 0, w.missing(headerLen)
	}
	p.IPVersion, p.Proto, p.FlowLabel = 4, b[9], 0
	p.Src.set4(b[12:16])
	p.Dst.set4(b[16:20])
	w.off += headerLen
	if frag := binary.BigEndian.Uint16(b[6:]); frag&0x3fff != 0 {
		return w.fragment(uint32(binary.BigEndian.Uint16(b[4:])), int(frag&0x1fff)*8, frag&0x2000 != 0)
	}
	return hdrTransport, VerdictOK
}

// ipv6 reads an IPv6 header and its extension headers (RFC 8200).
func (w *walk) ipv6() (header, Verdict) {
	if !w.have(40) {
		return 0, w.missing(40)
	}
	p, b := w.p, w.f[w.off:]
	if b[0]>>4 != 6 {
		return 0, VerdictBadHeader
	}
	if length := int(binary.BigEndian.Uint16(b[4:])); length != 0 {
		w.end = w.off + 40 + length
	}
	p.IPVersion, p.Proto = 6, b[6]
	p.FlowLabel = binary.BigEndian.Uint32(b) & 0xfffff
	p.Src.set(b[8:24])
	p.Dst.set(b[24:40])
	w.off += 40
	for range maxExtensions {
		var size int
		switch p.Proto {
		case ProtoHopByHop, ProtoRouting, ProtoDestination, ProtoMobility, ProtoHIP, ProtoShim6:
			if !w.have(8) {
				return 0, w.missing(8)
			}
			size = int(w.f[w.off+1])*8 + 8
		case ProtoFragment:
			if !w.have(8) {
				return 0, w.missing(8)
			}
			at := w.u16(2)
			id := w.u32(4)
			p.Proto = w.f[w.off]
			w.off += 8
			if at&0xfff9 != 0 {
				return w.fragment(id, int(at&0xfff8), at&1 != 0)
			}
			continue
		default:
			return hdrTransport, VerdictOK
		}
		if p.Proto == ProtoMobility || p.Proto == ProtoHIP || p.Proto == ProtoShim6 {
			if w.f[w.off] == ProtoNoNext {
				// These are extension headers by form, and the payload when nothing follows.
				return hdrTransport, VerdictOK
			}
		}
		if !w.have(size) {
			return 0, w.missing(size)
		}
		p.Proto = w.f[w.off]
		w.off += size
	}
	return 0, VerdictTooDeep
}

// fragment ends the walk at a fragment.
func (w *walk) fragment(id uint32, offset int, more bool) (header, Verdict) {
	p := w.p
	p.Fragment, p.MoreFragments, p.FragmentID, p.FragmentOffset = true, more, id, int32(offset)
	p.FragmentWire = int32(w.end - w.off)
	p.fragment = w.rest()
	return hdrDone, VerdictOK
}

// rest is what was captured of the current packet from here on.
func (w *walk) rest() []byte {
	end := min(w.end, len(w.f))
	return w.f[w.off:end:end]
}

// transport reads what the IP packet carries.
func (w *walk) transport() (header, Verdict) {
	p := w.p
	switch p.Proto {
	case ProtoUDP:
		return w.udp()
	case ProtoTCP:
		if !w.have(20) {
			return 0, w.missing(20)
		}
		headerLen := int(w.f[w.off+12]>>4) * 4
		if headerLen < 20 {
			return 0, VerdictBadHeader
		}
		if headerLen > w.end-w.off {
			return 0, VerdictBadLength
		}
		p.SrcPort, p.DstPort, p.TCPSeq, p.TCPFlags = w.u16(0), w.u16(2), w.u32(4), w.f[w.off+13]
		p.PayloadWire = w.end - w.off - headerLen
	case ProtoSCTP:
		if !w.have(12) {
			return 0, w.missing(12)
		}
		p.SrcPort, p.DstPort = w.u16(0), w.u16(2)
	case ProtoICMP, ProtoICMPv6:
		if !w.have(4) {
			return 0, w.missing(4)
		}
		p.ICMPType, p.ICMPCode = w.f[w.off], w.f[w.off+1]
	case ProtoAH:
		// The Authentication Header (RFC 4302) counts its length in words of 4 bytes, minus 2; it leaves the
		// packet readable, in IPv4 as in IPv6.
		if !w.have(12) {
			return 0, w.missing(12)
		}
		size := (int(w.f[w.off+1]) + 2) * 4
		if !w.have(size) {
			return 0, w.missing(size)
		}
		p.Proto = w.f[w.off]
		w.off += size
		return hdrTransport, VerdictOK
	case ProtoHopByHop, ProtoRouting, ProtoDestination:
		if p.IPVersion == 6 {
			// Behind an Authentication Header.
			if !w.have(8) {
				return 0, w.missing(8)
			}
			size := int(w.f[w.off+1])*8 + 8
			if !w.have(size) {
				return 0, w.missing(size)
			}
			p.Proto = w.f[w.off]
			w.off += size
			return hdrTransport, VerdictOK
		}
	case ProtoIPv4, ProtoIPv6, ProtoGRE, ProtoEtherIP, ProtoMPLS:
		return w.ipTunnel()
	}
	return hdrDone, VerdictOK
}

// udp reads a UDP header (RFC 768).
func (w *walk) udp() (header, Verdict) {
	if !w.have(8) {
		return 0, w.missing(8)
	}
	p := w.p
	missing := 0
	switch length := int(w.u16(4)); {
	case length == 0:
	case length < 8:
		return 0, VerdictBadLength
	default:
		if end := w.off + length; end > w.end {
			missing = end - w.end
		} else {
			w.end = end
		}
	}
	p.SrcPort, p.DstPort = w.u16(0), w.u16(2)
	w.off += 8
	p.HasPayload, p.Payload, p.PayloadWire = true, w.rest(), w.end-w.off+missing
	if w.d.Enter&udpTunnels != 0 && !w.d.Layered {
		return w.udpTunnel()
	}
	return hdrDone, VerdictOK
}
