package check_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/require"

	"github.com/flowscope/fsd/dsl"
)

var update = flag.Bool("update", false, "write the golden files anew")

// complete adds the protocol and the entry that a case leaves out because it is not about them. They go to the end: lines
// keep their numbers.
func complete(spec string) string {
	lines := strings.Split(spec, "\n")
	has := func(word string) bool {
		return slices.ContainsFunc(lines, func(l string) bool { return strings.HasPrefix(l, word) })
	}
	if !has("protocol") && !has("// no protocol") {
		spec += "protocol example\n"
	}
	if !has("entry") && !has("// no entry") {
		spec += "entry T\n"
	}
	return spec
}

// Each testdata/*.txtar holds specs, X.fsd, and in X.golden the whole text of what is said about each. A file without
// golden text is there to be imported.
func TestMessagesOfWrongSpecs(t *testing.T) {
	archives, err := filepath.Glob("testdata/*.txtar")
	require.NoError(t, err)
	require.NotEmpty(t, archives)
	total := 0
	for _, path := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			text, err := os.ReadFile(path)
			require.NoError(t, err)
			archive := txtar.Parse(bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")))
			golden := map[string]int{}
			files := fstest.MapFS{}
			for i, f := range archive.Files {
				if name, ok := strings.CutSuffix(f.Name, ".golden"); ok {
					golden[name] = i
					continue
				}
				spec := string(f.Data)
				if !strings.Contains(f.Name, "import_") {
					spec = complete(spec)
				}
				files[f.Name] = &fstest.MapFile{Data: []byte(spec)}
			}
			changed := txtar.Archive{Comment: archive.Comment}
			for _, f := range archive.Files {
				name, ok := strings.CutSuffix(f.Name, ".fsd")
				if !ok {
					continue
				}
				changed.Files = append(changed.Files, f)
				if strings.Contains(f.Name, "import_") {
					continue
				}
				total++
				p, diags := dsl.Compile(files, f.Name)
				got := diags.Render()
				if !strings.HasPrefix(name, "warn_") {
					require.Nil(t, p, "%s compiles\n%s", f.Name, f.Data)
					require.True(t, diags.HasErrors(), f.Name)
				} else {
					require.NotNil(t, p, got)
					require.NotEmpty(t, got)
				}
				if *update {
					changed.Files = append(changed.Files, txtar.File{Name: name + ".golden", Data: []byte(got)})
					continue
				}
				i, ok := golden[name]
				require.True(t, ok, "%s has no golden text; run with -update", f.Name)
				require.Equal(t, string(archive.Files[i].Data), got, f.Name)
			}
			if *update {
				require.NoError(t, os.WriteFile(path, txtar.Format(&changed), 0o644))
			}
		})
	}
	require.GreaterOrEqual(t, total, 120)
}
