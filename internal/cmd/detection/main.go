// Command detection shows how well protocols are recognised by their content alone: it reads captures with ports
// ignored, and counts the datagrams of each true protocol by the protocol that recognised them.
//
// Standard input says what is true, by an independent decoder: lines of five fields with tabs between,
//
//	CAPTURE  FRAME  PROTOCOLS  SOURCE-PORTS  DESTINATION-PORTS
//
// as tshark prints them with -T fields -e frame.number -e frame.protocols -e udp.srcport -e udp.dstport. Protocols are
// those of the whole frame from the outside in, joined with colons; ports are those of all UDP headers, joined with
// commas.
//
// It exits with 1 when a datagram was recognised as another protocol's and the ledger (-ledger FILE, a markdown table of
// capture, true protocol, recognised protocol, reason) does not explain it.
package main

import (
	"bufio"
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/flowscope/fsd/generated/all"
	"github.com/flowscope/fsd/runtime/capture"
	"github.com/flowscope/fsd/runtime/datagram"
	"github.com/flowscope/fsd/runtime/flow"
)

func main() {
	ledger := flag.String("ledger", "", "markdown `file` with the explained ones")
	flag.Parse()
	explained, err := readLedger(*ledger)
	if err == nil {
		var wrong int
		if wrong, err = run(os.Stdin, os.Stdout, os.Stderr, explained); err == nil && wrong > 0 {
			fmt.Fprintf(os.Stderr, "detection: %d datagrams were taken for another protocol's, and the ledger does not say why\n", wrong)
			os.Exit(1)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "detection:", err)
		os.Exit(1)
	}
}

// place is where a datagram is: in which frame, and in how many other datagrams.
type place struct {
	frame        uint64
	layer        uint8
	sport, dport uint16
}

// counts are datagrams by true protocol and by ours; "" is none.
type counts map[string]map[string]int

func (c counts) add(truth, ours string) {
	if c[truth] == nil {
		c[truth] = make(map[string]int)
	}
	c[truth][ours]++
}

// run reads what is true and prints the table. It returns how many datagrams were taken for another protocol's without
// an explanation.
func run(truth io.Reader, stdout, stderr io.Writer, explained map[[3]string]string) (wrong int, err error) {
	total := make(counts)
	var name string
	known := make(map[place]string)
	finish := func() error {
		if name == "" {
			return nil
		}
		ours, err := recognise(name)
		if err != nil {
			fmt.Fprintf(stderr, "detection: %v\n", err) // what was readable counts
		}
		for at, truth := range known {
			total.add(truth, ours[at])
			if mistaken(truth, ours[at]) && explained[[3]string{filepath.Base(name), truth, ours[at]}] == "" {
				wrong++
				fmt.Fprintf(stderr, "%s frame %d: %s was taken for %s\n", name, at.frame, truth, ours[at])
			}
		}
		clear(known)
		return nil
	}
	lines := bufio.NewScanner(truth)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		f := strings.Split(lines.Text(), "\t")
		if len(f) != 5 {
			return wrong, fmt.Errorf("%q: want five fields with tabs between", lines.Text())
		}
		if f[0] != name {
			if err := finish(); err != nil {
				return wrong, err
			}
			name = f[0]
		}
		if err := frame(f, known); err != nil {
			return wrong, err
		}
	}
	if err := cmp.Or(lines.Err(), finish()); err != nil {
		return wrong, err
	}
	print(stdout, total)
	return wrong, nil
}

// frame notes the datagrams of a line.
func frame(f []string, known map[place]string) error {
	number, err := strconv.ParseUint(f[1], 10, 64)
	if err != nil {
		return fmt.Errorf("frame %q: %w", f[1], err)
	}
	chain, sports, dports := strings.Split(f[2], ":"), strings.Split(f[3], ","), strings.Split(f[4], ",")
	layer := 0
	for i, p := range chain {
		if p == "icmp" || p == "icmpv6" {
			return nil // what an error message quotes is no datagram
		}
		if p != "udp" {
			continue
		}
		if layer >= len(sports) || layer >= len(dports) {
			return nil
		}
		name := "data"
		if i+1 < len(chain) {
			name = chain[i+1]
		}
		sport, err1 := strconv.ParseUint(sports[layer], 10, 16)
		dport, err2 := strconv.ParseUint(dports[layer], 10, 16)
		if err := cmp.Or(err1, err2); err != nil {
			return fmt.Errorf("frame %d: %w", number, err)
		}
		known[place{number, uint8(layer), uint16(sport), uint16(dport)}] = name
		layer++
	}
	return nil
}

// recognise reads a capture with ports ignored and says which protocol took each datagram.
func recognise(path string) (map[place]string, error) {
	registry, err := datagram.NewRegistry(all.Protocols()...)
	if err != nil {
		return nil, err
	}
	registry.IgnorePorts(true)
	ours := make(map[place]string)
	var packet flow.Packet
	decoder := &flow.Decoder{Enter: flow.AllTunnels, Layered: true}
	driver, err := datagram.NewDriver(registry.NewTable(), func(e *datagram.Event) {
		if e.Kind == datagram.EventMessage {
			ours[place{packet.Number, packet.Layer, e.SrcPort, e.DstPort}] = e.Protocol.Name
		}
	}, datagram.Options{
		Policy: datagram.ObservePoisoned, Decoder: decoder,
		Flow:        flow.Config{IdleTCP: flow.Never, IdleUDP: flow.Never, IdleOther: flow.Never},
		Reassembler: flow.NewReassembler(flow.ReassemblyConfig{Decoder: decoder}),
	})
	if err != nil {
		return nil, err
	}
	reader, err := capture.Open(path)
	if err != nil {
		return nil, err
	}
	defer reader.Close()
	for {
		if err := reader.Next(&packet); err != nil {
			if errors.Is(err, io.EOF) {
				err = nil
			}
			return ours, err
		}
		decoder.Decode(&packet)
		driver.Track(&packet)
	}
}

// sameAs are our protocols that another decoder has under some name, where the names differ. A name that is not here
// is ours as well.
var sameAs = map[string][]string{
	// DNS on the local link has the form of DNS: with ports ignored nothing tells them apart.
	"mdns":        {"mdns", "dns"},
	"llmnr":       {"llmnr", "dns"},
	"cflow":       {"netflow5", "netflow9", "ipfix"},
	"classicstun": {"stun", "classicstun"},
	"bvlc":        {"bacnet"},
	"wg":          {"wireguard"},
	"rpc":         {"onc_rpc"},
	"db-lsp-disc": {"dropbox_lan"},
	"lsd":         {"bt_lsd"},
	"zep":         {"zep"},
	"synphasor":   {"c37118"},
	"knxip":       {"knxnet"},
	"kip":         {"knxnet"},
	"bt-dht":      {"bt_dht", "bittorrent_dht", "dht"},
	"bt-utp":      {"utp"},
	"cipio":       {"enip"},
	"rmcp":        {"rmcp", "ipmi"},
	"udpencap":    {"isakmp", "udpencap"},
	"esp":         {"udpencap"},
	"afs":         {"rx"},
	"pn_io":       {"dcerpc"},
	"rdpudp2":     {"rdpudp"},
	"gquic":       {"quic", "gquic"},
	"capwap.data": {"capwap"},
	"mpls-echo":   {"lspping"},
	"omron":       {"omron_fins"},
	"portcontrol": {"pcp"},
	"lisp-data":   {"lisp"},
	"lwapp-l3":    {"lwapp"},
	"srvloc":      {"slp"},
}

// mistaken reports whether ours is another protocol than the true one. Of what the other decoder has no name for,
// nothing is known.
func mistaken(truth, ours string) bool {
	if ours == "" || truth == "data" || ours == truth || ours == strings.ReplaceAll(truth, "-", "_") {
		return false
	}
	return !slices.Contains(sameAs[truth], ours)
}

// print writes a row for each true protocol.
func print(w io.Writer, total counts) {
	fmt.Fprintln(w, "| protocol | datagrams | recognised | not recognised | taken for another |")
	fmt.Fprintln(w, "|---|---|---|---|---|")
	for _, truth := range slices.Sorted(maps.Keys(total)) {
		var right, none, n int
		var wrong []string
		for _, ours := range slices.Sorted(maps.Keys(total[truth])) {
			c := total[truth][ours]
			n += c
			switch {
			case ours == "":
				none += c
			case truth == "data" || mistaken(truth, ours):
				wrong = append(wrong, fmt.Sprintf("%s %d", ours, c))
			default:
				right += c
			}
		}
		fmt.Fprintf(w, "| %s | %d | %d | %d | %s |\n", truth, n, right, none, strings.Join(wrong, ", "))
	}
}

// readLedger reads the rows of four cells in a markdown file: capture, true protocol, ours, reason.
func readLedger(name string) (map[[3]string]string, error) {
	rows := make(map[[3]string]string)
	if name == "" {
		return rows, nil
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	for _, line := range strings.Split(string(text), "\n") {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if !strings.HasPrefix(line, "|") || len(cells) != 4 {
			continue
		}
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		rows[[3]string(cells[:3])] = cells[3]
	}
	return rows, nil
}
