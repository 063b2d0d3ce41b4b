package capture

import (
	"math"
	"math/bits"

	"github.com/flowscope/fsd/runtime/flow"
)

var pow10 = [...]uint64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19}

// clock turns the 64-bit time of a pcapng block into nanoseconds since the epoch: exactly, rounded down when the unit
// is finer, and saturating at what 64 bits hold.
type clock struct {
	scale    uint64 // nanoseconds per tick, when maxTicks is not 0
	maxTicks uint64 // up to here ticks*scale is right and fits
	exp      uint8  // a tick is 10^-exp or 2^-exp seconds
	binary   bool
	offset   int64 // seconds to add
}

// newClock takes the values of the options if_tsresol (6 when absent) and if_tsoffset (0 when absent).
func newClock(resolution byte, offset int64) clock {
	c := clock{exp: resolution & 0x7f, binary: resolution&0x80 != 0, offset: offset}
	if offset == 0 && !c.binary && c.exp <= 9 {
		c.scale = pow10[9-c.exp]
		c.maxTicks = math.MaxInt64 / c.scale
	}
	return c
}

func (c *clock) time(ticks uint64) flow.Timestamp {
	if ticks < c.maxTicks {
		return flow.Timestamp(ticks * c.scale)
	}
	return flow.Timestamp(c.exact(ticks))
}

// exact computes in 128 bits.
func (c *clock) exact(ticks uint64) int64 {
	var hi, lo uint64
	switch {
	case c.binary:
		hi, lo = bits.Mul64(ticks, 1e9)
		if c.exp >= 64 {
			hi, lo = 0, hi>>(c.exp-64)
		} else {
			hi, lo = hi>>c.exp, lo>>c.exp|hi<<(64-c.exp) // a shift by 64 gives 0
		}
	case c.exp <= 9:
		hi, lo = bits.Mul64(ticks, pow10[9-c.exp])
	case int(c.exp)-9 < len(pow10):
		lo = ticks / pow10[c.exp-9]
	}
	var carry uint64
	if c.offset < 0 {
		ohi, olo := bits.Mul64(-uint64(c.offset), 1e9)
		lo, carry = bits.Sub64(lo, olo, 0)
		hi, carry = bits.Sub64(hi, ohi, carry)
		if carry != 0 { // below zero, in two's complement
			if hi != math.MaxUint64 || lo <= math.MaxInt64 {
				return math.MinInt64
			}
			return int64(lo)
		}
	} else {
		ohi, olo := bits.Mul64(uint64(c.offset), 1e9)
		lo, carry = bits.Add64(lo, olo, 0)
		hi, _ = bits.Add64(hi, ohi, carry)
	}
	if hi != 0 || lo > math.MaxInt64 {
		return math.MaxInt64
	}
	return int64(lo)
}
