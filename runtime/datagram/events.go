package datagram

import (
	"time"

	"github.com/flowscope/fsd/runtime/flow"
)

// begin makes d.event that of a packet, and returns it: what a kind of event does not have is zero, but for Stats,
// which only EventClosed has.
func (d *Driver) begin(kind EventKind, p *flow.Packet) *Event {
	e := &d.event
	e.Kind = kind
	e.Anomaly = AnomalyNone
	e.End = flow.EndNone
	e.HasFlow = true
	e.Time, e.Frame, e.Interface = p.Time, p.Number, p.Interface
	e.Src, e.Dst, e.SrcPort, e.DstPort = p.Src, p.Dst, p.SrcPort, p.DstPort
	e.L4 = flow.UDP
	e.EvictedNow, e.EvictedTotal = 0, 0
	e.Protocol, e.Message, e.Status, e.Reason = nil, nil, Status{}, ""
	e.Answers, e.Latency = 0, 0
	return e
}

// started tells that the packet started a flow, after giving it what was announced of it.
func (d *Driver) started(p *flow.Packet, step *flow.Step[word]) {
	f := step.Flow
	if f == nil {
		// A TCP packet that starts a flow and ends it at once.
		d.tellStarted(p, &step.Ended.Key, step.Ended.L4(), step.Side, nil)
		return
	}
	var protocol *Protocol
	if step.Expected {
		d.arrived(&f.User)
		if proto, ok := f.User.proto(); ok {
			protocol = d.table.protocols[proto]
		}
	} else if d.correct && p.HasPayload && d.table.known(p.SrcPort) && !d.table.known(p.DstPort) {
		f.Flip()
		step.Side = step.Side.Opposite()
	}
	d.tellStarted(p, f.Key(), f.L4(), step.Side, protocol)
}

func (d *Driver) tellStarted(p *flow.Packet, k *flow.Key, l4 flow.L4, side flow.Side, protocol *Protocol) {
	d.stats.Started++
	if d.observer != nil {
		d.observer.FlowStarted(l4)
	}
	if d.emit == nil {
		return
	}
	e := d.begin(EventStarted, p)
	e.Key, e.L4, e.Side, e.Protocol = *k, l4, side, protocol
	d.emit(e)
}

// message tells the message that the datagram at hand held.
func (d *Driver) message(p *flow.Packet, f *flow.Flow[word], proto uint16, status Status, answers uint64, latency time.Duration) {
	if d.observer != nil {
		d.observer.Message(d.table.protocols[proto], d.meta.Side)
	}
	if d.emit == nil {
		return
	}
	e := d.begin(EventMessage, p)
	e.Key, e.Side = *f.Key(), d.meta.Side
	e.Protocol, e.Message, e.Status = d.table.protocols[proto], d.messages[proto], status
	e.Answers, e.Latency = answers, latency
	d.emit(e)
}

// anomaly counts an anomaly, and reports whether it is to be told.
func (d *Driver) anomaly(kind AnomalyKind) bool {
	d.stats.Anomalies[kind]++
	if d.observer != nil {
		d.observer.Anomaly(kind)
	}
	return d.anomalies && d.emit != nil
}

// parseAnomaly tells an anomaly that a poison verdict caused: one for each datagram, and so at most one for each flow,
// side and kind in a step.
func (d *Driver) parseAnomaly(p *flow.Packet, f *flow.Flow[word], proto uint16, status Status, kind AnomalyKind, reason string) {
	if !d.anomaly(kind) {
		return
	}
	e := d.begin(EventAnomaly, p)
	e.Anomaly, e.Key, e.Side = kind, *f.Key(), d.meta.Side
	e.Protocol, e.Status, e.Reason = d.table.protocols[proto], status, reason
	d.emit(e)
}

// pressure tells that flows were evicted in this step.
func (d *Driver) pressure(p *flow.Packet, now uint64) {
	if !d.anomaly(AnomalyEvictionPressure) {
		return
	}
	e := d.flowless(p.Time, p.Number)
	e.Anomaly = AnomalyEvictionPressure
	e.Interface = p.Interface
	e.EvictedNow, e.EvictedTotal = now, d.evicted
	d.emit(e)
}

// wildTime tells that an earlier packet's time stamp was wild.
func (d *Driver) wildTime(at flow.Timestamp, frame uint64) {
	if !d.anomaly(AnomalyWildTime) {
		return
	}
	e := d.flowless(at, frame)
	e.Anomaly = AnomalyWildTime
	d.emit(e)
}

// flowless makes d.event an anomaly that is about no flow.
func (d *Driver) flowless(at flow.Timestamp, frame uint64) *Event {
	stats := d.event.Stats
	d.event = Event{Kind: EventAnomaly, Time: at, Frame: frame, Stats: stats}
	return &d.event
}

// poisonClosed tells the end of a flow that the datagram at hand poisoned.
func (d *Driver) poisonClosed(p *flow.Packet, k *flow.Key, l4 flow.L4, stats *flow.Stats, proto uint16, status Status, reason string) {
	d.stats.Closed[flow.EndParseError]++
	if d.observer != nil {
		d.observer.FlowEnded(l4, flow.EndParseError, stats)
	}
	if d.emit == nil {
		return
	}
	e := d.begin(EventClosed, p)
	e.Key, e.L4, e.Side, e.End, e.Stats = *k, l4, d.meta.Side, flow.EndParseError, *stats
	e.Protocol, e.Status, e.Reason = d.table.protocols[proto], status, reason
	d.emit(e)
}

// flowEnded tells the end of a flow that left the table, and drops its state. A quarantined one was told before.
func (d *Driver) flowEnded(ended *flow.Ended[word]) {
	w := ended.User
	d.endRequests(&ended.Key, w)
	d.states.release(&ended.User)
	if w.has(wordQuarantined) {
		d.quarantined--
		return
	}
	d.stats.Closed[ended.Reason]++
	if d.observer != nil {
		d.observer.FlowEnded(ended.L4(), ended.Reason, &ended.Stats)
	}
	if d.emit == nil {
		return
	}
	e := &d.event
	*e = Event{
		Kind: EventClosed, End: ended.Reason, L4: ended.L4(), HasFlow: true,
		Time: d.at, Frame: 0, Key: ended.Key, Stats: ended.Stats,
	}
	e.Src, e.SrcPort = ended.Key.Source(ended.Initiator)
	e.Dst, e.DstPort = ended.Key.Destination(ended.Initiator)
	if proto, ok := w.proto(); ok {
		e.Protocol = d.table.protocols[proto]
	}
	d.emit(e)
}
