package gojen

import (
	"fmt"

	"github.com/dave/jennifer/jen"

	"github.com/flowscope/fsd/codegen/plan"
	"github.com/flowscope/fsd/dsl/ir"
)

// expr is a Go expression with the precedence of its outermost operator, as Go numbers them; 7 is an operand.
type expr struct {
	c    code
	prec int
}

const operand = 7

var precedence = map[string]int{
	"||": 1, "&&": 2, "==": 3, "!=": 3, "<": 3, "<=": 3, ">": 3, ">=": 3, "+": 4, "-": 4, "|": 4, "^": 4,
	"*": 5, "/": 5, "%": 5, "<<": 5, ">>": 5, "&": 5,
}

func atom(c code) expr { return expr{c, operand} }

// in returns the expression for use as an operand of an operator of precedence prec.
func (e expr) in(prec int) code {
	if e.prec < prec {
		return jen.Parens(e.c)
	}
	return e.c
}

func binary(x expr, o string, y expr) expr {
	p := precedence[o]
	if (o == "&&" || o == "||") && y.prec == p {
		return expr{jen.Add(x.in(p)).Add(op(o)).Add(y.c), p} // the order does not matter
	}
	return expr{jen.Add(x.in(p)).Add(op(o)).Add(y.in(p + 1)), p}
}

func call(f code, args ...jen.Code) expr { return atom(jen.Add(f).Call(args...)) }

func sel(x expr, name string) expr { return atom(jen.Add(x.in(operand)).Dot(name)) }

func lenOf(x code) expr { return call(id("len"), x) }

// goType is the Go type of a value: an integer type, a name for one, bool or bytes.
type goType struct {
	// name is the type as written; "" is an untyped constant.
	name   string
	bits   int
	signed bool
	// named: the name is a type of the package.
	named bool
	isInt bool
}

var (
	typeInt    = goType{name: "int", bits: 32, signed: true, isInt: true} // 32 bits of it can be relied on
	typeInt64  = goType{name: "int64", bits: 64, signed: true, isInt: true}
	typeUint64 = goType{name: "uint64", bits: 64, isInt: true}
	typeBool   = goType{name: "bool"}
	typeBytes  = goType{name: "[]byte"}
	untyped    = goType{isInt: true}
)

// rng is what the type can hold.
func (t goType) rng() ir.Range { return ir.OfInt(&ir.IntType{Bits: t.bits, Signed: t.signed}) }

func (t goType) code() code {
	if t.name == "[]byte" {
		return jen.Index().Byte()
	}
	return id(t.name)
}

// workType is the smallest of int, int64 and uint64 that holds the ranges.
func workType(rs ...ir.Range) goType {
	t := typeInt
	for _, r := range rs {
		switch {
		case r.FitsInt32():
		case r.FitsInt64():
			if t != typeUint64 {
				t = typeInt64
			}
		default:
			t = typeUint64
		}
	}
	return t
}

// intGoType is the Go type of an integer type.
func intGoType(t *ir.IntType) goType {
	bits, signed := plan.Native(t)
	return goType{name: plan.NativeName(t), bits: bits, signed: signed, isInt: true}
}

// valueType is the Go type of values of a type of ir.
func (g *gen) valueType(t ir.Type) goType {
	switch t := t.(type) {
	case *ir.IntType:
		return intGoType(t)
	case *ir.Enum, *ir.Flags, *ir.Bits:
		n := intGoType(plan.IntOf(t))
		n.name, n.named = g.p.TypeName(t.(ir.Named)), true
		return n
	case *ir.BoolType:
		return typeBool
	case *ir.BytesType:
		return typeBytes
	case *ir.StdType:
		// The name only tells it apart: it is never written, as no expression is converted to such a type.
		if t.Number() {
			return goType{name: t.Name, bits: int(t.Bytes) * 8, isInt: true, named: true}
		}
	}
	return goType{}
}

// env is what an expression can refer to.
type env struct {
	g     *gen
	store map[*ir.Field]*plan.Store
	// recv is the receiver, for fields of the struct.
	recv string
	// params are the names of parameters; kept says that they are fields of the receiver.
	params map[*ir.Param]string
	kept   bool
	// types of local variables.
	local map[*ir.Field]goType
	// self and elem are the value that a check is about and the element just read.
	self, elem, each             expr
	selfType, elemType, eachType ir.Type
	// selfGo is the Go type of self when it is not that of selfType (the target of a goto).
	selfGo *goType
	// word is the bits word whose fields' checks are run.
	word     expr
	wordType *ir.Bits
	// facts
	fact func(f *ir.Fact) expr
	last func(l *ir.LastRef) expr
	peek func(e *ir.Peek) expr
	// pos is the place so many bytes in front of the position, where that is short to say.
	pos  func(n int) (expr, bool)
	prev func(l *ir.PrevRef) expr
	// counter is the receiver of the flow's state.
	state code
}

// ref returns the Go expression of a Ref and its type of ir.
func (v *env) ref(r *ir.Ref) (expr, ir.Type, *goType) {
	var x expr
	var t ir.Type
	path := r.Path
	switch r.Root {
	case ir.RefField:
		f := path[0]
		path = path[1:]
		if v.wordType != nil {
			for _, bf := range v.wordType.Fields {
				if bf.Field == f {
					return v.g.bitValue(v.word, v.wordType, bf), f.Type, nil
				}
			}
		}
		st := v.store[f]
		if st == nil {
			panic(unsafeError{fmt.Sprintf("field %s is referred to but not there", f.Name)})
		}
		if st.Kind == plan.Local {
			x, t = atom(id(st.Name)), f.Type
			if lt, ok := v.local[f]; ok && len(path) == 0 {
				return x, t, &lt
			}
		} else {
			x, t = v.g.stored(atom(id(v.recv)), st, f), f.Type
		}
	case ir.RefSelf:
		x, t = v.self, v.selfType
		if v.selfGo != nil {
			return x, t, v.selfGo
		}
	case ir.RefElem:
		x, t = v.elem, v.elemType
	case ir.RefEach:
		x, t = v.each, v.eachType
	case ir.RefParam:
		name, ok := v.params[r.Param]
		if !ok {
			panic(unsafeError{"unknown parameter " + r.Param.Name})
		}
		x, t = atom(id(name)), r.Param.Type
		if v.kept {
			x = atom(id(v.recv).Dot(name))
		}
	}
	for _, f := range path {
		switch s := t.(type) {
		case *ir.Struct:
			x = v.g.stored(x, v.g.p.Struct(s).Store[f], f)
		case *ir.Bits:
			x = v.g.bitAccess(x, s, f)
		}
		t = f.Type
	}
	return x, t, nil
}

// stored is the place of a field in a struct value.
func (g *gen) stored(x expr, st *plan.Store, f *ir.Field) expr {
	if st == nil || st.Kind == plan.Nowhere {
		panic(unsafeError{fmt.Sprintf("field %s is not stored", f.Name)})
	}
	if st.Kind == plan.Public {
		return sel(x, st.Name)
	}
	y := sel(x, st.Slot.Name)
	switch {
	case st.Slot.Variant:
		return atom(jen.Add(y.c).Assert(op("*").Add(g.typeOf(f.Type))))
	case st.Slot.Shared:
		return call(g.typeOf(f.Type), y.c)
	}
	return y
}

// natural is the Go type that an expression has by itself.
func (v *env) natural(e ir.Expr) goType {
	switch e := e.(type) {
	case *ir.Const:
		if e.Enum != nil {
			return v.g.valueType(e.Enum)
		}
		return untyped
	case *ir.BoolConst, *ir.All, *ir.In:
		return typeBool
	case *ir.BytesConst:
		return typeBytes
	case *ir.Ref:
		_, t, lt := v.ref(e)
		if lt != nil {
			return *lt
		}
		return v.g.valueType(t)
	case *ir.Fact:
		switch e.Fact {
		case ir.Port, ir.SrcPort, ir.DstPort:
			return goType{name: "uint16", bits: 16, isInt: true}
		case ir.FlowBytes, ir.FlowDatagrams, ir.FlowMalformed, ir.FlowRate:
			return typeInt64
		}
		return typeInt
	case *ir.LastRef:
		if e.K == ir.Bool {
			return typeBool
		}
		return workType(e.R, e.Var.Range)
	case *ir.PrevRef:
		if e.K == ir.Bool {
			return typeBool
		}
		return workType(e.R, e.Var.Range)
	case *ir.CounterRef:
		return typeInt64
	case *ir.Sum:
		return sumType(e)
	case *ir.Match:
		return v.g.valueType(e.Enum)
	case *ir.Len:
		return typeInt
	case *ir.Checksum:
		return checksumType(e)
	case *ir.Span:
		return typeBytes
	case *ir.Peek:
		return v.peekType(e)
	case *ir.Lookup:
		return v.lookupType(e)
	case *ir.Unary:
		if e.Op == "!" {
			return typeBool
		}
		return workType(e.R, e.X.Range())
	case *ir.Binary:
		if e.K == ir.Bool {
			return typeBool
		}
		return v.operandType(e.Op, e.X, e.Y, &e.R)
	}
	return typeInt
}

// operandType is the type in which two operands are combined; result is nil for comparisons.
func (v *env) operandType(o string, x, y ir.Expr, result *ir.Range) goType {
	tx, ty := v.natural(x), v.natural(y)
	if o == "<<" || o == ">>" {
		ty = untyped // the count has a type of its own
	}
	rs := []ir.Range{x.Range()}
	if o != "<<" && o != ">>" {
		rs = append(rs, y.Range())
	}
	if result != nil {
		rs = append(rs, *result)
		tx.named, ty.named = false, false
		tx, ty = tx.plain(), ty.plain()
	}
	fits := func(t goType) bool {
		for _, r := range rs {
			if !t.rng().Contains(r) {
				return false
			}
		}
		return t.name != ""
	}
	switch {
	case tx == ty && fits(tx):
		return tx
	case ty.name == "" && fits(tx):
		return tx
	case tx.name == "" && fits(ty):
		return ty
	}
	return workType(rs...)
}

// plain is the type without its name.
func (t goType) plain() goType {
	if !t.isInt || t.name == "" || t.name == "int" {
		return t
	}
	return intGoType(&ir.IntType{Bits: t.bits, Signed: t.signed})
}

// value is an expression as a value of type want; "" leaves its own type.
func (v *env) value(e ir.Expr, want goType) expr {
	if c, ok := e.(*ir.Const); ok {
		return v.constant(c, want)
	}
	have := v.natural(e)
	if isConstant(e) && want.isInt {
		return v.constant(&ir.Const{Value: e.Range().Lo, Base: 10}, want)
	}
	x := v.plainValue(e, have)
	if want.name == "" || want.name == have.name || !want.isInt {
		return x
	}
	return call(want.code(), x.c)
}

func isConstant(e ir.Expr) bool {
	switch e := e.(type) {
	case *ir.Const:
		return true
	case *ir.Unary:
		return e.Op == "-" && isConstant(e.X)
	case *ir.Binary:
		return e.K != ir.Bool && isConstant(e.X) && isConstant(e.Y)
	}
	return false
}

// constant is a constant as an operand of type want.
func (v *env) constant(c *ir.Const, want goType) expr {
	if c.Enum != nil {
		for i, ev := range c.Enum.Values {
			if ir.U(ev.Value).Cmp(c.Value) != 0 && ir.I(int64(ev.Value)).Cmp(c.Value) != 0 {
				continue
			}
			x := atom(id(v.g.p.ValueName(c.Enum, i)))
			if name := v.g.p.TypeName(c.Enum); want.name == "" || want.name == name {
				return x
			}
			return call(want.code(), x.c)
		}
	} else if c.Name != "" {
		for i, d := range v.g.p.IR.Consts {
			if v.g.p.Consts[i] != "" && d.Name == c.Name && d.Value.Cmp(c.Value) == 0 {
				return atom(id(v.g.p.Consts[i]))
			}
		}
	}
	x := number(c.Value, c.Base)
	if c.Value.Sign() < 0 {
		return expr{x, 6}
	}
	return atom(x)
}

// plainValue is an expression in its own type.
func (v *env) plainValue(e ir.Expr, have goType) expr {
	switch e := e.(type) {
	case *ir.BoolConst:
		if e.Value {
			return atom(id("true"))
		}
		return atom(id("false"))
	case *ir.BytesConst:
		return atom(str(string(e.Value)))
	case *ir.Ref:
		x, _, _ := v.ref(e)
		return x
	case *ir.Fact:
		return v.fact(e)
	case *ir.LastRef:
		return v.last(e)
	case *ir.PrevRef:
		return v.prev(e)
	case *ir.Sum:
		return v.sum(e)
	case *ir.CounterRef:
		return call(id("int64"), jen.Add(v.state).Dot(v.g.counterName(e.Counter)))
	case *ir.Len:
		x, _, _ := v.ref(e.Of)
		return lenOf(x.c)
	case *ir.Checksum:
		return v.checksum(e)
	case *ir.Peek:
		return v.peek(e)
	case *ir.Lookup:
		return v.lookup(e, have)
	case *ir.Match:
		x, _, _ := v.ref(e.Of)
		return call(id(v.g.matcher(e.Enum)), x.c)
	case *ir.All:
		x, _, _ := v.ref(e.Of)
		return call(wire("AllEqual"), x.c, hexByte(e.Value))
	case *ir.Unary:
		if e.Op == "!" {
			return v.not(e.X)
		}
		return expr{op("-").Add(v.value(e.X, have).in(6)), 6}
	case *ir.In:
		return v.in(e, false)
	case *ir.Binary:
		return v.binary(e, have)
	}
	panic(unsafeError{fmt.Sprintf("unknown expression %T", e)})
}

func (v *env) binary(e *ir.Binary, have goType) expr {
	switch e.Op {
	case "&&", "||":
		return binary(v.value(e.X, goType{}), e.Op, v.value(e.Y, goType{}))
	case "<<", ">>":
		x := v.value(e.X, have)
		if isConstant(e.X) && have.name != "int" {
			x = call(have.code(), x.c) // else the constant would take its type from around it
		}
		return binary(x, e.Op, v.value(e.Y, v.countType(e.Y)))
	}
	if e.K != ir.Bool {
		return binary(v.value(e.X, have), e.Op, v.value(e.Y, have))
	}
	return v.compare(e.X, e.Op, e.Y)
}

// countType leaves the count of a shift as it is, unless it is a constant.
func (v *env) countType(e ir.Expr) goType {
	t := v.natural(e)
	if t.named {
		return t.plain()
	}
	return t
}

func (v *env) compare(x ir.Expr, o string, y ir.Expr) expr {
	switch {
	case x.Kind() == ir.Bool:
		// b == true and its like read better without the constant.
		if c, ok := y.(*ir.BoolConst); ok {
			if c.Value == (o == "==") {
				return v.value(x, goType{})
			}
			return v.not(x)
		}
		return binary(v.value(x, goType{}), o, v.value(y, goType{}))
	case x.Kind() == ir.Bytes:
		text := func(e ir.Expr) expr {
			a := v.value(e, goType{})
			if _, ok := e.(*ir.BytesConst); ok {
				return a
			}
			return call(id("string"), a.c)
		}
		return binary(text(x), o, text(y))
	}
	if f, ok := x.(*ir.Fact); ok && f.Fact == ir.Dir {
		if c, ok := y.(*ir.Const); ok && (c.Value.Cmp(ir.I(0)) == 0 || c.Value.Cmp(ir.I(1)) == 0) {
			side := "Initiator"
			if c.Value.Sign() > 0 {
				side = "Responder"
			}
			return binary(atom(id("d").Dot("Meta").Dot("Side")), o, atom(qual(flowPath, side)))
		}
	}
	t := v.operandType(o, x, y, nil)
	return binary(v.value(x, t), o, v.value(y, t))
}

var opposite = map[string]string{"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}

// not is the negation of a condition.
func (v *env) not(e ir.Expr) expr {
	switch e := e.(type) {
	case *ir.BoolConst:
		return v.value(&ir.BoolConst{Value: !e.Value}, goType{})
	case *ir.Unary:
		if e.Op == "!" {
			return v.value(e.X, goType{})
		}
	case *ir.In:
		return v.in(e, true)
	case *ir.Binary:
		switch e.Op {
		case "&&":
			return binary(v.not(e.X), "||", v.not(e.Y))
		case "||":
			return binary(v.not(e.X), "&&", v.not(e.Y))
		}
		if o, ok := opposite[e.Op]; ok {
			return v.compare(e.X, o, e.Y)
		}
	}
	return expr{op("!").Add(v.value(e, goType{}).in(6)), 6}
}

// in is the membership of a set of ranges, or with not its negation.
func (v *env) in(e *ir.In, not bool) expr {
	if x, ok := v.allValues(e); ok {
		known := call(jen.Add(x.in(operand)).Dot("Known"))
		if not {
			return expr{op("!").Add(known.c), 6}
		}
		return known
	}
	var out expr
	for i, cr := range e.Set {
		x := v.inRange(e.X, cr.Range, not)
		switch {
		case i == 0:
			out = x
		case not:
			out = binary(out, "&&", x)
		default:
			out = binary(out, "||", x)
		}
	}
	if len(e.Set) == 0 {
		return v.value(&ir.BoolConst{Value: not}, goType{})
	}
	return out
}

// allValues says whether a set is all values of the enum that the operand is of, and more than two.
func (v *env) allValues(e *ir.In) (expr, bool) {
	r, ok := e.X.(*ir.Ref)
	if !ok {
		return expr{}, false
	}
	t, ok := r.Type.(*ir.Enum)
	if !ok || len(t.Values) != len(e.Set) || len(e.Set) < 3 {
		return expr{}, false
	}
	in := map[uint64]bool{}
	for _, c := range e.Set {
		if c.Range.Lo.Cmp(c.Range.Hi) != 0 {
			return expr{}, false
		}
		in[c.Range.Lo.Uint64()] = true
	}
	for _, ev := range t.Values {
		if !in[ev.Value] {
			return expr{}, false
		}
	}
	x, _, local := v.ref(r)
	return x, local == nil
}

// inRange is lo <= x && x <= hi without the comparisons that hold anyway, or with not its negation.
func (v *env) inRange(x ir.Expr, r ir.Range, not bool) expr {
	all := x.Range()
	bound := func(i ir.Int) ir.Expr { return v.named(x, i) }
	cmp := func(o string, i ir.Int) expr {
		if not {
			o = opposite[o]
		}
		return v.compare(x, o, bound(i))
	}
	if r.Lo.Cmp(r.Hi) == 0 {
		return cmp("==", r.Lo)
	}
	lo, hi := r.Lo.Cmp(all.Lo) > 0, r.Hi.Cmp(all.Hi) < 0
	switch {
	case lo && hi && not:
		return binary(cmp(">=", r.Lo), "||", cmp("<=", r.Hi))
	case lo && hi:
		return binary(cmp(">=", r.Lo), "&&", cmp("<=", r.Hi))
	case lo:
		return cmp(">=", r.Lo)
	case hi:
		return cmp("<=", r.Hi)
	}
	return v.value(&ir.BoolConst{Value: !not}, goType{})
}

// named is a constant, with its name if x is of an enum that has one for it.
func (v *env) named(x ir.Expr, i ir.Int) *ir.Const {
	c := &ir.Const{Value: i, Base: 10}
	if r, ok := x.(*ir.Ref); ok {
		if en, ok := r.Type.(*ir.Enum); ok {
			for _, ev := range en.Values {
				if ir.U(ev.Value).Cmp(i) == 0 {
					c.Enum, c.Name = en, ev.Name
				}
			}
		}
	}
	return c
}
