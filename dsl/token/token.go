// Package token cuts the text of a spec into tokens. Comments and blank lines stay with the tokens that they precede, so
// that the formatter can print them again and the parser can hand documentation on.
//
// It may import dsl/source, dsl/diag and participle's lexer.
//
// # Ends of lines
//
// Statements end with `;`, which nobody writes: as in Go a line that ends with a name, a literal, `)`, `]`, `}` or a word of
// the language other than the operators `in` and `or` gets one. Inside of ( ) and [ ] a line may also end where the next one
// begins with an operator or a closing bracket. In a test declaration the next line belongs to it when it begins with a string
// or a word that continues the test.
package token

import (
	"slices"

	"github.com/alecthomas/participle/v2/lexer"

	"github.com/flowscope/fsd/dsl/source"
)

// Kind is what a token is.
type Kind uint8

// Kinds of tokens. Participle knows each as a token type of the same name.
const (
	EOF Kind = iota
	Ident
	Keyword
	Int
	Duration
	String
	Char
	Punct
	Implied
)

var kindNames = [...]string{"EOF", "Ident", "Keyword", "Int", "Duration", "String", "Char", "Punct", "Implied"}

// String returns the name of the kind.
func (k Kind) String() string { return kindNames[k] }

// Token is a piece of a spec.
type Token struct {
	Kind Kind
	// Text is as written; ";" for an Auto token, "" for EOF and Implied.
	Text string
	// Start and End are byte offsets in the file. Auto, Implied and EOF tokens are empty.
	Start, End int
	// Line and Column of Start, as source.Pos counts them.
	Line, Column int
	// Auto says that the lexer made this ";" of the end of a line.
	Auto bool
	// Blank says that an empty line stands between the token before, or its last comment, and this one.
	Blank bool
	// Before are the comments between the token before and this one. An Auto token never has any: the comment at the
	// end of a line belongs to the token after it.
	Before []Comment
}

// Comment is a comment that runs to the end of its line.
type Comment struct {
	// Text begins with // and has no blanks at its end.
	Text string
	// Start is its offset, Line its line.
	Start, Line int
	// Trailing says that a token stands before it on the same line.
	Trailing bool
	// Blank says that an empty line stands before it.
	Blank bool
}

// Is says whether the token is a keyword or punctuation of this text.
func (t Token) Is(text string) bool { return t.Text == text && t.Kind != String && t.Kind != Char }

// Span returns the token's place in f.
func (t Token) Span(f *source.File) source.Span {
	return source.Span{File: f, Start: t.Start, End: t.End}
}

// Keywords are the reserved words: they begin or join constructs and cannot name anything. All are lower case; the names
// of fields and types are not, so no word is lost to a protocol.
var Keywords = []string{
	"align", "all", "as", "bits", "case", "chain", "charset", "confirm", "const", "count", "default", "detect", "each",
	"else", "end", "endian", "entry", "enum", "expect", "flags", "goto", "if", "import", "in", "item", "known", "lax",
	"let", "limits", "lookup", "max", "note", "or", "over", "pair", "peek", "poison", "ports", "protocol", "rate", "reject",
	"reply", "request", "size", "store", "struct", "sum", "switch", "table", "test", "then", "type", "when", "where", "ws",
}

// Later are words of constructs that the language is to have and this compiler does not.
var Later = []string{
	"extern",
}

// DeclWords begin a declaration.
var DeclWords = []string{
	"charset", "const", "detect", "endian", "entry", "import", "limits", "pair", "ports", "protocol", "table", "test",
	"type",
}

// StmtWords begin a statement.
var StmtWords = []string{
	"confirm", "count", "end", "expect", "goto", "if", "item", "lax", "let", "note", "poison", "reject", "reply", "request",
	"store", "switch", "ws",
}

// TestWords begin a line that continues the test declaration above it; a string does so too.
var TestWords = []string{"from", "hex", "note", "poison", "port", "reject", "text", "then"}

// OptionWords begin an option of a field.
var OptionWords = []string{"align", "as", "known", "lax", "max", "over", "size", "where"}

// IsKeyword says whether a word is reserved.
func IsKeyword(word string) bool {
	_, ok := slices.BinarySearch(Keywords, word)
	return ok
}

// IsLater says whether a word belongs to a construct that is not available yet.
func IsLater(word string) bool {
	_, ok := slices.BinarySearch(Later, word)
	return ok
}

// EndsLine says whether a line that ends with this token ends a statement.
func (t Token) EndsLine() bool {
	switch t.Kind {
	case Ident, Int, Duration, String, Char:
		return true
	case Keyword:
		return t.Text != "in" && t.Text != "or"
	case Punct:
		return t.Is(")") || t.Is("]") || t.Is("}")
	}
	return false
}

// Participle's numbers of the kinds; EOF is its own.
func typeOf(k Kind) lexer.TokenType {
	if k == EOF {
		return lexer.EOF
	}
	return lexer.TokenType(-10 - int(k))
}

// KindOf is the kind of one of participle's tokens.
func KindOf(t lexer.Token) Kind {
	if t.EOF() {
		return EOF
	}
	return Kind(-10 - int(t.Type))
}
