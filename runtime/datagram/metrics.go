package datagram

import (
	"fmt"
	"io"
	"iter"
	"math/bits"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/flowscope/fsd/runtime/flow"
)

// Metrics is an Observer that counts. Its labels are classes, never anything of a key. Any number of drivers may share
// one, on any goroutines, and it may be read at any time. The zero value is ready.
//
// What it counted can be read in three forms: All for programs (and collectors of other systems: package
// runtime/prometheus is one), WriteTo for the text that Prometheus scrapes, and String, which makes a *Metrics a
// variable for package expvar:
//
//	expvar.Publish("fsd", metrics)
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

// MetricKind is what a metric's value means.
type MetricKind uint8

// The kinds.
const (
	Counter   MetricKind = iota // only grows
	Gauge                       // goes up and down
	Histogram                   // a distribution
)

var metricKindNames = []string{"counter", "gauge", "histogram"}

// String returns the kind's name in lower case.
func (k MetricKind) String() string {
	if int(k) < len(metricKindNames) {
		return metricKindNames[k]
	}
	return "MetricKind(" + strconv.Itoa(int(k)) + ")"
}

// Metric is one value of a Metrics, or one distribution. Those of one name follow each other, and differ in the value
// of their label.
type Metric struct {
	Name, Help string // Name begins with fsd_; Help is a sentence
	Kind       MetricKind
	Label      string // the label's name, empty when there is none
	LabelValue string
	Value      float64 // of a Counter or Gauge: whole numbers

	// Of a Histogram: how many values there were, their sum, and the buckets in use, smallest bound first. Count is
	// that of the last bucket when there is one: it is read once.
	Count   uint64
	Sum     float64
	Buckets []Bucket
}

// Bucket says how many values of a distribution are at most Bound.
type Bucket struct {
	Bound float64
	Count uint64
}

// All yields what was counted so far. Flows that are forgotten or still live have no part in distributions and bytes.
func (m *Metrics) All() iter.Seq[Metric] {
	return func(yield func(Metric) bool) {
		_ = m.counts(yield) && m.distributions(yield)
	}
}

func (m *Metrics) counts(yield func(Metric) bool) bool {
	counter := func(name, help, label string, value fmt.Stringer, n *atomic.Uint64) bool {
		c := Metric{Name: "fsd_" + name, Help: help, Label: label, Value: float64(n.Load())}
		if label != "" {
			c.LabelValue = value.String()
		}
		return yield(c)
	}
	for i := range m.created {
		if !counter("flows_created_total", "Flows seen for the first time.", "l4", flow.L4(i), &m.created[i]) {
			return false
		}
	}
	for i := range m.ended {
		if r := flow.EndReason(i); r != flow.EndNone && !counter("flows_ended_total", "Flows that ended.", "reason", r, &m.ended[i]) {
			return false
		}
	}
	if !yield(Metric{Name: "fsd_flows_active", Help: "Flows that started and did not end.", Kind: Gauge, Value: float64(m.active.Load())}) {
		return false
	}
	for i := range m.unmatched {
		if !counter("packets_unmatched_total", "Frames without a flow.", "verdict", flow.Verdict(i), &m.unmatched[i]) {
			return false
		}
	}
	if !counter("packets_duplicate_total", "Frames that the dedup filtered.", "", nil, &m.duplicates) ||
		!counter("messages_total", "Datagrams decoded whole.", "", nil, &m.messages) {
		return false
	}
	for i := range m.anomalies {
		if k := AnomalyKind(i); k != AnomalyNone && !counter("anomalies_total", "Anomalies, told or not.", "kind", k, &m.anomalies[i]) {
			return false
		}
	}
	for i := range m.bytes {
		if !counter("bytes_total", "Frame bytes of flows that ended.", "side", flow.Side(i), &m.bytes[i]) {
			return false
		}
	}
	return true
}

func (m *Metrics) distributions(yield func(Metric) bool) bool {
	return yield(m.duration.metric("fsd_flow_duration_seconds", "Time from the first to the last packet of a flow.", 1000)) &&
		yield(m.packets.metric("fsd_flow_packets", "Packets of a flow.", 1)) &&
		yield(m.size.metric("fsd_flow_bytes", "Frame bytes of a flow.", 1))
}

// metric gives the buckets up to the last one that holds something; values are divided by unit.
func (h *histogram) metric(name, help string, unit float64) Metric {
	var counts [len(h.buckets)]uint64
	last := -1
	for i := range counts {
		if counts[i] = h.buckets[i].Load(); counts[i] > 0 {
			last = i
		}
	}
	d := Metric{Name: name, Help: help, Kind: Histogram, Sum: float64(h.sum.Load()) / unit}
	for i := 0; i <= last; i++ {
		d.Count += counts[i]
		// Bucket i ends below 2^i, and values are whole.
		d.Buckets = append(d.Buckets, Bucket{float64(uint64(1)<<i-1) / unit, d.Count})
	}
	return d
}

// WriteTo writes all metrics in the text format of Prometheus (version 0.0.4).
func (m *Metrics) WriteTo(w io.Writer) (int64, error) {
	var b strings.Builder
	name := ""
	for c := range m.All() {
		if c.Name != name {
			name = c.Name
			fmt.Fprintf(&b, "# HELP %s %s\n# TYPE %s %s\n", name, c.Help, name, c.Kind)
		}
		switch {
		case c.Kind == Histogram:
			for _, k := range c.Buckets {
				fmt.Fprintf(&b, "%s_bucket{le=\"%v\"} %d\n", name, k.Bound, k.Count)
			}
			fmt.Fprintf(&b, "%s_bucket{le=\"+Inf\"} %d\n%s_sum %v\n%s_count %d\n", name, c.Count, name, c.Sum, name, c.Count)
		case c.Label != "":
			fmt.Fprintf(&b, "%s{%s=%q} %.0f\n", name, c.Label, c.LabelValue, c.Value)
		default:
			fmt.Fprintf(&b, "%s %.0f\n", name, c.Value)
		}
	}
	n, err := io.WriteString(w, b.String())
	return int64(n), err
}

// String returns all metrics as a JSON object, as package expvar wants it: names without fsd_, what has a label as an
// object of its values, a distribution as an object of count and sum.
func (m *Metrics) String() string {
	b := []byte{'{'}
	name, labelled := "", false
	for c := range m.All() {
		if c.Name != name {
			if labelled {
				b = append(b, '}')
			}
			if name != "" {
				b = append(b, ',')
			}
			name, labelled = c.Name, c.Label != ""
			b = append(strconv.AppendQuote(b, strings.TrimPrefix(name, "fsd_")), ':')
			if labelled {
				b = append(b, '{')
			}
		} else {
			b = append(b, ',')
		}
		switch {
		case c.Kind == Histogram:
			b = fmt.Appendf(b, `{"count":%d,"sum":%s}`, c.Count, strconv.FormatFloat(c.Sum, 'f', -1, 64))
		case labelled:
			b = fmt.Appendf(b, "%q:%.0f", c.LabelValue, c.Value)
		default:
			b = fmt.Appendf(b, "%.0f", c.Value)
		}
	}
	return string(append(b, '}'))
}
