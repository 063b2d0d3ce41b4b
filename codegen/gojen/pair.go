package gojen

import (
	"slices"
	"strconv"

	"github.com/dave/jennifer/jen"

	"github.com/flowscope/fsd/dsl/ir"
)

// flowClock says whether parsers judge the time of their flow.
func (g *gen) flowClock() bool { return g.flowTables() || len(g.p.IR.State.Rates) > 0 }

func rateName(i int) string { return "rate" + strconv.Itoa(i+1) }

// rateField is the field of the parser for a rate.
func (g *gen) rateField(i int) jen.Code {
	return id(rateName(i)).Add(wire("Rate")).Comment(commentLines("datagrams per " + g.p.IR.State.Rates[i].Per.String())[0])
}

// countRates counts a datagram.
func (g *gen) countRates() []jen.Code {
	var out []jen.Code
	for i, r := range g.p.IR.State.Rates {
		out = append(out, id("p").Dot(rateName(i)).Dot("Add").Call(id("p").Dot("now"), g.duration(int64(r.Per)), id("meta").Dot("Side")))
	}
	return out
}

// rate is how many datagrams there were in the current window.
func (f *fn) rate(e *ir.Fact) expr {
	r := f.g.state().Dot(rateName(slices.Index(f.g.p.IR.State.Rates, e.Rate)))
	switch e.Side {
	case ir.Initiator:
		return call(r.Dot("Of"), qual(flowPath, "Initiator"))
	case ir.Responder:
		return call(r.Dot("Of"), qual(flowPath, "Responder"))
	}
	return call(r.Dot("Total"))
}

// transact says that the message is a request or a reply.
func (f *fn) transact(s *ir.Transact) {
	key := code(lit(0))
	for _, k := range s.Keys {
		if k.Kind() == ir.Bytes {
			key = wire("KeyBytes").Call(key, f.env.value(k, typeBytes).c)
			continue
		}
		key = wire("Key").Call(key, f.env.value(k, typeUint64).c)
	}
	kind := 2*s.Index + 1
	if s.Reply {
		kind++
	}
	status := func() *jen.Statement { return id("d").Dot("Status") }
	cond := expr{status().Dot("Pair").Op("==").Add(lit(0)), precedence["=="]}
	if s.When != nil {
		cond = binary(cond, "&&", expr{f.env.value(s.When, goType{}).in(precedence["&&"]), precedence["&&"]})
	}
	f.add(jen.If(cond.c).Block(status().Dot("Pair").Op(",").Add(status()).Dot("PairKey").Op("=").Add(lit(kind)).Op(",").Add(key)))
}
