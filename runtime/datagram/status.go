package datagram

import (
	"fmt"
	"math"
)

// Code is the verdict of a parser on one datagram.
type Code uint8

const (
	// OK: the datagram is a complete message of the protocol.
	OK Code = iota
	// Poison: the content is invalid, for a named reason. What that means for the flow is the driver's policy.
	Poison
	// Reject: the datagram is probably of another protocol. Never a poison: the next candidate tries.
	Reject
	// Truncated: the capture holds less of the datagram than was on the wire. Never a poison.
	Truncated
)

var codeNames = [...]string{"ok", "poison", "reject", "truncated"}

// String returns the language's word for the verdict.
func (c Code) String() string {
	if int(c) < len(codeNames) {
		return codeNames[c]
	}
	return fmt.Sprintf("Code(%d)", uint8(c))
}

// Reason numbers a poison reason. Reasons below FirstReason are built in and the same for every protocol; the
// others are the spec's own and index Desc.Reasons.
type Reason uint16

// The reasons that every parser may give without the spec naming them.
const (
	NoReason Reason = iota
	// Short: a field reaches past the end of its window.
	Short
	// Trailing: bytes are left over in a window, or after the last field, and the spec does not say lax.
	Trailing
	// Delimiter: the delimiter of a `[to X]byte` was not found within its max or its window.
	Delimiter
	// Constant: a field that the spec fixes (`= const`) holds another value.
	Constant
	// NotASCII: a byte above 0x7F in a field that is `as ascii`.
	NotASCII
	// JumpLimit: the datagram as a whole spent more jumps than `limits { jumps N }`.
	JumpLimit
	// Align: the padding that `align` asks for reaches past the end of the window.
	Align
	// Varint: an integer of variable length does not end within ten bytes, or does not fit 64 bits.
	Varint
	// NotNumber: an integer of text has no digit, too many, or a value that its type does not hold.
	NotNumber
	// BERTag: an element of ASN.1 BER has another tag than the spec asks for.
	BERTag
	// BERLength: the length of an element of ASN.1 BER is of the indefinite form, or takes more than five octets.
	BERLength

	// FirstReason is the first reason of a protocol's own.
	FirstReason Reason = 32
)

var builtinReasons = [...]string{"", "short", "trailing", "delimiter", "constant", "not_ascii", "jump_limit", "align", "varint",
	"not_number", "ber_tag", "ber_length"}

// BuiltinReason returns the name of a reason below FirstReason, "" when there is none.
func BuiltinReason(r Reason) string {
	if int(r) < len(builtinReasons) {
		return builtinReasons[r]
	}
	return ""
}

// Status is what a parser says of one datagram: four words, which the compiler keeps in registers, so that a failure
// allocates nothing, and success costs next to nothing. Its zero value is OK, of a message that was not decoded whole. Detail takes it
// apart, and Detail.Status makes one; ReasonName and Err make it readable.
type Status struct {
	head  uint64 // code, complete, confirmed, expect, pair, reason, field, from the lowest bits on
	place uint64 // offset, got, needed: 16, 16 and 32 bits
	notes uint64
	key   uint64
}

const (
	statusComplete  = 1 << 8
	statusConfirmed = 1 << 9
	statusExpect    = 16 // shifts
	statusPair      = 24
	statusReason    = 32
	statusField     = 48
)

// Whole is the status of a message that was decoded to its end and is confirmed, with nothing else to say of it.
func Whole() Status { return Status{head: statusComplete | statusConfirmed} }

// Noted is Whole with what was announced, the role in a pair and its key, and what was noted: see Detail.
func Noted(expect, pair uint8, key, notes uint64) Status {
	return Status{head: statusComplete | statusConfirmed | uint64(expect)<<statusExpect | uint64(pair)<<statusPair, notes: notes, key: key}
}

// Code is the verdict.
func (s Status) Code() Code { return Code(s.head) }

// Complete says that the message was decoded whole. True with OK; with Poison it says that a rule on the flow, written after
// `end`, failed on a message that is itself good: it is delivered before the flow is closed.
func (s Status) Complete() bool { return s.head&statusComplete != 0 }

// Confirmed says that the parser passed the spec's `confirm` (or the end, where there is none): this is the protocol.
func (s Status) Confirmed() bool { return s.head&statusConfirmed != 0 }

// Expect has bit i set when the datagram announced Desc.Expects[i].
func (s Status) Expect() uint8 { return uint8(s.head >> statusExpect) }

// Pair says that a complete message is a request or a reply of Desc.Pairs: 0 neither, 2i+1 a request and 2i+2 a reply of
// number i.
func (s Status) Pair() uint8 { return uint8(s.head >> statusPair) }

// PairKey is a hash of the key by which request and reply find each other.
func (s Status) PairKey() uint64 { return s.key }

// Reason is why, with Poison.
func (s Status) Reason() Reason { return Reason(s.head >> statusReason) }

// Field indexes Desc.Fields: where it failed. 0 when it is not about a field.
func (s Status) Field() uint16 { return uint16(s.head >> statusField) }

// Offset is the datagram offset at which the failing field begins, in bytes: at most 65535.
func (s Status) Offset() uint32 { return uint32(uint16(s.place)) }

// Needed says, for Short and its like, how many bytes were asked for.
func (s Status) Needed() uint32 { return uint32(s.place >> 32) }

// Got says, for Short and its like, how many bytes were there: at most 65535.
func (s Status) Got() uint32 { return uint32(uint16(s.place >> 16)) }

// Notes has bit i set when Desc.Notes[i] was noted. Meaningful on complete messages only.
func (s Status) Notes() uint64 { return s.notes }

// Detail takes s apart.
func (s Status) Detail() Detail {
	return Detail{
		Code: s.Code(), Complete: s.Complete(), Confirmed: s.Confirmed(), Expect: s.Expect(), Pair: s.Pair(), Reason: s.Reason(),
		Field: s.Field(), Offset: s.Offset(), Needed: s.Needed(), Got: s.Got(), Notes: s.notes, PairKey: s.key,
	}
}

// Detail is a Status taken apart.
type Detail struct {
	Code Code
	// Complete: the message was decoded whole. True with OK; with Poison it says that a rule on the flow, written
	// after `end`, failed on a message that is itself good: it is delivered before the flow is closed.
	Complete bool
	// Confirmed: the parser passed the spec's `confirm` (or the end, where there is none): this is the protocol.
	Confirmed bool
	// Expect has bit i set when the datagram announced Desc.Expects[i].
	Expect uint8
	// Pair says that a complete message is a request or a reply of Desc.Pairs: 0 neither, 2i+1 a request and 2i+2 a reply of
	// number i. PairKey is a hash of the key by which they find each other.
	Pair   uint8
	Reason Reason
	// Field indexes Desc.Fields: where it failed. 0 when it is not about a field.
	Field uint16
	// Offset is the datagram offset at which the failing field begins, in bytes.
	Offset uint32
	// Needed and Got say, for Short and its like, how many bytes were asked for and how many were there.
	Needed, Got uint32
	// Notes has bit i set when Desc.Notes[i] was noted. Meaningful on complete messages only.
	Notes uint64
	// PairKey belongs to Pair.
	PairKey uint64
}

// Status puts d together.
func (d Detail) Status() Status {
	s := Status{
		head: uint64(d.Code) | uint64(d.Expect)<<statusExpect | uint64(d.Pair)<<statusPair |
			uint64(d.Reason)<<statusReason | uint64(d.Field)<<statusField,
		place: uint64(min(d.Offset, math.MaxUint16)) | uint64(min(d.Got, math.MaxUint16))<<16 | uint64(d.Needed)<<32,
		notes: d.Notes, key: d.PairKey,
	}
	if d.Complete {
		s.head |= statusComplete
	}
	if d.Confirmed {
		s.head |= statusConfirmed
	}
	return s
}

// ReasonName returns the reason's stable name, "" when there is none.
func (s Status) ReasonName(d *Desc) string { return d.ReasonName(s.Reason()) }

// Err returns nil for OK, else an *Error that tells what failed and where.
func (s Status) Err(d *Desc) error {
	if s.Code() == OK {
		return nil
	}
	return &Error{Status: s, Desc: d}
}

// Error is the readable form of a Status that is not OK.
type Error struct {
	Status
	Desc *Desc
}

// Error says protocol, field, offset and reason.
func (e *Error) Error() string {
	s := e.Detail()
	where := e.Desc.Name
	if f := e.Desc.FieldName(s.Field); f != "" {
		where += ": " + f
	}
	where += fmt.Sprintf(" at byte %d", s.Offset)
	what := s.Code.String()
	if r := e.ReasonName(e.Desc); r != "" {
		what += " " + r
	}
	if s.Needed > 0 && s.Needed > s.Got {
		return fmt.Sprintf("%s: %s: %d bytes needed, %d left", where, what, s.Needed, s.Got)
	}
	return where + ": " + what
}
