package record

import (
	"strconv"
	"time"
)

// appendUint appends v in decimal, as strconv.AppendUint does; most numbers are short.
func appendUint(dst []byte, v uint64) []byte {
	if v >= 1e8 {
		return strconv.AppendUint(dst, v, 10)
	}
	var text [8]byte
	i := len(text)
	n := uint32(v)
	for n >= 100 {
		i -= 2
		pair := pairs[n%100]
		text[i], text[i+1] = byte(pair), byte(pair>>8)
		n /= 100
	}
	i -= 2
	pair := pairs[n]
	text[i], text[i+1] = byte(pair), byte(pair>>8)
	if n < 10 {
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

// appendDecimals appends a number below 10^digits with that many digits, 1 to 9.
func appendDecimals(dst []byte, v uint32, digits int) []byte {
	var text [10]byte
	for i := len(text); i > len(text)-digits; v /= 100 {
		i -= 2
		pair := pairs[v%100]
		text[i], text[i+1] = byte(pair), byte(pair>>8)
	}
	return append(dst, text[len(text)-digits:]...)
}

// appendSeconds appends a time that is not negative as seconds, with the decimals that it needs.
func appendSeconds(b []byte, d time.Duration) []byte {
	b = appendUint(b, uint64(d/time.Second))
	nanos := uint32(d % time.Second)
	if nanos == 0 {
		return b
	}
	digits := 9
	for nanos%1000 == 0 {
		nanos /= 1000
		digits -= 3
	}
	for nanos%10 == 0 {
		nanos /= 10
		digits--
	}
	return appendDecimals(append(b, '.'), nanos, digits)
}
