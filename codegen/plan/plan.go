// Package plan turns a checked protocol into what a Go emitter needs: the Go names of everything, where each field
// of a message is stored, and the steps of parsing, in which consecutive fixed-size fields are one run with one
// length check. It decides; package gojen writes.
//
// It imports dsl/ir, codegen/names and the standard library.
package plan

import (
	"fmt"
	"strings"

	"github.com/flowscope/fsd/codegen/names"
	"github.com/flowscope/fsd/dsl/ir"
)

// Protocol is a protocol with its Go names and its storage.
type Protocol struct {
	IR      *ir.Protocol
	Package string

	// Structs and Chains in the order of the protocol's types.
	Structs []*Struct
	Chains  []*Chain
	// Root is the Go type of a message; Union says that it is made up of one message per side.
	Root  string
	Union bool
	// Entries are the distinct structs that are entries.
	Entries []*Struct
	// Arenas and Slabs are the storage at the root for what elements of arrays own.
	Arenas []*Arena
	Slabs  []*Slab
	// Lists are the types of arrays with an index.
	Lists []*List
	// Consts, Reasons and Notes are the Go names of the protocol's lists of those names; "" for a constant that is not
	// exported.
	Consts, Reasons, Notes []string
	// ParserType, ProtocolVar and the like are names at package level that the generated code adds.
	ParserType, ProtocolVar, ReaderType, PoolType string
	// Tables are the protocol's, HostType the type of what is kept of a host, "" for none.
	Tables   []*Table
	HostType string

	types   map[ir.Named]string
	values  map[ir.Named][]string
	structs map[*ir.Struct]*Struct
	chains  map[*ir.Chain]*Chain
	scope   *names.Scope
	fields  map[int]string
	lists   map[string]*List
	slabs   map[string]*Slab
	arenas  map[*ir.Struct]*Arena
}

// Arena is storage for structs that elements of arrays point to.
type Arena struct {
	Name string
	Of   *Struct
}

// Slab is storage for the elements of arrays that elements of arrays have.
type Slab struct {
	Name string
	Elem ir.Type
	// Levels: elements may own elements of the same type, so that there is one slab for each level of nesting.
	Levels bool
}

// Struct is a struct with its storage and steps.
type Struct struct {
	IR   *ir.Struct
	Name string
	// InArray says that there may be many of it in a message, so that it must be small and own no storage.
	InArray bool
	// Store says where the fields are, hidden lets included.
	Store map[*ir.Field]*Store
	// Slots are the private fields, in order.
	Slots []*Slot
	// Presence is the number of conditional fields; HasName the name of their set.
	Presence int
	HasName  string
	// DepthName is the counter of nested values at the reader, for a struct with a depth; ReadName its method that reads
	// the fields.
	DepthName, ReadName string
	// PrevName is the parameter that is the element before, PrevNames the methods that read what is looked at of it.
	PrevName  string
	PrevNames map[*ir.PrevVar]string
	// DataName is the private field of an entry that holds the datagram, PoolName the one that holds the pool.
	DataName, PoolName string
	Params             []string
	// Kept are hidden lets that rules on the complete message use: private fields.
	Kept         []*ir.Field
	Steps, After []Step
	// Locals is the scope of local variables.
	Locals *names.Scope
}

// Chain is a chain with its local variables.
type Chain struct {
	IR    *ir.Chain
	Name  string
	Store map[*ir.Field]*Store
	// Params are the fields that keep the parameters.
	Params []string
	Steps  []Step
	// Locals is the scope of local variables.
	Locals *names.Scope
}

// StoreKind says how a field is kept.
type StoreKind uint8

// Kinds of storage.
const (
	Public  StoreKind = iota // an exported Go field
	Private                  // in a slot, read by an accessor
	Local                    // a local variable of the parse function
	Nowhere                  // read and dropped
)

// Store is where a field is kept.
type Store struct {
	Kind StoreKind
	// Name is the exported name, of the Go field or of the accessor, or the name of the local variable.
	Name string
	Slot *Slot
	// Bit is the number of the field in the presence set, BitName its constant; for Private fields.
	Bit     int
	BitName string
	// Raw is the private Go field that keeps the window of a struct field as it was on the wire, RawName its accessor;
	// empty without a window of a size of its own.
	Raw, RawName string
}

// Slot is a private Go field, shared by conditional fields that are never there together.
type Slot struct {
	Name   string
	Fields []*ir.Field
	// Raw is the private Go field that keeps the window of the field that is there; empty if none has one.
	Raw string
	// Variant: a pointer to one of several structs of an arena, in an `any`.
	Variant bool
	// Shared: its fields differ in type, and share the storage of the integer type that all have.
	Shared bool
}

// TypeName is the Go name of a type.
func (p *Protocol) TypeName(t ir.Named) string { return p.types[t] }

// ValueName is the Go name of value i of an enum or flags.
func (p *Protocol) ValueName(t ir.Named, i int) string {
	if i >= len(p.values[t]) {
		return "" // no identifier: the type is not among the protocol's types
	}
	return p.values[t][i]
}

// Struct is the plan of a struct.
func (p *Protocol) Struct(s *ir.Struct) *Struct { return p.structs[s] }

// Chain is the plan of a chain.
func (p *Protocol) Chain(c *ir.Chain) *Chain { return p.chains[c] }

// Slab is the storage for arrays of elem.
func (p *Protocol) Slab(elem ir.Type) *Slab { return p.slabs[Key(elem)] }

// Arena is the storage for structs of one type.
func (p *Protocol) Arena(s *ir.Struct) *Arena { return p.arenas[s] }

// FieldConst returns the name of the constant for a field number, a new name on first use.
func (p *Protocol) FieldConst(id int) string {
	if n, ok := p.fields[id]; ok {
		return n
	}
	text := ""
	if id >= 0 && id < len(p.IR.Fields) {
		text = p.IR.Fields[id]
		if owner, ok := strings.CutSuffix(text, "._"); ok {
			text = owner + ".Reserved"
		}
	}
	n := p.scope.Take("field"+names.Camel(text), "Of")
	p.fields[id] = n
	return n
}

// UsedFields returns the field numbers that FieldConst was asked for, ascending.
func (p *Protocol) UsedFields() []int {
	var ids []int
	for id := range p.IR.Fields {
		if _, ok := p.fields[id]; ok {
			ids = append(ids, id)
		}
	}
	return ids
}

// Take reserves a package-level name.
func (p *Protocol) Take(name, suffix string) string { return p.scope.Take(name, suffix) }

// New makes the plan of a protocol. pkg is the package's name, "" for the protocol's.
func New(q *ir.Protocol, pkg string) (*Protocol, error) {
	if pkg == "" {
		pkg = q.Name
	}
	if !names.IsIdent(pkg) || names.IsPredeclared(pkg) && pkg != "echo" {
		return nil, fmt.Errorf("%q cannot be the name of a Go package: name another one", pkg)
	}
	if len(q.Entries) == 0 {
		return nil, fmt.Errorf("%s has no entry", q.File)
	}
	p := &Protocol{
		IR: q, Package: pkg,
		types: map[ir.Named]string{}, values: map[ir.Named][]string{},
		structs: map[*ir.Struct]*Struct{}, chains: map[*ir.Chain]*Chain{},
		fields: map[int]string{}, lists: map[string]*List{}, slabs: map[string]*Slab{}, arenas: map[*ir.Struct]*Arena{},
		scope: names.NewScope("Parser", "Protocol", "wire", "datagram", "flow", "binary", "strconv", "bytes", "time",
			"slices", "math", "init", "main"),
	}
	p.ParserType, p.ProtocolVar = "Parser", "Protocol"
	p.nameAll()
	p.nameTables()
	if err := p.findUses(); err != nil {
		return nil, err
	}
	p.findLists()
	for _, t := range q.Types {
		switch t := t.(type) {
		case *ir.Struct:
			p.layout(p.structs[t])
		case *ir.Chain:
			p.layoutChain(p.chains[t])
		}
	}
	p.ReaderType = p.scope.Take("reader", "State")
	p.PoolType = p.scope.Take("pool", "Storage")
	return p, nil
}

// nameAll gives package-level names: first the types, which have the spec's, then what belongs to them.
func (p *Protocol) nameAll() {
	q := p.IR
	for _, t := range q.Types {
		p.types[t] = p.scope.Take(names.Upper(t.TypeName()), "Type")
	}
	for i, e := range q.Entries {
		if i == 0 || e.Type != q.Entries[0].Type {
			p.Union = i > 0
		}
	}
	p.Root = p.types[q.Entries[0].Type]
	if p.Union {
		p.Root = p.scope.Take("Datagram", "OfEither")
	}
	for _, t := range q.Types {
		var vs []ir.EnumValue
		switch t := t.(type) {
		case *ir.Enum:
			vs = t.Values
		case *ir.Flags:
			vs = t.Values
		}
		for _, v := range vs {
			p.values[t] = append(p.values[t], p.scope.Take(p.types[t]+names.Upper(v.Name), "Value"))
		}
	}
	for _, c := range q.Consts {
		name := "" // one in lower case is the spec's own business
		if names.Upper(c.Name) == c.Name {
			name = p.scope.Take(c.Name, "Const")
		}
		p.Consts = append(p.Consts, name)
	}
	for _, r := range q.Reasons {
		p.Reasons = append(p.Reasons, p.scope.Take("Poison"+names.Camel(r.Name), "Reason"))
	}
	for _, n := range q.Notes {
		p.Notes = append(p.Notes, p.scope.Take("Note"+names.Camel(n.Name), "Number"))
	}
}

// findUses makes the structs and chains and finds out which of them are inside of arrays.
func (p *Protocol) findUses() error {
	for _, t := range p.IR.Types {
		switch t := t.(type) {
		case *ir.Struct:
			s := &Struct{IR: t, Name: p.types[t], Store: map[*ir.Field]*Store{}}
			p.structs[t] = s
			p.Structs = append(p.Structs, s)
		case *ir.Chain:
			c := &Chain{IR: t, Name: p.types[t], Store: map[*ir.Field]*Store{}}
			p.chains[t] = c
			p.Chains = append(p.Chains, c)
		}
	}
	type visit struct {
		s  *ir.Struct
		in bool
	}
	seen := map[visit]bool{}
	var walk func(t ir.Type, in bool) error
	walkBody := func(body []ir.Stmt, in bool) error {
		var err error
		Reads(body, func(r *ir.Read) {
			if err == nil {
				err = walk(r.Field.Type, in)
			}
		})
		return err
	}
	walk = func(t ir.Type, in bool) error {
		switch t := t.(type) {
		case *ir.ArrayType:
			return walk(t.Elem, true)
		case *ir.Chain:
			if p.chains[t] == nil {
				return fmt.Errorf("chain %s is used but not among the protocol's types", t.Name)
			}
			return walkBody(t.Body, true)
		case *ir.Struct:
			s := p.structs[t]
			if s == nil {
				return fmt.Errorf("struct %s is used but not among the protocol's types", t.Name)
			}
			in = in || t.Recursive // it can be no part of itself, so that its storage is at the root
			if seen[visit{t, in}] {
				return nil
			}
			seen[visit{t, in}] = true
			s.InArray = s.InArray || in
			return walkBody(t.Body, in)
		}
		return nil
	}
	for _, e := range p.IR.Entries {
		if err := walk(e.Type, false); err != nil {
			return err
		}
		s := p.structs[e.Type]
		if len(p.Entries) == 0 || p.Entries[0] != s {
			p.Entries = append(p.Entries, s)
		}
	}
	return nil
}
