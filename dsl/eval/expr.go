package eval

import (
	"bytes"

	"github.com/flowscope/fsd/dsl/ir"
	"github.com/flowscope/fsd/runtime/flow"
)

// scope is what expressions of one struct or chain step can see.
type scope struct {
	obj    *object // nil in a chain
	step   []value // fields of a chain step
	params map[*ir.Param]value
	off    int // where the parse stands
	end    int // end of the window
	self   value
	elem   value
	total  int // of a chain
	start  int // of a chain's run
}

func truth(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

// holds evaluates a condition.
func (r *run) holds(s *scope, e ir.Expr) bool { return r.num(s, e) != 0 }

// num evaluates an integer, in two's complement, or a bool as 0 or 1. The checker has proved that nothing overflows.
func (r *run) num(s *scope, e ir.Expr) uint64 {
	switch e := e.(type) {
	case *ir.Const:
		return e.Value.Uint64()
	case *ir.BoolConst:
		return truth(e.Value)
	case *ir.Ref:
		return r.ref(s, e).num
	case *ir.Fact:
		return r.fact(s, e)
	case *ir.LastRef:
		if l := r.parser.last[r.prog.lastIndex[e.Var]]; l.known {
			return l.num
		}
		if e.Or == nil {
			return 0
		}
		return r.num(s, e.Or)
	case *ir.CounterRef:
		return uint64(r.parser.counters[r.prog.counterIndex[e.Counter]])
	case *ir.Len:
		v := r.ref(s, e.Of)
		if _, isBytes := v.typ.(*ir.BytesType); isBytes {
			return uint64(len(v.data))
		}
		return uint64(len(v.list))
	case *ir.All:
		for _, b := range r.ref(s, e.Of).data {
			if b != e.Value {
				return 0
			}
		}
		return 1
	case *ir.Unary:
		x := r.num(s, e.X)
		if e.Op == "!" {
			return x ^ 1
		}
		return -x
	case *ir.Binary:
		return r.binary(s, e)
	case *ir.In:
		x := r.num(s, e.X)
		for _, c := range e.Set {
			if within(x, c.Range, e.X.Kind()) {
				return 1
			}
		}
		return 0
	}
	panic("eval: no such expression")
}

// within says whether x, a value of kind k, lies in a range.
func within(x uint64, r ir.Range, k ir.Kind) bool {
	v := ir.I(int64(x))
	if k != ir.Signed {
		v = ir.U(x)
	}
	return r.Lo.Cmp(v) <= 0 && v.Cmp(r.Hi) <= 0
}

func (r *run) binary(s *scope, e *ir.Binary) uint64 {
	switch e.Op {
	case "&&":
		return truth(r.holds(s, e.X) && r.holds(s, e.Y))
	case "||":
		return truth(r.holds(s, e.X) || r.holds(s, e.Y))
	}
	if e.X.Kind() == ir.Bytes || e.Y.Kind() == ir.Bytes {
		equal := bytes.Equal(r.bytes(s, e.X), r.bytes(s, e.Y))
		return truth(equal == (e.Op == "=="))
	}
	x, y := r.num(s, e.X), r.num(s, e.Y)
	unsigned := e.X.Kind() == ir.Uint || e.Y.Kind() == ir.Uint
	less := int64(x) < int64(y)
	if unsigned {
		less = x < y
	}
	switch e.Op {
	case "==":
		return truth(x == y)
	case "!=":
		return truth(x != y)
	case "<":
		return truth(less)
	case ">=":
		return truth(!less)
	case ">":
		return truth(!less && x != y)
	case "<=":
		return truth(less || x == y)
	case "+":
		return x + y
	case "-":
		return x - y
	case "*":
		return x * y
	case "&":
		return x & y
	case "|":
		return x | y
	case "^":
		return x ^ y
	case "<<":
		return x << y
	}
	if e.X.Kind() == ir.Uint || e.K == ir.Uint {
		switch e.Op {
		case "/":
			return x / y
		case "%":
			return x % y
		case ">>":
			return x >> y
		}
	}
	switch e.Op {
	case "/":
		return uint64(int64(x) / int64(y))
	case "%":
		return uint64(int64(x) % int64(y))
	case ">>":
		return uint64(int64(x) >> y)
	}
	panic("eval: no such operation: " + e.Op)
}

func (r *run) bytes(s *scope, e ir.Expr) []byte {
	switch e := e.(type) {
	case *ir.BytesConst:
		return e.Value
	case *ir.Ref:
		return r.ref(s, e).data
	}
	panic("eval: not bytes")
}

// ref follows a reference to its value.
func (r *run) ref(s *scope, e *ir.Ref) value {
	var v value
	path := e.Path
	switch e.Root {
	case ir.RefSelf:
		v = s.self
	case ir.RefElem:
		v = s.elem
	case ir.RefParam:
		v = s.params[e.Param]
	case ir.RefField:
		v = r.slot(s, path[0])
		path = path[1:]
	}
	for _, f := range path {
		switch t := v.typ.(type) {
		case *ir.Bits:
			v = bit(v.num, bitField(t, f))
			v.num = signed(v.typ, v.num)
		case *ir.Struct:
			v = v.obj.values[r.prog.slots[f]]
		default:
			panic("eval: no such path")
		}
	}
	return v
}

func (r *run) slot(s *scope, f *ir.Field) value {
	if s.obj != nil {
		return s.obj.values[r.prog.slots[f]]
	}
	return s.step[r.prog.slots[f]]
}

func (r *run) fact(s *scope, e *ir.Fact) uint64 {
	meta := r.meta
	sum := func(by [2]uint64) uint64 {
		switch e.Side {
		case ir.Initiator:
			return by[flow.Initiator]
		case ir.Responder:
			return by[flow.Responder]
		}
		return by[0] + by[1]
	}
	switch e.Fact {
	case ir.Remaining:
		return uint64(s.end - s.off)
	case ir.Offset:
		return uint64(s.off)
	case ir.DatagramLen:
		return uint64(len(r.data))
	case ir.Total:
		return uint64(s.total)
	case ir.Start:
		return uint64(s.start)
	case ir.Dir:
		return uint64(meta.Side)
	case ir.Port:
		return uint64(meta.Port())
	case ir.SrcPort:
		return uint64(meta.SrcPort)
	case ir.DstPort:
		return uint64(meta.DstPort)
	case ir.FlowBytes:
		return sum(r.parser.bytes)
	case ir.FlowDatagrams:
		return sum(r.parser.datagrams)
	case ir.FlowMalformed:
		return sum(r.parser.malformed)
	}
	panic("eval: no such fact")
}
