package ir

// Kind is the machine type of an expression.
type Kind uint8

// Kinds of expressions. Bytes stands only in comparisons with a literal and under Len and All.
const (
	Bool   Kind = iota
	Signed      // an integer that fits int64
	Uint        // an integer that fits uint64 and may exceed int64
	Bytes
)

// Expr is a pure expression: one of *Const, *BoolConst, *BytesConst, *Ref, *Fact, *LastRef, *PrevRef,
// *CounterRef, *Found, *Sum, *Len, *All, *Match, *Peek, *Lookup, *Checksum, *Span, *Xor, *Unary, *Binary, *In.
//
// An integer expression carries the range that was proved where it stands; it never overflows its Kind.
// A binary operation computes in the kind of its result, a comparison in Uint when either side is Uint and in
// Signed otherwise; the checker has proved that the operands fit.
type Expr interface {
	Kind() Kind
	// Range is the proved range of an integer, the zero Range otherwise.
	Range() Range
}

// Const is an integer. Name is the enum value's or constant's name as TypeOrConst[.Value], "" for a literal.
type Const struct {
	Value Int
	Name  string
	// Enum is the enum that Name belongs to, nil otherwise.
	Enum *Enum
	// Base is 10 or 16, as written.
	Base int
}

// BoolConst is true or false.
type BoolConst struct{ Value bool }

// BytesConst is a text literal.
type BytesConst struct{ Value []byte }

// RefRoot says what a Ref starts from.
type RefRoot uint8

// Roots of a Ref.
const (
	RefField RefRoot = iota // a field of the struct or chain step being parsed: Path[0]
	RefSelf                 // the field being checked, or the target of a goto
	RefElem                 // the element just read, in ArrayUntil
	RefParam                // Param, also a value that was looked up
	RefEach                 // the element of the list for which one is being read, in an array with Each
)

// Ref is the value of a field, a let or a parameter.
type Ref struct {
	Root  RefRoot
	Param *Param
	// Path leads through structs and bits words to the value; for RefSelf, RefElem and RefParam it may be empty.
	Path []*Field
	Type Type
	K    Kind
	R    Range
}

// FactKind names a fact that is not a field.
type FactKind uint8

// Facts.
const (
	Remaining     FactKind = iota // bytes left in the window
	Offset                        // bytes from the start of the datagram
	DatagramLen                   // length of the datagram
	Total                         // chain: bytes of the value so far
	Start                         // chain: where the current run of steps began
	Dir                           // 0 initiator, 1 responder
	Port                          // the responder's port
	SrcPort                       // of this datagram
	DstPort                       // of this datagram
	FlowBytes                     // payload bytes of the flow, this datagram included
	FlowDatagrams                 // datagrams of the flow, this one included
	FlowMalformed                 // poison verdicts in a row before this datagram
	FlowRate                      // datagrams in the current window of Fact.Rate, this one included
)

// Fact is a value that the parser knows without reading it. Side narrows the facts of the flow to one sender.
type Fact struct {
	Fact FactKind
	Side Side
	Rate *Rate // of FlowRate
	R    Range
}

// LastRef is a field of the flow's previous complete message; Or (nil: 0) is its value before there is one.
type LastRef struct {
	Var *LastVar
	Or  Expr
	K   Kind
	R   Range
}

// PrevRef is a field of the element before, in an element of an array; Or (nil: 0) is its value in the first.
type PrevRef struct {
	Var *PrevVar
	Or  Expr
	K   Kind
	R   Range
}

// CounterRef is the value of a counter.
type CounterRef struct {
	Counter *Counter
	R       Range
}

// Len is the number of bytes of a byte field, or of elements of an array.
type Len struct {
	Of *Ref
	R  Range
}

// All says whether every byte of a byte field is Value.
type All struct {
	Of    *Ref
	Value byte
}

// Match is the value of an enum of texts for the text that a byte field holds.
type Match struct {
	Of   *Ref
	Enum *Enum
}

// Kind is Signed.
func (e *Match) Kind() Kind { return Signed }

// Range is that of the enum's values.
func (e *Match) Range() Range { return R(0, int64(len(e.Enum.Values)-1)) }

// Peek is what stands ahead, without reading it: Width bytes, which are Ahead bytes from the position or, with End, the
// last ones of the window. As Bytes it stands in a comparison with a literal, else it is an unsigned integer. Without Or
// the bytes are there: a comparison of Remaining in front of it says so. Or is the value when they are not.
type Peek struct {
	// Type of the integer: *IntType or *Enum of Width bytes; nil for Bytes.
	Type  Type
	Width int
	Ahead int64
	End   bool
	Or    Expr
	K     Kind
	R     Range
}

// Need is how many bytes must be left in the window for the bytes to be there.
func (e *Peek) Need() int64 { return e.Ahead + int64(e.Width) }

// LookupKind is what is asked of an array with an index.
type LookupKind uint8

// Kinds of a lookup.
const (
	LookupHas   LookupKind = iota // Bool: an element has the key
	LookupCount                   // Signed: how many have it
	LookupFound                   // Bool: the first element that has the key has the field at Path, too
	LookupField                   // the value of the field at Path in the first element that has the key; bytes in comparisons
)

// Lookup looks for elements of an array by their key.
type Lookup struct {
	Find LookupKind
	// Of is an array with an Index, of the struct itself or of one read in it.
	Of *Ref
	// Key is the value looked for: an integer, or *BytesConst.
	Key Expr
	// Path leads from an element to a field of it; with LookupFound and LookupField.
	Path []*Field
	// Or is the value of a LookupField when it is not found; nil where a LookupHas or LookupFound in front of it says
	// that it is.
	Or Expr
	K  Kind
	R  Range
}

// Type is that of the field at Path.
func (e *Lookup) Type() Type {
	if len(e.Path) == 0 {
		return nil
	}
	return e.Path[len(e.Path)-1].Type
}

// Checksum is a checksum of bytes.
type Checksum struct {
	// Sum is its name in the language, one of Sums.
	Sum string
	// Of are expressions of kind Bytes: *Span, *BytesConst, or a *Ref to a byte field. They are summed as if they were one.
	Of []Expr
	R  Range
}

// Sums are the checksums that there are, with their width in bits.
var Sums = map[string]int{
	"inet": 16, "crc32": 32, "crc32c": 32, "crc16_dnp": 16, "crc16_modbus": 16, "crc16_x25": 16, "crc16_kermit": 16,
	"crc16_ccitt": 16, "crc16_xmodem": 16, "fletcher16": 16, "fletcher32": 32, "adler32": 32, "sum8": 8, "xor8": 8,
}

// Span is the part of the datagram from offset From up to offset To, as far as the datagram has it: of kind Bytes.
type Span struct{ From, To Expr }

// Xor is X with each byte XOR the byte of Y in its place, as far as Y has one; X is a *Ref to bytes of a fixed length. It
// stands as the value of a let whose type is a standard type of that length only.
type Xor struct{ X, Y Expr }

// Unary operations.
type Unary struct {
	// Op is "!" (Bool) or "-" (Signed).
	Op string
	X  Expr
	R  Range
}

// Binary operations: + - * / % << >> & | ^ on integers, == != < <= > >= on integers, == != on bool and bytes,
// && || on bool (the right side only when needed).
type Binary struct {
	Op   string
	X, Y Expr
	K    Kind
	R    Range
}

// In says whether X lies in one of the ranges.
type In struct {
	X   Expr
	Set []CaseRange
}

func (e *Const) Kind() Kind {
	if e.Value.FitsInt64() {
		return Signed
	}
	return Uint
}
func (e *BoolConst) Kind() Kind  { return Bool }
func (e *BytesConst) Kind() Kind { return Bytes }
func (e *Ref) Kind() Kind        { return e.K }
func (e *Fact) Kind() Kind       { return Signed }
func (e *LastRef) Kind() Kind    { return e.K }
func (e *PrevRef) Kind() Kind    { return e.K }
func (e *CounterRef) Kind() Kind { return Signed }
func (e *Len) Kind() Kind        { return Signed }
func (e *All) Kind() Kind        { return Bool }
func (e *Peek) Kind() Kind       { return e.K }
func (e *Lookup) Kind() Kind     { return e.K }
func (e *Checksum) Kind() Kind   { return Signed }
func (e *Span) Kind() Kind       { return Bytes }
func (e *Xor) Kind() Kind        { return Bytes }
func (e *Unary) Kind() Kind {
	if e.Op == "!" {
		return Bool
	}
	return Signed
}
func (e *Binary) Kind() Kind { return e.K }
func (e *In) Kind() Kind     { return Bool }

func (e *Const) Range() Range      { return Range{e.Value, e.Value} }
func (e *BoolConst) Range() Range  { return Range{} }
func (e *BytesConst) Range() Range { return Range{} }
func (e *Ref) Range() Range        { return e.R }
func (e *Fact) Range() Range       { return e.R }
func (e *LastRef) Range() Range    { return e.R }
func (e *PrevRef) Range() Range    { return e.R }
func (e *CounterRef) Range() Range { return e.R }
func (e *Len) Range() Range        { return e.R }
func (e *All) Range() Range        { return Range{} }
func (e *Peek) Range() Range       { return e.R }
func (e *Lookup) Range() Range     { return e.R }
func (e *Checksum) Range() Range   { return e.R }
func (e *Span) Range() Range       { return Range{} }
func (e *Xor) Range() Range        { return Range{} }
func (e *Unary) Range() Range      { return e.R }
func (e *Binary) Range() Range     { return e.R }
func (e *In) Range() Range         { return Range{} }
