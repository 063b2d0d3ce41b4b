package docs

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// declared lists what the files of a package declare: functions, types, constants and variables by name, methods as
// Type.Method.
func declared(t *testing.T, dir string) map[string]bool {
	names := make(map[string]bool)
	pkgs, err := parser.ParseDir(token.NewFileSet(), dir, func(fs.FileInfo) bool { return true }, parser.SkipObjectResolution)
	require.NoError(t, err)
	for _, p := range pkgs {
		for _, f := range p.Files {
			for _, d := range f.Decls {
				switch d := d.(type) {
				case *ast.FuncDecl:
					name := d.Name.Name
					if d.Recv != nil {
						name = receiver(d.Recv.List[0].Type) + "." + name
					}
					names[name] = true
				case *ast.GenDecl:
					for _, s := range d.Specs {
						switch s := s.(type) {
						case *ast.TypeSpec:
							names[s.Name.Name] = true
						case *ast.ValueSpec:
							for _, n := range s.Names {
								names[n.Name] = true
							}
						}
					}
				}
			}
		}
	}
	return names
}

func receiver(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return receiver(e.X)
	case *ast.IndexExpr:
		return receiver(e.X)
	case *ast.Ident:
		return e.Name
	}
	return ""
}

// Every test and every symbol that the parity table names exists, and every row of it names a test or says why not.
func TestParityNamesWhatExists(t *testing.T) {
	text, err := os.ReadFile("../../docs/parity.md")
	require.NoError(t, err)
	folders := map[string]string{
		"flow": "runtime/flow", "datagram": "runtime/datagram", "capture": "runtime/capture", "record": "runtime/record",
		"prometheus": "runtime/prometheus", "fsrun": "cmd/fsrun", "wire": "runtime/datagram/wire",
	}
	packages := make(map[string]map[string]bool)
	for name, dir := range folders {
		packages[name] = declared(t, filepath.Join("../..", dir))
	}
	named := regexp.MustCompile("`(" + strings.Join([]string{"flow", "datagram", "capture", "record", "prometheus", "fsrun", "wire"}, "|") + `)\.([A-Z][\w.]*)` + "`")
	tests := 0
	for n, line := range strings.Split(string(text), "\n") {
		found := named.FindAllStringSubmatch(line, -1)
		isTest := false
		for _, m := range found {
			require.True(t, packages[m[1]][m[2]], "parity.md:%d: %s.%s does not exist", n+1, m[1], m[2])
			isTest = isTest || strings.HasPrefix(m[2], "Test") || strings.HasPrefix(m[2], "Fuzz")
		}
		if isTest {
			tests++
		}
		if strings.HasPrefix(line, "| ") && !strings.Contains(line, "| Test") {
			require.True(t, isTest || strings.Contains(line, "| none:"), "parity.md:%d: no test is named", n+1)
		}
	}
	require.Greater(t, tests, 100)
}
