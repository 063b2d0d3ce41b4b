package datagram

import (
	"fmt"
	"io"
	"math/bits"
	"strings"
	"sync/atomic"
	"time"

	"github.com/flowscope/fsd/runtime/flow"
)

// Metrics is an Observer that counts. Its labels are classes, never anything of a key. Any number of drivers may share
// one, on any goroutines, and it may be read at any time. The zero value is ready.
type Metrics struct {
	created    [3]atomic.Uint64 // by flow.L4
	ended      [flow.NumEndReasons]atomic.Uint64
	active     atomic.Int64
	unmatched  [flow.NumVerdicts]atomic.Uint64
	duplicates atomic.Uint64
	messages   atomic.Uint64
	anomalies  [NumAnomalyKinds]atomic.Uint64
	bytes      [2]atomic.Uint64 // by flow.Side, of flows that ended
	duration   histogram        // milliseconds
	packets    histogram
	size       histogram // bytes
}

// histogram counts values by their number of bits: bucket i holds those below 2^i that the buckets before do not.
type histogram struct {
	buckets [65]atomic.Uint64
	sum     atomic.Uint64
}

func (h *histogram) add(v uint64) {
	h.buckets[bits.Len64(v)].Add(1)
	h.sum.Add(v)
}

// FlowStarted implements Observer.
func (m *Metrics) FlowStarted(l4 flow.L4) {
	m.created[l4%3].Add(1)
	m.active.Add(1)
}

// FlowEnded implements Observer.
func (m *Metrics) FlowEnded(_ flow.L4, reason flow.EndReason, stats *flow.Stats) {
	m.ended[min(int(reason), flow.NumEndReasons-1)].Add(1)
	m.active.Add(-1)
	for side := range stats.Bytes {
		m.bytes[side].Add(stats.Bytes[side])
	}
	m.duration.add(uint64(stats.Duration() / time.Millisecond))
	m.packets.add(stats.Packets[0] + stats.Packets[1])
	m.size.add(stats.Bytes[0] + stats.Bytes[1])
}

// Message implements Observer.
func (m *Metrics) Message(*Protocol, flow.Side) { m.messages.Add(1) }

// Anomaly implements Observer.
func (m *Metrics) Anomaly(kind AnomalyKind) { m.anomalies[min(int(kind), NumAnomalyKinds-1)].Add(1) }

// Unmatched implements Observer.
func (m *Metrics) Unmatched(v flow.Verdict) { m.unmatched[min(int(v), flow.NumVerdicts-1)].Add(1) }

// Duplicate implements Observer.
func (m *Metrics) Duplicate() { m.duplicates.Add(1) }

// WriteTo writes all metrics in the text format of Prometheus (version 0.0.4). Flows that are forgotten or still live
// have no part in histograms and bytes.
func (m *Metrics) WriteTo(w io.Writer) (int64, error) {
	var b strings.Builder
	head := func(name, kind, help string) {
		fmt.Fprintf(&b, "# HELP fsd_%s %s\n# TYPE fsd_%s %s\n", name, help, name, kind)
	}
	head("flows_created_total", "counter", "Flows seen for the first time.")
	for i := range m.created {
		fmt.Fprintf(&b, "fsd_flows_created_total{l4=%q} %d\n", flow.L4(i), m.created[i].Load())
	}
	head("flows_ended_total", "counter", "Flows that ended.")
	for i := range m.ended {
		if r := flow.EndReason(i); r != flow.EndNone {
			fmt.Fprintf(&b, "fsd_flows_ended_total{reason=%q} %d\n", r, m.ended[i].Load())
		}
	}
	head("flows_active", "gauge", "Flows that started and did not end.")
	fmt.Fprintf(&b, "fsd_flows_active %d\n", m.active.Load())
	head("packets_unmatched_total", "counter", "Frames without a flow.")
	for i := range m.unmatched {
		fmt.Fprintf(&b, "fsd_packets_unmatched_total{verdict=%q} %d\n", flow.Verdict(i), m.unmatched[i].Load())
	}
	head("packets_duplicate_total", "counter", "Frames that the dedup filtered.")
	fmt.Fprintf(&b, "fsd_packets_duplicate_total %d\n", m.duplicates.Load())
	head("messages_total", "counter", "Datagrams decoded whole.")
	fmt.Fprintf(&b, "fsd_messages_total %d\n", m.messages.Load())
	head("anomalies_total", "counter", "Anomalies, told or not.")
	for i := range m.anomalies {
		if k := AnomalyKind(i); k != AnomalyNone {
			fmt.Fprintf(&b, "fsd_anomalies_total{kind=%q} %d\n", k, m.anomalies[i].Load())
		}
	}
	head("bytes_total", "counter", "Frame bytes of flows that ended.")
	for i := range m.bytes {
		fmt.Fprintf(&b, "fsd_bytes_total{side=%q} %d\n", flow.Side(i), m.bytes[i].Load())
	}
	head("flow_duration_seconds", "histogram", "Time from the first to the last packet of a flow.")
	m.duration.write(&b, "fsd_flow_duration_seconds", 1000)
	head("flow_packets", "histogram", "Packets of a flow.")
	m.packets.write(&b, "fsd_flow_packets", 1)
	head("flow_bytes", "histogram", "Frame bytes of a flow.")
	m.size.write(&b, "fsd_flow_bytes", 1)
	n, err := io.WriteString(w, b.String())
	return int64(n), err
}

// write writes the buckets up to the last one that holds something; values are divided by unit.
func (h *histogram) write(b *strings.Builder, name string, unit float64) {
	var counts [len(h.buckets)]uint64
	last := 0
	for i := range counts {
		if counts[i] = h.buckets[i].Load(); counts[i] > 0 {
			last = i
		}
	}
	var total uint64
	for i := 0; i <= last; i++ {
		total += counts[i]
		// Bucket i ends below 2^i, and values are whole.
		fmt.Fprintf(b, "%s_bucket{le=\"%v\"} %d\n", name, float64(uint64(1)<<i-1)/unit, total)
	}
	fmt.Fprintf(b, "%s_bucket{le=\"+Inf\"} %d\n%s_sum %v\n%s_count %d\n", name, total, name, float64(h.sum.Load())/unit, name, total)
}
