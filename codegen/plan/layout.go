package plan

import (
	"fmt"
	"sort"
	"strconv"

	"github.com/flowscope/fsd/codegen/names"
	"github.com/flowscope/fsd/dsl/ir"
)

// Names that a message's methods take, so that no exported field may have them.
var methods = []string{"AppendJSON", "Clone", "CloneMessage", "String", "MarshalJSON"}

// Private names of generated methods.
var privates = []string{"parse", "clone", "has"}

// locals are the names of variables that generated parse functions use, and of the packages they import.
var locals = []string{
	"m", "d", "b", "off", "h", "n", "e", "w", "end", "begin", "size", "gap", "start", "step", "stop", "next", "last",
	"target", "total", "items", "jumps", "mark", "list", "i", "j", "k", "from", "to", "data", "meta", "p", "dst", "v",
	"c", "ok", "item", "yield", "view", "run", "left", "first", "wire", "datagram", "flow", "binary", "strconv",
	"bytes", "slices", "math", "found", "limit", "x", "s", "q", "value", "before",
}

// Native is the Go integer type of an integer on the wire: 8, 16, 32 or 64 bits.
func Native(t *ir.IntType) (bits int, signed bool) {
	switch {
	case t.Bits <= 8:
		return 8, t.Signed
	case t.Bits <= 16:
		return 16, t.Signed
	case t.Bits <= 32:
		return 32, t.Signed
	}
	return 64, t.Signed
}

// NativeName is the name of Native.
func NativeName(t *ir.IntType) string {
	bits, signed := Native(t)
	if signed {
		return "int" + strconv.Itoa(bits)
	}
	return "uint" + strconv.Itoa(bits)
}

// IntOf returns the integer behind an integer, enum, flags or bits type, nil for others.
func IntOf(t ir.Type) *ir.IntType {
	switch t := t.(type) {
	case *ir.IntType:
		return t
	case *ir.Enum:
		return t.Int
	case *ir.Flags:
		return t.Int
	case *ir.Bits:
		return t.Int
	}
	return nil
}

// Key tells types of storage apart.
func Key(t ir.Type) string {
	switch t := t.(type) {
	case *ir.IntType:
		return NativeName(t)
	case *ir.BoolType:
		return "bool"
	case *ir.StdType:
		return t.Name
	case *ir.BytesType:
		return "bytes"
	case *ir.ArrayType:
		return Key(t.Elem) + "s" + byKey(t.Index)
	case ir.Named:
		return t.TypeName()
	}
	return fmt.Sprintf("%T", t)
}

// sharedKey is the key under which different conditional fields may share a slot.
func sharedKey(t ir.Type, inArray bool) string {
	if i := IntOf(t); i != nil {
		return NativeName(i)
	}
	if _, ok := t.(*ir.Struct); ok && inArray {
		return "variant"
	}
	return Key(t)
}

// branch is a way through an if or a switch.
type branch struct {
	stmt ir.Stmt
	way  int
}

// layout decides where the fields of a struct are.
func (p *Protocol) layout(s *Struct) {
	t := s.IR
	public := names.NewScope(methods...)
	private := names.NewScope(append([]string{}, privates...)...)
	s.Locals = names.NewScope(locals...)
	if len(t.Prev) > 0 {
		s.PrevName = s.Locals.Take("prev", "Element")
		s.PrevNames = map[*ir.PrevVar]string{}
		for _, v := range t.Prev {
			name := "prev"
			for _, f := range v.Path {
				name += names.Upper(f.Name)
			}
			s.PrevNames[v] = private.Take(name, "Value")
		}
	}
	for _, prm := range t.Params {
		s.Params = append(s.Params, s.Locals.Take(names.Lower(prm.Name), "Param"))
	}
	for _, f := range t.Fields {
		st := &Store{Name: public.Take(names.Upper(f.Name), "Field")}
		s.Store[f] = st
		if f.Conditional {
			st.Kind = Private
			st.Bit = s.Presence
			st.BitName = p.scope.Take("has"+s.Name+st.Name, "Bit")
			s.Presence++
		}
	}
	if t.Depth > 0 {
		s.DepthName = names.Lower(s.Name) + "Depth"
		s.ReadName = private.Take("parseFields", "Of")
	} else if t.Line != nil {
		s.ReadName = private.Take("parseLine", "Of")
	}
	if s.Presence > 0 {
		s.HasName = private.Take("present", "Fields")
	}
	if t.IsEntry {
		s.DataName = private.Take("data", "gram")
		s.PoolName = private.Take("pool", "Storage")
	}
	paths := map[*ir.Field][][]branch{}
	findPaths(t.Body, nil, paths)
	findPaths(t.After, nil, paths)
	p.slots(s, paths, private)
	for f := range paths {
		if s.Store[f] == nil { // "_" or a hidden let
			s.Store[f] = &Store{Kind: Nowhere}
		}
	}
	p.hidden(t.Body, s.Store, s.Locals)
	p.keep(s, private)
	p.hidden(t.After, s.Store, s.Locals)
	p.windows(s, public, private)
	s.Steps, s.After = Steps(t.Body), Steps(t.After)
}

// windows keeps the bytes of struct fields that are read in a window of their own: what a signature is made over, and
// what is not understood, can be had from them.
func (p *Protocol) windows(s *Struct, public, private *names.Scope) {
	Reads(s.IR.Body, func(r *ir.Read) {
		st := s.Store[r.Field]
		if _, ok := r.Field.Type.(*ir.Struct); !ok || r.Window == nil || r.Window.Size == nil || st.Raw != "" {
			return
		}
		switch st.Kind {
		case Public:
			st.Raw = private.Take(names.Lower(st.Name)+"Bytes", "Value")
		case Private: // those that are never there together share it
			if st.Slot.Raw == "" {
				st.Slot.Raw = private.Take(names.Lower(st.Slot.Name)+"Bytes", "Value")
			}
			st.Raw = st.Slot.Raw
		default:
			return
		}
		st.RawName = public.Take(st.Name+"Bytes", "Field")
	})
}

// hidden gives names to the lets that are local variables.
func (p *Protocol) hidden(body []ir.Stmt, store map[*ir.Field]*Store, scope *names.Scope) {
	Lets(body, func(l *ir.Let) {
		if l.Field.Hidden && (store[l.Field] == nil || store[l.Field].Kind == Nowhere) {
			store[l.Field] = &Store{Kind: Local, Name: scope.Take(names.Lower(l.Field.Name), "Value")}
		}
	})
}

// keep makes fields of the hidden lets that the rules on the complete message use, which are a function of their own.
func (p *Protocol) keep(s *Struct, private *names.Scope) {
	stmts(s.IR.After, func(st ir.Stmt) {
		Exprs(st, true, func(e ir.Expr) {
			r, ok := e.(*ir.Ref)
			if !ok || r.Root != ir.RefField {
				return
			}
			if f := r.Path[0]; s.Store[f] != nil && s.Store[f].Kind == Local {
				s.Store[f] = &Store{Kind: Public, Name: private.Take(names.Lower(f.Name), "Value")}
				s.Kept = append(s.Kept, f)
			}
		})
	})
}

// slots gives the conditional fields of a struct their places.
func (p *Protocol) slots(s *Struct, paths map[*ir.Field][][]branch, private *names.Scope) {
	keys := map[*Slot]string{}
	for _, f := range s.IR.Fields {
		st := s.Store[f]
		p.reserve(s, f)
		if st.Kind != Private {
			continue
		}
		key := sharedKey(f.Type, s.InArray)
		if s.InArray {
			for _, slot := range s.Slots {
				if keys[slot] == key && exclusive(f, slot.Fields, paths) {
					st.Slot = slot
					break
				}
			}
		}
		if st.Slot == nil {
			st.Slot = &Slot{Variant: key == "variant"}
			keys[st.Slot] = key
			s.Slots = append(s.Slots, st.Slot)
		}
		st.Slot.Fields = append(st.Slot.Fields, f)
	}
	if s.InArray { // without gaps between them
		sort.SliceStable(s.Slots, func(i, j int) bool { return width(s.Slots[i]) > width(s.Slots[j]) })
	}
	for _, slot := range s.Slots {
		for _, f := range slot.Fields[1:] {
			slot.Shared = slot.Shared || Key(f.Type) != Key(slot.Fields[0].Type)
		}
		name := names.Lower(s.Store[slot.Fields[0]].Name)
		if len(slot.Fields) > 1 {
			name = names.Lower(names.Upper(keys[slot]))
		}
		slot.Name = private.Take(name, "Value")
	}
}

// reserve asks for storage at the root for what a field of an array's element owns.
func (p *Protocol) reserve(s *Struct, f *ir.Field) {
	if !s.InArray {
		return
	}
	switch t := f.Type.(type) {
	case *ir.ArrayType:
		if key := Key(t.Elem); p.slabs[key] == nil {
			p.slabs[key] = &Slab{Name: names.Lower(names.Upper(key)) + "List", Elem: t.Elem}
			if s, ok := t.Elem.(*ir.Struct); ok {
				p.slabs[key].Levels = s.Recursive
			}
			p.Slabs = append(p.Slabs, p.slabs[key])
		}
	case *ir.Struct:
		if f.Conditional && p.arenas[t] == nil {
			p.arenas[t] = &Arena{Name: names.Lower(p.types[t]) + "Arena", Of: p.structs[t]}
			p.Arenas = append(p.Arenas, p.arenas[t])
		}
	}
}

func exclusive(f *ir.Field, others []*ir.Field, paths map[*ir.Field][][]branch) bool {
	for _, g := range others {
		for _, a := range paths[f] {
			for _, b := range paths[g] {
				if !disjoint(a, b) {
					return false
				}
			}
		}
	}
	return true
}

func disjoint(a, b []branch) bool {
	for i := 0; i < len(a) && i < len(b) && a[i].stmt == b[i].stmt; i++ {
		if a[i].way != b[i].way {
			return true
		}
	}
	return false
}

func findPaths(body []ir.Stmt, at []branch, paths map[*ir.Field][][]branch) {
	in := func(stmt ir.Stmt, way int) []branch {
		return append(at[:len(at):len(at)], branch{stmt, way})
	}
	for _, st := range body {
		switch st := st.(type) {
		case *ir.Read:
			paths[st.Field] = append(paths[st.Field], at)
		case *ir.Let:
			paths[st.Field] = append(paths[st.Field], at)
		case *ir.Item:
			paths[st.Read.Field] = append(paths[st.Read.Field], at)
		case *ir.If:
			findPaths(st.Then, in(st, 0), paths)
			findPaths(st.Else, in(st, 1), paths)
			switch {
			case ends(st.Then): // what follows is as good as the other branch
				at = in(st, 1)
			case ends(st.Else):
				at = in(st, 0)
			}
		case *ir.Switch:
			for i, c := range st.Cases {
				findPaths(c.Body, in(st, i), paths)
			}
			if st.Default != nil {
				findPaths(st.Default.Body, in(st, -1), paths)
			}
		}
	}
}

// ends says whether a block always ends the struct.
func ends(body []ir.Stmt) bool {
	for _, st := range body {
		if _, ok := st.(*ir.End); ok {
			return true
		}
	}
	return false
}

// width is the alignment that the Go type of a slot asks for, in bytes, on machines of 64 bits.
func width(s *Slot) int {
	t := s.Fields[0].Type
	if i := IntOf(t); i != nil {
		bits, _ := Native(i)
		return bits / 8
	}
	switch t := t.(type) {
	case *ir.BoolType:
		return 1
	case *ir.StdType:
		if t.Number() {
			return int(t.Bytes)
		}
		return 1
	}
	return 8
}

// layoutChain makes local variables of a chain's fields.
func (p *Protocol) layoutChain(c *Chain) {
	c.Locals = names.NewScope(locals...)
	kept := names.NewScope("parse", "clone", "data", "offset", "end")
	for _, p := range c.IR.Params {
		c.Params = append(c.Params, kept.Take(names.Lower(p.Name), "Param"))
	}
	Reads(c.IR.Body, func(r *ir.Read) {
		if c.Store[r.Field] != nil {
			return
		}
		if r.Field == c.IR.Item {
			c.Store[r.Field] = &Store{Kind: Local, Name: "item"}
		} else if r.Field.Name == "_" {
			c.Store[r.Field] = &Store{Kind: Nowhere}
		} else {
			c.Store[r.Field] = &Store{Kind: Local, Name: c.Locals.Take(names.Lower(r.Field.Name), "Value")}
		}
	})
	Lets(c.IR.Body, func(l *ir.Let) {
		if c.Store[l.Field] == nil {
			c.Store[l.Field] = &Store{Kind: Local, Name: c.Locals.Take(names.Lower(l.Field.Name), "Value")}
		}
	})
	c.Steps = Steps(c.IR.Body)
}
