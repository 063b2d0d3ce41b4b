// Package dsl compiles specs: it reads a file and what it imports, parses and checks them, and returns the protocol that
// code generators and the interpreter work on. It exists so that commands and tests need to know one function.
//
// It may import its own sub-packages and the standard library. It reads only through the fs.FS that it is given.
package dsl

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"

	"github.com/flowscope/fsd/dsl/ast"
	"github.com/flowscope/fsd/dsl/check"
	"github.com/flowscope/fsd/dsl/diag"
	"github.com/flowscope/fsd/dsl/ir"
	"github.com/flowscope/fsd/dsl/parser"
	"github.com/flowscope/fsd/dsl/source"
	"github.com/flowscope/fsd/dsl/token"
)

// Limits of imports.
const (
	maxImports = 64        // files, all together
	maxDepth   = 16        // of imports in imports
	maxText    = 512 << 10 // bytes of imports, all together
)

// Ext is the extension of a spec's file name.
const Ext = ".fsd"

// Compile reads the spec at path (slash-separated, as fs.FS has it) and the specs beside it that it imports. The list
// holds all errors and warnings, in source order; the protocol is nil if there is an error. A file that cannot be read
// is an error without a place.
func Compile(fsys fs.FS, path string) (*ir.Protocol, diag.List) {
	l := &loader{fs: fsys, units: map[string]*check.Unit{}}
	root := l.load(path, nil)
	if root == nil || !l.whole() {
		l.diags.Sort()
		return nil, l.diags
	}
	p, found := check.Check(root)
	l.diags = append(l.diags, found...)
	l.diags.Sort()
	if l.diags.HasErrors() {
		return nil, l.diags
	}
	return p, l.diags
}

// Overlaps warns of detections that one datagram can match, of protocols that are to run together.
func Overlaps(protocols []*ir.Protocol) diag.List { return check.Overlaps(protocols) }

// whole says whether the parser left nothing out: its errors, if any, are about names and options that it understood.
// What it left out would cause errors that are none, so the checker sees whole files only.
func (l *loader) whole() bool {
	for _, d := range l.diags {
		switch d.Code {
		case diag.NameCase, diag.RepeatedOption:
		default:
			if d.Severity == diag.Error {
				return false
			}
		}
	}
	return true
}

// loader reads files, each once.
type loader struct {
	fs    fs.FS
	units map[string]*check.Unit // nil while or if the file could not be read
	stack []string
	diags diag.List
	text  int // bytes of imports so far
}

// load parses a file and its imports; nil after an error that leaves no tree. from is the import, nil for the root.
func (l *loader) load(name string, from *ast.Import) *check.Unit {
	text, err := l.read(name)
	if err != nil {
		if from != nil {
			l.diags.Errorf(diag.ImportNotFound, from.Path.Span(), "the import %q cannot be read: %v", from.Path.Value, reason(err)).
				Fixf("it is the file %s, beside this one", path.Base(name))
		} else {
			l.diags.Errorf(diag.ImportNotFound, source.Span{}, "%s cannot be read: %v", name, reason(err))
		}
		return nil
	}
	if from != nil {
		if l.text += len(text); l.text > maxText {
			l.diags.Errorf(diag.TooBig, from.Path.Span(), "the imports have more than %d bytes together", maxText)
			return nil
		}
	}
	tree, diags := parser.Parse(source.New(name, text))
	l.diags = append(l.diags, diags...)
	u := &check.Unit{Tree: tree, Imports: map[string]*check.Unit{}}
	l.units[name] = u
	l.stack = append(l.stack, name)
	for _, d := range tree.Decls {
		if imp, ok := d.(*ast.Import); ok && imp.Path != nil {
			if target := l.follow(name, imp); target != nil {
				u.Imports[imp.Path.Value] = target
			}
		}
	}
	l.stack = l.stack[:len(l.stack)-1]
	return u
}

// follow loads what an import names; nil after an error.
func (l *loader) follow(importer string, imp *ast.Import) *check.Unit {
	name := imp.Path.Value
	if !plainName(name) {
		d := l.diags.Errorf(diag.BadImport, imp.Path.Span(), "an import is the plain name of a spec beside this one, found %q", name)
		if base := strings.TrimSuffix(path.Base(strings.ReplaceAll(name, `\`, "/")), Ext); plainName(base) {
			d.Fixf("write %q", base)
		}
		return nil
	}
	file := path.Join(path.Dir(importer), name+Ext)
	for i, open := range l.stack {
		if open == file {
			l.diags.Errorf(diag.ImportCycle, imp.Path.Span(), "%s imports itself: %s -> %s", path.Base(file), strings.Join(baseNames(l.stack[i:]), " -> "), path.Base(file)).
				Fixf("move what both need to a file of its own")
			return nil
		}
	}
	if u, done := l.units[file]; done {
		return u
	}
	if len(l.units) >= maxImports || len(l.stack) >= maxDepth {
		l.diags.Errorf(diag.TooBig, imp.Path.Span(), "more than %d imports, or deeper than %d", maxImports, maxDepth)
		return nil
	}
	l.units[file] = nil
	return l.load(file, imp)
}

// read reads a file up to the limit of the lexer, which reports what is longer. What a root's path may be is for the
// file system to say; imports are plain names beside it.
func (l *loader) read(name string) (string, error) {
	f, err := l.fs.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, token.MaxFile+1))
	if err != nil {
		return "", fmt.Errorf("read: %w", err)
	}
	return string(text), nil
}

// reason is what went wrong, without the path, which depends on the file system.
func reason(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		if errors.Is(p.Err, fs.ErrNotExist) {
			return errors.New("there is no such file")
		}
		return p.Err
	}
	return err
}

// plainName says whether a name has lower-case letters, digits and underscores only, and so can neither leave the
// directory nor be anything but a name in the spec.
func plainName(name string) bool {
	if name == "" || len(name) > 64 || name[0] < 'a' || name[0] > 'z' {
		return false
	}
	for i := 0; i < len(name); i++ {
		if c := name[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_' {
			return false
		}
	}
	return true
}

func baseNames(files []string) []string {
	out := make([]string, len(files))
	for i, f := range files {
		out[i] = path.Base(f)
	}
	return out
}
