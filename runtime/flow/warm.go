package flow

// warmBatch is the number of packets that Warm looks ahead at a time.
const warmBatch = 64

// warmFlows is the number of flows from which warming pays: below, the table is in the processor's cache anyway.
const warmFlows = 8192

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
		sum   uint32
	)
	// Each loop touches one kind of memory, without waiting for the answer of the packet before.
	for i := range packets {
		p := &packets[i]
		if p.Verdict != VerdictOK {
			continue
		}
		if t.extractor == nil {
			fiveTuple(p, &t.key)
		} else if _, ok := t.extractor.Extract(p, &t.key); !ok {
			continue
		}
		h := t.key.HashSeed(t.seed)
		homes[i] = t.table.home(h)
		tags[i] = t.table.tag(h, homes[i])
		sum += t.table.slots[homes[i]]
	}
	for i := range packets {
		_, at, _ := t.table.find(tags[i], homes[i], 0)
		index[i] = at
		if at != none {
			f := t.flow(at)
			sum += uint32(f.bits) + f.packetsLo[0] + uint32(f.key.APort)
		}
	}
	for i := range packets {
		if at := index[i]; at != none {
			l := t.link(at)
			sum += l.newer
		}
	}
	for i := range packets {
		if at := index[i]; at != none {
			if l := t.link(at); l.newer != none {
				sum += t.link(l.newer).newer
			}
			if l := t.link(at); l.older != none {
				sum += t.link(l.older).older
			}
		}
	}
	t.warmth = sum
}
