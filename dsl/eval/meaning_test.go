package eval_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/flowscope/fsd/dsl"
	"github.com/flowscope/fsd/dsl/eval"
	"github.com/flowscope/fsd/dsl/ir"
	"github.com/flowscope/fsd/internal/agreement/suite"
)

var update = flag.Bool("update", false, "write the outcomes into the suites instead of comparing with them")

// spec compiles the text of a spec.
func spec(t testing.TB, text string) *ir.Protocol {
	t.Helper()
	p, diagnostics := dsl.Compile(fstest.MapFS{"spec.fsd": {Data: []byte(text)}}, "spec.fsd")
	for _, d := range diagnostics {
		t.Logf("%s: %s", d.Span, d.Message)
	}
	require.NotNil(t, p)
	return p
}

func TestEveryDatagramOfTheSuitesComesToWhatTheIRMeans(t *testing.T) {
	suites, err := suite.All()
	require.NoError(t, err)
	for _, s := range suites {
		t.Run(s.Name, func(t *testing.T) {
			outcomes := s.Play(eval.New(spec(t, string(s.Spec))))
			if *update {
				file := filepath.Join("../../internal/agreement/suite/testdata", s.Name+".txtar")
				require.NoError(t, os.WriteFile(file, s.Updated(outcomes), 0o644))
				return
			}
			for i, c := range s.Cases() {
				require.Equal(t, c.Want, outcomes[i], "line %d of the cases", c.Line)
			}
		})
	}
}
