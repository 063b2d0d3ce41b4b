package check

import (
	"strings"

	"github.com/flowscope/fsd/dsl/ast"
	"github.com/flowscope/fsd/dsl/diag"
	"github.com/flowscope/fsd/dsl/ir"
	"github.com/flowscope/fsd/dsl/source"
)

// otherText names the value of an enum of texts for all texts that have no name.
const otherText = "Other"

// isTextEnum says whether an enum is declared as one of texts.
func isTextEnum(k *ast.Enum) bool { return k.Int != nil && k.Int.String() == "text" }

// textEnum checks an enum of texts; nil after an error.
func (c *checker) textEnum(info *namedInfo, k *ast.Enum) ir.Named {
	name := info.decl.Name.Name
	e := &ir.Enum{Name: name, Doc: info.decl.Doc, Text: true, NoCase: k.NoCase, Known: k.Known, Int: &ir.IntType{Bits: 8}, Pos: info.decl.Name.Span()}
	e.Values = []ir.EnumValue{{Name: otherText, Doc: "any other text"}}
	ok := true
	bad := func(at ast.Any, format string, args ...any) *diag.Diagnostic {
		ok = false
		return c.errorf(diag.BadTextEnum, at.Span(), format, args...)
	}
	if k.Known {
		bad(k, "%s gives a value to every text: one without a name is %s", name, otherText).
			Fixf("remove `known`, and write `where != %s` where the value is computed", otherText)
	}
	names := map[string]source.Span{}
	texts := map[string]source.Span{}
	for _, v := range k.Values {
		if v.Name == nil || v.Value == nil {
			continue
		}
		if at, taken := names[v.Name.Name]; taken {
			ok = false
			c.errorf(diag.DuplicateValueName, v.Name.Span(), "%s has a value %s already", name, v.Name.Name).Label(at, "here first").Fixf("rename one of them")
			continue
		}
		if v.Name.Name == otherText {
			bad(v.Name, "%s is what every text without a name is called", otherText).Fixf("choose another name")
			continue
		}
		names[v.Name.Name] = v.Name.Span()
		first, isText := v.Value.(*ast.Str)
		if !isText {
			bad(v.Value, "%s stands for a text, and %s is none", v.Name.Name, source1(v.Value)).Fixf("write it in quotes")
			continue
		}
		value := ir.EnumValue{Name: v.Name.Name, Doc: v.Doc, Value: uint64(len(e.Values))}
		for _, t := range append([]*ast.Str{first}, v.Texts...) {
			if len(t.Value) == 0 || len(t.Value) > maxEnumText {
				bad(t, "a text of an enum has 1 to %d bytes, and this one %d", maxEnumText, len(t.Value)).Fixf("mend it")
				continue
			}
			key := t.Value
			if k.NoCase {
				key = foldASCII(key)
			}
			if at, taken := texts[key]; taken {
				bad(t, "this text is of two values of %s, or twice of one", name).Label(at, "here first").Fixf("remove one of them")
				continue
			}
			texts[key] = t.Span()
			value.Texts = append(value.Texts, t.Value)
		}
		e.Values = append(e.Values, value)
	}
	switch n := len(k.Values); {
	case n == 0:
		ok = false
		c.errorf(diag.EmptyType, info.decl.Name.Span(), "%s has no values", name).Fixf("name one")
	case n > maxValues:
		ok = false
		c.errorf(diag.TooBig, info.decl.Name.Span(), "%s has more than %d values", name, maxValues).Fixf("name those that matter")
	case n > 255:
		e.Int.Bits = 16
	}
	if !ok {
		return nil
	}
	info.values = map[string]*ir.EnumValue{}
	for i := range e.Values {
		info.values[e.Values[i].Name] = &e.Values[i]
	}
	return e
}

// maxEnumText is the most bytes of a text of an enum.
const maxEnumText = 255

// foldASCII makes the letters of ASCII small.
func foldASCII(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}

// isText reports an enum of texts where a number is read.
func (c *checker) isText(t ir.Type, at source.Span) bool {
	e, ok := t.(*ir.Enum)
	if !ok || !e.Text {
		return false
	}
	c.errorf(diag.BadTextEnum, at, "%s is made of texts, which are as long as they are: it is computed from a byte field", e.Name).
		Label(e.Pos, "%s is declared here", e.Name).Fixf("read the bytes, and write `let Value as %s = ` and their field's name", e.Name)
	return true
}

// match checks `let X as E = Text`, where E is an enum of texts; nil after an error.
func (x *exprs) match(st *ast.Let, v ir.Expr, t *ir.Enum) ir.Expr {
	if enumOf(v) == ir.Type(t) {
		return v
	}
	r, ok := v.(*ir.Ref)
	if _, bytes := typeOfRef(r).(*ir.BytesType); !ok || !bytes {
		x.c.errorf(diag.BadTextEnum, st.Value.Span(), "%s is made of texts, and %s is %s", t.Name, source1(st.Value), kindText(v)).
			Fixf("name a byte field")
		return nil
	}
	return &ir.Match{Of: r, Enum: t}
}

// typeOfRef is the type of what a Ref refers to; nil for none.
func typeOfRef(r *ir.Ref) ir.Type {
	if r == nil {
		return nil
	}
	return r.Type
}
