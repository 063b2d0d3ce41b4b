package check

import (
	"github.com/flowscope/fsd/dsl/ast"
	"github.com/flowscope/fsd/dsl/diag"
	"github.com/flowscope/fsd/dsl/ir"
	"github.com/flowscope/fsd/dsl/source"
)

// The greatest budgets of one chain.
const (
	maxChainItems = 4096
	maxChainJumps = 1024
)

// chainType checks a chain: every way through its body must read an item, jump, end or fail, so that its budgets bound
// it; nil after an error that leaves nothing to use.
func (c *checker) chainType(info *namedInfo, k *ast.Chain) ir.Named {
	b := c.body(info, k.Body)
	defer func() { c.cur = b.outer }()
	b.isChain = true
	ch := &ir.Chain{Name: b.name, Doc: info.decl.Doc, ItemsReason: -1, JumpsReason: -1, Pos: info.decl.Name.Span()}
	budget := func(e ast.Expr, most int64, what string) int64 {
		if e == nil {
			return 0
		}
		n, ok := c.constInt(info.unit, e)
		if ok && (n.Cmp(one) < 0 || n.Cmp(ir.I(most)) > 0) {
			c.errorf(diag.ChainLimits, e.Span(), "the %s of a chain is 1..%d, found %s", what, most, n)
			ok = false
		}
		if !ok {
			return 1
		}
		return n.Int64()
	}
	ch.MaxItems = budget(k.Max, maxChainItems, "max")
	ch.MaxJumps = budget(k.Jumps, maxChainJumps, "jumps")
	if k.Join != nil {
		ch.Join, ch.HasJoin = k.Join.Value, true
		if len(ch.Join) == 0 || len(ch.Join) > 8 {
			c.errorf(diag.ChainLimits, k.Join.Span(), "what joins the items is a text of 1..8 bytes").Fixf("write `join \".\"`, or remove it")
		}
	}
	ch.FieldID = c.fieldID(b.name)
	if k.Body == nil {
		return nil
	}
	e := newEnv(nil)
	ch.Params = b.params(e)
	for i, p := range ch.Params {
		switch p.Type.(type) {
		case *ir.IntType, *ir.Enum, *ir.Flags, *ir.BoolType:
		default:
			c.errorf(diag.ChainParams, info.decl.Params[i].Span(), "a chain keeps its parameters, and %s is %s", p.Name, withArticle(p.Type)).
				Fixf("hand on an integer, bool, enum or flags")
			b.broken = true
		}
	}
	e.learn(keyTotal, single(ir.R(0, ir.MaxDatagram)))
	pos := begin(source.Span{})
	ch.Body = b.block(k.Body.Stmts, e, pos)
	ch.Item, ch.Fields = b.item, b.order
	ch.HasGoto = b.gotoAt.Valid()
	if !b.broken {
		b.checkSteps(ch, k, pos)
	}
	at := info.decl.Name.Span()
	if i, ok := c.implicit(Snake(b.name)+"_items", at, "more than "+ir.I(ch.MaxItems).String()+" items in one "+b.name); ok {
		ch.ItemsReason = i
	}
	if ch.HasGoto {
		c.hasJumps = true
		if i, ok := c.implicit(Snake(b.name)+"_jumps", at, "more than "+ir.I(ch.MaxJumps).String()+" jumps in one "+b.name); ok {
			ch.JumpsReason = i
		}
	}
	ch.Bytes = chainSize(pos, ch.MaxItems)
	return ch
}

// checkSteps checks that a chain has what it needs, and that every step makes progress.
func (b *body) checkSteps(ch *ir.Chain, k *ast.Chain, pos *progress) {
	at := b.info.decl.Name.Span()
	switch {
	case b.item == nil:
		b.c.errorf(diag.ChainItem, at, "chain %s has no item", b.name).Fixf("add `item [n]byte` to the step that reads one")
		return
	case !b.endAt.Valid():
		b.c.errorf(diag.ChainEnd, at, "chain %s never ends", b.name).Fixf("add `end` to the step that is the last")
		return
	case ch.HasGoto && k.Jumps == nil:
		b.c.errorf(diag.ChainJumps, b.gotoAt, "chain %s jumps, and says not how often", b.name).Label(at, "%s is declared here", b.name).
			Fixf("write `chain max %d jumps 16`", ch.MaxItems)
		return
	case !ch.HasGoto && k.Jumps != nil:
		b.c.errorf(diag.ChainJumps, k.Jumps.Span(), "chain %s never jumps", b.name).Fixf("remove `jumps`")
		return
	}
	if pos.paths[0].ok {
		b.c.errorf(diag.ChainProgress, at, "a step of chain %s may do nothing: on one way through its body there is no item, goto or end", b.name).
			Fixf("add `end`, `item` or a poison to every branch")
		return
	}
	if p := pos.paths[didItem]; p.ok && p.size.Min < 1 {
		b.c.errorf(diag.ChainProgress, b.itemAt, "a step of chain %s may read an item without any bytes, for ever", b.name).
			Fixf("read at least one byte in each step")
	}
}

// chainSize is what a chain takes where it stands: its steps up to the first jump or the end.
func chainSize(pos *progress, items int64) ir.Size {
	var last, all path
	for i, p := range pos.paths {
		if i&(didGoto|didEnd) != 0 {
			last = last.or(p)
		}
		all = all.or(p)
	}
	if !last.ok {
		return ir.Size{Max: ir.MaxDatagram}
	}
	return ir.Size{Min: min(last.size.Min, ir.MaxDatagram), Max: max(min(last.size.Min, ir.MaxDatagram), min((items+1)*all.size.Max, ir.MaxDatagram))}
}

// markClash reports a step that does two things which only one step can.
func (b *body) markClash(m int) {
	at := b.itemAt
	what := "two items are read"
	switch {
	case m&(didGoto|didEnd) == didGoto|didEnd:
		at, what = b.endAt, "a goto and an end meet"
	case m&didGoto != 0:
		at, what = b.gotoAt, "two jumps are made"
	case m&didEnd != 0:
		at, what = b.endAt, "two ends meet"
	}
	b.c.errorf(diag.ChainEnd, at, "%s in one step of chain %s", what, b.name).Fixf("put them into branches of their own")
}

// gotoStmt checks a jump; nil after an error.
func (b *body) gotoStmt(st *ast.Goto, e *env, pos *progress) *ir.Goto {
	if !b.isChain {
		b.c.errorf(diag.ChainMisplaced, st.Span(), "`goto` stands in a chain only: jumps are bounded there").Fixf("declare a type `chain` for what is read at another place")
		return nil
	}
	b.gotoAt = st.Span()
	if clash := pos.mark(didGoto); clash != 0 {
		b.markClash(clash)
		return nil
	}
	g := &ir.Goto{Pos: st.Span()}
	x := b.exprs(e)
	g.Target = x.sized(st.Target)
	if g.Target == nil {
		b.broken = true
		return nil
	}
	r := g.Target.Range()
	if r.Lo.Cmp(ir.I(ir.MaxDatagram)) > 0 || !r.FitsInt32() {
		d := b.c.errorf(diag.CountRange, st.Target.Span(), "the target is %s, and a datagram holds %d bytes", r, ir.MaxDatagram)
		x.adviseWhere(d, st.Target, g.Target, "<=", ir.I(ir.MaxDatagram))
		b.broken = true
		return nil
	}
	x.self = &selfRef{typ: smallest(r), owner: b.name, rng: r}
	x.env = newEnv(e)
	x.env.learn("goto", single(r))
	for _, w := range st.Where {
		if check := x.whereCheck(w); check != nil {
			g.Checks = append(g.Checks, check)
			b.mayReject(check, pos)
		} else {
			b.broken = true
		}
	}
	return g
}

// itemStmt checks the item of a chain; nil after an error.
func (b *body) itemStmt(st *ast.Item, e *env, pos *progress) *ir.Item {
	if !b.isChain {
		b.c.errorf(diag.ChainMisplaced, st.Span(), "`item` stands in a chain only").Fixf("give it a name to make it a field")
		return nil
	}
	if b.item != nil {
		b.c.errorf(diag.ChainItem, st.Span(), "chain %s has an item already", b.name).Label(b.itemAt, "here first").
			Fixf("let both branches read the length and put one `item` behind them")
		b.broken = true
		return nil
	}
	b.itemAt = st.Span()
	for i, p := range pos.paths {
		if i&didEnd != 0 && p.ok && !b.broken {
			b.c.errorf(diag.ChainEnd, st.Span(), "behind an `end` of this step an item is still read").
				Label(b.endAt, "the step that ends here goes on").Fixf("put it into an `else`; if the last step has an item, write `end` behind it")
			b.broken = true
		}
	}
	// Read as a field of the name Item, which the body cannot name.
	name := &ast.Ident{Node: st.Node, Name: "_"}
	b.readsItem = true
	r := b.read(name, st.Type, st.Opts, "", e, pos)
	b.readsItem = false
	b.item = &ir.Field{}
	if r == nil {
		b.broken = true
		return nil
	}
	if _, ok := r.Field.Type.(*ir.BytesType); !ok {
		b.c.errorf(diag.ChainItem, st.Type.Span(), "an item is a byte field, and this is %s", withArticle(r.Field.Type)).Fixf("write `item [n]byte`")
		b.broken = true
		return nil
	}
	f := r.Field
	f.Name, f.Key, f.Conditional = "Item", "item", len(e.branch) > 0
	b.item = f
	e.forgetTotal()
	if clash := pos.mark(didItem); clash != 0 {
		b.markClash(clash)
		b.broken = true
	}
	return &ir.Item{Read: r, Pos: st.Span()}
}
