package token

import (
	"io"

	"github.com/alecthomas/participle/v2/lexer"

	"github.com/flowscope/fsd/dsl/diag"
	"github.com/flowscope/fsd/dsl/source"
)

// Chunk is the tokens of one declaration. End is the token behind it: a `;`, the first of the next declaration, or EOF;
// Next is End, or the token behind the `;`, which has the comment at the end of the line.
type Chunk struct {
	Tokens    []Token
	End, Next Token
}

// Split cuts the tokens of a file into declarations: at each `;` outside of braces, and before a word that begins declarations in
// the first column, whatever is open there.
func Split(tokens []Token) []Chunk {
	var chunks []Chunk
	depth, start := 0, 0
	cut := func(end, next int) {
		if end > start {
			chunks = append(chunks, Chunk{tokens[start:end:end], tokens[end], tokens[next]})
		}
		start, depth = next, 0
	}
	for i, t := range tokens {
		switch {
		case t.Kind == EOF:
			cut(i, i)
		case t.Column == 1 && i > start && t.Kind == Keyword && isDeclWord(t.Text):
			end := i
			if tokens[i-1].Is(";") {
				end--
			}
			cut(end, i)
		case t.Is("{") || t.Is("(") || t.Is("["):
			depth++
		case t.Is("}") || t.Is(")") || t.Is("]"):
			depth = max(depth-1, 0)
		case t.Auto && depth == 0 && tokens[i+1].Is("{"):
			// A brace that was put on the next line; the parser says so.
		case t.Is(";") && depth == 0:
			cut(i, i+1)
		}
	}
	return chunks
}

func isDeclWord(word string) bool {
	for _, w := range DeclWords {
		if w == word {
			return true
		}
	}
	return false
}

// Balance reports the first bracket of a declaration that does not pair up or is nested too deep, or another form of nesting
// that is: a parser may recurse over what passes. If the fault lies within one statement, at is one of its tokens, else -1.
func Balance(f *source.File, chunk Chunk) (diags diag.List, at int) {
	var open []Token
	var places []int               // of open
	var inRow [MaxNesting + 1]rows // by the number of open brackets
	for i, t := range chunk.Tokens {
		var last Token
		if i > 0 {
			last = chunk.Tokens[i-1]
		}
		if inRow[len(open)].add(last, t) > MaxNesting {
			diags.Errorf(diag.TooDeep, t.Span(f), "more than %d of `%s` in a row", MaxNesting, t.Text).
				Fixf("make a type of its own out of a part")
			return diags, -1
		}
		switch {
		case t.Is(";") && len(open) > 0 && !open[len(open)-1].Is("{"):
			last := open[len(open)-1]
			diags.Errorf(diag.Unbalanced, last.Span(f), "`%s` is never closed", last.Text).Fixf("close it with `%s`", closing(last.Text))
			return diags, places[len(open)-1]
		case t.Is("{") || t.Is("(") || t.Is("["):
			open, places = append(open, t), append(places, i)
			if len(open) <= MaxNesting {
				inRow[len(open)] = rows{}
			}
			if len(open) > MaxNesting {
				diags.Errorf(diag.TooDeep, t.Span(f), "brackets are nested deeper than %d levels here", MaxNesting).
					Fixf("make a type of its own out of an inner part")
				return diags, -1
			}
		case t.Is("}") || t.Is(")") || t.Is("]"):
			if len(open) == 0 {
				diags.Errorf(diag.Unbalanced, t.Span(f), "`%s` closes nothing", t.Text).Fixf("remove it, or open it with `%c`", partner(t.Text[0]))
				return diags, inStatement(t, i)
			}
			n := len(open) - 1
			last := open[n]
			if last.Text[0] != partner(t.Text[0]) {
				if last.Is("{") {
					diags.Errorf(diag.Unbalanced, t.Span(f), "`%s` closes nothing", t.Text).
						Fixf("remove it, or open it with `%c`", partner(t.Text[0]))
				} else {
					diags.Errorf(diag.Unbalanced, last.Span(f), "`%s` is never closed", last.Text).Fixf("close it with `%s`", closing(last.Text))
				}
				if at = inStatement(last, places[n]); at < 0 {
					at = inStatement(t, i)
				}
				return diags, at
			}
			open, places = open[:n], places[:n]
		}
	}
	if n := len(open) - 1; n >= 0 {
		last := open[n]
		diags.Errorf(diag.Unbalanced, last.Span(f), "`%s` is never closed", last.Text).
			Fixf("close it with `%s` before the declaration ends", closing(last.Text))
		return diags, inStatement(last, places[n])
	}
	return diags, -1
}

// inStatement is the place of a parenthesis or a square bracket, -1 for a brace: its statement can be told from the others.
func inStatement(t Token, i int) int {
	if t.Is("{") || t.Is("}") {
		return -1
	}
	return i
}

// rows counts what nests without brackets around it: prefix operators, dimensions of an array, branches of an if.
type rows struct{ prefix, dims, elses int }

func (r *rows) add(last, t Token) int {
	switch {
	case t.Is("!") || t.Is("-") || t.Is("all"):
		r.prefix++
	case t.Is("["):
		if !last.Is("]") {
			r.dims = 0
		}
		r.dims++
		r.prefix = 0
	case t.Is("else"):
		r.elses++
	case t.Is(";"):
		*r = rows{}
	default:
		r.prefix = 0
	}
	return max(r.prefix, r.dims, r.elses)
}

func closing(open string) string {
	switch open {
	case "(":
		return ")"
	case "[":
		return "]"
	}
	return "}"
}

// Normal returns the tokens of a declaration as the grammar wants them: each statement of a block ends with exactly one
// `;`, there is none elsewhere, and where the operand of a `where` was left out stands an Implied token.
func Normal(chunk Chunk) Chunk {
	out := make([]Token, 0, len(chunk.Tokens)+len(chunk.Tokens)/8+1)
	var sets []bool // for each open brace: whether it is a set of values
	where := false
	for _, t := range chunk.Tokens {
		var last Token
		if len(out) > 0 {
			last = out[len(out)-1]
		}
		inSet := len(sets) > 0 && sets[len(sets)-1]
		switch {
		case t.Is(";"):
			where = false
			if inSet || last.Is(";") || last.Is("{") || last.Is(":") || len(out) == 0 {
				continue
			}
		case t.Is("{"):
			sets = append(sets, last.Is("in"))
		case t.Is("}") && len(sets) > 0:
			sets = sets[:len(sets)-1]
			if !inSet && !last.Is(";") && !last.Is("{") && !last.Is(":") {
				out = append(out, semicolonAfter(last, last.Text))
			}
		case where && wantsOperand(last) && isInfix(t):
			out = append(out, Token{Kind: Implied, Start: t.Start, End: t.Start, Line: t.Line, Column: t.Column})
		}
		if t.Is("where") {
			where = true
		} else if t.Is("else") {
			where = false
		}
		out = append(out, t)
	}
	for len(out) > 0 && out[len(out)-1].Is(";") {
		out = out[:len(out)-1]
	}
	return Chunk{out, chunk.End, chunk.Next}
}

// wantsOperand says whether an expression can begin behind t, in a `where`.
func wantsOperand(t Token) bool {
	return t.Is("where") || t.Is("&&") || t.Is("||") || t.Is("(")
}

// isInfix says whether an expression cannot begin with t because it is an operator between two operands. `-` is not: the
// parser asks for the operand.
func isInfix(t Token) bool {
	if t.Kind != Punct {
		return t.Is("in")
	}
	switch t.Text {
	case "+", "*", "/", "%", "<<", ">>", "&", "|", "^", "==", "!=", "<", "<=", ">", ">=":
		return true
	}
	return false
}

// Definition is the lexer as participle sees it.
type Definition struct{}

// Symbols returns the token types by name.
func (Definition) Symbols() map[string]lexer.TokenType {
	m := map[string]lexer.TokenType{}
	for k := EOF; k <= Implied; k++ {
		m[k.String()] = typeOf(k)
	}
	return m
}

// Lex reads a whole file; the first diagnostic is the error. The parser does not come this way but hands Peeking over one
// declaration at a time.
func (Definition) Lex(filename string, r io.Reader) (lexer.Lexer, error) {
	text, err := io.ReadAll(io.LimitReader(r, MaxFile+1))
	if err != nil {
		return nil, err
	}
	f := source.New(filename, string(text))
	tokens, diags := Lex(f)
	if err := diags.Err(); err != nil {
		return nil, err
	}
	last := len(tokens) - 1
	return &feed{name: f.Name, chunk: Normal(Chunk{tokens[:last], tokens[last], tokens[last]})}, nil
}

// Peeking returns participle's view of the tokens of a declaration.
func Peeking(f *source.File, chunk Chunk) (*lexer.PeekingLexer, error) {
	return lexer.Upgrade(&feed{name: f.Name, chunk: chunk})
}

// feed hands tokens to participle one by one.
type feed struct {
	name  string
	chunk Chunk
	next  int
}

// Next returns the next token, EOF for ever at the end.
func (x *feed) Next() (lexer.Token, error) {
	if x.next >= len(x.chunk.Tokens) {
		return lexer.EOFToken(x.chunk.End.Position(x.name)), nil
	}
	t := x.chunk.Tokens[x.next]
	x.next++
	return lexer.Token{Type: typeOf(t.Kind), Value: t.Text, Pos: t.Position(x.name)}, nil
}

// Position is participle's form of where the token begins, in a file of that name.
func (t Token) Position(file string) lexer.Position {
	return lexer.Position{Filename: file, Offset: t.Start, Line: t.Line, Column: t.Column}
}
