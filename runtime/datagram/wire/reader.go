package wire

import (
	"math"

	"github.com/flowscope/fsd/runtime/datagram"
)

// Reader holds what the code of one parse shares: where it reads, what it says of it. Its methods are the cold
// paths: they record the failure and return -1, which a parse function hands on to its caller as its offset.
type Reader struct {
	// Data is the datagram, as clipped.
	Data []byte
	Meta *datagram.Meta
	// Status is what is known so far. Complete is set by the generated Parse.
	Status datagram.Detail
	// Jumps are those that the datagram may still spend.
	Jumps int
}

// Slot is a field of a run of fixed-size fields that is checked with one comparison.
type Slot struct {
	// Field is its number in Desc.Fields, End the offset behind it, from the beginning of the run.
	Field, End uint16
}

// ShortRun records that a run of fields does not fit: got bytes were left at off.
//
//go:noinline
func (r *Reader) ShortRun(run []Slot, off, got int) int {
	begin := 0
	for _, s := range run {
		if int(s.End) > got {
			return r.Short(s.Field, off+begin, int64(int(s.End)-begin), got-begin)
		}
		begin = int(s.End)
	}
	return r.Short(0, off, 0, got) // not reached: the caller found the run too long
}

// Short records that needed bytes of a field at off do not fit into the got bytes left.
//
//go:noinline
func (r *Reader) Short(field uint16, off int, needed int64, got int) int {
	return r.fail(datagram.Short, field, off, uint32(min(needed, math.MaxUint32)), got)
}

// ShortSize is Short for sizes of 64 bits.
//
//go:noinline
func (r *Reader) ShortSize(field uint16, off int, needed uint64, got int) int {
	return r.fail(datagram.Short, field, off, uint32(min(needed, math.MaxUint32)), got)
}

// ShortArray records that count elements of at least size bytes do not fit into the got bytes left at off.
//
//go:noinline
func (r *Reader) ShortArray(field uint16, off int, count, size uint64, got int) int {
	needed := uint64(math.MaxUint32)
	if count <= needed {
		needed = min(count*size, needed) // size is at most MaxDatagram
	}
	return r.fail(datagram.Short, field, off, uint32(needed), got)
}

// Trailing records that left bytes are left over at off.
//
//go:noinline
func (r *Reader) Trailing(field uint16, off, left int) int {
	return r.fail(datagram.Trailing, field, off, 0, left)
}

// Padding records that the padding behind a field, which ends at off, does not fit into the got bytes left.
//
//go:noinline
func (r *Reader) Padding(field uint16, off, needed, got int) int {
	return r.fail(datagram.Align, field, off, uint32(needed), got)
}

// Delimiter records that the delimiter of a field at off was not found within searched bytes.
//
//go:noinline
func (r *Reader) Delimiter(field uint16, off, searched int) int {
	return r.fail(datagram.Delimiter, field, off, 0, searched)
}

// Poison records a failed check or rule.
//
//go:noinline
func (r *Reader) Poison(reason datagram.Reason, field uint16, off int) int {
	return r.fail(reason, field, off, 0, 0)
}

// Leftover records a spec's own reason for left bytes that are left over at `end`.
//
//go:noinline
func (r *Reader) Leftover(reason datagram.Reason, off, left int) int {
	return r.fail(reason, 0, off, 0, left)
}

// RejectLeftover is Leftover for a reject.
//
//go:noinline
func (r *Reader) RejectLeftover(off, left int) int {
	r.fail(datagram.NoReason, 0, off, 0, left)
	r.Status.Code = datagram.Reject
	return -1
}

// Reject records that this is not the protocol.
//
//go:noinline
func (r *Reader) Reject(field uint16, off int) int {
	r.fail(datagram.NoReason, field, off, 0, 0)
	r.Status.Code = datagram.Reject
	return -1
}

func (r *Reader) fail(reason datagram.Reason, field uint16, off int, needed uint32, got int) int {
	s := &r.Status
	s.Code, s.Reason, s.Field = datagram.Poison, reason, field
	s.Offset, s.Needed, s.Got = uint32(off), needed, uint32(got)
	return -1
}

// Note records note number i.
func (r *Reader) Note(i uint) { r.Status.Notes |= 1 << i }

// Clip returns what a parser looks at of a datagram: its first MaxDatagram bytes.
func Clip(b []byte) []byte {
	if len(b) > MaxDatagram {
		return b[:MaxDatagram]
	}
	return b
}

// IsCut says whether there was more of the datagram than the parser saw: more on the wire than was captured, or
// more than MaxDatagram.
func IsCut(b []byte, meta *datagram.Meta) bool {
	return len(b) > MaxDatagram || uint64(meta.Wire) > uint64(len(b))
}

// Finish returns the status of a parse as the contract has it. b is the datagram as it was given to Parse. Of a
// datagram that was cut nothing is known but that it was, where the parser stopped, and whether it is of the
// protocol; what was noted and announced counts on complete messages only.
func Finish(s datagram.Detail, b []byte, meta *datagram.Meta) datagram.Status {
	if IsCut(b, meta) {
		s.Code, s.Reason, s.Complete = datagram.Truncated, datagram.NoReason, false
	}
	if !s.Complete {
		s.Notes, s.Expect = 0, 0
		s.Pair, s.PairKey = 0, 0
	}
	return s.Status()
}

// Finish is the function Finish for the status of r; b is the datagram as it was given to Parse.
func (r *Reader) Finish(b []byte) datagram.Status { return Finish(r.Status, b, r.Meta) }

// Cut says whether there is more of the datagram than was parsed. b is the datagram as it was given to Parse.
func (r *Reader) Cut(b []byte) bool {
	return len(b) != len(r.Data) || uint64(r.Meta.Wire) > uint64(len(b))
}

// Done is the status of a message that was parsed to its end, of a datagram that was not cut.
func (r *Reader) Done() datagram.Status {
	return datagram.Noted(r.Status.Expect, r.Status.Pair, r.Status.PairKey, r.Status.Notes)
}

// DoneCut is Done for one that was cut.
func (r *Reader) DoneCut(b []byte) datagram.Status {
	r.Status.Confirmed = true
	return r.Finish(b)
}
