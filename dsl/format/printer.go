package format

import (
	"slices"

	"github.com/flowscope/fsd/dsl/token"
)

// printer lays tokens out in lines; layout then aligns these.
type printer struct {
	tokens []token.Token
	match  map[int]int // index of an opening bracket to that of its closing one
	lines  []line
	levels []level

	last      token.Token // the token before, "" at the beginning
	lastUnary bool        // it is the sign of an operand
	lastArray bool        // it is the `]` of a type
	started   bool        // the statement has a token
	branch    bool        // the statement is a case or default, up to its colon
	first     int         // index of the line on which it began
	newline   bool        // one is due
	names     bool        // the token before belongs to the names that begin a statement
	decl      string      // the first word of the declaration
}

// level is an open bracket.
type level struct {
	open   string
	set    bool // a brace around values
	inline bool // a block on one line
	exprs  bool // a block of tests, not of statements
	array  bool // a square bracket of a type
}

func (l level) block() bool { return l.open == "{" && !l.set }
func (l level) multi() bool { return l.block() && !l.inline }

func (p *printer) print() string {
	p.match = pairs(p.tokens)
	p.newline = true
	var carried []token.Comment
	for i, t := range p.tokens {
		t.Before = append(carried, t.Before...)
		carried = nil
		if t.Is(";") && (len(p.levels) == 0 || p.top().open == "{") {
			carried, t.Before = t.Before, nil
			next := i + 1
			for p.tokens[next].Is(";") {
				next++ // several are one
			}
			p.semicolon(t, p.tokens[next])
			continue
		}
		p.comments(t)
		if t.Kind == token.EOF {
			break
		}
		p.token(t, i)
	}
	return layout(p.lines)
}

func pairs(tokens []token.Token) map[int]int {
	m := map[int]int{}
	var open []int
	for i, t := range tokens {
		switch {
		case t.Is("{") || t.Is("(") || t.Is("["):
			open = append(open, i)
		case (t.Is("}") || t.Is(")") || t.Is("]")) && len(open) > 0:
			m[open[len(open)-1]] = i
			open = open[:len(open)-1]
		}
	}
	return m
}

func (p *printer) top() level {
	if len(p.levels) == 0 {
		return level{}
	}
	return p.levels[len(p.levels)-1]
}

// indent is the depth of blocks.
func (p *printer) indent() int {
	n := 0
	for _, l := range p.levels {
		if l.multi() {
			n++
		}
	}
	return n
}

func (p *printer) text() *string { return &p.lines[len(p.lines)-1].text }

// semicolon ends a statement: by a new line, in a block on one line by a `;` before the next one.
func (p *printer) semicolon(t, next token.Token) {
	if p.top().set || p.last.Text == "" || p.last.Is(";") || p.last.Is("{") || p.last.Is(":") {
		return
	}
	switch inline := p.top().inline; {
	case inline && next.Is("}"):
	case inline:
		*p.text() += ";"
	case !t.Auto && (!p.last.EndsLine() || p.decl == "test" && len(p.levels) == 0 && continues(next)):
		*p.text() += ";" // the end of the line would not do
		p.newline = true
	default:
		p.newline = true
	}
	p.last, p.started = t, false
}

// continues says whether a line that begins with t belongs to the test above it.
func continues(t token.Token) bool {
	return t.Kind == token.String || slices.Contains(token.TestWords, t.Text)
}

// comments prints those before t.
func (p *printer) comments(t token.Token) {
	for i, c := range t.Before {
		if n := len(p.lines); c.Trailing && n > 0 && p.lines[n-1].comment == "" {
			p.lines[n-1].comment = c.Text
			p.newline = true
			continue
		}
		indent := p.indent()
		if p.started {
			indent++
		} else if isBranch(t) && p.top().multi() {
			indent--
		}
		blank := c.Blank && len(p.lines) > 0 && !(i == 0 && (p.last.Is("{") || p.last.Is(":")))
		p.lines = append(p.lines, line{indent: max(indent, 0), comment: c.Text, own: true, blank: blank})
		p.newline = true
	}
}

func isBranch(t token.Token) bool { return t.Is("case") || t.Is("default") }

// token prints t, on a new line where one is due.
func (p *printer) token(t token.Token, i int) {
	level := p.top()
	closes := t.Is("}") || t.Is(")") || t.Is("]")
	if closes && len(p.levels) > 0 {
		p.levels = p.levels[:len(p.levels)-1]
	}
	if !p.started && len(p.levels) == 0 && !closes {
		p.decl = t.Text
	}
	if !p.started {
		p.branch = isBranch(t)
	}
	names := p.isName(t, level)
	column := p.names && !names // the type of a field, the `=` of a value
	array := t.Is("[") && (column || p.last.Is("item") || p.lastArray)
	afterOpen := p.last.Is("{") || p.last.Is(":")

	switch {
	case closes && level.multi():
		p.line(p.indent(), false)
	case p.newline && p.started:
		p.goOn()
	case p.newline && isBranch(t) && level.multi():
		p.line(p.indent()-1, t.Blank && (len(t.Before) > 0 || !afterOpen))
	case p.newline:
		p.line(p.indent(), t.Blank && (len(t.Before) > 0 || !afterOpen))
	case p.started && t.Line > p.last.Line && !opens(p.last) && !closes && !t.Is("{") && !t.Is(","):
		p.goOn() // a statement may be broken here, and was
	case column && level.multi() && len(p.lines)-1 == p.first:
		p.lines[p.first].split = len(*p.text())
	case p.space(t, level, array):
		*p.text() += " "
	}
	*p.text() += t.Text

	if opens(t) {
		p.open(t, i, array)
	}
	p.lastUnary = (t.Is("-") || t.Is("!")) && !endsOperand(p.last)
	p.lastArray = t.Is("]") && level.array
	p.last, p.newline, p.names = t, false, names
	if !p.started {
		p.started, p.first = true, len(p.lines)-1
	}
	if top := p.top(); top.block() && (t.Is("{") || t.Is(":") && p.branch) {
		p.started, p.newline, p.names = false, top.multi(), false
	}
}

// isName says whether t belongs to the names that begin a field or a value.
func (p *printer) isName(t token.Token, level level) bool {
	if !p.started {
		return t.Kind == token.Ident && level.block() && !level.exprs
	}
	return p.names && (t.Is(",") || t.Kind == token.Ident && p.last.Is(","))
}

// line begins a new line.
func (p *printer) line(indent int, blank bool) {
	p.lines = append(p.lines, line{indent: max(indent, 0), blank: blank && len(p.lines) > 0})
}

// goOn begins a line that continues the statement.
func (p *printer) goOn() {
	if p.first < len(p.lines) {
		p.lines[p.first].broken = true
	}
	p.line(p.indent()+1, false)
}

func (p *printer) open(t token.Token, i int, array bool) {
	j, ok := p.match[i]
	p.levels = append(p.levels, level{
		open:   t.Text,
		set:    t.Is("{") && p.last.Is("in"),
		inline: ok && p.tokens[j].Line == t.Line,
		exprs:  p.decl == "test" || p.decl == "detect",
		array:  array,
	})
}

func opens(t token.Token) bool { return t.Is("{") || t.Is("(") || t.Is("[") }

// space says whether a blank stands between the last token and t.
func (p *printer) space(t token.Token, level level, array bool) bool {
	last := p.last
	switch {
	case last.Text == "" || p.lastUnary:
		return false
	case last.Is("(") || last.Is("[") || last.Is(".") || last.Is(".."):
		return false
	case t.Is(":") && !p.branch: // behind the list of an each
		return true
	case t.Is(")") || t.Is("]") || t.Is(",") || t.Is(";") || t.Is(":") || t.Is(".") || t.Is(".."):
		return false
	case last.Is("{"):
		return !p.insideSet() && !t.Is("}")
	case t.Is("}"):
		return !level.set
	case t.Is("("):
		return !(last.Kind == token.Ident && !joins(last) || last.Is(")") || last.Is("]"))
	case t.Is("["):
		if array {
			return !last.Is("]")
		}
		return !(last.Kind == token.Ident && !joins(last) || last.Is(")") || last.Is("]"))
	case last.Is("]") && p.lastArray:
		return t.Kind != token.Ident
	}
	return true
}

func (p *printer) insideSet() bool { return p.top().set }

// joins says whether a word stands between operands though it is not reserved.
func joins(t token.Token) bool {
	return slices.Contains([]string{"to", "until", "while", "jumps", "join", "port", "within", "at", "by", "once", "need"}, t.Text)
}

// endsOperand says whether an operator behind t has an operand before it.
func endsOperand(t token.Token) bool {
	switch t.Kind {
	case token.Ident:
		return !joins(t) || t.Is("port")
	case token.Int, token.Duration, token.String, token.Char:
		return true
	}
	return t.Is(")") || t.Is("]") || t.Is("}")
}
