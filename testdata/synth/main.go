// Command synth writes the captures that no server at hand produces: unusual encapsulations, cut and fragmented
// frames, rare packet forms, hostile datagrams. The same bytes come out on every run: times are counted from a
// fixed start and nothing is random.
//
//	go run ./testdata/synth [-out testdata/captures]
//
// It imports gopacket for the link, network and file layers; the bytes of the protocols are written here by hand
// from their RFCs, so that the parsers under test are not judged by code of their own.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

// files are the captures in the order in which they are written; the key is the name below the output folder.
var files = []struct {
	name  string
	build func(*capture)
}{
	{"synth-encap.pcap", encap},
	{"synth-fragments.pcap", fragments},
	{"synth-snaplen.pcap", snaplen},
	{"synth-raw.pcap", linkRaw},
	{"synth-null.pcap", linkNull},
	{"synth-sll.pcap", linkSLL},
	{"synth-two-interfaces.pcapng", twoInterfaces},
	{"synth-dns-hostile.pcap", dnsHostile},
	{"synth-llmnr.pcap", llmnr},
	{"synth-mdns.pcap", mdns},
	{"synth-ntp.pcap", ntp},
	{"synth-tftp.pcap", tftp},
	{"synth-echo-limit.pcap", echoLimit},
}

func main() {
	out := flag.String("out", filepath.Join("testdata", "captures"), "folder to write to")
	flag.Parse()
	for _, f := range files {
		c := &capture{}
		f.build(c)
		if err := c.writeFile(filepath.Join(*out, f.name)); err != nil {
			fmt.Fprintln(os.Stderr, "synth:", err)
			os.Exit(1)
		}
	}
}
