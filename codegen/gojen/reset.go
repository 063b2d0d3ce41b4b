package gojen

import "github.com/dave/jennifer/jen"

// resets says whether a driver has a parser for each flow.
func (g *gen) resets() bool { return !g.p.IR.State.Stateless() || g.p.HostType != "" }

// resetDecl writes what makes a parser of a flow as new, so that a driver can give it to another flow: storage of tables
// and what is known of hosts stay.
func (g *gen) resetDecl() {
	if !g.resets() {
		return
	}
	var clear, keep []jen.Code
	for _, t := range g.p.Tables {
		if !t.IR.PerHost {
			clear = append(clear, id("p").Dot(t.Name).Dot("Clear").Call())
			keep = append(keep, id(t.Name).Op(":").Id("p").Dot(t.Name))
		}
	}
	if g.p.HostType != "" {
		keep = append(keep, id("hosts").Op(":").Id("p").Dot("hosts"))
	}
	text := "Reset makes the parser as new, for another flow."
	if g.p.HostType != "" {
		text += " What it knows of hosts stays."
	}
	g.add(comment(text)...)
	g.decl(jen.Func().Params(id("p").Op("*").Add(id(g.p.ParserType))).Id("Reset").Params().Block(
		append(clear, op("*").Id("p").Op("=").Add(id(g.p.ParserType)).Values(keep...))...))
}
