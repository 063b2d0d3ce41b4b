package eval

import (
	"math"

	"github.com/flowscope/fsd/dsl/ir"
	"github.com/flowscope/fsd/runtime/datagram"
)

// block makes statements ready.
func (s *scope) block(body []ir.Stmt) []step {
	list := make([]step, len(body))
	for i, stmt := range body {
		list[i] = s.stmt(stmt)
	}
	return list
}

func (s *scope) stmt(stmt ir.Stmt) step {
	switch stmt := stmt.(type) {
	case *ir.Read:
		return s.read(stmt)
	case *ir.Let:
		place := s.place(stmt.Field)
		var value expr
		if t, ok := stmt.Field.Type.(*ir.StdType); ok {
			value = s.shown(t, stmt.Value)
		} else {
			value = s.expr(stmt.Value)
		}
		checks := s.checks(stmt.Checks, &ir.IntType{Bits: 64}, stmt.Field.ID)
		return func(r *run, f *frame) outcome {
			v := value(r, f)
			if !checks(r, f, v, f.off) {
				return failed
			}
			place(r, f, v)
			return goesOn
		}
	case *ir.If:
		cond, then, other := s.expr(stmt.Cond), s.block(stmt.Then), s.block(stmt.Else)
		return func(r *run, f *frame) outcome {
			if cond(r, f) != 0 {
				return r.steps(f, then)
			}
			return r.steps(f, other)
		}
	case *ir.Switch:
		return s.branch(stmt)
	case *ir.Rule:
		when := s.when(stmt.When)
		return func(r *run, f *frame) outcome {
			if when(r, f) == 0 {
				return goesOn
			}
			return result(r.act(stmt.Do, 0, f.off, 0))
		}
	case *ir.Confirm:
		when := s.when(stmt.When)
		return func(r *run, f *frame) outcome {
			if when(r, f) != 0 {
				r.status.Confirmed = true
			}
			return goesOn
		}
	case *ir.End:
		if s.chain != nil {
			return endChain
		}
		return end(stmt.Else)
	case *ir.Count:
		when, i := s.when(stmt.When), s.counter(stmt.Counter)
		return func(r *run, f *frame) outcome {
			if n := &r.parser.counters[i]; when(r, f) != 0 && *n < math.MaxUint32 {
				*n++
			}
			return goesOn
		}
	case *ir.Announce:
		when := s.when(stmt.When)
		return func(r *run, f *frame) outcome {
			if when(r, f) != 0 {
				r.status.Expect |= 1 << uint(stmt.Index)
			}
			return goesOn
		}
	case *ir.Transact:
		return s.transact(stmt)
	case *ir.Store:
		return s.store(stmt)
	case *ir.Goto:
		return s.jump(stmt)
	case *ir.Item:
		return s.item(stmt)
	}
	panic(fault(s.name, "there is no statement %T", stmt))
}

// when is a condition that holds always where there is none.
func (s *scope) when(e ir.Expr) expr {
	if e == nil {
		return func(*run, *frame) uint64 { return 1 }
	}
	return s.expr(e)
}

// end ends a struct: nothing may be left in the window, or otherwise says what then.
func end(otherwise *ir.Action) step {
	return func(r *run, f *frame) outcome {
		left := f.left()
		if left == 0 {
			return ended
		}
		do := ir.Action{Kind: ir.DoPoison, Reason: ir.ReasonTrailing}
		if otherwise != nil {
			do = *otherwise
		}
		if !r.act(do, 0, f.off, left) {
			return failed
		}
		return ended
	}
}

// branch makes a switch ready: the case that fits is run in the switch's window.
func (s *scope) branch(stmt *ir.Switch) step {
	choose := s.choice(stmt)
	bodies := make([][]step, 0, len(stmt.Cases)+1)
	for _, c := range stmt.Cases {
		bodies = append(bodies, s.block(c.Body))
	}
	if stmt.Default != nil {
		bodies = append(bodies, s.block(stmt.Default.Body))
	} else {
		bodies = append(bodies, nil)
	}
	window := s.window(stmt.Window, stmt.FieldID)
	return func(r *run, f *frame) outcome {
		begin, outer := f.off, f.end
		body := bodies[choose(r, f)]
		if !window.open(r, f) {
			return failed
		}
		if o := r.steps(f, body); o != goesOn {
			return o
		}
		return result(window.close(r, f, begin, outer))
	}
}

// choice returns the index of the case that fits; that of the default is the number of cases.
func (s *scope) choice(stmt *ir.Switch) expr {
	var cases []func(tag uint64, r *run, f *frame) bool
	for _, c := range stmt.Cases {
		if stmt.Tag == nil {
			when := s.expr(c.When)
			cases = append(cases, func(_ uint64, r *run, f *frame) bool { return when(r, f) != 0 })
			continue
		}
		in := within(c.Values, stmt.Tag.Kind())
		cases = append(cases, func(tag uint64, _ *run, _ *frame) bool { return in(tag) })
	}
	tag := func(*run, *frame) uint64 { return 0 }
	if stmt.Tag != nil {
		tag = s.expr(stmt.Tag)
	}
	return func(r *run, f *frame) uint64 {
		v := tag(r, f)
		for i, fits := range cases {
			if fits(v, r, f) {
				return uint64(i)
			}
		}
		return uint64(len(cases))
	}
}

// window is `size` and `align` of a field or switch made ready; nil for none.
type window struct {
	size  expr // nil: no bound
	tag   expr // of an element of ASN.1 BER; nil: none
	align int
	lax   bool
	field int
}

func (s *scope) window(w *ir.Window, field int) *window {
	if w == nil {
		return nil
	}
	out := &window{align: int(w.Align), lax: w.Lax, field: field}
	if w.Size != nil {
		out.size = s.expr(w.Size)
	}
	if w.Element != nil {
		out.tag = s.expr(w.Element.Tag)
	}
	return out
}

// open narrows the frame's window.
func (w *window) open(r *run, f *frame) bool {
	if w != nil && w.tag != nil {
		return w.element(r, f)
	}
	if w == nil || w.size == nil {
		return true
	}
	size, left := w.size(r, f), f.left()
	if size > uint64(left) {
		return r.fail(datagram.Short, w.field, f.off, size, left)
	}
	f.end = f.off + int(size)
	return true
}

// close goes back to the window around, which ends at outer: first the leftover, then the padding of what began at
// begin.
func (w *window) close(r *run, f *frame, begin, outer int) bool {
	if w == nil {
		return true
	}
	if w.size != nil || w.tag != nil {
		if left := f.left(); left > 0 && !w.lax {
			return r.fail(datagram.Trailing, w.field, f.off, 0, left)
		}
		f.off = f.end
	}
	f.end = outer
	if w.align < 2 {
		return true
	}
	if odd := (f.off - begin) % w.align; odd != 0 {
		padding, left := w.align-odd, f.left()
		if padding > left {
			return r.fail(datagram.Align, w.field, f.off, uint64(padding), left)
		}
		f.off += padding
	}
	return true
}

// read makes the reading of a field ready: window, bytes, checks, leftover, padding.
func (s *scope) read(stmt *ir.Read) step {
	if stmt.Place != nil {
		return s.elsewhere(stmt)
	}
	return s.here(stmt)
}

// here reads a field where the frame stands.
func (s *scope) here(stmt *ir.Read) step {
	field := stmt.Field
	window := s.window(stmt.Window, field.ID)
	value := s.value(stmt.Type(), stmt.Args, field.ID)
	place := s.place(field)
	checks := s.checks(stmt.Checks, field.Type, field.ID)
	return func(r *run, f *frame) outcome {
		begin, outer := f.off, f.end
		if !window.open(r, f) {
			return failed
		}
		v, ok := value(r, f)
		if !ok {
			return failed
		}
		place(r, f, v)
		if !checks(r, f, v, begin) {
			return failed
		}
		return result(window.close(r, f, begin, outer))
	}
}

// checker runs the checks of a value that was read at begin.
type checker func(r *run, f *frame, v uint64, begin int) bool

// checks makes checks ready, in their order, on a value of type t.
func (s *scope) checks(list []*ir.Check, t ir.Type, field int) checker {
	inner := *s
	inner.self = t
	conds := make([]expr, len(list))
	for i, c := range list {
		conds[i] = inner.expr(c.Cond)
	}
	return func(r *run, f *frame, v uint64, begin int) bool {
		for i, holds := range conds {
			f.self = v
			if holds(r, f) == 0 && !r.act(list[i].Else, field, begin, 0) {
				return false
			}
		}
		return true
	}
}
