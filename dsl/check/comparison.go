package check

import (
	"github.com/flowscope/fsd/dsl/ast"
	"github.com/flowscope/fsd/dsl/diag"
	"github.com/flowscope/fsd/dsl/ir"
)

// pair checks the operands of a comparison: a name that means nothing here takes its meaning from the other side.
func (x *exprs) pair(a, b ast.Expr) (ir.Expr, ir.Expr) {
	if x.needsHint(a) && !x.needsHint(b) {
		y := x.operand(b, nil)
		if y == nil {
			return nil, nil
		}
		return x.operand(a, enumOf(y)), y
	}
	v := x.operand(a, nil)
	if v == nil {
		return nil, nil
	}
	return v, x.operand(b, enumOf(v))
}

// needsHint says whether an expression is a bare name that nothing in scope has.
func (x *exprs) needsHint(e ast.Expr) bool {
	p, ok := e.(*ast.Path)
	return ok && len(p.Sel) == 0 && !x.readable(p.Name.Name)
}

// comparison checks a comparison, which does not hold of what is not there.
func (x *exprs) comparison(e *ast.Binary) ir.Expr {
	v, conds := x.maybe(func(y *exprs) ir.Expr { return y.compareOperands(e) })
	return guarded(conds, v)
}

func (x *exprs) compareOperands(e *ast.Binary) ir.Expr {
	was := x.size
	x.size = false // what is compared may well be negative
	defer func() { x.size = was }()
	a, b := x.pair(e.X, e.Y)
	if a == nil || b == nil {
		return nil
	}
	ka, kb := a.Kind(), b.Kind()
	mismatch := func() ir.Expr {
		x.c.errorf(diag.TypeMismatch, e.Span(), "%s is %s and %s is %s: they cannot be compared", source1(e.X), kindText(a), source1(e.Y), kindText(b))
		return nil
	}
	switch {
	case ka == ir.Bool || kb == ir.Bool:
		if ka != kb {
			return mismatch()
		}
		if e.Op != "==" && e.Op != "!=" {
			x.c.errorf(diag.TypeMismatch, e.OpNode.Span(), "true and false have no order").Fixf("use == or !=")
			return nil
		}
	case ka == ir.Bytes || kb == ir.Bytes:
		if ka != kb {
			return mismatch()
		}
		return x.bytesComparison(e, a, b)
	default:
		ta, tb := enumOf(a), enumOf(b)
		if ta != nil && tb != nil && ta != tb {
			x.c.errorf(diag.TypeMismatch, e.Span(), "%s is of type %s and %s of type %s: they cannot be compared", source1(e.X), typeText(ta), source1(e.Y), typeText(tb)).
				Fixf("compare values of one type")
			return nil
		}
		if all := a.Range().Union(b.Range()); !fits(all) {
			x.c.errorf(diag.MixedSigns, e.Span(), "%s is %s and %s is %s: no 64-bit integer holds both", source1(e.X), a.Range(), source1(e.Y), b.Range()).
				Fixf("narrow one of them with `where` before")
			return nil
		}
	}
	return &ir.Binary{Op: e.Op, X: a, Y: b, K: ir.Bool}
}

func (x *exprs) bytesComparison(e *ast.Binary, a, b ir.Expr) ir.Expr {
	text, isText := b.(*ir.BytesConst)
	if !isText {
		if text, isText = a.(*ir.BytesConst); isText {
			a = b
		}
	}
	var typ ir.Type
	switch field := a.(type) {
	case *ir.Ref:
		typ = field.Type
	case *ir.Lookup:
		typ = field.Type()
	default:
		isText = false
	}
	if !isText {
		x.c.errorf(diag.TypeMismatch, e.Span(), "bytes are compared with a text in quotes, nothing else")
		return nil
	}
	if e.Op != "==" && e.Op != "!=" {
		x.c.errorf(diag.TypeMismatch, e.OpNode.Span(), "bytes have no order").Fixf("use == or !=")
		return nil
	}
	if t, ok := typ.(*ir.BytesType); ok {
		if s := contentSize(t); int64(len(text.Value)) < s.Min || int64(len(text.Value)) > s.Max {
			x.c.errorf(diag.ConstLength, e.Span(), "the text has %d bytes and the field %s: they are never equal", len(text.Value), sizeText(s)).
				Fixf("mend the text, or the length of the field")
			return nil
		}
	}
	return &ir.Binary{Op: e.Op, X: a, Y: text, K: ir.Bool}
}

// contentSize is the number of bytes in a byte field, without its delimiter.
func contentSize(t *ir.BytesType) ir.Size {
	n := int64(len(t.Delim))
	return ir.Size{Min: max(0, t.Bytes.Min-n), Max: max(0, t.Bytes.Max-n)}
}

// in checks whether a value lies in a set, in which nothing lies that is not there.
func (x *exprs) in(e *ast.In) ir.Expr {
	v, conds := x.maybe(func(y *exprs) ir.Expr { return y.inSet(e) })
	return guarded(conds, v)
}

func (x *exprs) inSet(e *ast.In) ir.Expr {
	v := x.operand(e.X, nil)
	if v == nil || e.Set == nil {
		return nil
	}
	if v.Kind() != ir.Signed && v.Kind() != ir.Uint {
		x.c.errorf(diag.TypeMismatch, e.X.Span(), "`in` looks for an integer, and %s is %s", source1(e.X), kindText(v))
		return nil
	}
	ranges, ok := x.c.ranges(x.u, e.Set.Ranges, enumOf(v))
	if !ok {
		return nil
	}
	set := caseSet(ranges)
	if all := set.hull().Union(v.Range()); !fits(all) {
		x.c.errorf(diag.MixedSigns, e.Span(), "%s is %s and the set %s: no 64-bit integer holds both", source1(e.X), v.Range(), set).
			Fixf("narrow the one or the other")
		return nil
	}
	return &ir.In{X: v, Set: ranges}
}
