package check

import (
	"strings"

	"github.com/flowscope/fsd/dsl/ir"
)

// bounds computes the certificate of the entries.
//
// Every element of an array takes bytes that no other element of the same nesting takes, so arrays of one nesting cost
// together at most the datagram's bytes by the size of their smallest element; the items of chains likewise, as long as
// they do not jump. Each jump buys at most one chain's budget of items.
func (c *checker) bounds() {
	for _, e := range c.proto.Entries {
		if e.Type == nil || c.diags.HasErrors() {
			continue
		}
		b := ir.EntryBounds{Entry: e, Size: e.Type.Bytes, Depth: 1}
		w := &walker{seen: map[ir.Type]loops{}, seenInside: map[ir.Type]loops{}, cycles: c.cycles}
		l := w.typ(e.Type)
		b.Depth = l.depth
		total := one
		parts := []string{"1"}
		size := min(e.Type.Bytes.Max, ir.MaxDatagram)
		if e.Type.Lax || l.items > 0 {
			size = ir.MaxDatagram
		}
		for i := 0; i < len(l.levels); {
			least, times := l.levels[i], int64(0)
			for ; i < len(l.levels) && l.levels[i] == least; i++ {
				times++
			}
			total = total.Add(ir.I(times * (size / least)))
			text := thousands(ir.I(size))
			if least > 1 {
				text += "/" + ir.I(least).String()
			}
			if times > 2 {
				parts = append(parts, thousands(ir.I(times))+"*"+text)
				continue
			}
			for range times {
				parts = append(parts, text)
			}
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
	items  int64
	depth  int
}

func (l *loops) add(m loops) {
	for i, least := range m.levels {
		if i == len(l.levels) {
			l.levels = append(l.levels, least)
		}
		l.levels[i] = min(l.levels[i], least)
	}
	l.items = max(l.items, m.items)
	l.depth = max(l.depth, m.depth)
}

type walker struct {
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
			w.stmts(t.Body, &l)
			l.depth++
		}
	case *ir.Chain:
		// A step reads a byte at least.
		l.levels = []int64{1}
		if t.HasGoto {
			l.items = t.MaxItems
		}
		l.depth = 1
	case *ir.ArrayType:
		inner := w.typ(t.Elem)
		l = loops{levels: append([]int64{max(1, t.Elem.Size().Min)}, inner.levels...), items: inner.items, depth: inner.depth}
	default:
		return l
	}
	seen[t] = l
	return l
}

func (w *walker) stmts(list []ir.Stmt, l *loops) {
	for _, s := range list {
		switch s := s.(type) {
		case *ir.Read:
			l.add(w.typ(s.Field.Type))
		case *ir.If:
			w.stmts(s.Then, l)
			w.stmts(s.Else, l)
		case *ir.Switch:
			for _, k := range s.Cases {
				w.stmts(k.Body, l)
			}
			if s.Default != nil {
				w.stmts(s.Default.Body, l)
			}
		}
	}
}
