package eval

import (
	"slices"

	"github.com/flowscope/fsd/dsl/ir"
	"github.com/flowscope/fsd/runtime/datagram"
	"github.com/flowscope/fsd/runtime/datagram/wire"
)

// tableKey is a key, in the order of its parts.
type tableKey [ir.MaxKeys]uint64

// tables are those of a flow or of a host, by their number in State.Tables; nil where they are of the other kind.
type tables []*wire.Table[tableKey, kept]

// kept is a value in a table: a struct in a tree of its own.
type kept struct {
	tree tree
	root uint64
}

func (p *program) newTables(hosts bool) tables {
	var out tables
	for i, t := range p.ir.State.Tables {
		if t.PerHost == hosts {
			if out == nil {
				out = make(tables, len(p.ir.State.Tables))
			}
			out[i] = new(wire.Table[tableKey, kept])
		}
	}
	return out
}

func (p *program) newHosts() *wire.Hosts[tables] {
	if !p.ir.State.PerHost() {
		return nil
	}
	return new(wire.Hosts[tables])
}

// ShareHosts lets the parser keep what it knows of hosts together with another one of the same protocol.
func (p *parser) ShareHosts(with datagram.Parser) { p.hosts = with.(*parser).hosts }

// bindFound gives the values that are looked up in a body places, behind those of the parameters.
func (s *scope) bindFound(body []ir.Stmt) {
	for _, stmt := range body {
		switch stmt := stmt.(type) {
		case *ir.If:
			if f, ok := stmt.Cond.(*ir.Found); ok {
				s.params[f.As] = len(s.params)
			}
			s.bindFound(stmt.Then)
			s.bindFound(stmt.Else)
		case *ir.Switch:
			for _, c := range stmt.Cases {
				s.bindFound(c.Body)
			}
			if stmt.Default != nil {
				s.bindFound(stmt.Default.Body)
			}
		}
	}
}

func (s *scope) tableNumber(t *ir.Table) int {
	i := slices.Index(s.prog.ir.State.Tables, t)
	if i < 0 {
		panic(fault(s.name, "there is no table %s", t.Name))
	}
	return i
}

// key makes the key of a table ready.
func (s *scope) key(list []ir.Expr) func(r *run, f *frame) tableKey {
	parts := make([]expr, len(list))
	for i, e := range list {
		parts[i] = s.expr(e)
	}
	return func(r *run, f *frame) tableKey {
		var k tableKey
		for i, part := range parts {
			k[i] = part(r, f)
		}
		return k
	}
}

// ofHost is what is kept of the sender of the datagram, nil if that is nothing and none is to be made.
func (r *run) ofHost(create bool) *wire.Host[tables] {
	if r.host == nil {
		if r.host = r.parser.hosts.Find(r.meta); r.host == nil && create {
			r.host = r.parser.hosts.Make(r.meta)
			r.host.Tables = r.parser.prog.newTables(true)
		}
	}
	return r.host
}

// found looks a value up, and gives it its place.
func (s *scope) found(e *ir.Found) expr {
	number, key, t := s.tableNumber(e.Table), s.key(e.Keys), e.Table
	at, ok := s.params[e.As]
	if !ok {
		panic(fault(s.name, "a lookup stands where it has no branch"))
	}
	return func(r *run, f *frame) uint64 {
		var v *kept
		if !t.PerHost {
			v = r.parser.tables[number].Find(key(r, f), r.parser.now, t.Expire)
		} else if h := r.ofHost(false); h != nil {
			v = h.Tables[number].Find(key(r, f), h.Now, t.Expire)
		}
		if v == nil {
			return 0
		}
		r.stack[f.base+at] = copied(r.tree, &v.tree, t.Value, v.root)
		return 1
	}
}

// store keeps a copy of the values that a table keeps.
func (s *scope) store(stmt *ir.Store) step {
	number, key, t := s.tableNumber(stmt.Table), s.key(stmt.Keys), stmt.Table
	type part struct {
		field int
		typ   ir.Type
		value expr
		lists []expr
	}
	var parts []part
	for _, v := range stmt.Values {
		p := part{field: slices.Index(t.Value.Fields, v.Field), typ: v.Field.Type}
		if v.Lists == nil {
			p.value = s.expr(v.Scalar)
		}
		for _, l := range v.Lists {
			list, _ := s.ref(l)
			p.lists = append(p.lists, list)
		}
		parts = append(parts, p)
	}
	return func(r *run, f *frame) outcome {
		var v *kept
		if t.PerHost {
			h := r.ofHost(true)
			place, added := h.Tables[number].Store(key(r, f), h.Now, int(t.Max))
			if added {
				r.parser.hosts.Grown(h, t.SlotBytes)
			}
			v = place
		} else {
			v, _ = r.parser.tables[number].Store(key(r, f), r.parser.now, int(t.Max))
		}
		v.tree.reset(nil)
		nodes := empty
		for _, p := range parts {
			if p.lists == nil {
				nodes.append(&v.tree, copied(&v.tree, r.tree, p.typ, p.value(r, f)), p.field)
				continue
			}
			elem := p.typ.(*ir.ArrayType).Elem
			all, total := empty, 0
			for _, list := range p.lists {
				first, n := spanned(list(r, f))
				total += n
				for i := first; n > 0; n-- {
					all.append(&v.tree, copied(&v.tree, r.tree, elem, r.tree.node(i).value), 0)
					i = r.tree.node(i).next
				}
			}
			nodes.append(&v.tree, span(all.first, total), p.field)
		}
		v.root = uint64(nodes.first)
		return goesOn
	}
}

// copied is a value of one tree in another one.
func copied(to, from *tree, t ir.Type, v uint64) uint64 {
	switch t := t.(type) {
	case *ir.Struct:
		nodes := empty
		for i := uint32(v); i != none; i = from.node(i).next {
			field := int(from.node(i).field)
			nodes.append(to, copied(to, from, t.Fields[field].Type, from.node(i).value), field)
		}
		return uint64(nodes.first)
	case *ir.ArrayType:
		nodes := empty
		first, n := spanned(v)
		for i, left := first, n; left > 0; left-- {
			nodes.append(to, copied(to, from, t.Elem, from.node(i).value), 0)
			i = from.node(i).next
		}
		return span(nodes.first, n)
	}
	return v
}

// sum adds a field of all elements of an array.
func (s *scope) sum(e *ir.Sum) expr {
	list, t := s.ref(e.Of)
	array, ok := t.(*ir.ArrayType)
	if !ok {
		panic(fault(s.name, "a sum is of %T", t))
	}
	value, _ := s.prog.path(array.Elem, e.Path)
	return func(r *run, f *frame) uint64 {
		first, n := spanned(list(r, f))
		total := uint64(0)
		for i := first; n > 0; n-- {
			total += value(r.tree, r.tree.node(i).value)
			i = r.tree.node(i).next
		}
		return total
	}
}

// eachArray reads an element for each of a list.
func (s *scope) eachArray(t *ir.ArrayType, field int) reader {
	inner := *s
	inner.each = t.Each.Elem
	elem := inner.value(t.Elem, t.Args, field)
	list, _ := s.ref(t.Each.List)
	var w *window
	if t.Each.Window != nil {
		w = inner.window(&ir.Window{Size: t.Each.Window}, field)
	}
	least := uint64(t.Least())
	return func(r *run, f *frame) (uint64, bool) {
		first, want := spanned(list(r, f))
		if left := f.left(); uint64(want) > uint64(left)/least {
			return 0, r.fail(datagram.Short, field, f.off, uint64(want)*least, left)
		}
		nodes := empty
		f.hasBefore = false
		for i, n := first, want; n > 0; n-- {
			f.each = r.tree.node(i).value
			begin, outer := f.off, f.end
			if !w.open(r, f) {
				return 0, false
			}
			v, ok := elem(r, f)
			if !ok || !w.close(r, f, begin, outer) {
				return 0, false
			}
			nodes.append(r.tree, v, 0)
			f.elem, f.before, f.hasBefore = v, v, true
			i = r.tree.node(i).next
		}
		f.hasBefore = false
		return span(nodes.first, want), true
	}
}
