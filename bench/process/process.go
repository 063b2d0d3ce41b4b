// Package process compares whole programs on the same capture: the CPU time of all their threads, the peak of their
// memory, and what they took by the clock. What they write goes to /dev/null.
package process

import (
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/flowscope/fsd/bench/contest"
)

// Program is a contestant: a command line, in which $CAPTURE stands for the capture.
type Program struct {
	Name string
	Args []string
	// Most is the bar: the first program may take at most this many times this one's CPU time. MostWall is that for the
	// time by the clock. 0 means none.
	Most, MostWall float64
	// Slow programs run once.
	Slow bool
}

// Row is one comparison. Its first program is the one that is judged.
type Row struct {
	Name, Capture string
	Packets       int
	// MostMemory is the bar for the peak of the first program's memory in MiB, 0 for none.
	MostMemory float64
	Programs   []Program
}

// Result is what was measured of a row.
type Result struct {
	Row   *Row
	Lines []Line
}

// Line is the result of one program.
type Line struct {
	Program *Program
	// Missing says why the program was not run; empty if it was.
	Missing string
	// CPU and Wall are the times of the fastest run, MiB the greatest peak of memory.
	CPU, Wall time.Duration
	MiB       float64
	// Ratio and WallRatio are how much of this program's times the first one needs.
	Ratio, WallRatio float64
}

// Measure runs the programs in turn, so many rounds.
func (r *Row) Measure(rounds int) (*Result, error) {
	res := &Result{Row: r}
	for i := range r.Programs {
		p := &r.Programs[i]
		l := Line{Program: p, CPU: math.MaxInt64, Wall: math.MaxInt64}
		if _, err := exec.LookPath(p.Args[0]); err != nil {
			l.Missing = "not installed"
		}
		res.Lines = append(res.Lines, l)
	}
	for round := range rounds {
		for i := range res.Lines {
			l := &res.Lines[i]
			if l.Missing != "" || l.Program.Slow && round > 0 {
				continue
			}
			err := l.run(r.Capture)
			if err != nil && i == 0 {
				return nil, fmt.Errorf("%s: %s: %w", r.Name, l.Program.Name, err)
			}
			if err != nil { // another's failure is not ours: the row says so
				l.Missing = strings.Join(strings.Fields(strings.ReplaceAll("failed: "+err.Error(), "|", "/")), " ")
			}
		}
	}
	for i := range res.Lines {
		l := &res.Lines[i]
		l.Ratio = float64(res.Lines[0].CPU) / float64(l.CPU)
		l.WallRatio = float64(res.Lines[0].Wall) / float64(l.Wall)
	}
	return res, nil
}

func (l *Line) run(capture string) error {
	args := slices.Clone(l.Program.Args)
	for i := range args {
		args[i] = strings.ReplaceAll(args[i], "$CAPTURE", capture)
	}
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer null.Close()
	cmd := exec.Command(args[0], args[1:]...)
	var stderr tail
	cmd.Stdout, cmd.Stderr = null, &stderr
	start := time.Now()
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%w: %s", err, stderr)
	}
	l.Wall = min(l.Wall, time.Since(start))
	l.CPU = min(l.CPU, cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime())
	l.MiB = max(l.MiB, peak(cmd.ProcessState))
	return nil
}

// tail keeps the end of what is written.
type tail []byte

func (t *tail) Write(b []byte) (int, error) {
	*t = append(*t, b...)
	if len(*t) > 500 {
		*t = (*t)[len(*t)-500:]
	}
	return len(b), nil
}

// within says whether a bar is met; 0 is none.
func within(v, most float64) bool { return most == 0 || v <= most*1.0001 }

// Missed says whether a bar of the row is missed.
func (r *Result) Missed() bool {
	for i := range r.Lines {
		l := &r.Lines[i]
		if l.Missing == "" && !(within(l.Ratio, l.Program.Most) && within(l.WallRatio, l.Program.MostWall)) {
			return true
		}
	}
	return !within(r.Lines[0].MiB, r.Row.MostMemory)
}

// Table writes results as a table in Markdown, and returns the bars that are missed.
func Table(w io.Writer, results []*Result) (missed []string, err error) {
	var b strings.Builder
	b.WriteString("| Work | Program | CPU s | wall s | peak MiB | CPU, of its | wall, of its | bar | |\n|---|---|--:|--:|--:|--:|--:|--:|---|\n")
	for _, r := range results {
		for i := range r.Lines {
			l := &r.Lines[i]
			name, ratio, wall, bar, verdict := "", "", "", "", ""
			if l.Missing != "" {
				fmt.Fprintf(&b, "| | %s | %s | | | | | | |\n", l.Program.Name, l.Missing)
				continue
			}
			judge := func(what string, v, most float64) {
				if most == 0 {
					return
				}
				bar = strings.TrimSpace(bar + " " + what + contest.Significant(most))
				if within(v, most) {
					if verdict == "" {
						verdict = "met"
					}
					return
				}
				verdict = "**missed**"
				missed = append(missed, fmt.Sprintf("%s: %s%s of %s, bar %s", r.Row.Name, what, contest.Significant(v), l.Program.Name, contest.Significant(most)))
			}
			if i == 0 {
				name = fmt.Sprintf("%s, %d packets", r.Row.Name, r.Row.Packets)
				judge("MiB ", l.MiB, r.Row.MostMemory)
			} else {
				ratio, wall = contest.Significant(l.Ratio), contest.Significant(l.WallRatio)
			}
			judge("", l.Ratio, l.Program.Most)
			judge("wall ", l.WallRatio, l.Program.MostWall)
			fmt.Fprintf(&b, "| %s | %s | %.2f | %.2f | %.0f | %s | %s | %s | %s |\n", name, l.Program.Name, l.CPU.Seconds(), l.Wall.Seconds(), l.MiB,
				ratio, wall, bar, verdict)
		}
	}
	_, err = io.WriteString(w, b.String())
	return missed, err
}

// Machine describes where this runs.
func Machine() string {
	model := "unknown processor"
	if b, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		for line := range strings.Lines(string(b)) {
			if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == "model name" {
				model = strings.TrimSpace(value)
				break
			}
		}
	}
	return fmt.Sprintf("%s, %d cores, %s/%s, %s", model, runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, runtime.Version())
}
