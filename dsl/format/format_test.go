package format_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/flowscope/fsd/dsl/diag"
	"github.com/flowscope/fsd/dsl/format"
	"github.com/flowscope/fsd/dsl/source"
	"github.com/flowscope/fsd/dsl/token"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestCanonicalForm(t *testing.T) {
	files, err := filepath.Glob("testdata/*.fsd")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, path := range files {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".fsd"), func(t *testing.T) {
			text, err := os.ReadFile(path)
			require.NoError(t, err)
			got, diags := format.Source(path, text)
			require.Empty(t, diags.Render())
			golden := strings.TrimSuffix(path, ".fsd") + ".golden"
			if *update {
				require.NoError(t, os.WriteFile(golden, got, 0o644))
			}
			want, err := os.ReadFile(golden)
			require.NoError(t, err)
			require.Equal(t, strings.ReplaceAll(string(want), "\r\n", "\n"), string(got))
			again, diags := format.Source(path, got)
			require.Empty(t, diags)
			require.Equal(t, string(got), string(again), "not stable")
		})
	}
}

func TestLineEndingsOfWindowsBecomePlain(t *testing.T) {
	got, diags := format.Source("t.fsd", []byte("protocol t\r\n\r\n\r\n// c\r\nconst A = 1\r\n"))
	require.Empty(t, diags)
	require.Equal(t, "protocol t\n\n// c\nconst A = 1\n", string(got))
}

func TestEmptyFileStaysEmpty(t *testing.T) {
	for _, text := range []string{"", "\n\n", " \t\n"} {
		got, diags := format.Source("t.fsd", []byte(text))
		require.Empty(t, diags)
		require.Empty(t, got)
	}
}

func TestTextThatCannotBeReadIsRefused(t *testing.T) {
	for text, code := range map[string]diag.Code{
		"type T struct {":           diag.Unbalanced,
		"const A = \"x":             diag.BadString,
		"const A = \x00":            diag.BadCharacter,
		strings.Repeat("(", 100000): diag.TooDeep,
	} {
		got, diags := format.Source("t.fsd", []byte(text))
		require.Nil(t, got)
		require.NotEmpty(t, diags)
		require.Equal(t, code, diags[0].Code)
	}
}

func TestGrammarErrorsDoNotKeepFromFormatting(t *testing.T) {
	got, diags := format.Source("t.fsd", []byte("type T struct {\n  Len   where\n}\nfoo   bar  +\n"))
	require.Empty(t, diags)
	require.Equal(t, "type T struct {\n\tLen where\n}\nfoo bar +\n", string(got))
}

// Formatting is stable, and changes neither tokens nor comments.
func FuzzFormat(f *testing.F) {
	for _, pattern := range []string{"testdata/*.fsd", "../parser/testdata/*.fsd"} {
		files, err := filepath.Glob(pattern)
		require.NoError(f, err)
		for _, path := range files {
			text, err := os.ReadFile(path)
			require.NoError(f, err)
			f.Add(string(text))
			for _, part := range strings.Split(string(text), "\ntype ") {
				f.Add("type " + part)
			}
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		once, diags := format.Source("f.fsd", []byte(text))
		if diags.HasErrors() {
			require.Nil(t, once)
			return
		}
		twice, diags := format.Source("f.fsd", once)
		require.Empty(t, diags.Render(), "what the formatter wrote cannot be read: %q", once)
		require.Equal(t, string(once), string(twice))
		require.Equal(t, meaning(text), meaning(string(once)))
	})
}

// meaning is the tokens and comments of a text, without what the end of a line means.
func meaning(text string) (all []string) {
	tokens, _ := token.Lex(source.New("f.fsd", text))
	for _, t := range tokens {
		for _, c := range t.Before {
			all = append(all, c.Text)
		}
		if !t.Is(";") && t.Kind != token.EOF {
			all = append(all, t.Text)
		}
	}
	return all
}
