package check

import (
	"maps"
	"slices"
	"time"

	"github.com/flowscope/fsd/dsl/ast"
	"github.com/flowscope/fsd/dsl/diag"
	"github.com/flowscope/fsd/dsl/ir"
	"github.com/flowscope/fsd/dsl/source"
)

// Limits of tables.
const (
	maxTables     = 16
	maxTableMax   = 1 << 20
	maxTableBytes = 64 << 20 // of the tables of one flow or host together
	maxExpire     = 7 * 24 * time.Hour
	// entryBytes is what the memory of a value takes besides its fields: its key and its place in the order.
	entryBytes = 96
)

// tableInfo is a table that is declared.
type tableInfo struct {
	decl  *ast.Table
	unit  *unit         // of the value's type
	value *ast.TypeDecl // nil after an error
	ir    *ir.Table
	bad   bool
	// stored and found say that it is used both ways.
	stored, found bool
}

// pendingStore is a store whose value is put together once the type of the table's values is known as a whole.
type pendingStore struct {
	info *tableInfo
	ast  *ast.Store
	ir   *ir.Store
	b    *body
	x    *exprs // what is known at the store
	with map[string]storeValue
}

type storeValue struct {
	at    *ast.StoreWith
	value ir.Expr   // a scalar
	lists []*ir.Ref // or lists
}

// table is the table of a name; nil after an error.
func (c *checker) table(u *unit, name *ast.Ident) *tableInfo {
	d := u.tables[name.Name]
	if d == nil {
		c.errorf(diag.UnknownTable, name.Span(), "there is no table %s", name.Name).DidYouMean(name.Name, near(keys(u.tables)))
		return nil
	}
	info := c.tables[d]
	if info == nil {
		info = c.newTable(u, d)
		c.tables[d] = info
	}
	if info.bad {
		return nil
	}
	return info
}

// newTable checks the head of a table. Its values are looked at later: their type may be the one being checked.
func (c *checker) newTable(u *unit, d *ast.Table) *tableInfo {
	info := &tableInfo{decl: d, ir: &ir.Table{Name: d.Name.Name, Doc: d.Doc, PerHost: d.Per == "host"}}
	bad := func(at source.Span, format string, args ...any) *diag.Diagnostic {
		info.bad = true
		return c.errorf(diag.BadTable, at, format, args...)
	}
	if len(d.Keys) > ir.MaxKeys {
		bad(d.Keys[ir.MaxKeys].Span(), "a key has at most %d parts", ir.MaxKeys).Fixf("leave some out")
	}
	for _, k := range d.Keys {
		t := c.typeOf(u, k)
		switch t.(type) {
		case nil:
			info.bad = true
		case *ir.IntType, *ir.Enum:
			info.ir.Keys = append(info.ir.Keys, t)
		default:
			bad(k.Span(), "a key is made of integers and enums, and this is %s", withArticle(t)).Fixf("take a field of it")
		}
	}
	if n, ok := c.constInt(u, d.Max); !ok {
		info.bad = true
	} else if !ir.R(1, maxTableMax).Contains(ir.Range{Lo: n, Hi: n}) {
		bad(d.Max.Span(), "a table holds 1..%d values, found %s", maxTableMax, n).Fixf("1024 serves most protocols")
	} else {
		info.ir.Max = n.Int64()
	}
	if d.Expire != nil {
		info.ir.Expire = c.duration(d.Expire, maxExpire, func(text string) {
			bad(d.Expire.Span(), "values are kept for 1ms to 168h, found %s", text).Fixf("30m is usual")
		})
	}
	info.unit, info.value = c.lookupType(u, d.Value)
	switch {
	case info.value == nil:
		info.bad = true
	default:
		if _, ok := info.value.Kind.(*ast.Struct); !ok {
			bad(d.Value.Span(), "a table keeps structs, and %s is %s", d.Value, kindName(info.value.Kind)).
				Label(info.value.Name.Span(), "%s is declared here", info.value.Name.Name).Fixf("wrap it in a struct")
		} else if len(d.Value.Args) > 0 {
			bad(d.Value.Span(), "a table keeps values that were read before, so that parameters have no place here").Fixf("write %s", info.value.Name.Name)
		}
	}
	if len(c.proto.State.Tables) >= maxTables {
		bad(d.Name.Span(), "a protocol has at most %d tables", maxTables).Fixf("let some of them share a key")
	}
	c.proto.State.Tables = append(c.proto.State.Tables, info.ir)
	return info
}

// duration is a span of time of 1ms to most; complain is told what is written otherwise.
func (c *checker) duration(d *ast.Duration, most time.Duration, complain func(string)) time.Duration {
	v, err := time.ParseDuration(d.Text)
	if err != nil || v < time.Millisecond || v > most {
		complain(short(d.Text))
		return most
	}
	return v
}

// tableKeys checks the key of a store or lookup; nil after an error.
func (x *exprs) tableKeys(info *tableInfo, name *ast.Ident, list []ast.Expr) []ir.Expr {
	if len(list) != len(info.ir.Keys) {
		x.c.errorf(diag.TableKey, name.Span(), "the key of %s has %s, and %d are given", name.Name, count(len(info.ir.Keys), "part"), len(list)).
			Label(info.decl.Name.Span(), "%s is declared here", name.Name).Fixf("write one value for each")
		return nil
	}
	var out []ir.Expr
	for i, e := range list {
		t := info.ir.Keys[i]
		y := *x
		y.size, y.additive, y.underflow = false, false, nil
		hint, _ := enumType(t)
		v := y.integer(e, hint)
		if v == nil {
			return nil
		}
		if r := valueRange(t); !r.Contains(v.Range()) {
			x.c.errorf(diag.TableKey, e.Span(), "part %d of the key of %s holds %s, and %s is %s here", i+1, name.Name, r, source1(e), v.Range()).
				Label(info.decl.Keys[i].Span(), "it is declared here").Fixf("narrow the value, or widen the key")
			return nil
		}
		out = append(out, v)
	}
	return out
}

// storeStmt checks a store; nil after an error.
func (b *body) storeStmt(st *ast.Store, e *env) ir.Stmt {
	if b.isChain {
		b.c.errorf(diag.ChainDepends, st.Span(), "a chain cannot store: it is read again whenever somebody asks for its items").Fixf("store in the struct that reads it")
		return nil
	}
	info := b.c.table(b.u, st.Table)
	if info == nil {
		b.broken = true
		return nil
	}
	info.stored = true
	x := b.exprs(e)
	p := &pendingStore{info: info, ast: st, ir: &ir.Store{Table: info.ir}, b: b, with: map[string]storeValue{}}
	if p.ir.Keys = x.tableKeys(info, st.Table, st.Keys); p.ir.Keys == nil {
		b.broken = true
		return nil
	}
	b.mustNotLook(info.ir, st.Span())
	b.info.stores = append(b.info.stores, info.ir)
	for _, w := range st.With {
		if _, twice := p.with[w.Name.Name]; twice {
			b.c.errorf(diag.BadStore, w.Name.Span(), "%s is given twice", w.Name.Name).Fixf("remove one of them")
			continue
		}
		v := storeValue{at: w}
		y := *x
		y.composite = true
		if value := y.expr(w.Expr, nil); value != nil {
			v.value = value
			if r, ok := value.(*ir.Ref); ok {
				if _, list := r.Type.(*ir.ArrayType); list {
					v.value, v.lists = nil, []*ir.Ref{r}
				}
			}
		}
		for _, other := range w.Lists {
			r, ok := y.path(other, nil).(*ir.Ref)
			if !ok {
				continue
			}
			if _, list := r.Type.(*ir.ArrayType); !list || v.value != nil {
				b.c.errorf(diag.BadStore, other.Span(), "`++` joins lists, and %s is %s", source1(other), withArticle(r.Type)).Fixf("name arrays of one type")
				continue
			}
			v.lists = append(v.lists, r)
		}
		p.with[w.Name.Name] = v
	}
	p.x = b.exprs(e.snapshot())
	b.c.stores = append(b.c.stores, p)
	return p.ir
}

// snapshot is what is known now, which later statements do not change.
func (e *env) snapshot() *env {
	if e == nil {
		return nil
	}
	out := newEnv(e.parent.snapshot())
	out.vars, out.facts, out.diffs, out.cut, out.windowed, out.branch = maps.Clone(e.vars), maps.Clone(e.facts), slices.Clone(e.diffs), e.cut, e.windowed, e.branch
	return out
}

// mustNotLook reports a store into a table of which a value is in use.
func (b *body) mustNotLook(t *ir.Table, at source.Span) {
	for _, l := range b.looking {
		if l.ir == t {
			b.c.errorf(diag.MisusedLookup, at, "%s is stored into while a value of it is in use", t.Name).
				Label(l.at, "it was looked up here").Fixf("store in front of the lookup, or behind its branch")
			return
		}
	}
}

// lookedUp is a lookup in whose branch statements stand.
type lookedUp struct {
	ir *ir.Table
	at source.Span
}

// lookup checks the condition of an `if` that looks a value up, and names it in the branch; nil after an error.
func (b *body) lookup(l *ast.Lookup, e, then *env) ir.Expr {
	hide := func() ir.Expr {
		then.vars[l.As.Name] = &variable{at: l.As.Span(), bad: true}
		return nil
	}
	if b.isChain {
		b.c.errorf(diag.ChainDepends, l.Span(), "a chain cannot look up: it is read again whenever somebody asks for its items").Fixf("look up in the struct that reads it")
		return hide()
	}
	info := b.c.table(b.u, l.Table)
	if info == nil {
		return hide()
	}
	info.found = true
	b.notReserved(l.As, "a value that was looked up")
	if v := e.lookup(l.As.Name); v != nil {
		b.c.errorf(diag.DuplicateField, l.As.Span(), "%s has a value %s already", b.name, l.As.Name).Label(v.at, "here first").Fixf("rename one of them")
		return nil
	}
	f := &ir.Found{Table: info.ir, Keys: b.exprs(e).tableKeys(info, l.Table, l.Keys)}
	s, ok := b.c.resolve(info.unit, info.value, info.decl.Value.Span()).(*ir.Struct)
	if f.Keys == nil || !ok {
		return hide()
	}
	f.As = &ir.Param{Name: l.As.Name, Type: s}
	then.vars[l.As.Name] = &variable{param: f.As, at: l.As.Span()}
	return f
}

// eachType checks `each f in t.Fields : T size n`; nil after an error.
func (b *body) eachType(x *exprs, a *ast.Each, o options) ir.Type {
	if o.max != nil {
		b.c.errorf(diag.BadMax, o.max.Span(), "there are as many elements as %s has", source1(a.List)).Fixf("remove `max`")
		return nil
	}
	if b.isChain {
		b.c.errorf(diag.ChainField, a.Span(), "a chain reads integers, bits and bytes").Fixf("read it in a struct")
		return nil
	}
	y := *x
	y.composite = true
	list, ok := y.path(a.List, nil).(*ir.Ref)
	if !ok {
		return nil
	}
	known, ok := list.Type.(*ir.ArrayType)
	if !ok || list.Root != ir.RefParam && list.Root != ir.RefField {
		b.c.errorf(diag.BadEach, a.List.Span(), "`each` goes through a list, and %s is %s", source1(a.List), withArticle(list.Type)).
			Fixf("name an array of a parameter, of a value that was looked up, or of this struct")
		return nil
	}
	list.K = ir.Bytes
	n := x.lengthOf(list, arrayCount(known)).(*ir.Len)
	t := &ir.ArrayType{Mode: ir.ArrayCount, Count: n, Max: -1, MaxReason: -1, Each: &ir.Each{Var: a.Var.Name, List: list, Elem: known.Elem}}
	inner := *x
	inner.env, inner.loop = x.env.elsewhere(), true
	if v := x.env.lookup(a.Var.Name); v != nil {
		b.c.errorf(diag.DuplicateField, a.Var.Span(), "%s has a value %s already", b.name, a.Var.Name).Label(v.at, "here first").Fixf("rename one of them")
		return nil
	}
	b.notReserved(a.Var, "an element")
	inner.env.vars[a.Var.Name] = &variable{each: known.Elem, at: a.Var.Span()}
	if t.Elem, t.Args = b.elemType(&inner, a.Elem, "an element"); t.Elem == nil {
		return nil
	}
	if e, ok := t.Elem.(*ir.Enum); ok && e.Known {
		b.c.errorf(diag.BadKnown, a.Elem.Span(), "%s is closed, and the elements of an array are not checked", e.Name).
			Fixf("repeat a struct with a field of that type")
		return nil
	}
	size := t.Elem.Size()
	if a.Size != nil {
		if t.Each.Window = inner.sized(a.Size); t.Each.Window == nil {
			return nil
		}
		if !b.fits(&ir.Window{Size: t.Each.Window}, size, a.Size.Span(), typeText(t.Elem)) {
			return nil
		}
		if size.Fixed() {
			b.c.errorf(diag.BadSize, a.Size.Span(), "%s always takes %d bytes: a window around it says nothing", typeText(t.Elem), size.Min).Fixf("remove `size`")
			return nil
		}
		r := t.Each.Window.Range().Intersect(ir.R(0, ir.MaxDatagram))
		size = ir.Size{Min: r.Lo.Int64(), Max: r.Hi.Int64()}
	}
	if size.Min < 1 {
		d := b.c.errorf(diag.EmptyElement, a.Span(), "an element may be empty: it takes %s bytes", sizeText(size))
		d.Fixf("a long list of empty elements would cost time for no bytes: check that each takes one byte at least")
		return nil
	}
	t.Bytes = times(n.R, size)
	return t
}

// sum checks `sum Fields.Len`; nil after an error.
func (x *exprs) sum(e *ast.Sum) ir.Expr {
	bad := func(format string, args ...any) ir.Expr {
		x.c.errorf(diag.BadSum, e.Span(), format, args...).Fixf("name an array of this struct and an integer of its elements, as `sum Fields.Len`")
		return nil
	}
	switch {
	case x.b == nil || x.b.isChain:
		return bad("a sum is of an array of a struct")
	case x.loop:
		x.c.errorf(diag.BadSum, e.Span(), "this is computed for each element, and each would add up all of %s", source1(e.Of)).
			Fixf("compute it with `let` in front of the array")
		return nil
	}
	for _, s := range e.Of.Sel {
		if s.Field == nil {
			return bad("%s is not the name of an array", source1(e.Of))
		}
	}
	var v *variable
	if x.env != nil {
		v = x.env.lookup(e.Of.Name.Name)
	}
	if v == nil {
		x.unknown(e.Of, nil)
		return nil
	}
	if v.bad {
		return nil
	}
	if v.field == nil {
		// A list that was kept costs nothing on the wire, so that going through it again and again would not be linear.
		return bad("%s is not a field of this struct", e.Of.Name.Name)
	}
	v.used = true
	s := &ir.Sum{Of: &ir.Ref{Root: ir.RefField, Path: []*ir.Field{v.field}, Type: v.field.Type, K: ir.Bytes}}
	sel := e.Of.Sel
	t := v.field.Type
	for len(sel) > 0 {
		if _, ok := t.(*ir.ArrayType); ok {
			break
		}
		f := memberOf(t, sel[0].Field.Name)
		if f == nil {
			x.noMember(sel[0], t, sel[0].Field.Name)
			return nil
		}
		s.Of.Path, t = append(slices.Clone(s.Of.Path), f), f.Type
		s.Of.Type, sel = t, sel[1:]
	}
	list, ok := t.(*ir.ArrayType)
	if !ok {
		return bad("%s is %s, not an array", source1(e.Of), withArticle(t))
	}
	t = list.Elem
	for _, name := range sel {
		f := memberOf(t, name.Field.Name)
		if f == nil {
			x.noMember(name, t, name.Field.Name)
			return nil
		}
		s.Path, t = append(s.Path, f), f.Type
	}
	if _, ok := t.(*ir.IntType); !ok {
		return bad("%s is %s, which has no sum", source1(e.Of), withArticle(t))
	}
	values := valueRange(t)
	if n := len(s.Path); n > 0 {
		if known, ok := x.c.sets[s.Path[n-1]]; ok {
			values = known.hull()
		}
	}
	n := x.lengthOf(s.Of, arrayCount(list)).(*ir.Len).R
	s.R = ir.Range{Lo: ir.Min(n.Lo.Mul(values.Lo), n.Hi.Mul(values.Lo)), Hi: ir.Max(n.Lo.Mul(values.Hi), n.Hi.Mul(values.Hi))}
	if !fits(s.R) {
		x.c.errorf(diag.Overflow, e.Span(), "%s may be %s, which does not fit 64 bits", source1(e), s.R).Fixf("narrow the values with `where`")
		return nil
	}
	return s
}
