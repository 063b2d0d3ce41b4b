package wire

import (
	"slices"
	"strconv"
)

// AppendUint appends v in decimal, as strconv.AppendUint does. Most numbers in datagrams are small: those of up to
// eight digits are written two digits at a time.
func AppendUint(dst []byte, v uint64) []byte {
	switch {
	case v < 10:
		return append(dst, byte('0'+v))
	case v < 100:
		return append(dst, byte('0'+v/10), byte('0'+v%10))
	case v < 1e8:
		return appendDigits(dst, uint32(v))
	}
	return strconv.AppendUint(dst, v, 10)
}

// appendDigits appends a number of at most eight digits, two at a time.
func appendDigits(dst []byte, v uint32) []byte {
	var text [8]byte
	i := len(text)
	for v >= 100 {
		i -= 2
		pair := pairs[v%100]
		text[i], text[i+1] = byte(pair), byte(pair>>8)
		v /= 100
	}
	i -= 2
	pair := pairs[v]
	text[i], text[i+1] = byte(pair), byte(pair>>8)
	if v < 10 {
		i++
	}
	return append(dst, text[i:]...)
}

// pairs are the numbers up to 99 with two digits, the first one in the low byte.
var pairs = func() (t [100]uint16) {
	for i := range t {
		t[i] = uint16('0'+i/10) | uint16('0'+i%10)<<8
	}
	return
}()

// AppendName appends a name that needs no escape as a quoted JSON string.
func AppendName(dst []byte, name string) []byte {
	n := len(dst)
	dst = slices.Grow(dst, len(name)+2)[:n+len(name)+2]
	dst[n] = '"'
	copy(dst[n+1:], name)
	dst[len(dst)-1] = '"'
	return dst
}
