package capture

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/bits"

	"github.com/flowscope/fsd/runtime/flow"
)

// The magic numbers of pcap, as a reader of the file's byte order sees them.
const (
	magicMicro    = 0xa1b2c3d4
	magicNano     = 0xa1b23c4d
	magicModified = 0xa1b2cd34 // Kuznetzov's records: microseconds, 8 more bytes in each record's header

	pcapFileHeader     = 24
	pcapRecordHeader   = 16
	pcapModifiedHeader = 24
)

// pcapFormat is what the file header says of all records.
type pcapFormat struct {
	big       bool   // big-endian
	modified  bool   // records have an interface index
	swapLens  bool   // version 2.0 to 2.2: original length before captured length
	maybeSwap bool   // version 2.3: either way
	header    int    // bytes before each frame
	scale     uint32 // nanoseconds in a unit of the second time field
	link      flow.LinkType
}

// openPcap reads the file header if b begins with a magic number of pcap.
func (r *Reader) openPcap(b []byte) (bool, error) {
	f := &r.pcap
	m := binary.LittleEndian.Uint32(b)
	for _, f.big = range []bool{false, true} {
		f.header, f.scale = pcapRecordHeader, 1000
		switch m {
		case magicMicro:
		case magicNano:
			f.scale = 1
		case magicModified:
			f.header, f.modified = pcapModifiedHeader, true
		default:
			m = bits.ReverseBytes32(m)
			continue
		}
		return true, r.readPcapHeader()
	}
	return false, nil
}

func (r *Reader) readPcapHeader() error {
	b, ok := r.need(pcapFileHeader, true)
	if !ok {
		return r.cut("file header", pcapFileHeader)
	}
	f := &r.pcap
	var order binary.ByteOrder = binary.LittleEndian
	if f.big {
		order = binary.BigEndian
	}
	major, minor := order.Uint16(b[4:]), order.Uint16(b[6:])
	if major != 2 {
		return r.errorf(r.here(), fmt.Errorf("pcap version is %d.%d, expected 2.4: %w", major, minor, ErrFormat))
	}
	f.swapLens, f.maybeSwap = minor < 3, minor == 3
	// The snapshot length is not used: it is 0 in legal files and too low in others, and the bound is ours. The upper
	// 16 bits of the link type hold the length of the frame check sequence.
	f.link = flow.LinkType(order.Uint32(b[20:]) & 0xffff)
	r.stats.Sections, r.stats.Interfaces = 1, 1
	r.pos += pcapFileHeader
	return nil
}

func (r *Reader) nextPcap(p *flow.Packet, wait bool) error {
	f := &r.pcap
	b := r.buf[r.pos:r.end]
	if len(b) < f.header {
		if r.fail != nil {
			return r.fail
		}
		var ok bool
		if b, ok = r.need(f.header, wait); !ok {
			return r.pcapShort(b, wait)
		}
	}
	_ = b[pcapRecordHeader-1]
	sec := binary.LittleEndian.Uint32(b)
	frac := binary.LittleEndian.Uint32(b[4:])
	captured := binary.LittleEndian.Uint32(b[8:])
	wire := binary.LittleEndian.Uint32(b[12:])
	if f.big {
		sec, frac = bits.ReverseBytes32(sec), bits.ReverseBytes32(frac)
		captured, wire = bits.ReverseBytes32(captured), bits.ReverseBytes32(wire)
	}
	if f.swapLens || f.maybeSwap && captured > wire {
		captured, wire = wire, captured
	}
	if captured > r.maxFrame {
		if r.fail != nil {
			return r.fail
		}
		return r.errorf(r.here(), fmt.Errorf("record header says %d captured bytes, the largest frame accepted is %d: the file is corrupt from here",
			captured, r.maxFrame))
	}
	size := f.header + int(captured)
	if len(b) < size {
		if r.fail != nil {
			return r.fail
		}
		var ok bool
		if b, ok = r.need(size, wait); !ok {
			if !wait {
				return errWait
			}
			return r.cut("packet record", uint64(size))
		}
	}
	if wire < captured {
		r.stats.WireShort++
		wire = captured
	}
	r.number++
	r.pos += size
	r.stats.Packets++
	r.stats.Bytes += uint64(captured)
	p.Time = flow.Timestamp(int64(sec)*1e9 + int64(frac)*int64(f.scale))
	p.Frame = b[f.header:size:size]
	p.WireLen = int(min(wire, math.MaxInt32))
	p.Link = f.link
	p.Interface = 0
	if f.modified {
		p.Interface = r.modifiedInterface(b)
	}
	p.Number = r.number
	return nil
}

// modifiedInterface returns the index of the interface in a modified record header.
func (r *Reader) modifiedInterface(b []byte) int {
	n := binary.LittleEndian.Uint32(b[pcapRecordHeader:])
	if r.pcap.big {
		n = bits.ReverseBytes32(n)
	}
	return int(n & math.MaxInt32)
}

// pcapShort says why there is no whole record header.
func (r *Reader) pcapShort(b []byte, wait bool) error {
	switch {
	case !wait:
		return errWait
	case len(b) == 0:
		return r.atEnd()
	}
	return r.cut("record header", uint64(r.pcap.header))
}
