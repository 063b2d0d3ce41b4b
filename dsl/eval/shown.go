package eval

import (
	"slices"

	"github.com/flowscope/fsd/dsl/ir"
)

// madeBit marks a span of bytes that were computed, and are no part of the datagram.
const madeBit = 1 << 31

// made keeps computed bytes and returns their value.
func (t *tree) made(b []byte) uint64 {
	v := span(uint32(len(t.computed))|madeBit, len(b))
	t.computed = append(t.computed, b...)
	return v
}

// shown is a let of a standard type: the value of an integer or of bytes as that type.
func (s *scope) shown(t *ir.StdType, e ir.Expr) expr {
	if e.Kind() == ir.Bytes {
		x, y := e, ir.Expr(&ir.BytesConst{})
		if both, ok := e.(*ir.Xor); ok {
			x, y = both.X, both.Y
		}
		a, b := s.bytes(x), s.bytes(y)
		return func(r *run, f *frame) uint64 {
			sum := slices.Clone(a(r, f))
			for i, c := range b(r, f) {
				if i < len(sum) {
					sum[i] ^= c
				}
			}
			return r.tree.made(sum)
		}
	}
	x := s.expr(e)
	if t.Number() {
		return x
	}
	return func(r *run, f *frame) uint64 {
		v := x(r, f)
		b := make([]byte, t.Bytes)
		for i := range b {
			b[len(b)-1-i] = byte(v >> (8 * i))
		}
		return r.tree.made(b)
	}
}
