package datagram

import (
	"strconv"
	"time"

	"github.com/flowscope/fsd/runtime/flow"
)

// EventKind says what an Event tells.
type EventKind uint8

// The kinds of events.
const (
	// EventStarted: a flow was seen for the first time, whatever its transport.
	EventStarted EventKind = iota
	// EventMessage: a datagram was decoded whole.
	EventMessage
	// EventAnomaly: something is wrong; Event.Anomaly says what. Only when Options.Anomalies is on.
	EventAnomaly
	// EventClosed: the flow ended; Event.End says why.
	EventClosed
	numEventKinds
)

// NumEventKinds is the number of kinds: the length of an array indexed by EventKind.
const NumEventKinds = int(numEventKinds)

var eventNames = [NumEventKinds]string{"started", "message", "anomaly", "closed"}

// String returns the word that records use.
func (k EventKind) String() string {
	if int(k) < len(eventNames) {
		return eventNames[k]
	}
	return "EventKind(" + strconv.Itoa(int(k)) + ")"
}

// AnomalyKind says what is wrong.
type AnomalyKind uint8

// The anomalies.
const (
	// AnomalyNone is the zero value: the event is not an anomaly.
	AnomalyNone AnomalyKind = iota
	// AnomalyParseError: a poison verdict that poisons the flow; or under Observe, one that would.
	AnomalyParseError
	// AnomalyMalformed: a poison verdict that does not poison the flow, because Options.PoisonAfter allows more.
	AnomalyMalformed
	// AnomalyEvictionPressure: the flow table is full, and flows end before their time. It is about no flow.
	AnomalyEvictionPressure
	// AnomalyWildTime: the packet's timestamp is far from those around it.
	AnomalyWildTime
	// AnomalyUnanswered: a request had no reply when its time was up, or the flow ended. It is about the request's
	// datagram, which may be long ago.
	AnomalyUnanswered
	// AnomalyUnsolicited: a reply to nothing.
	AnomalyUnsolicited
	numAnomalyKinds
)

// NumAnomalyKinds is the number of kinds, AnomalyNone included: the length of an array indexed by AnomalyKind.
const NumAnomalyKinds = int(numAnomalyKinds)

var anomalyNames = [NumAnomalyKinds]string{"none", "parse_error", "malformed", "flow_table_eviction", "wild_timestamp", "unanswered", "unsolicited"}

// String returns the kind's slug, as records and counters spell it.
func (k AnomalyKind) String() string {
	if int(k) < len(anomalyNames) {
		return anomalyNames[k]
	}
	return "AnomalyKind(" + strconv.Itoa(int(k)) + ")"
}

// Severity says how bad an anomaly is.
type Severity uint8

// The severities.
const (
	SeverityInfo Severity = iota
	SeverityWarning
	SeverityError
)

// String returns "info", "warning" or "error".
func (s Severity) String() string {
	return [...]string{"info", "warning", "error"}[min(s, SeverityError)]
}

// Severity returns how bad anomalies of this kind are.
func (k AnomalyKind) Severity() Severity {
	switch k {
	case AnomalyParseError:
		return SeverityError
	case AnomalyUnanswered, AnomalyUnsolicited:
		return SeverityInfo
	}
	return SeverityWarning
}

// Event is what a driver tells of a flow. The driver reuses one Event for all: it and what it points to are valid
// until the callback returns. Message.CloneMessage keeps a message; the other fields are copied by value.
type Event struct {
	Kind EventKind
	// Anomaly is the kind of an EventAnomaly.
	Anomaly AnomalyKind
	// Side is the role of the sender of the datagram that the event is about. Initiator for EventClosed of a flow
	// that no datagram ended.
	Side flow.Side
	// L4 is the class of the flow's transport.
	L4 flow.L4
	// End is why an EventClosed closed.
	End flow.EndReason
	// HasFlow: the event is about a flow. Without it Key, addresses and ports are zero.
	HasFlow bool
	// Time is the packet's, clamped when the driver's clock is monotonic. An EventClosed that no packet caused has
	// the time of the flow's last packet.
	Time flow.Timestamp
	// Frame is the 1-based number of the frame, 0 for an EventClosed that no frame caused.
	Frame uint64
	// Interface is the index of the capture interface that saw the frame.
	Interface int
	Key       flow.Key
	// Src and SrcPort are those of the datagram's sender, by Side; Dst and DstPort of the other peer. They are the
	// innermost ones when there are tunnels.
	Src, Dst         flow.Addr
	SrcPort, DstPort uint16
	// Protocol is the protocol of the message, or the one that the flow is bound to; nil when there is none.
	Protocol *Protocol
	// Message is the message of an EventMessage, otherwise nil. Its byte fields are views of the frame.
	Message Message
	// Status is the parser's verdict, on EventMessage and on anomalies that a parser caused, and on the EventClosed
	// of a poisoned flow.
	Status Status
	// Answers is the frame of the request that an EventMessage replies to, 0 for none, and Latency the time between them.
	Answers uint64
	Latency time.Duration
	// Reason says more about an anomaly or an EventClosed that a parser caused: the slug of Status.Reason(), or what
	// the parser's PoisonReason said, cut to MaxReason bytes. Empty when there is no reason.
	Reason string
	// Stats are the flow's, of an EventClosed: as they were when it ended, the packet that ended it included.
	Stats flow.Stats
	// EvictedNow and EvictedTotal are how many flows this step and all steps evicted, of AnomalyEvictionPressure.
	EvictedNow, EvictedTotal uint64
}

// MaxReason is the greatest length of Event.Reason in bytes.
const MaxReason = 256

// AppendCommunityID appends the Community ID (version 1, seed 0) of the event's flow: "1:" and 28 characters. It is
// computed each time: a keyed hash of some hundred nanoseconds.
func (e *Event) AppendCommunityID(dst []byte) []byte { return e.Key.AppendCommunityID(dst, 0) }

// CommunityID returns what AppendCommunityID appends.
func (e *Event) CommunityID() string { return string(e.AppendCommunityID(nil)) }

// ProtocolName returns the name of the event's protocol, "" when it has none.
func (e *Event) ProtocolName() string {
	if e.Protocol == nil {
		return ""
	}
	return e.Protocol.Name
}

// cutReason cuts s to MaxReason bytes, at the boundary of a character.
func cutReason(s string) string {
	if len(s) <= MaxReason {
		return s
	}
	cut := MaxReason
	// A character has at most three bytes after its first one.
	for i := 0; i < 3 && s[cut]&0xc0 == 0x80; i++ {
		cut--
	}
	return s[:cut]
}
