package wire

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/flowscope/fsd/runtime/flow"
)

func TestARateCountsInWindowsThatBeginWithADatagram(t *testing.T) {
	var r Rate
	var clock flow.Clock
	add := func(millis int64, side flow.Side) int64 {
		r.Add(clock.Observe(flow.FromUnix(1000, millis*1e6)), time.Second, side)
		return r.Total()
	}
	require.EqualValues(t, 1, add(0, flow.Initiator))
	require.EqualValues(t, 2, add(500, flow.Responder))
	require.EqualValues(t, 3, add(999, flow.Initiator))
	require.EqualValues(t, 1, r.Of(flow.Responder))
	require.EqualValues(t, 1, add(1000, flow.Initiator))
	require.EqualValues(t, 2, add(1_000_000, flow.Initiator), "one wild time stamp begins no window")
	require.EqualValues(t, 3, add(1100, flow.Initiator))
	require.EqualValues(t, 1, add(2500, flow.Initiator))
}

func TestKeysOfDifferentPartsDiffer(t *testing.T) {
	seen := map[uint64]bool{}
	for n := range uint64(1 << 16) {
		seen[Key(0, n)] = true
	}
	require.Equal(t, 1<<16, len(seen))
	clear(seen)
	for _, b := range []string{"", "\x00", "\x00\x00", "a", "ab", "ba", "\x00a"} {
		seen[KeyBytes(0, []byte(b))] = true
	}
	require.Equal(t, 7, len(seen))
}
