package check

import (
	"github.com/flowscope/fsd/dsl/ast"
	"github.com/flowscope/fsd/dsl/diag"
	"github.com/flowscope/fsd/dsl/ir"
	"github.com/flowscope/fsd/dsl/source"
)

// arrayType checks [n]T and its like; nil after an error. f is the field that it is the type of.
func (b *body) arrayType(x *exprs, a *ast.Array, o options, f *ir.Field, windowed bool) ir.Type {
	if a.Length == nil || a.Elem == nil {
		return nil
	}
	var t ir.Type
	if isByte(a.Elem) {
		t = b.bytesType(x, a, o, windowed)
	} else {
		t = b.repeated(x, a, o, f)
	}
	if t == nil {
		return nil
	}
	return t
}

func isByte(t *ast.Type) bool {
	return t.Ref != nil && len(t.Ref.Path) == 1 && t.Ref.Path[0].Name == "byte" && t.Ref.Args == nil
}

// bytesType checks a byte field.
func (b *body) bytesType(x *exprs, a *ast.Array, o options, windowed bool) ir.Type {
	t := &ir.BytesType{Max: -1}
	l := a.Length
	if cs := b.classOf(x, l.Count); cs != nil {
		return b.classType(cs, l, o)
	}
	if l.Escape != nil && l.To == nil {
		b.c.errorf(diag.BadEscape, l.Escape.Span(), "nothing ends this field but its length, so there is nothing to escape").
			Fixf("remove it, or write `to` and a delimiter in front of it")
		return nil
	}
	if o.max != nil && l.To == nil {
		b.c.errorf(diag.BadMax, o.max.Span(), "`max` is for [to X]byte: the length of this field is known before it is read").
			Fixf("write `where len <= N` to bound it")
		return nil
	}
	switch {
	case l.Rest:
		t.Mode = ir.BytesRest
		t.Bytes = ir.Size{Max: ir.MaxDatagram}
	case l.To != nil:
		t.Mode = ir.BytesTo
		if t.Delim = b.delimiter(l.To); t.Delim == nil {
			return nil
		}
		if l.Escape != nil && !b.escape(l.Escape, t) {
			return nil
		}
		n := int64(len(t.Delim))
		t.Bytes = ir.Size{Min: n, Max: ir.MaxDatagram}
		switch {
		case o.max != nil:
			most, ok := b.maximum(o.max.Max)
			if !ok {
				return nil
			}
			t.Max = most
			t.Bytes.Max = min(n+most, ir.MaxDatagram)
		case !windowed && (b.self == nil || b.self.Line == nil):
			b.c.errorf(diag.NeedsBound, a.Span(), "nothing bounds how far the delimiter may be").
				Fixf("add `max` and a number of bytes, or put it into a window with `size`")
			return nil
		}
	case l.Count != nil:
		t.Mode = ir.BytesCount
		if t.Count = b.count(x, l.Count, 1); t.Count == nil {
			return nil
		}
		t.Bytes = times(t.Count.Range(), ir.Size{Min: 1, Max: 1})
	default:
		b.c.errorf(diag.BadRepeat, l.Span(), "a byte field ends by count, at the end of its window, or at a delimiter").
			Fixf("write [n]byte, [..]byte or [to X]byte")
		return nil
	}
	return t
}

// delimiter is what a `to` looks for; nil after an error.
func (b *body) delimiter(e ast.Expr) []byte {
	v := (&exprs{c: b.c, u: b.u, env: newEnv(nil), constant: true}).expr(e, nil)
	switch v := v.(type) {
	case nil:
		return nil
	case *ir.BytesConst:
		if len(v.Value) > 0 && len(v.Value) <= 16 {
			return v.Value
		}
	case *ir.Const:
		if ir.R(0, 255).Contains(v.Range()) {
			return []byte{byte(v.Value.Int64())}
		}
	}
	b.c.errorf(diag.BadDelimiter, e.Span(), "a delimiter is a byte, 0..255, or a text of 1..16 bytes").Fixf("write `to 0` or `to \"\\r\\n\"`")
	return nil
}

// maximum checks the number behind `max`.
func (b *body) maximum(e ast.Expr) (int64, bool) {
	n, ok := b.c.constInt(b.u, e)
	if !ok {
		return 0, false
	}
	if n.Cmp(one) < 0 || n.Cmp(ir.I(ir.MaxDatagram)) > 0 {
		b.c.errorf(diag.BadMax, e.Span(), "`max` is 1..%d, found %s", ir.MaxDatagram, n)
		return 0, false
	}
	return n.Int64(), true
}

// count checks the number of elements of least bytes each; nil after an error.
func (b *body) count(x *exprs, e ast.Expr, least int64) ir.Expr {
	v := x.sized(e)
	if v == nil {
		return nil
	}
	r := v.Range()
	if most := r.Hi.Mul(ir.I(max(least, 1))); !most.FitsInt64() {
		d := b.c.errorf(diag.CountRange, e.Span(), "%s elements of %d bytes do not fit 64 bits: %s is %s here", r.Hi, least, source1(e), r)
		x.adviseWhere(d, e, v, "<=", ir.I(ir.MaxDatagram))
		return nil
	}
	if need := r.Lo.Mul(ir.I(max(least, 1))); need.Cmp(ir.I(ir.MaxDatagram)) > 0 {
		b.c.errorf(diag.CountRange, e.Span(), "at least %s bytes never fit a datagram, which holds %d", need, ir.MaxDatagram).Fixf("mend the count")
		return nil
	}
	return v
}

// repeated checks an array of anything but bytes.
func (b *body) repeated(x *exprs, a *ast.Array, o options, f *ir.Field) ir.Type {
	l := a.Length
	if l.Escape != nil {
		b.c.errorf(diag.BadEscape, l.Escape.Span(), "an escape stands between bytes, and the elements are not bytes").Fixf("remove it")
		return nil
	}
	if l.To != nil {
		b.c.errorf(diag.BadRepeat, a.Span(), "`to` looks for a delimiter between bytes, and the elements are not bytes").
			Fixf("write [to X]byte, or [until cond] and the type of the element")
		return nil
	}
	t := &ir.ArrayType{Max: -1, MaxReason: -1}
	each := *x // where an element begins
	each.env, each.loop = x.env.elsewhere(), true
	switch {
	case a.Elem.Array != nil && isByte(a.Elem.Array.Elem):
		t.Elem = b.bytesType(&each, a.Elem.Array, options{}, false)
	case a.Elem.Array != nil:
		b.c.errorf(diag.BadRepeat, a.Elem.Span(), "an array of arrays has no names for its parts").Fixf("make a type of the inner array and repeat that")
		return nil
	default:
		t.Elem, t.Args = b.elemType(&each, a.Elem.Ref, "an element")
	}
	if t.Elem == nil || isNil(t.Elem) {
		return nil
	}
	if e, ok := t.Elem.(*ir.Enum); ok && e.Known {
		b.c.errorf(diag.BadKnown, a.Elem.Span(), "%s is closed, and the elements of an array are not checked", e.Name).
			Fixf("repeat a struct with a field of that type")
		return nil
	}
	elem := t.Elem.Size()
	if elem.Min < 1 {
		d := b.c.errorf(diag.EmptyElement, a.Elem.Span(), "an element may be empty: %s takes %s bytes", elemText(a.Elem), sizeText(elem))
		if n, ok := t.Elem.(ir.Named); ok {
			d.Label(b.c.posOf(n), "%s is declared here", n.TypeName())
		}
		d.Fixf("an array needs elements of at least one byte, or it may never end")
		return nil
	}
	if o.max != nil {
		most, ok := b.maximum(o.max.Max)
		if !ok {
			return nil
		}
		t.Max = most
	}
	t.Bytes = ir.Size{Max: ir.MaxDatagram}
	switch {
	case l.Rest:
		t.Mode = ir.ArrayRest
	case l.Count != nil:
		t.Mode = ir.ArrayCount
		if t.Count = b.count(x, l.Count, elem.Min); t.Count == nil {
			return nil
		}
		r := t.Count.Range()
		if t.Max >= 0 {
			if r.Lo.Cmp(ir.I(t.Max)) > 0 || r.Hi.Cmp(ir.I(t.Max)) <= 0 {
				b.c.errorf(diag.BadMax, o.max.Span(), "`max %d` decides nothing: the count is %s here", t.Max, r).Fixf("remove it, or mend it")
				return nil
			}
			r.Hi = ir.I(t.Max)
		}
		t.Bytes = times(r, elem)
	case isBlank(x, l.Until):
		t.Mode = ir.ArrayBlank
		t.Bytes.Min = 1
	case l.Until != nil:
		t.Mode = ir.ArrayUntil
		if t.Cond = b.until(x, l.Until, t.Elem, a); t.Cond == nil {
			return nil
		}
		t.Bytes.Min = elem.Min
	case l.While != nil:
		t.Mode = ir.ArrayWhile
		if t.Cond = each.condition(l.While); t.Cond == nil {
			return nil
		}
		if !changes(t.Cond) {
			b.c.errorf(diag.BadWhile, l.While.Span(), "this condition is the same before every element: it names neither `remaining` nor `offset`, and looks at nothing ahead").
				Fixf("write `if` around a [..] array, or `until` and a field of the element")
			return nil
		}
	}
	if t.Max >= 0 {
		t.Bytes.Max = min(t.Bytes.Max, t.Max*elem.Max)
		if f.Name == "_" {
			b.c.errorf(diag.ReasonMissing, o.max.Span(), "one element too many has no reason: the field has no name to take it from").Fixf("give the field a name")
			return nil
		}
		i, ok := b.c.implicit(Snake(f.Name)+"_max", o.max.Span(), b.name+"."+f.Name+" max "+source1(o.max.Max))
		if !ok {
			return nil
		}
		t.MaxReason = i
	}
	t.Bytes.Max = max(t.Bytes.Max, t.Bytes.Min)
	return t
}

func isNil(t ir.Type) bool {
	b, ok := t.(*ir.BytesType)
	return ok && b == nil
}

func elemText(t *ast.Type) string { return short(t.Span().Text()) }

// posOf is where a type is declared.
func (c *checker) posOf(t ir.Named) source.Span {
	switch t := t.(type) {
	case *ir.Enum:
		return t.Pos
	case *ir.Flags:
		return t.Pos
	case *ir.Bits:
		return t.Pos
	case *ir.Struct:
		return t.Pos
	case *ir.Chain:
		return t.Pos
	}
	return source.Span{}
}

// until checks the condition that ends an array after an element.
func (b *body) until(x *exprs, e ast.Expr, elem ir.Type, a *ast.Array) ir.Expr {
	switch elem.(type) {
	case *ir.Struct, *ir.Bits:
	default:
		b.c.errorf(diag.BadUntil, a.Span(), "`until` looks at a field of the element, and %s has none", elemText(a.Elem)).
			Fixf("repeat a struct with a field of that type")
		return nil
	}
	y := *x
	y.env = newEnv(x.env)
	y.env.learn(keyRemaining, single(ir.R(0, ir.MaxDatagram)))
	y.env.learn(keyOffset, single(ir.R(0, ir.MaxDatagram)))
	y.elem, y.loop = elem, true
	cond := y.condition(e)
	if cond == nil {
		return nil
	}
	if !names(cond, ir.RefElem) && !changes(cond) {
		b.c.errorf(diag.BadUntil, e.Span(), "this condition is the same after every element: it names no field of %s", elemText(a.Elem)).
			Fixf("name a field of the element")
		return nil
	}
	if !y.decided(e, cond, "the condition") {
		return nil
	}
	return cond
}

// visit calls f for an expression and all in it.
func visit(e ir.Expr, f func(ir.Expr)) {
	if e == nil {
		return
	}
	f(e)
	switch e := e.(type) {
	case *ir.Unary:
		visit(e.X, f)
	case *ir.Binary:
		visit(e.X, f)
		visit(e.Y, f)
	case *ir.In:
		visit(e.X, f)
	case *ir.Len:
		visit(e.Of, f)
	case *ir.All:
		visit(e.Of, f)
	case *ir.Match:
		visit(e.Of, f)
	case *ir.Checksum:
		for _, p := range e.Of {
			visit(p, f)
		}
	case *ir.Span:
		visit(e.From, f)
		visit(e.To, f)
	case *ir.Xor:
		visit(e.X, f)
		visit(e.Y, f)
	case *ir.LastRef:
		visit(e.Or, f)
	case *ir.Found:
		for _, k := range e.Keys {
			visit(k, f)
		}
	case *ir.Sum:
		visit(e.Of, f)
	case *ir.Peek:
		visit(e.Or, f)
	case *ir.PrevRef:
		visit(e.Or, f)
	case *ir.Lookup:
		visit(e.Of, f)
		visit(e.Key, f)
		visit(e.Or, f)
	}
}

// changes says whether reading bytes changes the value of an expression.
func changes(e ir.Expr) bool {
	found := false
	visit(e, func(e ir.Expr) {
		if _, ok := e.(*ir.Peek); ok {
			found = true
		}
		if f, ok := e.(*ir.Fact); ok && (f.Fact == ir.Remaining || f.Fact == ir.Offset || f.Fact == ir.Total) {
			found = true
		}
	})
	return found
}

// names says whether an expression refers to something of a kind.
func names(e ir.Expr, root ir.RefRoot) bool {
	found := false
	visit(e, func(e ir.Expr) {
		if r, ok := e.(*ir.Ref); ok && r.Root == root {
			found = true
		}
	})
	return found
}
