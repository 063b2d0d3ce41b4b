package check

import (
	"github.com/flowscope/fsd/dsl/ast"
	"github.com/flowscope/fsd/dsl/diag"
	"github.com/flowscope/fsd/dsl/ir"
	"github.com/flowscope/fsd/dsl/source"
)

// digitForms are the integers that are written in digits, by what stands in front of their type.
var digitForms = map[ir.IntForm]string{ir.IntDec: "dec", ir.IntHex: "hex"}

// isDigits says whether a reference names such an integer, or means to.
func (c *checker) isDigits(u *unit, ref *ast.TypeRef) bool {
	pkg := ref.Pkg()
	if pkg == nil {
		name := ref.Name().Name
		return name == "dec" || name == "hex"
	}
	return (pkg.Name == "dec" || pkg.Name == "hex") && u.imports[pkg.Name] == nil
}

// digits resolves dec.uint16 and its like; nil after an error.
func (c *checker) digits(ref *ast.TypeRef) ir.Type {
	form, name := ir.IntDec, "dec"
	if ref.Path[0].Name == "hex" {
		form, name = ir.IntHex, "hex"
	}
	if ref.Pkg() != nil && len(ref.Args) == 0 {
		t, _ := builtin(ref.Name().Name, false)
		w, ok := t.(*ir.IntType)
		plain := ok && intName(w) == ref.Name().Name
		if plain && w.Bits%8 == 0 && !(w.Signed && form == ir.IntHex) {
			return &ir.IntType{Bits: w.Bits, Signed: w.Signed, Form: form}
		}
	}
	d := c.errorf(diag.BadDigits, ref.Span(), "there is no integer %s", ref)
	if form == ir.IntHex {
		d.Fixf("write %s and an unsigned integer of whole bytes that holds the number, as %s.uint16", name, name)
	} else {
		d.Fixf("write %s and an integer of whole bytes that holds the number, as %s.uint16 or %s.int32", name, name, name)
	}
	return nil
}

// charset is a class of bytes, put together when first needed.
type charset struct {
	decl  *ast.Charset
	state int // 0 not looked at, 1 being put together, 2 done
	set   *ir.Charset
	used  bool
}

// blanks is the class of `ws`.
var blanks = func() *ir.Charset {
	cs := &ir.Charset{Name: "ws"}
	addBytes(cs, ' ', ' ')
	addBytes(cs, '\t', '\t')
	return cs
}()

func addBytes(cs *ir.Charset, lo, hi byte) {
	for b := int(lo); b <= int(hi); b++ {
		cs.Set[b>>6] |= 1 << (b & 63)
	}
}

// allCharsets puts together what the root file declares, so that its errors are found.
func (c *checker) allCharsets() {
	for _, k := range c.root.charsetList {
		c.charsetSet(c.root, k)
	}
}

// unusedCharsets warns of those that nothing reads.
func (c *checker) unusedCharsets() {
	for _, k := range c.root.charsetList {
		if !k.used && !c.diags.HasErrors() {
			c.warnf(diag.UnusedCharset, k.decl.Name.Span(), "charset %s is not used", k.decl.Name.Name).
				Fixf("remove it, or read bytes of it with [%s]byte", k.decl.Name.Name)
		}
	}
}

// charsetSet puts a class together; never nil, empty after an error.
func (c *checker) charsetSet(u *unit, k *charset) *ir.Charset {
	if k.state == 2 {
		return k.set
	}
	k.state = 1
	k.set = &ir.Charset{Name: k.decl.Name.Name, Doc: k.decl.Doc}
	before := [4]uint64{}
	ok := true
	for _, p := range k.decl.Parts {
		ok = c.classPart(u, k, p) && ok
		if ok && k.set.Set == before {
			c.errorf(diag.BadCharset, p.Span(), "this part adds no byte to %s that the ones before do not have", k.set.Name).Fixf("remove it")
			ok = false
		}
		before = k.set.Set
	}
	k.state = 2
	return k.set
}

// classPart adds a part to a class; false after an error.
func (c *checker) classPart(u *unit, k *charset, p *ast.Class) bool {
	switch {
	case p.Text != nil:
		for i := range len(p.Text.Value) {
			addBytes(k.set, p.Text.Value[i], p.Text.Value[i])
		}
	case p.Name != nil:
		other := u.charsets[p.Name.Name]
		switch {
		case other == nil:
			d := c.errorf(diag.BadCharset, p.Span(), "there is no charset %s", p.Name.Name)
			var names []string
			for _, o := range u.charsetList {
				names = append(names, o.decl.Name.Name)
			}
			d.DidYouMean(p.Name.Name, near(names))
			return false
		case other.state == 1:
			c.errorf(diag.BadCharset, p.Span(), "%s is made of itself", p.Name.Name).Fixf("remove one of the parts that lead back")
			return false
		}
		other.used = true
		set := c.charsetSet(u, other)
		for i, w := range set.Set {
			k.set.Set[i] |= w
		}
	case p.Lo != nil:
		lo, ok := c.byteValue(p.Lo)
		if !ok {
			return false
		}
		hi := lo
		if p.Hi != nil {
			if hi, ok = c.byteValue(p.Hi); !ok {
				return false
			}
		}
		if hi < lo {
			c.errorf(diag.BadCharset, p.Span(), "this range ends before it begins").Fixf("swap its ends")
			return false
		}
		addBytes(k.set, lo, hi)
	}
	return true
}

func (c *checker) byteValue(v *ast.ByteValue) (byte, bool) {
	if v.Char != nil {
		return v.Char.Value, true
	}
	n, ok := ir.ParseInt(v.Int.Text)
	if !ok || !ir.R(0, 255).Contains(ir.Range{Lo: n, Hi: n}) {
		c.errorf(diag.BadCharset, v.Span(), "a byte is 0..255, found %s", short(v.Int.Text)).Fixf("mend the number")
		return 0, false
	}
	return byte(n.Int64()), true
}

// classOf is the charset that stands between the brackets of a byte field; nil when something else does.
func (b *body) classOf(x *exprs, e ast.Expr) *ir.Charset {
	p, ok := e.(*ast.Path)
	if !ok || len(p.Sel) > 0 {
		return nil
	}
	k := b.u.charsets[p.Name.Name]
	if k == nil {
		return nil
	}
	k.used = true
	return b.c.charsetSet(b.u, k)
}

// classType is the type of a run of bytes of a class; nil after an error.
func (b *body) classType(cs *ir.Charset, l *ast.Length, o options) ir.Type {
	t := &ir.BytesType{Mode: ir.BytesClass, Class: cs, Max: -1, Bytes: ir.Size{Max: ir.MaxDatagram}}
	if l.Escape != nil && !b.escape(l.Escape, t) {
		return nil
	}
	if o.max != nil {
		most, ok := b.maximum(o.max.Max)
		if !ok {
			return nil
		}
		t.Max, t.Bytes.Max = most, most
	}
	return t
}

// literal reads what must stand here, or blanks; nil after an error.
func (b *body) literal(st *ast.Literal, e *env, pos *progress) ir.Stmt {
	name := &ast.Ident{Node: st.Node, Name: "_"}
	if st.WS {
		return b.blanks(st.Span(), e, pos)
	}
	text := st.Text
	if st.Char != nil {
		text = &ast.Str{Node: st.Char.Node, Text: st.Char.Text, Value: string([]byte{st.Char.Value})}
	}
	if text == nil {
		return nil
	}
	n := len(text.Value)
	if n == 0 {
		b.c.errorf(diag.BadLiteral, text.Span(), "an empty text always stands here").Fixf("remove it")
		return nil
	}
	f := &ir.Field{Name: "_", Key: "_", Doc: st.Doc, Pos: st.Span()}
	f.Type = &ir.BytesType{Mode: ir.BytesCount, Max: -1, Count: &ir.Const{Value: ir.I(int64(n)), Base: 10}, Bytes: ir.Size{Min: int64(n), Max: int64(n)}}
	bound := b.bind(name, f, e)
	if bound == nil {
		return nil
	}
	act := ir.Action{Kind: ir.DoPoison, Reason: ir.ReasonConstant}
	e.advance(bound.Type.Size())
	x := b.exprs(e)
	x.self = &selfRef{field: bound, name: "_", owner: b.name}
	if st.Else != nil {
		var ok bool
		where := &ast.Where{Node: st.Node, Cond: text, Else: st.Else}
		if act, ok = x.otherwise(where, b.name+": "+text.Text); !ok {
			b.broken = true
			return nil
		}
	}
	cond := &ir.Binary{Op: "==", X: x.this(), Y: &ir.BytesConst{Value: []byte(text.Value)}, K: ir.Bool}
	check := &ir.Check{Cond: cond, Else: act, Pos: st.Span()}
	b.mayReject(check, pos)
	x.settle(bound)
	pos.read(bound.Type.Size())
	return &ir.Read{Field: bound, Checks: []*ir.Check{check}, Pos: st.Span()}
}

// blanks reads any number of blanks and tabs.
func (b *body) blanks(at source.Span, e *env, pos *progress) ir.Stmt {
	f := &ir.Field{Name: "_", Key: "_", Pos: at}
	f.Type = &ir.BytesType{Mode: ir.BytesClass, Class: blanks, Max: -1, Bytes: ir.Size{Max: ir.MaxDatagram}}
	bound := b.bind(&ast.Ident{Node: ast.Node{}, Name: "_"}, f, e)
	if bound == nil {
		return nil
	}
	e.advance(bound.Type.Size())
	b.exprs(e).settle(bound)
	pos.read(bound.Type.Size())
	return &ir.Read{Field: bound, Pos: at}
}
