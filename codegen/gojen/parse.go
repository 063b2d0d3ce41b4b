package gojen

import (
	"strconv"

	"github.com/dave/jennifer/jen"

	"github.com/flowscope/fsd/codegen/names"
	"github.com/flowscope/fsd/codegen/plan"
	"github.com/flowscope/fsd/dsl/ir"
)

// fn is one function that reads a datagram, while it is being written.
type fn struct {
	g   *gen
	env *env
	out []jen.Code
	// win is the slice that ends where the window does; delta is how far the position is ahead of the variable off.
	win   string
	delta int
	// more is what the position is ahead by besides, nil for nothing; atEnd says that it is the end of the window.
	more  *expr
	atEnd bool
	// dead: what follows can not be reached.
	dead bool
	// vars are the variables in sight, by block.
	vars []map[string]bool
	// scope holds the names that variables must not have.
	scope *names.Scope
	// owner is the struct being parsed, nil in a chain.
	owner *plan.Struct
	// chain is the chain being parsed, iterate says that it is only walked again.
	chain   *chainState
	iterate bool
	// ways wraps the branches of the switch that is written next.
	ways func([]plan.Step) func()
	// found: in the step of a chain something was read, so that the position lies in the window.
	found bool
}

func (f *fn) add(cs ...jen.Code) { f.out = append(f.out, cs...) }

// block runs body with a list of its own and returns what it wrote, and whether its end can not be reached.
func (f *fn) block(body func()) (cs []jen.Code, dead bool) {
	outer, win, found := f.out, f.win, f.found
	f.out, f.dead = nil, false
	f.vars = append(f.vars, map[string]bool{})
	body()
	if !f.dead {
		f.flush()
	}
	cs, dead = f.out, f.dead
	f.vars = f.vars[:len(f.vars)-1]
	f.out, f.win, f.dead, f.found = outer, win, false, found
	f.delta, f.more, f.atEnd = 0, nil, false
	return cs, dead
}

// inSight says whether a variable of that name is in sight.
func (f *fn) inSight(name string) bool {
	for _, m := range f.vars {
		if m[name] {
			return true
		}
	}
	return false
}

// variable returns a new name for a variable of the block.
func (f *fn) variable(name string) string {
	n := name
	for i := 2; f.inSight(n); i++ {
		n = name + strconv.Itoa(i)
	}
	f.vars[len(f.vars)-1][n] = true
	return n
}

// flush brings the variable off up to the position.
func (f *fn) flush() {
	off := func() code { return id("off") }
	switch {
	case f.atEnd:
		f.add(off().Op("=").Add(lenOf(id(f.win)).c))
	case f.more != nil:
		x := *f.more
		if f.delta != 0 {
			x = binary(x, "+", atom(lit(f.delta)))
		}
		f.add(off().Op("+=").Add(x.c))
	case f.delta == 1:
		f.add(off().Op("++"))
	case f.delta != 0:
		f.add(off().Op("+=").Add(lit(f.delta)))
	}
	f.delta, f.more, f.atEnd = 0, nil, false
}

// pos is the position plus n as an expression.
func (f *fn) pos(n int) expr {
	x := atom(id("off"))
	if f.atEnd {
		x = lenOf(id(f.win))
	} else if f.more != nil {
		x = binary(x, "+", *f.more)
	}
	if n += f.delta; n != 0 && !f.atEnd {
		return binary(x, "+", atom(lit(n)))
	}
	return x
}

// left is the number of bytes left in the window.
func (f *fn) left() expr {
	if f.atEnd {
		return atom(lit(0))
	}
	if f.lost() {
		return call(wire("Left"), id(f.win), f.pos(0).c)
	}
	return binary(lenOf(id(f.win)), "-", f.pos(0))
}

// lost says that a goto may have led past the end, and nothing was read since.
func (f *fn) lost() bool { return f.chain != nil && f.chain.ir.HasGoto && !f.found }

// fail ends the function with a failure that call records.
func (f *fn) fail(name string, args ...jen.Code) jen.Code {
	if f.iterate {
		return jen.Return()
	}
	return jen.Return(id("d").Dot(name).Call(args...))
}

func (f *fn) failed() jen.Code {
	if f.iterate {
		return jen.Return()
	}
	return jen.Return(op("-").Add(lit(1)))
}

func (f *fn) fieldID(n int) code { return id(f.g.p.FieldConst(n)) }

// reason is a poison reason.
func (f *fn) reason(n int) code {
	if n >= ir.FirstReason {
		return id(f.g.p.Reasons[n-ir.FirstReason])
	}
	return datagram(map[int]string{
		ir.ReasonShort: "Short", ir.ReasonTrailing: "Trailing", ir.ReasonDelimiter: "Delimiter",
		ir.ReasonConstant: "Constant", ir.ReasonNotASCII: "NotASCII", ir.ReasonJumpLimit: "JumpLimit",
		ir.ReasonAlign: "Align", ir.ReasonVarint: "Varint", ir.ReasonNotNumber: "NotNumber",
		ir.ReasonBERTag: "BERTag", ir.ReasonBERLength: "BERLength",
	}[n])
}

// act is what an action does, at a field and an offset; field 0 is none.
func (f *fn) act(a ir.Action, field int, off code) jen.Code {
	fid := code(lit(0))
	if field != 0 {
		fid = f.fieldID(field)
	}
	switch a.Kind {
	case ir.DoNote:
		return id("d").Dot("Note").Call(id(f.g.p.Notes[a.Reason]))
	case ir.DoReject:
		return f.fail("Reject", fid, off)
	}
	return f.fail("Poison", f.reason(a.Reason), fid, off)
}

// steps writes steps until one makes the rest unreachable.
func (f *fn) steps(steps []plan.Step) {
	for _, s := range steps {
		if f.dead {
			return
		}
		switch s := s.(type) {
		case *plan.Run:
			f.run(s)
		case *plan.If:
			f.branch(s)
		case *plan.Switch:
			f.choose(s)
		case *plan.Stmt:
			f.stmt(s.IR)
		}
	}
}

func (f *fn) stmt(s ir.Stmt) {
	switch s := s.(type) {
	case *ir.Read:
		f.read(s)
	case *ir.Let:
		f.let(s)
	case *ir.Rule:
		f.rule(s)
	case *ir.Confirm:
		if !f.iterate {
			f.when(s.When, id("d").Dot("Status").Dot("Confirmed").Op("=").True())
		}
	case *ir.End:
		f.end(s)
	case *ir.Count:
		n := func() code { return f.g.state().Dot(f.g.counterName(s.Counter)) }
		f.when(s.When, n().Op("=").Add(wire("Count")).Call(n()))
	case *ir.Announce:
		f.when(s.When, id("d").Dot("Status").Dot("Expect").Op("|=").Add(lit(1)).Op("<<").Add(lit(s.Index)))
	case *ir.Transact:
		f.transact(s)
	case *ir.Store:
		f.keep(s)
	case *ir.Goto:
		f.jump(s)
	case *ir.Item:
		f.item(s)
	}
}

// when runs a statement if a condition holds; nil is always.
func (f *fn) when(cond ir.Expr, do jen.Code) {
	if cond == nil {
		f.add(do)
		return
	}
	f.add(jen.If(f.cond(cond)).Block(do))
}

// cond is a condition as it stands behind if.
func (f *fn) cond(e ir.Expr) code { return f.env.value(e, goType{}).c }

func (f *fn) let(s *ir.Let) {
	fl := s.Field
	st := f.env.store[fl]
	if st == nil || st.Kind == plan.Nowhere {
		return
	}
	if t, ok := fl.Type.(*ir.StdType); ok {
		f.present(fl)
		f.store(fl, f.shown(t, s.Value))
		return
	}
	if len(s.Checks) > 0 {
		f.checkedLet(s, st)
		return
	}
	if st.Kind == plan.Local {
		if !f.g.used(f)[fl] {
			return
		}
		t := typeBool
		if s.Value.Kind() != ir.Bool {
			t = f.env.natural(s.Value).plain()
			if t.name == "" || !t.rng().Contains(s.Value.Range()) {
				t = workType(s.Value.Range())
			}
		}
		v := f.env.value(s.Value, t)
		if isConstant(s.Value) && t != typeInt {
			v = call(t.code(), v.c)
		}
		f.env.local[fl] = t
		f.vars[len(f.vars)-1][st.Name] = true
		f.add(id(st.Name).Op(":=").Add(v.c))
		return
	}
	f.present(fl)
	t := f.g.valueType(fl.Type)
	f.store(fl, f.env.value(s.Value, t))
}

// checkedLet computes a value that is checked before it is kept.
func (f *fn) checkedLet(s *ir.Let, st *plan.Store) {
	fl := s.Field
	local := st.Kind == plan.Local
	if local && f.iterate && !f.g.used(f)[fl] {
		return
	}
	t := workType(s.Value.Range())
	v := f.env.value(s.Value, t)
	if isConstant(s.Value) && t != typeInt {
		v = call(t.code(), v.c)
	}
	name := st.Name
	if local {
		f.env.local[fl] = t
		f.vars[len(f.vars)-1][name] = true
	} else {
		name = f.variable("value")
	}
	f.add(id(name).Op(":=").Add(v.c))
	old := *f.env
	f.env.self, f.env.selfType, f.env.selfGo = atom(id(name)), &ir.IntType{Bits: 64}, &t
	f.checks(s.Checks, fl.ID, f.pos(0).c)
	f.env.self, f.env.selfType, f.env.selfGo = old.self, old.selfType, old.selfGo
	if local {
		return
	}
	f.present(fl)
	x := atom(id(name))
	if want := f.g.valueType(fl.Type); want.name != t.name {
		x = call(want.code(), x.c)
	}
	f.store(fl, x)
}

// present marks conditional fields as there.
func (f *fn) present(fields ...*ir.Field) {
	byWord := map[int]code{}
	var order []int
	for _, fl := range fields {
		st := f.env.store[fl]
		if st == nil || st.Kind != plan.Private {
			continue
		}
		w := st.Bit / 64
		if byWord[w] == nil {
			byWord[w] = id(st.BitName)
			order = append(order, w)
		} else {
			byWord[w] = byWord[w].Op("|").Add(id(st.BitName))
		}
	}
	for _, w := range order {
		f.add(f.g.presence(id(f.env.recv), f.owner, w).Op("|=").Add(byWord[w]))
	}
}

// store assigns a value of the field's Go type to its place.
func (f *fn) store(fl *ir.Field, v expr) {
	st := f.env.store[fl]
	switch st.Kind {
	case plan.Public:
		f.add(id(f.env.recv).Dot(st.Name).Op("=").Add(v.c))
	case plan.Private:
		if st.Slot.Shared {
			v = call(id(plan.NativeName(plan.IntOf(fl.Type))), v.c)
		}
		f.add(id(f.env.recv).Dot(st.Slot.Name).Op("=").Add(v.c))
	case plan.Local:
		f.vars[len(f.vars)-1][st.Name] = true
		f.add(id(st.Name).Op(":=").Add(v.c))
	}
}

func (f *fn) rule(s *ir.Rule) {
	if f.iterate {
		if s.When == nil && s.Do.Kind != ir.DoNote {
			f.add(jen.Return())
			f.dead = true
		}
		return
	}
	do := f.act(s.Do, 0, f.pos(0).c)
	f.when(s.When, do)
	if s.When == nil && s.Do.Kind != ir.DoNote {
		f.dead = true
	}
}

func (f *fn) end(s *ir.End) {
	if f.chain != nil {
		f.chain.end(f)
		return
	}
	if f.atEnd && f.win == "b" {
		f.add(jen.Return(lenOf(id("b")).c))
		f.dead = true
		return
	}
	f.flush()
	size := func() code { return lenOf(id(f.win)).c }
	left := func() code { return size().Op("-").Add(id("off")) }
	failure := f.fail("Trailing", lit(0), id("off"), left())
	if s.Else != nil {
		switch s.Else.Kind {
		case ir.DoNote:
			failure = f.act(*s.Else, 0, id("off"))
		case ir.DoReject:
			failure = f.fail("RejectLeftover", id("off"), left())
		default:
			failure = f.fail("Leftover", f.reason(s.Else.Reason), id("off"), left())
		}
	}
	f.add(jen.If(id("off").Op("!=").Add(size())).Block(failure))
	// The struct's own window is used up with it.
	if f.win == "b" && (s.Else == nil || s.Else.Kind != ir.DoNote) {
		f.add(jen.Return(id("off")))
	} else {
		f.add(jen.Return(lenOf(id("b")).c))
	}
	f.dead = true
}

func (f *fn) branch(s *plan.If) {
	f.flush()
	if e, ok := s.IR.Cond.(*ir.Found); ok {
		f.lookup(s, e)
		return
	}
	then, dead1 := f.block(func() { f.steps(s.Then) })
	els, dead2 := f.block(func() { f.steps(s.Else) })
	switch {
	case len(then) == 0 && len(els) == 0:
	case len(then) == 0:
		f.add(jen.If(f.env.not(s.IR.Cond).c).Block(els...))
	case len(els) == 0:
		f.add(jen.If(f.cond(s.IR.Cond)).Block(then...))
	case dead1:
		f.add(jen.If(f.cond(s.IR.Cond)).Block(then...))
		f.add(els...)
		f.dead = dead2
	default:
		f.add(jen.If(f.cond(s.IR.Cond)).Block(then...).Else().Block(els...))
	}
}

func (f *fn) choose(s *plan.Switch) {
	f.flush()
	sw := s.IR
	var win *window
	if sw.Window != nil {
		win = f.open(sw.Window, sw.FieldID)
	}
	if len(sw.Cases) == 0 && win != nil {
		f.steps(s.Default)
		if !f.dead {
			f.close(win, sw.Window, sw.FieldID, nil)
		}
		return
	}
	var cases []jen.Code
	allDead := s.Default != nil
	way := f.ways
	f.ways = nil
	if way == nil {
		way = func(steps []plan.Step) func() { return func() { f.steps(steps) } }
	}
	add := func(head *jen.Statement, steps []plan.Step) {
		cs, dead := f.block(way(steps))
		allDead = allDead && dead
		cases = append(cases, head.Block(cs...))
	}
	var head *jen.Statement
	if f.simpleCases(sw) {
		t := f.env.natural(sw.Tag)
		if t.name == "" || !f.tagFits(sw, t) {
			t = workType(sw.Tag.Range())
		}
		head = jen.Switch(f.env.value(sw.Tag, t).c)
		for i, c := range sw.Cases {
			var vs []jen.Code
			for _, r := range c.Values {
				for v := r.Range.Lo; v.Cmp(r.Range.Hi) <= 0; v = v.Add(ir.I(1)) {
					vs = append(vs, f.env.value(f.env.named(sw.Tag, v), t).c)
				}
			}
			add(jen.Case(vs...), s.Cases[i])
		}
	} else {
		head = jen.Switch()
		for i, c := range sw.Cases {
			when := c.When
			if sw.Tag != nil {
				when = &ir.In{X: sw.Tag, Set: c.Values}
			}
			add(jen.Case(f.cond(when)), s.Cases[i])
		}
	}
	if s.Default != nil {
		cs, dead := f.block(way(s.Default))
		allDead = allDead && dead
		if len(cs) > 0 {
			cases = append(cases, jen.Default().Block(cs...))
		}
	}
	f.add(head.Block(cases...))
	if allDead && len(sw.Cases) > 0 {
		f.dead = true
		return
	}
	if win != nil {
		f.close(win, sw.Window, sw.FieldID, id("off"))
	}
}

// simpleCases says that a switch has few enough values for a Go switch over them.
func (f *fn) simpleCases(sw *ir.Switch) bool {
	if sw.Tag == nil {
		return false
	}
	for _, c := range sw.Cases {
		for _, r := range c.Values {
			if r.Range.Hi.Sub(r.Range.Lo).Cmp(ir.I(3)) > 0 {
				return false
			}
		}
	}
	return true
}

func (f *fn) tagFits(sw *ir.Switch, t goType) bool {
	for _, c := range sw.Cases {
		for _, r := range c.Values {
			if !t.rng().Contains(r.Range) {
				return false
			}
		}
	}
	return true
}

// window is an open window.
type window struct {
	outer string
	inner string
	begin string
}

// open narrows the window; without a size it only remembers where the value begins, for the padding.
func (f *fn) open(w *ir.Window, field int) *window {
	f.flush()
	win := &window{outer: f.win, inner: f.win}
	if w.Element != nil {
		f.openElement(w.Element, field, win)
		return win
	}
	if w.Size == nil {
		win.begin = f.variable("begin")
		f.add(id(win.begin).Op(":=").Id("off"))
		return win
	}
	n := f.size(w.Size, field, 1)
	if w.Align > 1 {
		win.begin = f.variable("begin")
		f.add(id(win.begin).Op(":=").Id("off"))
	}
	win.inner = f.variable("w")
	f.add(id(win.inner).Op(":=").Id(f.win).Index(op(":").Add(binary(atom(id("off")), "+", n).c)))
	f.win = win.inner
	return win
}

// close ends a window: nothing may be left over, and padding follows.
func (f *fn) close(win *window, w *ir.Window, field int, _ code) {
	used := f.atEnd && f.win == win.inner
	if w.Bounded() && w.Lax && !used {
		f.delta = 0 // the position becomes the window's end, wherever it is
	}
	f.flush()
	if w.Bounded() && !used {
		if w.Lax {
			f.add(id("off").Op("=").Add(lenOf(id(win.inner)).c))
		} else {
			f.add(jen.If(id("off").Op("!=").Add(lenOf(id(win.inner)).c)).Block(
				f.fail("Trailing", f.fieldID(field), id("off"), lenOf(id(win.inner)).c.Op("-").Add(id("off")))))
		}
	}
	f.win = win.outer
	if w.Align > 1 {
		pad := f.variable("gap")
		a := int(w.Align)
		size := jen.Parens(id("off").Op("-").Id(win.begin))
		f.add(id(pad).Op(":=").Parens(lit(a).Op("-").Add(size).Op("%").Add(lit(a))).Op("%").Add(lit(a)))
		f.add(jen.If(id(pad).Op(">").Add(f.left().c)).Block(
			f.fail("Padding", f.fieldID(field), id("off"), id(pad), f.left().c)))
		f.add(id("off").Op("+=").Id(pad))
	}
}

// size evaluates a number of things of at least min bytes each, checks that they fit into the window, and returns
// it as an int.
func (f *fn) size(e ir.Expr, field int, min int64) expr {
	r := e.Range()
	t := workType(r)
	left := f.left()
	failure := func(n expr) jen.Code {
		if min != 1 {
			return f.fail("ShortArray", f.fieldID(field), id("off"), f.toUint64(e, n), lit(int(min)), left.c)
		}
		if t == typeUint64 {
			return f.fail("ShortSize", f.fieldID(field), id("off"), n.c, left.c)
		}
		if t == typeInt && !isConstant(e) {
			n = call(id("int64"), n.c)
		}
		return f.fail("Short", f.fieldID(field), id("off"), n.c, left.c)
	}
	v := f.env.value(e, t)
	if isConstant(e) {
		have := left
		if min != 1 {
			have = binary(have, "/", atom(lit(int(min))))
		}
		f.add(jen.If(binary(have, "<", v).c).Block(failure(v)))
		return v
	}
	n, assign := "n", "="
	if t != typeInt {
		n, assign = f.variable("n64"), ":="
	} else if !f.inSight(n) {
		n, assign = f.variable(n), ":="
	}
	f.add(id(n).Op(assign).Add(v.c))
	have := left
	if t != typeInt {
		have = call(t.code(), left.c)
	}
	if min != 1 {
		have = binary(have, "/", atom(lit(int(min))))
	}
	f.add(jen.If(binary(atom(id(n)), ">", have).c).Block(failure(atom(id(n)))))
	if t != typeInt {
		return call(id("int"), id(n))
	}
	return atom(id(n))
}

func (f *fn) toUint64(e ir.Expr, n expr) code {
	if isConstant(e) {
		return n.c
	}
	return call(id("uint64"), n.c).c
}

// checks runs the checks of a field that was just read. begin is where it began.
func (f *fn) checks(cs []*ir.Check, field int, begin code) {
	if f.iterate {
		return
	}
	for _, c := range cs {
		not := f.env.not(c.Cond)
		f.add(jen.If(not.c).Block(f.act(c.Else, field, begin)))
	}
}

// selfChecks is checks with the value that they are about.
func (f *fn) selfChecks(cs []*ir.Check, field int, begin code, self expr, t ir.Type) {
	if len(cs) == 0 {
		return
	}
	old := *f.env
	f.env.self, f.env.selfType, f.env.selfGo = self, t, nil
	f.checks(cs, field, begin)
	f.env.self, f.env.selfType, f.env.selfGo = old.self, old.selfType, old.selfGo
}

// wordChecks runs the checks of the fields of a bits word.
func (f *fn) wordChecks(b *ir.Bits, word expr, begin code) {
	oldWord, oldType := f.env.word, f.env.wordType
	f.env.word, f.env.wordType = word, b
	for _, bf := range b.Fields {
		if len(bf.Checks) > 0 {
			f.selfChecks(bf.Checks, bf.ID, begin, f.g.bitValue(word, b, bf), bf.Type)
		}
	}
	f.env.word, f.env.wordType = oldWord, oldType
}
