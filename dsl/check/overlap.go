package check

import (
	"slices"

	"github.com/flowscope/fsd/dsl/diag"
	"github.com/flowscope/fsd/dsl/ir"
)

// Overlaps warns of detections of different protocols that one datagram can match: which protocol such a datagram
// is offered to first is then a matter of the order of registration, and only its content can decide.
func Overlaps(protocols []*ir.Protocol) diag.List {
	var l diag.List
	for i, p := range protocols {
		for _, q := range protocols[i+1:] {
			if a, b, ok := overlap(p, q); ok {
				d := l.Warnf(diag.DetectOverlap, q.DetectPos[b], "a datagram can match the detection of %s and that of %s", q.Name, p.Name)
				d.Label(p.DetectPos[a], "the detection of %s", p.Name)
				d.Fixf("add a test on which they differ, if there is one; else the first registered is tried first, and confirm decides")
			}
		}
	}
	return l
}

// overlap returns the first alternatives of two protocols that some datagram matches both.
func overlap(p, q *ir.Protocol) (a, b int, ok bool) {
	for a := range p.Detect {
		for b := range q.Detect {
			if !disjoint(boundsOf(p.Detect[a]), boundsOf(q.Detect[b])) {
				return a, b, true
			}
		}
	}
	return 0, 0, false
}

// detectBounds is what a detection says for sure: the lengths it allows, and for single bytes the values.
type detectBounds struct {
	lengths []ir.URange
	bytes   map[int]*[256]bool
}

func disjoint(p, q detectBounds) bool {
	if !meet(p.lengths, q.lengths) {
		return true
	}
	for at, values := range p.bytes {
		other := q.bytes[at]
		if other == nil {
			continue
		}
		common := false
		for v := range values {
			common = common || values[v] && other[v]
		}
		if !common {
			return true
		}
	}
	return false
}

func meet(p, q []ir.URange) bool {
	for _, a := range p {
		for _, b := range q {
			if a.First <= b.Last && b.First <= a.Last {
				return true
			}
		}
	}
	return false
}

func boundsOf(tests []ir.DetectTest) detectBounds {
	out := detectBounds{lengths: []ir.URange{{First: 0, Last: ir.MaxDatagram}}, bytes: map[int]*[256]bool{}}
	for _, t := range tests {
		allowed := valuesOf(t)
		if t.Width == 0 {
			var both []ir.URange
			for _, a := range out.lengths {
				for _, b := range allowed {
					if first, last := max(a.First, b.First), min(a.Last, b.Last); first <= last {
						both = append(both, ir.URange{First: first, Last: last})
					}
				}
			}
			out.lengths = both
			continue
		}
		for i := range allowed {
			allowed[i].Last = min(allowed[i].Last, 1<<(8*uint(t.Width))-1) // all ones for 8 bytes
		}
		for i := range t.Width {
			shift := 8 * uint(t.Width-1-i)
			if t.Little {
				shift = 8 * uint(i)
			}
			out.narrow(t.Offset+i, uint8(t.Mask>>shift), allowed, shift)
		}
	}
	return out
}

// narrow keeps the values that byte at may have when a masked word, of which it is the bits from shift on, lies in
// allowed.
func (b *detectBounds) narrow(at int, mask uint8, allowed []ir.URange, shift uint) {
	var may [256]bool // of the masked byte
	for _, r := range allowed {
		first, last := r.First>>shift, r.Last>>shift
		if last-first >= 255 {
			return // says nothing of this byte
		}
		for v := first; v <= last; v++ {
			may[uint8(v)] = true
		}
	}
	values := b.bytes[at]
	if values == nil {
		values = new([256]bool)
		for v := range values {
			values[v] = true
		}
		b.bytes[at] = values
	}
	for v := range values {
		values[v] = values[v] && may[uint8(v)&mask]
	}
}

// valuesOf returns the ranges of values that pass a test.
func valuesOf(t ir.DetectTest) []ir.URange {
	const top = ^uint64(0)
	if t.OfLen {
		return []ir.URange{{First: 0, Last: top}}
	}
	switch t.Op {
	case "==":
		return []ir.URange{{First: t.Value, Last: t.Value}}
	case "<":
		if t.Value == 0 {
			return nil
		}
		return []ir.URange{{First: 0, Last: t.Value - 1}}
	case "<=":
		return []ir.URange{{First: 0, Last: t.Value}}
	case ">":
		if t.Value == top {
			return nil
		}
		return []ir.URange{{First: t.Value + 1, Last: top}}
	case ">=":
		return []ir.URange{{First: t.Value, Last: top}}
	case "in":
		return slices.Clone(t.Set)
	}
	return []ir.URange{{First: 0, Last: top}} // != leaves nearly all
}
