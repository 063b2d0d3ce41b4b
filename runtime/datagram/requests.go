package datagram

import (
	"math"
	"time"

	"github.com/flowscope/fsd/runtime/flow"
)

// request is a request of a flow, or one that was answered and whose reply may come again.
type request struct {
	key uint64
	// at is the packet's time; since is the time as judged then, from which it waits.
	at, since flow.Timestamp
	frame     uint64
	next      uint32 // the next one of the flow, or 0
	route     uint32 // 0 once it was answered
	proto     uint16
	pair      uint8
	side      flow.Side
}

// route is what is told of a request that nobody answered, and only then.
type route struct {
	src, dst     flow.Addr
	sport, dport uint16
	face         int32 // the interface that saw it
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
	n := f.User.state()
	if n != 0 {
		slot := d.states.slots.at(n)
		for i := slot.first; i != 0; {
			r := d.states.requests.at(i)
			if r.key != status.PairKey || r.proto != proto || r.pair != pair || r.side != side {
				i = r.next
				continue
			}
			if reply {
				d.states.answered(slot, r)
				return r.frame, max(p.Time.Sub(r.at), 0), false
			}
			if r.route == 0 { // otherwise it is sent again: the first one counts
				d.ask(slot, r, p, status, proto, pair)
			}
			return 0, 0, false
		}
	}
	if reply {
		return 0, 0, true
	}
	if n == 0 {
		n = d.states.alloc()
		f.User = f.User.withState(n)
	}
	slot := d.states.slots.at(n)
	for slot.first != 0 && int(slot.waiting) >= d.table.protocols[proto].Pairs[pair].Max {
		d.states.dropRequest(slot, 0, slot.first)
	}
	i := d.states.takeRequest(d.tracker.Now())
	r := d.states.requests.at(i)
	r.next, r.route = 0, 0
	if slot.last == 0 {
		slot.first, slot.until, slot.latest = i, math.MaxInt64, math.MinInt64
	} else {
		d.states.requests.at(slot.last).next = i
	}
	slot.last = i
	slot.waiting++
	d.ask(slot, r, p, status, proto, pair)
	return 0, 0, false
}

// ask makes r, of the slot's list, the request at hand.
func (d *Driver) ask(slot *flowState, r *request, p *flow.Packet, status Status, proto uint16, pair uint8) {
	r.key, r.at, r.since, r.frame = status.PairKey, p.Time, d.tracker.Now(), p.Number
	r.proto, r.pair, r.side = proto, pair, d.meta.Side
	r.route = d.states.routes.take()
	*d.states.routes.at(r.route) = route{p.Src, p.Dst, p.SrcPort, p.DstPort, int32(p.Interface)}
	slot.open++
	until := r.since.Add(d.table.protocols[proto].Pairs[pair].Expire)
	slot.until, slot.latest = min(slot.until, until), max(slot.latest, until)
}

// answered keeps of a request what its reply needs, should that come again.
func (s *states) answered(slot *flowState, r *request) {
	if r.route != 0 {
		s.routes.give(r.route)
		r.route = 0
		slot.open--
	}
}

// takeRequest returns the number of a request that is free, as it was left.
func (s *states) takeRequest(now flow.Timestamp) uint32 {
	if s.spare == 0 {
		s.reclaim(now)
	}
	i := s.spare
	if i == 0 {
		return s.requests.take()
	}
	s.spare = s.requests.at(i).next
	return i
}

// reclaim looks at a few slots for requests that nobody will ask for: all were answered, long enough ago that a reply
// would be unsolicited. Flows that are silent until they are idle would keep them. A few more slots than there are new
// requests is enough to come round.
func (s *states) reclaim(now flow.Timestamp) {
	for range min(4, s.slots.used) {
		s.hand = s.hand%s.slots.used + 1
		if slot := s.slots.at(s.hand); slot.first != 0 && slot.open == 0 && now > slot.latest {
			s.forgetRequests(slot)
		}
	}
}

// dropRequest forgets request number i of a slot, which follows number before, 0 for none.
func (s *states) dropRequest(slot *flowState, before, i uint32) {
	r := s.requests.at(i)
	s.answered(slot, r)
	if before == 0 {
		slot.first = r.next
	} else {
		s.requests.at(before).next = r.next
	}
	if slot.last == i {
		slot.last = before
	}
	slot.waiting--
	r.next = s.spare
	s.spare = i
}

// forgetRequests forgets all requests of a slot.
func (s *states) forgetRequests(slot *flowState) {
	for i := slot.first; i != 0 && slot.open > 0; {
		r := s.requests.at(i)
		s.answered(slot, r)
		i = r.next
	}
	if slot.first != 0 {
		s.requests.at(slot.last).next = s.spare
		s.spare = slot.first
	}
	slot.first, slot.last, slot.waiting = 0, 0, 0
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

// expireRequests tells the requests of a flow that have waited too long.
func (d *Driver) expireRequests(k *flow.Key, w word) {
	n := w.state()
	if n == 0 {
		return
	}
	slot := d.states.slots.at(n)
	now := d.tracker.Now()
	if slot.first == 0 || now <= slot.until {
		return
	}
	slot.until, slot.latest = math.MaxInt64, math.MinInt64
	for before, i := uint32(0), slot.first; i != 0; {
		r := d.states.requests.at(i)
		next, expire := r.next, d.table.protocols[r.proto].Pairs[r.pair].Expire
		if now.Sub(r.since) <= expire {
			until := r.since.Add(expire)
			slot.until, slot.latest = min(slot.until, until), max(slot.latest, until)
			before = i
		} else {
			if r.route != 0 {
				d.unanswered(k, r)
			}
			d.states.dropRequest(slot, before, i)
		}
		i = next
	}
}

// endRequests tells the requests that a flow leaves behind when it ends.
func (d *Driver) endRequests(k *flow.Key, w word) {
	n := w.state()
	if n == 0 {
		return
	}
	slot := d.states.slots.at(n)
	if slot.refs > 1 {
		return // flows that share the state go on
	}
	for i := slot.first; i != 0 && slot.open > 0; {
		r := d.states.requests.at(i)
		if r.route != 0 {
			d.unanswered(k, r)
			d.states.answered(slot, r)
		}
		i = r.next
	}
	d.states.forgetRequests(slot)
}

// unanswered tells a request without a reply.
func (d *Driver) unanswered(k *flow.Key, r *request) {
	if !d.anomaly(AnomalyUnanswered) {
		return
	}
	stats := d.event.Stats
	e, way := &d.event, d.states.routes.at(r.route)
	*e = Event{
		Kind: EventAnomaly, Anomaly: AnomalyUnanswered, HasFlow: true, L4: flow.UDP, Key: *k, Stats: stats,
		Time: r.at, Frame: r.frame, Interface: int(way.face), Side: r.side, Protocol: d.table.protocols[r.proto],
		Src: way.src, SrcPort: way.sport, Dst: way.dst, DstPort: way.dport,
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
