package check

import (
	"strings"

	"github.com/flowscope/fsd/dsl/ast"
	"github.com/flowscope/fsd/dsl/diag"
	"github.com/flowscope/fsd/dsl/ir"
)

// index checks `index by` of a field and makes it part of its type; false after an error.
func (b *body) index(x *exprs, o options, f *ir.Field) bool {
	if o.index == nil {
		return true
	}
	key := o.index.Index.Key
	t, ok := f.Type.(*ir.ArrayType)
	if ok {
		switch t.Elem.(type) {
		case *ir.Struct, *ir.Bits:
		default:
			ok = false
		}
	}
	switch {
	case !ok:
		b.c.errorf(diag.BadIndex, o.index.Span(), "an index finds elements by one of their fields, and %s has no such elements", typeText(f.Type)).
			Fixf("put it behind an array of structs")
		return false
	case f.Name == "_":
		b.c.errorf(diag.BadIndex, o.index.Span(), "nobody can look up what has no name").Fixf("give the field a name, or remove `index`")
		return false
	case key == nil:
		return false
	}
	y := &exprs{c: x.c, u: x.u, env: newEnv(nil), elem: t.Elem}
	if p, isPath := key.(*ast.Path); isPath && memberOf(t.Elem, p.Name.Name) == nil {
		s := &ast.Selector{Node: p.Name.Node, Field: p.Name}
		y.noMember(s, t.Elem, p.Name.Name)
		return false
	}
	v := y.expr(key, nil)
	if v == nil {
		return false
	}
	r, isRef := v.(*ir.Ref)
	if isRef {
		_, isBytes := r.Type.(*ir.BytesType)
		isRef = isBytes || r.K == ir.Signed || r.K == ir.Uint
	}
	if !isRef || r.Root != ir.RefElem {
		b.c.errorf(diag.BadIndex, key.Span(), "a key is a field of the element, an integer, enum or bytes, and this is %s", kindText(v)).
			Fixf("name such a field of %s", typeText(t.Elem))
		return false
	}
	t.Index = &ir.Index{Path: r.Path}
	return true
}

// indexChecks are the checks that `once` and `need` are; false after an error.
func (x *exprs) indexChecks(ix *ast.Index, f *ir.Field) ([]*ir.Check, bool) {
	t, ok := f.Type.(*ir.ArrayType)
	if !ok || t.Index == nil {
		return nil, false
	}
	var out []*ir.Check
	rule := func(keys *ast.Keys, word, suffix string) {
		if keys == nil {
			return
		}
		var given *ir.Action
		if keys.Else != nil {
			act, fine := x.c.action(keys.Else, f.Name+" "+word+" "+keysText(keys))
			if !fine {
				ok = false
				return
			}
			given = &act
		}
		for _, k := range keys.Values {
			v := x.lookupKey(k, t.Index)
			if v == nil {
				ok = false
				continue
			}
			look := &ir.Lookup{Find: ir.LookupHas, Of: x.this(), Key: v, K: ir.Bool}
			var cond ir.Expr = look
			if word == "once" {
				look.Find, look.K, look.R = ir.LookupCount, ir.Signed, ir.R(0, ir.MaxDatagram)
				cond = &ir.Binary{Op: "<=", X: look, Y: &ir.Const{Value: one, Base: 10}, K: ir.Bool}
			}
			check := &ir.Check{Cond: cond, Pos: k.Span()}
			if given != nil {
				check.Else = *given
			} else if name := keyName(v); name == "" {
				x.c.errorf(diag.ReasonMissing, k.Span(), "this key has no name to make a reason of").Fixf("add `else poison` and a reason")
				ok = false
				continue
			} else if i, fine := x.c.implicit(name+suffix, k.Span(), x.self.owner+"."+f.Name+" "+word+" "+source1(k)); fine {
				check.Else = ir.Action{Kind: ir.DoPoison, Reason: ir.FirstReason + i}
			} else {
				ok = false
				continue
			}
			if check.Else.Kind != ir.DoNote {
				x.narrow(cond, true)
			}
			out = append(out, check)
		}
	}
	rule(ix.Once, "once", "_twice")
	rule(ix.Need, "need", "_missing")
	return out, ok
}

func keysText(k *ast.Keys) string {
	var names []string
	for _, v := range k.Values {
		names = append(names, source1(v))
	}
	return strings.Join(names, ", ")
}

// keyName is what the reason of a key begins with, "" for a key without a name.
func keyName(key ir.Expr) string {
	switch k := key.(type) {
	case *ir.Const:
		return Snake(k.Name[strings.LastIndexByte(k.Name, '.')+1:])
	case *ir.BytesConst:
		return slugOf(string(k.Value))
	}
	return ""
}

// lookupKey checks a value that elements are looked up by; nil after an error.
func (x *exprs) lookupKey(e ast.Expr, ix *ir.Index) ir.Expr {
	t := ix.Key()
	y := *x
	y.size, y.self = false, nil
	hint, _ := enumType(t)
	v := y.operand(e, hint)
	if v == nil {
		return nil
	}
	if _, isBytes := t.(*ir.BytesType); isBytes {
		if _, isText := v.(*ir.BytesConst); !isText {
			x.c.errorf(diag.BadLookup, e.Span(), "the key is bytes, which a text in quotes is looked up by, and %s is %s", source1(e), kindText(v))
			return nil
		}
		return v
	}
	if k := v.Kind(); k != ir.Signed && k != ir.Uint {
		x.c.errorf(diag.BadLookup, e.Span(), "the key is an integer, and %s is %s", source1(e), kindText(v))
		return nil
	}
	if has := enumOf(v); has != nil && hint != nil && has != ir.Type(hint) {
		x.c.errorf(diag.BadLookup, e.Span(), "the key is of type %s, and %s of type %s", typeText(t), source1(e), typeText(has)).
			Fixf("look up a value of %s", typeText(t))
		return nil
	}
	if r := valueRange(t); !r.Contains(v.Range()) {
		x.c.errorf(diag.BadLookup, e.Span(), "the key holds %s, and %s is %s here", r, source1(e), v.Range()).Fixf("narrow the value")
		return nil
	}
	return v
}
