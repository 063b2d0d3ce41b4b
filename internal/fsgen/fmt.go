package fsgen

import (
	"bytes"
	"fmt"
	"io"
	"os"

	"github.com/rogpeppe/go-internal/diff"

	"github.com/flowscope/fsd/dsl/format"
)

type fmtCmd struct {
	List  bool     `short:"l" help:"List files whose format differs."`
	Write bool     `short:"w" help:"Write the result to the file instead of standard output."`
	Diff  bool     `short:"d" help:"Print a diff instead of the result."`
	Files []string `arg:"" optional:"" name:"FILE.fsd" help:"Specs; standard input when there is none."`
}

func (c *fmtCmd) Run(a *app) error {
	if len(c.Files) == 0 {
		if c.Write {
			a.status = exitUsage
			return fmt.Errorf("-w needs files: standard input cannot be written to")
		}
		text, err := io.ReadAll(a.stdin)
		if err != nil {
			return err
		}
		return c.one(a, "<stdin>", text)
	}
	for _, name := range c.Files {
		text, err := os.ReadFile(name)
		if err != nil {
			fmt.Fprintf(a.stderr, "fsgen: %v\n", err)
			a.fail()
			continue
		}
		if err := c.one(a, name, text); err != nil {
			return err
		}
	}
	return nil
}

func (c *fmtCmd) one(a *app, name string, text []byte) error {
	out, diagnostics := format.Source(name, text)
	a.report(diagnostics)
	if diagnostics.HasErrors() {
		return nil
	}
	if !c.List && !c.Write && !c.Diff {
		_, err := a.stdout.Write(out)
		return err
	}
	if bytes.Equal(text, out) {
		return nil
	}
	if c.List {
		fmt.Fprintln(a.stdout, name)
	}
	if c.Diff {
		if _, err := a.stdout.Write(diff.Diff(name, text, name+" (formatted)", out)); err != nil {
			return err
		}
	}
	if c.Write {
		return writeFile(name, out)
	}
	return nil
}
