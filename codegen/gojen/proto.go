package gojen

import (
	"github.com/dave/jennifer/jen"

	"github.com/flowscope/fsd/codegen/names"
	"github.com/flowscope/fsd/codegen/plan"
	"github.com/flowscope/fsd/dsl/ir"
)

// declarations writes everything of a protocol, what a reader wants first in front.
func (g *gen) declarations() {
	g.add(comment("If this does not compile, the file was made for another version of the runtime: run go generate.")...)
	g.decl(jen.Const().Id("_").Op("=").Add(wire("RegenerateIfUndefinedV1")))
	g.protocolVar()
	g.reasons()
	g.specConsts()
	g.parserDecl()
	g.unionDecl()
	for _, s := range g.p.Entries {
		g.structAll(s)
	}
	for i := len(g.p.Structs) - 1; i >= 0; i-- {
		if s := g.p.Structs[i]; !s.IR.IsEntry {
			g.structAll(s)
		}
	}
	for _, l := range g.p.Lists {
		g.listDecl(l)
	}
	for i := len(g.p.IR.Types) - 1; i >= 0; i-- {
		switch t := g.p.IR.Types[i].(type) {
		case *ir.Chain:
			g.chainDecl(g.p.Chain(t))
		case *ir.Bits:
			g.bitsDecl(t)
		case *ir.Flags:
			g.flagsDecl(t)
		case *ir.Enum:
			g.enumDecl(t)
			g.matcherDecl(t)
		}
	}
	g.fieldConsts()
}

func (g *gen) structAll(s *plan.Struct) {
	g.structDecl(s)
	g.jsonDecl(s)
	if s.IR.IsEntry {
		g.rootMethods(s)
	}
	g.parseDecl(s)
	g.afterDecl(s)
	g.cloneDecl(s)
}

// rootMethods are those that a message has and its parts have not.
func (g *gen) rootMethods(s *plan.Struct) {
	recv := func() code { return id("m").Op("*").Add(id(s.Name)) }
	g.add(comment("Clone returns a deep copy that shares nothing with the datagram or the message.")...)
	g.decl(jen.Func().Params(recv()).Id("Clone").Params().Op("*").Add(id(s.Name)).Block(
		id("c").Op(":=").Id("m").Dot("clone").Call(id("m").Dot(s.DataName), qual("bytes", "Clone").Call(id("m").Dot(s.DataName))),
		jen.Return(op("&").Id("c")),
	))
	g.add(comment("CloneMessage is Clone for code that handles messages of any protocol.")...)
	g.decl(jen.Func().Params(recv()).Id("CloneMessage").Params().Add(datagram("Message")).Block(
		jen.Return(id("m").Dot("Clone").Call())))
}

// protocolVar writes the description of the protocol.
func (g *gen) protocolVar() {
	q := g.p.IR
	desc := []any{"Name", str(q.Name)}
	if q.Doc != "" {
		desc = append(desc, "Doc", str(ir.Prose(q.Doc)))
	}
	var refs, ports, detect, reasons, notes, fields, expects, pairs []jen.Code
	for _, r := range q.References {
		refs = append(refs, str(r))
	}
	for _, p := range q.Ports {
		ports = append(ports, keyed("First", lit(int(p.First)), "Last", lit(int(p.Last))))
	}
	for _, tests := range q.Detect {
		var ts []jen.Code
		for _, t := range tests {
			ts = append(ts, g.detectTest(t))
		}
		detect = append(detect, jen.Custom(multiline, ts...))
	}
	reason := func(r *ir.ReasonDecl) code {
		if r.Doc == "" {
			return keyed("Name", str(r.Name))
		}
		return keyed("Name", str(r.Name), "Doc", str(ir.Prose(r.Doc)))
	}
	for _, r := range q.Reasons {
		reasons = append(reasons, reason(r))
	}
	for _, n := range q.Notes {
		notes = append(notes, reason(n))
	}
	for _, f := range q.Fields {
		fields = append(fields, str(f))
	}
	for _, x := range q.Pairs {
		pairs = append(pairs, keyed("Name", str(x.Name), "Max", lit(int(x.Max)), "Expire", g.duration(int64(x.Expire))))
	}
	for _, e := range q.Expects {
		d := []any{"From", side(e.From)}
		if e.Port != 0 {
			d = append(d, "Port", lit(int(e.Port)))
		}
		expects = append(expects, keyed(append(d, "Within", g.duration(int64(e.Within)))...))
	}
	list := func(name string, typ code, vs []jen.Code) {
		if len(vs) > 0 {
			desc = append(desc, name, jen.Add(typ).Custom(multiline, vs...))
		}
	}
	list("References", jen.Index().String(), refs)
	list("Ports", jen.Index().Add(datagram("PortRange")), ports)
	list("Detect", jen.Index().Index().Add(datagram("Test")), detect)
	list("Reasons", jen.Index().Add(datagram("ReasonDesc")), reasons)
	list("Notes", jen.Index().Add(datagram("ReasonDesc")), notes)
	list("Fields", jen.Index().String(), fields)
	list("Expects", jen.Index().Add(datagram("Expectation")), expects)
	list("Pairs", jen.Index().Add(datagram("PairDesc")), pairs)
	size := g.size()
	if size.Min > 0 {
		desc = append(desc, "MinSize", lit(int(size.Min)))
	}
	desc = append(desc, "MaxSize", lit(int(size.Max)))
	d := []any{
		"Desc", op("&").Add(datagram("Desc")).Add(keyedLines(desc...)),
		"NewMessage", jen.Func().Params().Add(datagram("Message")).Block(jen.Return(jen.New(id(g.p.Root)))),
		"NewParser", jen.Func().Params().Add(datagram("Parser")).Block(jen.Return(jen.New(id(g.p.ParserType)))),
	}
	if q.State.Stateless() {
		d = append(d, "Stateless", jen.True())
	}
	if q.Tentative() {
		d = append(d, "Tentative", jen.True())
	}
	d = append(d, "CleanJSON", jen.True())
	if q.State.PerHost() {
		d = append(d, "PerHost", jen.True())
	}
	g.add(comment(g.p.ProtocolVar + " describes " + q.Name + " to drivers and registries.")...)
	g.decl(jen.Var().Add(id(g.p.ProtocolVar)).Op("=").Op("&").Add(datagram("Protocol")).Add(keyedLines(d...)))
}

// size of the shortest and longest message.
func (g *gen) size() ir.Size {
	q := g.p.IR
	var size ir.Size
	for i, e := range q.Entries {
		s := e.Type.Bytes
		for _, b := range q.Bounds.Entries {
			if b.Entry == e {
				s = b.Size
			}
		}
		if i == 0 {
			size = s
		}
		size = ir.Size{Min: min(size.Min, s.Min), Max: max(size.Max, s.Max)}
	}
	return size
}

func side(s ir.Side) code {
	if s == ir.Responder {
		return qual(flowPath, "Responder")
	}
	return qual(flowPath, "Initiator")
}

// duration is a time.Duration in the largest unit that fits.
func (g *gen) duration(ns int64) code {
	for _, u := range []struct {
		name string
		n    int64
	}{{"Hour", 3600e9}, {"Minute", 60e9}, {"Second", 1e9}, {"Millisecond", 1e6}, {"Microsecond", 1e3}} {
		if ns != 0 && ns%u.n == 0 {
			if ns == u.n {
				return qual("time", u.name)
			}
			return number(ir.I(ns/u.n), 10).Op("*").Add(qual("time", u.name))
		}
	}
	return number(ir.I(ns), 10)
}

func (g *gen) detectTest(t ir.DetectTest) code {
	var d []any
	if t.Width != 0 {
		d = append(d, "Offset", lit(t.Offset), "Width", lit(t.Width))
		if t.Little {
			d = append(d, "Little", jen.True())
		}
		d = append(d, "Mask", number(ir.U(t.Mask), 16))
	}
	if t.Op == "in" {
		var rs []jen.Code
		for _, r := range t.Set {
			rs = append(rs, keyed("First", number(ir.U(r.First), 10), "Last", number(ir.U(r.Last), 10)))
		}
		return keyed(append(d, "Set", jen.Index().Add(datagram("ValueRange")).Values(rs...))...)
	}
	name := map[string]string{
		"==": "Equal", "!=": "NotEqual", "<": "Less", "<=": "LessEqual", ">": "Greater", ">=": "GreaterEqual",
	}[t.Op]
	if name == "" {
		panic(unsafeError{"detect: unknown operator " + quote(t.Op)})
	}
	if t.OfLen {
		d = append(d, "Op", datagram(name), "OfLength", jen.True())
		if t.Plus != 0 {
			d = append(d, "Plus", lit(int(t.Plus)))
		}
		return keyed(d...)
	}
	base := 10
	if t.Width != 0 {
		base = 16
	}
	return keyed(append(d, "Op", datagram(name), "Value", number(ir.U(t.Value), base))...)
}

func (g *gen) reasons() {
	q := g.p.IR
	var defs []jen.Code
	for i, r := range q.Reasons {
		d := id(g.p.Reasons[i])
		if i == 0 {
			d = d.Add(datagram("Reason")).Op("=").Add(datagram("FirstReason")).Op("+").Iota()
		}
		defs = append(defs, g.withDoc(d, r.Doc)...)
	}
	if len(defs) > 0 {
		g.add(comment("Reasons for which a datagram of " + q.Name + " is poison, besides the built-in ones.")...)
		g.decl(jen.Const().Defs(defs...))
	}
	defs = nil
	for i, n := range q.Notes {
		d := id(g.p.Notes[i])
		if i == 0 {
			d = d.Op("=").Iota()
		}
		defs = append(defs, g.withDoc(d, n.Doc)...)
	}
	if len(defs) > 0 {
		g.add(comment("What is noted of messages that are odd but valid: bit numbers of Status.Notes.")...)
		g.decl(jen.Const().Defs(defs...))
	}
}

func (g *gen) specConsts() {
	var defs []jen.Code
	for i, c := range g.p.IR.Consts {
		if g.p.Consts[i] == "" {
			continue
		}
		base := 10
		if c.Value.Cmp(ir.I(1<<16)) >= 0 && c.Value.BitLen() > 24 {
			base = 16
		}
		defs = append(defs, g.withDoc(id(g.p.Consts[i]).Op("=").Add(number(c.Value, base)), c.Doc)...)
	}
	if len(defs) > 0 {
		g.add(comment("Constants of the spec.")...)
		g.decl(jen.Const().Defs(defs...))
	}
}

// fieldConsts numbers the fields that a status may point to.
func (g *gen) fieldConsts() {
	var defs []jen.Code
	for _, n := range g.p.UsedFields() {
		defs = append(defs, id(g.p.FieldConst(n)).Op("=").Add(lit(n)))
	}
	if len(defs) > 0 {
		g.add(comment("Numbers of fields, as in Desc.Fields.")...)
		g.decl(jen.Const().Defs(defs...))
	}
}

// stateful says whether parsers remember anything.
func (g *gen) stateful() bool { return !g.p.IR.State.Stateless() }

// readerType is what parse methods share.
func (g *gen) readerType() code {
	if g.hasPool() || g.remembers() || g.hasDepth() {
		return id(g.p.ReaderType)
	}
	return wire("Reader")
}

// hasDepth says whether nested values are counted.
func (g *gen) hasDepth() bool {
	for _, s := range g.p.Structs {
		if s.DepthName != "" {
			return true
		}
	}
	return false
}

// hasJumps says whether jumps are counted.
func (g *gen) hasJumps() bool {
	for _, c := range g.p.Chains {
		if c.IR.HasGoto {
			return true
		}
	}
	found := false
	for _, s := range g.p.Structs {
		plan.Reads(s.IR.Body, func(r *ir.Read) { found = found || r.Place != nil && r.Place.At != nil })
	}
	return found
}

func (g *gen) parserDecl() {
	q := g.p.IR
	st := &q.State
	var fields []jen.Code
	if st.Bytes {
		fields = append(fields, id("bytes").Index(lit(2)).Int64().Comment("// payload bytes of the flow, by sender"))
	}
	if st.Datagrams {
		fields = append(fields, id("datagrams").Index(lit(2)).Int64().Comment("// datagrams of the flow, by sender"))
	}
	if st.Malformed {
		fields = append(fields, id("malformed").Index(lit(2)).Int64().Comment("// poison verdicts in a row, by sender"))
	}
	for _, l := range st.Last {
		f := l.Path[len(l.Path)-1]
		if l.BySender {
			fields = append(fields,
				id(g.lasts[l]+"Value").Index(lit(2)).Add(g.typeOf(f.Type)).Comment(commentLines(f.Name + " of the previous message, by sender")[0]),
				id(g.lasts[l]+"Known").Index(lit(2)).Bool())
			continue
		}
		fields = append(fields,
			id(g.lasts[l]+"Value").Add(g.typeOf(f.Type)).Comment(commentLines(f.Name + " of the previous message")[0]),
			id(g.lasts[l]+"Known").Bool())
	}
	for _, c := range st.Counters {
		fields = append(fields, g.withDoc(id(g.counters[c]).Uint32(), c.Doc)...)
	}
	fields = append(fields, g.parserTables()...)
	text := g.p.ParserType + " parses the datagrams of one flow. Its zero value is ready for use. It is not safe for concurrent use."
	if g.p.HostType != "" && q.State.Stateless() {
		text = g.p.ParserType + " parses datagrams. It remembers things of the hosts that send them, and nothing of flows: one serves any number of them. Its zero value is ready. It is not safe for concurrent use."
	} else if q.State.Stateless() {
		text = g.p.ParserType + " parses datagrams. It remembers nothing between them: one serves any number of flows. Its zero value is ready."
	}
	g.add(comment(wrap(text, 110))...)
	g.decl(jen.Type().Add(id(g.p.ParserType)).Struct(fields...))
	for _, l := range st.Last {
		f := l.Path[len(l.Path)-1]
		t := typeBool
		if _, isBool := f.Type.(*ir.BoolType); !isBool {
			t = workType(l.Range)
		}
		g.lastDecl(l, t)
	}
	g.resetDecl()
	g.parseFuncs()
	if g.hasPool() || g.remembers() || g.hasDepth() {
		g.readerDecl()
	}
	g.tableDecls()
}

func (g *gen) lastDecl(l *ir.LastVar, t goType) {
	name := g.lasts[l]
	v, known := id("p").Dot(name+"Value"), id("p").Dot(name+"Known")
	params, of := []jen.Code{id("or").Add(t.code())}, ""
	if l.BySender {
		v, known = v.Index(id("side").Op("&").Add(lit(1))), known.Index(id("side").Op("&").Add(lit(1)))
		params, of = append([]jen.Code{id("side").Add(qual(flowPath, "Side"))}, params...), " of a side"
	}
	if t.isInt {
		v = t.code().Call(v)
	}
	g.add(comment(name + " is the value in the previous message" + of + ", or or.")...)
	g.decl(jen.Func().Params(id("p").Op("*").Add(id(g.p.ParserType))).Add(id(name)).Params(params...).Add(t.code()).Block(
		jen.If(known).Block(jen.Return(v)),
		jen.Return(id("or")),
	))
}

func (g *gen) readerDecl() {
	fields := []jen.Code{wire("Reader")}
	if g.hasPool() {
		fields = append(fields, id("pool").Op("*").Add(id(g.p.PoolType)))
	}
	if g.p.HostType != "" {
		fields = append(fields, id("host").Op("*").Add(g.hostsType("Host")).Comment("// the sender, once it was asked for"))
	}
	if g.remembers() {
		fields = append(fields, id("p").Op("*").Add(id(g.p.ParserType)))
	}
	for _, s := range g.p.Structs {
		if s.DepthName != "" {
			fields = append(fields, id(s.DepthName).Int().Comment(commentLines("values of " + s.Name + " being read")[0]))
		}
	}
	g.add(comment(g.p.ReaderType + " is what the parse methods share while they read a datagram.")...)
	g.decl(jen.Type().Add(id(g.p.ReaderType)).Struct(fields...))
	if !g.hasPool() {
		return
	}
	var pool, reset, arenas []jen.Code
	for _, a := range g.p.Arenas {
		pool = append(pool, id(a.Name).Add(wire("Arena")).Index(id(a.Of.Name)))
		arenas = append(arenas, id("s").Dot(a.Name).Dot("Reset").Call())
	}
	if len(arenas) > 0 {
		pool = append([]jen.Code{id("used").Bool().Comment("// one of the arenas is")}, pool...)
		arenas = append(arenas, id("s").Dot("used").Op("=").False())
		reset = append(reset, jen.If(id("s").Dot("used")).Block(arenas...))
	}
	for _, s := range g.p.Slabs {
		if s.Levels {
			pool = append(pool, id(s.Name).Add(wire("Levels")).Index(g.typeOf(s.Elem)))
			reset = append(reset, id("s").Dot(s.Name).Dot("Reset").Call())
			continue
		}
		pool = append(pool, id(s.Name).Index().Add(g.typeOf(s.Elem)))
		reset = append(reset, id("s").Dot(s.Name).Op("=").Id("s").Dot(s.Name).Index(op(":").Add(lit(0))))
	}
	g.add(comment(wrap(g.p.PoolType+" is the storage of a message for what its elements own. It is used again for every datagram.", 110))...)
	g.decl(jen.Type().Add(id(g.p.PoolType)).Struct(pool...))
	g.decl(jen.Func().Params(id("s").Op("*").Add(id(g.p.PoolType))).Id("reset").Params().Block(reset...))
}

// parseFuncs writes Parse, one method per entry type, and ParseMessage.
func (g *gen) parseFuncs() {
	recv := func() code { return id("p").Op("*").Add(id(g.p.ParserType)) }
	params := func(t string) []jen.Code {
		return []jen.Code{id("b").Index().Byte(), id("meta").Op("*").Add(datagram("Meta")), id("m").Op("*").Add(id(t))}
	}
	if g.p.Union {
		var cases []jen.Code
		for i, e := range g.p.IR.Entries {
			s := g.p.Struct(e.Type)
			cases = append(cases, jen.Case(side(e.From)).Block(
				id("m").Dot("which").Op("=").Add(lit(i+1)),
				jen.Return(id("p").Dot("Parse"+s.Name).Call(id("b"), id("meta"), op("&").Id("m").Dot(unionField(s)))),
			))
		}
		g.add(comment("Parse parses a datagram of either side into m.")...)
		g.decl(jen.Func().Params(recv()).Id("Parse").Params(params(g.p.Root)...).Add(datagram("Status")).Block(
			id("m").Dot("which").Op("=").Add(lit(0)),
			jen.Switch(id("meta").Dot("Side")).Block(cases...),
			jen.Return(datagram("Detail").Values(id("Code").Op(":").Add(datagram("Reject"))).Dot("Status").Call()),
		))
	}
	for _, s := range g.p.Entries {
		name := "Parse"
		text := "Parse parses a datagram into m, which may have been used before. It does not keep b, but m refers to it."
		if g.p.Union {
			name = "Parse" + s.Name
			text = name + " parses a datagram that is a " + s.Name + " into m, which may have been used before. It does not keep b,\nbut m refers to it."
		}
		g.add(comment(text)...)
		g.decl(jen.Func().Params(recv()).Add(id(name)).Params(params(s.Name)...).Add(datagram("Status")).Block(g.parseBody(s)...))
	}
	g.add(comment("ParseMessage is Parse for code that handles parsers of any protocol. m must be a *" + g.p.Root + ".")...)
	g.decl(jen.Func().Params(recv()).Id("ParseMessage").Params(
		id("b").Index().Byte(), id("meta").Op("*").Add(datagram("Meta")), id("m").Add(datagram("Message")),
	).Add(datagram("Status")).Block(
		jen.Return(id("p").Dot("Parse").Call(id("b"), id("meta"), id("m").Assert(op("*").Add(id(g.p.Root)))))))
}

func unionField(s *plan.Struct) string {
	n := names.Lower(s.Name)
	if !names.IsIdent(n) || n == "which" {
		n += "Message"
	}
	return n
}

func (g *gen) parseBody(s *plan.Struct) []jen.Code {
	st := &g.p.IR.State
	body := []jen.Code{id("data").Op(":=").Add(wire("Clip")).Call(id("b"))}
	if st.Bytes {
		body = append(body, id("p").Dot("bytes").Index(id("meta").Dot("Side").Op("&").Add(lit(1))).Op("+=").Int64().Call(lenOf(id("b")).c))
	}
	if st.Datagrams {
		body = append(body, id("p").Dot("datagrams").Index(id("meta").Dot("Side").Op("&").Add(lit(1))).Op("++"))
	}
	if g.flowClock() {
		body = append(body, id("p").Dot("now").Op("=").Id("p").Dot("clock").Dot("Observe").Call(id("meta").Dot("Time")))
		body = append(body, g.countRates()...)
	}
	// Not a composite literal: the compiler would make it elsewhere and copy it.
	body = append(body, jen.Var().Id("d").Add(g.readerType()))
	left := id("d").Dot("Data").Op(",").Id("d").Dot("Meta")
	right := id("data").Op(",").Id("meta")
	if g.hasJumps() {
		left, right = left.Op(",").Id("d").Dot("Jumps"), right.Op(",").Add(number(ir.I(g.p.IR.Jumps), 10))
	}
	body = append(body, left.Op("=").Add(right))
	for _, e := range g.p.IR.Entries {
		if e.Type == s.IR && e.From != ir.AnySide && len(g.p.IR.Entries) == 1 {
			// The datagram has counted, and may have been cut, as any other.
			body = append(body, jen.If(id("meta").Dot("Side").Op("!=").Add(side(e.From))).Block(
				id("d").Dot("Status").Dot("Code").Op("=").Add(datagram("Reject")),
				jen.Return(id("d").Dot("Finish").Call(id("b")))))
		}
	}
	if g.remembers() {
		body = append(body, id("d").Dot("p").Op("=").Id("p"))
	}
	body = append(body, id("m").Dot(s.DataName).Op("=").Id("data"))
	if g.hasPool() {
		body = append(body, id("d").Dot("pool").Op("=").Op("&").Id("m").Dot(s.PoolName))
		body = append(body, id("m").Dot(s.PoolName).Dot("reset").Call())
	}
	parsed := func() *jen.Statement { return id("m").Dot("parse").Call(op("&").Id("d"), id("data"), lit(0)) }
	remember := g.remember(s)
	if remember == nil && len(s.IR.After) == 0 && !s.IR.Tentative {
		return append(body,
			jen.If(parsed().Op("<").Add(lit(0))).Block(jen.Return(id("d").Dot("Finish").Call(id("b")))),
			jen.If(id("d").Dot("Cut").Call(id("b"))).Block(jen.Return(id("d").Dot("DoneCut").Call(id("b")))),
			jen.Return(id("d").Dot("Done").Call()))
	}
	done := []jen.Code{
		id("d").Dot("Status").Dot("Complete").Op(",").Id("d").Dot("Status").Dot("Confirmed").Op("=").True().Op(",").True(),
	}
	if s.IR.Tentative {
		done[0] = id("d").Dot("Status").Dot("Complete").Op("=").True()
	}
	if len(s.IR.After) > 0 {
		done = append(done, id("m").Dot("after").Call(op("&").Id("d"), id("data"), lenOf(id("data")).c))
	}
	body = append(body, jen.If(parsed().Op(">=").Add(lit(0))).Block(done...))
	finish := id("d").Dot("Finish").Call(id("b"))
	if remember == nil {
		return append(body, jen.Return(finish))
	}
	body = append(body, id("s").Op(":=").Add(finish))
	return append(append(body, remember...), jen.Return(id("s")))
}

// remember updates what the parser keeps once the verdict is known.
func (g *gen) remember(s *plan.Struct) []jen.Code {
	st := &g.p.IR.State
	var out, done []jen.Code
	if st.Malformed {
		at := func() code { return id("p").Dot("malformed").Index(id("meta").Dot("Side").Op("&").Add(lit(1))) }
		out = append(out, jen.Switch(id("s").Dot("Code").Call()).Block(
			jen.Case(datagram("OK")).Block(at().Op("=").Add(lit(0))),
			jen.Case(datagram("Poison")).Block(at().Op("++"))))
	}
	for _, l := range st.Last {
		if l.Entry.Type != s.IR {
			continue
		}
		x := atom(id("m"))
		var t ir.Type = s.IR
		for _, f := range l.Path {
			switch ct := t.(type) {
			case *ir.Struct:
				x = g.stored(x, g.p.Struct(ct).Store[f], f)
			case *ir.Bits:
				x = g.bitAccess(x, ct, f)
			}
			t = f.Type
		}
		v, known := id("p").Dot(g.lasts[l]+"Value"), id("p").Dot(g.lasts[l]+"Known")
		if l.BySender {
			at := func() code { return id("meta").Dot("Side").Op("&").Add(lit(1)) }
			v, known = v.Index(at()), known.Index(at())
		}
		done = append(done, v.Op(",").Add(known).Op("=").Add(x.c).Op(",").True())
	}
	if len(done) > 0 {
		out = append(out, jen.If(id("s").Dot("Complete").Call()).Block(done...))
	}
	return out
}

// afterDecl writes the rules that run on a complete message.
func (g *gen) afterDecl(s *plan.Struct) {
	if len(s.IR.After) == 0 {
		return
	}
	f := g.newFn(s, s.Store, s.Locals)
	f.steps(s.After)
	if !f.dead {
		f.add(jen.Return(f.pos(0).c))
	}
	g.flushTables()
	g.add(comment("after runs the rules on the complete message; off is where it ends.")...)
	g.decl(jen.Func().Params(id("m").Op("*").Add(id(s.Name))).Id("after").Params(
		id("d").Op("*").Add(g.readerType()), id("b").Index().Byte(), id("off").Int()).Int().Block(f.out...))
}

// unionDecl writes the root of a protocol whose sides send different messages.
func (g *gen) unionDecl() {
	if !g.p.Union {
		return
	}
	fields := []jen.Code{id("which").Uint8().Comment("// the number of the side's entry, 0 before the first Parse")}
	var show, clones []jen.Code
	for i, e := range g.p.IR.Entries {
		s := g.p.Struct(e.Type)
		fields = append(fields, id(unionField(s)).Add(id(s.Name)))
		show = append(show, jen.Case(lit(i+1)).Block(jen.Return(id("m").Dot(unionField(s)).Dot("AppendJSON").Call(id("dst")))))
		clones = append(clones, jen.Case(lit(i+1)).Block(
			id("c").Dot(unionField(s)).Op("=").Op("*").Id("m").Dot(unionField(s)).Dot("Clone").Call()))
	}
	recv := func() code { return id("m").Op("*").Add(id(g.p.Root)) }
	g.add(comment(g.p.Root + " is a message of either side.")...)
	g.decl(jen.Type().Add(id(g.p.Root)).Struct(fields...))
	scope := names.NewScope("AppendJSON", "Clone", "CloneMessage")
	for i, e := range g.p.IR.Entries {
		s := g.p.Struct(e.Type)
		n := scope.Take(s.Name, "Message")
		g.unionAccessor = append(g.unionAccessor, n)
		g.add(comment(n + " returns the message if it is a " + s.Name + ".")...)
		g.decl(jen.Func().Params(recv()).Add(id(n)).Params().Params(op("*").Add(id(s.Name)), jen.Bool()).Block(
			jen.If(id("m").Dot("which").Op("!=").Add(lit(i+1))).Block(jen.Return(jen.Nil(), jen.False())),
			jen.Return(op("&").Id("m").Dot(unionField(s)), jen.True()),
		))
	}
	g.add(comment("AppendJSON appends the side's message as a JSON object.")...)
	g.decl(jen.Func().Params(recv()).Id("AppendJSON").Params(id("dst").Index().Byte()).Index().Byte().Block(
		jen.Switch(id("m").Dot("which")).Block(show...),
		jen.Return(jen.Append(id("dst"), str("{}").Op("...")))))
	g.add(comment("Clone returns a deep copy that shares nothing with the datagram or the message.")...)
	g.decl(jen.Func().Params(recv()).Id("Clone").Params().Op("*").Add(id(g.p.Root)).Block(
		id("c").Op(":=").Op("&").Add(id(g.p.Root)).Values(id("which").Op(":").Id("m").Dot("which")),
		jen.Switch(id("m").Dot("which")).Block(clones...),
		jen.Return(id("c"))))
	g.add(comment("CloneMessage is Clone for code that handles messages of any protocol.")...)
	g.decl(jen.Func().Params(recv()).Id("CloneMessage").Params().Add(datagram("Message")).Block(
		jen.Return(id("m").Dot("Clone").Call())))
}
