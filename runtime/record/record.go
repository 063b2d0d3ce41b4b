// Package record writes the events of a datagram driver: as JSON Lines, as CSV, and as a table for people.
//
// It exists so that the form of a record is decided in one place, whoever drives. It imports runtime/datagram,
// runtime/flow and the standard library.
//
// Whatever a datagram held, no control byte of it reaches the output raw, and what was escaped can be restored. A
// record is handed to the underlying writer whole: a failure loses records, but tears none but the last.
package record

import (
	"fmt"
	"io"

	"github.com/flowscope/fsd/runtime/datagram"
	"github.com/flowscope/fsd/runtime/flow"
)

// Writer writes events. It buffers: Flush must be called at the end, and whenever a reader waits. After the first
// error of the underlying writer, which is returned unchanged (so that errors.Is finds syscall.EPIPE), every call
// returns that error and writes nothing. A Writer is not safe for concurrent use.
type Writer interface {
	// Write adds the record of an event. It keeps nothing of it.
	Write(*datagram.Event) error
	// Flush hands everything buffered to the underlying writer.
	Flush() error
}

// Appender makes records without writing them: what the renderers of a datagram.Sharded need. A header, as that of CSV,
// is not part of a record.
type Appender interface {
	// Append appends the record of an event to dst. It keeps nothing of the event.
	Append(dst []byte, e *datagram.Event) []byte
}

// Options are for all formats; each ignores what does not concern it.
type Options struct {
	// TimeDigits is how many digits of the second a time shows: 0 to 9, by the capture's precision. Negative means
	// none, 0 means 9.
	TimeDigits int
	// Width is the width of the terminal in columns, for tables; 0 or less means unlimited.
	Width int
	// Color: a table may use colours.
	Color bool
}

// Formats are the names that New knows.
var Formats = []string{"table", "jsonl", "csv"}

// New returns a writer of the named format.
func New(format string, w io.Writer, o Options) (Writer, error) {
	switch format {
	case "jsonl":
		return NewJSONL(w, o), nil
	case "csv":
		return NewCSV(w, o), nil
	case "table":
		return NewTable(w, o), nil
	}
	return nil, fmt.Errorf("output format %q: not one of table, jsonl, csv", format)
}

// flushAt is how full a buffer gets before it is handed on, in bytes; keepAtMost is how much of it is kept when one
// huge record made it grow.
const (
	flushAt    = 64 << 10
	keepAtMost = 1 << 20
)

// output is what the writers share: a buffer of whole records, the first error, and what is worth remembering from
// record to record.
type output struct {
	w     io.Writer
	buf   []byte
	err   error
	clock clock
	ids   idCache
}

func (o *output) init(w io.Writer, opts Options) {
	o.w = w
	o.buf = make([]byte, 0, flushAt+4<<10)
	o.clock.init(opts.TimeDigits)
}

// done ends a record: buf is o.buf with the record appended.
func (o *output) done(buf []byte) error {
	o.buf = buf
	if len(o.buf) >= flushAt {
		return o.Flush()
	}
	return nil
}

// Flush implements Writer.
func (o *output) Flush() error {
	if o.err != nil || len(o.buf) == 0 {
		return o.err
	}
	n, err := o.w.Write(o.buf)
	if err == nil && n < len(o.buf) {
		err = io.ErrShortWrite
	}
	o.err = err
	if cap(o.buf) > keepAtMost {
		o.buf = make([]byte, 0, flushAt+4<<10)
	}
	o.buf = o.buf[:0]
	return err
}

// idCache remembers the Community IDs of the flows seen last: request and reply share one, and most of its cost is a
// SHA-1. Direct-mapped: a flow pushes out the one that was in its place.
type idCache struct {
	slots  []idSlot
	misses int
}

type idSlot struct {
	key flow.Key
	len uint8 // 0: empty
	id  [communityIDLen]byte
}

// communityIDLen is the length of "1:" and the base64 of a SHA-1.
const communityIDLen = 30

// The number of slots: powers of two. With many flows under way at a time the cache becomes large.
const (
	fewIDSlots  = 256
	manyIDSlots = 16 << 10
)

func (c *idCache) append(dst []byte, e *datagram.Event) []byte {
	if c.misses >= len(c.slots) && len(c.slots) < manyIDSlots {
		c.slots = make([]idSlot, max(fewIDSlots, min(8*len(c.slots), manyIDSlots)))
		c.misses = 0
	}
	s := &c.slots[e.Key.Hash()&uint64(len(c.slots)-1)]
	if s.len == 0 || s.key != e.Key {
		c.misses++
		id := e.AppendCommunityID(s.id[:0])
		if len(id) > len(s.id) {
			return append(dst, id...)
		}
		s.key, s.len = e.Key, uint8(len(id))
	}
	return append(dst, s.id[:s.len]...)
}
