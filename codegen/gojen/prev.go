package gojen

import (
	"github.com/dave/jennifer/jen"

	"github.com/flowscope/fsd/codegen/plan"
	"github.com/flowscope/fsd/dsl/ir"
)

// prev is a field of the element before, or what it is in the first.
func (f *fn) prev(r *ir.PrevRef) expr {
	t := typeBool
	or := code(jen.False())
	if r.K != ir.Bool {
		t = workType(r.R, r.Var.Range)
		or = lit(0)
	}
	if r.Or != nil {
		or = f.env.value(r.Or, t).c
	}
	return call(id(f.owner.PrevName).Dot(f.owner.PrevNames[r.Var]), or)
}

// prevDecls writes the methods that read a field of the element before, which is nil in the first.
func (g *gen) prevDecls(s *plan.Struct) {
	for _, v := range s.IR.Prev {
		x := atom(id("m"))
		var t ir.Type = s.IR
		for _, f := range v.Path {
			switch ct := t.(type) {
			case *ir.Struct:
				x = g.stored(x, g.p.Struct(ct).Store[f], f)
			case *ir.Bits:
				x = g.bitAccess(x, ct, f)
			}
			t = f.Type
		}
		goes := typeBool
		if _, isBool := t.(*ir.BoolType); !isBool {
			goes = workType(v.Range, ir.R(0, 0))
			x = call(goes.code(), x.c)
		}
		name := s.PrevNames[v]
		g.add(comment(name + " is the value in m, the element before, or or if there is none.")...)
		g.decl(jen.Func().Params(id("m").Op("*").Add(id(s.Name))).Add(id(name)).Params(id("or").Add(goes.code())).Add(goes.code()).Block(
			jen.If(id("m").Op("==").Nil()).Block(jen.Return(id("or"))),
			jen.Return(x.c),
		))
	}
}

// before declares the variable that is the element before in the loop that follows; "" where elements do not look at it.
func (f *fn) before(t *ir.ArrayType) string {
	s, ok := t.Elem.(*ir.Struct)
	if !ok || len(s.Prev) == 0 {
		return ""
	}
	name := f.variable("before")
	f.add(jen.Var().Id(name).Op("*").Add(f.g.typeOf(s)))
	return name
}
