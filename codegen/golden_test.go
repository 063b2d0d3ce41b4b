package codegen

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/flowscope/fsd/codegen/internal/samples"
	"github.com/flowscope/fsd/dsl/ir"
)

var update = flag.Bool("update", false, "write the golden files instead of comparing with them")

var all = map[string]func() *ir.Protocol{
	"names": samples.Names,
}

func TestGeneratedCodeIsAsInTheGoldenFiles(t *testing.T) {
	for name, make := range all {
		files, err := Generate(make(), Options{})
		require.NoError(t, err, name)
		for _, f := range files {
			path := filepath.Join("testdata", "golden", name, f.Name)
			if *update {
				require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
				require.NoError(t, os.WriteFile(path, f.Content, 0o644))
				continue
			}
			want, err := os.ReadFile(path)
			require.NoError(t, err)
			require.Equal(t, string(want), string(f.Content), "%s: run go test ./codegen -update if this was meant", path)
		}
	}
}

func TestSameSpecSameBytes(t *testing.T) {
	for name, make := range all {
		one, err := Generate(make(), Options{})
		require.NoError(t, err, name)
		for range 3 {
			two, err := Generate(make(), Options{})
			require.NoError(t, err, name)
			require.Equal(t, one, two, name)
		}
	}
}

// TestGoldenFilesCompileAndRun copies the golden files into a package each inside a module of its own, vets them, and
// runs the tests that were generated with them.
func TestGoldenFilesCompileAndRun(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the go command")
	}
	root, err := filepath.Abs("..")
	require.NoError(t, err)
	dir := t.TempDir()
	mod := "module example.com/golden\n\ngo 1.25.0\n\nrequire github.com/flowscope/fsd v0.0.0\n\nreplace github.com/flowscope/fsd => " + root + "\n"
	require.NoError(t, os.WriteFile(filepath.Join(dir, "go.mod"), []byte(mod), 0o644))
	require.NoError(t, os.CopyFS(dir, os.DirFS(filepath.Join("testdata", "golden"))))
	for _, args := range [][]string{{"vet", "./..."}, {"test", "./..."}} {
		cmd := exec.Command("go", args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOPROXY=off", "GOWORK=off", "CGO_ENABLED=0")
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "go %v:\n%s", args, out)
	}
}
