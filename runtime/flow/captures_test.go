package flow

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
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

// eachFrame reads a capture with gopacket and calls do with every frame. It reports whether it came to the end: gopacket
// gives up on some files (a snap length of 2^31 on a 32-bit machine, a frame longer than the snap length).
func eachFrame(t *testing.T, name string, do func(*Packet)) (whole bool) {
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
				return errors.Is(err, io.EOF)
			}
			link := ngLink(ci)
			frame(data, ci, link)
		}
	}
	r, err := pcapgo.NewReader(bytes.NewReader(b))
	if err != nil {
		return false
	}
	link := LinkType(r.LinkType())
	if len(b) > 24 && (b[20] == 0x14 && b[21] == 1 || b[23] == 0x14 && b[22] == 1) {
		link = LinkLinuxSLL2 // gopacket keeps only the low byte
	}
	for {
		data, ci, err := r.ReadPacketData()
		if err != nil {
			return errors.Is(err, io.EOF)
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

// explained are the captures in which we find other numbers, and why.
var explained = map[string]string{
	"olsr/tcpdump-olsr-oobr-1.pcap":       "first fragments alone, cut by the capture: never parsed",
	"rip/tcpdump-rip_error_hexdump.pcap":  "a first fragment alone: never parsed",
	"udpencap/tcpdump-esp_truncated.pcap": "a first fragment alone: never parsed",
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
		r := NewReassembler(ReassemblyConfig{})
		whole := eachFrame(t, filepath.Join(capturesDir, col[0]), func(p *Packet) {
			v := Decode(p)
			if r.Add(p) {
				v = p.Verdict
			}
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
		if why := explained[col[0]]; why != "" && udp <= wantUDP || !whole {
			continue
		}
		t.Errorf("%s: link %s: %d datagrams, %d wanted; %d flows, %d wanted; verdicts %v", col[0], col[1], udp, wantUDP, len(flows), wantFlows, unmatched)
	}
	t.Logf("%d of %d captures agree; the others differ for a known reason", agree, files)
}

// otherTunnels are the captures with tunnels over UDP that a Decoder does not enter.
var otherTunnels = map[string]string{
	"mdns/ttproto-echo_req_and_reply_and_other_packets_with_openmote_sniffer.pcap": "IEEE 802.15.4 over UDP",
}

// A layered decoder that enters all tunnels finds as many datagrams and flows at all depths as an independent decoder.
func TestCapturesHoldTheTunnelsThatOthersFind(t *testing.T) {
	table, err := os.Open(filepath.Join(capturesDir, "FLOWS.tsv"))
	if err != nil {
		t.Skip("no captures here")
	}
	defer table.Close()
	total := 0
	for lines := bufio.NewScanner(table); lines.Scan(); {
		col := strings.Split(lines.Text(), "\t")
		if col[0] == "file" || otherTunnels[col[0]] != "" || explained[col[0]] != "" {
			continue
		}
		wantUDP, _ := strconv.Atoi(col[5])
		wantFlows, _ := strconv.Atoi(col[8])
		d := &Decoder{Enter: AllTunnels, Layered: true}
		r := NewReassembler(ReassemblyConfig{Decoder: d})
		udp, inner := 0, 0
		flows := map[Key]bool{}
		whole := eachFrame(t, filepath.Join(capturesDir, col[0]), func(p *Packet) {
			d.Decode(p)
			for ok := true; ok; ok = d.Inner(p) {
				r.Add(p)
				if p.HasPayload {
					udp++
					if p.Layer > 0 {
						inner++
					}
					k, _ := KeyOf(p)
					flows[k] = true
				}
			}
		})
		if !whole {
			continue
		}
		if udp != wantUDP || len(flows) != wantFlows {
			t.Errorf("%s: %d datagrams, %d wanted; %d flows, %d wanted", col[0], udp, wantUDP, len(flows), wantFlows)
		}
		total += inner
	}
	require.NotZero(t, total)
}

// gopacketLinks are the link types that gopacket decodes.
var gopacketLinks = map[LinkType]gopacket.Decoder{
	LinkEthernet: layers.LinkTypeEthernet, LinkRaw: layers.LinkTypeRaw, LinkRawBSD: layers.LinkTypeRaw, LinkNull: layers.LinkTypeNull,
	LinkLoop: layers.LinkTypeLoop, LinkLinuxSLL: layers.LinkTypeLinuxSLL, LinkPPP: layers.LinkTypePPP, LinkRadiotap: layers.LinkTypeIEEE80211Radio,
	LinkIEEE80211: layers.LinkTypeIEEE802_11, LinkIPv4: layers.LinkTypeIPv4, LinkIPv6: layers.LinkTypeIPv6,
}

// outermost is what gopacket finds in a frame: the first IP header, and the transport behind it.
type outermost struct {
	src, dst     net.IP
	fragment     bool
	transport    string // udp, tcp, sctp, icmp or nothing
	sport, dport uint16
	payload      []byte // of UDP
	vlan         int    // the first tag's, -1 for none
}

func outermostOf(p gopacket.Packet) (o outermost) {
	o.vlan = -1
	for _, l := range p.Layers() {
		switch l := l.(type) {
		case *layers.Dot1Q:
			if o.src == nil && o.vlan < 0 {
				o.vlan = int(l.VLANIdentifier)
			}
		case *layers.IPv4:
			if o.src != nil {
				return o
			}
			o.src, o.dst = l.SrcIP, l.DstIP
			o.fragment = l.FragOffset != 0 || l.Flags&layers.IPv4MoreFragments != 0
		case *layers.IPv6:
			if o.src != nil {
				return o
			}
			o.src, o.dst = l.SrcIP, l.DstIP
		case *layers.IPv6Fragment:
			o.fragment = l.FragmentOffset != 0 || l.MoreFragments
		case *layers.UDP:
			o.transport, o.sport, o.dport, o.payload = "udp", uint16(l.SrcPort), uint16(l.DstPort), l.Payload
			return o
		case *layers.TCP:
			o.transport, o.sport, o.dport = "tcp", uint16(l.SrcPort), uint16(l.DstPort)
			return o
		case *layers.SCTP:
			o.transport, o.sport, o.dport = "sctp", uint16(l.SrcPort), uint16(l.DstPort)
			return o
		case *layers.GRE, *layers.ICMPv4, *layers.ICMPv6:
			return o
		}
	}
	return o
}

// On every frame of the captures the addresses, ports, tags and payload are those that gopacket finds.
func TestDecodeAgreesWithGopacket(t *testing.T) {
	names, err := filepath.Glob(filepath.Join(capturesDir, "*", "*.pcap*"))
	require.NoError(t, err)
	if len(names) == 0 {
		t.Skip("no captures here")
	}
	compared, datagrams := 0, 0
	explained := map[string]string{
		"arkime-arkime_synthetic.pcap frame 304: only gopacket's": "0x88be without GRE in front of it: no EtherType of Ethernet (IEEE 802 numbers), tshark reads data",
		"tcpdump-tftp-heapoverflow.pcap frame 1: only ours":       "an address length of 12,336 in the cooked header, which nothing needs: tshark reads on, as we do",
	}
	for _, name := range names {
		d := &Decoder{} // outermost headers only
		eachFrame(t, name, func(p *Packet) {
			link := gopacketLinks[p.Link]
			if link == nil {
				return
			}
			d.Decode(p)
			want := outermostOf(gopacket.NewPacket(p.Frame, link, gopacket.DecodeOptions{NoCopy: true, Lazy: false}))
			differ := func(what string) {
				where := fmt.Sprintf("%s frame %d: %s", filepath.Base(name), p.Number, what)
				if explained[where] == "" {
					t.Errorf("%s: ours %v %v:%d > %v:%d %d bytes; gopacket's %+v", where, p.Verdict, p.Src, p.SrcPort, p.Dst, p.DstPort, len(p.Payload), want)
				}
			}
			switch {
			case want.src == nil && p.Verdict == VerdictOK:
				differ("only ours")
				return
			case want.src != nil && p.Verdict != VerdictOK:
				differ("only gopacket's")
				return
			case want.src == nil:
				return
			}
			compared++
			if !want.src.Equal(p.Src.Netip().AsSlice()) || !want.dst.Equal(p.Dst.Netip().AsSlice()) {
				differ("addresses")
				return
			}
			if want.fragment != p.Fragment {
				differ("fragment")
				return
			}
			if p.Fragment {
				return
			}
			if tagged := p.VLANs > 0; tagged != (want.vlan >= 0) || tagged && int(p.VLAN) != want.vlan {
				differ("tag")
			}
			if (want.transport == "udp") != p.HasPayload {
				differ("transport")
				return
			}
			if want.transport != "" && (want.sport != p.SrcPort || want.dport != p.DstPort) {
				differ("ports")
			}
			if p.HasPayload {
				datagrams++
				if !bytes.Equal(want.payload, p.Payload) {
					differ("payload")
				}
			}
		})
	}
	t.Logf("%d packets, %d datagrams of %d captures", compared, datagrams, len(names))
	require.NotZero(t, compared)
}

// gopacketFlow is a flow's key as programs that use gopacket make it.
type gopacketFlow struct{ net, transport gopacket.Flow }

// gopacketReader returns a function that reads a flow's key with gopacket's fastest decoder.
func gopacketReader(b *testing.B) func([]byte) gopacketFlow {
	eth, ip4, udp, pay := new(layers.Ethernet), new(layers.IPv4), new(layers.UDP), new(gopacket.Payload)
	parser := gopacket.NewDecodingLayerParser(layers.LayerTypeEthernet, eth, ip4, udp, pay)
	parser.IgnoreUnsupported = true
	var found []gopacket.LayerType
	return func(frame []byte) gopacketFlow {
		if err := parser.DecodeLayers(frame, &found); err != nil {
			b.Fatal(err)
		}
		return gopacketFlow{ip4.NetworkFlow(), udp.TransportFlow()}
	}
}

// BenchmarkGopacket is what BenchmarkDecode/udp4_key does, with gopacket.
func BenchmarkGopacket(b *testing.B) {
	frame := udp4("10.0.0.1", 1000, "10.0.0.2", 53, "hello")
	read := gopacketReader(b)
	for range b.N {
		read(frame)
	}
}

// BenchmarkGopacketMap is what BenchmarkTrack does, with gopacket and a map: without order of use, without end.
func BenchmarkGopacketMap(b *testing.B) {
	for _, flows := range []int{1, 100_000, 1_000_000} {
		b.Run(fmt.Sprintf("flows=%d", flows), func(b *testing.B) {
			read := gopacketReader(b)
			m := make(map[gopacketFlow]*Stats)
			frame := client(0)
			order := randomFlows(flows)
			one := func(n uint32, i int) {
				setFlow(frame, n)
				k := read(frame)
				s := m[k]
				if s == nil {
					s = new(Stats)
					m[k] = s
				}
				s.Packets[0]++
				s.Bytes[0] += uint64(len(frame))
				s.Last = Timestamp(i)
			}
			for n := range flows {
				one(uint32(n), 0)
			}
			b.ResetTimer()
			for i := range b.N {
				one(order[i&(len(order)-1)], i)
			}
		})
	}
}
