package check

import (
	"fmt"
	"slices"

	"github.com/flowscope/fsd/dsl/ast"
	"github.com/flowscope/fsd/dsl/diag"
	"github.com/flowscope/fsd/dsl/ir"
	"github.com/flowscope/fsd/dsl/source"
)

// body is a struct or a chain that is being checked.
type body struct {
	c       *checker
	u       *unit
	info    *namedInfo
	name    string
	isChain bool
	isEntry bool
	// offsets are lets that are the offset at which they stand.
	offsets map[*ir.Field]bool
	// declared are the places where each name is read, anywhere in the body.
	declared map[string][]*ast.Ident
	// known are the fields so far.
	known map[string]*knownField
	order []*ir.Field
	keys  map[string]string
	// stopped are the branches behind which nothing runs on.
	stopped map[branchRef]bool
	// mayHaveEnded says that an `end` in a branch may have ended the struct: fields from here on may be absent.
	mayHaveEnded bool
	reading      string // the field whose declaration is being checked
	broken       bool
	tentative    bool // an entry has a conditional `confirm`
	lax          source.Span
	outer        *body // whose check led to this one
	// of a chain:
	readsItem bool
	item      *ir.Field
	itemAt    source.Span
	gotoAt    source.Span
	endAt     source.Span
	// looking are the lookups in whose branches statements are being checked.
	looking []lookedUp
	// of a type `ber` or `choice`: element and tag are those of the field being read. quiet: only asked about, not checked.
	ber      bool
	element  *ir.Element
	tag      int
	quiet    bool
	afterEnd bool // behind an entry's end
	// self is the struct being built; deepAfterConfirm are the places behind a confirm where it contains itself.
	self             *ir.Struct
	deepAfterConfirm []source.Span
}

// knownField is a field and the branches in which it was read.
type knownField struct {
	field    *ir.Field
	at       source.Span
	branches [][]branchRef
	text     string // of its type, to compare
}

func (c *checker) body(info *namedInfo, block *ast.Block) *body {
	b := &body{c: c, u: info.unit, info: info, name: info.decl.Name.Name, declared: map[string][]*ast.Ident{},
		known: map[string]*knownField{}, keys: map[string]string{}, stopped: map[branchRef]bool{}}
	_, b.isEntry = c.entryOf[info.decl]
	b.outer, c.cur = c.cur, b
	if info.fields == nil {
		info.fields = map[string]*ir.Field{}
	}
	if block != nil {
		b.declare(block.Stmts)
	}
	return b
}

// declare collects the names that a body reads or computes.
func (b *body) declare(stmts []ast.Stmt) {
	for _, s := range stmts {
		switch s := s.(type) {
		case *ast.Field:
			for _, n := range s.Names {
				b.declared[n.Name] = append(b.declared[n.Name], n)
			}
		case *ast.Let:
			if s.Name != nil {
				b.declared[s.Name.Name] = append(b.declared[s.Name.Name], s.Name)
			}
		case *ast.If:
			for ; s != nil; s = s.ElseIf {
				if s.Then != nil {
					b.declare(s.Then.Stmts)
				}
				if s.Else != nil {
					b.declare(s.Else.Stmts)
				}
			}
		case *ast.Switch:
			for _, k := range s.Cases {
				b.declare(k.Body)
			}
		}
	}
}

// hasParam says whether the type has a parameter of that name.
func (b *body) hasParam(name string) bool {
	return slices.ContainsFunc(b.info.decl.Params, func(p *ast.Param) bool { return p.Name != nil && p.Name.Name == name })
}

// later is the place where a name that cannot be read here is read elsewhere in the body.
func (b *body) later(name string) (source.Span, bool) {
	places := b.declared[name]
	if len(places) == 0 {
		return source.Span{}, false
	}
	return places[0].Span(), true
}

func (b *body) exprs(e *env) *exprs { return &exprs{c: b.c, u: b.u, b: b, env: e} }

// field returns the ir of a field by name, the same one each time: `last.X` may ask before it is read.
func (info *namedInfo) field(name string) *ir.Field {
	if f := info.fields[name]; f != nil {
		return f
	}
	if info.fields == nil {
		info.fields = map[string]*ir.Field{}
	}
	f := &ir.Field{Name: name, Key: Snake(name)}
	info.fields[name] = f
	return f
}

// bind makes a field or let readable and joins it with those of the same name in other branches. f is what was built of
// the declaration; the field to use is returned, nil after an error.
func (b *body) bind(name *ast.Ident, f *ir.Field, e *env) *ir.Field {
	f.Conditional = len(e.branch) > 0 || b.mayHaveEnded
	if name.Name == "_" {
		part := "._"
		if b.readsItem {
			part = ".item"
		}
		f.ID = b.c.fieldID(b.name + part)
		return f
	}
	text := b.typeKey(e, f)
	if v := e.lookup(name.Name); v != nil {
		b.c.errorf(diag.DuplicateField, name.Span(), "%s has %s %s already", b.name, fieldWord(f), name.Name).
			Label(v.at, "here first").Fixf("rename one of them")
		return nil
	}
	k := b.known[name.Name]
	if k == nil {
		shared := b.info.field(name.Name)
		*shared = *f
		f = shared
		if !f.Hidden {
			b.c.memberName(name, f.Key, b.keys)
			f.ID = b.c.fieldID(b.name + "." + name.Name)
			b.order = append(b.order, f)
			if b.self != nil {
				b.self.Fields = b.order // for what contains it recursively
			}
		}
		b.known[name.Name] = &knownField{field: f, at: name.Span(), branches: [][]branchRef{e.branch}, text: text}
		e.vars[name.Name] = &variable{field: f, at: name.Span()}
		return f
	}
	if len(k.branches) == maxCases {
		b.c.errorf(diag.TooBig, name.Span(), "%s is read in more than %d branches", name.Name, maxCases).Fixf("make a type of a part of them")
	}
	if len(k.branches) >= maxCases {
		return nil
	}
	for _, other := range k.branches {
		if !b.exclusive(other, e.branch) {
			b.c.errorf(diag.DuplicateField, name.Span(), "%s may have read %s already", b.name, name.Name).
				Label(k.at, "here").Fixf("rename one of them, or read them in branches of one switch or if")
			return nil
		}
	}
	if f.Hidden { // a local name of its own in each branch
		k.branches = append(k.branches, e.branch)
		e.vars[name.Name] = &variable{field: f, at: name.Span()}
		return f
	}
	if k.text != text {
		d := b.c.errorf(diag.FieldTypes, name.Span(), "%s is %s here and %s in another branch", name.Name, describe(f), describe(k.field)).
			Label(k.at, "the other one").Fixf("give both the same type, or one of them another name")
		if describe(f) == describe(k.field) {
			d.Message = fmt.Sprintf("%s is %s here and in another branch, with other lengths or arguments", name.Name, describe(f))
			d.Fixf("make what differs a value in front of the branches, or give one of them another name")
		}
		e.vars[name.Name] = &variable{at: name.Span(), bad: true}
		return nil
	}
	if k.field.Doc == "" {
		k.field.Doc = f.Doc
	}
	k.branches = append(k.branches, e.branch)
	e.vars[name.Name] = &variable{field: k.field, at: name.Span()}
	return k.field
}

func fieldWord(f *ir.Field) string {
	if f.Computed {
		return "a value"
	}
	return "a field"
}

func describe(f *ir.Field) string {
	if t, ok := f.Type.(*ir.BytesType); ok {
		return "bytes (" + sizeText(t.Bytes) + ")" + [...]string{"", " as text", " as ascii", " as cstring", " as nbname", " as oid"}[t.As]
	}
	text := typeText(f.Type)
	if f.Computed {
		text = "computed as " + text
	}
	switch f.As {
	case ir.AsSeconds:
		return text + " as seconds"
	case ir.AsMillis:
		return text + " as millis"
	case ir.AsMicros:
		return text + " as micros"
	}
	return text
}

// exclusive says whether of two places in branches only one can run.
func (b *body) exclusive(x, y []branchRef) bool {
	for _, r := range x {
		if b.stopped[r] {
			return true
		}
		for _, s := range y {
			if r.of == s.of && r.number != s.number {
				return true
			}
		}
	}
	return false
}

// hide makes a name that had an error readable without further errors.
func (b *body) hide(name *ast.Ident, e *env) {
	b.broken = true
	if name.Name != "_" && e.lookup(name.Name) == nil {
		e.vars[name.Name] = &variable{at: name.Span(), bad: true}
	}
}

// params builds the parameters of a struct.
func (b *body) params(e *env) []*ir.Param {
	var out []*ir.Param
	for _, p := range b.info.decl.Params {
		if p.Name == nil || p.Type == nil {
			b.info.badParams = true
			b.broken = true
			continue
		}
		name := p.Name.Name
		if v := e.lookup(name); v != nil {
			b.c.errorf(diag.DuplicateField, p.Name.Span(), "%s has a parameter %s already", b.name, name).Label(v.at, "here first").Fixf("rename one of them")
			b.info.badParams = true
			continue
		}
		b.notReserved(p.Name, "a parameter")
		t := b.c.typeOf(b.u, p.Type)
		switch t.(type) {
		case nil:
			e.vars[name] = &variable{at: p.Name.Span(), bad: true}
			b.info.badParams = true
			b.broken = true
			continue
		case *ir.IntType, *ir.BoolType, *ir.Enum, *ir.Flags, *ir.Bits, *ir.Struct:
		default:
			b.c.errorf(diag.BadParam, p.Type.Span(), "a parameter cannot be %s", withArticle(t)).
				Fixf("hand on an integer, bool, enum, flags, bits word or struct")
			e.vars[name] = &variable{at: p.Name.Span(), bad: true}
			b.info.badParams = true
			continue
		}
		param := &ir.Param{Name: name, Type: t, Range: valueRange(t)}
		if _, isBool := t.(*ir.BoolType); isBool {
			param.Range = ir.Range{}
		}
		out = append(out, param)
		e.vars[name] = &variable{param: param, at: p.Name.Span()}
	}
	if b.c.takesTag(b.info.decl) {
		out = append(out, &ir.Param{Name: "tag", Type: &ir.IntType{Bits: 8}, Range: ir.R(0, 255)})
	}
	return out
}

// notReserved reports a local name that means something else in every expression.
func (b *body) notReserved(name *ast.Ident, what string) {
	if slices.Contains(facts, name.Name) {
		b.c.errorf(diag.Shadow, name.Span(), "%s is a fact that every expression can name, and cannot be %s", name.Name, what).
			Fixf("rename it")
	} else if _, ok := b.u.imports[name.Name]; ok {
		b.c.errorf(diag.Shadow, name.Span(), "%s is the name of an import, and cannot be %s", name.Name, what).Fixf("rename it")
	} else if _, ok := b.u.consts[name.Name]; ok {
		b.c.errorf(diag.Shadow, name.Span(), "%s is the name of a constant, and cannot be %s", name.Name, what).Fixf("rename it")
	} else if _, ok := b.u.charsets[name.Name]; ok {
		b.c.errorf(diag.Shadow, name.Span(), "%s is the name of a charset, and cannot be %s", name.Name, what).Fixf("rename it")
	}
}
