package hand

import "hash/crc32"

// NTP is a packet of NTP, modes 1 to 5.
type NTP struct {
	Head, Stratum                        uint8
	Poll, Precision                      int8
	RootDelay, RootDispersion            uint32
	RefID                                [4]byte
	Reference, Origin, Receive, Transmit uint64
	KeyID                                uint32
	MAC                                  []byte
}

// Parse reads a packet without extension fields.
func (m *NTP) Parse(b []byte) bool {
	if len(b) < 48 || b[0]>>3&7 < 1 || b[0]>>3&7 > 5 {
		return false
	}
	h := b[:48]
	m.Head, m.Stratum, m.Poll, m.Precision = h[0], h[1], int8(h[2]), int8(h[3])
	m.RootDelay, m.RootDispersion = be.Uint32(h[4:]), be.Uint32(h[8:])
	m.RefID = [4]byte(h[12:])
	m.Reference, m.Origin = be.Uint64(h[16:]), be.Uint64(h[24:])
	m.Receive, m.Transmit = be.Uint64(h[32:]), be.Uint64(h[40:])
	m.KeyID, m.MAC = 0, nil
	if rest := b[48:]; len(rest) > 0 {
		if len(rest) < 4 || len(rest) >= 28 {
			return false
		}
		m.KeyID, m.MAC = be.Uint32(rest), rest[4:]
	}
	return true
}

// STUN is a message of STUN.
type STUN struct {
	Type, Length  uint16
	Class, Method uint8
	ID            []byte
	Attributes    []STUNAttribute
	Wrong         bool // the fingerprint
}

// STUNAttribute is an attribute: a number, an address or bytes, by its type.
type STUNAttribute struct {
	Type, Len    uint16
	Family       uint8
	Port         uint16
	Number       uint32
	Number64     uint64
	Addr         [4]byte
	Bytes, Value []byte
}

// Parse reads a message.
func (m *STUN) Parse(b []byte) bool {
	if len(b) < 20 {
		return false
	}
	m.Type, m.Length = be.Uint16(b), be.Uint16(b[2:])
	if m.Type > 0x3ff || be.Uint32(b[4:]) != 0x2112a442 {
		return false
	}
	m.Class, m.Method = uint8(m.Type>>7&2|m.Type>>4&1), uint8(m.Type&0xf|m.Type>>1&0x70|m.Type>>2&0x80)
	m.ID = b[8:20]
	if int(m.Length) > len(b)-20 {
		return false
	}
	m.Attributes, m.Wrong = m.Attributes[:0], false
	for w := b[20 : 20+int(m.Length)]; len(w) > 0; {
		if len(w) < 4 {
			return false
		}
		if len(m.Attributes) < cap(m.Attributes) {
			m.Attributes = m.Attributes[:len(m.Attributes)+1]
		} else {
			m.Attributes = append(m.Attributes, STUNAttribute{})
		}
		a := &m.Attributes[len(m.Attributes)-1]
		a.Type, a.Len = be.Uint16(w), be.Uint16(w[2:])
		n := int(a.Len)
		if n > len(w)-4 {
			return false
		}
		v := w[4 : 4+n]
		a.Value = v
		switch a.Type {
		case 0x0001, 0x0020, 0x0012, 0x0016:
			if n < 8 || v[1] == 1 && n != 8 {
				return false
			}
			a.Family, a.Port = v[1], be.Uint16(v[2:])
			if v[1] == 1 {
				a.Addr = [4]byte(v[4:])
				if a.Type != 1 {
					a.Port ^= 0x2112
					be.PutUint32(a.Addr[:], be.Uint32(a.Addr[:])^0x2112a442)
				}
			} else {
				a.Bytes = v[4:]
			}
		case 0x000d, 0x0024, 0x8028:
			if n != 4 {
				return false
			}
			a.Number = be.Uint32(v)
			if a.Type == 0x8028 {
				m.Wrong = crc32.ChecksumIEEE(b[:20+int(m.Length)-len(w)])^0x5354554e != a.Number
			}
		case 0x8029, 0x802a:
			if n != 8 {
				return false
			}
			a.Number64 = be.Uint64(v)
		case 0x0019:
			if n < 1 {
				return false
			}
			a.Family, a.Bytes = v[0], v[1:]
		case 0x0025:
			if n != 0 {
				return false
			}
		default:
			a.Bytes = v
		}
		if n = 4 + (n+3)&^3; n > len(w) {
			n = len(w)
		}
		w = w[n:]
	}
	return true
}

// DHCP is a message of DHCPv4.
type DHCP struct {
	Op, Htype, Hlen, Hops          uint8
	XID                            uint32
	Secs, Flags                    uint16
	Ciaddr, Yiaddr, Siaddr, Giaddr [4]byte
	Chaddr, Pad, Sname, File, Rest []byte
	Options                        []DHCPOption

	addrs [][4]byte
}

// DHCPOption is an option: a number, addresses or bytes, by its code.
type DHCPOption struct {
	Code, Len   uint8
	Kind        uint8
	Number      uint32
	First, Last uint16 // of the message's addresses
	Bytes       []byte
}

// Parse reads a message whose options are not spread over other fields.
func (m *DHCP) Parse(b []byte) bool {
	if len(b) < 240 || b[0] < 1 || b[0] > 2 || b[2] > 16 {
		return false
	}
	h := b[:240]
	m.Op, m.Htype, m.Hlen, m.Hops = h[0], h[1], h[2], h[3]
	m.XID, m.Secs, m.Flags = be.Uint32(h[4:]), be.Uint16(h[8:]), be.Uint16(h[10:])
	m.Ciaddr, m.Yiaddr, m.Siaddr, m.Giaddr = [4]byte(h[12:]), [4]byte(h[16:]), [4]byte(h[20:]), [4]byte(h[24:])
	m.Chaddr, m.Pad, m.Sname, m.File = h[28:28+int(m.Hlen)], h[28+int(m.Hlen):44], h[44:108], h[108:236]
	if be.Uint32(h[236:]) != 0x63825363 {
		return false
	}
	m.Options, m.addrs = m.Options[:0], m.addrs[:0]
	w := b[240:]
	for len(w) > 0 {
		if len(m.Options) < cap(m.Options) {
			m.Options = m.Options[:len(m.Options)+1]
		} else {
			m.Options = append(m.Options, DHCPOption{})
		}
		o := &m.Options[len(m.Options)-1]
		o.Code = w[0]
		if o.Code == 0 || o.Code == 255 {
			w = w[1:]
			if o.Code == 255 {
				break
			}
			continue
		}
		if len(w) < 2 || int(w[1]) > len(w)-2 {
			return false
		}
		o.Len = w[1]
		v := w[2 : 2+int(o.Len)]
		w = w[2+int(o.Len):]
		switch o.Code {
		case 1, 28, 50, 54, 3, 6:
			if len(v)%4 != 0 || len(v) == 0 {
				return false
			}
			o.First = uint16(len(m.addrs))
			for ; len(v) > 0; v = v[4:] {
				m.addrs = append(m.addrs, [4]byte(v))
			}
			o.Last = uint16(len(m.addrs))
		case 51, 58, 59:
			if len(v) != 4 {
				return false
			}
			o.Number = be.Uint32(v)
		case 57:
			if len(v) != 2 {
				return false
			}
			o.Number = uint32(be.Uint16(v))
		case 53:
			if len(v) != 1 {
				return false
			}
			o.Number = uint32(v[0])
		case 61:
			if len(v) < 1 {
				return false
			}
			o.Kind, o.Bytes = v[0], v[1:]
		default:
			o.Bytes = v
		}
	}
	m.Rest = w
	types := 0
	for i := range m.Options {
		if m.Options[i].Code == 53 {
			types++
		}
	}
	return types <= 1
}

// RADIUS is a packet of RADIUS.
type RADIUS struct {
	Code, ID               uint8
	Length                 uint16
	Authenticator, Padding []byte
	Attributes             []RADIUSAttribute
}

// RADIUSAttribute is an attribute: a number, an address or bytes, by its type.
type RADIUSAttribute struct {
	Type, Len uint8
	Addr      [4]byte
	Number    uint32
	Bytes     []byte
}

// Parse reads a packet.
func (m *RADIUS) Parse(b []byte) bool {
	if len(b) < 20 {
		return false
	}
	m.Code, m.ID, m.Length, m.Authenticator = b[0], b[1], be.Uint16(b[2:]), b[4:20]
	if m.Length < 20 || m.Length > 4096 || int(m.Length) > len(b) {
		return false
	}
	m.Attributes = m.Attributes[:0]
	for w := b[20:m.Length]; len(w) > 0; {
		if len(w) < 2 || w[1] < 2 || int(w[1]) > len(w) {
			return false
		}
		if len(m.Attributes) < cap(m.Attributes) {
			m.Attributes = m.Attributes[:len(m.Attributes)+1]
		} else {
			m.Attributes = append(m.Attributes, RADIUSAttribute{})
		}
		a := &m.Attributes[len(m.Attributes)-1]
		a.Type, a.Len = w[0], w[1]
		v := w[2:a.Len]
		w = w[a.Len:]
		a.Bytes = v
		switch a.Type {
		case 4, 8, 9, 14:
			if len(v) != 4 {
				return false
			}
			a.Addr = [4]byte(v)
		case 5, 6, 7, 10, 12, 13, 15, 16, 27, 28, 29, 37, 38, 40, 41, 42, 43, 45, 46, 47, 48, 49, 51, 52, 53, 61, 62:
			if len(v) != 4 {
				return false
			}
			a.Number = be.Uint32(v)
		}
	}
	m.Padding = b[m.Length:]
	return true
}

// VXLAN is a frame in VXLAN.
type VXLAN struct {
	Flags               uint16
	Group               uint16
	VNI                 uint32
	Reserved            uint8
	Destination, Source [6]byte
	EtherType           uint16
	Payload             []byte
}

// Parse reads a frame.
func (m *VXLAN) Parse(b []byte) bool {
	if len(b) < 22 {
		return false
	}
	h := b[:22]
	m.Flags, m.Group = be.Uint16(h), be.Uint16(h[2:])
	if m.Flags&0x0800 == 0 {
		return false
	}
	v := be.Uint32(h[4:])
	m.VNI, m.Reserved = v>>8, uint8(v)
	m.Destination, m.Source, m.EtherType, m.Payload = [6]byte(h[8:]), [6]byte(h[14:]), be.Uint16(h[20:]), b[22:]
	return true
}

// BFD is a control packet without authentication.
type BFD struct {
	Head, Flags, Multiplier, Length uint8
	Mine, Yours, Tx, Rx, Echo       uint32
	Extra                           []byte
}

// Parse reads a packet.
func (m *BFD) Parse(b []byte) bool {
	if len(b) < 24 {
		return false
	}
	h := b[:24]
	m.Head, m.Flags, m.Multiplier, m.Length = h[0], h[1], h[2], h[3]
	if m.Head>>5 != 1 || m.Multiplier == 0 || m.Length < 24 || int(m.Length) > len(b) || m.Flags&4 != 0 {
		return false
	}
	m.Mine, m.Yours, m.Tx, m.Rx, m.Echo = be.Uint32(h[4:]), be.Uint32(h[8:]), be.Uint32(h[12:]), be.Uint32(h[16:]), be.Uint32(h[20:])
	m.Extra = b[24:]
	return m.Mine != 0
}

// NetFlow5 is a datagram of NetFlow version 5.
type NetFlow5 struct {
	Version, Count                   uint16
	Uptime, Seconds, Nanos, Sequence uint32
	EngineType, EngineID             uint8
	Sampling                         uint16
	Records                          []NetFlow5Record
}

// NetFlow5Record is a flow.
type NetFlow5Record struct {
	Source, Destination, NextHop [4]byte
	Input, Output                uint16
	Packets, Octets, First, Last uint32
	SourcePort, DestinationPort  uint16
	Pad, Flags, Protocol, TOS    uint8
	SourceAS, DestinationAS      uint16
	SourceMask, DestinationMask  uint8
	Pad2                         uint16
}

// Parse reads a datagram.
func (m *NetFlow5) Parse(b []byte) bool {
	if len(b) < 24 {
		return false
	}
	h := b[:24]
	m.Version, m.Count = be.Uint16(h), be.Uint16(h[2:])
	if m.Version != 5 || int(m.Count)*48 != len(b)-24 {
		return false
	}
	m.Uptime, m.Seconds, m.Nanos, m.Sequence = be.Uint32(h[4:]), be.Uint32(h[8:]), be.Uint32(h[12:]), be.Uint32(h[16:])
	m.EngineType, m.EngineID, m.Sampling = h[20], h[21], be.Uint16(h[22:])
	if cap(m.Records) < int(m.Count) {
		m.Records = make([]NetFlow5Record, m.Count)
	}
	m.Records = m.Records[:m.Count]
	w := b[24:]
	for i := range m.Records {
		r, v := &m.Records[i], w[:48]
		w = w[48:]
		r.Source, r.Destination, r.NextHop = [4]byte(v), [4]byte(v[4:]), [4]byte(v[8:])
		r.Input, r.Output = be.Uint16(v[12:]), be.Uint16(v[14:])
		r.Packets, r.Octets, r.First, r.Last = be.Uint32(v[16:]), be.Uint32(v[20:]), be.Uint32(v[24:]), be.Uint32(v[28:])
		r.SourcePort, r.DestinationPort = be.Uint16(v[32:]), be.Uint16(v[34:])
		r.Pad, r.Flags, r.Protocol, r.TOS = v[36], v[37], v[38], v[39]
		r.SourceAS, r.DestinationAS, r.SourceMask, r.DestinationMask = be.Uint16(v[40:]), be.Uint16(v[42:]), v[44], v[45]
		r.Pad2 = be.Uint16(v[46:])
	}
	return true
}
