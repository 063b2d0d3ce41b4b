package eval_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/flowscope/fsd/dsl"
	"github.com/flowscope/fsd/dsl/eval"
	"github.com/flowscope/fsd/dsl/ir"
	"github.com/flowscope/fsd/runtime/datagram/vector"
	"github.com/flowscope/fsd/runtime/flow"
)

const specs = "../../protocols"

func compile(t testing.TB, name string) *ir.Protocol {
	t.Helper()
	p, diagnostics := dsl.Compile(os.DirFS(specs), name)
	require.False(t, diagnostics.HasErrors(), "%v", diagnostics)
	return p
}

// vectorsOf are the tests of a spec.
func vectorsOf(p *ir.Protocol) []vector.Vector {
	var list []vector.Vector
	for _, test := range p.Tests {
		v := vector.Vector{Name: test.Name, Poison: test.Reason, Reject: test.Reject, Note: test.Note}
		for _, s := range test.Steps {
			from := flow.Initiator
			if s.From == ir.Responder {
				from = flow.Responder
			}
			v.Steps = append(v.Steps, vector.Step{From: from, Port: s.Port, Datagram: s.Datagram})
		}
		for _, a := range test.Asserts {
			v.Asserts = append(v.Asserts, vector.Assert{Path: a.Path, Op: a.Op, Value: a.Value})
		}
		list = append(list, v)
	}
	return list
}

func TestTheSpecsPassTheirOwnVectors(t *testing.T) {
	files, err := filepath.Glob(specs + "/*.fsd")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		p := compile(t, filepath.Base(file))
		interpreted := eval.New(p)
		for _, v := range vectorsOf(p) {
			t.Run(p.Name+"/"+v.Name, func(t *testing.T) {
				require.NoError(t, vector.Try(interpreted, v))
				last := v.Steps[len(v.Steps)-1]
				vector.Check(t, interpreted, last.Datagram, last.Port, last.From == flow.Responder)
			})
		}
	}
}
