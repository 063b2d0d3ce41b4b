package flow

import (
	"encoding/binary"
	"strconv"
)

// Tunnel is a way of carrying packets in packets.
type Tunnel uint8

// The tunnels that a Decoder can enter.
const (
	TunnelNone   Tunnel = iota
	TunnelMPLS          // RFC 3032; MPLS-in-IP: RFC 4023
	TunnelPPPoE         // RFC 2516
	TunnelIP            // IPv4 or IPv6 in IP (RFC 2003, RFC 2473, RFC 4213)
	TunnelGRE           // RFC 2784, RFC 2890; with PPP: RFC 2637; with ERSPAN
	TunnelEther         // EtherIP (RFC 3378)
	TunnelVXLAN         // RFC 7348, and its generic protocol extension
	TunnelGeneve        // RFC 8926
	TunnelGTPU          // 3GPP TS 29.281
	TunnelTeredo        // RFC 4380
	TunnelCAPWAP        // RFC 5415, the data channel
	TunnelL2TP          // RFC 2661, data messages
	TunnelAYIYA         // draft-massar-v6ops-ayiya-02
	TunnelLISP          // RFC 9300
	numTunnels
)

var tunnelNames = [numTunnels]string{
	"none", "mpls", "pppoe", "ip", "gre", "etherip", "vxlan", "geneve", "gtpu", "teredo", "capwap", "l2tp",
	"ayiya", "lisp",
}

// String returns the tunnel's name in lower case.
func (t Tunnel) String() string {
	if t < numTunnels {
		return tunnelNames[t]
	}
	return "Tunnel(" + strconv.Itoa(int(t)) + ")"
}

// Tunnels is a set of tunnels to enter.
type Tunnels uint16

// Sets of tunnels. MPLS and PPPoE are part of the link layer and always entered.
const (
	EnterIP     Tunnels = 1 << TunnelIP
	EnterGRE    Tunnels = 1 << TunnelGRE
	EnterEther  Tunnels = 1 << TunnelEther
	EnterMPLS   Tunnels = 1 << TunnelMPLS // MPLS in IP
	EnterVXLAN  Tunnels = 1 << TunnelVXLAN
	EnterGeneve Tunnels = 1 << TunnelGeneve
	EnterGTPU   Tunnels = 1 << TunnelGTPU
	EnterTeredo Tunnels = 1 << TunnelTeredo
	EnterCAPWAP Tunnels = 1 << TunnelCAPWAP
	EnterL2TP   Tunnels = 1 << TunnelL2TP
	EnterAYIYA  Tunnels = 1 << TunnelAYIYA
	EnterLISP   Tunnels = 1 << TunnelLISP

	// StandardTunnels are those outside of which there is no UDP datagram: entering them hides nothing.
	StandardTunnels = EnterIP | EnterGRE | EnterEther | EnterMPLS
	// AllTunnels adds those over UDP: what they carry takes the place of the UDP datagram around it, unless the
	// Decoder is Layered.
	AllTunnels = StandardTunnels | udpTunnels

	udpTunnels = EnterVXLAN | EnterGeneve | EnterGTPU | EnterTeredo | EnterCAPWAP | EnterL2TP | EnterAYIYA | EnterLISP
)

// vxlanGPE is the port of the generic protocol extension, on which the next protocol is told even by senders that do
// not set the flag for it.
const vxlanGPE = 4790

// Registered ports of tunnels over UDP.
var (
	vxlanPorts  = []uint16{4789, vxlanGPE}
	genevePorts = []uint16{6081}
	gtpuPorts   = []uint16{2152}
	teredoPorts = []uint16{3544}
	capwapPorts = []uint16{5247}
	l2tpPorts   = []uint16{1701}
	ayiyaPorts  = []uint16{5072}
	lispPorts   = []uint16{4341}
)

// enter starts an inner packet at the current offset; what fails inside leaves the outer packet as it was.
func (w *walk) enter(h header, t Tunnel, id uint32) (header, Verdict) {
	p := w.p
	if p.Depth >= MaxTunnels {
		return hdrDone, VerdictOK // what is further in stays a packet of the tunnel's protocol
	}
	outer := *p
	p.Tunnel, p.TunnelID = t, id
	p.Depth++
	p.SrcPort, p.DstPort, p.HasPayload, p.Payload, p.PayloadWire = 0, 0, false, nil, 0
	if v := w.run(h); v != VerdictOK {
		*p = outer
	}
	return hdrDone, VerdictOK
}

// ipTunnel enters what an IP protocol number names. A tunnel that is not to be entered, or that does not hold what it
// should, is a packet of its own protocol.
func (w *walk) ipTunnel() (header, Verdict) {
	enter := w.d.Enter
	switch w.p.Proto {
	case ProtoIPv4:
		if enter&EnterIP != 0 {
			return w.enter(hdrIPv4, TunnelIP, 0)
		}
	case ProtoIPv6:
		if enter&EnterIP != 0 {
			return w.enter(hdrIPv6, TunnelIP, 0)
		}
	case ProtoMPLS:
		if enter&EnterMPLS != 0 {
			return w.enter(hdrMPLS, TunnelMPLS, 0)
		}
	case ProtoEtherIP:
		if enter&EnterEther != 0 && w.have(2) && w.f[w.off]>>4 == 3 {
			w.off += 2
			return w.enter(hdrEthernet, TunnelEther, 0)
		}
	case ProtoGRE:
		if enter&EnterGRE != 0 {
			return w.gre()
		}
	}
	return hdrDone, VerdictOK
}

// gre reads version 0 (RFC 2784, RFC 2890) and version 1, which carries PPP (RFC 2637).
func (w *walk) gre() (header, Verdict) {
	if !w.have(4) {
		return 0, w.missing(4)
	}
	flags, proto := w.u16(0), w.u16(2)
	size, keyAt := 4, 0
	version := flags & 7
	if version > 1 || flags&0x4000 != 0 {
		return hdrDone, VerdictOK // source routes are gone since RFC 2784
	}
	if version == 0 && flags&0x8000 != 0 {
		size += 4
	}
	if flags&0x2000 != 0 {
		keyAt = size
		size += 4
	}
	sequence := flags&0x1000 != 0
	if sequence {
		size += 4
	}
	if version == 1 && flags&0x0080 != 0 {
		size += 4
	}
	if !w.have(size) {
		return 0, w.missing(size)
	}
	var id uint32
	if keyAt != 0 {
		id = w.u32(keyAt)
	}
	if version == 1 {
		if proto != etherPPP || keyAt == 0 || !sequence {
			return hdrDone, VerdictOK // an acknowledgement alone
		}
		id &= 0xffff // the upper half is the payload's length
	}
	w.off += size
	switch proto {
	case 0x88be: // ERSPAN: type I has no header of its own, type II one of 8 bytes
		if sequence {
			if !w.have(8) {
				return 0, w.missing(8)
			}
			w.off += 8
		}
		return w.enter(hdrEthernet, TunnelGRE, id)
	case 0x22eb: // ERSPAN type III: 12 bytes, 8 more with the O flag
		size := 12
		if w.have(12) && w.f[w.off+11]&1 != 0 {
			size = 20
		}
		if !w.have(size) {
			return 0, w.missing(size)
		}
		w.off += size
		return w.enter(hdrEthernet, TunnelGRE, id)
	}
	w.next = proto
	if proto <= 1500 {
		return hdrDone, VerdictOK // keep-alives and the like
	}
	return w.enter(hdrEtherType, TunnelGRE, id)
}

// udpTunnelAt says which tunnel's the ports of the datagram are.
func (w *walk) udpTunnelAt() Tunnel {
	d := w.d
	switch {
	case d.Enter&EnterVXLAN != 0 && w.isPort(d.VXLANPorts, vxlanPorts):
		return TunnelVXLAN
	case d.Enter&EnterGeneve != 0 && w.isPort(d.GenevePorts, genevePorts):
		return TunnelGeneve
	case d.Enter&EnterGTPU != 0 && w.isPort(d.GTPUPorts, gtpuPorts):
		return TunnelGTPU
	case d.Enter&EnterTeredo != 0 && w.isPort(nil, teredoPorts):
		return TunnelTeredo
	case d.Enter&EnterCAPWAP != 0 && w.isPort(nil, capwapPorts):
		return TunnelCAPWAP
	case d.Enter&EnterL2TP != 0 && w.isPort(nil, l2tpPorts):
		return TunnelL2TP
	case d.Enter&EnterAYIYA != 0 && w.isPort(nil, ayiyaPorts):
		return TunnelAYIYA
	case d.Enter&EnterLISP != 0 && w.isPort(nil, lispPorts):
		return TunnelLISP
	}
	return TunnelNone
}

// udpTunnel enters a tunnel over UDP. It is tried before the datagram is taken for a plain one; when it does not hold
// a packet, the plain datagram is what was decoded.
func (w *walk) udpTunnel() (header, Verdict) {
	switch w.udpTunnelAt() {
	case TunnelVXLAN:
		return w.vxlan()
	case TunnelGeneve:
		return w.geneve()
	case TunnelGTPU:
		return w.gtpu()
	case TunnelTeredo:
		return w.teredo()
	case TunnelCAPWAP:
		return w.capwap()
	case TunnelL2TP:
		return w.l2tp()
	case TunnelAYIYA:
		return w.ayiya()
	case TunnelLISP:
		return w.lisp()
	}
	return hdrDone, VerdictOK
}

func (w *walk) isPort(ports, standard []uint16) bool {
	if ports == nil {
		ports = standard
	}
	for _, port := range ports {
		if w.p.SrcPort == port || w.p.DstPort == port {
			return true
		}
	}
	return false
}

// vxlan reads the header of RFC 7348; with the P flag of the generic protocol extension, the next protocol too.
func (w *walk) vxlan() (header, Verdict) {
	if !w.have(8) || w.f[w.off]&0x08 == 0 {
		return hdrDone, VerdictOK
	}
	next := hdrEthernet
	if told := w.f[w.off]&0x04 != 0; told || w.f[w.off+3] != 0 && (w.p.SrcPort == vxlanGPE || w.p.DstPort == vxlanGPE) {
		switch w.f[w.off+3] {
		case 1:
			next = hdrIPv4
		case 2:
			next = hdrIPv6
		case 3:
		case 5:
			next = hdrMPLS
		default:
			return hdrDone, VerdictOK
		}
	}
	vni := w.u32(4) >> 8
	w.off += 8
	return w.enter(next, TunnelVXLAN, vni)
}

// geneve reads the header of RFC 8926.
func (w *walk) geneve() (header, Verdict) {
	if !w.have(8) || w.f[w.off]>>6 != 0 {
		return hdrDone, VerdictOK
	}
	size := 8 + int(w.f[w.off]&0x3f)*4
	if !w.have(size) {
		return hdrDone, VerdictOK
	}
	vni := w.u32(4) >> 8
	w.next = w.u16(2)
	w.off += size
	if w.next <= 1500 {
		return hdrDone, VerdictOK
	}
	return w.enter(hdrEtherType, TunnelGeneve, vni)
}

// gtpu reads the header of TS 29.281, section 5, and its extension headers: only user data (G-PDU, 255) is entered.
func (w *walk) gtpu() (header, Verdict) {
	if !w.have(8) {
		return hdrDone, VerdictOK
	}
	b := w.rest()
	if b[0]>>5 != 1 || b[0]&0x10 == 0 || b[1] != 255 {
		return hdrDone, VerdictOK
	}
	teid := binary.BigEndian.Uint32(b[4:])
	size := 8
	if b[0]&7 != 0 {
		// Sequence number, N-PDU number and next extension are there together when one of them is.
		if size = 12; len(b) < size {
			return hdrDone, VerdictOK
		}
		if b[0]&4 != 0 {
			for next := b[11]; next != 0; {
				if size >= len(b) || b[size] == 0 {
					return hdrDone, VerdictOK
				}
				length := int(b[size]) * 4
				if length > len(b)-size {
					return hdrDone, VerdictOK
				}
				size += length
				next = b[size-1]
			}
		}
	}
	w.off += size
	return w.enter(hdrIP, TunnelGTPU, teid)
}
