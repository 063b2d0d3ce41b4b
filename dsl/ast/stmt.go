package ast

// Block is a list of statements in braces.
type Block struct {
	Node
	Stmts []Stmt `parser:"'{' ( @@ ';' )* '}'"`
}

// Stmt is a statement: one of *Field, *Let, *If, *Switch, *Rule, *Confirm, *End, *Lax, *Count, *Expect, *Store, *Transact,
// *Goto, *Item.
// A statement that could not be parsed is left out of its block.
type Stmt interface {
	Any
	stmt()
}

// Field reads one field, or several of the same form: `AA, TC bool`.
type Field struct {
	Node
	// Doc is the comment directly above, then the one behind on the same line.
	Doc string
	// Names are upper case, or "_" for a field that is read and not kept.
	Names []*Ident `parser:"@@ ( ',' @@ )*"`
	Type  *Type    `parser:"@@"`
	// Opts are in source order.
	Opts []*FieldOpt `parser:"@@*"`
}

// Type is an array, a reference, or one value for each element of a list; one of them is set.
type Type struct {
	Node
	Array *Array   `parser:"@@"`
	Each  *Each    `parser:"| @@"`
	Ref   *TypeRef `parser:"| @@"`
}

// Array is a repetition; [n]byte and its like are byte fields.
type Array struct {
	Node
	Length *Length `parser:"'[' @@ ']'"`
	Elem   *Type   `parser:"@@"`
}

// Length says when a repetition ends; one is set.
type Length struct {
	Node
	Rest  bool `parser:"( @'..'"`
	To    Expr `parser:"| 'to' @@"`
	Until Expr `parser:"| 'until' @@"`
	While Expr `parser:"| 'while' @@"`
	Count Expr `parser:"| @@ )"`
	// Escape, of To and of a charset, is the byte behind which any byte belongs to the field; nil without one.
	Escape *ByteValue `parser:"( 'escape' @@ )?"`
}

// TypeRef names a type: `uint16le`, `Name`, `dns.Name`, `RR(section)`.
type TypeRef struct {
	Node
	// Path is the name, or the import and the name.
	Path []*Ident `parser:"@@ ( '.' @@ )?"`
	Args []Expr   `parser:"( '(' ( @@ ( ',' @@ )* )? ')' )?"`
}

// Pkg is the import's name, nil without one.
func (t *TypeRef) Pkg() *Ident {
	if len(t.Path) < 2 {
		return nil
	}
	return t.Path[0]
}

// Name is the type's name without its import; nil only in a tree that has errors.
func (t *TypeRef) Name() *Ident {
	if len(t.Path) == 0 {
		return nil
	}
	return t.Path[len(t.Path)-1]
}

// String is the name as written, without arguments.
func (t *TypeRef) String() string {
	s := ""
	for i, p := range t.Path {
		if i > 0 {
			s += "."
		}
		s += p.Name
	}
	return s
}

// FieldOpt is something said about a field behind its type; exactly one is set. Each may stand once, but Where may
// stand several times.
type FieldOpt struct {
	Node
	Max   Expr     `parser:"'max' @@"`
	As    *TypeRef `parser:"| 'as' @@"`
	Size  Expr     `parser:"| 'size' @@"`
	Align Expr     `parser:"| 'align' @@"`
	Lax   bool     `parser:"| @'lax'"`
	Known bool     `parser:"| @'known'"`
	Const Expr     `parser:"| '=' @@"`
	Where *Where   `parser:"| @@"`
	// Over is the byte field that is parsed again, At the offset of the datagram at which the field is read.
	Over Operand `parser:"| 'over' @@"`
	At   Expr    `parser:"| 'at' @@"`
	// Tag is the tag of a member of an element of ASN.1 BER, in place of its own; Explicit that of another element around
	// it. An Optional member may be left out.
	Tag      *BERTag `parser:"| 'tag' @@"`
	Explicit *BERTag `parser:"| 'explicit' @@"`
	Optional bool    `parser:"| @'optional'"`
	// Index makes the elements of an array be found by a key.
	Index *Index `parser:"| @@"`
}

// BERTag is a tag of ASN.1: context-specific, if the class is not named.
type BERTag struct {
	Node
	Class  string `parser:"@( 'universal' | 'app' | 'private' )?"`
	Number *Int   `parser:"@@"`
}

// Index says by which field of the element an array is looked up, which keys stand once at most, and which are needed.
type Index struct {
	Node
	Key Operand `parser:"'index' 'by' @@"`
	// Once and Need are nil when not given.
	Once *Keys `parser:"( 'once' @@ )?"`
	Need *Keys `parser:"( 'need' @@ )?"`
}

// Keys are values of an index, and what follows if they are not as they should be.
type Keys struct {
	Node
	Values []Operand `parser:"@@ ( ',' @@ )*"`
	// Else is nil when not given.
	Else *Action `parser:"( 'else' @@ )?"`
}

// Where is a condition on a value that was just read; the value itself is an *Implied in Cond, or a name.
type Where struct {
	Node
	Cond Expr `parser:"'where' @@"`
	// Else is nil when not given.
	Else *Action `parser:"( 'else' @@ )?"`
}

// Action is a verdict or a note.
type Action struct {
	Node
	// Kind is "poison", "note" or "reject".
	Kind string `parser:"(   @( 'poison' | 'note' )"`
	// Reason is nil for a reject.
	Reason *Str `parser:"@@"`
	// Reject is true when Kind is "reject".
	Reject bool `parser:"| @'reject' )"`
}

// Let computes a value. A name in upper case is part of the message, one in lower case is known in its block only.
type Let struct {
	Node
	Doc   string
	Name  *Ident   `parser:"'let' @@"`
	As    *TypeRef `parser:"( 'as' @@ )?"`
	Value Expr     `parser:"'=' @@"`
	Where []*Where `parser:"@@*"`
}

// If is a condition; after it ElseIf, Else or neither is set.
type If struct {
	Node
	Cond   Expr   `parser:"'if' @@"`
	Then   *Block `parser:"@@"`
	ElseIf *If    `parser:"( 'else' ( @@"`
	Else   *Block `parser:"| @@ ) )?"`
}

// Switch chooses a branch, by the value of Tag, or when Tag is nil by the first condition that holds.
type Switch struct {
	Node
	Tag Expr `parser:"'switch' @@?"`
	// Size and Align are nil when not given.
	Size  Expr    `parser:"( 'size' @@ )?"`
	Align Expr    `parser:"( 'align' @@ )?"`
	Lax   bool    `parser:"@'lax'?"`
	Cases []*Case `parser:"'{' @@* '}'"`
}

// Case is a branch. Values is empty for the default.
type Case struct {
	Node
	Default bool     `parser:"( @'default'"`
	Values  []*Range `parser:"| 'case' @@ ( ',' @@ )* ) ':'"`
	Body    []Stmt   `parser:"( @@ ';' )*"`
}

// Rule gives a verdict or a note, always or when a condition holds.
type Rule struct {
	Node
	Doc string
	Do  *Action `parser:"@@"`
	// When is nil for always.
	When Expr `parser:"( 'when' @@ )?"`
}

// Confirm says that this is the protocol.
type Confirm struct {
	Node
	Word string `parser:"@'confirm'"`
	// When is nil for always.
	When Expr `parser:"( 'when' @@ )?"`
}

// End says that nothing may follow in the window, in a chain that this is the last step.
type End struct {
	Node
	Word string `parser:"@'end'"`
	// Else is nil when not given.
	Else *Action `parser:"( 'else' @@ )?"`
}

// Lax says that an entry may have bytes left over.
type Lax struct {
	Node
	Word string `parser:"@'lax'"`
}

// Count adds one to a counter of the flow when a condition holds.
type Count struct {
	Node
	Doc  string
	Name *Ident `parser:"'count' @@"`
	When Expr   `parser:"'when' @@"`
}

// Expect announces a flow to come.
type Expect struct {
	Node
	Doc string
	// From is "initiator" or "responder".
	From string `parser:"'expect' 'from' @( 'initiator' | 'responder' )"`
	// Any port, or Port.
	Any    bool      `parser:"'port' ( @'any'"`
	Port   Expr      `parser:"| @@ )"`
	Within *Duration `parser:"'within' @@"`
	// When is nil for always.
	When Expr `parser:"( 'when' @@ )?"`
}

// Goto moves the next step of a chain to an offset of the datagram.
type Goto struct {
	Node
	Target Expr     `parser:"'goto' @@"`
	Where  []*Where `parser:"@@*"`
}

// Item reads an item of a chain.
type Item struct {
	Node
	Type *Type       `parser:"'item' @@"`
	Opts []*FieldOpt `parser:"@@*"`
}

func (*Field) stmt()   {}
func (*Let) stmt()     {}
func (*If) stmt()      {}
func (*Switch) stmt()  {}
func (*Rule) stmt()    {}
func (*Confirm) stmt() {}
func (*End) stmt()     {}
func (*Lax) stmt()     {}
func (*Count) stmt()   {}
func (*Expect) stmt()  {}
func (*Goto) stmt()    {}
func (*Item) stmt()    {}
