package gojen

import (
	"slices"

	"github.com/dave/jennifer/jen"

	"github.com/flowscope/fsd/codegen/plan"
)

// lineParse writes the parse method of a struct that is a line of text: it finds the line, around the method that reads
// the fields in it.
func (g *gen) lineParse(s *plan.Struct, params []jen.Code) {
	name, most := "Line", int(s.IR.Line.Max)
	if s.IR.Line.Fold {
		name = "FoldedLine"
	}
	local := func(name string) string {
		for slices.Contains(s.Params, name) {
			name += "Of"
		}
		return name
	}
	n, size, at := local("n"), local("size"), local("at")
	end := id("off").Op("+").Id(n)
	args := []jen.Code{id("d"), id("b").Index(op(":").Add(end)), id("off")}
	if s.PrevName != "" {
		args = append(args, id(s.PrevName))
	}
	for _, p := range s.Params {
		args = append(args, id(p))
	}
	field := id(g.p.FieldConst(s.IR.FieldID))
	g.decl(jen.Func().Params(id("m").Op("*").Add(id(s.Name))).Id("parse").Params(params...).Int().Block(
		jen.List(id(n), id(size)).Op(":=").Add(wire(name)).Call(id("b").Index(id("off").Op(":")), lit(most)),
		jen.If(id(size).Op("==").Add(lit(0))).Block(jen.Return(id("d").Dot("Delimiter").Call(
			field, id("off"), jen.Min(jen.Len(id("b")).Op("-").Id("off"), lit(most+2))))),
		id(at).Op(":=").Id("m").Dot(s.ReadName).Call(args...),
		jen.If(id(at).Op("<").Add(lit(0))).Block(jen.Return(op("-").Add(lit(1)))),
		jen.If(id(at).Op("!=").Add(end)).Block(jen.Return(id("d").Dot("Trailing").Call(field, id(at), jen.Add(end).Op("-").Id(at)))),
		jen.Return(id("off").Op("+").Id(size)),
	))
}

// blank ends a loop over elements at an empty line, which must stand somewhere.
func (f *fn) blank(field int) {
	n := f.variable("blank")
	f.add(jen.If(id(n).Op(":=").Add(wire("Blank")).Call(id(f.win).Index(id("off").Op(":"))), id(n).Op(">").Add(lit(0))).Block(
		id("off").Op("+=").Id(n), jen.Break()))
	f.add(jen.If(id("off").Op("==").Add(lenOf(id(f.win)).c)).Block(
		f.fail("Delimiter", f.fieldID(field), id("off"), lit(0))))
}
