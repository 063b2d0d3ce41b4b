// Package bench measures what generated parsers allocate for hostile datagrams.
package bench

import (
	"bytes"
	"encoding/binary"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/flowscope/fsd/generated/dns"
	"github.com/flowscope/fsd/runtime/datagram/vector"
	"github.com/flowscope/fsd/runtime/flow"
)

// TestHostileDatagramsAllocateInProportion gives a parser and a message without storage datagrams that make it
// allocate as much as they can. All that is allocated counts, what growing leaves behind included.
func TestHostileDatagramsAllocateInProportion(t *testing.T) {
	const most = 64
	head := func(qd, an int) []byte {
		b := make([]byte, 12)
		b[2] = 0x80
		binary.BigEndian.PutUint16(b[4:], uint16(qd))
		binary.BigEndian.PutUint16(b[6:], uint16(an))
		return b
	}
	record := func(typ byte, data []byte) []byte {
		b := []byte{0, 0, typ, 0, 1, 0, 0, 0, 0}
		return append(binary.BigEndian.AppendUint16(b, uint16(len(data))), data...)
	}
	for name, b := range map[string][]byte{
		"records":        append(head(0, 5900), make([]byte, 65000)...),
		"questions":      append(head(13000, 0), make([]byte, 65005)...),
		"false count":    append(head(0, 5900), make([]byte, 64900)...),
		"empty texts":    append(head(0, 1), record(16, make([]byte, 65000))...),
		"empty options":  append(head(0, 1), record(41, make([]byte, 64000))...),
		"empty params":   append(head(0, 1), record(64, append([]byte{0, 1, 0}, bytes.Repeat([]byte{0, 99, 0, 0}, 16000)...))...),
		"protocols":      append(head(0, 1), record(64, append([]byte{0, 1, 0, 0, 1, 0xf0, 0}, make([]byte, 0xf000)...))...),
		"short names":    append(head(0, 1), record(55, append([]byte{0, 0, 0, 0}, make([]byte, 64000)...))...),
		"soa records":    append(head(0, 1980), bytes.Repeat(record(6, make([]byte, 22)), 1980)...),
		"small datagram": append(head(0, 40), make([]byte, 450)...),
	} {
		meta := vector.Meta(flow.Responder, 53)
		p, m := new(dns.Parser), new(dns.Message)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		p.Parse(b, &meta, m)
		runtime.ReadMemStats(&after)
		ratio := float64(after.TotalAlloc-before.TotalAlloc) / float64(len(b))
		t.Logf("%-15s %5.1f times its %d bytes", name, ratio, len(b))
		require.LessOrEqual(t, ratio, float64(most), name)
	}
}
