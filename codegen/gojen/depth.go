package gojen

import (
	"github.com/dave/jennifer/jen"

	"github.com/flowscope/fsd/codegen/plan"
)

// countedParse writes the parse method of a struct that may contain itself: it counts how deep, around the one that
// reads the fields.
func (g *gen) countedParse(s *plan.Struct, params []jen.Code) {
	depth := func() *jen.Statement { return id("d").Dot(s.DepthName) }
	args := []jen.Code{id("d"), id("b"), id("off")}
	if s.PrevName != "" {
		args = append(args, id(s.PrevName))
	}
	for _, p := range s.Params {
		args = append(args, id(p))
	}
	g.decl(jen.Func().Params(id("m").Op("*").Add(id(s.Name))).Id("parse").Params(params...).Int().Block(
		jen.If(depth().Op("==").Add(lit(int(s.IR.Depth)))).Block(jen.Return(id("d").Dot("Poison").Call(
			id(g.p.Reasons[s.IR.DepthReason]), id(g.p.FieldConst(s.IR.FieldID)), id("off")))),
		depth().Op("++"),
		id("off").Op("=").Id("m").Dot(s.ReadName).Call(args...),
		depth().Op("--"),
		jen.Return(id("off")),
	))
}
