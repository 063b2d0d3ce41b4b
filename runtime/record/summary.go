package record

import (
	"unicode"
	"unicode/utf8"
)

// maxSummaryDepth bounds how deep a summary follows nested objects; what lies deeper shows as "…".
const maxSummaryDepth = 32

// appendSummary appends a JSON value as a line for people: objects as key=value, flags that are set by their key
// alone, flags that are not set and what is empty left out, nested things in braces and brackets. Strings keep their
// JSON form, without quotes where nothing is lost. JSON that is not well-formed is shown up to where it breaks.
func appendSummary(dst, json []byte) []byte {
	s := summarizer{in: json}
	return s.value(dst, 0)
}

type summarizer struct {
	in  []byte
	pos int
}

// peek returns the next byte that is not space, 0 at the end.
func (s *summarizer) peek() byte {
	for s.pos < len(s.in) {
		switch c := s.in[s.pos]; c {
		case ' ', '\t', '\r', '\n':
			s.pos++
		default:
			return c
		}
	}
	return 0
}

func (s *summarizer) value(dst []byte, depth int) []byte {
	switch s.peek() {
	case '{':
		return s.object(dst, depth)
	case '[':
		return s.array(dst, depth)
	case '"':
		return appendBare(dst, s.str())
	default:
		return append(dst, s.word()...)
	}
}

// object appends members separated by spaces. The outermost object has no braces.
func (s *summarizer) object(dst []byte, depth int) []byte {
	s.pos++
	if depth > 0 {
		dst = append(dst, '{')
	}
	if depth >= maxSummaryDepth {
		s.pos = len(s.in)
		return append(dst, "…"...)
	}
	first := true
	for s.peek() == '"' {
		undo := len(dst)
		if !first {
			dst = append(dst, ' ')
		}
		dst = appendBare(dst, s.str())
		if s.peek() == ':' {
			s.pos++
		}
		var said bool
		if dst, said = s.member(dst, depth); said {
			first = false
		} else {
			dst = dst[:undo]
		}
		if s.peek() == ',' {
			s.pos++
		}
	}
	if s.peek() == '}' {
		s.pos++
	}
	if depth > 0 {
		dst = append(dst, '}')
	}
	return dst
}

// member appends the value of a key that is already there, and says whether there was anything to say.
func (s *summarizer) member(dst []byte, depth int) ([]byte, bool) {
	start := len(dst)
	switch s.peek() {
	case '{', '[':
		dst = s.value(dst, depth+1)
		return dst, len(dst) > start+len("{}")
	case '"':
		dst = s.value(append(dst, '='), depth)
		return dst, true
	}
	switch word := s.word(); string(word) {
	case "true":
		return dst, true
	case "false", "null":
		return dst, false
	default:
		return append(append(dst, '='), word...), len(word) > 0
	}
}

func (s *summarizer) array(dst []byte, depth int) []byte {
	s.pos++
	dst = append(dst, '[')
	if depth >= maxSummaryDepth {
		s.pos = len(s.in)
		return append(dst, "…"...)
	}
	for first := true; ; first = false {
		c := s.peek()
		if c == ']' || c == 0 {
			break
		}
		if !first {
			dst = append(dst, ' ')
		}
		before := s.pos
		dst = s.value(dst, depth+1)
		if s.peek() == ',' {
			s.pos++
		}
		if s.pos == before {
			s.pos = len(s.in)
		}
	}
	if s.peek() == ']' {
		s.pos++
	}
	return append(dst, ']')
}

// str takes a JSON string and returns it with its quotes.
func (s *summarizer) str() []byte {
	start := s.pos
	s.pos++
	for s.pos < len(s.in) {
		c := s.in[s.pos]
		s.pos++
		if c == '\\' && s.pos < len(s.in) {
			s.pos++
		} else if c == '"' {
			break
		}
	}
	return s.in[start:s.pos]
}

// word takes a number or a literal.
func (s *summarizer) word() []byte {
	start := s.pos
	for s.pos < len(s.in) {
		switch s.in[s.pos] {
		case ',', ':', '{', '}', '[', ']', '"', ' ', '\t', '\r', '\n':
			return s.in[start:s.pos]
		}
		s.pos++
	}
	return s.in[start:s.pos]
}

// appendBare appends a JSON string: without its quotes when it is not empty and holds nothing that needs them.
func appendBare(dst, quoted []byte) []byte {
	if len(quoted) <= 2 || quoted[len(quoted)-1] != '"' {
		return append(dst, quoted...)
	}
	inner := quoted[1 : len(quoted)-1]
	for _, c := range inner {
		switch c {
		case ' ', '"', '\\', '{', '}', '[', ']', '=':
			return append(dst, quoted...)
		}
	}
	return append(dst, inner...)
}

// cells returns how many columns of a terminal r takes, by the East Asian width of Unicode's common ranges.
func cells(r rune) int {
	switch {
	case r < 0x300:
		return 1
	case unicode.In(r, unicode.Mn, unicode.Me):
		return 0
	case r >= 0x1100 && r <= 0x115f, r >= 0x2e80 && r <= 0xa4cf && r != 0x303f, r >= 0xac00 && r <= 0xd7a3,
		r >= 0xf900 && r <= 0xfaff, r >= 0xfe30 && r <= 0xfe6f, r >= 0xff00 && r <= 0xff60,
		r >= 0xffe0 && r <= 0xffe6, r >= 0x1f300 && r <= 0x1faff, r >= 0x20000 && r <= 0x3fffd:
		return 2
	}
	return 1
}

// appendCut appends text made safe for a terminal and cut to width columns, with "…" where it was cut; width < 0
// means not at all.
func appendCut(dst, text []byte, width int) []byte {
	start, used := len(dst), 0
	mark := start // where to cut so that the "…" fits
	for i := 0; i < len(text); {
		c := text[i]
		n, w := 1, 1
		if c >= 0x80 {
			var r rune
			r, n = utf8.DecodeRune(text[i:])
			if r == utf8.RuneError && n == 1 || hidden(r) {
				r = 0xfffd
				dst, w = appendVisible(dst, text[i:i+n])
			} else {
				w = cells(r)
				dst = append(dst, text[i:i+n]...)
			}
		} else if c < 0x20 || c == 0x7f {
			dst, w = appendVisible(dst, text[i:i+1])
		} else {
			dst = append(dst, c)
		}
		i += n
		used += w
		if width < 0 {
			continue
		}
		if used > width {
			return append(dst[:mark], "…"...)
		}
		if used < width {
			mark = len(dst)
		}
	}
	return dst
}

// appendVisible appends bytes that must not reach a terminal as \xHH, and returns their width.
func appendVisible(dst, bytes []byte) ([]byte, int) {
	for _, b := range bytes {
		dst = append(dst, '\\', 'x', hexDigits[b>>4], hexDigits[b&15])
	}
	return dst, 4 * len(bytes)
}
