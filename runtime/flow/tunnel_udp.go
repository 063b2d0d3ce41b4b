package flow

import "encoding/binary"

// Tunnels over UDP whose header says little more than where the inner packet begins. Each reads its header at the
// current offset and enters what is behind it; what does not look like the tunnel stays a plain datagram.

// teredo skips the indicators of RFC 4380, section 5.1.1, in front of an IPv6 packet.
func (w *walk) teredo() (header, Verdict) {
	if w.have(4) && w.u16(0) == 1 { // authentication: lengths of identifier and value, those, nonce, confirmation
		size := 4 + int(w.f[w.off+2]) + int(w.f[w.off+3]) + 9
		if !w.have(size) {
			return hdrDone, VerdictOK
		}
		w.off += size
	}
	if w.have(8) && w.u16(0) == 0 { // origin: port and address
		w.off += 8
	}
	if !w.have(1) || w.f[w.off]>>4 != 6 {
		return hdrDone, VerdictOK
	}
	return w.enter(hdrIPv6, TunnelTeredo, 0)
}

// capwap reads the header of RFC 5415, section 4.3. Fragments of CAPWAP, keep-alives and encrypted packets are not
// entered.
func (w *walk) capwap() (header, Verdict) {
	const (
		fragment  = 0x80
		keepAlive = 0x08
		native    = 0x01 // in the third byte: the frame is that of the radio
		wifi      = 1
	)
	if !w.have(8) || w.f[w.off] != 0 {
		return hdrDone, VerdictOK
	}
	b := w.f[w.off:]
	size := int(b[1]>>3) * 4
	if size < 8 || !w.have(size) || b[3]&(fragment|keepAlive) != 0 {
		return hdrDone, VerdictOK
	}
	next := hdrEthernet
	if b[2]&native != 0 {
		if b[2]>>1&0x1f != wifi {
			return hdrDone, VerdictOK
		}
		next = hdrWiFi
		if w.have(size+2) && b[size]&3 != 0 && b[size+1]&3 == 0 {
			next = hdrWiFiSwapped // no version but 0 exists; many controllers swap the bytes
		}
	}
	radio := uint32(b[1]&7)<<2 | uint32(b[2]>>6)
	w.off += size
	return w.enter(next, TunnelCAPWAP, radio)
}

// l2tp reads the header of a data message (RFC 2661, section 3.1), behind which is PPP.
func (w *walk) l2tp() (header, Verdict) {
	const (
		control  = 0x8000
		length   = 0x4000
		sequence = 0x0800
		offset   = 0x0200
	)
	if !w.have(6) {
		return hdrDone, VerdictOK
	}
	flags := w.u16(0)
	if flags&control != 0 || flags&0xf != 2 {
		return hdrDone, VerdictOK
	}
	size := 2
	if flags&length != 0 {
		size += 2
	}
	ids := size
	size += 4
	if flags&sequence != 0 {
		size += 4
	}
	if flags&offset != 0 {
		if !w.have(size + 2) {
			return hdrDone, VerdictOK
		}
		size += 2 + int(w.u16(size))
	}
	if !w.have(size) {
		return hdrDone, VerdictOK
	}
	id := w.u32(ids) // tunnel and session
	w.off += size
	return w.enter(hdrPPP, TunnelL2TP, id)
}

// ayiya reads the header of draft-massar-v6ops-ayiya-02, section 3.1: only packets to be forwarded are entered.
func (w *walk) ayiya() (header, Verdict) {
	if !w.have(8) {
		return hdrDone, VerdictOK
	}
	b := w.f[w.off:]
	size := 8 + 1<<(b[0]>>4) + int(b[1]>>4)*4
	if b[2]&0xf != 1 || !w.have(size) {
		return hdrDone, VerdictOK
	}
	next := hdrIPv6
	switch b[3] {
	case ProtoIPv6:
	case ProtoIPv4:
		next = hdrIPv4
	default:
		return hdrDone, VerdictOK
	}
	w.off += size
	return w.enter(next, TunnelAYIYA, 0)
}

// lisp skips the header of RFC 9300, section 5.3; the instance is the identifier, when the I flag says that it is
// there.
func (w *walk) lisp() (header, Verdict) {
	if !w.have(9) {
		return hdrDone, VerdictOK
	}
	var instance uint32
	if w.f[w.off]&0x08 != 0 {
		instance = binary.BigEndian.Uint32(w.f[w.off+4:]) >> 8
	}
	w.off += 8
	return w.enter(hdrIP, TunnelLISP, instance)
}
