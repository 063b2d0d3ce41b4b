package main

import (
	"bytes"
	"os"
	"strings"
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
	"github.com/google/gopacket/pcapgo"
)

// start is the time of the first frame of every capture.
var start = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)

// A frame is one record of a capture file.
type frame struct {
	data  []byte // as captured
	orig  int    // length on the wire, at least len(data)
	at    time.Time
	iface int // index into capture.ifaces
}

// A capture gathers frames and writes them as one file.
type capture struct {
	link   layers.LinkType // of a classic pcap file; 0 and not null set means Ethernet
	null   bool            // link type 0 (BSD loopback) is meant
	ifaces []pcapgo.NgInterface
	frames []frame
	now    time.Duration
}

// add appends a whole frame, a millisecond after the one before.
func (c *capture) add(data []byte) { c.addCut(data, len(data)) }

// addCut appends a frame of which only the first n bytes were captured.
func (c *capture) addCut(data []byte, n int) {
	n = min(n, len(data))
	c.frames = append(c.frames, frame{data: data[:n], orig: len(data), at: start.Add(c.now)})
	c.now += time.Millisecond
}

// wait moves the clock on before the next frame.
func (c *capture) wait(d time.Duration) { c.now += d }

// on moves the last frame to the interface with that index.
func (c *capture) on(iface int) { c.frames[len(c.frames)-1].iface = iface }

// writeFile writes classic pcap or, where the name ends in .pcapng, pcapng without any text about the machine.
func (c *capture) writeFile(name string) error {
	var b bytes.Buffer
	var err error
	if strings.HasSuffix(name, ".pcapng") {
		err = c.encodeNg(&b)
	} else {
		err = c.encode(&b)
	}
	if err != nil {
		return err
	}
	return os.WriteFile(name, b.Bytes(), 0o644)
}

func (f *frame) info() gopacket.CaptureInfo {
	return gopacket.CaptureInfo{Timestamp: f.at, CaptureLength: len(f.data), Length: f.orig, InterfaceIndex: f.iface}
}

func (c *capture) encode(b *bytes.Buffer) error {
	link := c.link
	if link == 0 && !c.null {
		link = layers.LinkTypeEthernet
	}
	w := pcapgo.NewWriter(b)
	if err := w.WriteFileHeader(65535, link); err != nil {
		return err
	}
	for i := range c.frames {
		if err := w.WritePacket(c.frames[i].info(), c.frames[i].data); err != nil {
			return err
		}
	}
	return nil
}

func (c *capture) encodeNg(b *bytes.Buffer) error {
	w, err := pcapgo.NewNgWriterInterface(b, c.ifaces[0], pcapgo.NgWriterOptions{})
	if err != nil {
		return err
	}
	for _, i := range c.ifaces[1:] {
		if _, err := w.AddInterface(i); err != nil {
			return err
		}
	}
	for i := range c.frames {
		if err := w.WritePacket(c.frames[i].info(), c.frames[i].data); err != nil {
			return err
		}
	}
	return w.Flush()
}
