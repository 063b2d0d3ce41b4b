package check

import (
	"github.com/flowscope/fsd/dsl/ast"
	"github.com/flowscope/fsd/dsl/diag"
	"github.com/flowscope/fsd/dsl/ir"
)

// line makes a struct a line of text.
func (c *checker) line(info *namedInfo, s *ir.Struct, k *ast.Line) {
	s.Line = &ir.Line{Max: ir.MaxDatagram, Fold: k.Fold}
	s.FieldID = c.fieldID(s.Name)
	n, ok := c.constInt(info.unit, k.Max)
	switch {
	case !ok:
	case n.Cmp(one) < 0 || n.Cmp(ir.I(ir.MaxDatagram)) > 0:
		c.errorf(diag.BadLine, k.Max.Span(), "a line has 1..%d bytes at most, found %s", ir.MaxDatagram, n).Fixf("mend the number")
	default:
		s.Line.Max = n.Int64()
	}
	if s.IsEntry {
		c.errorf(diag.BadLine, k.Span(), "%s is an entry, which is a whole datagram and not a line of it", s.Name).
			Fixf("make it a struct that has the line as a field")
	}
}

// lineSize is what a line takes on the wire, whose content takes what is said, and its end one or two bytes.
func (c *checker) lineSize(s *ir.Struct, content ir.Size) ir.Size {
	if content.Min > s.Line.Max {
		c.errorf(diag.BadLine, s.Pos, "%s takes at least %d bytes, and as a line it has %d at most", s.Name, content.Min, s.Line.Max).
			Fixf("raise the `max` of the line, or mend the lengths of its fields")
	}
	most := max(content.Min, min(content.Max, s.Line.Max))
	return ir.Size{Min: min(content.Min+1, ir.MaxDatagram), Max: min(most+2, ir.MaxDatagram)}
}

// isBlank says whether `until` is about an empty line, unless something else has that name.
func isBlank(x *exprs, e ast.Expr) bool {
	p, ok := e.(*ast.Path)
	return ok && len(p.Sel) == 0 && p.Name.Name == "blank" && x.u.consts["blank"] == nil
}
