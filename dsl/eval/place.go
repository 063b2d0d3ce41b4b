package eval

import (
	"math"

	"github.com/flowscope/fsd/dsl/ir"
	"github.com/flowscope/fsd/runtime/datagram"
)

// elsewhere makes the reading of a field that is not where the frame stands ready. The frame goes there and comes back.
func (s *scope) elsewhere(stmt *ir.Read) step {
	field, p := stmt.Field, stmt.Place
	read := s.here(stmt)
	if p.Over != nil {
		ref, ok := p.Over.(*ir.Ref)
		if !ok {
			panic(fault(s.name, "%T is not a byte field to parse again", p.Over))
		}
		bytes, t := s.ref(ref)
		if !isSpanned(t) {
			panic(fault(s.name, "%T is not a byte field to parse again", t))
		}
		window := &window{lax: p.Lax, field: field.ID}
		return func(r *run, f *frame) outcome {
			off, end := f.off, f.end
			begin, n := spanned(bytes(r, f))
			f.off, f.end = int(begin), int(begin)+n
			if read(r, f) == failed || !window.used(r, f) {
				return failed
			}
			f.off, f.end = off, end
			return goesOn
		}
	}
	target, least := s.expr(p.At), uint64(field.Type.Size().Min)
	return func(r *run, f *frame) outcome {
		off, end := f.off, f.end
		to := target(r, f)
		if r.jumps == 0 {
			return result(r.fail(datagram.JumpLimit, field.ID, off, 0, 0))
		}
		r.jumps--
		if to > uint64(len(r.data)) {
			return result(r.fail(datagram.Short, field.ID, int(min(to, math.MaxInt32)), least, 0))
		}
		f.off, f.end = int(to), len(r.data)
		if read(r, f) == failed {
			return failed
		}
		more := int64(f.off-int(to)) / ir.JumpBytes
		if more > r.jumps {
			return result(r.fail(datagram.JumpLimit, field.ID, int(to), 0, 0))
		}
		r.jumps -= more
		f.off, f.end = off, end
		return goesOn
	}
}

// used checks that nothing of a window is left over, unless that is allowed.
func (w *window) used(r *run, f *frame) bool {
	left := f.left()
	return left == 0 || w.lax || r.fail(datagram.Trailing, w.field, f.off, 0, left)
}
