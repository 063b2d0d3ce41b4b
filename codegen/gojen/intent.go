package gojen

import (
	"github.com/flowscope/fsd/codegen/plan"
	"github.com/flowscope/fsd/dsl/ir"
)

// intent lists the top-level declarations that the code of a protocol must have, worked out from the plan and not
// from what was written.
func (g *gen) intent() []string {
	p, q := g.p, g.p.IR
	out := []string{"_", p.ProtocolVar, p.ParserType, p.ParserType + ".ParseMessage", p.ParserType + ".Parse"}
	add := func(owner string, names ...string) {
		for _, n := range names {
			out = append(out, owner+"."+n)
		}
	}
	for _, name := range p.Consts {
		if name != "" {
			out = append(out, name)
		}
	}
	out = append(out, p.Reasons...)
	out = append(out, p.Notes...)
	for _, l := range q.State.Last {
		add(p.ParserType, g.lasts[l])
	}
	out = append(out, g.tableIntent()...)
	if g.hasPool() || g.remembers() || g.hasDepth() {
		out = append(out, p.ReaderType)
	}
	if g.hasPool() {
		out = append(out, p.PoolType, p.PoolType+".reset")
	}
	if g.resets() {
		add(p.ParserType, "Reset")
	}
	if p.Union {
		out = append(out, p.Root)
		add(p.Root, "AppendJSON", "Clone", "CloneMessage")
		for i := range q.Entries {
			s := p.Struct(q.Entries[i].Type)
			add(p.ParserType, "Parse"+s.Name)
			add(p.Root, g.unionAccessor[i])
		}
	}
	for _, s := range p.Structs {
		out = append(out, s.Name)
		add(s.Name, "AppendJSON", "parse")
		if s.IR.IsEntry {
			add(s.Name, "Clone", "CloneMessage")
		}
		if g.hasClone(s.IR) {
			add(s.Name, "clone")
		}
		if len(s.IR.After) > 0 {
			add(s.Name, "after")
		}
		for _, n := range s.PrevNames {
			add(s.Name, n)
		}
		if s.ReadName != "" {
			add(s.Name, s.ReadName)
		}
		for _, st := range s.Store {
			if st.Raw != "" {
				add(s.Name, st.RawName)
			}
			if st.Kind == plan.Private {
				out = append(out, st.BitName)
				add(s.Name, st.Name)
			}
		}
	}
	for _, l := range p.Lists {
		out = append(out, l.Name)
		add(l.Name, "First", "All", "Has", "Count")
		for _, find := range g.finds[l] {
			add(l.Name, find.name)
		}
	}
	for _, t := range q.Types {
		name := p.TypeName(t)
		switch t := t.(type) {
		case *ir.Enum:
			out = append(out, name)
			add(name, "String", "AppendJSON", "Known", "name")
			for i := range t.Values {
				out = append(out, p.ValueName(t, i))
			}
		case *ir.Flags:
			out = append(out, name)
			add(name, "String", "AppendJSON")
			for i := range t.Values {
				out = append(out, p.ValueName(t, i))
			}
		case *ir.Bits:
			out = append(out, name)
			add(name, "AppendJSON")
			for _, f := range t.Fields {
				if n, ok := g.bitNames[f]; ok {
					add(name, n)
				}
			}
		case *ir.Chain:
			out = append(out, name)
			add(name, "parse", "Items", "String", "AppendJSON", "clone")
			if t.HasJoin {
				add(name, "AppendTo", "Equal", "appendItems")
			}
		}
	}
	for _, n := range p.UsedFields() {
		out = append(out, p.FieldConst(n))
	}
	return append(out, g.tableNames...)
}
