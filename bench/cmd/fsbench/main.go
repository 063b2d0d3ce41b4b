// Command fsbench prints the tables of docs/performance.md: the generated parsers, the tracker and fsrun beside
// hand-written code, libraries and programs that do the same work, all of them in this run. See ../../run.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"strings"
	"time"

	"github.com/flowscope/fsd/bench/contest"
	"github.com/flowscope/fsd/bench/hostile"
	"github.com/flowscope/fsd/bench/hot"
	"github.com/flowscope/fsd/bench/parsers"
	"github.com/flowscope/fsd/bench/process"
	"github.com/flowscope/fsd/bench/tracking"
	"github.com/flowscope/fsd/bench/workload"
	"github.com/flowscope/fsd/internal/fsrun"
)

func main() {
	var o options
	flag.BoolVar(&o.short, "short", false, "smaller captures and fewer rounds: under five minutes")
	flag.StringVar(&o.only, "only", "", "only rows whose name matches this `expression`")
	flag.StringVar(&o.dir, "captures", "", "`directory` where captures are kept and, when they are not there, made; by default they are made for this run")
	flag.StringVar(&o.update, "update", "", "put the tables into this `file`, between its markers, instead of printing them")
	flag.BoolVar(&o.profile, "profile", false, "print where the time goes for every row, not only for those that miss a bar")
	profileOf := flag.String("profile-of", "", "run fsrun with the arguments for a while, write a CPU profile to this `file`, and end; what this command uses itself")
	flag.Parse()
	if *profileOf != "" {
		if err := profileFsrun(*profileOf, flag.Args()); err != nil {
			fmt.Fprintln(os.Stderr, "fsbench:", err)
			os.Exit(1)
		}
		return
	}
	if err := o.run(); err != nil {
		fmt.Fprintln(os.Stderr, "fsbench:", err)
		os.Exit(1)
	}
}

type options struct {
	short, profile    bool
	only, dir, update string
	hot               []string // where the time goes, row by row
}

// The tables stand between these lines of a page.
const (
	beginMark = "<!-- printed by bench/run: begin -->\n"
	endMark   = "<!-- printed by bench/run: end -->\n"
)

func (o *options) run() error {
	if o.update == "" {
		return o.print(os.Stdout)
	}
	page, err := os.ReadFile(o.update)
	if err != nil {
		return err
	}
	before, rest, ok := strings.Cut(string(page), beginMark)
	_, after, ok2 := strings.Cut(rest, endMark)
	if !ok || !ok2 {
		return fmt.Errorf("%s has no lines %q and %q", o.update, strings.TrimSpace(beginMark), strings.TrimSpace(endMark))
	}
	var b strings.Builder
	b.WriteString(before + beginMark)
	if err := o.print(io.MultiWriter(&b, os.Stdout)); err != nil {
		return err
	}
	b.WriteString(endMark + after)
	return os.WriteFile(o.update, []byte(b.String()), 0o666)
}

func (o *options) print(w io.Writer) error {
	only, err := regexp.Compile(o.only)
	if err != nil {
		return err
	}
	command := "bench/run"
	if o.short {
		command += " --short"
	}
	if o.only != "" {
		command += fmt.Sprintf(" --only %q", o.only)
	}
	fmt.Fprintf(w, "`%s` on %s: %s.\n\n", command, time.Now().UTC().Format(time.DateOnly), process.Machine())
	// Processes first: the peak of a process counts from the size that the one that starts it has then.
	processes, err := o.processes(only)
	if err != nil {
		return err
	}
	var missed []string

	rounds := contest.Options{Slot: 20 * time.Millisecond, Rounds: 41, Most: 12 * time.Second}
	if o.short {
		rounds = contest.Options{Slot: 10 * time.Millisecond, Rounds: 21, Most: 3 * time.Second}
	}
	contests := func(title string, rows []*contest.Row) error {
		var results []*contest.Result
		for _, row := range rows {
			if !only.MatchString(row.Name) {
				continue
			}
			r, err := row.Measure(rounds)
			if err != nil {
				return err
			}
			results = append(results, r)
			if !o.profile && !r.Missed() {
				continue
			}
			functions, err := hot.During(o.profileTime(), func() { row.Contestants[0].Pass() })
			if err != nil {
				return err
			}
			o.where(row.Name, functions)
		}
		if len(results) == 0 {
			return nil
		}
		fmt.Fprintf(w, "### %s\n\n", title)
		missed = append(missed, contest.Missed(results)...)
		err := contest.Table(w, results)
		fmt.Fprintln(w)
		return err
	}
	var rows []*contest.Row
	for _, c := range parsers.Cases() {
		rows = append(rows, c.Row())
	}
	if err := contests("Parsers", rows); err != nil {
		return err
	}
	if err := o.hostile(w, only, &missed); err != nil {
		return err
	}
	if err := contests("Below the parsers", tracking.Rows(o.short)); err != nil {
		return err
	}
	runtime.GC()
	if only.MatchString("facts") {
		facts, err := tracking.Facts(o.short)
		if err != nil {
			return err
		}
		fmt.Fprint(w, "### Memory and steadiness\n\n")
		m, err := tracking.FactTable(w, facts)
		if err != nil {
			return err
		}
		missed = append(missed, m...)
		fmt.Fprintln(w)
	}
	if len(processes) > 0 {
		fmt.Fprint(w, "### Whole processes\n\n")
		m, err := process.Table(w, processes)
		if err != nil {
			return err
		}
		missed = append(missed, m...)
		fmt.Fprintln(w)
	}
	if len(o.hot) > 0 {
		fmt.Fprint(w, "### Where the time goes\n\nOurs alone, functions by their own part of a CPU profile")
		if !o.profile {
			fmt.Fprint(w, "; the rows that miss a bar")
		}
		fmt.Fprintf(w, ".\n\n%s\n", strings.Join(o.hot, ""))
	}
	if len(missed) == 0 {
		fmt.Fprint(w, "No bar is missed.\n")
		return nil
	}
	fmt.Fprint(w, "Missed:\n\n")
	for _, text := range missed {
		fmt.Fprintf(w, "- %s\n", text)
	}
	return nil
}

// processes builds the commands and runs them beside others.
func (o *options) processes(only *regexp.Regexp) (results []*process.Result, err error) {
	bin, err := os.MkdirTemp("", "fsd-bench-bin")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(bin)
	scratch := filepath.Join(bin, "scratch")
	if err := os.Mkdir(scratch, 0o777); err != nil {
		return nil, err
	}
	rows := processRows(o.short, filepath.Join(bin, "fsrun"), filepath.Join(bin, "gopipe"), scratch)
	for _, p := range rows {
		if !only.MatchString(p.row.Name) {
			continue
		}
		if len(results) == 0 {
			for pkg, dir := range map[string]string{"./cmd/fsrun": "..", "./cmd/gopipe": "."} {
				build := exec.Command("go", "build", "-buildvcs=false", "-o", bin+string(filepath.Separator), pkg)
				build.Dir = dir
				if out, err := build.CombinedOutput(); err != nil {
					return nil, fmt.Errorf("%v: %w\n%s", build.Args, err, out)
				}
			}
			if o.dir == "" {
				o.dir = bin
			}
			if err := os.MkdirAll(o.dir, 0o777); err != nil {
				return nil, err
			}
		}
		if p.row.Capture, err = p.capture.File(o.dir); err != nil {
			return nil, err
		}
		debug.FreeOSMemory()
		p.row.Packets = p.capture.Packets
		rounds := 5
		if o.short {
			rounds = 3
		}
		r, err := p.row.Measure(rounds)
		if err != nil {
			return nil, err
		}
		results = append(results, r)
		if o.profile || r.Missed() {
			if err := o.profileProcess(bin, p.row); err != nil {
				return nil, err
			}
		}
	}
	return results, nil
}

// hostile measures the parsers on datagrams that are meant to be dear.
func (o *options) hostile(w io.Writer, only *regexp.Regexp, missed *[]string) error {
	mutants := 400
	if o.short {
		mutants = 80
	}
	var results []hostile.Result
	for _, c := range parsers.Cases() {
		if only.MatchString(c.Name + ", hostile") {
			results = append(results, c.Hostile().Measure(mutants))
		}
	}
	if len(results) == 0 {
		return nil
	}
	fmt.Fprint(w, "### Hostile datagrams\n\n")
	m, err := hostile.Table(w, results)
	*missed = append(*missed, m...)
	fmt.Fprintln(w)
	return err
}

// profileTime is how long a profile takes.
func (o *options) profileTime() time.Duration {
	if o.short {
		return 500 * time.Millisecond
	}
	return 2 * time.Second
}

func (o *options) where(name string, functions []hot.Function) {
	o.hot = append(o.hot, fmt.Sprintf("- %s: %s\n", name, hot.Line(functions, 10)))
}

// profileProcess profiles the first program of a row, which is fsrun, in a process of its own.
func (o *options) profileProcess(dir string, row *process.Row) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	file := filepath.Join(dir, "cpu.pprof")
	args := []string{"--profile-of", file, "--"}
	for _, a := range row.Programs[0].Args[1:] {
		args = append(args, strings.ReplaceAll(a, "$CAPTURE", row.Capture))
	}
	cmd := exec.Command(self, args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("profile of %s: %w: %s", row.Name, err, stderr.Bytes())
	}
	b, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	functions, err := hot.Read(bytes.NewReader(b))
	if err != nil {
		return err
	}
	o.where(row.Name, functions)
	return nil
}

// profileFsrun runs fsrun again and again for two seconds, and writes a CPU profile of that.
func profileFsrun(file string, args []string) error {
	out, err := os.Create(file)
	if err != nil {
		return err
	}
	defer out.Close()
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer null.Close()
	if err := pprof.StartCPUProfile(out); err != nil {
		return err
	}
	for start := time.Now(); time.Since(start) < 2*time.Second; {
		if status := fsrun.Run(args, strings.NewReader(""), null, io.Discard); status != 0 {
			return fmt.Errorf("fsrun %q: exit status %d", args, status)
		}
	}
	pprof.StopCPUProfile()
	return out.Close()
}

// captured is a row and the capture that it is about.
type captured struct {
	capture *workload.Capture
	row     *process.Row
}

// processRows returns the comparisons of programs, which may write to scratch.
func processRows(short bool, fsrun, gopipe, scratch string) []captured {
	packets := 1_000_000
	if short {
		packets = 100_000
	}
	dns, mix, flows := workload.DNSCapture(packets), workload.MixedCapture(packets), workload.FlowsCapture(2*packets, packets)
	tshark := func(args ...string) []string {
		return append([]string{"tshark", "-n", "-r", "$CAPTURE"}, args...)
	}
	fields := tshark("-T", "fields", "-e", "frame.number", "-e", "frame.time_epoch", "-e", "ip.src", "-e", "ip.dst", "-e", "ipv6.src", "-e", "ipv6.dst",
		"-e", "udp.srcport", "-e", "udp.dstport", "-e", "dns.id", "-e", "dns.flags", "-e", "dns.qry.name", "-e", "dns.qry.type", "-e", "dns.resp.name",
		"-e", "dns.resp.type", "-e", "dns.resp.ttl", "-e", "dns.a", "-e", "dns.aaaa", "-e", "dns.cname")
	return []captured{
		{dns, &process.Row{Name: "DNS, JSON Lines", MostMemory: 64, Programs: []process.Program{
			{Name: "fsrun -o jsonl", Args: []string{fsrun, "-o", "jsonl", "$CAPTURE"}},
			{Name: "gopacket, miekg/dns, encoding/json", Args: []string{gopipe, "$CAPTURE"}, Most: 1 / 6.5},
			{Name: "tcpdump -n", Args: []string{"tcpdump", "-n", "-r", "$CAPTURE"}, Most: 1.0 / 33, Slow: true},
			{Name: "tcpdump -n -vvv", Args: []string{"tcpdump", "-n", "-vvv", "-r", "$CAPTURE"}, Slow: true},
			{Name: "dnscap -g", Args: []string{"dnscap", "-g", "-r", "$CAPTURE"}, Most: 1.0 / 14, Slow: true},
			{Name: "tshark -T fields", Args: fields, Slow: true},
			{Name: "tshark -T ek", Args: tshark("-T", "ek"), Most: 1.0 / 150, Slow: true},
		}}},
		{dns, &process.Row{Name: "DNS, CSV", MostMemory: 64, Programs: []process.Program{
			{Name: "fsrun -o csv", Args: []string{fsrun, "-o", "csv", "$CAPTURE"}},
			{Name: "tshark -T fields", Args: fields, Slow: true},
		}}},
		{mix, &process.Row{Name: "DNS, NTP, DHCP, SNMP, STUN and RTP, JSON Lines", MostMemory: 64, Programs: []process.Program{
			{Name: "fsrun -o jsonl", Args: []string{fsrun, "-o", "jsonl", "$CAPTURE"}},
			{Name: "tcpdump -n", Args: []string{"tcpdump", "-n", "-r", "$CAPTURE"}, Most: 1.0 / 14, Slow: true},
			{Name: "tcpdump -n -vvv", Args: []string{"tcpdump", "-n", "-vvv", "-r", "$CAPTURE"}, Slow: true},
			{Name: "tshark -T ek", Args: tshark("-T", "ek"), Most: 1.0 / 140, Slow: true},
		}}},
		{dns, &process.Row{Name: "DNS, counted", MostMemory: 64, Programs: []process.Program{
			{Name: "fsrun --stats", Args: []string{fsrun, "--stats", "$CAPTURE"}},
			{Name: "ndpiReader", Args: []string{"ndpiReader", "-q", "-i", "$CAPTURE"}, Most: 1.0 / 6},
		}}},
		{dns, &process.Row{Name: "DNS, JSON Lines, two workers", Programs: []process.Program{
			{Name: "fsrun -o jsonl -j 2", Args: []string{fsrun, "-o", "jsonl", "-j", "2", "$CAPTURE"}},
			{Name: "fsrun -o jsonl", Args: []string{fsrun, "-o", "jsonl", "$CAPTURE"}, MostWall: 0.6},
		}}},
		{flows, &process.Row{Name: fmt.Sprintf("%d flows", flows.Flows), Programs: []process.Program{
			{Name: "fsrun --stats", Args: []string{fsrun, "--stats", "--max-flows", "2000000", "$CAPTURE"}},
			{Name: "nfpcapd", Args: []string{"nfpcapd", "-r", "$CAPTURE", "-w", scratch}, Most: 0.2},
			{Name: "ndpiReader", Args: []string{"ndpiReader", "-q", "-i", "$CAPTURE"}, Slow: true},
		}}},
	}
}
