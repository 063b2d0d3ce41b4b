package fsrun

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/flowscope/fsd/runtime/datagram"
)

// flags are the command line. Names are fixed: other tools rely on them.
type flags struct {
	Captures []string `arg:"" optional:"" name:"CAPTURE" help:"pcap or pcapng files, also gzip or zstd; - is standard input."`

	Output   string   `short:"o" placeholder:"FORMAT" help:"table, jsonl or csv; a table on a terminal, else jsonl."`
	Protocol []string `short:"p" placeholder:"NAME" help:"Show these protocols only."`
	Events   []string `placeholder:"KIND" default:"message,closed,anomaly" help:"Of message, started, closed, anomaly."`
	Spec     []string `sep:"none" placeholder:"FILE.fsd" help:"Also run this spec, interpreted; repeatable."`
	DecodeAs []string `sep:"none" placeholder:"udp/PORT=NAME" help:"What a port carries; repeatable."`

	IgnorePorts bool   `help:"Recognise protocols by detection alone."`
	OnPoison    string `enum:"close,quarantine,observe" default:"close" placeholder:"POLICY" help:"What a poison does to its flow: close, quarantine or observe."`
	PoisonAfter int    `default:"1" placeholder:"N" help:"Poisons of one direction before that."`

	IdleTimeout *time.Duration `placeholder:"DUR" help:"End flows after so long without a packet; 0 never. By default 5m for TCP, 1m for UDP, 30s for others."`
	MaxFlows    int            `default:"100000" placeholder:"N" help:"Flows kept at most; the least recent one makes room."`
	Dedup       bool           `help:"Drop copies of a frame within a millisecond."`
	Monotonic   bool           `help:"Let time never go backwards."`

	Workers   int      `short:"j" default:"1" placeholder:"N" help:"Workers; the output is the same for every N."`
	Stats     bool     `help:"Print the summary only."`
	List      bool     `help:"List the protocols: name, ports, references, poison rules."`
	FailOn    []string `placeholder:"KIND" help:"Exit 4 when one was seen: of malformed, poison."`
	Progress  string   `enum:"auto,always,never" default:"auto" placeholder:"WHEN" help:"Progress on standard error: auto, always or never."`
	Interface string   `short:"i" placeholder:"IFACE" help:"Capture live (Linux)."`
}

// events is a set of event kinds.
type events [datagram.NumEventKinds]bool

func parseEvents(names []string) (events, error) {
	var set events
	for _, name := range names {
		found := false
		for k := range set {
			if datagram.EventKind(k).String() == name {
				set[k], found = true, true
			}
		}
		if !found {
			return set, fmt.Errorf("--events %s: no such event; known are message, started, closed, anomaly", name)
		}
	}
	return set, nil
}

// parseDecodeAs reads udp/5353=mdns or udp/16384-32767=rtp.
func parseDecodeAs(word string) (datagram.PortRange, string, error) {
	fail := func() (datagram.PortRange, string, error) {
		return datagram.PortRange{}, "", fmt.Errorf("--decode-as %s: want udp/PORT=NAME, such as udp/5353=mdns", word)
	}
	where, name, ok := strings.Cut(word, "=")
	ports, isUDP := strings.CutPrefix(where, "udp/")
	if !ok || !isUDP || name == "" {
		return fail()
	}
	first, last, isRange := strings.Cut(ports, "-")
	if !isRange {
		last = first
	}
	a, err := strconv.ParseUint(first, 10, 16)
	b, err2 := strconv.ParseUint(last, 10, 16)
	if err != nil || err2 != nil || a > b {
		return fail()
	}
	return datagram.PortRange{First: uint16(a), Last: uint16(b)}, name, nil
}

func checkOutput(name string) error {
	if !slices.Contains([]string{"", "table", "jsonl", "csv"}, name) {
		return fmt.Errorf("--output %s: want table, jsonl or csv", name)
	}
	return nil
}

func checkFailOn(names []string) error {
	for _, name := range names {
		if !slices.Contains([]string{"malformed", "poison"}, name) {
			return fmt.Errorf("--fail-on %s: want malformed, poison, or both with a comma", name)
		}
	}
	return nil
}
