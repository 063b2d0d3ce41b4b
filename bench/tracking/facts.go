package tracking

import (
	"bytes"
	"fmt"
	"io"
	"runtime"
	"strings"

	"github.com/flowscope/fsd/bench/contest"
	"github.com/flowscope/fsd/bench/workload"
	"github.com/flowscope/fsd/generated/all"
	"github.com/flowscope/fsd/runtime/capture"
	"github.com/flowscope/fsd/runtime/datagram"
	"github.com/flowscope/fsd/runtime/flow"
	"github.com/flowscope/fsd/runtime/record"
)

// Fact is a figure that is compared with nothing but its bar.
type Fact struct {
	Name  string
	Value float64
	// Most is the bar.
	Most float64
}

// Met says whether the bar is met.
func (f *Fact) Met() bool { return f.Value <= f.Most }

// Facts measures them.
func Facts(short bool) ([]Fact, error) {
	facts := []Fact{memoryPerFlow(short)}
	steady, err := steadyState(short)
	return append(facts, steady...), err
}

// heap is the size of what is alive.
func heap() float64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}

// memoryPerFlow fills a tracker with the state that a driver keeps per flow: one word.
func memoryPerFlow(short bool) Fact {
	flows := 1_000_000
	if short {
		flows = 400_000
	}
	before := heap()
	tr := flow.NewTracker[uint64](flow.Config{MaxFlows: flows})
	p := &flow.Packet{Verdict: flow.VerdictOK, IPVersion: 6, Proto: flow.ProtoUDP, HasPayload: true, SrcPort: 4000, DstPort: 53}
	for i := range flows {
		p.Src[15], p.Src[14], p.Src[13], p.Src[0] = byte(i), byte(i>>8), byte(i>>16), 0x20
		p.Dst[0] = 0x20
		tr.Track(p)
	}
	per := (heap() - before) / float64(tr.Len())
	runtime.KeepAlive(tr)
	return Fact{fmt.Sprintf("bytes per live flow, IPv6, %d flows, with the driver's word of state", flows), per, 112}
}

// steadyState runs the driver, with all protocols and records as JSON Lines, over the same capture again and again: all
// flows are known after the first time.
func steadyState(short bool) ([]Fact, error) {
	packets, passes := 1_000_000, 11
	if short {
		packets, passes = 100_000, 11
	}
	var file bytes.Buffer
	if err := workload.DNSCapture(packets).Write(&file); err != nil {
		return nil, err
	}
	reg, err := datagram.NewRegistry(all.Protocols()...)
	if err != nil {
		return nil, err
	}
	d, err := datagram.NewSharded(reg.NewTable(), datagram.ShardedOptions{
		Options: datagram.Options{Flow: flow.Config{MaxFlows: 1 << 20, IdleUDP: flow.Never}}, Workers: 1,
		NewRender: func() datagram.Render { return record.NewJSONL(io.Discard, record.Options{}).Append },
		Output:    func([]byte) error { return nil },
	})
	if err != nil {
		return nil, err
	}
	defer d.Close()
	var batch [64]flow.Packet
	// pass returns the nanoseconds of CPU time per packet.
	pass := func() (float64, error) {
		r, err := capture.NewReader(bytes.NewReader(file.Bytes()), "memory")
		if err != nil {
			return 0, err
		}
		defer r.Close()
		start, n := contest.CPUTime(), 0
		for {
			k, err := r.NextBatch(batch[:])
			for i := range batch[:k] {
				if err := d.Track(&batch[i]); err != nil {
					return 0, err
				}
			}
			if n += k; err == io.EOF {
				return float64(contest.CPUTime()-start) / float64(n), d.Flush()
			}
			if err != nil {
				return 0, err
			}
		}
	}
	if _, err := pass(); err != nil { // all flows begin
		return nil, err
	}
	// Two more, for storage that grows with the largest message.
	for range 2 {
		if _, err := pass(); err != nil {
			return nil, err
		}
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	took := make([]float64, passes-1)
	for i := range took {
		if took[i], err = pass(); err != nil {
			return nil, err
		}
	}
	runtime.ReadMemStats(&after)
	total := packets * len(took)
	early := min(took[0], took[1], took[2])
	late := min(took[len(took)-1], took[len(took)-2], took[len(took)-3])
	// A reader per pass takes a handful of allocations; what counts is that none goes with the packets.
	perPass := float64(after.Mallocs-before.Mallocs) / float64(len(took))
	return []Fact{
		{fmt.Sprintf("allocations per packet, reader, tracker, driver, parsers and records, flows known, %d packets", total), perPass / float64(packets), 0.0005},
		{fmt.Sprintf("cycles of the garbage collector in these %d packets", total), float64(after.NumGC - before.NumGC), 0},
		{fmt.Sprintf("time per packet, late to early, over %d packets", total), late / early, 1.3},
	}, nil
}

// FactTable writes facts as a table in Markdown, and returns the bars that are missed.
func FactTable(w io.Writer, facts []Fact) (missed []string, err error) {
	var b strings.Builder
	b.WriteString("| What | | bar | |\n|---|--:|--:|---|\n")
	for i := range facts {
		f := &facts[i]
		verdict := "met"
		if !f.Met() {
			verdict = "**missed**"
			missed = append(missed, fmt.Sprintf("%s: %.3g, bar %g", f.Name, f.Value, f.Most))
		}
		fmt.Fprintf(&b, "| %s | %.3g | %g | %s |\n", f.Name, f.Value, f.Most, verdict)
	}
	_, err = io.WriteString(w, b.String())
	return missed, err
}
