package gojen

import (
	"github.com/dave/jennifer/jen"

	"github.com/flowscope/fsd/dsl/ir"
)

// elsewhere reads a field at another place of the datagram, in a block with a window and a position of its own.
func (f *fn) elsewhere(r *ir.Read) {
	f.flush()
	outer := f.win
	block, _ := f.block(func() {
		field := func() code { return f.fieldID(r.Field.ID) }
		if r.Place.Over != nil {
			view := f.env.value(r.Place.Over, typeBytes)
			f.win = f.variable("w")
			f.add(id(f.win).Op(",").Id("off").Op(":=").Add(wire("Over")).Call(id("d").Dot("Data"), view.c))
			f.here(r)
			f.leftover(r)
			return
		}
		at := f.variable("at")
		f.add(id(at).Op(":=").Add(f.env.value(r.Place.At, typeInt).c))
		f.add(jen.If(op("!").Id("d").Dot("At").Call(field(), id("off"), id(at), lit(int(r.Field.Type.Size().Min)))).Block(f.failed()))
		f.win = f.variable("w")
		f.add(id(f.win).Op(",").Id("off").Op(":=").Id("d").Dot("Data").Op(",").Id(at))
		f.here(r)
		f.flush()
		f.add(jen.If(op("!").Id("d").Dot("Spend").Call(field(), id(at), id("off"))).Block(f.failed()))
	})
	f.win = outer
	f.add(jen.Block(block...))
}

// leftover checks that a field has used up the bytes that it was parsed over.
func (f *fn) leftover(r *ir.Read) {
	if f.atEnd || r.Place.Lax {
		f.delta, f.more, f.atEnd = 0, nil, false // nobody asks for the position any more
		return
	}
	f.flush()
	size := func() code { return lenOf(id(f.win)).c }
	f.add(jen.If(id("off").Op("!=").Add(size())).Block(
		f.fail("Trailing", f.fieldID(r.Field.ID), id("off"), size().Op("-").Id("off"))))
}
