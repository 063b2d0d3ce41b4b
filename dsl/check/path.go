package check

import (
	"slices"
	"strings"

	"github.com/flowscope/fsd/dsl/ast"
	"github.com/flowscope/fsd/dsl/diag"
	"github.com/flowscope/fsd/dsl/ir"
)

// readable says whether a bare name means something at this place without help.
func (x *exprs) readable(name string) bool {
	if x.self != nil && x.self.name == name || slices.Contains(facts, name) {
		return true
	}
	if x.elem != nil && memberOf(x.elem, name) != nil {
		return true
	}
	if x.env != nil && x.env.lookup(name) != nil || x.u.consts[name] != nil {
		return true
	}
	_, ok := x.u.counters[name]
	return ok
}

// path resolves a name and what is selected from it; nil after an error. Of several meanings the first counts: a value
// of the enum that the place asks for, the field being checked, a field of the element, a name in scope, a fact, a
// counter, a constant, a type's value, an import.
func (x *exprs) path(p *ast.Path, hint ir.Type) ir.Expr {
	if x.isSum(p) {
		return x.checksum(p)
	}
	if isSpan(p) {
		x.c.errorf(diag.BadChecksum, p.Span(), "bytes of the datagram stand in checksums, and behind `^` in a `let ... as` only").
			Fixf("read them as a field")
		return nil
	}
	calls := false
	for i, s := range p.Sel {
		if s.Call != nil && i > 0 && isLookup(p.Sel[i-1]) {
			calls = true
		} else if s.Field == nil {
			x.noCall(s)
			return nil
		}
	}
	name, sel := p.Name.Name, p.Sel
	if len(sel) == 0 {
		if v := x.c.enumConst(hint, name); v != nil {
			return v
		}
	}
	if x.self != nil && name == x.self.name && name != "" && name != "_" {
		return x.selectFrom(p, &ir.Ref{Root: ir.RefSelf, Type: x.self.typeOf()}, sel)
	}
	if x.elem != nil {
		if f := memberOf(x.elem, name); f != nil {
			return x.selectFrom(p, &ir.Ref{Root: ir.RefElem, Path: []*ir.Field{f}, Type: f.Type}, sel)
		}
	}
	if x.env != nil {
		if v := x.env.lookup(name); v != nil {
			v.used = true
			if v.bad {
				return nil
			}
			if x.b != nil && x.b.afterEnd && v.field != nil && v.field.Conditional {
				x.c.errorf(diag.OtherBranch, p.Name.Span(), "%s may be absent here: an `end` in front of it may have completed the message", name).
					Label(v.at, "it is read here").Fixf("check it in front of the last `end`")
				return nil
			}
			if v.each != nil {
				return x.selectFrom(p, &ir.Ref{Root: ir.RefEach, Type: v.each}, sel)
			}
			if v.param != nil {
				return x.selectFrom(p, &ir.Ref{Root: ir.RefParam, Param: v.param, Type: v.param.Type}, sel)
			}
			// `Opcode.Query`, where a field has the name of its type.
			if len(sel) == 1 && sel[0].Field != nil {
				if t, ok := enumType(v.field.Type); ok && t.TypeName() == name {
					if k := x.c.enumConst(v.field.Type, sel[0].Field.Name); k != nil {
						return k
					}
				}
			}
			return x.selectFrom(p, &ir.Ref{Root: ir.RefField, Path: []*ir.Field{v.field}, Type: v.field.Type}, sel)
		}
	}
	if calls {
		for _, s := range sel {
			if s.Call != nil {
				x.noCall(s)
				return nil
			}
		}
	}
	if slices.Contains(facts, name) {
		return x.fact(p)
	}
	if _, ok := x.u.counters[name]; ok && x.b != nil && len(sel) == 0 {
		if x.inChain(p) {
			return nil
		}
		return &ir.CounterRef{Counter: x.c.counter(name), R: ir.R(0, 1<<32-1)}
	}
	if k := x.u.consts[name]; k != nil && len(sel) == 0 {
		return x.c.constExpr(k)
	}
	if d := x.u.types[name]; d != nil {
		return x.typeValue(p, x.u, d, sel)
	}
	if imp := x.u.imports[name]; imp != nil && len(sel) > 0 {
		imp.used = true
		member := sel[0].Field.Name
		if d := imp.unit.types[member]; d != nil {
			return x.typeValue(p, imp.unit, d, sel[1:])
		}
		if k := imp.unit.consts[member]; k != nil && len(sel) == 1 {
			return x.c.constExpr(k)
		}
		x.c.errorf(diag.UnknownName, sel[0].Field.Span(), "%s has no type or constant %s", name, member).
			DidYouMean(member, near(slices.Concat(keys(imp.unit.consts), keys(imp.unit.types))))
		return nil
	}
	x.unknown(p, hint)
	return nil
}

// noCall reports an index or a call.
func (x *exprs) noCall(s *ast.Selector) {
	what := "an index"
	if s.Call != nil {
		what = "a call"
	}
	x.c.errorf(diag.NoCall, s.Span(), "%s cannot stand here", what).
		Fixf("X.len is the number of elements of X; with `index by` there are X.has(Key) and X.first(Key).Field")
}

// enumType returns the declared type of an enum or flags.
func enumType(t ir.Type) (ir.Named, bool) {
	switch t := t.(type) {
	case *ir.Enum:
		return t, true
	case *ir.Flags:
		return t, true
	}
	return nil, false
}

// enumConst is the value of that name of an enum or flags type, nil if there is none.
func (c *checker) enumConst(t ir.Type, name string) ir.Expr {
	switch t := t.(type) {
	case *ir.Enum:
		for i := range t.Values {
			if t.Values[i].Name == name {
				return &ir.Const{Value: ir.U(t.Values[i].Value), Name: t.Name + "." + name, Enum: t, Base: 10}
			}
		}
	case *ir.Flags:
		for i := range t.Values {
			if t.Values[i].Name == name {
				return &ir.Const{Value: ir.U(t.Values[i].Value), Name: t.Name + "." + name, Base: 16}
			}
		}
	}
	return nil
}

// typeValue is Type.Value.
func (x *exprs) typeValue(p *ast.Path, u *unit, d *ast.TypeDecl, sel []*ast.Selector) ir.Expr {
	switch d.Kind.(type) {
	case *ast.Enum, *ast.Flags:
	default:
		x.c.errorf(diag.NotComparable, p.Span(), "%s is %s, and has no value of its own", d.Name.Name, kindName(d.Kind)).
			Fixf("name a field")
		return nil
	}
	t := x.c.resolve(u, d, p.Span())
	if t == nil {
		return nil
	}
	if len(sel) != 1 {
		x.c.errorf(diag.NotComparable, p.Span(), "%s is a type, and a value is needed here", short(p.Span().Text())).
			Fixf("name one of its values, as %s.Name", d.Name.Name)
		return nil
	}
	name := sel[0].Field.Name
	if k := x.c.enumConst(t, name); k != nil {
		return k
	}
	x.c.errorf(diag.UnknownName, sel[0].Field.Span(), "%s has no value %s", d.Name.Name, name).
		DidYouMean(name, near(valueNames(t))).Label(d.Name.Span(), "%s is declared here", d.Name.Name)
	return nil
}

func valueNames(t ir.Type) []string {
	var values []ir.EnumValue
	switch t := t.(type) {
	case *ir.Enum:
		values = t.Values
	case *ir.Flags:
		values = t.Values
	}
	names := make([]string, len(values))
	for i, v := range values {
		names[i] = v.Name
	}
	return names
}

// memberOf is a field of a struct or bits word that every value has, nil if there is none of the name.
func memberOf(t ir.Type, name string) *ir.Field {
	switch t := t.(type) {
	case *ir.Struct:
		for _, f := range t.Fields {
			if f.Name == name && !f.Conditional {
				return f
			}
		}
	case *ir.Bits:
		for _, f := range t.Fields {
			if f.Name == name && name != "_" {
				return f.Field
			}
		}
	}
	return nil
}

// memberNames are the fields that memberOf finds.
func memberNames(t ir.Type) []string {
	var names []string
	switch t := t.(type) {
	case *ir.Struct:
		for _, f := range t.Fields {
			if !f.Conditional {
				names = append(names, f.Name)
			}
		}
	case *ir.Bits:
		for _, f := range t.Fields {
			if f.Name != "_" {
				names = append(names, f.Name)
			}
		}
	}
	return names
}

// selectFrom follows selectors from a value to a scalar; nil after an error.
func (x *exprs) selectFrom(p *ast.Path, r *ir.Ref, sel []*ast.Selector) ir.Expr {
	for i, s := range sel {
		if s.Field == nil {
			x.noCall(s)
			return nil
		}
		name := s.Field.Name
		if name == "len" && i == len(sel)-1 {
			return x.length(p, r)
		}
		if t, ok := r.Type.(*ir.ArrayType); ok && (t.Index != nil || isLookup(s)) {
			return x.lookup(p, r, t, sel[i:])
		}
		f := memberOf(r.Type, name)
		if f == nil {
			x.noMember(s, r.Type, name)
			return nil
		}
		r.Path = append(slices.Clone(r.Path), f)
		r.Type = f.Type
	}
	return x.ref(r, p.Span())
}

func (x *exprs) noMember(s *ast.Selector, t ir.Type, name string) {
	if st, ok := t.(*ir.Struct); ok {
		for _, f := range st.Fields {
			if f.Name == name {
				x.c.errorf(diag.OtherBranch, s.Field.Span(), "%s.%s stands in a branch: not every %s has it", st.Name, name, st.Name).
					Label(f.Pos, "it is read here").Fixf("compute what you need with `let` where it is surely there")
				return
			}
		}
	}
	switch t := t.(type) {
	case *ir.Struct, *ir.Bits:
		x.c.errorf(diag.UnknownName, s.Field.Span(), "%s has no field %s", typeText(t), name).DidYouMean(name, near(memberNames(t)))
	case nil:
	default:
		x.c.errorf(diag.UnknownName, s.Field.Span(), "a value of type %s has no fields", typeText(t)).Fixf("`.len` is for bytes and arrays")
	}
}

// length is X.len.
func (x *exprs) length(p *ast.Path, r *ir.Ref) ir.Expr {
	switch t := r.Type.(type) {
	case *ir.BytesType:
		r.K = ir.Bytes
		return x.lengthOf(r, contentSize(t))
	case *ir.ArrayType:
		r.K = ir.Bytes
		return x.lengthOf(r, arrayCount(t))
	}
	x.c.errorf(diag.NotComparable, p.Span(), "%s has no length: it is %s", strings.TrimSuffix(short(p.Span().Text()), ".len"), withArticle(r.Type)).
		Fixf("`.len` is for bytes and arrays")
	return nil
}

func (x *exprs) lengthOf(r *ir.Ref, s ir.Size) ir.Expr {
	l := &ir.Len{Of: r, R: ir.R(s.Min, s.Max)}
	if known, ok := x.env.fact(x.key(l)); ok {
		l.R = l.R.Intersect(known.hull())
	} else if n := len(r.Path); n > 0 {
		if known, ok := x.c.lens[r.Path[n-1]]; ok {
			l.R = l.R.Intersect(known.hull())
		}
	}
	return l
}

// arrayCount is the least and greatest number of elements of an array.
func arrayCount(t *ir.ArrayType) ir.Size {
	s := ir.Size{Max: ir.MaxDatagram}
	if least := t.Elem.Size().Min; least > 0 {
		s.Max = ir.MaxDatagram / least
	}
	switch t.Mode {
	case ir.ArrayCount:
		if r := t.Count.Range(); r.Hi.Cmp(ir.I(s.Max)) <= 0 {
			s.Max = r.Hi.Int64()
		}
		if r := t.Count.Range(); r.Lo.Cmp(ir.I(s.Max)) <= 0 {
			s.Min = r.Lo.Int64()
		}
	case ir.ArrayUntil:
		s.Min = 1
	}
	if t.Max >= 0 {
		s.Max = min(s.Max, t.Max)
	}
	s.Min = min(s.Min, s.Max)
	return s
}

// fact resolves the names that are not fields.
func (x *exprs) fact(p *ast.Path) ir.Expr {
	name, sel := p.Name.Name, p.Sel
	switch name {
	case "true", "false":
		if len(sel) > 0 {
			break
		}
		return &ir.BoolConst{Value: name == "true"}
	case "initiator", "responder":
		if len(sel) > 0 {
			break
		}
		k := &ir.Const{Value: zero, Base: 10, Name: ""}
		if name == "responder" {
			k.Value = one
		}
		return k
	case "len":
		if x.self != nil && len(sel) == 0 {
			return x.length(p, &ir.Ref{Root: ir.RefSelf, Type: x.self.typeOf()})
		}
		x.c.errorf(diag.Misplaced, p.Span(), "`len` alone is the length of the field that a `where` belongs to").
			Fixf("write X.len, remaining, or datagram.len")
		return nil
	}
	if x.constant {
		x.c.errorf(diag.NotConstant, p.Span(), "%s is not a constant", short(p.Span().Text())).Fixf("use numbers and constants only")
		return nil
	}
	if x.b == nil {
		x.c.errorf(diag.Misplaced, p.Span(), "%s is not known here", short(p.Span().Text())).
			Fixf("use it in a struct or a chain")
		return nil
	}
	fact := func(kind ir.FactKind, side ir.Side, r ir.Range) ir.Expr {
		f := &ir.Fact{Fact: kind, Side: side, R: r}
		if s, ok := x.env.fact(x.key(f)); ok {
			f.R = f.R.Intersect(s.hull())
		}
		return f
	}
	size := ir.R(0, ir.MaxDatagram)
	if len(sel) == 0 {
		switch name {
		case "remaining":
			return fact(ir.Remaining, 0, size)
		case "offset":
			return fact(ir.Offset, 0, size)
		case "total", "start":
			if !x.b.isChain {
				x.c.errorf(diag.Misplaced, p.Span(), "%s is a fact of a chain, and this is %s", name, kindName(x.b.info.decl.Kind)).
					Fixf("use `offset` or `remaining`")
				return nil
			}
			if name == "total" {
				return fact(ir.Total, 0, size)
			}
			return fact(ir.Start, 0, size)
		case "dir", "port", "sport", "dport":
			if x.inChain(p) {
				return nil
			}
		}
		switch name {
		case "dir":
			return fact(ir.Dir, 0, ir.R(0, 1))
		case "port":
			return fact(ir.Port, 0, size)
		case "sport":
			return fact(ir.SrcPort, 0, size)
		case "dport":
			return fact(ir.DstPort, 0, size)
		}
	}
	dotted, _ := p.Dotted()
	if name == "flow" || name == "last" {
		if x.inChain(p) {
			return nil
		}
	}
	switch name {
	case "datagram":
		if dotted == "datagram.len" {
			return fact(ir.DatagramLen, 0, size)
		}
		x.c.errorf(diag.UnknownName, p.Span(), "the datagram as a whole has only `datagram.len`")
		return nil
	case "flow":
		return x.flow(p, fact)
	case "last":
		return x.last(p)
	case "prev":
		return x.prev(p)
	}
	x.c.errorf(diag.UnknownName, p.Span(), "%s has no fields", name).Fixf("write %s", name)
	return nil
}

// inChain reports a fact that is not part of the datagram's bytes in a chain: a chain is read again whenever somebody
// asks for its items, and then the bytes are all there is.
func (x *exprs) inChain(p *ast.Path) bool {
	if !x.b.isChain {
		return false
	}
	x.c.errorf(diag.ChainDepends, p.Span(), "%s is not a fact of the bytes, which are all that a chain depends on", short(p.Span().Text())).
		Fixf("decide in the struct that reads the chain")
	return true
}

// flow resolves the facts of the flow.
func (x *exprs) flow(p *ast.Path, fact func(ir.FactKind, ir.Side, ir.Range) ir.Expr) ir.Expr {
	sel := p.Sel
	bad := func() ir.Expr {
		d := x.c.errorf(diag.UnknownName, p.Span(), "%s is not a fact of the flow", short(p.Span().Text()))
		d.Fixf("there are flow.bytes, flow.datagrams and flow.malformed, each also with .initiator or .responder")
		return nil
	}
	if len(sel) == 0 || len(sel) > 2 {
		return bad()
	}
	side := ir.AnySide
	if len(sel) == 2 {
		if side = sideOf(sel[1].Field.Name); side == ir.AnySide {
			return bad()
		}
	}
	r := ir.Range{Lo: zero, Hi: int64s.Hi}
	st := &x.c.proto.State
	switch sel[0].Field.Name {
	case "bytes":
		st.Bytes = true
		return fact(ir.FlowBytes, side, r)
	case "datagrams":
		st.Datagrams = true
		if side == ir.AnySide {
			r.Lo = one // this one
		}
		return fact(ir.FlowDatagrams, side, r)
	case "malformed":
		st.Malformed = true
		return fact(ir.FlowMalformed, side, r)
	}
	return bad()
}

// unknown reports a name that means nothing.
func (x *exprs) unknown(p *ast.Path, hint ir.Type) {
	name := p.Name.Name
	if b := x.c.cur; x.constant && b != nil && (len(b.declared[name]) > 0 || b.hasParam(name)) {
		x.c.errorf(diag.NotConstant, p.Span(), "%s is read from the datagram, and a constant is needed here", name).Fixf("use numbers and constants only")
		return
	}
	if x.b != nil {
		if at, ok := x.b.later(name); ok {
			switch {
			case at.Start > p.Pos.Offset || name == x.b.reading:
				x.c.errorf(diag.UsedBeforeRead, p.Name.Span(), "%s is used before it is read", name).
					Label(at, "it is read here").Fixf("move what needs it behind it")
			default:
				x.c.errorf(diag.OtherBranch, p.Name.Span(), "%s is read in a branch, and may be absent here", name).
					Label(at, "it is read here").Fixf("use it inside of that branch, or read it in front of it")
			}
			return
		}
	}
	at := p.Name.Span()
	d := x.c.errorf(diag.UnknownName, at, "there is no %s here", name)
	candidates := valueNames(hint)
	if x.self != nil {
		candidates = append(candidates, x.self.name)
	}
	if x.elem != nil {
		candidates = append(candidates, memberNames(x.elem)...)
	}
	if x.env != nil {
		candidates = append(candidates, x.env.names()...)
	}
	if x.b != nil {
		candidates = append(candidates, facts...)
	}
	candidates = append(candidates, keys(x.u.consts)...)
	d.DidYouMean(name, near(candidates))
	if t, ok := enumType(hint); ok && d.Fix == "" {
		d.Message = t.TypeName() + " has no value " + name
	}
	if d.Fix != "" {
		return
	}
	// The name of an enum's value, where nothing says which enum is meant.
	for _, decl := range x.u.typeOrder {
		if e, ok := decl.Kind.(*ast.Enum); ok {
			for _, v := range e.Values {
				if v.Name != nil && v.Name.Name == name {
					d.Fixf("write %s.%s if you mean the value", decl.Name.Name, name)
					return
				}
			}
		}
	}
}

// keys are the keys of a map in order.
func keys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
