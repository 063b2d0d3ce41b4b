package check

import (
	"fmt"
	"strings"

	"github.com/flowscope/fsd/dsl/ast"
	"github.com/flowscope/fsd/dsl/diag"
	"github.com/flowscope/fsd/dsl/ir"
)

// constantSpan is how many bytes at constant offsets a checksum may take anywhere: so few that they are as one step.
const constantSpan = 64

// isSum says whether a path is a checksum: its name, called.
func (x *exprs) isSum(p *ast.Path) bool {
	if len(p.Sel) != 1 || p.Sel[0].Call == nil {
		return false
	}
	if _, ok := ir.Sums[p.Name.Name]; ok {
		return true
	}
	return strings.HasPrefix(p.Name.Name, "crc") && x.env.lookup(p.Name.Name) == nil
}

// isSpan says whether a path is a part of the datagram.
func isSpan(p *ast.Path) bool {
	return p.Name.Name == "datagram" && len(p.Sel) == 1 && p.Sel[0].Index != nil
}

// checksum checks a checksum; nil after an error.
func (x *exprs) checksum(p *ast.Path) ir.Expr {
	name := p.Name.Name
	bits, ok := ir.Sums[name]
	misplaced := func(format string, args ...any) *diag.Diagnostic {
		return x.c.errorf(diag.BadChecksum, p.Span(), format, args...)
	}
	switch {
	case !ok:
		misplaced("there is no checksum %s", name).DidYouMean(name, near(keys(ir.Sums)))
		return nil
	case x.constant || x.b == nil:
		misplaced("nothing is read here, so there is nothing to sum").Fixf("use it in a struct")
		return nil
	case x.b.isChain:
		misplaced("a chain is read again whenever somebody asks for its items, and would be summed each time").Fixf("sum its bytes in the struct that reads it")
		return nil
	case x.loop:
		x.c.errorf(diag.SumTooOften, p.Span(), "this is computed for each element, and sums the same bytes again and again").
			Fixf("compute it with `let` in front of the array, or in the element")
		return nil
	}
	args := p.Sel[0].Call.Args
	if len(args) == 0 {
		misplaced("%s sums bytes, and none are given", name).Fixf("write %s(datagram[0 .. offset])", name)
		return nil
	}
	sum := &ir.Checksum{Sum: name, R: ir.Range{Lo: zero, Hi: one.Lsh(uint(bits)).Sub(one)}}
	for _, a := range args {
		part := x.bytesOf(a)
		if part == nil {
			return nil
		}
		if !x.b.isEntry && !x.ownBytes(part) {
			x.c.errorf(diag.SumTooOften, a.Span(), "these bytes may be of other structs too, of which there may be many: each would sum them again").
				Fixf("sum what this struct read, from a `let begin = offset` in it to `offset`; or sum it in the entry")
			return nil
		}
		sum.Of = append(sum.Of, part)
	}
	return sum
}

// bytesOf checks an operand that is bytes: a byte field, a text, or a part of the datagram; nil after an error.
func (x *exprs) bytesOf(e ast.Expr) ir.Expr {
	if p, ok := e.(*ast.Path); ok && isSpan(p) {
		return x.span(p)
	}
	y := *x
	y.composite = true
	v := y.expr(e, nil)
	x.underflow = y.underflow
	switch v := v.(type) {
	case nil:
		return nil
	case *ir.BytesConst:
		return v
	case *ir.Ref:
		switch t := v.Type.(type) {
		case *ir.BytesType:
			return v
		case *ir.StdType:
			if isBytesStd(t) {
				return v
			}
		}
	}
	x.c.errorf(diag.BadChecksum, e.Span(), "bytes are needed here, and %s is %s", source1(e), kindOfOperand(v)).
		Fixf("name a byte field, write a text, or a part of the datagram as datagram[from .. to]")
	return nil
}

func kindOfOperand(v ir.Expr) string {
	if r, ok := v.(*ir.Ref); ok {
		return withArticle(r.Type)
	}
	return kindText(v)
}

// isBytesStd says whether the values of a standard type are bytes, and not a number.
func isBytesStd(t *ir.StdType) bool {
	return !t.Number()
}

// span checks datagram[from .. to]; nil after an error.
func (x *exprs) span(p *ast.Path) ir.Expr {
	s := p.Sel[0]
	if s.To == nil {
		x.c.errorf(diag.BadChecksum, p.Span(), "a part of the datagram is from one offset up to another one").
			Fixf("write datagram[from .. to]; the byte at `to` is not part of it")
		return nil
	}
	out := &ir.Span{}
	for _, end := range []struct {
		e  ast.Expr
		to *ir.Expr
	}{{s.Index, &out.From}, {s.To, &out.To}} {
		v := x.sized(end.e)
		if v == nil {
			return nil
		}
		if r := v.Range(); !r.FitsInt32() {
			d := x.c.errorf(diag.CountRange, end.e.Span(), "the offset is %s, and a datagram holds %d bytes", r, ir.MaxDatagram)
			x.adviseWhere(d, end.e, v, "<=", ir.I(ir.MaxDatagram))
			return nil
		}
		*end.to = v
	}
	if out.From.Range().Lo.Cmp(out.To.Range().Hi) >= 0 {
		x.c.errorf(diag.BadChecksum, p.Span(), "this part of the datagram is always empty: it is from %s up to %s", out.From.Range(), out.To.Range()).
			Fixf("mend the offsets")
		return nil
	}
	return out
}

// ownBytes says whether bytes are of the struct being parsed, so that no other struct sums them, or a few at constant
// offsets.
func (x *exprs) ownBytes(e ir.Expr) bool {
	switch e := e.(type) {
	case *ir.BytesConst:
		return true
	case *ir.Ref:
		return e.Root == ir.RefSelf || e.Root == ir.RefField
	case *ir.Span:
		if isConst(e.From) && isConst(e.To) {
			return e.To.Range().Hi.Sub(e.From.Range().Lo).Cmp(ir.I(constantSpan)) <= 0
		}
		return x.b.behindBegin(e.From) && x.b.upToHere(e.To)
	}
	return false
}

// behindBegin says whether an offset is surely not in front of the struct: a `let` of `offset` in it, and what adds to one.
func (b *body) behindBegin(e ir.Expr) bool {
	switch e := e.(type) {
	case *ir.Ref:
		return e.Root == ir.RefField && len(e.Path) == 1 && b.offsets[e.Path[0]]
	case *ir.Binary:
		return e.Op == "+" && (b.behindBegin(e.X) && e.Y.Range().Lo.Sign() >= 0 || b.behindBegin(e.Y) && e.X.Range().Lo.Sign() >= 0)
	}
	return false
}

// upToHere says whether an offset is surely not behind what was read: `offset`, a `let` of it, and what is less.
func (b *body) upToHere(e ir.Expr) bool {
	switch e := e.(type) {
	case *ir.Fact:
		return e.Fact == ir.Offset
	case *ir.Ref:
		return e.Root == ir.RefField && len(e.Path) == 1 && b.offsets[e.Path[0]]
	case *ir.Binary:
		return e.Op == "-" && b.upToHere(e.X) && e.Y.Range().Lo.Sign() >= 0
	}
	return false
}

// isOffset says whether a value is the place where it was computed.
func isOffset(v ir.Expr) bool {
	f, ok := v.(*ir.Fact)
	return ok && f.Fact == ir.Offset
}

// sumText names a checksum or a part of the datagram; both change as bytes are read.
func (x *exprs) sumText(e ir.Expr) string {
	switch e := e.(type) {
	case *ir.Span:
		return fmt.Sprintf("#datagram[%s..%s]", x.text(e.From), x.text(e.To))
	case *ir.Checksum:
		text := "#" + e.Sum + "("
		for _, p := range e.Of {
			text += x.text(p) + ","
		}
		return text + ")"
	}
	return "#"
}
