package format

import (
	"strings"
	"unicode/utf8"
)

// line is a line of the result.
type line struct {
	indent int
	// text is the code. With split > 0 its parts before and behind that offset stand in two columns.
	text  string
	split int
	// comment stands behind the text, or with own alone on the line.
	comment string
	own     bool
	// blank says that an empty line stands before it.
	blank bool
	// broken says that the statement goes on in the next line; such lines keep out of columns.
	broken bool
}

// layout aligns and joins lines.
func layout(lines []line) string {
	runs(lines, func(l line) bool { return l.split > 0 && !l.broken && !l.own }, func(run []line) {
		width := 0
		for _, l := range run {
			width = max(width, utf8.RuneCountInString(l.text[:l.split]))
		}
		for i, l := range run {
			run[i].text = pad(l.text[:l.split], width) + l.text[l.split:]
			run[i].split = 0
		}
	})
	for i, l := range lines {
		if l.split > 0 {
			lines[i].text = l.text[:l.split] + " " + l.text[l.split:]
		}
	}
	runs(lines, func(l line) bool { return l.comment != "" && !l.own }, func(run []line) {
		width := 0
		for _, l := range run {
			width = max(width, utf8.RuneCountInString(l.text))
		}
		for i, l := range run {
			run[i].text = pad(l.text, width) + l.comment
			run[i].comment = ""
		}
	})
	var b strings.Builder
	for _, l := range lines {
		if l.blank {
			b.WriteByte('\n')
		}
		for range l.indent {
			b.WriteByte('\t')
		}
		b.WriteString(l.text)
		b.WriteString(l.comment)
		b.WriteByte('\n')
	}
	return b.String()
}

// runs hands over each longest row of neighbouring lines of one indentation that belong to a column.
func runs(lines []line, belongs func(line) bool, do func([]line)) {
	for start := 0; start < len(lines); {
		end := start
		for end < len(lines) && belongs(lines[end]) && lines[end].indent == lines[start].indent && (end == start || !lines[end].blank) {
			end++
		}
		if end > start {
			do(lines[start:end])
		}
		start = max(end, start+1)
	}
}

// pad fills up to a width and one blank.
func pad(s string, width int) string {
	return s + strings.Repeat(" ", width-utf8.RuneCountInString(s)+1)
}
