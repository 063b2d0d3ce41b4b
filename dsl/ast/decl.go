package ast

// File is one spec.
type File struct {
	Node
	// Doc is the comment at the head of the file: the one directly above the protocol declaration. Comments are
	// given without their marks, lines joined by \n.
	Doc string
	// Decls are the declarations in source order. One that could not be parsed is missing, or stands here as far as
	// it was understood.
	Decls []Decl
}

// Decl is a declaration: one of *Protocol, *Import, *Endian, *Const, *Ports, *Limits, *Detect, *Entry, *Table, *Pair,
// *TypeDecl, *Test.
type Decl interface {
	Any
	decl()
}

// Protocol names the protocol: `protocol dns`.
type Protocol struct {
	Node
	Doc  string
	Name *Ident `parser:"'protocol' @@"`
}

// Import makes another spec's types known: `import "dns"`.
type Import struct {
	Node
	Doc  string
	Path *Str `parser:"'import' @@"`
}

// Endian is the byte order of integers that do not name one: "big" or "little".
type Endian struct {
	Node
	Doc   string
	Order string `parser:"'endian' @( 'big' | 'little' )"`
}

// Const is a named constant: `const MaxLen = 255`.
type Const struct {
	Node
	Doc   string
	Name  *Ident `parser:"'const' @@ '='"`
	Value Expr   `parser:"@@"`
}

// Ports lists the ports of the responder: `ports udp 53, 5353, 16384..32767`.
type Ports struct {
	Node
	Doc    string
	Ranges []*Range `parser:"'ports' 'udp' @@ ( ',' @@ )*"`
}

// Range is one value, or with Hi an inclusive range of values. In a tagless switch Lo is a condition.
type Range struct {
	Node
	Lo Expr `parser:"@@"`
	Hi Expr `parser:"( '..' @@ )?"`
}

// Limits are budgets for a whole datagram: `limits { jumps 512 }`.
type Limits struct {
	Node
	Doc   string
	Items []*Limit `parser:"'limits' '{' ( @@ ';' )* '}'"`
}

// Limit is one budget.
type Limit struct {
	Node
	Doc   string
	Name  *Ident `parser:"@@"`
	Value *Int   `parser:"@@"`
}

// Detect is a conjunction of tests on the raw datagram; several Detect declarations are alternatives.
type Detect struct {
	Node
	Doc   string
	Tests []*DetectTest `parser:"'detect' '{' ( @@ ';' )* '}'"`
}

// DetectTest is a test of the datagram's length (Len) or of an integer at an offset: `at 2 uint16 & 0x40 == 0`, or
// for a text there: `at 0 == "SIP/2.0 "`. Value may
// name the length too: `at 2 uint16 <= len - 20`.
type DetectTest struct {
	Node
	Doc string
	Len bool `parser:"( @'len'"`
	At  *Int `parser:"| 'at' @@"`
	// Int is nil in a test for a text, which Value is.
	Int *TypeRef `parser:"( @@"`
	// Mask is nil when there is none.
	Mask Operand `parser:"( '&' @@ )? )? )"`
	// Op is one of == != < <= > >= with Value, or "in" with Set.
	Op    string `parser:"(   @( '==' | '!=' | '<=' | '>=' | '<' | '>' )"`
	Value Expr   `parser:"@@"`
	Set   *Set   `parser:"| 'in' @@ )"`
}

// Entry is a root: the struct that a datagram of one side, or of both, is.
type Entry struct {
	Node
	Doc string
	// From is "initiator", "responder", or "" for both.
	From string   `parser:"'entry' ( 'from' @( 'initiator' | 'responder' ) )?"`
	Type *TypeRef `parser:"@@"`
}

// TypeDecl declares a type.
type TypeDecl struct {
	Node
	Doc  string
	Name *Ident `parser:"'type' @@"`
	// Params are those of a struct or a chain; other kinds have none.
	Params []*Param `parser:"( '(' @@ ( ',' @@ )* ')' )?"`
	Kind   Kind     `parser:"@@"`
}

// Param is a parameter of a type.
type Param struct {
	Node
	Name *Ident   `parser:"@@"`
	Type *TypeRef `parser:"@@"`
}

// Kind is what a type is: one of *Struct, *Enum, *Flags, *Bits, *Chain.
type Kind interface {
	Any
	kind()
}

// Struct is a record, or an element of ASN.1 BER that has members.
type Struct struct {
	Node
	// Form is "struct", or how an element of ASN.1 BER is made: "ber" of members in order, "choice" of one of them.
	Form string `parser:"(   @( 'struct' | 'ber' | 'choice' )"`
	// Depth is how many values may be nested in each other; nil when not given.
	Depth Expr `parser:"( 'depth' @@ )?"`
	// Line is nil for a struct that is no line.
	Line *Line  `parser:"| @@ )"`
	Body *Block `parser:"@@"`
}

// Line makes a struct end with its line of text.
type Line struct {
	Node
	// Max is the most bytes that it may have.
	Max Expr `parser:"'line' 'max' @@"`
	// Fold: a line that begins with a blank or tab belongs to the one before.
	Fold bool `parser:"@'fold'?"`
}

// Enum is a set of named values of an integer, or of texts.
type Enum struct {
	Node
	// Int is `text` for an enum of texts.
	Int *TypeRef `parser:"'enum' @@"`
	// NoCase: texts fit in either case of their letters.
	NoCase bool `parser:"@'nocase'?"`
	// Known: other values are poison.
	Known  bool         `parser:"@'known'?"`
	Values []*EnumValue `parser:"'{' ( @@ ';' )* '}'"`
}

// Flags is a set of named masks of an integer.
type Flags struct {
	Node
	Int    *TypeRef     `parser:"'flags' @@"`
	Values []*EnumValue `parser:"'{' ( @@ ';' )* '}'"`
}

// EnumValue is a name and its value or mask, or the texts that it stands for.
type EnumValue struct {
	Node
	Doc   string
	Name  *Ident `parser:"@@ '='"`
	Value Expr   `parser:"@@"`
	// Texts are the other ones of an enum of texts; Value is the first.
	Texts []*Str `parser:"( ',' @@ )*"`
}

// Bits is an integer cut into fields, most significant bit first.
type Bits struct {
	Node
	Int    *TypeRef `parser:"'bits' @@"`
	Fields []*Field `parser:"'{' ( @@ ';' )* '}'"`
}

// Chain is a loop of items with jumps.
type Chain struct {
	Node
	Max Expr `parser:"'chain' 'max' @@"`
	// Jumps is nil when not given.
	Jumps Expr `parser:"( 'jumps' @@ )?"`
	// Join is nil when not given.
	Join *Str   `parser:"( 'join' @@ )?"`
	Body *Block `parser:"@@"`
}

// Test is a test vector: datagrams of one flow, and what the last one must come to.
type Test struct {
	Node
	Doc   string
	Name  *Str    `parser:"'test' @@"`
	Steps []*Step `parser:"@@ ( 'then' @@ )*"`
	// Verdict is the expected poison, reject or note; nil when Asserts are given instead.
	Verdict *Action `parser:"(   @@"`
	// Asserts hold on the complete message; may be empty.
	Asserts []Expr `parser:"| '{' ( @@ ';' )* '}' )"`
}

// Step is one datagram of a test.
type Step struct {
	Node
	// From is "initiator", "responder", or "" when not given.
	From string `parser:"( 'from' @( 'initiator' | 'responder' ) )?"`
	// Port is nil when not given.
	Port *Int `parser:"( 'port' @@ )?"`
	// Hex holds digits with blanks between; the parts are joined. With Text the bytes are the string's.
	Hex  []*Str `parser:"(   'hex' @@+"`
	Text *Str   `parser:"| 'text' @@ )"`
	// Times repeats the bytes; nil is once.
	Times *Int `parser:"( 'times' @@ )?"`
}

func (*Protocol) decl() {}
func (*Import) decl()   {}
func (*Endian) decl()   {}
func (*Const) decl()    {}
func (*Ports) decl()    {}
func (*Limits) decl()   {}
func (*Detect) decl()   {}
func (*Entry) decl()    {}
func (*TypeDecl) decl() {}
func (*Test) decl()     {}

func (*Struct) kind() {}
func (*Enum) kind()   {}
func (*Flags) kind()  {}
func (*Bits) kind()   {}
func (*Chain) kind()  {}
