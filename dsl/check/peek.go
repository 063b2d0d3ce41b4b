package check

import (
	"fmt"

	"github.com/flowscope/fsd/dsl/ast"
	"github.com/flowscope/fsd/dsl/diag"
	"github.com/flowscope/fsd/dsl/ir"
	"github.com/flowscope/fsd/dsl/source"
)

// maxPeek is how many bytes ahead may be looked at.
const maxPeek = 8

// maybe checks an expression that may name what is not there, and returns the conditions on which it is.
func (x *exprs) maybe(check func(y *exprs) ir.Expr) (ir.Expr, []ir.Expr) {
	outer := x.missing
	var conds []ir.Expr
	x.missing = &conds
	v := check(x)
	x.missing = outer
	return v, conds
}

// guarded is a condition that holds only if others do, which are looked at first.
func guarded(conds []ir.Expr, v ir.Expr) ir.Expr {
	if v == nil {
		return nil
	}
	for i := len(conds) - 1; i >= 0; i-- {
		v = &ir.Binary{Op: "&&", X: conds[i], Y: v, K: ir.Bool}
	}
	return v
}

// needs takes note that an operand is there on a condition only; false if nobody looks after it.
func (x *exprs) needs(cond ir.Expr, at source.Span, what string) bool {
	if x.missing == nil {
		x.c.errorf(diag.MayBeMissing, at, "%s may not be there", what).
			Fixf("write `%s or` and the value to use then, in parentheses; or compare it, which does not hold then", short(at.Text()))
		return false
	}
	*x.missing = append(*x.missing, cond)
	return true
}

// orElse is `x or y` where x may not be there; nil after an error.
func (x *exprs) orElse(e *ast.Binary, v ir.Expr) ir.Expr {
	y := x.operand(e.Y, enumOf(v))
	if y == nil {
		return nil
	}
	switch v := v.(type) {
	case *ir.Peek:
		if y = x.other(e, v, y); y == nil {
			return nil
		}
		v.Or = y
		v.R = v.R.Union(y.Range())
		v.K = kindOf(v.R)
		return v
	case *ir.Lookup:
		if v.Find != ir.LookupField {
			break
		}
		if v.K == ir.Bool && y.Kind() == ir.Bool {
			v.Or = y
			return v
		}
		if y = x.other(e, v, y); y == nil {
			return nil
		}
		if all := v.R.Union(y.Range()); fits(all) {
			v.Or, v.R, v.K = y, all, kindOf(all)
			return v
		}
		x.c.errorf(diag.MixedSigns, e.Span(), "%s is %s and %s is %s: no 64-bit integer holds both", source1(e.X), v.R, source1(e.Y), y.Range()).
			Fixf("narrow one of them with `where` before")
		return nil
	}
	x.c.errorf(diag.MayBeMissing, e.Span(), "`or` stands directly behind what may not be there, and %s computes with it", source1(e.X)).
		Fixf("put `or` and its value in parentheses around the operand, as in (peek uint8 or 0) & 0x0F")
	return nil
}

// other checks the value of an integer that is not there; nil after an error.
func (x *exprs) other(e *ast.Binary, v, y ir.Expr) ir.Expr {
	if v.Kind() == ir.Bytes {
		x.c.errorf(diag.TypeMismatch, e.Span(), "%s is bytes, which have no value to compute with", source1(e.X)).Fixf("compare it with a text")
		return nil
	}
	for _, o := range []ir.Expr{v, y} {
		if k := o.Kind(); k != ir.Signed && k != ir.Uint {
			x.c.errorf(diag.TypeMismatch, e.Y.Span(), "%s is %s, and %s is %s", source1(e.X), kindText(v), source1(e.Y), kindText(y))
			return nil
		}
	}
	if v.Range().Lo.Sign() < 0 {
		return y
	}
	return x.settled(e.Y, y)
}

// peek checks a look ahead; nil after an error.
func (x *exprs) peek(e *ast.Peek) ir.Expr {
	switch {
	case x.constant:
		x.c.errorf(diag.NotConstant, e.Span(), "what stands ahead is not a constant").Fixf("use numbers and constants only")
		return nil
	case x.b == nil:
		x.c.errorf(diag.Misplaced, e.Span(), "nothing is read here, so there is nothing to look at").Fixf("use it in a struct or a chain")
		return nil
	}
	p := &ir.Peek{End: e.End}
	if e.At != nil {
		n, ok := ir.ParseInt(e.At.Text)
		if !ok || !ir.R(0, maxPeek).Contains(ir.Range{Lo: n, Hi: n}) {
			x.c.errorf(diag.BadPeek, e.At.Span(), "`peek` looks at the next %d bytes, and %s is behind them", maxPeek, short(e.At.Text)).
				Fixf("read what stands in front of it first")
			return nil
		}
		p.Ahead = n.Int64()
	}
	switch {
	case e.Text != nil:
		p.Width, p.K = len(e.Text.Value), ir.Bytes
	case e.Int != nil:
		if !x.peekInt(e.Int, p) {
			return nil
		}
	default:
		return nil
	}
	if p.Width == 0 || p.Need() > maxPeek {
		x.c.errorf(diag.BadPeek, e.Span(), "`peek` looks at 1 to %d bytes ahead, and these are %d", maxPeek, p.Need()).
			Fixf("look at fewer, or read them")
		return nil
	}
	text := e.Text
	var conds []ir.Expr
	there := x.remaining(p.Need())
	if always, _ := x.decide(there); !always {
		if text == nil && !x.needs(there, e.Span(), "what "+source1(e)+" looks at") {
			return nil
		}
		conds = []ir.Expr{there}
	}
	if text == nil {
		return p
	}
	return guarded(conds, &ir.Binary{Op: "==", X: p, Y: &ir.BytesConst{Value: []byte(text.Value)}, K: ir.Bool})
}

// remaining is the condition that so many bytes are left in the window.
func (x *exprs) remaining(n int64) ir.Expr {
	left := &ir.Fact{Fact: ir.Remaining, R: ir.R(0, ir.MaxDatagram)}
	if s, ok := x.env.fact(keyRemaining); ok {
		left.R = left.R.Intersect(s.hull())
	}
	return &ir.Binary{Op: ">=", X: left, Y: &ir.Const{Value: ir.I(n), Base: 10}, K: ir.Bool}
}

// peekInt resolves the type of an integer ahead; false after an error.
func (x *exprs) peekInt(ref *ast.TypeRef, p *ir.Peek) bool {
	t := x.c.typeOf(x.u, ref)
	if t == nil || x.c.isText(t, ref.Span()) {
		return false
	}
	w := wordOf(t)
	_, flags := t.(*ir.Flags)
	if w == nil || w.Varies() || w.Signed || w.Bits%8 != 0 || flags {
		x.c.errorf(diag.BadPeek, ref.Span(), "`peek` looks at a text, an unsigned integer of whole bytes or an enum of one, and this is %s", withArticle(t)).
			Fixf("look at the integer, as in peek uint8")
		return false
	}
	p.Type, p.Width = t, w.Bits/8
	p.R = valueRange(t)
	p.K = kindOf(p.R)
	return true
}

// peekText names what is looked at; it changes as bytes are read.
func (x *exprs) peekText(p *ir.Peek) string {
	text := fmt.Sprintf("#peek.%d.%d.%v", p.Width, p.Ahead, p.End)
	if w := wordOf(p.Type); w != nil && w.Little {
		text += ".le"
	}
	if p.Or != nil {
		text = "(" + text + " or " + x.text(p.Or) + ")"
	}
	return text
}
