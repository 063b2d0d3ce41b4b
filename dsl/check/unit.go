package check

import (
	"regexp"
	"strings"

	"github.com/flowscope/fsd/dsl/ast"
	"github.com/flowscope/fsd/dsl/diag"
	"github.com/flowscope/fsd/dsl/ir"
	"github.com/flowscope/fsd/dsl/source"
)

// unit is the names of one file.
type unit struct {
	src         *Unit
	types       map[string]*ast.TypeDecl
	typeOrder   []*ast.TypeDecl
	consts      map[string]*constant
	constList   []*constant
	imports     map[string]*imported
	counters    map[string]source.Span
	tables      map[string]*ast.Table
	pairs       map[string]*ast.Pair
	little      bool
	limitsAt    source.Span
	portsAt     []source.Span
	charsets    map[string]*charset
	charsetList []*charset
}

type imported struct {
	name string
	unit *unit
	at   source.Span
	used bool
}

// constant is a named constant, evaluated when first needed.
type constant struct {
	decl  *ast.Const
	unit  *unit
	state int // 0 not looked at, 1 being evaluated, 2 done
	value ir.Int
	base  int
	ok    bool
	used  bool
}

// unit indexes the declarations of a file. Errors about them are reported for the root file only: an imported file is
// checked on its own, here only what is used of it counts.
func (c *checker) unit(src *Unit) *unit {
	if u, ok := c.units[src]; ok {
		return u
	}
	u := &unit{src: src, types: map[string]*ast.TypeDecl{}, consts: map[string]*constant{}, imports: map[string]*imported{},
		counters: map[string]source.Span{}, tables: map[string]*ast.Table{}, pairs: map[string]*ast.Pair{}, charsets: map[string]*charset{}}
	c.units[src] = u
	c.unitOrder = append(c.unitOrder, u)
	first := map[string]source.Span{}
	declare := func(name *ast.Ident, what string) bool {
		if at, ok := first[name.Name]; ok {
			c.errorf(diag.DuplicateName, name.Span(), "%s %s has the name of another declaration", what, name.Name).
				Label(at, "%s is declared here first", name.Name).Fixf("rename one of them")
			return false
		}
		first[name.Name] = name.Span()
		return true
	}
	for _, d := range src.Tree.Decls {
		switch d := d.(type) {
		case *ast.Endian:
			u.little = d.Order == "little"
		case *ast.Const:
			if d.Name != nil && declare(d.Name, "constant") {
				k := &constant{decl: d, unit: u}
				u.consts[d.Name.Name] = k
				u.constList = append(u.constList, k)
			}
		case *ast.Pair:
			if d.Name != nil && d.Max != nil && declare(d.Name, "pair") {
				u.pairs[d.Name.Name] = d
			}
		case *ast.Table:
			if d.Name != nil && d.Value != nil && d.Max != nil && declare(d.Name, "table") {
				u.tables[d.Name.Name] = d
			}
		case *ast.Charset:
			if d.Name != nil && declare(d.Name, "charset") {
				u.charsets[d.Name.Name] = &charset{decl: d}
				u.charsetList = append(u.charsetList, u.charsets[d.Name.Name])
			}
		case *ast.TypeDecl:
			if d.Name == nil || d.Kind == nil {
				continue
			}
			collectCounters(d.Kind, u.counters)
			fine := declare(d.Name, "type")
			if u.types[d.Name.Name] == nil && !fine {
				u.types[d.Name.Name] = d // it hides the other one, so that its users find a type
			}
			if fine {
				u.types[d.Name.Name] = d
				u.typeOrder = append(u.typeOrder, d)
			}
		case *ast.Import:
			name := d.Path.Value
			target := src.Imports[name]
			if target == nil {
				continue // the caller has said why
			}
			if _, twice := u.imports[name]; twice {
				c.errorf(diag.DuplicateName, d.Path.Span(), "%q is imported twice", name).
					Label(u.imports[name].at, "here first").Fixf("remove one of them")
				continue
			}
			u.imports[name] = &imported{name: name, unit: c.unit(target), at: d.Path.Span()}
		}
	}
	return u
}

// collectCounters finds the counters that a type's body declares.
func collectCounters(kind ast.Kind, into map[string]source.Span) {
	var block func(stmts []ast.Stmt)
	block = func(stmts []ast.Stmt) {
		for _, s := range stmts {
			switch s := s.(type) {
			case *ast.Count:
				if s.Name != nil {
					if _, ok := into[s.Name.Name]; !ok {
						into[s.Name.Name] = s.Name.Span()
					}
				}
			case *ast.If:
				for ; s != nil; s = s.ElseIf {
					if s.Then != nil {
						block(s.Then.Stmts)
					}
					if s.Else != nil {
						block(s.Else.Stmts)
					}
				}
			case *ast.Switch:
				for _, k := range s.Cases {
					block(k.Body)
				}
			}
		}
	}
	switch k := kind.(type) {
	case *ast.Struct:
		if k.Body != nil {
			block(k.Body.Stmts)
		}
	case *ast.Chain:
		if k.Body != nil {
			block(k.Body.Stmts)
		}
	}
}

func baseName(f *source.File) string {
	return f.Name[strings.LastIndexAny(f.Name, `/\`)+1:]
}

var rfc = regexp.MustCompile(`rfc:([0-9]{1,5})`)

// references returns the documents that the comments of a file name, each once.
func references(f *source.File) []string {
	var out []string
	seen := map[string]bool{}
	for n := 1; n <= f.Lines(); n++ {
		line := f.Line(n)
		quoted := false
		for i := 0; i < len(line); i++ {
			switch {
			case line[i] == '\\' && quoted:
				i++
			case line[i] == '"':
				quoted = !quoted
			case !quoted && strings.HasPrefix(line[i:], "//"):
				for _, m := range rfc.FindAllStringSubmatch(line[i:], -1) {
					if ref := "RFC " + m[1]; !seen[ref] {
						seen[ref] = true
						out = append(out, ref)
					}
				}
				i = len(line)
			}
		}
	}
	return out
}

// typeNames are the names that a type can have in a file, for suggestions.
func (u *unit) typeNames() []string {
	names := []string{"bool", "byte", "uint8", "uint16", "uint24", "uint32", "uint48", "uint64", "int8", "int16", "int32", "int64",
		"uint16le", "uint32le", "uint64le", "ipv4", "ipv6", "mac", "uuid", "unix32", "ntp64", "ntp32", "float32", "float64"}
	for _, d := range u.typeOrder {
		names = append(names, d.Name.Name)
	}
	return names
}
