package check

import (
	"fmt"

	"github.com/flowscope/fsd/dsl/ast"
	"github.com/flowscope/fsd/dsl/diag"
	"github.com/flowscope/fsd/dsl/ir"
	"github.com/flowscope/fsd/dsl/source"
)

// underflows is the diagnostic of a subtraction that may go below 0: which range, and which `where` to add, where.
func (x *exprs) underflows(e *ast.Binary, a, b ir.Expr) *diag.Diagnostic {
	ra, rb := a.Range(), b.Range()
	d := &diag.Diagnostic{Code: diag.Underflow, Severity: diag.Error, Span: e.Span()}
	word := "may underflow"
	if ra.Hi.Cmp(rb.Lo) < 0 {
		word = "always underflows"
	}
	d.Message = fmt.Sprintf("%s %s: %s", source1(e), word, x.operandsText(e, a, b))
	switch {
	case ra.Hi.Cmp(rb.Lo) < 0:
		d.Fixf("mend the one side or the other: no value gets here that it suits")
	case isConst(a):
		x.adviseWhere(d, e.Y, b, "<=", ra.Lo)
	case rb.Lo.Cmp(rb.Hi) == 0:
		x.adviseWhere(d, e.X, a, ">=", rb.Hi)
	default:
		d.Fixf("add `poison \"...\" when %s < %s` before", source1(e.X), source1(e.Y))
	}
	return d
}

// operandsText gives the ranges of those operands that are not constants.
func (x *exprs) operandsText(e *ast.Binary, a, b ir.Expr) string {
	text := ""
	if !isConst(a) {
		text = fmt.Sprintf("%s is %s", source1(e.X), a.Range())
	}
	if !isConst(b) {
		if text != "" {
			text += " and "
		}
		text += fmt.Sprintf("%s is %s", source1(e.Y), b.Range())
	}
	return text + " here"
}

// adviseWhere adds to a diagnostic what would make `v op bound` hold: a `where` at the field that v comes from.
func (x *exprs) adviseWhere(d *diag.Diagnostic, e ast.Expr, v ir.Expr, op string, bound ir.Int) {
	ref, at := x.source(v)
	if ref == nil {
		switch f := v.(type) {
		case *ir.Fact:
			if f.Fact == ir.Remaining {
				d.Fixf("add `if %s %s %s { ... }` around it, or a poison rule before it", source1(e), op, bound)
				return
			}
		}
		d.Fixf("add `poison \"...\" when %s %s %s` before", source1(e), negated(op), bound)
		return
	}
	// What the operand must be for the whole to obey: assume it does and see what is known then.
	y := *x
	y.env = newEnv(x.env)
	was := x.values(ref).hull()
	y.compared(v, op, &ir.Const{Value: bound})
	is := y.values(ref).hull()
	name := x.refText(ref)
	cond := ""
	switch {
	case is.Lo.Cmp(was.Lo) > 0:
		cond = ">= " + is.Lo.String()
	case is.Hi.Cmp(was.Hi) < 0:
		cond = "<= " + is.Hi.String()
	default:
		d.Fixf("add `poison \"...\" when %s %s %s` before", source1(e), negated(op), bound)
		return
	}
	switch {
	case ref.Root == ir.RefParam && len(ref.Path) == 0:
		d.Fixf("add `poison \"...\" when %s %s` before", name, negatedText(cond))
	case at.Valid():
		d.Fixf("add \"where %s\" to %s (%s:%d)", cond, name, at.File.Name, at.Pos().Line)
	default:
		d.Fixf("add \"where %s\" to %s", cond, name)
	}
}

func negatedText(cond string) string {
	op, value := cond[:2], cond[3:]
	return negated(op) + " " + value
}

// source is the one field or parameter that an expression computes with, and its declaration; nil when there is none or
// are several.
func (x *exprs) source(v ir.Expr) (*ir.Ref, source.Span) {
	switch v := v.(type) {
	case *ir.Ref:
		if n := len(v.Path); n > 0 {
			return v, v.Path[n-1].Pos
		}
		if v.Root == ir.RefSelf && x.self != nil && x.self.field != nil {
			return v, x.self.field.Pos
		}
		return v, source.Span{}
	case *ir.Binary:
		if isConst(v.Y) {
			return x.source(v.X)
		}
		if isConst(v.X) {
			return x.source(v.Y)
		}
	}
	return nil, source.Span{}
}

func (x *exprs) refText(r *ir.Ref) string {
	name := pathText(r.Path)
	switch {
	case r.Root == ir.RefParam && name != "":
		return r.Param.Name + "." + name
	case r.Root == ir.RefParam:
		return r.Param.Name
	case name == "" && x.self != nil && x.self.name != "":
		return x.self.name
	case name == "":
		return "the value"
	}
	return name
}
