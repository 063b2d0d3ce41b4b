package flow

import (
	"iter"
	"math/rand/v2"
	"time"
)

// Defaults of Config.
const (
	DefaultMaxFlows      = 100_000
	DefaultIdleTCP       = 300 * time.Second
	DefaultIdleUDP       = 60 * time.Second
	DefaultIdleOther     = 30 * time.Second
	DefaultSweepInterval = time.Second
)

// Never, as an idle timeout, means that flows do not end by being idle. (Any negative duration does.)
const Never time.Duration = -1

// IdleFunc gives the idle timeout of one flow, or false for that of its class. A timeout of 0 or less means never.
type IdleFunc func(key *Key, l4 L4) (time.Duration, bool)

// Config holds the options of a Tracker. The zero value means the defaults throughout.
type Config struct {
	// MaxFlows is the greatest number of live flows: one more takes the place of the least recently used. 0 means
	// DefaultMaxFlows; it is brought into 1 to MaxFlowsLimit.
	MaxFlows int
	// IdleTCP, IdleUDP and IdleOther are the idle timeouts by class. 0 means the default, Never none.
	IdleTCP, IdleUDP, IdleOther time.Duration
	// Idle, when not nil, is asked for the timeout of every live flow at every sweep. Such a sweep costs time in
	// proportion to the live flows, not only to those that end.
	Idle IdleFunc
	// SweepInterval is how often SweepDue asks for a sweep; 0 means DefaultSweepInterval, negative at every call.
	SweepInterval time.Duration
	// Monotonic makes the packets' time stamps run forward before they are used.
	Monotonic bool
	// MaxStep is that of the tracker's Clock.
	MaxStep time.Duration
	// Extractor makes keys; nil means FiveTuple{}.
	Extractor Extractor
	// MaxExpectations bounds the announced flows that are waited for; 0 means DefaultMaxExpectations.
	MaxExpectations int
	// Seed is the seed of the table's hash; 0 means a random one. What a tracker answers does not depend on it.
	Seed uint64
}

// TrackerStats are the counters of a Tracker. At any time Created = Ended + Forgotten + live flows.
type TrackerStats struct {
	// Created counts flows that started; CreatedBy by class.
	Created   uint64
	CreatedBy [numL4]uint64
	// Ended counts flows that ended; EndedBy by reason.
	Ended   uint64
	EndedBy [NumEndReasons]uint64
	// Forgotten counts flows that were dropped by Forget.
	Forgotten uint64
	// Packets counts packets that belong to a flow, Unmatched those that belong to none; UnmatchedBy tells these by
	// the verdict (VerdictOK: the extractor found no identity).
	Packets     uint64
	Unmatched   uint64
	UnmatchedBy [NumVerdicts]uint64
	// Expected counts flows that an expectation had announced, ExpectationsDropped those that nobody used.
	Expected, ExpectationsDropped uint64
}

// Evicted returns how many flows lost their place to another.
func (s *TrackerStats) Evicted() uint64 { return s.EndedBy[EndEvicted] }

// Step says what a packet did. Events of the packet come in this order: the end of Evicted; the start of the flow when
// New; the change of state when From and To differ; the packet itself; the end of Ended.
type Step[S any] struct {
	// Flow is the packet's flow; nil when the packet is unmatched, and when it ended its flow: see Ended then.
	Flow *Flow[S]
	// Evicted is the flow that lost its place to this one, nil if none. It is good until the next call.
	Evicted *Ended[S]
	// Ended is the packet's own flow when the packet ended it (EndFin, EndRst). It is good until the next call.
	Ended *Ended[S]
	// Side is the sender's role, Orientation the packet's orientation.
	Side        Side
	Orientation Orientation
	// New: the packet started the flow.
	New bool
	// Expected: the flow was announced by Expect, and has the announced User.
	Expected bool
	// From and To are the flow's states before and after the packet.
	From, To State
}

// Matched reports whether the packet belongs to a flow.
func (s *Step[S]) Matched() bool { return s.Flow != nil || s.Ended != nil }

// Tracker is a bounded table of live flows, in order of use. S is the caller's state per flow, kept in the entry.
//
// A tracker ends flows only in Track (eviction; TCP), Sweep, Finish, End and Forget. A packet of a flow that has been
// idle for too long but was not swept continues the flow.
//
// A Tracker is not safe for concurrent use.
type Tracker[S any] struct {
	table  table
	chunks []*chunk[S]
	due    []Timestamp // for each block of entries, a lower bound of the times at which one of them may be idle
	free   uint32      // first free entry
	newest uint32      // ends of the order of use
	oldest uint32
	hot    uint32 // entry of the most recent packet

	seed      uint64
	extractor Extractor // nil: FiveTuple{}
	idle      [numL4]time.Duration
	idleFunc  IdleFunc
	nextDue   Timestamp // lower bound of due
	clock     Clock
	monotonic *Monotonic
	interval  time.Duration
	lastSweep Timestamp
	swept     bool // lastSweep is set
	stats     TrackerStats

	key     Key // of the packet at hand
	victim  Ended[S]
	ended   Ended[S]
	expired []uint32
	onWarm  func(user S, step int)
	warmth  uint32 // keeps the loads of warm from being optimised away
	expect  expectations[S]
}

// NewTracker returns a tracker with no flows. Memory is taken as flows come, and kept for others when they end.
func NewTracker[S any](c Config) *Tracker[S] {
	t := &Tracker[S]{
		free: none, newest: none, oldest: none, hot: none,
		seed: c.Seed, extractor: c.Extractor, idleFunc: c.Idle, nextDue: MaxTimestamp,
		interval: c.SweepInterval, clock: Clock{MaxStep: c.MaxStep},
	}
	if t.seed == 0 {
		t.seed = rand.Uint64()
	}
	if t.interval == 0 {
		t.interval = DefaultSweepInterval
	}
	if ft, ok := c.Extractor.(FiveTuple); ok && ft == (FiveTuple{}) {
		t.extractor = nil
	}
	if c.Monotonic {
		t.monotonic = new(Monotonic)
	}
	t.setIdle(TCP, c.IdleTCP, DefaultIdleTCP)
	t.setIdle(UDP, c.IdleUDP, DefaultIdleUDP)
	t.setIdle(Other, c.IdleOther, DefaultIdleOther)
	t.table.init(clampFlows(c.MaxFlows))
	t.expect.init(c.MaxExpectations)
	return t
}

func clampFlows(n int) int {
	if n == 0 {
		n = DefaultMaxFlows
	}
	return min(max(n, 1), MaxFlowsLimit)
}

func (t *Tracker[S]) setIdle(l4 L4, d, standard time.Duration) {
	if d == 0 {
		d = standard
	}
	t.idle[l4] = d
}

func (t *Tracker[S]) flow(i uint32) *Flow[S] { return &t.chunks[i>>chunkBits].flows[i&(chunkSize-1)] }
func (t *Tracker[S]) link(i uint32) *link    { return &t.chunks[i>>chunkBits].links[i&(chunkSize-1)] }

// Len returns the number of live flows.
func (t *Tracker[S]) Len() int { return t.table.used }

// MaxFlows returns the greatest number of live flows.
func (t *Tracker[S]) MaxFlows() int { return t.table.max }

// Stats returns the tracker's counters.
func (t *Tracker[S]) Stats() TrackerStats { return t.stats }

// Now returns the time as judged from the packets: see Clock.
func (t *Tracker[S]) Now() Timestamp { return t.clock.Now() }

// Track counts a decoded packet to its flow, which it starts if need be, and makes it the most recently used. With a
// monotonic clock, p.Time is set to the time that was used. Track allocates nothing but room for more flows.
//
// The packet's time becomes the flow's last, even if it is earlier than that; but not if it is so much earlier than the
// judged time that it may be wild (see Clock): such a packet does not make its flow look idle.
func (t *Tracker[S]) Track(p *Packet) Step[S] {
	ts := p.Time
	if t.monotonic != nil && p.Layer == 0 {
		ts = t.monotonic.Clamp(ts)
		p.Time = ts
	}
	t.clock.of(p)
	// Bursts of one flow need no look-up, and mostly no key.
	i := t.hot
	o, same := Forward, false
	if i != none && t.extractor == nil && p.Verdict == VerdictOK {
		o, same = t.flow(i).key.of(p)
	}
	if same {
		t.stats.Packets++
	} else {
		if t.extractor == nil {
			if p.Verdict != VerdictOK {
				t.unmatched(p)
				return Step[S]{}
			}
			o = fiveTuple(p, &t.key)
		} else {
			var ok bool
			if o, ok = t.extractor.Extract(p, &t.key); !ok {
				t.unmatched(p)
				return Step[S]{}
			}
		}
		t.stats.Packets++
		if i == none || !t.flow(i).key.equal(&t.key) {
			h := t.key.HashSeed(t.seed)
			if i = t.lookup(&t.key, h); i == none {
				return t.first(p, ts, o, h)
			}
			t.touch(i)
			t.hot = i
		}
	}
	f := t.flow(i)
	side := f.Side(o)
	f.count(side, p.Wire())
	if ts >= f.last {
		f.last = ts
	} else if !t.clock.late(ts) {
		f.last = ts
		t.lower(i, t.deadline(f, ts))
	}
	if p.Proto == ProtoTCP && f.key.L4() == TCP {
		s := Step[S]{Flow: f, Side: side, Orientation: o}
		t.tcp(f, p, &s)
		return s
	}
	return Step[S]{Flow: f, Side: side, Orientation: o}
}

// first tracks the first packet of the flow with the key in t.key.
func (t *Tracker[S]) first(p *Packet, ts Timestamp, o Orientation, h uint64) Step[S] {
	s := Step[S]{New: true, Orientation: o}
	i := t.create(p, ts, h, &s)
	t.hot = i
	f := t.flow(i)
	s.Flow, s.Side = f, f.Side(o)
	f.count(s.Side, p.Wire())
	if p.Proto == ProtoTCP && f.key.L4() == TCP {
		t.tcp(f, p, &s)
	}
	return s
}

func (t *Tracker[S]) unmatched(p *Packet) {
	t.stats.Unmatched++
	if v := p.Verdict; v < numVerdicts {
		t.stats.UnmatchedBy[v]++
	}
}

// tcp moves the state of a TCP flow.
func (t *Tracker[S]) tcp(f *Flow[S], p *Packet, s *Step[S]) {
	h := f.History()
	h.packet(p.TCPFlags, p.PayloadWire > 0, s.Side)
	f.bits = f.bits&^historyMask | uint64(h)
	var closer Side
	s.From, closer = f.state()
	s.To = tcpNext(s.From, closer, s.Side, p.TCPFlags)
	if s.To == s.From {
		return
	}
	if !s.To.Terminal() {
		f.setState(s.To, s.Side)
		return
	}
	reason := EndFin
	if s.To == Reset {
		reason = EndRst
	}
	t.end(t.hot, reason, &t.ended)
	t.ended.State = s.To
	s.Flow, s.Ended = nil, &t.ended
}

// lookup returns the index of the entry with this key, or none.
func (t *Tracker[S]) lookup(k *Key, h uint64) uint32 {
	home := t.table.home(h)
	tag := t.table.tag(h, home)
	pos, i, d := t.table.find(tag, home, 0)
	for i != none && !t.flow(i).key.equal(k) {
		pos, i, d = t.table.find(tag, pos+1, d+1)
	}
	return i
}

// create starts a flow with the key in t.key.
func (t *Tracker[S]) create(p *Packet, ts Timestamp, h uint64, s *Step[S]) uint32 {
	if t.table.used >= t.table.max {
		t.end(t.oldest, EndEvicted, &t.victim)
		s.Evicted = &t.victim
	}
	i := t.alloc()
	f := t.flow(i)
	f.key = t.key
	f.first, f.last = ts, ts
	initiator := s.Orientation
	if t.expect.len() > 0 {
		if e := t.expect.take(p, ts); e != nil {
			f.User = e.User
			initiator ^= Orientation(e.Sender)
			s.Expected = true
			t.stats.Expected++
		}
	}
	f.bits = uint64(initiator) * orientBit
	if t.table.full() || !t.table.insert(h, i) {
		t.rebuild(t.table.nextSize())
	}
	t.pushNewest(i)
	t.lower(i, t.deadline(f, ts))
	t.stats.Created++
	t.stats.CreatedBy[f.key.L4()]++
	return i
}

// alloc returns an entry that is zero.
func (t *Tracker[S]) alloc() uint32 {
	if t.free == none {
		base := uint32(len(t.chunks)) << chunkBits
		c := new(chunk[S])
		t.chunks = append(t.chunks, c)
		for range chunkSize / blockSize {
			t.due = append(t.due, MaxTimestamp)
		}
		// Free entries are handed out in order.
		for i := range c.links {
			c.links[i] = link{freed, base + uint32(i) + 1}
		}
		c.links[chunkSize-1].older = none
		t.free = base
	}
	i := t.free
	l := t.link(i)
	t.free = l.older
	*l = link{none, none}
	return i
}

// rebuild makes a table of n slots, or more, with all entries that are in use.
func (t *Tracker[S]) rebuild(n int) {
	for {
		if t.rebuilt(n) {
			return
		}
		// Astronomically unlikely: too many entries near each other. Another seed will do, or more room.
		t.seed = mix(t.seed^0x9e3779b97f4a7c15, 0xe7037ed1a0b428db)
		n += n/8 + dispMask + 1
	}
}

func (t *Tracker[S]) rebuilt(n int) bool {
	t.table.slots = make([]uint32, (n+dispMask)&^dispMask)
	t.table.used = 0
	for c, chunk := range t.chunks {
		for i := range chunk.links {
			if chunk.links[i].newer == freed {
				continue
			}
			if !t.table.insert(chunk.flows[i].key.HashSeed(t.seed), uint32(c<<chunkBits|i)) {
				return false
			}
		}
	}
	return true
}

// end takes entry i out of the table and writes what it was to e.
func (t *Tracker[S]) end(i uint32, reason EndReason, e *Ended[S]) {
	f := t.flow(i)
	f.into(e, reason)
	t.table.remove(f.key.HashSeed(t.seed), i)
	t.unlink(i)
	*f = Flow[S]{}
	*t.link(i) = link{freed, t.free}
	t.free = i
	if t.hot == i {
		t.hot = none
	}
	if reason == EndNone {
		t.stats.Forgotten++
		return
	}
	t.stats.Ended++
	t.stats.EndedBy[reason]++
}

// touch makes i the most recently used.
func (t *Tracker[S]) touch(i uint32) {
	if t.newest != i {
		t.unlink(i)
		t.pushNewest(i)
	}
}

func (t *Tracker[S]) unlink(i uint32) {
	l := t.link(i)
	if l.newer != none {
		t.link(l.newer).older = l.older
	} else {
		t.newest = l.older
	}
	if l.older != none {
		t.link(l.older).newer = l.newer
	} else {
		t.oldest = l.newer
	}
}

func (t *Tracker[S]) pushNewest(i uint32) {
	*t.link(i) = link{none, t.newest}
	if t.newest != none {
		t.link(t.newest).newer = i
	} else {
		t.oldest = i
	}
	t.newest = i
}

// Get returns the live flow with this key, or nil. It does not count as use.
func (t *Tracker[S]) Get(k *Key) *Flow[S] {
	if i := t.index(k); i != none {
		return t.flow(i)
	}
	return nil
}

func (t *Tracker[S]) index(k *Key) uint32 {
	if t.hot != none && t.flow(t.hot).key.equal(k) {
		return t.hot
	}
	return t.lookup(k, k.HashSeed(t.seed))
}

// All yields the live flows, most recently used first. It does not count as use. The loop must not start or end flows.
func (t *Tracker[S]) All() iter.Seq[*Flow[S]] {
	return func(yield func(*Flow[S]) bool) {
		for i := t.newest; i != none; i = t.link(i).older {
			if !yield(t.flow(i)) {
				return
			}
		}
	}
}

// Snapshot yields the keys and counters of the live flows, most recently used first, each made when it is asked for.
// It does not count as use. The loop must not start or end flows.
func (t *Tracker[S]) Snapshot() iter.Seq2[Key, Stats] {
	return func(yield func(Key, Stats) bool) {
		for f := range t.All() {
			if !yield(f.key, f.Stats()) {
				return
			}
		}
	}
}

// End ends a flow for a reason of the caller's: EndParseError, EndForceClosed and so on. It returns what the flow was,
// good until the next call, or nil when there is no such flow.
func (t *Tracker[S]) End(k *Key, reason EndReason) *Ended[S] {
	i := t.index(k)
	if i == none {
		return nil
	}
	t.end(i, reason, &t.ended)
	return &t.ended
}

// Forget drops a flow as if it had never been: it does not count as ended, but as forgotten. It returns what the flow
// was, so that the caller can release its state; good until the next call; nil when there is no such flow.
func (t *Tracker[S]) Forget(k *Key) *Ended[S] { return t.End(k, EndNone) }

// SetMaxFlows changes the greatest number of live flows, within the limits of Config.MaxFlows. When there are more,
// the least recently used end with EndEvicted, and each is given to ended, which must not call the tracker.
func (t *Tracker[S]) SetMaxFlows(n int, ended func(*Ended[S])) {
	n = clampFlows(n)
	for t.table.used > n {
		t.end(t.oldest, EndEvicted, &t.victim)
		if ended != nil {
			ended(&t.victim)
		}
	}
	// Indices may be greater than n: entries do not move.
	width := min(max(n, len(t.chunks)<<chunkBits), MaxFlowsLimit)
	used := t.table.used
	t.table.init(width)
	t.table.max = n
	t.rebuild(slotsFor(used + 32))
}
