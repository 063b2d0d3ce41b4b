// Package samples holds protocols built by hand, for the tests of the generator: they depend on no other part of the
// compiler.
package samples

import (
	"fmt"

	"github.com/flowscope/fsd/dsl/ir"
)

// builder numbers fields, reasons and notes.
type builder struct{ p *ir.Protocol }

func newProtocol(name string) *builder {
	return &builder{&ir.Protocol{Name: name, File: name + ".fsd", Fields: []string{""}}}
}

func (b *builder) id(text string) int {
	b.p.Fields = append(b.p.Fields, text)
	return len(b.p.Fields) - 1
}

func (b *builder) reason(name string) int {
	for i, r := range b.p.Reasons {
		if r.Name == name {
			return i
		}
	}
	b.p.Reasons = append(b.p.Reasons, &ir.ReasonDecl{Name: name})
	return len(b.p.Reasons) - 1
}

func (b *builder) poison(name string) ir.Action {
	return ir.Action{Kind: ir.DoPoison, Reason: ir.FirstReason + b.reason(name)}
}

func (b *builder) note(name string) ir.Action {
	for i, r := range b.p.Notes {
		if r.Name == name {
			return ir.Action{Kind: ir.DoNote, Reason: i}
		}
	}
	b.p.Notes = append(b.p.Notes, &ir.ReasonDecl{Name: name})
	return ir.Action{Kind: ir.DoNote, Reason: len(b.p.Notes) - 1}
}

// field makes a field of a type; owner is the type's name.
func (b *builder) field(owner, name string, t ir.Type) *ir.Field {
	f := &ir.Field{ID: b.id(owner + "." + name), Name: name, Key: snake(name), Type: t}
	if i := intOf(t); i != nil {
		f.Range = ir.OfInt(i)
	}
	return f
}

// snake is the JSON key of a name: TTL is ttl, MName m_name.
func snake(name string) string {
	out := ""
	up := func(i int) bool { return i < len(name) && name[i] >= 'A' && name[i] <= 'Z' }
	for i := range len(name) {
		c := name[i]
		if up(i) {
			if i > 0 && (!up(i-1) || i+1 < len(name) && !up(i+1) && name[i+1] != '6') {
				out += "_"
			}
			c += 'a' - 'A'
		}
		out += string(c)
	}
	return out
}

func intOf(t ir.Type) *ir.IntType {
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

func uintN(bits int) *ir.IntType { return &ir.IntType{Bits: bits} }

var (
	u8, u16, u32, u64 = uintN(8), uintN(16), uintN(32), uintN(64)
	ipv4              = &ir.StdType{Name: "ipv4", Bytes: 4}
	ipv6              = &ir.StdType{Name: "ipv6", Bytes: 16}
)

func num(v int64) *ir.Const { return &ir.Const{Value: ir.I(v), Base: 10} }
func hexNum(v int64) *ir.Const {
	return &ir.Const{Value: ir.I(v), Base: 16}
}

func ref(path ...*ir.Field) *ir.Ref {
	last := path[len(path)-1]
	r := &ir.Ref{Root: ir.RefField, Path: path, Type: last.Type, K: ir.Signed, R: last.Range}
	kind(r)
	return r
}

func self(f *ir.Field) *ir.Ref {
	r := &ir.Ref{Root: ir.RefSelf, Type: f.Type, K: ir.Signed, R: f.Range}
	kind(r)
	return r
}

func kind(r *ir.Ref) {
	switch r.Type.(type) {
	case *ir.BoolType:
		r.K = ir.Bool
	case *ir.BytesType:
		r.K = ir.Bytes
	default:
		if !r.R.FitsInt64() {
			r.K = ir.Uint
		}
	}
}

func cmp(x ir.Expr, op string, y ir.Expr) *ir.Binary {
	return &ir.Binary{Op: op, X: x, Y: y, K: ir.Bool}
}

func arith(x ir.Expr, op string, y ir.Expr, lo, hi int64) *ir.Binary {
	return &ir.Binary{Op: op, X: x, Y: y, K: ir.Signed, R: ir.R(lo, hi)}
}

func fact(k ir.FactKind, lo, hi int64) *ir.Fact { return &ir.Fact{Fact: k, R: ir.R(lo, hi)} }

func read(f *ir.Field, checks ...*ir.Check) *ir.Read { return &ir.Read{Field: f, Checks: checks} }

func enum(name string, t *ir.IntType, values ...any) *ir.Enum {
	e := &ir.Enum{Name: name, Int: t}
	for i := 0; i < len(values); i += 2 {
		e.Values = append(e.Values, ir.EnumValue{Name: values[i].(string), Value: uint64(values[i+1].(int))})
	}
	return e
}

func rest(as ir.Shown) *ir.BytesType {
	return &ir.BytesType{Mode: ir.BytesRest, Max: -1, As: as, Bytes: ir.Size{Min: 0, Max: ir.MaxDatagram}}
}

func counted(n ir.Expr, as ir.Shown) *ir.BytesType {
	r := n.Range()
	return &ir.BytesType{Mode: ir.BytesCount, Count: n, Max: -1, As: as, Bytes: ir.Size{Min: r.Lo.Int64(), Max: r.Hi.Int64()}}
}

func list(elem ir.Type, mode ir.ArrayMode, count ir.Expr) *ir.ArrayType {
	return &ir.ArrayType{
		Elem: elem, Mode: mode, Count: count, Max: -1, MaxReason: -1, Bytes: ir.Size{Min: 0, Max: ir.MaxDatagram},
	}
}

// finish collects the fields of structs and says which of them are conditional.
func (b *builder) structType(name string, body ...ir.Stmt) *ir.Struct {
	s := &ir.Struct{Name: name, Body: body, Bytes: ir.Size{Min: 1, Max: ir.MaxDatagram}}
	ended := false
	collect(s, body, false, &ended)
	b.p.Types = append(b.p.Types, s)
	return s
}

// collect notes the fields of a body. What stands in a branch, or behind a branch that may have ended the struct, is
// conditional.
func collect(s *ir.Struct, body []ir.Stmt, inside bool, ended *bool) {
	add := func(f *ir.Field) {
		f.Conditional = f.Conditional || inside || *ended
		if f.Name == "_" || f.Hidden {
			return
		}
		for _, g := range s.Fields {
			if g == f {
				return
			}
		}
		s.Fields = append(s.Fields, f)
	}
	for _, st := range body {
		switch st := st.(type) {
		case *ir.Read:
			add(st.Field)
		case *ir.Let:
			add(st.Field)
		case *ir.End:
			*ended = true
		case *ir.If:
			collect(s, st.Then, true, ended)
			collect(s, st.Else, true, ended)
		case *ir.Switch:
			for _, c := range st.Cases {
				collect(s, c.Body, true, ended)
			}
			if st.Default != nil {
				collect(s, st.Default.Body, true, ended)
			}
		}
	}
}

func (b *builder) entry(s *ir.Struct, side ir.Side) {
	s.IsEntry = true
	b.p.Entries = append(b.p.Entries, &ir.Entry{From: side, Type: s})
}

func value(v int64) []ir.CaseRange { return []ir.CaseRange{{Range: ir.R(v, v)}} }

func values(vs ...int64) []ir.CaseRange {
	var out []ir.CaseRange
	for _, v := range vs {
		out = append(out, value(v)...)
	}
	return out
}

func between(lo, hi int64) []ir.CaseRange { return []ir.CaseRange{{Range: ir.R(lo, hi)}} }

func (b *builder) bits(name string, t *ir.IntType, fields ...any) *ir.Bits {
	w := &ir.Bits{Name: name, Int: t}
	shift := t.Bits
	for i := 0; i < len(fields); i += 2 {
		ft := fields[i+1].(ir.Type)
		width := 1
		if it := intOf(ft); it != nil {
			width = it.Bits
		}
		shift -= width
		w.Fields = append(w.Fields, &ir.BitField{Field: b.field(name, fields[i].(string), ft), Shift: shift, Width: width})
	}
	if shift != 0 {
		panic(fmt.Sprintf("the widths of %s do not sum to its word", name))
	}
	b.p.Types = append(b.p.Types, w)
	return w
}
