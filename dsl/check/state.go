package check

import (
	"slices"

	"github.com/flowscope/fsd/dsl/ast"
	"github.com/flowscope/fsd/dsl/diag"
	"github.com/flowscope/fsd/dsl/ir"
)

// last resolves `last.X`, a field of the flow's previous complete message; nil after an error.
func (x *exprs) last(p *ast.Path) ir.Expr {
	if len(p.Sel) == 0 {
		x.c.errorf(diag.BadLast, p.Span(), "`last` is a whole message, and a value is needed here").Fixf("write last. and the name of a field")
		return nil
	}
	bySender := p.Sel[0].Field.Name == "sender" && len(p.Sel) > 1
	if bySender { // the same of the sender's own message before
		q := *p
		q.Sel = p.Sel[1:]
		p = &q
	}
	name := p.Sel[0].Field.Name
	entry, decl := x.lastEntry(name)
	if decl == nil {
		d := x.c.errorf(diag.BadLast, p.Sel[0].Field.Span(), "no entry has a field %s that every message has", name)
		var all []string
		for d := range x.c.entryOf {
			all = append(all, topFields(d)...)
		}
		slices.Sort(all)
		d.DidYouMean(name, near(all))
		if d.Fix == "" {
			d.Fixf("last.X takes fields on the level of the entry, outside of any branch")
		}
		return nil
	}
	info := x.c.named[decl]
	t := x.lastType(decl, name)
	if t == nil {
		return nil
	}
	f := info.field(name)
	if f.Type == nil {
		f.Type = t
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
		x.c.errorf(diag.BadLast, p.Span(), "%s is %s: only integers, enums, flags and bools are remembered", short(p.Span().Text()), withArticle(t)).
			Fixf("name a field of one of these types")
		return nil
	}
	v := x.c.lastVar(entry, path, t, bySender)
	r := &ir.LastRef{Var: v, K: ir.Bool}
	if _, isBool := t.(*ir.BoolType); !isBool {
		r.R = v.Range
		r.R.Lo = ir.Min(r.R.Lo, zero) // 0 before there is a message
		r.R.Hi = ir.Max(r.R.Hi, zero)
		r.K = kindOf(r.R)
	}
	return r
}

// lastEntry is the entry whose messages have a field: that of the body itself, else the only one that has it.
func (x *exprs) lastEntry(name string) (*ir.Entry, *ast.TypeDecl) {
	if x.b != nil && x.b.isEntry && slices.Contains(topFields(x.b.info.decl), name) {
		return x.c.entryOf[x.b.info.decl], x.b.info.decl
	}
	var entry *ir.Entry
	var decl *ast.TypeDecl
	for d, e := range x.c.entryOf {
		if slices.Contains(topFields(d), name) {
			if decl != nil {
				return nil, nil
			}
			entry, decl = e, d
		}
	}
	if decl != nil && x.c.named[decl] == nil {
		return nil, nil
	}
	return entry, decl
}

// topFields are the fields that every message of an entry has: those outside of branches, up to where an `end` in a branch
// may complete it.
func topFields(d *ast.TypeDecl) []string {
	var out []string
	if s, ok := d.Kind.(*ast.Struct); ok && s.Body != nil {
		for _, st := range s.Body.Stmts {
			if f, ok := st.(*ast.Field); ok {
				for _, n := range f.Names {
					if n.Name != "_" {
						out = append(out, n.Name)
					}
				}
			} else if mayEnd(st) {
				break
			}
		}
	}
	return out
}

// mayEnd says whether an `end` stands in a statement.
func mayEnd(s ast.Stmt) bool {
	switch s := s.(type) {
	case *ast.End:
		return true
	case *ast.If:
		for ; s != nil; s = s.ElseIf {
			if s.Then != nil && slices.ContainsFunc(s.Then.Stmts, mayEnd) || s.Else != nil && slices.ContainsFunc(s.Else.Stmts, mayEnd) {
				return true
			}
		}
	case *ast.Switch:
		return slices.ContainsFunc(s.Cases, func(k *ast.Case) bool { return slices.ContainsFunc(k.Body, mayEnd) })
	}
	return false
}

// lastType is the type of a field on the top level of an entry, which may not have been checked yet.
func (x *exprs) lastType(decl *ast.TypeDecl, name string) ir.Type {
	info := x.c.named[decl]
	if f := info.fields[name]; f != nil && f.Type != nil {
		return f.Type
	}
	for _, st := range decl.Kind.(*ast.Struct).Body.Stmts {
		f, ok := st.(*ast.Field)
		if !ok || !slices.ContainsFunc(f.Names, func(n *ast.Ident) bool { return n.Name == name }) || f.Type == nil {
			continue
		}
		if f.Type.Ref == nil {
			return &ir.ArrayType{Elem: &ir.IntType{Bits: 8}}
		}
		t := x.c.typeOf(info.unit, f.Type.Ref)
		for _, o := range f.Opts {
			if t != nil && o.As != nil {
				as := &ir.Field{Name: name, Type: t}
				y := &exprs{c: x.c, u: info.unit, env: newEnv(nil)}
				if !y.as(o.As, as) {
					return nil
				}
				t = as.Type
			}
		}
		return t
	}
	return nil
}

// lastVar is the memory of a field, one for all who ask for it.
func (c *checker) lastVar(entry *ir.Entry, path []*ir.Field, t ir.Type, bySender bool) *ir.LastVar {
	for _, v := range c.proto.State.Last {
		if v.Entry == entry && v.BySender == bySender && slices.Equal(v.Path, path) {
			return v
		}
	}
	v := &ir.LastVar{Path: path, Entry: entry, BySender: bySender}
	if _, isBool := t.(*ir.BoolType); !isBool {
		v.Range = valueRange(t)
	}
	c.proto.State.Last = append(c.proto.State.Last, v)
	return v
}

// state computes what a parser keeps for a flow.
func (c *checker) state() {
	st := &c.proto.State
	var bytes int64
	if st.Bytes {
		bytes += 16 // a 64-bit number for each side
	}
	if st.Datagrams {
		bytes += 16
	}
	if st.Malformed {
		bytes += 16
	}
	for _, v := range st.Last {
		n := 1 + v.Path[len(v.Path)-1].Type.Size().Min
		if v.BySender {
			n *= 2
		}
		bytes += n
	}
	bytes += 4 * int64(len(st.Counters))
	bytes += 24 * int64(len(st.Rates))
	if !st.Stateless() && (len(st.Rates) > 0 || len(st.Tables) > 0) {
		bytes += 64 // the flow's clock
	}
	for _, t := range st.Tables {
		if !t.PerHost {
			bytes += t.Max * t.SlotBytes
		}
	}
	c.proto.Bounds.StatePerFlow = (bytes + 7) / 8 * 8
}
