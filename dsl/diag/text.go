package diag

import (
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/flowscope/fsd/dsl/source"
)

// Style is how the text form looks.
type Style struct {
	// Color adds ANSI colours; the text without them is the same.
	Color bool
}

// Text writes diagnostics for people:
//
//	dtls.fsd:31:19: FSD0107: Length - 8 may underflow: Length is 0..65535 here
//	  31 |     let Body = Length - 8
//	     |                ^^^^^^^^^^
//	  add "where >= 8" to Length (dtls.fsd:12)
//
// A second place follows with its own line, underlined with dashes. An empty line stands between two diagnostics.
func Text(w io.Writer, list List, style Style) error {
	var b strings.Builder
	for i, d := range list {
		if i > 0 {
			b.WriteByte('\n')
		}
		d.text(&b, style)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// Render returns the text form of the list without colours.
func (l List) Render() string {
	var b strings.Builder
	_ = Text(&b, l, Style{}) // a Builder does not fail
	return b.String()
}

// ANSI colours by what is shown.
const (
	red    = "\x1b[31m"
	yellow = "\x1b[33m"
	blue   = "\x1b[34m"
	green  = "\x1b[32m"
	bold   = "\x1b[1m"
	reset  = "\x1b[0m"
)

func (s Style) paint(color, text string) string {
	if !s.Color || text == "" {
		return text
	}
	return color + text + reset
}

func (d *Diagnostic) text(b *strings.Builder, style Style) {
	hue := red
	if d.Severity == Warning {
		hue = yellow
	}
	place, word := "", ""
	if d.Span.Valid() {
		place = clean(d.Span.String()) + ": "
	}
	if d.Severity == Warning {
		word = "warning: "
	}
	fmt.Fprintf(b, "%s%s: %s\n", style.paint(bold, place), style.paint(hue, string(d.Code)), word+clean(d.Message))

	margin := len(fmt.Sprint(d.Span.Pos().Line))
	for _, l := range d.Labels {
		margin = max(margin, len(fmt.Sprint(l.Span.Pos().Line)))
	}
	if d.Span.Valid() {
		excerpt(b, d.Span, margin, '^', "", style, hue)
	}
	for _, l := range d.Labels {
		if l.Span.File != d.Span.File {
			fmt.Fprintf(b, "  %s:\n", clean(l.Span.String()))
		}
		excerpt(b, l.Span, margin, '-', l.Text, style, blue)
	}
	if d.Fix != "" {
		fmt.Fprintf(b, "  %s\n", style.paint(green, clean(d.Fix)))
	}
}

const (
	tabWidth    = 4
	excerptSize = 120 // columns of a source line that are shown
)

// excerpt writes the line of a span and marks what of the span lies on it. Of a long line the part around is shown.
func excerpt(b *strings.Builder, span source.Span, margin int, mark rune, label string, style Style, hue string) {
	at := span.Pos()
	text := span.File.Line(at.Line)
	from := min(span.Start-span.File.LineStart(at.Line), len(text))
	to := min(max(span.End-span.File.LineStart(at.Line), from), len(text))
	// Only what can be shown is looked at; a line may be as long as the file.
	const most = 8 * excerptSize
	long := max(0, from-most)
	before, inside, after := show(text[long:from], 0), "", ""
	to, end := min(to, from+most), min(len(text), to+most)
	column := utf8.RuneCountInString(before)
	inside = show(text[from:to], column)
	after = show(text[to:end], column+utf8.RuneCountInString(inside))

	if column+utf8.RuneCountInString(inside)+utf8.RuneCountInString(after) > excerptSize {
		if column > excerptSize/2 {
			before = "..." + lastRunes(before, excerptSize/2-3)
			column = excerptSize / 2
		}
		inside = firstRunes(inside, excerptSize-column)
		after = firstRunes(after, excerptSize-column-utf8.RuneCountInString(inside))
	}
	marks := strings.Repeat(string(mark), max(1, utf8.RuneCountInString(inside)))
	if label != "" {
		label = " " + clean(label)
	}
	gutter := fmt.Sprintf("  %*d |", margin, at.Line)
	code := strings.TrimRight(before+inside+after, " ")
	if code != "" {
		code = " " + code
	}
	fmt.Fprintf(b, "%s%s\n", style.paint(blue, gutter), code)
	fmt.Fprintf(b, "%s %s%s\n", style.paint(blue, fmt.Sprintf("  %*s |", margin, "")), strings.Repeat(" ", column), style.paint(hue, marks+label))
}

// show makes a piece of source printable: tabs become blanks up to the next stop, everything that could move the cursor or
// change the order of text a question mark. column is where the piece begins.
func show(s string, column int) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '\t':
			n := tabWidth - column%tabWidth
			b.WriteString(strings.Repeat(" ", n))
			column += n
			continue
		case unsafeRune(r):
			r = '?'
		}
		b.WriteRune(r)
		column++
	}
	return b.String()
}

func unsafeRune(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == 0x2028 || r == 0x2029 || r == 0xFEFF || r == utf8.RuneError
}

// clean keeps control characters of names and strings out of messages.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if unsafeRune(r) {
			return '?'
		}
		return r
	}, s)
}

func firstRunes(s string, n int) string {
	for i := range s {
		if n--; n < 0 {
			return s[:i]
		}
	}
	return s
}

func lastRunes(s string, n int) string {
	for skip := utf8.RuneCountInString(s) - n; skip > 0; skip-- {
		_, size := utf8.DecodeRuneInString(s)
		s = s[size:]
	}
	return s
}
