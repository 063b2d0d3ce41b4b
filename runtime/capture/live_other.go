//go:build !linux

package capture

import (
	"errors"
	"fmt"
	"runtime"

	"github.com/google/gopacket"

	"github.com/flowscope/fsd/runtime/flow"
)

// Live captures from an interface; on this system it cannot be made.
type Live struct{}

// OpenLive always fails: live capture is for Linux only. Elsewhere, pipe a capture tool's output into the standard
// input, or read its library's handle with FromGopacket.
func OpenLive(iface string, _ LiveOptions) (*Live, error) {
	return nil, fmt.Errorf("interface %s: live capture works on Linux only, this is %s; pipe a capture into standard input instead: %w",
		iface, runtime.GOOS, errors.ErrUnsupported)
}

// Next always fails.
func (*Live) Next(*flow.Packet) error { return errors.ErrUnsupported }

// ZeroCopyReadPacketData always fails.
func (*Live) ZeroCopyReadPacketData() ([]byte, gopacket.CaptureInfo, error) {
	return nil, gopacket.CaptureInfo{}, errors.ErrUnsupported
}

// ReadPacketData always fails.
func (*Live) ReadPacketData() ([]byte, gopacket.CaptureInfo, error) {
	return nil, gopacket.CaptureInfo{}, errors.ErrUnsupported
}

// LinkType returns 0.
func (*Live) LinkType() flow.LinkType { return 0 }

// Stats returns nothing.
func (*Live) Stats() LiveStats { return LiveStats{} }

// Close does nothing.
func (*Live) Close() error { return nil }
