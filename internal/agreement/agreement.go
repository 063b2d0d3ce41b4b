// Package agreement holds the interpreter and generated parsers to each other: of every datagram they must say the same
// in every part of the status, and show the same message to the byte. Where they differ, the package documentation of
// dsl/ir says who is right. Its tests do so for the protocols in generated/all and for the suites of package suite.
//
// It imports the compiler's ir, the interpreter and the runtime; nothing but tests imports it.
package agreement

import (
	"encoding/hex"
	"fmt"

	"github.com/flowscope/fsd/dsl/eval"
	"github.com/flowscope/fsd/dsl/ir"
	"github.com/flowscope/fsd/runtime/datagram"
	"github.com/flowscope/fsd/runtime/datagram/vector"
	"github.com/flowscope/fsd/runtime/flow"
)

// Subject is a protocol in its two forms.
type Subject struct {
	Spec                   *ir.Protocol
	Generated, Interpreted *datagram.Protocol
}

// NewSubject returns the two forms of a spec.
func NewSubject(spec *ir.Protocol, generated *datagram.Protocol) Subject {
	return Subject{spec, generated, eval.New(spec)}
}

// Sample is a datagram as a parser sees it.
type Sample struct {
	Data []byte
	Meta datagram.Meta
}

func (s Sample) String() string {
	m := &s.Meta
	return fmt.Sprintf("%d bytes from the %v, ports %d->%d, wire %d\n%s", len(s.Data), m.Side, m.SrcPort, m.DstPort, m.Wire, hex.EncodeToString(s.Data))
}

// Pair parses the datagrams of one flow with both forms.
type Pair struct {
	s      Subject
	g, i   datagram.Parser
	gm, im datagram.Message
	gj, ij []byte
}

// NewPair returns the parsers of a new flow.
func (s Subject) NewPair() *Pair {
	return &Pair{s: s, g: s.Generated.NewParser(), i: s.Interpreted.NewParser(), gm: s.Generated.NewMessage(), im: s.Interpreted.NewMessage()}
}

// NextFlow makes the parsers new and keeps the messages, as a driver does.
func (p *Pair) NextFlow() {
	p.g, p.i = p.s.Generated.NewParser(), p.s.Interpreted.NewParser()
}

// Compare parses a datagram with both forms and returns an error that tells how they differ, if they do.
func (p *Pair) Compare(d Sample) error {
	gs := p.g.ParseMessage(d.Data, &d.Meta, p.gm)
	is := p.i.ParseMessage(d.Data, &d.Meta, p.im)
	if gs != is {
		tell := func(s datagram.Status, d *datagram.Desc) string {
			return fmt.Sprintf("%s %s %+v", s.ReasonName(d), d.FieldName(s.Field()), s.Detail())
		}
		return fmt.Errorf("%s: %v\ngenerated:   %s\ninterpreted: %s", p.s.Spec.Name, d, tell(gs, p.s.Generated.Desc), tell(is, p.s.Interpreted.Desc))
	}
	if !gs.Complete() {
		return nil
	}
	p.gj, p.ij = p.gm.AppendJSON(p.gj[:0]), p.im.AppendJSON(p.ij[:0])
	if string(p.gj) != string(p.ij) {
		return fmt.Errorf("%s: %v\ngenerated:   %s\ninterpreted: %s", p.s.Spec.Name, d, p.gj, p.ij)
	}
	return nil
}

// Vectors returns the flows of the spec's tests.
func (s Subject) Vectors() [][]Sample {
	var list [][]Sample
	for _, t := range s.Spec.Tests {
		var steps []Sample
		for _, step := range t.Steps {
			from := flow.Initiator
			if step.From == ir.Responder {
				from = flow.Responder
			}
			steps = append(steps, Sample{step.Datagram, vector.Meta(from, step.Port)})
		}
		list = append(list, steps)
	}
	return list
}
