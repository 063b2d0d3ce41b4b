package hand

import "encoding/binary"

// RTP is a packet.
type RTP struct {
	Head      uint16
	Sequence  uint16
	Timestamp uint32
	SSRC      uint32
	CSRCs     [15]uint32
	Profile   uint16
	Extension []byte
	Elements  []RTPElement
	Payload   []byte
	Padding   uint8
	Follows   bool // its number is the next one of the source

	sources [8]RTPSource
	n       int
}

// RTPSource is the last packet of a source: those of a flow say whether it is RTP at all.
type RTPSource struct {
	SSRC, Timestamp uint32
	Head, Sequence  uint16
}

// RTPElement is an element of a header extension, RFC 8285.
type RTPElement struct {
	ID   uint8
	Data []byte
}

// Parse parses a datagram.
func (m *RTP) Parse(b []byte) bool {
	if len(b) < 12 || b[0]>>6 != 2 || b[1]&0x7f-64 < 32 {
		return false
	}
	m.Head, m.Sequence, m.Timestamp, m.SSRC = be.Uint16(b), be.Uint16(b[2:]), be.Uint32(b[4:]), be.Uint32(b[8:])
	at := 12
	for i := range int(b[0] & 15) {
		if at+4 > len(b) {
			return false
		}
		m.CSRCs[i] = be.Uint32(b[at:])
		at += 4
	}
	m.Extension, m.Elements = nil, m.Elements[:0]
	if b[0]&0x10 != 0 {
		if at+4 > len(b) {
			return false
		}
		m.Profile = be.Uint16(b[at:])
		n := 4 * int(be.Uint16(b[at+2:]))
		if at += 4; n > len(b)-at {
			return false
		}
		m.Extension = b[at : at+n]
		at += n
		if m.Profile == 0xbede {
			for e := m.Extension; len(e) > 0; {
				if e[0] == 0 {
					e = e[1:]
					continue
				}
				n := int(e[0]&15) + 2
				if e[0]>>4 == 15 {
					break
				}
				if n > len(e) {
					return false
				}
				m.Elements = append(m.Elements, RTPElement{e[0] >> 4, e[1:n]})
				e = e[n:]
			}
		}
	}
	m.Payload, m.Padding = b[at:], 0
	if b[0]&0x20 != 0 {
		if len(m.Payload) == 0 || int(b[len(b)-1]) > len(m.Payload) || b[len(b)-1] == 0 {
			return false
		}
		m.Padding = b[len(b)-1]
		m.Payload = m.Payload[:len(m.Payload)-int(m.Padding)]
	}
	s := RTPSource{m.SSRC, m.Timestamp, m.Head, m.Sequence}
	for i := range m.sources[:m.n] {
		if m.sources[i].SSRC == m.SSRC {
			m.Follows = m.sources[i].Sequence+1 == m.Sequence
			m.sources[i] = s
			return true
		}
	}
	m.Follows = false
	m.sources[m.n%8] = s
	m.n = min(m.n+1, 8)
	return true
}

// Geneve is a packet with the addresses of an Ethernet frame in it.
type Geneve struct {
	Flags, Protocol uint16
	VNI             uint32
	Options         []GeneveOption
	To, From        [6]byte
	EtherType       uint16
	Payload         []byte
}

// GeneveOption is an option.
type GeneveOption struct {
	Class uint16
	Type  uint8
	Data  []byte
}

// Parse parses a datagram.
func (m *Geneve) Parse(b []byte) bool {
	if len(b) < 8 || b[0]>>6 != 0 {
		return false
	}
	m.Flags, m.Protocol, m.VNI = be.Uint16(b), be.Uint16(b[2:]), be.Uint32(b[4:])>>8
	n := 4 * int(b[0]&0x3f)
	if len(b) < 8+n {
		return false
	}
	m.Options = m.Options[:0]
	for o := b[8 : 8+n]; len(o) > 0; {
		if len(o) < 4 || len(o) < 4+4*int(o[3]&31) {
			return false
		}
		size := 4 + 4*int(o[3]&31)
		m.Options = append(m.Options, GeneveOption{be.Uint16(o), o[2], o[4:size]})
		o = o[size:]
	}
	b = b[8+n:]
	if m.Protocol == 0x6558 {
		if len(b) < 14 {
			return false
		}
		m.To, m.From, m.EtherType = [6]byte(b), [6]byte(b[6:]), be.Uint16(b[12:])
		b = b[14:]
	}
	m.Payload = b
	return true
}

// WireGuard is a packet of data or the beginning of a handshake.
type WireGuard struct {
	Type, Index      uint32
	Counter          uint64
	Ephemeral        [32]byte
	Static, TimeOf   []byte
	MAC1, MAC2, Data []byte
}

// Parse parses a datagram.
func (m *WireGuard) Parse(b []byte) bool {
	if len(b) < 32 || b[1]|b[2]|b[3] != 0 {
		return false
	}
	m.Type, m.Index = uint32(b[0]), binary.LittleEndian.Uint32(b[4:])
	switch b[0] {
	case 1:
		if len(b) != 148 {
			return false
		}
		m.Ephemeral, m.Static, m.TimeOf, m.MAC1, m.MAC2 = [32]byte(b[8:]), b[40:88], b[88:116], b[116:132], b[132:148]
		return true
	case 4:
		m.Counter, m.Data = binary.LittleEndian.Uint64(b[8:]), b[16:]
		return len(b)%16 == 0
	}
	return false
}

// QUIC is a long header of version 1.
type QUIC struct {
	First               byte
	Version             uint32
	To, From, Token     []byte
	Length              uint64
	Payload             []byte
	Coalesced, Protocol uint8
}

func varint(b []byte) (v uint64, n int) {
	if len(b) == 0 || len(b) < 1<<(b[0]>>6) {
		return 0, 0
	}
	switch b[0] >> 6 {
	case 0:
		return uint64(b[0]), 1
	case 1:
		return uint64(be.Uint16(b)) & 0x3fff, 2
	case 2:
		return uint64(be.Uint32(b)) & 0x3fffffff, 4
	}
	return be.Uint64(b) & (1<<62 - 1), 8
}

// Parse parses a datagram.
func (m *QUIC) Parse(b []byte) bool {
	if len(b) < 7 || b[0]&0xc0 != 0xc0 {
		return false
	}
	m.First, m.Version = b[0], be.Uint32(b[1:])
	at := 6 + int(b[5])
	if m.Version != 1 || b[5] > 20 || len(b) < at+1 {
		return false
	}
	m.To = b[6:at]
	n := int(b[at])
	if at++; n > 20 || len(b) < at+n {
		return false
	}
	m.From = b[at : at+n]
	at += n
	if b[0]>>4&3 == 0 {
		v, n := varint(b[at:])
		if at += n; n == 0 || v > uint64(len(b)-at) {
			return false
		}
		m.Token = b[at : at+int(v)]
		at += int(v)
	}
	v, n := varint(b[at:])
	if at += n; n == 0 || v > uint64(len(b)-at) {
		return false
	}
	m.Length, m.Payload = v, b[at:at+int(v)]
	return true
}

// TFTP is a request.
type TFTP struct {
	Op         uint16
	Name, Mode []byte
	Options    []TFTPOption
}

// TFTPOption is an option.
type TFTPOption struct{ Name, Value []byte }

// Parse parses a datagram.
func (m *TFTP) Parse(b []byte) bool {
	if len(b) < 4 {
		return false
	}
	if m.Op = be.Uint16(b); m.Op != 1 && m.Op != 2 {
		return false
	}
	b = b[2:]
	text := func() (v []byte, ok bool) {
		for i, c := range b {
			if c == 0 {
				v, b = b[:i], b[i+1:]
				return v, true
			}
		}
		return nil, false
	}
	var ok bool
	if m.Name, ok = text(); !ok {
		return false
	}
	if m.Mode, ok = text(); !ok {
		return false
	}
	for m.Options = m.Options[:0]; len(b) > 0; {
		var o TFTPOption
		if o.Name, ok = text(); !ok {
			return false
		}
		if o.Value, ok = text(); !ok {
			return false
		}
		m.Options = append(m.Options, o)
	}
	return true
}
