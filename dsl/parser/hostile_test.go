package parser_test

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/flowscope/fsd/dsl/diag"
	"github.com/flowscope/fsd/dsl/parser"
	"github.com/flowscope/fsd/dsl/source"
	"github.com/flowscope/fsd/dsl/token"
)

// Each of these ends at once with an error, whatever it nests or repeats.
func TestHostileSpecsEndWithAnError(t *testing.T) {
	many := func(s string, n int) string { return strings.Repeat(s, n) }
	tests := []struct {
		name, text string
		code       diag.Code
	}{
		{"file too large", many("// x\n", 1<<18), diag.TooLarge},
		{"a million parentheses", "const X = " + many("(", 1_000_000), diag.TooLarge},
		{"too many tokens", many("A ", 300_000), diag.TooLarge},
		{"parentheses", "const X = " + many("(", 115_000), diag.TooDeep},
		{"paired parentheses", "const X = " + many("(", 60_000) + "1" + many(")", 60_000), diag.TooDeep},
		{"braces", "type T struct " + many("{ if A { ", 30_000), diag.TooDeep},
		{"signs", "const X = " + many("-", 115_000) + "1", diag.TooDeep},
		{"nots", "const X = " + many("!", 115_000) + "1", diag.TooDeep},
		{"all", "const X = " + many("all ", 115_000) + "1", diag.TooDeep},
		{"dimensions", "type T struct { A " + many("[..]", 40_000) + "byte }", diag.TooDeep},
		{"dimensions with parentheses", "type T struct { A " + many("[(1)]", 25_000) + "byte }", diag.TooDeep},
		{"else if", "type T struct { if A {} " + many("else if A {} ", 25_000) + "}", diag.TooDeep},
		{"operators", "const X = 1" + many("+1", 60_000), diag.TooLarge},
		{"nesting behind fifty errors", "type T struct {\n" + many("A [\nB uint8\n", 49) + "C [\n}\nconst X = " + many("(", 100_000), diag.TooLarge},
		{"digits", "const X = " + many("9", 1_000_000), diag.BadNumber},
		{"a long name", "const " + many("N", 1_000_000) + " = 1", diag.TooLarge},
		{"an open string", `const X = "` + many("a", 1_000_000), diag.BadString},
		{"an open comment", many("/* ", 300_000), diag.BadComment},
		{"closing brackets", many("}", 115_000), diag.Unbalanced},
		{"semicolons", many(";", 115_000) + "x", diag.Unexpected},
		{"NUL bytes", many("\x00", 1_000_000), diag.BadCharacter},
		{"bytes that are not UTF-8", many("\xff", 1_000_000), diag.BadCharacter},
		{"an error in each line", "type T struct {\n" + many("A\n", 60_000) + "}", diag.Unexpected},
		{"an open bracket in each line", "type T struct {\n" + many("A [3\nB uint8\n", 15_000) + "}", diag.Unbalanced},
		{"a wrong declaration in each line", many("foo bar\n", 40_000), diag.Unexpected},
		{"two words a line", many("a b;", 40_000), diag.Unexpected},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tree, diags := parser.Parse(source.New("t.fsd", tt.text))
			require.NotNil(t, tree)
			require.NotEmpty(t, diags)
			require.LessOrEqual(t, len(diags), parser.MaxErrors+1)
			codes := ""
			for _, d := range diags {
				codes += string(d.Code) + " "
			}
			require.Contains(t, codes, string(tt.code))
			require.Less(t, len(diags.Render()), 1<<16)
		})
	}
}

func TestLargeSpecParses(t *testing.T) {
	_, diags := parser.Parse(source.New("t.fsd", "type T struct {\n"+strings.Repeat("A uint8\n", 43_000)+"}"))
	require.Empty(t, diags)
}

func FuzzParse(f *testing.F) {
	for _, pattern := range []string{"testdata/*.fsd", "../format/testdata/*.fsd"} {
		files, err := filepath.Glob(pattern)
		require.NoError(f, err)
		for _, path := range files {
			text, err := os.ReadFile(path)
			require.NoError(f, err)
			f.Add(string(text))
		}
	}
	f.Add("type T struct { A [..][1]byte where all 0 else reject }")
	f.Fuzz(func(t *testing.T, text string) {
		file := source.New("f.fsd", text)
		tree, diags := parser.Parse(file)
		require.NotNil(t, tree)
		last := 0
		for _, d := range diags {
			require.NotEmpty(t, d.Message)
			require.NotContains(t, d.Message, "expected )")
			require.True(t, d.Span.Valid())
			require.True(t, 0 <= d.Span.Start && d.Span.Start <= d.Span.End && d.Span.End <= len(text))
			require.LessOrEqual(t, last, d.Span.Start, "not in source order")
			last = d.Span.Start
		}
		for _, d := range tree.Decls {
			s := d.Span()
			require.True(t, 0 <= s.Start && s.Start < s.End && s.End <= len(text))
		}
		_ = diags.Render()
	})
}

// Specs with tokens dropped, doubled and swapped: every message stays one of ours.
func TestMutatedSpecsGiveReadableMessages(t *testing.T) {
	files, err := filepath.Glob("../../protocols/*.fsd")
	require.NoError(t, err)
	random := rand.New(rand.NewPCG(1, 2))
	for _, path := range files {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		tokens, _ := token.Lex(source.New("t.fsd", string(text)))
		for range 12 {
			t1, t2 := tokens[random.IntN(len(tokens))], tokens[random.IntN(len(tokens))]
			mutant := string(text)
			switch random.IntN(4) {
			case 0:
				mutant = mutant[:t1.Start] + mutant[t1.End:]
			case 1:
				mutant = mutant[:t1.Start] + " " + t1.Text + " " + mutant[t1.Start:]
			case 2:
				mutant = mutant[:t1.Start] + t2.Text + " " + mutant[t1.End:]
			case 3:
				mutant = mutant[:t1.Start] + mutant[max(t1.Start, min(t1.Start+random.IntN(20), len(mutant))):]
			}
			_, diags := parser.Parse(source.New("t.fsd", mutant))
			for _, d := range diags {
				require.NotRegexp(t, `unexpected token|sub-expression|\(expected|<[a-z]+>|\*$|%!`, d.Message+" "+d.Fix)
				if os.Getenv("SHOW") != "" {
					t.Log(d.Error(), "|", d.Fix)
				}
			}
		}
	}
}
