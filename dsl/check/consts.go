package check

import (
	"github.com/flowscope/fsd/dsl/ast"
	"github.com/flowscope/fsd/dsl/diag"
	"github.com/flowscope/fsd/dsl/ir"
)

// constInt evaluates an expression of constants to an integer; ok is false after an error.
func (c *checker) constInt(u *unit, e ast.Expr) (ir.Int, bool) {
	k := c.constValue(u, e, nil)
	if k == nil {
		return ir.Int{}, false
	}
	return k.Value, true
}

// constValue evaluates an expression of constants; nil after an error.
func (c *checker) constValue(u *unit, e ast.Expr, hint ir.Type) *ir.Const {
	if e == nil {
		return nil
	}
	x := &exprs{c: c, u: u, env: newEnv(nil), constant: true}
	v := x.integer(e, hint)
	if v == nil {
		return nil
	}
	k, ok := v.(*ir.Const)
	if !ok {
		c.errorf(diag.NotConstant, e.Span(), "%s is not a constant", source1(e)).Fixf("use numbers and constants only")
		return nil
	}
	return k
}

// eval evaluates a named constant once; false after an error.
func (c *checker) eval(k *constant) bool {
	switch k.state {
	case 1:
		c.errorf(diag.ConstCycle, k.decl.Name.Span(), "the value of %s depends on itself", k.decl.Name.Name).Fixf("give it a value of its own")
		k.ok = false
		return false
	case 2:
		return k.ok
	}
	k.state = 1
	v := c.constValue(k.unit, k.decl.Value, nil)
	k.ok = v != nil
	if v != nil {
		k.value, k.base = v.Value, v.Base
	}
	k.state = 2
	return k.ok
}

// constExpr is the use of a named constant.
func (c *checker) constExpr(k *constant) ir.Expr {
	c.constDepth++
	defer func() { c.constDepth-- }()
	if c.constDepth > maxNesting {
		c.errorf(diag.TooBig, k.decl.Name.Span(), "constants depend on each other deeper than %d levels", maxNesting).Fixf("write the value")
		return nil
	}
	if !c.eval(k) {
		return nil
	}
	k.used = true
	name := ""
	if isUpper(k.decl.Name.Name[0]) {
		name = k.decl.Name.Name
	}
	return &ir.Const{Value: k.value, Name: name, Base: k.base}
}

// allConsts evaluates the constants of the root file in order, so that their errors are found whether used or not.
func (c *checker) allConsts() {
	for _, k := range c.root.constList {
		c.eval(k)
	}
}

// consts lists the constants that the protocol has: its own, and those of imports that are used.
func (c *checker) consts() {
	add := func(k *constant) {
		if k.ok {
			c.proto.Consts = append(c.proto.Consts, &ir.ConstDecl{Name: k.decl.Name.Name, Doc: k.decl.Doc, Value: k.value})
			c.constAt = append(c.constAt, k.decl.Name.Span())
		}
	}
	for _, k := range c.root.constList {
		add(k)
	}
	for _, u := range c.unitOrder {
		for _, k := range u.constList {
			if u != c.root && k.used && isUpper(k.decl.Name.Name[0]) {
				add(k)
			}
		}
	}
}

// ranges evaluates the values of a set or of a case; ok is false after an error. hint is the type that they belong to.
func (c *checker) ranges(u *unit, list []*ast.Range, hint ir.Type) (out []ir.CaseRange, ok bool) {
	ok = true
	for _, r := range list {
		lo := c.tagValue(u, r.Lo, hint)
		hi := lo
		if r.Hi != nil {
			hi = c.tagValue(u, r.Hi, hint)
		}
		if lo == nil || hi == nil {
			ok = false
			continue
		}
		v := ir.CaseRange{Range: ir.Range{Lo: lo.Value, Hi: hi.Value}}
		if v.Range.Empty() {
			c.errorf(diag.BadRange, r.Span(), "the range %s is the wrong way round", v.Range).
				Fixf("write %s..%s", hi.Value, lo.Value)
			ok = false
			continue
		}
		if r.Hi == nil {
			v.Name = lo.Name
		}
		out = append(out, v)
	}
	return out, ok
}

// tagValue evaluates one end of a range.
func (c *checker) tagValue(u *unit, e ast.Expr, hint ir.Type) *ir.Const {
	k := c.constValue(u, e, hint)
	if k == nil {
		return nil
	}
	if h, ok := hint.(*ir.Enum); ok && k.Enum != nil && k.Enum != h {
		c.errorf(diag.TypeMismatch, e.Span(), "%s is a value of %s, and %s is needed here", source1(e), k.Enum.Name, h.Name)
		return nil
	}
	return k
}
