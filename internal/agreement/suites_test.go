package agreement

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/flowscope/fsd/codegen"
	"github.com/flowscope/fsd/dsl/ir"
	"github.com/flowscope/fsd/internal/agreement/suite"
)

// program is a Go program made of generated packages. Its files exist for the compiler only, as an overlay over the
// module.
type program struct {
	dir, temp string
	overlay   map[string]string
	imports   bytes.Buffer
}

func newProgram(t *testing.T) *program {
	if testing.Short() {
		t.Skip("compiles a program")
	}
	here, err := os.Getwd()
	require.NoError(t, err)
	return &program{dir: filepath.Join(here, "program"), temp: t.TempDir(), overlay: map[string]string{}}
}

func (p *program) add(t *testing.T, name string, content []byte) {
	real := filepath.Join(p.temp, fmt.Sprint(len(p.overlay), ".go"))
	require.NoError(t, os.WriteFile(real, content, 0o600))
	p.overlay[filepath.Join(p.dir, filepath.FromSlash(name))] = real
}

// generate adds the package of a spec.
func (p *program) generate(t *testing.T, spec *ir.Protocol) {
	files, err := codegen.Generate(spec, codegen.Options{NoTests: true})
	require.NoError(t, err, "%s passes the checker and has no Go form", spec.Name)
	for _, f := range files {
		p.add(t, spec.Name+"/"+f.Name, f.Content)
	}
	fmt.Fprintf(&p.imports, "\t%s %q\n", spec.Name, "github.com/flowscope/fsd/internal/agreement/program/"+spec.Name)
}

// run compiles and runs the program, whose function run has that body.
func (p *program) run(t *testing.T, body string) {
	p.add(t, "main.go", fmt.Appendf(nil, `package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/flowscope/fsd/internal/agreement"
	"github.com/flowscope/fsd/runtime/datagram"
%s)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

var _ = errors.Join

var _ datagram.Parser

func run() error {
%s}
`, p.imports.Bytes(), body))
	list, err := json.Marshal(map[string]any{"Replace": p.overlay})
	require.NoError(t, err)
	file := filepath.Join(p.temp, "overlay.json")
	require.NoError(t, os.WriteFile(file, list, 0o600))
	cmd := exec.Command("go", "run", "-overlay", file, p.dir)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
}

func TestGeneratedCodeOfTheSuitesComesToWhatTheIRMeans(t *testing.T) {
	p := newProgram(t)
	suites, err := suite.All()
	require.NoError(t, err)
	var entries bytes.Buffer
	for _, s := range suites {
		spec, err := CompileSuite(s)
		require.NoError(t, err)
		p.generate(t, spec)
		fmt.Fprintf(&entries, "\t\t%q: %s.Protocol,\n", s.Name, s.Name)
	}
	p.run(t, fmt.Sprintf("\treturn agreement.CompareSuites(map[string]*datagram.Protocol{\n%s\t}, %d)\n", entries.Bytes(), mutations(t)))
}

// TestTheyAgreeOnRandomSpecs does the same for specs that nobody has thought of. FSD_SPECS sets how many, and
// FSD_SEED which.
func TestTheyAgreeOnRandomSpecs(t *testing.T) {
	number := func(name string, otherwise uint64) uint64 {
		if text := os.Getenv(name); text != "" {
			n, err := strconv.ParseUint(text, 10, 63)
			require.NoError(t, err)
			return n
		}
		return otherwise
	}
	p := newProgram(t)
	var calls bytes.Buffer
	seed := number("FSD_SEED", 1)
	for left := number("FSD_SPECS", 12); left > 0; seed++ {
		name := fmt.Sprint("r", seed)
		spec := CompileRandom(name, seed)
		if spec == nil {
			continue
		}
		left--
		p.generate(t, spec)
		fmt.Fprintf(&calls, "\t\tagreement.CompareRandom(%s.Protocol, %d, %d),\n", name, seed, mutations(t)/2)
	}
	p.run(t, fmt.Sprintf("\treturn errors.Join(\n%s\t)\n", calls.Bytes()))
}
