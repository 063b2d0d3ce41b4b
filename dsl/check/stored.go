package check

import (
	"github.com/flowscope/fsd/dsl/diag"
	"github.com/flowscope/fsd/dsl/ir"
	"github.com/flowscope/fsd/dsl/source"
)

// finishTables looks at the values of tables, now that all types are known, and puts the values of stores together: what
// is proved of a field of the type must be proved of the value that is stored, and then holds of whatever is looked up.
func (c *checker) finishTables() {
	for _, u := range c.unitOrder {
		for _, name := range keys(u.tables) {
			d := u.tables[name]
			info := c.tables[d]
			switch {
			case info == nil && u == c.root:
				c.table(u, d.Name) // for its errors
				if !c.diags.HasErrors() {
					c.errorf(diag.UnusedTable, d.Name.Span(), "nothing is stored in %s or looked up", name).Fixf("remove it, or use it in what an entry reads")
				}
			case info == nil || info.bad || c.diags.HasErrors():
			case !info.stored:
				c.errorf(diag.UnusedTable, d.Name.Span(), "nothing is stored in %s, so that nothing is ever found", name).Fixf("store what was read in it")
			case !info.found:
				c.errorf(diag.UnusedTable, d.Name.Span(), "nothing is looked up in %s", name).Fixf("remove it, or look up what it keeps")
			}
		}
	}
	for _, info := range c.tables {
		if !info.bad {
			c.tableValue(info)
		}
	}
	for _, p := range c.stores {
		if !p.info.bad && p.info.ir.Value != nil && !p.b.broken {
			c.finishStore(p)
		}
	}
	var flow, host int64
	for _, t := range c.proto.State.Tables {
		if t.PerHost {
			host += t.Max * t.SlotBytes
		} else {
			flow += t.Max * t.SlotBytes
		}
	}
	for _, info := range c.tables {
		if most := max(flow, host); most > maxTableBytes && !c.diags.HasErrors() {
			c.errorf(diag.BadTable, info.decl.Span(), "the tables of one flow or host may take %s bytes, and %s are the most", thousands(ir.I(most)), thousands(ir.I(maxTableBytes))).
				Fixf("lower `max`, or bound the lists of the values with `where`")
		}
	}
	c.proto.Bounds.StatePerHost = host
}

// tableValue checks that values can be kept: with nothing in them that refers to the datagram.
func (c *checker) tableValue(info *tableInfo) {
	s, ok := c.resolve(info.unit, info.value, info.decl.Value.Span()).(*ir.Struct)
	if !ok {
		info.bad = true
		return
	}
	info.ir.Value = s
	info.ir.SlotBytes = entryBytes
	for _, f := range s.Fields {
		if f.Conditional {
			continue
		}
		if !keepable(f.Type, true) {
			info.bad = true
			c.errorf(diag.BadTable, info.decl.Value.Span(), "%s has %s, which is %s: a table keeps integers, enums, flags, bits, bools, times and arrays of them", s.Name, f.Name, withArticle(f.Type)).
				Label(f.Pos, "it is read here").Fixf("keep a struct without it")
			continue
		}
		info.ir.Kept = append(info.ir.Kept, f)
		info.ir.SlotBytes += keptBytes(f.Type)
	}
	if len(info.ir.Kept) == 0 && !info.bad {
		info.bad = true
		c.errorf(diag.BadTable, info.decl.Value.Span(), "%s has no field that every value has", s.Name).Fixf("keep a struct that has one")
	}
}

// keepable says whether values of a type hold nothing of the datagram; lists whether they may be arrays.
func keepable(t ir.Type, lists bool) bool {
	switch t := t.(type) {
	case *ir.IntType, *ir.Enum, *ir.Flags, *ir.Bits, *ir.BoolType:
		return true
	case *ir.StdType:
		return t.Name == "unix32" || t.Name == "ntp32" || t.Name == "ntp64"
	case *ir.Struct:
		if t.Recursive {
			return false
		}
		for _, f := range t.Fields {
			if _, inner := f.Type.(*ir.Struct); inner && f.Conditional || !keepable(f.Type, false) {
				return false
			}
		}
		return true
	case *ir.ArrayType:
		return lists && keepable(t.Elem, false)
	}
	return false
}

// keptBytes is what a value takes in memory at most.
func keptBytes(t ir.Type) int64 {
	switch t := t.(type) {
	case *ir.Struct:
		n := int64(8)
		for _, f := range t.Fields {
			n += keptBytes(f.Type)
		}
		return n
	case *ir.ArrayType:
		return 24 + arrayCount(t).Max*keptBytes(t.Elem)
	case *ir.BoolType:
		return 1
	}
	n := int64(1)
	for n < t.Size().Min {
		n *= 2
	}
	return n
}

// finishStore gives every field that a table keeps its value.
func (c *checker) finishStore(p *pendingStore) {
	table := p.info.ir
	bad := func(at source.Span, format string, args ...any) *diag.Diagnostic {
		return c.errorf(diag.BadStore, at, format, args...).Label(p.info.decl.Name.Span(), "%s is declared here", table.Name)
	}
	for _, f := range table.Kept {
		v, given := p.with[f.Name]
		at := p.ast.Span()
		if given {
			delete(p.with, f.Name)
			at = v.at.Span()
			if v.value == nil && v.lists == nil {
				continue // an error was reported
			}
		} else {
			own := p.x.env.lookup(f.Name)
			if own == nil || own.field == nil {
				if own == nil || !own.bad {
					bad(at, "%s keeps %s of %s, which %s has not read here", table.Name, f.Name, table.Value.Name, p.b.name).
						Fixf("store behind it, or add `with %s = ` and what it is to be", f.Name)
				}
				continue
			}
			r := &ir.Ref{Root: ir.RefField, Path: []*ir.Field{own.field}, Type: own.field.Type}
			if _, list := r.Type.(*ir.ArrayType); list {
				v.lists = []*ir.Ref{r}
			} else {
				y := *p.x
				y.composite = true
				if v.value = y.ref(r, at); v.value == nil {
					continue
				}
			}
		}
		c.storeField(p, f, v, at, bad)
	}
	for name, v := range p.with {
		bad(v.at.Name.Span(), "%s keeps no %s of %s", table.Name, name, table.Value.Name).DidYouMean(name, near(memberNames(table.Value)))
	}
}

// storeField checks the value of one field against its type, and against what is proved of it.
func (c *checker) storeField(p *pendingStore, f *ir.Field, v storeValue, at source.Span, bad func(source.Span, string, ...any) *diag.Diagnostic) {
	list, isList := f.Type.(*ir.ArrayType)
	if isList != (v.lists != nil) {
		bad(at, "%s of %s is %s, and this is not", f.Name, p.info.ir.Value.Name, withArticle(f.Type)).Fixf("give a value of that type")
		return
	}
	out := ir.StoreValue{Field: f, Scalar: v.value, Lists: v.lists}
	if isList {
		var n ir.Range = ir.R(0, 0)
		for _, r := range v.lists {
			t, _ := r.Type.(*ir.ArrayType)
			if r.Root != ir.RefField || t == nil || p.x.typeText(t.Elem) != p.x.typeText(list.Elem) {
				bad(at, "%s of %s has elements of type %s, and this list has not", f.Name, p.info.ir.Value.Name, typeText(list.Elem)).
					Fixf("name arrays of %s that have the same elements", p.b.name)
				return
			}
			r.K = ir.Bytes
			m := p.x.lengthOf(r, arrayCount(t)).(*ir.Len).R
			n = ir.Range{Lo: n.Lo.Add(m.Lo), Hi: n.Hi.Add(m.Hi)}
		}
		want := ir.R(arrayCount(list).Min, arrayCount(list).Max)
		if s, ok := c.lens[f]; ok {
			want = want.Intersect(s.hull())
		}
		if !want.Contains(n) {
			bad(at, "%s of every %s has %s elements, and here it is %s", f.Name, p.info.ir.Value.Name, want, n).
				Label(f.Pos, "it is read here").Fixf("check the counts with `where` before")
			return
		}
		p.ir.Values = append(p.ir.Values, out)
		return
	}
	if !c.storeScalar(p, f, v.value, at, bad) {
		return
	}
	p.ir.Values = append(p.ir.Values, out)
}

func (c *checker) storeScalar(p *pendingStore, f *ir.Field, v ir.Expr, at source.Span, bad func(source.Span, string, ...any) *diag.Diagnostic) bool {
	mismatch := func() bool {
		bad(at, "%s of %s is of type %s, and the value that is stored is not", f.Name, p.info.ir.Value.Name, typeText(f.Type)).Fixf("give a value of that type")
		return false
	}
	switch t := f.Type.(type) {
	case *ir.Struct, *ir.Bits, *ir.StdType:
		r, ok := v.(*ir.Ref)
		if !ok || p.x.typeText(r.Type) != p.x.typeText(t) {
			return mismatch()
		}
		return true
	case *ir.BoolType:
		if v.Kind() != ir.Bool {
			return mismatch()
		}
		return true
	case *ir.Enum, *ir.Flags:
		if has := enumOf(v); has != nil && has != ir.Type(t) {
			return mismatch()
		}
	}
	if k := v.Kind(); k != ir.Signed && k != ir.Uint {
		return mismatch()
	}
	want, ok := c.sets[f]
	if !ok {
		want = typeSet(f.Type)
	}
	if s := p.x.values(v); !s.within(want) {
		bad(at, "%s of every %s is %s, and here it is %s", f.Name, p.info.ir.Value.Name, want, s).
			Label(f.Pos, "it is read here").Fixf("check it with `where` before")
		return false
	}
	return true
}
