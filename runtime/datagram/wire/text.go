package wire

import (
	"bytes"
	"encoding/binary"
	"math"
	"strings"
	"unicode/utf8"
)

const hexDigits = "0123456789abcdef"

// plain says which ASCII bytes a JSON string of text holds as they are.
var plain = func() (t [256]bool) {
	for c := 0x20; c < 0x7f; c++ {
		t[c] = c != '"' && c != '\\'
	}
	return
}()

// AppendText appends b as a quoted JSON string. See the package comment for its escapes.
func AppendText(dst, b []byte) []byte {
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(b); {
		c := b[i]
		if plain[c] {
			i++
			continue
		}
		dst = append(dst, b[start:i]...)
		switch {
		case c == '"':
			dst = append(dst, '\\', '"')
			i++
		case c == '\\':
			dst = append(dst, `\\\\`...)
			i++
		default:
			r, n := utf8.DecodeRune(b[i:])
			switch {
			case r == utf8.RuneError && n <= 1:
				dst = append(dst, '\\', '\\', 'x', hexDigits[c>>4], hexDigits[c&15])
				n = 1
			case unsafeRune(r):
				dst = appendRuneEscape(dst, r)
			default:
				dst = append(dst, b[i:i+n]...)
			}
			i += n
		}
		start = i
	}
	dst = append(dst, b[start:]...)
	return append(dst, '"')
}

// AppendCString appends b up to its first NUL byte, or whole if there is none, as AppendText does.
func AppendCString(dst, b []byte) []byte {
	if i := bytes.IndexByte(b, 0); i >= 0 {
		b = b[:i]
	}
	return AppendText(dst, b)
}

// AppendHex appends b as lower-case hexadecimal digits in a quoted JSON string.
func AppendHex(dst, b []byte) []byte {
	dst = append(dst, '"')
	for _, c := range b {
		dst = append(dst, hexDigits[c>>4], hexDigits[c&15])
	}
	return append(dst, '"')
}

// AppendItem appends an item of a chain, joined by join, inside a JSON string that the caller has opened. Printable
// UTF-8 stands as it is; a backslash and the characters of join get a backslash before them; bytes that are not
// valid UTF-8 or belong to a control character become \DDD, their decimal value (RFC 1035, section 5.1).
func AppendItem(dst, item []byte, join string) []byte {
	n := len(dst)
	if len(join) != 1 || cap(dst)-n < len(item) {
		return appendAnyItem(dst, item, join)
	}
	sep := join[0]
	if size := len(item); size <= 16 && cap(item) >= 8 && cap(dst)-n >= 16 {
		// Items are short: they are checked and copied in one piece or two. What is read behind a short one is of the
		// same datagram; what is written behind it is not counted.
		out := dst[n : n+16]
		if size <= 8 {
			x := binary.LittleEndian.Uint64(item[:8])
			rest := uint64(math.MaxUint64) << (8 * size) // 0 for 8
			if x = x&^rest | rest&('a'*ones); !plainWord(x, sep) {
				return appendItem(dst, item, join, true)
			}
			binary.LittleEndian.PutUint64(out, x)
		} else {
			x, y := binary.LittleEndian.Uint64(item), binary.LittleEndian.Uint64(item[size-8:])
			if !plainWord(x, sep) || !plainWord(y, sep) {
				return appendItem(dst, item, join, true)
			}
			binary.LittleEndian.PutUint64(out, x)
			binary.LittleEndian.PutUint64(out[size-8:], y)
		}
		return dst[:n+size]
	}
	out := dst[n : n+len(item)][:len(item)]
	for i, c := range item {
		if !plain[c] || c == sep {
			return appendItem(dst, item, join, true)
		}
		out[i] = c
	}
	return dst[:n+len(item)]
}

const (
	ones = 0x0101010101010101
	tops = 0x8080808080808080
)

// plainWord is plain for eight bytes at once, none of which is sep.
func plainWord(x uint64, sep byte) bool {
	quote, slash, del, join := x^'"'*ones, x^'\\'*ones, x^0x7f*ones, x^uint64(sep)*ones
	bad := (x-0x20*ones)&^x | (quote-ones)&^quote | (slash-ones)&^slash | (del-ones)&^del | (join-ones)&^join | x
	return bad&tops == 0
}

func appendAnyItem(dst, item []byte, join string) []byte {
	if isPlainItem(item, join) {
		return append(dst, item...)
	}
	return appendItem(dst, item, join, true)
}

// AppendItemText is AppendItem without the escapes of JSON: the form that people read and write.
func AppendItemText(dst, item []byte, join string) []byte {
	if isPlainItem(item, join) {
		return append(dst, item...)
	}
	return appendItem(dst, item, join, false)
}

// AppendJoin appends the join of a chain inside a JSON string that the caller has opened. The join is text of a
// spec: it gets JSON's escapes and no others.
func AppendJoin(dst []byte, join string) []byte {
	for _, r := range join {
		switch {
		case r == '"' || r == '\\':
			dst = append(dst, '\\', byte(r))
		case unsafeRune(r):
			dst = appendRuneEscape(dst, r)
		default:
			dst = utf8.AppendRune(dst, r)
		}
	}
	return dst
}

func isPlainItem(item []byte, join string) bool {
	if len(join) != 1 {
		for _, c := range item {
			if !plain[c] || strings.IndexByte(join, c) >= 0 {
				return false
			}
		}
		return true
	}
	for _, c := range item {
		if !plain[c] || c == join[0] {
			return false
		}
	}
	return true
}

func appendItem(dst, item []byte, join string, json bool) []byte {
	backslash := `\`
	if json {
		backslash = `\\`
	}
	for i := 0; i < len(item); {
		r, n := utf8.DecodeRune(item[i:])
		bad := r == utf8.RuneError && n <= 1 || unsafeRune(r)
		joins := !bad && strings.ContainsRune(join, r)
		switch {
		case bad || joins && '0' <= r && r <= '9':
			// A digit behind a backslash would look like the beginning of \DDD.
			for _, c := range item[i : i+n] {
				dst = append(dst, backslash...)
				dst = append(dst, '0'+c/100, '0'+c/10%10, '0'+c%10)
			}
		default:
			if joins || r == '\\' {
				dst = append(dst, backslash...)
			}
			if json && (r == '"' || r == '\\') {
				dst = append(dst, '\\')
			}
			dst = append(dst, item[i:i+n]...)
		}
		i += n
	}
	return dst
}

// unsafeRune says whether a valid character must not reach a terminal or a log as it is: control characters (C0,
// DEL, C1), line and paragraph separators, controls of the text direction, characters without a width, tags. The
// set is fixed here, so that the output does not change with the Unicode tables of a Go release.
func unsafeRune(r rune) bool {
	switch {
	case r < 0x20, 0x7f <= r && r <= 0x9f:
		return true
	case r < 0x061c:
		return r == 0xad
	case r == 0x061c, r == 0x180e, 0x200b <= r && r <= 0x200f, 0x2028 <= r && r <= 0x202e, 0x2060 <= r && r <= 0x206f:
		return true
	case r == 0xfeff, 0xfff0 <= r && r <= 0xfffb, 0xe0000 <= r && r <= 0xe007f:
		return true
	}
	return false
}

// appendRuneEscape appends the JSON escape of a character.
func appendRuneEscape(dst []byte, r rune) []byte {
	if r > 0xffff {
		r -= 0x10000
		dst = appendRuneEscape(dst, 0xd800+r>>10)
		r = 0xdc00 + r&0x3ff
	}
	return append(dst, '\\', 'u', hexDigits[r>>12], hexDigits[r>>8&15], hexDigits[r>>4&15], hexDigits[r&15])
}
