package eval

import (
	"math"

	"github.com/flowscope/fsd/dsl/ir"
	"github.com/flowscope/fsd/runtime/datagram"
	"github.com/flowscope/fsd/runtime/datagram/wire"
)

// run is the parse of one datagram. What it allocates is used again for the next.
type run struct {
	parser *parser
	meta   *datagram.Meta
	data   []byte
	status datagram.Detail
	jumps  int64 // that the datagram may still spend
	tree   *tree
	frames []*frame           // those in use, and behind them some to use again
	depth  int                // frames in use
	stack  []uint64           // the places of the frames
	items  []uint32           // of the chains being read
	host   *wire.Host[tables] // what is kept of the sender, once it was asked for
	depths []int64            // by structType.depth, how many of it are being read
}

func (r *run) begin(p *parser, meta *datagram.Meta, t *tree) {
	r.parser, r.meta, r.data, r.tree = p, meta, t.data, t
	r.host = nil
	r.status, r.jumps, r.depth = datagram.Detail{}, p.prog.ir.Jumps, 0
	r.stack, r.items = r.stack[:0], r.items[:0]
	if r.depths == nil {
		r.depths = make([]int64, p.prog.depths)
	}
	clear(r.depths)
}

// frame is a struct, or a step of a chain, while it is parsed.
type frame struct {
	off  int // where the parse stands
	end  int // end of the window
	base int // of its places on the stack
	// nodes are the fields that the message keeps.
	nodes list
	// self is the value that a check is about, elem the element just read, word the bits word being checked.
	self, elem, word uint64
	// each is the element of the list for which one is read.
	each uint64
	// prev is the element before the one that is parsed in the frame, before the one before the element that is read next.
	prev, before       uint64
	hasPrev, hasBefore bool
	chain              chainRun
}

// left is the number of bytes left in the window: none when a jump has led beyond it.
func (f *frame) left() int { return max(f.end-f.off, 0) }

// outcome is how a step ended.
type outcome uint8

const (
	failed outcome = iota // the status says why
	goesOn
	ended // by `end`
)

func result(ok bool) outcome {
	if ok {
		return goesOn
	}
	return failed
}

// step is a statement made ready.
type step func(r *run, f *frame) outcome

// steps runs the statements of a block, one after the other.
func (r *run) steps(f *frame, block []step) outcome {
	for _, s := range block {
		if o := s(r, f); o != goesOn {
			return o
		}
	}
	return goesOn
}

// datagram parses the datagram as a message of an entry.
func (r *run) datagram(e *entry) uint64 {
	f := r.enter(e.root.places, 0, len(r.data))
	ok := r.steps(f, e.root.body) != failed
	if ok {
		r.status.Complete = true
		if !e.root.ir.Tentative {
			r.status.Confirmed = true
		}
		f.off = len(r.data)
		r.steps(f, e.after)
	}
	return uint64(f.nodes.first)
}

// enter begins a frame with n places.
func (r *run) enter(n, off, end int) *frame {
	if r.depth == len(r.frames) {
		r.frames = append(r.frames, new(frame))
	}
	f := r.frames[r.depth]
	r.depth++
	*f = frame{off: off, end: end, base: len(r.stack), nodes: empty}
	for range n {
		r.stack = append(r.stack, 0)
	}
	return f
}

// leave ends the innermost frame.
func (r *run) leave() {
	r.depth--
	r.stack = r.stack[:r.frames[r.depth].base]
}

// fail records a poison.
func (r *run) fail(reason datagram.Reason, field, off int, needed uint64, got int) bool {
	s := &r.status
	s.Code, s.Reason, s.Field = datagram.Poison, reason, uint16(field)
	s.Offset, s.Needed, s.Got = uint32(off), uint32(min(needed, math.MaxUint32)), uint32(got)
	return false
}

// act carries out what follows a condition that does not hold, or a rule's that does; false ends the parse. left is
// the number of bytes that it is about.
func (r *run) act(a ir.Action, field, off, left int) bool {
	switch a.Kind {
	case ir.DoNote:
		r.status.Notes |= 1 << uint(a.Reason)
		return true
	case ir.DoReject:
		r.fail(datagram.NoReason, field, off, 0, left)
		r.status.Code = datagram.Reject
		return false
	}
	return r.fail(datagram.Reason(a.Reason), field, off, 0, left)
}
