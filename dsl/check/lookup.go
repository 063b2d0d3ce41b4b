package check

import (
	"github.com/flowscope/fsd/dsl/ast"
	"github.com/flowscope/fsd/dsl/diag"
	"github.com/flowscope/fsd/dsl/ir"
)

// isLookup says whether a selector is the name of a lookup.
func isLookup(s *ast.Selector) bool {
	return s.Field != nil && (s.Field.Name == "has" || s.Field.Name == "first")
}

// lookup resolves what is asked of an array: `.has(Key)`, `.first(Key).Field`, and `.Name`, which is short for
// `.first(Name).Name`; nil after an error.
func (x *exprs) lookup(p *ast.Path, of *ir.Ref, t *ir.ArrayType, sel []*ast.Selector) ir.Expr {
	array := short(p.Span().Text()[:sel[0].Pos.Offset-p.Pos.Offset])
	bad := func(at ast.Any, format string, args ...any) *diag.Diagnostic {
		return x.c.errorf(diag.BadLookup, at.Span(), format, args...)
	}
	name := sel[0].Field.Name
	switch {
	case t.Index == nil:
		bad(sel[0], "%s has no index that elements could be found by", array).Fixf("add `index by` and a field of %s to it", typeText(t.Elem))
		return nil
	case of.Root != ir.RefField && of.Root != ir.RefSelf:
		bad(p, "%s belongs to a struct around this one, of which there may be many: each would search it", array).
			Fixf("look it up in the struct that has the array, and hand on the value")
		return nil
	case x.loop:
		bad(p, "this is computed for each element, and each would search %s", array).Fixf("compute it with `let` in front of the array")
		return nil
	}
	of.K = ir.Bytes
	l := &ir.Lookup{Of: of}
	call := len(sel) > 1 && sel[1].Call != nil
	switch {
	case isLookup(sel[0]) && (!call || len(sel[1].Call.Args) != 1):
		bad(sel[0], "%s.%s needs a key", array, name).Fixf("write %s.%s and a value of %s in parentheses", array, name, typeText(t.Index.Key()))
		return nil
	case name == "has" && len(sel) > 2:
		bad(sel[2], "%s.has is true or false, and has no fields", array).Fixf("write %s.first and the key for a field of the element", array)
		return nil
	case name == "has":
		if l.Key = x.lookupKey(sel[1].Call.Args[0], t.Index); l.Key == nil {
			return nil
		}
		l.Find, l.K = ir.LookupHas, ir.Bool
		return l
	case name == "first":
		if l.Key = x.lookupKey(sel[1].Call.Args[0], t.Index); l.Key == nil {
			return nil
		}
		if len(sel) == 2 {
			bad(p, "%s is an element, and a value is needed here", short(p.Span().Text())).Fixf("name one of its fields, or ask %s.has", array)
			return nil
		}
		return x.lookupField(p, l, t, sel[2:])
	}
	if l.Key = x.c.enumConst(t.Index.Key(), name); l.Key == nil {
		d := bad(sel[0], "%s.%s is the field %s of the element with the key %s, and there is no such key", array, name, name, name)
		d.DidYouMean(name, near(valueNames(t.Index.Key())))
		if d.Fix == "" {
			d.Fixf("write %s.first(Key).%s, %s.has(Key) or %s.len", array, name, array, array)
		}
		return nil
	}
	return x.lookupField(p, l, t, sel)
}

// lookupField completes a lookup of a field of the element.
func (x *exprs) lookupField(p *ast.Path, l *ir.Lookup, t *ir.ArrayType, sel []*ast.Selector) ir.Expr {
	l.Find = ir.LookupField
	elem := t.Elem
	sure := true
	for _, s := range sel {
		if s.Field == nil {
			x.noCall(s)
			return nil
		}
		f := anyMember(elem, s.Field.Name)
		if f == nil {
			x.noMember(s, elem, s.Field.Name)
			return nil
		}
		sure = sure && !f.Conditional
		l.Path = append(l.Path, f)
		elem = f.Type
	}
	f := l.Path[len(l.Path)-1]
	switch f.Type.(type) {
	case *ir.BoolType:
		l.K = ir.Bool
	case *ir.BytesType:
		l.K = ir.Bytes // for comparisons
	case *ir.IntType, *ir.Enum, *ir.Flags:
		s, ok := x.c.sets[f]
		if !ok {
			s = typeSet(f.Type)
		}
		l.R = s.hull()
		l.K = kindOf(l.R)
	default:
		x.c.errorf(diag.BadLookup, p.Span(), "%s is %s, and a lookup gives integers, enums, flags, bools and bytes", short(p.Span().Text()), withArticle(f.Type)).
			Fixf("name a field of one of these types")
		return nil
	}
	there := &ir.Lookup{Find: ir.LookupHas, Of: l.Of, Key: l.Key, K: ir.Bool}
	if !sure {
		there.Find, there.Path = ir.LookupFound, l.Path
	}
	if always, _ := x.decide(there); always {
		return l
	}
	if !x.needs(there, p.Span(), short(p.Span().Text())) {
		return nil
	}
	return l
}

// anyMember is a field of a struct or bits word, which some values may not have; nil if there is none of the name.
func anyMember(t ir.Type, name string) *ir.Field {
	if s, ok := t.(*ir.Struct); ok {
		for _, f := range s.Fields {
			if f.Name == name {
				return f
			}
		}
		return nil
	}
	return memberOf(t, name)
}

// lookupText names a lookup; the array does not change once it was read.
func (x *exprs) lookupText(l *ir.Lookup) string {
	text := [...]string{"has", "count", "found", "first"}[l.Find] + "(" + x.key(l.Of) + "," + x.text(l.Key) + ")." + pathText(l.Path)
	if l.Or != nil {
		text = "(" + text + " or " + x.text(l.Or) + ")"
	}
	return text
}

// lookups are the passes that the lookups, sums and checksums of a statement make: over elements of that many bytes at least.
func lookups(st ir.Stmt) []int64 {
	var out []int64
	see := func(list ...ir.Expr) {
		for _, e := range list {
			visit(e, func(e ir.Expr) {
				if l, ok := e.(*ir.Lookup); ok {
					if t, ok := l.Of.Type.(*ir.ArrayType); ok {
						out = append(out, max(1, t.Elem.Size().Min))
					}
				}
				if s, ok := e.(*ir.Sum); ok {
					if t, ok := s.Of.Type.(*ir.ArrayType); ok {
						out = append(out, max(1, t.Elem.Size().Min))
					}
				}
				if _, ok := e.(*ir.Checksum); ok {
					out = append(out, 1)
				}
			})
		}
	}
	switch st := st.(type) {
	case *ir.Read:
		see(st.Args...)
		for _, c := range st.Checks {
			see(c.Cond)
		}
		if st.Window != nil {
			see(st.Window.Size)
		}
		if st.Place != nil {
			see(st.Place.Over, st.Place.At)
		}
		switch t := st.Field.Type.(type) {
		case *ir.BytesType:
			see(t.Count)
		case *ir.ArrayType:
			see(t.Count)
		}
	case *ir.Let:
		see(st.Value)
		for _, c := range st.Checks {
			see(c.Cond)
		}
	case *ir.If:
		see(st.Cond)
	case *ir.Switch:
		see(st.Tag)
		if st.Window != nil {
			see(st.Window.Size)
		}
		for _, k := range st.Cases {
			see(k.When)
		}
	case *ir.Rule:
		see(st.When)
	case *ir.Count:
		see(st.When)
	case *ir.Confirm:
		see(st.When)
	case *ir.Announce:
		see(st.When)
	}
	return out
}
