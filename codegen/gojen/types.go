package gojen

import (
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/flowscope/fsd/codegen/names"
	"github.com/flowscope/fsd/codegen/plan"
	"github.com/flowscope/fsd/dsl/ir"
)

func (g *gen) enumDecl(t *ir.Enum) {
	name := g.p.TypeName(t)
	g.docType(name, t.Doc, "is an enumeration.", "")
	g.decl(jen.Type().Add(id(name), id(plan.NativeName(t.Int))))
	g.valueConsts(t, name, t.Values, 10)
	it := func() code { return id("v").Add(id(name)) }
	u, as := "AppendUnknown", "uint64"
	if t.Int.Signed {
		u, as = "AppendUnknownInt", "int64"
	}
	g.add(comment("String returns the name of the value, or " + t.Name + "(n).")...)
	g.decl(jen.Func().Params(it()).Id("String").Params().String().Block(
		jen.If(id("s").Op(":=").Id("v").Dot("name").Call(), id("s").Op("!=").Lit("")).Block(jen.Return(id("s"))),
		jen.Return(jen.String().Call(wire(u).Call(jen.Nil(), str(t.Name), id(as).Call(id("v"))))),
	))
	g.add(comment("AppendJSON appends what String returns as a JSON string.")...)
	g.decl(jen.Func().Params(it()).Id("AppendJSON").Params(id("dst").Index().Byte()).Index().Byte().Block(
		jen.If(id("s").Op(":=").Id("v").Dot("name").Call(), id("s").Op("!=").Lit("")).Block(
			jen.Return(wire("AppendName").Call(id("dst"), id("s")))),
		id("dst").Op("=").Add(wire(u)).Call(jen.Append(id("dst"), jen.LitRune('"')), str(t.Name), id(as).Call(id("v"))),
		jen.Return(jen.Append(id("dst"), jen.LitRune('"'))),
	))
	g.add(comment("Known says whether the value has a name.")...)
	g.decl(jen.Func().Params(it()).Id("Known").Params().Bool().Block(jen.Return(id("v").Dot("name").Call().Op("!=").Lit(""))))
	var cases []jen.Code
	for i, v := range t.Values {
		cases = append(cases, jen.Case(id(g.p.ValueName(t, i))).Block(jen.Return(str(v.Name))))
	}
	body := []jen.Code{jen.Return(str(""))}
	if len(cases) > 0 {
		body = []jen.Code{jen.Switch(id("v")).Block(cases...), jen.Return(str(""))}
	}
	g.decl(jen.Func().Params(it()).Id("name").Params().String().Block(body...))
}

// valueConsts writes the constants of an enum or flags.
func (g *gen) valueConsts(t ir.Named, name string, values []ir.EnumValue, base int) {
	if len(values) == 0 {
		return
	}
	it := plan.IntOf(t)
	var defs []jen.Code
	for i, v := range values {
		x := ir.U(v.Value)
		if it.Signed {
			x = ir.I(int64(v.Value))
		}
		d := id(g.p.ValueName(t, i)).Add(id(name)).Op("=").Add(number(x, base))
		defs = append(defs, g.withDoc(d, v.Doc)...)
	}
	g.add(comment("The values of " + name + ".")...)
	g.decl(jen.Const().Defs(defs...))
}

// withDoc puts a comment above a definition, or behind it when it is short.
func (g *gen) withDoc(d *jen.Statement, doc string) []jen.Code {
	doc = ir.Prose(doc)
	switch {
	case doc == "":
		return []jen.Code{d}
	case !strings.Contains(doc, "\n") && len(doc) <= 72:
		return []jen.Code{d.Comment(commentLines(doc)[0])}
	}
	return append(comment(doc), d)
}

func (g *gen) flagsDecl(t *ir.Flags) {
	name := g.p.TypeName(t)
	g.docType(name, t.Doc, "is a set of flags.", "")
	g.decl(jen.Type().Add(id(name), id(plan.NativeName(t.Int))))
	g.valueConsts(t, name, t.Values, 16)
	table := g.p.Take(names.Lower(name)+"Names", "Table")
	g.tableNames = append(g.tableNames, table)
	var rows []jen.Code
	for i, v := range t.Values {
		rows = append(rows, keyed("Mask", id("uint64").Call(id(g.p.ValueName(t, i))), "Name", str(v.Name)))
	}
	g.decl(jen.Var().Add(id(table)).Op("=").Index().Add(wire("FlagName")).Custom(multiline, rows...))
	recv := func() code { return id("v").Add(id(name)) }
	g.add(comment("String returns the names of the flags that are set, joined by |; bits without a name as a number.")...)
	g.decl(jen.Func().Params(recv()).Id("String").Params().String().Block(
		jen.Return(jen.String().Call(wire("AppendFlagsText").Call(jen.Nil(), id("uint64").Call(id("v")), id(table))))))
	g.add(comment("AppendJSON appends the names of the flags that are set as a JSON array; bits without a name as one number.")...)
	g.decl(jen.Func().Params(recv()).Id("AppendJSON").Params(id("dst").Index().Byte()).Index().Byte().Block(
		jen.Return(wire("AppendFlags").Call(id("dst"), id("uint64").Call(id("v")), id(table)))))
}

func (g *gen) bitsDecl(t *ir.Bits) {
	name := g.p.TypeName(t)
	g.docType(name, t.Doc, "is a word of bit fields.", bitsDiagram(t))
	g.decl(jen.Type().Add(id(name), id(plan.NativeName(t.Int))))
	recv := func() code { return id("v").Add(id(name)) }
	for _, f := range t.Fields {
		n, ok := g.bitNames[f]
		if !ok {
			continue
		}
		text := n + " returns " + bitRange(f)
		if doc := ir.Prose(f.Doc); doc != "" {
			text += ": " + lowerFirst(doc)
		}
		g.add(comment(wrap(sentence(text), 110))...)
		g.decl(jen.Func().Params(recv()).Add(id(n)).Params().Add(g.typeOf(f.Type)).Block(
			jen.Return(g.bitExtract(atom(id("v")), t, f).c)))
	}
	w := &shower{g: g}
	sep := "{"
	for _, f := range t.Fields {
		if n, ok := g.bitNames[f]; ok {
			w.text(sep + g.jsonKey(f.Key))
			w.value(call(id("v").Dot(n)), f.Type)
			sep = ","
		}
	}
	if sep == "{" {
		w.text("{")
	}
	w.text("}")
	body := w.end()
	g.add(comment("AppendJSON appends the fields as a JSON object.")...)
	g.decl(jen.Func().Params(recv()).Id("AppendJSON").Params(id("dst").Index().Byte()).Index().Byte().Block(body...))
}

// slotType is the Go type of a slot.
func (g *gen) slotType(s *plan.Slot) code {
	switch {
	case s.Variant:
		return jen.Any()
	case s.Shared:
		return id(plan.NativeName(plan.IntOf(s.Fields[0].Type)))
	}
	return g.typeOf(s.Fields[0].Type)
}

func (g *gen) structDecl(s *plan.Struct) {
	t := s.IR
	extra := structDiagram(s)
	if t.IsEntry {
		if extra != "" {
			extra += "\n\n"
		}
		extra += "Byte fields are views of the datagram: they are valid until the next Parse into the message, and as long as\n" +
			"the datagram stays as it is. Clone is the way to keep them."
	}
	fallback := "is a part of messages of " + g.p.IR.Name + "."
	if t.IsEntry {
		fallback = "is a message of " + g.p.IR.Name + "."
	}
	g.docType(s.Name, t.Doc, fallback, extra)
	var fields []jen.Code
	for _, f := range t.Fields {
		st := s.Store[f]
		if st.Kind != plan.Public {
			continue
		}
		doc := ir.Prose(f.Doc)
		if u := unit(f.As); u != "" {
			doc = strings.TrimLeft(doc+", in "+u, ", ")
		}
		fields = append(fields, g.withDoc(id(st.Name).Add(g.typeOf(f.Type)), doc)...)
	}
	if len(fields) > 0 && (s.Presence > 0 || t.IsEntry) {
		fields = append(fields, jen.Line())
	}
	if s.Presence > 0 {
		fields = append(fields, id(s.HasName).Add(g.presenceType(s)).Comment("// which of the conditional fields are there"))
	}
	for _, slot := range s.Slots {
		d := id(slot.Name).Add(g.slotType(slot))
		if len(slot.Fields) > 1 {
			var ns []string
			for _, f := range slot.Fields {
				ns = append(ns, s.Store[f].Name)
			}
			fields = append(fields, comment(wrap(strings.Join(ns, ", "), 100))...)
		}
		fields = append(fields, d)
	}
	for _, f := range s.Kept {
		fields = append(fields, id(s.Store[f].Name).Add(g.typeOf(f.Type)))
	}
	for _, f := range t.Fields {
		if st := s.Store[f]; st.Raw != "" && st.Slot == nil {
			fields = append(fields, id(st.Raw).Index().Byte())
		}
	}
	for _, slot := range s.Slots {
		if slot.Raw != "" {
			fields = append(fields, id(slot.Raw).Index().Byte())
		}
	}
	if t.IsEntry {
		fields = append(fields, id(s.DataName).Index().Byte().Comment("// the datagram"))
		if g.hasPool() {
			fields = append(fields, id(s.PoolName).Add(id(g.p.PoolType)))
		}
	}
	g.decl(jen.Type().Add(id(s.Name)).Struct(fields...))
	g.presenceConsts(s)
	g.accessors(s)
}

func (g *gen) hasPool() bool { return len(g.p.Arenas)+len(g.p.Slabs) > 0 }

// presenceType is the type of the set of conditional fields.
func (g *gen) presenceType(s *plan.Struct) code {
	switch {
	case s.Presence <= 8:
		return jen.Uint8()
	case s.Presence <= 16:
		return jen.Uint16()
	case s.Presence <= 32:
		return jen.Uint32()
	case s.Presence <= 64:
		return jen.Uint64()
	}
	return jen.Index(lit((s.Presence + 63) / 64)).Uint64()
}

// presence is a word of the set of conditional fields.
func (g *gen) presence(recv code, s *plan.Struct, word int) *jen.Statement {
	x := jen.Add(recv).Dot(s.HasName)
	if s.Presence > 64 {
		x = x.Index(lit(word))
	}
	return x
}

func (g *gen) presenceConsts(s *plan.Struct) {
	if s.Presence == 0 {
		return
	}
	var defs []jen.Code
	for _, f := range s.IR.Fields {
		st := s.Store[f]
		if st.Kind != plan.Private {
			continue
		}
		d := id(st.BitName)
		if st.Bit%64 == 0 {
			d = d.Op("=").Add(lit(1)).Op("<<").Iota()
			if st.Bit > 0 {
				d = id(st.BitName).Op("=").Add(lit(1)).Op("<<").Parens(jen.Iota().Op("-").Add(lit(st.Bit)))
			}
		}
		defs = append(defs, d)
	}
	g.decl(jen.Const().Defs(defs...))
}

// rawAccessor is the method that returns the window of a struct field.
func (g *gen) rawAccessor(s *plan.Struct, st *plan.Store) {
	text := st.RawName + " returns the bytes of " + st.Name + " as they are in the datagram: a view of it"
	head := func() *jen.Statement {
		return jen.Func().Params(id("m").Op("*").Add(id(s.Name))).Add(id(st.RawName)).Params()
	}
	if st.Kind != plan.Private {
		g.add(comment(text + ".")...)
		g.decl(head().Index().Byte().Block(jen.Return(id("m").Dot(st.Raw))))
		return
	}
	g.add(comment(text + "; false when this message has none.")...)
	g.decl(head().Params(jen.Index().Byte(), jen.Bool()).Block(
		jen.If(g.has(s, id("m"), st)).Block(jen.Return(id("m").Dot(st.Raw), jen.True())),
		jen.Return(jen.Nil(), jen.False())))
}

// accessors are the methods that read conditional fields.
func (g *gen) accessors(s *plan.Struct) {
	for _, f := range s.IR.Fields {
		st := s.Store[f]
		if st.Raw != "" {
			g.rawAccessor(s, st)
		}
		if st.Kind != plan.Private {
			continue
		}
		var typ code
		v := g.stored(atom(id("m")), st, f)
		if t, ok := f.Type.(*ir.Struct); ok {
			typ = op("*").Add(g.typeOf(t))
			if !st.Slot.Variant {
				v = expr{op("&").Add(v.c), 6}
			}
		} else {
			typ = g.typeOf(f.Type)
		}
		text := st.Name + " returns the field, and whether it is there"
		doc := ir.Prose(f.Doc)
		if u := unit(f.As); u != "" {
			doc = strings.TrimLeft(doc+", in "+u, ", ")
		}
		if doc != "" {
			text += ": " + lowerFirst(doc)
		}
		text = wrap(sentence(text), 110)
		g.add(comment(text)...)
		g.decl(jen.Func().Params(id("m").Op("*").Add(id(s.Name))).Add(id(st.Name)).Params().Params(
			id("v").Add(typ), id("ok").Bool()).Block(
			jen.If(g.hasNot(s, id("m"), st)).Block(jen.Return(id("v"), jen.False())),
			jen.Return(v.c, jen.True()),
		))
	}
}

// has is the condition that a conditional field is there.
func (g *gen) has(s *plan.Struct, recv code, st *plan.Store) code {
	return g.presence(recv, s, st.Bit/64).Op("&").Add(id(st.BitName)).Op("!=").Add(lit(0))
}

func (g *gen) hasNot(s *plan.Struct, recv code, st *plan.Store) code {
	return g.presence(recv, s, st.Bit/64).Op("&").Add(id(st.BitName)).Op("==").Add(lit(0))
}

// parseDecl writes the parse method of a struct.
func (g *gen) parseDecl(s *plan.Struct) {
	f := g.newFn(s, s.Store, s.Locals)
	f.block(func() {})
	if s.Presence > 64 {
		f.add(id("m").Dot(s.HasName).Op("=").Add(g.presenceType(s)).Values())
	} else if s.Presence > 0 {
		f.add(id("m").Dot(s.HasName).Op("=").Add(lit(0)))
	}
	f.steps(s.Steps)
	if !f.dead {
		f.add(jen.Return(f.pos(0).c))
	}
	params := []jen.Code{id("d").Op("*").Add(g.readerType()), id("b").Index().Byte(), id("off").Int()}
	if s.PrevName != "" {
		params = append(params, id(s.PrevName).Op("*").Add(id(s.Name)))
	}
	for i, prm := range s.IR.Params {
		p := id(s.Params[i])
		if st, ok := prm.Type.(*ir.Struct); ok {
			p = p.Op("*").Add(g.typeOf(st))
		} else {
			p = p.Add(g.typeOf(prm.Type))
		}
		params = append(params, p)
	}
	g.flushTables()
	if s.IR.IsEntry {
		g.add(comment("parse reads the message at off of the window b, and returns the offset behind it, or -1 if it fails.")...)
	}
	g.prevDecls(s)
	method := "parse"
	if s.DepthName != "" {
		g.countedParse(s, params)
		method = s.ReadName
	} else if s.IR.Line != nil {
		g.lineParse(s, params)
		method = s.ReadName
	}
	g.decl(jen.Func().Params(id("m").Op("*").Add(id(s.Name))).Add(id(method)).Params(params...).Int().Block(f.out...))
}

func (g *gen) flushTables() {
	for _, t := range g.tables {
		g.decl(t)
	}
	g.tables = nil
}

// runTable makes the table that a short run looks its field up in.
func (g *gen) runTable(f *fn, fields []*plan.RunField) string {
	owner := ""
	if f.owner != nil {
		owner = f.owner.Name
	} else {
		owner = f.chain.plan.Name
	}
	name := g.p.Take(names.Lower(owner)+"Run", "")
	g.tableNames = append(g.tableNames, name)
	var rows []jen.Code
	for _, rf := range fields {
		rows = append(rows, keyed("Field", id(g.p.FieldConst(rf.Read.Field.ID)), "End", lit(rf.Offset+rf.Size)))
	}
	g.tables = append(g.tables, jen.Var().Add(id(name)).Op("=").Index(op("...")).Add(wire("Slot")).Custom(multiline, rows...))
	return name
}
