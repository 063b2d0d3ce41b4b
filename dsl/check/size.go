package check

import (
	"fmt"

	"github.com/flowscope/fsd/dsl/ir"
	"github.com/flowscope/fsd/dsl/source"
)

// sizeText is a number of bytes for a message.
func sizeText(s ir.Size) string {
	if s.Fixed() {
		return fmt.Sprint(s.Min)
	}
	return fmt.Sprintf("%d..%d", s.Min, s.Max)
}

// addSize is the size of two things in a row. The maximum is that of a datagram; a minimum beyond it stays visible, so
// that it can be reported.
func addSize(a, b ir.Size) ir.Size {
	const most = 1 << 40
	return ir.Size{Min: min(a.Min+b.Min, most), Max: min(a.Max+b.Max, ir.MaxDatagram)}
}

// times is the size of n elements.
func times(n ir.Range, elem ir.Size) ir.Size {
	most := ir.I(ir.MaxDatagram)
	lo := ir.Max(n.Lo, ir.I(0)).Mul(ir.I(elem.Min))
	hi := ir.Max(n.Hi, ir.I(0)).Mul(ir.I(elem.Max))
	return ir.Size{Min: ir.Min(lo, ir.I(1<<40)).Int64(), Max: ir.Min(hi, most).Int64()}
}

func unite(a, b ir.Size) ir.Size { return ir.Size{Min: min(a.Min, b.Min), Max: max(a.Max, b.Max)} }

// aligned is a size with its padding to a multiple of n.
func aligned(s ir.Size, n int64) ir.Size {
	if n <= 1 {
		return s
	}
	up := func(x int64) int64 { return (x + n - 1) / n * n }
	return ir.Size{Min: up(s.Min), Max: min(up(s.Max), ir.MaxDatagram)}
}

// windowSize is what a window takes.
func windowSize(w *ir.Window, inside ir.Size) ir.Size {
	s := inside
	if w.Element != nil {
		return ir.Size{Min: s.Min + 2, Max: min(s.Max+6, ir.MaxDatagram)}
	}
	if w.Size != nil {
		r := w.Size.Range()
		most := ir.I(ir.MaxDatagram)
		s = ir.Size{Min: ir.Min(ir.Max(r.Lo, zero), most).Int64(), Max: ir.Min(ir.Max(r.Hi, zero), most).Int64()}
	}
	return aligned(s, w.Align)
}

// What a step of a chain has done on a path: a set of these is the index of a path.
const (
	didItem = 1 << iota
	didGoto
	didEnd
	pathKinds
)

// path is the way that a parse may have come: whether there is one, and how many bytes it read.
type path struct {
	ok   bool
	size ir.Size
}

func (p path) or(q path) path {
	switch {
	case !p.ok:
		return q
	case !q.ok:
		return p
	}
	return path{true, unite(p.size, q.size)}
}

func (p path) then(q path) path {
	if !p.ok || !q.ok {
		return path{}
	}
	return path{true, addSize(p.size, q.size)}
}

// progress is where the statements of a block have brought the parse, counted from the block's beginning.
type progress struct {
	// paths that go on; of a struct only the first is used.
	paths [pathKinds]path
	// ended are the paths that have ended the struct.
	ended path
	// confirmed is the place of the confirm that all paths which go on have run.
	confirmed source.Span
}

func begin(confirmed source.Span) *progress {
	p := &progress{confirmed: confirmed}
	p.paths[0] = path{ok: true}
	return p
}

// falls says whether a path goes on.
func (p *progress) falls() bool {
	for _, q := range p.paths {
		if q.ok {
			return true
		}
	}
	return false
}

// stop ends all paths.
func (p *progress) stop() { p.paths = [pathKinds]path{} }

func (p *progress) read(s ir.Size) {
	for i := range p.paths {
		p.paths[i] = p.paths[i].then(path{true, s})
	}
}

// size is that of the paths that go on.
func (p *progress) size() path {
	var all path
	for _, q := range p.paths {
		all = all.or(q)
	}
	return all
}

// merge is the progress of one branch or another.
func merge(branches []*progress) *progress {
	out := &progress{}
	first := true
	for _, b := range branches {
		out.ended = out.ended.or(b.ended)
		for i := range out.paths {
			out.paths[i] = out.paths[i].or(b.paths[i])
		}
		if b.falls() {
			if first {
				out.confirmed = b.confirmed
			} else if !b.confirmed.Valid() {
				out.confirmed = source.Span{}
			}
			first = false
		}
	}
	return out
}

// follow appends the progress of what comes next; clash is a mark that both sides set, 0 for none.
func (p *progress) follow(q *progress) (clash int) {
	var paths [pathKinds]path
	for i, a := range p.paths {
		for j, b := range q.paths {
			if !a.ok || !b.ok {
				continue
			}
			const both = didGoto | didEnd
			if i&j != 0 {
				clash = i & j
			} else if (i|j)&both == both && i&both != both && j&both != both {
				clash = both
			}
			paths[i|j] = paths[i|j].or(a.then(b))
		}
	}
	p.ended = p.ended.or(p.size().then(q.ended))
	p.paths = paths
	if q.falls() {
		p.confirmed = q.confirmed
	}
	return clash
}

// mark sets a mark on all paths; clash is what one has already, or goto and end if they meet, 0 for none.
func (p *progress) mark(m int) (clash int) {
	q := begin(p.confirmed)
	q.paths[0], q.paths[m] = path{}, path{ok: true}
	return p.follow(q)
}
