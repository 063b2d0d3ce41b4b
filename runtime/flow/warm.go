package flow

// warmBatch is the number of packets that Warm looks ahead at a time.
const warmBatch = 64

// warmFlows is the number of flows from which warming pays: below, the table is in the processor's cache anyway.
const warmFlows = 4 << 10

// Warm brings into the processor's cache what Track will need for these decoded packets. A table of many flows does not
// fit there, and a packet that is tracked on its own waits for memory several times in a row; here the waits of many
// packets overlap. Warm changes nothing and may be left out. Call it with some dozens of packets, then track them.
func (t *Tracker[S]) Warm(packets []Packet) {
	if t.table.used < warmFlows {
		return
	}
	var w warmer[S]
	for i := range packets {
		if w.add(t, &packets[i]); w.n == warmBatch {
			w.touch()
		}
	}
	w.touch()
}

// WarmShards is Warm for flows that are spread over several trackers: packet i will be tracked by trackers[of[i]]. A
// nil tracker's packets are left out.
func WarmShards[S any](trackers []*Tracker[S], packets []Packet, of []uint8) {
	used := 0
	for _, t := range trackers {
		if t != nil {
			used += t.table.used
		}
	}
	if used < warmFlows {
		return
	}
	var w warmer[S]
	for i := range packets {
		t := trackers[of[i]]
		if t == nil {
			continue
		}
		if w.add(t, &packets[i]); w.n == warmBatch {
			w.touch()
		}
	}
	w.touch()
}

// OnWarm makes Warm and WarmShards call touch for what the user keeps of each flow that is known, so that memory that it
// refers to can be touched too: for all flows with step 0, then for all with step 1, which can follow what step 0 has
// brought. touch must do little else, and must change nothing that it is not alone to use.
func (t *Tracker[S]) OnWarm(touch func(user S, step int)) { t.onWarm = touch }

const warmSteps = 2

// warmer holds the packets that are warmed together.
type warmer[S any] struct {
	trackers [warmBatch]*Tracker[S]
	homes    [warmBatch]uint32
	tags     [warmBatch]uint32
	index    [warmBatch]uint32
	n        int
}

func (w *warmer[S]) add(t *Tracker[S], p *Packet) {
	if t.extractor == nil {
		if p.Verdict != VerdictOK {
			return
		}
		fiveTuple(p, &t.key)
	} else if _, ok := t.extractor.Extract(p, &t.key); !ok {
		return
	}
	h := t.key.HashSeed(t.seed)
	i := w.n & (warmBatch - 1)
	w.trackers[i] = t
	w.homes[i] = t.table.home(h)
	w.tags[i] = t.table.tag(h, w.homes[i])
	w.n++
}

// touch loads what was added, and forgets it.
func (w *warmer[S]) touch() {
	n := min(w.n, warmBatch)
	w.n = 0
	if n == 0 {
		return
	}
	// Each loop does little but touch one kind of memory: the shorter it is, the more of it the processor has under
	// way at a time.
	sum := uint32(0)
	for i := range n {
		sum += w.trackers[i].table.slots[w.homes[i]]
	}
	known := 0
	for i := range n {
		t := w.trackers[i]
		if _, at, _ := t.table.find(w.tags[i], w.homes[i], 0); at != none {
			w.trackers[known], w.index[known] = t, at
			known++
		}
	}
	for i := range known {
		t, at := w.trackers[i], w.index[i]
		f := t.flow(at) // an entry lies on two cache lines
		sum += uint32(f.bits) + uint32(f.key.A[0]) + t.link(at).newer
	}
	for i := range known {
		t := w.trackers[i]
		l := t.link(w.index[i])
		if l.newer != none {
			sum += t.link(l.newer).newer
		}
		if l.older != none {
			sum += t.link(l.older).older
		}
	}
	w.trackers[0].warmth = sum
	for step := range warmSteps {
		for i := range known {
			if t := w.trackers[i]; t.onWarm != nil {
				t.onWarm(t.flow(w.index[i]).User, step)
			}
		}
	}
}
