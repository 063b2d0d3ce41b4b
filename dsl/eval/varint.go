package eval

import (
	"math/bits"

	"github.com/flowscope/fsd/dsl/ir"
	"github.com/flowscope/fsd/runtime/datagram"
)

// integer makes the reading of an integer ready, of whatever form.
func (s *scope) integer(t *ir.IntType, field int) reader {
	switch t.Form {
	case ir.IntFixed:
		return number(t, t.Size(), t.Little, field)
	case ir.IntCounted:
		return s.counted(t, field)
	case ir.IntBER:
		return berInt(t, field)
	case ir.IntQUIC:
		return quicInt(field)
	}
	if t.Text() {
		return digits(t, field)
	}
	return groups(t.Form == ir.IntLEB128, field)
}

// counted reads uintN(n).
func (s *scope) counted(t *ir.IntType, field int) reader {
	count := s.expr(t.Count)
	return func(r *run, f *frame) (uint64, bool) {
		f.off = min(f.off, f.end) // a jump may have led beyond the end
		n, left := count(r, f), f.left()
		if n > uint64(left) {
			return 0, r.fail(datagram.Short, field, f.off, n, left)
		}
		v := unsigned(r.data[f.off:f.off+int(n)], t.Little)
		f.off += int(n)
		if t.Signed && n > 0 {
			unused := 64 - 8*uint(n)
			v = uint64(int64(v<<unused) >> unused)
		}
		return v, true
	}
}

// quicInt reads varint.quic.
func quicInt(field int) reader {
	return func(r *run, f *frame) (uint64, bool) {
		f.off = min(f.off, f.end)
		left, n := f.left(), 1
		if left > 0 {
			n = 1 << (r.data[f.off] >> 6)
		}
		if n > left {
			return 0, r.fail(datagram.Short, field, f.off, uint64(n), left)
		}
		v := unsigned(r.data[f.off:f.off+n], false)
		f.off += n
		return v &^ (3 << (8*n - 2)), true
	}
}

// groups reads varint.leb128 (little) and varint.base128.
func groups(little bool, field int) reader {
	return func(r *run, f *frame) (uint64, bool) {
		f.off = min(f.off, f.end)
		var v uint64
		for i := 0; i < ir.MaxVarint; i++ {
			if i == f.left() {
				return 0, r.fail(datagram.Short, field, f.off, uint64(i)+1, i)
			}
			b := r.data[f.off+i]
			group := uint64(b & 0x7f)
			if little {
				if bits.Len64(group)+7*i > 64 {
					break
				}
				v |= group << (7 * i)
			} else {
				if v>>57 != 0 {
					break
				}
				v = v<<7 | group
			}
			if b < 0x80 {
				f.off += i + 1
				return v, true
			}
		}
		return 0, r.fail(datagram.Varint, field, f.off, 0, 0)
	}
}
