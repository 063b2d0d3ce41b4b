package gojen

import (
	"github.com/dave/jennifer/jen"

	wiretext "github.com/flowscope/fsd/runtime/datagram/wire"

	"github.com/flowscope/fsd/codegen/plan"
	"github.com/flowscope/fsd/dsl/ir"
)

// jsonEscaped is text as it stands inside of a JSON string.
func (g *gen) jsonEscaped(s string) string { return string(wiretext.AppendJoin(nil, s)) }

func (g *gen) jsonKey(key string) string { return `"` + g.jsonEscaped(key) + `":` }

// appendText appends a constant.
func (g *gen) appendText(s string) jen.Code {
	return id("dst").Op("=").Append(append([]jen.Code{id("dst")}, appendArgs(s)...)...)
}

// shower writes statements that append to dst. Constants wait until something else is appended, so that keys and
// punctuation become one.
type shower struct {
	g       *gen
	out     []jen.Code
	pending string
}

func (w *shower) text(s string) { w.pending += s }

func (w *shower) add(cs ...jen.Code) {
	if w.pending != "" {
		w.out = append(w.out, w.g.appendText(w.pending))
		w.pending = ""
	}
	w.out = append(w.out, cs...)
}

// end returns the statements, with the return of what is left to append.
func (w *shower) end() []jen.Code {
	if w.pending == "" {
		return append(w.out, jen.Return(id("dst")))
	}
	return append(w.out, jen.Return(jen.Append(append([]jen.Code{id("dst")}, appendArgs(w.pending)...)...)))
}

// inner runs body with a shower of its own and returns its statements.
func (w *shower) inner(body func(*shower)) []jen.Code {
	in := &shower{g: w.g}
	body(in)
	in.add()
	return in.out
}

// value appends a value.
func (w *shower) value(x expr, t ir.Type) {
	set := func(c code) { w.add(id("dst").Op("=").Add(c)) }
	switch t := t.(type) {
	case *ir.IntType:
		switch {
		case t.Signed && plan.NativeName(t) == "int64":
			set(qual("strconv", "AppendInt").Call(id("dst"), x.c, lit(10)))
		case t.Signed:
			set(qual("strconv", "AppendInt").Call(id("dst"), id("int64").Call(x.c), lit(10)))
		case plan.NativeName(t) == "uint64":
			set(wire("AppendUint").Call(id("dst"), x.c))
		default:
			set(wire("AppendUint").Call(id("dst"), id("uint64").Call(x.c)))
		}
	case *ir.BoolType:
		set(qual("strconv", "AppendBool").Call(id("dst"), x.c))
	case *ir.BytesType:
		set(wire(bytesAppend(t)).Call(id("dst"), x.c))
	case *ir.ArrayType:
		w.list(x, t)
	default:
		set(jen.Add(x.in(operand)).Dot("AppendJSON").Call(id("dst")))
	}
}

func bytesAppend(t *ir.BytesType) string {
	switch t.As {
	case ir.AsText, ir.AsASCII:
		return "AppendText"
	case ir.AsCString:
		return "AppendCString"
	case ir.AsNBName:
		return "AppendNBName"
	case ir.AsOID:
		return "AppendOID"
	}
	return "AppendHex"
}

func (w *shower) list(x expr, t *ir.ArrayType) {
	i := id("i")
	if _, nested := t.Elem.(*ir.ArrayType); nested {
		i = id("j")
	}
	elem := atom(jen.Add(x.in(operand)).Index(i))
	w.text("[")
	w.add(jen.For(jen.Add(i).Op(":=").Range().Add(x.c)).Block(w.inner(func(in *shower) {
		in.add(jen.If(jen.Add(i).Op(">").Add(lit(0))).Block(w.g.appendText(",")))
		in.value(elem, t.Elem)
	})...))
	w.text("]")
}

// jsonDecl writes AppendJSON of a struct.
func (g *gen) jsonDecl(s *plan.Struct) {
	w := &shower{g: g}
	// With a field that is always there in front, the brace and the commas are constants; else every field writes a
	// comma, and the first one becomes the brace.
	open := "{"
	dynamic := len(s.IR.Fields) > 0 && s.Store[s.IR.Fields[0]].Kind == plan.Private
	if dynamic {
		open = ","
		w.add(id("start").Op(":=").Len(id("dst")))
	}
	if ways := g.jsonWays(s); ways != nil {
		w.add(ways)
		w.out = append(w.out, jen.Return(wire("CloseObject").Call(id("dst"), id("start"))))
		g.jsonMethod(id("m").Op("*").Add(id(s.Name)), w.out)
		return
	}
	for _, f := range s.IR.Fields {
		st := s.Store[f]
		x := g.stored(atom(id("m")), st, f)
		key := open + g.jsonKey(f.Key)
		open = ","
		if st.Kind == plan.Private {
			w.add(jen.If(g.has(s, id("m"), st)).Block(w.inner(func(in *shower) {
				in.text(key)
				in.value(x, f.Type)
			})...))
			continue
		}
		w.text(key)
		w.value(x, f.Type)
	}
	recv := id("m").Op("*").Add(id(s.Name))
	var body []jen.Code
	switch {
	case len(s.IR.Fields) == 0:
		recv = op("*").Add(id(s.Name))
		w.text("{}")
		body = w.end()
	case dynamic:
		w.add()
		body = append(w.out, jen.Return(wire("CloseObject").Call(id("dst"), id("start"))))
	default:
		w.text("}")
		body = w.end()
	}
	g.jsonMethod(recv, body)
}

// manyFields is from how many fields that may be missing on those that are there are looked up instead of asked for one
// by one: unions have dozens, and few at a time.
const manyFields = 8

// jsonWays writes a loop over the fields that are there, in their order; nil when asking for each is as good.
func (g *gen) jsonWays(s *plan.Struct) jen.Code {
	if len(s.IR.Fields) < manyFields {
		return nil
	}
	var cases []jen.Code
	last := -1
	for _, f := range s.IR.Fields {
		st := s.Store[f]
		if st.Kind != plan.Private || st.Bit <= last || st.Bit >= 64 {
			return nil
		}
		last = st.Bit
		cases = append(cases, jen.Case(id(st.BitName)).Block((&shower{g: g}).inner(func(in *shower) {
			in.text("," + g.jsonKey(f.Key))
			in.value(g.stored(atom(id("m")), st, f), f.Type)
		})...))
	}
	return jen.For(id("p").Op(":=").Add(g.presence(id("m"), s, 0)), id("p").Op("!=").Add(lit(0)), id("p").Op("&=").Id("p").Op("-").Add(lit(1))).Block(
		jen.Switch(id("p").Op("&").Op("-").Id("p")).Block(cases...))
}

func (g *gen) jsonMethod(recv code, body []jen.Code) {
	g.add(comment("AppendJSON appends the fields that are there as a JSON object.")...)
	g.decl(jen.Func().Params(recv).Id("AppendJSON").Params(id("dst").Index().Byte()).Index().Byte().Block(body...))
}

// hasClone says whether values of a type refer to the datagram or to storage of the message.
func (g *gen) hasClone(t ir.Type) bool {
	switch t := t.(type) {
	case *ir.BytesType, *ir.ArrayType, *ir.Chain:
		return true
	case *ir.Struct:
		if v, ok := g.clones[t]; ok {
			return v
		}
		s := g.p.Struct(t)
		v := t.IsEntry || t.Recursive
		g.clones[t] = v // for what contains itself
		for _, f := range t.Fields {
			st := s.Store[f]
			v = v || g.hasClone(f.Type) || st.Slot != nil && st.Slot.Variant || st.Raw != ""
		}
		g.clones[t] = v
		return v
	}
	return false
}

// cloned is a copy of a value that shares nothing.
func (g *gen) cloned(x expr, t ir.Type) code {
	switch t := t.(type) {
	case *ir.BytesType:
		return wire("Rebase").Call(x.c, id("from"), id("to"))
	case *ir.Struct, *ir.Chain:
		if g.hasClone(t) {
			return jen.Add(x.in(operand)).Dot("clone").Call(id("from"), id("to"))
		}
	case *ir.ArrayType:
		if !g.hasClone(t.Elem) {
			return qual("slices", "Clone").Call(x.c)
		}
		elem := id("e").Add(g.typeOf(t.Elem))
		if _, ok := t.Elem.(*ir.Struct); ok {
			elem = id("e").Op("*").Add(g.typeOf(t.Elem))
			return wire("CloneStructs").Call(x.c, jen.Func().Params(elem).Add(g.typeOf(t.Elem)).Block(
				jen.Return(id("e").Dot("clone").Call(id("from"), id("to")))))
		}
		return wire("CloneList").Call(x.c, jen.Func().Params(elem).Add(g.typeOf(t.Elem)).Block(
			jen.Return(g.cloned(atom(id("e")), t.Elem))))
	}
	return x.c
}

// cloneDecl writes the private clone of a struct.
func (g *gen) cloneDecl(s *plan.Struct) {
	if !g.hasClone(s.IR) {
		return
	}
	body := []jen.Code{id("c").Op(":=").Op("*").Id("m")}
	if s.IR.IsEntry {
		body = append(body, id("c").Dot(s.DataName).Op("=").Id("to"))
		if g.hasPool() {
			body = append(body, id("c").Dot(s.PoolName).Op("=").Add(id(g.p.PoolType)).Values())
		}
	}
	for _, f := range s.IR.Fields {
		if st := s.Store[f]; st.Kind == plan.Public && g.hasClone(f.Type) {
			body = append(body, id("c").Dot(st.Name).Op("=").Add(g.cloned(atom(id("m").Dot(st.Name)), f.Type)))
		}
	}
	for _, f := range s.IR.Fields {
		if st := s.Store[f]; st.Raw != "" && st.Slot == nil {
			body = append(body, id("c").Dot(st.Raw).Op("=").Add(wire("Rebase")).Call(id("m").Dot(st.Raw), id("from"), id("to")))
		}
	}
	for _, slot := range s.Slots {
		body = append(body, g.cloneSlot(s, slot)...)
		if slot.Raw == "" {
			continue
		}
		there := &plan.Slot{}
		for _, f := range slot.Fields {
			if s.Store[f].Raw != "" {
				there.Fields = append(there.Fields, f)
			}
		}
		body = append(body, id("c").Dot(slot.Raw).Op("=").Nil(), jen.If(g.anyOf(s, there)).Block(
			id("c").Dot(slot.Raw).Op("=").Add(wire("Rebase")).Call(id("m").Dot(slot.Raw), id("from"), id("to"))))
	}
	body = append(body, jen.Return(id("c")))
	g.add(comment("clone returns a copy whose views are of to instead of from.")...)
	g.decl(jen.Func().Params(id("m").Op("*").Add(id(s.Name))).Id("clone").Params(id("from").Op(",").Id("to").Index().Byte()).Add(id(s.Name)).Block(body...))
}

// cloneSlot copies what a slot holds, and nothing if its field is not there.
func (g *gen) cloneSlot(s *plan.Struct, slot *plan.Slot) []jen.Code {
	if !slot.Variant && !g.hasClone(slot.Fields[0].Type) {
		return nil
	}
	dst := func() code { return id("c").Dot(slot.Name) }
	src := func() code { return id("m").Dot(slot.Name) }
	if slot.Variant {
		var cases []jen.Code
		done := map[string]bool{}
		for _, f := range slot.Fields {
			t := f.Type.(*ir.Struct)
			if done[g.p.TypeName(t)] {
				continue
			}
			done[g.p.TypeName(t)] = true
			copied := op("*").Id("v")
			if g.hasClone(t) {
				copied = id("v").Dot("clone").Call(id("from"), id("to"))
			}
			cases = append(cases, jen.Case(op("*").Add(g.typeOf(t))).Block(
				id("w").Op(":=").Add(copied), dst().Op("=").Op("&").Id("w")))
		}
		cond := g.anyOf(s, slot)
		if len(done) == 1 {
			copied := op("*").Id("v")
			if g.hasClone(slot.Fields[0].Type) {
				copied = id("v").Dot("clone").Call(id("from"), id("to"))
			}
			return []jen.Code{dst().Op("=").Nil(), jen.If(id("v").Op(",").Id("ok").Op(":=").Add(src()).Assert(op("*").Add(g.typeOf(slot.Fields[0].Type))), id("ok").Op("&&").Add(cond)).Block(
				id("w").Op(":=").Add(copied), dst().Op("=").Op("&").Id("w"))}
		}
		return []jen.Code{dst().Op("=").Nil(), jen.If(cond).Block(
			jen.Switch(id("v").Op(":=").Add(src()).Assert(jen.Type())).Block(cases...))}
	}
	t := slot.Fields[0].Type
	zero := code(jen.Nil())
	switch t.(type) {
	case *ir.Struct, *ir.Chain:
		zero = jen.Add(g.typeOf(t)).Values()
	}
	return []jen.Code{
		dst().Op("=").Add(zero),
		jen.If(g.anyOf(s, slot)).Block(dst().Op("=").Add(g.cloned(atom(src()), t))),
	}
}

// anyOf is the condition that one of the fields of a slot is there.
func (g *gen) anyOf(s *plan.Struct, slot *plan.Slot) code {
	var out expr
	words := map[int][]string{}
	var order []int
	for _, f := range slot.Fields {
		st := s.Store[f]
		w := st.Bit / 64
		if words[w] == nil {
			order = append(order, w)
		}
		words[w] = append(words[w], st.BitName)
	}
	for i, w := range order {
		mask := atom(id(words[w][0]))
		for _, n := range words[w][1:] {
			mask = binary(mask, "|", atom(id(n)))
		}
		c := binary(binary(atom(g.presence(id("m"), s, w)), "&", mask), "!=", atom(lit(0)))
		if i == 0 {
			out = c
		} else {
			out = binary(out, "||", c)
		}
	}
	return out.c
}
