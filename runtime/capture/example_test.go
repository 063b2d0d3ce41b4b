package capture_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
	"github.com/google/gopacket/pcapgo"

	"github.com/flowscope/fsd/runtime/capture"
	"github.com/flowscope/fsd/runtime/flow"
)

// twoPackets returns a pcap file of two packets, the second of which the capture cut to 8 bytes.
func twoPackets() []byte {
	var file bytes.Buffer
	w := pcapgo.NewWriterNanos(&file)
	_ = w.WriteFileHeader(64, layers.LinkTypeEthernet)
	at := time.Date(2026, 3, 1, 10, 0, 0, 123456789, time.UTC)
	_ = w.WritePacket(gopacket.CaptureInfo{Timestamp: at, CaptureLength: 12, Length: 12}, []byte("first packet"))
	_ = w.WritePacket(gopacket.CaptureInfo{Timestamp: at.Add(time.Second), CaptureLength: 8, Length: 13}, []byte("second p"))
	return file.Bytes()
}

// Reading a capture to its end. With a file, use Open and its path; "-" is standard input.
func Example() {
	r, err := capture.NewReader(bytes.NewReader(twoPackets()), "two.pcap")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer r.Close()
	var p flow.Packet
	for {
		if err = r.Next(&p); err != nil {
			break
		}
		fmt.Printf("%d %v %q %d of %d bytes\n", p.Number, p.Time, p.Frame, len(p.Frame), p.WireLen)
	}
	if err != io.EOF {
		fmt.Println(err)
	}
	// Output:
	// 1 2026-03-01T10:00:00.123456789Z "first packet" 12 of 12 bytes
	// 2 2026-03-01T10:00:01.123456789Z "second p" 8 of 13 bytes
}

// A file that is cut gives every whole packet, and then says where it stops.
func ExampleError() {
	file := twoPackets()
	r, err := capture.NewReader(bytes.NewReader(file[:len(file)-3]), "cut.pcap")
	if err != nil {
		fmt.Println(err)
		return
	}
	var p flow.Packet
	for err = r.Next(&p); err == nil; err = r.Next(&p) {
		fmt.Printf("%q\n", p.Frame)
	}
	fmt.Println(err)
	var where *capture.Error
	if errors.As(err, &where) {
		fmt.Println(where.Packet, where.Offset, errors.Is(err, io.ErrUnexpectedEOF))
	}
	// Output:
	// "first packet"
	// cut.pcap: packet 2 at byte 52: packet record cut short, 21 of 24 bytes are there: unexpected EOF
	// 2 52 true
}

// Any capture handle that speaks gopacket can feed the driver.
func ExampleFromGopacket() {
	handle, err := pcapgo.NewReader(bytes.NewReader(twoPackets()))
	if err != nil {
		fmt.Println(err)
		return
	}
	src := capture.FromGopacket(handle, flow.LinkEthernet)
	var p flow.Packet
	for src.Next(&p) == nil {
		fmt.Printf("%d %q\n", p.Number, p.Frame)
	}
	// Output:
	// 1 "first packet"
	// 2 "second p"
}
