package eval

import (
	"bytes"
	"math"

	"github.com/flowscope/fsd/dsl/ir"
	"github.com/flowscope/fsd/runtime/datagram"
)

// run is the parse of one datagram.
type run struct {
	prog   *program
	parser *parser
	meta   *datagram.Meta
	data   []byte
	status datagram.Status
	jumps  int64
}

// outcome is how a block ended.
type outcome uint8

const (
	failed outcome = iota // the status says why
	goesOn
	ended // by `end`
)

func (r *run) fail(reason datagram.Reason, field, off int, needed uint64, got int) bool {
	s := &r.status
	s.Code, s.Reason, s.Field = datagram.Poison, reason, uint16(field)
	s.Offset, s.Needed, s.Got = uint32(off), uint32(min(needed, math.MaxUint32)), uint32(max(got, 0))
	return false
}

// act carries out what follows a failed condition or a rule: false means that the parse ends.
func (r *run) act(a ir.Action, field, off int) bool {
	switch a.Kind {
	case ir.DoNote:
		r.status.Notes |= 1 << uint(a.Reason)
		return true
	case ir.DoReject:
		r.fail(datagram.NoReason, field, off, 0, 0)
		r.status.Code = datagram.Reject
		return false
	}
	return r.fail(datagram.Reason(a.Reason), field, off, 0, 0)
}

// entry parses the datagram as a root.
func (r *run) entry(e *ir.Entry) (*object, bool) {
	// An `end` of the entry looks at what is left over; without one the struct is lax.
	o, _, ok := r.structure(e.Type, nil, 0, len(r.data))
	return o, ok
}

// structure parses a struct at off, within end.
func (r *run) structure(t *ir.Struct, args []value, off, end int) (*object, int, bool) {
	o := &object{typ: t, values: make([]value, r.prog.sizes[t])}
	s := &scope{obj: o, off: off, end: end, params: map[*ir.Param]value{}}
	for i, p := range t.Params {
		s.params[p] = args[i]
	}
	switch r.block(s, t.Body, nil) {
	case failed:
		return o, s.off, false
	case ended:
		return o, s.end, true
	}
	return o, s.off, true
}

func (r *run) block(s *scope, body []ir.Stmt, c *chainRun) outcome {
	for _, stmt := range body {
		if o := r.stmt(s, stmt, c); o != goesOn {
			return o
		}
	}
	return goesOn
}

func result(ok bool) outcome {
	if ok {
		return goesOn
	}
	return failed
}

func (r *run) stmt(s *scope, stmt ir.Stmt, c *chainRun) outcome {
	switch stmt := stmt.(type) {
	case *ir.Read:
		return result(r.read(s, stmt))
	case *ir.Let:
		f := stmt.Field
		r.put(s, f, value{typ: f.Type, as: f.As, num: r.num(s, stmt.Value), set: true})
		return goesOn
	case *ir.If:
		if r.holds(s, stmt.Cond) {
			return r.block(s, stmt.Then, c)
		}
		return r.block(s, stmt.Else, c)
	case *ir.Switch:
		return r.branch(s, stmt, c)
	case *ir.Rule:
		if stmt.When != nil && !r.holds(s, stmt.When) {
			return goesOn
		}
		return result(r.act(stmt.Do, 0, s.off))
	case *ir.Confirm:
		r.status.Confirmed = true
		return goesOn
	case *ir.End:
		return r.end(s, stmt, c)
	case *ir.Count:
		if stmt.When == nil || r.holds(s, stmt.When) {
			if n := &r.parser.counters[r.prog.counterIndex[stmt.Counter]]; *n < math.MaxUint32 {
				*n++
			}
		}
		return goesOn
	case *ir.Announce:
		if stmt.When == nil || r.holds(s, stmt.When) {
			r.status.Expect |= 1 << uint(stmt.Index)
		}
		return goesOn
	case *ir.Goto:
		return result(r.jump(s, stmt, c))
	case *ir.Item:
		return result(r.item(s, stmt, c))
	}
	panic("eval: no such statement")
}

func (r *run) put(s *scope, f *ir.Field, v value) {
	if s.obj != nil {
		s.obj.values[r.prog.slots[f]] = v
	} else {
		s.step[r.prog.slots[f]] = v
	}
}

// end ends a struct, or makes a chain's step its last.
func (r *run) end(s *scope, stmt *ir.End, c *chainRun) outcome {
	if c != nil {
		c.last = true
		c.counted(s)
		return goesOn
	}
	if left := s.end - s.off; left > 0 {
		if stmt.Else == nil {
			r.fail(datagram.Trailing, 0, s.off, 0, left)
			return failed
		}
		if !r.act(*stmt.Else, 0, s.off) {
			r.status.Got = uint32(left)
			return failed
		}
	}
	return ended
}

// branch runs the case of a switch that fits, in its window if there is one.
func (r *run) branch(s *scope, stmt *ir.Switch, c *chainRun) outcome {
	outer := s.end
	var inner int
	if w := stmt.Window; w != nil && w.Size != nil {
		var ok bool
		if inner, ok = r.open(s, w, stmt.FieldID); !ok {
			return failed
		}
	}
	start := s.off
	o := goesOn
	if body := r.choose(s, stmt); body != nil {
		if stmt.Window != nil && stmt.Window.Size != nil {
			s.end = inner
		}
		o = r.block(s, body.Body, c)
	}
	if o == failed {
		return failed
	}
	if o == ended {
		// `end` has used up the window, and ends the struct with it.
		s.off = s.end
	}
	if stmt.Window != nil {
		if !r.close(s, stmt.Window, stmt.FieldID, start, inner, outer) {
			return failed
		}
	}
	return o
}

func (r *run) choose(s *scope, stmt *ir.Switch) *ir.Case {
	if stmt.Tag == nil {
		for _, c := range stmt.Cases {
			if r.holds(s, c.When) {
				return c
			}
		}
		return stmt.Default
	}
	tag := r.num(s, stmt.Tag)
	for _, c := range stmt.Cases {
		for _, v := range c.Values {
			if within(tag, v.Range, stmt.Tag.Kind()) {
				return c
			}
		}
	}
	return stmt.Default
}

// open evaluates a window's size and returns where it ends.
func (r *run) open(s *scope, w *ir.Window, field int) (int, bool) {
	size := r.num(s, w.Size)
	left := s.end - s.off
	if size > uint64(left) {
		return 0, r.fail(datagram.Short, field, s.off, size, left)
	}
	return s.off + int(size), true
}

// close ends a window that began at start: its leftover, then the padding. The window around it ends at outer.
func (r *run) close(s *scope, w *ir.Window, field, start, inner, outer int) bool {
	s.end = outer
	if w.Size != nil {
		if left := inner - s.off; left > 0 && !w.Lax {
			return r.fail(datagram.Trailing, field, s.off, 0, left)
		}
		s.off = inner
	}
	if w.Align > 1 {
		if odd := int64(s.off-start) % w.Align; odd != 0 {
			padding := int(w.Align - odd)
			if left := s.end - s.off; padding > left {
				return r.fail(datagram.Align, field, s.off, uint64(padding), left)
			}
			s.off += padding
		}
	}
	return true
}

// read reads a field: window, bytes, checks, leftover, padding.
func (r *run) read(s *scope, stmt *ir.Read) bool {
	f := stmt.Field
	outer, inner := s.end, s.end
	if w := stmt.Window; w != nil && w.Size != nil {
		var ok bool
		if inner, ok = r.open(s, w, f.ID); !ok {
			return false
		}
		s.end = inner
	}
	start := s.off
	v, ok := r.value(s, f.Type, stmt.Args, f.ID)
	v.as = f.As
	v.set = true
	r.put(s, f, v)
	if !ok {
		return false
	}
	if t, isBits := f.Type.(*ir.Bits); isBits {
		for _, b := range t.Fields {
			field := bit(v.num, b)
			field.num = signed(field.typ, field.num)
			if !r.checks(s, b.Checks, field, b.ID, start) {
				return false
			}
		}
	}
	if !r.checks(s, stmt.Checks, v, f.ID, start) {
		return false
	}
	if stmt.Window != nil {
		return r.close(s, stmt.Window, f.ID, start, inner, outer)
	}
	return true
}

func (r *run) checks(s *scope, checks []*ir.Check, self value, field, off int) bool {
	for _, c := range checks {
		s.self = self
		if !r.holds(s, c.Cond) && !r.act(c.Else, field, off) {
			return false
		}
	}
	return true
}

// value reads a value of a type at the scope's offset and moves the offset behind it.
func (r *run) value(s *scope, t ir.Type, args []ir.Expr, field int) (value, bool) {
	v := value{typ: t, set: true}
	switch t := t.(type) {
	case *ir.BytesType:
		return r.byteField(s, t, field)
	case *ir.ArrayType:
		return r.array(s, t, field)
	case *ir.Struct:
		var off int
		var ok bool
		v.obj, off, ok = r.structure(t, r.arguments(s, t, args), s.off, s.end)
		s.off = off
		return v, ok
	case *ir.Chain:
		return r.chain(s, t)
	}
	size := int(t.Size().Min)
	left := max(s.end-s.off, 0) // a jump may have gone beyond the end
	if size > left {
		return v, r.fail(datagram.Short, field, s.off, uint64(size), left)
	}
	v.data = r.data[s.off : s.off+size]
	s.off += size
	little := false
	switch t := t.(type) {
	case *ir.IntType:
		little = t.Little
	case *ir.Enum:
		little = t.Int.Little
	case *ir.Flags:
		little = t.Int.Little
	case *ir.Bits:
		little = t.Int.Little
	case *ir.StdType:
		if size > 8 || t.Name == "ipv4" || t.Name == "mac" {
			return v, true
		}
		little = t.Little
	}
	v.num = signed(t, number(v.data, little))
	return v, true
}

// arguments evaluates the parameters of a struct in the scope of its user.
func (r *run) arguments(s *scope, t *ir.Struct, args []ir.Expr) []value {
	var list []value
	for i, a := range args {
		p := t.Params[i]
		if _, isStruct := p.Type.(*ir.Struct); isStruct {
			list = append(list, r.ref(s, a.(*ir.Ref)))
			continue
		}
		list = append(list, value{typ: p.Type, num: r.num(s, a), set: true})
	}
	return list
}

func (r *run) byteField(s *scope, t *ir.BytesType, field int) (value, bool) {
	v := value{typ: t, set: true}
	left := max(s.end-s.off, 0)
	s.off = min(s.off, s.end)
	switch t.Mode {
	case ir.BytesCount:
		n := r.num(s, t.Count)
		if n > uint64(left) {
			return v, r.fail(datagram.Short, field, s.off, n, left)
		}
		v.data = r.data[s.off : s.off+int(n)]
		s.off += int(n)
	case ir.BytesRest:
		v.data = r.data[s.off:s.end]
		s.off = s.end
	case ir.BytesTo:
		searched := r.data[s.off:s.end]
		if t.Max >= 0 && int64(len(searched)) > t.Max+int64(len(t.Delim)) {
			searched = searched[:t.Max+int64(len(t.Delim))]
		}
		i := bytes.Index(searched, t.Delim)
		if i < 0 {
			return v, r.fail(datagram.Delimiter, field, s.off, 0, len(searched))
		}
		v.data = searched[:i]
		s.off += i + len(t.Delim)
	}
	if t.As == ir.AsASCII {
		for _, b := range v.data {
			if b >= 0x80 {
				return v, r.fail(datagram.NotASCII, field, s.off-len(v.data)-len(t.Delim)*int(truth(t.Mode == ir.BytesTo)), 0, 0)
			}
		}
	}
	return v, true
}

func (r *run) array(s *scope, t *ir.ArrayType, field int) (value, bool) {
	v := value{typ: t, set: true}
	start := s.off
	var count uint64
	if t.Mode == ir.ArrayCount {
		count = r.num(s, t.Count)
		size := uint64(t.Elem.Size().Min)
		left := s.end - s.off
		if count > uint64(left)/size {
			needed := uint64(math.MaxUint32)
			if count < needed {
				needed = min(count*size, needed)
			}
			return v, r.fail(datagram.Short, field, start, needed, left)
		}
	}
	for {
		switch t.Mode {
		case ir.ArrayCount:
			if uint64(len(v.list)) == count {
				return v, true
			}
		case ir.ArrayRest:
			if s.off == s.end {
				return v, true
			}
		case ir.ArrayWhile:
			if !r.holds(s, t.Cond) {
				return v, true
			}
		}
		if t.Max >= 0 && int64(len(v.list)) == t.Max {
			return v, r.fail(datagram.Reason(ir.FirstReason+t.MaxReason), field, s.off, 0, 0)
		}
		e, ok := r.value(s, t.Elem, t.Args, field)
		v.list = append(v.list, e)
		if !ok {
			return v, false
		}
		if t.Mode == ir.ArrayUntil {
			s.elem = e
			if r.holds(s, t.Cond) {
				return v, true
			}
		}
	}
}
