// Package eval interprets checked protocols. It is the oracle for generated code, which must give the same verdict and
// the same message for every datagram, so it does everything in the most obvious way: field by field, each check where
// it stands, straight from the meaning that the package documentation of dsl/ir writes down. It also runs specs without
// generating code, for `fsrun --spec` and `fsgen test`.
//
// It may import dsl/ir, runtime/datagram, runtime/datagram/wire and runtime/flow; never codegen.
//
// # How
//
// New turns each statement and expression of the ir into one function, so that names are looked up once and not for
// every datagram. A struct or a step of a chain is parsed in a frame, whose places for fields stand on the stack of the
// run; what the message keeps goes into its tree. Nothing is merged, reordered or left out on the way: a function does
// what its statement says.
//
// # Bounds
//
// Structs contain themselves to a depth, elements and steps make progress, and jumps have budgets: the checker proves it,
// and New or the parse panics if it is not so, as that is a fault of the program and not of a datagram. A message takes
// 16 bytes for each field, element and struct that it has, and 4 for each item of a chain, in storage that the next
// datagram uses again. As jumps repeat items, the budgets of jumps and items bound these: 512 jumps to 128 items each
// take 256 KiB.
package eval

import (
	"fmt"

	"github.com/flowscope/fsd/dsl/ir"
	"github.com/flowscope/fsd/runtime/datagram"
	"github.com/flowscope/fsd/runtime/datagram/wire"
	"github.com/flowscope/fsd/runtime/flow"
)

// program is a protocol made ready to run.
type program struct {
	ir      *ir.Protocol
	structs map[*ir.Struct]*structType
	chains  map[*ir.Chain]*chainType
	depths  int // structs with a depth
	// sides holds the entry that takes the datagrams of a side, nil if there is none.
	sides [2]*entry
	lasts []*lastVar
	// last and counter are the places of what is remembered of a flow.
	last    map[*ir.LastVar]int
	counter map[*ir.Counter]int
}

// entry is a root of the protocol.
type entry struct {
	ir    *ir.Entry
	root  *structType
	after []step
}

// lastVar takes a value to remember from a complete message.
type lastVar struct {
	bySender bool
	entry    *ir.Entry
	value    func(t *tree, root uint64) uint64
}

// New returns a protocol whose parsers interpret p. It panics if p is not what the checker would have let pass: a type
// that contains itself, a statement where it cannot stand, a reference to what is not there.
func New(p *ir.Protocol) *datagram.Protocol {
	prog := &program{
		ir: p, structs: map[*ir.Struct]*structType{}, chains: map[*ir.Chain]*chainType{},
		last: map[*ir.LastVar]int{}, counter: map[*ir.Counter]int{},
	}
	for i, l := range p.State.Last {
		prog.last[l] = i
	}
	for i, c := range p.State.Counters {
		prog.counter[c] = i
	}
	for _, e := range p.Entries {
		root := prog.structType(e.Type)
		ready := &entry{ir: e, root: root, after: root.scope.block(e.Type.After)}
		for side := range prog.sides {
			if e.From == ir.AnySide || (e.From == ir.Responder) == (flow.Side(side) == flow.Responder) {
				prog.sides[side] = ready
			}
		}
	}
	for _, l := range p.State.Last {
		path, typ := prog.path(l.Entry.Type, l.Path)
		if typ == nil {
			panic(fault("last", "the path is empty"))
		}
		prog.lasts = append(prog.lasts, &lastVar{l.BySender, l.Entry, path})
	}
	return &datagram.Protocol{
		Desc:       describe(p),
		NewMessage: func() datagram.Message { return &Message{prog: prog} },
		NewParser:  func() datagram.Parser { return newParser(prog) },
		Stateless:  p.State.Stateless(),
		Tentative:  p.Tentative(),
		CleanJSON:  true,
		PerHost:    p.State.PerHost(),
	}
}

// fault is what a panic says of an ir that the checker would not have let pass.
func fault(where, what string, args ...any) string {
	return "eval: " + where + ": " + fmt.Sprintf(what, args...)
}

// Message is a message of an interpreted protocol. Its byte fields are views of the datagram.
type Message struct {
	prog  *program
	entry *entry // nil before the first parse, and of a datagram that no entry takes
	tree  tree
	root  uint64
}

// AppendJSON implements datagram.Message. Of a datagram that was not parsed to the end it shows the fields of the
// root that were.
func (m *Message) AppendJSON(dst []byte) []byte {
	if m.entry == nil {
		return append(dst, '{', '}')
	}
	return m.entry.root.appendJSON(dst, &m.tree, m.root)
}

// CloneMessage implements datagram.Message.
func (m *Message) CloneMessage() datagram.Message {
	return &Message{m.prog, m.entry, m.tree.clone(), m.root}
}

// lastValue is a value of the flow's previous complete message.
type lastValue struct {
	num   uint64
	known bool
}

// parser is what is remembered of a flow, and the storage of its runs.
type parser struct {
	prog *program
	// By sender: payload bytes and datagrams, this one included, and poison verdicts in a row before it.
	bytes, datagrams, malformed [2]uint64
	last                        [][2]lastValue // by sender where the variable is; else the first
	counters                    []uint32
	tables                      tables // of the flow
	rates                       []wire.Rate
	hosts                       *wire.Hosts[tables]
	clock                       flow.Clock
	now                         flow.Timestamp
	run                         run
}

func newParser(p *program) *parser {
	return &parser{prog: p, last: make([][2]lastValue, len(p.lasts)), counters: make([]uint32, len(p.counter)), tables: p.newTables(false), rates: p.newRates(), hosts: p.newHosts()}
}

// ParseMessage implements datagram.Parser.
func (p *parser) ParseMessage(b []byte, meta *datagram.Meta, m datagram.Message) datagram.Status {
	side := meta.Side & 1
	p.bytes[side] += uint64(len(b))
	p.datagrams[side]++

	if p.tables != nil || p.rates != nil {
		p.now = p.clock.Observe(meta.Time)
	}
	for i, rate := range p.prog.ir.State.Rates {
		p.rates[i].Add(p.now, rate.Per, meta.Side)
	}

	msg := m.(*Message)
	msg.entry = p.prog.sides[side]
	msg.tree.reset(wire.Clip(b))
	msg.root = uint64(none)
	r := &p.run
	r.begin(p, meta, &msg.tree)
	if msg.entry == nil {
		r.status.Code = datagram.Reject // the protocol has no message of this side
	} else {
		msg.root = r.datagram(msg.entry)
	}
	st := wire.Finish(r.status, b, meta)
	r.meta, r.tree, r.data = nil, nil, nil // the datagram is not kept
	p.remember(st, int(side), msg)
	return st
}

// remember updates what is known of the flow, now that there is a verdict.
func (p *parser) remember(st datagram.Status, side int, m *Message) {
	switch st.Code() {
	case datagram.OK:
		p.malformed[side] = 0
	case datagram.Poison:
		p.malformed[side]++
	}
	if !st.Complete() {
		return
	}
	for i, l := range p.prog.lasts {
		if l.entry == m.entry.ir {
			slot := 0
			if l.bySender {
				slot = side
			}
			p.last[i][slot] = lastValue{l.value(&m.tree, m.root), true}
		}
	}
}
