package check

import (
	"slices"
	"strconv"

	"github.com/flowscope/fsd/dsl/ast"
	"github.com/flowscope/fsd/dsl/diag"
	"github.com/flowscope/fsd/dsl/ir"
	"github.com/flowscope/fsd/dsl/source"
)

// options are those of a field, by kind.
type options struct {
	max, as, size, align *ast.FieldOpt
	lax                  *ast.FieldOpt
	over, at, index      *ast.FieldOpt
	checks               []*ast.FieldOpt
}

func splitOptions(opts []*ast.FieldOpt) options {
	var out options
	for _, o := range opts {
		switch {
		case o.Max != nil:
			out.max = o
		case o.As != nil:
			out.as = o
		case o.Size != nil:
			out.size = o
		case o.Align != nil:
			out.align = o
		case o.Lax:
			out.lax = o
		case o.Over != nil:
			out.over = o
		case o.At != nil:
			out.at = o
		case o.Index != nil:
			out.index = o
			out.checks = append(out.checks, o)
		case o.Known, o.Const != nil, o.Where != nil:
			out.checks = append(out.checks, o)
		}
	}
	return out
}

func optionText(o *ast.FieldOpt) string {
	switch {
	case o.Max != nil:
		return "max"
	case o.As != nil:
		return "as"
	case o.Size != nil:
		return "size"
	case o.Align != nil:
		return "align"
	case o.Lax:
		return "lax"
	case o.Known:
		return "known"
	case o.Const != nil:
		return "="
	case o.Over != nil:
		return "over"
	case o.At != nil:
		return "at"
	case o.Index != nil:
		return "index"
	case o.Tag != nil:
		return "tag"
	case o.Explicit != nil:
		return "explicit"
	case o.Optional:
		return "optional"
	}
	return "where"
}

// fieldStmt checks `A, B Type options`.
func (b *body) fieldStmt(st *ast.Field, e *env, pos *progress) []ir.Stmt {
	var out []ir.Stmt
	for _, name := range st.Names {
		b.reading = name.Name
		read := b.read(name, st.Type, st.Opts, st.Doc, e, pos)
		b.reading = ""
		if read == nil {
			b.hide(name, e)
			continue
		}
		out = append(out, read)
	}
	return out
}

// read checks one field: its type, its window, its checks; nil after an error.
func (b *body) read(name *ast.Ident, t *ast.Type, opts []*ast.FieldOpt, doc string, e *env, pos *progress) *ir.Read {
	if t == nil {
		return nil
	}
	o := splitOptions(opts)
	x := b.exprs(e)
	f := &ir.Field{Name: name.Name, Key: Snake(name.Name), Doc: doc, Pos: name.Span()}
	r := &ir.Read{Field: f, Pos: name.Span().To(t.Span())}
	inside, ok := b.place(x, o, name, r) // what is known where the field is read
	if !ok {
		return nil
	}
	windowed := inside.windowed
	y := b.exprs(inside)
	if b.element != nil {
		r.Window = &ir.Window{Element: b.element, Lax: o.lax != nil && o.over == nil}
		b.element, windowed = nil, true
		inside = inside.window(ir.R(0, ir.MaxDatagram))
		y = b.exprs(inside)
	} else if r.Window = b.window(y, o, &windowed); r.Window != nil && r.Window.Size != nil {
		inside = inside.window(r.Window.Size.Range())
		y = b.exprs(inside)
	}
	f.Type, r.Args = b.fieldType(y, t, o, f, windowed)
	if f.Type == nil || r.Window == nil && (o.size != nil || o.align != nil) || !b.index(x, o, f) {
		return nil
	}
	if o.as != nil && !x.as(o.as.As, f) {
		return nil
	}
	if r.Window != nil && !b.fitWindow(r.Window, f.Type, o) || r.Place != nil && !b.fitPlace(r.Place, f.Type, o, inside) {
		return nil
	}
	if b.isChain && !b.readsItem && !inChainType(f.Type) {
		b.c.errorf(diag.ChainField, t.Span(), "a chain reads integers, bits and bytes, and this is %s", withArticle(f.Type)).
			Fixf("read it in a struct")
		return nil
	}
	bound := b.bind(name, f, e)
	if bound == nil {
		return nil
	}
	delete(e.facts, "f."+name.Name)
	delete(e.facts, "self")
	delete(e.facts, "len(self)")
	delete(e.facts, "len(f."+name.Name+")")
	if !sameOrder(f.Type, bound.Type) {
		r.Order = f.Type
	}
	f, r.Field = bound, bound
	size := f.Type.Size()
	if r.Window != nil {
		size = windowSize(r.Window, size)
	}
	if r.Place == nil {
		e.advance(size)
	} else {
		e.forget() // the checks of the field stand elsewhere
	}
	y = b.exprs(e)
	y.self = &selfRef{field: f, name: name.Name, owner: b.name}
	before := e.saved()
	if r.Window != nil || r.Place != nil {
		e.learn(keyRemaining, single(ir.R(0, ir.MaxDatagram))) // of the window
	}
	if r.Place != nil {
		e.learn(keyOffset, single(ir.R(0, ir.MaxDatagram)))
	}
	for _, c := range o.checks {
		if c.Index != nil {
			checks, ok := y.indexChecks(c.Index, f)
			r.Checks = append(r.Checks, checks...)
			for _, check := range checks {
				b.mayReject(check, pos)
			}
			b.broken = b.broken || !ok
			continue
		}
		if check := y.check(c, f); check != nil {
			r.Checks = append(r.Checks, check)
			b.mayReject(check, pos)
		} else {
			b.broken = true
		}
	}
	if en, ok := f.Type.(*ir.Enum); ok && en.Known {
		if check := y.knownCheck(f, en, t.Span()); check != nil {
			r.Checks = append(r.Checks, check)
		}
	}
	if r.Window != nil || r.Place != nil {
		e.restore(before)
	}
	y.settle(f)
	if r.Place != nil {
		e.forget()
		size = ir.Size{}
	} else if !r.Window.Bounded() {
		size = b.checkedSize(e, f, size, y.self.key())
	}
	pos.read(size)
	if info := b.c.infoOf(f.Type); info != nil {
		b.nested(info, f.Type, t.Span(), pos)
	}
	return r
}

// inChainType says whether a chain can have a field of a type.
func inChainType(t ir.Type) bool {
	switch t.(type) {
	case *ir.Struct, *ir.Chain, *ir.ArrayType:
		return false
	}
	return true
}

// checkedSize is the size of a byte field or array once a `where` has bounded its length.
func (b *body) checkedSize(e *env, f *ir.Field, size ir.Size, self string) ir.Size {
	known, ok := e.fact("len(" + self + ")")
	if !ok {
		return size
	}
	var s ir.Size
	switch t := f.Type.(type) {
	case *ir.BytesType:
		n := int64(len(t.Delim))
		s = times(known.hull(), ir.Size{Min: 1, Max: 1})
		s = ir.Size{Min: min(s.Min+n, ir.MaxDatagram), Max: min(s.Max+n, ir.MaxDatagram)}
	case *ir.ArrayType:
		s = times(known.hull(), t.Elem.Size())
	default:
		return size
	}
	return ir.Size{Min: max(size.Min, s.Min), Max: max(size.Min, s.Min, min(size.Max, s.Max))}
}

// mayReject takes over that a check may reject, and reports it behind a confirm.
func (b *body) mayReject(check *ir.Check, pos *progress) {
	if check.Else.Kind != ir.DoReject {
		return
	}
	b.info.rejects = true
	if pos.confirmed.Valid() {
		b.c.errorf(diag.RejectAfterConfirm, check.Pos, "the protocol is confirmed here, so the datagram cannot be rejected any more").
			Label(pos.confirmed, "confirmed here").Fixf("make it a poison or a note")
	}
}

// nested takes over what a type that is read inside does to the verdict.
func (b *body) nested(info *namedInfo, t ir.Type, at source.Span, pos *progress) {
	if !info.done && pos.confirmed.Valid() {
		for o := b; o != nil; o = o.outer {
			if o.info == info {
				o.deepAfterConfirm = append(o.deepAfterConfirm, at)
			}
		}
	}
	for _, t := range info.stores {
		b.mustNotLook(t, at)
		if !slices.Contains(b.info.stores, t) {
			b.info.stores = append(b.info.stores, t)
		}
	}
	if info.rejects {
		b.info.rejects = true
		if pos.confirmed.Valid() {
			b.c.errorf(diag.RejectAfterConfirm, at, "%s may reject, and the protocol is confirmed here", info.decl.Name.Name).
				Label(pos.confirmed, "confirmed here").Fixf("read it before `confirm`, or make its rejects poison")
		}
	}
	if _, one := t.(*ir.Struct); one && info.confirms && !pos.confirmed.Valid() {
		pos.confirmed = at
	}
}

// infoOf is what is known of a declared type, or of the type that an array is of; nil for others.
func (c *checker) infoOf(t ir.Type) *namedInfo {
	if a, ok := t.(*ir.ArrayType); ok {
		t = a.Elem
	}
	return c.structInfo[t]
}

// window checks `size`, `align` and `lax` of a field; nil when there is none or after an error.
func (b *body) window(x *exprs, o options, windowed *bool) *ir.Window {
	var size, align ast.Expr
	var lax *source.Span
	if o.size != nil {
		size = o.size.Size
	}
	if o.align != nil {
		align = o.align.Align
	}
	if o.lax != nil && o.over == nil {
		at := o.lax.Span()
		lax = &at
	}
	w := b.windowOf(x, size, align, lax)
	if w != nil && w.Size != nil {
		*windowed = true
	}
	return w
}

// windowOf checks the parts of a window; nil when there is none or after an error.
func (b *body) windowOf(x *exprs, size, align ast.Expr, lax *source.Span) *ir.Window {
	if lax != nil && size == nil {
		b.c.errorf(diag.BadLax, *lax, "`lax` is about bytes left over in a window, and there is no window").
			Fixf("add `size`, or remove `lax`")
	}
	if size == nil && align == nil {
		return nil
	}
	w := &ir.Window{Lax: lax != nil}
	ok := true
	if size != nil {
		w.Size = x.sized(size)
		ok = w.Size != nil
		if ok && !w.Size.Range().FitsInt64() {
			b.c.errorf(diag.CountRange, size.Span(), "a window of %s bytes: %s is %s here", w.Size.Range(), source1(size), w.Size.Range()).
				Fixf("narrow it with `where` to what a datagram can hold")
			ok = false
		}
		if ok && w.Size.Range().Lo.Cmp(ir.I(ir.MaxDatagram)) > 0 {
			b.c.errorf(diag.WindowFit, size.Span(), "a window of %s bytes never fits a datagram, which holds %d", w.Size.Range(), ir.MaxDatagram).
				Fixf("mend the size")
			ok = false
		}
	}
	if align != nil {
		n, valid := b.c.constInt(b.u, align)
		switch {
		case !valid:
			ok = false
		case n.Cmp(ir.I(2)) < 0 || n.Cmp(ir.I(4096)) > 0:
			b.c.errorf(diag.BadAlign, align.Span(), "`align` takes 2..4096 bytes, found %s", n).Fixf("4 is the usual one")
			ok = false
		default:
			w.Align = n.Int64()
		}
	}
	if !ok {
		return nil
	}
	return w
}

// fitWindow reports a window that its content can never fill, or never fits; false after an error.
func (b *body) fitWindow(w *ir.Window, t ir.Type, o options) bool {
	if w.Size == nil {
		return true // of an element anything may be as long as it wants
	}
	switch t.(type) {
	case *ir.IntType, *ir.Enum, *ir.Flags, *ir.Bits, *ir.StdType:
		if !w.Lax && t.Size().Fixed() {
			b.c.errorf(diag.BadSize, o.size.Span(), "%s always takes %d bytes: a window around it says nothing", typeText(t), t.Size().Min).
				Fixf("remove `size`, or add `lax` to skip what follows in the window")
			return false
		}
	}
	return b.fits(w, t.Size(), o.size.Span(), typeText(t))
}

func (b *body) fits(w *ir.Window, inside ir.Size, at source.Span, what string) bool {
	return b.fitsRange(w.Size.Range(), w.Lax, inside, at, what)
}

// fitsRange is fits for a window of r bytes.
func (b *body) fitsRange(r ir.Range, lax bool, inside ir.Size, at source.Span, what string) bool {
	switch {
	case r.Hi.Cmp(ir.I(inside.Min)) < 0:
		b.c.errorf(diag.WindowFit, at, "the window never holds %s: it is %s bytes, and %s takes at least %d", what, r, what, inside.Min).
			Fixf("mend the size")
		return false
	case r.Lo.Cmp(ir.I(inside.Max)) > 0 && !lax:
		b.c.errorf(diag.WindowFit, at, "bytes are always left over: the window is %s bytes, and %s takes at most %d", r, what, inside.Max).
			Fixf("mend the size, or add `lax`")
		return false
	}
	return true
}

// fieldType resolves the type of a field; nil after an error.
func (b *body) fieldType(x *exprs, t *ast.Type, o options, f *ir.Field, windowed bool) (ir.Type, []ir.Expr) {
	if t.Each != nil {
		return b.eachType(x, t.Each, o), nil
	}
	if t.Array != nil {
		return b.arrayType(x, t.Array, o, f, windowed), nil
	}
	if o.max != nil {
		b.c.errorf(diag.BadMax, o.max.Span(), "`max` bounds what repeats, and %s does not", t.Ref).Fixf("write `where <= N` to bound a value")
		return nil, nil
	}
	return b.elemType(x, t.Ref, "a field")
}

// elemType resolves a reference as the type of something that is read, with its arguments.
func (b *body) elemType(x *exprs, ref *ast.TypeRef, what string) (ir.Type, []ir.Expr) {
	if b.ber && what == "a field" && ref.Pkg() == nil && ref.Name() != nil && len(ref.Args) == 0 {
		if t := berType(ref.Name().Name); t != nil {
			return t, nil
		}
	}
	if t, ok := b.counted(x, ref); ok {
		if t == nil {
			return nil, nil
		}
		return t, nil
	}
	t := b.c.typeOf(b.u, ref)
	switch t := t.(type) {
	case nil:
		return nil, nil
	case *ir.BoolType:
		b.c.errorf(diag.SubByteWidth, ref.Span(), "bool is one bit, and %s takes whole bytes", what).
			Fixf("put it into a type `bits uint8`, or read a uint8")
		return nil, nil
	case *ir.Struct:
		if t.IsEntry {
			b.c.errorf(diag.EntryAsField, ref.Span(), "%s is an entry, and cannot be read inside of another type", t.Name).
				Label(t.Pos, "%s is declared here", t.Name).Fixf("move what both need to a struct of its own")
			return nil, nil
		}
		args, ok := b.arguments(x, ref, t, t.Params, t.Pos)
		if !ok {
			return nil, nil
		}
		return t, args
	case *ir.Chain:
		args, ok := b.arguments(x, ref, t, t.Params, t.Pos)
		if !ok {
			return nil, nil
		}
		return t, args
	}
	if b.c.isText(t, ref.Span()) {
		return nil, nil
	}
	if w := wordOf(t); w != nil && w.Bits%8 != 0 && !w.Varies() {
		b.c.errorf(diag.SubByteWidth, ref.Span(), "%s takes %d bits, and %s takes whole bytes", ref, w.Bits, what).
			Fixf("put it into a type `bits uint%d`", max(8, (w.Bits+7)/8*8))
		return nil, nil
	}
	if len(ref.Args) > 0 {
		b.c.errorf(diag.ParamCount, ref.Span(), "%s takes no parameters", ref.Name().Name).Fixf("write %s", ref)
		return nil, nil
	}
	return t, nil
}

// wordOf is the integer that a scalar type is made of, nil for others.
func wordOf(t ir.Type) *ir.IntType {
	switch t := t.(type) {
	case *ir.IntType:
		return t
	case *ir.Enum:
		return t.Int
	case *ir.Flags:
		return t.Int
	}
	return nil
}

// arguments checks what is handed to the parameters of a struct or chain; false after an error.
func (b *body) arguments(x *exprs, ref *ast.TypeRef, s ir.Named, params []*ir.Param, pos source.Span) ([]ir.Expr, bool) {
	if info := b.c.structInfo[s]; info != nil && info.badParams {
		return nil, false
	}
	tagged := info(b.c, s) != nil && b.c.takesTag(info(b.c, s).decl)
	if tagged {
		params = params[:len(params)-1]
	}
	if len(ref.Args) != len(params) {
		names := ""
		for i, p := range params {
			if i > 0 {
				names += ", "
			}
			names += p.Name
		}
		d := b.c.errorf(diag.ParamCount, ref.Span(), "%s takes %s, and %d are given", s.TypeName(), count(len(params), "parameter"), len(ref.Args)).
			Label(pos, "%s is declared here", s.TypeName())
		if names == "" {
			d.Fixf("write %s", ref)
		} else {
			d.Fixf("write %s(%s) with values for them", ref, names)
		}
		return nil, false
	}
	var out []ir.Expr
	ok := true
	for i, p := range params {
		if v := b.argument(x, ref.Args[i], p, s, pos); v != nil {
			out = append(out, v)
		} else {
			ok = false
		}
	}
	if tagged {
		tag := berSequence
		if b.tag != 0 {
			tag = b.tag
		}
		out = append(out, tagConst(tag))
	}
	return out, ok
}

func info(c *checker, s ir.Named) *namedInfo { return c.structInfo[s] }

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	if n == 0 {
		return "no " + what + "s"
	}
	return strconv.Itoa(n) + " " + what + "s"
}

func (b *body) argument(x *exprs, e ast.Expr, p *ir.Param, s ir.Named, pos source.Span) ir.Expr {
	mismatch := func(found string) ir.Expr {
		b.c.errorf(diag.ParamType, e.Span(), "%s of %s is %s, and %s is %s", p.Name, s.TypeName(), paramText(p.Type), source1(e), found).
			Label(pos, "%s is declared here", s.TypeName()).Fixf("hand on a value of that type")
		return nil
	}
	switch t := p.Type.(type) {
	case *ir.Struct, *ir.Bits:
		y := *x
		y.composite = true
		v := y.expr(e, nil)
		if v == nil {
			return nil
		}
		r, ok := v.(*ir.Ref)
		if !ok {
			return mismatch(kindText(v))
		}
		if r.Type != p.Type {
			return mismatch("of type " + typeText(r.Type))
		}
		return r
	case *ir.BoolType:
		v := x.expr(e, nil)
		if v != nil && v.Kind() != ir.Bool {
			return mismatch(kindText(v))
		}
		return v
	default:
		hint, _ := enumType(t)
		y := *x
		if w := wordOf(t); w != nil && !w.Signed {
			y.size, y.additive, y.underflow = true, true, nil
		}
		v := y.expr(e, hint)
		if v == nil {
			return nil
		}
		if k := v.Kind(); k != ir.Signed && k != ir.Uint {
			return mismatch(kindText(v))
		}
		if has := enumOf(v); has != nil && hint != nil && has != ir.Type(hint) {
			return mismatch("of type " + typeText(has))
		}
		if y.size {
			if v = y.settled(e, v); v == nil {
				return nil
			}
		}
		if r := valueRange(t); !r.Contains(v.Range()) {
			b.c.errorf(diag.ParamType, e.Span(), "%s of %s holds %s, and %s is %s here", p.Name, s.TypeName(), r, source1(e), v.Range()).
				Label(pos, "%s is declared here", s.TypeName()).Fixf("narrow the value, or widen the parameter")
			return nil
		}
		return v
	}
}

func paramText(t ir.Type) string {
	switch t.(type) {
	case *ir.BoolType:
		return "true or false"
	case *ir.IntType:
		return "an integer"
	}
	return "of type " + typeText(t)
}
