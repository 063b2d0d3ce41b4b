package eval

import (
	"math"

	"github.com/flowscope/fsd/dsl/ir"
	"github.com/flowscope/fsd/runtime/datagram"
)

// chainType is a chain made ready.
type chainType struct {
	ir     *ir.Chain
	body   []step
	places int
}

// chainRun is what a frame knows of the chain whose steps it runs.
type chainRun struct {
	jumps int64 // made by this value
	items int   // where its items begin in those of the run
	total int   // bytes of the steps that did not jump, for expressions
	start int   // where the current run of steps began
	// Of the step at hand.
	step   int  // where it began
	before int  // total until then
	last   bool // `end` ran
	jumped bool
	target int
}

// chainType makes a chain ready, once.
func (p *program) chainType(t *ir.Chain) *chainType {
	if c, ok := p.chains[t]; ok {
		if c == nil {
			panic(fault(t.Name, "the chain contains itself"))
		}
		return c
	}
	if _, ok := t.Item.Type.(*ir.BytesType); !ok {
		panic(fault(t.Name, "the items are not bytes"))
	}
	p.chains[t] = nil
	c := &chainType{ir: t}
	s := &scope{prog: p, name: t.Name, params: map[*ir.Param]int{}, fields: map[*ir.Field]int{}, chain: c}
	for i, param := range t.Params {
		s.params[param] = i
	}
	s.number(t.Body)
	c.body = s.block(t.Body)
	c.places = len(s.params) + len(s.fields)
	p.chains[t] = c
	return c
}

// chain makes the reading of a chain ready. Its arguments are values of the struct around it.
func (s *scope) chainValue(t *ir.Chain, args []ir.Expr) reader {
	c := s.prog.chainType(t)
	if len(args) != len(t.Params) {
		panic(fault(s.name, "%s has %d parameters, found %d", t.Name, len(t.Params), len(args)))
	}
	values := make([]expr, len(args))
	for i, a := range args {
		values[i] = s.expr(a)
	}
	return func(r *run, f *frame) (uint64, bool) { return c.read(r, f, values) }
}

// read reads a chain: steps, until one is the last. Its place ends where the first run of steps did.
func (c *chainType) read(r *run, outer *frame, args []expr) (uint64, bool) {
	f := r.enter(c.places, outer.off, outer.end)
	defer r.leave()
	for i, v := range args {
		r.stack[f.base+i] = v(r, outer)
	}
	k := &f.chain
	*k = chainRun{items: len(r.items), start: f.off}
	behind := -1
	total := 0
	for {
		items := len(r.items)
		k.step, k.before, k.total, k.last, k.jumped = f.off, total, total, false, false
		clear(r.stack[f.base+len(args):])
		if r.steps(f, c.body) == failed {
			return 0, false
		}
		if k.last {
			break
		}
		if k.jumped {
			if behind < 0 {
				behind = f.off
			}
			f.off, f.end, k.start = k.target, len(r.data), k.target
			continue
		}
		if f.off == k.step && (len(r.items) == items || c.ir.ItemsReason < 0) {
			panic(fault(c.ir.Name, "a step does nothing"))
		}
		total += f.off - k.step
	}
	if behind < 0 {
		behind = f.off
	}
	outer.off = behind
	v := r.tree.keep(r.items[k.items:])
	r.items = r.items[:k.items]
	return v, true
}

// counted brings total up to what the step has read.
func (k *chainRun) counted(f *frame) { k.total = k.before + f.off - k.step }

// endChain makes this step the last.
func endChain(_ *run, f *frame) outcome {
	f.chain.last = true
	f.chain.counted(f)
	return goesOn
}

func (s *scope) item(stmt *ir.Item) step {
	if s.chain == nil {
		panic(fault(s.name, "an item stands outside of a chain"))
	}
	c, read, at := s.chain.ir, s.read(stmt.Read), s.fields[stmt.Read.Field]
	return func(r *run, f *frame) outcome {
		k := &f.chain
		if c.ItemsReason >= 0 && int64(len(r.items)-k.items) == c.MaxItems {
			return result(r.fail(datagram.Reason(ir.FirstReason+c.ItemsReason), c.FieldID, k.step, 0, 0))
		}
		if read(r, f) == failed {
			return failed
		}
		r.items = append(r.items, packItem(r.stack[f.base+at]))
		k.counted(f)
		return goesOn
	}
}

func (s *scope) jump(stmt *ir.Goto) step {
	if s.chain == nil {
		panic(fault(s.name, "a goto stands outside of a chain"))
	}
	c, target := s.chain.ir, s.expr(stmt.Target)
	checks := s.checks(stmt.Checks, &ir.IntType{Bits: 64}, c.FieldID)
	return func(r *run, f *frame) outcome {
		k := &f.chain
		to := target(r, f)
		if !checks(r, f, to, k.step) {
			return failed
		}
		if c.JumpsReason >= 0 && k.jumps == c.MaxJumps {
			return result(r.fail(datagram.Reason(ir.FirstReason+c.JumpsReason), c.FieldID, k.step, 0, 0))
		}
		if r.jumps == 0 {
			return result(r.fail(datagram.JumpLimit, c.FieldID, k.step, 0, 0))
		}
		k.jumps++
		r.jumps--
		k.jumped, k.target = true, int(min(to, math.MaxInt32))
		return goesOn
	}
}
