package samples

import (
	"fmt"

	"github.com/flowscope/fsd/dsl/ir"
)

// Sink holds one of everything that a stateless protocol can have, and names that clash with Go and with the
// generated code.
func Sink() *ir.Protocol {
	b := newProtocol("sink")
	b.p.Doc = "Sink is not a protocol.\n*/ func init() { panic(1) } /*\n//go:generate false\n+build ignore\nrfc:9999\n\x1b[31m\u202e"
	b.p.Consts = []*ir.ConstDecl{{Name: "MaxItems", Value: ir.I(3), Doc: "most items that are\nallowed */"}, {Name: "Parser", Value: ir.I(1)}}

	mode := enum("Mode", u8, "Off", 0, "On", 1, "Auto", 7)
	mode.Known = true
	caps := &ir.Flags{Name: "Caps", Int: u16, Values: []ir.EnumValue{{Name: "Read", Value: 1}, {Name: "Write", Value: 2}, {Name: "Both", Value: 0x30}}}
	parser := enum("Parser", u8, "One", 1)
	clash := enum("ModeOf", u8, "F", 1) // ModeOfF
	modeOfF := enum("ModeOfF", u8, "X", 1)
	b.p.Types = append(b.p.Types, mode, caps, parser, clash, modeOfF)
	word := b.bits("Word", uintN(24), "Top", &ir.IntType{Bits: 5, Signed: true}, "_", uintN(3), "AppendJSON", &ir.BoolType{}, "Kind", uintN(7), "Low", uintN(8))
	word.Fields[1].Checks = []*ir.Check{{Cond: cmp(self(word.Fields[1].Field), "==", num(0)), Else: ir.Action{Kind: ir.DoPoison, Reason: ir.FirstReason + b.reason("mbz")}}}
	word.Fields[3].Checks = []*ir.Check{{Cond: cmp(self(word.Fields[3].Field), "<=", num(4)), Else: b.note("kind")}}

	head := b.head(mode, caps, parser, modeOfF, word)
	tlv := b.tlv(mode)
	ext := b.extChain()
	tail := b.tail(head, tlv, ext, word)
	many := b.many()

	// The root.
	f := func(name string, t ir.Type) *ir.Field { return b.field("Root", name, t) }
	hf := f("Head", head)
	count := f("Count", u8)
	known := []ir.CaseRange{}
	known = append(known, values(0, 1, 7)...)
	modeField := f("Mode", mode)
	magic := f("_", u16)
	items := list(tlv, ir.ArrayCount, ref(count))
	items.Max, items.MaxReason = 3, b.reason("too_many_items")
	rest := f("Rest", rest(ir.Plain))
	size := &ir.Field{ID: b.id("Root.pad"), Name: "len", Key: "len", Type: u8, Computed: true, Hidden: true, Range: ir.R(0, 3)}
	doubled := f("Doubled", u16)
	doubled.Computed = true
	big := f("Big", u64)
	bigRef := ref(big)
	odd := f("Odd", &ir.BoolType{})
	odd.Computed = true
	leftover := b.poison("leftover")
	root := b.structType("Root",
		&ir.Read{Field: magic, Checks: []*ir.Check{{Cond: cmp(self(magic), "==", hexNum(0xcafe)), Else: ir.Action{Kind: ir.DoPoison, Reason: ir.ReasonConstant}}}},
		read(modeField, &ir.Check{Cond: &ir.In{X: self(modeField), Set: known}, Else: b.poison("mode")}),
		read(hf),
		read(count),
		&ir.Let{Field: size, Value: arith(arith(num(4), "-", arith(ref(count), "%", num(4), 0, 3), 1, 4), "%", num(4), 0, 3)},
		&ir.Let{Field: doubled, Value: arith(ref(count), "*", num(2), 0, 510)},
		read(f("_", counted(&ir.Ref{Root: ir.RefField, Path: []*ir.Field{size}, Type: u8, K: ir.Signed, R: ir.R(0, 3)}, ir.Plain))),
		read(f("Items", items)),
		read(big),
		&ir.Let{Field: odd, Value: cmp(&ir.Binary{Op: "%", X: bigRef, Y: num(2), K: ir.Uint, R: ir.R(0, 1)}, "==", num(1))},
		&ir.Rule{Do: b.note("huge"), When: cmp(bigRef, ">=", &ir.Const{Value: ir.U(1 << 63), Base: 16})},
		&ir.Rule{Do: b.note("top"), When: cmp(&ir.Binary{Op: ">>", X: bigRef, Y: num(60), K: ir.Signed, R: ir.R(0, 15)}, "==", num(15))},
		&ir.If{Cond: cmp(fact(ir.Remaining, 0, 65535), "==", num(1)), Then: []ir.Stmt{
			read(f("Alone", u8)),
			&ir.End{},
		}},
		&ir.If{Cond: cmp(fact(ir.Offset, 0, 65535), ">", num(200)), Then: []ir.Stmt{&ir.Rule{Do: b.poison("long_head")}}},
		&ir.Read{Field: f("Tail", tail), Args: []ir.Expr{ref(count), refTo(hf), &ir.BoolConst{Value: true}}},
		&ir.Read{Field: f("Many", many), Window: &ir.Window{Size: num(2), Lax: true, Align: 4}},
		read(rest, &ir.Check{Cond: &ir.All{Of: refTo(rest), Value: 0}, Else: b.note("rest")},
			&ir.Check{Cond: cmp(&ir.Len{Of: refTo(rest), R: ir.R(0, 65535)}, "<=", num(300)), Else: b.poison("rest_long")}),
		&ir.End{Else: &leftover},
	)
	root.Doc = "not a sentence with the name in front\n*/ var Evil int"
	b.entry(root, ir.AnySide)
	b.p.Tests = []*ir.Test{{Name: "magic", Steps: []ir.TestStep{{Datagram: []byte{0, 1}}}, Reason: "constant"}}
	b.p.Tests = append(b.p.Tests, &ir.Test{Name: "whole \"*/\n", Steps: []ir.TestStep{{Port: 9, Datagram: SinkDatagram()}}})
	return b.p
}

func refTo(path ...*ir.Field) *ir.Ref { return ref(path...) }

// head is a fixed struct with every kind of number.
func (b *builder) head(mode *ir.Enum, caps *ir.Flags, parser, modeOfF *ir.Enum, word *ir.Bits) *ir.Struct {
	f := func(name string, t ir.Type) *ir.Field { return b.field("Head", name, t) }
	signed := f("Signed", &ir.IntType{Bits: 16, Signed: true})
	ascii := f("ASCII", &ir.BytesType{Mode: ir.BytesCount, Count: num(3), Max: -1, As: ir.AsASCII, Bytes: ir.Size{Min: 3, Max: 3}})
	seconds := f("Wait", uintN(48))
	seconds.As = ir.AsMillis
	s := b.structType("Head",
		read(f("Type", parser)), read(f("String", u8)), read(f("Clone", modeOfF)),
		read(f("Caps", caps)), read(f("Word", word)),
		read(f("U24", uintN(24))), read(f("I24", &ir.IntType{Bits: 24, Signed: true, Little: true})),
		read(signed, &ir.Check{Cond: cmp(self(signed), ">", num(-5)), Else: b.note("negative")}),
		read(f("I8", &ir.IntType{Bits: 8, Signed: true})),
		read(f("U40", uintN(40))), read(seconds), read(f("U56", &ir.IntType{Bits: 56, Little: true})),
		read(f("U64", &ir.IntType{Bits: 64, Little: true})), read(f("I64", &ir.IntType{Bits: 64, Signed: true})),
		read(ascii),
		read(f("Host", ipv4)), read(f("Host6", ipv6)), read(f("Hardware", &ir.StdType{Name: "mac", Bytes: 6})),
		read(f("UUID", &ir.StdType{Name: "uuid", Bytes: 16})),
		read(f("Since", &ir.StdType{Name: "unix32", Bytes: 4, Little: true})),
		read(f("At", &ir.StdType{Name: "ntp64", Bytes: 8})), read(f("Delay", &ir.StdType{Name: "ntp32", Bytes: 4})),
		read(f("Label", &ir.BytesType{Mode: ir.BytesCount, Count: num(4), Max: -1, As: ir.AsCString, Bytes: ir.Size{Min: 4, Max: 4}})),
	)
	s.Bytes = ir.Size{Min: 100, Max: 200}
	return s
}

// tlv is an element of an array with conditional fields that share storage.
func (b *builder) tlv(mode *ir.Enum) *ir.Struct {
	f := func(name string, t ir.Type) *ir.Field { return b.field("TLV", name, t) }
	pair := b.structType("Pair", read(b.field("Pair", "A", u8)), read(b.field("Pair", "B", rest(ir.AsText))))
	single := b.structType("Single", read(b.field("Single", "A", u16)))
	kind, length := f("Kind", u8), f("Len", u8)
	length.Range = ir.R(2, 255)
	inside := arith(ref(length), "-", num(2), 0, 253)
	ports := f("Ports", list(u16, ir.ArrayRest, nil))
	until := list(pairOf(b), ir.ArrayUntil, nil)
	first := until.Elem.(*ir.Struct).Fields[0]
	until.Cond = cmp(&ir.Ref{Root: ir.RefElem, Path: []*ir.Field{first}, Type: u8, K: ir.Signed, R: ir.R(0, 255)}, "==", num(0))
	bytesList := list(counted(num(2), ir.Plain), ir.ArrayRest, nil)
	s := b.structType("TLV", read(kind),
		read(length, &ir.Check{Cond: cmp(self(length), ">=", num(2)), Else: b.poison("tlv_len")}),
		&ir.Switch{Tag: ref(kind), Window: &ir.Window{Size: inside, Align: 4}, FieldID: b.id("TLV.switch Kind"), Cases: []*ir.Case{
			{Values: value(1), Body: []ir.Stmt{read(f("Small", u16))}},
			{Values: value(2), Body: []ir.Stmt{read(f("Flag", mode)), read(f("Other", u8))}},
			{Values: value(3), Body: []ir.Stmt{read(f("Third", u8))}},
			{Values: value(4), Body: []ir.Stmt{read(f("Text", rest(ir.AsText)))}},
			{Values: value(5), Body: []ir.Stmt{read(f("Name", rest(ir.AsCString)))}},
			{Values: value(6), Body: []ir.Stmt{read(f("Pair", pair))}},
			{Values: value(7), Body: []ir.Stmt{read(f("Single", single))}},
			{Values: value(8), Body: []ir.Stmt{read(ports, &ir.Check{Cond: cmp(&ir.Len{Of: refTo(ports), R: ir.R(0, 65535)}, ">=", num(1)), Else: b.poison("no_ports")})}},
			{Values: value(9), Body: []ir.Stmt{read(f("Entries", until))}},
			{Values: value(10), Body: []ir.Stmt{read(f("Chunks", bytesList))}},
			{Values: between(11, 99)},
			{Values: value(100), Body: []ir.Stmt{&ir.Rule{Do: ir.Action{Kind: ir.DoReject}}}},
		}, Default: &ir.Case{Body: []ir.Stmt{read(f("Raw", rest(ir.Plain)))}}},
	)
	s.Bytes.Min = 2
	return s
}

func pairOf(b *builder) *ir.Struct {
	n := b.field("Entry", "More", u8)
	s := b.structType("Entry", read(n), read(b.field("Entry", "Mark", u8)))
	s.Bytes = ir.Size{Min: 2, Max: 2}
	return s
}

// extChain is a chain without jumps and without text: a list of numbers, each with a header that says whether another
// follows.
func (b *builder) extChain() *ir.Chain {
	c := &ir.Chain{Name: "Extensions", FieldID: b.id("Extensions"), MaxItems: 3, MaxJumps: 0, JumpsReason: -1}
	c.ItemsReason = b.reason("extensions_items")
	next := b.field("Extensions", "Next", u8)
	c.Item = b.field("Extensions", "item", counted(num(2), ir.AsText))
	c.Body = []ir.Stmt{
		read(next),
		&ir.If{Cond: cmp(ref(next), "==", num(0)), Then: []ir.Stmt{&ir.End{}}, Else: []ir.Stmt{&ir.Item{Read: read(c.Item)}}},
	}
	c.Fields = []*ir.Field{next}
	c.Bytes = ir.Size{Min: 1, Max: 10}
	b.p.Types = append(b.p.Types, c)
	return c
}

// tail has parameters, delimiters, loops with conditions, and a tagless switch.
func (b *builder) tail(head, tlv *ir.Struct, ext *ir.Chain, word *ir.Bits) *ir.Struct {
	f := func(name string, t ir.Type) *ir.Field { return b.field("Tail", name, t) }
	count := &ir.Param{Name: "count", Type: u8, Range: ir.R(0, 255)}
	h := &ir.Param{Name: "head", Type: head}
	set := &ir.Param{Name: "type", Type: &ir.BoolType{}}
	param := func(p *ir.Param, path ...*ir.Field) *ir.Ref {
		r := &ir.Ref{Root: ir.RefParam, Param: p, Path: path, Type: p.Type, K: ir.Signed, R: p.Range}
		if len(path) > 0 {
			r.Type, r.R = path[len(path)-1].Type, path[len(path)-1].Range
		}
		kind(r)
		return r
	}
	line := f("Line", &ir.BytesType{Mode: ir.BytesTo, Delim: []byte("\r\n"), Max: 16, As: ir.AsText, Bytes: ir.Size{Min: 2, Max: 18}})
	word0 := f("Zero", &ir.BytesType{Mode: ir.BytesTo, Delim: []byte{0}, Max: -1, As: ir.AsASCII, Bytes: ir.Size{Min: 1, Max: 65535}})
	while := list(u16, ir.ArrayWhile, nil)
	while.Cond = cmp(fact(ir.Remaining, 0, 65535), ">=", num(12))
	while.Max, while.MaxReason = 4, b.reason("too_many_words")
	bytes8 := list(u8, ir.ArrayCount, param(count))
	words := list(word, ir.ArrayCount, num(1))
	exts := list(ext, ir.ArrayCount, num(2))
	short := f("Short", u8)
	s := b.structType("Tail",
		read(line, &ir.Check{Cond: cmp(refTo(line), "!=", &ir.BytesConst{Value: []byte("quit")}), Else: b.poison("quit")}),
		read(word0),
		read(f("Bytes", bytes8)),
		read(f("Words", words)),
		read(f("Extensions", ext)),
		read(f("Lists", exts)),
		&ir.Switch{Cases: []*ir.Case{
			{When: cmp(param(count), ">", num(200)), Body: []ir.Stmt{read(f("Many", u8))}},
			{When: cmp(param(h, head.Fields[9-1]), "<", num(0)), Body: []ir.Stmt{&ir.Read{Field: short, Window: &ir.Window{Size: num(2), Lax: true}}}},
			{When: param(set), Body: []ir.Stmt{&ir.Read{Field: f("Padded", uintN(24)), Window: &ir.Window{Align: 4}}}},
		}},
		read(f("While", while)),
	)
	s.Params = []*ir.Param{count, h, set}
	return s
}

// many has more conditional fields than fit into a word.
func (b *builder) many() *ir.Struct {
	which := b.field("Many", "Which", u8)
	sw := &ir.Switch{Tag: ref(which)}
	for i := range 70 {
		sw.Cases = append(sw.Cases, &ir.Case{Values: value(int64(i)), Body: []ir.Stmt{read(b.field("Many", fmt.Sprintf("F%d", i), u8))}})
	}
	sw.Default = &ir.Case{}
	s := b.structType("Many", read(which), sw)
	return s
}

// SinkDatagram is a complete message of Sink.
func SinkDatagram() []byte {
	d := []byte{0xca, 0xfe, 7}
	d = append(d, 1, 2, 1, 0x80, 0x31, 0x08, 0x05, 0x09) // Type String Clone Caps Word
	d = append(d, 1, 2, 3, 0xfe, 0xff, 0xff, 0xff, 0xf0, 0x80)
	d = append(d, 1, 2, 3, 4, 5, 0, 0, 0, 0, 1, 0, 7, 6, 5, 4, 3, 2, 1)
	d = append(d, 1, 2, 3, 4, 5, 6, 7, 8, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe)
	d = append(d, "abc"...)
	d = append(d, 192, 0, 2, 1)
	d = append(d, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1)
	d = append(d, 0, 0, 0x5e, 0, 0x53, 1)
	d = append(d, 0xf8, 0x1d, 0x4f, 0xae, 0x7d, 0xec, 0x11, 0xd0, 0xa7, 0x65, 0, 0xa0, 0xc9, 0x1e, 0x6b, 0xf6)
	d = append(d, 1, 0, 0, 0, 0xe5, 0xc5, 0xd4, 0xf3, 0xa2, 0xb1, 0xc0, 0xd0, 0, 0, 1, 0)
	d = append(d, 'h', 'i', 0, 'x')
	d = append(d, 3, 0) // Count, one byte of padding
	d = append(d, 8, 6, 0, 53, 0, 80)
	d = append(d, 9, 6, 1, 2, 0, 3)
	d = append(d, 6, 7, 1, 'b', '"', '\\', 0xff, 0, 0, 0)
	d = append(d, 0xf0, 0, 0, 0, 0, 0, 0, 3)
	d = append(d, "hello\r\n"...)
	d = append(d, 'z', 0)
	d = append(d, 10, 11, 12)
	d = append(d, 0x08, 0x05, 0x09)
	d = append(d, 1, 0, 5, 0, 0, 1, 0, 6, 1, 0, 7, 0)
	d = append(d, 5, 0)
	d = append(d, 0, 1, 0, 2)
	return append(d, 3, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0)
}
