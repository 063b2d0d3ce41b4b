package dsl_test

import (
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/require"

	"github.com/flowscope/fsd/codegen"
	"github.com/flowscope/fsd/dsl"
	"github.com/flowscope/fsd/dsl/check"
	"github.com/flowscope/fsd/dsl/diag"
	"github.com/flowscope/fsd/dsl/eval"
	"github.com/flowscope/fsd/runtime/datagram"
)

// Whatever a spec says, the compiler answers with a protocol or with errors, and what it accepts the interpreter and the
// generator accept, too.
func FuzzCompile(f *testing.F) {
	for _, pattern := range []string{"../protocols/*.fsd", "check/testdata/good/*.fsd"} {
		files, err := filepath.Glob(pattern)
		require.NoError(f, err)
		for _, path := range files {
			text, err := os.ReadFile(path)
			require.NoError(f, err)
			f.Add(string(text), []byte{0, 1, 2, 3, 4, 5, 6, 7})
		}
	}
	archives, err := filepath.Glob("check/testdata/*.txtar")
	require.NoError(f, err)
	for _, path := range archives {
		archive, err := txtar.ParseFile(path)
		require.NoError(f, err)
		for _, file := range archive.Files {
			if filepath.Ext(file.Name) == dsl.Ext {
				f.Add("protocol example\nentry T\n"+string(file.Data), []byte{1, 1, 1, 0})
			}
		}
	}
	for _, code := range diag.Codes() {
		page, _ := diag.Explain(code)
		f.Add(whole(code, page.Right), []byte{3, 0xff})
		f.Add(whole(code, page.Wrong), []byte{3, 0xff})
	}
	f.Fuzz(func(t *testing.T, spec string, b []byte) {
		files := fstest.MapFS{"t.fsd": {Data: []byte(spec)}, "shared.fsd": {Data: []byte(shared)}}
		p, diags := dsl.Compile(files, "t.fsd")
		require.LessOrEqual(t, len(diags), check.MaxDiagnostics+100)
		if p == nil {
			require.True(t, diags.HasErrors())
			return
		}
		require.False(t, diags.HasErrors())
		interpreted := eval.New(p)
		m := interpreted.NewMessage()
		interpreted.NewParser().ParseMessage(b, &datagram.Meta{DstPort: 53}, m)
		m.AppendJSON(nil)
		_, err := codegen.Generate(p, codegen.Options{})
		require.NoError(t, err)
	})
}
