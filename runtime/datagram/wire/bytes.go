package wire

import "math"

// Left is the number of bytes of b behind off, 0 if off lies past its end.
func Left(b []byte, off int) int { return max(len(b)-off, 0) }

// Head returns the first n bytes of b, or all.
func Head(b []byte, n int) []byte { return b[:min(n, len(b))] }

// IsASCII says whether all bytes of b are below 0x80.
func IsASCII(b []byte) bool {
	for _, c := range b {
		if c >= 0x80 {
			return false
		}
	}
	return true
}

// AllEqual says whether all bytes of b are c.
func AllEqual(b []byte, c byte) bool {
	for _, x := range b {
		if x != c {
			return false
		}
	}
	return true
}

// Count adds one to a counter, which stays at its largest value.
func Count(n uint32) uint32 {
	if n == math.MaxUint32 {
		return n
	}
	return n + 1
}
