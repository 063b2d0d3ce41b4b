package gojen

import (
	"github.com/dave/jennifer/jen"

	"github.com/flowscope/fsd/codegen/plan"
	"github.com/flowscope/fsd/dsl/ir"
)

// openElement narrows the window to the contents of an element of ASN.1 BER.
func (f *fn) openElement(e *ir.Element, field int, win *window) {
	n, head := f.variable("size"), f.variable("head")
	tag := func() code { return f.env.value(e.Tag, goType{}).c }
	f.add(jen.List(id(n), id(head)).Op(":=").Add(wire("Element")).Call(id(f.win).Index(id("off").Op(":")), tag()))
	f.add(jen.If(id(head).Op("==").Lit(0)).Block(
		f.fail("NoElement", f.fieldID(field), id("off"), id(f.win).Index(id("off").Op(":")), tag())))
	f.add(id("off").Op("+=").Id(head))
	win.inner = f.variable("w")
	f.add(id(win.inner).Op(":=").Id(f.win).Index(op(":").Id("off").Op("+").Id(n)))
	f.win = win.inner
}

// berInt reads an integer that all bytes of the window are.
func (f *fn) berInt(t ir.Type, i *ir.IntType, field int, wanted bool, converted func(expr, string) expr) expr {
	v, n := "_", f.variable("size")
	if wanted {
		v = f.variable("v")
	}
	rest, have := id(f.win).Index(id("off").Op(":")), "int64"
	call := wire("BERInt").Call(rest)
	if !i.Signed {
		have = "uint64"
		call = wire("BERUint").Call(rest, lit(i.Bits/8))
	}
	f.add(jen.List(id(v), id(n)).Op(":=").Add(call))
	f.add(jen.If(id(n).Op("<=").Add(lit(0))).Block(f.fail("Varint", f.fieldID(field), id("off"), id(n), f.left().c)))
	f.atEnd = true
	if _, ok := t.(*ir.IntType); ok {
		bits, _ := plan.Native(i)
		if bits == 64 {
			return atom(id(v))
		}
	}
	return converted(atom(id(v)), have)
}
