package record

import (
	"bytes"
	"io"
	"math/bits"
	"strconv"

	"github.com/flowscope/fsd/runtime/datagram"
)

// Table writes one line an event for people: time of day (UTC), protocol, sender and receiver, and a summary. The
// lines of a terminal's width are cut to it. Columns grow as longer entries come.
type Table struct {
	output
	width                          int
	color                          bool
	protoWidth, srcWidth, dstWidth int
	json, line                     []byte
}

// NewTable returns a writer of a table to w.
func NewTable(w io.Writer, o Options) *Table {
	t := &Table{width: o.Width, color: o.Color, protoWidth: 6, srcWidth: 16, dstWidth: 16}
	if o.TimeDigits == 0 {
		o.TimeDigits = 6
	}
	t.init(w, o)
	return t
}

// The colours of a terminal (ECMA-48, SGR).
const (
	colorDim   = "\x1b[2m"
	colorProto = "\x1b[36m"
	colorBad   = "\x1b[31m"
	colorOff   = "\x1b[0m"
)

// minSummary is how many columns a summary gets however narrow the terminal.
const minSummary = 20

// Write implements Writer.
func (t *Table) Write(e *datagram.Event) error {
	if t.err != nil {
		return t.err
	}
	return t.done(t.Append(t.buf, e))
}

// Append implements Appender. As columns grow with what was appended before, two tables of the same events may differ.
func (t *Table) Append(b []byte, e *datagram.Event) []byte {
	used := 0
	cell := func(text []byte, width int, color string) {
		if color != "" && t.color {
			b = append(b, color...)
		}
		start := len(b)
		b = appendCut(b, text, -1)
		n := columns(b[start:])
		if color != "" && t.color {
			b = append(b, colorOff...)
		}
		for ; n < width; n++ {
			b = append(b, ' ')
		}
		used += n
	}
	t.line = t.clock.appendTimeOfDay(t.line[:0], e.Time)
	cell(append(t.line, ' '), 0, colorDim)

	t.line = append(t.line[:0], e.ProtocolName()...)
	if len(t.line) == 0 {
		t.line = append(t.line, '-')
		if e.HasFlow && e.Kind != datagram.EventMessage {
			t.line = append(t.line[:0], e.L4.String()...)
		}
	}
	t.protoWidth = min(max(t.protoWidth, len(t.line)), 24)
	cell(append(t.line, ' '), t.protoWidth+1, colorProto)

	if e.HasFlow {
		var addr [64]byte
		t.line = appendEndpoint(t.line[:0], appendAddr(addr[:0], &e.Src), e.SrcPort)
		t.srcWidth = max(t.srcWidth, len(t.line))
		cell(t.line, t.srcWidth, "")
		cell([]byte(" → "), 0, colorDim)
		t.line = appendEndpoint(t.line[:0], appendAddr(addr[:0], &e.Dst), e.DstPort)
		t.dstWidth = max(t.dstWidth, len(t.line))
		cell(append(t.line, ' '), t.dstWidth+1, "")
	}
	t.line = t.summary(t.line[:0], e)
	room := -1
	if t.width > 0 {
		room = max(t.width-used, minSummary)
	}
	bad := e.Kind == datagram.EventAnomaly && t.color
	if bad {
		b = append(b, colorBad...)
	}
	b = appendCut(b, t.line, room)
	if bad {
		b = append(b, colorOff...)
	}
	return append(bytes.TrimRight(b, " "), '\n')
}

// summary appends what the event says, not yet safe for a terminal.
func (t *Table) summary(dst []byte, e *datagram.Event) []byte {
	switch e.Kind {
	case datagram.EventStarted:
		return append(dst, "started"...)
	case datagram.EventMessage:
		if e.Message != nil {
			t.json = e.Message.AppendJSON(t.json[:0])
			dst = appendSummary(dst, t.json)
		}
		for notes := e.Status.Notes(); notes != 0; notes &= notes - 1 {
			dst = append(dst, " !"...)
			dst = append(dst, noteName(e, bits.TrailingZeros64(notes))...)
		}
		if e.Answers != 0 {
			dst = strconv.AppendUint(append(dst, " answers #"...), e.Answers, 10)
			dst = append(append(dst, " after "...), e.Latency.String()...)
		}
		if cap(t.json) > keepAtMost {
			t.json = nil
		}
	case datagram.EventAnomaly:
		dst = append(dst, e.Anomaly.String()...)
		if e.Reason != "" {
			dst = appendEscaped(append(dst, ": "...), e.Reason, false)
		}
		if e.Anomaly == datagram.AnomalyEvictionPressure {
			dst = strconv.AppendUint(append(dst, ": "...), e.EvictedTotal, 10)
			dst = append(dst, " flows evicted"...)
		} else if e.Protocol != nil && e.Status.Code() == datagram.Poison {
			if field := e.Protocol.FieldName(e.Status.Field()); field != "" {
				dst = append(append(dst, " in "...), field...)
			}
			dst = strconv.AppendUint(append(dst, " at byte "...), uint64(e.Status.Offset()), 10)
		}
	case datagram.EventClosed:
		dst = append(append(dst, "closed: "...), e.End.String()...)
		if e.Reason != "" {
			dst = appendEscaped(append(dst, ' '), e.Reason, false)
		}
		s := &e.Stats
		dst = strconv.AppendUint(append(dst, ", packets "...), s.Packets[0], 10)
		dst = strconv.AppendUint(append(dst, '+'), s.Packets[1], 10)
		dst = strconv.AppendUint(append(dst, ", bytes "...), s.Bytes[0], 10)
		dst = strconv.AppendUint(append(dst, '+'), s.Bytes[1], 10)
	}
	return dst
}

// appendEndpoint appends an address and its port, an IPv6 address in brackets.
func appendEndpoint(dst, addr []byte, port uint16) []byte {
	if bytes.IndexByte(addr, ':') >= 0 {
		dst = append(append(append(dst, '['), addr...), ']')
	} else {
		dst = append(dst, addr...)
	}
	return strconv.AppendUint(append(dst, ':'), uint64(port), 10)
}

// columns returns how many columns of a terminal text takes. It must hold no control characters.
func columns(text []byte) int {
	n := 0
	for _, r := range string(text) {
		n += cells(r)
	}
	return n
}
