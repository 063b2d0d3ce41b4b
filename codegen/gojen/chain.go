package gojen

import (
	"github.com/dave/jennifer/jen"

	"github.com/flowscope/fsd/codegen/plan"
	"github.com/flowscope/fsd/dsl/ir"
)

// chainState is what the function that parses or walks a chain keeps.
type chainState struct {
	plan *plan.Chain
	ir   *ir.Chain
	// used facts and statements
	total, start, ends bool
	// direct: each way through a step ends the loop, jumps, or falls off its end, so that no variable has to say which.
	// tail are the rules that every way runs at its end.
	direct bool
	tail   []plan.Step
	kind   wayKind
	// each writes what a walk does with an item; nil hands it to yield.
	each func(item expr)
}

// wayKind is what a way through a step does.
type wayKind uint8

const (
	wayOther wayKind = iota
	wayItem
	wayEnd
	wayGoto
	wayFails
)

// split finds out whether a step is some reads and then ways that each do one thing, followed by rules.
func (s *chainState) split() (before []plan.Step, fork plan.Step) {
	steps := s.plan.Steps
	n := len(steps)
	for n > 0 && isRule(steps[n-1]) {
		n--
	}
	if n == 0 {
		return nil, nil
	}
	for _, st := range steps[:n-1] {
		if kindOf([]plan.Step{st}) != wayOther || hasWay(st) {
			return nil, nil
		}
	}
	var ways [][]plan.Step
	switch st := steps[n-1].(type) {
	case *plan.If:
		ways = [][]plan.Step{st.Then, st.Else}
	case *plan.Switch:
		if st.IR.Window != nil {
			return nil, nil
		}
		ways = append(ways, st.Cases...)
		if st.Default != nil {
			ways = append(ways, st.Default)
		}
	default:
		return nil, nil
	}
	for _, w := range ways {
		if kindOf(w) == wayOther {
			return nil, nil
		}
	}
	s.direct, s.tail = true, steps[n:]
	return steps[:n-1], steps[n-1]
}

func isRule(s plan.Step) bool {
	st, ok := s.(*plan.Stmt)
	if !ok {
		return false
	}
	_, ok = st.IR.(*ir.Rule)
	return ok
}

// hasWay says whether a step holds an item, goto or end.
func hasWay(s plan.Step) bool {
	switch s := s.(type) {
	case *plan.Stmt:
		switch s.IR.(type) {
		case *ir.Item, *ir.Goto, *ir.End:
			return true
		}
	case *plan.If:
		return anyWay(s.Then) || anyWay(s.Else)
	case *plan.Switch:
		for _, c := range s.Cases {
			if anyWay(c) {
				return true
			}
		}
		return anyWay(s.Default)
	}
	return false
}

func anyWay(steps []plan.Step) bool {
	for _, s := range steps {
		if hasWay(s) {
			return true
		}
	}
	return false
}

// kindOf is what a block does if that is one thing, and nothing is read behind an item or end.
func kindOf(steps []plan.Step) wayKind {
	kind := wayOther
	for _, s := range steps {
		st, ok := s.(*plan.Stmt)
		if !ok {
			if hasWay(s) || kind == wayItem || kind == wayEnd {
				return wayOther
			}
			continue
		}
		one := wayOther
		switch x := st.IR.(type) {
		case *ir.Item:
			one = wayItem
		case *ir.End:
			one = wayEnd
		case *ir.Goto:
			one = wayGoto
		case *ir.Rule:
			if x.When == nil && x.Do.Kind != ir.DoNote {
				one = wayFails
			}
		case *ir.Read:
			if kind == wayItem || kind == wayEnd {
				return wayOther
			}
		}
		if one == wayFails {
			if kind == wayOther {
				kind = wayFails
			}
			return kind
		}
		if one != wayOther {
			if kind != wayOther {
				return wayOther
			}
			kind = one
		}
	}
	return kind
}

func newChainState(c *plan.Chain, iterate bool) *chainState {
	s := &chainState{plan: c, ir: c.IR}
	plan.Stmts(c.IR.Body, func(st ir.Stmt) {
		if _, ok := st.(*ir.End); ok {
			s.ends = true
		}
		plan.Exprs(st, !iterate, func(e ir.Expr) {
			if fact, ok := e.(*ir.Fact); ok {
				s.total = s.total || fact.Fact == ir.Total
				s.start = s.start || fact.Fact == ir.Start
			}
		})
	})
	return s
}

// chainFn makes the function writer for a chain.
func (g *gen) chainFn(c *plan.Chain, iterate bool) *fn {
	f := g.newFn(nil, c.Store, c.Locals)
	for i, prm := range c.IR.Params {
		f.env.params[prm] = c.Params[i]
	}
	f.env.kept = true
	f.chain = newChainState(c, iterate)
	f.iterate = iterate
	return f
}

// chainLoop writes the loop over the steps of a chain. data is the expression for the whole datagram.
func (f *fn) chainLoop(data code, loop *jen.Statement) {
	s := f.chain
	before, fork := s.split()
	if s.start {
		f.add(id("start").Op(":=").Id("off"))
	}
	if s.total && s.direct {
		f.add(id("total").Op(":=").Add(lit(0)))
	} else if s.total {
		f.add(id("sum").Op(":=").Add(lit(0)))
	}
	body, _ := f.block(func() {
		if !f.iterate && f.needsStep() || s.total {
			f.add(id("step").Op(":=").Id("off"))
		}
		if s.direct {
			f.steps(before)
			f.fork(fork, data)
			return
		}
		f.flagged(data)
	})
	f.add(loop.Block(body...))
}

// fork writes the ways of a step, each with its end.
func (f *fn) fork(s plan.Step, data code) {
	way := func(steps []plan.Step) func() {
		return func() {
			f.chain.kind = kindOf(steps)
			f.steps(steps)
			f.steps(f.chain.tail)
			if f.dead {
				return
			}
			f.flush()
			switch f.chain.kind {
			case wayEnd:
				f.leave()
			case wayGoto:
				f.add(f.jumped(data)...)
			}
		}
	}
	f.flush()
	switch s := s.(type) {
	case *plan.If:
		then, dead := f.block(way(s.Then))
		els, _ := f.block(way(s.Else))
		if dead {
			f.add(jen.If(f.cond(s.IR.Cond)).Block(then...))
			f.add(els...)
		} else {
			f.add(jen.If(f.cond(s.IR.Cond)).Block(then...).Else().Block(els...))
		}
	case *plan.Switch:
		f.ways = way
		f.choose(s)
		f.ways = nil
	}
	f.dead = true // what follows has been written
}

// leave ends the function behind the last step.
func (f *fn) leave() {
	switch {
	case f.iterate:
		f.add(jen.Return())
	case f.chain.ir.HasGoto:
		f.add(jen.If(id("next").Op(">=").Add(lit(0))).Block(jen.Return(id("next"))), jen.Return(id("off")))
	default:
		f.add(jen.Return(id("off")))
	}
	f.dead = true
}

// jumped moves the position to the target of a goto.
func (f *fn) jumped(data code) []jen.Code {
	var cs []jen.Code
	if !f.iterate {
		cs = append(cs, jen.If(id("next").Op("<").Add(lit(0))).Block(id("next").Op("=").Id("off")))
	}
	if f.chain.start {
		return append(cs, id("off").Op(",").Id("start").Op(",").Id(f.win).Op("=").Id("target").Op(",").Id("target").Op(",").Add(data))
	}
	return append(cs, id("off").Op(",").Id(f.win).Op("=").Id("target").Op(",").Add(data))
}

// flagged writes a step of which variables say how it ends.
func (f *fn) flagged(data code) {
	s := f.chain
	if s.total {
		f.add(id("total").Op(":=").Id("sum"))
	}
	if s.ir.HasGoto {
		f.add(id("target").Op(":=").Op("-").Add(lit(1)))
	}
	if s.ends {
		f.add(id("last").Op(":=").False())
	}
	f.steps(s.plan.Steps)
	if f.dead {
		return
	}
	f.flush()
	if s.ends {
		leave, _ := f.block(f.leave)
		f.add(jen.If(id("last")).Block(leave...))
	}
	if s.ir.HasGoto {
		jump := f.jumped(data)
		if s.total {
			jump = append(jump, jen.Continue())
		}
		f.add(jen.If(id("target").Op(">=").Add(lit(0))).Block(jump...))
	}
	if s.total {
		f.add(id("sum").Op("+=").Id("off").Op("-").Id("step"))
	}
}

// needsStep says whether the start of a step is needed.
func (f *fn) needsStep() bool {
	c := f.chain.ir
	return c.ItemsReason >= 0 || c.JumpsReason >= 0 || c.HasGoto || f.chain.total
}

// end makes the current step the last.
func (s *chainState) end(f *fn) {
	f.flush()
	if !s.direct {
		f.add(id("last").Op("=").True())
	}
	s.count(f)
}

// count brings the fact total up to the position.
func (s *chainState) count(f *fn) {
	switch {
	case !s.total:
	case s.direct:
		f.flush()
		f.add(id("total").Op("+=").Id("off").Op("-").Id("step"))
	default:
		f.flush()
		f.add(id("total").Op("=").Id("sum").Op("+").Id("off").Op("-").Id("step"))
	}
}

// item reads an item.
func (f *fn) item(s *ir.Item) {
	c := f.chain
	if c == nil {
		panic(unsafeError{"item outside of a chain"})
	}
	if f.iterate {
		// The item is handed out behind its reading, where its value is known.
		f.flush()
		self := f.itemValue(s.Read)
		f.flush()
		if c.each != nil {
			c.each(self)
			return
		}
		f.add(jen.If(op("!").Id("yield").Call(self.c)).Block(jen.Return()))
		return
	}
	f.flush()
	if c.ir.ItemsReason >= 0 {
		f.add(jen.If(id("items").Op("==").Add(lit(int(c.ir.MaxItems)))).Block(
			f.fail("Poison", f.reason(ir.FirstReason+c.ir.ItemsReason), f.fieldID(c.ir.FieldID), id("step"))))
		f.add(id("items").Op("++"))
	}
	f.read(s.Read)
	c.count(f)
}

// itemValue reads an item of a walk and returns its value.
func (f *fn) itemValue(r *ir.Read) expr {
	if r.Window != nil {
		win := f.open(r.Window, r.Field.ID)
		v := f.value(r)
		f.close(win, r.Window, r.Field.ID, nil)
		return v
	}
	return f.value(r)
}

// jump sets the position of the next step.
func (f *fn) jump(s *ir.Goto) {
	c := f.chain
	if c == nil {
		panic(unsafeError{"goto outside of a chain"})
	}
	// A walk that goes on elsewhere at once has no use for the position here.
	leaves := f.iterate && c.direct
	if !leaves {
		f.flush()
	}
	t := workType(s.Target.Range())
	if t != typeInt {
		panic(unsafeError{"the target of a goto may exceed the datagram"})
	}
	assign := "="
	if c.direct {
		assign = ":="
	}
	f.add(id("target").Op(assign).Add(f.env.value(s.Target, t).c))
	if leaves {
		f.delta = 0
	}
	if f.iterate {
		return
	}
	old := *f.env
	it := typeInt
	f.env.self, f.env.selfType, f.env.selfGo = atom(id("target")), &ir.IntType{Bits: 32}, &it
	f.checks(s.Checks, c.ir.FieldID, id("step"))
	f.env.self, f.env.selfType, f.env.selfGo = old.self, old.selfType, old.selfGo
	if c.ir.JumpsReason >= 0 {
		f.add(jen.If(id("jumps").Op("==").Add(lit(int(c.ir.MaxJumps)))).Block(
			f.fail("Poison", f.reason(ir.FirstReason+c.ir.JumpsReason), f.fieldID(c.ir.FieldID), id("step"))))
		f.add(id("jumps").Op("++"))
	}
	f.add(jen.If(id("d").Dot("Jumps").Op("==").Add(lit(0))).Block(
		f.fail("Poison", datagram("JumpLimit"), f.fieldID(c.ir.FieldID), id("step"))))
	f.add(id("d").Dot("Jumps").Op("--"))
}

// chainDecl writes the type of a chain and its methods.
func (g *gen) chainDecl(c *plan.Chain) {
	t := c.IR
	g.docType(c.Name, t.Doc, "is a list of items that may go on elsewhere in the datagram.",
		"It is a view: valid as long as the message.")
	fields := []jen.Code{id("data").Index().Byte(), id("offset").Op(",").Id("end").Uint16()}
	for i, prm := range t.Params {
		fields = append(fields, id(c.Params[i]).Add(g.typeOf(prm.Type)))
	}
	g.decl(jen.Type().Add(id(c.Name)).Struct(fields...))
	g.chainParse(c)
	g.chainItems(c)
	g.chainText(c)
	if g.hasClone(t) {
		g.decl(jen.Func().Params(id("c").Add(id(c.Name))).Id("clone").Params(id("from").Op(",").Id("to").Index().Byte()).Add(id(c.Name)).Block(
			id("c").Dot("data").Op("=").Add(wire("Rebase")).Call(id("c").Dot("data"), id("from"), id("to")),
			jen.Return(id("c")),
		))
	}
}

func (g *gen) chainParse(c *plan.Chain) {
	f := g.chainFn(c, false)
	f.env.recv = "c"
	f.env.state = g.state()
	params := []jen.Code{id("d").Op("*").Add(g.readerType()), id("b").Index().Byte(), id("off").Int()}
	parts := []any{"data", id("d").Dot("Data"), "offset", jen.Uint16().Call(id("off")), "end", jen.Uint16().Call(lenOf(id("b")).c)}
	for i, prm := range c.IR.Params {
		name := c.Locals.Take(c.Params[i], "Param")
		params = append(params, id(name).Add(g.typeOf(prm.Type)))
		parts = append(parts, c.Params[i], id(name))
	}
	f.add(op("*").Id("c").Op("=").Add(id(c.Name)).Add(keyed(parts...)))
	if c.IR.HasGoto {
		f.add(id("next").Op(":=").Op("-").Add(lit(1)))
	}
	if c.IR.ItemsReason >= 0 {
		f.add(id("items").Op(":=").Add(lit(0)))
	}
	if c.IR.HasGoto && c.IR.JumpsReason >= 0 {
		f.add(id("jumps").Op(":=").Add(lit(0)))
	}
	f.chainLoop(id("d").Dot("Data"), jen.For())
	g.decl(jen.Func().Params(id("c").Op("*").Add(id(c.Name))).Id("parse").Params(params...).Int().Block(f.out...))
}

// itemType is the Go type of an item as handed out.
func (g *gen) itemType(c *plan.Chain) code {
	if _, ok := c.IR.Item.Type.(*ir.Struct); ok {
		panic(unsafeError{"chain " + c.Name + ": items that are structs have no Go form yet"})
	}
	return g.typeOf(c.IR.Item.Type)
}

func (g *gen) chainItems(c *plan.Chain) {
	f := g.chainFn(c, true)
	g.chainWalk(c, f)
	g.add(comment("Items hands the items to yield, in order, until it returns false. Items are views of the datagram.")...)
	g.decl(jen.Func().Params(id("c").Add(id(c.Name))).Id("Items").Params(
		id("yield").Func().Params(g.itemType(c)).Bool()).Block(f.out...))
}

// chainWalk writes the loop over the items of a chain that was parsed.
func (g *gen) chainWalk(c *plan.Chain, f *fn) {
	f.env.recv = "c"
	f.add(id("b").Op(",").Id("off").Op(":=").Id("c").Dot("data").Index(op(":").Id("c").Dot("end")).Op(",").Int().Call(id("c").Dot("offset")))
	steps := c.IR.MaxItems + 1
	if c.IR.HasGoto {
		steps += max(c.IR.MaxJumps, 0)
	}
	if c.IR.MaxItems < 0 {
		steps = ir.MaxDatagram
	}
	f.chainLoop(id("c").Dot("data"), jen.For(jen.Range().Add(lit(int(steps)))))
}

// chainJSON writes how a chain with a join is shown as JSON. It walks the items itself: records hold many names, and a
// call for each item costs more than the item.
func (g *gen) chainJSON(c *plan.Chain) {
	sep := g.jsonEscaped(c.IR.Join)
	f := g.chainFn(c, true)
	f.add(id("to").Op("=").Id("dst"))
	f.chain.each = func(item expr) {
		f.add(
			jen.If(id("items").Op(">").Add(lit(0))).Block(id("to").Op("=").Append(append([]jen.Code{id("to")}, appendArgs(sep)...)...)),
			id("items").Op("++"),
			id("to").Op("=").Add(wire(itemForm(c.IR))).Call(id("to"), item.c, str(c.IR.Join)))
	}
	g.chainWalk(c, f)
	if !f.dead {
		f.add(jen.Return())
	}
	g.add(comment("AppendJSON appends the text of AppendTo as a JSON string.")...)
	g.decl(jen.Func().Params(id("c").Add(id(c.Name))).Id("AppendJSON").Params(id("dst").Index().Byte()).Index().Byte().Block(
		id("dst").Op(",").Id("items").Op(":=").Id("c").Dot("appendItems").Call(jen.Append(id("dst"), jen.LitRune('"'))),
		jen.If(id("items").Op("==").Add(lit(0))).Block(g.appendText(sep)),
		jen.Return(jen.Append(id("dst"), jen.LitRune('"'))),
	))
	g.add(comment("appendItems appends the items as they stand in a JSON string, and says how many there are.")...)
	g.decl(jen.Func().Params(id("c").Add(id(c.Name))).Id("appendItems").Params(id("dst").Index().Byte()).Params(
		id("to").Index().Byte(), id("items").Int()).Block(f.out...))
}

// itemForm is the function that appends an item, joined to others.
func itemForm(c *ir.Chain) string {
	if t, ok := c.Item.Type.(*ir.BytesType); ok && t.As == ir.AsNBName {
		return "AppendNBItem"
	}
	return "AppendItem"
}

// chainText writes how a chain is shown.
func (g *gen) chainText(c *plan.Chain) {
	recv := func() code { return id("c").Add(id(c.Name)) }
	if !c.IR.HasJoin {
		g.add(comment("AppendJSON appends the items as a JSON array.")...)
		g.decl(jen.Func().Params(recv()).Id("AppendJSON").Params(id("dst").Index().Byte()).Index().Byte().Block(
			id("dst").Op("=").Append(id("dst"), jen.LitRune('[')),
			id("first").Op(":=").True(),
			jen.For(id("item").Op(":=").Range().Id("c").Dot("Items")).Block(append([]jen.Code{
				jen.If(op("!").Id("first")).Block(id("dst").Op("=").Append(id("dst"), jen.LitRune(','))),
				id("first").Op("=").False(),
			}, (&shower{g: g}).inner(func(in *shower) { in.value(atom(id("item")), c.IR.Item.Type) })...)...),
			jen.Return(jen.Append(id("dst"), jen.LitRune(']'))),
		))
		g.add(comment("String returns what AppendJSON appends.")...)
		g.decl(jen.Func().Params(recv()).Id("String").Params().String().Block(
			jen.Return(jen.String().Call(id("c").Dot("AppendJSON").Call(jen.Nil())))))
		return
	}
	join := c.IR.Join
	g.add(comment("AppendTo appends the items as text, joined by " + quote(join) + "; without items that alone. A backslash, and\n" +
		"what of the join stands inside of an item, has a backslash before it; bytes that can not be shown are \\DDD.")...)
	g.decl(jen.Func().Params(recv()).Id("AppendTo").Params(id("dst").Index().Byte()).Index().Byte().Block(
		id("first").Op(":=").True(),
		jen.For(id("item").Op(":=").Range().Id("c").Dot("Items")).Block(
			jen.If(op("!").Id("first")).Block(g.appendText(join)),
			id("first").Op("=").False(),
			id("dst").Op("=").Add(wire(itemForm(c.IR)+"Text")).Call(id("dst"), id("item"), str(join)),
		),
		jen.If(id("first")).Block(g.appendText(join)),
		jen.Return(id("dst")),
	))
	g.add(comment("String returns what AppendTo appends.")...)
	g.decl(jen.Func().Params(recv()).Id("String").Params().String().Block(
		jen.Return(jen.String().Call(id("c").Dot("AppendTo").Call(jen.Nil())))))
	g.add(comment("Equal says whether String returns s, without making it.")...)
	g.decl(jen.Func().Params(recv()).Id("Equal").Params(id("s").String()).Bool().Block(
		jen.Var().Id("buf").Index(lit(256)).Byte(),
		jen.Return(jen.String().Call(id("c").Dot("AppendTo").Call(id("buf").Index(op(":").Add(lit(0))))).Op("==").Id("s")),
	))
	g.chainJSON(c)
}

// appendArgs are the arguments of append for a constant text.
func appendArgs(s string) []jen.Code {
	if len(s) == 1 && s[0] < 0x80 {
		return []jen.Code{jen.LitRune(rune(s[0]))}
	}
	return []jen.Code{str(s).Op("...")}
}
