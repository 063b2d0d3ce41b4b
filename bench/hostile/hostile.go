// Package hostile looks for datagrams that cost a parser more than its usual ones: of the same size or larger, as a
// smaller one costs its sender less, and what is dear there is the packet and not the parser.
package hostile

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/flowscope/fsd/bench/contest"
	"github.com/flowscope/fsd/bench/workload"
	"github.com/flowscope/fsd/runtime/datagram"
)

// The bars: how many times the time per byte of usual datagrams a hostile one may take, and how many times its own size
// a parser and a message that are new may allocate for it.
const (
	mostTime      = 4
	mostMemory    = 16
	mostMemoryDNS = 64
)

// Subject is a parser and its usual datagrams.
type Subject struct {
	Name     string
	Protocol *datagram.Protocol
	Meta     datagram.Meta
	Usual    [][]byte
	// Crafted are hostile ones made by hand, besides those that are made of the usual ones.
	Crafted [][]byte
}

// Result is what was found.
type Result struct {
	Name string
	// Usual and Worst are nanoseconds per byte, Size that of the worst datagram.
	Usual, Worst float64
	Size         int
	// Memory is the greatest number of bytes allocated for a byte of a datagram.
	Memory float64
	// MostMemory is its bar.
	MostMemory float64
}

// Times is how much dearer the worst one is.
func (r *Result) Times() float64 { return r.Worst / r.Usual }

// Met says whether both bars are met.
func (r *Result) Met() bool { return r.Times() <= mostTime && r.Memory <= r.MostMemory }

// Mutants returns n datagrams made of usual ones: bytes changed, small counts and lengths made great, parts doubled,
// and the rest filled up to size.
func Mutants(usual [][]byte, n, size int) [][]byte {
	r := rand.New(rand.NewPCG(50, 51))
	var out [][]byte
	for i := range n {
		b := slices.Clone(usual[r.IntN(len(usual))])
		switch i % 4 {
		case 0: // any bytes
			for range 1 + r.IntN(8) {
				b[r.IntN(len(b))] = byte(r.Uint32())
			}
		case 1: // great numbers at the front, where counts and lengths are
			at := r.IntN(min(len(b), 24))
			b[at] = 0xff
		case 2: // a part again and again, up to the size of an Ethernet frame
			from := r.IntN(len(b))
			part := b[from:min(from+2+r.IntN(32), len(b))]
			b = b[:from:from]
			for len(b) < max(size, 1400) {
				b = append(b, part...)
			}
		case 3: // what repeats is of one byte
			from, c := r.IntN(min(len(b), 32)), byte(r.IntN(4))
			b = b[:from:from]
			for len(b) < max(size, 1400) {
				b = append(b, c)
			}
		}
		for len(b) < size {
			b = append(b, b[:min(len(b), size-len(b))]...)
		}
		out = append(out, b)
	}
	return out
}

// Measure finds the worst of n mutants and the crafted datagrams.
func (s *Subject) Measure(n int) Result {
	bytes := 0
	for _, b := range s.Usual {
		bytes += len(b)
	}
	size := bytes / len(s.Usual)
	m := s.Protocol.NewMessage()
	p := s.Protocol.NewParser()
	usual := best(7, func() {
		for _, b := range s.Usual {
			p.ParseMessage(b, &s.Meta, m)
		}
	}, 1)
	res := Result{Name: s.Name, Usual: usual / float64(bytes), MostMemory: mostMemory}
	if s.Name == "DNS" || s.Name == "mDNS" || s.Name == "LLMNR" {
		res.MostMemory = mostMemoryDNS
	}
	type found struct {
		b  []byte
		ns float64
	}
	perByte := func(b []byte, rounds int) float64 {
		p := s.Protocol.NewParser()
		parse := func() { p.ParseMessage(b, &s.Meta, m) }
		parse()
		once := max(best(1, parse, 1), 20)
		return best(rounds, parse, int(min(2000, 1+20_000/once))) / float64(len(b))
	}
	var all []found
	for _, b := range append(Mutants(s.Usual, n, size), s.Crafted...) {
		if len(b) < size {
			continue
		}
		all = append(all, found{b, perByte(b, 3)})
		res.Memory = max(res.Memory, s.memory(b)/float64(len(b)))
	}
	slices.SortFunc(all, func(a, b found) int { return cmp.Compare(b.ns, a.ns) })
	// What looked worst may have been interrupted: once more, several times apart.
	all = all[:min(len(all), 10)]
	for range 4 {
		for i := range all {
			all[i].ns = min(all[i].ns, perByte(all[i].b, 10))
		}
	}
	for _, f := range all {
		if f.ns > res.Worst {
			res.Worst, res.Size = f.ns, len(f.b)
		}
	}
	return res
}

// memory is what a new parser and a new message allocate for a datagram, besides themselves.
func (s *Subject) memory(b []byte) float64 {
	p, m := s.Protocol.NewParser(), s.Protocol.NewMessage()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	p.ParseMessage(b, &s.Meta, m)
	runtime.ReadMemStats(&after)
	return float64(after.TotalAlloc - before.TotalAlloc)
}

// best is the time of work in nanoseconds, done so many times in each of the rounds, in the best of them.
func best(rounds int, work func(), times int) float64 {
	least := math.Inf(1)
	for range rounds {
		start := time.Now()
		for range times {
			work()
		}
		least = min(least, float64(time.Since(start))/float64(times))
	}
	return least
}

// Table writes results as a table in Markdown, and returns the bars that are missed.
func Table(w io.Writer, results []Result) (missed []string, err error) {
	var b strings.Builder
	fmt.Fprintf(&b, "| Protocol | usual, ns a byte | worst | of bytes | times | bar | memory, times its size | bar | |\n|---|--:|--:|--:|--:|--:|--:|--:|---|\n")
	for i := range results {
		r := &results[i]
		verdict := "met"
		if !r.Met() {
			verdict = "**missed**"
		}
		if r.Times() > mostTime {
			missed = append(missed, fmt.Sprintf("%s, hostile datagrams: %s times the usual time per byte, bar %d", r.Name, contest.Significant(r.Times()), mostTime))
		}
		if r.Memory > r.MostMemory {
			missed = append(missed, fmt.Sprintf("%s, hostile datagrams: memory %s times the size, bar %g", r.Name, contest.Significant(r.Memory), r.MostMemory))
		}
		fmt.Fprintf(&b, "| %s | %.2f | %.2f | %d | %s | %d | %s | %g | %s |\n", r.Name, r.Usual, r.Worst, r.Size, contest.Significant(r.Times()), mostTime,
			contest.Significant(r.Memory), r.MostMemory, verdict)
	}
	_, err = io.WriteString(w, b.String())
	return missed, err
}

// repeat appends a part again and again, up to a length.
func repeat(head []byte, length int, part ...byte) []byte {
	b := slices.Clone(head)
	for len(b)+len(part) <= length {
		b = append(b, part...)
	}
	return b
}

// Crafted returns hostile datagrams of a protocol: as many of its smallest elements as fit, or elements that refer to
// what is dear.
func Crafted(name string) [][]byte {
	const frame = 1400
	switch name {
	case "DNS", "mDNS", "LLMNR":
		return craftedDNS()
	case "DHCPv4":
		head, _ := workload.DHCPPair(workload.NewRand(60))
		return [][]byte{repeat(head[:240], frame, 12, 0), repeat(head[:240], frame, 0), repeat(head[:240], frame, 121, 1, 0), repeat(head[:240], frame, 82, 2, 1, 0)}
	case "DHCPv6":
		return [][]byte{repeat([]byte{1, 0, 0, 1}, frame, 0, 8, 0, 2, 0, 0), repeat([]byte{1, 0, 0, 1}, frame, 0, 99, 0, 0), repeat([]byte{1, 0, 0, 1}, frame, 0, 14, 0, 0)}
	case "STUN":
		return [][]byte{repeat([]byte{0, 1, 5, 100, 0x21, 0x12, 0xa4, 0x42, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, 20+5<<8+100, 0x80, 0x99, 0, 0)}
	case "RADIUS":
		return [][]byte{repeat([]byte{1, 1, 5, 120, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}, 5<<8+120, 200, 2)}
	case "CoAP":
		return [][]byte{repeat([]byte{0x40, 1, 0, 1}, frame, 0x00), repeat([]byte{0x40, 1, 0, 1}, frame, 0x10)}
	case "SIP":
		return [][]byte{append(repeat([]byte("ACK sip:a SIP/2.0\r\n"), frame, []byte("a:\r\n")...), "\r\n"...), append(repeat([]byte("ACK sip:a SIP/2.0\r\na:"), frame, []byte("\r\n b")...), "\r\n\r\n"...)}
	case "sFlow":
		head := workload.SFlow(1)[0][:28]
		head[26], head[27] = 1, 255
		return [][]byte{repeat(head, frame, 0, 0, 0, 99, 0, 0, 0, 0)}
	case "NetFlow v9":
		head := append(slices.Clone(workload.NetFlow9(1)[0][:20]), 0, 0, 0, 12, 1, 0, 0, 1, 0, 5, 0, 1)
		return [][]byte{repeat(append(head, 1, 0, 5, 88), 32+5<<8+88, 1), repeat(head, frame, 0, 0, 0, 12, 1, 0, 0, 1, 0, 5, 0, 1)}
	case "IPFIX":
		head := append(slices.Clone(workload.IPFIX(1)[0][:16]), 0, 2, 0, 12, 1, 0, 0, 1, 0, 5, 0, 1)
		b := repeat(append(head, 1, 0, 5, 88), 28+5<<8+88, 1)
		b[2], b[3] = byte(len(b)>>8), byte(len(b))
		return [][]byte{b}
	case "SNMP v2c":
		// Variables with the shortest names and values.
		binds := repeat(nil, 1200, 0x30, 5, 6, 1, 0x2b, 5, 0)
		pdu := append([]byte{2, 1, 1, 2, 1, 0, 2, 1, 0, 0x30, 0x82, byte(len(binds) >> 8), byte(len(binds))}, binds...)
		b := append([]byte{2, 1, 1, 4, 0, 0xa2, 0x82, byte(len(pdu) >> 8), byte(len(pdu))}, pdu...)
		return [][]byte{append([]byte{0x30, 0x82, byte(len(b) >> 8), byte(len(b))}, b...)}
	case "RTP":
		b := repeat([]byte{0x90, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0xbe, 0xde, 1, 44}, 16+4*300, 0x10, 0)
		return [][]byte{b}
	}
	return nil
}

// craftedDNS returns messages whose many records all refer to one long name.
func craftedDNS() [][]byte {
	head := []byte{0, 1, 0x80, 0, 0, 1, 0, 110, 0, 0, 0, 0}
	name := repeat(nil, 252, 1, 'a')
	name = append(name, 0)
	long := append(slices.Clone(head), name...)
	long = append(long, 0, 1, 0, 1)
	records := slices.Clone(long)
	for range 90 {
		records = append(records, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0)
	}
	records[7] = 90
	// Each name is a label and a pointer to the one before.
	chain := append(slices.Clone(head), 1, 'a', 0, 0, 1, 0, 1)
	at := 12
	for i := range 90 {
		next := len(chain)
		chain = append(chain, 1, 'a', 0xc0|byte(at>>8), byte(at), 0, 2, 0, 1, 0, 0, 0, 0, 0, 2, 0xc0|byte(at>>8), byte(at))
		if at = next; i%60 == 59 {
			at = 12
		}
	}
	chain[7] = 90
	return [][]byte{records, chain}
}
