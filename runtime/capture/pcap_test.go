package capture

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/flowscope/fsd/runtime/flow"
)

func TestPcapMagicsInBothByteOrders(t *testing.T) {
	for _, o := range []order{binary.LittleEndian, binary.BigEndian} {
		for _, c := range []struct {
			magic    uint32
			scale    int64
			modified bool
		}{{0xa1b2c3d4, 1000, false}, {0xa1b23c4d, 1, false}, {0xa1b2cd34, 1000, true}} {
			t.Run(fmt.Sprintf("%s %x", o, c.magic), func(t *testing.T) {
				b := pcapHeader(o, c.magic, 65535, 113)
				var iface int
				add := func(sec, frac uint32, frame string, wire uint32) {
					rec := pcapRecord(o, sec, frac, "", wire)
					o.PutUint32(rec[8:], uint32(len(frame)))
					if c.modified {
						iface = 5
						rec = o.AppendUint32(rec, 5)
						rec = append(rec, 8, 0, 1, 0)
					}
					b = append(append(b, rec...), frame...)
				}
				add(1, 2, "abc", 3)
				add(math.MaxUint32, 999_999, "", 60)
				got, stats, err := readBytes(b)
				require.Equal(t, io.EOF, err)
				require.Equal(t, []want{
					{flow.Timestamp(1e9 + 2*c.scale), "abc", 3, 113, iface, 1},
					{flow.Timestamp(math.MaxUint32*1e9 + 999_999*c.scale), "", 60, 113, iface, 2},
				}, got)
				require.Equal(t, Stats{Packets: 2, Bytes: 3, Sections: 1, Interfaces: 1}, stats)
			})
		}
	}
}

func TestPcapHeaderQuirks(t *testing.T) {
	o := binary.LittleEndian
	rec := pcapRecord(o, 1, 0, "abcd", 9)
	one := func(b []byte, opts ...Option) want {
		t.Helper()
		got, _, err := readBytes(b, opts...)
		require.Equal(t, io.EOF, err)
		require.Len(t, got, 1)
		return got[0]
	}
	t.Run("snapshot length 0", func(t *testing.T) {
		require.Equal(t, "abcd", one(append(pcapHeader(o, magicMicro, 0, 1), rec...)).Frame)
	})
	t.Run("snapshot length too low", func(t *testing.T) {
		require.Equal(t, "abcd", one(append(pcapHeader(o, magicMicro, 1, 1), rec...)).Frame)
	})
	t.Run("check sequence bits in the link type", func(t *testing.T) {
		require.Equal(t, flow.LinkType(276), one(append(pcapHeader(o, magicMicro, 0, 0x44000000|276), rec...)).Link)
	})
	t.Run("original length below the captured one", func(t *testing.T) {
		got, stats, err := readBytes(append(pcapHeader(o, magicMicro, 0, 1), pcapRecord(o, 1, 0, "abcd", 2)...))
		require.Equal(t, io.EOF, err)
		require.Equal(t, 4, got[0].WireLen)
		require.EqualValues(t, 1, stats.WireShort)
	})
	t.Run("original length beyond 31 bits", func(t *testing.T) {
		require.Equal(t, math.MaxInt32, one(append(pcapHeader(o, magicMicro, 0, 1), pcapRecord(o, 1, 0, "abcd", math.MaxUint32)...)).WireLen)
	})
	for minor, swapped := range []bool{true, true, true, true, false} {
		t.Run(fmt.Sprintf("version 2.%d", minor), func(t *testing.T) {
			b := pcapHeader(o, magicMicro, 0, 1)
			b[6] = byte(minor)
			rec := pcapRecord(o, 1, 0, "abcd", 9)
			if swapped {
				o.PutUint32(rec[8:], 9)
				o.PutUint32(rec[12:], 4)
			}
			got := one(append(b, rec...))
			require.Equal(t, "abcd", got.Frame)
			require.Equal(t, 9, got.WireLen)
		})
	}
	t.Run("version 3.0", func(t *testing.T) {
		b := pcapHeader(o, magicMicro, 0, 1)
		b[4] = 3
		_, _, err := readBytes(b)
		require.ErrorIs(t, err, ErrFormat)
		require.EqualError(t, err, "t.pcap: packet 1 at byte 0: pcap version is 3.4, expected 2.4: not a capture")
	})
}

func TestPcapFrameBound(t *testing.T) {
	o := binary.LittleEndian
	head := pcapHeader(o, magicMicro, 0, 1)
	fits := pcapRecord(o, 1, 0, string(make([]byte, DefaultMaxFrame)), DefaultMaxFrame)
	over := pcapRecord(o, 1, 0, string(make([]byte, DefaultMaxFrame+1)), DefaultMaxFrame+1)
	b := bytes.Join([][]byte{head, fits, fits, over, fits}, nil)
	got, _, err := readBytes(b)
	require.Len(t, got, 2)
	e := requireCaptureError(t, err)
	require.EqualValues(t, 3, e.Packet)
	require.EqualValues(t, 24+2*len(fits), e.Offset)
	require.Contains(t, err.Error(), "record header says 262145 captured bytes, the largest frame accepted is 262144")

	got, _, err = readBytes(b, WithMaxFrame(DefaultMaxFrame+1))
	require.Equal(t, io.EOF, err)
	require.Len(t, got, 4)
}

func TestErrorsStay(t *testing.T) {
	o := binary.LittleEndian
	bad := pcapRecord(o, 1, 0, "abc", 3)
	o.PutUint32(bad[8:], 1<<30)
	for name, tail := range map[string][]byte{"cut": bad[:20], "header cut": bad[:3], "corrupt": bad, "end": nil} {
		t.Run(name, func(t *testing.T) {
			b := append(pcapHeader(o, magicMicro, 0, 1), pcapRecord(o, 1, 0, "abc", 3)...)
			r, err := NewReader(bytes.NewReader(append(b, tail...)), "t")
			require.NoError(t, err)
			got, err := readAll(r)
			require.Len(t, got, 1)
			require.Error(t, err)
			var p flow.Packet
			for range 3 {
				require.Same(t, errPointer(err), errPointer(r.Next(&p)))
				n, again := r.NextBatch(make([]flow.Packet, 3))
				require.Zero(t, n)
				require.Equal(t, err, again)
			}
		})
	}
}

// errPointer returns something that has an identity for every final error.
func errPointer(err error) *error {
	if e, ok := err.(*Error); ok {
		return &e.Err
	}
	return &io.EOF
}

func TestNotACapture(t *testing.T) {
	for _, c := range []struct{ in, text string }{
		{"", "t.pcap: packet 1 at byte 0: the input is empty, expected a capture: not a capture"},
		{"a", "t.pcap: packet 1 at byte 0: file header cut short, 1 of 4 bytes are there: unexpected EOF"},
		{"hello", "t.pcap: packet 1 at byte 0: first bytes are 68 65 6c 6c, expected pcap or pcapng, plain or compressed with gzip or zstd: not a capture"},
		{"\xd4\xc3\xb2\xa1\x02", "t.pcap: packet 1 at byte 0: file header cut short, 5 of 24 bytes are there: unexpected EOF"},
		{string(gzipped(t, []byte("hello"))), "t.pcap: packet 1 at decompressed byte 0: first bytes are 68 65 6c 6c inside gzip, expected pcap or pcapng, plain or compressed with gzip or zstd: not a capture"},
	} {
		_, _, err := readBytes([]byte(c.in))
		require.EqualError(t, err, c.text)
		requireCaptureError(t, err)
	}
}
