package flow

import (
	"cmp"
	"slices"
	"time"
)

// blockSize is the number of entries that share a lower bound of their deadlines. Sweeps look at the bounds, and at the
// entries of those blocks whose bound has passed: no order has to be kept with every packet, whatever the time stamps
// are, and the cost of a sweep goes with what ends. (For a million flows the bounds are a quarter of a megabyte.)
const blockSize = 32

// deadline returns the time from which the flow is idle if last was its last packet; MaxTimestamp for never.
func (t *Tracker[S]) deadline(f *Flow[S], last Timestamp) Timestamp {
	d := t.idle[f.key.L4()]
	if d < 0 {
		return MaxTimestamp
	}
	return last.Add(d)
}

// lower makes sure that entry i is looked at by a sweep at deadline.
func (t *Tracker[S]) lower(i uint32, deadline Timestamp) {
	b := &t.due[i/blockSize]
	*b = min(*b, deadline)
	t.nextDue = min(t.nextDue, deadline)
}

// SetIdle changes the idle timeout of a class, for flows that are live as well. 0 means the default, Never none.
func (t *Tracker[S]) SetIdle(l4 L4, d time.Duration) {
	standard := [numL4]time.Duration{TCP: DefaultIdleTCP, UDP: DefaultIdleUDP, Other: DefaultIdleOther}
	if l4 >= numL4 {
		l4 = Other
	}
	t.setIdle(l4, d, standard[l4])
	t.lookAtAll()
}

// SetIdleFunc replaces Config.Idle; nil restores the timeouts by class.
func (t *Tracker[S]) SetIdleFunc(fn IdleFunc) {
	t.idleFunc = fn
	t.lookAtAll()
}

// lookAtAll makes the next sweep look at every entry.
func (t *Tracker[S]) lookAtAll() {
	for i := range t.due {
		t.due[i] = MinTimestamp
	}
	t.nextDue = MinTimestamp
}

// SweepDue reports whether it is time for an automatic sweep: the judged time has moved by the sweep interval since
// the last sweep at Now, in either direction. Sweep at Now then.
func (t *Tracker[S]) SweepDue() bool {
	now := t.clock.Now()
	if !t.swept {
		t.lastSweep, t.swept = now, true
		return t.interval < 0
	}
	d := now.Sub(t.lastSweep)
	return d >= t.interval || d < 0
}

// Sweep ends every flow whose last packet is at least its idle timeout before now, with EndIdle, and gives each to
// ended, most recently used first. A flow that was last seen after now is not idle. ended may be nil; it must not call
// the tracker, and what it is given is good until it returns.
//
// now is taken at its word: a program that reads a capture sweeps at Now, which no single packet can lead astray.
//
// (The order is exact unless thousands of flows that stay are less recently used than one that ends; then the order is
// that of the last packets' times.)
func (t *Tracker[S]) Sweep(now Timestamp, ended func(*Ended[S])) {
	t.lastSweep, t.swept = now, true
	if now < t.nextDue && t.idleFunc == nil {
		return
	}
	t.expired = t.expired[:0]
	next := MaxTimestamp
	for b := range t.due {
		if t.due[b] <= now || t.idleFunc != nil {
			t.due[b] = t.block(uint32(b)*blockSize, now)
		}
		next = min(next, t.due[b])
	}
	t.nextDue = next
	t.sortExpired()
	t.endExpired(ended)
}

// block collects the idle flows of one block and returns the earliest deadline of the others.
func (t *Tracker[S]) block(first uint32, now Timestamp) Timestamp {
	next := MaxTimestamp
	c := t.chunks[first>>chunkBits]
	base := first &^ (chunkSize - 1)
	first &= chunkSize - 1
	for i := first; i < first+blockSize; i++ {
		if c.links[i].newer == freed {
			continue
		}
		f := &c.flows[i]
		l4 := f.key.L4()
		timeout := t.idle[l4]
		if t.idleFunc != nil {
			if d, ok := t.idleFunc(&f.key, l4); ok {
				timeout = d
				if d == 0 {
					timeout = Never
				}
			}
		}
		if timeout < 0 {
			continue
		}
		if now.Sub(f.last) < timeout {
			next = min(next, f.last.Add(timeout))
			continue
		}
		f.bits |= sweptBit
		t.expired = append(t.expired, base+i)
	}
	return next
}

// sortExpired brings the chosen entries into the order of use, most recent first.
func (t *Tracker[S]) sortExpired() {
	n := len(t.expired)
	if n < 2 {
		return
	}
	// They are most likely the least recently used: collect them from that end, unless too many others are there.
	steps := 16*n + 4096
	at := n
	for i := t.oldest; i != none && at > 0; i = t.link(i).newer {
		if t.flow(i).bits&sweptBit != 0 {
			at--
			t.expired[at] = i
		}
		if steps--; steps < 0 {
			break
		}
	}
	if at == 0 {
		return
	}
	t.expired = t.expired[:0]
	for c, chunk := range t.chunks {
		for i := range chunk.flows {
			if chunk.flows[i].bits&sweptBit != 0 {
				t.expired = append(t.expired, uint32(c<<chunkBits|i))
			}
		}
	}
	slices.SortFunc(t.expired, func(a, b uint32) int {
		return cmp.Or(cmp.Compare(t.flow(b).last, t.flow(a).last), cmp.Compare(a, b))
	})
}

func (t *Tracker[S]) endExpired(ended func(*Ended[S])) {
	for _, i := range t.expired {
		t.end(i, EndIdle, &t.ended)
		if ended != nil {
			ended(&t.ended)
		}
	}
}

// Finish ends every live flow with EndIdle, those without timeout as well, and gives each to ended, most recently used
// first: for the end of the input. The tracker can be used again afterwards.
func (t *Tracker[S]) Finish(ended func(*Ended[S])) {
	for t.newest != none {
		t.end(t.newest, EndIdle, &t.ended)
		if ended != nil {
			ended(&t.ended)
		}
	}
	t.expect.clear()
}
