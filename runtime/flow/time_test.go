package flow

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestTimestampSaturates(t *testing.T) {
	require.Equal(t, MaxTimestamp, MaxTimestamp.Add(1))
	require.Equal(t, MinTimestamp, MinTimestamp.Add(-1))
	require.Equal(t, Timestamp(-1), MinTimestamp.Add(math.MaxInt64))
	require.Equal(t, time.Duration(math.MaxInt64), MaxTimestamp.Sub(-1))
	require.Equal(t, time.Duration(math.MinInt64), MinTimestamp.Sub(1))
	require.Equal(t, time.Duration(math.MaxInt64), Timestamp(0).Sub(MinTimestamp))
	require.Equal(t, time.Duration(math.MaxInt64), MaxTimestamp.Sub(0))
	require.Equal(t, time.Duration(-5), Timestamp(5).Sub(10))
	require.Equal(t, time.Duration(0), MinTimestamp.Sub(MinTimestamp))
}

func TestFromUnixCarriesAndSaturates(t *testing.T) {
	for _, c := range []struct {
		sec, nsec int64
		want      Timestamp
	}{
		{0, 0, 0},
		{1, 5, 1_000_000_005},
		{1, 2_500_000_000, 3_500_000_000},
		{0, -1, -1},
		{-1, -1, -1_000_000_001},
		{9_223_372_036, 854_775_807, MaxTimestamp},
		{9_223_372_036, 854_775_808, MaxTimestamp},
		{9_223_372_037, 0, MaxTimestamp},
		{-9_223_372_037, 145_224_192, MinTimestamp},
		{-9_223_372_037, 145_224_193, MinTimestamp + 1},
		{-9_223_372_038, 0, MinTimestamp},
		{math.MaxInt64, math.MaxInt64, MaxTimestamp},
		{math.MinInt64, math.MinInt64, MinTimestamp},
	} {
		require.Equal(t, c.want, FromUnix(c.sec, c.nsec), "%d %d", c.sec, c.nsec)
	}
}

func TestTimestampText(t *testing.T) {
	ts := FromTime(time.Date(2026, 3, 1, 10, 0, 0, 123456789, time.FixedZone("", 3600)))
	require.Equal(t, "2026-03-01T09:00:00.123456789Z", ts.String())
	require.Equal(t, ts.String(), string(ts.AppendRFC3339(nil)))
	require.Equal(t, ts, FromTime(ts.Time()))
	require.Equal(t, MaxTimestamp, FromTime(time.Date(3000, 1, 1, 0, 0, 0, 0, time.UTC)))
}

// run feeds a clock and returns what it judged after each packet, in seconds.
func judged(c *Clock, seconds ...float64) []float64 {
	out := make([]float64, len(seconds))
	for i, s := range seconds {
		out[i] = c.Observe(at(s)).Sub(at(0)).Seconds()
	}
	return out
}

func TestClockFollowsSmallStepsAndIgnoresLatePackets(t *testing.T) {
	require.Equal(t, []float64{0, 1, 1, 5, 15}, judged(new(Clock), 0, 1, 0.5, 5, 15))
}

func TestClockIgnoresOneWildPacketAtAnyPosition(t *testing.T) {
	normal := []float64{0, 1, 2, 3, 4}
	for _, wild := range []float64{1e9, -1e9, 100} {
		for pos := range len(normal) + 1 {
			var c Clock
			for i, s := range normal {
				if i == pos {
					c.Observe(at(wild))
				}
				now := c.Observe(at(s))
				if wild > 0 || pos > 0 || i > 1 {
					require.LessOrEqual(t, now, at(s), "wild %v at %d, packet %d", wild, pos, i)
				}
			}
			if pos == len(normal) {
				c.Observe(at(wild))
			}
			require.Equal(t, at(4), c.Now(), "wild %v at %d", wild, pos)
		}
	}
}

func TestClockBelievesAGapWhenASecondPacketConfirmsIt(t *testing.T) {
	require.Equal(t, []float64{0, 1, 1, 3601, 3602}, judged(new(Clock), 0, 1, 3600, 3601, 3602))
	// One packet an hour: one behind.
	require.Equal(t, []float64{0, 0, 3600, 7200}, judged(new(Clock), 0, 3600, 7200, 10800))
}

func TestClockStepsBackWhenTwoPacketsAgree(t *testing.T) {
	require.Equal(t, []float64{1000, 1001, 1001, 1, 2}, judged(new(Clock), 1000, 1001, 0, 1, 2))
}

func TestClockIsNotFrozenByAWildStart(t *testing.T) {
	require.Equal(t, []float64{1e9, 0, 1, 2}, judged(new(Clock), 1e9, 0, 1, 2))
	require.Equal(t, []float64{-1e9, -1e9, 1, 2}, judged(new(Clock), -1e9, 0, 1, 2))
}

func TestMonotonic(t *testing.T) {
	clamp := func(seconds ...float64) (out []float64) {
		var m Monotonic
		for _, s := range seconds {
			out = append(out, m.Clamp(at(s)).Sub(at(0)).Seconds())
		}
		return out
	}
	require.Equal(t, []float64{10, 10, 20, 20}, clamp(10, 5, 20, 19), "never backwards")
	require.Equal(t, []float64{0, 40000, 40000}, clamp(0, 40000, 30000), "an honest gap holds at once")
	require.Equal(t, []float64{0, 1e9, 1, 1, 2}, clamp(0, 1e9, 1, 0.5, 2), "one wild packet does not freeze it")
	require.Equal(t, []float64{1e9, 0, 1, 2}, clamp(1e9, 0, 1, 2), "nor does one at the start")
	require.Equal(t, []float64{0, 1, 1, 2}, clamp(0, 1, -1e9, 2), "a wild past is clamped")
}
