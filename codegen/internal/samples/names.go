package samples

import "github.com/flowscope/fsd/dsl/ir"

// Names is a small form of DNS: bits, enums, a chain with jumps, arrays of structs, records with a switch in a window.
func Names() *ir.Protocol {
	b := newProtocol("names")
	b.p.Doc = "Names, as a small form of DNS.\n\nrfc:1035#4.1 tells more."
	b.p.References = []string{"RFC 1035"}
	b.p.Ports = []ir.PortRange{{First: 53, Last: 53}}
	b.p.Jumps = 64
	b.p.Detect = [][]ir.DetectTest{{{Op: ">=", Value: 12}, {Offset: 2, Width: 2, Mask: 0x40, Op: "==", Value: 0}}}

	opcode := enum("Opcode", uintN(4), "Query", 0, "Status", 2)
	rrtype := enum("RRType", u16, "A", 1, "SOA", 6, "TXT", 16, "AAAA", 28)
	rrtype.Doc = "RRType is the type of a record. rfc:1035#3.2.2"
	b.p.Types = append(b.p.Types, opcode, rrtype)
	flags := b.bits("Flags", u16, "QR", &ir.BoolType{}, "Opcode", opcode, "AA", &ir.BoolType{}, "TC", &ir.BoolType{},
		"RD", &ir.BoolType{}, "RA", &ir.BoolType{}, "Z", uintN(1), "_", uintN(2), "Rcode", uintN(4))
	flags.Fields[0].Doc = "a response"
	z := flags.Fields[6]
	z.Checks = []*ir.Check{{Cond: cmp(self(z.Field), "==", num(0)), Else: b.note("z_bit")}}

	name := b.nameChain()

	charString := b.charString()
	soa := b.structType("SOA",
		read(b.field("SOA", "MName", name)), read(b.field("SOA", "RName", name)), read(b.field("SOA", "Serial", u32)))
	soa.Bytes.Min = 6

	typ, ttl := b.field("RR", "Type", rrtype), b.field("RR", "TTL", u32)
	ttl.As = ir.AsSeconds
	class, length := b.field("RR", "Class", u16), b.field("RR", "Len", u16)
	sw := &ir.Switch{
		Tag: ref(typ), Window: &ir.Window{Size: ref(length)}, FieldID: b.id("RR.switch Type"),
		Cases: []*ir.Case{
			{Values: value(1), Body: []ir.Stmt{read(b.field("RR", "Addr", ipv4))}},
			{Values: value(28), Body: []ir.Stmt{read(b.field("RR", "Addr6", ipv6))}},
			{Values: value(6), Body: []ir.Stmt{read(b.field("RR", "SOA", soa))}},
			{Values: value(16), Body: []ir.Stmt{read(b.field("RR", "Text", list(charString, ir.ArrayRest, nil)))}},
		},
		Default: &ir.Case{Body: []ir.Stmt{read(b.field("RR", "Data", rest(ir.Plain)))}},
	}
	rr := b.structType("RR", read(b.field("RR", "Name", name)), read(typ), read(class), read(ttl), read(length), sw)
	rr.Doc = "RR is a resource record. rfc:1035#4.1.3"
	rr.Bytes.Min = 11

	id, fl := b.field("Message", "ID", u16), b.field("Message", "Flags", flags)
	qd, an := b.field("Message", "QD", u16), b.field("Message", "AN", u16)
	qd.Doc = "number of questions"
	question := b.structType("Question", read(b.field("Question", "Name", name)), read(b.field("Question", "Type", rrtype)),
		read(b.field("Question", "Class", u16)))
	question.Bytes.Min = 5
	note := b.note("trailing_bytes")
	portIs53 := cmp(fact(ir.Port, 0, 65535), "==", num(53))
	isQuery := &ir.Unary{Op: "!", X: ref(fl, flags.Fields[0].Field)}
	opIsQuery := cmp(ref(fl, flags.Fields[1].Field), "==", &ir.Const{Value: ir.I(0), Name: "Opcode.Query", Enum: opcode, Base: 10})
	message := b.structType("Message", read(id), read(fl), read(qd), read(an),
		&ir.Rule{Do: b.poison("answer_in_query"), When: cmp(cmp(portIs53, "&&", isQuery), "&&", cmp(opIsQuery, "&&", cmp(ref(an), "!=", num(0))))},
		read(b.field("Message", "Questions", list(question, ir.ArrayCount, ref(qd)))),
		read(b.field("Message", "Answers", list(rr, ir.ArrayCount, ref(an)))),
		&ir.Confirm{},
		&ir.End{Else: &note},
	)
	message.Doc = "Message is a query or a response."
	b.entry(message, ir.AnySide)
	b.p.Tests = append(b.p.Tests, &ir.Test{
		Name: "query", Steps: []ir.TestStep{{Port: 53, Datagram: []byte("\x12\x34\x01\x00\x00\x01\x00\x00\x07example\x03com\x00\x00\x01\x00\x01")}},
		Asserts: []ir.Assert{{Path: "questions[0].name", Op: "==", Value: `"example.com"`}, {Path: "flags.rd", Op: "==", Value: "true"}},
	}, &ir.Test{
		Name: "answers", Steps: []ir.TestStep{{From: ir.Responder, Port: 53, Datagram: []byte("\x12\x34\x81\x80\x00\x00\x00\x03" +
			"\x01a\x00\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\x01\x02\x03\x04" +
			"\xc0\x08\x00\x10\x00\x01\x00\x00\x00\x3c\x00\x06\x02hi\x02ho" +
			"\xc0\x08\x00\x06\x00\x01\x00\x00\x00\x3c\x00\x08\xc0\x08\xc0\x08\x00\x00\x00\x07")}},
		Asserts: []ir.Assert{{Path: "answers[0].addr", Op: "==", Value: `"1.2.3.4"`}, {Path: "answers[1].text[1].text", Op: "==", Value: `"ho"`},
			{Path: "answers[2].soa.serial", Op: "==", Value: "7"}, {Path: "answers[2].soa.m_name", Op: "==", Value: `"a"`}},
	}, &ir.Test{
		Name: "self pointer", Steps: []ir.TestStep{{Port: 53, Datagram: []byte("\x12\x34\x01\x00\x00\x01\x00\x00\xc0\x08\x00\x01\x00\x01")}},
		Reason: "name_jumps",
	})
	return b.p
}

// nameChain is a domain name.
func (b *builder) nameChain() *ir.Chain {
	c := &ir.Chain{Name: "Name", FieldID: b.id("Name"), MaxItems: 128, MaxJumps: 16, Join: ".", HasJoin: true, HasGoto: true}
	c.Doc = "Name is a domain name, compressed or not. rfc:1035#4.1.4"
	length, low := b.field("Name", "Len", u8), b.field("Name", "Low", u8)
	inLabel := ref(length)
	inLabel.R = ir.R(1, 63)
	c.Item = b.field("Name", "item", counted(inLabel, ir.Plain))
	c.ItemsReason, c.JumpsReason = b.reason("name_items"), b.reason("name_jumps")
	target := arith(arith(arith(ref(length), "&", hexNum(0x3f), 0, 63), "<<", num(8), 0, 63<<8), "|", ref(low), 0, 0x3fff)
	selfTarget := &ir.Ref{Root: ir.RefSelf, Type: &ir.IntType{Bits: 16}, K: ir.Signed, R: ir.R(0, 0x3fff)}
	c.Body = []ir.Stmt{
		read(length),
		&ir.Switch{
			Tag: ref(length), Cases: []*ir.Case{
				{Values: value(0), Body: []ir.Stmt{&ir.End{}}},
				{Values: between(1, 63), Body: []ir.Stmt{&ir.Item{Read: read(c.Item)}}},
				{Values: between(0xc0, 0xff), Body: []ir.Stmt{read(low), &ir.Goto{Target: target, Checks: []*ir.Check{
					{Cond: cmp(selfTarget, "<", fact(ir.Start, 0, 65535)), Else: b.note("forward_pointer")}}}}},
			},
			Default: &ir.Case{Body: []ir.Stmt{&ir.Rule{Do: b.poison("label_type")}}},
		},
		&ir.Rule{Do: b.poison("name_too_long"), When: cmp(fact(ir.Total, 0, 65535), ">", num(255))},
	}
	c.Fields = []*ir.Field{length, low}
	c.Bytes = ir.Size{Min: 1, Max: 255}
	b.p.Types = append(b.p.Types, c)
	return c
}

func (b *builder) charString() *ir.Struct {
	n := b.field("CharString", "Len", u8)
	return b.structType("CharString", read(n), read(b.field("CharString", "Text", counted(ref(n), ir.AsText))))
}
