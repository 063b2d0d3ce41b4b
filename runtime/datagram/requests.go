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
	d.expireRequests(f.Key(), f.User, p.Time)
	if status.Pair() == 0 {
		return 0, 0, false
	}
	pair, reply := (status.Pair()-1)/2, status.Pair()%2 == 0
	side := d.meta.Side
	if reply {
		side = side.Opposite()
	}
	n := f.User.state()
	bit := seenBit(status.PairKey(), proto, pair, side)
	if n != 0 {
		slot := d.states.slots.at(n)
		i := slot.first
		if slot.seen&bit == 0 {
			i = 0
		}
		for i != 0 {
			r := d.states.requests.at(i)
			if r.key != status.PairKey() || r.proto != proto || r.pair != pair || r.side != side {
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
	for most := min(d.table.protocols[proto].Pairs[pair].Max, maxWaiting); slot.first != 0 && int(slot.waiting) >= most; {
		d.states.dropOldest(slot)
	}
	i := d.states.takeRequest(d.tracker.Now())
	r := d.states.requests.at(i)
	if slot.first == 0 {
		slot.last, slot.seen, slot.until, slot.latest = i, 0, math.MaxInt64, math.MinInt64
	}
	r.next, r.route = slot.first, 0
	slot.first = i
	slot.waiting++
	slot.seen |= bit
	d.ask(slot, r, p, status, proto, pair)
	return 0, 0, false
}

// maxWaiting is what a slot can count.
const maxWaiting = math.MaxUint16

// seenBit is the bit of a request in its slot's seen.
func seenBit(key uint64, proto uint16, pair uint8, side flow.Side) uint32 {
	const mix = 0x9e3779b97f4a7c15
	return 1 << ((key ^ uint64(proto)<<40 ^ uint64(pair)<<56 ^ uint64(side)<<62) * mix >> 59)
}

// ask makes r, of the slot's list, the request at hand.
func (d *Driver) ask(slot *flowState, r *request, p *flow.Packet, status Status, proto uint16, pair uint8) {
	r.key, r.at, r.since, r.frame = status.PairKey(), p.Time, d.tracker.Now(), p.Number
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

// dropOldest forgets the oldest request of a slot that has some.
func (s *states) dropOldest(slot *flowState) {
	s.answered(slot, s.requests.at(slot.last))
	before := uint32(0)
	for i := slot.first; i != slot.last; i = s.requests.at(i).next {
		before = i
	}
	s.giveRequest(slot.last)
	if slot.last = before; before == 0 {
		slot.first = 0
	} else {
		s.requests.at(before).next = 0
	}
	slot.waiting--
}

func (s *states) giveRequest(i uint32) {
	s.requests.at(i).next = s.spare
	s.spare = i
}

// turn puts the list of a slot in the other order.
func (s *states) turn(slot *flowState) {
	before := uint32(0)
	for i := slot.first; i != 0; {
		r := s.requests.at(i)
		before, i, r.next = i, r.next, before
	}
	slot.first, slot.last = before, slot.first
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
	if !d.correct || status.Pair() == 0 {
		return
	}
	sender := flow.Initiator
	if status.Pair()%2 == 0 {
		sender = flow.Responder
	}
	if s := f.Stats(); d.meta.Side != sender && s.Packets[0]+s.Packets[1] == 1 {
		f.Flip()
		d.meta.Side = sender
	}
}

// expireRequests tells the requests of a flow that have waited too long when a packet of it with the time raw comes. The
// judged time follows a jump of the capture only when a second packet bears it out, and may have moved between a request and
// its reply that the capture has close together: such a request waits on.
func (d *Driver) expireRequests(k *flow.Key, w word, raw flow.Timestamp) {
	n := w.state()
	if n == 0 {
		return
	}
	slot := d.states.slots.at(n)
	now := d.tracker.Now()
	if slot.first == 0 || now <= slot.until {
		return
	}
	d.states.turn(slot) // they are told in the order in which they came
	i := slot.first
	slot.first, slot.last, slot.waiting, slot.seen = 0, 0, 0, 0
	slot.until, slot.latest = math.MaxInt64, math.MinInt64
	for i != 0 {
		r := d.states.requests.at(i)
		next, wait := r.next, d.table.protocols[r.proto].Pairs[r.pair].Expire
		until := r.since.Add(wait)
		if waited := raw.Sub(r.at); now > until && waited >= 0 && waited <= wait {
			r.since = now.Add(-waited)
			until = r.since.Add(wait)
		}
		if now <= until {
			// Each goes before those that came earlier.
			if r.next = slot.first; slot.first == 0 {
				slot.last = i
			}
			slot.first = i
			slot.waiting++
			slot.seen |= seenBit(r.key, r.proto, r.pair, r.side)
			slot.until, slot.latest = min(slot.until, until), max(slot.latest, until)
		} else {
			if r.route != 0 {
				d.unanswered(k, r)
			}
			d.states.answered(slot, r)
			d.states.giveRequest(i)
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
	if slot.open > 0 {
		d.states.turn(slot) // they are told in the order in which they came
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
	e.Reason = e.Protocol.Pairs[(status.Pair()-1)/2].Name
	d.emit(e)
}
