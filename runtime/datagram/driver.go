package datagram

import (
	"errors"
	"fmt"
	"iter"

	"github.com/flowscope/fsd/runtime/flow"
)

// Options are those of a Driver. The zero value is a driver with a tracker's defaults that closes poisoned flows and
// tells no anomalies.
type Options struct {
	// Flow holds the options of the flow table: timeouts, the greatest number of flows, the monotonic clock and so
	// on. Its Extractor decides what a flow is; addresses and ports that parsers see are always the datagram's.
	Flow flow.Config
	// Anomalies: tell EventAnomaly. Counters count regardless.
	Anomalies bool
	// Policy is what becomes of a poisoned flow.
	Policy Policy
	// PoisonAfter is which poison verdict on the datagrams of one side of a flow poisons it: those before it count
	// as malformed datagrams. 0 means 1; at most 255.
	PoisonAfter int
	// CorrectRoles exchanges the roles of a flow whose first datagram comes from a port that a protocol lists and
	// goes to one that none does, or is a reply by its content (a protocol with requests and replies says so): the
	// capture began in the middle. The flow's stats record it. What only the content shows is known behind the
	// flow's EventStarted.
	CorrectRoles bool
	// ManualSweep: only Sweep ends idle flows. Otherwise Track sweeps too, after the packet's own events, whenever
	// Flow.SweepInterval of the capture's time has passed.
	ManualSweep bool
	// Dedup, when not nil, filters frames that the capture holds twice. It sees the raw time stamps.
	Dedup *flow.Dedup
	// Reassembler, when not nil, puts fragments together: the whole packets are tracked in their place, and those
	// that never become whole leave no flow. Without it fragments are flows of their own kind and never parsed.
	Reassembler *flow.Reassembler
	// Decoder, when it is Layered, finds what tunnels over UDP carry: after the events of a datagram come those of
	// the packet inside of it, as of a packet of its own. A Driver is given packets that this decoder has decoded; a
	// Sharded decodes with it, nil standing for flow.Decode. Several drivers may share one.
	Decoder *flow.Decoder
	// Observer, when not nil, is told what happens, for metrics and logs.
	Observer Observer
}

// Driver tracks the flows of decoded packets, parses the UDP datagrams among them with the protocols of a table, and
// tells what happens as events. It does nothing of its own accord and reads no clock; all time is the capture's.
//
// In steady state, with flows known, it allocates nothing. It is not safe for concurrent use, and shares nothing with
// other drivers but the table.
type Driver struct {
	table       *Table
	emit        func(*Event)
	tracker     *flow.Tracker[word]
	dedup       *flow.Dedup
	reassembler *flow.Reassembler
	decoder     *flow.Decoder // nil when there are no layers
	observer    Observer
	policy      Policy
	poisonAfter int
	anomalies   bool
	correct     bool
	auto        bool

	states   states
	warmth   uint32    // keeps the loads of warm from being optimised away
	messages []Message // by protocol: storage for one message, made when first needed
	stats    Stats
	perProto []ProtocolStats
	wild     wildClock

	evicted     uint64 // flows evicted so far
	quarantined int    // flows in the table

	announced []announcement // ring
	announces uint64

	// Of the step at hand.
	event Event
	meta  Meta
	tried []uint16
	at    flow.Timestamp // when flows end that no datagram ends

	onEnded, onEvicted func(*flow.Ended[word])
}

// NewDriver returns a driver that recognises the protocols of table, and calls emit for every event: on the goroutine
// of the caller, before the call that caused it returns. emit must not call the driver; nil means that only counters
// are wanted.
func NewDriver(table *Table, emit func(*Event), o Options) (*Driver, error) {
	switch {
	case table == nil:
		return nil, errors.New("new driver: no table; make one with Registry.NewTable")
	case o.Policy >= numPolicies:
		return nil, fmt.Errorf("new driver: %v is no policy", o.Policy)
	case o.PoisonAfter < 0 || o.PoisonAfter > maxVerdicts:
		return nil, fmt.Errorf("new driver: poison after %d: must be 1 to %d", o.PoisonAfter, maxVerdicts)
	}
	if o.Flow.MaxExpectations <= 0 {
		o.Flow.MaxExpectations = flow.DefaultMaxExpectations
	}
	d := &Driver{
		table:       table,
		emit:        emit,
		tracker:     flow.NewTracker[word](o.Flow),
		dedup:       o.Dedup,
		reassembler: o.Reassembler,
		observer:    o.Observer,
		policy:      o.Policy,
		poisonAfter: max(o.PoisonAfter, 1),
		anomalies:   o.Anomalies,
		correct:     o.CorrectRoles,
		auto:        !o.ManualSweep,
		states:      newStates(table.protocols),
		messages:    make([]Message, len(table.protocols)),
		perProto:    newProtocolStats(table.protocols),
		announced:   make([]announcement, 2*o.Flow.MaxExpectations),
		wild:        wildClock{step: o.Flow.MaxStep},
	}
	if o.Decoder != nil && o.Decoder.Layered {
		d.decoder = o.Decoder
	}
	d.tracker.OnWarm(d.warm)
	d.onEnded = d.flowEnded
	d.onEvicted = func(e *flow.Ended[word]) {
		d.evicted++
		d.flowEnded(e)
	}
	return d, nil
}

// udpHeader is the length of a UDP header in bytes.
const udpHeader = 8

// Track takes the next packet, which must have been through flow.Decode, and tells what follows from it. The packet's
// payload is parsed where it is; nothing of the packet is kept. With a monotonic clock p.Time is set to the time used,
// and a fragment that makes a packet whole becomes it; with a layered Options.Decoder p becomes the innermost packet.
func (d *Driver) Track(p *flow.Packet) {
	if p.Layer > 0 {
		d.stats.Inner++
	} else {
		d.stats.Frames++
		if d.dedup != nil && d.dedup.Duplicate(p.Frame, p.Time) {
			d.stats.Duplicates++
			if d.observer != nil {
				d.observer.Duplicate()
			}
			return
		}
	}
	d.layer(p)
	for d.decoder != nil && d.decoder.Inner(p) {
		d.stats.Inner++
		d.layer(p)
	}
}

// layer tracks one packet of a frame.
func (d *Driver) layer(p *flow.Packet) {
	if p.Fragment && p.Verdict == flow.VerdictOK {
		d.stats.Fragments++
		if d.reassembler != nil {
			if !reassemble(d.reassembler, p) {
				return
			}
			d.stats.Reassembled++
		}
	}
	d.track(p)
	if d.auto && d.tracker.SweepDue() {
		d.Sweep(d.tracker.Now())
	}
}

// TrackBatch is Track for each of the packets, in order. With many flows it is faster: what the table will need of
// memory is fetched for many packets at once.
func (d *Driver) TrackBatch(packets []flow.Packet) {
	for len(packets) > 0 {
		n := min(len(packets), warmAhead)
		d.tracker.Warm(packets[:n])
		for i := range packets[:n] {
			d.Track(&packets[i])
		}
		packets = packets[n:]
	}
}

// warmAhead is how many packets TrackBatch prepares for at a time.
const warmAhead = 64

// reassemble gives a fragment to r, and reports whether p is now the whole packet.
func reassemble(r *flow.Reassembler, p *flow.Packet) bool {
	part := int(p.FragmentWire)
	if !r.Add(p) {
		return false
	}
	if p.HasPayload {
		// The last fragment's frame as it would have been with all of the packet in it.
		p.WireLen = p.Wire() - part + udpHeader + int(p.PayloadWire)
	}
	return true
}

// track is Track behind the filters.
func (d *Driver) track(p *flow.Packet) {
	step := d.tracker.Track(p)
	d.at = p.Time
	if !step.Matched() {
		d.stats.Unmatched[min(int(p.Verdict), flow.NumVerdicts-1)]++
		if d.observer != nil {
			d.observer.Unmatched(p.Verdict)
		}
		d.noticeWild(p)
		return
	}
	if step.Evicted != nil {
		d.onEvicted(step.Evicted)
	}
	if step.New {
		d.started(p, &step)
	}
	switch f := step.Flow; {
	case f != nil && p.HasPayload:
		d.datagram(p, f, step.Side)
	case p.Fragment:
		// Counted before.
	default:
		d.stats.NotUDP[p.L4()]++
	}
	if step.Ended != nil {
		d.flowEnded(step.Ended)
	}
	if step.Evicted != nil {
		d.pressure(p, 1)
	}
	d.noticeWild(p)
}

// Sweep ends the flows that have been idle for their timeout at now, most recently used first. now is taken at its
// word; Now is what no single packet can lead astray.
func (d *Driver) Sweep(now flow.Timestamp) {
	d.at = now
	d.tracker.Sweep(now, d.onEnded)
}

// Now returns the time as judged from the packets so far.
func (d *Driver) Now() flow.Timestamp { return d.tracker.Now() }

// Finish ends all flows, as idle, most recently used first: for the end of the input. A second Finish tells nothing.
func (d *Driver) Finish() { d.finish(d.tracker.Now()) }

func (d *Driver) finish(now flow.Timestamp) {
	d.at = now
	d.tracker.Finish(d.onEnded)
}

// Forget drops a flow and all state of it, without an event, as if it had never been. It reports whether there was
// one.
func (d *Driver) Forget(k *flow.Key) bool {
	e := d.tracker.Forget(k)
	if e == nil {
		return false
	}
	if e.User.has(wordQuarantined) {
		d.quarantined--
	} else {
		d.stats.Forgotten++
	}
	d.states.release(&e.User)
	return true
}

// Close ends a flow for a reason, mostly flow.EndForceClosed, and tells EventClosed. It reports whether there was one.
func (d *Driver) Close(k *flow.Key, reason flow.EndReason) bool {
	d.at = d.tracker.Now()
	e := d.tracker.End(k, reason)
	if e == nil {
		return false
	}
	d.flowEnded(e)
	return true
}

// Stats returns the driver's counters.
func (d *Driver) Stats() Stats { return d.stats }

// ProtocolStats returns the counters of every protocol of the table, in its order. They are the driver's own and go on
// counting; the caller must not change them.
func (d *Driver) ProtocolStats() []ProtocolStats { return d.perProto }

// TrackerStats returns the counters of the flow table.
func (d *Driver) TrackerStats() flow.TrackerStats { return d.tracker.Stats() }

// Len returns the number of flows in the table, those in quarantine included.
func (d *Driver) Len() int { return d.tracker.Len() }

// Quarantined returns the number of flows in quarantine.
func (d *Driver) Quarantined() int { return d.quarantined }

// ParserStates returns how many flows have a parser of their own at present.
func (d *Driver) ParserStates() int { return d.states.live }

// SetIdleFunc replaces the per-flow timeout function, for flows that are live as well; nil restores the timeouts by
// class.
func (d *Driver) SetIdleFunc(fn flow.IdleFunc) { d.tracker.SetIdleFunc(fn) }

// SetMaxFlows changes the greatest number of flows. Those that are too many are closed as evicted, least recently
// used first.
func (d *Driver) SetMaxFlows(n int) {
	d.at = d.tracker.Now()
	d.tracker.SetMaxFlows(n, d.onEvicted)
}

// Flows yields the live flows, most recently used first, with their stats and their protocol, nil for none. It does
// not count as use. The loop must not call the driver.
func (d *Driver) Flows() iter.Seq2[*flow.Key, FlowInfo] {
	return func(yield func(*flow.Key, FlowInfo) bool) {
		for f := range d.tracker.All() {
			info := FlowInfo{Stats: f.Stats(), L4: f.L4(), Quarantined: f.User.has(wordQuarantined)}
			if proto, ok := f.User.proto(); ok {
				info.Protocol = d.table.protocols[proto]
			}
			if !yield(f.Key(), info) {
				return
			}
		}
	}
}

// FlowInfo is what a driver knows of a live flow.
type FlowInfo struct {
	Stats flow.Stats
	L4    flow.L4
	// Protocol is the one that the flow is bound to, or the last candidate; nil when there is none.
	Protocol *Protocol
	// Quarantined: the flow was poisoned, and is kept as a tombstone.
	Quarantined bool
}
