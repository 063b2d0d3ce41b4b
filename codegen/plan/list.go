package plan

import (
	"github.com/flowscope/fsd/codegen/names"
	"github.com/flowscope/fsd/dsl/ir"
)

// List is the Go type of arrays whose elements are found by a key.
type List struct {
	Name  string
	Elem  ir.Type
	Index *ir.Index
	// Param is the name of the key as a parameter.
	Param string
	// Methods is the scope of the names of its methods.
	Methods *names.Scope
}

// List is the type of an array with an index, nil for one without.
func (p *Protocol) List(t *ir.ArrayType) *List {
	if t.Index == nil {
		return nil
	}
	return p.lists[Key(t)]
}

// byKey tells arrays of one element type with different keys apart.
func byKey(x *ir.Index) string {
	if x == nil {
		return ""
	}
	return "By" + indexName(x)
}

func indexName(x *ir.Index) string {
	n := ""
	for _, f := range x.Path {
		n += names.Upper(f.Name)
	}
	return n
}

// findLists names the types of arrays with an index, in the order of the fields.
func (p *Protocol) findLists() {
	for _, s := range p.Structs {
		for _, f := range s.IR.Fields {
			t, ok := f.Type.(*ir.ArrayType)
			if !ok || t.Index == nil || p.lists[Key(t)] != nil {
				continue
			}
			elem, ok := t.Elem.(ir.Named)
			if !ok {
				continue
			}
			key := t.Index.Path[len(t.Index.Path)-1]
			l := &List{
				Name: p.scope.Take(p.types[elem]+"List", "By"+indexName(t.Index)), Elem: t.Elem, Index: t.Index,
				Param:   names.NewScope("l", "e", "i", "n", "v", "ok", "or", "iter", "yield").Take(names.Lower(key.Name), "Key"),
				Methods: names.NewScope("First", "All", "Has", "Count"),
			}
			p.lists[Key(t)] = l
			p.Lists = append(p.Lists, l)
		}
	}
}
