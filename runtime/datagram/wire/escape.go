package wire

// IndexEscaped returns where the first delim stands in b that is not behind an escape, -1 if there is none. An escape
// takes the byte behind it, whatever that is, also another escape.
func IndexEscaped(b []byte, delim, escape byte) int {
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case delim:
			return i
		case escape:
			i++
		}
	}
	return -1
}

// SpanEscaped returns how many bytes at the beginning of b are of a class, or are an escape and a byte behind it. An
// escape that ends b is not counted.
func SpanEscaped(b []byte, class *Class, escape byte) int {
	i := 0
	for i < len(b) {
		switch c := b[i]; {
		case class[c>>6]>>(c&63)&1 != 0:
			i++
		case c == escape && i+1 < len(b):
			i += 2
		default:
			return i
		}
	}
	return i
}
