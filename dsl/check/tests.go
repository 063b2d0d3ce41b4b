package check

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/flowscope/fsd/dsl/ast"
	"github.com/flowscope/fsd/dsl/diag"
	"github.com/flowscope/fsd/dsl/ir"
	"github.com/flowscope/fsd/dsl/source"
)

// tests checks the test vectors of the root file. They name what the protocol has, so they come last.
func (c *checker) tests() {
	names := map[string]source.Span{}
	for _, d := range c.root.src.Tree.Decls {
		d, ok := d.(*ast.Test)
		if !ok || d.Name == nil {
			continue
		}
		if at, twice := names[d.Name.Value]; twice {
			c.errorf(diag.DuplicateTest, d.Name.Span(), "there is a test %q already", short(d.Name.Value)).Label(at, "here").Fixf("rename one of them")
		}
		names[d.Name.Value] = d.Name.Span()
		if strings.TrimSpace(d.Name.Value) == "" {
			c.errorf(diag.BadStep, d.Name.Span(), "a test needs a name").Fixf("say what it shows")
		}
		c.test(d)
	}
}

func (c *checker) test(d *ast.Test) {
	t := &ir.Test{Name: d.Name.Value, Pos: d.Name.Span()}
	ok := true
	for _, s := range d.Steps {
		step, fine := c.step(s)
		ok = ok && fine
		t.Steps = append(t.Steps, step)
	}
	if len(t.Steps) == 0 {
		return
	}
	if v := d.Verdict; v != nil {
		ok = c.verdict(v, t) && ok
	}
	if root := c.entryFor(t.Steps[len(t.Steps)-1].From); root != nil {
		for _, e := range d.Asserts {
			if a, fine := c.assert(e, root); fine {
				t.Asserts = append(t.Asserts, a)
			} else {
				ok = false
			}
		}
	}
	if ok {
		c.proto.Tests = append(c.proto.Tests, t)
	}
}

// entryFor is the root of the datagrams of one side, nil if there is none.
func (c *checker) entryFor(from ir.Side) *ir.Struct {
	for _, e := range c.proto.Entries {
		if e.From == ir.AnySide || e.From == from {
			return e.Type
		}
	}
	return nil
}

func (c *checker) step(s *ast.Step) (ir.TestStep, bool) {
	out := ir.TestStep{From: sideOf(s.From)}
	if out.From == ir.AnySide {
		out.From = ir.Initiator
		if len(c.proto.Entries) == 1 && c.proto.Entries[0].From == ir.Responder {
			out.From = ir.Responder
		}
	}
	ok := true
	if len(c.proto.Entries) > 0 && !slices.ContainsFunc(c.proto.Entries, func(e *ir.Entry) bool { return e.From == ir.AnySide || e.From == out.From }) {
		c.errorf(diag.BadStep, s.Span(), "there is no entry for datagrams from this side").Fixf("write `from` and the side of an entry")
		ok = false
	}
	if len(c.proto.Ports) > 0 {
		out.Port = c.proto.Ports[0].First
	}
	if s.Port != nil {
		n, valid := ir.ParseInt(s.Port.Text)
		if !valid || n.Sign() < 0 || n.Cmp(ir.I(65535)) > 0 {
			c.errorf(diag.BadStep, s.Port.Span(), "a port is 0..65535, found %s", short(s.Port.Text))
			return out, false
		}
		out.Port = uint16(n.Int64())
	}
	if s.Text != nil {
		out.Datagram = []byte(s.Text.Value)
	}
	for _, part := range s.Hex {
		digits := strings.Join(strings.Fields(part.Value), "")
		if i := strings.IndexFunc(digits, func(r rune) bool { return !strings.ContainsRune("0123456789abcdefABCDEF", r) }); i >= 0 {
			c.errorf(diag.BadHex, part.Span(), "%q is not a hexadecimal digit", []rune(digits[i:])[0]).Fixf("write digits 0-9 and a-f, with blanks between as you like")
			ok = false
			continue
		}
		if len(digits)%2 != 0 {
			c.errorf(diag.BadHex, part.Span(), "%d hexadecimal digits are not whole bytes", len(digits)).Fixf("write two digits for each byte")
			ok = false
			continue
		}
		b, _ := hex.DecodeString(digits)
		out.Datagram = append(out.Datagram, b...)
	}
	if s.Times != nil {
		n, valid := ir.ParseInt(s.Times.Text)
		if !valid || n.Cmp(one) < 0 || n.Cmp(ir.I(ir.MaxDatagram)) > 0 || n.Mul(ir.I(int64(len(out.Datagram)))).Cmp(ir.I(ir.MaxDatagram)) > 0 {
			c.errorf(diag.BadStep, s.Times.Span(), "%s times %d bytes is no datagram, which holds at most %d bytes", short(s.Times.Text), len(out.Datagram), ir.MaxDatagram)
			return out, false
		}
		out.Datagram = bytes.Repeat(out.Datagram, int(n.Int64()))
	}
	if len(out.Datagram) > ir.MaxDatagram {
		c.errorf(diag.BadStep, s.Span(), "the datagram has %d bytes, and %d fit", len(out.Datagram), ir.MaxDatagram)
		ok = false
	}
	if out.Datagram == nil {
		out.Datagram = []byte{}
	}
	return out, ok
}

// verdict checks the expected outcome of a test.
func (c *checker) verdict(v *ast.Action, t *ir.Test) bool {
	if v.Kind == "reject" {
		t.Reject = true
		return true
	}
	if v.Reason == nil {
		return false
	}
	name := v.Reason.Value
	r := c.reasons[name]
	var all []string
	for _, other := range c.reasons {
		if other.note == (v.Kind == "note") {
			all = append(all, other.name)
		}
	}
	if v.Kind == "note" {
		if r == nil || !r.note {
			slices.Sort(all)
			c.errorf(diag.TestReason, v.Reason.Span(), "the protocol has no note %q", short(name)).DidYouMean(name, near(all))
			return false
		}
		t.Note = name
		return true
	}
	if _, builtin := builtinReasons[name]; !builtin && (r == nil || r.note) {
		for b := range builtinReasons {
			all = append(all, b)
		}
		slices.Sort(all)
		c.errorf(diag.TestReason, v.Reason.Span(), "the protocol has no poison reason %q", short(name)).DidYouMean(name, near(all))
		return false
	}
	t.Reason = name
	return true
}

// assert turns `Path op literal` into a place in the message's JSON form and a JSON literal. A path alone, or behind `!`,
// is about a bool.
func (c *checker) assert(e ast.Expr, root *ir.Struct) (ir.Assert, bool) {
	switch e := e.(type) {
	case *ast.Binary:
		if !isComparison(e.Op) {
			break
		}
		p, ok := e.X.(*ast.Path)
		if !ok {
			break
		}
		path, t, ok := c.assertPath(p, root)
		if !ok {
			return ir.Assert{}, false
		}
		value, ok := c.assertValue(e.Y, t, p)
		if !ok {
			return ir.Assert{}, false
		}
		if e.Op != "==" && e.Op != "!=" && !isNumber(value) {
			c.errorf(diag.AssertLiteral, e.OpNode.Span(), "only numbers have an order").Fixf("use == or !=")
			return ir.Assert{}, false
		}
		return ir.Assert{Path: path, Op: e.Op, Value: value, Pos: e.Span()}, true
	case *ast.Path:
		return c.boolAssert(e, e, "true", root)
	case *ast.Unary:
		if p, ok := e.X.(*ast.Path); ok && e.Op == "!" {
			return c.boolAssert(e, p, "false", root)
		}
	}
	c.errorf(diag.AssertPath, e.Span(), "an assert is a path of fields, a comparison and a literal").Fixf("write Answers[0].TTL == 60")
	return ir.Assert{}, false
}

func isNumber(literal string) bool {
	return literal != "" && (literal[0] == '-' || isDigit(literal[0]))
}

func (c *checker) boolAssert(e ast.Expr, p *ast.Path, value string, root *ir.Struct) (ir.Assert, bool) {
	path, t, ok := c.assertPath(p, root)
	if !ok {
		return ir.Assert{}, false
	}
	if _, isBool := t.typ.(*ir.BoolType); !isBool {
		c.errorf(diag.AssertLiteral, e.Span(), "%s is %s, not true or false", source1(p), withArticle(t.typ)).Fixf("compare it with a literal")
		return ir.Assert{}, false
	}
	return ir.Assert{Path: path, Op: "==", Value: value, Pos: e.Span()}, true
}

// place is what a path leads to: a type, and how it is shown.
type place struct {
	typ ir.Type
	// flag: one of the names of a set of flags.
	flag bool
	item bool // of a chain without join
}

// assertPath resolves a path to its JSON form.
func (c *checker) assertPath(p *ast.Path, root *ir.Struct) (string, place, bool) {
	var t ir.Type = root
	out := ""
	at := place{}
	step := func(name *ast.Ident) bool {
		var fields []*ir.Field
		switch t := t.(type) {
		case *ir.Struct:
			fields = t.Fields
		case *ir.Bits:
			for _, f := range t.Fields {
				fields = append(fields, f.Field)
			}
		default:
			c.errorf(diag.AssertPath, name.Span(), "%s has no fields: it is %s", strings.TrimSuffix(out, "."), withArticle(t))
			return false
		}
		var all []string
		for _, f := range fields {
			if f.Name == name.Name && f.Name != "_" && !f.Hidden {
				if out != "" {
					out += "."
				}
				out += f.Key
				t = f.Type
				return true
			}
			all = append(all, f.Name)
		}
		c.errorf(diag.AssertPath, name.Span(), "%s has no field %s", typeText(t), name.Name).DidYouMean(name.Name, near(all))
		return false
	}
	if !step(p.Name) {
		return "", at, false
	}
	for _, s := range p.Sel {
		switch {
		case s.Field != nil:
			if !step(s.Field) {
				return "", at, false
			}
		case s.Index != nil:
			n, ok := c.constInt(c.root, s.Index)
			if !ok {
				return "", at, false
			}
			if n.Sign() < 0 || n.Cmp(ir.I(ir.MaxDatagram)) > 0 {
				c.errorf(diag.AssertPath, s.Index.Span(), "an index is 0..%d, found %s", ir.MaxDatagram, n)
				return "", at, false
			}
			switch a := t.(type) {
			case *ir.ArrayType:
				t = a.Elem
			case *ir.Flags:
				t, at.flag = a, true
			case *ir.Chain:
				if a.HasJoin {
					c.errorf(diag.AssertPath, s.Span(), "%s is shown as one text", a.Name).Fixf("compare the text as a whole")
					return "", at, false
				}
				t, at.item = a.Item.Type, true
			default:
				c.errorf(diag.AssertPath, s.Span(), "%s has no elements: it is %s", out, withArticle(t))
				return "", at, false
			}
			out += "[" + n.String() + "]"
		default:
			c.errorf(diag.AssertPath, s.Span(), "a call cannot stand in an assert")
			return "", at, false
		}
	}
	at.typ = t
	return out, at, true
}

var otherValue = regexp.MustCompile(`^([A-Za-z0-9_]+)\(([0-9]+)\)$`)

// assertValue turns a literal into the JSON that a value of a type has.
func (c *checker) assertValue(e ast.Expr, at place, p *ast.Path) (string, bool) {
	wrong := func(want string) (string, bool) {
		c.errorf(diag.AssertLiteral, e.Span(), "%s is %s: it is compared with %s, found %s", source1(p), withArticle(at.typ), want, source1(e))
		return "", false
	}
	text, isText := e.(*ast.Str)
	quoted := func() (string, bool) {
		b, err := json.Marshal(text.Value)
		return string(b), err == nil
	}
	switch t := at.typ.(type) {
	case *ir.IntType:
		if isText {
			return wrong("a number")
		}
		k := c.constValue(c.root, e, nil)
		if k == nil {
			return "", false
		}
		if r := ir.OfInt(t); !r.Contains(k.Range()) {
			c.errorf(diag.AssertLiteral, e.Span(), "%s is never %s: %s holds %s", source1(p), k.Value, intName(t), r).Fixf("mend the value")
			return "", false
		}
		return k.Value.String(), true
	case *ir.BoolType:
		if b, ok := e.(*ast.Path); ok && len(b.Sel) == 0 && (b.Name.Name == "true" || b.Name.Name == "false") {
			return b.Name.Name, true
		}
		return wrong("true or false")
	case *ir.Enum:
		name := ""
		if isText {
			name = text.Value
		} else if path, ok := e.(*ast.Path); ok {
			k := (&exprs{c: c, u: c.root, env: newEnv(nil)}).path(path, t)
			if k == nil {
				return "", false
			}
			if k, ok := k.(*ir.Const); ok && k.Enum == t {
				name = strings.TrimPrefix(k.Name, t.Name+".")
			}
		}
		if m := otherValue.FindStringSubmatch(name); m != nil && m[1] == t.Name {
			if n, err := strconv.ParseUint(m[2], 10, 64); err == nil && ir.OfInt(t.Int).Contains(ir.Range{Lo: ir.U(n), Hi: ir.U(n)}) &&
				!slices.ContainsFunc(t.Values, func(v ir.EnumValue) bool { return v.Value == n }) {
				return strconv.Quote(name), true
			}
			c.errorf(diag.AssertLiteral, e.Span(), "%s is never shown as %s", source1(p), name).Fixf("write the name of the value")
			return "", false
		}
		if name == "" {
			return wrong(fmt.Sprintf("the name of a value, or %q", t.Name+"(7)"))
		}
		if c.enumConst(t, name) == nil {
			c.errorf(diag.AssertLiteral, e.Span(), "%s has no value %s", t.Name, short(name)).DidYouMean(name, near(valueNames(t)))
			return "", false
		}
		return strconv.Quote(name), true
	case *ir.Flags:
		if !at.flag {
			c.errorf(diag.AssertPath, p.Span(), "%s is shown as a list of names", source1(p)).Fixf("compare one of them: %s[0]", source1(p))
			return "", false
		}
		if isText {
			return quoted()
		}
		return wrong("the name of a flag")
	case *ir.BytesType:
		if !isText {
			return wrong("a text in quotes")
		}
		if t.As == ir.Plain && !at.item {
			if _, err := hex.DecodeString(text.Value); err != nil || strings.ToLower(text.Value) != text.Value {
				c.errorf(diag.AssertLiteral, e.Span(), "%s is shown as lower-case hexadecimal digits, found %s", source1(p), source1(e)).
					Fixf("write two digits for each byte, or show the field `as text`")
				return "", false
			}
		}
		return quoted()
	case *ir.StdType:
		if t.Name == "ntp32" {
			if k, ok := e.(*ast.Int); ok {
				return k.Text, true
			}
			return wrong("a whole number of seconds")
		}
		if t.Name == "float32" || t.Name == "float64" {
			return c.floatAssert(e, int(t.Bytes)*8, wrong)
		}
		if !isText {
			return wrong("a text in quotes")
		}
		return quoted()
	case *ir.Chain:
		if !isText {
			return wrong("a text in quotes")
		}
		if !t.HasJoin {
			c.errorf(diag.AssertPath, p.Span(), "%s is shown as a list of its items", source1(p)).Fixf("compare one of them: %s[0]", source1(p))
			return "", false
		}
		return quoted()
	}
	c.errorf(diag.AssertPath, p.Span(), "%s is %s, and only single values are compared", source1(p), withArticle(at.typ)).Fixf("name a field of it")
	return "", false
}
