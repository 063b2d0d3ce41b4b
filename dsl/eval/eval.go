// Package eval interprets checked protocols. It is the oracle for generated code, which must give the same verdict and
// the same message for every datagram, so it does everything in the most obvious way: field by field, each check where
// it stands, straight from the meaning written down in the package documentation of dsl/ir. It also runs specs
// without generating code, for `fsrun --spec` and `fsgen test`.
//
// It may import dsl/ir, runtime/datagram, runtime/datagram/wire and runtime/flow; never codegen.
package eval

import (
	"time"

	"github.com/flowscope/fsd/dsl/ir"
	"github.com/flowscope/fsd/runtime/datagram"
	"github.com/flowscope/fsd/runtime/datagram/wire"
	"github.com/flowscope/fsd/runtime/flow"
)

// program is a protocol made ready: every field has a slot in the values of its struct or chain step.
type program struct {
	ir           *ir.Protocol
	slots        map[*ir.Field]int
	sizes        map[ir.Named]int
	lastIndex    map[*ir.LastVar]int
	counterIndex map[*ir.Counter]int
}

// New returns a protocol whose parsers interpret p.
func New(p *ir.Protocol) *datagram.Protocol {
	prog := &program{
		ir: p, slots: map[*ir.Field]int{}, sizes: map[ir.Named]int{},
		lastIndex: map[*ir.LastVar]int{}, counterIndex: map[*ir.Counter]int{},
	}
	for _, t := range p.Types {
		switch t := t.(type) {
		case *ir.Struct:
			prog.number(t, t.Body)
			prog.number(t, t.After)
		case *ir.Chain:
			prog.number(t, t.Body)
		}
	}
	for i, l := range p.State.Last {
		prog.lastIndex[l] = i
	}
	for i, c := range p.State.Counters {
		prog.counterIndex[c] = i
	}
	return &datagram.Protocol{
		Desc:       describe(p),
		NewMessage: func() datagram.Message { return &Message{prog: prog} },
		NewParser: func() datagram.Parser {
			return &parser{prog: prog, last: make([]lastValue, len(p.State.Last)), counters: make([]uint32, len(p.State.Counters))}
		},
		Stateless: p.State.Stateless(),
	}
}

// number gives every field that a type reads a slot.
func (p *program) number(t ir.Named, body []ir.Stmt) {
	add := func(f *ir.Field) {
		if _, ok := p.slots[f]; !ok {
			p.slots[f] = p.sizes[t]
			p.sizes[t]++
		}
	}
	for _, s := range body {
		switch s := s.(type) {
		case *ir.Read:
			add(s.Field)
		case *ir.Let:
			add(s.Field)
		case *ir.Item:
			add(s.Read.Field)
		case *ir.If:
			p.number(t, s.Then)
			p.number(t, s.Else)
		case *ir.Switch:
			for _, c := range s.Cases {
				p.number(t, c.Body)
			}
			if s.Default != nil {
				p.number(t, s.Default.Body)
			}
		}
	}
}

func describe(p *ir.Protocol) *datagram.Desc {
	d := &datagram.Desc{Name: p.Name, Doc: p.Doc, References: p.References, Fields: p.Fields}
	for _, r := range p.Ports {
		d.Ports = append(d.Ports, datagram.PortRange{First: r.First, Last: r.Last})
	}
	ops := map[string]datagram.TestOp{
		"==": datagram.Equal, "!=": datagram.NotEqual, "<": datagram.Less, "<=": datagram.LessEqual,
		">": datagram.Greater, ">=": datagram.GreaterEqual, "in": datagram.InRange,
	}
	for _, tests := range p.Detect {
		var list []datagram.Test
		for _, t := range tests {
			test := datagram.Test{Offset: uint16(t.Offset), Width: uint8(t.Width), Little: t.Little, Mask: t.Mask, Op: ops[t.Op], Value: t.Value}
			for _, r := range t.Set {
				test.Set = append(test.Set, datagram.ValueRange{First: r.First, Last: r.Last})
			}
			list = append(list, test)
		}
		d.Detect = append(d.Detect, list)
	}
	for _, r := range p.Reasons {
		d.Reasons = append(d.Reasons, datagram.ReasonDesc{Name: r.Name, Doc: r.Doc})
	}
	for _, n := range p.Notes {
		d.Notes = append(d.Notes, datagram.ReasonDesc{Name: n.Name, Doc: n.Doc})
	}
	for _, e := range p.Expects {
		from := flow.Initiator
		if e.From == ir.Responder {
			from = flow.Responder
		}
		d.Expects = append(d.Expects, datagram.Expectation{From: from, Port: e.Port, Within: time.Duration(e.Within)})
	}
	for i, e := range p.Bounds.Entries {
		if i == 0 || uint32(e.Size.Min) < d.MinSize {
			d.MinSize = uint32(e.Size.Min)
		}
		d.MaxSize = max(d.MaxSize, uint32(e.Size.Max))
	}
	return d
}

// Message is a message of an interpreted protocol.
type Message struct {
	prog *program
	root *object
}

// AppendJSON implements datagram.Message.
func (m *Message) AppendJSON(dst []byte) []byte {
	if m.root == nil {
		return append(dst, "{}"...)
	}
	return m.prog.appendObject(dst, m.root)
}

// CloneMessage implements datagram.Message.
func (m *Message) CloneMessage() datagram.Message {
	c := &Message{prog: m.prog}
	if m.root != nil {
		c.root = m.root.clone()
	}
	return c
}

type lastValue struct {
	num   uint64
	known bool
}

// parser is what is remembered of a flow.
type parser struct {
	prog                        *program
	bytes, datagrams, malformed [2]uint64
	last                        []lastValue
	counters                    []uint32
}

// ParseMessage implements datagram.Parser.
func (p *parser) ParseMessage(b []byte, meta *datagram.Meta, m datagram.Message) datagram.Status {
	msg := m.(*Message)
	msg.root = nil
	p.bytes[meta.Side] += uint64(len(b))
	p.datagrams[meta.Side]++
	r := &run{prog: p.prog, parser: p, meta: meta, data: wire.Clip(b)}
	r.jumps = p.prog.ir.Jumps

	entry := p.entry(meta.Side)
	if entry == nil {
		// The protocol has no message of this side.
		r.status.Code = datagram.Reject
		return wire.Finish(r.status, b, meta)
	}
	root, ok := r.entry(entry)
	msg.root = root
	if ok {
		r.status.Complete = true
		r.status.Confirmed = true
		scope := &scope{obj: root, off: len(r.data), end: len(r.data)}
		r.block(scope, entry.Type.After, nil)
	}
	st := wire.Finish(r.status, b, meta)
	p.settle(st, meta.Side, entry, root)
	return st
}

func (p *parser) entry(side flow.Side) *ir.Entry {
	for _, e := range p.prog.ir.Entries {
		if e.From == ir.AnySide || (e.From == ir.Initiator) == (side == flow.Initiator) {
			return e
		}
	}
	return nil
}

// settle updates what the flow remembers of the verdict.
func (p *parser) settle(st datagram.Status, side flow.Side, entry *ir.Entry, root *object) {
	if st.Code == datagram.Poison {
		p.malformed[side]++
	}
	if !st.Complete {
		return
	}
	if st.Code == datagram.OK {
		p.malformed[side] = 0
	}
	for i, l := range p.prog.ir.State.Last {
		if l.Entry != entry {
			continue
		}
		v := value{typ: entry.Type, obj: root}
		for _, f := range l.Path {
			if t, isBits := v.typ.(*ir.Bits); isBits {
				v = bit(v.num, bitField(t, f))
				v.num = signed(v.typ, v.num)
			} else {
				v = v.obj.values[p.prog.slots[f]]
			}
		}
		p.last[i] = lastValue{v.num, true}
	}
}
