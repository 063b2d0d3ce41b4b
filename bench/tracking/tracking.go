// Package tracking holds the comparisons of what is below the parsers: reading captures, finding the addresses, ports
// and payload in a frame, tracking flows, dropping duplicates.
package tracking

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/maphash"
	"io"
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
	"github.com/google/gopacket/pcapgo"

	"github.com/flowscope/fsd/bench/contest"
	"github.com/flowscope/fsd/bench/workload"
	"github.com/flowscope/fsd/runtime/capture"
	"github.com/flowscope/fsd/runtime/flow"
)

// Rows returns all comparisons. short makes those with many flows smaller.
func Rows(short bool) []*contest.Row {
	packets, flows := 2_000_000, 1_000_000
	if short {
		packets, flows = 1_000_000, 500_000
	}
	return []*contest.Row{
		decodeRow(),
		keyRow(),
		readRow(),
		trackRow(packets/2, 1, 0.22),
		trackRow(packets/2, 100_000, 0.4),
		trackRow(packets, flows, 0.33),
		dedupRow(64, 860),
		dedupRow(1500, 1200),
	}
}

// frames returns frames of IPv4 and, one in ten, IPv6.
func frames(n, payload int) [][]byte {
	r := workload.NewRand(10)
	var out [][]byte
	for i := range n {
		f := workload.Flow{Client: r.Uint32(), Server: r.Uint32(), ClientPort: uint16(r.Uint32()), ServerPort: 53, V6: i%10 == 9}
		b := make([]byte, payload)
		for j := range b {
			b[j] = byte(r.Uint32())
		}
		out = append(out, workload.Frame(nil, f, false, b))
	}
	return out
}

// layersParser is gopacket's fast way, with all layers reused.
type layersParser struct {
	eth     layers.Ethernet
	ip4     layers.IPv4
	ip6     layers.IPv6
	udp     layers.UDP
	payload gopacket.Payload
	parser  *gopacket.DecodingLayerParser
	decoded []gopacket.LayerType
}

func newLayersParser() *layersParser {
	l := new(layersParser)
	l.parser = gopacket.NewDecodingLayerParser(layers.LayerTypeEthernet, &l.eth, &l.ip4, &l.ip6, &l.udp, &l.payload)
	l.parser.IgnoreUnsupported = true
	return l
}

// network and transport are the five-tuple as gopacket has it.
func (l *layersParser) fiveTuple(frame []byte) (network, transport gopacket.Flow, ok bool) {
	if l.parser.DecodeLayers(frame, &l.decoded) != nil || len(l.decoded) < 3 {
		return network, transport, false
	}
	if l.decoded[1] == layers.LayerTypeIPv4 {
		network = l.ip4.NetworkFlow()
	} else {
		network = l.ip6.NetworkFlow()
	}
	return network, l.udp.TransportFlow(), true
}

// bareTuple is what the loads alone give.
type bareTuple struct {
	a, b  [2]uint64
	ports uint32
}

// load reads nothing but addresses and ports, of frames that are what the workload writes.
func (t *bareTuple) load(b []byte) bool {
	be := binary.BigEndian
	if len(b) < 42 {
		return false
	}
	if be.Uint16(b[12:]) == 0x0800 {
		t.a[0], t.a[1] = 0, uint64(be.Uint32(b[26:]))
		t.b[0], t.b[1] = 0, uint64(be.Uint32(b[30:]))
		t.ports = be.Uint32(b[34:])
		return b[14] == 0x45 && b[23] == 17
	}
	if len(b) < 62 {
		return false
	}
	t.a[0], t.a[1] = be.Uint64(b[22:]), be.Uint64(b[30:])
	t.b[0], t.b[1] = be.Uint64(b[38:]), be.Uint64(b[46:])
	t.ports = be.Uint32(b[54:])
	return b[20] == 17
}

// sort makes both directions the same, and returns 1 when it exchanged them.
func (t *bareTuple) sort() int {
	if t.a[0] > t.b[0] || t.a[0] == t.b[0] && t.a[1] > t.b[1] {
		t.a, t.b, t.ports = t.b, t.a, t.ports<<16|t.ports>>16
		return 1
	}
	return 0
}

func decodeRow() *contest.Row {
	list := frames(1024, 60)
	p := &flow.Packet{Link: flow.LinkEthernet}
	l := newLayersParser()
	var t bareTuple
	return &contest.Row{Name: "five-tuple and payload of a frame", Unit: "frame", Contestants: []contest.Contestant{
		{Name: "flow.Decode", Pass: func() int {
			n := 0
			for _, p.Frame = range list {
				if flow.Decode(p) == flow.VerdictOK {
					n++
				}
			}
			return n
		}},
		{Name: "gopacket DecodingLayerParser, NetworkFlow, TransportFlow", Most: 0.1, Pass: func() int {
			n := 0
			for _, b := range list {
				var ok bool
				if networkFlow, transportFlow, ok = l.fiveTuple(b); ok {
					n++
				}
			}
			return n
		}},
		{Name: "gopacket DecodingLayerParser, layers alone", Pass: func() int {
			n := 0
			for _, b := range list {
				if l.parser.DecodeLayers(b, &l.decoded) == nil && len(l.decoded) >= 3 {
					n++
				}
			}
			return n
		}},
		{Name: "bare loads, nothing checked", Pass: func() int {
			n := 0
			for _, b := range list {
				if t.load(b) {
					n++
				}
			}
			return n
		}},
	}}
}

// What is written here is not optimised away.
var (
	networkFlow, transportFlow gopacket.Flow
	keySum                     uint64
)

// keyRow goes one step further: to a key that is the same for both directions.
func keyRow() *contest.Row {
	list := frames(1024, 60)
	p := &flow.Packet{Link: flow.LinkEthernet}
	l := newLayersParser()
	return &contest.Row{Name: "key of both directions from a frame, senders at random", Unit: "frame", Contestants: []contest.Contestant{
		{Name: "flow.Decode and flow.KeyOf", Pass: func() int {
			n := 0
			for _, p.Frame = range list {
				if flow.Decode(p) == flow.VerdictOK {
					k, _ := flow.KeyOf(p)
					keySum += uint64(k.APort)
					n++
				}
			}
			return n
		}},
		{Name: "gopacket, FastHash of both flows", Pass: func() int {
			n := 0
			for _, b := range list {
				if network, transport, ok := l.fiveTuple(b); ok {
					keySum += network.FastHash() ^ transport.FastHash()
					n++
				}
			}
			return n
		}},
	}}
}

func readRow() *contest.Row {
	var file bytes.Buffer
	if err := workload.DNSCapture(100_000).Write(&file); err != nil {
		panic(err) // memory does not fail
	}
	data := file.Bytes()
	var batch [64]flow.Packet
	return &contest.Row{Name: "reading a pcap file of 100,000 frames from memory", Unit: "frame", Contestants: []contest.Contestant{
		{Name: "capture.Reader, batches", Pass: func() int {
			n := 0
			r := must(capture.NewReader(bytes.NewReader(data), "memory"))
			defer r.Close()
			for {
				k, err := r.NextBatch(batch[:])
				n += k
				if err != nil {
					return n
				}
			}
		}},
		{Name: "pcapgo, zero copy, 64 KiB buffer", Most: 0.55, Pass: func() int {
			n := 0
			r := must(pcapgo.NewReader(buffered(bytes.NewReader(data))))
			for {
				if _, _, err := r.ZeroCopyReadPacketData(); err != nil {
					return n
				}
				n++
			}
		}},
		{Name: "pcapgo, plain", Pass: func() int {
			n := 0
			r := must(pcapgo.NewReader(buffered(bytes.NewReader(data))))
			for {
				if _, _, err := r.ReadPacketData(); err != nil {
					return n
				}
				n++
			}
		}},
	}}
}

// buffered is what pcapgo needs: it reads a record in two small pieces.
func buffered(r io.Reader) io.Reader { return bufio.NewReaderSize(r, 64<<10) }

func must[T any](v T, err error) T {
	if err != nil {
		panic(err) // the capture is the workload's own
	}
	return v
}

// counters are what is kept per flow.
type counters struct {
	packets, bytes [2]uint64
	first, last    time.Time
}

// trackRow reads a capture and counts packets and bytes of each flow, from an empty table on. The tracker also keeps
// the order of use, bounds the table and ends idle flows; the maps do none of that.
func trackRow(packets, flows int, bar float64) *contest.Row {
	var data []byte // made when it is first needed
	load := func() io.Reader {
		if data == nil {
			var file bytes.Buffer
			if err := workload.FlowsCapture(packets, flows).Write(&file); err != nil {
				panic(err)
			}
			data = file.Bytes()
		}
		return bytes.NewReader(data)
	}
	what := fmt.Sprintf("flow tracking, reading included, %d packets of %d flows", packets, flows)
	if flows == 1 {
		what = fmt.Sprintf("flow tracking, reading included, %d packets of one flow", packets)
	}
	return &contest.Row{Name: what, Unit: "packet", Contestants: []contest.Contestant{
		{Name: "flow.Tracker", Pass: func() int {
			r := must(capture.NewReader(load(), "memory"))
			defer r.Close()
			tr := flow.NewTracker[uint64](flow.Config{MaxFlows: 1 << 20})
			var batch [64]flow.Packet
			n := 0
			for {
				k, err := r.NextBatch(batch[:])
				for i := range batch[:k] {
					flow.Decode(&batch[i])
				}
				tr.Warm(batch[:k])
				for i := range batch[:k] {
					if step := tr.Track(&batch[i]); step.Matched() {
						n++
					}
				}
				if tr.SweepDue() {
					tr.Sweep(tr.Now(), nil)
				}
				if err != nil {
					return n
				}
			}
		}},
		{Name: "pcapgo, gopacket and a map", Most: bar, Pass: func() int {
			r := must(pcapgo.NewReader(buffered(load())))
			l := newLayersParser()
			type key struct{ network, transport gopacket.Flow }
			table := map[key]*counters{}
			n := 0
			for {
				b, info, err := r.ZeroCopyReadPacketData()
				if err != nil {
					return n
				}
				network, transport, ok := l.fiveTuple(b)
				if !ok {
					continue
				}
				k := key{network, transport}
				side := 0
				c := table[k]
				if c == nil {
					back := key{network.Reverse(), transport.Reverse()}
					if c = table[back]; c != nil {
						side = 1
					} else {
						c = &counters{first: info.Timestamp}
						table[k] = c
					}
				}
				c.packets[side]++
				c.bytes[side] += uint64(info.Length)
				c.last = info.Timestamp
				n++
			}
		}},
		{Name: "capture.Reader, bare loads and a map", Pass: func() int {
			r := must(capture.NewReader(load(), "memory"))
			defer r.Close()
			type entry struct {
				packets, bytes [2]uint64
				first, last    flow.Timestamp
			}
			table := map[bareTuple]*entry{}
			var batch [64]flow.Packet
			n := 0
			for {
				count, err := r.NextBatch(batch[:])
				for i := range batch[:count] {
					p := &batch[i]
					var t bareTuple
					if !t.load(p.Frame) {
						continue
					}
					side := t.sort()
					e := table[t]
					if e == nil {
						e = &entry{first: p.Time}
						table[t] = e
					}
					e.packets[side]++
					e.bytes[side] += uint64(p.WireLen)
					e.last = p.Time
					n++
				}
				if err != nil {
					return n
				}
			}
		}},
	}}
}

// scanRing is the filter as the model has it: a ring of hashes that is searched from end to end.
type scanRing struct {
	ring [256]struct {
		hash uint64
		len  int
		ts   flow.Timestamp
	}
	next int
	seed maphash.Seed
}

func (s *scanRing) duplicate(b []byte, ts flow.Timestamp) bool {
	h := maphash.Bytes(s.seed, b)
	found := false
	for i := range s.ring {
		e := &s.ring[i]
		if e.hash == h && e.len == len(b) && ts-e.ts <= 1e6 {
			found = true
		}
	}
	e := &s.ring[s.next]
	e.hash, e.len, e.ts = h, len(b), ts
	s.next = (s.next + 1) % len(s.ring)
	return found
}

// hashMap is the filter that a Go map makes: hashes and when they were seen, the oldest thrown out in turn.
type hashMap struct {
	seed maphash.Seed
	at   map[uint64]flow.Timestamp
	ring [256]uint64
	next int
}

func (m *hashMap) duplicate(b []byte, ts flow.Timestamp) bool {
	h := maphash.Bytes(m.seed, b)
	seen, ok := m.at[h]
	if m.at[h] = ts; !ok {
		if len(m.at) > len(m.ring) {
			delete(m.at, m.ring[m.next])
		}
		m.ring[m.next] = h
		m.next = (m.next + 1) % len(m.ring)
	}
	return ok && ts-seen <= 1e6
}

func dedupRow(size int, published float64) *contest.Row {
	list := frames(1024, size-42)
	d := flow.NewDedup(flow.DefaultDedupWindow, flow.DefaultDedupEntries)
	s := &scanRing{seed: maphash.MakeSeed()}
	plainMap := &hashMap{seed: maphash.MakeSeed(), at: map[uint64]flow.Timestamp{}}
	var now, now2, now3 flow.Timestamp
	return &contest.Row{Name: fmt.Sprintf("looking for duplicates, frames of %d bytes, 256 remembered", size), Unit: "frame", Contestants: []contest.Contestant{
		{Name: "flow.Dedup", Pass: func() int {
			n := 0
			for _, b := range list {
				if now += 10_000; !d.Duplicate(b, now) {
					n++
				}
			}
			return n
		}},
		{Name: "the model, as published", Most: 0.1, Published: published},
		{Name: "maphash and a map of the last", Pass: func() int {
			n := 0
			for _, b := range list {
				if now3 += 10_000; !plainMap.duplicate(b, now3) {
					n++
				}
			}
			return n
		}},
		{Name: "maphash and a ring that is scanned", Pass: func() int {
			n := 0
			for _, b := range list {
				if now2 += 10_000; !s.duplicate(b, now2) {
					n++
				}
			}
			return n
		}},
	}}
}
