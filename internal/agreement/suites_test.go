package agreement

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/flowscope/fsd/codegen"
	"github.com/flowscope/fsd/internal/agreement/suite"
)

// TestGeneratedCodeOfTheSuitesComesToWhatTheIRMeans generates code for the suites, builds it into a program with
// CompareSuites, and runs that. The files exist for the compiler only, as an overlay over the module.
func TestGeneratedCodeOfTheSuitesComesToWhatTheIRMeans(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles a program")
	}
	here, err := os.Getwd()
	require.NoError(t, err)
	temp := t.TempDir()
	dir := filepath.Join(here, "suiteprogram")
	overlay := map[string]string{}
	add := func(name string, content []byte) {
		real := filepath.Join(temp, fmt.Sprint(len(overlay), ".go"))
		require.NoError(t, os.WriteFile(real, content, 0o600))
		overlay[filepath.Join(dir, filepath.FromSlash(name))] = real
	}
	suites, err := suite.All()
	require.NoError(t, err)
	var imports, entries bytes.Buffer
	for _, s := range suites {
		p, err := CompileSuite(s)
		require.NoError(t, err)
		files, err := codegen.Generate(p, codegen.Options{NoTests: true})
		require.NoError(t, err, s.Name)
		for _, f := range files {
			add(s.Name+"/"+f.Name, f.Content)
		}
		fmt.Fprintf(&imports, "\t%s %q\n", s.Name, "github.com/flowscope/fsd/internal/agreement/suiteprogram/"+s.Name)
		fmt.Fprintf(&entries, "\t\t%q: %s.Protocol,\n", s.Name, s.Name)
	}
	add("main.go", fmt.Appendf(nil, `package main

import (
	"fmt"
	"os"

	"github.com/flowscope/fsd/internal/agreement"
	"github.com/flowscope/fsd/runtime/datagram"
%s)

func main() {
	if err := agreement.CompareSuites(map[string]*datagram.Protocol{
%s	}, %d); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
`, imports.Bytes(), entries.Bytes(), mutations(t)))
	list, err := json.Marshal(map[string]any{"Replace": overlay})
	require.NoError(t, err)
	file := filepath.Join(temp, "overlay.json")
	require.NoError(t, os.WriteFile(file, list, 0o600))
	run := exec.Command("go", "run", "-overlay", file, dir)
	run.Env = append(os.Environ(), "CGO_ENABLED=0")
	out, err := run.CombinedOutput()
	require.NoError(t, err, "%s", out)
}
