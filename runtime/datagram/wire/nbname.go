package wire

// NetBIOS names (RFC 1001, section 14.1): 16 bytes, each written as two letters from A on, one for each half byte. The
// first 15 are the name, padded with blanks, the last says what it stands for. Shown as NAME<1c>: blanks at the end
// are left out, a byte that is not printable ASCII, and the character <, are shown as their number in < >.

// nbText is room for a name as text.
type nbText [16 * 4]byte

// nbName appends the text of an encoded name to buf; ok is false for what is none.
func nbName(buf []byte, b []byte) (text []byte, ok bool) {
	if len(b) != 32 {
		return nil, false
	}
	for _, c := range b {
		if c-'A' > 15 {
			return nil, false
		}
	}
	at := func(i int) byte { return (b[2*i]-'A')<<4 | (b[2*i+1] - 'A') }
	n := 15
	for n > 0 && at(n-1) == ' ' {
		n--
	}
	for i := range n {
		if c := at(i); c >= ' ' && c < 0x7f && c != '<' {
			buf = append(buf, c)
		} else {
			buf = append(buf, '<', hexDigits[c>>4], hexDigits[c&15], '>')
		}
	}
	c := at(15)
	return append(buf, '<', hexDigits[c>>4], hexDigits[c&15], '>'), true
}

// AppendNBName appends an encoded NetBIOS name as a quoted JSON string; what is none as AppendText does.
func AppendNBName(dst, b []byte) []byte {
	var room nbText
	if text, ok := nbName(room[:0], b); ok {
		return AppendText(dst, text)
	}
	return AppendText(dst, b)
}

// AppendNBItem is AppendItem for an encoded NetBIOS name; what is none is appended as AppendItem does.
func AppendNBItem(dst, item []byte, join string) []byte {
	var room nbText
	if text, ok := nbName(room[:0], item); ok {
		return AppendItem(dst, text, join)
	}
	return AppendItem(dst, item, join)
}

// AppendNBItemText is AppendNBItem without the escapes of JSON.
func AppendNBItemText(dst, item []byte, join string) []byte {
	var room nbText
	if text, ok := nbName(room[:0], item); ok {
		return AppendItemText(dst, text, join)
	}
	return AppendItemText(dst, item, join)
}
