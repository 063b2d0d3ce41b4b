package check

import (
	"slices"
	"strings"

	"github.com/flowscope/fsd/dsl/ir"
	"github.com/flowscope/fsd/dsl/source"
)

// env is what is known at a point of a body: readable names, the values that they may have, and differences between
// them. A branch has an env of its own on top of the one around it; what it learns is gone behind it.
type env struct {
	parent *env
	vars   map[string]*variable
	facts  map[string]set
	diffs  []difference
	cut    bool // bytes were read here: what the parents say of differences to the position is void
	// windowed says that a window other than the datagram surely bounds what is read here.
	windowed bool
	branch   []branchRef
}

// variable is a name that can be read.
type variable struct {
	field *ir.Field
	param *ir.Param
	each  ir.Type // of the element of a list that `each` goes through
	at    source.Span
	used  bool
	bad   bool // it had an error: uses are silent
}

// difference says that x - y >= least, for two expressions by their text.
type difference struct {
	x, y  string
	least ir.Int
}

// branchRef is a branch that a statement stands in: of which switch or if, and which.
type branchRef struct {
	of     any
	number int
}

func newEnv(parent *env) *env {
	e := &env{parent: parent, vars: map[string]*variable{}, facts: map[string]set{}}
	if parent != nil {
		e.windowed, e.branch = parent.windowed, parent.branch
	}
	return e
}

// in returns the env of a branch.
func (e *env) in(of any, number int) *env {
	b := newEnv(e)
	b.branch = append(slices.Clone(e.branch), branchRef{of, number})
	return b
}

func (e *env) lookup(name string) *variable {
	for ; e != nil; e = e.parent {
		if v := e.vars[name]; v != nil {
			return v
		}
	}
	return nil
}

// names are all readable names, innermost first.
func (e *env) names() []string {
	var out []string
	for ; e != nil; e = e.parent {
		at := len(out)
		for name := range e.vars {
			out = append(out, name)
		}
		slices.Sort(out[at:])
	}
	return out
}

func (e *env) fact(key string) (set, bool) {
	for ; e != nil; e = e.parent {
		if s, ok := e.facts[key]; ok {
			return s, true
		}
	}
	return nil, false
}

// learn replaces what is known of a key.
func (e *env) learn(key string, s set) { e.facts[key] = s }

// learnDifference keeps x - y >= least.
func (e *env) learnDifference(x, y string, least ir.Int) {
	if len(e.diffs) < 256 {
		e.diffs = append(e.diffs, difference{x, y, least})
	}
}

// difference is the least that x - y can be as far as comparisons said.
func (e *env) difference(x, y string) (ir.Int, bool) {
	moved := false
	for ; e != nil; e = e.parent {
		for i := len(e.diffs) - 1; i >= 0; i-- {
			d := e.diffs[i]
			if d.x == x && d.y == y && !(moved && (moves(x) || moves(y))) {
				return d.least, true
			}
		}
		moved = moved || e.cut
	}
	return ir.Int{}, false
}

// moves says whether the value of an expression changes when bytes are read.
func moves(text string) bool { return strings.Contains(text, "#") }

// advance takes note that a number of bytes was read.
func (e *env) advance(size ir.Size) {
	if size.Max == 0 {
		return
	}
	if s, ok := e.fact(keyRemaining); ok {
		h := s.hull()
		e.learn(keyRemaining, single(ir.Range{Lo: ir.Max(ir.I(0), h.Lo.Sub(ir.I(size.Max))), Hi: ir.Max(ir.I(0), h.Hi.Sub(ir.I(size.Min)))}))
	}
	if s, ok := e.fact(keyOffset); ok {
		h := s.hull()
		e.learn(keyOffset, single(ir.Range{Lo: ir.Min(ir.I(ir.MaxDatagram), h.Lo.Add(ir.I(size.Min))), Hi: ir.Min(ir.I(ir.MaxDatagram), h.Hi.Add(ir.I(size.Max)))}))
	}
	e.forgetTotal()
	e.forget()
}

// forgetTotal drops what is known of a chain's total, which grows when an item or end is read, by all of its step.
func (e *env) forgetTotal() {
	if _, ok := e.fact(keyTotal); ok {
		e.learn(keyTotal, single(ir.R(0, ir.MaxDatagram)))
	}
}

// forget drops the differences to values that have changed.
func (e *env) forget() {
	e.diffs = slices.DeleteFunc(e.diffs, func(d difference) bool { return moves(d.x) || moves(d.y) })
	e.cut = true
}

// window returns the env inside of a window of a size: what was known of the position does not hold there.
func (e *env) window(size ir.Range) *env {
	w := newEnv(e)
	w.windowed = true
	w.learn(keyRemaining, single(size.Intersect(ir.R(0, ir.MaxDatagram))))
	w.forget()
	return w
}

// elsewhere returns the env at another place of the datagram, of which nothing is known.
func (e *env) elsewhere() *env {
	w := newEnv(e)
	w.learn(keyRemaining, single(ir.R(0, ir.MaxDatagram)))
	w.learn(keyOffset, single(ir.R(0, ir.MaxDatagram)))
	w.forgetTotal()
	w.forget()
	return w
}

// saved is what is known of the position; restore goes back to it.
func (e *env) saved() map[string]set {
	before := map[string]set{}
	for _, key := range moving {
		if s, known := e.fact(key); known {
			before[key] = s
		}
	}
	return before
}

func (e *env) restore(before map[string]set) {
	for _, key := range moving {
		delete(e.facts, key)
		if s, known := before[key]; known {
			e.learn(key, s)
		}
	}
}

// Keys of the facts that change as bytes are read; their texts begin with '#'.
const (
	keyRemaining = "#remaining"
	keyOffset    = "#offset"
	keyTotal     = "#total"
	keyStart     = "#start"
)

// moving are the keys that a branch hands on to what follows it.
var moving = []string{keyRemaining, keyOffset, keyTotal}

// join takes over where the branches, those that go on, have left the position.
func (e *env) join(branches []*env) {
	for _, key := range moving {
		var s set
		known := len(branches) > 0
		for _, b := range branches {
			f, ok := b.fact(key)
			known = known && ok
			s = s.union(f)
		}
		if known {
			e.learn(key, s)
		}
	}
	e.diffs = slices.DeleteFunc(e.diffs, func(d difference) bool { return moves(d.x) || moves(d.y) })
	e.cut = true
}
