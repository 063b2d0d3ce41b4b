// Package contest measures contestants against each other in one run. What it reports is a ratio: absolute times are
// those of one machine on one day, and on a machine that does other things as well they are not even that.
//
// The contestants of a row take turns in short slots, each round beginning with another one, so that whatever the
// machine does meanwhile falls on all of them. The time that counts is the CPU time of the process, garbage collector
// included; a ratio is the median of the rounds' ratios.
package contest

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"runtime"
	"slices"
	"strings"
	"time"
)

// Contestant is one way to do the work of a row.
type Contestant struct {
	// Name says what it is: a package, or "hand-written".
	Name string
	// Most is the bar: the row's first contestant may take at most this many times this one's time. 0 means none.
	Most float64
	// Pass does the work once and returns how many units that were: every contestant of a row the same number.
	Pass func() int
	// Published, when not 0, is a figure in nanoseconds that someone published of something that is not run here. Pass
	// is nil then.
	Published float64
}

// Row is one comparison. Its first contestant is the one that is judged.
type Row struct {
	// Name is the work, Unit what is counted: datagram, packet, frame.
	Name, Unit string
	// Contestants are two or more.
	Contestants []Contestant
}

// Options say how long to measure.
type Options struct {
	// Slot is how long a contestant works in a round, at least one pass.
	Slot time.Duration
	// Rounds is how many rounds there are.
	Rounds int
	// Most bounds the time of a row: it ends after the round in which it passed, but not before the third.
	Most time.Duration
}

// Result is what was measured of a row.
type Result struct {
	Row *Row
	// Lines are the contestants' results, in their order.
	Lines  []Line
	Rounds int
}

// Line is the result of one contestant.
type Line struct {
	Contestant *Contestant
	// Nanoseconds of CPU time per unit in its best round, and heap allocations and bytes per unit.
	Nanoseconds, Allocs, Bytes float64
	// Ratio is how much of this contestant's time the first one needs: the median of the rounds.
	Ratio float64
}

// Measure measures the row.
func (r *Row) Measure(o Options) (*Result, error) {
	res := &Result{Row: r, Lines: make([]Line, len(r.Contestants))}
	took := make([][]float64, len(r.Contestants))
	units := 0
	for i := range r.Contestants {
		c := &r.Contestants[i]
		if c.Published > 0 {
			res.Lines[i] = Line{Contestant: c, Nanoseconds: c.Published}
			continue
		}
		c.Pass() // takes what memory it wants to keep
		res.Lines[i] = Line{Contestant: c, Nanoseconds: math.Inf(1), Allocs: math.Inf(1), Bytes: math.Inf(1)}
		for range 2 { // what the runtime allocates meanwhile is not in both
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			n := c.Pass()
			runtime.ReadMemStats(&after)
			if i == 0 {
				units = n
			}
			if n == 0 || n != units {
				return nil, fmt.Errorf("%s: %s did %d %ss, %s %d", r.Name, c.Name, n, r.Unit, r.Contestants[0].Name, units)
			}
			l := &res.Lines[i]
			l.Allocs = min(l.Allocs, float64(after.Mallocs-before.Mallocs)/float64(n))
			l.Bytes = min(l.Bytes, float64(after.TotalAlloc-before.TotalAlloc)/float64(n))
		}
	}
	began := time.Now()
	for round := range o.Rounds {
		if o.Most > 0 && round >= 3 && time.Since(began) > o.Most {
			break
		}
		for k := range r.Contestants {
			i := (round + k) % len(r.Contestants)
			if r.Contestants[i].Published > 0 {
				took[i] = append(took[i], r.Contestants[i].Published)
				continue
			}
			runtime.GC() // nobody pays for what another one left
			done := 0
			start := CPUTime()
			spent := time.Duration(0)
			for done == 0 || spent < o.Slot {
				done += r.Contestants[i].Pass()
				spent = CPUTime() - start
			}
			ns := float64(spent) / float64(done)
			took[i] = append(took[i], ns)
			res.Lines[i].Nanoseconds = min(res.Lines[i].Nanoseconds, ns)
		}
		res.Rounds++
	}
	for i := range res.Lines {
		ratios := make([]float64, res.Rounds)
		for k := range ratios {
			ratios[k] = took[0][k] / took[i][k]
		}
		res.Lines[i].Ratio = median(ratios)
	}
	return res, nil
}

func median(v []float64) float64 {
	slices.Sort(v)
	n := len(v)
	return (v[(n-1)/2] + v[n/2]) / 2
}

// Met says whether the line's bar is met; true when there is none.
func (l *Line) Met() bool { return l.Contestant.Most == 0 || rounded(l.Ratio) <= l.Contestant.Most }

// Missed says whether a bar of the row is missed.
func (r *Result) Missed() bool {
	return slices.ContainsFunc(r.Lines, func(l Line) bool { return !l.Met() })
}

// rounded is the ratio as it is printed: what is printed decides.
func rounded(r float64) float64 {
	var v float64
	_, _ = fmt.Sscan(Significant(r), &v)
	return v
}

// Significant prints a number with as many digits as mean something.
func Significant(v float64) string {
	switch {
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	case v >= 0.095:
		return fmt.Sprintf("%.2f", v)
	}
	return fmt.Sprintf("%.3f", v)
}

// Table writes results as a table in Markdown.
func Table(w io.Writer, results []*Result) error {
	var b strings.Builder
	b.WriteString("| Work | Contestant | ns | allocs | bytes | ours takes, of its time | bar | |\n|---|---|--:|--:|--:|--:|--:|---|\n")
	for _, r := range results {
		for i := range r.Lines {
			l := &r.Lines[i]
			name, ratio, bar, verdict := "", "", "", ""
			if i == 0 {
				name = r.Row.Name + ", per " + r.Row.Unit
			} else {
				ratio = Significant(l.Ratio)
			}
			if l.Contestant.Most > 0 {
				bar, verdict = fmt.Sprintf("%g", l.Contestant.Most), "met"
				if !l.Met() {
					verdict = "**missed**"
				}
			}
			fmt.Fprintf(&b, "| %s | %s | %s | %s | %.0f | %s | %s | %s |\n", name, l.Contestant.Name, Significant(l.Nanoseconds),
				allocs(l.Allocs), l.Bytes, ratio, bar, verdict)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// allocs prints a number of allocations; the measuring itself makes a few in a pass.
func allocs(v float64) string {
	if v < 0.005 {
		return "0"
	}
	return fmt.Sprintf("%.3g", v)
}

// Missed returns the lines whose bar is missed, worst first.
func Missed(results []*Result) []string {
	type miss struct {
		by   float64
		text string
	}
	var out []miss
	for _, r := range results {
		for i := range r.Lines {
			if l := &r.Lines[i]; !l.Met() {
				by := l.Ratio / l.Contestant.Most
				out = append(out, miss{by, fmt.Sprintf("%s: %s of %s, bar %g", r.Row.Name, Significant(l.Ratio), l.Contestant.Name, l.Contestant.Most)})
			}
		}
	}
	slices.SortFunc(out, func(a, b miss) int { return cmp.Compare(b.by, a.by) })
	var texts []string
	for _, m := range out {
		texts = append(texts, m.text)
	}
	return texts
}
