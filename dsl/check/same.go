package check

import (
	"fmt"
	"strconv"

	"github.com/flowscope/fsd/dsl/ir"
)

// typeKey is a text that two declarations of one field have in common if they can be one field: the same type with the
// same lengths and the same form. The byte order is how a field is read, and not what it is.
func (b *body) typeKey(e *env, f *ir.Field) string {
	text := b.exprs(e).typeText(f.Type) + " as " + strconv.Itoa(int(f.As))
	if f.Computed {
		text = "let " + text
	}
	return text
}

func (x *exprs) typeText(t ir.Type) string {
	switch t := t.(type) {
	case *ir.IntType:
		if t.Count != nil {
			return intName(t) + strconv.Itoa(t.Bits) + " " + x.text(t.Count)
		}
		return intName(t)
	case *ir.BytesType:
		s := fmt.Sprintf("bytes %d %q %d %d", t.Mode, t.Delim, t.Max, t.As)
		if t.Count != nil {
			s += " " + x.text(t.Count)
		}
		if t.Class != nil {
			s += " " + t.Class.Name
		}
		return s
	case *ir.ArrayType:
		s := fmt.Sprintf("array %d %d of %s", t.Mode, t.Max, x.typeText(t.Elem))
		for _, a := range t.Args {
			s += ", " + x.text(a)
		}
		if t.Count != nil {
			s += " count " + x.text(t.Count)
		}
		if t.Each != nil {
			s += " each of " + x.text(t.Each.List)
			if t.Each.Window != nil {
				s += " size " + x.text(t.Each.Window)
			}
		}
		if t.Cond != nil {
			s += " cond " + x.text(t.Cond)
		}
		return s
	case *ir.Struct, *ir.Chain, *ir.Enum, *ir.Flags, *ir.Bits:
		return fmt.Sprintf("%p", t)
	}
	return typeText(t)
}

// sameOrder says whether two types that may be one field's are read in the same byte order.
func sameOrder(a, b ir.Type) bool {
	switch a := a.(type) {
	case *ir.IntType:
		b, ok := b.(*ir.IntType)
		return !ok || a.Little == b.Little
	case *ir.StdType:
		b, ok := b.(*ir.StdType)
		return !ok || a.Little == b.Little
	case *ir.ArrayType:
		b, ok := b.(*ir.ArrayType)
		return !ok || sameOrder(a.Elem, b.Elem)
	}
	return true
}
