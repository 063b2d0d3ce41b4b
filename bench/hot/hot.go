// Package hot says where the time of a piece of work goes: a CPU profile in one line.
package hot

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"runtime/pprof"
	"slices"
	"strings"
	"time"

	"github.com/google/pprof/profile"
)

// Function is a function and its part of the time, 0 to 1: Self without what it calls, Cumulative with it.
type Function struct {
	Name             string
	Self, Cumulative float64
}

// During profiles work, which is done again and again for so long.
func During(d time.Duration, work func()) ([]Function, error) {
	var b bytes.Buffer
	if err := pprof.StartCPUProfile(&b); err != nil {
		return nil, err
	}
	for start := time.Now(); time.Since(start) < d; {
		work()
	}
	pprof.StopCPUProfile()
	return Read(&b)
}

// Read reads a CPU profile. Functions come by their own part, greatest first. What was inlined counts as its own.
func Read(r io.Reader) ([]Function, error) {
	p, err := profile.Parse(r)
	if err != nil {
		return nil, err
	}
	type time struct{ self, cumulative int64 }
	times := map[string]*time{}
	of := func(name string) *time {
		t := times[name]
		if t == nil {
			t = new(time)
			times[name] = t
		}
		return t
	}
	total := int64(0)
	for _, s := range p.Sample {
		v := s.Value[len(s.Value)-1]
		total += v
		seen := map[string]bool{}
		top := true
		for _, l := range s.Location {
			for _, line := range l.Line {
				if line.Function == nil || line.Function.Name == "runtime.asyncPreempt" {
					continue // what the signal itself does is the interrupted function's
				}
				name := short(line.Function.Name)
				if top {
					of(name).self += v
					top = false
				}
				if !seen[name] {
					seen[name] = true
					of(name).cumulative += v
				}
			}
		}
	}
	var out []Function
	for name, t := range times {
		out = append(out, Function{name, float64(t.self) / float64(max(total, 1)), float64(t.cumulative) / float64(max(total, 1))})
	}
	slices.SortFunc(out, func(a, b Function) int {
		return cmp.Or(cmp.Compare(b.Self, a.Self), cmp.Compare(b.Cumulative, a.Cumulative), cmp.Compare(a.Name, b.Name))
	})
	return out, nil
}

// short is a function's name without the directories of its package, and without type arguments.
func short(name string) string {
	if before, rest, ok := strings.Cut(name, "["); ok {
		if end := strings.LastIndexByte(rest, ']'); end >= 0 {
			name = before + rest[end+1:]
		}
	}
	return name[strings.LastIndexByte(name, '/')+1:]
}

// Line is the first functions, at most so many and none below two per cent, as a line of Markdown.
func Line(functions []Function, most int) string {
	var b strings.Builder
	for i, f := range functions {
		if i == most || f.Self < 0.02 {
			break
		}
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "`%s` %.0f %%", f.Name, 100*f.Self)
	}
	return b.String()
}
