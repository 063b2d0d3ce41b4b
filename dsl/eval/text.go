package eval

import (
	"strconv"
	"strings"

	"github.com/flowscope/fsd/dsl/ir"
	"github.com/flowscope/fsd/runtime/datagram"
)

// digits reads an integer that is written in digits.
func digits(t *ir.IntType, field int) reader {
	base, most, alphabet := 10, ir.MaxDecDigits, "0123456789"
	if t.Form == ir.IntHex {
		base, most, alphabet = 16, ir.MaxHexDigits, "0123456789abcdefABCDEF"
	}
	return func(r *run, f *frame) (uint64, bool) {
		f.off = min(f.off, f.end)
		text := string(r.data[f.off:f.end])
		sign := ""
		if t.Signed && strings.HasPrefix(text, "-") {
			sign = "-"
		}
		text = text[len(sign):]
		n := len(text) - len(strings.TrimLeft(text, alphabet))
		bad := func() (uint64, bool) { return 0, r.fail(datagram.NotNumber, field, f.off, 0, 0) }
		if n == 0 || n > most {
			return bad()
		}
		var v uint64
		var err error
		if t.Signed {
			var s int64
			s, err = strconv.ParseInt(sign+text[:n], base, t.Bits)
			v = uint64(s)
		} else {
			v, err = strconv.ParseUint(text[:n], base, t.Bits)
		}
		if err != nil {
			return bad()
		}
		f.off += len(sign) + n
		return v, true
	}
}

// classRun is how many bytes at the beginning of b are of a class.
func classRun(t *ir.BytesType, b []byte) int {
	for i := range b {
		if int64(i) == t.Max || !t.Class.Has(b[i]) {
			return i
		}
	}
	return len(b)
}
