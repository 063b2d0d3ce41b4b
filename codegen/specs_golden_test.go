package codegen

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/diff"
	"github.com/stretchr/testify/require"

	"github.com/flowscope/fsd/dsl"
)

// Each internal/golden/NAME/NAME.fsd shows a construct; beside it stands what becomes of it, with its tests.
func TestGeneratedCodeOfSpecsIsAsInTheGoldenFiles(t *testing.T) {
	specs, err := filepath.Glob("internal/golden/*/*.fsd")
	require.NoError(t, err)
	require.NotEmpty(t, specs)
	for _, spec := range specs {
		dir := filepath.Dir(spec)
		p, diagnostics := dsl.Compile(os.DirFS(dir), filepath.Base(spec))
		require.Empty(t, diagnostics.Render())
		files, err := Generate(p, Options{})
		require.NoError(t, err, spec)
		for _, f := range files {
			path := filepath.Join(dir, f.Name)
			if *update {
				require.NoError(t, os.WriteFile(path, f.Content, 0o644))
				continue
			}
			want, err := os.ReadFile(path)
			require.NoError(t, err)
			if d := diff.Diff(path, want, f.Name, f.Content); d != nil {
				t.Errorf("run go test ./codegen -update if this was meant\n%s", head(d, 4000))
			}
		}
	}
}
