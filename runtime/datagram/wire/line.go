package wire

import "bytes"

// Line finds the line of text at the beginning of b, of at most so many bytes: n is how many it has, size how many with
// the line feed, or carriage return and line feed, at its end. size is 0 if there is no such line.
func Line(b []byte, most int) (n, size int) {
	i := bytes.IndexByte(Head(b, most+2), '\n')
	if i < 0 {
		return 0, 0
	}
	return endOfLine(b, i, most)
}

// FoldedLine is Line where a line that begins with a blank or tab belongs to the one before it (RFC 5322, section 2.2.3).
func FoldedLine(b []byte, most int) (n, size int) {
	area := Head(b, most+2)
	for from := 0; ; {
		i := bytes.IndexByte(area[from:], '\n')
		if i < 0 {
			return 0, 0
		}
		from += i + 1
		if from < len(b) && (b[from] == ' ' || b[from] == '\t') {
			continue
		}
		return endOfLine(b, from-1, most)
	}
}

// endOfLine takes the carriage return off a line with its line feed at i.
func endOfLine(b []byte, i, most int) (n, size int) {
	n = i
	if i > 0 && b[i-1] == '\r' {
		n--
	}
	if n > most {
		return 0, 0
	}
	return n, i + 1
}

// Blank returns how many bytes the empty line at the beginning of b takes: 1 or 2, 0 if there is none.
func Blank(b []byte) int {
	switch {
	case len(b) > 0 && b[0] == '\n':
		return 1
	case len(b) > 1 && b[0] == '\r' && b[1] == '\n':
		return 2
	}
	return 0
}
