package flow

import (
	"encoding/binary"
	"math/bits"
	"math/rand/v2"
	"time"
)

// Defaults of NewDedup: what a loopback capture, which sees each frame twice, needs.
const (
	DefaultDedupEntries = 256
	DefaultDedupWindow  = time.Millisecond
)

// Dedup recognises frames that a capture holds twice: same bytes, and at most a window of time after the copy that was
// kept. The window counts from that copy, so that a steady repetition is not filtered for ever, and back in time as
// well as forward: a copy may be stamped a little earlier, but a frame from long ago is no copy.
//
// It remembers the most recent frames that were kept, up to its capacity, by the hash of their bytes (64 bits, with a
// random seed) and their length. Finding one takes the same time whatever the capacity is. Fragments and packets
// without an identification field may be equal by right: deduplication is for captures that are known to need it.
//
// A Dedup is not safe for concurrent use.
type Dedup struct {
	window  time.Duration
	ring    []dedupEntry
	next    int
	used    int
	slots   []int32 // hash -> ring index + 1, chained through dedupEntry.chain
	seed    uint64
	dropped uint64
	kept    uint64
}

type dedupEntry struct {
	hash  uint64
	ts    Timestamp
	len   int32
	chain int32 // next entry of the same slot: ring index + 1
}

// NewDedup returns a filter that remembers capacity frames, at least 1, for window. A window below 0 counts as 0.
func NewDedup(window time.Duration, capacity int) *Dedup {
	capacity = max(capacity, 1)
	return &Dedup{
		window: max(window, 0),
		ring:   make([]dedupEntry, capacity),
		slots:  make([]int32, 1<<bits.Len(uint(capacity))),
		seed:   rand.Uint64(),
	}
}

// Duplicate reports whether the frame is a copy of one that was kept, and remembers it if not. ts is the frame's own
// time stamp. It does not keep frame.
func (d *Dedup) Duplicate(frame []byte, ts Timestamp) bool {
	h := hashBytes(frame, d.seed)
	slot := &d.slots[h&uint64(len(d.slots)-1)]
	for i := *slot; i != 0; i = d.ring[i-1].chain {
		e := &d.ring[i-1]
		if e.hash != h || int(e.len) != len(frame) {
			continue
		}
		if age := ts.Sub(e.ts); age <= d.window && age >= -d.window {
			d.dropped++
			return true
		}
	}
	d.kept++
	e := &d.ring[d.next]
	if d.used == len(d.ring) {
		d.unchain(e)
	} else {
		d.used++
	}
	*e = dedupEntry{hash: h, ts: ts, len: int32(len(frame)), chain: *slot}
	*slot = int32(d.next) + 1
	if d.next++; d.next == len(d.ring) {
		d.next = 0
	}
	return false
}

// unchain takes the oldest entry out of its chain.
func (d *Dedup) unchain(e *dedupEntry) {
	at := &d.slots[e.hash&uint64(len(d.slots)-1)]
	for *at != 0 {
		here := &d.ring[*at-1]
		if here == e {
			*at = e.chain
			return
		}
		at = &here.chain
	}
}

// Dropped returns how many copies were found, Kept how many frames were none, Buffered how many are remembered.
func (d *Dedup) Dropped() uint64 { return d.dropped }

// Kept returns how many frames were no copies.
func (d *Dedup) Kept() uint64 { return d.kept }

// Buffered returns how many frames are remembered.
func (d *Dedup) Buffered() int { return d.used }

// hashBytes folds all bytes of b, 32 at a time.
func hashBytes(b []byte, seed uint64) uint64 {
	const m1, m2, m3, m4 = 0xa0761d6478bd642f, 0xe7037ed1a0b428db, 0x8ebc6af09c88c6e3, 0x589965cc75374cc3
	le := binary.LittleEndian
	h, g := mix(seed^m1, uint64(len(b))^m2), seed^m3
	for len(b) >= 32 {
		h = mix(le.Uint64(b)^m1, le.Uint64(b[8:])^h)
		g = mix(le.Uint64(b[16:])^m2, le.Uint64(b[24:])^g)
		b = b[32:]
	}
	if len(b) >= 16 {
		h = mix(le.Uint64(b)^m3, le.Uint64(b[8:])^h)
		b = b[16:]
	}
	var lo, hi uint64
	switch {
	case len(b) >= 8:
		lo, hi = le.Uint64(b), le.Uint64(b[len(b)-8:])
	case len(b) >= 4:
		lo, hi = uint64(le.Uint32(b)), uint64(le.Uint32(b[len(b)-4:]))
	case len(b) > 0:
		lo = uint64(b[0])<<16 | uint64(b[len(b)/2])<<8 | uint64(b[len(b)-1])
	}
	return mix(mix(lo^m4^g, hi^h)^m2, h^m1)
}
