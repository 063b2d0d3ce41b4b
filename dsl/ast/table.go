package ast

// Table declares values that are kept for later datagrams, by key.
type Table struct {
	Node
	Doc  string
	Name *Ident     `parser:"'table' @@"`
	Keys []*TypeRef `parser:"'[' @@ ( ',' @@ )* ']'"`
	// Value is the struct that is kept.
	Value *TypeRef `parser:"@@"`
	// Per is "flow" or "host": whose values they are.
	Per string `parser:"'per' @( 'flow' | 'host' )"`
	Max Expr   `parser:"'max' @@"`
	// Expire is nil when not given.
	Expire *Duration `parser:"( 'expire' @@ )?"`
}

// Store keeps the struct that was read so far in a table: `store Templates[src, ID] with Fields = Scope ++ Option`.
type Store struct {
	Node
	Table *Ident       `parser:"'store' @@"`
	Keys  []Expr       `parser:"'[' @@ ( ',' @@ )* ']'"`
	With  []*StoreWith `parser:"( 'with' @@ ( ',' @@ )* )?"`
}

// StoreWith says what a field of the value that is kept is: an expression, or lists one behind the other.
type StoreWith struct {
	Node
	Name *Ident `parser:"@@ '='"`
	Expr Expr   `parser:"@@"`
	// Lists follow the one that Expr is.
	Lists []*Path `parser:"( '++' @@ )*"`
}

// Lookup is the condition of an `if`: whether a table has a value of a key, which then has a name in the branch.
type Lookup struct {
	Node
	Table *Ident `parser:"'lookup' @@"`
	Keys  []Expr `parser:"'[' @@ ( ',' @@ )* ']'"`
	As    *Ident `parser:"'as' @@"`
}

// Sum is the sum of a field of all elements of an array: `sum Fields.Len`.
type Sum struct {
	Node
	Of *Path `parser:"'sum' @@"`
}

// Each reads a value for each element of a list that is known: `each f in t.Fields : Value(f.Type) size f.Len`.
type Each struct {
	Node
	Var  *Ident   `parser:"'each' @@"`
	List *Path    `parser:"'in' @@"`
	Elem *TypeRef `parser:"':' @@"`
	// Size is the window of one value; nil when not given.
	Size Expr `parser:"( 'size' @@ )?"`
}

func (*Table) decl()  {}
func (*Store) stmt()  {}
func (*Lookup) expr() {}
func (*Sum) expr()    {}
