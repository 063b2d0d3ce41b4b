// Package vector runs the test vectors of a spec against a protocol's parser, be it generated or interpreted. It is
// used by generated tests and by `fsgen test`; nothing that parses in earnest needs it.
//
// It imports runtime/datagram, runtime/flow and the standard library, but not testing, so that commands can link it.
package vector

import (
	"encoding/hex"
	"fmt"

	"github.com/flowscope/fsd/runtime/datagram"
	"github.com/flowscope/fsd/runtime/flow"
)

// Vector is a test of a spec: the datagrams of one flow, and what the last one comes to. With neither Poison,
// Reject nor Note it must be a complete message for which the asserts hold.
type Vector struct {
	Name  string
	Steps []Step
	// Poison is the name of the poison reason that the last datagram must be refused for.
	Poison string
	// Reject: the last datagram must be rejected.
	Reject bool
	// Note is the name of a note that the last datagram, a complete message, must have.
	Note    string
	Asserts []Assert
}

// Step is one datagram.
type Step struct {
	From flow.Side
	// Port is the responder's port.
	Port     uint16
	Datagram []byte
}

// Assert compares a place in the message's JSON form with a JSON literal.
type Assert struct {
	// Path is of the form answers[0].data.addr.
	Path string
	// Op is == != < <= > or >=; order is defined for numbers only.
	Op string
	// Value is a JSON literal.
	Value string
}

// TB is what this package needs of *testing.T.
type TB interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// Hex returns the bytes of hexadecimal digits in parts. It panics on anything else: it is for constants.
func Hex(parts ...string) []byte {
	b := []byte{}
	for _, p := range parts {
		d, err := hex.DecodeString(p)
		if err != nil {
			panic(fmt.Sprintf("vector: %q: %v", p, err))
		}
		b = append(b, d...)
	}
	return b
}

// initiatorPort is the port of the side that has none of its own in a vector.
const initiatorPort = 49152

// Meta returns what the parser is told of a datagram from a side of a flow whose responder has the given port.
func Meta(from flow.Side, port uint16) datagram.Meta {
	m := datagram.Meta{Side: from, SrcPort: initiatorPort, DstPort: port}
	if from == flow.Responder {
		m.SrcPort, m.DstPort = port, initiatorPort
	}
	return m
}

// Run runs a vector and reports what differs.
func Run(t TB, p *datagram.Protocol, v Vector) {
	t.Helper()
	if err := Try(p, v); err != nil {
		t.Errorf("%s: %v", v.Name, err)
	}
}

// Try runs a vector with a new parser and returns the first difference, nil if there is none.
func Try(p *datagram.Protocol, v Vector) error {
	parser, m := p.NewParser(), p.NewMessage()
	for i, s := range v.Steps {
		meta := Meta(s.From, s.Port)
		st := parser.ParseMessage(s.Datagram, &meta, m)
		if i+1 < len(v.Steps) {
			if st.Code() != datagram.OK {
				return fmt.Errorf("datagram %d of %d must be a message, but: %w", i+1, len(v.Steps), st.Err(p.Desc))
			}
			continue
		}
		return outcome(p, v, m, st)
	}
	return fmt.Errorf("no datagram")
}

// outcome compares the verdict on the last datagram with what was expected.
func outcome(p *datagram.Protocol, v Vector, m datagram.Message, st datagram.Status) error {
	got := func() error {
		if err := st.Err(p.Desc); err != nil {
			return err
		}
		return fmt.Errorf("a complete message: %s", m.AppendJSON(nil))
	}
	switch {
	case v.Poison != "":
		if st.Code() != datagram.Poison || st.ReasonName(p.Desc) != v.Poison {
			return fmt.Errorf("poison %q was expected, got %w", v.Poison, got())
		}
		return nil
	case v.Reject:
		if st.Code() != datagram.Reject {
			return fmt.Errorf("a reject was expected, got %w", got())
		}
		return nil
	}
	if st.Code() != datagram.OK || !st.Complete() {
		return fmt.Errorf("a complete message was expected, got %w", got())
	}
	if v.Note != "" {
		for i, n := range p.Notes {
			if n.Name == v.Note && st.Notes()>>uint(i)&1 != 0 {
				return nil
			}
		}
		return fmt.Errorf("note %q was expected, got notes %#x", v.Note, st.Notes())
	}
	return assert(m.AppendJSON(nil), v.Asserts)
}
