package workload

import (
	"bufio"
	"encoding/binary"
	"io"
	"os"
	"path/filepath"
)

// Frame returns an Ethernet frame with a UDP datagram in IPv4 or IPv6, appended to dst.
func Frame(dst []byte, f Flow, reply bool, payload []byte) []byte {
	be := binary.BigEndian
	src, dstAddr, sport, dport := f.Client, f.Server, f.ClientPort, f.ServerPort
	if reply {
		src, dstAddr, sport, dport = dstAddr, src, dport, sport
	}
	dst = append(dst, 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1)
	if f.V6 {
		dst = append(dst, 0x86, 0xdd, 0x60, 0, 0, 0)
		dst = be.AppendUint16(dst, uint16(8+len(payload)))
		dst = append(dst, 17, 64)
		dst = append(append(append(dst, v6Prefix...), make([]byte, 8)...), 0, 0, 0, 0)
		at := len(dst)
		be.PutUint32(dst[at-4:], src)
		dst = append(append(append(dst, v6Prefix...), make([]byte, 8)...), 0, 0, 0, 0)
		be.PutUint32(dst[len(dst)-4:], dstAddr)
	} else {
		dst = append(dst, 8, 0, 0x45, 0)
		dst = be.AppendUint16(dst, uint16(28+len(payload)))
		dst = append(dst, 0, 0, 0x40, 0, 64, 17, 0, 0)
		dst = be.AppendUint32(dst, src)
		dst = be.AppendUint32(dst, dstAddr)
	}
	dst = be.AppendUint16(dst, sport)
	dst = be.AppendUint16(dst, dport)
	dst = be.AppendUint16(dst, uint16(8+len(payload)))
	dst = append(dst, 0, 0)
	return append(dst, payload...)
}

var v6Prefix = []byte{0x20, 0x01, 0x0d, 0xb8}

// Flow is a conversation.
type Flow struct {
	Client, Server         uint32
	ClientPort, ServerPort uint16
	V6                     bool
}

// Pcap writes frames to w as a pcap file with microseconds. frame appends packet number i to dst, and says when it was
// captured, in microseconds since the start.
func Pcap(w io.Writer, packets int, frame func(dst []byte, i int) (b []byte, micros uint64)) error {
	le := binary.LittleEndian
	out := bufio.NewWriterSize(w, 1<<20)
	head := le.AppendUint32(nil, 0xa1b2c3d4)
	head = append(head, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0)
	head = le.AppendUint32(head, 65535)
	head = le.AppendUint32(head, 1)
	if _, err := out.Write(head); err != nil {
		return err
	}
	const start = 1704067200 // 2024-01-01
	var buf []byte
	for i := range packets {
		var micros uint64
		buf, micros = frame(append(buf[:0], make([]byte, 16)...), i)
		le.PutUint32(buf, uint32(start+micros/1e6))
		le.PutUint32(buf[4:], uint32(micros%1e6))
		le.PutUint32(buf[8:], uint32(len(buf)-16))
		le.PutUint32(buf[12:], uint32(len(buf)-16))
		if _, err := out.Write(buf); err != nil {
			return err
		}
	}
	return out.Flush()
}

// Capture is a capture that can be made.
type Capture struct {
	// Name is the file's, without directory.
	Name string
	// Packets and Flows are how many there are.
	Packets, Flows int
	write          func(w io.Writer, c *Capture) error
}

// Write writes the capture.
func (c *Capture) Write(w io.Writer) error { return c.write(w, c) }

// File returns the path of the capture in a directory, where it is written if it is not there yet.
func (c *Capture) File(dir string) (string, error) {
	path := filepath.Join(dir, c.Name)
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	f, err := os.CreateTemp(dir, c.Name)
	if err != nil {
		return "", err
	}
	err = c.Write(f)
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return path, err
}

// DNSCapture is a capture of DNS: each flow has ten packets, queries and their answers, mixed with those of the
// thousands of flows beside it. A tenth is IPv6.
func DNSCapture(packets int) *Capture {
	return &Capture{name("dns", packets), packets, packets / 10, func(w io.Writer, c *Capture) error {
		return exchanges(w, c, DNSPair, 53)
	}}
}

// MixedCapture is a capture of DNS, NTP, DHCP, SNMP, STUN and RTP in equal parts, made as DNSCapture is. The packets of an
// RTP flow are those of one stream each way.
func MixedCapture(packets int) *Capture {
	return &Capture{name("mixed", packets), packets, packets / 10, func(w io.Writer, c *Capture) error {
		return mixed(w, c, []exchange{newExchange(5, DNSPair, 53), newExchange(6, NTPPair, 123), newExchange(7, DHCPPair, 67),
			newExchange(8, STUNPair, 3478), newExchange(9, SNMPPair, 161), newExchange(10, RTPPair, 5004)})
	}}
}

func name(kind string, packets int) string {
	digits := []byte{}
	for n := packets; n > 0; n /= 10 {
		digits = append([]byte{byte('0' + n%10)}, digits...)
	}
	return kind + "-" + string(digits) + ".pcap"
}
