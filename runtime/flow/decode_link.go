package flow

import "encoding/binary"

// EtherTypes (IEEE 802 numbers).
const (
	etherIPv4      = 0x0800
	etherVLAN      = 0x8100
	etherTEB       = 0x6558 // transparent Ethernet bridging, in GRE
	etherIPv6      = 0x86dd
	etherPPP       = 0x880b
	etherMPLS      = 0x8847
	etherMPLSMulti = 0x8848
	etherPPPoE     = 0x8864
	etherQinQ      = 0x88a8
	etherPBB       = 0x88e7
	etherOldQinQ   = 0x9100
	etherOldQinQ2  = 0x9200
)

// link starts the walk at the capture's link type.
func (w *walk) link(l LinkType) Verdict {
	switch l {
	case LinkEthernet:
		return w.run(hdrEthernet)
	case LinkRaw, LinkRawBSD, LinkRawOpenBSD:
		return w.run(hdrIP)
	case LinkIPv4:
		return w.run(hdrIPv4)
	case LinkIPv6:
		return w.run(hdrIPv6)
	case LinkNull, LinkLoop:
		return w.loopback(l)
	case LinkLinuxSLL:
		return w.skipTo(16, 14)
	case LinkLinuxSLL2:
		return w.skipTo(20, 0)
	case LinkCiscoHDLC:
		return w.skipTo(4, 2)
	case LinkPPP, LinkPPPHDLC:
		if w.have(2) && w.f[0] == 0x0f && (w.f[1] == 0 || w.f[1] == 0x8f) {
			return w.skipTo(4, 2) // Cisco HDLC under PPP's number
		}
		return w.run(hdrPPP)
	case LinkPPPoE:
		return w.run(hdrPPPoE)
	case LinkIEEE80211:
		return w.run(hdrWiFi)
	case LinkRadiotap:
		return w.radiotap()
	case LinkARCNET:
		return w.arcnet()
	case LinkPPI:
		return w.ppi()
	case LinkNFLOG:
		return w.nflog()
	}
	return VerdictUnknownLink
}

// skipTo reads the EtherType at offset at of a header of size bytes.
func (w *walk) skipTo(size, at int) Verdict {
	if !w.have(size) {
		return w.missing(size)
	}
	w.next = w.u16(at)
	w.off += size
	if w.next == 4 {
		return w.run(hdrLLC) // Linux: 802.2 frames
	}
	return w.run(hdrEtherType)
}

// loopback reads the 4 bytes of address family.
func (w *walk) loopback(l LinkType) Verdict {
	if !w.have(4) {
		return w.missing(4)
	}
	family := w.u32(0)
	if l == LinkNull && family > 0xffff {
		// Written in the other byte order.
		family = binary.LittleEndian.Uint32(w.f[w.off:])
	}
	w.off += 4
	switch family {
	case 2:
		return w.run(hdrIPv4)
	case 10, 24, 28, 30: // Linux, NetBSD and OpenBSD, FreeBSD, Darwin
		return w.run(hdrIPv6)
	}
	return VerdictNotIP
}

// ethernet reads an Ethernet header: II, or 802.3 with a length and LLC.
func (w *walk) ethernet() (header, Verdict) {
	if !w.have(14) {
		return 0, w.missing(14)
	}
	if w.p.dstMAC == 0 && w.p.Depth == 0 {
		w.p.dstMAC, w.p.srcMAC = int32(w.off)+1, int32(w.off)+7
	}
	w.next = w.u16(12)
	w.off += 14
	return hdrEtherType, VerdictOK
}

// etherType goes on by w.next.
func (w *walk) etherType() (header, Verdict) {
	switch w.next {
	case etherIPv4:
		return hdrIPv4, VerdictOK
	case etherIPv6:
		return hdrIPv6, VerdictOK
	case etherVLAN, etherQinQ, etherOldQinQ, etherOldQinQ2:
		if !w.have(4) {
			return 0, w.missing(4)
		}
		id := w.u16(0) & 0xfff
		if w.p.VLANs == 0 {
			w.p.VLAN = id
		} else {
			w.p.InnerVLAN = id
		}
		w.p.VLANs++
		w.next = w.u16(2)
		w.off += 4
		return hdrEtherType, VerdictOK
	case etherMPLS, etherMPLSMulti:
		return hdrMPLS, VerdictOK
	case etherPPPoE:
		return hdrPPPoE, VerdictOK
	case etherPPP:
		return hdrPPP, VerdictOK
	case etherTEB:
		return hdrEthernet, VerdictOK
	case etherPBB: // provider backbone bridging (IEEE 802.1ah): I-TAG, then the customer's frame
		if !w.have(4) {
			return 0, w.missing(4)
		}
		w.off += 4
		return hdrEthernet, VerdictOK
	}
	if w.next <= 1500 {
		return hdrLLC, VerdictOK
	}
	return 0, VerdictNotIP
}

// llc reads an 802.2 header: SNAP with an EtherType (RFC 1042), or IP's own service access point.
func (w *walk) llc() (header, Verdict) {
	if !w.have(3) {
		return 0, w.missing(3)
	}
	switch b := w.f[w.off:]; {
	case b[0] == 0xaa && b[1] == 0xaa && b[2] == 3:
		if !w.have(8) {
			return 0, w.missing(8)
		}
		if w.next = w.u16(6); w.next <= 1500 {
			return 0, VerdictNotIP // some vendor's protocol number
		}
		w.off += 8
		return hdrEtherType, VerdictOK
	case b[0] == 6 && b[1] == 6 && b[2] == 3:
		w.off += 3
		return hdrIPv4, VerdictOK
	}
	return 0, VerdictNotIP
}

// mpls reads a label stack (RFC 3032). What is below says in its first nibble what it is; 0 is a pseudowire control
// word (RFC 4385), behind which we expect Ethernet.
func (w *walk) mpls() (header, Verdict) {
	for range maxLabels {
		if !w.have(4) {
			return 0, w.missing(4)
		}
		label := w.u32(0)
		w.off += 4
		if label&0x100 == 0 {
			continue
		}
		w.p.Tunnel, w.p.TunnelID = TunnelMPLS, label>>12
		if !w.have(1) {
			return 0, w.missing(1)
		}
		switch w.f[w.off] >> 4 {
		case 4:
			return hdrIPv4, VerdictOK
		case 6:
			return hdrIPv6, VerdictOK
		case 0:
			if !w.have(4) {
				return 0, w.missing(4)
			}
			w.off += 4
			return hdrEthernet, VerdictOK
		}
		return 0, VerdictNotIP
	}
	return 0, VerdictTooDeep
}

// pppoe reads a session header (RFC 2516).
func (w *walk) pppoe() (header, Verdict) {
	if !w.have(6) {
		return 0, w.missing(6)
	}
	if w.f[w.off] != 0x11 {
		return 0, VerdictBadHeader
	}
	if w.f[w.off+1] != 0 {
		return 0, VerdictNotIP // discovery
	}
	w.p.Tunnel, w.p.TunnelID = TunnelPPPoE, uint32(w.u16(2))
	if end := w.off + 6 + int(w.u16(4)); end < w.end {
		w.end = end
	}
	w.off += 6
	return hdrPPP, VerdictOK
}

// ppp reads the protocol field (RFC 1661), of 1 or 2 bytes, behind an optional address and control field (RFC 1662).
func (w *walk) ppp() (header, Verdict) {
	if w.have(2) && w.f[w.off] == 0xff && w.f[w.off+1] == 3 {
		w.off += 2
	}
	if !w.have(1) {
		return 0, w.missing(1)
	}
	proto := uint16(w.f[w.off])
	if proto&1 == 0 {
		if !w.have(2) {
			return 0, w.missing(2)
		}
		proto = w.u16(0)
		w.off++
	}
	w.off++
	switch proto {
	case 0x0021:
		return hdrIPv4, VerdictOK
	case 0x0057:
		return hdrIPv6, VerdictOK
	case 0x0281, 0x0283:
		return hdrMPLS, VerdictOK
	}
	return 0, VerdictNotIP
}

// radiotap skips the radiotap header, and a frame check sequence when the header says that there is one.
func (w *walk) radiotap() Verdict {
	if !w.have(8) {
		return w.missing(8)
	}
	size := int(binary.LittleEndian.Uint16(w.f[2:]))
	if w.f[0] != 0 || size < 8 {
		return VerdictBadHeader
	}
	if !w.have(size) {
		return w.missing(size)
	}
	w.off = size
	return w.run(hdrWiFi)
}

// arcnet reads the header of RFC 1201, or the older one of RFC 1051. Packets that ARCNET itself has split are not put
// together.
func (w *walk) arcnet() Verdict {
	if !w.have(8) {
		return w.missing(8)
	}
	switch w.f[4] {
	case 212, 196: // IPv4, IPv6
		if w.f[5] != 0 {
			return VerdictNotIP
		}
		w.off = 8
		return w.run(hdrIP)
	case 240:
		w.off = 5
		return w.run(hdrIPv4)
	}
	return VerdictNotIP
}

// ppi skips the per-packet information header, which names the link type behind it.
func (w *walk) ppi() Verdict {
	if !w.have(8) {
		return w.missing(8)
	}
	size := int(binary.LittleEndian.Uint16(w.f[2:]))
	link := binary.LittleEndian.Uint32(w.f[4:])
	if size < 8 {
		return VerdictBadHeader
	}
	if !w.have(size) {
		return w.missing(size)
	}
	if link == uint32(LinkPPI) || link > 0xffff {
		return VerdictUnknownLink
	}
	w.off = size
	return w.link(LinkType(link))
}

// nflog looks for the attribute that holds the packet: family, version and a number, then attributes of a length, a type
// and a value, padded to four bytes, in the byte order of the host that captured.
func (w *walk) nflog() Verdict {
	const header, payload = 4, 9 // the payload's type is NFULA_PAYLOAD
	if !w.have(header) {
		return w.missing(header)
	}
	if w.f[1] != 0 {
		return VerdictBadHeader
	}
	order := binary.ByteOrder(binary.LittleEndian)
	for w.off = header; ; {
		if !w.have(4) {
			return w.missing(4)
		}
		size, kind := int(order.Uint16(w.f[w.off:])), order.Uint16(w.f[w.off+2:])
		if kind > 0xff && w.off == header && order == binary.LittleEndian {
			order = binary.BigEndian
			continue
		}
		if size < 4 {
			return VerdictBadHeader
		}
		if kind == payload {
			w.off += 4
			w.end = min(w.end, w.off+size-4)
			return w.run(hdrIP)
		}
		size = (size + 3) &^ 3
		if !w.have(size) {
			return w.missing(size)
		}
		w.off += size
	}
}

// wifi reads an IEEE 802.11 data frame that carries LLC/SNAP. Aggregates (A-MSDU) are not taken apart: their first
// subframe is read. control is where the first byte of the frame control is, 0 or 1.
func (w *walk) wifi(control int) (header, Verdict) {
	if !w.have(24) {
		return 0, w.missing(24)
	}
	b := w.f[w.off:]
	fc0, fc1 := b[control], b[1-control]
	if fc0&0x03 != 0 || fc0&0x0c != 0x08 || fc0&0x40 != 0 {
		return 0, VerdictNotIP // not version 0, not data, or data without a body
	}
	if fc1&0x40 != 0 {
		return 0, VerdictProtected
	}
	size := 24
	if fc1&3 == 3 {
		size += 6 // fourth address: between two access points
	}
	aggregate := false
	if fc0&0x80 != 0 {
		if !w.have(size + 2) {
			return 0, w.missing(size + 2)
		}
		aggregate = b[size]&0x80 != 0
		size += 2 // quality of service control
		if fc1&0x80 != 0 {
			size += 4 // high throughput control
		}
	}
	if !w.have(size) {
		return 0, w.missing(size)
	}
	// Destination and source, by the "to DS" and "from DS" flags.
	dst, src := 4, 10
	switch fc1 & 3 {
	case 1:
		dst = 16
	case 2:
		src = 16
	case 3:
		dst, src = 16, 24
	}
	if w.p.dstMAC == 0 && w.p.Depth == 0 {
		w.p.dstMAC, w.p.srcMAC = int32(w.off+dst)+1, int32(w.off+src)+1
	}
	w.off += size
	if aggregate {
		if !w.have(14) {
			return 0, w.missing(14)
		}
		w.off += 14
	}
	return hdrLLC, VerdictOK
}
