package parser

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/alecthomas/participle/v2"

	"github.com/flowscope/fsd/dsl/diag"
	"github.com/flowscope/fsd/dsl/source"
	"github.com/flowscope/fsd/dsl/token"
)

// wants names the productions of the grammar for people.
var wants = map[string]string{
	"Ident":      "a name",
	"Int":        "a number",
	"Str":        "a string",
	"Duration":   "a duration such as 30s",
	"Char":       "a character",
	"Expr":       "an expression",
	"Operand":    "a value",
	"Term":       "a value",
	"Type":       "a type",
	"TypeRef":    "the name of a type",
	"Array":      "a type",
	"Length":     "a length: a number, .., to, until or while",
	"Block":      "`{`",
	"Kind":       "`struct`, `line`, `enum`, `flags`, `bits` or `chain`",
	"Action":     "`poison`, `note` or `reject`",
	"Range":      "a value or a range such as 1..2",
	"Set":        "a range such as 1..2 or a set such as {1, 4..6}",
	"Param":      "a parameter: its name and its type",
	"Step":       "a datagram: `hex` or `text`, and strings",
	"Case":       "`case` or `default`",
	"Stmt":       "a statement",
	"Decl":       "a declaration",
	"DetectTest": "`len` or `at`",
	"EnumValue":  "a name and its value",
	"If":         "`if` or `{`",
	"Peek":       "`peek`",
	"Index":      "`index`",
	"Keys":       "a key",
	"Lookup":     "`lookup`",
	"Sum":        "`sum`",
	"Rate":       "`rate`",
	"Each":       "`each`",
	"Line":       "`line`",
	"Class":      "bytes: 'a'..'z', \"-.\" or the name of a charset",
}

// lists says what a block is made of, by the word that comes before its brace.
var lists = map[string]string{
	"struct": "a statement", "line": "a statement", "enum": "a name and its value", "flags": "a name and its value", "bits": "a field",
	"limits": "a limit", "detect": "`len`, `at`", "switch": "`case`, `default`", "test": "an expression",
}

// explain adds the diagnostic for an error at tokens[at].
func (p *parser) explain(err participle.Error, chunk token.Chunk, at int) {
	tokens := chunk.Tokens
	found := chunk.End
	if at < len(tokens) {
		found = tokens[at]
	}
	var last, first token.Token
	if at > 0 {
		last = tokens[at-1]
	}
	if from, _, ok := statement(tokens, at); ok && from < len(tokens) {
		first = tokens[from]
	} else {
		first = tokens[0]
	}
	span := found.Span(p.file)

	var own *expected
	if errors.As(err, &own) && own.text != "" {
		p.diags.Errorf(own.code, span, "%s", own.text).Fixf("%s", own.fix)
		return
	}
	want := expectation(err)
	if p.notAvailable(want, first, last, found) {
		return
	}
	if first.Kind == token.Ident && isLower(first.Text) && first.Line == found.Line && !inExpressionList(tokens, at) {
		known, what := token.StmtWords, "statement"
		if first.Start == tokens[0].Start {
			known, what = token.DeclWords, "declaration"
		}
		near, ok := diag.Suggest(first.Text, known)
		if ok || what == "declaration" {
			d := p.diags.Errorf(diag.Unexpected, first.Span(p.file), "`%s` does not begin a %s", first.Text, what)
			p.stray = what == "declaration"
			if ok {
				d.Fixf("did you mean %s?", near).Replace(first.Span(p.file), near)
			} else {
				d.Fixf("a declaration begins with %s", alternatives(token.DeclWords))
			}
			return
		}
	}
	if want == "" && found.Auto && at+1 < len(tokens) {
		found, span = tokens[at+1], tokens[at+1].Span(p.file)
	}
	if p.reserved(want, found, tokens, at) {
		return
	}
	if found.Line > last.Line && at > 0 && (want == wants["Expr"] || want == wants["Operand"]) {
		// The operator at the end of the line is at fault, not what the next line begins with.
		found = token.Token{Kind: token.Punct, Text: ";", Start: last.End, End: last.End, Line: last.Line, Auto: true}
		span = last.Span(p.file)
	}
	d := p.diags.Errorf(diag.Unexpected, span, "%s", sentence(want, last, found, tokens, at))
	p.advise(d, want, last, found, tokens, at)
}

// sentence writes the message: "expected a type after `Len`, found `}`".
func sentence(want string, last, found token.Token, tokens []token.Token, at int) string {
	after := ""
	if last.Text != "" && last.Line == found.Line && !last.Is(";") {
		after = " after " + quote(last)
	}
	switch want {
	case "`;`":
		want = "the end of the line"
		if found.Line > last.Line && found.Is("else") {
			return "`else` does not begin a statement"
		}
	case "`}`":
		if begin := blockWord(tokens, at); begin != "" {
			want = lists[begin] + " or `}`"
		}
	case "":
		if at == 0 {
			return fmt.Sprintf("%s does not begin a declaration", quote(found))
		}
		want = "the end of the declaration"
	}
	return fmt.Sprintf("expected %s%s, found %s", want, after, describe(found))
}

// advise adds a fix for the mistakes that one makes.
func (p *parser) advise(d *diag.Diagnostic, want string, last, found token.Token, tokens []token.Token, at int) {
	span := found.Span(p.file)
	switch {
	case at == 0:
		p.stray = true
		if found.Column > 1 {
			d.Fixf("look for a `}` too many above")
		}
	case found.Is("=") && (want == "`;`" || want == "`{`" || want == "`)`" || want == comparison):
		d.Fixf("compare with ==").Replace(span, "==")
	case found.Is("else"):
		d.Fixf("write `else` behind the `}` on the same line")
	case want == "`{`" && (found.Auto || found.Is(";")):
		d.Fixf("put `{` at the end of this line")
	case found.Is(":") && want == "a type":
		d.Fixf("write the type behind the name, without `:`").Replace(span, "")
	case found.Is(",") && want == "`;`":
		d.Fixf("end the line here, or write `;`").Replace(span, ";")
	case last.Is(",") && want == "a string" && found.Kind == token.Ident:
		d.Fixf("end the line in front of it, or write `;`: behind a comma stands another text of the same value")
	case last.Kind == token.Ident && (last.Text == "dec" || last.Text == "hex") && found.Kind == token.Ident && want == "`;`":
		d.Fixf("write %s.%s", last.Text, found.Text)
	case found.Text == "and" || found.Text == "not":
		d.Fixf("write && for and, || for or, ! for not")
	case want == "a type" && last.Kind == token.Ident && isUpper(last.Text):
		d.Fixf("a field is a name and a type, as in %s uint16", last.Text)
	case found.Kind == token.Ident && (want == "`;`" || want == "`{`" || want == ""):
		d.DidYouMean(found.Text, append(slices.Clone(token.OptionWords), "else", "when", "known", "jumps", "join", "then"))
	}
}

// notAvailable reports a construct that is to come, if one of the tokens shows it.
func (p *parser) notAvailable(want string, first, last, found token.Token) bool {
	say := func(t token.Token) bool {
		p.notYet(t.Span(p.file))
		return true
	}
	for _, t := range []token.Token{first, last, found} {
		if t.Kind == token.Ident && token.IsLater(t.Text) || t.Is("++") {
			return say(t)
		}
	}
	switch {
	case found.Kind == token.Ident && (found.Text == "any" && want == "`}`"):
		return say(found)
	}
	return false
}

func (p *parser) notYet(span source.Span) {
	p.diags.Errorf(diag.NotAvailable, span, "`%s` is not available yet in this version of the language", span.Text())
}

// reserved reports a word of the language in the place of a name.
func (p *parser) reserved(want string, found token.Token, tokens []token.Token, at int) bool {
	if found.Kind != token.Keyword {
		return false
	}
	field := want == "`}`" && at+1 < len(tokens) && (tokens[at+1].Kind == token.Ident || tokens[at+1].Is("=")) &&
		blockWord(tokens, at) != "switch"
	if !field && want != wants["Ident"] && want != wants["Param"] {
		return false
	}
	d := p.diags.Errorf(diag.ReservedName, found.Span(p.file), "`%s` is a word of the language and cannot be a name", found.Text)
	if field {
		up := strings.ToUpper(found.Text[:1]) + found.Text[1:]
		d.Fixf("names here begin with an upper-case letter: write %s", up).Replace(found.Span(p.file), up)
	} else {
		d.Fixf("choose another name")
	}
	return true
}

// expectation is what the grammar wanted, for people; "" when it wanted nothing.
func expectation(err participle.Error) string {
	var own *expected
	if errors.As(err, &own) {
		return own.want
	}
	_, want, ok := strings.Cut(err.Message(), " (expected ")
	if !ok {
		return ""
	}
	return phrase(strings.TrimSuffix(want, ")"))
}

// phrase reads the first term of participle's expectation: a literal, a production, a token type or a group of those.
func phrase(ebnf string) string {
	ebnf = strings.TrimSpace(ebnf)
	switch {
	case ebnf == "":
		return ""
	case ebnf[0] == '"':
		word, _, _ := strings.Cut(ebnf[1:], `"`)
		return "`" + word + "`"
	case ebnf[0] == '<':
		name, _, _ := strings.Cut(ebnf[1:], ">")
		for k, want := range wants {
			if strings.EqualFold(k, name) {
				return want
			}
		}
		if strings.EqualFold(name, "String") {
			return "a string"
		}
		return name
	case ebnf[0] == '(':
		depth, body := 0, ebnf[1:]
		for i := 0; i < len(ebnf); i++ {
			if ebnf[i] == '(' {
				depth++
			} else if ebnf[i] == ')' {
				if depth--; depth == 0 {
					body = ebnf[1:i]
					break
				}
			}
		}
		var options []string
		for _, alt := range splitTop(body) {
			if s := phrase(alt); s != "" && !slices.Contains(options, s) {
				options = append(options, s)
			}
		}
		if slices.Contains(options, "`==`") || len(options) > 0 && strings.HasPrefix(options[0], comparison) {
			return comparison
		}
		return join(options)
	}
	name := ebnf
	if i := strings.IndexAny(name, " ?*+!)|="); i >= 0 {
		name = name[:i]
	}
	if want, ok := wants[name]; ok {
		return want
	}
	return strings.ToLower(name)
}

// splitTop cuts an EBNF disjunction at its own bars.
func splitTop(s string) []string {
	var parts []string
	depth, start, quoted := 0, 0, false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '(':
			depth++
		case c == ')':
			depth--
		case c == '|' && depth == 0:
			parts = append(parts, s[start:i])
			start = i + 1
		}
	}
	return append(parts, s[start:])
}

func join(options []string) string {
	switch n := len(options); n {
	case 0:
		return ""
	case 1:
		return options[0]
	default:
		for i, o := range options {
			options[i] = strings.ReplaceAll(o, " or ", ", ")
		}
		return strings.Join(options[:n-1], ", ") + " or " + options[n-1]
	}
}

func alternatives(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = "`" + w + "`"
	}
	return join(quoted)
}

// describe names a token that was found.
func describe(t token.Token) string {
	switch {
	case t.Kind == token.EOF:
		return "the end of the file"
	case t.Auto:
		return "the end of the line"
	}
	return quote(t)
}

const comparison = "a comparison"

const longestQuote = 40

func quote(t token.Token) string {
	text := t.Text
	if len(text) > longestQuote {
		text = strings.ToValidUTF8(text[:longestQuote], "") + "..."
	}
	return "`" + text + "`"
}

// blockWord is the word that began the block around tokens[at]: struct, enum, switch ...
func blockWord(tokens []token.Token, at int) string {
	depth := 0
	for i := min(at, len(tokens)) - 1; i >= 0; i-- {
		t := tokens[i]
		switch {
		case t.Is("}"):
			depth++
		case t.Is("{"):
			depth--
		}
		if depth < 0 && t.Kind == token.Keyword {
			switch t.Text {
			case "if", "else", "chain", "case":
				return "struct"
			}
			if _, ok := lists[t.Text]; ok {
				return t.Text
			}
		}
	}
	return ""
}

// inExpressionList says whether the block around tokens[at] holds no statements: tests, limits, assertions.
func inExpressionList(tokens []token.Token, at int) bool {
	switch blockWord(tokens, at) {
	case "limits", "detect", "test", "enum", "flags", "bits":
		return true
	}
	return false
}

func isLower(name string) bool { return name != "" && 'a' <= name[0] && name[0] <= 'z' }
