package hand

// NetFlow9 is a datagram of NetFlow version 9, and the templates that came before it: those of one source, with numbers
// up to 511.
type NetFlow9 struct {
	Count                             uint16
	Uptime, Seconds, Sequence, Source uint32
	Records                           []FlowRecord
	values                            []FlowValue
	templates                         [256][]flowField
}

// FlowRecord is a record: its values are [First, Last) of the datagram's.
type FlowRecord struct{ Template, First, Last uint16 }

// FlowValue is a field of a record: a number up to 8 bytes, otherwise the bytes alone.
type FlowValue struct {
	Type   uint16
	Number uint64
	Bytes  []byte
}

type flowField struct{ kind, size uint16 }

// Parse parses a datagram.
func (m *NetFlow9) Parse(b []byte) bool {
	if len(b) < 20 || be.Uint16(b) != 9 {
		return false
	}
	m.Count, m.Uptime, m.Seconds, m.Sequence, m.Source = be.Uint16(b[2:]), be.Uint32(b[4:]), be.Uint32(b[8:]), be.Uint32(b[12:]), be.Uint32(b[16:])
	return m.sets(b[20:], 0)
}

// IPFIX is a message of IPFIX, and the templates that came before it.
type IPFIX struct {
	Seconds, Sequence, Domain uint32
	NetFlow9
}

// Parse parses a datagram.
func (m *IPFIX) Parse(b []byte) bool {
	if len(b) < 16 || be.Uint16(b) != 10 || int(be.Uint16(b[2:])) != len(b) {
		return false
	}
	m.Seconds, m.Sequence, m.Domain = be.Uint32(b[4:]), be.Uint32(b[8:]), be.Uint32(b[12:])
	return m.sets(b[16:], 2)
}

func (m *NetFlow9) sets(b []byte, templates uint16) bool {
	m.Records, m.values = m.Records[:0], m.values[:0]
	for len(b) >= 4 {
		id, n := be.Uint16(b), int(be.Uint16(b[2:]))
		if n < 4 || n > len(b) {
			return false
		}
		w := b[4:n]
		b = b[n:]
		switch {
		case id == templates:
			if !m.learn(w) {
				return false
			}
		case id >= 256 && id < 512:
			if !m.data(w, id) {
				return false
			}
		}
	}
	return len(b) == 0
}

func (m *NetFlow9) learn(w []byte) bool {
	for len(w) >= 4 {
		id, n := be.Uint16(w), int(be.Uint16(w[2:]))
		if id < 256 || id > 511 || len(w) < 4+4*n {
			return false
		}
		fields := m.templates[id-256][:0]
		for i := range n {
			f := flowField{be.Uint16(w[4+4*i:]), be.Uint16(w[6+4*i:])}
			if f.size == 0xffff || f.kind&0x8000 != 0 {
				return false // not of variable length, and no enterprise's own
			}
			fields = append(fields, f)
		}
		m.templates[id-256] = fields
		w = w[4+4*n:]
	}
	return true
}

func (m *NetFlow9) data(w []byte, id uint16) bool {
	fields := m.templates[id-256]
	size := 0
	for _, f := range fields {
		size += int(f.size)
	}
	if size == 0 {
		return false
	}
	for ; len(w) >= size; w = w[size:] {
		first := len(m.values)
		at := 0
		for _, f := range fields {
			v := w[at : at+int(f.size)]
			at += int(f.size)
			out := FlowValue{Type: f.kind, Bytes: v}
			switch len(v) {
			case 1:
				out.Number = uint64(v[0])
			case 2:
				out.Number = uint64(be.Uint16(v))
			case 4:
				out.Number = uint64(be.Uint32(v))
			case 8:
				out.Number = be.Uint64(v)
			}
			m.values = append(m.values, out)
		}
		m.Records = append(m.Records, FlowRecord{id, uint16(first), uint16(len(m.values))})
	}
	return true
}

// SFlow is a datagram of sFlow version 5 with samples of flows.
type SFlow struct {
	Agent                      [4]byte
	SubAgent, Sequence, Uptime uint32
	Samples                    []SFlowSample
	Frames                     []SFlowFrame
}

// SFlowSample is a sample: its frames are [First, Last) of the datagram's.
type SFlowSample struct {
	Sequence, Source, Rate, Pool, Drops, Input, Output uint32
	First, Last                                        uint16
}

// SFlowFrame is the beginning of a frame.
type SFlowFrame struct {
	Protocol, Length, Stripped uint32
	Header                     []byte
}

// Parse parses a datagram.
func (m *SFlow) Parse(b []byte) bool {
	if len(b) < 28 || be.Uint32(b) != 5 || be.Uint32(b[4:]) != 1 {
		return false
	}
	m.Agent, m.SubAgent, m.Sequence, m.Uptime = [4]byte(b[8:]), be.Uint32(b[12:]), be.Uint32(b[16:]), be.Uint32(b[20:])
	m.Samples, m.Frames = m.Samples[:0], m.Frames[:0]
	samples := be.Uint32(b[24:])
	b = b[28:]
	for range samples {
		if len(b) < 8 || be.Uint32(b) != 1 {
			return false
		}
		n := be.Uint32(b[4:])
		if n < 32 || uint64(n) > uint64(len(b)-8) {
			return false
		}
		w := b[8 : 8+int(n)]
		b = b[8+int(n):]
		s := SFlowSample{
			be.Uint32(w), be.Uint32(w[4:]), be.Uint32(w[8:]), be.Uint32(w[12:]), be.Uint32(w[16:]), be.Uint32(w[20:]), be.Uint32(w[24:]),
			uint16(len(m.Frames)), 0,
		}
		records := be.Uint32(w[28:])
		w = w[32:]
		for range records {
			if len(w) < 24 || be.Uint32(w) != 1 {
				return false
			}
			n, size := uint64(be.Uint32(w[4:])), uint64(be.Uint32(w[20:]))
			if n > uint64(len(w)-8) || n < 16 || (size+3)&^3 != n-16 {
				return false
			}
			m.Frames = append(m.Frames, SFlowFrame{be.Uint32(w[8:]), be.Uint32(w[12:]), be.Uint32(w[16:]), w[24 : 24+int(size)]})
			w = w[8+int(n):]
		}
		s.Last = uint16(len(m.Frames))
		m.Samples = append(m.Samples, s)
	}
	return len(b) == 0
}
