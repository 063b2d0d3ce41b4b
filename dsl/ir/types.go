package ir

import "github.com/flowscope/fsd/dsl/source"

// MaxDatagram is the largest UDP payload in bytes, and the upper bound of every size.
const MaxDatagram = 65535

// Size is the inclusive range of bytes that something can take on the wire. Max is at most MaxDatagram.
type Size struct{ Min, Max int64 }

// Fixed says that the size is always the same.
func (s Size) Fixed() bool { return s.Min == s.Max }

// Type is one of *IntType, *BoolType, *StdType, *BytesType, *ArrayType, *Enum, *Flags, *Bits, *Struct, *Chain.
type Type interface {
	// Size is what a value takes on the wire, in bytes. Meaningless for types inside a bits word.
	Size() Size
}

// Named is a type with a declaration: *Enum, *Flags, *Bits, *Struct or *Chain.
type Named interface {
	Type
	TypeName() string
	TypeDoc() string
}

// IntForm says how an integer is written.
type IntForm uint8

// Forms of an integer. Those but IntFixed are of a length that differs from value to value; a longer encoding than
// necessary is as good as the shortest one.
const (
	IntFixed   IntForm = iota // in Bits bits
	IntCounted                // uintN(n): in Count bytes; 0 in none
	IntQUIC                   // varint.quic: 1, 2, 4 or 8 bytes, as the first two bits say (RFC 9000, section 16)
	IntLEB128                 // varint.leb128: seven bits a byte, least significant first, the last byte below 0x80
	IntBase128                // varint.base128: the same, most significant first
	IntDec                    // dec.uint16: decimal digits of ASCII, all that stand there; signed ones may begin with '-'
	IntHex                    // hex.uint16: hexadecimal digits of either case
	IntBER                    // all bytes of the window, as in an INTEGER of ASN.1 BER; at most 8, unsigned one more that is 0
)

// The most digits that an integer of text may have, leading zeros included.
const (
	MaxDecDigits = 20
	MaxHexDigits = 16
)

// Text says whether the integer is written in digits.
func (t *IntType) Text() bool { return t.Form == IntDec || t.Form == IntHex }

// MaxVarint is the most bytes that a varint of seven bits a byte may take.
const MaxVarint = 10

// IntType is an integer of 1 to 64 bits; widths that are not whole bytes stand only inside a bits word.
type IntType struct {
	// Bits hold every value; of forms but IntFixed they say nothing of the size.
	Bits   int
	Signed bool
	Little bool
	Form   IntForm
	// Count is the number of bytes, 0 to 8, of IntCounted; nil otherwise.
	Count Expr
}

// Varies says whether the size differs from value to value.
func (t *IntType) Varies() bool { return t.Form != IntFixed }

// BoolType is one bit of a bits word.
type BoolType struct{}

// StdType is a type that the language brings: ipv4, ipv6, mac, uuid, unix32, ntp64, ntp32, float32, float64.
type StdType struct {
	Name   string
	Bytes  int64
	Little bool
}

// Number says whether the value is a number in the datagram's byte order, and not bytes.
func (t *StdType) Number() bool {
	switch t.Name {
	case "unix32", "ntp32", "ntp64", "float32", "float64":
		return true
	}
	return false
}

// BytesMode says how the length of a byte field is found.
type BytesMode uint8

// Modes of a byte field.
const (
	BytesCount BytesMode = iota // [n]byte
	BytesRest                   // [..]byte
	BytesTo                     // [to X]byte max N
	BytesClass                  // [CHARSET]byte max N: the longest run of bytes of a class, which may be empty
)

// Charset is a class of bytes.
type Charset struct {
	// Name is as in the spec, "ws" for the blanks that the language knows itself.
	Name, Doc string
	// Set has bit b%64 of word b/64 set for each byte b of the class.
	Set [4]uint64
}

// Has says whether a byte is of the class.
func (c *Charset) Has(b byte) bool { return c.Set[b>>6]>>(b&63)&1 != 0 }

// Shown says how a value is shown, and what its Go type says.
type Shown uint8

// The `as` forms.
const (
	Plain     Shown = iota
	AsText          // bytes: text, UTF-8 where valid, reversibly escaped where not
	AsASCII         // bytes: text, every byte below 0x80, else poison not_ascii
	AsCString       // bytes: text up to the first NUL; what follows is padding and not shown
	AsNBName        // bytes: an encoded NetBIOS name (wire.AppendNBName), else text
	AsOID           // bytes: an object identifier in BER (wire.AppendOID)
	AsSeconds       // integer: a duration
	AsMillis        // integer: a duration
	AsMicros        // integer: a duration
)

// BytesType is a view of the datagram.
type BytesType struct {
	Mode  BytesMode
	Count Expr // BytesCount
	// Delim (at least one byte) is consumed but is not part of the field; Max bounds the field without it, -1 when
	// only the window does.
	Delim []byte
	Max   int64
	// Class of BytesClass; nil otherwise. Max bounds the run: what follows it is not looked at.
	Class *Charset
	// Escaped, of BytesTo with a delimiter of one byte and of BytesClass: Escape and the byte behind it belong to the field,
	// whatever that is. Escape is neither the delimiter nor of the class.
	Escaped bool
	Escape  byte
	As      Shown
	Bytes   Size // with the delimiter
}

// ArrayMode says when an array ends.
type ArrayMode uint8

// Modes of an array.
const (
	ArrayCount ArrayMode = iota // [n]T
	ArrayRest                   // [..]T: until the window is used up
	ArrayUntil                  // [until cond]T: after the first element for which cond holds
	ArrayWhile                  // [while cond]T: as long as cond holds before an element
	ArrayBlank                  // [until blank]T: until an empty line, which is read
)

// ArrayType is a repetition. An element takes at least one byte.
type ArrayType struct {
	Elem Type
	// Args are the parameters of a struct element.
	Args []Expr
	Mode ArrayMode
	// Each: an element for each of another list, whose length Count is.
	Each *Each
	// Count for ArrayCount; Cond for ArrayUntil (refers to the element by RefElem) and ArrayWhile.
	Count, Cond Expr
	// Max is the largest number of elements, -1 when only the window bounds it; MaxReason is the poison of one more.
	Max       int64
	MaxReason int // index of Protocol.Reasons, -1 without Max
	// Index is nil for an array whose elements are not looked up.
	Index *Index
	Bytes Size
}

// Index says by what the elements of an array are found.
type Index struct {
	// Path leads from an element to its key, which every element has.
	Path []*Field
}

// Key is the type of the key: an integer, enum or flags, or *BytesType.
func (x *Index) Key() Type { return x.Path[len(x.Path)-1].Type }

// Enum is a set of named values of an integer.
type Enum struct {
	Name, Doc string
	Int       *IntType
	// Known: any other value is poison (the checks stand at the fields).
	Known  bool
	Values []EnumValue
	// Text: the values are numbers of texts, given by a Match. Value 0 is Other, any text that has no name; NoCase says that
	// 'a' to 'z' are as good as 'A' to 'Z'. Int is uint8 or uint16.
	Text, NoCase bool
	Pos          source.Span
}

// EnumValue is a name and its value, and for flags a name and its mask.
type EnumValue struct {
	Name, Doc string
	Value     uint64
	// Texts are those of a value of an enum of texts, the usual one first.
	Texts []string
}

// Flags is a set of named bits of an integer. Shown as a list of names; bits without a name as one number.
type Flags struct {
	Name, Doc string
	Int       *IntType
	Values    []EnumValue
	Pos       source.Span
}

// Bits is an integer word cut into fields, most significant bit first.
type Bits struct {
	Name, Doc string
	Int       *IntType
	Fields    []*BitField
	Pos       source.Span
}

// BitField is a field of a bits word: value = word >> Shift & (1<<Width - 1). Its type is *IntType, *BoolType, or
// *Enum or *Flags of the same width.
type BitField struct {
	*Field
	Shift, Width int
	Checks       []*Check
}

// Struct is a record.
type Struct struct {
	Name, Doc string
	Params    []*Param
	// Fields are all fields and exported lets anywhere in Body, in order of first appearance; the same name in
	// several branches is one *Field. Hidden lets and `_` fields are not in it.
	Fields []*Field
	Body   []Stmt
	// After holds the rules behind an entry's top-level `end`.
	After []Stmt
	// Prev are what its values look at of the element before; a struct that has any is read as the element of an array
	// only.
	Prev []*PrevVar
	// Lax: an entry whose leftover bytes are allowed.
	Lax bool
	// IsEntry says that an Entry uses it.
	IsEntry bool
	// Tentative: an entry with a conditional Confirm, whose complete messages are confirmed only if that has held.
	Tentative bool
	// Recursive says that a value of the type may contain another one: directly, in an array, or in a value of another
	// recursive type. Every such way leads through a struct with a Depth.
	Recursive bool
	// Depth is how many values of the type may be nested in each other, the outermost one included; 0 when nothing of
	// its own bounds it. DepthReason is the poison of one more, an index of Protocol.Reasons, and FieldID the type's
	// index in Protocol.Fields, which that poison points to.
	Depth                int64
	DepthReason, FieldID int
	// Line is nil for a struct that is no line of text. Failures to find its end, and bytes left over in it, point to
	// FieldID.
	Line  *Line
	Bytes Size
	Pos   source.Span
}

// Line is the window of a struct that is a line of text: up to a line feed, or a carriage return and a line feed, which
// are read and not part of it.
type Line struct {
	// Max is the most bytes of the window.
	Max int64
	// Fold: where the next line begins with a blank or tab it belongs to this one, the line end between them included.
	Fold bool
}

// PrevVar is a field of the element before.
type PrevVar struct {
	// Path leads from the struct to an unconditional integer, enum, flags or bool field.
	Path  []*Field
	Range Range
}

// Param is a parameter of a struct: an integer, enum, flags, bits or bool, or an earlier struct.
type Param struct {
	Name  string
	Type  Type
	Range Range
}

// Chain is a loop of items with jumps: a compressed domain name, a list of extension headers.
type Chain struct {
	Name, Doc string
	// Params are integers, enums, flags and bools; a value keeps them, as it is read again whenever its items are.
	Params []*Param
	// FieldID is the chain's index in Protocol.Fields.
	FieldID int
	// MaxItems and MaxJumps bound one value; the reasons are indexes of Protocol.Reasons (-1: cannot happen).
	MaxItems, MaxJumps       int64
	ItemsReason, JumpsReason int
	// Join is what stands between items in the text form; HasJoin false means a list. A chain without items shows
	// as Join itself.
	Join    string
	HasJoin bool
	// Item is the field of the `item` statement.
	Item *Field
	// Fields are the fields that the body reads, as in Struct.
	Fields []*Field
	Body   []Stmt
	// HasGoto says that the body holds a goto.
	HasGoto bool
	Bytes   Size
	Pos     source.Span
}

// Field is a named place in a struct, a chain or a bits word, or an exported let.
type Field struct {
	// ID indexes Protocol.Fields.
	ID int
	// Name is as in the spec; "_" for one without a name.
	Name string
	// Key is the JSON key: Name in snake_case.
	Key  string
	Doc  string
	Type Type
	// As applies to integers; byte fields have it in their type.
	As Shown
	// Conditional: it may be absent, as a branch reads it and another one that goes on does not.
	Conditional bool
	// Computed: a let. Hidden: a let with a lower-case name, known only inside its struct.
	Computed, Hidden bool
	// Range of an integer's values once its checks have passed.
	Range Range
	Pos   source.Span
}

func bytesOf(bits int) Size { n := int64(bits+7) / 8; return Size{n, n} }

func (t *IntType) Size() Size {
	switch t.Form {
	case IntCounted:
		r := t.Count.Range()
		return Size{r.Lo.Int64(), r.Hi.Int64()}
	case IntQUIC:
		return Size{1, 8}
	case IntBER:
		if t.Signed {
			return Size{1, 8}
		}
		return Size{1, int64(t.Bits/8) + 1}
	case IntLEB128, IntBase128:
		return Size{1, MaxVarint}
	case IntDec:
		if t.Signed {
			return Size{1, MaxDecDigits + 1}
		}
		return Size{1, MaxDecDigits}
	case IntHex:
		return Size{1, MaxHexDigits}
	}
	return bytesOf(t.Bits)
}

func (t *BoolType) Size() Size  { return Size{1, 1} }
func (t *StdType) Size() Size   { return Size{t.Bytes, t.Bytes} }
func (t *BytesType) Size() Size { return t.Bytes }
func (t *ArrayType) Size() Size { return t.Bytes }
func (t *Enum) Size() Size      { return t.Int.Size() }
func (t *Flags) Size() Size     { return t.Int.Size() }
func (t *Bits) Size() Size      { return t.Int.Size() }
func (t *Struct) Size() Size    { return t.Bytes }
func (t *Chain) Size() Size     { return t.Bytes }

func (t *Enum) TypeName() string   { return t.Name }
func (t *Flags) TypeName() string  { return t.Name }
func (t *Bits) TypeName() string   { return t.Name }
func (t *Struct) TypeName() string { return t.Name }
func (t *Chain) TypeName() string  { return t.Name }

func (t *Enum) TypeDoc() string   { return t.Doc }
func (t *Flags) TypeDoc() string  { return t.Doc }
func (t *Bits) TypeDoc() string   { return t.Doc }
func (t *Struct) TypeDoc() string { return t.Doc }
func (t *Chain) TypeDoc() string  { return t.Doc }
