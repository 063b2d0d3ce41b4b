package gojen

import (
	"github.com/dave/jennifer/jen"

	"github.com/flowscope/fsd/dsl/ir"
)

// array reads a repetition into dst. With slab its elements come from the storage at the root, else dst keeps
// storage of its own.
func (f *fn) array(t *ir.ArrayType, field int, dst expr, slab bool) {
	if f.iterate {
		panic(unsafeError{"an array inside of a chain"})
	}
	list := dst
	var start expr
	var leave jen.Code
	if slab {
		list, leave = f.slab(t)
		name := f.variable("first")
		f.add(id(name).Op(":=").Add(lenOf(list.c).c))
		start = atom(id(name))
	}
	count := func() expr {
		if slab {
			return binary(lenOf(list.c), "-", start)
		}
		return lenOf(list.c)
	}
	switch {
	case t.Mode == ir.ArrayCount && (t.Max < 0 || t.Count.Range().Hi.Cmp(ir.I(t.Max)) <= 0):
		f.counted(t, field, dst, list, start, slab)
		f.leaveSlab(leave)
		return
	case t.Mode == ir.ArrayRest && f.bulk(t.Elem):
		f.bulkRest(t, field, dst, list, start, slab)
		f.leaveSlab(leave)
		return
	}
	f.flush()
	var n expr
	if t.Mode == ir.ArrayCount {
		n = f.size(t.Count, field, t.Least())
	}
	if !slab {
		f.add(jen.Add(dst.c).Op("=").Add(dst.c).Index(op(":").Add(lit(0))))
	}
	var cond code
	switch t.Mode {
	case ir.ArrayCount:
		cond = binary(count(), "<", n).c
	case ir.ArrayRest:
		cond = id("off").Op("<").Add(lenOf(id(f.win)).c)
	case ir.ArrayWhile:
		cond = f.cond(t.Cond)
	}
	before := f.before(t)
	body, _ := f.block(func() {
		if t.Mode == ir.ArrayBlank {
			f.blank(field)
		}
		if t.Max >= 0 && t.MaxReason >= 0 {
			f.add(jen.If(binary(count(), "==", atom(lit(int(t.Max)))).c).Block(
				f.fail("Poison", f.reason(ir.FirstReason+t.MaxReason), f.fieldID(field), id("off"))))
		}
		limit := f.left()
		if m := t.Least(); m > 1 {
			limit = binary(limit, "/", atom(lit(int(m))))
		}
		f.add(jen.Add(list.c).Op("=").Add(wire("Next")).Call(list.c, limit.c))
		elem := atom(jen.Add(list.in(operand)).Index(lenOf(list.c).c.Op("-").Add(lit(1))))
		elem = f.element(t, field, elem, before)
		if t.Mode == ir.ArrayUntil {
			f.flush()
			oldElem, oldType := f.env.elem, f.env.elemType
			f.env.elem, f.env.elemType = elem, t.Elem
			f.add(jen.If(f.cond(t.Cond)).Block(jen.Break()))
			f.env.elem, f.env.elemType = oldElem, oldType
		}
	})
	if cond != nil {
		f.add(jen.For(cond).Block(body...))
	} else {
		f.add(jen.For().Block(body...))
	}
	f.take(dst, list, start, slab)
	f.leaveSlab(leave)
}

// slab is the list at the root that elements come from. Where elements may own elements of the same type it is that of
// the level of nesting, which leave ends.
func (f *fn) slab(t *ir.ArrayType) (list expr, leave jen.Code) {
	s := f.g.p.Slab(t.Elem)
	place := func() *jen.Statement { return id("d").Dot("pool").Dot(s.Name) }
	if !s.Levels {
		return atom(place()), nil
	}
	name := f.variable("list")
	f.add(id(name).Op(":=").Add(place()).Dot("Enter").Call())
	return expr{op("*").Id(name), 6}, place().Dot("Leave").Call()
}

func (f *fn) leaveSlab(leave jen.Code) {
	if leave != nil {
		f.flush()
		f.add(leave)
	}
}

// take makes dst the part of a slab that was filled.
func (f *fn) take(dst, list, start expr, slab bool) {
	if slab {
		f.add(jen.Add(dst.c).Op("=").Add(list.in(operand)).Index(jen.Add(start.c).Op(":").Add(lenOf(list.c).c).Op(":").Add(lenOf(list.c).c)))
	}
}

// counted reads [n]T.
func (f *fn) counted(t *ir.ArrayType, field int, dst, list, start expr, slab bool) {
	f.flush()
	n := f.size(t.Count, field, t.Least())
	f.grow(t, dst, list, n, slab)
	f.fill(t, field, dst, list, start, slab)
}

// grow makes place for n elements.
func (f *fn) grow(t *ir.ArrayType, dst, list, n expr, slab bool) {
	if !slab {
		f.add(jen.Add(dst.c).Op("=").Add(wire("Grow")).Call(dst.c, n.c))
		return
	}
	limit := f.left()
	if m := t.Least(); m > 1 {
		limit = binary(limit, "/", atom(lit(int(m))))
	}
	f.add(jen.Add(list.c).Op("=").Add(wire("Extend")).Call(list.c, n.c, limit.c))
}

// fill parses the elements that there is place for.
func (f *fn) fill(t *ir.ArrayType, field int, dst, list, start expr, slab bool) {
	target := dst
	if slab {
		f.take(dst, list, start, true)
	}
	before := f.before(t)
	var i string
	body, _ := f.block(func() {
		i = f.variable("i")
		if t.Each != nil {
			done := f.eachElement(t, i)
			defer done()
			if t.Each.Window != nil {
				w := &ir.Window{Size: t.Each.Window}
				win := f.open(w, field)
				f.element(t, field, atom(jen.Add(target.c).Index(id(i))), before)
				f.close(win, w, field, nil)
				return
			}
		}
		f.element(t, field, atom(jen.Add(target.c).Index(id(i))), before)
	})
	f.add(jen.For(id(i).Op(":=").Range().Add(target.c)).Block(body...))
}

// bulk says whether elements have a fixed size and can not fail.
func (f *fn) bulk(t ir.Type) bool {
	switch t := t.(type) {
	case *ir.Bits:
		return !hasChecks(t)
	case *ir.IntType, *ir.Enum, *ir.Flags:
		return !varies(t)
	case *ir.StdType:
		return true
	}
	return false
}

// bulkRest reads [..]T of a fixed size: as many as fit, and then nothing may be left of one more.
func (f *fn) bulkRest(t *ir.ArrayType, field int, dst, list, start expr, slab bool) {
	f.flush()
	size := int(t.Elem.Size().Min)
	n, assign := "n", "="
	if !f.inSight(n) {
		n, assign = f.variable(n), ":="
	}
	count := f.left()
	if size > 1 {
		count = binary(count, "/", atom(lit(size)))
	}
	f.add(id(n).Op(assign).Add(count.c))
	if t.Max >= 0 && t.MaxReason >= 0 {
		at := binary(atom(id("off")), "+", atom(lit(int(t.Max)*size)))
		many := binary(atom(id(n)), ">", atom(lit(int(t.Max))))
		if size > 1 {
			// What is left behind the last one that is allowed is one too many, even if only a part of it.
			many = binary(f.left(), ">", atom(lit(int(t.Max)*size)))
		}
		f.add(jen.If(many.c).Block(
			f.fail("Poison", f.reason(ir.FirstReason+t.MaxReason), f.fieldID(field), at.c)))
	}
	f.grow(t, dst, list, atom(id(n)), slab)
	f.fill(t, field, dst, list, start, slab)
	if size > 1 {
		f.add(jen.If(id("off").Op("!=").Add(lenOf(id(f.win)).c)).Block(
			f.fail("Short", f.fieldID(field), id("off"), lit(size), f.left().c)))
	}
}

// element reads one element into its place, and returns an expression for it. before is the variable that is the element
// before, "" where none is looked at.
func (f *fn) element(t *ir.ArrayType, field int, dst expr, before string) expr {
	switch et := t.Elem.(type) {
	case *ir.Struct:
		args := f.args(et.Params, t.Args)
		if before != "" {
			args = append([]jen.Code{id(before)}, args...)
		}
		f.parseInto(dst, args)
		if before != "" {
			f.add(id(before).Op("=").Op("&").Add(dst.c))
		}
	case *ir.Chain:
		f.parseInto(dst, f.args(et.Params, t.Args))
	case *ir.ArrayType:
		f.array(et, field, dst, false)
	case *ir.BytesType:
		f.flush()
		v, advance := f.bytes(et, field)
		f.add(jen.Add(dst.c).Op("=").Add(v.c))
		if et.As == ir.AsASCII {
			f.add(jen.If(op("!").Add(wire("IsASCII")).Call(dst.c)).Block(
				f.fail("Poison", datagram("NotASCII"), f.fieldID(field), id("off"))))
		}
		advance()
		f.flush()
	default:
		f.flush()
		if varies(et) {
			f.add(jen.Add(dst.c).Op("=").Add(f.varint(et, field, true).c))
			f.flush()
			return dst
		}
		size := int(et.Size().Min)
		if !f.sure(t) {
			f.add(jen.If(binary(f.left(), "<", atom(lit(size))).c).Block(
				f.fail("Short", f.fieldID(field), id("off"), lit(size), f.left().c)))
		}
		f.add(jen.Add(dst.c).Op("=").Add(f.load(et, atom(id(f.win)), atom(id("off"))).c))
		if b, ok := et.(*ir.Bits); ok {
			f.wordChecks(b, dst, id("off"))
		}
		f.delta = size
		f.flush()
	}
	return dst
}

// sure says whether the bytes of fixed-size elements are known to be there.
func (f *fn) sure(t *ir.ArrayType) bool {
	return t.Mode == ir.ArrayCount || t.Mode == ir.ArrayRest && f.bulk(t.Elem)
}
