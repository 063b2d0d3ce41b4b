package capture

import (
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestClockIsExact(t *testing.T) {
	for _, c := range []struct {
		name       string
		resolution byte
		offset     int64
		ticks      uint64
		want       int64
	}{
		{"seconds", 0, 0, 7, 7e9},
		{"microseconds", 6, 0, 1_700_000_000_123_456, 1_700_000_000_123_456_000},
		{"nanoseconds", 9, 0, 1_700_000_000_123_456_789, 1_700_000_000_123_456_789},
		{"picoseconds round down", 12, 0, 1_999, 1},
		{"10^-19", 19, 0, math.MaxUint64, 1_844_674_407},
		{"10^-28", 28, 0, math.MaxUint64, 1},
		{"10^-29 is below a nanosecond", 29, 0, math.MaxUint64, 0},
		{"10^-127", 127, 0, math.MaxUint64, 0},
		{"2^-0", 0x80, 0, 3, 3e9},
		{"2^-1", 0x81, 0, 3, 15e8},
		{"2^-32, as NTP", 0xa0, 0, 1<<32 + 1<<31, 15e8},
		{"2^-63", 0x80 | 63, 0, 1 << 63, 1e9},
		{"2^-64", 0x80 | 64, 0, 1 << 63, 5e8},
		{"2^-127", 0xff, 0, math.MaxUint64, 0},
		{"offset", 6, 100, 1, 100e9 + 1000},
		{"negative offset", 6, -100, 1, -100e9 + 1000},
		{"offset brings a large count into range", 9, -10_000_000_000, 10_000_000_000_000_000_001, 1},
		{"too late", 6, 0, math.MaxUint64, math.MaxInt64},
		{"just too late", 6, 0, math.MaxInt64/1000 + 1, math.MaxInt64},
		{"just in time", 6, 0, math.MaxInt64 / 1000, math.MaxInt64 / 1000 * 1000},
		{"latest nanosecond", 9, 0, math.MaxInt64, math.MaxInt64},
		{"too early", 6, math.MinInt64, 0, math.MinInt64},
		{"latest offset", 0, math.MaxInt64, math.MaxUint64, math.MaxInt64},
	} {
		clk := newClock(c.resolution, c.offset)
		require.EqualValues(t, c.want, clk.time(c.ticks), c.name)
	}
}

func TestClockAgreesWithRationals(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		resolution := rapid.Byte().Draw(t, "resolution")
		offset := rapid.OneOf(rapid.Just(int64(0)), rapid.Int64Range(-1e11, 1e11), rapid.Int64()).Draw(t, "offset")
		ticks := rapid.Uint64().Draw(t, "ticks")
		base := int64(10)
		if resolution&0x80 != 0 {
			base = 2
		}
		ns := new(big.Int).SetUint64(ticks)
		ns.Mul(ns, big.NewInt(1e9))
		ns.Quo(ns, new(big.Int).Exp(big.NewInt(base), big.NewInt(int64(resolution&0x7f)), nil))
		ns.Add(ns, new(big.Int).Mul(big.NewInt(offset), big.NewInt(1e9)))
		want := int64(math.MaxInt64)
		if ns.IsInt64() {
			want = ns.Int64()
		} else if ns.Sign() < 0 {
			want = math.MinInt64
		}
		clk := newClock(resolution, offset)
		require.EqualValues(t, want, clk.time(ticks))
	})
}
