package check

import (
	"github.com/flowscope/fsd/dsl/diag"
	"github.com/flowscope/fsd/dsl/ir"
	"github.com/flowscope/fsd/dsl/source"
)

// goNames reports names that would be declared twice in the generated package: types, constants of the spec, values of
// enums and flags (Type and value in one word), reasons (PoisonX, NoteX), and what every package has.
func (c *checker) goNames() {
	type owner struct {
		what string
		at   source.Span
	}
	taken := map[string]owner{}
	declare := func(name, what string, at source.Span) {
		if fixed, ok := goTypes[name]; ok && (name != "Datagram" || len(c.proto.Entries) > 1) {
			c.errorf(diag.GoName, at, "%s would be declared twice in Go: as %s, and as %s", name, what, fixed).Fixf("rename it")
			return
		}
		if first, ok := taken[name]; ok {
			if at.File != first.at.File {
				here, there := owner{what, at}, first
				if there.at.File == c.root.src.Tree.File {
					here, there = there, here
				}
				c.errorf(diag.ImportClash, here.at, "%s and an imported %s would both be %s in Go", here.what, there.what, name).
					Label(there.at, "%s", there.what).Fixf("rename one of them")
				return
			}
			if what == "type "+name && first.what == "constant "+name || what == first.what {
				return // two declarations of one name, which is reported as such
			}
			c.errorf(diag.GoName, at, "%s would be declared twice in Go: as %s, and as %s", name, what, first.what).
				Label(first.at, "%s", first.what).Fixf("rename one of them")
			return
		}
		taken[name] = owner{what, at}
	}
	for i, k := range c.proto.Consts {
		if isUpper(k.Name[0]) {
			declare(k.Name, "constant "+k.Name, c.constAt[i])
		}
	}
	for _, t := range c.proto.Types {
		declare(t.TypeName(), "type "+t.TypeName(), c.posOf(t))
	}
	for _, t := range c.proto.Types {
		var values []ir.EnumValue
		switch t := t.(type) {
		case *ir.Enum:
			values = t.Values
		case *ir.Flags:
			values = t.Values
		}
		for _, v := range values {
			declare(t.TypeName()+v.Name, "value "+v.Name+" of "+t.TypeName(), c.posOf(t))
		}
	}
	for _, r := range c.proto.Reasons {
		declare("Poison"+goIdent(r.Name), "poison "+r.Name, r.Pos)
	}
	for _, n := range c.proto.Notes {
		declare("Note"+goIdent(n.Name), "note "+n.Name, n.Pos)
	}
}
