package datagram

import (
	"time"

	"github.com/flowscope/fsd/runtime/flow"
)

// Meta is what a parser may know of a datagram besides its bytes.
type Meta struct {
	// Time is when the datagram was captured.
	Time flow.Timestamp
	// Side is the sender's role in the flow.
	Side flow.Side
	// SrcPort and DstPort are the UDP ports of this datagram.
	SrcPort, DstPort uint16
	// Src and Dst are its addresses; a state kept per host uses Src.
	Src, Dst flow.Addr
	// Wire is the payload's length on the wire in bytes, 0 when it is that of the slice. Greater than the slice's
	// length when the capture cut the datagram: the verdict is then Truncated, whatever the parser read.
	Wire uint32
}

// Port returns the port of the flow's responder: the port that a protocol is known by.
func (m *Meta) Port() uint16 {
	if m.Side == flow.Responder {
		return m.SrcPort
	}
	return m.DstPort
}

// Message is a decoded message of some protocol. Its byte fields are views of the datagram: it is valid until the
// datagram's buffer or the message is used again. CloneMessage is the way to keep it.
type Message interface {
	// AppendJSON appends the message as one JSON object, without a newline. Keys are the spec's field names in
	// snake_case, in the spec's order; fields that this message does not have are left out.
	AppendJSON(dst []byte) []byte
	// CloneMessage returns a deep copy that shares nothing with the datagram.
	CloneMessage() Message
}

// Parser holds what one protocol remembers of one flow, and parses the flow's datagrams. Generated parsers
// implement it beside their typed Parse. A Parser is not safe for concurrent use.
type Parser interface {
	// ParseMessage parses one datagram into m, which must come from the same protocol's NewMessage. It does not
	// keep the datagram, but m holds views of it.
	ParseMessage(datagram []byte, meta *Meta, m Message) Status
}

// Protocol is what a driver needs of one protocol. Generated packages export it as Protocol.
type Protocol struct {
	*Desc
	// NewMessage returns storage for one message, to be reused for every datagram.
	NewMessage func() Message
	// NewParser returns the parser of a new flow.
	NewParser func() Parser
	// Stateless: the parser remembers nothing of a flow, so one serves any number of flows.
	Stateless bool
	// Tentative: a message may be complete without being confirmed, as a single one may be another protocol's by
	// chance. On a port that promises nothing a driver waits for the parser to confirm, and lets it remember what it saw.
	Tentative bool
	// CleanJSON: AppendJSON of the messages writes no byte below 0x20 and no 0x7f, whatever the datagram held, so that
	// writers need not look for any. Generated code does so.
	CleanJSON bool
	// PerHost: the parser remembers things of the hosts that send, which it shares with the parsers of other flows (see
	// HostSharer). A Sharded keeps the flows of a host together.
	PerHost bool
}

// Desc describes a protocol to drivers, sinks and people. It is read-only after registration.
type Desc struct {
	// Name is the spec's protocol name, e.g. "dns".
	Name string
	// Doc is the head comment of the spec, without comment marks.
	Doc string
	// References are the documents that the spec names, e.g. "RFC 1035".
	References []string
	// Ports are the UDP ports it is recognised by, as inclusive ranges.
	Ports []PortRange
	// Detect holds alternatives; one whose tests all hold makes the protocol a candidate on any port.
	Detect [][]Test
	// Reasons are the spec's poison reasons; index i is Reason FirstReason+i.
	Reasons []ReasonDesc
	// Notes are the spec's note reasons; index i is bit i of Status.Notes().
	Notes []ReasonDesc
	// Fields are the names of the fields that a Status may point to, as "Type.Field"; index 0 is "".
	Fields []string
	// Expects are the flows that a message may announce, by bit of Status.Expect().
	Expects []Expectation
	// Pairs are the kinds of requests and replies, by Status.Pair().
	Pairs []PairDesc
	// MinSize and MaxSize are the sizes of the shortest and longest datagram that can be a message, in bytes.
	MinSize, MaxSize uint32
}

// ReasonName returns the stable name of r, "" for NoReason.
func (d *Desc) ReasonName(r Reason) string {
	if r < FirstReason {
		return BuiltinReason(r)
	}
	if i := int(r - FirstReason); i < len(d.Reasons) {
		return d.Reasons[i].Name
	}
	return ""
}

// FieldName returns the name of field i of Status.Field(), "" when there is none.
func (d *Desc) FieldName(i uint16) string {
	if int(i) < len(d.Fields) {
		return d.Fields[i]
	}
	return ""
}

// ReasonDesc names a reason and says what it means.
type ReasonDesc struct {
	Name string
	Doc  string
}

// PortRange is an inclusive range of UDP ports.
type PortRange struct {
	First, Last uint16
}

// PairDesc is a kind of requests and their replies.
type PairDesc struct {
	Name string
	// Max is how many requests of a flow wait at most; with more the oldest is forgotten.
	Max int
	// Expire is how long a request waits.
	Expire time.Duration
}

// Expectation is a flow that a message announces: the peer on side From will send to the other peer's address and
// port of this flow from the port Port (0 = any) within Within.
type Expectation struct {
	From   flow.Side
	Port   uint16
	Within time.Duration
}
