package check

import (
	"strings"

	"github.com/flowscope/fsd/dsl/ast"
	"github.com/flowscope/fsd/dsl/diag"
	"github.com/flowscope/fsd/dsl/ir"
)

// shownType is the standard type that a let is computed as, nil if it is another one.
func shownType(ref *ast.TypeRef) *ir.StdType {
	if ref == nil || ref.Pkg() != nil {
		return nil
	}
	t, _ := builtin(ref.String(), false)
	std, _ := t.(*ir.StdType)
	return std
}

// shown checks `let X as ipv4 = value`; nil after an error.
func (b *body) shown(st *ast.Let, t *ir.StdType, f *ir.Field, e *env) *ir.Let {
	if f.Hidden {
		b.c.errorf(diag.BadShown, st.As.Span(), "a local value is not shown, so it is no %s", t.Name).
			Fixf("give it an upper-case name, or remove `as %s`", t.Name)
		return nil
	}
	if len(st.Where) > 0 {
		b.c.errorf(diag.BadShown, st.Where[0].Span(), "`where` is a condition on an integer, and this is of type %s", t.Name).
			Fixf("check what it is computed from")
		return nil
	}
	if strings.HasPrefix(t.Name, "float") {
		b.c.errorf(diag.BadShown, st.As.Span(), "values are computed as integers, and %s is none", t.Name).Fixf("read it as a field")
		return nil
	}
	x := b.exprs(e)
	v := b.shownValue(x, st, t)
	if v == nil {
		return nil
	}
	f.Type = t
	bound := b.bind(st.Name, f, e)
	if bound == nil {
		return nil
	}
	return &ir.Let{Field: bound, Value: v, Pos: st.Name.Span()}
}

// shownValue is the value, an integer or bytes.
func (b *body) shownValue(x *exprs, st *ast.Let, t *ir.StdType) ir.Expr {
	first, second := st.Value, ast.Expr(nil)
	if both, ok := st.Value.(*ast.Binary); ok && both.Op == "^" {
		first, second = both.X, both.Y
	}
	if p, ok := first.(*ast.Path); ok && isSpan(p) {
		b.c.errorf(diag.BadShown, first.Span(), "this part of the datagram may be shorter than %s, which is %d bytes", t.Name, t.Bytes).
			Fixf("read it as a field")
		return nil
	}
	y := *x
	y.composite = true
	v := y.expr(first, nil)
	if v == nil {
		return nil
	}
	if v.Kind() != ir.Bytes {
		return b.shownInteger(x, st, t)
	}
	size := ir.Size{}
	if r, ok := v.(*ir.Ref); ok {
		switch rt := r.Type.(type) {
		case *ir.BytesType:
			size = contentSize(rt)
		case *ir.StdType:
			size = rt.Size()
		}
	}
	if !isBytesStd(t) || size.Min != t.Bytes || !size.Fixed() {
		b.c.errorf(diag.BadShown, first.Span(), "%s is %d bytes, and %s is %s", t.Name, t.Bytes, source1(first), bytesText(v, size)).
			Fixf("read as many as the type has")
		return nil
	}
	if second == nil {
		return v
	}
	with := x.bytesOf(second)
	if with == nil {
		return nil
	}
	return &ir.Xor{X: v, Y: with}
}

func bytesText(v ir.Expr, size ir.Size) string {
	if size == (ir.Size{}) {
		return kindOfOperand(v)
	}
	return sizeText(size) + " bytes"
}

// shownInteger is an integer that a standard type holds.
func (b *body) shownInteger(x *exprs, st *ast.Let, t *ir.StdType) ir.Expr {
	if t.Bytes > 8 {
		b.c.errorf(diag.BadShown, st.Value.Span(), "%s is %d bytes, and %s is an integer", t.Name, t.Bytes, source1(st.Value)).
			Fixf("compute it from a field of that many bytes")
		return nil
	}
	y := *x
	y.size, y.additive = true, true
	v := y.integer(st.Value, nil)
	if v = y.settled(st.Value, v); v == nil {
		return nil
	}
	all := ir.OfInt(&ir.IntType{Bits: int(8 * t.Bytes)})
	if !all.Contains(v.Range()) {
		b.c.errorf(diag.BadShown, st.Value.Span(), "%s is %s, and %s holds %s", source1(st.Value), v.Range(), t.Name, all).
			Fixf("narrow it, for example with `& 0x%x`", all.Hi.Big())
		return nil
	}
	return v
}
