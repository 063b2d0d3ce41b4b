package flow

import "time"

// Defaults of Clock.
const (
	// DefaultMaxStep is the step that a Clock believes without confirmation.
	DefaultMaxStep = 10 * time.Second
	// monotonicStep is that of a monotonic clock: it must follow every honest gap at once, and only has to recognise
	// time stamps that cannot be.
	monotonicStep = 24 * time.Hour
)

// A Clock judges what time it is from the time stamps of packets, some of which may be wild: a broken capture must
// not make a tracker end flows that are alive, nor stop it from ending those that are not.
//
// The judged time never runs ahead of what two consecutive packets agree on, but for steps of at most MaxStep:
//
//   - A packet within MaxStep of the judged time moves it forward to its own time, at once; one that is late leaves
//     it alone.
//   - A packet further in the future is remembered. When the next packet is far in the future too, the earlier of
//     the two becomes the judged time: at least that much time has passed by both. A packet near the judged time in
//     between shows that the first was wild, and it is forgotten.
//   - Likewise backwards: two consecutive packets far in the past step the time back to the later of the two. That
//     ends nothing early.
//
// So after an honest gap the judged time lags behind by one packet, and one wild packet at any position, the first
// included, has no effect. The zero value is ready to use.
type Clock struct {
	// MaxStep is the step that is believed at once; 0 means DefaultMaxStep. It should be well below the idle
	// timeouts, or flows may end early by that much.
	MaxStep time.Duration

	now      Timestamp
	up, down Timestamp // the pending far future and far past
	seen     uint8     // packets so far, at most 2
	hasUp    bool
	hasDown  bool
}

// Now returns the judged time, MinTimestamp before the first packet.
func (c *Clock) Now() Timestamp {
	if c.seen == 0 {
		return MinTimestamp
	}
	return c.now
}

// Observe tells the clock the time stamp of the next packet and returns the judged time.
func (c *Clock) Observe(ts Timestamp) Timestamp {
	step := c.MaxStep
	if step <= 0 {
		step = DefaultMaxStep
	}
	d := ts.Sub(c.now)
	if c.seen > 0 && d >= 0 && d <= step {
		c.now = ts
		c.seen, c.hasUp, c.hasDown = 2, false, false
		return ts
	}
	switch {
	case c.seen == 0:
		c.now, c.seen = ts, 1
	case d < 0 && d >= -step:
		c.seen, c.hasUp, c.hasDown = 2, false, false
	case c.seen == 1:
		// Two packets far apart, either of which may be wild: the earlier is the safe one.
		c.seen = 2
		c.up, c.hasUp = max(c.now, ts), true
		c.now = min(c.now, ts)
	case d > 0:
		c.hasDown = false
		if c.hasUp {
			c.forward(min(c.up, ts), max(c.up, ts), step)
		} else {
			c.up, c.hasUp = ts, true
		}
	default:
		c.hasUp = false
		if c.hasDown {
			c.now, c.hasDown = max(c.down, ts), false
		} else {
			c.down, c.hasDown = ts, true
		}
	}
	return c.now
}

// of observes a packet's time, but for one inside another: it has the time of the frame, which was observed already.
func (c *Clock) of(p *Packet) Timestamp {
	if p.Layer > 0 {
		return c.Now()
	}
	return c.Observe(p.Time)
}

// late reports whether ts is so far before the judged time that it is wild, as far as is known.
func (c *Clock) late(ts Timestamp) bool {
	step := c.MaxStep
	if step <= 0 {
		step = DefaultMaxStep
	}
	return c.Now().Sub(ts) > step
}

// forward steps to now, which is confirmed; later is near it, or the next to be confirmed.
func (c *Clock) forward(now, later Timestamp, step time.Duration) {
	c.now, c.hasUp = now, false
	if later.Sub(now) <= step {
		c.now = later
	} else {
		c.up, c.hasUp = later, true
	}
}

// Monotonic makes time stamps run forward: each becomes the greatest seen so far. A time stamp more than a day ahead
// passes as it is, but holds back later ones only when a second packet confirms it: one wild packet does not freeze
// time. Sweeps have no part in it. The zero value is ready to use.
type Monotonic struct {
	clock Clock
}

// Clamp returns the time to use for a packet stamped ts: once for every frame, not for each packet inside of it.
func (m *Monotonic) Clamp(ts Timestamp) Timestamp {
	m.clock.MaxStep = monotonicStep
	return max(m.clock.Observe(ts), ts)
}
