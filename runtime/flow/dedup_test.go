package flow

import (
	"bytes"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestKeepsFirstDropsDuplicateWithinWindow(t *testing.T) {
	d := NewDedup(time.Millisecond, 256)
	require.False(t, d.Duplicate([]byte("frame"), at(0)))
	require.True(t, d.Duplicate([]byte("frame"), at(0.0005)))
	require.True(t, d.Duplicate([]byte("frame"), at(0.001)), "the window includes its end")
	require.EqualValues(t, 2, d.Dropped())
	require.EqualValues(t, 1, d.Kept())
	require.Equal(t, 1, d.Buffered())
}

func TestKeepsRecurrenceAfterWindow(t *testing.T) {
	d := NewDedup(time.Millisecond, 256)
	require.False(t, d.Duplicate([]byte("frame"), at(0)))
	require.False(t, d.Duplicate([]byte("frame"), at(0.002)))
	require.Zero(t, d.Dropped())
}

func TestDifferentFramesPassThrough(t *testing.T) {
	d := NewDedup(time.Millisecond, 256)
	for i := range 300 {
		require.False(t, d.Duplicate([]byte{byte(i), byte(i >> 8), 7}, at(0)))
	}
	require.Equal(t, 256, d.Buffered())
}

func TestRingBounded(t *testing.T) {
	d := NewDedup(time.Millisecond, 2)
	require.False(t, d.Duplicate([]byte("a"), at(0)))
	require.False(t, d.Duplicate([]byte("b"), at(0)))
	require.False(t, d.Duplicate([]byte("c"), at(0)))
	require.Equal(t, 2, d.Buffered())
	require.False(t, d.Duplicate([]byte("a"), at(0)), "it aged out of the ring")
	require.True(t, d.Duplicate([]byte("c"), at(0)))
}

func TestCapacityClampedToOne(t *testing.T) {
	for _, n := range []int{0, -5} {
		d := NewDedup(time.Millisecond, n)
		require.False(t, d.Duplicate([]byte("a"), at(0)))
		require.True(t, d.Duplicate([]byte("a"), at(0)))
		require.False(t, d.Duplicate([]byte("b"), at(0)))
		require.False(t, d.Duplicate([]byte("a"), at(0)))
		require.Equal(t, 1, d.Buffered())
	}
}

func TestSameHashDifferentLenKept(t *testing.T) {
	d := NewDedup(time.Millisecond, 4)
	require.False(t, d.Duplicate([]byte("frame"), at(0)))
	// The same hash under another length is not the same frame: make one.
	d.ring[0].len++
	require.False(t, d.Duplicate([]byte("frame"), at(0)))
}

func TestSteadyRepetitionIsNotFilteredForEver(t *testing.T) {
	d := NewDedup(time.Millisecond, 256)
	kept := 0
	for i := range 100 {
		if !d.Duplicate([]byte("beat"), at(float64(i)*0.0006)) {
			kept++
		}
	}
	require.Equal(t, 50, kept, "the window counts from the copy that was kept")
}

func TestTimeGoingBackwardsIsNoDuplicate(t *testing.T) {
	d := NewDedup(time.Millisecond, 256)
	require.False(t, d.Duplicate([]byte("frame"), at(10)))
	require.False(t, d.Duplicate([]byte("frame"), at(5)))
	require.True(t, d.Duplicate([]byte("frame"), at(9.9995)), "a copy may be stamped a little earlier")
	require.False(t, d.Duplicate([]byte("frame"), MinTimestamp))
	require.False(t, d.Duplicate([]byte("frame"), MaxTimestamp))
}

func TestDedupAgreesWithALinearScan(t *testing.T) {
	type entry struct {
		frame byte
		ts    Timestamp
	}
	d := NewDedup(time.Millisecond, 8)
	var ring []entry
	rng := uint64(1)
	ts := at(0)
	for range 20000 {
		rng = mix(rng^0xa0761d6478bd642f, 0xe7037ed1a0b428db)
		frame := byte(rng % 13)
		ts = ts.Add(time.Duration(rng>>8%700) * time.Microsecond)
		want := false
		for _, e := range ring {
			want = want || e.frame == frame && math.Abs(float64(ts.Sub(e.ts))) <= 1e6
		}
		require.Equal(t, want, d.Duplicate([]byte{frame}, ts))
		if !want {
			if ring = append(ring, entry{frame, ts}); len(ring) > 8 {
				ring = ring[1:]
			}
		}
	}
}

func TestEveryByteCountsInTheHash(t *testing.T) {
	for n := range 100 {
		b := bytes.Repeat([]byte{0x55}, n)
		h := hashBytes(b, 1)
		for i := range b {
			b[i] ^= 1
			require.NotEqual(t, h, hashBytes(b, 1), "byte %d of %d", i, n)
			b[i] ^= 1
		}
	}
}

func TestDedupAllocatesNothing(t *testing.T) {
	d := NewDedup(DefaultDedupWindow, DefaultDedupEntries)
	frame := make([]byte, 1500)
	ts := at(0)
	require.Zero(t, testing.AllocsPerRun(1000, func() {
		ts = ts.Add(time.Millisecond)
		frame[7]++
		d.Duplicate(frame, ts)
	}))
}

func BenchmarkDedup(b *testing.B) {
	for _, size := range []int{64, 1500} {
		b.Run(map[int]string{64: "64", 1500: "1500"}[size], func(b *testing.B) {
			d := NewDedup(DefaultDedupWindow, DefaultDedupEntries)
			frame := make([]byte, size)
			b.SetBytes(int64(size))
			for i := range b.N {
				frame[0], frame[1] = byte(i), byte(i>>8)
				d.Duplicate(frame, Timestamp(i)*1000)
			}
		})
	}
}
