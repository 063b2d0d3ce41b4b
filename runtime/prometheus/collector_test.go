package prometheus_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	client "github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/require"

	"github.com/flowscope/fsd/runtime/datagram"
	"github.com/flowscope/fsd/runtime/flow"
	"github.com/flowscope/fsd/runtime/prometheus"
)

// busy are metrics of which every kind has been counted.
func busy() *datagram.Metrics {
	m := new(datagram.Metrics)
	for range 3 {
		m.FlowStarted(flow.UDP)
	}
	s := &flow.Stats{Packets: [2]uint64{2, 1}, Bytes: [2]uint64{100, 50}, First: 0, Last: flow.Timestamp(3 * time.Second)}
	m.FlowEnded(flow.UDP, flow.EndIdle, s)
	m.Anomaly(datagram.AnomalyParseError)
	m.Unmatched(flow.VerdictNotIP)
	m.Duplicate()
	return m
}

func TestCollectorGivesWhatTheTextFormSays(t *testing.T) {
	m := busy()
	var text bytes.Buffer
	_, err := m.WriteTo(&text)
	require.NoError(t, err)
	require.NoError(t, testutil.CollectAndCompare(prometheus.NewCollector(m), &text))
}

func TestCollectorFollowsTheCounters(t *testing.T) {
	m := new(datagram.Metrics)
	c := prometheus.NewCollector(m)
	registry := client.NewPedanticRegistry()
	require.NoError(t, registry.Register(c))
	names := func() (list []string) {
		problems, err := testutil.CollectAndLint(c)
		require.NoError(t, err)
		require.Empty(t, problems)
		families, err := registry.Gather()
		require.NoError(t, err)
		for _, f := range families {
			list = append(list, f.GetName())
		}
		return list
	}
	before := names()
	require.NotEmpty(t, before)
	m.FlowStarted(flow.TCP)
	require.Equal(t, before, names(), "names do not appear by counting")
	require.NoError(t, testutil.CollectAndCompare(c, strings.NewReader("# HELP fsd_flows_active Flows that started and did not end.\n# TYPE fsd_flows_active gauge\nfsd_flows_active 1\n"), "fsd_flows_active"))
}
