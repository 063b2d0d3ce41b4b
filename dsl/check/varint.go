package check

import (
	"strings"

	"github.com/flowscope/fsd/dsl/ast"
	"github.com/flowscope/fsd/dsl/diag"
	"github.com/flowscope/fsd/dsl/ir"
)

// varintNames are the integers whose bytes say how many they are.
var varintNames = map[ir.IntForm]string{ir.IntQUIC: "varint.quic", ir.IntLEB128: "varint.leb128", ir.IntBase128: "varint.base128", ir.IntBER: "varint.ber"}

// isVarint says whether a reference names such an integer, or means to.
func (c *checker) isVarint(u *unit, ref *ast.TypeRef) bool {
	if ref.Pkg() == nil {
		return ref.Name().Name == "varint"
	}
	return ref.Pkg().Name == "varint" && u.imports["varint"] == nil
}

// varint resolves it; nil after an error.
func (c *checker) varint(ref *ast.TypeRef) ir.Type {
	for form, name := range varintNames {
		if name != ref.String() {
			continue
		}
		if form == ir.IntQUIC {
			return &ir.IntType{Bits: 62, Form: form}
		}
		return &ir.IntType{Bits: 64, Form: form}
	}
	c.errorf(diag.BadVarint, ref.Span(), "there is no integer %s", ref).
		Fixf("write varint.quic, varint.ber (all bytes of a window), varint.leb128 (least significant group first) or varint.base128 (most significant first)")
	return nil
}

// countedInt takes uintN, intN and what may stand behind it apart; ok is false for other names.
func countedInt(name string, little bool) (signed, isLittle, ok bool) {
	rest, found := strings.CutPrefix(name, "uintN")
	if !found {
		if rest, found = strings.CutPrefix(name, "intN"); !found {
			return false, false, false
		}
		signed = true
	}
	switch rest {
	case "":
	case "le":
		little = true
	case "be":
		little = false
	default:
		return false, false, false
	}
	return signed, little, true
}

// counted checks uintN(n), an integer of n bytes; ok is false for other types, t is nil after an error.
func (b *body) counted(x *exprs, ref *ast.TypeRef) (t ir.Type, ok bool) {
	if ref == nil || ref.Pkg() != nil || ref.Name() == nil {
		return nil, false
	}
	name := ref.Name().Name
	signed, little, ok := countedInt(name, b.u.little)
	if !ok {
		return nil, false
	}
	if len(ref.Args) != 1 {
		b.c.errorf(diag.BadVarint, ref.Span(), "%s takes its number of bytes, and %d are given", name, len(ref.Args)).
			Fixf("write %s(n)", name)
		return nil, true
	}
	n := x.sized(ref.Args[0])
	if n == nil {
		return nil, true
	}
	r := n.Range()
	switch {
	case !ir.R(0, 8).Contains(r):
		d := b.c.errorf(diag.BadVarint, ref.Args[0].Span(), "an integer takes 0..8 bytes, and %s is %s here", source1(ref.Args[0]), r)
		if r.Lo.Cmp(ir.I(8)) <= 0 {
			x.adviseWhere(d, ref.Args[0], n, "<=", ir.I(8))
		}
		return nil, true
	case isConst(n):
		b.c.errorf(diag.BadVarint, ref.Span(), "this integer takes %s bytes always", r).
			Fixf("write a type of that size, such as uint16")
		return nil, true
	}
	return &ir.IntType{Bits: 8 * int(r.Hi.Int64()), Signed: signed, Little: little, Form: ir.IntCounted, Count: n}, true
}
