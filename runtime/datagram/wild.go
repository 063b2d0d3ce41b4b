package datagram

import (
	"time"

	"github.com/flowscope/fsd/runtime/flow"
)

// wildClock notices packets whose time stamp turns out to be wild. The flow table's own clock does not believe a step
// that no second packet confirms; here it is told which packet it was, once the next one has shown that the step was
// no gap in the capture.
type wildClock struct {
	step    time.Duration // 0 means flow.DefaultMaxStep
	now     flow.Timestamp
	at      flow.Timestamp // of the packet in doubt
	frame   uint64
	doubted bool
}

// next takes a packet's time stamp, and the time that the flow table judges it to be after the packet. It reports
// whether the packet before was wild: c.at and c.frame are then its time and number.
func (c *wildClock) next(ts flow.Timestamp, frame uint64, now flow.Timestamp) (wild bool) {
	step := c.step
	if step <= 0 {
		step = flow.DefaultMaxStep
	}
	if !c.doubted && near(ts, now, step) {
		c.now = now
		return false
	}
	return c.doubt(ts, frame, now, step)
}

func (c *wildClock) doubt(ts flow.Timestamp, frame uint64, now flow.Timestamp, step time.Duration) (wild bool) {
	if near(ts, now, step) {
		// Back where time was before the doubt: then that was wild. Elsewhere: it was confirmed.
		wild = near(now, c.now, step)
		c.doubted, c.now = false, now
		return wild
	}
	if !c.doubted {
		c.now = now
	}
	c.at, c.frame, c.doubted = ts, frame, true
	return false
}

func near(a, b flow.Timestamp, step time.Duration) bool {
	d := a.Sub(b)
	return d <= step && d >= -step
}

// noticeWild tells of a wild time stamp once it is known to be one.
func (d *Driver) noticeWild(p *flow.Packet) {
	if d.wild.next(p.Time, p.Number, d.tracker.Now()) {
		d.wildTime(d.wild.at, d.wild.frame)
	}
}
