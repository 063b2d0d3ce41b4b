package eval

import (
	"bytes"
	"math"

	"github.com/flowscope/fsd/dsl/ir"
	"github.com/flowscope/fsd/runtime/datagram"
)

// reader reads a value where the frame stands, and moves the frame behind it; false when that failed.
type reader func(r *run, f *frame) (uint64, bool)

// value makes the reading of a value of type t ready. Failures point to field.
func (s *scope) value(t ir.Type, args []ir.Expr, field int) reader {
	switch t := t.(type) {
	case *ir.IntType:
		return s.integer(t, field)
	case *ir.Enum:
		return s.integer(t.Int, field)
	case *ir.Flags:
		return s.integer(t.Int, field)
	case *ir.Bits:
		return s.wordValue(t, field)
	case *ir.StdType:
		if t.Number() {
			return number(t, t.Size(), t.Little, field)
		}
		return fixed(int(t.Bytes), field)
	case *ir.BytesType:
		return s.byteField(t, field)
	case *ir.ArrayType:
		return s.array(t, field)
	case *ir.Struct:
		return s.nested(t, args)
	case *ir.Chain:
		return s.chainValue(t, args)
	}
	panic(fault(s.name, "a value of type %T cannot be read", t))
}

// fixed reads size bytes.
func fixed(size, field int) reader {
	return func(r *run, f *frame) (uint64, bool) {
		if left := f.left(); size > left {
			return 0, r.fail(datagram.Short, field, f.off, uint64(size), left)
		}
		v := span(uint32(f.off), size)
		f.off += size
		return v, true
	}
}

// number reads an integer of whole bytes.
func number(t ir.Type, size ir.Size, little bool, field int) reader {
	read := fixed(int(size.Min), field)
	return func(r *run, f *frame) (uint64, bool) {
		v, ok := read(r, f)
		if !ok {
			return 0, false
		}
		return signed(t, unsigned(r.tree.bytes(v), little)), true
	}
}

// unsigned is the number that bytes are.
func unsigned(b []byte, little bool) uint64 {
	var n uint64
	for i := range b {
		if little {
			n = n<<8 | uint64(b[len(b)-1-i])
		} else {
			n = n<<8 | uint64(b[i])
		}
	}
	return n
}

// wordValue reads a bits word and checks its fields, in their order.
func (s *scope) wordValue(t *ir.Bits, field int) reader {
	read := number(t, t.Size(), t.Int.Little, field)
	type part struct {
		cut    func(word uint64) uint64
		checks checker
	}
	inner := *s
	inner.word = t
	var parts []part
	for _, b := range t.Fields {
		parts = append(parts, part{bitsOf(b), inner.checks(b.Checks, b.Type, b.ID)})
	}
	return func(r *run, f *frame) (uint64, bool) {
		begin := f.off
		word, ok := read(r, f)
		if !ok {
			return 0, false
		}
		f.word = word
		for _, p := range parts {
			if !p.checks(r, f, p.cut(word), begin) {
				return 0, false
			}
		}
		return word, true
	}
}

// byteField makes the reading of a byte field ready.
func (s *scope) byteField(t *ir.BytesType, field int) reader {
	find := s.extent(t, field)
	return func(r *run, f *frame) (uint64, bool) {
		f.off = min(f.off, f.end) // a jump may have led beyond the end
		begin := f.off
		size, behind, ok := find(r, f)
		if !ok {
			return 0, false
		}
		v := span(uint32(begin), size)
		if t.As == ir.AsASCII {
			for _, b := range r.tree.bytes(v) {
				if b >= 0x80 {
					return 0, r.fail(datagram.NotASCII, field, begin, 0, 0)
				}
			}
		}
		f.off = begin + size + behind
		return v, true
	}
}

// extent finds how long a byte field is, and how many bytes of a delimiter stand behind it.
func (s *scope) extent(t *ir.BytesType, field int) func(r *run, f *frame) (size, behind int, ok bool) {
	switch t.Mode {
	case ir.BytesCount:
		count := s.expr(t.Count)
		return func(r *run, f *frame) (int, int, bool) {
			n, left := count(r, f), f.left()
			if n > uint64(left) {
				return 0, 0, r.fail(datagram.Short, field, f.off, n, left)
			}
			return int(n), 0, true
		}
	case ir.BytesRest:
		return func(_ *run, f *frame) (int, int, bool) { return f.left(), 0, true }
	case ir.BytesClass:
		if t.Escaped {
			return escapedRun(t)
		}
		return func(r *run, f *frame) (int, int, bool) { return classRun(t, r.data[f.off:f.end]), 0, true }
	case ir.BytesTo:
		return func(r *run, f *frame) (int, int, bool) {
			searched := r.data[f.off:f.end]
			if most := t.Max + int64(len(t.Delim)); t.Max >= 0 && int64(len(searched)) > most {
				searched = searched[:most]
			}
			n := bytes.Index(searched, t.Delim)
			if t.Escaped {
				n = unescaped(searched, t.Delim[0], t.Escape)
			}
			if n < 0 {
				return 0, 0, r.fail(datagram.Delimiter, field, f.off, 0, len(searched))
			}
			return n, len(t.Delim), true
		}
	}
	panic(fault(s.name, "there is no way to end a byte field that is number %d", t.Mode))
}

// array makes the reading of a repetition ready.
func (s *scope) array(t *ir.ArrayType, field int) reader {
	if t.Each != nil {
		return s.eachArray(t, field)
	}
	least := uint64(t.Elem.Size().Min)
	if least < 1 {
		panic(fault(s.name, "an element may be empty"))
	}
	elem := s.value(t.Elem, t.Args, field)
	inner := *s
	inner.elem = t.Elem
	var count, cond expr
	switch t.Mode {
	case ir.ArrayCount:
		count = s.expr(t.Count)
	case ir.ArrayUntil, ir.ArrayWhile:
		cond = inner.expr(t.Cond)
	}
	return func(r *run, f *frame) (uint64, bool) {
		var want uint64
		if count != nil {
			want = count(r, f)
			if left := f.left(); want > uint64(left)/least {
				needed := uint64(math.MaxUint32)
				if want <= needed {
					needed = want * least
				}
				return 0, r.fail(datagram.Short, field, f.off, needed, left)
			}
		}
		nodes := empty
		f.hasBefore = false
		for n := 0; ; n++ {
			done := false
			switch t.Mode {
			case ir.ArrayCount:
				done = uint64(n) == want
			case ir.ArrayRest:
				done = f.left() == 0
			case ir.ArrayWhile:
				done = cond(r, f) == 0
			case ir.ArrayUntil:
				done = n > 0 && cond(r, f) != 0
			}
			if t.Mode == ir.ArrayBlank {
				n := blankLine(r.data[f.off:f.end])
				if n == 0 && f.left() == 0 {
					return 0, r.fail(datagram.Delimiter, field, f.off, 0, 0)
				}
				f.off += n
				done = n > 0
			}
			if done {
				f.hasBefore = false
				return span(nodes.first, n), true
			}
			if int64(n) == t.Max {
				return 0, r.fail(datagram.Reason(ir.FirstReason+t.MaxReason), field, f.off, 0, 0)
			}
			begin := f.off
			v, ok := elem(r, f)
			if !ok {
				return 0, false
			}
			if f.off == begin {
				panic(fault(s.name, "an element takes no bytes"))
			}
			nodes.append(r.tree, v, 0)
			f.elem, f.before, f.hasBefore = v, v, true
		}
	}
}

// nested makes the reading of a struct ready. Its arguments are values of the struct around it.
func (s *scope) nested(t *ir.Struct, args []ir.Expr) reader {
	inner := s.prog.structType(t)
	if len(args) != len(t.Params) {
		panic(fault(s.name, "%s has %d parameters, found %d", t.Name, len(t.Params), len(args)))
	}
	values := make([]expr, len(args))
	for i, a := range args {
		values[i] = s.expr(a)
	}
	return func(r *run, f *frame) (uint64, bool) {
		if t.Depth > 0 {
			if r.depths[inner.depth] == t.Depth {
				return 0, r.fail(datagram.Reason(ir.FirstReason+t.DepthReason), t.FieldID, f.off, 0, 0)
			}
			r.depths[inner.depth]++
			defer func() { r.depths[inner.depth]-- }()
		}
		end, next := f.end, 0
		if t.Line != nil {
			f.off = min(f.off, f.end)
			n, size, searched := lineOf(t.Line, r.data[f.off:f.end])
			if size == 0 {
				return 0, r.fail(datagram.Delimiter, t.FieldID, f.off, 0, searched)
			}
			end, next = f.off+n, f.off+size
		}
		g := r.enter(inner.places, f.off, end)
		defer r.leave()
		g.prev, g.hasPrev = f.before, f.hasBefore
		for i, v := range values {
			r.stack[g.base+i] = v(r, f)
		}
		switch o := r.steps(g, inner.body); {
		case o == failed:
			return 0, false
		case t.Line != nil:
			if o != ended && g.off != end {
				return 0, r.fail(datagram.Trailing, t.FieldID, g.off, 0, end-g.off)
			}
			f.off = next
		case o == ended:
			f.off = f.end // the struct's window is used up with it
		default:
			f.off = g.off
		}
		return uint64(g.nodes.first), true
	}
}
