package flow

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWarmingShardsChangesNothing(t *testing.T) {
	trackers := []*Tracker[uint64]{NewTracker[uint64](Config{}), NewTracker[uint64](Config{}), nil}
	var packets []Packet
	var of []uint8
	for i := range 3 * warmFlows {
		p := *packet(at(0), client(0))
		p.SrcPort, p.Src[15] = uint16(i), byte(i>>13)
		if i%100 == 0 {
			p.Verdict = VerdictNotIP
		}
		packets, of = append(packets, p), append(of, uint8(i%3))
		if t := trackers[i%3]; t != nil {
			t.Track(&p)
		}
	}
	before := []TrackerStats{trackers[0].Stats(), trackers[1].Stats()}
	newest := []uint32{trackers[0].newest, trackers[1].newest}
	WarmShards(trackers, packets, of)
	trackers[0].Warm(packets)
	for i, tr := range trackers[:2] {
		require.Greater(t, tr.Len(), warmFlows/2)
		require.Equal(t, before[i], tr.Stats())
		require.Equal(t, newest[i], tr.newest)
	}
	require.Zero(t, testing.AllocsPerRun(10, func() { WarmShards(trackers, packets, of) }))
}
