package docs

import (
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/flowscope/fsd/dsl/parser"
)

var update = flag.Bool("update", false, "refresh what is printed from the code")

// The grammar in the reference is the one that the parser prints.
func TestReferencePrintsTheGrammar(t *testing.T) {
	const name = "../../docs/language.md"
	text, err := os.ReadFile(name)
	require.NoError(t, err)
	before, rest, ok := strings.Cut(string(text), "```ebnf\n")
	require.True(t, ok, "no block of the grammar")
	printed, after, ok := strings.Cut(rest, "```\n")
	require.True(t, ok)
	if *update {
		require.NoError(t, os.WriteFile(name, []byte(before+"```ebnf\n"+parser.EBNF()+"```\n"+after), 0o644))
		return
	}
	require.Equal(t, parser.EBNF(), printed, "run go test ./internal/docs -update")
}
