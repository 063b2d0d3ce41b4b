package eval

import (
	"github.com/flowscope/fsd/dsl/ir"
	"github.com/flowscope/fsd/runtime/datagram"
)

// element narrows the frame's window to the contents of an element of ASN.1 BER.
func (w *window) element(r *run, f *frame) bool {
	begin, tag := f.off, w.tag(r, f)
	left := f.left()
	switch {
	case left == 0:
		return r.fail(datagram.Short, w.field, begin, 2, 0)
	case uint64(r.data[begin]) != tag:
		return r.fail(datagram.BERTag, w.field, begin, 0, 0)
	case left == 1:
		return r.fail(datagram.Short, w.field, begin, 2, 1)
	}
	head, size := 2, uint64(r.data[begin+1])
	if size == 0x80 || size > 0x84 {
		return r.fail(datagram.BERLength, w.field, begin, 0, 0)
	}
	if size > 0x80 {
		if head += int(size & 0x7f); head > left {
			return r.fail(datagram.Short, w.field, begin, uint64(head), left)
		}
		size = unsigned(r.data[begin+2:begin+head], false)
	}
	if uint64(head)+size > uint64(left) {
		return r.fail(datagram.Short, w.field, begin, uint64(head)+size, left)
	}
	f.off += head
	f.end = f.off + int(size)
	return true
}

// berInt reads an integer that all bytes of the window are.
func berInt(t *ir.IntType, field int) reader {
	most := t.Bits / 8
	return func(r *run, f *frame) (uint64, bool) {
		n := f.left()
		if n == 0 {
			return 0, r.fail(datagram.Short, field, f.off, 1, 0)
		}
		b := r.data[f.off:f.end]
		if n > most && (t.Signed || n > most+1 || b[0] != 0) {
			return 0, r.fail(datagram.Varint, field, f.off, 0, 0)
		}
		v := unsigned(b, false)
		if t.Signed {
			unused := 64 - 8*uint(n)
			v = uint64(int64(v<<unused) >> unused)
		}
		f.off = f.end
		return v, true
	}
}
