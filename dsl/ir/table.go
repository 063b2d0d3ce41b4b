package ir

import "time"

// Table keeps structs for later datagrams, by key: of a flow, or of the host that sent them.
type Table struct {
	Name, Doc string
	// Keys are integers, enums or bools: the types of the parts of a key. At most MaxKeys.
	Keys []Type
	// Value is the struct that is kept. Its fields that every value has are of fixed size, or arrays of such.
	Value *Struct
	// Kept are these fields: what a value that was looked up has.
	Kept []*Field
	// Max is the greatest number of values of one flow or host; one more takes the place of the oldest.
	Max int64
	// PerHost: of the sender's address, not of the flow.
	PerHost bool
	// Expire is how long after it was stored a value is found; 0 is for ever.
	Expire time.Duration
	// SlotBytes is what one value takes in memory at most.
	SlotBytes int64
}

// MaxKeys is the greatest number of parts of a key.
const MaxKeys = 4

// Store keeps a value in a table: a copy, with nothing of the datagram.
type Store struct {
	Table  *Table
	Keys   []Expr
	Values []StoreValue
}

// StoreValue is a field of the value that is kept: Scalar, or all elements of Lists, one list behind the other.
type StoreValue struct {
	Field  *Field
	Scalar Expr
	Lists  []*Ref
}

// Found says whether a table has a value of a key. It stands as the whole condition of an If only, and in its Then As is
// that value.
type Found struct {
	Table *Table
	Keys  []Expr
	As    *Param
}

// Sum is the sum of a field of all elements of an array; Path leads from an element to it, and is empty for integers.
type Sum struct {
	Of   *Ref
	Path []*Field
	R    Range
}

// Each makes an array one of as many elements as a list has: RefEach is the list's element while one is read.
type Each struct {
	// Var is the name of the list's element in the spec.
	Var string
	// List is an array of a parameter or of the struct itself, and Elem the type of its elements.
	List *Ref
	Elem Type
	// Window bounds each element, nil for none.
	Window Expr
}

// Least is the least number of bytes that an element takes.
func (t *ArrayType) Least() int64 {
	if t.Each != nil && t.Each.Window != nil {
		return max(t.Each.Window.Range().Lo.Int64(), 0)
	}
	return t.Elem.Size().Min
}

func (*Store) stmt() {}

func (e *Found) Kind() Kind   { return Bool }
func (e *Found) Range() Range { return Range{} }
func (e *Sum) Kind() Kind {
	if e.R.FitsInt64() {
		return Signed
	}
	return Uint
}
func (e *Sum) Range() Range { return e.R }
