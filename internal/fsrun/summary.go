package fsrun

import (
	"fmt"
	"io"
	"strings"

	"github.com/flowscope/fsd/runtime/capture"
	"github.com/flowscope/fsd/runtime/datagram"
	"github.com/flowscope/fsd/runtime/flow"
)

// totals counts what was read, over all inputs.
type totals struct {
	packets, bytes, dropped uint64
	skipped                 []capture.Stats
}

func (t *totals) add(s capture.Stats) { t.skipped = append(t.skipped, s) }

// summary says on standard error what was decoded, and what was not, and why. With --stats it goes to standard
// output, as there is nothing else on it, and tells more.
func (r *runner) summary() error {
	w := r.stderr
	if r.Stats {
		w = r.stdout
	}
	var b strings.Builder
	s := r.driver.Stats()
	fmt.Fprintf(&b, "%d packets, %d UDP datagrams, %d messages, %d flows\n", r.total.packets, s.Datagrams, s.Messages, s.Started)

	line := func(what string, n uint64) {
		if n > 0 {
			fmt.Fprintf(&b, "not decoded: %d %s\n", n, what)
		}
	}
	for why, n := range s.Undecoded {
		line("datagrams: "+whyText[datagram.Why(why)], n)
	}
	line("TCP packets", s.NotUDP[flow.TCP])
	line("packets of other transports", s.NotUDP[flow.Other])
	if s.Fragments > 0 {
		fmt.Fprintf(&b, "fragments: %d, of which %d datagrams were put together\n", s.Fragments, s.Reassembled)
	}
	if s.Inner > 0 {
		fmt.Fprintf(&b, "tunnels over UDP: %d packets inside of datagrams\n", s.Inner)
	}
	line("duplicates of a frame", s.Duplicates)
	for v, n := range s.Unmatched {
		line("frames: "+strings.ReplaceAll(flow.Verdict(v).String(), "_", " "), n)
	}
	skipped := map[string]uint64{}
	var order []string
	for i := range r.total.skipped {
		r.total.skipped[i].EachSkipped(func(kind string, n uint64) {
			if skipped[kind] == 0 {
				order = append(order, kind)
			}
			skipped[kind] += n
		})
	}
	for _, kind := range order {
		line("blocks of the capture file: "+kind, skipped[kind])
	}
	line("packets that the kernel dropped", r.total.dropped)
	if r.Stats {
		r.details(&b)
	}
	_, err := io.WriteString(w, b.String())
	if !r.Stats {
		return nil // standard error is not the output
	}
	return err
}

var whyText = map[datagram.Why]string{
	datagram.NoProtocol:    "no protocol known for them",
	datagram.Mismatch:      "not what their port suggests",
	datagram.CutShort:      "truncated by the capture",
	datagram.NotWellFormed: "malformed",
	datagram.Poisonous:     "malformed, which poisoned their flow",
	datagram.InQuarantine:  "of flows in quarantine",
}

// details are counts per protocol: messages, and poisons and notes by name.
func (r *runner) details(b *strings.Builder) {
	for _, p := range r.driver.ProtocolStats() {
		if !r.wants(p.Protocol) || p.Messages+p.Malformed+p.Poisoned+p.Observed+p.Mismatches+p.Truncated == 0 {
			continue
		}
		fmt.Fprintf(b, "%s: %d messages, %d flows", p.Protocol.Name, p.Messages, p.Bound)
		for _, c := range []struct {
			name string
			n    uint64
		}{
			{"malformed datagrams", p.Malformed}, {"poisoned flows", p.Poisoned}, {"poisons observed", p.Observed},
			{"mismatches", p.Mismatches}, {"truncated", p.Truncated},
		} {
			if c.n > 0 {
				fmt.Fprintf(b, ", %d %s", c.n, c.name)
			}
		}
		b.WriteByte('\n')
		for reason, n := range p.Poisons {
			if n > 0 {
				fmt.Fprintf(b, "  poison %s: %d\n", p.Protocol.ReasonName(datagram.Reason(reason)), n)
			}
		}
		for i, n := range p.Notes {
			if n > 0 {
				fmt.Fprintf(b, "  note %s: %d\n", p.Protocol.Notes[i].Name, n)
			}
		}
	}
	s := r.driver.Stats()
	for reason, n := range s.Closed {
		if n > 0 {
			fmt.Fprintf(b, "flows closed: %d %s\n", n, flow.EndReason(reason))
		}
	}
	for kind, n := range s.Anomalies {
		if n > 0 {
			fmt.Fprintf(b, "anomalies: %d %s\n", n, datagram.AnomalyKind(kind))
		}
	}
}
