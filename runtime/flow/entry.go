package flow

import "time"

// Stats are the counters of one flow. Arrays are indexed by Side.
type Stats struct {
	// Packets and Bytes count whole frames, all headers included, as long as they were on the wire.
	Packets, Bytes [2]uint64
	// First and Last are the times of the first and of the most recent packet; Last may be the earlier one in a
	// capture that is out of order. A wild time far in the past does not count for Last.
	First, Last Timestamp
	// Flipped: the roles were exchanged since the flow started.
	Flipped bool
}

// Duration returns the time from the first to the most recent packet, at least 0.
func (s *Stats) Duration() time.Duration { return max(0, s.Last.Sub(s.First)) }

// Flow is a live flow: an entry of a Tracker. It is compact, as there are many, and moves never: a pointer to it is good
// until the flow ends, after which the entry serves another flow. Do not keep it across calls that may end the flow.
type Flow[S any] struct {
	key       Key
	packetsLo [2]uint32
	bytesLo   [2]uint32
	bytesHi   [2]uint16
	first     Timestamp
	last      Timestamp
	bits      uint64
	// User is the caller's state of this flow. It is zero when the flow starts, goes with the entry, and comes back
	// in Ended. A pointer here makes the garbage collector walk all entries: with many flows an index is better.
	User S
}

// Layout of Flow.bits.
const (
	historyMask   = 1<<historyBits - 1
	stateShift    = 51 // 3 bits: State, with one side's FinWait as its own value
	stateMask     = 7
	orientBit     = 1 << 54 // orientation of the initiator's packets
	flippedBit    = 1 << 55
	sweptBit      = 1 << 56 // chosen by the sweep that is running
	packetsShift  = 57      // 3 bits for each side: bits 32 to 34 of the packet counters
	packetsHiMask = 7
	// finWaitResponder is the stored form of FinWait when the responder's FIN came first.
	finWaitResponder = 6
)

// Key returns the flow's identity.
func (f *Flow[S]) Key() *Key { return &f.key }

// L4 returns the class of the flow's transport.
func (f *Flow[S]) L4() L4 { return f.key.L4() }

// State returns the flow's state.
func (f *Flow[S]) State() State {
	s, _ := f.state()
	return s
}

func (f *Flow[S]) state() (State, Side) {
	if s := State(f.bits >> stateShift & stateMask); s != finWaitResponder {
		return s, Initiator
	}
	return FinWait, Responder
}

// setState stores s; terminal states are never stored.
func (f *Flow[S]) setState(s State, closer Side) {
	if s == FinWait && closer == Responder {
		s = finWaitResponder
	}
	f.bits = f.bits&^(stateMask<<stateShift) | uint64(s)<<stateShift
}

// History returns what happened in a TCP flow so far.
func (f *Flow[S]) History() History { return History(f.bits & historyMask) }

// InitiatorOrientation returns the orientation of the initiator's packets.
func (f *Flow[S]) InitiatorOrientation() Orientation {
	return Orientation(f.bits / orientBit & 1)
}

// Side returns the role of the sender of a packet with orientation o.
func (f *Flow[S]) Side(o Orientation) Side { return Side(o ^ f.InitiatorOrientation()) }

// Stats returns the flow's counters.
func (f *Flow[S]) Stats() Stats {
	s := Stats{First: f.first, Last: f.last, Flipped: f.bits&flippedBit != 0}
	for i := range s.Packets {
		hi := f.bits >> (packetsShift + 3*i) & packetsHiMask
		s.Packets[i] = uint64(f.packetsLo[i]) | hi<<32
		s.Bytes[i] = uint64(f.bytesLo[i]) | uint64(f.bytesHi[i])<<32
	}
	return s
}

// Last returns the time of the flow's most recent packet.
func (f *Flow[S]) Last() Timestamp { return f.last }

// count counts a frame of n bytes. The counters stop at 2^35 packets and 2^48 bytes.
func (f *Flow[S]) count(side Side, n int) {
	side &= 1
	if f.packetsLo[side]++; f.packetsLo[side] == 0 {
		shift := packetsShift + 3*int(side)
		if f.bits>>shift&packetsHiMask == packetsHiMask {
			f.packetsLo[side]--
		} else {
			f.bits += 1 << shift
		}
	}
	if f.bytesLo[side] += uint32(n); f.bytesLo[side] < uint32(n) {
		if f.bytesHi[side]++; f.bytesHi[side] == 0 {
			f.bytesHi[side]--
			f.bytesLo[side] = ^uint32(0)
		}
	}
}

// Flip exchanges the roles: for a caller that learns, from ports or from what a parser read, that the flow was seen
// from its middle. Counters, history and the sides of later packets change; the flow's stats record it.
func (f *Flow[S]) Flip() {
	s := f.Stats()
	state, closer := f.state()
	f.bits ^= orientBit | flippedBit
	f.bits = f.bits&^historyMask | uint64(f.History().flip())
	f.setState(state, closer.Opposite())
	f.bits &^= packetsHiMask<<packetsShift | packetsHiMask<<(packetsShift+3)
	for i := range 2 {
		f.packetsLo[i], f.bytesLo[i] = uint32(s.Packets[1-i]), uint32(s.Bytes[1-i])
		f.bytesHi[i] = uint16(s.Bytes[1-i] >> 32)
		f.bits |= s.Packets[1-i] >> 32 << (packetsShift + 3*i)
	}
}

// Ended is a flow that is no longer in the table.
type Ended[S any] struct {
	// Key is the flow's identity.
	Key Key
	// Reason says why it ended; EndNone for a flow that was forgotten.
	Reason EndReason
	// State is the flow's last state, History what happened in a TCP flow.
	State   State
	History History
	// Initiator is the orientation of the initiator's packets.
	Initiator Orientation
	// Stats are the flow's final counters.
	Stats Stats
	// User is the caller's state, handed back.
	User S
}

// L4 returns the class of the flow's transport.
func (e *Ended[S]) L4() L4 { return e.Key.L4() }

// Side returns the role of the sender of a packet with orientation o.
func (e *Ended[S]) Side(o Orientation) Side { return Side(o ^ e.Initiator) }

// into writes what is to be known of the flow once it has ended.
func (f *Flow[S]) into(e *Ended[S], reason EndReason) {
	e.Key = f.key
	e.Reason = reason
	e.State = f.State()
	e.History = f.History()
	e.Initiator = f.InitiatorOrientation()
	e.Stats = f.Stats()
	e.User = f.User
}

// link holds an entry's neighbours in the order of use. It lies apart from the entry: neighbours are touched with
// every packet, and are in a few cache lines this way.
type link struct {
	newer, older uint32
}

// freed marks the link of an entry that is in no flow; older is then the next free entry.
const freed = none - 1

const (
	chunkBits = 10
	chunkSize = 1 << chunkBits
)

// chunk is a run of entries: they are made by the chunk and never move.
type chunk[S any] struct {
	flows [chunkSize]Flow[S]
	links [chunkSize]link
}
