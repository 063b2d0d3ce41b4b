package check

import (
	"github.com/flowscope/fsd/dsl/ast"
	"github.com/flowscope/fsd/dsl/diag"
	"github.com/flowscope/fsd/dsl/ir"
)

// maxDetectText is the most bytes of a text that a test looks for.
const maxDetectText = 32

// detectText checks `at N == "text"`, which is as many integers as the text fills; nil after an error.
func (c *checker) detectText(t *ast.DetectTest) []ir.DetectTest {
	if t.At == nil || t.Value == nil && t.Set == nil {
		return nil
	}
	text, ok := t.Value.(*ast.Str)
	if !ok || t.Op != "==" {
		c.errorf(diag.BadDetect, t.Span(), "without the type of an integer this test looks for a text, with `==`").
			Fixf("write `at %s == \"text\"`, or `at %s uint8` and a comparison", short(t.At.Text), short(t.At.Text))
		return nil
	}
	n := len(text.Value)
	if n == 0 || n > maxDetectText {
		c.errorf(diag.BadDetect, text.Span(), "a test looks for a text of 1 to %d bytes, and this one has %d", maxDetectText, n).Fixf("mend the text")
		return nil
	}
	at, ok := ir.ParseInt(t.At.Text)
	if !ok || at.Cmp(ir.I(int64(ir.MaxDatagram-n))) > 0 {
		c.errorf(diag.BadDetect, t.At.Span(), "the offset %s is beyond the end of any datagram", short(t.At.Text))
		return nil
	}
	var out []ir.DetectTest
	for i := 0; i < n; {
		width := 8
		for width > n-i {
			width /= 2
		}
		test := ir.DetectTest{Op: "==", Width: width, Offset: int(at.Int64()) + i, Mask: ^uint64(0) >> (64 - 8*width)}
		for _, b := range []byte(text.Value[i : i+width]) {
			test.Value = test.Value<<8 | uint64(b)
		}
		out = append(out, test)
		i += width
	}
	return out
}
