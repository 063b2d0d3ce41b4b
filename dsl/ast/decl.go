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

// Decl is a declaration: one of *Protocol, *Import, *Endian, *Const, *Ports, *Limits, *Detect, *Entry, *TypeDecl,
// *Test.
type Decl interface {
	Any
	decl()
}

// Protocol names the protocol: `protocol dns`.
type Protocol struct {
	Node
	Doc  string
	Name *Ident `"protocol" @@`
}

// Import makes another spec's types known: `import "dns"`.
type Import struct {
	Node
	Doc  string
	Path *Str `"import" @@`
}

// Endian is the byte order of integers that do not name one: "big" or "little".
type Endian struct {
	Node
	Doc   string
	Order string `"endian" @( "big" | "little" )`
}

// Const is a named constant: `const MaxLen = 255`.
type Const struct {
	Node
	Doc   string
	Name  *Ident `"const" @@ "="`
	Value Expr   `@@`
}

// Ports lists the ports of the responder: `ports udp 53, 5353, 16384..32767`.
type Ports struct {
	Node
	Doc    string
	Ranges []*Range `"ports" "udp" @@ ( "," @@ )*`
}

// Range is one value, or with Hi an inclusive range of values. In a tagless switch Lo is a condition.
type Range struct {
	Node
	Lo Expr `@@`
	Hi Expr `( ".." @@ )?`
}

// Limits are budgets for a whole datagram: `limits { jumps 512 }`.
type Limits struct {
	Node
	Doc   string
	Items []*Limit `"limits" "{" ( @@ ";"* )* "}"`
}

// Limit is one budget.
type Limit struct {
	Node
	Doc   string
	Name  *Ident `@@`
	Value *Int   `@@`
}

// Detect is a conjunction of tests on the raw datagram; several Detect declarations are alternatives.
type Detect struct {
	Node
	Doc   string
	Tests []*DetectTest `"detect" "{" ( @@ ";"* )* "}"`
}

// DetectTest is a test of the datagram's length (Len) or of an integer at an offset: `at 2 uint16 & 0x40 == 0`.
type DetectTest struct {
	Node
	Doc string
	Len bool     `( @"len"`
	At  *Int     `| "at" @@`
	Int *TypeRef `  @@`
	// Mask is nil when there is none.
	Mask Operand `  ( "&" @@ )? )`
	// Op is one of == != < <= > >= with Value, or "in" with Set.
	Op    string `(   @( "==" | "!=" | "<=" | ">=" | "<" | ">" )`
	Value Expr   `    @@`
	Set   *Set   `  | "in" @@ )`
}

// Entry is a root: the struct that a datagram of one side, or of both, is.
type Entry struct {
	Node
	Doc string
	// From is "initiator", "responder", or "" for both.
	From string   `"entry" ( "from" @( "initiator" | "responder" ) )?`
	Type *TypeRef `@@`
}

// TypeDecl declares a type.
type TypeDecl struct {
	Node
	Doc  string
	Name *Ident `"type" @@`
	// Params are those of a struct or a chain; other kinds have none.
	Params []*Param `( "(" @@ ( "," @@ )* ","? ")" )?`
	Kind   Kind     `@@`
}

// Param is a parameter of a type.
type Param struct {
	Node
	Name *Ident   `@@`
	Type *TypeRef `@@`
}

// Kind is what a type is: one of *Struct, *Enum, *Flags, *Bits, *Chain.
type Kind interface {
	Any
	kind()
}

// Struct is a record.
type Struct struct {
	Node
	Body *Block `"struct" @@`
}

// Enum is a set of named values of an integer.
type Enum struct {
	Node
	Int *TypeRef `"enum" @@`
	// Known: other values are poison.
	Known  bool         `@"known"?`
	Values []*EnumValue `"{" ( @@ ";"* )* "}"`
}

// Flags is a set of named masks of an integer.
type Flags struct {
	Node
	Int    *TypeRef     `"flags" @@`
	Values []*EnumValue `"{" ( @@ ";"* )* "}"`
}

// EnumValue is a name and its value or mask.
type EnumValue struct {
	Node
	Doc   string
	Name  *Ident `@@ "="`
	Value Expr   `@@`
}

// Bits is an integer cut into fields, most significant bit first.
type Bits struct {
	Node
	Int    *TypeRef `"bits" @@`
	Fields []*Field `"{" ( @@ ";"* )* "}"`
}

// Chain is a loop of items with jumps.
type Chain struct {
	Node
	Max Expr `"chain" "max" @@`
	// Jumps is nil when not given.
	Jumps Expr `( "jumps" @@ )?`
	// Join is nil when not given.
	Join *Str   `( "join" @@ )?`
	Body *Block `@@`
}

// Test is a test vector: datagrams of one flow, and what the last one must come to.
type Test struct {
	Node
	Doc   string
	Name  *Str    `"test" @@`
	Steps []*Step `@@ ( "then" @@ )*`
	// Verdict is the expected poison, reject or note; nil when Asserts are given instead.
	Verdict *Action `(   @@`
	// Asserts hold on the complete message; may be empty.
	Asserts []Expr `  | "{" ( @@ ";"* )* "}" )`
}

// Step is one datagram of a test.
type Step struct {
	Node
	// From is "initiator", "responder", or "" when not given.
	From string `( "from" @( "initiator" | "responder" ) )?`
	// Port is nil when not given.
	Port *Int `( "port" @@ )?`
	// Hex holds digits with blanks between; the parts are joined. With Text the bytes are the string's.
	Hex  []*Str `(   "hex" @@+`
	Text *Str   `  | "text" @@ )`
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
