package flow

// warmBatch is the number of packets that Warm looks ahead at a time.
const warmBatch = 64

// warmFlows is the number of flows from which warming pays: below, the table is in the processor's cache anyway.
const warmFlows = 32 << 10

// Warm brings into the processor's cache what Track will need for these decoded packets. A table of many flows does not
// fit there, and a packet that is tracked on its own waits for memory several times in a row; here the waits of many
// packets overlap. Warm changes nothing and may be left out. Call it with some dozens of packets, then track them.
func (t *Tracker[S]) Warm(packets []Packet) {
	if t.table.used < warmFlows {
		return
	}
	for len(packets) > 0 {
		n := min(len(packets), warmBatch)
		t.warm(packets[:n])
		packets = packets[n:]
	}
}

func (t *Tracker[S]) warm(packets []Packet) {
	var (
		homes [warmBatch]uint32
		tags  [warmBatch]uint32
		index [warmBatch]uint32
		n     int
		sum   uint32
	)
	for i := range packets {
		p := &packets[i]
		if t.extractor == nil {
			if p.Verdict != VerdictOK {
				continue
			}
			fiveTuple(p, &t.key)
		} else if _, ok := t.extractor.Extract(p, &t.key); !ok {
			continue
		}
		h := t.key.HashSeed(t.seed)
		homes[n] = t.table.home(h)
		tags[n] = t.table.tag(h, homes[n])
		n++
	}
	// Each loop does little but touch one kind of memory: the shorter it is, the more of it the processor has under
	// way at a time.
	for _, home := range homes[:n] {
		sum += t.table.slots[home]
	}
	known := 0
	for i, home := range homes[:n] {
		if _, at, _ := t.table.find(tags[i], home, 0); at != none {
			index[known] = at
			known++
		}
	}
	for _, at := range index[:known] {
		f := t.flow(at) // an entry lies on two cache lines
		sum += uint32(f.bits) + uint32(f.key.A[0]) + t.link(at).newer
	}
	for _, at := range index[:known] {
		l := t.link(at)
		if l.newer != none {
			sum += t.link(l.newer).newer
		}
		if l.older != none {
			sum += t.link(l.older).older
		}
	}
	t.warmth = sum
}
