package parser_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/flowscope/fsd/dsl/ast"
	"github.com/flowscope/fsd/dsl/diag"
	"github.com/flowscope/fsd/dsl/parser"
	"github.com/flowscope/fsd/dsl/source"
)

var update = flag.Bool("update", false, "write the golden files anew")

// Each testdata/*.fsd is wrong in some way; its .golden is the whole text of what is said about it.
func TestMessagesOfWrongSpecs(t *testing.T) {
	files, err := filepath.Glob("testdata/*.fsd")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, path := range files {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".fsd"), func(t *testing.T) {
			text, err := os.ReadFile(path)
			require.NoError(t, err)
			_, diags := parser.Parse(source.New(filepath.Base(path), string(text)))
			require.True(t, diags.HasErrors())
			compareGolden(t, strings.TrimSuffix(path, ".fsd")+".golden", diags.Render())
		})
	}
}

func compareGolden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, strings.ReplaceAll(string(want), "\r\n", "\n"), got)
}

func TestSpecsOfTheProjectHaveNoSyntaxErrors(t *testing.T) {
	files, err := filepath.Glob("../../protocols/*.fsd")
	require.NoError(t, err)
	for _, path := range files {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		tree, diags := parser.Parse(source.New(filepath.Base(path), string(text)))
		require.Empty(t, diags.Render())
		require.NotEmpty(t, tree.Decls)
	}
}

func TestPagesOfSyntaxCodesGiveTheirCodeAndTheirRemedyNone(t *testing.T) {
	for _, code := range diag.Codes() {
		if code >= "FSD0100" {
			continue
		}
		page, _ := diag.Explain(code)
		_, wrong := parser.Parse(source.New("wrong.fsd", page.Wrong))
		require.NotEmpty(t, wrong, "the wrong example of %s is right", code)
		for _, d := range wrong {
			require.Equal(t, code, d.Code, "the wrong example of %s gives: %s", code, d.Error())
		}
		_, right := parser.Parse(source.New("right.fsd", page.Right))
		require.Empty(t, right.Render(), "the right example of %s", code)
	}
}

func TestTwoBrokenStatementsGiveTwoErrorsAndTheRestIsKept(t *testing.T) {
	tree, diags := parser.Parse(source.New("t.fsd", `protocol t
type T struct {
	A uint8
	B where 1
	C uint8
	D [uint8
	E uint8
}
type U struct { F uint8 }
`))
	require.Len(t, diags, 2)
	require.Equal(t, "t.fsd:4:4", diags[0].Span.String())
	require.Equal(t, "t.fsd:6:4", diags[1].Span.String())
	require.Len(t, tree.Decls, 3)
	body := tree.Decls[1].(*ast.TypeDecl).Kind.(*ast.Struct).Body
	require.Equal(t, "A C E", fieldNames(body.Stmts))
}

func fieldNames(stmts []ast.Stmt) string {
	var names []string
	for _, s := range stmts {
		for _, n := range s.(*ast.Field).Names {
			names = append(names, n.Name)
		}
	}
	return strings.Join(names, " ")
}

func TestBrokenCaseLeavesTheOthers(t *testing.T) {
	tree, diags := parser.Parse(source.New("t.fsd", `type T struct {
	K uint8
	switch K {
	case 1:
		A uint8
	case :
		B uint8
		switch A { case 3: X uint8; default: Y uint8 }
	case 3:
		C uint8
		D uint8 uint8
	default:
		E uint8
	}
}
`))
	require.Len(t, diags, 2)
	sw := tree.Decls[0].(*ast.TypeDecl).Kind.(*ast.Struct).Body.Stmts[1].(*ast.Switch)
	require.Len(t, sw.Cases, 3)
	require.Equal(t, "C", fieldNames(sw.Cases[1].Body))
	require.True(t, sw.Cases[2].Default)
}

func TestExpressionsGroupAsInGo(t *testing.T) {
	tests := []struct{ text, want string }{
		{"1 + 2 * 3", "(1 + (2 * 3))"},
		{"1 - 2 - 3", "((1 - 2) - 3)"},
		{"(1 - (2 - 3))", "(1 - (2 - 3))"},
		{"A & 1 != 0 && !B || C", "((((A & 1) != 0) && !B) || C)"},
		{"(Len & 0x3F) << 8 | Low", "(((Len & 0x3F) << 8) | Low)"},
		{"A in 1..2 && B in {1, 5..9}", "((A in 1..2) && (B in {1, 5..9}))"},
		{"last.Seq or 0", "(last.Seq or 0)"},
		{"last.Seq + 1 or first or 2", "(((last.Seq + 1) or first) or 2)"},
		{"X[1].Y.has(Z, 3) == 'a'", "(X[1].Y.has(Z,3) == 'a')"},
		{"- 1 + !X", "(-1 + !X)"},
		{"A in B+1..C*2 || D", "((A in (B + 1)..(C * 2)) || D)"},
		{"all 0", "all 0"},
		{`A == "x"`, `(A == "x")`},
		{"(A +\n\tB)", "(A + B)"},
		{"A +\n\tB", "(A + B)"},
	}
	for _, tt := range tests {
		tree, diags := parser.Parse(source.New("t.fsd", "const X = "+tt.text))
		require.Empty(t, diags.Render(), tt.text)
		require.Equal(t, tt.want, render(tree.Decls[0].(*ast.Const).Value), tt.text)
	}
}

func TestOperandLeftOutAfterWhereIsImplied(t *testing.T) {
	tests := []struct{ text, want string }{
		{">= 8", "(~ >= 8)"},
		{"in 1..2", "(~ in 1..2)"},
		{"% 4 == 0", "((~ % 4) == 0)"},
		{"& 1 != 0", "((~ & 1) != 0)"},
		{">= 8 && <= 16", "((~ >= 8) && (~ <= 16))"},
		{"(== 1 || == 2)", "((~ == 1) || (~ == 2))"},
		{"len >= 1", "(len >= 1)"},
		{"all 0", "all 0"},
	}
	for _, tt := range tests {
		tree, diags := parser.Parse(source.New("t.fsd", "type T struct { A uint8 where "+tt.text+" else note \"x\" }"))
		require.Empty(t, diags.Render(), tt.text)
		f := tree.Decls[0].(*ast.TypeDecl).Kind.(*ast.Struct).Body.Stmts[0].(*ast.Field)
		where := f.Opts[0].Where
		require.Equal(t, tt.want, render(where.Cond), tt.text)
		require.Equal(t, "note", where.Else.Kind)
		require.Equal(t, "x", where.Else.Reason.Value)
	}
}

// render writes an expression with all its grouping.
func render(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Binary:
		return "(" + render(e.X) + " " + e.Op + " " + render(e.Y) + ")"
	case *ast.Unary:
		return e.Op + render(e.X)
	case *ast.In:
		var items []string
		for _, r := range e.Set.Ranges {
			s := render(r.Lo)
			if r.Hi != nil {
				s += ".." + render(r.Hi)
			}
			items = append(items, s)
		}
		set := strings.Join(items, ", ")
		if e.Set.Braces {
			set = "{" + set + "}"
		}
		return "(" + render(e.X) + " in " + set + ")"
	case *ast.All:
		return "all " + render(e.X)
	case *ast.Int:
		return e.Text
	case *ast.Str:
		return e.Text
	case *ast.Char:
		return e.Text
	case *ast.Implied:
		return "~"
	case *ast.Path:
		s := e.Name.Name
		for _, sel := range e.Sel {
			switch {
			case sel.Field != nil:
				s += "." + sel.Field.Name
			case sel.Index != nil:
				s += "[" + render(sel.Index) + "]"
			default:
				var args []string
				for _, a := range sel.Call.Args {
					args = append(args, render(a))
				}
				s += "(" + strings.Join(args, ",") + ")"
			}
		}
		return s
	}
	return fmt.Sprintf("%T", e)
}

func TestNodesEndWhereTheirLastTokenDoes(t *testing.T) {
	text := `type T struct {
	A, B uint8 where >= 8 else note "x" // trailing
	let Body = (A - 8) * 2   // more
	if A == 1 { C uint8 } else if A == 2 { D uint8 } else { E [A + 1]byte size 4 }
	poison "p" when  A  in  {1 , 2}
}
`
	tree, diags := parser.Parse(source.New("t.fsd", text))
	require.Empty(t, diags.Render())
	s := tree.Decls[0].(*ast.TypeDecl).Kind.(*ast.Struct).Body.Stmts
	require.Equal(t, `A, B uint8 where >= 8 else note "x"`, s[0].Span().Text())
	require.Equal(t, "B", s[0].(*ast.Field).Names[1].Span().Text())
	require.Equal(t, ">= 8", s[0].(*ast.Field).Opts[0].Where.Cond.Span().Text())
	require.Equal(t, "(A - 8) * 2", s[1].(*ast.Let).Value.Span().Text())
	require.Equal(t, "*", s[1].(*ast.Let).Value.(*ast.Binary).OpNode.Base().Span().Text())
	require.Equal(t, "{ C uint8 }", s[2].(*ast.If).Then.Span().Text())
	last := s[2].(*ast.If).ElseIf.Else.Stmts[0].(*ast.Field)
	require.Equal(t, "A + 1", last.Type.Array.Length.Count.Span().Text())
	require.Equal(t, "A  in  {1 , 2}", s[3].(*ast.Rule).When.Span().Text())
	require.Equal(t, "t.fsd:3:13", s[1].(*ast.Let).Value.Span().String())
}

func TestCommentsDocumentWhatTheyTouch(t *testing.T) {
	tree, diags := parser.Parse(source.New("t.fsd", `// Not the head.

// The head.
//
// Second paragraph.
protocol t // behind
const N = 1 // number

// Detached.

// A kind.
type Kind enum uint8 { // opens
	A = 1 // first
	// above
	B = 2 // second
	C = 3; D = 4 // fourth
}
type T struct {
	X uint8
	// not Y

	Y uint8
	let Z = 1 // zed
}
`))
	require.Empty(t, diags.Render())
	require.Equal(t, "The head.\n\nSecond paragraph.\nbehind", tree.Doc)
	require.Equal(t, "number", tree.Decls[1].(*ast.Const).Doc)
	kind := tree.Decls[2].(*ast.TypeDecl)
	require.Equal(t, "A kind.", kind.Doc)
	var docs []string
	for _, v := range kind.Kind.(*ast.Enum).Values {
		docs = append(docs, v.Doc)
	}
	require.Equal(t, []string{"first", "above\nsecond", "", "fourth"}, docs)
	body := tree.Decls[3].(*ast.TypeDecl).Kind.(*ast.Struct).Body.Stmts
	require.Equal(t, "", body[1].(*ast.Field).Doc)
	require.Equal(t, "zed", body[2].(*ast.Let).Doc)
}
