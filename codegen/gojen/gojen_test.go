package gojen

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/flowscope/fsd/dsl/ir"
)

// TestOnlyTheSafeFileHandsTextToJennifer reads the package's own source: what jennifer writes as it gets it must be a
// constant of the generator, or come through the functions of safe.go.
func TestOnlyTheSafeFileHandsTextToJennifer(t *testing.T) {
	raw := map[string]bool{"Id": true, "Op": true, "Comment": true, "Commentf": true, "Qual": true, "Lit": true, "Tag": true}
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	for _, name := range files {
		if name == "safe.go" || strings.HasSuffix(name, "_test.go") {
			continue
		}
		src, err := os.ReadFile(name)
		require.NoError(t, err)
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, name, src, 0)
		require.NoError(t, err)
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) == 0 {
				return true
			}
			sel, ok := call.Fun.(*ast.SelectorExpr)
			if !ok || !raw[sel.Sel.Name] {
				return true
			}
			if _, constant := call.Args[0].(*ast.BasicLit); constant {
				return true
			}
			text := string(src[fset.Position(call.Args[0].Pos()).Offset:fset.Position(call.Args[0].End()).Offset])
			safe := strings.HasPrefix(text, "commentLines(") || text == "assign"
			if pkg, isPkg := sel.X.(*ast.Ident); safe || isPkg && pkg.Name == "token" {
				return true
			}
			// Names that come out of a scope have been checked there; they are fields of the plan or local variables.
			if sel.Sel.Name == "Id" && !strings.Contains(text, ".IR.") && !strings.Contains(text, "Doc") {
				return true
			}
			t.Errorf("%s: %s(%s) hands text to jennifer that is not a constant", fset.Position(call.Pos()), sel.Sel.Name, text)
			return true
		})
	}
}

func TestSafeFunctionsRefuseCode(t *testing.T) {
	for _, f := range []func(){
		func() { id("a b") }, func() { id("x{}") }, func() { id("func") }, func() { qual(wirePath, "X;") }, func() { op("; f()") },
	} {
		require.Panics(t, f)
	}
	require.Equal(t, "0x0F00", numberText(ir.I(0xf00), 16))
	require.Equal(t, "-0x12", numberText(ir.I(-0x12), 16))
	require.Equal(t, "-18", numberText(ir.I(-18), 10))
}

func TestCommentsCanNotEndOrDirect(t *testing.T) {
	for in, want := range map[string]string{
		"*/ func f() {}":       "// */ func f() {}",
		"a\nfunc f() {}":       "// a\n// func f() {}",
		"go:generate rm":       "// go:generate rm",
		"+build ignore":        "// (+build ignore)",
		"a\rb\x1b[31m\u2028c":  "// a b [31m c",
		"\tcode":               "//\tcode",
		"line 1:2":             "// line 1:2",
		"":                     "//",
		"\u202etxt \ufeff end": "//  txt   end",
	} {
		require.Equal(t, want, strings.Join(commentLines(in), "\n"), "%q", in)
	}
}

func TestVerifyFindsWhatWasNotMeant(t *testing.T) {
	good := "package p\n\nimport \"bytes\"\n\n// A is.\ntype A int\n\nfunc (a *A) F() { bytes.Clone(nil) }\n\nconst X, Y = 1, 2\n"
	want := []string{"A", "A.F", "X", "Y"}
	require.NoError(t, verify([]byte(good), want))
	for text, problem := range map[string]string{
		good + "\nfunc init() {}\n":                            "declares init, which was not meant",
		strings.Replace(good, "Y", "Z", 1):                     "not",
		strings.Replace(good, "bytes", "os", -1):               "imports os",
		strings.Replace(good, "// A", "//go:embed x\n// A", 1): "directive",
		"package": "not Go",
	} {
		require.ErrorContains(t, verify([]byte(text), want), problem)
	}
	require.ErrorContains(t, verify([]byte("package p\n"), want), "does not declare A")
}

func TestDocsAreSentences(t *testing.T) {
	require.Equal(t, "a.", sentence("a"))
	require.Equal(t, "a!", sentence("a!"))
	require.Equal(t, "IPv4 address", lowerFirst("IPv4 address"))
	require.Equal(t, "number of it", lowerFirst("Number of it"))
	require.Equal(t, "a b\nc", wrap("a b c", 3))
}

func TestDiagramOfAWord(t *testing.T) {
	w := &ir.Bits{Int: &ir.IntType{Bits: 8}, Fields: []*ir.BitField{
		{Field: &ir.Field{Name: "Leap"}, Width: 2}, {Field: &ir.Field{Name: "Version"}, Width: 3}, {Field: &ir.Field{Name: "_"}, Width: 3},
	}}
	require.Equal(t, ""+
		"\t  0  1  2  3  4  5  6  7\n"+
		"\t+--+--+--+--+--+--+--+--+\n"+
		"\t|Leap |Version |        |\n"+
		"\t+--+--+--+--+--+--+--+--+", bitsDiagram(w))
	require.Empty(t, bitsDiagram(&ir.Bits{Int: &ir.IntType{Bits: 64}}))
}
