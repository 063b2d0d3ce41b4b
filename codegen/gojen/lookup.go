package gojen

import (
	"github.com/dave/jennifer/jen"

	"github.com/flowscope/fsd/codegen/names"
	"github.com/flowscope/fsd/codegen/plan"
	"github.com/flowscope/fsd/dsl/ir"
)

// find is a method of a list that looks for a field of the first element with a key.
type find struct {
	name string
	path []*ir.Field
	// typ is what it returns; found says that this is only whether the field is there.
	typ   goType
	found bool
}

// lookupType is the Go type of a lookup.
func (v *env) lookupType(e *ir.Lookup) goType {
	switch {
	case e.K == ir.Bool:
		return typeBool
	case e.Find == ir.LookupCount:
		return typeInt
	case e.K == ir.Bytes:
		return typeBytes
	}
	own := v.g.valueType(e.Type())
	if e.Or == nil || e.Or.Range().Lo.Cmp(own.rng().Lo) >= 0 && e.Or.Range().Hi.Cmp(own.rng().Hi) <= 0 {
		return own
	}
	return workType(e.R)
}

// lookup calls the method of the list that answers.
func (v *env) lookup(e *ir.Lookup, have goType) expr {
	x, t, _ := v.ref(e.Of)
	l := v.g.p.List(t.(*ir.ArrayType))
	if l == nil {
		panic(unsafeError{"a lookup in an array without an index"})
	}
	key := v.value(e.Key, v.g.keyType(l)).c
	switch e.Find {
	case ir.LookupHas:
		return call(sel(x, "Has").c, key)
	case ir.LookupCount:
		return call(sel(x, "Count").c, key)
	case ir.LookupFound:
		return call(sel(x, v.g.find(l, e.Path, typeBool, true)).c, key)
	}
	or := code(lit(0))
	switch e.K {
	case ir.Bool:
		or = jen.False()
	case ir.Bytes:
		or = jen.Nil()
	}
	if e.Or != nil {
		or = v.value(e.Or, have).c
	}
	return call(sel(x, v.g.find(l, e.Path, have, false)).c, key, or)
}

// keyType is the Go type of a list's key.
func (g *gen) keyType(l *plan.List) goType {
	if t := g.valueType(l.Index.Key()); t != typeBytes {
		return t
	}
	return goType{name: "string"}
}

// find is the name of the method that looks for a field, made when first asked for.
func (g *gen) find(l *plan.List, path []*ir.Field, t goType, found bool) string {
	same := func(f *find) bool {
		if f.typ != t || f.found != found || len(f.path) != len(path) {
			return false
		}
		for i := range path {
			if f.path[i] != path[i] {
				return false
			}
		}
		return true
	}
	for _, f := range g.finds[l] {
		if same(f) {
			return f.name
		}
	}
	name := "first"
	if found {
		name = "found"
	}
	for _, f := range path {
		name += names.Upper(f.Name)
	}
	f := &find{name: l.Methods.Take(name, "Value"), path: path, typ: t, found: found}
	g.finds[l] = append(g.finds[l], f)
	return f.name
}

// listDecl writes the type of an array with an index, and its methods.
func (g *gen) listDecl(l *plan.List) {
	elem := g.p.TypeName(l.Elem.(ir.Named))
	key := ""
	for i, f := range l.Index.Path {
		if i > 0 {
			key += "."
		}
		key += f.Name
	}
	recv := func() code { return id("l").Add(id(l.Name)) }
	kt := g.keyType(l)
	param := func() code { return id(l.Param).Add(kt.code()) }
	fits := func() code {
		x := g.member(atom(id("l").Index(id("i"))), l.Elem, l.Index.Path)
		if kt.name == "string" {
			x = call(id("string"), x.c)
		}
		return x.c.Op("==").Add(id(l.Param))
	}
	each := func(body ...jen.Code) *jen.Statement {
		return jen.For(id("i").Op(":=").Range().Id("l")).Block(jen.If(fits()).Block(body...))
	}
	at := func() code { return op("&").Id("l").Index(id("i")) }
	g.add(comment(wrap(l.Name+" is a list of "+elem+", whose elements are found by their "+key+".", 110))...)
	g.decl(jen.Type().Add(id(l.Name)).Index().Add(g.typeOf(l.Elem)))
	g.add(comment("First returns the first element with that " + key + ", nil if there is none.")...)
	g.decl(jen.Func().Params(recv()).Id("First").Params(param()).Op("*").Add(g.typeOf(l.Elem)).Block(
		each(jen.Return(at())), jen.Return(jen.Nil())))
	g.add(comment("All returns the elements with that " + key + ", in their order.")...)
	g.decl(jen.Func().Params(recv()).Id("All").Params(param()).Add(qual("iter", "Seq")).Index(op("*").Add(g.typeOf(l.Elem))).Block(
		jen.Return(jen.Func().Params(id("yield").Func().Params(op("*").Add(g.typeOf(l.Elem))).Bool()).Block(
			jen.For(id("i").Op(":=").Range().Id("l")).Block(
				jen.If(fits().Op("&&").Op("!").Id("yield").Call(at())).Block(jen.Return()))))))
	g.add(comment("Has says whether there is an element with that " + key + ".")...)
	g.decl(jen.Func().Params(recv()).Id("Has").Params(param()).Bool().Block(
		jen.Return(id("l").Dot("First").Call(id(l.Param)).Op("!=").Nil())))
	g.add(comment("Count returns how many elements have that " + key + ".")...)
	g.decl(jen.Func().Params(recv()).Id("Count").Params(param()).Int().Block(
		id("n").Op(":=").Add(lit(0)), each(id("n").Op("++")), jen.Return(id("n"))))
	for _, f := range g.finds[l] {
		g.findDecl(l, f, param)
	}
}

// member is a field of an element, which all elements have.
func (g *gen) member(x expr, t ir.Type, path []*ir.Field) expr {
	for _, f := range path {
		switch s := t.(type) {
		case *ir.Struct:
			x = g.stored(x, g.p.Struct(s).Store[f], f)
		case *ir.Bits:
			x = g.bitAccess(x, s, f)
		}
		t = f.Type
	}
	return x
}

// findDecl writes a method that looks for a field of the first element with a key.
func (g *gen) findDecl(l *plan.List, f *find, param func() code) {
	x := atom(id("e"))
	var t ir.Type = l.Elem
	there := id("e").Op("!=").Nil()
	missing := id("e").Op("==").Nil()
	for _, step := range f.path {
		switch s := t.(type) {
		case *ir.Struct:
			st := g.p.Struct(s).Store[step]
			if st.Kind == plan.Private {
				there = there.Op("&&").Add(g.has(g.p.Struct(s), x.in(operand), st))
				missing = missing.Op("||").Add(g.hasNot(g.p.Struct(s), x.in(operand), st))
			}
			x = g.stored(x, st, step)
		case *ir.Bits:
			x = g.bitAccess(x, s, step)
		}
		t = step.Type
	}
	first := id("e").Op(":=").Id("l").Dot("First").Call(id(l.Param))
	recv := id("l").Add(id(l.Name))
	if f.found {
		g.decl(jen.Func().Params(recv).Add(id(f.name)).Params(param()).Bool().Block(first, jen.Return(there)))
		return
	}
	if own := g.valueType(t); own != f.typ {
		x = call(f.typ.code(), x.c)
	}
	g.decl(jen.Func().Params(recv).Add(id(f.name)).Params(param(), id("or").Add(f.typ.code())).Add(f.typ.code()).Block(
		first, jen.If(missing).Block(jen.Return(id("or"))), jen.Return(x.c)))
}
