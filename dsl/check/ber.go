package check

import (
	"fmt"
	"slices"

	"github.com/flowscope/fsd/dsl/ast"
	"github.com/flowscope/fsd/dsl/diag"
	"github.com/flowscope/fsd/dsl/ir"
	"github.com/flowscope/fsd/dsl/source"
)

// Elements of ASN.1 BER are structs in windows: each member's identifier and length octets are those of a window, the type
// of the member is what the window holds. A type `ber` has the window in itself, and is handed the tag; a `choice` is a
// switch over the identifier octet ahead.

// Identifier octets (X.690, section 8.1.2): bits 7 and 8 are the class, bit 6 says that elements are inside.
const (
	berConstructed = 0x20
	berSequence    = 0x30
	berMaxTag      = 30 // above, the identifier takes several octets
)

var berClasses = map[string]int{"universal": 0, "app": 0x40, "": 0x80, "private": 0xc0}

// berTypes are the types that only members have, and those that are an INTEGER there, with their identifier octet.
var berTypes = map[string]int{"int": 2, "uint8": 2, "uint16": 2, "uint32": 2, "uint64": 2, "boolean": 1, "null": 5, "oid": 6}

// berType is what a member of a named type reads in its window; nil for other names.
func berType(name string) ir.Type {
	switch name {
	case "int":
		return &ir.IntType{Bits: 64, Signed: true, Form: ir.IntBER}
	case "uint8", "boolean":
		return &ir.IntType{Bits: 8, Form: ir.IntBER}
	case "uint16":
		return &ir.IntType{Bits: 16, Form: ir.IntBER}
	case "uint32":
		return &ir.IntType{Bits: 32, Form: ir.IntBER}
	case "uint64":
		return &ir.IntType{Bits: 64, Form: ir.IntBER}
	case "null":
		return &ir.BytesType{Mode: ir.BytesCount, Count: &ir.Const{Value: ir.I(0), Base: 10}, Max: -1}
	case "oid":
		return &ir.BytesType{Mode: ir.BytesRest, Max: -1, As: ir.AsOID, Bytes: ir.Size{Max: ir.MaxDatagram}}
	}
	return nil
}

// berShape is how a member stands in its element.
type berShape uint8

const (
	berBad    berShape = iota // reported
	berBare                   // only what an element holds: needs a tag
	berPlain                  // it has a tag of its own
	berStruct                 // a type `ber`, whose window is in itself
	berChoice                 // a type `choice`: the tags of its members
)

func formOf(d *ast.TypeDecl) string {
	if k, ok := d.Kind.(*ast.Struct); ok {
		return k.Form
	}
	return ""
}

// takesTag says whether a type is an element of its own, with the tag as its last parameter unless it is an entry.
func (c *checker) takesTag(d *ast.TypeDecl) bool {
	_, entry := c.entryOf[d]
	return formOf(d) == "ber" && !entry
}

// shape finds out what a member is, and its own identifier octet.
func (b *body) shape(t *ast.Type) (berShape, int) {
	switch {
	case t.Each != nil:
		return berBare, 0
	case t.Array != nil:
		elem := t.Array.Elem
		if elem == nil {
			return berBad, 0
		}
		if elem.Ref == nil {
			return berPlain, berSequence
		}
		if elem.Ref.String() == "byte" {
			return berPlain, 4
		}
		if _, ok := berTypes[elem.Ref.String()]; ok {
			b.c.errorf(diag.BadElement, elem.Span(), "%s has no tag and length here: the elements of an array are types `ber` or `choice`", elem.Ref).
				Fixf("name a type, as in `type Item choice { Value %s }`", elem.Ref)
			return berBad, 0
		}
		return berPlain, berSequence
	case t.Ref == nil || t.Ref.Name() == nil:
		return berBad, 0
	}
	if t.Ref.Pkg() == nil {
		if tag, ok := berTypes[t.Ref.Name().Name]; ok {
			return berPlain, tag
		}
		if known, ok := builtin(t.Ref.Name().Name, false); known != nil || !ok {
			return berBare, 0
		}
	}
	if b.c.isVarint(b.u, t.Ref) {
		return berPlain, 2
	}
	if _, _, counted := countedInt(t.Ref.Name().Name, false); counted {
		return berBare, 0
	}
	_, d := b.c.lookupType(b.u, t.Ref)
	if d == nil {
		return berBad, 0
	}
	switch k := d.Kind.(type) {
	case *ast.Enum:
		if k.Int != nil && k.Int.String() == "varint.ber" {
			return berPlain, 2
		}
	case *ast.Struct:
		switch k.Form {
		case "ber":
			return berStruct, berSequence
		case "choice":
			return berChoice, 0
		}
	}
	return berBare, 0
}

// tagOf is the identifier octet that a tag stands for; false after an error.
func (b *body) tagOf(t *ast.BERTag, constructed bool) (int, bool) {
	n, ok := ir.ParseInt(t.Number.Text)
	if !ok || !ir.R(0, berMaxTag).Contains(ir.Range{Lo: n, Hi: n}) {
		b.c.errorf(diag.BadElement, t.Number.Span(), "a tag is 0..%d, found %s", berMaxTag, t.Number.Text).
			Fixf("tags above take several octets, which the language does not have")
		return 0, false
	}
	tag := berClasses[t.Class] | int(n.Int64())
	if constructed {
		tag |= berConstructed
	}
	return tag, true
}

// member is a field of a type `ber` or `choice`, taken apart.
type member struct {
	shape          berShape
	tag            int // of the element itself
	outer          int // of the element around it, -1 without one
	optional       bool
	opts           []*ast.FieldOpt
	optionalOption *ast.FieldOpt
}

// first are the identifier octets that the member can begin with.
func (b *body) first(m *member, t *ast.Type) []int {
	switch {
	case m.outer >= 0:
		return []int{m.outer}
	case m.shape == berChoice:
		return b.choiceTags(b.u, t.Ref, 0)
	}
	return []int{m.tag}
}

// choiceTags are the identifier octets of a choice's members.
func (b *body) choiceTags(u *unit, ref *ast.TypeRef, nesting int) []int {
	tu, d := b.c.lookupType(u, ref)
	if d == nil || nesting > maxNesting {
		return nil
	}
	inner := &body{c: b.c, u: tu, quiet: true}
	var tags []int
	for _, st := range d.Kind.(*ast.Struct).Body.Stmts {
		if f, ok := st.(*ast.Field); ok && f.Type != nil {
			if m := inner.member(f); m != nil {
				if m.shape == berChoice && m.outer < 0 {
					tags = append(tags, inner.choiceTags(tu, f.Type.Ref, nesting+1)...)
				} else {
					tags = append(tags, inner.first(m, f.Type)...)
				}
			}
		}
	}
	return tags
}

// member takes a field apart; nil after an error.
func (b *body) member(st *ast.Field) *member {
	m := &member{outer: -1}
	var tag, explicit *ast.FieldOpt
	elsewhere := false
	for _, o := range st.Opts {
		switch {
		case o.Tag != nil:
			tag = o
		case o.Explicit != nil:
			explicit = o
		case o.Optional:
			m.optional, m.optionalOption = true, o
		default:
			elsewhere = elsewhere || o.Over != nil || o.At != nil
			if (o.Size != nil || o.Align != nil) && !b.quiet {
				b.c.errorf(diag.BadElement, o.Span(), "the length of a member is in the datagram: `%s` cannot stand here", optionText(o)).Fixf("remove it")
				return nil
			}
			m.opts = append(m.opts, o)
		}
	}
	if m.shape, m.tag = b.shape(st.Type); m.shape == berBad {
		return nil
	}
	ok := true
	if tag != nil {
		if m.shape == berChoice {
			b.say(tag.Span(), "a choice has the tags of its members").Fixf("write `explicit` for a tag around it")
			return nil
		}
		m.tag, ok = b.tagOf(tag.Tag, m.shape == berStruct || m.shape == berPlain && m.tag == berSequence)
		if m.shape == berBare && tag.Tag.Class == "universal" && (tag.Tag.Number.Text == "16" || tag.Tag.Number.Text == "17") {
			m.tag |= berConstructed
		}
		if m.shape == berBare {
			m.shape = berPlain
		}
	}
	if explicit != nil && ok {
		m.outer, ok = b.tagOf(explicit.Explicit, true)
	}
	if m.shape == berBare && ok && !elsewhere {
		b.say(st.Type.Span(), "%s has no tag of its own", short(st.Type.Span().Text())).
			Fixf("add one, such as `tag 0`, `tag app 0`, or `tag universal 4` for an OCTET STRING")
		return nil
	}
	if elsewhere && (tag != nil && m.shape != berStruct || explicit != nil || m.optional) {
		b.say(st.Span(), "what is read elsewhere is no member: it has neither tag nor length").Fixf("remove what is said of its tag")
		return nil
	}
	if !ok {
		return nil
	}
	if elsewhere && m.shape != berStruct {
		m.shape = berChoice // no window
	}
	return m
}

func (b *body) say(at source.Span, format string, args ...any) *diag.Diagnostic {
	if b.quiet {
		return &diag.Diagnostic{}
	}
	return b.c.errorf(diag.BadElement, at, format, args...)
}

// members checks a field of a type `ber` or `choice`.
func (b *body) members(st *ast.Field, e *env, pos *progress) []ir.Stmt {
	if st.Type == nil {
		return nil
	}
	m := b.member(st)
	if m == nil {
		for _, name := range st.Names {
			b.hide(name, e)
		}
		return nil
	}
	if m.optional {
		if len(st.Names) > 1 {
			b.c.errorf(diag.BadElement, st.Span(), "which of several optional members is there, nothing tells").Fixf("give each a tag of its own")
			return nil
		}
		inner := *st
		inner.Opts = slices.DeleteFunc(slices.Clone(st.Opts), func(o *ast.FieldOpt) bool { return o == m.optionalOption })
		node := m.optionalOption.Node
		cond := &ast.In{Node: node, X: peekTag(node), Set: &ast.Set{Node: node, Braces: true, Ranges: tagRanges(node, b.first(m, st.Type))}}
		return b.stmt(&ast.If{Node: st.Node, Cond: cond, Then: &ast.Block{Node: st.Node, Stmts: []ast.Stmt{&inner}}}, e, pos)
	}
	var out []ir.Stmt
	for _, name := range st.Names {
		b.reading = name.Name
		if m.shape == berStruct {
			b.tag = m.tag
		}
		if m.shape == berPlain {
			b.element = &ir.Element{Tag: tagConst(m.tag)}
		}
		inside := pos
		if m.outer >= 0 {
			inside = begin(pos.confirmed)
		}
		read := b.read(name, st.Type, m.opts, st.Doc, e, inside)
		b.reading, b.element, b.tag = "", nil, 0
		if read == nil {
			b.hide(name, e)
			continue
		}
		if m.outer < 0 {
			out = append(out, read)
			continue
		}
		w := &ir.Window{Element: &ir.Element{Tag: tagConst(m.outer)}}
		for i := range inside.paths {
			inside.paths[i].size = windowSize(w, inside.paths[i].size)
		}
		b.seqMarks(pos, inside)
		out = append(out, inElement(w, read.Field.ID, []ir.Stmt{read}, name.Span()))
		e.forget()
	}
	return out
}

// inElement reads a body in the window of an element.
func inElement(w *ir.Window, field int, body []ir.Stmt, at source.Span) ir.Stmt {
	return &ir.Switch{Window: w, FieldID: field, Default: &ir.Case{Body: body, Pos: at}, Pos: at}
}

func tagConst(tag int) ir.Expr { return &ir.Const{Value: ir.I(int64(tag)), Base: 16} }

func tagText(tag int) string { return fmt.Sprintf("0x%02X", tag) }

// peekTag is the identifier octet ahead, 0 without one: no element has that.
func peekTag(n ast.Node) ast.Expr {
	word := &ast.TypeRef{Node: n, Path: []*ast.Ident{{Node: n, Name: "uint8"}}}
	return &ast.Binary{Node: n, OpNode: n, X: &ast.Peek{Node: n, Int: word}, Op: "or", Y: &ast.Int{Node: n, Text: "0"}}
}

func tagRanges(n ast.Node, tags []int) []*ast.Range {
	var out []*ast.Range
	for _, tag := range tags {
		out = append(out, &ast.Range{Node: n, Lo: &ast.Int{Node: n, Text: tagText(tag)}})
	}
	return out
}

// berBody checks the body of a type `ber` or `choice`.
func (b *body) berBody(k *ast.Struct, stmts []ast.Stmt, s *ir.Struct, e *env, pos *progress) []ir.Stmt {
	e.windowed = true
	if k.Form == "choice" {
		if b.isEntry {
			b.c.errorf(diag.BadElement, b.info.decl.Name.Span(), "an entry cannot be a choice").Fixf("make a struct that reads a %s", b.name)
		}
		return b.choiceBody(k, e, pos)
	}
	b.optionalTags(stmts)
	var behind []ast.Stmt
	if n := len(stmts); b.isEntry && n > 0 {
		if _, ok := stmts[n-1].(*ast.End); ok {
			stmts, behind = stmts[:n-1], stmts[n-1:]
		}
	}
	tag := tagConst(berSequence)
	if !b.isEntry {
		p := s.Params[len(s.Params)-1]
		tag = &ir.Ref{Root: ir.RefParam, Param: p, Type: p.Type, K: ir.Signed, R: p.Range}
	}
	w := &ir.Window{Element: &ir.Element{Tag: tag}}
	e.learn(keyOffset, single(ir.R(2, ir.MaxDatagram)))
	e.learn(keyRemaining, single(ir.R(0, ir.MaxDatagram)))
	inside := begin(pos.confirmed)
	out := []ir.Stmt{inElement(w, b.c.fieldID(b.name), b.block(stmts, e, inside), b.info.decl.Name.Span())}
	for i := range inside.paths {
		if inside.paths[i].ok {
			inside.paths[i].size = windowSize(w, inside.paths[i].size)
		}
	}
	if inside.ended.ok {
		inside.ended.size = windowSize(w, inside.ended.size)
	}
	b.seqMarks(pos, inside)
	e.windowed = false
	e.forget()
	if len(behind) > 0 {
		out = append(out, b.block(behind, e, pos)...)
	}
	return out
}

// choiceBody makes a switch over the identifier octet of a choice's members.
func (b *body) choiceBody(k *ast.Struct, e *env, pos *progress) []ir.Stmt {
	node := b.info.decl.Name.Node
	sw := &ast.Switch{Node: k.Node, Tag: peekTag(node)}
	for _, st := range k.Body.Stmts {
		f, ok := st.(*ast.Field)
		if !ok {
			b.c.errorf(diag.BadElement, st.Span(), "a choice has members only").Fixf("put it into a type `ber` that reads the choice")
			b.broken = true
			continue
		}
		if f.Type == nil {
			continue
		}
		m := b.member(f)
		if m == nil {
			b.broken = true
			continue
		}
		if m.optional || len(f.Names) > 1 {
			b.c.errorf(diag.BadElement, f.Span(), "each member of a choice has a name and a tag of its own, and one of them is there").Fixf("mend this one")
			b.broken = true
			continue
		}
		sw.Cases = append(sw.Cases, &ast.Case{Node: f.Node, Values: tagRanges(f.Type.Node, b.first(m, f.Type)), Body: []ast.Stmt{f}})
	}
	if len(sw.Cases) == 0 {
		if !b.broken {
			b.c.errorf(diag.EmptyType, b.info.decl.Name.Span(), "%s has no members", b.name).Fixf("name one")
		}
		return nil
	}
	reason := &ast.Str{Node: node, Value: Snake(b.name) + "_tag"}
	rule := &ast.Rule{Node: node, Doc: "no member of " + b.name + " has this tag", Do: &ast.Action{Node: node, Kind: "poison", Reason: reason}}
	sw.Cases = append(sw.Cases, &ast.Case{Node: node, Default: true, Body: []ast.Stmt{rule}})
	return b.stmt(sw, e, pos)
}

// optionalTags reports optional members that what follows them could be, too.
func (b *body) optionalTags(stmts []ast.Stmt) {
	type place struct {
		tag int
		at  *ast.Field
	}
	var open []place
	quiet := &body{c: b.c, u: b.u, quiet: true}
	for _, st := range stmts {
		f, ok := st.(*ast.Field)
		if !ok || f.Type == nil {
			open = nil
			continue
		}
		if sh, _ := quiet.shapeQuietly(f.Type); sh == berBad {
			open = nil
			continue
		}
		m := quiet.member(f)
		if m == nil {
			open = nil
			continue
		}
		tags := quiet.first(m, f.Type)
		for _, p := range open {
			if slices.Contains(tags, p.tag) {
				b.c.errorf(diag.AmbiguousTag, f.Span(), "%s begins with the tag %s as %s does, which may be left out: nothing tells which one is there",
					f.Names[0].Name, tagText(p.tag), p.at.Names[0].Name).
					Label(p.at.Span(), "the optional one").Fixf("give one of them another tag, as the ASN.1 module must have it")
				break
			}
		}
		if !m.optional {
			open = nil
			continue
		}
		for _, tag := range tags {
			open = append(open, place{tag, f})
		}
	}
}

// shapeQuietly is shape without reports, for types that are there.
func (b *body) shapeQuietly(t *ast.Type) (berShape, int) {
	ref := t.Ref
	if t.Array != nil {
		if t.Array.Elem != nil && t.Array.Elem.Ref != nil {
			if _, ok := berTypes[t.Array.Elem.Ref.String()]; ok {
				return berBad, 0
			}
		}
		return b.shape(t)
	}
	if ref == nil || ref.Name() == nil || ref.Pkg() != nil || b.u.types[ref.Name().Name] != nil {
		return b.shape(t)
	}
	if _, ok := berTypes[ref.Name().Name]; ok {
		return b.shape(t)
	}
	if known, _ := builtin(ref.Name().Name, false); known != nil {
		return b.shape(t)
	}
	return berBad, 0
}
