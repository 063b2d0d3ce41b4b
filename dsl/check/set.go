package check

import (
	"slices"

	"github.com/flowscope/fsd/dsl/ir"
)

// maxIntervals bounds a set; one that would need more is widened to its hull.
const maxIntervals = 1024

// set is a set of integers: inclusive intervals in order, not touching each other. Nil is the empty set.
type set []ir.Range

func single(r ir.Range) set {
	if r.Empty() {
		return nil
	}
	return set{r}
}

// newSet returns the union of ranges in any order.
func newSet(ranges []ir.Range) set {
	sorted := slices.DeleteFunc(slices.Clone(ranges), ir.Range.Empty)
	slices.SortFunc(sorted, func(a, b ir.Range) int { return a.Lo.Cmp(b.Lo) })
	var s set
	for _, r := range sorted {
		if n := len(s); n > 0 && r.Lo.Cmp(s[n-1].Hi.Add(ir.I(1))) <= 0 {
			s[n-1].Hi = ir.Max(s[n-1].Hi, r.Hi)
			continue
		}
		s = append(s, r)
	}
	if len(s) > maxIntervals {
		return set{s.hull()}
	}
	return s
}

func (s set) empty() bool { return len(s) == 0 }

// hull is the smallest range around a set that is not empty; of the empty set it is empty.
func (s set) hull() ir.Range {
	if len(s) == 0 {
		return ir.R(1, 0)
	}
	return ir.Range{Lo: s[0].Lo, Hi: s[len(s)-1].Hi}
}

func (s set) union(t set) set { return newSet(slices.Concat(s, t)) }

func (s set) intersect(t set) set {
	var out []ir.Range
	for i, j := 0, 0; i < len(s) && j < len(t); {
		if r := s[i].Intersect(t[j]); !r.Empty() {
			out = append(out, r)
		}
		if s[i].Hi.Cmp(t[j].Hi) < 0 {
			i++
		} else {
			j++
		}
	}
	return newSet(out)
}

// minus is the values of s that are not in t.
func (s set) minus(t set) set {
	var out []ir.Range
	j := 0
	for _, r := range s {
		for j < len(t) && t[j].Hi.Cmp(r.Lo) < 0 {
			j++
		}
		for k := j; k < len(t) && t[k].Lo.Cmp(r.Hi) <= 0 && !r.Empty(); k++ {
			if t[k].Lo.Cmp(r.Lo) > 0 {
				out = append(out, ir.Range{Lo: r.Lo, Hi: t[k].Lo.Sub(ir.I(1))})
			}
			r.Lo = t[k].Hi.Add(ir.I(1))
		}
		if !r.Empty() {
			out = append(out, r)
		}
	}
	return newSet(out)
}

// within says whether every value of s is in t.
func (s set) within(t set) bool { return len(s.minus(t)) == 0 }

// String is for messages: "0..3, 7, 9..".
func (s set) String() string {
	text := ""
	for i, r := range s {
		if i == 8 {
			return text + ", ..."
		}
		if i > 0 {
			text += ", "
		}
		text += r.String()
	}
	return text
}
