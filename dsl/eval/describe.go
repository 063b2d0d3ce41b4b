package eval

import (
	"github.com/flowscope/fsd/dsl/ir"
	"github.com/flowscope/fsd/runtime/datagram"
	"github.com/flowscope/fsd/runtime/flow"
)

var testOps = map[string]datagram.TestOp{
	"==": datagram.Equal, "!=": datagram.NotEqual, "<": datagram.Less, "<=": datagram.LessEqual,
	">": datagram.Greater, ">=": datagram.GreaterEqual,
}

// describe is the description of a protocol for drivers, as generated code has it.
func describe(p *ir.Protocol) *datagram.Desc {
	d := &datagram.Desc{Name: p.Name, Doc: ir.Prose(p.Doc), References: p.References, Fields: p.Fields}
	for _, r := range p.Ports {
		d.Ports = append(d.Ports, datagram.PortRange{First: r.First, Last: r.Last})
	}
	for _, tests := range p.Detect {
		var list []datagram.Test
		for _, t := range tests {
			list = append(list, detectTest(t))
		}
		d.Detect = append(d.Detect, list)
	}
	for _, r := range p.Reasons {
		d.Reasons = append(d.Reasons, datagram.ReasonDesc{Name: r.Name, Doc: ir.Prose(r.Doc)})
	}
	for _, n := range p.Notes {
		d.Notes = append(d.Notes, datagram.ReasonDesc{Name: n.Name, Doc: ir.Prose(n.Doc)})
	}
	for _, x := range p.Pairs {
		d.Pairs = append(d.Pairs, datagram.PairDesc{Name: x.Name, Max: int(x.Max), Expire: x.Expire})
	}
	for _, e := range p.Expects {
		from := flow.Initiator
		if e.From == ir.Responder {
			from = flow.Responder
		}
		d.Expects = append(d.Expects, datagram.Expectation{From: from, Port: e.Port, Within: e.Within})
	}
	for i, e := range p.Entries {
		size := e.Type.Bytes
		for _, b := range p.Bounds.Entries {
			if b.Entry == e {
				size = b.Size
			}
		}
		if i == 0 || uint32(size.Min) < d.MinSize {
			d.MinSize = uint32(size.Min)
		}
		d.MaxSize = max(d.MaxSize, uint32(size.Max))
	}
	return d
}

func detectTest(t ir.DetectTest) datagram.Test {
	d := datagram.Test{Width: uint8(t.Width)}
	if t.Width != 0 {
		d.Offset, d.Little, d.Mask = uint16(t.Offset), t.Little, t.Mask
	}
	if t.Op != "in" {
		d.Op, d.Value, d.OfLength, d.Plus = testOps[t.Op], t.Value, t.OfLen, int32(t.Plus)
		return d
	}
	d.Set = []datagram.ValueRange{} // not nil: an empty set holds nothing
	for _, r := range t.Set {
		d.Set = append(d.Set, datagram.ValueRange{First: r.First, Last: r.Last})
	}
	return d
}
