package wire

import "strconv"

// AppendUnknown appends the text of a value without a name: the type's name and the number in parentheses.
func AppendUnknown(dst []byte, typ string, v uint64) []byte {
	dst = append(append(dst, typ...), '(')
	return append(strconv.AppendUint(dst, v, 10), ')')
}

// AppendUnknownInt is AppendUnknown for signed integers.
func AppendUnknownInt(dst []byte, typ string, v int64) []byte {
	dst = append(append(dst, typ...), '(')
	return append(strconv.AppendInt(dst, v, 10), ')')
}

// FlagName is a mask of a set of flags and its name.
type FlagName struct {
	Mask uint64
	Name string
}

// AppendFlags appends the names of the flags that are set as a JSON array of strings. A flag is set when all bits
// of its mask are; bits that belong to no flag that is set make one more string, as 0x40.
func AppendFlags(dst []byte, v uint64, names []FlagName) []byte {
	dst = append(dst, '[')
	rest, comma := v, false
	for _, n := range names {
		if n.Mask == 0 || v&n.Mask != n.Mask {
			continue
		}
		rest &^= n.Mask
		if comma {
			dst = append(dst, ',')
		}
		comma = true
		dst = append(append(append(dst, '"'), n.Name...), '"')
	}
	if rest != 0 {
		if comma {
			dst = append(dst, ',')
		}
		dst = strconv.AppendUint(append(dst, `"0x`...), rest, 16)
		dst = append(dst, '"')
	}
	return append(dst, ']')
}

// AppendFlagsText appends the names of the flags that are set, joined by |, and the bits left as 0x40; 0 for none.
func AppendFlagsText(dst []byte, v uint64, names []FlagName) []byte {
	if v == 0 {
		return append(dst, '0')
	}
	rest, bar := v, false
	for _, n := range names {
		if n.Mask == 0 || v&n.Mask != n.Mask {
			continue
		}
		rest &^= n.Mask
		if bar {
			dst = append(dst, '|')
		}
		bar = true
		dst = append(dst, n.Name...)
	}
	if rest != 0 {
		if bar {
			dst = append(dst, '|')
		}
		dst = strconv.AppendUint(append(dst, "0x"...), rest, 16)
	}
	return dst
}

// CloseObject ends a JSON object that begins at start, and whose fields all have a comma before them: the first
// comma becomes the opening brace.
func CloseObject(dst []byte, start int) []byte {
	if len(dst) == start {
		return append(dst, '{', '}')
	}
	dst[start] = '{'
	return append(dst, '}')
}
