package check

import (
	"math"
	"strconv"

	"github.com/flowscope/fsd/dsl/ast"
)

// floatAssert is the JSON form of the number that an assert compares with: a whole number, or a text of any number, NaN,
// +Inf or -Inf.
func (c *checker) floatAssert(e ast.Expr, bits int, wrong func(want string) (string, bool)) (string, bool) {
	text := ""
	switch e := e.(type) {
	case *ast.Int:
		text = e.Text
	case *ast.Str:
		text = e.Value
	case *ast.Unary:
		if k, ok := e.X.(*ast.Int); ok && e.Op == "-" {
			text = "-" + k.Text
		}
	}
	v, err := strconv.ParseFloat(text, bits)
	if err != nil {
		return wrong(`a number, as 1 or "1.5"`)
	}
	shown := strconv.FormatFloat(v, 'g', -1, bits)
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return strconv.Quote(shown), true
	}
	return shown, true
}
