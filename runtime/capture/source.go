package capture

import (
	"errors"
	"fmt"

	"github.com/flowscope/fsd/runtime/flow"
)

// Source hands out packets in the order of capture. It is what the driver reads from.
type Source interface {
	// Next fills every field of p. The frame is valid until the next call. It returns io.EOF at a clean end; any
	// error is final, and p is then unspecified.
	Next(p *flow.Packet) error
}

// BatchSource is a Source that can hand out several packets a call, which costs less for each.
type BatchSource interface {
	Source
	// NextBatch fills at most len(ps) packets and says how many. It waits for the first one only. All frames are
	// valid until the next call. It returns either packets or an error, never both.
	NextBatch(ps []flow.Packet) (int, error)
}

// Error says where a capture stopped being readable. All packets before it were handed out.
type Error struct {
	// File is the capture's name as given to Open or NewReader.
	File string
	// Packet is the 1-based number of the packet that could not be read; 1 also when the file's header is at fault.
	Packet uint64
	// Offset is where that packet's record or block begins, in bytes from the start of the capture. In a compressed
	// file it counts decompressed bytes.
	Offset int64
	// Compression is "gzip" or "zstd" when Offset counts decompressed bytes, else empty.
	Compression string
	// Damaged is how many packet blocks were left out because their content was wrong although their frame was
	// intact. The error then names the first of them, and everything after it was read.
	Damaged uint64
	// Err is the reason. It wraps io.ErrUnexpectedEOF when the capture is cut, and ErrFormat when it is none.
	Err error
}

// Error returns the file, the packet, the offset and the reason in one line.
func (e *Error) Error() string {
	where := "byte"
	if e.Compression != "" {
		where = "decompressed byte"
	}
	s := fmt.Sprintf("%s: packet %d at %s %d: %v", e.File, e.Packet, where, e.Offset, e.Err)
	if e.Damaged > 1 {
		s += fmt.Sprintf(" (and %d more damaged blocks, skipped)", e.Damaged-1)
	}
	return s
}

// Unwrap returns the reason.
func (e *Error) Unwrap() error { return e.Err }

// ErrFormat is wrapped by the error for input that is no capture, or of a version that this package does not know.
var ErrFormat = errors.New("not a capture")

// Stats counts what a Reader handed out and, by kind, what it did not.
type Stats struct {
	// Packets and Bytes count the frames handed out and their captured bytes.
	Packets, Bytes uint64
	// Sections and Interfaces count the section headers and interface descriptions of a pcapng file; both are 1 for
	// pcap.
	Sections, Interfaces uint64

	// Untimed counts packets handed out with time 0 because their block holds none (simple packet blocks).
	Untimed uint64
	// WireShort counts packets whose record gave an original length below the captured one; the captured one is used.
	WireShort uint64

	// Oversized counts packets left out because they exceed the largest frame accepted.
	Oversized uint64
	// Damaged counts packet blocks left out because their content contradicts itself or names no known interface.
	Damaged uint64

	// Blocks of pcapng that hold no packet, by kind.
	NameResolution, InterfaceStatistics, DecryptionSecrets, SystemdJournal, Custom, Unknown uint64
	// SkippedBytes is the size of all blocks counted as oversized, damaged, or holding no packet.
	SkippedBytes uint64
}

// Skipped returns how many blocks were not handed out as packets.
func (s *Stats) Skipped() uint64 {
	var n uint64
	s.EachSkipped(func(_ string, k uint64) { n += k })
	return n
}

// EachSkipped calls yield for each kind of block of which at least one was skipped, with a name in words and their
// number, in a fixed order.
func (s *Stats) EachSkipped(yield func(kind string, n uint64)) {
	for _, k := range [...]struct {
		name string
		n    uint64
	}{
		{"oversized packet", s.Oversized},
		{"damaged packet block", s.Damaged},
		{"name resolution block", s.NameResolution},
		{"interface statistics block", s.InterfaceStatistics},
		{"decryption secrets block", s.DecryptionSecrets},
		{"systemd journal block", s.SystemdJournal},
		{"custom block", s.Custom},
		{"unknown block", s.Unknown},
	} {
		if k.n > 0 {
			yield(k.name, k.n)
		}
	}
}
