package hand

// SNMP is a message of version 1 or 2c that is no trap of version 1.
type SNMP struct {
	Version    uint8
	Community  []byte
	Kind       uint8 // the PDU's tag
	ID         int32
	Status     int32
	ErrorIndex int32
	Binds      []SNMPBind
}

// SNMPBind is a variable and its value.
type SNMPBind struct {
	Name []byte
	Tag  uint8
	// Bytes is the value as it stands there, Number that of the kinds that are numbers.
	Bytes  []byte
	Number uint64
}

// element reads a BER element's tag and its content.
func element(b []byte) (tag byte, content, rest []byte, ok bool) {
	if len(b) < 2 {
		return 0, nil, nil, false
	}
	n, head := int(b[1]), 2
	if n >= 0x80 {
		switch {
		case n == 0x81 && len(b) >= 3:
			n, head = int(b[2]), 3
		case n == 0x82 && len(b) >= 4:
			n, head = int(be.Uint16(b[2:])), 4
		default:
			return 0, nil, nil, false
		}
	}
	if n > len(b)-head {
		return 0, nil, nil, false
	}
	return b[0], b[head : head+n], b[head+n:], true
}

// integer reads an INTEGER of at most 32 bits.
func integer(b []byte) (v int32, rest []byte, ok bool) {
	tag, c, rest, ok := element(b)
	if !ok || tag != 2 || len(c) == 0 || len(c) > 4 {
		return 0, nil, false
	}
	v = int32(int8(c[0]))
	for _, d := range c[1:] {
		v = v<<8 | int32(d)
	}
	return v, rest, true
}

// Parse parses a datagram.
func (m *SNMP) Parse(b []byte) bool {
	tag, b, rest, ok := element(b)
	if !ok || tag != 0x30 || len(rest) != 0 {
		return false
	}
	v, b, ok := integer(b)
	if !ok || v != 0 && v != 1 {
		return false
	}
	m.Version = uint8(v)
	if tag, m.Community, b, ok = element(b); !ok || tag != 4 {
		return false
	}
	if m.Kind, b, rest, ok = element(b); !ok || len(rest) != 0 || m.Kind < 0xa0 || m.Kind > 0xa8 || m.Kind == 0xa4 {
		return false
	}
	if m.ID, b, ok = integer(b); !ok {
		return false
	}
	if m.Status, b, ok = integer(b); !ok {
		return false
	}
	if m.ErrorIndex, b, ok = integer(b); !ok {
		return false
	}
	if tag, b, rest, ok = element(b); !ok || tag != 0x30 || len(rest) != 0 {
		return false
	}
	m.Binds = m.Binds[:0]
	for len(b) > 0 {
		var w []byte
		if tag, w, b, ok = element(b); !ok || tag != 0x30 {
			return false
		}
		var v SNMPBind
		if tag, v.Name, w, ok = element(w); !ok || tag != 6 {
			return false
		}
		if v.Tag, v.Bytes, rest, ok = element(w); !ok || len(rest) != 0 {
			return false
		}
		switch v.Tag {
		case 2, 0x41, 0x42, 0x43, 0x46, 0x47:
			if len(v.Bytes) == 0 || len(v.Bytes) > 9 {
				return false
			}
			if v.Tag == 2 {
				v.Number = uint64(int64(int8(v.Bytes[0])))
			} else {
				v.Number = uint64(v.Bytes[0])
			}
			for _, d := range v.Bytes[1:] {
				v.Number = v.Number<<8 | uint64(d)
			}
		case 4, 5, 6, 0x40, 0x44, 0x80, 0x81, 0x82:
		default:
			return false
		}
		m.Binds = append(m.Binds, v)
	}
	return true
}
