package wire

// EqualFold says whether b is small, a text without capital letters, when 'A' to 'Z' in b count as 'a' to 'z'. All other
// bytes must be equal.
func EqualFold(b []byte, small string) bool {
	if len(b) != len(small) {
		return false
	}
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			c |= 0x20
		}
		if c != small[i] {
			return false
		}
	}
	return true
}
