package check

import (
	"strings"

	"github.com/flowscope/fsd/dsl/ast"
	"github.com/flowscope/fsd/dsl/diag"
	"github.com/flowscope/fsd/dsl/ir"
)

// maxDetectTests bounds one alternative.
const maxDetectTests = 16

// detect checks one alternative of the detection.
func (c *checker) detect(d *ast.Detect) {
	var tests []ir.DetectTest
	if len(d.Tests) == 0 {
		c.errorf(diag.BadDetect, d.Span(), "a detection without tests holds for every datagram").Fixf("add a test, or remove it")
		return
	}
	if len(d.Tests) > maxDetectTests {
		c.errorf(diag.BadDetect, d.Span(), "a detection has at most %d tests", maxDetectTests).Fixf("keep those that tell most")
		return
	}
	for _, t := range d.Tests {
		if !t.Len && t.Int == nil {
			tests = append(tests, c.detectText(t)...)
			continue
		}
		if out, ok := c.detectTest(t); ok {
			tests = append(tests, out)
		}
	}
	if len(tests) > maxDetectTests {
		c.errorf(diag.BadDetect, d.Span(), "a detection has at most %d tests, and its texts make %d of it", maxDetectTests, len(tests)).Fixf("shorten the texts")
		return
	}
	c.proto.Detect = append(c.proto.Detect, tests)
	c.proto.DetectPos = append(c.proto.DetectPos, d.Span())
}

func (c *checker) detectTest(t *ast.DetectTest) (ir.DetectTest, bool) {
	out := ir.DetectTest{Op: t.Op, Mask: ^uint64(0)}
	whole := ir.R(0, ir.MaxDatagram)
	fail := func(at ast.Any, fix, format string, args ...any) (ir.DetectTest, bool) {
		d := c.errorf(diag.BadDetect, at.Span(), format, args...)
		if fix != "" {
			d.Fixf("%s", fix)
		}
		return out, false
	}
	if !t.Len {
		if t.At == nil || t.Int == nil {
			return out, false
		}
		word, ok := c.typeOf(c.root, t.Int).(*ir.IntType)
		if !ok || word.Varies() || word.Signed || word.Bits%8 != 0 {
			if word == nil && !ok && !isIntName(t.Int.String()) && c.diags.HasErrors() {
				return out, false
			}
			return fail(t.Int, "write uint8, uint16, uint32 or another of whole bytes", "a test looks at an unsigned integer of whole bytes, and %s is none", t.Int)
		}
		out.Width, out.Little = word.Bits/8, word.Little
		at, ok := ir.ParseInt(t.At.Text)
		if !ok || at.Cmp(ir.I(int64(ir.MaxDatagram-out.Width))) > 0 {
			return fail(t.At, "", "the offset %s is beyond the end of any datagram", short(t.At.Text))
		}
		out.Offset = int(at.Int64())
		whole = ir.OfInt(word)
		out.Mask = whole.Hi.Uint64()
		if t.Mask != nil {
			m, ok := c.constInt(c.root, t.Mask)
			if !ok {
				return out, false
			}
			if !whole.Contains(ir.Range{Lo: m, Hi: m}) || m.Sign() == 0 {
				return fail(t.Mask, "", "the mask %s does not fit %s, which holds 1..%s", number(m, 16), intName(word), whole.Hi)
			}
			out.Mask = m.Uint64()
		}
	}
	possible := single(whole)
	inMask := func(v ir.Int) bool { return t.Len || v.Uint64()&^out.Mask == 0 }
	if t.Op == "in" {
		if t.Set == nil {
			return out, false
		}
		ranges, ok := c.ranges(c.root, t.Set.Ranges, nil)
		if !ok {
			return out, false
		}
		for i, r := range ranges {
			if !whole.Contains(r.Range) {
				return fail(t.Set.Ranges[i], "mend the value", "%s does not fit, the value is %s", r.Range, whole)
			}
			if r.Range.Lo.Cmp(r.Range.Hi) == 0 && !inMask(r.Range.Lo) {
				return fail(t.Set.Ranges[i], "mend the mask or the value", "%s has bits that the mask takes away: the test never holds", number(r.Range.Lo, 16))
			}
			out.Set = append(out.Set, ir.URange{First: r.Range.Lo.Uint64(), Last: r.Range.Hi.Uint64()})
		}
		if possible.within(caseSet(ranges)) {
			return fail(t, "remove it", "this test always holds")
		}
		return out, true
	}
	if plus, ok, found := c.ofLength(t.Value); found {
		if !ok {
			return out, false
		}
		out.OfLen, out.Plus = true, plus.Int64()
		operand := ir.Range{Lo: plus, Hi: plus.Add(ir.I(ir.MaxDatagram))}
		switch always, never := compare(t.Op, possible, single(operand)); {
		case t.Len:
			return fail(t, "compare it with a number", "the datagram's length is compared with itself")
		case always || never:
			word := "always"
			if never {
				word = "never"
			}
			return fail(t, "mend it, or remove it", "this test %s holds", word)
		}
		return out, true
	}
	v, ok := c.constInt(c.root, t.Value)
	if !ok {
		return out, false
	}
	if !whole.Contains(ir.Range{Lo: v, Hi: v}) {
		return fail(t.Value, "mend the value", "%s does not fit, the value is %s", v, whole)
	}
	if (t.Op == "==" || t.Op == "!=") && !inMask(v) {
		word := "never"
		if t.Op == "!=" {
			word = "always"
		}
		return fail(t.Value, "mend the mask or the value", "%s has bits that the mask takes away: the test %s holds", number(v, 16), word)
	}
	if always, never := compare(t.Op, possible, single(ir.Range{Lo: v, Hi: v})); always || never {
		word := "always"
		if never {
			word = "never"
		}
		return fail(t, "mend it, or remove it", "this test %s holds", word)
	}
	out.Value = v.Uint64()
	return out, true
}

// ofLength says whether the operand of a test is the datagram's length, and how much is added to it: `len`, `len - 8`.
func (c *checker) ofLength(e ast.Expr) (plus ir.Int, ok, found bool) {
	isLen := func(e ast.Expr) bool {
		p, ok := e.(*ast.Path)
		return ok && p.Name.Name == "len" && len(p.Sel) == 0
	}
	if isLen(e) {
		return ir.I(0), true, true
	}
	b, isBinary := e.(*ast.Binary)
	if !isBinary || !isLen(b.X) {
		return ir.Int{}, false, false
	}
	if b.Op != "+" && b.Op != "-" {
		c.errorf(diag.BadDetect, b.Span(), "the datagram's length is compared as it is, or with a number added or taken away").
			Fixf("write `len - 8` or the like")
		return ir.Int{}, false, true
	}
	n, valid := c.constInt(c.root, b.Y)
	if !valid {
		return ir.Int{}, false, true
	}
	if !ir.R(0, ir.MaxDatagram).Contains(ir.Range{Lo: n, Hi: n}) {
		c.errorf(diag.BadDetect, b.Y.Span(), "%s is more than any datagram has", n).Fixf("mend the number")
		return ir.Int{}, false, true
	}
	if b.Op == "-" {
		n = n.Neg()
	}
	return n, true, true
}

func isIntName(name string) bool {
	return strings.HasPrefix(name, "uint") || strings.HasPrefix(name, "int")
}
