package wire

import "strconv"

// AppendOID appends an object identifier in the encoding of BER (X.690, section 8.19) as a quoted JSON string of
// numbers with dots between, e.g. "1.3.6.1.2.1.1.1.0". Bytes that are none (nothing, a number that is cut or takes more
// than 64 bits) are appended as AppendHex does.
func AppendOID(dst, b []byte) []byte {
	start := len(dst)
	dst = append(dst, '"')
	if to, ok := appendArcs(dst, b); ok {
		return append(to, '"')
	}
	return AppendHex(dst[:start], b)
}

func appendArcs(dst, b []byte) (to []byte, ok bool) {
	arc, first := uint64(0), true
	for i, c := range b {
		if arc>>57 != 0 {
			return dst, false
		}
		arc = arc<<7 | uint64(c&0x7f)
		if c&0x80 != 0 {
			if i == len(b)-1 {
				return dst, false
			}
			continue
		}
		if first {
			// The first number holds two: 40 times the first arc, of which there are three, and the second.
			root := min(arc/40, 2)
			dst = append(dst, '0'+byte(root))
			arc -= root * 40
			first = false
		}
		dst = strconv.AppendUint(append(dst, '.'), arc, 10)
		arc = 0
	}
	return dst, !first
}
