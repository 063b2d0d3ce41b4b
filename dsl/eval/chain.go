package eval

import (
	"github.com/flowscope/fsd/dsl/ir"
	"github.com/flowscope/fsd/runtime/datagram"
)

// chainRun is the parse of one value of a chain.
type chainRun struct {
	typ   *ir.Chain
	items []value
	jumps int64
	// Of the step at hand.
	step   int  // where it began
	before int  // the chain's total until then
	last   bool // `end` ran
	jumped bool
	target int
}

// chain reads a chain: steps until one is the last. Its place in the struct ends where the first run of steps did.
func (r *run) chain(s *scope, t *ir.Chain) (value, bool) {
	v := value{typ: t, set: true}
	c := &chainRun{typ: t}
	inner := &scope{off: s.off, end: s.end, start: s.off}
	behind := -1
	total := 0
	for {
		c.step, c.before, c.jumped, c.last = inner.off, total, false, false
		inner.step = make([]value, r.prog.sizes[t])
		inner.total = total
		if r.block(inner, t.Body, c) == failed {
			v.list = c.items
			return v, false
		}
		if c.jumped {
			if behind < 0 {
				behind = inner.off
			}
			inner.off, inner.end, inner.start = c.target, len(r.data), c.target
			continue
		}
		total += inner.off - c.step
		if c.last {
			break
		}
	}
	if behind < 0 {
		behind = inner.off
	}
	s.off = behind
	v.list = c.items
	return v, true
}

// counted brings `total` up to the bytes read so far, once the step's item or end was read.
func (c *chainRun) counted(s *scope) { s.total = c.before + s.off - c.step }

func (r *run) item(s *scope, stmt *ir.Item, c *chainRun) bool {
	if int64(len(c.items)) == c.typ.MaxItems {
		return r.fail(datagram.Reason(ir.FirstReason+c.typ.ItemsReason), c.typ.FieldID, c.step, 0, 0)
	}
	if !r.read(s, stmt.Read) {
		return false
	}
	c.counted(s)
	c.items = append(c.items, r.slot(s, stmt.Read.Field))
	return true
}

func (r *run) jump(s *scope, stmt *ir.Goto, c *chainRun) bool {
	target := r.num(s, stmt.Target)
	if !r.checks(s, stmt.Checks, value{typ: &ir.IntType{Bits: 64}, num: target, set: true}, c.typ.FieldID, c.step) {
		return false
	}
	if c.jumps == c.typ.MaxJumps {
		return r.fail(datagram.Reason(ir.FirstReason+c.typ.JumpsReason), c.typ.FieldID, c.step, 0, 0)
	}
	if r.jumps == 0 {
		return r.fail(datagram.JumpLimit, c.typ.FieldID, c.step, 0, 0)
	}
	c.jumps++
	r.jumps--
	c.jumped, c.target = true, int(target)
	return true
}
