// Package tutorial holds a test only: it does what the tutorial tells a newcomer to do, and compares what the commands
// print with what the page says.
package tutorial

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/flowscope/fsd/internal/docs"
	_ "github.com/flowscope/fsd/internal/fsgen" // the commands that it runs: a change of them is a reason to test again
	_ "github.com/flowscope/fsd/internal/fsrun"
)

var update = flag.Bool("update", false, "write what the commands print into the page")

const page = "../../docs/tutorial.md"

// TestTutorial writes the files of the page and runs its commands, in the page's order, in an empty folder. A block
// "```fsd NAME" or "```go NAME" is a file. In a "```console" block lines with "$ " are commands and the others what they
// print, standard output before standard error, with a line "[exit status N]" at the end when that is not 0. What
// `go mod` and `go get` say is not compared: it depends on what the machine has seen before.
func TestTutorial(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a module of its own")
	}
	text, err := os.ReadFile(page)
	require.NoError(t, err)
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	proxy := docs.Proxy(t, root)
	dir := t.TempDir()
	rest := string(text)
	var out strings.Builder // the page, with what was printed
	for _, f := range docs.Fences(string(text)) {
		switch {
		case (f.Lang == "fsd" || f.Lang == "go") && f.Info != "":
			name := filepath.Join(dir, filepath.FromSlash(f.Info))
			require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o777))
			require.NoError(t, os.WriteFile(name, []byte(f.Text), 0o666))
		case f.Lang == "console":
			got := ""
			for _, line := range strings.SplitAfter(f.Text, "\n") {
				if command, ok := strings.CutPrefix(line, "$ "); ok {
					got += line + run(t, dir, root, proxy, strings.TrimSpace(command))
				}
			}
			before, after, ok := strings.Cut(rest, f.Text)
			require.True(t, ok)
			out.WriteString(before + got)
			rest = after
			if !*update {
				require.Equal(t, normal(f.Text), normal(got), "docs/tutorial.md:%d; go test ./internal/tutorial -update writes it", f.Line)
			}
		default:
			t.Fatalf("docs/tutorial.md:%d: a block without a name, or of a kind that nobody runs", f.Line)
		}
	}
	if *update {
		require.NoError(t, os.WriteFile(page, []byte(out.String()+rest), 0o666))
	}
}

var seconds = regexp.MustCompile(`\t(\d+\.\d+s|\(cached\))`)

// normal takes out how long a test took.
func normal(text string) string { return seconds.ReplaceAllString(text, "\t0.01s") }

// run runs a command and returns what it printed.
func run(t *testing.T, dir, root, proxy, command string) string {
	t.Helper()
	words := strings.Fields(command)
	quiet := strings.HasPrefix(command, "go mod ") || strings.HasPrefix(command, "go get ")
	if strings.HasPrefix(command, "go get ") && strings.Contains(command, "/fsd/cmd/") {
		// The module under test, not a published one.
		run(t, dir, root, proxy, "go mod edit -replace=github.com/flowscope/fsd="+filepath.ToSlash(root))
	}
	cmd := exec.Command(words[0], words[1:]...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOFLAGS=", "GOWORK=off", "GOSUMDB=off", "GOPACKAGE=", "NO_COLOR=1", "GOPROXY="+proxy)
	var stdout, stderr strings.Builder
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if quiet {
		require.NoError(t, err, "%s\n%s", command, &stderr)
		return ""
	}
	text := stdout.String() + stderr.String()
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		text += fmt.Sprintf("[exit status %d]\n", exit.ExitCode())
	default:
		require.NoError(t, err, command)
	}
	return strings.ReplaceAll(text, "\r\n", "\n")
}
