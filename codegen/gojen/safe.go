package gojen

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"github.com/dave/jennifer/jen"

	"github.com/flowscope/fsd/codegen/names"
	"github.com/flowscope/fsd/dsl/ir"
)

// Jennifer writes identifiers, operators and comments as it gets them: what reaches it from a spec could become Go
// code. The functions of this file are the only ones that hand text to it, and let through nothing but what they
// are for.

// Import paths of generated code.
const (
	wirePath     = "github.com/flowscope/fsd/runtime/datagram/wire"
	datagramPath = "github.com/flowscope/fsd/runtime/datagram"
	vectorPath   = "github.com/flowscope/fsd/runtime/datagram/vector"
	flowPath     = "github.com/flowscope/fsd/runtime/flow"
	binaryPath   = "encoding/binary"
)

type code = *jen.Statement

// unsafeError is a fault of the generator's input that has no Go form.
type unsafeError struct{ text string }

func (e unsafeError) Error() string { return e.text }

func id(name string) code {
	if !names.IsIdent(name) {
		panic(unsafeError{fmt.Sprintf("%q is not a Go identifier", name)})
	}
	return jen.Id(name)
}

func qual(path, name string) code {
	if !names.IsIdent(name) {
		panic(unsafeError{fmt.Sprintf("%q is not a Go identifier", name)})
	}
	return jen.Qual(path, name)
}

func wire(name string) code     { return qual(wirePath, name) }
func datagram(name string) code { return qual(datagramPath, name) }

// str is a quoted string: in back quotes when it has quotes in it and nothing that needs an escape.
func str(s string) code {
	if strings.Contains(s, `"`) && strconv.CanBackquote(s) {
		return jen.Op("`" + s + "`")
	}
	return jen.Lit(s)
}

// lit is a small number in decimal.
func lit(n int) code { return jen.Lit(n) }

// number is an integer in base 10 or 16.
func number(v ir.Int, base int) code {
	return jen.Op(numberText(v, base))
}

func numberText(v ir.Int, base int) string {
	b := v.Big()
	if base != 16 {
		return b.Text(10)
	}
	sign := ""
	if b.Sign() < 0 {
		sign = "-"
		b.Neg(b)
	}
	digits := strings.ToUpper(b.Text(16))
	if len(digits)%2 == 1 && len(digits) > 2 {
		digits = "0" + digits
	}
	return sign + "0x" + digits
}

// hexByte is a byte as 0xNN.
func hexByte(c byte) code { return jen.Op("0x" + fmt.Sprintf("%02X", c)) }

var operators = func() map[string]bool {
	m := map[string]bool{}
	for _, op := range strings.Fields("+ - * / % & | ^ << >> &^ == != < <= > >= && || ! = := += -= |= <<= ++ -- ... * :") {
		m[op] = true
	}
	return m
}()

// op is an operator.
func op(s string) code {
	if !operators[s] {
		panic(unsafeError{fmt.Sprintf("%q is not an operator", s)})
	}
	return jen.Op(s)
}

// comment is a comment of one or more lines, whatever text holds.
func comment(text string) []jen.Code {
	var out []jen.Code
	for _, line := range commentLines(text) {
		out = append(out, jen.Comment(line))
	}
	return out
}

// commentLines cuts text into lines, each a comment of its own: with "// " before it no line can end the comment or
// be a directive.
func commentLines(text string) []string {
	var out []string
	for _, line := range strings.Split(text, "\n") {
		line = strings.TrimRightFunc(strings.Map(printable, line), unicode.IsSpace)
		switch {
		case line == "":
			out = append(out, "//")
		case line[0] == '\t':
			out = append(out, "//"+line)
		case strings.HasPrefix(strings.TrimSpace(line), "+build"):
			out = append(out, "// ("+strings.TrimSpace(line)+")")
		default:
			out = append(out, "// "+line)
		}
	}
	return out
}

// printable drops what has no place in a comment.
func printable(r rune) rune {
	switch {
	case r == '\t':
		return r
	case r < 0x20 || r == 0x7f || r == unicode.ReplacementChar || r == 0xfeff:
		return ' '
	case unicode.Is(unicode.C, r) || r == 0x2028 || r == 0x2029:
		return ' '
	}
	return r
}

// quote is str without jennifer, for texts in comments.
func quote(s string) string { return strconv.Quote(s) }

// keyed is the inside of a composite literal with keys, in the order given: key, value, key, value.
func keyed(kv ...any) code {
	return jen.Values(pairs(kv)...)
}

// keyedLines is keyed with a line for each key.
func keyedLines(kv ...any) code {
	return jen.Custom(multiline, pairs(kv)...)
}

var multiline = jen.Options{Open: "{", Close: "}", Separator: ",", Multi: true}

func pairs(kv []any) []jen.Code {
	var out []jen.Code
	for i := 0; i < len(kv); i += 2 {
		out = append(out, id(kv[i].(string)).Op(":").Add(kv[i+1].(jen.Code)))
	}
	return out
}
