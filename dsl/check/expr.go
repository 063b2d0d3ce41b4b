package check

import (
	"slices"
	"strings"

	"github.com/flowscope/fsd/dsl/ast"
	"github.com/flowscope/fsd/dsl/diag"
	"github.com/flowscope/fsd/dsl/ir"
	"github.com/flowscope/fsd/dsl/source"
)

// exprs checks expressions at one point of a spec.
type exprs struct {
	c   *checker
	u   *unit
	b   *body // nil outside of bodies, where only constants can be named
	env *env
	// self is what a `where` belongs to, nil elsewhere.
	self *selfRef
	// elem is the type of the element in `until`, nil elsewhere.
	elem ir.Type
	// size is set where a value below 0 has no meaning: sizes, counts, lengths and lets. additive is set as long as only
	// + and - stand around the operand being checked.
	size, additive bool
	underflow      *diag.Diagnostic // waits for the whole expression
	// depth counts "or" that are being looked into.
	depth int
	// missing collects the conditions on which operands are there, in a comparison or in front of `or`; nil elsewhere.
	missing *[]ir.Expr
	// loop is set where an expression is computed once for each element of an array.
	loop bool
	// constant is set where only constants may be named; composite where a whole struct or bits word may stand.
	constant, composite bool
}

// selfRef is the field, or the target of a goto, that is being checked.
type selfRef struct {
	field *ir.Field
	name  string // "" when it has none
	owner string
	typ   ir.Type // of a goto's target
	rng   ir.Range
}

func (s *selfRef) key() string {
	switch {
	case s == nil:
		return "?"
	case s.field == nil:
		return "goto"
	case s.name == "" || s.name == "_":
		return "self"
	}
	return "f." + s.name
}

func (s *selfRef) typeOf() ir.Type {
	if s.field != nil {
		return s.field.Type
	}
	return s.typ
}

// enumOf is the enum or flags type that an expression has, nil when it is a plain value.
func enumOf(e ir.Expr) ir.Type {
	var t ir.Type
	switch e := e.(type) {
	case *ir.Ref:
		t = e.Type
	case *ir.Const:
		if e.Enum != nil {
			t = e.Enum
		}
	case *ir.LastRef:
		if n := len(e.Var.Path); n > 0 {
			t = e.Var.Path[n-1].Type
		}
	case *ir.Peek:
		t = e.Type
	case *ir.PrevRef:
		t = e.Var.Path[len(e.Var.Path)-1].Type
	case *ir.Lookup:
		t = e.Type()
	case *ir.Match:
		t = e.Enum
	}
	switch t.(type) {
	case *ir.Enum, *ir.Flags:
		return t
	}
	return nil
}

// integer checks an expression that must be an integer; nil after an error.
func (x *exprs) integer(e ast.Expr, hint ir.Type) ir.Expr {
	v := x.expr(e, hint)
	if v == nil {
		return nil
	}
	if k := v.Kind(); k != ir.Signed && k != ir.Uint {
		x.c.errorf(diag.TypeMismatch, e.Span(), "%s is %s, and an integer is needed here", source1(e), kindText(v))
		return nil
	}
	return v
}

// condition checks an expression that must be true or false; nil after an error.
func (x *exprs) condition(e ast.Expr) ir.Expr {
	v := x.expr(e, nil)
	if v == nil {
		return nil
	}
	if v.Kind() != ir.Bool {
		d := x.c.errorf(diag.TypeMismatch, e.Span(), "%s is %s, and a condition is needed here", source1(e), kindText(v))
		if v.Kind() != ir.Bytes {
			d.Fixf("compare it, for example with `!= 0`")
		}
		return nil
	}
	return v
}

// sized checks an expression whose value is a number of bytes or elements.
func (x *exprs) sized(e ast.Expr) ir.Expr {
	y := *x
	y.size, y.additive, y.underflow = true, true, nil
	v := y.integer(e, nil)
	return y.settled(e, v)
}

// settled reports what an expression that must not be negative can be below 0; nil after an error.
func (x *exprs) settled(e ast.Expr, v ir.Expr) ir.Expr {
	if v == nil || v.Kind() == ir.Bool {
		return v
	}
	if v.Range().Lo.Sign() >= 0 {
		return v
	}
	if x.underflow != nil {
		x.c.diags = append(x.c.diags, x.underflow)
		return nil
	}
	if v.Range().Hi.Sign() < 0 {
		x.c.errorf(diag.Negative, e.Span(), "%s is negative: %s", source1(e), v.Range()).Fixf("mend it")
		return nil
	}
	x.c.errorf(diag.Negative, e.Span(), "%s may be negative: it is %s here", source1(e), v.Range()).
		Fixf("check its operands with `where` before")
	return nil
}

// source1 is the text of an expression on one line.
func source1(e ast.Expr) string {
	if _, ok := e.(*ast.Implied); ok {
		return "the value"
	}
	return short(strings.Join(strings.Fields(e.Span().Text()), " "))
}

func kindText(e ir.Expr) string {
	if r, ok := e.(*ir.Ref); ok && e.Kind() == ir.Bytes {
		return "of type " + typeText(r.Type)
	}
	switch e.Kind() {
	case ir.Bool:
		return "true or false"
	case ir.Bytes:
		return "a text"
	}
	return "an integer"
}

// expr checks an expression; nil after an error. hint is the enum or flags type that the place asks for, nil for none:
// its names need no qualification.
func (x *exprs) expr(e ast.Expr, hint ir.Type) ir.Expr {
	switch e := e.(type) {
	case *ast.Int:
		return x.literal(e)
	case *ast.Char:
		return &ir.Const{Value: ir.I(int64(e.Value)), Base: 10}
	case *ast.Str:
		return &ir.BytesConst{Value: []byte(e.Value)}
	case *ast.Path:
		return x.path(e, hint)
	case *ast.Implied:
		return x.implied(e)
	case *ast.All:
		return x.all(e)
	case *ast.Peek:
		return x.peek(e)
	case *ast.Rate:
		return x.rate(e)
	case *ast.Sum:
		return x.sum(e)
	case *ast.Lookup:
		x.c.errorf(diag.MisusedLookup, e.Span(), "a lookup is the whole condition of an `if`, in whose branch %s is known", e.As.Name).
			Fixf("write `if lookup ... as %s {` and further conditions inside", e.As.Name)
		return nil
	case *ast.Unary:
		return x.unary(e)
	case *ast.In:
		return x.in(e)
	case *ast.Binary:
		switch {
		case e.Op == "&&" || e.Op == "||":
			return x.logic(e)
		case e.Op == "or":
			return x.or(e)
		case isComparison(e.Op):
			return x.comparison(e)
		}
		return x.arithmetic(e, hint)
	}
	return nil // left out by the parser, which has said why
}

func (x *exprs) literal(e *ast.Int) ir.Expr {
	if len(e.Text) > 100 {
		x.c.errorf(diag.Overflow, e.Span(), "%s does not fit 64 bits", short(e.Text))
		return nil
	}
	v, ok := ir.ParseInt(e.Text)
	if !ok {
		x.c.errorf(diag.Overflow, e.Span(), "%s is not a number", short(e.Text))
		return nil
	}
	if !v.FitsUint64() {
		x.c.errorf(diag.Overflow, e.Span(), "%s does not fit 64 bits", short(e.Text)).Fixf("the greatest number is %s", uint64s.Hi)
		return nil
	}
	base := 10
	if strings.HasPrefix(e.Text, "0x") || strings.HasPrefix(e.Text, "0X") {
		base = 16
	}
	return &ir.Const{Value: v, Base: base}
}

// implied is the value that a `where` belongs to.
func (x *exprs) implied(e *ast.Implied) ir.Expr {
	if x.self == nil {
		x.c.errorf(diag.Misplaced, e.Span(), "an operand is missing here: only `where` has one to imply")
		return nil
	}
	return x.selfValue(e.Span())
}

func (x *exprs) selfValue(at source.Span) ir.Expr {
	return x.ref(&ir.Ref{Root: ir.RefSelf, Type: x.self.typeOf()}, at)
}

// ref completes a Ref: its kind and what is known of it. nil after an error.
func (x *exprs) ref(r *ir.Ref, at source.Span) ir.Expr {
	switch t := r.Type.(type) {
	case *ir.BoolType:
		r.K = ir.Bool
		return r
	case *ir.IntType, *ir.Enum, *ir.Flags:
		r.R = x.values(r).hull()
		r.K = kindOf(r.R)
		return r
	case *ir.BytesType:
		r.K = ir.Bytes
		return r
	case nil:
		return nil
	default:
		r.K = ir.Bytes
		if x.composite {
			return r
		}
		d := x.c.errorf(diag.NotComparable, at, "%s is %s, which has no value to compute with", short(at.Text()), withArticle(t))
		switch t := t.(type) {
		case *ir.Bits:
			d.Message = "a value of the bits word " + t.Name + " cannot be computed with as a whole"
			if len(t.Fields) > 0 {
				d.Fixf("name one of its fields, such as %s.%s", short(at.Text()), t.Fields[0].Name)
			}
		case *ir.Struct:
			d.Fixf("name one of its fields")
		case *ir.ArrayType:
			d.Fixf("its number of elements is %s.len", short(at.Text()))
		}
		return nil
	}
}

func withArticle(t ir.Type) string {
	switch t.(type) {
	case *ir.Struct:
		return "a struct"
	case *ir.Chain:
		return "a chain"
	case *ir.ArrayType:
		return "an array"
	}
	return "of type " + typeText(t)
}

func (x *exprs) all(e *ast.All) ir.Expr {
	v := x.operand(e.X, nil)
	if v == nil {
		return nil
	}
	k, ok := v.(*ir.Const)
	if !ok || !ir.R(0, 255).Contains(k.Range()) {
		x.c.errorf(diag.TypeMismatch, e.X.Span(), "`all` takes the value of a byte, 0..255")
		return nil
	}
	if x.self == nil {
		x.c.errorf(diag.Misplaced, e.Span(), "`all` stands in a `where` only")
		return nil
	}
	if _, ok := x.self.typeOf().(*ir.BytesType); !ok {
		x.c.errorf(diag.TypeMismatch, e.Span(), "`all` is for byte fields, and this is %s", withArticle(x.self.typeOf())).
			Fixf("compare the value with ==")
		return nil
	}
	return &ir.All{Of: &ir.Ref{Root: ir.RefSelf, Type: x.self.typeOf(), K: ir.Bytes}, Value: byte(k.Value.Int64())}
}

func (x *exprs) unary(e *ast.Unary) ir.Expr {
	if e.Op == "!" {
		v := x.operand(e.X, nil)
		if v == nil {
			return nil
		}
		if v.Kind() != ir.Bool {
			x.c.errorf(diag.TypeMismatch, e.Span(), "`!` needs true or false, and %s is %s", source1(e.X), kindText(v)).Fixf("compare it, for example with `== 0`")
			return nil
		}
		return &ir.Unary{Op: "!", X: v}
	}
	v := x.operand(e.X, nil)
	if v == nil {
		return nil
	}
	if v.Kind() != ir.Signed && v.Kind() != ir.Uint {
		x.c.errorf(diag.TypeMismatch, e.Span(), "`-` needs an integer, and %s is %s", source1(e.X), kindText(v))
		return nil
	}
	r := ir.Range{Lo: v.Range().Hi.Neg(), Hi: v.Range().Lo.Neg()}
	if !int64s.Contains(r) || v.Kind() == ir.Uint && !isConst(v) {
		x.c.errorf(diag.Overflow, e.Span(), "%s does not fit a signed 64-bit integer: it is %s", source1(e), r)
		return nil
	}
	if k, ok := v.(*ir.Const); ok {
		return &ir.Const{Value: k.Value.Neg(), Base: k.Base}
	}
	return &ir.Unary{Op: "-", X: v, R: r}
}

func isConst(e ir.Expr) bool { _, ok := e.(*ir.Const); return ok }

// operand checks an operand that is not one of + or -.
func (x *exprs) operand(e ast.Expr, hint ir.Type) ir.Expr {
	was := x.additive
	x.additive = false
	v := x.expr(e, hint)
	x.additive = was
	return v
}

// logic checks a row of && or of ||. Each operand is looked at only when those before have decided nothing, and may rely
// on that.
func (x *exprs) logic(e *ast.Binary) ir.Expr {
	row := []ast.Expr{e.Y}
	first := e.X
	for {
		inner, ok := first.(*ast.Binary)
		if !ok || inner.Op != e.Op {
			break
		}
		row = append(row, inner.Y)
		first = inner.X
	}
	row = append(row, first)
	slices.Reverse(row)
	y := *x
	y.env = newEnv(x.env)
	var all ir.Expr
	failed := false
	for _, operand := range row {
		v := y.operand(operand, nil)
		switch {
		case v == nil:
			failed = true
			continue
		case v.Kind() != ir.Bool:
			x.c.errorf(diag.TypeMismatch, operand.Span(), "`%s` joins conditions, and %s is %s", e.Op, source1(operand), kindText(v)).
				Fixf("compare it, for example with `!= 0`")
			failed = true
			continue
		}
		y.narrow(v, e.Op == "&&")
		if all == nil {
			all = v
		} else {
			all = &ir.Binary{Op: e.Op, X: all, Y: v, K: ir.Bool}
		}
	}
	x.underflow = y.underflow
	if failed {
		return nil
	}
	return all
}

// or is `last.X or first`, `prev.X or first`, and the value of what may not be there.
func (x *exprs) or(e *ast.Binary) ir.Expr {
	v, conds := x.maybe(func(y *exprs) ir.Expr { return y.operand(e.X, nil) })
	if v == nil {
		return nil
	}
	if len(conds) > 0 {
		return x.orElse(e, v)
	}
	var or *ir.Expr
	var kind *ir.Kind
	var r *ir.Range
	var all ir.Range
	switch v := v.(type) {
	case *ir.LastRef:
		or, kind, r, all = &v.Or, &v.K, &v.R, v.Var.Range
	case *ir.PrevRef:
		or, kind, r, all = &v.Or, &v.K, &v.R, v.Var.Range
	}
	if or == nil || *or != nil {
		x.c.errorf(diag.Misplaced, e.OpNode.Span(), "`or` gives a value to use when there is none, and %s always has one", source1(e.X)).
			Fixf("`or` belongs to last.X, prev.X and what may not be there; a condition is joined with ||")
		return nil
	}
	y := x.operand(e.Y, enumOf(v))
	if y == nil {
		return nil
	}
	if (y.Kind() == ir.Bool) != (*kind == ir.Bool) || y.Kind() == ir.Bytes {
		x.c.errorf(diag.TypeMismatch, e.Y.Span(), "%s is %s, and %s is %s", source1(e.X), kindText(v), source1(e.Y), kindText(y))
		return nil
	}
	if p, ok := v.(*ir.PrevRef); ok && p.K != ir.Bool && !p.Var.Range.Contains(y.Range()) {
		x.c.errorf(diag.ValueRange, e.Y.Span(), "%s is %s, and %s holds %s", source1(e.Y), y.Range(), source1(e.X), p.Var.Range).
			Fixf("narrow the value, or choose a wider type for the field")
		return nil
	}
	*or = y
	if *kind != ir.Bool {
		*r = all.Union(y.Range())
		if !fits(*r) {
			x.c.errorf(diag.Overflow, e.Span(), "%s does not fit 64 bits: it is %s", source1(e), *r)
			return nil
		}
		*kind = kindOf(*r)
	}
	return v
}

func fits(r ir.Range) bool { return int64s.Contains(r) || uint64s.Contains(r) }

func (x *exprs) arithmetic(e *ast.Binary, hint ir.Type) ir.Expr {
	was := x.additive
	x.additive = was && (e.Op == "+" || e.Op == "-")
	defer func() { x.additive = was }()
	var a, b ir.Expr
	if e.Op == "&" || e.Op == "|" || e.Op == "^" {
		// Names of flags take their meaning from the other side, too.
		if hint == nil {
			a, b = x.pair(e.X, e.Y)
		} else {
			a, b = x.expr(e.X, hint), x.expr(e.Y, hint)
		}
	} else {
		a, b = x.expr(e.X, nil), x.expr(e.Y, nil)
	}
	if a == nil || b == nil {
		return nil
	}
	for _, o := range []struct {
		v ir.Expr
		e ast.Expr
	}{{a, e.X}, {b, e.Y}} {
		if k := o.v.Kind(); k != ir.Signed && k != ir.Uint {
			x.c.errorf(diag.TypeMismatch, o.e.Span(), "`%s` needs integers, and %s is %s", e.Op, source1(o.e), kindText(o.v))
			return nil
		}
	}
	ra, rb := a.Range(), b.Range()
	switch e.Op {
	case "/", "%":
		if rb.Contains(ir.R(0, 0)) {
			d := x.c.errorf(diag.DivisionByZero, e.Span(), "%s may divide by zero: %s is %s here", source1(e), source1(e.Y), rb)
			if isConst(b) {
				d.Message = source1(e) + " divides by zero"
			} else {
				x.adviseWhere(d, e.Y, b, ">=", one)
			}
			return nil
		}
	case "<<", ">>":
		if !ir.R(0, 63).Contains(rb) {
			d := x.c.errorf(diag.ShiftRange, e.Y.Span(), "a shift goes by 0..63 bits, and %s is %s here", source1(e.Y), rb)
			if isConst(b) {
				d.Message = "a shift goes by 0..63 bits, found " + rb.String()
			} else {
				x.adviseWhere(d, e.Y, b, "<=", ir.I(63))
			}
			return nil
		}
	}
	r := apply(e.Op, ra, rb)
	if e.Op == "-" {
		if least, ok := x.env.difference(x.text(a), x.text(b)); ok && least.Cmp(r.Lo) > 0 && least.Cmp(r.Hi) <= 0 {
			r.Lo = least
		}
		if x.size && !(isConst(a) && isConst(b)) && ra.Lo.Sign() >= 0 && rb.Lo.Sign() >= 0 && r.Lo.Sign() < 0 {
			d := x.underflows(e, a, b)
			if r.Hi.Sign() < 0 || !was || !fits(r) {
				x.c.diags = append(x.c.diags, d)
				return nil
			}
			if x.underflow == nil {
				x.underflow = d
			}
		}
	}
	if ca, ok := a.(*ir.Const); ok {
		if cb, ok := b.(*ir.Const); ok {
			v := fold(e.Op, ca.Value, cb.Value)
			if !fits(ir.Range{Lo: v, Hi: v}) {
				x.c.errorf(diag.Overflow, e.Span(), "%s is %s, which does not fit 64 bits", source1(e), short(v.String()))
				return nil
			}
			return &ir.Const{Value: v, Base: max(ca.Base, cb.Base)}
		}
	}
	all := r.Union(ra).Union(rb)
	if e.Op == "<<" || e.Op == ">>" {
		all = r.Union(ra)
	}
	if !fits(all) {
		if fits(r) {
			x.c.errorf(diag.MixedSigns, e.Span(), "%s is %s and %s is %s: no 64-bit integer holds both", source1(e.X), ra, source1(e.Y), rb).
				Fixf("narrow one of them with `where` before")
			return nil
		}
		x.c.errorf(diag.Overflow, e.Span(), "%s may be %s, which does not fit 64 bits: %s", source1(e), r, x.operandsText(e, a, b)).
			Fixf("narrow an operand with `where` before")
		return nil
	}
	return &ir.Binary{Op: e.Op, X: a, Y: b, K: kindOf(all), R: r}
}
