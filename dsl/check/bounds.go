package check

import (
	"slices"
	"strings"

	"github.com/flowscope/fsd/dsl/diag"
	"github.com/flowscope/fsd/dsl/ir"
)

// bounds computes the certificate of the entries.
//
// Every element of an array takes bytes that no other element of the same nesting takes, so arrays of one nesting cost
// together at most the datagram's bytes by the size of their smallest element; the items of chains likewise, as long as
// they do not jump. Each jump buys at most one chain's budget of items.
//
// Each lookup in an array, and each sum, looks at its elements once more, and each checksum at its bytes, which are of the
// struct or of a datagram that is one message. Bytes that are parsed again (`over`) cost once more what they cost as the
// type that they are parsed as: they are bytes of the struct that does so, and of no other. What is read `at` offsets is
// paid for in jumps, which bound the bytes of all such fields together; only those being read at the end may be longer
// than what is left of the budget.
func (c *checker) bounds() {
	for _, e := range c.proto.Entries {
		if e.Type == nil || c.diags.HasErrors() {
			continue
		}
		b := ir.EntryBounds{Entry: e, Size: e.Type.Bytes, Depth: 1}
		w := &walker{c: c, seen: map[ir.Type]loops{}, seenInside: map[ir.Type]loops{}, cycles: c.cycles}
		l := w.typ(e.Type)
		b.Depth = l.depth
		total := one
		parts := []string{"1"}
		size := min(e.Type.Bytes.Max, ir.MaxDatagram)
		if e.Type.Lax || l.items > 0 {
			size = ir.MaxDatagram
		}
		add := func(size int64, levels []int64) {
			times := map[int64]int64{}
			for _, least := range levels {
				times[least]++
			}
			for _, least := range levels {
				total = total.Add(ir.I(size / least))
				text := thousands(ir.I(size))
				if least > 1 {
					text += "/" + ir.I(least).String()
				}
				switch n := times[least]; {
				case n > 2: // of recursion, most often: said once
					parts = append(parts, thousands(ir.I(n))+"*"+text)
					times[least] = 0
				case n > 0:
					parts = append(parts, text)
				}
			}
		}
		add(size, l.levels)
		add(size, l.passes)
		if l.atDepth > 0 && c.proto.Jumps > 0 {
			total = total.Add(ir.I(c.proto.Jumps))
			parts = append(parts, thousands(ir.I(c.proto.Jumps)))
			add(c.proto.Jumps*ir.JumpBytes+l.atDepth*ir.MaxDatagram, l.at)
		}
		if l.items > 0 && c.proto.Jumps > 0 {
			total = total.Add(ir.I(c.proto.Jumps * (l.items + 1)))
			parts = append(parts, thousands(ir.I(c.proto.Jumps))+"*"+thousands(ir.I(l.items+1)))
		}
		b.Steps, b.StepsText = total, strings.Join(parts, " + ")
		c.proto.Bounds.Entries = append(c.proto.Bounds.Entries, b)
	}
}

// thousands writes a number with commas.
func thousands(n ir.Int) string {
	s := n.String()
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// loops is what a type repeats: for each nesting of loops the size of the smallest element, the greatest number of items
// of a chain that jumps, and how deep structs are nested.
type loops struct {
	levels []int64
	// passes are the same for bytes that are parsed again.
	passes []int64
	// at are the same for what is read at offsets, and atDepth is how many such fields are nested in one another.
	at      []int64
	atDepth int64
	items   int64
	depth   int
}

// add takes over what stands beside it in the datagram, or instead of it.
func (l *loops) add(m loops) {
	l.levels = beside(l.levels, m.levels)
	l.passes = beside(l.passes, m.passes)
	l.at = beside(l.at, m.at)
	l.atDepth = max(l.atDepth, m.atDepth)
	l.items = max(l.items, m.items)
	l.depth = max(l.depth, m.depth)
}

// beside joins the levels of two parts: bytes are in one of them, so each pair costs at most what its smaller element does.
func beside(a, b []int64) []int64 {
	out := slices.Clone(a)
	for i, least := range b {
		if i == len(out) {
			out = append(out, least)
		}
		out[i] = min(out[i], least)
	}
	return out
}

type walker struct {
	c      *checker
	seen   map[ir.Type]loops
	cycles map[*ir.Struct][]*ir.Struct
	// inside are the cycles through which a pass is being made, and seenInside what their structs repeat in one.
	inside     [][]*ir.Struct
	seenInside map[ir.Type]loops
}

func (w *walker) typ(t ir.Type) loops {
	seen := w.seen
	if s, ok := t.(*ir.Struct); ok && w.within(s) {
		seen = w.seenInside // where a pass through a cycle ends at a depth
	}
	if l, ok := seen[t]; ok {
		return l
	}
	var l loops
	switch t := t.(type) {
	case *ir.Struct:
		switch {
		case w.leaf(t):
			return l
		case t.Recursive && !w.within(t):
			l = w.deep(t)
		default:
			l = w.stmts(t.Body)
			l.depth++
			w.count(t, &l)
		}
	case *ir.Chain:
		// A step reads a byte at least.
		l.levels = []int64{1}
		if t.HasGoto {
			l.items = t.MaxItems
		}
		l.depth = 1
	case *ir.ArrayType:
		l = w.typ(t.Elem)
		l.levels = append([]int64{max(1, t.Least())}, l.levels...)
	default:
		return l
	}
	seen[t] = l
	return l
}

// stmts is what statements cost that run one after the other.
func (w *walker) stmts(list []ir.Stmt) loops {
	var l loops
	var passes []int64
	for _, s := range list {
		passes = append(passes, lookups(s)...)
		switch s := s.(type) {
		case *ir.Let:
			visit(s.Value, func(e ir.Expr) {
				if sum, ok := e.(*ir.Sum); ok {
					passes = append(passes, sum.Of.Type.(*ir.ArrayType).Least())
				}
			})
		case *ir.Store:
			for _, v := range s.Values {
				for _, l := range v.Lists {
					passes = append(passes, l.Type.(*ir.ArrayType).Least())
				}
			}
		case *ir.Read:
			inner := w.typ(s.Field.Type)
			switch p := s.Place; {
			case p == nil:
				l.add(inner)
				continue
			case p.Over != nil:
				passes = append(append(append(passes, leastOf(p.Over)), inner.levels...), inner.passes...)
			default:
				l.at = beside(l.at, slices.Concat(inner.levels, inner.passes))
				l.atDepth = max(l.atDepth, inner.atDepth+1)
			}
			inner.levels, inner.passes = nil, nil
			l.add(inner)
		case *ir.If:
			branches := w.stmts(s.Then)
			branches.add(w.stmts(s.Else))
			passes = append(passes, branches.again()...)
			l.add(branches)
		case *ir.Switch:
			var branches loops
			for _, k := range s.Cases {
				branches.add(w.stmts(k.Body))
			}
			if s.Default != nil {
				branches.add(w.stmts(s.Default.Body))
			}
			passes = append(passes, branches.again()...)
			l.add(branches)
		}
	}
	l.passes = append(l.passes, passes...)
	return l
}

// leastOf is how many bytes at least are parsed again: a pass is a step even if what it reads has no elements.
func leastOf(over ir.Expr) int64 {
	if r, ok := over.(*ir.Ref); ok {
		if t, ok := r.Type.(*ir.BytesType); ok {
			return max(1, contentSize(t).Min)
		}
	}
	return 1
}

// again takes the passes out of what branches cost: they may parse again what was read in front of the branches, so
// that they are counted on top and not beside.
func (l *loops) again() []int64 {
	passes := l.passes
	l.passes = nil
	return passes
}

// maxPasses bounds how often one byte is parsed again, all levels of nesting together.
const maxPasses = 256

// count reports a struct whose bytes are parsed again too often.
func (w *walker) count(s *ir.Struct, l *loops) {
	if len(l.passes) <= maxPasses {
		return
	}
	w.c.errorf(diag.TooBig, s.Pos, "the bytes of %s are parsed again more than %d times", s.Name, maxPasses).
		Fixf("parse them once, as a type that has all that is wanted of them")
	l.passes = l.passes[:maxPasses]
}
