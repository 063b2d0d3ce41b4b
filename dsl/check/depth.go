package check

import (
	"slices"

	"github.com/flowscope/fsd/dsl/ast"
	"github.com/flowscope/fsd/dsl/diag"
	"github.com/flowscope/fsd/dsl/ir"
	"github.com/flowscope/fsd/dsl/source"
)

// maxDepth bounds `depth`: each level takes a frame of the parser's stack.
const maxDepth = 64

// open makes a struct known before its body is checked, so that what it reads may contain it again. Until its size is
// known it is what must hold of every recursive type with a depth: at least one byte. Of one without it is what it has
// surely read so far.
func (c *checker) open(info *namedInfo, s *ir.Struct, k *ast.Struct) {
	s.Bytes = ir.Size{Max: ir.MaxDatagram}
	if k.Line != nil {
		c.line(info, s, k.Line)
	}
	if k.Depth != nil {
		s.Bytes.Min = 1
		c.depth(info, s, k.Depth)
	}
	info.open = s
	c.structInfo[s] = info
}

// depth checks the number behind `depth`.
func (c *checker) depth(info *namedInfo, s *ir.Struct, e ast.Expr) {
	s.Depth = 1
	n, ok := c.constInt(info.unit, e)
	switch {
	case !ok:
	case n.Cmp(one) < 0 || n.Cmp(ir.I(maxDepth)) > 0:
		c.errorf(diag.DepthLimits, e.Span(), "the depth of a struct is 1..%d, found %s", maxDepth, n).Fixf("8 serves most protocols")
	default:
		s.Depth = n.Int64()
	}
	at := info.decl.Name.Span()
	s.FieldID = c.fieldID(s.Name)
	if i, ok := c.implicit(Snake(s.Name)+"_depth", at, "more than "+ir.I(s.Depth).String()+" of "+s.Name+" inside of each other"); ok {
		s.DepthReason = i
	}
}

// recursive is the type that a place names while the type is being checked itself: it, if a depth bounds the cycle, else
// nil after an error.
func (c *checker) recursive(d *ast.TypeDecl, at source.Span) ir.Named {
	i := slices.Index(c.stack, d)
	if i < 0 {
		return nil
	}
	bounded, ready := false, true
	for _, other := range c.stack[i:] {
		k, ok := other.Kind.(*ast.Struct)
		ready = ready && ok && c.named[other].open != nil
		bounded = bounded || ok && k.Depth != nil
	}
	if bounded && ready {
		c.named[d].users++
		return c.named[d].open
	}
	var names []string
	for _, other := range c.stack[i+1:] {
		names = append(names, other.Name.Name)
	}
	c.unbounded(d, names, at, ready)
	return nil
}

// unbounded reports types that contain each other without a depth.
func (c *checker) unbounded(d *ast.TypeDecl, through []string, at source.Span, structs bool) {
	name := d.Name.Name
	text := name
	for _, other := range through {
		text += " -> " + other
	}
	e := c.errorf(diag.RecursiveType, at, "%s contains itself: %s -> %s", name, text, name)
	if at != d.Name.Span() {
		e.Label(d.Name.Span(), "%s is declared here", name)
	}
	if structs {
		e.Fixf("bound how deep: write `type %s struct depth 8 {`", name)
	} else {
		e.Fixf("only what a struct reads may contain it again, not its parameters; hand on the fields that are needed")
	}
}

// recursion marks the structs that contain themselves, and reports those that nothing bounds. What contains itself
// through a type that was complete already is found here and not on the way.
func (c *checker) recursion() {
	g := &typeGraph{in: map[*ir.Struct]int{}, low: map[*ir.Struct]int{}, active: map[*ir.Struct]bool{}}
	for _, t := range c.proto.Types {
		if s, ok := t.(*ir.Struct); ok && g.in[s] == 0 {
			g.visit(s)
		}
	}
	c.cycles = map[*ir.Struct][]*ir.Struct{}
	for _, cycle := range g.cycles {
		for _, s := range cycle {
			s.Recursive = true
			c.cycles[s] = cycle
		}
		c.bounded(cycle)
		c.places(cycle)
	}
	for _, t := range c.proto.Types {
		s, ok := t.(*ir.Struct)
		if !ok || s.Depth == 0 || c.structInfo[s] == nil {
			continue
		}
		decl := c.structInfo[s].decl
		switch {
		case !s.Recursive:
			k := decl.Kind.(*ast.Struct)
			if !c.diags.HasErrors() {
				c.errorf(diag.NeedlessDepth, k.Depth.Span(), "%s does not contain itself, so there is no depth to bound", s.Name).Fixf("remove `depth`")
			}
		case c.structInfo[s].least < 1 && !c.diags.HasErrors():
			c.errorf(diag.EmptyRecursion, decl.Name.Span(), "%s may take no bytes, and contains itself: a few bytes could cost any number of steps", s.Name).
				Fixf("read at least one byte in every %s, as a tag", s.Name)
		}
	}
}

// bounded reports a cycle of types that leads past all depths, and a type that always contains itself.
func (c *checker) bounded(cycle []*ir.Struct) {
	if c.diags.HasErrors() {
		return
	}
	walk := func(next func(s *ir.Struct) []*ir.Struct) (path []*ir.Struct) {
		state := map[*ir.Struct]int{}
		var visit func(s *ir.Struct) bool
		visit = func(s *ir.Struct) bool {
			state[s] = 1
			path = append(path, s)
			for _, t := range next(s) {
				if !slices.Contains(cycle, t) || state[t] == 2 {
					continue
				}
				if state[t] == 1 {
					path = path[slices.Index(path, t):]
					return true
				}
				if visit(t) {
					return true
				}
			}
			state[s] = 2
			path = path[:len(path)-1]
			return false
		}
		for _, s := range cycle {
			if state[s] == 0 && visit(s) {
				return path
			}
		}
		return nil
	}
	free := walk(func(s *ir.Struct) (out []*ir.Struct) {
		if s.Depth == 0 {
			for _, t := range readsOf(s.Body, false) {
				if t.Depth == 0 {
					out = append(out, t)
				}
			}
		}
		return out
	})
	if free != nil {
		var names []string
		for _, s := range free[1:] {
			names = append(names, s.Name)
		}
		c.unbounded(c.structInfo[free[0]].decl, names, free[0].Pos, true)
		return
	}
	if endless := walk(func(s *ir.Struct) []*ir.Struct { return readsOf(s.Body, true) }); endless != nil {
		s := endless[0]
		c.errorf(diag.NeverCompletes, s.Pos, "no value of %s is ever complete: each always contains another one", s.Name).
			Fixf("read the inner one in a branch, or in an array that may be empty")
	}
}

// readsOf are the structs that a body reads, alone and in arrays; with always those that every value contains.
func readsOf(body []ir.Stmt, always bool) []*ir.Struct {
	var out []*ir.Struct
	for _, st := range body {
		switch st := st.(type) {
		case *ir.Read:
			switch t := st.Field.Type.(type) {
			case *ir.Struct:
				out = append(out, t)
			case *ir.ArrayType:
				if s, ok := t.Elem.(*ir.Struct); ok && (!always || t.Bytes.Min > 0) {
					out = append(out, s)
				}
			}
		case *ir.If:
			if always {
				return out
			}
			out = append(append(out, readsOf(st.Then, false)...), readsOf(st.Else, false)...)
		case *ir.Switch:
			if always {
				return out
			}
			for _, k := range st.Cases {
				out = append(out, readsOf(k.Body, false)...)
			}
			if st.Default != nil {
				out = append(out, readsOf(st.Default.Body, false)...)
			}
		}
	}
	return out
}

// typeGraph finds the sets of structs that contain each other.
type typeGraph struct {
	in, low map[*ir.Struct]int
	active  map[*ir.Struct]bool
	stack   []*ir.Struct
	cycles  [][]*ir.Struct
}

func (g *typeGraph) visit(s *ir.Struct) {
	g.in[s] = len(g.in) + 1
	g.low[s] = g.in[s]
	g.stack = append(g.stack, s)
	g.active[s] = true
	self := false
	for _, t := range readsOf(s.Body, false) {
		self = self || t == s
		if g.in[t] == 0 {
			g.visit(t)
			g.low[s] = min(g.low[s], g.low[t])
		} else if g.active[t] {
			g.low[s] = min(g.low[s], g.in[t])
		}
	}
	if g.low[s] != g.in[s] {
		return
	}
	i := slices.Index(g.stack, s)
	set := slices.Clone(g.stack[i:])
	g.stack = g.stack[:i]
	for _, t := range set {
		g.active[t] = false
	}
	if len(set) > 1 || self {
		g.cycles = append(g.cycles, set)
	}
}

// deep is what structs that contain each other repeat, all levels of their nesting together: each level what one pass
// through the cycle does, until a struct with a depth comes again.
func (w *walker) deep(s *ir.Struct) loops {
	cycle := w.cycles[s]
	var pass loops
	levels := int64(0)
	least := int64(ir.MaxDatagram)
	inner := 0
	for _, t := range cycle {
		w.inside = append(w.inside, cycle)
		once := w.stmts(t.Body)
		w.inside = w.inside[:len(w.inside)-1]
		once.depth++
		if t.Depth == 0 {
			inner = max(inner, once.depth)
		} else {
			levels += t.Depth
			least = min(least, t.Bytes.Min)
		}
		pass.add(once)
	}
	out := loops{items: pass.items, depth: int(levels)*max(pass.depth, inner+1) + inner, at: pass.at, atDepth: pass.atDepth}
	for range levels {
		out.levels = append(append(out.levels, max(1, least)), pass.levels...)
		out.passes = append(out.passes, pass.passes...)
	}
	w.count(s, &out)
	return out
}

// within says that a struct belongs to a cycle through which a pass is being made.
func (w *walker) within(s *ir.Struct) bool {
	return slices.ContainsFunc(w.inside, func(cycle []*ir.Struct) bool { return slices.Contains(cycle, s) })
}

// leaf says that a struct ends the pass through a cycle that is being looked at.
func (w *walker) leaf(s *ir.Struct) bool {
	return s.Depth > 0 && len(w.inside) > 0 && slices.Contains(w.inside[len(w.inside)-1], s)
}
