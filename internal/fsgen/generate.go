package fsgen

import (
	"bytes"
	"errors"
	"fmt"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/rogpeppe/go-internal/diff"

	"github.com/flowscope/fsd/codegen"
)

type generateCmd struct {
	Output  string   `short:"o" placeholder:"DIR" default:"." help:"Folder to write to; made if it is not there."`
	Package string   `placeholder:"NAME" help:"Go package name; else $GOPACKAGE, else the protocol's name."`
	Check   bool     `help:"Write nothing; exit 1 and print a diff when what is on disk is stale."`
	Files   []string `arg:"" name:"FILE.fsd" help:"Specs."`
}

func (c *generateCmd) Run(a *app) error {
	pkg := c.Package
	if pkg == "" {
		pkg = os.Getenv("GOPACKAGE")
	}
	if pkg != "" && (!token.IsIdentifier(pkg) || pkg == "_") {
		a.status = exitUsage
		return fmt.Errorf("--package %q: not a Go package name", pkg)
	}
	for _, path := range c.Files {
		p := a.compile(path)
		if p == nil {
			continue
		}
		files, err := codegen.Generate(p, codegen.Options{Package: pkg})
		if err != nil {
			return err
		}
		for _, f := range files {
			name := filepath.Join(c.Output, f.Name)
			if err := c.put(a, name, f.Content); err != nil {
				return err
			}
		}
	}
	return nil
}

// put writes a file through a temporary one, only when the bytes differ; with --check it prints the difference.
func (c *generateCmd) put(a *app, name string, content []byte) error {
	old, err := os.ReadFile(name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err == nil && bytes.Equal(old, content) {
		return nil
	}
	if c.Check {
		a.fail()
		_, err := a.stdout.Write(diff.Diff(name, old, name+" (generated)", content))
		return err
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		return err
	}
	return writeFile(name, content)
}

// writeFile replaces a file as a whole: readers see the old bytes or the new ones.
func writeFile(name string, content []byte) error {
	mode := fs.FileMode(0o666)
	if info, err := os.Stat(name); err == nil {
		mode = info.Mode().Perm()
	}
	tmp, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(content)
	if err := errors.Join(err, tmp.Close()); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if mode == 0o666 {
		mode = 0o644 // CreateTemp made it private
	}
	if err := os.Chmod(tmp.Name(), mode); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), name)
}
