package wire

import (
	"slices"
	"strconv"
)

// AppendUint appends v in decimal, as strconv.AppendUint does. Most numbers in datagrams are small: those of up to four
// digits are written at once.
func AppendUint(dst []byte, v uint64) []byte {
	switch {
	case v < 10:
		return append(dst, byte('0'+v))
	case v < 100:
		return append(dst, byte('0'+v/10), byte('0'+v%10))
	case v < 1000:
		return append(dst, byte('0'+v/100), byte('0'+v/10%10), byte('0'+v%10))
	case v < 10000:
		return append(dst, byte('0'+v/1000), byte('0'+v/100%10), byte('0'+v/10%10), byte('0'+v%10))
	}
	return strconv.AppendUint(dst, v, 10)
}

// AppendName appends a name that needs no escape as a quoted JSON string.
func AppendName(dst []byte, name string) []byte {
	n := len(dst)
	dst = slices.Grow(dst, len(name)+2)[:n+len(name)+2]
	dst[n] = '"'
	copy(dst[n+1:], name)
	dst[len(dst)-1] = '"'
	return dst
}
