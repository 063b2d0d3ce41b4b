// Package arch tests who may import whom, as CONTRIBUTING.md says.
package arch

import (
	"encoding/json"
	"io"
	"os/exec"
	"sort"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const module = "github.com/flowscope/fsd"

type pkg struct {
	ImportPath string
	Imports    []string
	Deps       []string
	Module     *struct{ Path string }
	Standard   bool
}

func list(t *testing.T, args ...string) []pkg {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list", "-json=ImportPath,Imports,Deps,Standard,Module"}, args...)...)
	cmd.Dir = "../.."
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	var pkgs []pkg
	for d := json.NewDecoder(out); ; {
		var p pkg
		err := d.Decode(&p)
		if err == io.EOF {
			break
		}
		require.NoError(t, err)
		pkgs = append(pkgs, p)
	}
	require.NoError(t, cmd.Wait())
	return pkgs
}

// allowed gives, for the packages under a path, the packages besides the standard library that they may import
// directly. An entry that ends in / allows all below it. The longest path that fits counts.
var allowed = map[string][]string{
	"dsl/source":               {},
	"dsl/diag":                 {"dsl/source"},
	"dsl/token":                {"dsl/source", "dsl/diag", "github.com/alecthomas/participle/"},
	"dsl/ast":                  {"dsl/source", "dsl/token", "github.com/alecthomas/participle/"},
	"dsl/parser":               {"dsl/source", "dsl/diag", "dsl/token", "dsl/ast", "github.com/alecthomas/participle/"},
	"dsl/format":               {"dsl/source", "dsl/diag", "dsl/token"},
	"dsl/ir":                   {"dsl/source"},
	"dsl/check":                {"dsl/source", "dsl/diag", "dsl/token", "dsl/ast", "dsl/parser", "dsl/ir"},
	"dsl/eval":                 {"dsl/ir", "dsl/source", "runtime/datagram", "runtime/datagram/wire", "runtime/flow"},
	"dsl":                      {"dsl/"},
	"codegen/names":            {},
	"codegen/plan":             {"dsl/ir", "codegen/names"},
	"codegen/gojen":            {"dsl/ir", "codegen/plan", "codegen/names", "github.com/dave/jennifer/", "runtime/datagram/wire"},
	"codegen/internal":         {"dsl", "dsl/", "codegen/", "runtime/"},
	"codegen":                  {"dsl/ir", "dsl/diag", "dsl/source", "codegen/"},
	"runtime/flow":             {},
	"runtime/datagram":         {"runtime/flow"},
	"runtime/datagram/wire":    {"runtime/flow", "runtime/datagram"},
	"runtime/datagram/vector":  {"runtime/flow", "runtime/datagram"},
	"runtime/datagram/logging": {"runtime/flow", "runtime/datagram"},
	"runtime/capture":          {"runtime/flow", "golang.org/x/sys/unix", "github.com/google/gopacket/", "github.com/klauspost/compress/"},
	"runtime/record":           {"runtime/flow", "runtime/datagram"},
	"generated":                {"runtime/flow", "runtime/datagram", "runtime/datagram/wire"},
	"generated/all":            {"runtime/datagram", "generated/"},
}

func rule(path string) ([]string, bool) {
	for p := path; p != ""; {
		if r, ok := allowed[p]; ok {
			return r, true
		}
		i := strings.LastIndexByte(p, '/')
		if i < 0 {
			break
		}
		p = p[:i]
	}
	return nil, false
}

func TestEveryPackageImportsOnlyWhatItMay(t *testing.T) {
	seen := 0
	for _, p := range list(t, "./...") {
		path := strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, module), "/")
		may, ok := rule(path)
		if !ok {
			require.Truef(t, strings.HasPrefix(path, "cmd/") || strings.HasPrefix(path, "internal/") || strings.HasPrefix(path, "testdata/"),
				"%s: a new package needs a rule here and in CONTRIBUTING.md", path)
			continue
		}
		seen++
		sort.Strings(p.Imports)
		for _, i := range p.Imports {
			if !strings.Contains(strings.SplitN(i, "/", 2)[0], ".") {
				continue // the standard library
			}
			i = strings.TrimPrefix(i, module+"/")
			fits := false
			for _, m := range may {
				fits = fits || i == m || strings.HasSuffix(m, "/") && strings.HasPrefix(i+"/", m)
			}
			require.Truef(t, fits, "%s imports %s, which CONTRIBUTING.md does not allow", path, i)
		}
	}
	require.Greater(t, seen, 10)
}

func TestAServiceThatRunsParsersLinksNoCompiler(t *testing.T) {
	for _, p := range list(t, "./runtime/flow", "./runtime/datagram", "./runtime/record", "./generated/all") {
		for _, d := range p.Deps {
			external := strings.Contains(strings.SplitN(d, "/", 2)[0], ".")
			own := strings.HasPrefix(d, module+"/runtime/") || strings.HasPrefix(d, module+"/generated/")
			require.Truef(t, !external || own, "%s links %s", p.ImportPath, d)
		}
	}
}

func TestOnlyTheEmitterKnowsJenniferAndOnlyTheFrontEndKnowsParticiple(t *testing.T) {
	for _, p := range list(t, "./...") {
		for _, i := range p.Imports {
			path := strings.TrimPrefix(p.ImportPath, module+"/")
			if strings.HasPrefix(i, "github.com/dave/jennifer") {
				require.True(t, strings.HasPrefix(path, "codegen/"), path)
			}
			if strings.HasPrefix(i, "github.com/alecthomas/participle") {
				require.True(t, strings.HasPrefix(path, "dsl/"), path)
			}
		}
	}
}
