package datagram_test

import (
	"bytes"
	"encoding/json"
	"expvar"
	"log/slog"
	"maps"
	"slices"
	"testing"

	"github.com/flowscope/fsd/runtime/datagram"
	"github.com/flowscope/fsd/runtime/flow"
	"github.com/stretchr/testify/require"
)

func logger(out *bytes.Buffer, level slog.Level) *slog.Logger {
	return slog.New(slog.NewTextHandler(out, &slog.HandlerOptions{Level: level, ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}))
}

func TestLogObserverTellsFlowsAnomaliesAndMessages(t *testing.T) {
	var out bytes.Buffer
	o := datagram.Options{
		Observer: datagram.LogObserver{Logger: logger(&out, datagram.LevelTrace)},
		Dedup:    flow.NewDedup(0, 1),
	}
	w := newWorld(t, o, protocol("text", 7))
	w.udp(0, 4000, 7, "ok")
	w.udp(0, 4000, 7, "ok")
	w.udp(1, -7, 4000, "bad")
	w.give(1, []byte{1})
	require.Equal(t, `level=INFO msg="flow started" l4=udp
level=DEBUG-4 msg=message proto=text side=initiator
level=DEBUG-4 msg="duplicate frame"
level=ERROR msg=anomaly kind=parse_error severity=error
level=INFO msg="flow ended" l4=udp reason=parse_error packets=2 bytes=89 duration=1s
level=DEBUG-4 msg="frame without flow" verdict=truncated_header
`, out.String())
}

func TestLogObserverIsSilentBelowItsLevel(t *testing.T) {
	var out bytes.Buffer
	w := newWorld(t, datagram.Options{Observer: datagram.LogObserver{Logger: logger(&out, slog.LevelError+1)}}, protocol("text", 7))
	w.udp(0, 4000, 7, "ok")
	w.udp(1, 4000, 7, "bad")
	require.Empty(t, out.String())
}

// countingObserver implements only what it wants to know.
type countingObserver struct {
	datagram.NopObserver
	started, ended int
}

func (o *countingObserver) FlowStarted(flow.L4)                            { o.started++ }
func (o *countingObserver) FlowEnded(flow.L4, flow.EndReason, *flow.Stats) { o.ended++ }

func TestObserverSeesEachFlowEndOnce(t *testing.T) {
	o := new(countingObserver)
	w := newWorld(t, datagram.Options{Observer: o, Policy: datagram.QuarantinePoisoned}, protocol("text", 7))
	w.udp(0, 4000, 7, "bad")
	w.udp(0, 4001, 7, "ok")
	w.give(0, tcp(1, 2, flow.TCPRst, ""))
	w.d.Finish()
	require.Equal(t, countingObserver{started: 3, ended: 3}, *o)
}

func TestMetricsCountByClass(t *testing.T) {
	m := new(datagram.Metrics)
	w := newWorld(t, datagram.Options{Observer: m, Dedup: flow.NewDedup(0, 1)}, protocol("text", 7))
	w.udp(0, 4000, 7, "ok")
	w.udp(0, 4000, 7, "ok")
	w.udp(3, -7, 4000, "bad")
	w.udp(3, 4001, 7, "ok")
	w.give(4, tcp(1, 2, flow.TCPSyn, ""))
	w.give(4, []byte{1})
	var out bytes.Buffer
	n, err := m.WriteTo(&out)
	require.NoError(t, err)
	require.Equal(t, int64(out.Len()), n)
	for _, line := range lines(
		`fsd_flows_created_total{l4="udp"} 2`, `fsd_flows_created_total{l4="tcp"} 1`, `fsd_flows_created_total{l4="other"} 0`,
		`fsd_flows_ended_total{reason="parse_error"} 1`, `fsd_flows_ended_total{reason="idle"} 0`, `fsd_flows_active 2`,
		`fsd_packets_unmatched_total{verdict="truncated_header"} 1`, `fsd_packets_duplicate_total 1`, `fsd_messages_total 2`,
		`fsd_anomalies_total{kind="parse_error"} 1`, `fsd_bytes_total{side="initiator"} 44`, `fsd_bytes_total{side="responder"} 45`,
		`fsd_flow_duration_seconds_bucket{le="2.047"} 0`, `fsd_flow_duration_seconds_bucket{le="4.095"} 1`,
		`fsd_flow_duration_seconds_bucket{le="+Inf"} 1`, `fsd_flow_duration_seconds_sum 3`, `fsd_flow_duration_seconds_count 1`,
		`fsd_flow_packets_bucket{le="3"} 1`, `fsd_flow_bytes_bucket{le="127"} 1`, `fsd_flow_bytes_sum 89`,
		`# TYPE fsd_flow_bytes histogram`,
	) {
		require.Contains(t, out.String(), line+"\n")
	}
}

// A Metrics is a variable of package expvar: it must be JSON, and say what was counted.
func TestMetricsAreAVariableOfExpvar(t *testing.T) {
	m := new(datagram.Metrics)
	var v expvar.Var = m
	var empty, busy map[string]any
	require.NoError(t, json.Unmarshal([]byte(v.String()), &empty))
	w := newWorld(t, datagram.Options{Observer: m}, protocol("text", 7))
	w.udp(0, 4000, 7, "ok")
	w.udp(3, -7, 4000, "bad")
	require.NoError(t, json.Unmarshal([]byte(v.String()), &busy))
	require.Equal(t, slices.Sorted(maps.Keys(empty)), slices.Sorted(maps.Keys(busy)), "names do not come and go")
	require.Equal(t, map[string]any{"tcp": 0.0, "udp": 1.0, "other": 0.0}, busy["flows_created_total"])
	require.Equal(t, 0.0, busy["flows_active"])
	require.Equal(t, 1.0, busy["messages_total"])
	require.Equal(t, map[string]any{"count": 1.0, "sum": 3.0}, busy["flow_duration_seconds"])
}

func TestMetricsMayBeReadWhileDriversCount(t *testing.T) {
	m := new(datagram.Metrics)
	done := make(chan struct{})
	go func() {
		defer close(done)
		w := newWorld(t, datagram.Options{Observer: m}, protocol("text", 7))
		for i := range 200 {
			w.udp(float64(i), 4000+i%5, 7, "ok")
		}
	}()
	for range 50 {
		for c := range m.All() {
			if c.Kind != datagram.Gauge {
				require.GreaterOrEqual(t, c.Value, 0.0)
			}
			if n := len(c.Buckets); n > 0 {
				require.Equal(t, c.Buckets[n-1].Count, c.Count)
			}
		}
	}
	<-done
	for c := range m.All() {
		if c.Name == "fsd_messages_total" {
			require.Equal(t, 200.0, c.Value)
		}
	}
}
