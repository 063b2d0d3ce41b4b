package record

import (
	"encoding/binary"
	"unicode"
	"unicode/utf8"

	"github.com/flowscope/fsd/runtime/flow"
)

const hexDigits = "0123456789abcdef"

// appendString appends s as a JSON string. Control characters, format characters (bidirectional overrides among
// them) and line separators are escaped; a backslash is doubled twice and an invalid byte becomes \\xHH, so that
// the text that a reader of the JSON gets says exactly which bytes were there.
func appendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	dst = appendEscaped(dst, s, true)
	return append(dst, '"')
}

// appendEscaped appends s without raw control characters. In JSON, escapes are those of JSON strings; otherwise a
// backslash is written \\, other things \uHHHH, \UHHHHHHHH or \xHH.
func appendEscaped(dst []byte, s string, json bool) []byte {
	for i := 0; i < len(s); {
		b := s[i]
		switch {
		case b == '\\' && json:
			dst = append(dst, `\\\\`...)
			i++
			continue
		case b == '\\':
			dst = append(dst, `\\`...)
			i++
			continue
		case b == '"' && json:
			dst = append(dst, `\"`...)
			i++
			continue
		case b >= 0x20 && b < 0x7f:
			dst = append(dst, b)
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			if json {
				dst = append(dst, '\\')
			}
			dst = append(dst, '\\', 'x', hexDigits[b>>4], hexDigits[b&15])
		case hidden(r):
			dst = appendUnicodeEscape(dst, r, json)
		default:
			dst = append(dst, s[i:i+n]...)
		}
		i += n
	}
	return dst
}

// appendAddr appends an address as text; most are IPv4.
func appendAddr(dst []byte, a *flow.Addr) []byte {
	if !a.Is4() {
		return a.Netip().AppendTo(dst)
	}
	for i, b := range a[12:] {
		if i > 0 {
			dst = append(dst, '.')
		}
		if b >= 100 {
			dst = append(dst, '0'+b/100)
		}
		if b >= 10 {
			dst = append(dst, '0'+b/10%10)
		}
		dst = append(dst, '0'+b%10)
	}
	return dst
}

// hidden reports whether a terminal would obey r rather than show it.
func hidden(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == 0x2028 || r == 0x2029
}

func appendUnicodeEscape(dst []byte, r rune, json bool) []byte {
	if r > 0xffff {
		if json {
			r -= 0x10000
			dst = appendUnicodeEscape(dst, 0xd800+r>>10, json)
			return appendUnicodeEscape(dst, 0xdc00+r&0x3ff, json)
		}
		dst = append(dst, `\U`...)
		for shift := 28; shift >= 0; shift -= 4 {
			dst = append(dst, hexDigits[r>>shift&15])
		}
		return dst
	}
	return append(dst, '\\', 'u', hexDigits[r>>12&15], hexDigits[r>>8&15], hexDigits[r>>4&15], hexDigits[r&15])
}

// cleanJSON makes the JSON that dst has from start on fit for one line: a message's own AppendJSON is trusted for
// its form, not for control bytes, which a parser written by hand may have let through.
func cleanJSON(dst []byte, start int) []byte {
	if !hasControl(dst[start:]) {
		return dst
	}
	raw := append([]byte(nil), dst[start:]...)
	dst = dst[:start]
	inString := false
	for i := 0; i < len(raw); i++ {
		b := raw[i]
		switch {
		case b == '\\' && inString && i+1 < len(raw) && raw[i+1] >= 0x20 && raw[i+1] != 0x7f:
			dst = append(dst, b, raw[i+1])
			i++
		case b == '"':
			inString = !inString
			dst = append(dst, b)
		case b >= 0x20 && b != 0x7f:
			dst = append(dst, b)
		case inString:
			dst = appendUnicodeEscape(dst, rune(b), true)
		case b == '\t' || b == '\n' || b == '\r':
			// Space between tokens.
		default:
			dst = append(dst, '?')
		}
	}
	return dst
}

// hasControl reports whether b holds a byte below 0x20 or 0x7f. Eight bytes at a time: it sees all that is written.
func hasControl(b []byte) bool {
	const ones, tops = 0x0101010101010101, 0x8080808080808080
	for ; len(b) >= 8; b = b[8:] {
		x := binary.LittleEndian.Uint64(b)
		low := (x - 0x20*ones) &^ x
		y := x ^ 0x7f*ones
		del := (y - ones) &^ y
		if (low|del)&tops != 0 {
			return true
		}
	}
	for _, c := range b {
		if c < 0x20 || c == 0x7f {
			return true
		}
	}
	return false
}
