// Command gopipe is what a Go programmer writes in an afternoon to get the DNS messages of a capture as JSON: gopacket,
// miekg/dns and encoding/json. It knows no flows, no other protocol and no reason why a datagram was refused. It is a
// contestant of the benchmarks.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
	"github.com/google/gopacket/pcapgo"
	"github.com/miekg/dns"
)

type record struct {
	Time             time.Time `json:"ts"`
	Src, Dst         string
	SrcPort, DstPort uint16
	Message          *dns.Msg `json:"message"`
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: gopipe CAPTURE")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "gopipe:", err)
		os.Exit(1)
	}
}

func run(path string, stdout io.Writer) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	r, err := pcapgo.NewReader(bufio.NewReaderSize(f, 1<<20))
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(stdout, 64<<10)
	encoder := json.NewEncoder(out)
	var (
		eth     layers.Ethernet
		ip4     layers.IPv4
		ip6     layers.IPv6
		udp     layers.UDP
		decoded []gopacket.LayerType
		message dns.Msg
	)
	parser := gopacket.NewDecodingLayerParser(layers.LayerTypeEthernet, &eth, &ip4, &ip6, &udp)
	parser.IgnoreUnsupported = true
	for {
		b, info, err := r.ZeroCopyReadPacketData()
		if err == io.EOF {
			return out.Flush()
		}
		if err != nil {
			return err
		}
		if parser.DecodeLayers(b, &decoded) != nil || len(decoded) < 3 || udp.SrcPort != 53 && udp.DstPort != 53 {
			continue
		}
		message = dns.Msg{}
		if message.Unpack(udp.Payload) != nil {
			continue
		}
		rec := record{Time: info.Timestamp, SrcPort: uint16(udp.SrcPort), DstPort: uint16(udp.DstPort), Message: &message}
		if decoded[1] == layers.LayerTypeIPv4 {
			rec.Src, rec.Dst = ip4.SrcIP.String(), ip4.DstIP.String()
		} else {
			rec.Src, rec.Dst = ip6.SrcIP.String(), ip6.DstIP.String()
		}
		if err := encoder.Encode(&rec); err != nil {
			return err
		}
	}
}
