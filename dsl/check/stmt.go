package check

import (
	"time"

	"github.com/flowscope/fsd/dsl/ast"
	"github.com/flowscope/fsd/dsl/diag"
	"github.com/flowscope/fsd/dsl/ir"
)

// stmt checks one statement; nothing is returned after an error.
func (b *body) stmt(st ast.Stmt, e *env, pos *progress) []ir.Stmt {
	var s ir.Stmt
	switch st := st.(type) {
	case *ast.Field:
		if b.ber {
			return b.members(st, e, pos)
		}
		return b.fieldStmt(st, e, pos)
	case *ast.Let:
		if let := b.let(st, e, pos); let != nil {
			s = let
		} else if st.Name != nil {
			b.hide(st.Name, e)
		}
	case *ast.If:
		s = b.ifStmt(st, e, pos)
	case *ast.Switch:
		if sw := b.switchStmt(st, e, pos); sw != nil {
			s = sw
		}
	case *ast.Rule:
		if rule := b.rule(st, e, pos); rule != nil {
			s = rule
		}
	case *ast.Confirm:
		s = b.confirm(st, e, pos)
	case *ast.End:
		s = b.end(st, e, pos)
	case *ast.Lax:
		b.laxStmt(st, e)
	case *ast.Count:
		if n := b.countStmt(st, e); n != nil {
			s = n
		}
	case *ast.Expect:
		if x := b.expect(st, e); x != nil {
			s = x
		}
	case *ast.Transact:
		if x := b.transact(st, e); x != nil {
			s = x
		}
	case *ast.Store:
		if x := b.storeStmt(st, e); x != nil {
			s = x
		}
	case *ast.Goto:
		if g := b.gotoStmt(st, e, pos); g != nil {
			s = g
		}
	case *ast.Literal:
		if r := b.literal(st, e, pos); r != nil {
			s = r
		}
	case *ast.Item:
		if i := b.itemStmt(st, e, pos); i != nil {
			s = i
		}
	}
	if s == nil {
		return nil
	}
	return []ir.Stmt{s}
}

// let checks a computed value; nil after an error.
func (b *body) let(st *ast.Let, e *env, pos *progress) *ir.Let {
	if st.Name == nil || st.Value == nil {
		return nil
	}
	f := &ir.Field{Name: st.Name.Name, Key: Snake(st.Name.Name), Doc: st.Doc, Computed: true, Pos: st.Name.Span()}
	f.Hidden = !isUpper(st.Name.Name[0])
	if f.Hidden {
		b.notReserved(st.Name, "a local value")
	}
	b.reading = st.Name.Name
	defer func() { b.reading = "" }()
	if t := shownType(st.As); t != nil {
		return b.shown(st, t, f, e)
	}
	x := b.exprs(e)
	signed := (*ir.IntType)(nil)
	var hint ir.Type
	if st.As != nil && st.As.Name() != nil && !isUpper(st.As.Name().Name[0]) {
		if t, _ := builtin(st.As.String(), false); t != nil {
			signed, _ = t.(*ir.IntType)
			if signed == nil || signed.Bits%8 != 0 {
				b.c.errorf(diag.BadAs, st.As.Span(), "a value is computed as an integer of whole bytes, an enum or a time, not as %s", st.As)
				return nil
			}
		}
	} else if st.As != nil {
		if hint = b.c.typeOf(b.u, st.As); hint == nil {
			return nil
		}
	}
	x.size, x.additive = signed == nil || !signed.Signed, true
	v := x.expr(st.Value, hint)
	if v == nil {
		return nil
	}
	if t, ok := hint.(*ir.Enum); ok && t.Text {
		if v = x.match(st, v, t); v == nil {
			return nil
		}
	}
	checks, known, ok := b.letChecks(st, x, v, pos)
	if !ok {
		return nil
	}
	switch v.Kind() {
	case ir.Bytes:
		b.c.errorf(diag.TypeMismatch, st.Value.Span(), "%s is %s, and a value is an integer or a condition", source1(st.Value), kindText(v)).Fixf("name the field itself where you need it")
		return nil
	case ir.Bool:
		f.Type = &ir.BoolType{}
		if st.As != nil {
			b.c.errorf(diag.BadAs, st.As.Span(), "true or false is not shown as %s", st.As).Fixf("remove it")
			return nil
		}
	default:
		unsigned := hasUnsigned(v)
		if x.size && unsigned {
			if v = x.settled(st.Value, v); v == nil {
				return nil
			}
		}
		if len(known) == 0 {
			known = x.values(v)
		}
		r := v.Range()
		if len(checks) > 0 {
			r = known.hull()
		}
		if t := b.letType(st, f, v, r, signed, hint); !t {
			return nil
		}
		f.Range = r
	}
	bound := b.bind(st.Name, f, e)
	if bound == nil {
		return nil
	}
	if isOffset(v) {
		if b.offsets == nil {
			b.offsets = map[*ir.Field]bool{}
		}
		b.offsets[bound] = true
	}
	if v.Kind() == ir.Bool {
		known = x.values(v)
	}
	if s := known; len(s) > 0 {
		if b.c.settled[bound] {
			s = s.union(b.c.sets[bound])
		}
		b.c.settled[bound] = true
		b.c.sets[bound] = s
		e.learn("f."+st.Name.Name, known)
		if bound.Type != nil && v.Kind() != ir.Bool {
			bound.Range = s.hull()
		}
	}
	if len(checks) > 0 && bound.Hidden {
		bound.ID = b.c.fieldID(b.name + "." + st.Name.Name)
	}
	return &ir.Let{Field: bound, Value: v, Checks: checks, Pos: st.Span()}
}

// letChecks checks the conditions on a computed value. known are the values that pass, empty when there is no condition;
// ok is false after an error.
func (b *body) letChecks(st *ast.Let, x *exprs, v ir.Expr, pos *progress) (checks []*ir.Check, known set, ok bool) {
	if len(st.Where) == 0 {
		return nil, nil, true
	}
	if v.Kind() != ir.Signed && v.Kind() != ir.Uint {
		b.c.errorf(diag.TypeMismatch, st.Where[0].Span(), "`where` is a condition on an integer here, and %s is %s", source1(st.Value), kindText(v)).
			Fixf("write a rule: `poison \"...\" when`")
		return nil, nil, false
	}
	y := *x
	y.self = &selfRef{typ: smallest(v.Range()), name: st.Name.Name, owner: b.name, rng: v.Range()}
	if t := enumOf(v); t != nil {
		y.self.typ = t
	}
	y.env = newEnv(x.env)
	y.env.learn("goto", x.values(v))
	ok = true
	for _, w := range st.Where {
		if check := y.whereCheck(w); check != nil {
			checks = append(checks, check)
			b.mayReject(check, pos)
		} else {
			ok = false
		}
	}
	known, _ = y.env.fact("goto")
	return checks, known, ok
}

// hasUnsigned says whether an expression computes with unsigned values only, so that below 0 is a mistake.
func hasUnsigned(v ir.Expr) bool {
	all := true
	visit(v, func(e ir.Expr) {
		switch e := e.(type) {
		case *ir.Ref:
			if e.K != ir.Bool && e.K != ir.Bytes && e.R.Lo.Sign() < 0 {
				all = false
			}
		case *ir.LastRef, *ir.PrevRef, *ir.Lookup:
			if e.Kind() != ir.Bool && e.Range().Lo.Sign() < 0 {
				all = false
			}
		case *ir.Const:
			if e.Value.Sign() < 0 {
				all = false
			}
		case *ir.Unary:
			if e.Op == "-" {
				all = false
			}
		}
	})
	return all
}

// letType chooses the type of a computed integer: the one given, that of an enum it is taken from, or the smallest
// integer of 1, 2, 4 or 8 bytes that holds its range; false after an error.
func (b *body) letType(st *ast.Let, f *ir.Field, v ir.Expr, r ir.Range, given *ir.IntType, enum ir.Type) bool {
	switch {
	case given != nil:
		f.Type = &ir.IntType{Bits: given.Bits, Signed: given.Signed}
	case enum != nil:
		w := wordOf(enum)
		if _, ok := enumType(enum); !ok {
			b.c.errorf(diag.BadAs, st.As.Span(), "a value cannot be computed as %s", withArticle(enum)).Fixf("name an integer or an enum")
			return false
		}
		f.Type = enum
		if w.Bits%8 != 0 && !f.Hidden {
			f.Type = enum
		}
	default:
		if e := enumOf(v); e != nil {
			f.Type = e
		} else {
			f.Type = smallest(r)
		}
		if st.As != nil {
			shown := map[string]ir.Shown{"seconds": ir.AsSeconds, "millis": ir.AsMillis, "micros": ir.AsMicros}
			how, ok := shown[st.As.String()]
			if !ok {
				b.c.errorf(diag.BadAs, st.As.Span(), "there is no form %s of a computed value", st.As).
					Fixf("write seconds, millis, micros, a signed integer type or an enum")
				return false
			}
			f.As = how
		}
	}
	if !valueRange(f.Type).Contains(r) {
		b.c.errorf(diag.ValueRange, st.Value.Span(), "%s is %s, and %s holds %s", source1(st.Value), r, typeText(f.Type), valueRange(f.Type)).
			Fixf("narrow the value with `where` behind it, or choose a wider type")
		return false
	}
	return true
}

func smallest(r ir.Range) ir.Type {
	for _, signed := range []bool{false, true} {
		for _, bits := range []int{8, 16, 32, 64} {
			if t := (&ir.IntType{Bits: bits, Signed: signed}); ir.OfInt(t).Contains(r) {
				return t
			}
		}
	}
	return &ir.IntType{Bits: 64, Signed: true}
}

// ifStmt checks a condition and its branches.
func (b *body) ifStmt(st *ast.If, e *env, pos *progress) ir.Stmt {
	s := &ir.If{Pos: st.Span()}
	then, other := e.in(st, 0), e.in(st, 1)
	if st.Cond != nil {
		x := b.exprs(e)
		if l, ok := st.Cond.(*ast.Lookup); ok {
			if s.Cond = b.lookup(l, e, then); s.Cond == nil {
				b.broken = true
			}
		} else if s.Cond = x.condition(st.Cond); s.Cond == nil {
			b.broken = true
		} else if x.decided(st.Cond, s.Cond, "this condition") {
			(&exprs{c: b.c, u: b.u, b: b, env: then}).narrow(s.Cond, true)
			(&exprs{c: b.c, u: b.u, b: b, env: other}).narrow(s.Cond, false)
		}
	}
	first, second := begin(pos.confirmed), begin(pos.confirmed)
	if st.Then != nil {
		looking := b.looking
		if f, ok := s.Cond.(*ir.Found); ok {
			b.looking = append(looking[:len(looking):len(looking)], lookedUp{f.Table, st.Cond.Span()})
		}
		s.Then = b.block(st.Then.Stmts, then, first)
		b.looking = looking
	}
	b.stopped[branchRef{st, 0}] = !first.falls()
	switch {
	case st.ElseIf != nil:
		if inner := b.ifStmt(st.ElseIf, other, second); inner != nil {
			s.Else = []ir.Stmt{inner}
		}
	case st.Else != nil:
		s.Else = b.block(st.Else.Stmts, other, second)
	}
	b.stopped[branchRef{st, 1}] = !second.falls()
	var on []*env
	if first.falls() {
		on = append(on, then)
	}
	if second.falls() {
		on = append(on, other)
	}
	if s.Cond != nil && len(on) == 1 {
		// What holds behind a branch that ends the parse is what did not lead into it.
		(&exprs{c: b.c, u: b.u, b: b, env: e}).narrow(s.Cond, first.falls())
	}
	e.join(on)
	b.promote(e, on)
	b.seqMarks(pos, merge([]*progress{first, second}))
	if s.Cond == nil {
		return nil
	}
	return s
}

// seqMarks appends what branches did, and reports marks of a chain's step that were set before.
func (b *body) seqMarks(pos, next *progress) {
	if clash := pos.follow(next); clash != 0 && b.isChain {
		b.markClash(clash)
		b.broken = true
	}
}

// rule checks a verdict with a condition; nil after an error.
func (b *body) rule(st *ast.Rule, e *env, pos *progress) *ir.Rule {
	if st.Do == nil {
		return nil
	}
	r := &ir.Rule{Pos: st.Span()}
	x := b.exprs(e)
	ok := true
	if st.When != nil {
		if r.When = x.condition(st.When); r.When == nil {
			b.broken = true
			ok = false
		} else {
			ok = x.decided(st.When, r.When, "this rule's condition")
		}
	}
	do, fine := b.c.action(st.Do, st.Doc)
	if do.Kind == ir.DoReject && fine {
		b.info.rejects = true
		if pos.confirmed.Valid() {
			b.c.errorf(diag.RejectAfterConfirm, st.Span(), "the protocol is confirmed here, so the datagram cannot be rejected any more").
				Label(pos.confirmed, "confirmed here").Fixf("move the rule in front of `confirm`, or make it a poison")
		}
	}
	r.Do = do
	if st.Do.Kind != "note" {
		switch {
		case st.When == nil:
			pos.stop()
		case ok:
			x.narrow(r.When, false)
		}
	}
	if !ok || !fine {
		return nil
	}
	return r
}

func (b *body) confirm(st *ast.Confirm, e *env, pos *progress) ir.Stmt {
	if b.isChain {
		b.c.errorf(diag.Misplaced, st.Span(), "`confirm` cannot stand in a chain").Fixf("write it in the struct that reads the chain")
		return nil
	}
	if pos.confirmed.Valid() {
		b.c.errorf(diag.ConfirmTwice, st.Span(), "the protocol is confirmed already").Label(pos.confirmed, "confirmed here").Fixf("remove one of them")
	}
	if st.When == nil {
		pos.confirmed = st.Span()
		return &ir.Confirm{Pos: st.Span()}
	}
	if !b.isEntry {
		b.c.errorf(diag.BadConfirm, st.Span(), "`confirm when` decides of a whole message, and %s is a part of one", b.name).Fixf("write it in the entry")
		return nil
	}
	x := b.exprs(e)
	cond := x.condition(st.When)
	if cond == nil || !x.decided(st.When, cond, "this condition") {
		b.broken = true
		return nil
	}
	b.tentative = true
	return &ir.Confirm{When: cond, Pos: st.Span()}
}

// end checks the end of a struct, or of a chain.
func (b *body) end(st *ast.End, e *env, pos *progress) ir.Stmt {
	s := &ir.End{Pos: st.Span()}
	if b.isChain {
		if st.Else != nil {
			b.c.errorf(diag.ChainEnd, st.Else.Span(), "the end of a chain leaves nothing over that `else` could be about").Fixf("remove `else`")
		}
		b.endAt = st.Span()
		e.forgetTotal()
		e.forget()
		if clash := pos.mark(didEnd); clash != 0 {
			b.markClash(clash)
		}
		return s
	}
	if st.Else != nil {
		if act, ok := b.c.action(st.Else, ""); ok {
			s.Else = &act
			if act.Kind == ir.DoReject {
				b.info.rejects = true
				if pos.confirmed.Valid() {
					b.c.errorf(diag.RejectAfterConfirm, st.Span(), "the protocol is confirmed here, so the datagram cannot be rejected any more").
						Label(pos.confirmed, "confirmed here").Fixf("make it a poison or a note")
				}
			}
		}
	}
	if e.windowed {
		b.c.errorf(diag.EndInWindow, st.Span(), "`end` here would end the struct, and skip what stands behind the window of the switch").
			Fixf("leave it out: the window must be used up anyway; or put the case's fields into a struct of their own")
	}
	if len(e.branch) > 0 {
		b.mayHaveEnded = true
	}
	here := pos.paths[0]
	if here.ok && s.Else != nil && s.Else.Kind == ir.DoNote {
		here.size.Max = ir.MaxDatagram // what is left over is part of the message
	}
	pos.ended = pos.ended.or(here)
	pos.stop()
	return s
}

func (b *body) laxStmt(st *ast.Lax, e *env) {
	switch {
	case !b.isEntry:
		b.c.errorf(diag.BadLax, st.Span(), "`lax` as a statement is for entries: %s leaves over what it does not read", b.name).
			Fixf("write it behind `size`, or remove it")
	case len(e.branch) > 0:
		b.c.errorf(diag.BadLax, st.Span(), "`lax` stands on the level of the entry, not in a branch").Fixf("move it out")
	case b.lax.Valid():
		b.c.errorf(diag.BadLax, st.Span(), "`lax` is said twice").Label(b.lax, "here first").Fixf("remove one of them")
	default:
		b.lax = st.Span()
	}
}

func (b *body) countStmt(st *ast.Count, e *env) *ir.Count {
	if b.isChain {
		b.c.errorf(diag.ChainDepends, st.Span(), "a chain cannot count: it is read again whenever somebody asks for its items").Fixf("count in the struct that reads it")
		return nil
	}
	if st.Name == nil || st.When == nil {
		return nil
	}
	cond := b.exprs(e).condition(st.When)
	if b.u.consts[st.Name.Name] != nil || b.u.types[st.Name.Name] != nil {
		b.c.errorf(diag.BadCounter, st.Name.Span(), "%s is a constant or a type", st.Name.Name).Fixf("rename the counter")
		return nil
	}
	if _, taken := b.declared[st.Name.Name]; taken {
		b.c.errorf(diag.BadCounter, st.Name.Span(), "%s has a field of the name %s", b.name, st.Name.Name).
			Label(b.declared[st.Name.Name][0].Span(), "the field").Fixf("rename the counter")
		return nil
	}
	if cond == nil || !b.exprs(e).decided(st.When, cond, "the condition of this counter") {
		return nil
	}
	e.forget() // what was known of the counter's value
	n := b.c.counter(st.Name.Name)
	if n.Doc == "" {
		n.Doc = st.Doc
	}
	return &ir.Count{Counter: n, When: cond, Pos: st.Span()}
}

// counter is the counter of a name, part of the state once it is used.
func (c *checker) counter(name string) *ir.Counter {
	n := c.counters[name]
	if n == nil {
		n = &ir.Counter{Name: name}
		c.counters[name] = n
		c.proto.State.Counters = append(c.proto.State.Counters, n)
	}
	return n
}

func (b *body) expect(st *ast.Expect, e *env) *ir.Announce {
	if b.isChain {
		b.c.errorf(diag.ChainDepends, st.Span(), "a chain cannot announce a flow: it is read again whenever somebody asks for its items").Fixf("announce it in the struct that reads it")
		return nil
	}
	if st.Within == nil {
		return nil
	}
	x := ir.Expect{From: sideOf(st.From)}
	ok := true
	if !st.Any && st.Port != nil {
		n, valid := b.c.constInt(b.u, st.Port)
		switch {
		case !valid:
			ok = false
		case !ir.R(1, 65535).Contains(ir.Range{Lo: n, Hi: n}):
			b.c.errorf(diag.BadExpect, st.Port.Span(), "a port is 1..65535, found %s", n).Fixf("write `port any` if it is not known")
			ok = false
		default:
			x.Port = uint16(n.Int64())
		}
	}
	d, err := time.ParseDuration(st.Within.Text)
	if err != nil || d <= 0 || d > 24*time.Hour {
		b.c.errorf(diag.BadExpect, st.Within.Span(), "the time of an announced flow is 1ms to 24h, found %s", short(st.Within.Text)).Fixf("30s serves most protocols")
		ok = false
	}
	x.Within = d
	a := &ir.Announce{Pos: st.Span()}
	if st.When != nil {
		y := b.exprs(e)
		if a.When = y.condition(st.When); a.When == nil || !y.decided(st.When, a.When, "this condition") {
			ok = false
		}
	}
	if !ok {
		return nil
	}
	for i, other := range b.c.proto.Expects {
		if *other == x {
			a.Index = i
			return a
		}
	}
	a.Index = len(b.c.proto.Expects)
	if a.Index >= maxExpects {
		b.c.errorf(diag.BadExpect, st.Span(), "a protocol announces at most %d kinds of flows", maxExpects).Fixf("let some of them share side, port and time")
		return nil
	}
	b.c.proto.Expects = append(b.c.proto.Expects, &x)
	return a
}
