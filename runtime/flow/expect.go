package flow

// DefaultMaxExpectations bounds the announced flows that a tracker waits for.
const DefaultMaxExpectations = 1024

// Expectation announces a flow: a parser has learnt that some packet will come which opens a flow of its own but
// belongs to what it parses. In TFTP (RFC 1350) the server answers from a port of its own choice.
type Expectation[S any] struct {
	// Proto is the IP protocol number.
	Proto uint8
	// Src and Dst are the addresses of the flow's first packet, DstPort its destination port.
	Src, Dst Addr
	DstPort  uint16
	// SrcPort is its source port, 0 for any.
	SrcPort uint16
	// Sender is the role that the sender of that packet gets in the new flow: in TFTP the server stays the Responder.
	Sender Side
	// Expires is the time from which the expectation is no longer good.
	Expires Timestamp
	// User is the state that the new flow starts with.
	User S
}

// expectKey is what an expectation is found by.
type expectKey struct {
	src, dst         Addr
	srcPort, dstPort uint16
	proto            uint8
}

type expected[S any] struct {
	Expectation[S]
	serial uint64
}

// expectations holds the announced flows. Its order of age is a queue of keys; a key whose serial has moved on was
// used or replaced.
type expectations[S any] struct {
	max    int
	byKey  map[expectKey]expected[S]
	queue  []queued
	serial uint64
	taken  Expectation[S]
}

type queued struct {
	key    expectKey
	serial uint64
}

func (x *expectations[S]) init(n int) {
	if n <= 0 {
		n = DefaultMaxExpectations
	}
	x.max = n
}

func (x *expectations[S]) len() int { return len(x.byKey) }

func (x *expectations[S]) clear() {
	clear(x.byKey)
	x.queue = x.queue[:0]
}

// add puts e in, and drops the oldest when there is no room. It returns how many were dropped.
func (x *expectations[S]) add(e *Expectation[S]) (dropped uint64) {
	if x.byKey == nil {
		x.byKey = make(map[expectKey]expected[S])
	}
	k := expectKey{e.Src, e.Dst, e.SrcPort, e.DstPort, e.Proto}
	if _, ok := x.byKey[k]; ok {
		dropped++
		delete(x.byKey, k)
	}
	for len(x.byKey) >= x.max || len(x.queue) >= 2*x.max {
		q := x.queue[0]
		x.queue = x.queue[1:]
		if have, ok := x.byKey[q.key]; ok && have.serial == q.serial {
			delete(x.byKey, q.key)
			dropped++
		}
	}
	x.serial++
	x.byKey[k] = expected[S]{*e, x.serial}
	x.queue = append(x.queue, queued{k, x.serial})
	return dropped
}

// take returns and removes the expectation that the packet fulfils, or nil.
func (x *expectations[S]) take(p *Packet, ts Timestamp) *Expectation[S] {
	k := expectKey{p.Src, p.Dst, p.SrcPort, p.DstPort, p.Proto}
	e, ok := x.byKey[k]
	if !ok || ts >= e.Expires {
		k.srcPort = 0
		if e, ok = x.byKey[k]; !ok || ts >= e.Expires {
			return nil
		}
	}
	delete(x.byKey, k)
	x.taken = e.Expectation
	return &x.taken
}

// Expect announces a flow. The first packet that opens a flow and fits takes the expectation with it: the flow starts
// with its User, and with the roles that it says. When too many are waited for, the oldest is dropped.
//
// Flows that exist already are not affected, and cost nothing more; a new flow costs a look-up while something is
// expected.
func (t *Tracker[S]) Expect(e Expectation[S]) {
	t.stats.ExpectationsDropped += t.expect.add(&e)
}

// Expecting returns the number of announced flows that are waited for, those that have expired included.
func (t *Tracker[S]) Expecting() int { return t.expect.len() }
