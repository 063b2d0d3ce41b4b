// Package fsgen is the command of that name: specs in, Go out. It is a package of its own so that tests run it in
// process. It may import the compiler, the generator and the interpreter.
package fsgen

import (
	"fmt"
	"io"
	"os"

	"github.com/alecthomas/kong"
)

// Exit statuses.
const (
	exitDone  = 0
	exitWrong = 1 // the spec is wrong, what is on disk is stale, or a test failed
	exitUsage = 2
)

// app carries the standard streams to the sub-commands, and back the exit status.
type app struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	colour         bool
	status         int
}

// fail sets the exit status to 1, unless it says already that the call itself was wrong.
func (a *app) fail() {
	if a.status == exitDone {
		a.status = exitWrong
	}
}

type cli struct {
	Generate generateCmd `cmd:"" default:"withargs" help:"Generate Go parsers (the default command)."`
	Check    checkCmd    `cmd:"" help:"Check specs: diagnostics only."`
	Fmt      fmtCmd      `cmd:"" help:"Format specs."`
	Test     testCmd     `cmd:"" help:"Run the test vectors of specs through the interpreter."`
	Bounds   boundsCmd   `cmd:"" help:"Print what was proved of specs: sizes, steps, depth, allocations, state."`
	Explain  explainCmd  `cmd:"" help:"Explain an error code, with a wrong and a right example."`
}

// Run runs the command with the arguments after its name and returns the exit status.
func Run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	a := &app{stdin: stdin, stdout: stdout, stderr: stderr, colour: isTerminal(stderr) && os.Getenv("NO_COLOR") == ""}
	var c cli
	exited := -1
	parser, err := kong.New(&c,
		kong.Name("fsgen"),
		kong.Description("Compile protocol specs (.fsd) to typed Go parsers.\n\nExit status: 0 done; 1 the spec is wrong, stale, or a test failed; 2 usage."),
		kong.Writers(stdout, stderr),
		kong.Exit(func(code int) { exited = code }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
	)
	if err != nil {
		panic(err) // the struct tags above are wrong: found by any test
	}
	ctx, err := parser.Parse(args)
	if exited >= 0 { // --help
		return exited
	}
	if err != nil {
		fmt.Fprintf(stderr, "fsgen: %v\nrun \"fsgen --help\" for the commands and flags\n", err)
		return exitUsage
	}
	if err := ctx.Run(a); err != nil {
		fmt.Fprintf(stderr, "fsgen: %v\n", err)
		if a.status == exitDone {
			a.status = exitWrong
		}
	}
	return a.status
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
