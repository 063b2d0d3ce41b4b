// Package prometheus shows what drivers count to Prometheus. It is a module of its own, so that only programs that use
// it need Prometheus' client library; without it, datagram.Metrics can write the text that Prometheus scrapes.
//
// It may import runtime/datagram and the client library.
package prometheus

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/flowscope/fsd/runtime/datagram"
)

// Collector gives the metrics of a datagram.Metrics to a registry:
//
//	metrics := new(datagram.Metrics) // the Observer of any number of drivers
//	prometheus.MustRegister(fsdprometheus.NewCollector(metrics))
//
// It reads the counters when it is collected, on any goroutine, and keeps nothing. Metrics that appear only once
// something was counted there are none: the set of names and labels is always the same.
type Collector struct {
	metrics *datagram.Metrics
	descs   map[string]*prometheus.Desc
	order   []string
}

// NewCollector returns a collector of m, which must not be nil.
func NewCollector(m *datagram.Metrics) *Collector {
	c := &Collector{metrics: m, descs: make(map[string]*prometheus.Desc)}
	for d := range m.All() {
		if c.descs[d.Name] != nil {
			continue
		}
		var labels []string
		if d.Label != "" {
			labels = []string{d.Label}
		}
		c.descs[d.Name] = prometheus.NewDesc(d.Name, d.Help, labels, nil)
		c.order = append(c.order, d.Name)
	}
	return c
}

// Describe implements prometheus.Collector.
func (c *Collector) Describe(to chan<- *prometheus.Desc) {
	for _, name := range c.order {
		to <- c.descs[name]
	}
}

// Collect implements prometheus.Collector.
func (c *Collector) Collect(to chan<- prometheus.Metric) {
	for m := range c.metrics.All() {
		desc := c.descs[m.Name]
		var labels []string
		if m.Label != "" {
			labels = []string{m.LabelValue}
		}
		switch m.Kind {
		case datagram.Histogram:
			buckets := make(map[float64]uint64, len(m.Buckets))
			for _, b := range m.Buckets {
				buckets[b.Bound] = b.Count
			}
			to <- prometheus.MustNewConstHistogram(desc, m.Count, m.Sum, buckets, labels...)
		case datagram.Gauge:
			to <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, m.Value, labels...)
		default:
			to <- prometheus.MustNewConstMetric(desc, prometheus.CounterValue, m.Value, labels...)
		}
	}
}
