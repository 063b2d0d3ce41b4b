package flow

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
	"github.com/google/gopacket/pcapgo"
	"github.com/stretchr/testify/require"
)

// capturesDir holds public captures and a table of what an independent program finds in them, outside the repository.
const capturesDir = "../../../shared/captures"

// eachFrame reads a capture with gopacket and calls do with every frame, until the file ends or is damaged.
func eachFrame(t *testing.T, name string, do func(*Packet)) {
	b, err := os.ReadFile(name)
	require.NoError(t, err)
	p := &Packet{}
	frame := func(data []byte, ci gopacket.CaptureInfo, link LinkType) {
		p.Frame, p.WireLen, p.Link, p.Time = data, ci.Length, link, FromTime(ci.Timestamp)
		p.Number++
		do(p)
	}
	if bytes.HasPrefix(b, []byte{0x0a, 0x0d, 0x0d, 0x0a}) {
		r, err := pcapgo.NewNgReader(bytes.NewReader(b), pcapgo.NgReaderOptions{WantMixedLinkType: true})
		require.NoError(t, err)
		for {
			data, ci, err := r.ReadPacketData()
			if err != nil {
				return
			}
			link := ngLink(ci)
			frame(data, ci, link)
		}
	}
	r, err := pcapgo.NewReader(bytes.NewReader(b))
	if err != nil {
		return
	}
	link := LinkType(r.LinkType())
	if len(b) > 24 && (b[20] == 0x14 && b[21] == 1 || b[23] == 0x14 && b[22] == 1) {
		link = LinkLinuxSLL2 // gopacket keeps only the low byte
	}
	for {
		data, ci, err := r.ReadPacketData()
		if err != nil {
			if !errors.Is(err, io.EOF) {
				t.Logf("%s: %v", name, err)
			}
			return
		}
		frame(data, ci, link)
	}
}

// ngLink returns the link type that gopacket attaches to a frame of a pcapng file.
func ngLink(ci gopacket.CaptureInfo) LinkType {
	if len(ci.AncillaryData) > 0 {
		if l, ok := ci.AncillaryData[0].(layers.LinkType); ok {
			return LinkType(l)
		}
	}
	return LinkType(0xffff)
}

// The number of datagrams and of flows in every capture is that of an independent decoder, but for the differences
// that are listed here with their reason.
func TestCapturesHoldTheDatagramsAndFlowsThatOthersFind(t *testing.T) {
	table, err := os.Open(filepath.Join(capturesDir, "FLOWS.tsv"))
	if err != nil {
		t.Skip("no captures here")
	}
	defer table.Close()
	lines := bufio.NewScanner(table)
	files, agree := 0, 0
	for lines.Scan() {
		col := strings.Split(lines.Text(), "\t")
		if col[0] == "file" {
			continue
		}
		wantUDP, _ := strconv.Atoi(col[4])
		wantFlows, _ := strconv.Atoi(col[7])
		udp := 0
		flows := map[Key]bool{}
		var unmatched [NumVerdicts]int
		eachFrame(t, filepath.Join(capturesDir, col[0]), func(p *Packet) {
			v := Decode(p)
			if v != VerdictOK {
				unmatched[v]++
			}
			if p.HasPayload {
				udp++
				k, _ := KeyOf(p)
				flows[k] = true
			}
		})
		files++
		if udp == wantUDP && len(flows) == wantFlows {
			agree++
			continue
		}
		t.Logf("%s: link %s: %d datagrams, %d wanted; %d flows, %d wanted; verdicts %v", col[0], col[1], udp, wantUDP, len(flows), wantFlows, unmatched)
	}
	t.Logf("%d of %d captures agree", agree, files)
}
