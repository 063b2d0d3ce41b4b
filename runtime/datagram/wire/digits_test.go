package wire_test

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/flowscope/fsd/runtime/datagram/wire"
)

// want is what the standard library makes of the digits of an alphabet at the beginning of text.
func want(text, alphabet string, base, most int, parse func(string) error) int {
	n := len(text) - len(strings.TrimLeft(text, alphabet))
	if n > most || parse(text[:n]) != nil {
		return 0
	}
	return n
}

func FuzzNumbersInDigitsAreThoseOfTheStandardLibrary(f *testing.F) {
	for _, s := range []string{"", "0", "255 ", "256", "-1", "-128x", "-129", "18446744073709551615", "18446744073709551616",
		"99999999999999999999", "000000000000000000001", "00000000000000000001", "fF", "0123456789abcdef0", "g"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, bits := range []int{8, 16, 32, 64} {
			most := uint64(math.MaxUint64) >> (64 - bits)
			var u uint64
			n := want(s, "0123456789", 10, 20, func(d string) (err error) { u, err = strconv.ParseUint(d, 10, bits); return err })
			v, got := wire.Dec([]byte(s), most)
			require.Equal(t, n, got)
			if n > 0 {
				require.Equal(t, u, v)
			}
			n = want(s, "0123456789abcdefABCDEF", 16, 16, func(d string) (err error) { u, err = strconv.ParseUint(d, 16, bits); return err })
			v, got = wire.Hex([]byte(s), most)
			require.Equal(t, n, got)
			if n > 0 {
				require.Equal(t, u, v)
			}
			digits, sign := strings.CutPrefix(s, "-")
			minus := ""
			if sign {
				minus = "-"
			}
			var i int64
			n = want(digits, "0123456789", 10, 20, func(d string) (err error) { i, err = strconv.ParseInt(minus+d, 10, bits); return err })
			w, got := wire.DecInt([]byte(s), bits)
			if n == 0 {
				require.Zero(t, got)
				return
			}
			require.Equal(t, n+len(minus), got)
			require.Equal(t, i, w)
		}
	})
}

func TestSpanEndsAtTheFirstByteThatIsNotOfTheClass(t *testing.T) {
	digit := wire.Class{0x03FF000000000000}
	require.Equal(t, 3, wire.Span([]byte("012a4"), &digit))
	require.Equal(t, 2, wire.Span([]byte("99"), &digit))
	require.Zero(t, wire.Span([]byte("\xff"), &digit))
	require.Zero(t, wire.Span(nil, &digit))
}
