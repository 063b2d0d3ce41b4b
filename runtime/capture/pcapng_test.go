package capture

import (
	"bytes"
	"encoding/binary"
	"io"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/flowscope/fsd/runtime/flow"
)

func newNg(o order) *ng { return (&ng{}).section(o, -1) }

func TestPcapngBlocksSectionsAndInterfaces(t *testing.T) {
	for _, o := range []order{binary.LittleEndian, binary.BigEndian} {
		t.Run(o.String(), func(t *testing.T) {
			n := newNg(o)
			n.block(4, []byte("names")).block(10, []byte("secrets!"))
			n.iface(1, 6)                                                            // microseconds
			n.iface(101, 0, n.option(9, 9), n.option(14, o.AppendUint64(nil, 1)...)) // nanoseconds, a second later
			n.iface(276, 0, n.option(2, []byte("eth0")...), n.option(9, 0x80|10), n.option(0))
			n.enhanced(0, 5, "abc", 70, n.option(1, []byte("a comment")...), n.option(0))
			n.enhanced(1, 5, "abcd", 4)
			n.block(5, make([]byte, 12))
			n.enhanced(2, 1024+512, "", 4)
			n.obsolete(1, 7, "obs", 3)
			n.simple("simple", 6)
			n.simple("simple", 9) // cut to the snapshot length
			n.block(0xbad, make([]byte, 4)).block(0x40000bad, make([]byte, 4)).block(9, nil).block(0x1234, nil)
			other := order(binary.BigEndian)
			if o == other {
				other = binary.LittleEndian
			}
			n.section(other, -1, n.option(4, []byte("anything")...))
			n.iface(113, 0)
			n.enhanced(0, 6, "second", 6)
			got, stats, err := readBytes(n.b)
			require.Equal(t, io.EOF, err)
			require.Equal(t, []want{
				{5000, "abc", 70, 1, 0, 1},
				{1e9 + 5, "abcd", 4, 101, 1, 2},
				{15e8, "", 4, 276, 2, 3},
				{1e9 + 7, "obs", 3, 101, 1, 4},
				{0, "simple", 6, 1, 0, 5},
				{0, "simple", 9, 1, 0, 6},
				{6000, "second", 6, 113, 3, 7},
			}, got)
			skipped := uint64(20+20) + 24 + 16 + 16 + 12 + 12
			require.Equal(t, Stats{Packets: 7, Bytes: 28, Sections: 2, Interfaces: 4, Untimed: 2, NameResolution: 1,
				InterfaceStatistics: 1, DecryptionSecrets: 1, SystemdJournal: 1, Custom: 2, Unknown: 1, SkippedBytes: skipped}, stats)
			require.EqualValues(t, 7, stats.Skipped())
		})
	}
}

func TestSkippedKindsAreNamed(t *testing.T) {
	s := Stats{Oversized: 1, Damaged: 2, NameResolution: 3, InterfaceStatistics: 4, DecryptionSecrets: 5, SystemdJournal: 6, Custom: 7, Unknown: 8}
	var n uint64
	s.EachSkipped(func(kind string, k uint64) {
		n++
		require.Equal(t, n, k, kind)
	})
	require.EqualValues(t, 36, s.Skipped())
}

func TestDamagedPacketBlocksAreLeftOutAndReportedAtTheEnd(t *testing.T) {
	o := binary.LittleEndian
	for _, c := range []struct {
		name, reason string
		build        func(n *ng)
	}{
		{"before an interface", "packet before any interface description of its section",
			func(n *ng) { n.section(o, -1).enhanced(0, 1, "x", 1).iface(1, 0).iface(1, 0) }},
		{"simple before an interface", "packet before any interface description of its section",
			func(n *ng) { n.section(o, -1).simple("x", 1).iface(1, 0).iface(1, 0) }},
		{"unknown interface", "packet of interface 2, the section describes 2 so far",
			func(n *ng) { n.enhanced(2, 1, "x", 1) }},
		{"huge interface", "packet of interface 4294967295, the section describes 2 so far",
			func(n *ng) { n.enhanced(math.MaxUint32, 1, "x", 1) }},
		{"obsolete of an unknown interface", "packet of interface 65535, the section describes 2 so far",
			func(n *ng) { n.obsolete(65535, 1, "x", 1) }},
		{"captured length beyond the block", "packet says 5 captured bytes, its block has room for 4",
			func(n *ng) { n.enhanced(0, 1, "abcd", 4); n.o.PutUint32(n.b[len(n.b)-16:], 5) }},
		{"captured length far beyond the block", "packet says 4294967295 captured bytes, its block has room for 4",
			func(n *ng) { n.enhanced(0, 1, "abcd", 4); n.o.PutUint32(n.b[len(n.b)-16:], math.MaxUint32) }},
		{"simple packet beyond the block", "packet says 5 captured bytes, its block has room for 4",
			func(n *ng) { n.simple("abcd", 5) }},
		{"no room for the header", "packet block has length 28, expected at least 32",
			func(n *ng) { n.block(6, make([]byte, 16)) }},
		{"simple without a length", "packet block has length 12, expected at least 16",
			func(n *ng) { n.block(3, nil) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := newNg(o).iface(1, 0).iface(1, 0).enhanced(0, 1, "first", 5)
			c.build(n)
			n.enhanced(1, 2, "last", 4)
			got, stats, err := readBytes(n.b)
			require.Len(t, got, 2)
			require.Equal(t, "last", got[1].Frame)
			require.EqualValues(t, 3, got[1].Number, "the one left out keeps its number")
			e := requireCaptureError(t, err)
			require.EqualValues(t, 2, e.Packet)
			require.EqualValues(t, 1, e.Damaged)
			require.EqualError(t, e.Err, c.reason)
			require.EqualValues(t, 1, stats.Damaged)
		})
	}
}

func TestDamagedBlocksAreCounted(t *testing.T) {
	n := newNg(binary.LittleEndian).iface(1, 0).enhanced(9, 1, "x", 1).enhanced(9, 1, "x", 1).enhanced(9, 1, "x", 1)
	_, _, err := readBytes(n.b)
	require.EqualError(t, err, "t.pcap: packet 1 at byte 48: packet of interface 9, the section describes 1 so far (and 2 more damaged blocks, skipped)")
}

func TestCorruptBlocksEndTheFile(t *testing.T) {
	o := binary.LittleEndian
	tail := func(n *ng, back int, v uint32) { n.o.PutUint32(n.b[len(n.b)-back:], v) }
	for _, c := range []struct {
		name, reason string
		build        func(n *ng)
	}{
		{"length 0", "block of type 0x6 has length 0, expected at least 12 and a multiple of 4: the file is corrupt from here",
			func(n *ng) { n.enhanced(0, 1, "abcd", 4); tail(n, 32, 0) }},
		{"odd length", "block of type 0x1234 has length 13, expected at least 12 and a multiple of 4: the file is corrupt from here",
			func(n *ng) { n.block(0x1234, nil); tail(n, 8, 13) }},
		{"packet trailer", "block has length 36 at its head and 35 at its end: the file is corrupt from here",
			func(n *ng) { n.enhanced(0, 1, "abcd", 4); tail(n, 4, 35) }},
		{"skipped block's trailer", "block has length 12 at its head and 16 at its end: the file is corrupt from here",
			func(n *ng) { n.block(0x1234, nil); tail(n, 4, 16) }},
		{"interface trailer", "block has length 20 at its head and 0 at its end: the file is corrupt from here",
			func(n *ng) { n.iface(1, 0); tail(n, 4, 0) }},
		{"interface too short", "interface description has length 16, expected at least 20",
			func(n *ng) { n.block(1, make([]byte, 4)) }},
		{"interface option too long", "interface description: option 2 has length 8, 4 bytes are left in the block",
			func(n *ng) { n.iface(1, 0, []byte{2, 0, 8, 0, 1, 2, 3, 4}) }},
		{"resolution of 2 bytes", "interface description: time option 9 has length 2",
			func(n *ng) { n.iface(1, 0, n.option(9, 1, 2)) }},
		{"offset of 4 bytes", "interface description: time option 14 has length 4",
			func(n *ng) { n.iface(1, 0, n.option(14, 1, 2, 3, 4)) }},
		{"interface too long", "interface description has length 1000020, the longest accepted is 524288",
			func(n *ng) { n.iface(1, 0, make([]byte, 1000000)) }},
		{"section too short", "section header has length 24, expected at least 28 and a multiple of 4: the file is corrupt from here",
			func(n *ng) { n.section(o, -1); tail(n, 24, 24) }},
		{"section's byte order", "section header has byte-order magic 01 02 03 04, expected 1a 2b 3c 4d in either order: not a capture",
			func(n *ng) { n.section(o, -1); copy(n.b[len(n.b)-20:], "\x01\x02\x03\x04") }},
		{"section's trailer", "block has length 28 at its head and 29 at its end: the file is corrupt from here",
			func(n *ng) { n.section(o, -1); tail(n, 4, 29) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := newNg(o).iface(1, 0).enhanced(0, 1, "first", 5)
			at := len(n.b)
			c.build(n)
			n.enhanced(0, 2, "never", 5)
			got, _, err := readBytes(n.b)
			require.Len(t, got, 1)
			e := requireCaptureError(t, err)
			require.EqualValues(t, 2, e.Packet)
			require.EqualValues(t, at, e.Offset)
			require.EqualError(t, e.Err, c.reason)
		})
	}
}

func TestOversizedPacketsOfPcapngAreLeftOut(t *testing.T) {
	big := string(make([]byte, DefaultMaxFrame+1))
	huge := string(make([]byte, 3*DefaultMaxFrame))
	n := newNg(binary.LittleEndian).iface(1, 0)
	n.enhanced(0, 1, "first", 5).enhanced(0, 2, big, uint32(len(big))).enhanced(0, 3, huge, uint32(len(huge)))
	n.obsolete(0, 4, big, uint32(len(big))).simple(huge, uint32(len(huge))).enhanced(0, 5, "last", 4)
	got, stats, err := readBytes(n.b)
	require.Equal(t, io.EOF, err)
	require.Len(t, got, 2)
	require.Equal(t, want{5000, "last", 4, 1, 0, 6}, got[1])
	require.EqualValues(t, 4, stats.Oversized)
	require.EqualValues(t, 4, stats.Skipped())
}

func TestSkippedBlocksMayBeLongerThanTheBuffer(t *testing.T) {
	n := newNg(binary.LittleEndian).iface(1, 0)
	n.block(0x1234, make([]byte, 3<<20)).enhanced(0, 5, "last", 4)
	for _, src := range []io.Reader{bytes.NewReader(n.b), dribble{bytes.NewReader(n.b)}} {
		r, err := NewReader(src, "t")
		require.NoError(t, err)
		got, err := readAll(r)
		require.Equal(t, io.EOF, err)
		require.Len(t, got, 1)
		require.EqualValues(t, 3<<20+12, r.Stats().SkippedBytes)
	}
}

func TestSectionOfUnknownVersionIsLeftOut(t *testing.T) {
	o := binary.LittleEndian
	n := newNg(o).iface(1, 0).enhanced(0, 1, "a", 1)
	at := len(n.b)
	n.section(o, -1)
	n.b[at+12] = 2
	n.iface(1, 0).enhanced(0, 1, "b", 1)
	n.section(o, -1).iface(1, 0).enhanced(0, 1, "c", 1)
	got, stats, err := readBytes(n.b)
	require.Len(t, got, 2)
	require.Equal(t, "c", got[1].Frame)
	require.EqualValues(t, 1, stats.Damaged)
	e := requireCaptureError(t, err)
	require.ErrorIs(t, err, ErrFormat)
	require.EqualValues(t, at, e.Offset)
	require.EqualValues(t, 2, e.Packet)
}

func TestSectionLengthTellsACutFile(t *testing.T) {
	o := binary.LittleEndian
	build := func(length int64) []byte {
		return (&ng{}).section(o, length).iface(1, 0).enhanced(0, 1, "abcd", 4).b
	}
	size := int64(len(build(-1)) - 28)
	for _, length := range []int64{-1, 0, 8, size, math.MaxInt64, math.MinInt64} {
		got, _, err := readBytes(build(length))
		require.Equal(t, io.EOF, err, length)
		require.Len(t, got, 1)
	}
	got, _, err := readBytes(build(size + 32))
	require.Len(t, got, 1)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	require.EqualError(t, err, "t.pcap: packet 2 at byte 84: file cut short, its section goes on for 32 more bytes: unexpected EOF")
}

func TestInterfacesAreBounded(t *testing.T) {
	n := newNg(binary.LittleEndian)
	for range maxInterfaces {
		n.iface(1, 0)
	}
	n.enhanced(maxInterfaces-1, 1, "x", 1)
	got, _, err := readBytes(n.b)
	require.Equal(t, io.EOF, err)
	require.Equal(t, maxInterfaces-1, got[0].Interface)
	_, _, err = readBytes(n.iface(1, 0).b)
	require.ErrorContains(t, err, "section describes more than 65536 interfaces")
}

func TestLinkTypeBeforePackets(t *testing.T) {
	r, err := NewReader(bytes.NewReader(pcapHeader(binary.BigEndian, magicNano, 0, 113)), "t")
	require.NoError(t, err)
	require.Equal(t, flow.LinkLinuxSLL, r.LinkType())
	require.Equal(t, "pcap", r.Format())
	r, err = NewReader(bytes.NewReader(newNg(binary.BigEndian).iface(101, 0).enhanced(0, 1, "x", 1).b), "t")
	require.NoError(t, err)
	require.Zero(t, r.LinkType())
	require.NoError(t, r.Next(new(flow.Packet)))
	require.Equal(t, flow.LinkRaw, r.LinkType())
	require.Equal(t, "pcapng", r.Format())
}

func TestTimeDigits(t *testing.T) {
	o := binary.LittleEndian
	add := func(build func(n *ng)) []byte {
		n := newNg(o)
		build(n)
		return n.b
	}
	for _, c := range []struct {
		name    string
		file    []byte
		digits  int
		packets int
	}{
		{"pcap", append(pcapHeader(o, magicMicro, 0, 1), pcapRecord(o, 1, 0, "x", 1)...), 6, 1},
		{"pcap nano", pcapHeader(o, magicNano, 0, 1), 9, 0},
		{"default", add(func(n *ng) { n.iface(1, 0).enhanced(0, 1, "x", 1).iface(1, 0, n.option(9, 9)) }), 6, 1},
		{"most of two, and a block between", add(func(n *ng) {
			n.iface(1, 0).block(4, make([]byte, 100)).iface(1, 0, n.option(9, 9)).enhanced(0, 1, "x", 1)
		}), 9, 1},
		{"milliseconds", add(func(n *ng) { n.iface(1, 0, n.option(9, 3)).obsolete(0, 1, "x", 1).simple("y", 1) }), 3, 2},
		{"picoseconds", add(func(n *ng) { n.iface(1, 0, n.option(9, 12)).simple("y", 1) }), 9, 1},
		{"binary", add(func(n *ng) { n.iface(1, 0, n.option(9, 0x80|20)).simple("y", 1) }), 9, 1},
		{"no interface", add(func(n *ng) { n.block(4, nil) }), 9, 0},
		{"next section's", add(func(n *ng) { n.iface(1, 0, n.option(9, 9)).section(o, -1).iface(1, 0).simple("y", 1) }), 6, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := NewReader(dribble{bytes.NewReader(c.file)}, "t")
			require.NoError(t, err)
			require.Equal(t, c.digits, r.TimeDigits())
			got, err := readAll(r)
			require.Equal(t, io.EOF, err, "nothing is lost")
			require.Len(t, got, c.packets)
		})
	}
	b := newNg(o).iface(1, 0).enhanced(0, 1, "x", 1).b
	for cut := 28; cut < len(b); cut++ {
		r, err := NewReader(bytes.NewReader(b[:cut]), "t")
		require.NoError(t, err)
		r.TimeDigits()
		require.Error(t, r.Next(new(flow.Packet)))
	}
}
