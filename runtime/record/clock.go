package record

import (
	"time"

	"github.com/flowscope/fsd/runtime/flow"
)

// clock formats times as RFC 3339 in UTC. The text of the last second is kept, as the next record is mostly of the
// same one.
type clock struct {
	digits int
	second int64
	text   []byte
}

func (c *clock) init(digits int) {
	switch {
	case digits < 0:
		digits = 0
	case digits == 0 || digits > 9:
		digits = 9
	}
	c.digits = digits
}

// append appends t. Digits that are not shown are cut, not rounded, so that a time is never in the future.
func (c *clock) append(dst []byte, t flow.Timestamp) []byte {
	second, nanos := int64(t)/1e9, int64(t)%1e9
	if nanos < 0 {
		second--
		nanos += 1e9
	}
	if c.text == nil || second != c.second {
		c.second = second
		c.text = time.Unix(second, 0).UTC().AppendFormat(c.text[:0], "2006-01-02T15:04:05")
	}
	dst = append(dst, c.text...)
	dst = appendFraction(dst, nanos, c.digits)
	return append(dst, 'Z')
}

// appendClockTime appends the time of day of t, without a zone.
func (c *clock) appendTimeOfDay(dst []byte, t flow.Timestamp) []byte {
	start := len(dst)
	dst = c.append(dst, t)
	const date = len("2006-01-02T")
	return append(dst[:start], dst[start+date:len(dst)-1]...)
}

// appendFraction appends a point and the first digits (0 to 9) of nanos; nothing for no digits.
func appendFraction(dst []byte, nanos int64, digits int) []byte {
	if digits == 0 {
		return dst
	}
	dst = append(dst, '.')
	if digits <= 6 {
		// Microseconds are what most captures have.
		micros := uint32(nanos) / 1000
		for cut := digits; cut < 6; cut++ {
			micros /= 10
		}
		return appendDecimals(dst, micros, digits)
	}
	rest := uint32(nanos)
	for cut := digits; cut < 9; cut++ {
		rest /= 10
	}
	return appendDecimals(dst, rest, digits)
}
