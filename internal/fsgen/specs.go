package fsgen

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/flowscope/fsd/dsl"
	"github.com/flowscope/fsd/dsl/diag"
	"github.com/flowscope/fsd/dsl/ir"
	"github.com/flowscope/fsd/internal/disk"
)

// compile compiles a spec and prints its diagnostics; nil when there are errors, and the exit status is set.
func (a *app) compile(path string) *ir.Protocol {
	if _, err := os.Stat(path); err != nil && filepath.Ext(path) != dsl.Ext {
		fmt.Fprintf(a.stderr, "fsgen: %s is neither a command nor a %s file\nrun \"fsgen --help\" for the commands and flags\n", path, dsl.Ext)
		a.status = exitUsage
		return nil
	}
	p, diagnostics := dsl.Compile(disk.FS{}, filepath.ToSlash(path))
	a.report(diagnostics)
	if diagnostics.HasErrors() {
		return nil
	}
	return p
}

// report prints diagnostics as text.
func (a *app) report(l diag.List) {
	if len(l) == 0 {
		return
	}
	if err := diag.Text(a.stderr, l, diag.Style{Color: a.colour}); err != nil {
		a.fail()
	}
	if l.HasErrors() {
		a.fail()
	}
}

type checkCmd struct {
	ErrorFormat string   `enum:"text,json,github,sarif" default:"text" help:"How diagnostics are written: ${enum}."`
	Files       []string `arg:"" name:"FILE.fsd" help:"Specs."`
}

func (c *checkCmd) Run(a *app) error {
	var all diag.List
	var protocols []*ir.Protocol
	for _, path := range c.Files {
		p, diagnostics := dsl.Compile(disk.FS{}, filepath.ToSlash(path))
		all = append(all, diagnostics...)
		if p != nil {
			protocols = append(protocols, p)
		}
	}
	all = append(all, dsl.Overlaps(protocols)...)
	if all.HasErrors() {
		a.fail()
	}
	if c.ErrorFormat != "text" {
		return diag.Write(a.stdout, c.ErrorFormat, all, diag.Style{})
	}
	a.report(all)
	return nil
}

type explainCmd struct {
	Code string `arg:"" name:"CODE" help:"An error code, such as FSD0107."`
}

func (c *explainCmd) Run(a *app) error {
	code := strings.ToUpper(c.Code)
	if n, err := strconv.ParseUint(code, 10, 16); err == nil {
		code = fmt.Sprintf("FSD%04d", n)
	}
	page, ok := diag.Explain(diag.Code(code))
	if !ok {
		a.status = exitUsage
		codes := diag.Codes()
		return fmt.Errorf("no error code %s; they run from %s to %s", c.Code, codes[0], codes[len(codes)-1])
	}
	_, err := fmt.Fprint(a.stdout, page.Text)
	return err
}

type boundsCmd struct {
	Files []string `arg:"" name:"FILE.fsd" help:"Specs."`
}

func (c *boundsCmd) Run(a *app) error {
	for _, path := range c.Files {
		p := a.compile(path)
		if p == nil {
			continue
		}
		fmt.Fprintf(a.stdout, "%s: %s\n", path, p.Name)
		for _, e := range p.Bounds.Entries {
			from := ""
			switch e.Entry.From {
			case ir.Initiator:
				from = " from initiator"
			case ir.Responder:
				from = " from responder"
			}
			steps := e.Steps.String()
			if e.StepsText != steps {
				steps = e.StepsText + " = " + steps
			}
			fmt.Fprintf(a.stdout, "  entry%s %s: %d..%d bytes, steps <= %s, depth %d, allocations 0\n",
				from, e.Entry.Type.Name, e.Size.Min, e.Size.Max, steps, e.Depth)
		}
		fmt.Fprintf(a.stdout, "  state: %d bytes per flow, %d bytes per host\n", p.Bounds.StatePerFlow, p.Bounds.StatePerHost)
	}
	return nil
}
