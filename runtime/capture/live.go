package capture

import (
	"errors"
	"time"
)

// ErrIdle is returned by a live capture when no packet came for as long as LiveOptions.Idle says. It is the one error
// after which Next may be called again: it lets the caller sweep idle flows while the interface is silent.
var ErrIdle = errors.New("no packet for now")

// LiveOptions says how to capture from an interface.
type LiveOptions struct {
	// MaxFrame is how many bytes of a frame are kept; the rest is cut off and shows in the packet's WireLen. 0 means
	// DefaultMaxFrame.
	MaxFrame int
	// Promiscuous asks for frames to other hosts also.
	Promiscuous bool
	// Idle is how long Next waits for a packet before it returns ErrIdle. 0 means for ever.
	Idle time.Duration
	// KernelBuffer is the size in bytes of the kernel's queue of frames, as far as it permits. 0 means 8 MiB.
	KernelBuffer int
}

// LiveStats counts what a live capture saw.
type LiveStats struct {
	// Packets and Bytes count the frames handed out and their captured bytes.
	Packets, Bytes uint64
	// Dropped counts frames that the kernel had to drop because they were not read in time.
	Dropped uint64
}

const (
	defaultKernelBuffer = 8 << 20
	// livePoll is how often a waiting capture looks whether it was closed.
	livePoll = 100 * time.Millisecond
)
