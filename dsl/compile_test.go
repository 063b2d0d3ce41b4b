package dsl_test

import (
	"os"
	"path"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/flowscope/fsd/dsl"
	"github.com/flowscope/fsd/dsl/diag"
	"github.com/stretchr/testify/require"
)

func TestProtocolsCompile(t *testing.T) {
	fsys := os.DirFS("../protocols")
	entries, err := os.ReadDir("../protocols")
	require.NoError(t, err)
	for _, e := range entries {
		if path.Ext(e.Name()) != dsl.Ext {
			continue
		}
		t.Run(strings.TrimSuffix(e.Name(), dsl.Ext), func(t *testing.T) {
			p, diags := dsl.Compile(fsys, e.Name())
			for _, d := range diags {
				t.Error(d.Error(), d.Fix)
			}
			require.NotNil(t, p)
			require.NotEmpty(t, p.Bounds.Entries)
			for _, b := range p.Bounds.Entries {
				t.Logf("%s: %v steps <= %s = %s depth %d state %d", b.Entry.Type.Name, b.Size, b.StepsText, b.Steps, b.Depth, p.Bounds.StatePerFlow)
			}
			var reasons []string
			for _, r := range p.Reasons {
				reasons = append(reasons, r.Name)
			}
			t.Log(reasons, len(p.Types), p.Jumps, p.References)
		})
	}
}

func TestNamesInTheWrongCaseDoNotHideWhatElseIsWrong(t *testing.T) {
	spec := "protocol w\nentry T\ntype T struct {\n\tLength uint16\n\tname uint8\n\tData [Length - 8]byte\n\tend\n}\n"
	_, diags := dsl.Compile(fstest.MapFS{"w.fsd": {Data: []byte(spec)}}, "w.fsd")
	require.Len(t, diags, 2)
	require.Equal(t, diag.NameCase, diags[0].Code)
	require.Equal(t, diag.Underflow, diags[1].Code)
}
