package check

import (
	"strings"

	"github.com/flowscope/fsd/dsl/ast"
	"github.com/flowscope/fsd/dsl/diag"
	"github.com/flowscope/fsd/dsl/ir"
	"github.com/flowscope/fsd/dsl/source"
)

// check builds the check of an option of a field (`where`, `= const`, `known`) and narrows what is known of the field by
// it; nil after an error.
func (x *exprs) check(o *ast.FieldOpt, f *ir.Field) *ir.Check {
	switch {
	case o.Known:
		e, ok := f.Type.(*ir.Enum)
		if !ok {
			x.c.errorf(diag.BadKnown, o.Span(), "`known` is for enums, and %s is of type %s", f.Name, typeText(f.Type)).Fixf("write `where` and a condition")
			return nil
		}
		if e.Known {
			x.c.errorf(diag.BadKnown, o.Span(), "%s is closed by its declaration already", e.Name).Fixf("remove `known` here")
			return nil
		}
		return x.knownCheck(f, e, o.Span())
	case o.Const != nil:
		return x.constCheck(o.Const, f)
	case o.Where != nil:
		return x.whereCheck(o.Where)
	}
	return nil
}

func (x *exprs) this() *ir.Ref {
	r := &ir.Ref{Root: ir.RefSelf, Type: x.self.typeOf()}
	switch r.Type.(type) {
	case *ir.BoolType:
		r.K = ir.Bool
	case *ir.IntType, *ir.Enum, *ir.Flags:
		r.R = x.values(r).hull()
		r.K = kindOf(r.R)
	default:
		r.K = ir.Bytes
	}
	return r
}

func (x *exprs) knownCheck(f *ir.Field, e *ir.Enum, at source.Span) *ir.Check {
	if f.Name == "_" {
		x.c.errorf(diag.ReasonMissing, at, "this check has no reason: the field has no name to take it from").Fixf("give the field a name")
		return nil
	}
	i, ok := x.c.implicit(Snake(f.Name), at, x.self.owner+"."+f.Name+" known")
	if !ok {
		return nil
	}
	if x.c.known[e] == nil {
		for _, v := range e.Values {
			n := ir.U(v.Value)
			x.c.known[e] = append(x.c.known[e], ir.CaseRange{Range: ir.Range{Lo: n, Hi: n}, Name: e.Name + "." + v.Name})
		}
	}
	in := &ir.In{X: x.this(), Set: x.c.known[e]}
	x.narrow(in, true)
	return &ir.Check{Cond: in, Else: ir.Action{Kind: ir.DoPoison, Reason: ir.FirstReason + i}, Pos: at}
}

func (x *exprs) constCheck(e ast.Expr, f *ir.Field) *ir.Check {
	poison := ir.Action{Kind: ir.DoPoison, Reason: ir.ReasonConstant}
	self := x.this()
	switch t := f.Type.(type) {
	case *ir.BytesType:
		k := (&exprs{c: x.c, u: x.u, env: newEnv(nil), constant: true}).expr(e, nil)
		if k == nil {
			return nil
		}
		text, ok := k.(*ir.BytesConst)
		if !ok {
			x.c.errorf(diag.TypeMismatch, e.Span(), "%s is %s, and a byte field is a text in quotes", source1(e), kindText(k))
			return nil
		}
		if s := contentSize(t); int64(len(text.Value)) < s.Min || int64(len(text.Value)) > s.Max {
			x.c.errorf(diag.ConstLength, e.Span(), "the text has %d bytes and the field %s", len(text.Value), sizeText(s)).
				Fixf("write [%d]byte, or mend the text", len(text.Value))
			return nil
		}
		return &ir.Check{Cond: &ir.Binary{Op: "==", X: self, Y: text, K: ir.Bool}, Else: poison, Pos: e.Span()}
	case *ir.BoolType:
		k := (&exprs{c: x.c, u: x.u, env: newEnv(nil), constant: true}).expr(e, nil)
		if k == nil {
			return nil
		}
		b, ok := k.(*ir.BoolConst)
		if !ok {
			x.c.errorf(diag.TypeMismatch, e.Span(), "%s is %s, and a bool is true or false", source1(e), kindText(k))
			return nil
		}
		cond := &ir.Binary{Op: "==", X: self, Y: b, K: ir.Bool}
		x.narrow(cond, true)
		return &ir.Check{Cond: cond, Else: poison, Pos: e.Span()}
	case *ir.IntType, *ir.Enum, *ir.Flags:
		hint, _ := enumType(f.Type)
		k := x.c.constValue(x.u, e, hint)
		if k == nil {
			return nil
		}
		if r := valueRange(f.Type); !r.Contains(k.Range()) {
			x.c.errorf(diag.ValueRange, e.Span(), "%s does not fit %s, which holds %s", number(k.Value, k.Base), typeText(f.Type), r).
				Fixf("use a wider type, or mend the value")
			return nil
		}
		cond := &ir.Binary{Op: "==", X: self, Y: k, K: ir.Bool}
		x.narrow(cond, true)
		return &ir.Check{Cond: cond, Else: poison, Pos: e.Span()}
	}
	x.c.errorf(diag.TypeMismatch, e.Span(), "%s is %s, which no constant can be equal to", f.Name, withArticle(f.Type)).
		Fixf("fix the values of its fields instead")
	return nil
}

func (x *exprs) whereCheck(w *ast.Where) *ir.Check {
	cond := x.condition(w.Cond)
	if cond == nil {
		return nil
	}
	what := strings.Join(strings.Fields(w.Span().Text()), " ")
	if i := strings.Index(what, " else "); i > 0 {
		what = what[:i]
	}
	if x.self.name != "" {
		what = x.self.owner + "." + x.self.name + " " + what
	}
	act, ok := x.otherwise(w, what)
	if !x.decided(w.Cond, cond, "this `where`") || !ok {
		return nil
	}
	if act.Kind != ir.DoNote {
		x.narrow(cond, true)
	}
	return &ir.Check{Cond: cond, Else: act, Pos: w.Span()}
}

// decided reports a condition whose outcome is known beforehand; false after an error.
func (x *exprs) decided(e ast.Expr, cond ir.Expr, what string) bool {
	always, never := x.decide(cond)
	if !always && !never {
		return true
	}
	code, word := diag.AlwaysHolds, "always"
	if never {
		code, word = diag.NeverHolds, "never"
	}
	d := x.c.errorf(code, e.Span(), "%s %s holds", what, word)
	if in, v := x.example(cond); v != nil {
		d.Message += ": " + in + " is " + v.String() + " here"
	}
	d.Fixf("mend the condition, or remove it")
	return false
}

// example is an operand of a condition and the values that it can have, to show why the outcome is known.
func (x *exprs) example(cond ir.Expr) (string, set) {
	switch e := cond.(type) {
	case *ir.In:
		return x.exampleOf(e.X)
	case *ir.Unary:
		return x.example(e.X)
	case *ir.Ref:
		return "", nil
	case *ir.Binary:
		if e.Op == "&&" || e.Op == "||" {
			if s, v := x.example(e.X); v != nil {
				if a, n := x.decide(e.X); a || n {
					return s, v
				}
			}
			return x.example(e.Y)
		}
		if s, v := x.exampleOf(e.X); v != nil {
			return s, v
		}
		return x.exampleOf(e.Y)
	}
	return "", nil
}

func (x *exprs) exampleOf(e ir.Expr) (string, set) {
	if k := e.Kind(); k != ir.Signed && k != ir.Uint {
		return "", nil
	}
	switch e := e.(type) {
	case *ir.Const:
		return "", nil
	case *ir.Ref:
		return x.refText(e), x.values(e)
	case *ir.Len:
		return "the length", x.values(e)
	case *ir.Binary:
		return "the left side", x.values(e)
	case *ir.Fact:
		return "the fact", x.values(e)
	}
	return "", nil
}

// settle keeps what the checks have proved of a field's value for those who use it from outside.
func (x *exprs) settle(f *ir.Field) {
	self := x.self.key()
	if s := typeSet(f.Type); s != nil {
		if known, ok := x.env.fact(self); ok {
			s = known
		}
		if before, ok := x.c.sets[f]; ok && x.c.settled[f] {
			s = s.union(before)
		}
		x.c.sets[f] = s
		f.Range = s.hull()
		if _, isBool := f.Type.(*ir.BoolType); isBool {
			f.Range = ir.Range{}
		}
	}
	if known, ok := x.env.fact("len(" + self + ")"); ok {
		if before, has := x.c.lens[f]; has {
			known = known.union(before)
		} else if x.c.settled[f] {
			known = nil
		}
		if known != nil {
			x.c.lens[f] = known
		}
	} else {
		delete(x.c.lens, f)
	}
	x.c.settled[f] = true
}

// as applies `as X` to a field; false after an error.
func (x *exprs) as(ref *ast.TypeRef, f *ir.Field) bool {
	if ref.Name() == nil {
		return false
	}
	shown := map[string]ir.Shown{"text": ir.AsText, "ascii": ir.AsASCII, "cstring": ir.AsCString, "nbname": ir.AsNBName, "oid": ir.AsOID,
		"seconds": ir.AsSeconds, "millis": ir.AsMillis, "micros": ir.AsMicros}
	if how, ok := shown[ref.String()]; ok {
		switch t := f.Type.(type) {
		case *ir.BytesType:
			if how <= ir.AsOID {
				c := *t
				c.As = how
				f.Type = &c
				return true
			}
			x.c.errorf(diag.BadAs, ref.Span(), "bytes cannot be shown as %s", ref).Fixf("write text, ascii, cstring, nbname or oid")
			return false
		case *ir.IntType:
			if how >= ir.AsSeconds {
				f.As = how
				return true
			}
			x.c.errorf(diag.BadAs, ref.Span(), "an integer cannot be shown as %s", ref).Fixf("write seconds, millis or micros, or the name of an enum")
			return false
		}
		x.c.errorf(diag.BadAs, ref.Span(), "`as %s` is not for %s", ref, typeText(f.Type)).Fixf("remove it")
		return false
	}
	if !isUpper(ref.Name().Name[0]) {
		x.c.errorf(diag.BadAs, ref.Span(), "there is no form %s", ref).
			Fixf("write text, ascii, cstring, nbname or oid for bytes; seconds, millis or micros for an integer").
			DidYouMean(ref.String(), near([]string{"text", "ascii", "cstring", "nbname", "oid", "seconds", "millis", "micros"}))
		return false
	}
	t := x.c.typeOf(x.u, ref)
	if t == nil || x.c.isText(t, ref.Span()) {
		return false
	}
	base, isInt := f.Type.(*ir.IntType)
	var want *ir.IntType
	switch t := t.(type) {
	case *ir.Enum:
		want = t.Int
	case *ir.Flags:
		want = t.Int
	}
	switch {
	case want == nil || !isInt:
		x.c.errorf(diag.BadAs, ref.Span(), "`as %s` needs an integer and an enum or flags; here are %s and %s", ref, typeText(f.Type), typeText(t)).
			Fixf("name the type of the field directly")
		return false
	case want.Bits != base.Bits || base.Signed || want.Little != base.Little || want.Form != base.Form:
		x.c.errorf(diag.BadAs, ref.Span(), "%s is made of %s, and the field is %s", ref, wordText(want), wordText(base)).
			Fixf("give both the same integer type")
		return false
	}
	f.Type = t
	return true
}

func wordText(t *ir.IntType) string {
	if t.Little {
		return intName(t) + "le"
	}
	return intName(t)
}
