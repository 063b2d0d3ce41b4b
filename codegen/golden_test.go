package codegen

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/diff"
	"github.com/stretchr/testify/require"

	"github.com/flowscope/fsd/codegen/internal/samples"
	"github.com/flowscope/fsd/dsl/ir"
)

var update = flag.Bool("update", false, "write the golden files instead of comparing with them")

var all = map[string]func() *ir.Protocol{
	"names": samples.Names, "sink": samples.Sink, "talk": samples.Talk,
}

func TestGeneratedCodeIsAsInTheGoldenFiles(t *testing.T) {
	for name, make := range all {
		files, err := Generate(make(), Options{})
		require.NoError(t, err, name)
		for _, f := range files {
			path := filepath.Join("internal", "golden", name, f.Name)
			if *update {
				require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
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

func head(b []byte, n int) []byte { return b[:min(n, len(b))] }

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
