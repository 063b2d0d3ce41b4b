package datagram

import "github.com/flowscope/fsd/runtime/flow"

// word is what a driver keeps of a flow, in the 8 bytes that the flow table has for its user:
//
//	 0..31  number of the flow's parser state, 0 when it has none
//	32..43  number of its protocol plus one, 0 when there is none
//	44      confirmed: the flow is bound to the protocol
//	45      quarantined: a tombstone
//	46      expected: announced by another flow, which counts as a listed port
//	47      observed: poisoned, under a policy that goes on
//	48..55  poison verdicts on the initiator's datagrams, 56..63 on the responder's; they saturate
//
// The zero word is that of a new flow.
type word uint64

const (
	wordConfirmed word = 1 << (44 + iota)
	wordQuarantined
	wordExpected
	wordObserved

	wordState = 1<<32 - 1
	wordProto = maxProtocols << 32
)

// maxVerdicts is what the word can count, and so the greatest Options.PoisonAfter.
const maxVerdicts = 255

func (w word) has(flags word) bool { return w&flags != 0 }

// proto returns the number of the flow's protocol, and false when there is none.
func (w word) proto() (uint16, bool) {
	n := uint16(w & wordProto >> 32)
	return n - 1, n != 0
}

func (w word) withProto(proto uint16) word { return w&^wordProto | word(proto+1)<<32 }

func (w word) withoutProto() word { return w &^ (wordProto | wordConfirmed) }

func (w word) state() uint32 { return uint32(w & wordState) }

func (w word) withState(state uint32) word { return w&^wordState | word(state) }

// verdicts returns how many poison verdicts the side had.
func (w word) verdicts(side flow.Side) int { return int(w >> verdictShift(side) & maxVerdicts) }

func (w word) withVerdicts(side flow.Side, n int) word {
	shift := verdictShift(side)
	return w&^(maxVerdicts<<shift) | word(min(n, maxVerdicts))<<shift
}

func verdictShift(side flow.Side) uint { return 48 + 8*uint(side&1) }

// states holds the parsers of flows, by number. Flows of stateless protocols have none: they share a parser.
type states struct {
	slots    slab[flowState]
	live     int
	pools    []pool // by protocol
	requests slab[request]
	routes   slab[route]
	spare    uint32 // requests that were given back: a list, by next
	hand     uint32 // the slot that reclaim looks at next
}

// flowState is what the protocols of one flow, or of a flow and those that it announced, remember.
type flowState struct {
	// parsers holds mostly one; a flow that several protocols share, as STUN and RTP do, has one of each.
	parsers []boundParser
	// Requests wait for replies: a list, newest first, 0 for none; what a flow asks is mostly answered before it asks
	// again. Up to until none of them has waited too long, after latest all have.
	first, last   uint32
	waiting, open uint16 // how many there are, and without an answer
	seen          uint32 // a bit of each one's hash: who has none is not in the list
	until, latest flow.Timestamp
	refs          uint32
	// age counts the flows that the slot has served, so that who remembers its number can tell.
	age uint32
}

type boundParser struct {
	proto  uint16
	parser Parser
}

// maxParsers bounds the parsers of one flow.
const maxParsers = 4

// pool makes parsers of one protocol.
type pool struct {
	newParser func() Parser
	// hosts, when not nil, is the parser whose knowledge of hosts all others share.
	hosts Parser
	// shared is the parser of all flows of a stateless protocol, otherwise nil.
	shared Parser
	// spare holds parsers that were reset; only for parsers that can be.
	spare []Parser
}

// maxSpare bounds the spare parsers of one protocol.
const maxSpare = 256

func newStates(protocols []*Protocol) states {
	s := states{pools: make([]pool, len(protocols))}
	for i, p := range protocols {
		s.pools[i].newParser = p.NewParser
		if p.Stateless {
			s.pools[i].shared = p.NewParser()
		} else if p.PerHost {
			s.pools[i].hosts = p.NewParser()
		}
	}
	return s
}

// parser returns the flow's parser for a protocol, and whether it had to be made.
func (s *states) parser(w *word, proto uint16) (p Parser, made bool) {
	pool := &s.pools[proto]
	if pool.shared != nil {
		return pool.shared, false
	}
	number := w.state()
	if number == 0 {
		number = s.alloc()
		*w = w.withState(number)
	}
	slot := s.slots.at(number)
	for i := range slot.parsers {
		if slot.parsers[i].proto == proto {
			return slot.parsers[i].parser, false
		}
	}
	if len(slot.parsers) == maxParsers {
		// The first is the flow's own protocol, or as good as any.
		s.recycle(slot.parsers[1])
		slot.parsers = append(slot.parsers[:1], slot.parsers[2:]...)
	}
	p = pool.get()
	slot.parsers = append(slot.parsers, boundParser{proto, p})
	return p, true
}

// warm touches what the driver will need of a flow's state: the slot, and then its newest request.
func (d *Driver) warm(w word, step int) {
	number := w.state()
	if number == 0 {
		return
	}
	slot := d.states.slots.at(number)
	if step == 0 {
		d.warmth += slot.refs
	} else if slot.first != 0 {
		d.warmth += d.states.requests.at(slot.first).next
	}
}

// drop forgets what the flow remembers for one protocol, and for those that share its state.
func (s *states) drop(w *word, proto uint16) {
	number := w.state()
	if number == 0 {
		return
	}
	slot := s.slots.at(number)
	for i := range slot.parsers {
		if slot.parsers[i].proto == proto {
			s.recycle(slot.parsers[i])
			last := len(slot.parsers) - 1
			copy(slot.parsers[i:], slot.parsers[i+1:])
			slot.parsers[last] = boundParser{}
			slot.parsers = slot.parsers[:last]
			break
		}
	}
	if len(slot.parsers) == 0 && slot.refs == 1 {
		s.release(w)
	}
}

// alloc returns the number of an empty state with one reference.
func (s *states) alloc() uint32 {
	number := s.slots.take()
	s.slots.at(number).refs = 1
	s.live++
	return number
}

// release drops the word's reference: the parsers go with the last one.
func (s *states) release(w *word) {
	number := w.state()
	if number == 0 {
		return
	}
	*w = w.withState(0)
	slot := s.slots.at(number)
	if slot.refs--; slot.refs > 0 {
		return
	}
	for i := range slot.parsers {
		s.recycle(slot.parsers[i])
		slot.parsers[i] = boundParser{}
	}
	slot.parsers = slot.parsers[:0]
	s.forgetRequests(slot)
	slot.age++
	s.slots.give(number)
	s.live--
}

func (s *states) recycle(b boundParser) {
	pool := &s.pools[b.proto]
	if r, ok := b.parser.(Resetter); ok && len(pool.spare) < maxSpare {
		r.Reset()
		pool.spare = append(pool.spare, b.parser)
	}
}

func (p *pool) get() Parser {
	last := len(p.spare) - 1
	if last < 0 {
		parser := p.newParser()
		if s, ok := parser.(HostSharer); ok && p.hosts != nil {
			s.ShareHosts(p.hosts)
		}
		return parser
	}
	parser := p.spare[last]
	p.spare[last] = nil
	p.spare = p.spare[:last]
	return parser
}

// Resetter is what a Parser may also be: Reset makes it as new. A driver then reuses it for another flow instead of
// making one.
type Resetter interface {
	Reset()
}

// HostSharer is what a Parser of a protocol with state per host is too: ShareHosts makes it know the hosts that with, a
// parser of the same protocol, knows, and with know those that it learns of. A parser used alone knows its own.
type HostSharer interface {
	ShareHosts(with Parser)
}

// PoisonReasoner is what a Parser may also be, when its reasons are not all known in advance: PoisonReason is asked
// after a Poison verdict and says why, "" to leave it to Status.Reason(). A driver cuts the text to MaxReason bytes.
type PoisonReasoner interface {
	PoisonReason() string
}
