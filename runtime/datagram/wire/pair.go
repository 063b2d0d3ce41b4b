package wire

import (
	"math"
	"time"

	"github.com/flowscope/fsd/runtime/flow"
)

// Key adds a number to the key by which a request and its reply find each other; the first key is 0. Different numbers
// give different keys.
func Key(key, part uint64) uint64 {
	key = (key ^ part) * 0x9E3779B97F4A7C15
	return key ^ key>>32
}

// KeyBytes adds bytes to a key.
func KeyBytes(key uint64, part []byte) uint64 {
	for _, b := range part {
		key = (key ^ uint64(b)) * 0x100000001B3
	}
	return Key(key, uint64(len(part)))
}

// Rate counts the datagrams of each side of a flow in windows of a length. The zero Rate is ready.
type Rate struct {
	begin  flow.Timestamp
	counts [2]uint32
}

// Add counts a datagram at a time that a flow.Clock has judged. A window begins with the first datagram behind the one
// before, or when the clock was put back.
func (r *Rate) Add(now flow.Timestamp, per time.Duration, side flow.Side) {
	if d := now.Sub(r.begin); d < 0 || d >= per || r.counts == [2]uint32{} {
		r.begin, r.counts = now, [2]uint32{}
	}
	if n := &r.counts[side&1]; *n < math.MaxUint32 {
		*n++
	}
}

// Of returns the datagrams of one side in the current window.
func (r *Rate) Of(side flow.Side) int64 { return int64(r.counts[side&1]) }

// Total returns the datagrams of both sides in the current window.
func (r *Rate) Total() int64 { return int64(r.counts[0]) + int64(r.counts[1]) }
