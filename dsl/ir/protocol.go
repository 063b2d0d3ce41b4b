package ir

import (
	"slices"
	"time"

	"github.com/flowscope/fsd/dsl/source"
)

// Protocol is one checked .fsd file.
type Protocol struct {
	// Name is the protocol's name, lower case, and the default Go package name.
	Name string
	// File is the spec's base name.
	File string
	// Doc is the head comment without its marks, lines joined by \n.
	Doc string
	// References are the documents named in comments as rfc:NNNN, rendered "RFC NNNN", in order, each once.
	References []string
	Ports      []PortRange
	// Detect holds alternatives of conjunctions.
	Detect [][]DetectTest
	// DetectPos are the places of the alternatives.
	DetectPos []source.Span
	// Jumps is the datagram's jump budget, all chains together; 0 when there is no chain with goto.
	Jumps int64
	// Types are the named types reachable from the entries, imported ones included, each Go name once. Each stands
	// before its users, but for those that it recursively contains.
	Types  []Named
	Consts []*ConstDecl
	// Entries: one for both sides, or one per side.
	Entries []*Entry
	// Reasons are the poison reasons; index i has the code datagram.FirstReason + i.
	Reasons []*ReasonDecl
	// Notes are the note reasons; index i is bit i of the notes. At most 64.
	Notes []*ReasonDecl
	// Fields name what a status may point to; index 0 is "".
	Fields  []string
	Expects []*Expect
	Pairs   []*Pair
	State   State
	Tests   []*Test
	Bounds  Bounds
}

// PortRange is an inclusive range of UDP ports.
type PortRange struct{ First, Last uint16 }

// DetectTest is one condition on the raw datagram: its length (Width 0) or a masked integer at a fixed offset.
type DetectTest struct {
	Offset int
	// Width in bytes, 0 for the length, else 1..8.
	Width  int
	Little bool
	Mask   uint64
	// Op is one of == != < <= > >= in; Value is its operand, Set the ranges of "in".
	Op    string
	Value uint64
	Set   []URange
	// OfLen: the operand is not Value but the datagram's length plus Plus, which may fall below 0. Not with "in".
	OfLen bool
	Plus  int64
}

// URange is an inclusive range of unsigned values.
type URange struct{ First, Last uint64 }

// ConstDecl is a named constant of the spec, emitted as a Go constant when exported.
type ConstDecl struct {
	Name, Doc string
	Value     Int
}

// Side says whose datagrams an entry takes.
type Side uint8

// Sides of an entry or a test step.
const (
	AnySide Side = iota
	Initiator
	Responder
)

// Entry is a root of the protocol.
type Entry struct {
	From Side
	Type *Struct
	Pos  source.Span
}

// ReasonDecl is a poison or note reason.
type ReasonDecl struct {
	// Name is the stable name, snake_case.
	Name string
	Doc  string
	// Explicit is false for reasons that the compiler made of a field's or a chain's name.
	Explicit bool
	Pos      source.Span
}

// Expect is a flow that a message announces.
type Expect struct {
	From Side
	// Port is the sender's port, 0 for any.
	Port   uint16
	Within time.Duration
}

// State is what a parser remembers of a flow between datagrams. The zero State means a stateless parser.
type State struct {
	// Bytes, Datagrams and Malformed say which facts of the flow are used, so that others cost nothing.
	Bytes, Datagrams, Malformed bool
	Last                        []*LastVar
	Counters                    []*Counter
	Tables                      []*Table
	Rates                       []*Rate
}

// Tentative says that messages may be complete without being confirmed.
func (p *Protocol) Tentative() bool {
	for _, e := range p.Entries {
		if e.Type.Tentative {
			return true
		}
	}
	return false
}

// Stateless says that one parser can serve any number of flows: it remembers nothing, or only of hosts.
func (s *State) Stateless() bool {
	return !s.Bytes && !s.Datagrams && !s.Malformed && len(s.Last) == 0 && len(s.Counters) == 0 && len(s.Rates) == 0 &&
		!slices.ContainsFunc(s.Tables, func(t *Table) bool { return !t.PerHost })
}

// PerHost says that something is kept for each host.
func (s *State) PerHost() bool {
	return slices.ContainsFunc(s.Tables, func(t *Table) bool { return t.PerHost })
}

// LastVar is a field of the flow's previous complete message.
type LastVar struct {
	// Path leads from a root to an unconditional integer, enum, flags or bool field.
	Path []*Field
	// Entry is the root.
	Entry *Entry
	Range Range
	// BySender: of the previous message of the same sender.
	BySender bool
}

// Counter is a saturating 32-bit counter of a flow.
type Counter struct {
	Name string
	Doc  string
}

// Test is a test vector of the spec.
type Test struct {
	Name  string
	Steps []TestStep
	// Outcome of the last step; the earlier ones must be complete messages.
	// Reason is the expected poison reason, "" when none; Reject expects a reject; Note a noted reason.
	Reason string
	Reject bool
	Note   string
	// Asserts hold on the message of the last step.
	Asserts []Assert
	Pos     source.Span
}

// TestStep is one datagram of a test.
type TestStep struct {
	From Side
	// Port is the responder's port; the first listed port (or 0) unless the test says otherwise.
	Port     uint16
	Datagram []byte
}

// Assert compares a place in the message's JSON form with a JSON literal.
type Assert struct {
	// Path is of the form answers[0].data.addr.
	Path string
	// Op is == != < <= > >=; order is defined for numbers only.
	Op string
	// Value is a JSON literal: number, string, true or false.
	Value string
	Pos   source.Span
}

// Bounds is the certificate of a protocol: what the compiler proved.
type Bounds struct {
	Entries []EntryBounds
	// StatePerFlow is the parser's memory per flow in bytes.
	StatePerFlow int64
	// StatePerHost is its memory for one host at most, in bytes.
	StatePerHost int64
}

// EntryBounds is the certificate of one entry.
type EntryBounds struct {
	Entry *Entry
	// Size of a complete message, in bytes.
	Size Size
	// Steps is an upper bound of the elements, items and jumps that one datagram can cost; StepsText shows how it
	// comes about, e.g. "65,535 + 512*63".
	Steps     Int
	StepsText string
	// Depth is the deepest nesting of structs, recursion included.
	Depth int
}
