package eval

import (
	"bytes"
	"slices"

	"github.com/flowscope/fsd/dsl/ir"
)

// lookup makes a search for elements by their key ready.
func (s *scope) lookup(e *ir.Lookup) expr {
	array, typ := s.ref(e.Of)
	t, ok := typ.(*ir.ArrayType)
	if !ok || t.Index == nil {
		panic(fault(s.name, "%T has no index", typ))
	}
	fits := s.keyFits(e, t)
	// next finds the first element from place i on, of n that are left there.
	next := func(r *run, f *frame, i uint32, n int) (uint32, int) {
		for ; n > 0; n-- {
			if fits(r, f, r.tree.node(i).value) {
				break
			}
			i = r.tree.node(i).next
		}
		return i, n
	}
	switch e.Find {
	case ir.LookupHas:
		return func(r *run, f *frame) uint64 {
			i, n := spanned(array(r, f))
			_, n = next(r, f, i, n)
			return truth(n > 0)
		}
	case ir.LookupCount:
		return func(r *run, f *frame) uint64 {
			count := uint64(0)
			i, n := spanned(array(r, f))
			for {
				if i, n = next(r, f, i, n); n == 0 {
					return count
				}
				count++
				i, n = r.tree.node(i).next, n-1
			}
		}
	}
	member := s.prog.member(t.Elem, e.Path)
	field := func(r *run, f *frame) (uint64, bool) {
		i, n := spanned(array(r, f))
		if i, n = next(r, f, i, n); n == 0 {
			return 0, false
		}
		return member(r.tree, r.tree.node(i).value)
	}
	if e.Find == ir.LookupFound {
		return func(r *run, f *frame) uint64 {
			_, ok := field(r, f)
			return truth(ok)
		}
	}
	or := func(*run, *frame) uint64 { panic(fault(s.name, "what is looked up is not there")) }
	if e.Or != nil {
		or = s.expr(e.Or)
	}
	return func(r *run, f *frame) uint64 {
		if v, ok := field(r, f); ok {
			return v
		}
		return or(r, f)
	}
}

// keyFits says whether an element has the key.
func (s *scope) keyFits(e *ir.Lookup, t *ir.ArrayType) func(r *run, f *frame, elem uint64) bool {
	key, _ := s.prog.path(t.Elem, t.Index.Path)
	if isSpanned(t.Index.Key()) {
		want := s.bytes(e.Key)
		return func(r *run, f *frame, elem uint64) bool {
			return bytes.Equal(r.tree.bytes(key(r.tree, elem)), want(r, f))
		}
	}
	want := s.expr(e.Key)
	return func(r *run, f *frame, elem uint64) bool { return key(r.tree, elem) == want(r, f) }
}

// member leads from a value of type t through fields that it may not have.
func (p *program) member(t ir.Type, fields []*ir.Field) func(t *tree, v uint64) (uint64, bool) {
	if len(fields) == 0 {
		return func(_ *tree, v uint64) (uint64, bool) { return v, true }
	}
	rest := p.member(fields[0].Type, fields[1:])
	if b, ok := t.(*ir.Bits); ok {
		cut := bitField(b, fields[0])
		return func(t *tree, v uint64) (uint64, bool) { return rest(t, cut(v)) }
	}
	st, ok := t.(*ir.Struct)
	if !ok {
		panic(fault(fields[0].Name, "it is selected from a value without fields"))
	}
	i := slices.Index(st.Fields, fields[0])
	if i < 0 {
		panic(fault(st.Name, "there is no field %s", fields[0].Name))
	}
	return func(t *tree, v uint64) (uint64, bool) {
		inner, ok := t.find(v, i)
		if !ok {
			return 0, false
		}
		return rest(t, inner)
	}
}
