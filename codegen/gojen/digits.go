package gojen

import (
	"math"

	"github.com/dave/jennifer/jen"

	"github.com/flowscope/fsd/codegen/names"
	"github.com/flowscope/fsd/dsl/ir"
)

// digits reads an integer that is written in digits; have is the Go type of the value.
func (f *fn) digits(i *ir.IntType, field int, wanted bool) (x expr, have string) {
	name, have, most := "Dec", "uint64", number(ir.U(math.MaxUint64>>(64-i.Bits)), 16)
	if i.Form == ir.IntHex {
		name = "Hex"
	}
	if i.Signed {
		name, have, most = "DecInt", "int64", lit(i.Bits)
	}
	v := "_"
	if wanted {
		v = f.variable("v")
	}
	n := f.variable("size")
	f.add(jen.List(id(v), id(n)).Op(":=").Add(wire(name)).Call(id(f.win).Index(id("off").Op(":")), most))
	f.add(jen.If(id(n).Op("==").Add(lit(0))).Block(
		f.fail("Poison", datagram("NotNumber"), f.fieldID(field), id("off"))))
	more := atom(id(n))
	f.more = &more
	return atom(id(v)), have
}

// bytesClass finds a run of bytes of a class; it never fails.
func (f *fn) bytesClass(t *ir.BytesType) (v expr, advance func()) {
	rest := id(f.win).Index(id("off").Op(":"))
	if t.Max >= 0 {
		rest = wire("Head").Call(rest, lit(int(t.Max)))
	}
	n, assign := "n", "="
	if !f.inSight(n) {
		n, assign = f.variable(n), ":="
	}
	span, args := "Span", []jen.Code{rest, op("&").Id(f.g.classVar(t.Class))}
	if t.Escaped {
		span, args = "SpanEscaped", append(args, hexByte(t.Escape))
	}
	f.add(id(n).Op(assign).Add(wire(span)).Call(args...))
	end := binary(atom(id("off")), "+", atom(id(n)))
	return atom(id(f.win).Index(id("off").Op(":").Add(end.c))), func() {
		x := atom(id(n))
		f.more = &x
	}
}

// classVar is the variable that holds a class of bytes.
func (g *gen) classVar(cs *ir.Charset) string {
	if name, ok := g.classVars[cs.Set]; ok {
		return name
	}
	name := g.p.Take(names.Lower(names.Upper(cs.Name)), "Class")
	g.classVars[cs.Set] = name
	g.tableNames = append(g.tableNames, name)
	var words []jen.Code
	for _, w := range cs.Set {
		words = append(words, number(ir.U(w), 16))
	}
	g.tables = append(g.tables, jen.Var().Id(name).Op("=").Add(wire("Class")).Values(words...))
	return name
}
