package parser

import (
	"reflect"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/flowscope/fsd/dsl/ast"
	"github.com/flowscope/fsd/dsl/diag"
	"github.com/flowscope/fsd/dsl/source"
	"github.com/flowscope/fsd/dsl/token"
)

// finish completes the tree of a declaration with what the grammar cannot say: where nodes end, what literals mean, the
// comments that document them, and rules about names.
func (p *parser) finish(d ast.Decl, chunk token.Chunk) {
	f := &finisher{parser: p, chunk: chunk}
	walk(reflect.ValueOf(d), f.node)
}

type finisher struct {
	*parser
	chunk token.Chunk
}

// walk calls visit for every node below v, parents first.
func walk(v reflect.Value, visit func(ast.Any)) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			walk(v.Elem(), visit)
		}
	case reflect.Slice:
		for i := 0; i < v.Len(); i++ {
			walk(v.Index(i), visit)
		}
	case reflect.Struct:
		n, ok := v.Addr().Interface().(ast.Any)
		if !ok {
			return
		}
		visit(n)
		if v.Type() == nodeType {
			return
		}
		for i := 0; i < v.NumField(); i++ {
			if !v.Type().Field(i).Anonymous {
				walk(v.Field(i), visit)
			}
		}
	}
}

var nodeType = reflect.TypeFor[ast.Node]()

func (f *finisher) node(n ast.Any) {
	f.place(n.Base())
	switch n := n.(type) {
	case *ast.Str:
		n.Value = token.Unquote(n.Text)
	case *ast.Char:
		n.Value = token.UnquoteChar(n.Text)
	case *ast.Action:
		if n.Reject {
			n.Kind = "reject"
		}
	case *ast.Protocol:
		n.Doc = f.doc(n)
	case *ast.Import:
		n.Doc = f.doc(n)
	case *ast.Endian:
		n.Doc = f.doc(n)
	case *ast.Const:
		n.Doc = f.doc(n)
	case *ast.Ports:
		n.Doc = f.doc(n)
	case *ast.Limits:
		n.Doc = f.doc(n)
	case *ast.Limit:
		n.Doc = f.doc(n)
	case *ast.Detect:
		n.Doc = f.doc(n)
	case *ast.DetectTest:
		n.Doc = f.doc(n)
		if n.Set != nil {
			n.Op = "in"
		}
	case *ast.Entry:
		n.Doc = f.doc(n)
	case *ast.TypeDecl:
		n.Doc = f.doc(n)
		f.typeDecl(n)
	case *ast.Test:
		n.Doc = f.doc(n)
	case *ast.EnumValue:
		n.Doc = f.doc(n)
		f.upper(n.Name, "the name of a value")
	case *ast.Field:
		n.Doc = f.doc(n)
		for _, name := range n.Names {
			if name.Name != "_" {
				f.upper(name, "the name of a field")
			}
		}
		f.options(n.Opts)
	case *ast.Item:
		f.options(n.Opts)
	case *ast.Let:
		n.Doc = f.doc(n)
	case *ast.Rule:
		n.Doc = f.doc(n)
	case *ast.Count:
		n.Doc = f.doc(n)
		f.upper(n.Name, "the name of a counter")
	case *ast.Expect:
		n.Doc = f.doc(n)
	case *ast.Table:
		n.Doc = f.doc(n)
		f.upper(n.Name, "the name of a table")
	case *ast.Charset:
		n.Doc = f.doc(n)
		f.lower(n.Name, "the name of a charset")
	case *ast.Literal:
		n.Doc = f.doc(n)
	case *ast.Pair:
		n.Doc = f.doc(n)
		f.upper(n.Name, "the name of a pair")
	case *ast.Transact:
		n.Doc = f.doc(n)
	case *ast.Lookup:
		f.lower(n.As, "the name of a value that was looked up")
	case *ast.Each:
		f.lower(n.Var, "the name of an element")
	case *ast.Where:
		f.where(n)
	case *ast.TypeRef:
		if token.IsLater(n.Path[0].Name) {
			f.place(n.Path[0].Base())
			f.notYet(n.Path[0].Span())
		}
	case *ast.Switch:
		f.cases(n)
	}
}

// place sets the file of a node, and moves its end from where the next token begins to where its last one ends.
func (f *finisher) place(n *ast.Node) {
	if n.File != nil {
		return
	}
	n.File = f.file
	i := f.index(n.EndPos.Offset) - 1
	for i >= 0 && f.chunk.Tokens[i].End == f.chunk.Tokens[i].Start {
		i--
	}
	if i < 0 || f.chunk.Tokens[i].End <= n.Pos.Offset {
		n.EndPos = n.Pos
		return
	}
	t := f.chunk.Tokens[i]
	n.EndPos = t.Position(f.file.Name)
	n.EndPos.Offset = t.End
	n.EndPos.Column += utf8.RuneCountInString(f.file.Text[t.Start:t.End])
}

// index is that of the first token at or behind an offset.
func (f *finisher) index(offset int) int {
	return sort.Search(len(f.chunk.Tokens), func(i int) bool { return f.chunk.Tokens[i].Start >= offset })
}

// doc returns the comment lines directly above a node, then the comment behind it on its last line.
func (f *finisher) doc(n ast.Any) string {
	span := n.Span()
	var lines []string
	i := f.index(span.Start)
	if i < len(f.chunk.Tokens) {
		lines = above(f.chunk.Tokens[i])
	}
	next := f.chunk.Next
	last := f.chunk.Tokens[min(i, len(f.chunk.Tokens)-1)]
	for j := f.index(span.End); j <= len(f.chunk.Tokens); j++ {
		if j > 0 && f.chunk.Tokens[j-1].End > f.chunk.Tokens[j-1].Start {
			last = f.chunk.Tokens[j-1]
		}
		if j == len(f.chunk.Tokens) || !f.chunk.Tokens[j].Is(";") {
			if j < len(f.chunk.Tokens) {
				next = f.chunk.Tokens[j]
			}
			break
		}
	}
	if len(next.Before) > 0 && next.Before[0].Trailing && next.Before[0].Line == last.Line {
		lines = append(lines, comment(next.Before[0]))
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

// above returns the comment block that touches a token from above.
func above(t token.Token) []string {
	if t.Blank {
		return nil
	}
	from := len(t.Before)
	for from > 0 && !t.Before[from-1].Trailing {
		from--
		if t.Before[from].Blank {
			break
		}
	}
	var lines []string
	for _, c := range t.Before[from:] {
		lines = append(lines, comment(c))
	}
	return lines
}

func comment(c token.Comment) string {
	return strings.TrimPrefix(strings.TrimPrefix(c.Text, "//"), " ")
}

func (f *finisher) upper(name *ast.Ident, what string) {
	f.place(name.Base())
	if !isUpper(name.Name) {
		up := strings.ToUpper(name.Name[:1]) + name.Name[1:]
		d := f.diags.Errorf(diag.NameCase, name.Span(), "%s begins with an upper-case letter, found `%s`", what, name.Name)
		if near, ok := diag.Suggest(name.Name, append([]string{"case", "default"}, token.StmtWords...)); ok && what == "the name of a field" {
			d.Fixf("did you mean %s?", near).Replace(name.Span(), near)
		} else if isUpper(up) {
			d.Fixf("write %s", up).Replace(name.Span(), up)
		}
	}
}

func (f *finisher) lower(name *ast.Ident, what string) {
	f.place(name.Base())
	if isUpper(name.Name) {
		low := strings.ToLower(name.Name[:1]) + name.Name[1:]
		f.diags.Errorf(diag.NameCase, name.Span(), "%s begins with a lower-case letter, found `%s`", what, name.Name).
			Fixf("write %s", low).Replace(name.Span(), low)
	}
}

func isUpper(name string) bool { return 'A' <= name[0] && name[0] <= 'Z' }

func (f *finisher) typeDecl(n *ast.TypeDecl) {
	f.upper(n.Name, "the name of a type")
	if len(n.Params) > 0 {
		switch n.Kind.(type) {
		case *ast.Struct, *ast.Chain:
		default:
			f.place(n.Params[0].Base())
			f.diags.Errorf(diag.MisplacedWord, n.Params[0].Span(), "only a struct or a chain takes parameters").
				Fixf("remove the parameters of %s", n.Name.Name)
		}
	}
	for _, param := range n.Params {
		f.place(param.Name.Base())
		if isUpper(param.Name.Name) {
			low := strings.ToLower(param.Name.Name[:1]) + param.Name.Name[1:]
			f.diags.Errorf(diag.NameCase, param.Name.Span(), "the name of a parameter begins with a lower-case letter, found `%s`", param.Name.Name).
				Fixf("write %s", low).Replace(param.Name.Span(), low)
		}
	}
}

// options reports an option that is said twice.
func (f *finisher) options(opts []*ast.FieldOpt) {
	seen := map[string]source.Span{}
	for _, o := range opts {
		f.place(o.Base())
		word := optionWord(o)
		if first, ok := seen[word]; ok && word != "where" {
			f.diags.Errorf(diag.RepeatedOption, o.Span(), "`%s` is said twice of one field", word).
				Label(first, "here first").Fixf("remove one of them")
			continue
		}
		seen[word] = o.Span()
	}
}

func optionWord(o *ast.FieldOpt) string {
	switch {
	case o.Max != nil:
		return "max"
	case o.As != nil:
		return "as"
	case o.Size != nil:
		return "size"
	case o.Align != nil:
		return "align"
	case o.Lax:
		return "lax"
	case o.Known:
		return "known"
	case o.Const != nil:
		return "="
	case o.Over != nil:
		return "over"
	case o.At != nil:
		return "at"
	case o.Index != nil:
		return "index"
	case o.Tag != nil:
		return "tag"
	case o.Explicit != nil:
		return "explicit"
	case o.Optional:
		return "optional"
	}
	return "where"
}

// where reports a condition that begins with `-`, which could be a sign or belong to the operand left out.
func (f *finisher) where(n *ast.Where) {
	i := f.index(n.Cond.Base().Pos.Offset)
	if i < len(f.chunk.Tokens) && f.chunk.Tokens[i].Is("-") {
		f.diags.Errorf(diag.AmbiguousMinus, f.chunk.Tokens[i].Span(f.file), "`where -` may mean the field minus a value or a negative value").
			Fixf("write the name of the field, or parentheses around the negative value")
	}
}

// cases reports a default that is not the last branch, or one of several.
func (f *finisher) cases(n *ast.Switch) {
	for i, c := range n.Cases {
		if c.Default && i < len(n.Cases)-1 {
			f.place(c.Base())
			at := c.Span()
			at.End = at.Start + len("default")
			f.diags.Errorf(diag.MisplacedWord, at, "`default` is not the last branch of its switch").Fixf("move it to the end")
		}
	}
}
