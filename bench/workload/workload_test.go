package workload

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/flowscope/fsd/runtime/capture"
	"github.com/flowscope/fsd/runtime/flow"
)

func TestCapturesHoldWhatTheySay(t *testing.T) {
	for _, c := range []*Capture{DNSCapture(2000), MixedCapture(2000), FlowsCapture(2000, 1000), FlowsCapture(500, 1)} {
		var a, b bytes.Buffer
		require.NoError(t, c.Write(&a))
		require.NoError(t, c.Write(&b))
		require.True(t, bytes.Equal(a.Bytes(), b.Bytes()), "%s differs the second time", c.Name)
		r, err := capture.NewReader(&a, c.Name)
		require.NoError(t, err)
		tr := flow.NewTracker[uint64](flow.Config{})
		var p flow.Packet
		for r.Next(&p) == nil {
			require.Equal(t, flow.VerdictOK, flow.Decode(&p))
			tr.Track(&p)
		}
		require.EqualValues(t, c.Packets, tr.Stats().Packets)
		require.EqualValues(t, c.Flows, tr.Stats().Created, c.Name)
		require.Zero(t, tr.Stats().Ended)
	}
}
