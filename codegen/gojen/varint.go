package gojen

import (
	"github.com/dave/jennifer/jen"

	"github.com/flowscope/fsd/codegen/plan"
	"github.com/flowscope/fsd/dsl/ir"
)

// varies says whether a type is an integer whose size differs from value to value.
func varies(t ir.Type) bool {
	if _, bits := t.(*ir.Bits); bits {
		return false
	}
	i := plan.IntOf(t)
	return i != nil && i.Varies()
}

// varint reads an integer of variable length and returns it as a value of type t. The variable off stays where it begins,
// which the checks of the field make use of.
func (f *fn) varint(t ir.Type, field int, wanted bool) expr {
	i := plan.IntOf(t)
	f.flush()
	if f.lost() {
		f.add(id("off").Op("=").Min(id("off"), lenOf(id(f.win)).c))
	}
	f.found = true
	converted := func(x expr, have string) expr {
		if want := f.g.valueType(t).name; want != have {
			return call(id(want), x.c)
		}
		return x
	}
	if i.Form == ir.IntCounted {
		n := f.size(i.Count, field, 1)
		name, have := "Uint", "uint64"
		if i.Signed {
			name, have = "Int", "int64"
		}
		if i.Little {
			name += "LE"
		}
		v := call(wire(name), id(f.win).Index(id("off").Op(":").Add(binary(atom(id("off")), "+", n).c)))
		f.more = &n
		return converted(v, have)
	}
	if i.Text() {
		v, have := f.digits(i, field, wanted)
		return converted(v, have)
	}
	if i.Form == ir.IntBER {
		return f.berInt(t, i, field, wanted, converted)
	}
	name := map[ir.IntForm]string{ir.IntQUIC: "VarintQUIC", ir.IntLEB128: "VarintLEB128", ir.IntBase128: "VarintBase128"}[i.Form]
	v := "_"
	if wanted {
		v = f.variable("v")
	}
	n := f.variable("size")
	rest := id(f.win).Index(id("off").Op(":"))
	f.add(jen.List(id(v), id(n)).Op(":=").Add(wire(name)).Call(rest))
	f.add(jen.If(id(n).Op("<=").Add(lit(0))).Block(f.fail("Varint", f.fieldID(field), id("off"), id(n), f.left().c)))
	more := atom(id(n))
	f.more = &more
	return converted(atom(id(v)), "uint64")
}
