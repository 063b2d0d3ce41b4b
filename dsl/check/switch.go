package check

import (
	"github.com/flowscope/fsd/dsl/ast"
	"github.com/flowscope/fsd/dsl/diag"
	"github.com/flowscope/fsd/dsl/ir"
	"github.com/flowscope/fsd/dsl/source"
)

// switchStmt checks a switch; nil after an error.
func (b *body) switchStmt(st *ast.Switch, e *env, pos *progress) *ir.Switch {
	x := b.exprs(e)
	s := &ir.Switch{Pos: st.Span()}
	ok := true
	title := "switch"
	if st.Tag != nil {
		title = "switch(" + source1(st.Tag) + ")"
		s.Tag = x.integerTag(st.Tag)
		ok = s.Tag != nil
	}
	var lax *source.Span
	if st.Lax {
		at := st.Span()
		at.End = at.Start + len("switch")
		lax = &at
	}
	s.Window = b.windowOf(x, st.Size, st.Align, lax)
	if s.Window == nil && (st.Size != nil || st.Align != nil) {
		ok = false
	}
	s.FieldID = b.c.fieldID(b.name + "." + title)
	var possible set
	var hint ir.Type
	if s.Tag != nil {
		possible = x.values(s.Tag)
		hint = enumOf(s.Tag)
	}
	// What is left for the next case: of the tag's values, and of what is known in a tagless switch.
	left := possible
	rest := newEnv(e)
	var taken []claimed
	if n := countValues(st); n > maxCases {
		b.c.errorf(diag.TooBig, keyword(st.Span(), "switch"), "this switch has %d values, and %d are possible", n, maxCases).Fixf("join neighbours to ranges")
		b.broken = true
		return nil
	}
	var ends []*progress
	var envs []*env
	var stays set // the tag's values behind the switch
	for i, k := range st.Cases {
		ce := e.in(st, i)
		if s.Window != nil && s.Window.Size != nil {
			ce.windowed = true
			r := s.Window.Size.Range().Intersect(ir.R(0, ir.MaxDatagram))
			ce.learn(keyRemaining, single(r))
			ce.forget()
		}
		out := &ir.Case{Pos: k.Span()}
		cx := b.exprs(ce)
		var mine set
		switch {
		case k.Default:
			s.Default = out
			mine = left
			if s.Tag != nil && ok && left.empty() {
				b.c.errorf(diag.UnreachableCase, keyword(k.Span(), "default"), "the cases cover all values: the default is never reached").
					Label(st.Tag.Span(), "this is %s", possible).Fixf("remove it")
				ok = false
			}
		case st.Tag == nil:
			out.When = b.caseCondition(k, rest)
			if out.When == nil {
				ok = false
			}
		case s.Tag != nil:
			values, fine := b.caseValues(k, s.Tag, hint, possible, &taken)
			ok = ok && fine
			out.Values = values
			mine = caseSet(values).intersect(possible)
			left = left.minus(caseSet(values))
		}
		if s.Tag != nil && !mine.empty() {
			cx.constrain(s.Tag, mine)
		}
		if st.Tag == nil {
			ce.inherit(rest)
			if out.When != nil {
				cx.narrow(out.When, true)
				(&exprs{c: b.c, u: b.u, b: b, env: rest}).narrow(out.When, false)
			}
		}
		p := begin(pos.confirmed)
		out.Body = b.block(k.Body, ce, p)
		b.stopped[branchRef{st, i}] = !p.falls()
		ends = append(ends, p)
		if p.falls() {
			envs = append(envs, ce)
			stays = stays.union(mine)
		}
		if !k.Default {
			s.Cases = append(s.Cases, out)
		}
	}
	if s.Default == nil {
		switch {
		case st.Tag == nil:
			b.c.errorf(diag.NotExhaustive, keyword(st.Span(), "switch"), "a switch without a tag needs a default").Fixf("add `default:`, empty if nothing is to be read")
			ok = false
		case ok && !left.empty() && len(st.Cases) > 0:
			d := b.c.errorf(diag.NotExhaustive, keyword(st.Span(), "switch"), "%s has values that no case covers: %s", source1(st.Tag), left)
			d.Fixf("add `default:`, or make it an error with `default: poison \"...\"`")
			if en, isEnum := hint.(*ir.Enum); isEnum && left.within(knownSet(en)) {
				d.Fixf("add `case %s:`, or `default:`", namesIn(en, left))
			} else if isEnum && !en.Known {
				d.Fixf("add `default:`, or write `known` behind the field to make other values poison")
			}
			ok = false
		}
	}
	if len(st.Cases) == 0 {
		b.c.errorf(diag.NotExhaustive, keyword(st.Span(), "switch"), "this switch has no case").Fixf("remove it")
		ok = false
	}
	all := merge(ends)
	if s.Window != nil {
		if inside := all.size().or(all.ended); inside.ok && ok && s.Window.Size != nil {
			ok = b.fits(s.Window, inside.size, st.Size.Span(), "what its cases read")
		}
		for i := range all.paths {
			if all.paths[i].ok {
				all.paths[i].size = windowSize(s.Window, all.paths[i].size)
			}
		}
		if all.ended.ok {
			all.ended.size = windowSize(s.Window, all.ended.size)
		}
		// What was left over, and the padding, was skipped: the position follows from the window.
		before := e.saved()
		e.join(envs)
		e.restore(before)
		if w := all.size(); w.ok {
			e.advance(w.size)
		}
	} else {
		e.join(envs)
	}
	b.promote(e, envs)
	b.seqMarks(pos, all)
	if s.Tag != nil && ok && !stays.empty() && len(stays) > 0 {
		x.constrain(s.Tag, stays)
	}
	if !ok {
		b.broken = true
		return nil
	}
	return s
}

func countValues(st *ast.Switch) int {
	n := 0
	for _, k := range st.Cases {
		n += max(1, len(k.Values))
	}
	return n
}

// namesIn lists the names of an enum's values in a set, the first few.
func namesIn(e *ir.Enum, s set) string {
	text := ""
	n := 0
	for _, v := range e.Values {
		if one := single(ir.Range{Lo: ir.U(v.Value), Hi: ir.U(v.Value)}); one.intersect(s).empty() {
			continue
		}
		if n++; n > 8 {
			return text + ", ..."
		}
		if text != "" {
			text += ", "
		}
		text += v.Name
	}
	return text
}

// inherit takes over the facts that other branches left.
func (e *env) inherit(from *env) {
	for k, s := range from.facts {
		if _, own := e.facts[k]; !own {
			e.facts[k] = s
		}
	}
	e.diffs = append(e.diffs, from.diffs...)
}

// keyword is the place of the word that a construct begins with.
func keyword(at source.Span, word string) source.Span {
	at.End = min(at.End, at.Start+len(word))
	return at
}

// integerTag checks the tag of a switch; nil after an error.
func (x *exprs) integerTag(e ast.Expr) ir.Expr {
	v := x.expr(e, nil)
	if v == nil {
		return nil
	}
	switch v.Kind() {
	case ir.Bool:
		x.c.errorf(diag.TypeMismatch, e.Span(), "%s is true or false, and a switch needs an integer or an enum", source1(e)).Fixf("write `if %s { ... } else { ... }`", source1(e))
		return nil
	case ir.Bytes:
		x.c.errorf(diag.TypeMismatch, e.Span(), "%s is %s, and a switch needs an integer or an enum", source1(e), kindText(v)).
			Fixf("write a switch without a tag, and conditions as its cases")
		return nil
	}
	return v
}

// claimed is a value of a case and where it stands.
type claimed struct {
	values ir.Range
	at     source.Span
}

// caseValues checks the values of a case; false after an error.
func (b *body) caseValues(k *ast.Case, tag ir.Expr, hint ir.Type, possible set, taken *[]claimed) ([]ir.CaseRange, bool) {
	var out []ir.CaseRange
	ok := true
	var mine []claimed
	for _, r := range k.Values {
		values, fine := b.c.ranges(b.u, []*ast.Range{r}, hint)
		if !fine || len(values) != 1 {
			ok = false
			continue
		}
		v := values[0]
		if whole := tagRange(tag); !whole.Contains(v.Range) {
			b.c.errorf(diag.ValueRange, r.Span(), "%s does not fit the tag, which holds %s", v.Range, whole).Fixf("mend the value")
			ok = false
			continue
		}
		if single(v.Range).intersect(possible).empty() {
			b.c.errorf(diag.UnreachableCase, r.Span(), "this case is never reached: the tag is %s here", possible).Fixf("remove it")
			ok = false
			continue
		}
		clash := false
		for _, other := range append(*taken, mine...) {
			if !other.values.Intersect(v.Range).Empty() {
				b.c.errorf(diag.OverlapCase, r.Span(), "%s is the value of another case already", other.values.Intersect(v.Range)).
					Label(other.at, "this one").Fixf("remove it from one of them")
				clash = true
				break
			}
		}
		if clash {
			ok = false
			continue
		}
		mine = append(mine, claimed{v.Range, r.Span()})
		out = append(out, v)
	}
	*taken = append(*taken, mine...)
	return out, ok
}

// tagRange is the range of a tag's type.
func tagRange(tag ir.Expr) ir.Range {
	if r, ok := tag.(*ir.Ref); ok {
		return valueRange(r.Type)
	}
	return tag.Range()
}

// caseCondition checks the conditions of a tagless case, of which one must hold; nil after an error.
func (b *body) caseCondition(k *ast.Case, rest *env) ir.Expr {
	var all ir.Expr
	for _, r := range k.Values {
		if r.Hi != nil {
			b.c.errorf(diag.BadRange, r.Span(), "the case of a switch without a tag is a condition, not a range").Fixf("write `case x in 1..9:`")
			return nil
		}
		x := b.exprs(rest)
		cond := x.condition(r.Lo)
		if cond == nil || !x.decided(r.Lo, cond, "this case's condition") {
			return nil
		}
		if all == nil {
			all = cond
		} else {
			all = &ir.Binary{Op: "||", X: all, Y: cond, K: ir.Bool}
		}
	}
	return all
}
