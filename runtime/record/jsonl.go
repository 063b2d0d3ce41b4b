package record

import (
	"io"
	"math/bits"
	"strconv"

	"github.com/flowscope/fsd/runtime/datagram"
	"github.com/flowscope/fsd/runtime/flow"
)

// JSONL writes one JSON object a line. Keys and their order are fixed: other tools rely on them.
type JSONL struct {
	output
}

// NewJSONL returns a writer of JSON Lines to w.
func NewJSONL(w io.Writer, o Options) *JSONL {
	j := new(JSONL)
	j.init(w, o)
	return j
}

// Write implements Writer.
func (j *JSONL) Write(e *datagram.Event) error {
	if j.err != nil {
		return j.err
	}
	return j.done(j.Append(j.buf, e))
}

// Append implements Appender.
func (j *JSONL) Append(b []byte, e *datagram.Event) []byte {
	b = append(b, `{"event":"`...)
	b = append(b, e.Kind.String()...)
	b = append(b, `","ts":"`...)
	b = j.clock.append(b, e.Time)
	b = append(b, '"')
	if e.Frame != 0 {
		b = appendUint(append(b, `,"frame":`...), e.Frame)
	}
	if e.Protocol != nil {
		b = appendString(append(b, `,"proto":`...), e.Protocol.Name)
	}
	if e.HasFlow {
		b = j.appendFlow(b, e)
	}
	switch e.Kind {
	case datagram.EventStarted:
		b = appendL4(b, e.L4)
	case datagram.EventMessage:
		b = append(b, `,"message":`...)
		b = appendMessage(b, e)
		if e.Status.Notes() != 0 {
			b = appendNotes(append(b, `,"notes":`...), e)
		}
		if e.Answers != 0 {
			b = appendUint(append(b, `,"request":`...), e.Answers)
			b = appendSeconds(append(b, `,"latency":`...), e.Latency)
		}
	case datagram.EventAnomaly:
		b = append(b, `,"kind":"`...)
		b = append(b, e.Anomaly.String()...)
		b = append(b, '"')
		b = appendReason(b, `,"reason":`, e.Reason)
		b = appendDetail(b, e)
	case datagram.EventClosed:
		b = appendL4(b, e.L4)
		b = append(b, `,"reason":"`...)
		b = append(b, e.End.String()...)
		b = append(b, '"')
		b = appendReason(b, `,"poison":`, e.Reason)
		b = append(b, `,"stats":`...)
		b = appendStats(b, &j.clock, &e.Stats)
	}
	return append(b, '}', '\n')
}

func appendL4(b []byte, l4 flow.L4) []byte {
	b = append(b, `,"l4":"`...)
	b = append(b, l4.String()...)
	return append(b, '"')
}

func appendMessage(b []byte, e *datagram.Event) []byte {
	if e.Message == nil {
		return append(b, `null`...)
	}
	start := len(b)
	b = e.Message.AppendJSON(b)
	if e.Protocol != nil && e.Protocol.CleanJSON {
		return b
	}
	return cleanJSON(b, start)
}

// appendReason appends a key and a reason, unless there is none.
func appendReason(b []byte, key, reason string) []byte {
	if reason == "" {
		return b
	}
	return appendString(append(b, key...), reason)
}

// appendNotes appends the names of a message's notes as an array.
func appendNotes(b []byte, e *datagram.Event) []byte {
	b = append(b, '[')
	for notes, first := e.Status.Notes(), true; notes != 0; notes &= notes - 1 {
		if !first {
			b = append(b, ',')
		}
		first = false
		b = appendString(b, noteName(e, bits.TrailingZeros64(notes)))
	}
	return append(b, ']')
}

// noteName returns the name of note i, and a name made of its number when the protocol has none for it.
func noteName(e *datagram.Event, i int) string {
	if e.Protocol != nil && i < len(e.Protocol.Notes) {
		return e.Protocol.Notes[i].Name
	}
	return "note_" + strconv.Itoa(i)
}

// appendDetail says more about an anomaly: where in the datagram, or how many flows.
func appendDetail(b []byte, e *datagram.Event) []byte {
	if e.Anomaly == datagram.AnomalyEvictionPressure {
		b = appendUint(append(b, `,"evicted":`...), e.EvictedNow)
		return appendUint(append(b, `,"evicted_total":`...), e.EvictedTotal)
	}
	if e.Status.Code() != datagram.Poison || e.Protocol == nil {
		return b
	}
	if field := e.Protocol.FieldName(e.Status.Field()); field != "" {
		b = appendString(append(b, `,"field":`...), field)
	}
	return appendUint(append(b, `,"offset":`...), uint64(e.Status.Offset()))
}

// appendStats appends a flow's counters as an object.
func appendStats(b []byte, c *clock, s *flow.Stats) []byte {
	b = appendUint(append(b, `{"packets_initiator":`...), s.Packets[flow.Initiator])
	b = appendUint(append(b, `,"packets_responder":`...), s.Packets[flow.Responder])
	b = appendUint(append(b, `,"bytes_initiator":`...), s.Bytes[flow.Initiator])
	b = appendUint(append(b, `,"bytes_responder":`...), s.Bytes[flow.Responder])
	b = c.append(append(b, `,"first":"`...), s.First)
	b = c.append(append(b, `","last":"`...), s.Last)
	b = append(b, '"')
	if s.Flipped {
		b = append(b, `,"flipped":true`...)
	}
	return append(b, '}')
}

// appendFlow appends what a record says of its flow: the Community ID, who sent, and from where to where.
func (j *JSONL) appendFlow(b []byte, e *datagram.Event) []byte {
	b = append(b, `,"flow":"`...)
	b = j.ids.append(b, e)
	b = append(b, `","side":"`...)
	b = append(b, e.Side.String()...)
	b = append(b, `","src":"`...)
	b = appendAddr(b, &e.Src)
	b = appendUint(append(b, `","sport":`...), uint64(e.SrcPort))
	b = append(b, `,"dst":"`...)
	b = appendAddr(b, &e.Dst)
	return appendUint(append(b, `","dport":`...), uint64(e.DstPort))
}
