package ir

import "github.com/flowscope/fsd/dsl/source"

// Stmt is one of *Read, *Let, *If, *Switch, *Rule, *Confirm, *End, *Count, *Announce, *Store, *Transact, *Goto, *Item.
type Stmt interface{ stmt() }

// Read reads a field.
type Read struct {
	Field *Field
	// Order is the field's type with the byte order that it has here, where another branch reads the field in the other
	// order; nil otherwise.
	Order Type
	// Args are the parameters of a struct type.
	Args []Expr
	// Place is where the field is read when that is not where the parse stands; nil otherwise.
	Place *Place
	// Window is the optional bounded sub-input of the field.
	Window *Window
	Checks []*Check
	Pos    source.Span
}

// Type is the type of the field as it is read here.
func (r *Read) Type() Type {
	if r.Order != nil {
		return r.Order
	}
	return r.Field.Type
}

// Place is somewhere else in the datagram: one of Over and At is set. The parse goes on where it stood, and the field
// takes no bytes there.
type Place struct {
	// Over gives bytes that were read before, of kind Bytes: a reference to a byte field of the struct itself or of one
	// read in it. They are the window of the field.
	Over Expr
	// Lax: bytes of Over may be left over.
	Lax bool
	// At is an offset in the datagram; the window is the datagram from there to its end. It costs a jump, and one more
	// for each JumpBytes bytes that were read.
	At Expr
}

// JumpBytes is how many bytes one jump of a datagram's budget pays for where a field is read `at` an offset.
const JumpBytes = 128

// Window bounds what is read to Size bytes. Align (0: none) then skips padding, so that Size plus padding, or
// without Size the bytes read plus padding, is a multiple of Align.
type Window struct {
	Size Expr // nil: no bound, Align only
	// Element: the window is the contents of an element of ASN.1 BER, whose identifier and length octets stand in front
	// of it; Size and Align are not set then.
	Element *Element
	Align   int64
	Lax     bool
}

// Element is the identifier octet that an element of ASN.1 BER must have: an integer of 0 to 255.
type Element struct{ Tag Expr }

// Bounded says whether the window has an end of its own.
func (w *Window) Bounded() bool { return w != nil && (w.Size != nil || w.Element != nil) }

// Check is a condition on a field that was just read (RefSelf).
type Check struct {
	Cond Expr
	Else Action
	Pos  source.Span
}

// ActionKind is what happens when a condition does not hold, or a rule's does.
type ActionKind uint8

// Kinds of an action.
const (
	DoPoison ActionKind = iota
	DoNote
	DoReject
)

// Action is a verdict or a note.
type Action struct {
	Kind ActionKind
	// Reason of a poison: a datagram.Reason (built-in, or FirstReason + index of Protocol.Reasons). Of a note: the
	// index of Protocol.Notes. Of a reject: 0.
	Reason int
}

// FirstReason is the number of Protocol.Reasons[0] in an Action, equal to datagram.FirstReason.
const FirstReason = 32

// Built-in reasons, equal to those of runtime/datagram.
const (
	ReasonShort     = 1
	ReasonTrailing  = 2
	ReasonDelimiter = 3
	ReasonConstant  = 4
	ReasonNotASCII  = 5
	ReasonJumpLimit = 6
	ReasonAlign     = 7
	ReasonVarint    = 8
	ReasonNotNumber = 9
	ReasonBERTag    = 10
	ReasonBERLength = 11
)

// Let computes a value: an exported field, or a local name (Field.Hidden). Checks apply to the value (RefSelf). Of an
// exported field of a *StdType the value is an integer, which is its bytes in network order, or bytes of its length.
type Let struct {
	Field  *Field
	Value  Expr
	Checks []*Check
	Pos    source.Span
}

// If is a condition with two branches.
type If struct {
	Cond       Expr
	Then, Else []Stmt
	Pos        source.Span
}

// Switch chooses a branch.
type Switch struct {
	// Tag is nil for a tagless switch.
	Tag    Expr
	Window *Window
	// FieldID is what failures of the window point to, an index of Protocol.Fields.
	FieldID int
	// Cases in source order; those of a valued switch are disjoint.
	Cases []*Case
	// Default is nil when the cases are exhaustive, and Cases then cover every value of Tag.
	Default *Case
	Pos     source.Span
}

// Case is a branch of a switch.
type Case struct {
	// Values, inclusive ranges in source order, of a valued switch.
	Values []CaseRange
	// When is the condition of a tagless switch.
	When Expr
	Body []Stmt
	Pos  source.Span
}

// CaseRange is an inclusive range of tag values; Name is the enum's name when one was written.
type CaseRange struct {
	Range Range
	Name  string
}

// Rule gives a verdict or a note when When holds; nil means always.
type Rule struct {
	Do   Action
	When Expr
	Pos  source.Span
}

// Confirm says that this is the protocol, when When holds; nil means always.
type Confirm struct {
	When Expr
	Pos  source.Span
}

// End ends the struct: no bytes may be left in the window, or Else applies to them (a note lets the parse end well).
// In a chain it makes the current step the last.
type End struct {
	// Else is nil for the built-in poison trailing.
	Else *Action
	Pos  source.Span
}

// Count adds one to a counter of the flow when When holds.
type Count struct {
	Counter *Counter
	When    Expr
	Pos     source.Span
}

// Announce tells the tracker of a flow to come, Protocol.Expects[Index], when When holds; nil means always.
type Announce struct {
	Index int
	When  Expr
	Pos   source.Span
}

// Goto moves the next step of a chain to Target, an offset in the datagram. Checks apply to the target (RefSelf).
type Goto struct {
	Target Expr
	Checks []*Check
	Pos    source.Span
}

// Item reads an item of a chain.
type Item struct {
	Read *Read
	Pos  source.Span
}

func (*Read) stmt()     {}
func (*Let) stmt()      {}
func (*If) stmt()       {}
func (*Switch) stmt()   {}
func (*Rule) stmt()     {}
func (*Confirm) stmt()  {}
func (*End) stmt()      {}
func (*Count) stmt()    {}
func (*Announce) stmt() {}
func (*Goto) stmt()     {}
func (*Item) stmt()     {}
