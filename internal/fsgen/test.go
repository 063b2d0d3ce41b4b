package fsgen

import (
	"fmt"
	"slices"
	"strings"

	"github.com/flowscope/fsd/dsl/eval"
	"github.com/flowscope/fsd/dsl/ir"
	"github.com/flowscope/fsd/runtime/datagram/vector"
	"github.com/flowscope/fsd/runtime/flow"
)

type testCmd struct {
	Verbose bool     `short:"v" help:"Name every test."`
	Files   []string `arg:"" name:"FILE.fsd" help:"Specs."`
}

func (c *testCmd) Run(a *app) error {
	for _, path := range c.Files {
		if p := a.compile(path); p != nil {
			c.one(a, path, p)
		}
	}
	return nil
}

// one runs the vectors of a spec, and names the poison reasons that none of them reaches.
func (c *testCmd) one(a *app, path string, p *ir.Protocol) {
	interpreted := eval.New(p)
	passed := 0
	var unreached []string
	for _, r := range p.Reasons {
		unreached = append(unreached, r.Name)
	}
	for _, t := range p.Tests {
		if err := vector.Try(interpreted, vectorOf(t)); err != nil {
			a.fail()
			fmt.Fprintf(a.stdout, "%s: test %q failed: %v\n", t.Pos, t.Name, err)
			continue
		}
		passed++
		if c.Verbose {
			fmt.Fprintf(a.stdout, "%s: test %q passed\n", t.Pos, t.Name)
		}
		unreached = slices.DeleteFunc(unreached, func(name string) bool { return name == t.Reason })
	}
	fmt.Fprintf(a.stdout, "%s: %d of %d tests passed\n", path, passed, len(p.Tests))
	if len(unreached) > 0 {
		fmt.Fprintf(a.stdout, "%s: poison reasons that no test reaches: %s\n", path, strings.Join(unreached, ", "))
	}
}

func vectorOf(t *ir.Test) vector.Vector {
	v := vector.Vector{Name: t.Name, Poison: t.Reason, Reject: t.Reject, Note: t.Note}
	for _, s := range t.Steps {
		from := flow.Initiator
		if s.From == ir.Responder {
			from = flow.Responder
		}
		v.Steps = append(v.Steps, vector.Step{From: from, Port: s.Port, Datagram: s.Datagram})
	}
	for _, as := range t.Asserts {
		v.Asserts = append(v.Asserts, vector.Assert{Path: as.Path, Op: as.Op, Value: as.Value})
	}
	return v
}
