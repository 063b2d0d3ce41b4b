package check

import (
	"slices"

	"github.com/flowscope/fsd/dsl/ast"
	"github.com/flowscope/fsd/dsl/diag"
	"github.com/flowscope/fsd/dsl/ir"
)

// place checks `over` and `at` of a field, and returns what is known where the field is read; false after an error.
func (b *body) place(x *exprs, o options, name *ast.Ident, r *ir.Read) (*env, bool) {
	opt := o.over
	if opt == nil {
		opt = o.at
	}
	if opt == nil {
		return x.env, true
	}
	word := optionText(opt)
	bad := func(at *ast.FieldOpt, format string, args ...any) *diag.Diagnostic {
		return b.c.errorf(diag.BadPlace, at.Span(), format, args...)
	}
	switch {
	case o.over != nil && o.at != nil:
		bad(o.at, "`over` and `at` are two places, and a field is read at one").Label(o.over.Span(), "the other one").Fixf("remove one of them")
	case b.isChain:
		bad(opt, "a chain reads what stands where it is: `%s` is for the fields of a struct", word).Fixf("read it in a struct")
	case o.over != nil && o.size != nil:
		bad(o.size, "`over` is a window already: the bytes of the field").Fixf("remove `size`")
	case o.align != nil:
		bad(o.align, "nothing follows a field that is read elsewhere, so there is nothing to align").Fixf("remove `align`")
	case name.Name == "_":
		bad(opt, "a field that is read elsewhere and not kept says nothing").Fixf("give it a name, or remove it")
	default:
		r.Place = &ir.Place{Lax: o.over != nil && o.lax != nil}
		if o.over != nil {
			return b.over(x, o.over, r.Place)
		}
		return b.at(x, o.at, r.Place)
	}
	return nil, false
}

// over checks the bytes that are parsed again. They are of the struct itself, not of one that contains it: else each of
// many elements could parse the same bytes, and a datagram would cost more than its size.
func (b *body) over(x *exprs, o *ast.FieldOpt, p *ir.Place) (*env, bool) {
	v := x.expr(o.Over, nil)
	if v == nil {
		return nil, false
	}
	ref, isRef := v.(*ir.Ref)
	if !isRef || ref.Kind() != ir.Bytes {
		b.c.errorf(diag.BadPlace, o.Over.Span(), "`over` parses the bytes of a field again, and %s is %s", source1(o.Over), kindText(v)).
			Fixf("name a byte field that was read before")
		return nil, false
	}
	t, isBytes := ref.Type.(*ir.BytesType)
	switch {
	case !isBytes:
		b.c.errorf(diag.BadPlace, o.Over.Span(), "`over` parses the bytes of a field again, and %s is %s", source1(o.Over), kindText(v)).
			Fixf("read it as [n]byte")
		return nil, false
	case ref.Root != ir.RefField:
		b.c.errorf(diag.BadPlace, o.Over.Span(), "%s belongs to a struct around this one, of which there may be many: each would parse it again", source1(o.Over)).
			Fixf("read it in the struct that has the field, and hand on what is needed of it")
		return nil, false
	}
	p.Over = ref
	size := contentSize(t)
	inside := x.env.elsewhere()
	inside.windowed = true
	inside.learn(keyRemaining, single(x.lengthOf(ref, size).Range()))
	return inside, true
}

// at checks an offset in the datagram.
func (b *body) at(x *exprs, o *ast.FieldOpt, p *ir.Place) (*env, bool) {
	if p.At = x.sized(o.At); p.At == nil {
		return nil, false
	}
	if r := p.At.Range(); r.Lo.Cmp(ir.I(ir.MaxDatagram)) > 0 || !r.FitsInt32() {
		d := b.c.errorf(diag.CountRange, o.At.Span(), "the offset is %s, and a datagram holds %d bytes", r, ir.MaxDatagram)
		x.adviseWhere(d, o.At, p.At, "<=", ir.I(ir.MaxDatagram))
		return nil, false
	}
	b.c.hasJumps = true
	return x.env.elsewhere(), true
}

// fitPlace reports bytes that a type never fits; false after an error.
func (b *body) fitPlace(p *ir.Place, t ir.Type, o options, inside *env) bool {
	known, ok := inside.fact(keyRemaining)
	if p.Over == nil || !ok {
		return true
	}
	r := known.hull()
	if fixed := t.Size(); p.Lax && r.Hi.Cmp(ir.I(fixed.Max)) <= 0 && fixed.Fixed() {
		b.c.errorf(diag.BadLax, o.lax.Span(), "nothing is ever left over: %s takes %d bytes, and %s has %s", typeText(t), fixed.Max, source1(o.over.Over), r).
			Fixf("remove `lax`")
		return false
	}
	return b.fitsRange(r, p.Lax, t.Size(), o.over.Span(), typeText(t))
}

// places reports structs that contain themselves at another place: a level of nesting that is read twice doubles what
// each level costs, so no depth would bound it.
func (c *checker) places(cycle []*ir.Struct) {
	for _, s := range cycle {
		visitReads(s.Body, func(r *ir.Read) {
			t := r.Field.Type
			if a, ok := t.(*ir.ArrayType); ok {
				t = a.Elem
			}
			if inner, ok := t.(*ir.Struct); ok && r.Place != nil && slices.Contains(cycle, inner) {
				c.errorf(diag.PlaceInCycle, r.Pos, "%s is part of a %s, which is read here at another place: what that costs doubles with each level", s.Name, inner.Name).
					Fixf("let a struct contain itself where it stands, in a window; or read the inner one as another type")
			}
		})
	}
}

// visitReads calls f for each read of a body.
func visitReads(body []ir.Stmt, f func(*ir.Read)) {
	for _, st := range body {
		switch st := st.(type) {
		case *ir.Read:
			f(st)
		case *ir.If:
			visitReads(st.Then, f)
			visitReads(st.Else, f)
		case *ir.Switch:
			for _, k := range st.Cases {
				visitReads(k.Body, f)
			}
			if st.Default != nil {
				visitReads(st.Default.Body, f)
			}
		}
	}
}
