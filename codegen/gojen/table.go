package gojen

import (
	"fmt"

	"github.com/dave/jennifer/jen"

	"github.com/flowscope/fsd/codegen/names"
	"github.com/flowscope/fsd/codegen/plan"
	"github.com/flowscope/fsd/dsl/ir"
)

// remembers says whether parsers keep anything, of the flow or of hosts.
func (g *gen) remembers() bool { return g.stateful() || g.p.HostType != "" }

// flowTables says whether a table is kept for each flow.
func (g *gen) flowTables() bool {
	for _, t := range g.p.Tables {
		if !t.IR.PerHost {
			return true
		}
	}
	return false
}

// tableType is the Go type of a table.
func (g *gen) tableType(t *plan.Table) code {
	return wire("Table").Index(jen.List(id(t.Key), g.typeOf(t.IR.Value)))
}

// tableFields are the fields of the parser, or of what is kept of a host.
func (g *gen) tableFields(perHost bool) []jen.Code {
	var fields []jen.Code
	for _, t := range g.p.Tables {
		if t.IR.PerHost == perHost {
			fields = append(fields, g.withDoc(id(t.Name).Add(g.tableType(t)), t.IR.Doc)...)
		}
	}
	return fields
}

// parserTables are the fields of the parser for tables.
func (g *gen) parserTables() []jen.Code {
	var fields []jen.Code
	for i := range g.p.IR.State.Rates {
		fields = append(fields, g.rateField(i))
	}
	if g.flowClock() {
		fields = append(fields, g.tableFields(false)...)
		fields = append(fields, id("clock").Add(qual(flowPath, "Clock")), id("now").Add(qual(flowPath, "Timestamp")))
	}
	if g.p.HostType != "" {
		fields = append(fields, id("hosts").Op("*").Add(g.hostsType("Hosts")))
	}
	return fields
}

func (g *gen) hostsType(name string) code { return wire(name).Index(id(g.p.HostType)) }

// tableDecls writes the types of keys, what is kept of a host, and how the reader gets at values.
func (g *gen) tableDecls() {
	for _, t := range g.p.Tables {
		var fields []jen.Code
		for i, k := range t.IR.Keys {
			fields = append(fields, id(keyPart(i)).Add(g.typeOf(k)))
		}
		g.add(comment(t.Key + " is a key of " + t.IR.Name + ".")...)
		g.decl(jen.Type().Add(id(t.Key)).Struct(fields...))
	}
	if g.p.HostType != "" {
		g.add(comment(g.p.HostType + " is what is kept of a host.")...)
		g.decl(jen.Type().Add(id(g.p.HostType)).Struct(g.tableFields(true)...))
		g.hostDecls()
	}
	for _, t := range g.p.Tables {
		g.accessDecls(t)
	}
}

func keyPart(i int) string { return string(rune('a' + i)) }

// hostDecls writes what shares hosts among parsers, and the reader's way to the sender's state.
func (g *gen) hostDecls() {
	p := func() *jen.Statement { return id("p").Op("*").Add(id(g.p.ParserType)) }
	d := func() *jen.Statement { return id("d").Op("*").Add(id(g.p.ReaderType)) }
	g.add(comment("ShareHosts makes the parser keep what it knows of hosts together with another one of this package.")...)
	g.decl(jen.Func().Params(p()).Id("ShareHosts").Params(id("with").Add(datagram("Parser"))).Block(
		id("p").Dot("hosts").Op("=").Id("with").Assert(op("*").Add(id(g.p.ParserType))).Dot("ownHosts").Call()))
	g.decl(jen.Func().Params(p()).Id("ownHosts").Params().Op("*").Add(g.hostsType("Hosts")).Block(
		jen.If(id("p").Dot("hosts").Op("==").Nil()).Block(id("p").Dot("hosts").Op("=").New(g.hostsType("Hosts"))),
		jen.Return(id("p").Dot("hosts"))))
	g.add(comment("ofHost returns what is kept of the sender, nil if that is nothing and none is to be made.")...)
	g.decl(jen.Func().Params(d()).Id("ofHost").Params(id("create").Bool()).Op("*").Add(g.hostsType("Host")).Block(
		jen.If(id("d").Dot("host").Op("==").Nil()).Block(
			id("hosts").Op(":=").Id("d").Dot("p").Dot("ownHosts").Call(),
			jen.If(id("d").Dot("host").Op("=").Id("hosts").Dot("Find").Call(id("d").Dot("Meta")), id("d").Dot("host").Op("==").Nil().Op("&&").Id("create")).Block(
				id("d").Dot("host").Op("=").Id("hosts").Dot("Make").Call(id("d").Dot("Meta")))),
		jen.Return(id("d").Dot("host"))))
}

// accessDecls writes how the reader finds and stores values of a table.
func (g *gen) accessDecls(t *plan.Table) {
	d := func() *jen.Statement { return id("d").Op("*").Add(id(g.p.ReaderType)) }
	key := func() *jen.Statement { return id("key").Add(id(t.Key)) }
	value := func() *jen.Statement { return op("*").Add(g.typeOf(t.IR.Value)) }
	expire := jen.Code(lit(0))
	if t.IR.Expire > 0 {
		expire = g.duration(int64(t.IR.Expire))
	}
	var find, store []jen.Code
	if t.IR.PerHost {
		table := func() *jen.Statement { return id("h").Dot("Tables").Dot(t.Name) }
		find = []jen.Code{
			id("h").Op(":=").Id("d").Dot("ofHost").Call(jen.False()),
			jen.If(id("h").Op("==").Nil()).Block(jen.Return(jen.Nil())),
			jen.Return(table().Dot("Find").Call(id("key"), id("h").Dot("Now"), expire)),
		}
		store = []jen.Code{
			id("h").Op(":=").Id("d").Dot("ofHost").Call(jen.True()),
			id("v").Op(",").Id("added").Op(":=").Add(table()).Dot("Store").Call(id("key"), id("h").Dot("Now"), lit(int(t.IR.Max))),
			jen.If(id("added")).Block(id("d").Dot("p").Dot("hosts").Dot("Grown").Call(id("h"), lit(int(t.IR.SlotBytes)))),
			jen.Return(id("v")),
		}
	} else {
		table := func() *jen.Statement { return id("d").Dot("p").Dot(t.Name) }
		find = []jen.Code{jen.Return(table().Dot("Find").Call(id("key"), id("d").Dot("p").Dot("now"), expire))}
		store = []jen.Code{
			id("v").Op(",").Id("_").Op(":=").Add(table()).Dot("Store").Call(id("key"), id("d").Dot("p").Dot("now"), lit(int(t.IR.Max))),
			jen.Return(id("v")),
		}
	}
	g.add(comment(t.Find + " returns the value of a key in " + t.IR.Name + ", nil if there is none.")...)
	g.decl(jen.Func().Params(d()).Add(id(t.Find)).Params(key()).Add(value()).Block(find...))
	g.add(comment(t.Store + " returns the place of a value in " + t.IR.Name + ", to be overwritten.")...)
	g.decl(jen.Func().Params(d()).Add(id(t.Store)).Params(key()).Add(value()).Block(store...))
}

// tableIntent lists what tableDecls declares.
func (g *gen) tableIntent() []string {
	var out []string
	for _, t := range g.p.Tables {
		out = append(out, t.Key, g.p.ReaderType+"."+t.Find, g.p.ReaderType+"."+t.Store)
	}
	if g.p.HostType != "" {
		out = append(out, g.p.HostType, g.p.ParserType+".ShareHosts", g.p.ParserType+".ownHosts", g.p.ReaderType+".ofHost")
	}
	return out
}

// tableKey is the key of a table.
func (f *fn) tableKey(t *plan.Table, keys []ir.Expr) code {
	var parts []jen.Code
	for i, k := range keys {
		parts = append(parts, f.env.value(k, f.g.valueType(t.IR.Keys[i])).c)
	}
	return id(t.Key).Values(parts...)
}

// lookup writes an if whose condition looks a value up, which is a pointer into the table.
func (f *fn) lookup(s *plan.If, e *ir.Found) {
	t := f.g.p.Table(e.Table)
	name := names.Lower(e.As.Name)
	for f.inSight(name) || f.scope != nil && !names.IsIdent(name) {
		name += "Value"
	}
	find := id("d").Dot(t.Find).Call(f.tableKey(t, e.Keys))
	then, dead1 := f.block(func() {
		f.vars[len(f.vars)-1][name] = true
		f.env.params[e.As] = name
		f.steps(s.Then)
	})
	els, dead2 := f.block(func() { f.steps(s.Else) })
	init, there := id(name).Op(":=").Add(find), id(name).Op("!=").Nil()
	switch {
	case len(els) == 0:
		f.add(jen.If(init, there).Block(then...))
	case dead1:
		f.add(jen.If(init, there).Block(then...))
		f.add(els...)
		f.dead = dead2
	default:
		f.add(jen.If(init, there).Block(then...).Else().Block(els...))
	}
}

// keep copies a value into a table.
func (f *fn) keep(s *ir.Store) {
	t := f.g.p.Table(s.Table)
	name := f.variable("kept")
	f.add(id(name).Op(":=").Id("d").Dot(t.Store).Call(f.tableKey(t, s.Keys)))
	store := f.g.p.Struct(t.IR.Value).Store
	for _, v := range s.Values {
		dst := func() *jen.Statement { return id(name).Dot(store[v.Field].Name) }
		if v.Lists == nil {
			f.add(dst().Op("=").Add(f.keptScalar(v).c))
			continue
		}
		list := code(jen.Append(dst().Index(op(":").Add(lit(0))), f.list(v.Lists[0]).Op("...")))
		for _, more := range v.Lists[1:] {
			list = jen.Append(list, f.list(more).Op("..."))
		}
		f.add(dst().Op("=").Add(list))
	}
}

func (f *fn) keptScalar(v ir.StoreValue) expr {
	switch v.Field.Type.(type) {
	case *ir.Struct, *ir.StdType:
		x, _, _ := f.env.ref(v.Scalar.(*ir.Ref))
		return x
	}
	return f.env.value(v.Scalar, f.g.valueType(v.Field.Type))
}

func (f *fn) list(r *ir.Ref) *jen.Statement {
	x, _, _ := f.env.ref(r)
	return jen.Add(x.c)
}

// eachElement names the element of the list for which one is read, if it is asked for; done forgets it.
func (f *fn) eachElement(t *ir.ArrayType, i string) (done func()) {
	used := false
	see := func(e ir.Expr) {
		if r, ok := e.(*ir.Ref); ok && r.Root == ir.RefEach {
			used = true
		}
	}
	plan.Walk(t.Each.Window, see)
	for _, a := range t.Args {
		plan.Walk(a, see)
	}
	if !used {
		return func() {}
	}
	name := f.variable(names.Lower(t.Each.Var))
	list, _, _ := f.env.ref(t.Each.List)
	elem := jen.Add(list.in(operand)).Index(id(i))
	if _, ok := t.Each.Elem.(*ir.Struct); ok {
		f.add(id(name).Op(":=").Op("&").Add(elem))
	} else {
		f.add(id(name).Op(":=").Add(elem))
	}
	old, oldType := f.env.each, f.env.eachType
	f.env.each, f.env.eachType = atom(id(name)), t.Each.Elem
	return func() { f.env.each, f.env.eachType = old, oldType }
}

// sum calls the function that adds a field of all elements of an array.
func (v *env) sum(e *ir.Sum) expr {
	list, _, _ := v.ref(e.Of)
	return call(id(v.g.sumFunc(e)), list.c)
}

func sumType(e *ir.Sum) goType { return workType(e.R, ir.R(0, 0)) }

// sumFunc is the name of the function of a sum, which is declared when first asked for.
func (g *gen) sumFunc(e *ir.Sum) string {
	array := e.Of.Type.(*ir.ArrayType)
	goes := sumType(e)
	text := names.Upper(plan.Key(array.Elem))
	for _, f := range e.Path {
		text += names.Upper(f.Name)
	}
	key := fmt.Sprint(text, " ", goes.name)
	if name, ok := g.sums[key]; ok {
		return name
	}
	name := g.p.Take("sum"+text, "Of")
	g.sums[key] = name
	x := atom(jen.Id("list").Index(id("i")))
	t := array.Elem
	for _, f := range e.Path {
		switch s := t.(type) {
		case *ir.Struct:
			x = g.stored(x, g.p.Struct(s).Store[f], f)
		case *ir.Bits:
			x = g.bitAccess(x, s, f)
		}
		t = f.Type
	}
	g.tableNames = append(g.tableNames, name)
	g.tables = append(g.tables, jen.Func().Add(id(name)).Params(id("list").Index().Add(g.typeOf(array.Elem))).Add(goes.code()).Block(
		jen.Var().Id("total").Add(goes.code()),
		jen.For(id("i").Op(":=").Range().Id("list")).Block(id("total").Op("+=").Add(goes.code()).Call(x.c)),
		jen.Return(id("total"))))
	return name
}
