package samples

import (
	"time"

	"github.com/flowscope/fsd/dsl/ir"
)

// Talk has a message per side, and remembers its flow: facts, a counter, fields of the message before.
func Talk() *ir.Protocol {
	b := newProtocol("talk")
	b.p.Ports = []ir.PortRange{{First: 4000, Last: 4010}}
	retries := &ir.Counter{Name: "Retries", Doc: "requests that were sent again"}
	seq := b.field("Request", "Seq", u16)
	again := b.field("Request", "Again", uintN(8))
	kind := b.bits("Kind", u8, "Urgent", &ir.BoolType{}, "Low", uintN(7))
	kf := b.field("Request", "Kind", kind)
	lastSeq := &ir.LastVar{Path: []*ir.Field{seq}, Range: ir.R(0, 65535)}
	lastUrgent := &ir.LastVar{Path: []*ir.Field{kf, kind.Fields[0].Field}}
	b.p.State = ir.State{Bytes: true, Datagrams: true, Malformed: true, Last: []*ir.LastVar{lastSeq, lastUrgent}, Counters: []*ir.Counter{retries}}
	b.p.Expects = []*ir.Expect{{From: ir.Responder, Within: time.Minute}, {From: ir.Initiator, Port: 77, Within: 1500 * time.Millisecond}}
	flowFact := func(k ir.FactKind, side ir.Side) *ir.Fact {
		return &ir.Fact{Fact: k, Side: side, R: ir.Range{Lo: ir.I(0), Hi: ir.I(1).Lsh(62)}}
	}
	request := b.structType("Request", read(seq), read(kf), read(again),
		&ir.Rule{Do: ir.Action{Kind: ir.DoReject}, When: cmp(ref(again), "==", num(255))},
		&ir.Confirm{},
		&ir.Count{Counter: retries, When: cmp(ref(again), "!=", num(0))},
		&ir.Announce{Index: 0, When: cmp(ref(again), "==", num(0))},
		&ir.Rule{Do: b.poison("went_back"), When: cmp(ref(seq), "<", &ir.LastRef{Var: lastSeq, K: ir.Signed, R: ir.R(0, 65535)})},
		&ir.Rule{Do: b.note("same"), When: cmp(ref(seq), "==", &ir.LastRef{Var: lastSeq, Or: num(70000), K: ir.Signed, R: ir.R(0, 70000)})},
		&ir.Rule{Do: b.note("was_urgent"), When: cmp(&ir.LastRef{Var: lastUrgent, K: ir.Bool}, "==", &ir.BoolConst{Value: true})},
		read(b.field("Request", "Body", counted(num(2), ir.Plain))),
		&ir.End{},
	)
	request.After = []ir.Stmt{
		&ir.Rule{Do: b.poison("too_many_retries"), When: cmp(&ir.CounterRef{Counter: retries, R: ir.Range{Lo: ir.I(0), Hi: ir.I(1<<32 - 1)}}, ">", num(2))},
		&ir.Rule{Do: b.poison("too_many_bytes"), When: cmp(flowFact(ir.FlowBytes, ir.AnySide), ">", num(200))},
		&ir.Rule{Do: b.note("chatty"), When: cmp(flowFact(ir.FlowDatagrams, ir.Initiator), ">", num(3))},
		&ir.Rule{Do: b.note("was_malformed"), When: cmp(flowFact(ir.FlowMalformed, ir.AnySide), ">", num(0))},
	}
	status := b.field("Reply", "Status", u8)
	reply := b.structType("Reply", read(status),
		&ir.Announce{Index: 1},
		&ir.If{Cond: cmp(ref(status), "==", num(0)), Then: []ir.Stmt{read(b.field("Reply", "Data", rest(ir.AsText)))},
			Else: []ir.Stmt{read(b.field("Reply", "Code", u16))}},
		&ir.Rule{Do: b.note("from_responder"), When: cmp(fact(ir.Dir, 0, 1), "==", num(1))},
		&ir.Rule{Do: b.poison("source"), When: cmp(fact(ir.SrcPort, 0, 65535), "==", fact(ir.DstPort, 0, 65535))},
		&ir.Rule{Do: b.poison("long"), When: cmp(fact(ir.DatagramLen, 0, 65535), ">", num(100))},
		&ir.End{},
	)
	b.entry(request, ir.Initiator)
	b.entry(reply, ir.Responder)
	lastSeq.Entry, lastUrgent.Entry = b.p.Entries[0], b.p.Entries[0]
	good := func(seq byte) ir.TestStep {
		return ir.TestStep{From: ir.Initiator, Port: 4000, Datagram: []byte{0, seq, 0x80, 0, 1, 2}}
	}
	b.p.Tests = []*ir.Test{
		{Name: "reply", Steps: []ir.TestStep{good(1), {From: ir.Responder, Port: 4000, Datagram: []byte("\x00hi")}}, Note: "from_responder"},
		{Name: "went back", Steps: []ir.TestStep{good(2), good(1)}, Reason: "went_back"},
		{Name: "urgent before", Steps: []ir.TestStep{good(2), good(3)}, Note: "was_urgent"},
		{Name: "not ours", Steps: []ir.TestStep{{Port: 4000, Datagram: []byte{0, 1, 0, 255, 1, 2}}}, Reject: true},
		{Name: "body", Steps: []ir.TestStep{good(9)}, Asserts: []ir.Assert{{Path: "body", Op: "==", Value: `"0102"`}, {Path: "kind.urgent", Op: "==", Value: "true"}, {Path: "seq", Op: ">=", Value: "9"}}},
	}
	return b.p
}
