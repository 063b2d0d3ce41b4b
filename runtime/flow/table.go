package flow

import (
	"math/bits"
)

// none is the index that stands for no entry.
const none = ^uint32(0)

const (
	dispBits = 6 // bits of a slot that hold the low bits of the home position
	dispMask = 1<<dispBits - 1
	// maxIndexBits leaves 6 bits of a slot for the home position, and none for more of the hash.
	maxIndexBits = 32 - dispBits
	// A table is filled to loadNum/loadDen.
	loadNum, loadDen = 4, 5
)

// MaxFlowsLimit is the greatest number of flows that a tracker can hold.
const MaxFlowsLimit = 1<<maxIndexBits - 1

// table finds the index of an entry by its hash: open addressing with linear probing, Robin Hood order and backward
// shift on removal, in 4 bytes a slot.
//
// A slot holds the index + 1 in its low bits (0: empty), then the low bits of its home position, then as much of the
// hash as there is room for. The low bits of the home say how far from home the slot is (at most dispMask), so that
// order is kept without looking at the entries; together with the rest they let almost only the right entry be
// compared. The length of slots is a multiple of dispMask+1, which makes that work across the end of the table.
type table struct {
	slots     []uint32
	used      int
	indexBits uint // width of the index
	max       int  // greatest number of entries
}

// init makes the table ready for at most max entries.
func (t *table) init(max int) {
	*t = table{max: max, indexBits: uint(bits.Len(uint(max)))}
	t.slots = make([]uint32, min(64, slotsFor(max)))
}

// slotsFor returns the number of slots for n entries.
func slotsFor(n int) int {
	return (n*loadDen/loadNum + 1 + dispMask) &^ dispMask
}

// full reports whether one more entry needs a bigger table.
func (t *table) full() bool {
	return t.used+1 > len(t.slots)*loadNum/loadDen
}

// nextSize returns how many slots a growing table should have: half as many again, and not more than it will need.
func (t *table) nextSize() int {
	n := slotsFor(t.used + t.used/2 + 32)
	if last := slotsFor(t.max); n > last && last > len(t.slots) {
		n = last
	}
	return max(n, len(t.slots)+dispMask+1)
}

func (t *table) home(h uint64) uint32 {
	return uint32((h >> 32) * uint64(len(t.slots)) >> 32)
}

// tag returns what a slot holds above the index.
func (t *table) tag(h uint64, home uint32) uint32 {
	return uint32(h)<<dispBits | home&dispMask
}

// find returns the position of the first slot from pos, d away from home, whose tag fits, and its index; none when
// there is no more. To go on after a false match, call it again with pos+1 and d+1.
func (t *table) find(tag, pos, d uint32) (uint32, uint32, uint32) {
	ib := t.indexBits
	want := tag << ib
	slots := t.slots
	for ; ; d++ {
		if pos >= uint32(len(slots)) {
			pos = 0
		}
		s := slots[pos]
		if s == 0 {
			return pos, none, d
		}
		index := s & (1<<ib - 1)
		if s-index == want {
			return pos, index - 1, d
		}
		if (pos-s>>ib)&dispMask < d {
			return pos, none, d
		}
		pos++
	}
}

// insert adds an entry that is not there, and reports whether it could: false, with the table in disorder, when an
// entry would be too far from home. The caller then builds a bigger one.
func (t *table) insert(h uint64, index uint32) bool {
	ib := t.indexBits
	pos := t.home(h)
	s := t.tag(h, pos)<<ib | (index + 1)
	for d := uint32(0); d < dispMask; d++ {
		if pos >= uint32(len(t.slots)) {
			pos = 0
		}
		here := t.slots[pos]
		if here == 0 {
			t.slots[pos] = s
			t.used++
			return true
		}
		if dist := (pos - here>>ib) & dispMask; dist < d {
			t.slots[pos], s, d = s, here, dist
		}
		pos++
	}
	return false
}

// remove takes the entry with hash h and that index out; it must be there.
func (t *table) remove(h uint64, index uint32) {
	ib := t.indexBits
	n := uint32(len(t.slots))
	pos := t.home(h)
	for t.slots[pos]&(1<<ib-1) != index+1 {
		if pos++; pos == n {
			pos = 0
		}
	}
	for {
		next := pos + 1
		if next == n {
			next = 0
		}
		s := t.slots[next]
		if s == 0 || (next-s>>ib)&dispMask == 0 {
			break
		}
		t.slots[pos] = s
		pos = next
	}
	t.slots[pos] = 0
	t.used--
}
