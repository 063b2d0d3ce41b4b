package eval

import (
	"slices"

	"github.com/flowscope/fsd/dsl/ir"
)

// structType is a struct made ready.
type structType struct {
	ir    *ir.Struct
	scope *scope
	body  []step
	// places is what a frame takes on the stack: parameters first, then fields and lets.
	places int
	show   []shower // of ir.Fields
	depth  int      // of run.depths, where the type has a depth
}

// scope is what the statements of a struct or a chain can name, while they are made ready.
type scope struct {
	prog *program
	name string
	// params and fields are the places in the frame.
	params map[*ir.Param]int
	fields map[*ir.Field]int
	// kept are the fields that the message keeps, as indexes of Struct.Fields.
	kept  map[*ir.Field]int
	chain *chainType // nil in a struct
	of    *ir.Struct // nil in a chain
	// self, elem and word are the types of what a frame has by these names.
	self, elem, each ir.Type
	word             *ir.Bits
}

// structType makes a struct ready, once.
func (p *program) structType(t *ir.Struct) *structType {
	if s, ok := p.structs[t]; ok {
		if s.body == nil && !t.Recursive {
			panic(fault(t.Name, "the struct contains itself"))
		}
		return s // perhaps before its body is ready
	}
	sc := &scope{prog: p, name: t.Name, of: t, params: map[*ir.Param]int{}, fields: map[*ir.Field]int{}, kept: map[*ir.Field]int{}}
	s := &structType{ir: t, scope: sc}
	p.structs[t] = s
	if t.Depth > 0 {
		s.depth = p.depths
		p.depths++
	}
	for i, param := range t.Params {
		sc.params[param] = i
	}
	for i, f := range t.Fields {
		sc.kept[f] = i
		s.show = append(s.show, p.shower(f.Type))
	}
	sc.bindFound(t.Body)
	sc.number(t.Body)
	sc.number(t.After)
	s.body = sc.block(t.Body)
	s.places = len(sc.params) + len(sc.fields)
	return s
}

// number gives every field that the statements read a place.
func (s *scope) number(body []ir.Stmt) {
	add := func(f *ir.Field) {
		if _, ok := s.fields[f]; !ok {
			s.fields[f] = len(s.params) + len(s.fields)
		}
	}
	for _, stmt := range body {
		switch stmt := stmt.(type) {
		case *ir.Read:
			add(stmt.Field)
		case *ir.Let:
			add(stmt.Field)
		case *ir.Item:
			add(stmt.Read.Field)
		case *ir.If:
			s.number(stmt.Then)
			s.number(stmt.Else)
		case *ir.Switch:
			for _, c := range stmt.Cases {
				s.number(c.Body)
			}
			if stmt.Default != nil {
				s.number(stmt.Default.Body)
			}
		}
	}
}

// place keeps the value of a field, on the stack and, if the message has it, in the tree.
func (s *scope) place(field *ir.Field) func(r *run, f *frame, v uint64) {
	at := s.fields[field]
	kept, ok := s.kept[field]
	if !ok {
		return func(r *run, f *frame, v uint64) { r.stack[f.base+at] = v }
	}
	return func(r *run, f *frame, v uint64) {
		r.stack[f.base+at] = v
		f.nodes.append(r.tree, v, kept)
	}
}

// path leads from a value of type t through structs and bits words. The type is that of what it leads to, nil for an
// empty path.
func (p *program) path(t ir.Type, fields []*ir.Field) (func(t *tree, v uint64) uint64, ir.Type) {
	if len(fields) == 0 {
		return func(_ *tree, v uint64) uint64 { return v }, nil
	}
	f := fields[0]
	var first func(t *tree, v uint64) uint64
	switch t := t.(type) {
	case *ir.Bits:
		b := bitField(t, f)
		first = func(_ *tree, v uint64) uint64 { return b(v) }
	case *ir.Struct:
		i := slices.Index(t.Fields, f)
		if i < 0 {
			panic(fault(t.Name, "there is no field %s", f.Name))
		}
		first = func(t *tree, v uint64) uint64 {
			value, _ := t.find(v, i)
			return value
		}
	default:
		panic(fault(f.Name, "it is selected from a value without fields"))
	}
	rest, typ := p.path(f.Type, fields[1:])
	if typ == nil {
		return first, f.Type
	}
	return func(t *tree, v uint64) uint64 { return rest(t, first(t, v)) }, typ
}

// bitField cuts a field out of a bits word.
func bitField(t *ir.Bits, f *ir.Field) func(word uint64) uint64 {
	for _, b := range t.Fields {
		if b.Field == f {
			return bitsOf(b)
		}
	}
	panic(fault(t.Name, "there is no field %s", f.Name))
}

func bitsOf(b *ir.BitField) func(word uint64) uint64 {
	shift, width, typ := uint(b.Shift), uint(b.Width), b.Type
	return func(word uint64) uint64 { return signed(typ, word>>shift&(1<<width-1)) }
}

// signed gives the two's complement of what was read as a value of type t.
func signed(t ir.Type, v uint64) uint64 {
	if i, ok := t.(*ir.IntType); ok && i.Signed {
		unused := uint(64 - i.Bits)
		return uint64(int64(v<<unused) >> unused)
	}
	return v
}
