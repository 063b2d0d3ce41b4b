package token

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/flowscope/fsd/dsl/diag"
	"github.com/flowscope/fsd/dsl/source"
)

// Limits of what the lexer takes, so that no text can cost more than a moment.
const (
	MaxFile    = 1 << 20 // bytes of a file
	MaxTokens  = 1 << 17 // tokens of a file
	MaxNesting = 64      // brackets within brackets
	MaxNumber  = 100     // characters of a number
	MaxName    = 255     // characters of a name
	maxErrors  = 50      // diagnostics of one file
)

// Lex cuts a file into tokens, the last one EOF. What cannot be a token is reported and left out, so the tokens are always
// usable; brackets are checked by Balance, not here.
func Lex(f *source.File) ([]Token, diag.List) {
	x := &scanner{file: f, text: f.Text}
	if len(f.Text) > MaxFile {
		x.diags.Errorf(diag.TooLarge, x.span(0, 0), "this file has %d bytes; a spec has at most %d", len(f.Text), MaxFile).
			Fixf("split the protocol into files and import them")
		x.text = ""
	}
	x.run()
	if len(x.tokens) > MaxTokens {
		x.diags = nil
		x.errorf(diag.TooLarge, 0, 0, "this file has more than %d tokens", MaxTokens).
			Fixf("split the protocol into files and import them")
		x.tokens = []Token{{Kind: EOF, Line: 1, Column: 1}}
	}
	return x.tokens, x.diags
}

type scanner struct {
	file *source.File
	text string // f.Text, or "" when that is too long
	pos  int
	line int
	// colAt and col are an offset on the current line and its column, so that no line is counted twice.
	colAt, col int
	tokens     []Token
	diags      diag.List

	before   []Comment
	newlines int    // since the last token or comment
	fresh    bool   // no token on this line yet
	open     []byte // brackets that wait for their partner
	inTest   bool   // the declaration being read is a test
}

func (x *scanner) span(start, end int) source.Span {
	return source.Span{File: x.file, Start: start, End: end}
}

func (x *scanner) errorf(code diag.Code, start, end int, format string, args ...any) *diag.Diagnostic {
	if len(x.diags) >= maxErrors {
		return &diag.Diagnostic{} // enough said
	}
	return x.diags.Errorf(code, x.span(start, end), format, args...)
}

func (x *scanner) run() {
	x.line, x.col, x.fresh = 1, 1, true
	for x.pos < len(x.text) && len(x.tokens) <= MaxTokens {
		switch c := x.text[x.pos]; {
		case c == '\n':
			x.newline()
		case c == ' ' || c == '\t':
			x.pos++
		case c == '\r' && strings.HasPrefix(x.text[x.pos:], "\r\n"):
			x.pos++
		case c == '/' && strings.HasPrefix(x.text[x.pos:], "//"):
			x.comment()
		case c == '/' && strings.HasPrefix(x.text[x.pos:], "/*"):
			x.blockComment()
		case isLetter(c) || c >= utf8.RuneSelf && x.foreign() > 0:
			x.word()
		case isDigit(c):
			x.number()
		case c == '"':
			x.quoted(String)
		case c == '\'':
			x.quoted(Char)
		default:
			x.punct()
		}
	}
	x.endLine()
	x.emit(EOF, x.pos)
}

// emit adds the token that began at start and ends here.
func (x *scanner) emit(k Kind, start int) {
	t := Token{
		Kind: k, Text: x.text[start:x.pos], Start: start, End: x.pos, Line: x.line, Column: x.column(start),
		Before: x.before, Blank: x.newlines > 1,
	}
	if x.depth() == 0 && x.startsDecl() {
		x.inTest = t.Is("test")
	}
	x.tokens = append(x.tokens, t)
	x.before, x.newlines, x.fresh = nil, 0, false
}

// column is that of an offset on the current line, at or behind the last one asked for.
func (x *scanner) column(at int) int {
	x.col += utf8.RuneCountInString(x.text[x.colAt:at])
	x.colAt = at
	return x.col
}

func (x *scanner) depth() int { return len(x.open) }

// startsDecl says whether the next token is the first of a declaration, given that no bracket is open.
func (x *scanner) startsDecl() bool {
	return len(x.tokens) == 0 || x.tokens[len(x.tokens)-1].Is(";")
}

func (x *scanner) newline() {
	x.endLine()
	x.pos++
	x.line++
	x.colAt, x.col = x.pos, 1
	x.newlines++
	x.fresh = true
}

// endLine adds the `;` that the end of a line stands for.
func (x *scanner) endLine() {
	if x.fresh || len(x.tokens) == 0 {
		return
	}
	last := x.tokens[len(x.tokens)-1]
	if !last.EndsLine() {
		return
	}
	if n := x.depth(); n > 0 && x.open[n-1] != '{' {
		if x.goesOn() {
			return
		}
		for n > 0 && x.open[n-1] != '{' {
			n--
		}
		x.open = x.open[:n]
	}
	if x.inTest && x.depth() == 0 && x.testGoesOn() {
		return
	}
	x.tokens = append(x.tokens, semicolonAfter(last, x.text[last.Start:last.End]))
}

// semicolonAfter is the `;` that the lexer makes; text is that of the token before it.
func semicolonAfter(last Token, text string) Token {
	return Token{
		Kind: Punct, Text: ";", Start: last.End, End: last.End, Auto: true,
		Line: last.Line, Column: last.Column + utf8.RuneCountInString(text),
	}
}

// rest returns what follows the current line, leading blanks and comment lines left out.
func (x *scanner) rest() string {
	s := x.text[x.pos:]
	for {
		s = strings.TrimLeft(s, " \t\r\n")
		if !strings.HasPrefix(s, "//") {
			return s
		}
		i := strings.IndexByte(s, '\n')
		if i < 0 {
			return ""
		}
		s = s[i:]
	}
}

// testGoesOn says whether the next line continues a test declaration.
func (x *scanner) testGoesOn() bool {
	s := x.rest()
	if strings.HasPrefix(s, `"`) {
		return true
	}
	return slices.Contains(TestWords, s[:wordLen(s)])
}

// goesOn says whether the next line continues what stands in open parentheses or square brackets: it closes them or begins
// with an operator. If not they were forgotten.
func (x *scanner) goesOn() bool {
	s := x.rest()
	if s == "" {
		return false
	}
	word := s[:wordLen(s)]
	return word == "in" || word == "or" || word == "" && strings.IndexByte(")],.+-*/%&|^=!<>", s[0]) >= 0
}

func wordLen(s string) int {
	n := 0
	for n < len(s) && isLetter(s[n]) {
		n++
	}
	return n
}

func (x *scanner) comment() {
	start := x.pos
	end := strings.IndexByte(x.text[start:], '\n')
	if end < 0 {
		end = len(x.text)
	} else {
		end += start
	}
	x.checkText(start, strings.TrimRight(x.text[start:end], "\r"), "a comment")
	trailing := !x.fresh
	if trailing {
		x.pos = end
		x.endLine()
	}
	x.before = append(x.before, Comment{
		Text: strings.TrimRight(x.text[start:end], " \t\r"), Start: start, Line: x.line, Trailing: trailing, Blank: x.newlines > 1,
	})
	x.pos, x.newlines, x.fresh = end, 0, true
}

func (x *scanner) blockComment() {
	start := x.pos
	end := strings.Index(x.text[start+2:], "*/")
	if end < 0 {
		x.pos = len(x.text)
	} else {
		x.pos = start + 2 + end + 2
	}
	if n := strings.Count(x.text[start:x.pos], "\n"); n > 0 {
		x.line += n
		x.colAt, x.col = start+strings.LastIndexByte(x.text[start:x.pos], '\n')+1, 1
	}
	x.errorf(diag.BadComment, start, start+2, "comments do not begin with `/*`").
		Fixf("begin each line of the comment with `//`")
}

func (x *scanner) word() {
	start, ascii := x.pos, true
	for x.pos < len(x.text) {
		if c := x.text[x.pos]; isLetter(c) || isDigit(c) {
			x.pos++
		} else if n := x.foreign(); n > 0 {
			x.pos += n
			ascii = false
		} else {
			break
		}
	}
	if !ascii {
		x.errorf(diag.BadCharacter, start, x.pos, "`%s` has letters that a name cannot have", brief(x.text[start:x.pos])).
			Fixf("names are made of ASCII letters, digits and _")
	}
	if x.pos-start > MaxName {
		x.errorf(diag.TooLarge, start, x.pos, "this name has %d characters; a name has at most %d", x.pos-start, MaxName)
		return
	}
	k := Ident
	if word := x.text[start:x.pos]; IsKeyword(word) {
		k = Keyword
		if x.column(start) == 1 && slices.Contains(DeclWords, word) {
			x.open = nil // a bracket was forgotten, and the rest of the file should not suffer for it
		}
	}
	x.emit(k, start)
}

// foreign is the length of the letter outside of ASCII that comes next, 0 if none does.
func (x *scanner) foreign() int {
	r, n := utf8.DecodeRuneInString(x.text[x.pos:])
	if r < utf8.RuneSelf || !unicode.IsLetter(r) && !unicode.IsMark(r) {
		return 0
	}
	return n
}

// brief cuts a text for a message.
func brief(s string) string {
	const most = 40
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "..."
}

func (x *scanner) number() {
	start := x.pos
	for x.pos < len(x.text) && (isLetter(x.text[x.pos]) || isDigit(x.text[x.pos])) {
		x.pos++
	}
	text := x.text[start:x.pos]
	kind := Int
	switch {
	case len(text) > MaxNumber:
		x.errorf(diag.BadNumber, start, x.pos, "this number has %d characters; a number has at most %d", len(text), MaxNumber)
		text = "0"
	case isDuration(text):
		kind = Duration
	case !isInt(text):
		d := x.errorf(diag.BadNumber, start, x.pos, "`%s` is not a number", brief(text))
		if plain := strings.TrimLeft(text, "0_"); plain == "" {
			d.Fixf("write 0")
		} else if text[0] == '0' && strings.Trim(plain, "0123456789") == "" {
			d.Fixf("numbers have no leading zeros: write %s", brief(plain))
			if strings.Trim(plain, "01234567") == "" {
				d.Fixf("numbers have no leading zeros: write %s, or 0o%s for an octal number", brief(plain), brief(plain))
			}
		} else {
			d.Fixf("write decimal digits, or hexadecimal ones after 0x, octal ones after 0o, binary ones after 0b; a duration is digits and ms, s, m or h")
		}
	case x.pos+1 < len(x.text) && x.text[x.pos] == '.' && isDigit(x.text[x.pos+1]):
		x.pos++
		for x.pos < len(x.text) && isDigit(x.text[x.pos]) {
			x.pos++
		}
		x.errorf(diag.BadNumber, start, x.pos, "`%s` is not an integer", brief(x.text[start:x.pos])).
			Fixf("the language has no fractions; a range is written with two dots, as 1..2")
	}
	x.emit(kind, start)
}

// isInt says whether s is an integer as Go writes it, but for octal without 0o.
func isInt(s string) bool {
	digits, base := s, "0123456789"
	if len(s) > 1 && s[0] == '0' {
		switch s[1] {
		case 'x', 'X':
			base = "0123456789abcdefABCDEF"
		case 'o', 'O':
			base = "01234567"
		case 'b', 'B':
			base = "01"
		default:
			return false
		}
		digits = strings.TrimPrefix(s[2:], "_")
	}
	return digits != "" && strings.Trim(digits, base+"_") == "" && strings.TrimRight(digits, "_") == digits &&
		digits[0] != '_' && !strings.Contains(digits, "__")
}

func isDuration(s string) bool {
	n := strings.TrimRight(s, "hms")
	unit := s[len(n):]
	return (unit == "h" || unit == "m" || unit == "s" || unit == "ms") && strings.Trim(n, "0123456789") == "" && n != ""
}

// quoted reads a string or a character literal, which ends on its line.
func (x *scanner) quoted(k Kind) {
	start, quote := x.pos, x.text[x.pos]
	what := "string"
	if k == Char {
		what = "character"
	}
	for x.pos++; ; x.pos++ {
		if x.pos >= len(x.text) || x.text[x.pos] == '\n' {
			for x.pos > start+1 && x.text[x.pos-1] == '\r' {
				x.pos--
			}
			x.errorf(diag.BadString, start, x.pos, "this %s is not closed on its line", what).Fixf("end it with `%c`", quote)
			x.emitAs(k, start, emptyLiteral(k))
			return
		}
		if x.text[x.pos] == '\\' && x.pos+1 < len(x.text) && x.text[x.pos+1] != '\n' {
			x.pos++
		} else if x.text[x.pos] == quote {
			break
		}
	}
	x.pos++
	text := x.text[start:x.pos]
	ok := x.checkText(start, text, "a "+what)
	if err := checkLiteral(k, text); ok && err != "" {
		x.errorf(diag.BadString, start, x.pos, "%s", err)
		ok = false
	}
	if !ok {
		x.emitAs(k, start, emptyLiteral(k))
		return
	}
	x.emit(k, start)
}

// emitAs emits a token that stands for a malformed one, so that no error follows from it.
func (x *scanner) emitAs(k Kind, start int, text string) {
	x.emit(k, start)
	x.tokens[len(x.tokens)-1].Text = text
}

func emptyLiteral(k Kind) string {
	if k == Char {
		return `'0'`
	}
	return `""`
}

// checkLiteral says what is wrong with a literal, "" if nothing is.
func checkLiteral(k Kind, text string) string {
	s, err := strconv.Unquote(text)
	switch {
	case k == String && err != nil:
		return fmt.Sprintf("the string %s has an escape that Go does not know", brief(text))
	case k == String:
		return ""
	case len(text) == 2:
		return "this character literal is empty"
	case err != nil:
		return fmt.Sprintf("%s is not one character, or has an escape that Go does not know", brief(text))
	}
	if r, _ := utf8.DecodeRuneInString(s); len(s) > 1 && (text[1] != '\\' || r > 0xFF) {
		return fmt.Sprintf("%s takes %d bytes; a character literal stands for one byte", text, len(s))
	}
	return ""
}

// Unquote returns the bytes of a string literal. What Lex has let through is always well-formed.
func Unquote(text string) string {
	s, err := strconv.Unquote(text)
	if err != nil {
		return ""
	}
	return s
}

// UnquoteChar returns the byte of a character literal.
func UnquoteChar(text string) byte {
	r, _, _, err := strconv.UnquoteChar(strings.TrimPrefix(text, "'"), '\'')
	if err != nil {
		return 0
	}
	return byte(r)
}

// checkText reports characters that may not stand in a comment or a literal.
func (x *scanner) checkText(start int, text, where string) bool {
	ok := true
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRuneInString(text[i:])
		if what := forbidden(r, n); what != "" && !(r == '\t' && where == "a comment") {
			x.errorf(diag.BadCharacter, start+i, start+i+n, "%s in %s", what, where).Fixf("%s", remedy(r, n, where))
			ok = false
		}
		i += n
	}
	return ok
}

// forbidden names what a character is that may not stand anywhere in a spec, "" for others.
func forbidden(r rune, n int) string {
	switch {
	case r == utf8.RuneError && n == 1:
		return "a byte that is not valid UTF-8"
	case r == 0:
		return "a NUL byte"
	case r == 0xFEFF:
		return "a byte order mark (U+FEFF)"
	case unicode.Is(unicode.Bidi_Control, r):
		return fmt.Sprintf("the invisible character U+%04X, which changes the order of text,", r)
	case unicode.IsControl(r) || r == 0x2028 || r == 0x2029:
		return fmt.Sprintf("the control character U+%04X", r)
	}
	return ""
}

func remedy(r rune, n int, where string) string {
	switch {
	case r == utf8.RuneError && n == 1:
		return "save the file as UTF-8"
	case where == "a string" || where == "a character":
		return "write it as " + strings.Trim(strconv.QuoteRuneToASCII(r), "'")
	}
	return "remove it"
}

// operator is the length of the operator or bracket that s begins with, 0 if there is none.
func operator(s string) int {
	if len(s) > 1 {
		switch s[:2] {
		case "..", "<<", ">>", "==", "!=", "<=", ">=", "&&", "||", "++":
			return 2
		}
	}
	if strings.IndexByte("+-*/%&|^!<>=,;:.()[]{}", s[0]) >= 0 {
		return 1
	}
	return 0
}

func (x *scanner) punct() {
	start := x.pos
	if n := operator(x.text[start:]); n > 0 {
		x.pos += n
		x.track(x.text[start])
		x.emit(Punct, start)
		return
	}
	r, n := utf8.DecodeRuneInString(x.text[start:])
	for x.pos += n; x.pos < len(x.text) && forbidden(r, n) == ""; {
		// A run of such characters is one error, not many.
		next, m := utf8.DecodeRuneInString(x.text[x.pos:])
		if next != r && next < utf8.RuneSelf || forbidden(next, m) != "" {
			break
		}
		x.pos += m
	}
	if what := forbidden(r, n); what != "" {
		x.errorf(diag.BadCharacter, start, x.pos, "%s", what).Fixf("%s", remedy(r, n, ""))
		return
	}
	d := x.errorf(diag.BadCharacter, start, x.pos, "`%s` cannot stand here", brief(x.text[start:x.pos]))
	switch r {
	case '`':
		d.Fixf("write strings in double quotes")
	case '#':
		d.Fixf("begin comments with `//`")
	case '~':
		d.Fixf("the language has no complement; write ^ and a mask")
	case '“', '”', '„', '«', '»':
		d.Fixf("write strings in straight double quotes")
	default:
		if r >= utf8.RuneSelf {
			d.Fixf("names are made of ASCII letters, digits and _")
		} else {
			d.Fixf("remove it")
		}
	}
}

// track keeps the open brackets. A closing one that does not fit closes what it can; Balance reports it.
func (x *scanner) track(c byte) {
	switch c {
	case '(', '[', '{':
		x.open = append(x.open, c)
	case ')', ']', '}':
		for i := len(x.open) - 1; i >= 0; i-- {
			if x.open[i] == partner(c) {
				x.open = x.open[:i]
				break
			}
		}
	}
}

func partner(c byte) byte {
	switch c {
	case ')':
		return '('
	case ']':
		return '['
	}
	return '{'
}

func isLetter(c byte) bool { return c == '_' || 'a' <= c|0x20 && c|0x20 <= 'z' }
func isDigit(c byte) bool  { return '0' <= c && c <= '9' }
