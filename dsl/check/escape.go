package check

import (
	"github.com/flowscope/fsd/dsl/ast"
	"github.com/flowscope/fsd/dsl/diag"
	"github.com/flowscope/fsd/dsl/ir"
)

// escape checks `escape X` of a byte field with a delimiter or of a class; false after an error.
func (b *body) escape(v *ast.ByteValue, t *ir.BytesType) bool {
	x, ok := b.c.byteValue(v)
	if !ok {
		return false
	}
	switch {
	case t.Mode == ir.BytesTo && len(t.Delim) > 1:
		b.c.errorf(diag.BadEscape, v.Span(), "an escape is for a delimiter of one byte, and this one has %d", len(t.Delim)).
			Fixf("write a delimiter of one byte, such as '\"'")
		return false
	case t.Mode == ir.BytesTo && t.Delim[0] == x:
		b.c.errorf(diag.BadEscape, v.Span(), "the delimiter cannot be its own escape").Fixf("mend one of them")
		return false
	case t.Mode == ir.BytesClass && t.Class.Has(x):
		b.c.errorf(diag.BadEscape, v.Span(), "this byte is of the charset %s, so it would escape nothing", t.Class.Name).
			Fixf("take it out of the charset")
		return false
	}
	t.Escaped, t.Escape = true, x
	return true
}
