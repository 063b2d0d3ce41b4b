package gojen

import (
	"github.com/dave/jennifer/jen"

	"github.com/flowscope/fsd/codegen/plan"
	"github.com/flowscope/fsd/dsl/ir"
)

// run reads a run of fixed-size fields: one length check, then loads at constant offsets.
func (f *fn) run(r *plan.Run) {
	f.flush()
	fields := r.Fields()
	short := func(got code) jen.Code {
		if len(fields) == 1 {
			return f.fail("Short", f.fieldID(fields[0].Read.Field.ID), id("off"), lit(fields[0].Size), got)
		}
		if f.iterate {
			return jen.Return()
		}
		return f.fail("ShortRun", id(f.g.runTable(f, fields)).Index(op(":")), id("off"), got)
	}
	loaded := 0
	for _, rf := range fields {
		if f.wanted(rf.Read) {
			loaded += rf.Size
		}
	}
	var slice expr
	at := 0
	switch {
	case r.Size == 0:
		slice = expr{jen.Id(f.win).Index(op(":")), operand}
	case r.Size == 1 && len(fields) == 1, loaded == 0:
		left := f.left()
		if r.Size == 1 {
			f.add(jen.If(binary(atom(id("off")), ">=", lenOf(id(f.win))).c).Block(short(lit(0))))
		} else {
			f.add(jen.If(binary(left, "<", atom(lit(r.Size))).c).Block(short(left.c)))
		}
		slice, at = atom(id(f.win)), -1
	default:
		assign := "="
		if !f.inSight("h") {
			f.vars[len(f.vars)-1]["h"] = true
			assign = ":="
		}
		if f.lost() {
			f.add(jen.If(binary(f.left(), "<", atom(lit(r.Size))).c).Block(short(f.left().c)))
			f.add(id("h").Op(assign).Id(f.win).Index(id("off").Op(":").Id("off").Op("+").Add(lit(r.Size))))
		} else {
			f.add(id("h").Op(assign).Id(f.win).Index(id("off").Op(":")))
			f.add(jen.If(binary(lenOf(id("h")), "<", atom(lit(r.Size))).c).Block(short(lenOf(id("h")).c)))
		}
		slice = atom(id("h"))
	}
	var there []*ir.Field
	for _, rf := range fields {
		there = append(there, rf.Read.Field)
	}
	if f.owner != nil {
		f.present(there...)
	}
	for _, it := range r.Items {
		switch it := it.(type) {
		case *plan.RunField:
			f.delta = it.Offset
			if at < 0 {
				f.runField(it, slice, f.pos(0))
			} else {
				f.runField(it, slice, atom(lit(it.Offset)))
			}
			f.delta = it.Offset + it.Size
		case *plan.Stmt:
			f.stmt(it.IR)
		}
	}
	f.delta = r.Size
	f.found = f.found || r.Size > 0
}

// wanted says whether the value of a field is used at all.
func (f *fn) wanted(r *ir.Read) bool {
	st := f.env.store[r.Field]
	switch st.Kind {
	case plan.Public, plan.Private:
		return true
	case plan.Local:
		return f.g.used(f)[r.Field] || len(r.Checks) > 0 && !f.iterate || f.itemWanted(r)
	}
	if f.iterate {
		return false
	}
	if b, ok := r.Field.Type.(*ir.Bits); ok && hasChecks(b) {
		return true
	}
	return len(r.Checks) > 0 || asciiBytes(r.Field.Type)
}

func (f *fn) itemWanted(r *ir.Read) bool {
	return f.chain != nil && f.iterate && r.Field == f.chain.ir.Item
}

func asciiBytes(t ir.Type) bool {
	b, ok := t.(*ir.BytesType)
	return ok && b.As == ir.AsASCII
}

func hasChecks(b *ir.Bits) bool {
	for _, bf := range b.Fields {
		if len(bf.Checks) > 0 {
			return true
		}
	}
	return false
}

// runField loads a field of a run from slice at an offset, and checks it.
func (f *fn) runField(rf *plan.RunField, slice, at expr) {
	r := rf.Read
	if !f.wanted(r) {
		return
	}
	self, begin := f.put(r.Field, f.load(r.Type(), slice, at)), f.pos(0).c
	f.delta = rf.Offset + rf.Size // what a check looks at ahead is behind the field
	f.afterRead(r, begin, self)
}

// put keeps a value where the field says and returns an expression for it there.
func (f *fn) put(fl *ir.Field, v expr) expr {
	st := f.env.store[fl]
	switch st.Kind {
	case plan.Public, plan.Private:
		f.store(fl, v)
		return f.g.stored(atom(id(f.env.recv)), st, fl)
	case plan.Local:
		f.store(fl, v)
		f.env.local[fl] = f.g.valueType(fl.Type)
		return atom(id(st.Name))
	}
	name := f.variable("v")
	f.add(id(name).Op(":=").Add(v.c))
	return atom(id(name))
}

// afterRead runs what a field's type and its checks ask of its value.
func (f *fn) afterRead(r *ir.Read, begin code, self expr) {
	if f.iterate {
		return
	}
	if asciiBytes(r.Field.Type) {
		f.add(jen.If(op("!").Add(wire("IsASCII")).Call(self.c)).Block(
			f.fail("Poison", datagram("NotASCII"), f.fieldID(r.Field.ID), begin)))
	}
	if b, ok := r.Field.Type.(*ir.Bits); ok {
		f.wordChecks(b, self, begin)
	}
	f.selfChecks(r.Checks, r.Field.ID, begin, self, r.Field.Type)
}

// isZero says whether an expression is the literal 0.
func isZero(e expr) bool { return e.c != nil && e.c.GoString() == "0" }

// load is the value of a fixed-size type at an offset of a slice.
func (f *fn) load(t ir.Type, slice, at expr) expr {
	from := func() code {
		if isZero(at) {
			return slice.c
		}
		return jen.Add(slice.c).Index(jen.Add(at.c).Op(":"))
	}
	switch t := t.(type) {
	case *ir.IntType:
		return f.loadInt(t, slice, at, from)
	case *ir.Enum, *ir.Flags, *ir.Bits:
		return call(id(f.g.p.TypeName(t.(ir.Named))), f.loadInt(plan.IntOf(t), slice, at, from).c)
	case *ir.StdType:
		name := stdName(t)
		switch {
		case t.Name == "float32", t.Name == "float64":
			name = "New" + name
			fallthrough
		case t.Number():
			return call(wire(name), f.loadInt(&ir.IntType{Bits: int(t.Bytes) * 8, Little: t.Little}, slice, at, from).c)
		}
		return call(wire(name), f.part(slice, at, int(t.Bytes)))
	case *ir.BytesType:
		return atom(f.part(slice, at, int(t.Bytes.Min)))
	}
	panic(unsafeError{"not a type of fixed size"})
}

// part is slice[at : at+n].
func (f *fn) part(slice, at expr, n int) code {
	if isZero(at) {
		return jen.Add(slice.c).Index(op(":").Add(lit(n)))
	}
	end := binary(at, "+", atom(lit(n)))
	if i, ok := smallInt(at); ok {
		end = atom(lit(i + n))
	}
	return jen.Add(slice.c).Index(jen.Add(at.c).Op(":").Add(end.c))
}

func smallInt(e expr) (int, bool) {
	n := 0
	s := e.c.GoString()
	if s == "" || len(s) > 6 {
		return 0, false
	}
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, true
}

func stdName(t *ir.StdType) string {
	return map[string]string{
		"ipv4": "IPv4", "ipv6": "IPv6", "mac": "MAC", "uuid": "UUID", "unix32": "Unix32", "ntp64": "NTP64", "ntp32": "NTP32",
		"float32": "Float32", "float64": "Float64",
	}[t.Name]
}

// loadInt is an integer of 1 to 8 bytes.
func (f *fn) loadInt(t *ir.IntType, slice, at expr, from func() code) expr {
	order, suffix := "BigEndian", ""
	if t.Little {
		order, suffix = "LittleEndian", "LE"
	}
	var x expr
	n := (t.Bits + 7) / 8
	switch n {
	case 1:
		x = atom(jen.Add(slice.c).Index(at.c))
	case 2:
		x = call(qual(binaryPath, order).Dot("Uint16"), from())
	case 4:
		x = call(qual(binaryPath, order).Dot("Uint32"), from())
	case 8:
		x = call(qual(binaryPath, order).Dot("Uint64"), from())
	case 3:
		x = call(wire("Uint24"+suffix), from())
	case 5:
		x = call(wire("Uint40"+suffix), from())
	case 6:
		x = call(wire("Uint48"+suffix), from())
	case 7:
		x = call(wire("Uint56"+suffix), from())
	}
	if !t.Signed {
		return x
	}
	bits, _ := plan.Native(t)
	name := plan.NativeName(t)
	if up := bits - 8*n; up > 0 { // the sign bit is not the top one
		return binary(call(id(name), binary(x, "<<", atom(lit(up))).c), ">>", atom(lit(up)))
	}
	return call(id(name), x.c)
}

// read reads a field that is not part of a run.
func (f *fn) read(r *ir.Read) {
	if r.Place != nil {
		f.elsewhere(r)
		return
	}
	f.here(r)
}

// here reads a field where the position is.
func (f *fn) here(r *ir.Read) {
	fl := r.Field
	f.flush()
	// A field whose window does not fit is not there: nothing was read into it.
	if f.owner != nil && r.Window == nil {
		f.present(fl)
	}
	needBegin := false
	if _, view := fl.Type.(*ir.BytesType); !f.iterate && (!view && !varies(fl.Type) || r.Window != nil && r.Window.Element != nil) {
		for _, c := range r.Checks {
			needBegin = needBegin || c.Else.Kind != ir.DoNote
		}
	}
	begin := id("off")
	if needBegin {
		name := f.variable("begin")
		f.add(id(name).Op(":=").Id("off"))
		begin = id(name)
	}
	var win *window
	if r.Window != nil {
		win = f.open(r.Window, fl.ID)
		if f.owner != nil {
			f.present(fl)
		}
		if st := f.env.store[fl]; st.Raw != "" && !f.iterate {
			f.add(id(f.env.recv).Dot(st.Raw).Op("=").Id(win.inner).Index(id("off").Op(":")))
		}
	}
	self := f.value(r)
	f.afterRead(r, begin, self)
	if win != nil {
		f.close(win, r.Window, fl.ID, begin)
	}
}

// value reads the value of a field in the current window, and returns an expression for it.
func (f *fn) value(r *ir.Read) expr {
	fl := r.Field
	st := f.env.store[fl]
	wanted := f.wanted(r)
	switch t := r.Type().(type) {
	case *ir.BytesType:
		v, advance := f.bytes(t, fl.ID)
		var self expr
		if wanted {
			self = f.put(fl, v)
		}
		advance() // the variable off stays behind for now, which the checks of the field make use of
		return self
	case *ir.ArrayType:
		if st.Kind == plan.Local || st.Kind == plan.Nowhere {
			list := f.variable("list")
			f.add(jen.Var().Id(list).Index().Add(f.g.typeOf(t.Elem)))
			dst := atom(id(list))
			f.array(t, fl.ID, dst, false)
			f.add(op("_").Op("=").Id(list))
			return dst
		}
		dst := f.g.stored(atom(id(f.env.recv)), st, fl)
		f.array(t, fl.ID, dst, f.owner != nil && f.owner.InArray)
		return dst
	case *ir.Struct:
		return f.structField(r, t)
	case *ir.Chain:
		var dst expr
		if st.Kind == plan.Local || st.Kind == plan.Nowhere {
			name := f.variable("x")
			f.add(jen.Var().Id(name).Add(f.g.typeOf(t)))
			dst = atom(id(name))
		} else {
			dst = f.g.stored(atom(id(f.env.recv)), st, fl)
		}
		f.parseInto(dst, f.args(t.Params, r.Args))
		return dst
	}
	if varies(fl.Type) {
		var self expr
		if v := f.varint(r.Type(), fl.ID, wanted); wanted {
			self = f.put(fl, v)
		}
		return self
	}
	// A fixed-size value in a window, or with padding.
	size := int(fl.Type.Size().Min)
	f.add(jen.If(binary(f.left(), "<", atom(lit(size))).c).Block(
		f.fail("Short", f.fieldID(fl.ID), id("off"), lit(size), f.left().c)))
	var self expr
	if wanted {
		self = f.put(fl, f.load(r.Type(), atom(id(f.win)), atom(id("off"))))
	}
	f.delta = size
	return self
}

// structField parses a struct into its place.
func (f *fn) structField(r *ir.Read, t *ir.Struct) expr {
	st := f.env.store[r.Field]
	var dst expr
	switch {
	case st.Kind == plan.Local || st.Kind == plan.Nowhere:
		name := f.variable("x")
		f.add(jen.Var().Id(name).Add(f.g.typeOf(t)))
		dst = atom(id(name))
	case st.Kind == plan.Private && st.Slot.Variant:
		name := f.variable("x")
		f.add(id("d").Dot("pool").Dot("used").Op("=").True())
		f.add(id(name).Op(":=").Id("d").Dot("pool").Dot(f.g.p.Arena(t).Name).Dot("Next").Call())
		f.add(id(f.env.recv).Dot(st.Slot.Name).Op("=").Id(name))
		dst = atom(id(name))
	default:
		dst = f.g.stored(atom(id(f.env.recv)), st, r.Field)
	}
	f.parseInto(dst, f.args(t.Params, r.Args))
	return dst
}

// args are the arguments for parameters.
func (f *fn) args(params []*ir.Param, args []ir.Expr) []jen.Code {
	var out []jen.Code
	for i, a := range args {
		pt := params[i].Type
		if _, ok := pt.(*ir.Struct); ok {
			ref, ok := a.(*ir.Ref)
			if !ok {
				panic(unsafeError{"an argument for a struct parameter is not a field"})
			}
			x, _, _ := f.env.ref(ref)
			if f.isPointer(ref) {
				out = append(out, x.c)
			} else {
				out = append(out, op("&").Add(x.c))
			}
			continue
		}
		out = append(out, f.env.value(a, f.g.valueType(pt)).c)
	}
	return out
}

// isPointer says whether a reference to a struct is a pointer in Go.
func (f *fn) isPointer(r *ir.Ref) bool {
	if (r.Root == ir.RefParam || r.Root == ir.RefEach) && len(r.Path) == 0 {
		return true
	}
	if r.Root == ir.RefField && len(r.Path) == 1 {
		st := f.env.store[r.Path[0]]
		return st.Kind == plan.Private && st.Slot.Variant
	}
	return false
}

// parseInto calls the parse method of a struct or chain.
func (f *fn) parseInto(dst expr, args []jen.Code) {
	args = append([]jen.Code{id("d"), id(f.win), id("off")}, args...)
	f.add(jen.If(id("off").Op("=").Add(dst.in(operand)).Dot("parse").Call(args...), id("off").Op("<").Add(lit(0))).Block(f.failed()))
}

// bytes finds a byte field; advance moves behind it.
func (f *fn) bytes(t *ir.BytesType, field int) (v expr, advance func()) {
	if f.lost() {
		f.add(id("off").Op("=").Min(id("off"), lenOf(id(f.win)).c))
		f.found = true
	}
	switch t.Mode {
	case ir.BytesRest:
		return atom(id(f.win).Index(id("off").Op(":"))), func() { f.atEnd = true }
	case ir.BytesTo:
		return f.bytesTo(t, field)
	case ir.BytesClass:
		return f.bytesClass(t)
	}
	n := f.size(t.Count, field, 1)
	end := binary(atom(id("off")), "+", n)
	return atom(id(f.win).Index(id("off").Op(":").Add(end.c))), func() { f.more = &n }
}

func (f *fn) bytesTo(t *ir.BytesType, field int) (v expr, advance func()) {
	rest := id(f.win).Index(id("off").Op(":"))
	if t.Max >= 0 {
		rest = wire("Head").Call(rest, lit(int(t.Max)+len(t.Delim)))
	}
	view, assign := "view", "="
	if !f.inSight(view) {
		view, assign = f.variable(view), ":="
	}
	f.add(id(view).Op(assign).Add(rest))
	n, assign := "n", "="
	if !f.inSight(n) {
		n, assign = f.variable(n), ":="
	}
	if t.Escaped {
		f.add(id(n).Op(assign).Add(wire("IndexEscaped")).Call(id(view), hexByte(t.Delim[0]), hexByte(t.Escape)))
	} else if len(t.Delim) == 1 {
		f.add(id(n).Op(assign).Add(qual("bytes", "IndexByte")).Call(id(view), hexByte(t.Delim[0])))
	} else {
		f.add(id(n).Op(assign).Add(qual("bytes", "Index")).Call(id(view), jen.Index().Byte().Parens(str(string(t.Delim)))))
	}
	f.add(jen.If(id(n).Op("<").Add(lit(0))).Block(
		f.fail("Delimiter", f.fieldID(field), id("off"), lenOf(id(view)).c)))
	return atom(id(view).Index(op(":").Id(n))), func() {
		x := atom(id(n))
		f.more, f.delta = &x, len(t.Delim)
	}
}
