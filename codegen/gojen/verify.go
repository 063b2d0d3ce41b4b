package gojen

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"regexp"
	"sort"
	"strings"
)

var blankInBlock = regexp.MustCompile(`\n\n\n+`)

// tidy is gofmt, and at most one blank line in a row.
func tidy(src []byte) ([]byte, error) {
	src = blankInBlock.ReplaceAll(importGroups(src), []byte("\n\n"))
	out, err := format.Source(src)
	if err != nil {
		return nil, fmt.Errorf("the code is not Go: %w", err)
	}
	return append(bytes.TrimRight(out, "\n"), '\n'), nil
}

// importGroups puts the imports of the standard library in a group of their own, in front.
func importGroups(src []byte) []byte {
	begin := bytes.Index(src, []byte("\nimport (\n"))
	if begin < 0 {
		return src
	}
	begin += len("\nimport (\n")
	end := begin + bytes.Index(src[begin:], []byte("\n)"))
	var std, others []string
	for _, l := range strings.Split(string(src[begin:end]), "\n") {
		if strings.Contains(l, ".") {
			others = append(others, l)
		} else {
			std = append(std, l)
		}
	}
	if len(std) > 0 && len(others) > 0 {
		std = append(std, "")
	}
	groups := strings.Join(append(std, others...), "\n")
	return append(append(append([]byte(nil), src[:begin]...), groups...), src[end:]...)
}

// allowedImports are all that generated code may import.
var allowedImports = map[string]bool{
	wirePath: true, datagramPath: true, vectorPath: true, flowPath: true, binaryPath: true,
	"bytes": true, "iter": true, "slices": true, "strconv": true, "time": true, "testing": true,
}

// verify parses src again and compares it with what was meant: the imports are the known ones, every declaration at
// the top level is one of want, and nothing is missing. Whatever text of a spec was taken for code shows here.
func verify(src []byte, want []string) error {
	file, err := parser.ParseFile(token.NewFileSet(), "", src, parser.ParseComments)
	if err != nil {
		return fmt.Errorf("the code is not Go: %w", err)
	}
	for _, imp := range file.Imports {
		if path := strings.Trim(imp.Path.Value, `"`); !allowedImports[path] {
			return fmt.Errorf("the code imports %s", path)
		}
	}
	for _, group := range file.Comments {
		for _, c := range group.List {
			if !strings.HasPrefix(c.Text, "// ") && !strings.HasPrefix(c.Text, "//\t") && c.Text != "//" {
				return fmt.Errorf("the code has a comment that may be a directive: %q", c.Text)
			}
		}
	}
	return compare(declared(file), want)
}

// declared lists the top-level declarations of a file, methods as Type.Method.
func declared(file *ast.File) []string {
	var names []string
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			name := d.Name.Name
			if d.Recv != nil {
				t := d.Recv.List[0].Type
				if s, ok := t.(*ast.StarExpr); ok {
					t = s.X
				}
				if i, ok := t.(*ast.Ident); ok {
					name = i.Name + "." + name
				}
			}
			names = append(names, name)
		case *ast.GenDecl:
			for _, sp := range d.Specs {
				switch sp := sp.(type) {
				case *ast.TypeSpec:
					names = append(names, sp.Name.Name)
				case *ast.ValueSpec:
					for _, n := range sp.Names {
						names = append(names, n.Name)
					}
				}
			}
		}
	}
	sort.Strings(names)
	return names
}

func compare(got, want []string) error {
	want = append([]string(nil), want...)
	sort.Strings(want)
	for i := 0; i < len(got) || i < len(want); i++ {
		switch {
		case i >= len(want) || i < len(got) && got[i] < want[i]:
			return fmt.Errorf("the code declares %s, which was not meant", got[i])
		case i >= len(got) || got[i] > want[i]:
			return fmt.Errorf("the code does not declare %s, which was meant", want[i])
		}
	}
	return nil
}
