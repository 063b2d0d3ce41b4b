package ast

// Expr is an expression: one of *Binary, *Unary, *In, *All, *Peek, *Lookup, *Sum, *Rate, *Int, *Str, *Char, *Path, *Implied. Parentheses leave no
// node behind; the tree has their grouping.
type Expr interface {
	Any
	expr()
}

// Operand is an Expr without binary operators around it. Every Operand is an Expr; the type exists because the
// grammar needs the distinction at one place.
type Operand interface{ Expr }

// Binary is an operation on two values. From strongest to weakest:
//
//   - / % << >> &
//   - - | ^
//     == != < <= > >= in
//     &&
//     ||
//     or
//
// Operators of one row group from the left; comparisons do not chain. `x or y` is x where there is a value, else y.
type Binary struct {
	Node
	X  Expr
	Op string
	// OpNode is the place of the operator.
	OpNode Node
	Y      Expr
}

// Unary is !x or -x.
type Unary struct {
	Node
	Op string  `parser:"@( '!' | '-' )"`
	X  Operand `parser:"@@"`
}

// In says whether a value lies in a set: `x in 1..2`, `x in {0, 1, 5..9}`.
type In struct {
	Node
	X   Expr
	Set *Set
}

// Set is a list of values and ranges.
type Set struct {
	Node
	// Braces says that the set was written with them; without them it is a single Range.
	Braces bool     `parser:"(   @'{'"`
	Ranges []*Range `parser:"@@ ( ',' @@ )* '}' | @@ )"`
}

// All says whether all bytes of the implied byte field are equal to X: `where all 0`.
type All struct {
	Node
	X Operand `parser:"'all' @@"`
}

// Peek looks ahead without reading: for a text, whether it stands there, or at an integer.
type Peek struct {
	Node
	Text *Str     `parser:"'peek' ( @@"`
	Int  *TypeRef `parser:"| @@ )"`
	// End looks at the last bytes of the window, At so many bytes further ahead; neither at the next bytes.
	End bool `parser:"( 'at' ( @'end'"`
	At  *Int `parser:"| @@ ) )?"`
}

// Paren is an expression in parentheses. The grammar has it; a tree never does: its X stands there instead.
type Paren struct {
	Node
	X Expr `parser:"'(' @@ ')'"`
}

// Path is a name and what is selected from it: a field, a let, a parameter, a constant, an enum value, or a fact such
// as `remaining`, `dir`, `initiator`, `true`, `flow.bytes`, `last.X`.
type Path struct {
	Node
	Name *Ident      `parser:"@@"`
	Sel  []*Selector `parser:"@@*"`
}

// Selector is one step of a Path; exactly one of Field, Index and Call is set, To with Index only.
type Selector struct {
	Node
	Field *Ident `parser:"'.' @@"`
	Index Expr   `parser:"| '[' @@"`
	// To makes it a range: `datagram[4 .. 20]`.
	To   Expr  `parser:"( '..' @@ )? ']'"`
	Call *Call `parser:"| @@"`
}

// Call is a list of arguments.
type Call struct {
	Node
	Open string `parser:"@'('"`
	Args []Expr `parser:"( @@ ( ',' @@ )* )? ')'"`
}

// Implied is the value that a `where` belongs to, where the operand was left out: `where >= 8`. Its place is where the
// operand would stand, and is empty.
type Implied struct {
	Node
	Mark string `parser:"@Implied"`
}

// Dotted returns "a.b.c" for a path of names only; ok is false when it has an index or a call.
func (p *Path) Dotted() (name string, ok bool) {
	name = p.Name.Name
	for _, s := range p.Sel {
		if s.Field == nil {
			return name, false
		}
		name += "." + s.Field.Name
	}
	return name, true
}

func (*Binary) expr()  {}
func (*Unary) expr()   {}
func (*In) expr()      {}
func (*All) expr()     {}
func (*Peek) expr()    {}
func (*Paren) expr()   {}
func (*Int) expr()     {}
func (*Str) expr()     {}
func (*Char) expr()    {}
func (*Path) expr()    {}
func (*Implied) expr() {}
