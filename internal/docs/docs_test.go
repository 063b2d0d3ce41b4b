package docs_test

import (
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/flowscope/fsd/codegen"
	"github.com/flowscope/fsd/dsl"
	"github.com/flowscope/fsd/dsl/diag"
	"github.com/flowscope/fsd/dsl/format"
	"github.com/flowscope/fsd/dsl/ir"
	"github.com/flowscope/fsd/internal/docs"
	"github.com/flowscope/fsd/internal/fsgen"
	"github.com/flowscope/fsd/internal/fsrun"
)

const root = "../.."

func page(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
	require.NoError(t, err)
	return string(text)
}

var protocolName = regexp.MustCompile(`(?m)^protocol (\w+)$`)

// compile compiles an example as if it stood beside the project's specs; the file is named after its protocol.
func compile(t *testing.T, text string) (*ir.Protocol, string, diag.List) {
	t.Helper()
	m := protocolName.FindStringSubmatch(text)
	require.NotNil(t, m, "an example that is no complete spec: mark it `fsd fragment`")
	name := m[1] + ".fsd"
	p, diagnostics := dsl.Compile(overlay{fstest.MapFS{name: {Data: []byte(text)}}, os.DirFS(filepath.Join(root, "protocols"))}, name)
	return p, name, diagnostics
}

// overlay looks into several file systems, one after the other.
type overlay []fs.FS

func (o overlay) Open(name string) (f fs.File, err error) {
	for _, one := range o {
		if f, err = one.Open(name); err == nil {
			return f, nil
		}
	}
	return nil, err
}

func render(t *testing.T, l diag.List) string {
	t.Helper()
	var b strings.Builder
	require.NoError(t, diag.Text(&b, l, diag.Style{}))
	return b.String()
}

// TestExamples compiles the specs of the pages and runs their test vectors. Go code below a spec is part of what is
// generated of it, and a wrong spec has the error that the page says.
func TestExamples(t *testing.T) {
	for _, name := range []string{"docs/language.md", "docs/commands.md", "README.md"} {
		generated, message := "", ""
		for _, f := range docs.Fences(page(t, name)) {
			at := func(t *testing.T) { t.Logf("%s:%d", name, f.Line) }
			switch {
			case f.Lang == "fsd" && f.Info == "":
				t.Run(name, func(t *testing.T) {
					at(t)
					generated = example(t, f.Text)
				})
			case f.Lang == "fsd" && strings.HasPrefix(f.Info, "wrong "):
				t.Run(name, func(t *testing.T) {
					at(t)
					_, _, diagnostics := compile(t, f.Text)
					require.True(t, diagnostics.HasErrors(), "this compiles")
					message = render(t, diagnostics)
					require.Contains(t, message, strings.TrimPrefix(f.Info, "wrong "))
				})
			case f.Lang == "fsd":
				require.Equal(t, "fragment", f.Info, "%s:%d", name, f.Line)
			case f.Lang == "text":
				require.Contains(t, message, f.Text, "%s:%d", name, f.Line)
			case f.Lang == "go" && f.Info == "generated":
				t.Run(name, func(t *testing.T) {
					at(t)
					contained(t, generated, f.Text)
				})
			}
		}
	}
}

// example checks a complete spec and returns the Go code made of it.
func example(t *testing.T, text string) string {
	t.Helper()
	p, name, diagnostics := compile(t, text)
	require.Empty(t, render(t, diagnostics))
	formatted, _ := format.Source(name, []byte(text))
	require.Equal(t, string(formatted), text, "not as fsgen fmt writes it")
	require.NotEmpty(t, p.Tests)
	runVectors(t, name, text)
	files, err := codegen.Generate(p, codegen.Options{})
	require.NoError(t, err)
	return string(files[0].Content)
}

// runVectors runs the test vectors as `fsgen test` does.
func runVectors(t *testing.T, name, text string) {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, os.CopyFS(dir, os.DirFS(filepath.Join(root, "protocols"))))
	spec := filepath.Join(dir, name)
	require.NoError(t, os.WriteFile(spec, []byte(text), 0o666))
	var stdout, stderr strings.Builder
	status := fsgen.Run([]string{"test", spec}, strings.NewReader(""), &stdout, &stderr)
	require.Zero(t, status, "%s%s", &stdout, &stderr)
}

// contained checks that code shown is part of the generated file: its lines in order, others between them.
func contained(t *testing.T, code, shown string) {
	t.Helper()
	flat := func(s string) string { return strings.Join(strings.Fields(s), " ") }
	var rest []string
	for _, line := range strings.Split(code, "\n") {
		rest = append(rest, flat(line))
	}
	for _, line := range strings.Split(shown, "\n") {
		want := flat(line)
		if want == "" || want == "// ..." {
			continue
		}
		i := 0
		for i < len(rest) && rest[i] != want {
			i++
		}
		require.Less(t, i, len(rest), "not in the generated code, or not in this order: %s", line)
		rest = rest[i+1:]
	}
}

var link = regexp.MustCompile(`\]\(([^)\s]+)\)`)

// TestLinks finds links to files and headings that are not there.
func TestLinks(t *testing.T) {
	pages := []string{"README.md", "docs/performance.md", "CONTRIBUTING.md", "docs/language.md", "docs/commands.md", "docs/tutorial.md"}
	for _, name := range pages {
		for _, m := range link.FindAllStringSubmatch(page(t, name), -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			file, anchor, _ := strings.Cut(m[1], "#")
			target := name
			if file != "" {
				target = filepath.ToSlash(filepath.Join(filepath.Dir(name), file))
			}
			_, err := os.Stat(filepath.Join(root, target))
			require.NoError(t, err, "%s: %s", name, m[1])
			if anchor != "" {
				require.Contains(t, anchors(page(t, target)), anchor, "%s: %s", name, m[1])
			}
		}
	}
}

// anchors are the names that headings of a page have in links.
func anchors(text string) []string {
	var out []string
	for _, line := range strings.Split(text, "\n") {
		if title, ok := strings.CutPrefix(line, "#"); ok {
			title = strings.TrimLeft(title, "# ")
			out = append(out, strings.Map(func(r rune) rune {
				switch {
				case r == ' ':
					return '-'
				case r == '-' || r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z':
					return r
				case r >= 'A' && r <= 'Z':
					return r + 'a' - 'A'
				}
				return -1
			}, title))
		}
	}
	return out
}

// TestReadmeCommand runs what the front page shows first. The page cuts long lines, and shows some of many.
func TestReadmeCommand(t *testing.T) {
	fences := docs.Fences(page(t, "README.md"))
	checked := false
	for i, f := range fences {
		capture, ok := strings.CutPrefix(f.Text, "$ go run ./cmd/fsrun ")
		if !ok {
			continue
		}
		var stdout, stderr strings.Builder
		status := fsrun.Run([]string{"-o", "table", filepath.Join(root, strings.TrimSpace(capture))}, strings.NewReader(""), &stdout, &stderr)
		require.Zero(t, status, &stderr)
		require.Equal(t, "output", fences[i+1].Lang)
		rest := strings.Split(stdout.String()+stderr.String(), "\n")
		for _, line := range strings.Split(strings.TrimSuffix(fences[i+1].Text, "\n"), "\n") {
			want, cut := strings.CutSuffix(line, "…")
			n := 0
			for n < len(rest) && rest[n] != want && !(cut && strings.HasPrefix(rest[n], want)) {
				n++
			}
			require.Less(t, n, len(rest), "the command does not print this, or not in this order: %s", line)
			rest = rest[n+1:]
		}
		checked = true
	}
	require.True(t, checked, "the page shows no command")
}

// TestReadmeProgram builds and runs the program of the front page, in a module of its own.
func TestReadmeProgram(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a module")
	}
	spec, program, output := "", "", ""
	for _, f := range docs.Fences(page(t, "README.md")) {
		switch {
		case f.Lang == "fsd":
			spec = f.Text
		case f.Lang == "go" && f.Info == "main.go":
			program = f.Text
		case f.Lang == "output" && output == "":
			output = f.Text
		}
	}
	dir := t.TempDir()
	abs, err := filepath.Abs(root)
	require.NoError(t, err)
	write := func(name, text string) {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o777))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666))
	}
	write("go.mod", "module example.test/sensor\n\ngo 1.25.0\n\nrequire github.com/flowscope/fsd v0.0.0\n\nreplace github.com/flowscope/fsd => "+filepath.ToSlash(abs)+"\n")
	write("sensor.fsd", spec)
	write("cmd/main.go", program)
	var stdout, stderr strings.Builder
	require.Zero(t, fsgen.Run([]string{"-o", dir, filepath.Join(dir, "sensor.fsd")}, strings.NewReader(""), &stdout, &stderr), &stderr)
	cmd := exec.Command("go", "run", "-mod=mod", "./cmd")
	cmd.Dir = dir
	got, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", got)
	require.Equal(t, output, string(got))
}

var flagName = regexp.MustCompile(`--[a-z][a-z-]+`)

// TestCommandsPage compares the flags on the page with those that the commands know.
func TestCommandsPage(t *testing.T) {
	text := page(t, "docs/commands.md")
	known := map[string]bool{"--help": true}
	help := func(name string, run func([]string, io.Reader, io.Writer, io.Writer) int, args ...string) {
		var stdout, stderr strings.Builder
		require.Zero(t, run(append(args, "--help"), strings.NewReader(""), &stdout, &stderr), &stderr)
		for _, flag := range flagName.FindAllString(stdout.String(), -1) {
			known[flag] = true
			require.Contains(t, text, flag, name)
		}
	}
	help("fsrun", fsrun.Run)
	for _, command := range []string{"generate", "check", "fmt", "test", "bounds", "explain"} {
		require.Contains(t, text, "fsgen "+command)
		// Flags with one letter only are described in words.
		var stdout, stderr strings.Builder
		require.Zero(t, fsgen.Run([]string{command, "--help"}, strings.NewReader(""), &stdout, &stderr))
		for _, flag := range flagName.FindAllString(stdout.String(), -1) {
			known[flag] = true
		}
	}
	for _, flag := range flagName.FindAllString(text, -1) {
		require.True(t, known[flag], "no command has the flag %s", flag)
	}
}
