package check

import (
	"slices"
	"strconv"
	"strings"

	"github.com/flowscope/fsd/dsl/ir"
)

// key names what can be known of an expression; "" when nothing can.
func (x *exprs) key(e ir.Expr) string {
	switch e := e.(type) {
	case *ir.Ref:
		var b strings.Builder
		switch e.Root {
		case ir.RefSelf:
			b.WriteString(x.self.key())
		case ir.RefElem:
			b.WriteString("e")
		case ir.RefEach:
			b.WriteString("v")
		case ir.RefParam:
			b.WriteString("p." + e.Param.Name)
		case ir.RefField:
			b.WriteString("f")
		}
		for _, f := range e.Path {
			b.WriteString("." + f.Name)
		}
		return b.String()
	case *ir.Fact:
		switch e.Fact {
		case ir.Remaining:
			return keyRemaining
		case ir.Offset:
			return keyOffset
		case ir.Total:
			return keyTotal
		case ir.Start:
			return keyStart
		}
		key := "fact." + strconv.Itoa(int(e.Fact)) + "." + strconv.Itoa(int(e.Side))
		if e.Rate != nil {
			key += "." + e.Rate.Per.String()
		}
		return key
	case *ir.Len:
		return "len(" + x.key(e.Of) + ")"
	case *ir.LastRef:
		if e.Or == nil && e.Var != nil {
			return lastText(e.Var)
		}
	case *ir.PrevRef:
		if e.Or == nil {
			return "prev." + pathText(e.Var.Path)
		}
	case *ir.Lookup:
		if text := x.lookupText(e); !moves(text) {
			return text
		}
	}
	return ""
}

// lastText names a field of the previous message.
func lastText(v *ir.LastVar) string {
	if v.BySender {
		return "last.sender." + pathText(v.Path)
	}
	return "last." + pathText(v.Path)
}

func pathText(path []*ir.Field) string {
	names := make([]string, len(path))
	for i, f := range path {
		names[i] = f.Name
	}
	return strings.Join(names, ".")
}

// text names an expression so that equal texts have equal values at one point.
func (x *exprs) text(e ir.Expr) string {
	switch e := e.(type) {
	case *ir.Const:
		return e.Value.String()
	case *ir.BoolConst:
		return strconv.FormatBool(e.Value)
	case *ir.BytesConst:
		return strconv.Quote(string(e.Value))
	case *ir.Binary:
		return "(" + x.text(e.X) + e.Op + x.text(e.Y) + ")"
	case *ir.Unary:
		return e.Op + x.text(e.X)
	case *ir.CounterRef:
		return "#counter." + e.Counter.Name
	case *ir.LastRef:
		if e.Or != nil && e.Var != nil {
			return lastText(e.Var) + " or " + x.text(e.Or)
		}
	case *ir.PrevRef:
		if e.Or != nil {
			return "prev." + pathText(e.Var.Path) + " or " + x.text(e.Or)
		}
	case *ir.In:
		b := x.text(e.X) + " in"
		for _, r := range e.Set {
			b += " " + r.Range.String()
		}
		return b
	case *ir.Checksum, *ir.Span:
		return x.sumText(e)
	case *ir.Peek:
		return x.peekText(e)
	case *ir.Lookup:
		return x.lookupText(e)
	case *ir.Match:
		return "match " + e.Enum.Name + " " + x.key(e.Of)
	case *ir.All:
		return "all " + x.key(e.Of) + " " + strconv.Itoa(int(e.Value))
	}
	return x.key(e)
}

// values is the set of values that an expression may have here.
func (x *exprs) values(e ir.Expr) set {
	if key := x.key(e); key != "" {
		if s, ok := x.env.fact(key); ok {
			return s
		}
	}
	switch e := e.(type) {
	case *ir.Ref:
		if n := len(e.Path); n > 0 {
			if s, ok := x.c.sets[e.Path[n-1]]; ok {
				return s
			}
		}
		return typeSet(e.Type)
	case *ir.LastRef, *ir.PrevRef:
		if e.Kind() == ir.Bool {
			return single(ir.R(0, 1))
		}
	case *ir.Lookup:
		if e.K == ir.Bool {
			return single(ir.R(0, 1))
		}
	}
	if e.Kind() == ir.Bool {
		always, never := x.decide(e)
		switch {
		case always:
			return single(ir.R(1, 1))
		case never:
			return single(ir.R(0, 0))
		}
		return single(ir.R(0, 1))
	}
	if e.Kind() == ir.Bytes {
		return nil
	}
	return single(e.Range())
}

// decide says whether a condition always or never holds, as far as ranges tell.
func (x *exprs) decide(e ir.Expr) (always, never bool) {
	switch e := e.(type) {
	case *ir.BoolConst:
		return e.Value, !e.Value
	case *ir.Unary:
		if e.Op == "!" {
			a, n := x.decide(e.X)
			return n, a
		}
	case *ir.In:
		s, in := x.values(e.X), x.c.setOf(e)
		if s.empty() {
			return false, false
		}
		return s.within(in), s.intersect(in).empty()
	case *ir.Ref, *ir.LastRef, *ir.PrevRef, *ir.Lookup:
		if s := x.values(e); len(s) > 0 {
			return s.hull().Lo.Sign() > 0, s.hull().Hi.Sign() == 0
		}
	case *ir.Binary:
		switch e.Op {
		case "&&", "||":
			row := []ir.Expr{e.Y}
			first := e.X
			for {
				inner, ok := first.(*ir.Binary)
				if !ok || inner.Op != e.Op {
					break
				}
				row = append(row, inner.Y)
				first = inner.X
			}
			row = append(row, first)
			y := *x
			y.env = newEnv(x.env)
			always, never = e.Op == "&&", e.Op == "||"
			for _, operand := range slices.Backward(row) {
				a, n := y.decide(operand)
				y.narrow(operand, e.Op == "&&")
				if e.Op == "&&" {
					always, never = always && a, never || n
				} else {
					always, never = always || a, never && n
				}
			}
			return always, never
		}
		if isComparison(e.Op) && e.X.Kind() != ir.Bytes {
			return compare(e.Op, x.values(e.X), x.values(e.Y))
		}
	}
	return false, false
}

// narrow takes over into the env what is known when a condition holds, or does not.
func (x *exprs) narrow(e ir.Expr, holds bool) {
	switch e := e.(type) {
	case *ir.Unary:
		if e.Op == "!" {
			x.narrow(e.X, !holds)
		}
	case *ir.In:
		s := x.c.setOf(e)
		if !holds {
			s = x.values(e.X).minus(s)
		}
		x.constrain(e.X, s)
	case *ir.Ref, *ir.LastRef, *ir.PrevRef, *ir.Lookup:
		if e.Kind() == ir.Bool {
			v := int64(0)
			if holds {
				v = 1
			}
			x.constrain(e, single(ir.R(v, v)))
		}
	case *ir.Binary:
		switch {
		case e.Op == "&&" && holds, e.Op == "||" && !holds:
			x.narrow(e.X, holds)
			x.narrow(e.Y, holds)
		case e.Op == "&&" || e.Op == "||":
			x.either(e, holds)
		case isComparison(e.Op) && e.X.Kind() != ir.Bytes:
			op := e.Op
			if !holds {
				op = negated(op)
			}
			x.compared(e.X, op, e.Y)
		}
	}
}

// maxEither is how many "or" inside of each other are looked into.
const maxEither = 6

// either narrows to what both sides of an "or" leave possible.
func (x *exprs) either(e *ir.Binary, holds bool) {
	if x.depth >= maxEither {
		return // each level doubles the work, and knowing less is never wrong
	}
	left, right := *x, *x
	left.depth, right.depth = x.depth+1, x.depth+1
	left.env, right.env = newEnv(x.env), newEnv(x.env)
	left.narrow(e.X, holds)
	right.narrow(e.X, !holds)
	right.narrow(e.Y, holds)
	for key, s := range left.env.facts {
		if t, ok := right.env.facts[key]; ok {
			x.env.learn(key, s.union(t))
		}
	}
}

// compared takes over a comparison that holds.
func (x *exprs) compared(a ir.Expr, op string, b ir.Expr) {
	va, vb := x.values(a), x.values(b)
	if va.empty() || vb.empty() {
		return
	}
	x.constrain(a, allowed(va, op, vb))
	x.constrain(b, allowed(vb, mirrored(op), va))
	if a.Kind() == ir.Bool {
		return
	}
	ta, tb := x.text(a), x.text(b)
	switch op {
	case ">=":
		x.env.learnDifference(ta, tb, zero)
	case ">":
		x.env.learnDifference(ta, tb, one)
	case "<=":
		x.env.learnDifference(tb, ta, zero)
	case "<":
		x.env.learnDifference(tb, ta, one)
	case "==":
		x.env.learnDifference(ta, tb, zero)
		x.env.learnDifference(tb, ta, zero)
	}
}

// allowed is the part of a for which `a op b` can hold.
func allowed(a set, op string, b set) set {
	h := b.hull()
	low, high := ir.I(-1).Lsh(200), ir.I(1).Lsh(200)
	switch op {
	case "==":
		return a.intersect(b)
	case "!=":
		if h.Lo.Cmp(h.Hi) == 0 {
			return a.minus(b)
		}
	case "<":
		return a.intersect(single(ir.Range{Lo: low, Hi: h.Hi.Sub(one)}))
	case "<=":
		return a.intersect(single(ir.Range{Lo: low, Hi: h.Hi}))
	case ">":
		return a.intersect(single(ir.Range{Lo: h.Lo.Add(one), Hi: high}))
	case ">=":
		return a.intersect(single(ir.Range{Lo: h.Lo, Hi: high}))
	}
	return a
}

// constrain takes over that an expression lies in a set, and what follows for its operands.
func (x *exprs) constrain(e ir.Expr, s set) {
	if s.empty() {
		return // a contradiction is reported where it is written
	}
	if key := x.key(e); key != "" {
		if n := x.values(e).intersect(s); !n.empty() {
			x.env.learn(key, n)
		}
		return
	}
	b, ok := e.(*ir.Binary)
	if !ok || b.K == ir.Bool {
		return
	}
	h := s.hull()
	rx, ry := b.X.Range(), b.Y.Range()
	bound := func(e ir.Expr, r ir.Range) { x.constrain(e, x.values(e).intersect(single(r))) }
	k, isConst := b.Y.(*ir.Const)
	op := b.Op
	if isConst && op == "<<" {
		op, k = "*", &ir.Const{Value: one.Lsh(uint(k.Value.Int64()))}
	}
	if isConst && op == ">>" && rx.Lo.Sign() >= 0 {
		op, k = "/", &ir.Const{Value: one.Lsh(uint(k.Value.Int64()))}
	}
	switch op {
	case "+":
		bound(b.X, ir.Range{Lo: h.Lo.Sub(ry.Hi), Hi: h.Hi.Sub(ry.Lo)})
		bound(b.Y, ir.Range{Lo: h.Lo.Sub(rx.Hi), Hi: h.Hi.Sub(rx.Lo)})
	case "-":
		bound(b.X, ir.Range{Lo: h.Lo.Add(ry.Lo), Hi: h.Hi.Add(ry.Hi)})
		bound(b.Y, ir.Range{Lo: rx.Lo.Sub(h.Hi), Hi: rx.Hi.Sub(h.Lo)})
		if h.Lo.Sign() >= 0 {
			x.env.learnDifference(x.text(b.X), x.text(b.Y), h.Lo)
		}
	case "*":
		if c, left := b.X.(*ir.Const); left && !isConst {
			k, isConst = c, true
			b = &ir.Binary{X: b.Y, Y: b.X}
		}
		if isConst && k.Value.Sign() > 0 {
			bound(b.X, ir.Range{Lo: ceilDiv(h.Lo, k.Value), Hi: floorDiv(h.Hi, k.Value)})
		}
	case "/":
		if isConst && k.Value.Sign() > 0 && rx.Lo.Sign() >= 0 {
			bound(b.X, ir.Range{Lo: ir.Max(zero, h.Lo.Mul(k.Value)), Hi: h.Hi.Mul(k.Value).Add(k.Value).Sub(one)})
		}
	}
}

func floorDiv(x, y ir.Int) ir.Int {
	q := x.Div(y)
	if x.Sign() < 0 && x.Rem(y).Sign() != 0 {
		q = q.Sub(one)
	}
	return q
}

func ceilDiv(x, y ir.Int) ir.Int { return floorDiv(x.Neg(), y).Neg() }

// setOf is the set of an In; those of closed enums are large and come often.
func (c *checker) setOf(e *ir.In) set {
	if len(e.Set) == 0 {
		return nil
	}
	s, ok := c.inSets[&e.Set[0]]
	if !ok {
		s = caseSet(e.Set)
		c.inSets[&e.Set[0]] = s
	}
	return s
}

func caseSet(ranges []ir.CaseRange) set {
	out := make([]ir.Range, len(ranges))
	for i, r := range ranges {
		out[i] = r.Range
	}
	return newSet(out)
}
