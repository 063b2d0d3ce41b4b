// Package bench compares generated parsers with what one would write by hand for the same fields.
package bench

import (
	"encoding/binary"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/flowscope/fsd/generated/dns"
	"github.com/flowscope/fsd/runtime/datagram"
	"github.com/flowscope/fsd/runtime/datagram/vector"
	"github.com/flowscope/fsd/runtime/datagram/wire"
	"github.com/flowscope/fsd/runtime/flow"
)

// messages are a query, an answer with a CNAME and two addresses, and one with OPT, SOA and TXT.
func messages() [][]byte {
	name := "\x03www\x07example\x03com\x00"
	return [][]byte{
		[]byte("\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00" + name + "\x00\x01\x00\x01"),
		[]byte("\x12\x34\x81\x80\x00\x01\x00\x03\x00\x00\x00\x00" + name + "\x00\x01\x00\x01" +
			"\xc0\x0c\x00\x05\x00\x01\x00\x00\x0e\x10\x00\x06\x03web\xc0\x10" +
			"\xc0\x2d\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\x5d\xb8\xd8\x22" +
			"\xc0\x2d\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\x5d\xb8\xd8\x23"),
		[]byte("\x12\x34\x81\x83\x00\x01\x00\x01\x00\x01\x00\x01" + name + "\x00\x10\x00\x01" +
			"\xc0\x0c\x00\x10\x00\x01\x00\x00\x0e\x10\x00\x0c\x0bv=spf1 -all" +
			"\xc0\x10\x00\x06\x00\x01\x00\x00\x0e\x10\x00\x20\x02ns\xc0\x10\x04mail\xc0\x10" +
			"\x00\x00\x00\x01\x00\x00\x00\x02\x00\x00\x00\x03\x00\x00\x00\x04\x00\x00\x00\x05" +
			"\x00\x00\x29\x10\x00\x00\x00\x80\x00\x00\x0c\x00\x0a\x00\x08\x01\x02\x03\x04\x05\x06\x07\x08"),
	}
}

func good(t testing.TB) [][]byte {
	var out [][]byte
	p, m := new(dns.Parser), new(dns.Message)
	for _, b := range messages() {
		meta := vector.Meta(flow.Responder, 53)
		if st := p.Parse(b, &meta, m); st.Code == datagram.OK {
			out = append(out, b)
		} else {
			t.Log(st.Err(dns.Protocol.Desc))
		}
	}
	return out
}

func TestHandWrittenReadsTheSame(t *testing.T) {
	p, m, h := new(dns.Parser), new(dns.Message), new(handMessage)
	for _, b := range good(t) {
		meta := vector.Meta(flow.Responder, 53)
		require.Equal(t, datagram.OK, p.Parse(b, &meta, m).Code)
		require.True(t, h.parse(b))
		require.Len(t, h.answers, len(m.Answers))
		for i := range h.answers {
			require.Equal(t, uint16(m.Answers[i].Type), h.answers[i].typ)
			require.Equal(t, m.Answers[i].TTL, h.answers[i].ttl)
		}
	}
}

func BenchmarkDNS(b *testing.B) {
	list := good(b)
	meta := vector.Meta(flow.Responder, 53)
	b.Run("generated", func(b *testing.B) {
		p, m := new(dns.Parser), new(dns.Message)
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			if p.Parse(list[i%len(list)], &meta, m).Code != datagram.OK {
				b.Fatal("not parsed")
			}
		}
	})
	b.Run("hand", func(b *testing.B) {
		m := new(handMessage)
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			if !m.parse(list[i%len(list)]) {
				b.Fatal("not parsed")
			}
		}
	})
	b.Run("json", func(b *testing.B) {
		p, m := new(dns.Parser), new(dns.Message)
		var buf []byte
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			p.Parse(list[i%len(list)], &meta, m)
			buf = m.AppendJSON(buf[:0])
		}
	})
}

// handMessage is a DNS message as one would write it by hand for speed: the same fields, names checked once and kept
// as offsets, no allocation after the first messages.
type handMessage struct {
	id, flags, qd, an, ns, ar      uint16
	questions                      []handQuestion
	answers, authority, additional []handRR
	data                           []byte
	jumps                          int
	notes                          uint64
	texts                          []handText
	options                        []handOption
	soas                           []handSOA
}

type handName struct{ off uint16 }

type handQuestion struct {
	name       handName
	typ, class uint16
}

type handText struct{ text []byte }

type handOption struct {
	code uint16
	data []byte
}

type handSOA struct {
	mname, rname                            handName
	serial, refresh, retry, expire, minimum uint32
}

type handRR struct {
	name            handName
	typ, class, len uint16
	ttl             uint32
	present         uint8
	addr            wire.IPv4
	addr6           wire.IPv6
	target          handName
	pref            uint16
	first, last     uint16 // of texts, options or soas
	raw             []byte
}

func (m *handMessage) parse(b []byte) bool {
	if len(b) < 12 {
		return false
	}
	m.data, m.jumps, m.notes = b, 512, 0
	m.texts, m.options, m.soas = m.texts[:0], m.options[:0], m.soas[:0]
	m.id = binary.BigEndian.Uint16(b)
	m.flags = binary.BigEndian.Uint16(b[2:])
	m.qd = binary.BigEndian.Uint16(b[4:])
	m.an = binary.BigEndian.Uint16(b[6:])
	m.ns = binary.BigEndian.Uint16(b[8:])
	m.ar = binary.BigEndian.Uint16(b[10:])
	if m.flags&0x40 != 0 {
		m.notes |= 1
	}
	off := 12
	if int(m.qd) > (len(b)-off)/5 {
		return false
	}
	m.questions = wire.Grow(m.questions, int(m.qd))
	for i := range m.questions {
		q := &m.questions[i]
		if off = m.name(&q.name, b, off); off < 0 || len(b)-off < 4 {
			return false
		}
		q.typ, q.class = binary.BigEndian.Uint16(b[off:]), binary.BigEndian.Uint16(b[off+2:])
		off += 4
	}
	if off, m.answers = m.section(m.answers, b, off, m.an); off < 0 {
		return false
	}
	if off, m.authority = m.section(m.authority, b, off, m.ns); off < 0 {
		return false
	}
	off, m.additional = m.section(m.additional, b, off, m.ar)
	return off >= 0
}

func (m *handMessage) section(rrs []handRR, b []byte, off int, n uint16) (int, []handRR) {
	if int(n) > (len(b)-off)/11 {
		return -1, rrs
	}
	rrs = wire.Grow(rrs, int(n))
	for i := range rrs {
		if off = m.rr(&rrs[i], b, off); off < 0 {
			return -1, rrs
		}
	}
	return off, rrs
}

func (m *handMessage) rr(r *handRR, b []byte, off int) int {
	if off = m.name(&r.name, b, off); off < 0 {
		return -1
	}
	h := b[off:]
	if len(h) < 10 {
		return -1
	}
	r.typ, r.class = binary.BigEndian.Uint16(h), binary.BigEndian.Uint16(h[2:])
	r.ttl, r.len = binary.BigEndian.Uint32(h[4:]), binary.BigEndian.Uint16(h[8:])
	off += 10
	end := off + int(r.len)
	if end > len(b) {
		return -1
	}
	w := b[:end]
	r.present = 0
	switch r.typ {
	case 1:
		if end-off != 4 {
			return -1
		}
		r.addr = wire.IPv4(b[off : off+4])
	case 28:
		if end-off != 16 {
			return -1
		}
		r.addr6 = wire.IPv6(b[off : off+16])
	case 2, 5, 12, 39:
		if m.name(&r.target, w, off) != end {
			return -1
		}
	case 15:
		if end-off < 3 {
			return -1
		}
		r.pref = binary.BigEndian.Uint16(b[off:])
		if m.name(&r.target, w, off+2) != end {
			return -1
		}
	case 6:
		m.soas = append(m.soas, handSOA{})
		s := &m.soas[len(m.soas)-1]
		r.first = uint16(len(m.soas) - 1)
		if off = m.name(&s.mname, w, off); off < 0 {
			return -1
		}
		if off = m.name(&s.rname, w, off); off < 0 || end-off != 20 {
			return -1
		}
		h := b[off : off+20]
		s.serial, s.refresh, s.retry = binary.BigEndian.Uint32(h), binary.BigEndian.Uint32(h[4:]), binary.BigEndian.Uint32(h[8:])
		s.expire, s.minimum = binary.BigEndian.Uint32(h[12:]), binary.BigEndian.Uint32(h[16:])
	case 16:
		r.first = uint16(len(m.texts))
		for off < end {
			n := int(w[off])
			if n > end-off-1 {
				return -1
			}
			m.texts = append(m.texts, handText{w[off+1 : off+1+n]})
			off += 1 + n
		}
		r.last = uint16(len(m.texts))
	case 41:
		r.first = uint16(len(m.options))
		for off < end {
			if end-off < 4 {
				return -1
			}
			n := int(binary.BigEndian.Uint16(w[off+2:]))
			if n > end-off-4 {
				return -1
			}
			m.options = append(m.options, handOption{binary.BigEndian.Uint16(w[off:]), w[off+4 : off+4+n]})
			off += 4 + n
		}
		r.last = uint16(len(m.options))
	default:
		r.raw = w[off:]
	}
	r.present = 1
	return end
}

func (m *handMessage) name(n *handName, b []byte, off int) int {
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
			if labels == 128 || c > len(b)-off {
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
