package datagram_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/flowscope/fsd/runtime/datagram"
	"github.com/flowscope/fsd/runtime/flow"
)

func TestShardedBatchesGiveTheSame(t *testing.T) {
	packets := traffic(3, 2000)
	run := func(batch, workers int, dedup bool) string {
		var out strings.Builder
		o := shardedOptions(100_000)
		if !dedup {
			o.Dedup = nil
		}
		s, err := datagram.NewSharded(shardedRegistry(t).NewTable(), datagram.ShardedOptions{
			Options: o, Workers: workers,
			NewRender: func() datagram.Render { return renderText },
			Output:    func(b []byte) error { out.Write(b); return nil },
		})
		require.NoError(t, err)
		defer s.Close()
		var list []flow.Packet
		for _, p := range packets {
			list = append(list, *p)
		}
		for len(list) > 0 {
			n := min(batch, len(list))
			require.NoError(t, s.TrackBatch(list[:n]))
			list = list[n:]
		}
		require.NoError(t, s.Finish())
		return out.String()
	}
	for _, dedup := range []bool{false, true} {
		want := run(1, 1, dedup)
		require.NotEmpty(t, want)
		for _, batch := range []int{7, 64, 1000} {
			require.Equal(t, want, run(batch, 1, dedup))
		}
		require.Equal(t, want, run(100, 3, dedup))
	}
}
