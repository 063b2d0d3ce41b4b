// Package format prints a spec in its one canonical form. It works on tokens, so that a file with errors of grammar or
// meaning can be formatted too, and never changes what a file says: the result is cut into tokens again and compared.
//
// It may import dsl/token, dsl/source and dsl/diag; not the syntax tree.
//
// # The form
//
// Tabs indent, one a level; the branches of a switch stand at its own level. A block in braces stays on one line if it was
// written so; otherwise each of its statements has a line. Lines may be broken where a statement cannot end, and go on one tab
// further in. Fields of neighbouring lines have their types in one column, values of an enum their `=`, and comments behind
// neighbouring lines begin in one column. A run of blank lines becomes one; there is none at either end of a block.
package format

import (
	"slices"
	"strings"

	"github.com/flowscope/fsd/dsl/diag"
	"github.com/flowscope/fsd/dsl/source"
	"github.com/flowscope/fsd/dsl/token"
)

// Source returns the canonical form of a spec. A text that cannot be cut into tokens, or has brackets that do not pair up,
// gives diagnostics and no result. The name is that of the file, for diagnostics.
func Source(name string, src []byte) ([]byte, diag.List) {
	f := source.New(name, string(src))
	tokens, diags := token.Lex(f)
	for _, chunk := range token.Split(tokens) {
		unbalanced, _ := token.Balance(f, chunk)
		diags = append(diags, unbalanced...)
	}
	if diags.HasErrors() {
		diags.Sort()
		return nil, diags
	}
	p := printer{tokens: tokens}
	out := p.print()
	again, rediags := token.Lex(source.New(name, out))
	if at, same := compare(tokens, again); !same || rediags.HasErrors() {
		diags.Errorf(diag.Unexpected, tokens[at].Span(f), "this file has errors near here and cannot be formatted").
			Fixf("check the file first")
		return nil, diags
	}
	return []byte(out), diags
}

// compare says whether two texts have the same declarations, and where the first differs.
func compare(a, b []token.Token) (at int, same bool) {
	x, y := token.Split(a), token.Split(b)
	seen := 0
	for i := range max(len(x), len(y)) {
		if i >= len(x) || i >= len(y) {
			return min(seen, len(a)-1), false
		}
		n, m := token.Normal(x[i]).Tokens, token.Normal(y[i]).Tokens
		if !slices.EqualFunc(n, m, func(s, t token.Token) bool { return s.Kind == t.Kind && s.Text == t.Text }) {
			return min(seen, len(a)-1), false
		}
		seen += len(x[i].Tokens)
	}
	return 0, comments(a) == comments(b)
}

func comments(tokens []token.Token) string {
	var b strings.Builder
	for _, t := range tokens {
		for _, c := range t.Before {
			b.WriteString(c.Text)
			b.WriteByte('\n')
		}
	}
	return b.String()
}
