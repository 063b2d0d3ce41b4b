package datagram

import (
	"time"

	"github.com/flowscope/fsd/runtime/flow"
)

// request is a request of a flow, or one that was answered and whose reply may come again.
type request struct {
	key uint64
	// at is the packet's time; since is the time as judged then, from which it waits.
	at, since flow.Timestamp
	src, dst  flow.Addr
	sport     uint16
	dport     uint16
	frame     uint64
	face      int // the interface that saw it
	proto     uint16
	pair      uint8
	side      flow.Side
	answered  bool
}

// transact does with a message what its being a request or a reply asks for: the request that it answers is returned, and
// how long ago that was. A reply to nothing is unsolicited.
func (d *Driver) transact(p *flow.Packet, f *flow.Flow[word], proto uint16, status Status) (answers uint64, latency time.Duration, unsolicited bool) {
	d.expireRequests(f.Key(), f.User)
	if status.Pair == 0 {
		return 0, 0, false
	}
	pair, reply := (status.Pair-1)/2, status.Pair%2 == 0
	side := d.meta.Side
	if reply {
		side = side.Opposite()
	}
	var list []request
	if n := f.User.state(); n != 0 {
		list = d.states.slots[n-1].requests
	}
	for i := range list {
		r := &list[i]
		if r.key != status.PairKey || r.proto != proto || r.pair != pair || r.side != side {
			continue
		}
		if reply {
			r.answered = true
			return r.frame, max(p.Time.Sub(r.at), 0), false
		}
		if !r.answered {
			return 0, 0, false // sent again: the first one counts
		}
		*r = d.requestOf(p, status, proto, pair)
		return 0, 0, false
	}
	if reply {
		return 0, 0, true
	}
	n := f.User.state()
	if n == 0 {
		n = d.states.alloc()
		f.User = f.User.withState(n)
	}
	slot := &d.states.slots[n-1]
	if most := d.table.protocols[proto].Pairs[pair].Max; len(slot.requests) >= most {
		slot.requests = slot.requests[:copy(slot.requests, slot.requests[len(slot.requests)-most+1:])]
	}
	slot.requests = append(slot.requests, d.requestOf(p, status, proto, pair))
	return 0, 0, false
}

// correctRoles exchanges the roles of a flow whose first datagram, by what it says, is a reply from the initiator, or a
// request from the responder.
func (d *Driver) correctRoles(f *flow.Flow[word], status Status) {
	if !d.correct || status.Pair == 0 {
		return
	}
	sender := flow.Initiator
	if status.Pair%2 == 0 {
		sender = flow.Responder
	}
	if s := f.Stats(); d.meta.Side != sender && s.Packets[0]+s.Packets[1] == 1 {
		f.Flip()
		d.meta.Side = sender
	}
}

func (d *Driver) requestOf(p *flow.Packet, status Status, proto uint16, pair uint8) request {
	return request{
		key: status.PairKey, at: p.Time, since: d.tracker.Now(), src: p.Src, dst: p.Dst, sport: p.SrcPort, dport: p.DstPort,
		frame: p.Number, face: p.Interface, proto: proto, pair: pair, side: d.meta.Side,
	}
}

// expireRequests tells the requests of a flow that have waited too long.
func (d *Driver) expireRequests(k *flow.Key, w word) {
	n := w.state()
	if n == 0 || len(d.states.slots[n-1].requests) == 0 {
		return
	}
	slot := &d.states.slots[n-1]
	now := d.tracker.Now()
	kept := slot.requests[:0]
	for _, r := range slot.requests {
		if now.Sub(r.since) <= d.table.protocols[r.proto].Pairs[r.pair].Expire {
			kept = append(kept, r)
		} else if !r.answered {
			d.unanswered(k, &r)
		}
	}
	slot.requests = kept
}

// endRequests tells the requests that a flow leaves behind when it ends.
func (d *Driver) endRequests(k *flow.Key, w word) {
	n := w.state()
	if n == 0 {
		return
	}
	slot := &d.states.slots[n-1]
	if slot.refs > 1 {
		return // flows that share the state go on
	}
	for i := range slot.requests {
		if r := &slot.requests[i]; !r.answered {
			d.unanswered(k, r)
		}
	}
	slot.requests = slot.requests[:0]
}

// unanswered tells a request without a reply.
func (d *Driver) unanswered(k *flow.Key, r *request) {
	if !d.anomaly(AnomalyUnanswered) {
		return
	}
	stats := d.event.Stats
	e := &d.event
	*e = Event{
		Kind: EventAnomaly, Anomaly: AnomalyUnanswered, HasFlow: true, L4: flow.UDP, Key: *k, Stats: stats,
		Time: r.at, Frame: r.frame, Interface: r.face, Side: r.side, Protocol: d.table.protocols[r.proto],
		Src: r.src, SrcPort: r.sport, Dst: r.dst, DstPort: r.dport,
	}
	e.Reason = e.Protocol.Pairs[r.pair].Name
	d.emit(e)
}

// unsolicited tells a reply to nothing.
func (d *Driver) unsolicited(p *flow.Packet, f *flow.Flow[word], proto uint16, status Status) {
	if !d.anomaly(AnomalyUnsolicited) {
		return
	}
	e := d.begin(EventAnomaly, p)
	e.Anomaly, e.Key, e.Side, e.Protocol = AnomalyUnsolicited, *f.Key(), d.meta.Side, d.table.protocols[proto]
	e.Reason = e.Protocol.Pairs[(status.Pair-1)/2].Name
	d.emit(e)
}
