// Package hand holds parsers as someone writes them by hand who is after speed alone: the same fields as the generated
// ones, for the datagrams of the benchmark; bounds checked once per run of fields; no allocation once the storage has
// grown; no way to say why a datagram was refused.
package hand

import "encoding/binary"

var be = binary.BigEndian

// DNS is a DNS message. Names are checked once and kept as offsets.
type DNS struct {
	ID, Flags, QD, AN, NS, AR      uint16
	Questions                      []DNSQuestion
	Answers, Authority, Additional []DNSRecord

	data    []byte
	jumps   int
	notes   uint32
	texts   [][]byte
	options []DNSOption
	soas    []DNSSOA
	srvs    []DNSSRV
}

// DNSName is where a name begins.
type DNSName struct{ off uint16 }

// DNSQuestion is a question.
type DNSQuestion struct {
	Name        DNSName
	Type, Class uint16
}

// DNSOption is an EDNS option; of a cookie, Data is the client's part.
type DNSOption struct {
	Code         uint16
	Data, Server []byte
}

// DNSSOA is the content of an SOA record.
type DNSSOA struct {
	MName, RName                            DNSName
	Serial, Refresh, Retry, Expire, Minimum uint32
}

// DNSSRV is the content of an SRV record.
type DNSSRV struct {
	Priority, Weight, Port uint16
	Target                 DNSName
}

// DNSRecord is a resource record. What is there of the content goes by the type: First and Last are those of texts,
// options, SOA or SRV.
type DNSRecord struct {
	Name          DNSName
	Type, Class   uint16
	Len           uint16
	TTL           uint32
	Addr          [4]byte
	Addr6         [16]byte
	Preference    uint16
	Target        DNSName
	First, Last   uint16
	Version       uint8
	ExtendedRcode uint8
	DO            bool
	Raw           []byte
}

// Parse reads a message. Views of b stay in m.
func (m *DNS) Parse(b []byte) bool {
	if len(b) < 12 {
		return false
	}
	m.data, m.jumps, m.notes = b, 512, 0
	m.texts, m.options, m.soas, m.srvs = m.texts[:0], m.options[:0], m.soas[:0], m.srvs[:0]
	m.ID, m.Flags = be.Uint16(b), be.Uint16(b[2:])
	m.QD, m.AN, m.NS, m.AR = be.Uint16(b[4:]), be.Uint16(b[6:]), be.Uint16(b[8:]), be.Uint16(b[10:])
	if m.Flags&0x40 != 0 {
		m.notes |= 1
	}
	if m.Flags&0xf800 == 0 && m.AN != 0 {
		return false
	}
	off := 12
	if int(m.QD) > (len(b)-off)/5 {
		return false
	}
	if cap(m.Questions) < int(m.QD) {
		m.Questions = make([]DNSQuestion, m.QD)
	}
	m.Questions = m.Questions[:m.QD]
	for i := range m.Questions {
		q := &m.Questions[i]
		if off = m.name(&q.Name, b, off); off < 0 || len(b)-off < 4 {
			return false
		}
		q.Type, q.Class = be.Uint16(b[off:]), be.Uint16(b[off+2:])
		off += 4
	}
	if off = m.section(&m.Answers, b, off, m.AN); off < 0 {
		return false
	}
	if off = m.section(&m.Authority, b, off, m.NS); off < 0 {
		return false
	}
	if off = m.section(&m.Additional, b, off, m.AR); off < 0 {
		return false
	}
	if off != len(b) {
		m.notes |= 4
	}
	return true
}

func (m *DNS) section(list *[]DNSRecord, b []byte, off int, n uint16) int {
	if int(n) > (len(b)-off)/11 {
		return -1
	}
	if cap(*list) < int(n) {
		*list = make([]DNSRecord, n)
	}
	records := (*list)[:n]
	*list = records
	for i := range records {
		if off = m.record(&records[i], b, off); off < 0 {
			return -1
		}
	}
	return off
}

func (m *DNS) record(r *DNSRecord, b []byte, off int) int {
	if off = m.name(&r.Name, b, off); off < 0 {
		return -1
	}
	h := b[off:]
	if len(h) < 10 {
		return -1
	}
	r.Type, r.Class, r.TTL, r.Len = be.Uint16(h), be.Uint16(h[2:]), be.Uint32(h[4:]), be.Uint16(h[8:])
	off += 10
	end := off + int(r.Len)
	if end > len(b) {
		return -1
	}
	w := b[:end]
	switch r.Type {
	case 1:
		if end-off != 4 {
			return -1
		}
		r.Addr = [4]byte(w[off:])
	case 28:
		if end-off != 16 {
			return -1
		}
		r.Addr6 = [16]byte(w[off:])
	case 2, 5, 12, 39:
		if m.name(&r.Target, w, off) != end {
			return -1
		}
	case 15:
		if end-off < 3 {
			return -1
		}
		r.Preference = be.Uint16(w[off:])
		if m.name(&r.Target, w, off+2) != end {
			return -1
		}
	case 33:
		if end-off < 7 {
			return -1
		}
		r.First = uint16(len(m.srvs))
		m.srvs = append(m.srvs, DNSSRV{Priority: be.Uint16(w[off:]), Weight: be.Uint16(w[off+2:]), Port: be.Uint16(w[off+4:])})
		if m.name(&m.srvs[len(m.srvs)-1].Target, w, off+6) != end {
			return -1
		}
	case 6:
		r.First = uint16(len(m.soas))
		m.soas = append(m.soas, DNSSOA{})
		s := &m.soas[len(m.soas)-1]
		if off = m.name(&s.MName, w, off); off < 0 {
			return -1
		}
		if off = m.name(&s.RName, w, off); off < 0 || end-off != 20 {
			return -1
		}
		h := w[off : off+20]
		s.Serial, s.Refresh, s.Retry = be.Uint32(h), be.Uint32(h[4:]), be.Uint32(h[8:])
		s.Expire, s.Minimum = be.Uint32(h[12:]), be.Uint32(h[16:])
	case 16:
		r.First = uint16(len(m.texts))
		for off < end {
			n := int(w[off])
			if n > end-off-1 {
				return -1
			}
			m.texts = append(m.texts, w[off+1:off+1+n])
			off += 1 + n
		}
		r.Last = uint16(len(m.texts))
	case 41:
		r.ExtendedRcode, r.Version, r.DO = uint8(r.TTL>>24), uint8(r.TTL>>16), r.TTL&0x8000 != 0
		r.First = uint16(len(m.options))
		for off < end {
			if end-off < 4 {
				return -1
			}
			o := DNSOption{Code: be.Uint16(w[off:])}
			n := int(be.Uint16(w[off+2:]))
			off += 4
			if n > end-off {
				return -1
			}
			o.Data = w[off : off+n]
			if o.Code == 10 {
				if n < 8 {
					return -1
				}
				o.Data, o.Server = w[off:off+8], w[off+8:off+n]
				if len(o.Server) > 0 && (len(o.Server) < 8 || len(o.Server) > 32) {
					m.notes |= 8
				}
			}
			m.options = append(m.options, o)
			off += n
		}
		r.Last = uint16(len(m.options))
	default:
		r.Raw = w[off:]
	}
	return end
}

func (m *DNS) name(n *DNSName, b []byte, off int) int {
	n.off = uint16(off)
	next, start, labels, jumps, total := -1, off, 0, 0, 0
	for {
		if uint(off) >= uint(len(b)) {
			return -1
		}
		c := int(b[off])
		off++
		switch {
		case c == 0:
			if total+1 > 255 {
				return -1
			}
			if next >= 0 {
				return next
			}
			return off
		case c <= 63:
			if labels == 127 || c > len(b)-off {
				return -1
			}
			labels++
			off += c
			total += c + 1
			if total > 255 {
				return -1
			}
		case c >= 0xc0:
			if off >= len(b) || jumps == 16 || m.jumps == 0 {
				return -1
			}
			target := c&0x3f<<8 | int(b[off])
			if target >= start {
				m.notes |= 2
			}
			jumps++
			m.jumps--
			if next < 0 {
				next = off + 1
			}
			off, start, b = target, target, m.data
		default:
			return -1
		}
	}
}
