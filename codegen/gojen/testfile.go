package gojen

import (
	"encoding/hex"

	"github.com/dave/jennifer/jen"

	"github.com/flowscope/fsd/dsl/ir"
)

func vector(name string) code { return qual(vectorPath, name) }

// testIntent are the declarations of the test file.
var testIntent = []string{"vectors", "TestVectors", "TestParseAllocatesNothing", "FuzzParse"}

// tests writes the test file: the spec's vectors, a fuzz target, and an allocation test.
func (g *gen) tests() {
	var vs []jen.Code
	for _, t := range g.p.IR.Tests {
		vs = append(vs, g.vector(t))
	}
	g.add(comment("vectors are the tests of the spec.")...)
	g.decl(jen.Var().Id("vectors").Op("=").Index().Add(vector("Vector")).Custom(multiline, vs...))
	t := func() code { return id("t").Op("*").Add(qual("testing", "T")) }
	protocol := func() code { return id(g.p.ProtocolVar) }
	g.decl(jen.Func().Id("TestVectors").Params(t()).Block(
		jen.For(id("_").Op(",").Id("v").Op(":=").Range().Id("vectors")).Block(
			id("t").Dot("Run").Call(id("v").Dot("Name"), jen.Func().Params(t()).Block(
				vector("Run").Call(id("t"), protocol(), id("v")))))))
	g.decl(jen.Func().Id("TestParseAllocatesNothing").Params(t()).Block(
		id("parse").Op(":=").Add(vector("Steady")).Call(id("t"), protocol(), id("vectors")),
		jen.If(id("n").Op(":=").Add(qual("testing", "AllocsPerRun")).Call(lit(100), id("parse")), id("n").Op("!=").Add(lit(0))).Block(
			id("t").Dot("Errorf").Call(str("%v allocations for the vectors, none expected"), id("n")))))
	g.decl(jen.Func().Id("FuzzParse").Params(id("f").Op("*").Add(qual("testing", "F"))).Block(
		jen.For(id("_").Op(",").Id("v").Op(":=").Range().Id("vectors")).Block(
			jen.For(id("_").Op(",").Id("s").Op(":=").Range().Id("v").Dot("Steps")).Block(
				id("f").Dot("Add").Call(id("s").Dot("Datagram"), id("s").Dot("Port"), jen.Bool().Call(id("s").Dot("From").Op("==").Add(qual(flowPath, "Responder")))))),
		id("f").Dot("Fuzz").Call(jen.Func().Params(t(), id("b").Index().Byte(), id("port").Uint16(), id("reply").Bool()).Block(
			vector("Check").Call(id("t"), protocol(), id("b"), id("port"), id("reply"))))))
}

func (g *gen) vector(t *ir.Test) code {
	var steps []jen.Code
	for _, s := range t.Steps {
		var d []any
		if s.From == ir.Responder {
			d = append(d, "From", qual(flowPath, "Responder"))
		}
		if s.Port != 0 {
			d = append(d, "Port", lit(int(s.Port)))
		}
		steps = append(steps, keyed(append(d, "Datagram", vector("Hex").Call(hexChunks(s.Datagram)...))...))
	}
	v := []any{"Name", str(t.Name), "Steps", jen.Index().Add(vector("Step")).Custom(multiline, steps...)}
	if t.Reason != "" {
		v = append(v, "Poison", str(t.Reason))
	}
	if t.Reject {
		v = append(v, "Reject", jen.True())
	}
	if t.Note != "" {
		v = append(v, "Note", str(t.Note))
	}
	var asserts []jen.Code
	for _, a := range t.Asserts {
		asserts = append(asserts, keyed("Path", str(a.Path), "Op", str(a.Op), "Value", str(a.Value)))
	}
	if len(asserts) > 0 {
		v = append(v, "Asserts", jen.Index().Add(vector("Assert")).Custom(multiline, asserts...))
	}
	return keyedLines(v...)
}

// hexChunks are the digits of a datagram, 32 bytes to a string.
func hexChunks(b []byte) []jen.Code {
	if len(b) == 0 {
		return []jen.Code{str("")}
	}
	var out []jen.Code
	for len(b) > 0 {
		n := min(len(b), 32)
		out = append(out, str(hex.EncodeToString(b[:n])))
		b = b[n:]
	}
	if len(out) > 1 {
		for i := range out {
			out[i] = jen.Line().Add(out[i])
		}
		out = append(out, jen.Line())
	}
	return out
}
