package check

import (
	"slices"

	"github.com/flowscope/fsd/dsl/ast"
	"github.com/flowscope/fsd/dsl/diag"
	"github.com/flowscope/fsd/dsl/ir"
)

// prev resolves `prev.X`, a field of the element before; nil after an error.
func (x *exprs) prev(p *ast.Path) ir.Expr {
	b := x.b
	if b.self == nil || b.isEntry {
		x.c.errorf(diag.Misplaced, p.Span(), "`prev` is the element before, and %s is %s", b.name, placeText(b)).
			Fixf("use it in a struct that an array repeats")
		return nil
	}
	if len(p.Sel) == 0 {
		x.c.errorf(diag.BadPrev, p.Span(), "`prev` is a whole element, and a value is needed here").Fixf("write prev. and the name of a field")
		return nil
	}
	name := p.Sel[0].Field
	t, ok := x.prevType(name)
	if !ok {
		return nil
	}
	f := b.info.field(name.Name)
	if f.Type == nil {
		f.Type = t // it is declared further down
	}
	path := []*ir.Field{f}
	for _, s := range p.Sel[1:] {
		m := memberOf(t, s.Field.Name)
		if m == nil {
			x.noMember(s, t, s.Field.Name)
			return nil
		}
		path = append(path, m)
		t = m.Type
	}
	switch t.(type) {
	case *ir.IntType, *ir.Enum, *ir.Flags, *ir.BoolType:
	default:
		x.c.errorf(diag.BadPrev, p.Span(), "%s is %s, which has no value to compute with", short(p.Span().Text()), withArticle(t)).
			Fixf("name an integer, enum, flags or bool")
		return nil
	}
	v := b.prevVar(path, t)
	r := &ir.PrevRef{Var: v, K: ir.Bool}
	if _, isBool := t.(*ir.BoolType); !isBool {
		r.R = v.Range.Union(ir.R(0, 0)) // 0 in the first element
		r.K = kindOf(r.R)
	}
	return r
}

func placeText(b *body) string {
	if b.isEntry {
		return "an entry"
	}
	return kindName(b.info.decl.Kind)
}

// prevType is the type of a field or value on the top level of the struct being checked, which may stand further down;
// false after an error. That of a value is the one it names: what is computed from `prev` itself has no other.
func (x *exprs) prevType(name *ast.Ident) (ir.Type, bool) {
	decl := x.b.info.decl
	if k := x.b.known[name.Name]; k != nil && !k.field.Conditional && !k.field.Hidden && k.field.Type != nil {
		return k.field.Type, true // also what all branches in front have read
	}
	var all []string
	for _, st := range decl.Kind.(*ast.Struct).Body.Stmts {
		switch st := st.(type) {
		case *ast.Field:
			for _, n := range st.Names {
				if n.Name == name.Name && n.Name != "_" {
					if t := x.lastType(decl, n.Name); t != nil {
						return t, true
					}
					return nil, false
				}
				all = append(all, n.Name)
			}
		case *ast.Let:
			if st.Name == nil {
				continue
			}
			if st.Name.Name == name.Name {
				return x.prevLetType(st, name)
			}
			all = append(all, st.Name.Name)
		}
		if mayEnd(st) {
			break
		}
	}
	d := x.c.errorf(diag.BadPrev, name.Span(), "not every %s has %s", x.b.name, name.Name)
	if at, ok := x.b.later(name.Name); ok {
		d.Label(at, "it stands in a branch, or behind an `end`").Fixf("prev.X takes what is read or computed in every element, outside of any branch")
		return nil, false
	}
	d.DidYouMean(name.Name, near(all))
	if d.Fix == "" {
		d.Fixf("prev.X takes fields and values of %s", x.b.name)
	}
	return nil, false
}

func (x *exprs) prevLetType(st *ast.Let, name *ast.Ident) (ir.Type, bool) {
	if !isUpper(st.Name.Name[0]) {
		x.c.errorf(diag.BadPrev, name.Span(), "%s is known in its own element only", name.Name).
			Label(st.Name.Span(), "it is computed here").Fixf("give it a name in upper case")
		return nil, false
	}
	if f := x.b.info.fields[name.Name]; f != nil && f.Type != nil {
		return f.Type, true
	}
	if st.As != nil && st.As.Name() != nil {
		switch st.As.String() {
		case "seconds", "millis", "micros":
		default:
			t := x.c.typeOf(x.b.u, st.As)
			return t, t != nil
		}
	}
	x.c.errorf(diag.BadPrev, name.Span(), "%s of the element before has no type yet", name.Name).
		Label(st.Name.Span(), "it is computed from it").Fixf("say what it holds: `let %s as uint32 = ...`", name.Name)
	return nil, false
}

// prevVar is what is looked at of the element before, one for all who look at it.
func (b *body) prevVar(path []*ir.Field, t ir.Type) *ir.PrevVar {
	for _, v := range b.self.Prev {
		if slices.Equal(v.Path, path) {
			return v
		}
	}
	v := &ir.PrevVar{Path: path}
	if _, isBool := t.(*ir.BoolType); !isBool {
		v.Range = valueRange(t)
	}
	b.self.Prev = append(b.self.Prev, v)
	return v
}

// neighbours reports structs that look at the element before, and are read as no element.
func (c *checker) neighbours() {
	for _, t := range c.proto.Types {
		if s, ok := t.(*ir.Struct); ok {
			c.loners(s.Body)
		}
	}
}

func (c *checker) loners(body []ir.Stmt) {
	for _, st := range body {
		switch st := st.(type) {
		case *ir.Read:
			if s, ok := st.Field.Type.(*ir.Struct); ok && len(s.Prev) > 0 {
				c.errorf(diag.NoElement, st.Pos, "%s looks at the element before, and is read alone here", s.Name).
					Label(s.Pos, "%s is declared here", s.Name).Fixf("read it in an array, or hand on the value as a parameter")
			}
		case *ir.If:
			c.loners(st.Then)
			c.loners(st.Else)
		case *ir.Switch:
			for _, k := range st.Cases {
				c.loners(k.Body)
			}
			if st.Default != nil {
				c.loners(st.Default.Body)
			}
		}
	}
}

// promote makes names readable behind branches that all read or compute them, as far as they go on.
func (b *body) promote(e *env, on []*env) {
	if len(on) == 0 {
		return
	}
	for name, v := range on[0].vars {
		if v.field == nil || v.bad || v.field.Hidden {
			continue
		}
		everywhere := true
		values, lengths := on[0].facts["f."+name], on[0].facts["len(f."+name+")"]
		for _, other := range on[1:] {
			w := other.vars[name]
			everywhere = everywhere && w != nil && w.field == v.field
			values = both(values, other.facts["f."+name])
			lengths = both(lengths, other.facts["len(f."+name+")"])
		}
		if !everywhere {
			continue
		}
		e.vars[name] = &variable{field: v.field, at: v.at}
		if len(values) > 0 {
			e.learn("f."+name, values)
		}
		if len(lengths) > 0 {
			e.learn("len(f."+name+")", lengths)
		}
		if len(e.branch) == 0 && !b.mayHaveEnded {
			v.field.Conditional = false
		}
	}
}

// both is what is known when one of two things is; nothing if of one of them nothing is.
func both(x, y set) set {
	if len(x) == 0 || len(y) == 0 {
		return nil
	}
	return x.union(y)
}
