package eval

import (
	"bytes"
	"slices"

	"github.com/flowscope/fsd/dsl/ir"
	"github.com/flowscope/fsd/runtime/flow"
)

// expr is an expression made ready: an integer in two's complement, a bool as 0 or 1, or a value of the tree. The
// checker has proved that nothing overflows and that no divisor is 0.
type expr func(r *run, f *frame) uint64

func truth(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

// expr makes an expression ready.
func (s *scope) expr(e ir.Expr) expr {
	switch e := e.(type) {
	case *ir.Const:
		v := e.Value.Uint64()
		return func(*run, *frame) uint64 { return v }
	case *ir.BoolConst:
		v := truth(e.Value)
		return func(*run, *frame) uint64 { return v }
	case *ir.Ref:
		x, _ := s.ref(e)
		return x
	case *ir.Fact:
		return s.fact(e)
	case *ir.LastRef:
		return s.last(e)
	case *ir.PrevRef:
		return s.prev(e)
	case *ir.Found:
		return s.found(e)
	case *ir.Sum:
		return s.sum(e)
	case *ir.CounterRef:
		i := s.counter(e.Counter)
		return func(r *run, _ *frame) uint64 { return uint64(r.parser.counters[i]) }
	case *ir.Len:
		// Of bytes as of an array the value spans it.
		of, _ := s.ref(e.Of)
		return func(r *run, f *frame) uint64 {
			_, n := spanned(of(r, f))
			return uint64(n)
		}
	case *ir.All:
		of, want := s.bytes(e.Of), e.Value
		return func(r *run, f *frame) uint64 {
			for _, b := range of(r, f) {
				if b != want {
					return 0
				}
			}
			return 1
		}
	case *ir.Match:
		return s.match(e)
	case *ir.Checksum:
		return s.checksum(e)
	case *ir.Peek:
		return s.peek(e)
	case *ir.Lookup:
		return s.lookup(e)
	case *ir.Unary:
		x := s.expr(e.X)
		if e.Op == "!" {
			return func(r *run, f *frame) uint64 { return x(r, f) ^ 1 }
		}
		return func(r *run, f *frame) uint64 { return -x(r, f) }
	case *ir.Binary:
		return s.binary(e)
	case *ir.In:
		x, in := s.expr(e.X), within(e.Set, e.X.Kind())
		return func(r *run, f *frame) uint64 { return truth(in(x(r, f))) }
	}
	panic(fault(s.name, "there is no expression %T", e))
}

// within says whether a value of kind k lies in one of the ranges.
func within(set []ir.CaseRange, k ir.Kind) func(uint64) bool {
	type bounds struct{ lo, hi uint64 }
	all := ir.Range{Lo: ir.U(0), Hi: ir.U(1<<64 - 1)}
	if k == ir.Signed {
		all = ir.R(-1<<63, 1<<63-1)
	}
	var list []bounds
	for _, c := range set {
		if r := c.Range.Intersect(all); !r.Empty() {
			list = append(list, bounds{r.Lo.Uint64(), r.Hi.Uint64()})
		}
	}
	if k == ir.Signed {
		return func(x uint64) bool {
			for _, b := range list {
				if int64(b.lo) <= int64(x) && int64(x) <= int64(b.hi) {
					return true
				}
			}
			return false
		}
	}
	return func(x uint64) bool {
		for _, b := range list {
			if b.lo <= x && x <= b.hi {
				return true
			}
		}
		return false
	}
}

func (s *scope) binary(e *ir.Binary) expr {
	if e.X.Kind() == ir.Bytes || e.Y.Kind() == ir.Bytes {
		x, y, want := s.bytes(e.X), s.bytes(e.Y), e.Op == "=="
		return func(r *run, f *frame) uint64 { return truth(bytes.Equal(x(r, f), y(r, f)) == want) }
	}
	x, y := s.expr(e.X), s.expr(e.Y)
	if e.Op == "&&" {
		return func(r *run, f *frame) uint64 { return truth(x(r, f) != 0 && y(r, f) != 0) }
	}
	if e.Op == "||" {
		return func(r *run, f *frame) uint64 { return truth(x(r, f) != 0 || y(r, f) != 0) }
	}
	do := operation(e)
	return func(r *run, f *frame) uint64 { return do(x(r, f), y(r, f)) }
}

// operation is what a binary operator does to two integers, or to two bools as 0 and 1.
func operation(e *ir.Binary) func(x, y uint64) uint64 {
	switch e.Op {
	case "==":
		return func(x, y uint64) uint64 { return truth(x == y) }
	case "!=":
		return func(x, y uint64) uint64 { return truth(x != y) }
	case "+":
		return func(x, y uint64) uint64 { return x + y }
	case "-":
		return func(x, y uint64) uint64 { return x - y }
	case "*":
		return func(x, y uint64) uint64 { return x * y }
	case "&":
		return func(x, y uint64) uint64 { return x & y }
	case "|":
		return func(x, y uint64) uint64 { return x | y }
	case "^":
		return func(x, y uint64) uint64 { return x ^ y }
	case "<<":
		return func(x, y uint64) uint64 { return x << y }
	}
	unsigned := e.X.Kind() == ir.Uint || e.Y.Kind() == ir.Uint || e.K == ir.Uint
	if unsigned {
		switch e.Op {
		case "<":
			return func(x, y uint64) uint64 { return truth(x < y) }
		case "<=":
			return func(x, y uint64) uint64 { return truth(x <= y) }
		case ">":
			return func(x, y uint64) uint64 { return truth(x > y) }
		case ">=":
			return func(x, y uint64) uint64 { return truth(x >= y) }
		case "/":
			return func(x, y uint64) uint64 { return x / y }
		case "%":
			return func(x, y uint64) uint64 { return x % y }
		case ">>":
			return func(x, y uint64) uint64 { return x >> y }
		}
	}
	switch e.Op {
	case "<":
		return func(x, y uint64) uint64 { return truth(int64(x) < int64(y)) }
	case "<=":
		return func(x, y uint64) uint64 { return truth(int64(x) <= int64(y)) }
	case ">":
		return func(x, y uint64) uint64 { return truth(int64(x) > int64(y)) }
	case ">=":
		return func(x, y uint64) uint64 { return truth(int64(x) >= int64(y)) }
	case "/":
		return func(x, y uint64) uint64 { return uint64(int64(x) / int64(y)) }
	case "%":
		return func(x, y uint64) uint64 { return uint64(int64(x) % int64(y)) }
	case ">>":
		return func(x, y uint64) uint64 { return uint64(int64(x) >> y) }
	}
	panic(fault("expression", "there is no operator %s", e.Op))
}

// bytes makes an expression of kind Bytes ready.
func (s *scope) bytes(e ir.Expr) func(r *run, f *frame) []byte {
	switch e := e.(type) {
	case *ir.BytesConst:
		return func(*run, *frame) []byte { return e.Value }
	case *ir.Ref:
		x, t := s.ref(e)
		if !isSpanned(t) {
			panic(fault(s.name, "%T is not bytes", t))
		}
		return func(r *run, f *frame) []byte { return r.tree.bytes(x(r, f)) }
	case *ir.Span:
		return s.span(e)
	case *ir.Peek:
		return s.ahead(e)
	case *ir.Lookup:
		if !isSpanned(e.Type()) {
			panic(fault(s.name, "%T is not bytes", e.Type()))
		}
		x := s.lookup(e)
		return func(r *run, f *frame) []byte { return r.tree.bytes(x(r, f)) }
	}
	panic(fault(s.name, "%T is not bytes", e))
}

// isSpanned says whether a value of type t spans bytes of the datagram.
func isSpanned(t ir.Type) bool {
	switch t := t.(type) {
	case *ir.BytesType:
		return true
	case *ir.StdType:
		return !t.Number()
	}
	return false
}

// ref makes a reference ready, and returns the type of what it leads to.
func (s *scope) ref(e *ir.Ref) (expr, ir.Type) {
	var root expr
	var typ ir.Type
	path := e.Path
	switch e.Root {
	case ir.RefSelf:
		root, typ = func(_ *run, f *frame) uint64 { return f.self }, s.self
	case ir.RefElem:
		root, typ = func(_ *run, f *frame) uint64 { return f.elem }, s.elem
	case ir.RefEach:
		root, typ = func(_ *run, f *frame) uint64 { return f.each }, s.each
	case ir.RefParam:
		at, ok := s.params[e.Param]
		if !ok {
			panic(fault(s.name, "there is no parameter %s", e.Param.Name))
		}
		root, typ = func(r *run, f *frame) uint64 { return r.stack[f.base+at] }, e.Param.Type
	case ir.RefField:
		root, typ = s.field(path[0])
		path = path[1:]
	}
	if typ == nil {
		panic(fault(s.name, "a reference stands where there is nothing to refer to"))
	}
	follow, t := s.prog.path(typ, path)
	if t == nil {
		return root, typ
	}
	return func(r *run, f *frame) uint64 { return follow(r.tree, root(r, f)) }, t
}

// field is a field of the frame, or of the bits word whose fields are being checked.
func (s *scope) field(field *ir.Field) (expr, ir.Type) {
	if s.word != nil {
		for _, b := range s.word.Fields {
			if b.Field == field {
				cut := bitsOf(b)
				return func(_ *run, f *frame) uint64 { return cut(f.word) }, field.Type
			}
		}
	}
	at, ok := s.fields[field]
	if !ok {
		panic(fault(s.name, "there is no field %s", field.Name))
	}
	return func(r *run, f *frame) uint64 { return r.stack[f.base+at] }, field.Type
}

func (s *scope) counter(c *ir.Counter) int {
	i, ok := s.prog.counter[c]
	if !ok {
		panic(fault(s.name, "there is no counter %s", c.Name))
	}
	return i
}

func (s *scope) last(e *ir.LastRef) expr {
	i, ok := s.prog.last[e.Var]
	if !ok {
		panic(fault(s.name, "a field of the previous message is not part of the state"))
	}
	or := func(*run, *frame) uint64 { return 0 }
	if e.Or != nil {
		or = s.expr(e.Or)
	}
	return func(r *run, f *frame) uint64 {
		side := 0
		if e.Var.BySender {
			side = int(r.meta.Side & 1)
		}
		if l := r.parser.last[i][side]; l.known {
			return l.num
		}
		return or(r, f)
	}
}

func (s *scope) prev(e *ir.PrevRef) expr {
	path, typ := s.prog.path(s.of, e.Var.Path)
	if typ == nil {
		panic(fault(s.name, "prev has an empty path"))
	}
	or := func(*run, *frame) uint64 { return 0 }
	if e.Or != nil {
		or = s.expr(e.Or)
	}
	return func(r *run, f *frame) uint64 {
		if f.hasPrev {
			return path(r.tree, f.prev)
		}
		return or(r, f)
	}
}

func (s *scope) fact(e *ir.Fact) expr {
	flowFact := func(of func(p *parser) *[2]uint64) expr {
		return func(r *run, _ *frame) uint64 {
			by := of(r.parser)
			switch e.Side {
			case ir.Initiator:
				return by[flow.Initiator]
			case ir.Responder:
				return by[flow.Responder]
			}
			return by[flow.Initiator] + by[flow.Responder]
		}
	}
	switch e.Fact {
	case ir.Remaining:
		return func(_ *run, f *frame) uint64 { return uint64(f.left()) }
	case ir.Offset:
		return func(_ *run, f *frame) uint64 { return uint64(f.off) }
	case ir.DatagramLen:
		return func(r *run, _ *frame) uint64 { return uint64(len(r.data)) }
	case ir.Total, ir.Start:
		if s.chain == nil {
			panic(fault(s.name, "a fact of a chain stands outside of one"))
		}
		if e.Fact == ir.Total {
			return func(_ *run, f *frame) uint64 { return uint64(f.chain.total) }
		}
		return func(_ *run, f *frame) uint64 { return uint64(f.chain.start) }
	case ir.Dir:
		return func(r *run, _ *frame) uint64 { return uint64(r.meta.Side) }
	case ir.Port:
		return func(r *run, _ *frame) uint64 { return uint64(r.meta.Port()) }
	case ir.SrcPort:
		return func(r *run, _ *frame) uint64 { return uint64(r.meta.SrcPort) }
	case ir.DstPort:
		return func(r *run, _ *frame) uint64 { return uint64(r.meta.DstPort) }
	case ir.FlowBytes:
		return flowFact(func(p *parser) *[2]uint64 { return &p.bytes })
	case ir.FlowDatagrams:
		return flowFact(func(p *parser) *[2]uint64 { return &p.datagrams })
	case ir.FlowRate:
		i := slices.Index(s.prog.ir.State.Rates, e.Rate)
		return func(r *run, _ *frame) uint64 { return uint64(rateOf(&r.parser.rates[i], e.Side)) }
	case ir.FlowMalformed:
		return flowFact(func(p *parser) *[2]uint64 { return &p.malformed })
	}
	panic(fault(s.name, "there is no fact %d", e.Fact))
}
