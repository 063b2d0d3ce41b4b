package token

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/flowscope/fsd/dsl/source"
)

// texts shows tokens as written; a `;` of the end of a line as ↵.
func texts(tokens []Token) string {
	var all []string
	for _, t := range tokens {
		switch {
		case t.Kind == EOF:
		case t.Auto:
			all = append(all, "↵")
		case t.Kind == Implied:
			all = append(all, "~")
		default:
			all = append(all, t.Text)
		}
	}
	return strings.Join(all, " ")
}

func TestEndsOfLinesEndStatements(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"names, literals and brackets", "A uint8\nB [1]byte\n\"x\"\n'x'\n30s\n1", "A uint8 ↵ B [ 1 ] byte ↵ \"x\" ↵ 'x' ↵ 30s ↵ 1 ↵"},
		{"words", "confirm\nend\nX lax\nY where\nZ in\n3", "confirm ↵ end ↵ X lax ↵ Y where ↵ Z in 3 ↵"},
		{"operators go on", "A +\nB ||\nC,\nD =\nE", "A + B || C , D = E ↵"},
		{"braces", "struct {\nA uint8 }\nelse {\n}", "struct { A uint8 } ↵ else { } ↵"},
		{"inside of parentheses", "(A\n+ B\n)\nC", "( A + B ) ↵ C ↵"},
		{"forgotten parenthesis", "(A +\nB\nC uint8", "( A + B ↵ C uint8 ↵"},
		{"comments do not count", "A // x\n// y\nB", "A ↵ B ↵"},
		{"written ones stay", "A; B;\nC", "A ; B ; C ↵"},
		{"a test goes on", "test \"a\" hex \"00\"\n\"01\"\nthen hex \"02\"\npoison \"p\"\ntype", "test \"a\" hex \"00\" \"01\" then hex \"02\" poison \"p\" ↵ type ↵"},
		{"ranges", "1..2 0xFF..A", "1 .. 2 0xFF .. A ↵"},
		{"nothing", "\n\n// x\n", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tokens, diags := Lex(source.New("t.fsd", tt.text))
			require.Empty(t, diags.Render())
			require.Equal(t, tt.want, texts(tokens))
		})
	}
}

func TestTokensKeepCommentsAndBlankLines(t *testing.T) {
	tokens, diags := Lex(source.New("t.fsd", "// head\n\nA // behind  \n\n\n// own\nB\n// last"))
	require.Empty(t, diags)
	require.Equal(t, []Comment{{Text: "// head", Line: 1}}, tokens[0].Before)
	require.True(t, tokens[0].Blank)
	b := tokens[2]
	require.Equal(t, "B", b.Text)
	require.False(t, b.Blank)
	require.Equal(t, []Comment{
		{Text: "// behind", Start: 11, Line: 3, Trailing: true}, {Text: "// own", Start: 25, Line: 6, Blank: true},
	}, b.Before)
	require.Equal(t, "// last", tokens[4].Before[0].Text)
}

func TestPlacesOfTokensAgreeWithTheSource(t *testing.T) {
	f := source.New("t.fsd", "é\n// é\nA \"é\" B; C /*\né*/ D\n\tE'é")
	tokens, _ := Lex(f)
	for _, tok := range tokens {
		require.Equal(t, f.Pos(tok.Start), source.Pos{Line: tok.Line, Column: tok.Column}, tok.Text)
	}
}

func TestSplitCutsAtDeclarationsEvenInOpenBrackets(t *testing.T) {
	tokens, _ := Lex(source.New("t.fsd", "endian big; const A = 1\ntype T struct {\n\tA uint8\ntype U struct { B uint8 }\n"))
	var got []string
	for _, c := range Split(tokens) {
		got = append(got, texts(c.Tokens))
	}
	require.Equal(t, []string{"endian big", "const A = 1", "type T struct { A uint8", "type U struct { B uint8 }"}, got)
}

func TestNormalEndsEachStatementOnce(t *testing.T) {
	tests := []struct{ text, want string }{
		{"{ A uint8; B uint8 }", "{ A uint8 ; B uint8 ↵ }"},
		{"{ ; A uint8;; B uint8; }", "{ A uint8 ; B uint8 ; }"},
		{"{}", "{ }"},
		{"{ case 1: ; A uint8 }", "{ case 1 : A uint8 ↵ }"},
		{"{ A uint8 where in {1, 2} }", "{ A uint8 where ~ in { 1 , 2 } ↵ }"},
		{"{ A uint8 where >= 8 && (< 9 || == 12) else note \"x\" }", "{ A uint8 where ~ >= 8 && ( ~ < 9 || ~ == 12 ) else note \"x\" ↵ }"},
		{"{ if A { B uint8 } else { C uint8 } }", "{ if A { B uint8 ↵ } else { C uint8 ↵ } ↵ }"},
	}
	for _, tt := range tests {
		tokens, _ := Lex(source.New("t.fsd", tt.text))
		n := len(tokens) - 1
		require.Equal(t, tt.want, texts(Normal(Chunk{tokens[:n], tokens[n], tokens[n]}).Tokens), tt.text)
	}
}

func TestNumbers(t *testing.T) {
	for text, ok := range map[string]bool{
		"0": true, "10": true, "1_000": true, "0xFf": true, "0x_f": true, "0b10": true, "0o17": true, "0b2": false, "00": false,
		"08": false, "1_": false, "0x": false, "1e3": false, "0xG": false,
	} {
		_, diags := Lex(source.New("t.fsd", text))
		require.Equal(t, !ok, diags.HasErrors(), text)
	}
	for text, kind := range map[string]Kind{"30s": Duration, "5m": Duration, "1h": Duration, "10ms": Duration, "7": Int} {
		tokens, diags := Lex(source.New("t.fsd", text))
		require.Empty(t, diags)
		require.Equal(t, kind, tokens[0].Kind, text)
	}
}

func TestLiteralsMeanWhatTheySay(t *testing.T) {
	require.Equal(t, "a\r\n\"é\x00", Unquote(`"a\r\n\"é\x00"`))
	require.Equal(t, byte('\n'), UnquoteChar(`'\n'`))
	require.Equal(t, byte(0xFF), UnquoteChar(`'\xff'`))
	require.Equal(t, byte('\''), UnquoteChar(`'\''`))
	for _, text := range []string{`'\u00ff'`, `'\377'`, `'a'`} {
		_, diags := Lex(source.New("t.fsd", text))
		require.Empty(t, diags.Render(), text)
	}
	for _, text := range []string{`'\u0100'`, `'ÿ'`, `''`, `'ab'`} {
		_, diags := Lex(source.New("t.fsd", text))
		require.NotEmpty(t, diags, text)
	}
}

func TestListsOfWordsAreInOrder(t *testing.T) {
	for i, words := range [][]string{Keywords, Later, DeclWords, StmtWords, OptionWords, TestWords} {
		require.True(t, slices.IsSorted(words), fmt.Sprint(i, words))
	}
	for _, words := range [][]string{DeclWords, StmtWords, OptionWords} {
		for _, w := range words {
			require.True(t, IsKeyword(w), w)
		}
	}
	for _, w := range Later {
		require.False(t, IsKeyword(w), w)
	}
}
