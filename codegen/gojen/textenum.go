package gojen

import (
	"slices"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/flowscope/fsd/dsl/ir"
)

// matcher is the function that gives a text its value in an enum.
func (g *gen) matcher(t *ir.Enum) string {
	if name, ok := g.matchers[t]; ok {
		return name
	}
	name := g.p.Take("Match"+g.p.TypeName(t), "Text")
	g.matchers[t] = name
	return name
}

// matcherDecl writes that function: the length decides first, then a comparison with each text that is as long.
func (g *gen) matcherDecl(t *ir.Enum) {
	name, ok := g.matchers[t]
	if !ok {
		return
	}
	doc := name + " returns the value that a text stands for, " + g.p.ValueName(t, 0) + " for one without a name."
	if t.NoCase {
		doc += " Letters of ASCII fit in either case."
	}
	g.add(comment(wrap(doc, 110))...)
	g.tableNames = append(g.tableNames, name)
	other := jen.Return(id(g.p.ValueName(t, 0)))
	body := []jen.Code{jen.Switch(jen.String().Parens(id("b"))).Block(g.matchCases(t)...), other}
	if t.NoCase {
		body = []jen.Code{jen.Switch(jen.Len(id("b"))).Block(g.foldedCases(t)...), other}
	}
	g.decl(jen.Func().Id(name).Params(id("b").Index().Byte()).Id(g.p.TypeName(t)).Block(body...))
}

// matchCases are the values of texts that fit as they are.
func (g *gen) matchCases(t *ir.Enum) []jen.Code {
	var cases []jen.Code
	for i, v := range t.Values {
		if len(v.Texts) == 0 {
			continue
		}
		var texts []jen.Code
		for _, s := range v.Texts {
			texts = append(texts, str(s))
		}
		cases = append(cases, jen.Case(texts...).Block(jen.Return(id(g.p.ValueName(t, i)))))
	}
	return cases
}

// foldedCases are those of texts that fit in either case, by their length.
func (g *gen) foldedCases(t *ir.Enum) []jen.Code {
	byLen := map[int][]jen.Code{}
	var lens []int
	for i, v := range t.Values {
		for _, s := range v.Texts {
			if byLen[len(s)] == nil {
				lens = append(lens, len(s))
			}
			byLen[len(s)] = append(byLen[len(s)], jen.If(wire("EqualFold").Call(id("b"), str(lower(s)))).Block(
				jen.Return(id(g.p.ValueName(t, i)))))
		}
	}
	slices.Sort(lens)
	var cases []jen.Code
	for _, n := range lens {
		cases = append(cases, jen.Case(lit(n)).Block(byLen[n]...))
	}
	return cases
}

// lower makes the letters of ASCII small, and leaves all other bytes as they are.
func lower(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		if 'A' <= c && c <= 'Z' {
			c |= 0x20
		}
		b.WriteByte(c)
	}
	return b.String()
}
