package record

import (
	"io"
	"math/bits"

	"github.com/flowscope/fsd/runtime/datagram"
)

// CSVHeader names the columns. A CSV writes it before the first record.
const CSVHeader = "event,ts,frame,proto,flow,side,src,sport,dst,dport,l4,kind,reason,notes,request,latency,stats,message\r\n"

// CSV writes comma-separated values (RFC 4180) under a header row: lines end in CRLF, fields are quoted where they
// must be, and columns that an event does not have are empty. Notes are separated by spaces; request and latency
// are the frame that a reply answers, and the seconds between them; stats and message are
// JSON. The reason column holds the end reason of a closed flow, and the reason of an anomaly.
//
// A text that a spreadsheet would take for a formula (it begins with = + - @, a tab or a carriage return) gets an
// apostrophe in front; so does one that begins with an apostrophe. To restore a field, drop one leading apostrophe.
type CSV struct {
	output
	began   bool
	scratch []byte
}

// NewCSV returns a writer of CSV to w.
func NewCSV(w io.Writer, o Options) *CSV {
	c := new(CSV)
	c.init(w, o)
	return c
}

// Flush implements Writer. The header is written even when no event ever was.
func (c *CSV) Flush() error {
	if c.err == nil {
		c.begin()
	}
	return c.output.Flush()
}

func (c *CSV) begin() {
	if !c.began {
		c.began = true
		c.buf = append(c.buf, CSVHeader...)
	}
}

// Write implements Writer.
func (c *CSV) Write(e *datagram.Event) error {
	if c.err != nil {
		return c.err
	}
	c.begin()
	return c.done(c.Append(c.buf, e))
}

// Append implements Appender.
func (c *CSV) Append(b []byte, e *datagram.Event) []byte {
	b = append(b, e.Kind.String()...)
	b = append(b, ',')
	b = c.clock.append(b, e.Time)
	b = append(b, ',')
	if e.Frame != 0 {
		b = appendUint(b, e.Frame)
	}
	b = append(b, ',')
	b = c.appendText(b, e.ProtocolName())
	b = append(b, ',')
	if e.HasFlow {
		b = c.ids.append(b, e)
		b = append(b, ',')
		b = append(b, e.Side.String()...)
		b = append(b, ',')
		b = appendAddr(b, &e.Src)
		b = append(b, ',')
		b = appendUint(b, uint64(e.SrcPort))
		b = append(b, ',')
		b = appendAddr(b, &e.Dst)
		b = append(b, ',')
		b = appendUint(b, uint64(e.DstPort))
		b = append(b, ',')
	} else {
		b = append(b, ",,,,,,"...)
	}
	if e.Kind == datagram.EventStarted || e.Kind == datagram.EventClosed {
		b = append(b, e.L4.String()...)
	}
	b = append(b, ',')
	if e.Kind == datagram.EventAnomaly {
		b = append(b, e.Anomaly.String()...)
	}
	b = append(b, ',')
	switch e.Kind {
	case datagram.EventClosed:
		b = append(b, e.End.String()...)
	case datagram.EventAnomaly:
		b = c.appendText(b, e.Reason)
	}
	b = append(b, ',')
	if e.Kind == datagram.EventMessage && e.Status.Notes() != 0 {
		b = c.appendNotes(b, e)
	}
	b = append(b, ',')
	if e.Answers != 0 {
		b = appendUint(b, e.Answers)
		b = appendSeconds(append(b, ','), e.Latency)
	} else {
		b = append(b, ',')
	}
	b = append(b, ',')
	if e.Kind == datagram.EventClosed {
		c.scratch = appendStats(c.scratch[:0], &c.clock, &e.Stats)
		b = appendField(b, c.scratch)
	}
	b = append(b, ',')
	if e.Kind == datagram.EventMessage {
		c.scratch = appendMessage(c.scratch[:0], e)
		b = appendField(b, c.scratch)
	}
	if cap(c.scratch) > keepAtMost {
		c.scratch = nil
	}
	return append(b, '\r', '\n')
}

func (c *CSV) appendNotes(b []byte, e *datagram.Event) []byte {
	c.scratch = c.scratch[:0]
	for notes := e.Status.Notes(); notes != 0; notes &= notes - 1 {
		if len(c.scratch) > 0 {
			c.scratch = append(c.scratch, ' ')
		}
		c.scratch = appendEscaped(c.scratch, noteName(e, bits.TrailingZeros64(notes)), false)
	}
	return appendField(b, c.scratch)
}

// appendText appends a text that may hold anything.
func (c *CSV) appendText(b []byte, s string) []byte {
	c.scratch = appendEscaped(c.scratch[:0], s, false)
	return appendField(b, c.scratch)
}

// appendField appends a field: defused, and quoted where RFC 4180 asks for it.
func appendField(b, field []byte) []byte {
	if len(field) == 0 {
		return b
	}
	quote := false
	for _, c := range field {
		if c == '"' || c == ',' || c == '\r' || c == '\n' {
			quote = true
			break
		}
	}
	if quote {
		b = append(b, '"')
	}
	switch field[0] {
	case '=', '+', '-', '@', '\t', '\r', '\'':
		b = append(b, '\'')
	}
	if !quote {
		return append(b, field...)
	}
	for _, c := range field {
		if c == '"' {
			b = append(b, '"')
		}
		b = append(b, c)
	}
	return append(b, '"')
}
