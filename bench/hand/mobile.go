package hand

// IE is an information element of PFCP or of GTP version 2: a number up to 8 bytes, otherwise the bytes alone. What is in
// a grouped one follows it, one deeper.
type IE struct {
	Type     uint16
	Instance uint8
	Depth    uint8
	Number   uint64
	Bytes    []byte
}

func number(v []byte) (n uint64) {
	if len(v) <= 8 {
		for _, c := range v {
			n = n<<8 | uint64(c)
		}
	}
	return n
}

// PFCP is a message.
type PFCP struct {
	Flags, Type uint8
	SEID        uint64
	Sequence    uint32
	Priority    uint8
	IEs         []IE
}

// Parse parses a datagram.
func (m *PFCP) Parse(b []byte) bool {
	if len(b) < 8 || b[0]>>5 != 1 || int(be.Uint16(b[2:])) != len(b)-4 {
		return false
	}
	m.Flags, m.Type, m.SEID = b[0], b[1], 0
	at := 4
	if b[0]&1 != 0 {
		if len(b) < 16 {
			return false
		}
		m.SEID = be.Uint64(b[4:])
		at = 12
	}
	m.Sequence, m.Priority = be.Uint32(b[at:])>>8, b[at+3]>>4
	m.IEs = m.IEs[:0]
	return m.ies(b[at+4:], 0)
}

func (m *PFCP) ies(b []byte, depth uint8) bool {
	for len(b) > 0 {
		if len(b) < 4 {
			return false
		}
		kind, n := be.Uint16(b), int(be.Uint16(b[2:]))
		if n > len(b)-4 {
			return false
		}
		v := b[4 : 4+n]
		b = b[4+n:]
		m.IEs = append(m.IEs, IE{Type: kind, Depth: depth, Number: number(v), Bytes: v})
		if grouped := kind <= 18 && kind != 0; grouped && (depth == 8 || !m.ies(v, depth+1)) {
			return false
		}
	}
	return true
}

// GTPv2 is a message.
type GTPv2 struct {
	Flags, Type    uint8
	TEID, Sequence uint32
	IEs            []IE
}

// Parse parses a datagram.
func (m *GTPv2) Parse(b []byte) bool {
	if len(b) < 8 || b[0]>>5 != 2 || int(be.Uint16(b[2:])) != len(b)-4 {
		return false
	}
	m.Flags, m.Type, m.TEID = b[0], b[1], 0
	at := 4
	if b[0]&8 != 0 {
		if len(b) < 12 {
			return false
		}
		m.TEID = be.Uint32(b[4:])
		at = 8
	}
	m.Sequence = be.Uint32(b[at:]) >> 8
	m.IEs = m.IEs[:0]
	return m.ies(b[at+4:], 0)
}

func (m *GTPv2) ies(b []byte, depth uint8) bool {
	for len(b) > 0 {
		if len(b) < 4 {
			return false
		}
		n := int(be.Uint16(b[1:]))
		if n > len(b)-4 {
			return false
		}
		v := b[4 : 4+n]
		m.IEs = append(m.IEs, IE{Type: uint16(b[0]), Instance: b[3] & 15, Depth: depth, Number: number(v), Bytes: v})
		if b[0] == 93 && (depth == 8 || !m.ies(v, depth+1)) {
			return false
		}
		b = b[4+n:]
	}
	return true
}

// GTPU is a packet in a tunnel of GTP-U.
type GTPU struct {
	Flags, Type, Next, NPDU uint8
	Length, Sequence        uint16
	TEID                    uint32
	Extensions              []IE
	Payload                 []byte
}

// Parse parses a datagram.
func (m *GTPU) Parse(b []byte) bool {
	if len(b) < 8 || b[0]>>4 != 3 || int(be.Uint16(b[2:])) != len(b)-8 {
		return false
	}
	m.Flags, m.Type, m.Length, m.TEID = b[0], b[1], be.Uint16(b[2:]), be.Uint32(b[4:])
	m.Extensions = m.Extensions[:0]
	m.Sequence, m.NPDU, m.Next = 0, 0, 0
	b = b[8:]
	if m.Flags&7 != 0 {
		if len(b) < 4 {
			return false
		}
		m.Sequence, m.NPDU, m.Next = be.Uint16(b), b[2], b[3]
		b = b[4:]
		for next := m.Next; m.Flags&4 != 0 && next != 0; {
			if len(b) < 4 || b[0] == 0 || len(b) < 4*int(b[0]) {
				return false
			}
			n := 4 * int(b[0])
			m.Extensions = append(m.Extensions, IE{Type: uint16(next), Bytes: b[1 : n-1]})
			next = b[n-1]
			b = b[n:]
		}
	}
	m.Payload = b
	return true
}

// DHCPv6 is a message of a client or a server.
type DHCPv6 struct {
	Type    uint8
	ID      uint32
	Options []IE
}

// Parse parses a datagram.
func (m *DHCPv6) Parse(b []byte) bool {
	if len(b) < 4 || b[0] == 12 || b[0] == 13 {
		return false
	}
	m.Type, m.ID = b[0], be.Uint32(b)&0xffffff
	m.Options = m.Options[:0]
	return m.options(b[4:], 0)
}

func (m *DHCPv6) options(b []byte, depth uint8) bool {
	for len(b) > 0 {
		if len(b) < 4 {
			return false
		}
		kind, n := be.Uint16(b), int(be.Uint16(b[2:]))
		if n > len(b)-4 {
			return false
		}
		v := b[4 : 4+n]
		b = b[4+n:]
		m.Options = append(m.Options, IE{Type: kind, Depth: depth, Number: number(v), Bytes: v})
		inside := 0
		switch kind {
		case 3, 25:
			inside = 12
		case 5:
			inside = 24
		default:
			continue
		}
		if n < inside || depth == 8 || !m.options(v[inside:], depth+1) {
			return false
		}
	}
	return true
}

// CoAP is a message.
type CoAP struct {
	Head, Code uint8
	ID         uint16
	Token      []byte
	Options    []IE
	Payload    []byte
}

// Parse parses a datagram.
func (m *CoAP) Parse(b []byte) bool {
	if len(b) < 4 || b[0]>>6 != 1 || b[0]&15 > 8 || len(b) < 4+int(b[0]&15) {
		return false
	}
	m.Head, m.Code, m.ID, m.Token = b[0], b[1], be.Uint16(b[2:]), b[4:4+int(b[0]&15)]
	m.Options, m.Payload = m.Options[:0], nil
	at, kind := 4+len(m.Token), 0
	more := func(n int) (int, bool) {
		switch n {
		case 13:
			if at++; at > len(b) {
				return 0, false
			}
			return 13 + int(b[at-1]), true
		case 14:
			if at += 2; at > len(b) {
				return 0, false
			}
			return 269 + int(be.Uint16(b[at-2:])), true
		}
		return n, n < 13
	}
	for at < len(b) {
		c := b[at]
		at++
		if c == 0xff {
			m.Payload = b[at:]
			return len(m.Payload) > 0
		}
		delta, ok := more(int(c >> 4))
		if !ok {
			return false
		}
		n, ok := more(int(c & 15))
		if kind += delta; !ok || n > len(b)-at {
			return false
		}
		v := b[at : at+n]
		m.Options = append(m.Options, IE{Type: uint16(kind), Number: number(v), Bytes: v})
		at += n
	}
	return true
}

// RTCP is a compound packet.
type RTCP struct {
	Packets []RTCPPacket
	Reports []RTCPReport
	Items   []IE
}

// RTCPPacket is one of them: its reports and items are up to LastReport and LastItem of the compound's.
type RTCPPacket struct {
	Head, Type                    uint8
	SSRC                          uint32
	NTP                           uint64
	Timestamp, Packets, Bytes     uint32
	LastReport, LastItem, Trailer uint16
}

// RTCPReport is a report on a source.
type RTCPReport struct{ SSRC, Lost, Highest, Jitter, LastSR, Delay uint32 }

// Parse parses a datagram of reports and descriptions.
func (m *RTCP) Parse(b []byte) bool {
	m.Packets, m.Reports, m.Items = m.Packets[:0], m.Reports[:0], m.Items[:0]
	for len(b) > 0 {
		if len(b) < 8 || b[0]>>6 != 2 {
			return false
		}
		n := 4 * (1 + int(be.Uint16(b[2:])))
		if n > len(b) || n < 8 {
			return false
		}
		w := b[4:n]
		p := RTCPPacket{Head: b[0], Type: b[1], SSRC: be.Uint32(w)}
		b = b[n:]
		switch p.Type {
		case 200:
			if len(w) < 24 {
				return false
			}
			p.NTP, p.Timestamp, p.Packets, p.Bytes = be.Uint64(w[4:]), be.Uint32(w[12:]), be.Uint32(w[16:]), be.Uint32(w[20:])
			w = w[24:]
		case 201:
			w = w[4:]
		case 202:
			for chunk := range p.Head & 31 {
				if len(w) < 4 {
					return false
				}
				source, at := be.Uint32(w), 4
				for at < len(w) && w[at] != 0 {
					if at+2 > len(w) || at+2+int(w[at+1]) > len(w) {
						return false
					}
					m.Items = append(m.Items, IE{Type: uint16(w[at]), Instance: chunk, Number: uint64(source), Bytes: w[at+2 : at+2+int(w[at+1])]})
					at += 2 + int(w[at+1])
				}
				if at = (at + 4) &^ 3; at > len(w) {
					return false
				}
				w = w[at:]
			}
		default:
			return false
		}
		if p.Type != 202 {
			if len(w) < 24*int(p.Head&31) {
				return false
			}
			for range p.Head & 31 {
				m.Reports = append(m.Reports, RTCPReport{be.Uint32(w), be.Uint32(w[4:]), be.Uint32(w[8:]), be.Uint32(w[12:]), be.Uint32(w[16:]), be.Uint32(w[20:])})
				w = w[24:]
			}
		}
		p.LastReport, p.LastItem, p.Trailer = uint16(len(m.Reports)), uint16(len(m.Items)), uint16(len(w))
		m.Packets = append(m.Packets, p)
	}
	return len(m.Packets) > 0
}
