// Package fsrun is the command of that name: captures in, messages out. It is a package of its own so that tests run
// it in process. It may import the runtime, the generated protocols, the compiler and the interpreter.
package fsrun

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"syscall"
	"time"

	"github.com/alecthomas/kong"
	"golang.org/x/term"

	"github.com/flowscope/fsd/runtime/datagram"
	"github.com/flowscope/fsd/runtime/flow"
	"github.com/flowscope/fsd/runtime/record"
)

// Exit statuses.
const (
	exitDone   = 0
	exitInput  = 1 // an input was unreadable, cut or corrupt
	exitUsage  = 2 // usage, or a wrong spec
	exitOutput = 3 // the output could not be written
	exitFailOn = 4 // --fail-on
	exitInt    = 130
	exitTerm   = 143
)

// Run runs the command with the arguments after its name and returns the exit status.
func Run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	var f flags
	exited := -1
	parser, err := kong.New(&f,
		kong.Name("fsrun"),
		kong.Description("Print the messages of UDP protocols in captures.\n\nExit status: 0 read to the end; 1 an input was unreadable, cut or corrupt; 2 usage or a wrong spec; 3 the output could not be written; 4 --fail-on; 130 and 143 after a signal."),
		kong.Writers(stdout, stderr),
		kong.Exit(func(code int) { exited = code }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
	)
	if err != nil {
		panic(err) // the struct tags are wrong: found by any test
	}
	_, err = parser.Parse(args)
	if exited >= 0 { // --help
		return exited
	}
	r := &runner{flags: f, stdin: stdin, stdout: stdout, stderr: stderr}
	if err == nil {
		err = r.prepare()
	}
	if err != nil {
		fmt.Fprintf(stderr, "fsrun: %v\nrun \"fsrun --help\" for the flags\n", err)
		return exitUsage
	}
	if f.List {
		list := slices.DeleteFunc(r.table.Protocols(), func(p *datagram.Protocol) bool { return !r.wants(p) })
		if err := writeList(stdout, list); err != nil {
			return r.outputFailed(err)
		}
		return exitDone
	}
	return r.run()
}

// runner is one run of the command.
type runner struct {
	flags
	stdin          io.Reader
	stdout, stderr io.Writer

	events    events
	table     *datagram.Table
	driver    *datagram.Sharded // made with the first capture
	progress  *progress
	decoder   flow.Decoder
	interrupt interrupt

	total    totals
	writeErr error
}

// prepare turns the flags into what runs. Its errors are usage errors.
func (r *runner) prepare() error {
	var err error
	if r.events, err = parseEvents(r.Events); err != nil {
		return err
	}
	if err := checkOutput(r.Output); err != nil {
		return err
	}
	if err := checkFailOn(r.FailOn); err != nil {
		return err
	}
	if r.PoisonAfter < 1 || r.PoisonAfter > 255 {
		return fmt.Errorf("--poison-after %d: want 1 to 255", r.PoisonAfter)
	}
	if r.MaxFlows < 1 {
		return fmt.Errorf("--max-flows %d: want at least 1", r.MaxFlows)
	}
	if r.Workers < 1 {
		return fmt.Errorf("-j %d: want at least 1", r.Workers)
	}
	if r.IdleTimeout != nil && *r.IdleTimeout < 0 {
		return fmt.Errorf("--idle-timeout %v: want 0 for never, or more", *r.IdleTimeout)
	}
	if r.table, err = r.flags.table(r.stderr); err != nil {
		return err
	}
	switch {
	case r.List:
	case r.Interface != "" && len(r.Captures) > 0:
		return errors.New("-i captures live: it takes no capture files")
	case r.Interface == "" && len(r.Captures) == 0:
		return errors.New("no capture given; name pcap or pcapng files, or - for standard input")
	}
	return nil
}

func (r *runner) options() datagram.Options {
	policy, err := datagram.ParsePolicy(r.OnPoison)
	if err != nil {
		panic(err) // the flag's enum lets no other value through
	}
	o := datagram.Options{
		Flow:        flow.Config{MaxFlows: r.MaxFlows, Monotonic: r.Monotonic},
		Anomalies:   true,
		Policy:      policy,
		PoisonAfter: r.PoisonAfter,
		Reassembler: flow.NewReassembler(flow.ReassemblyConfig{Decoder: &r.decoder}),
		Decoder:     &r.decoder,
	}
	if r.IdleTimeout != nil {
		idle := *r.IdleTimeout
		if idle == 0 {
			idle = flow.Never
		}
		o.Flow.IdleTCP, o.Flow.IdleUDP, o.Flow.IdleOther = idle, idle, idle
	}
	if r.Dedup {
		o.Dedup = flow.NewDedup(time.Millisecond, 256)
	}
	return o
}

// run reads the inputs to the end and returns the exit status.
func (r *runner) run() int {
	r.decoder = flow.Decoder{Enter: flow.AllTunnels, Layered: true}
	r.progress = newProgress(r.Progress, r.stderr, isTerminal(r.stdout) && !r.Stats)
	// A reader that went away is an error of writing, not the end of the process.
	signal.Ignore(syscall.SIGPIPE)
	defer r.interrupt.watch()()

	status := exitDone
	if r.Interface != "" {
		status = r.live()
	}
	for _, path := range r.Captures {
		if s := r.capture(path); s != exitDone {
			status = s
		}
		if r.done() {
			break
		}
	}
	if r.driver == nil {
		r.progress.clear()
		return status // no input could be opened
	}
	defer r.driver.Close()
	if r.writeErr == nil {
		r.writeErr = r.driver.Finish()
	}
	r.progress.clear()
	if r.writeErr != nil {
		return r.outputFailed(r.writeErr)
	}
	if err := r.summary(); err != nil {
		return r.outputFailed(err)
	}
	switch signal := r.interrupt.got(); {
	case signal == syscall.SIGTERM:
		return exitTerm
	case signal != nil:
		return exitInt
	case status != exitDone:
		return status
	case r.failed():
		return exitFailOn
	}
	return exitDone
}

// done says whether to read no further: the output failed, or a signal came.
func (r *runner) done() bool { return r.writeErr != nil || r.interrupt.got() != nil }

// flush hands on what was written.
func (r *runner) flush() {
	if r.driver != nil && r.writeErr == nil {
		r.writeErr = r.driver.Flush()
	}
}

// capture runs one capture through the driver. What follows a damaged place is not read; what came before is kept.
func (r *runner) capture(path string) int {
	reader, err := r.open(path)
	if err != nil {
		return r.inputFailed(err)
	}
	defer reader.Close()
	r.begin(reader.TimeDigits())
	var packets [64]flow.Packet
	for !r.done() {
		n, err := reader.NextBatch(packets[:])
		r.packets(packets[:n])
		if err != nil {
			r.total.add(reader.Stats())
			if err == io.EOF || r.done() {
				return exitDone
			}
			return r.inputFailed(err)
		}
		r.progress.update(path, reader.BytesRead(), reader.Size(), r.total.packets)
		if n < len(packets) {
			r.flush() // the input waits: so may a reader of the output
		}
	}
	r.total.add(reader.Stats())
	return exitDone
}

func (r *runner) packets(packets []flow.Packet) {
	r.total.packets += uint64(len(packets))
	for i := range packets {
		r.total.bytes += uint64(len(packets[i].Frame))
	}
	r.writeErr = r.driver.TrackBatch(packets)
}

func (r *runner) packet(p *flow.Packet) {
	r.total.packets++
	r.total.bytes += uint64(len(p.Frame))
	r.writeErr = r.driver.Track(p)
}

// begin makes the driver once the precision of time is known: that of the first capture.
func (r *runner) begin(digits int) {
	if r.driver != nil {
		return
	}
	format := r.Output
	o := record.Options{TimeDigits: digits}
	terminal := isTerminal(r.stdout)
	if format == "" {
		format = "jsonl"
		if terminal {
			format = "table"
		}
	}
	if terminal {
		o.Color = os.Getenv("NO_COLOR") == ""
		if width, _, err := term.GetSize(int(r.stdout.(*os.File).Fd())); err == nil {
			o.Width = width
		}
	}
	if format == "csv" && !r.Stats {
		_, r.writeErr = io.WriteString(r.stdout, record.CSVHeader)
	}
	workers := r.Workers
	if format == "table" {
		workers = 1 // columns are as wide as what came before
	}
	var err error
	r.driver, err = datagram.NewSharded(r.table, datagram.ShardedOptions{
		Options:   r.options(),
		Workers:   workers,
		NewRender: func() datagram.Render { return r.render(format, o) },
		Output: func(records []byte) error {
			_, err := r.stdout.Write(records)
			return err
		},
	})
	if err != nil {
		panic(err) // the flags were checked
	}
}

func isTerminal(w io.Writer) bool {
	file, isFile := w.(*os.File)
	return isFile && term.IsTerminal(int(file.Fd()))
}

// render makes the renderer of one worker: of the events that were asked for.
func (r *runner) render(format string, o record.Options) datagram.Render {
	if r.Stats {
		return func(dst []byte, _ *datagram.Event) []byte { return dst }
	}
	w, err := record.New(format, io.Discard, o)
	if err != nil {
		panic(err) // the flag's enum lets no other value through
	}
	appender := w.(record.Appender)
	wanted := r.events
	return func(dst []byte, e *datagram.Event) []byte {
		if !wanted[e.Kind] || !r.wants(e.Protocol) {
			return dst
		}
		return appender.Append(dst, e)
	}
}

func (r *runner) inputFailed(err error) int {
	r.progress.clear()
	fmt.Fprintf(r.stderr, "fsrun: %v\n", err)
	return exitInput
}

// outputFailed says so, but for a reader that went away: that ends it quietly.
func (r *runner) outputFailed(err error) int {
	if errors.Is(err, syscall.EPIPE) || errors.Is(err, io.ErrClosedPipe) {
		return exitDone
	}
	fmt.Fprintf(r.stderr, "fsrun: the output could not be written: %v\n", err)
	return exitOutput
}

// failed says whether --fail-on has seen one.
func (r *runner) failed() bool {
	for _, p := range r.driver.ProtocolStats() {
		if !r.wants(p.Protocol) {
			continue
		}
		if slices.Contains(r.FailOn, "malformed") && p.Malformed+p.Poisoned+p.Observed > 0 ||
			slices.Contains(r.FailOn, "poison") && p.Poisoned+p.Observed > 0 {
			return true
		}
	}
	return false
}
