package capture

import (
	"bytes"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"

	"github.com/flowscope/fsd/runtime/flow"
)

var (
	_ BatchSource                       = (*Reader)(nil)
	_ gopacket.ZeroCopyPacketDataSource = (*Reader)(nil)
	_ gopacket.PacketDataSource         = (*Reader)(nil)
)

// ZeroCopyReadPacketData returns the next frame, which is valid until the next call. It implements
// gopacket.ZeroCopyPacketDataSource. The one element of AncillaryData is the frame's flow.LinkType, since the
// interfaces of a capture may differ; the slice is shared by all packets of that type and not to be changed.
func (r *Reader) ZeroCopyReadPacketData() ([]byte, gopacket.CaptureInfo, error) {
	return r.info.read(r)
}

// ReadPacketData returns a copy of the next frame. It implements gopacket.PacketDataSource.
func (r *Reader) ReadPacketData() ([]byte, gopacket.CaptureInfo, error) {
	frame, ci, err := r.info.read(r)
	return bytes.Clone(frame), ci, err
}

// LinkType returns the link type of a pcap file; of a pcapng file, that of the first interface described so far in the
// section being read, or 0. Each packet says its own: see flow.Packet.
func (r *Reader) LinkType() flow.LinkType {
	switch {
	case r.ng == nil:
		return r.pcap.link
	case len(r.ng.interfaces) > 0:
		return r.ng.interfaces[0].link
	}
	return 0
}

// infoReader reads a source as gopacket does.
type infoReader struct {
	packet    flow.Packet
	link      flow.LinkType
	ancillary []interface{}
}

func (i *infoReader) read(src Source) ([]byte, gopacket.CaptureInfo, error) {
	p := &i.packet
	if err := src.Next(p); err != nil {
		return nil, gopacket.CaptureInfo{}, err
	}
	if i.ancillary == nil || i.link != p.Link {
		i.link, i.ancillary = p.Link, []interface{}{p.Link}
	}
	return p.Frame, gopacket.CaptureInfo{
		Timestamp:      p.Time.Time(),
		CaptureLength:  len(p.Frame),
		Length:         p.Wire(),
		InterfaceIndex: p.Interface,
		AncillaryData:  i.ancillary,
	}, nil
}

// FromGopacket returns a Source that reads src, any capture handle that speaks gopacket. Its packets have the given
// link type, unless src tells that of each one as Reader and pcapgo.NgReader do (a flow.LinkType or layers.LinkType in
// AncillaryData). Packets are numbered from 1. Errors of src are passed on as they are.
func FromGopacket(src gopacket.ZeroCopyPacketDataSource, link flow.LinkType) Source {
	return &gopacketSource{src: src, link: link}
}

type gopacketSource struct {
	src    gopacket.ZeroCopyPacketDataSource
	link   flow.LinkType
	number uint64
}

func (g *gopacketSource) Next(p *flow.Packet) error {
	frame, ci, err := g.src.ZeroCopyReadPacketData()
	if err != nil {
		return err
	}
	g.number++
	p.Number = g.number
	p.Frame = frame
	p.WireLen = max(ci.Length, len(frame))
	p.Interface = ci.InterfaceIndex
	p.Time = 0
	if !ci.Timestamp.IsZero() {
		p.Time = flow.FromTime(ci.Timestamp)
	}
	p.Link = g.link
	if len(ci.AncillaryData) > 0 {
		switch l := ci.AncillaryData[0].(type) {
		case flow.LinkType:
			p.Link = l
		case layers.LinkType:
			p.Link = flow.LinkType(l)
		}
	}
	return nil
}
