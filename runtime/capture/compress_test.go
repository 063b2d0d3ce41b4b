package capture

import (
	"bytes"
	"encoding/binary"
	"io"
	"io/fs"
	"math/rand"
	"runtime"
	"testing"

	"github.com/klauspost/compress/zstd"
	"github.com/stretchr/testify/require"

	"github.com/flowscope/fsd/runtime/flow"
)

func join(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

func TestCompressedInSeveralPieces(t *testing.T) {
	b, records := smallPcap(binary.LittleEndian, magicMicro)
	whole, _, _ := readBytes(b)
	cut := records[1] + 5
	skippable := []byte("\x5e\x2a\x4d\x18\x03\x00\x00\x00abc")
	for name, file := range map[string][]byte{
		"gzip members":                join(gzipped(t, b[:cut]), gzipped(t, nil), gzipped(t, b[cut:])),
		"gzip padded with zeros":      join(gzipped(t, b[:cut]), make([]byte, 7), gzipped(t, b[cut:]), make([]byte, 512)),
		"zstd frames":                 join(zstded(t, b[:cut]), zstded(t, nil), zstded(t, b[cut:])),
		"zstd skippable first":        join(skippable, zstded(t, b[:cut]), skippable, zstded(t, b[cut:]), skippable),
		"zstd without checksum":       zstded(t, b, zstd.WithEncoderCRC(false)),
		"zstd of one segment":         zstded(t, b, zstd.WithSingleSegment(true)),
		"zstd written piece by piece": zstdedInPieces(t, b),
	} {
		for _, src := range []io.Reader{bytes.NewReader(file), dribble{bytes.NewReader(file)}} {
			r, err := NewReader(src, "t")
			require.NoError(t, err, name)
			got, err := readAll(r)
			require.Equal(t, io.EOF, err, name)
			require.Equal(t, whole, got, name)
			require.EqualValues(t, len(file), r.BytesRead())
			require.NoError(t, r.Close())
		}
	}
}

func zstdedInPieces(t *testing.T, b []byte) []byte {
	var out bytes.Buffer
	w, err := zstd.NewWriter(&out)
	require.NoError(t, err)
	for _, c := range b {
		_, err := w.Write([]byte{c})
		require.NoError(t, err)
		require.NoError(t, w.Flush())
	}
	require.NoError(t, w.Close())
	return out.Bytes()
}

func TestWrongChecksumIsReportedAfterThePackets(t *testing.T) {
	b, _ := smallPcap(binary.LittleEndian, magicMicro)
	for name, c := range map[string]struct {
		file   []byte
		back   int // of the last byte of the checksum, from the end
		reason string
	}{
		"gzip": {gzipped(t, b), 5, "gzip: invalid checksum"},
		"zstd": {zstded(t, b), 1, "zstd: the checksum of a frame is "},
	} {
		c.file[len(c.file)-c.back] ^= 1
		got, _, err := readBytes(c.file)
		require.Len(t, got, 4, name)
		e := requireCaptureError(t, err)
		require.ErrorContains(t, e.Err, c.reason)
		require.EqualValues(t, 5, e.Packet)
		require.EqualValues(t, len(b), e.Offset)
	}
}

func TestWhatFollowsTheCompressedData(t *testing.T) {
	b, _ := smallPcap(binary.LittleEndian, magicMicro)
	for _, c := range []struct {
		file   []byte
		reason string
	}{
		{append(gzipped(t, b), "garbage garbage"...), "gzip: what follows the compressed data is not gzip"},
		{append(zstded(t, b), "garbage"...), "zstd: what follows the compressed data is not zstd"},
		{append(gzipped(t, b), "\x1f\x8b\x08\x08\x00\x00\x00\x00\x00\x00name cut"...), "the gzip data is cut short: unexpected EOF"},
		{append(zstded(t, b), "\x28\xb5\x2f"...), "the zstd data is cut short: unexpected EOF"},
		{append(zstded(t, b), "\x50\x2a\x4d\x18\xff\xff\xff\xff"...), "the zstd data is cut short: unexpected EOF"},
	} {
		got, _, err := readBytes(c.file)
		require.Len(t, got, 4)
		require.EqualError(t, requireCaptureError(t, err).Err, c.reason)
	}
}

func TestCompressedTwiceIsRefused(t *testing.T) {
	b, _ := smallPcap(binary.LittleEndian, magicMicro)
	_, _, err := readBytes(gzipped(t, gzipped(t, b)))
	require.ErrorIs(t, err, ErrFormat)
}

func TestZstdWindowIsBounded(t *testing.T) {
	for name, header := range map[string]string{
		"window of 64 MiB":         "\x28\xb5\x2f\xfd\x00\x80",
		"window of 3.75 TiB":       "\x28\xb5\x2f\xfd\x00\xff",
		"segment of 64 MiB":        "\x28\xb5\x2f\xfd\xa0\x00\x00\x00\x04",
		"segment of 2^64-1":        "\x28\xb5\x2f\xfd\xe0\xff\xff\xff\xff\xff\xff\xff\xff",
		"segment with dictionary":  "\x28\xb5\x2f\xfd\xa3\x01\x01\x01\x01\x00\x00\x00\x04",
		"window just above the 32": "\x28\xb5\x2f\xfd\x00\x79",
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, _, err := readBytes([]byte(header + "\x01\x00\x00rest"))
		runtime.ReadMemStats(&after)
		require.ErrorContains(t, err, "the largest accepted is 33554432; decompress the file first", name)
		require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(4<<20), name)
	}
	// What fits the window is not limited in length.
	long := pcapHeader(binary.LittleEndian, magicMicro, 0, 1)
	for range 3000 {
		long = append(long, pcapRecord(binary.LittleEndian, 1, 0, string(make([]byte, 1000)), 1000)...)
	}
	got, _, err := readBytes(zstded(t, long, zstd.WithWindowSize(1<<20)), WithMaxWindow(1<<20))
	require.Equal(t, io.EOF, err)
	require.Len(t, got, 3000)
}

// TestXXH64 has the values of the reference implementation, and compares with the checksums that an encoder writes.
func TestXXH64(t *testing.T) {
	for in, want := range map[string]uint64{
		"": 0xef46db3751d8e999, "a": 0xd24ec4f1a98c6e5b, "abc": 0x44bc2cf5ad770999,
		"Nobody inspects the spammish repetition": 0xfbcea83c8a378bf1,
	} {
		var x xxh64
		x.reset()
		x.write([]byte(in))
		require.Equal(t, want, x.sum(), in)
	}
	rng := rand.New(rand.NewSource(1))
	for n := range 300 {
		b := make([]byte, n)
		rng.Read(b)
		file := zstded(t, b)
		if n == 0 {
			continue // no checksum
		}
		var x xxh64
		x.reset()
		for rest := b; len(rest) > 0; {
			k := 1 + rng.Intn(len(rest))
			x.write(rest[:k])
			rest = rest[k:]
		}
		require.Equal(t, binary.LittleEndian.Uint32(file[len(file)-4:]), uint32(x.sum()), n)
	}
}

func TestReadingAfterClose(t *testing.T) {
	b, _ := smallPcap(binary.LittleEndian, magicMicro)
	section, _, _ := smallPcapng(binary.LittleEndian)
	for _, file := range [][]byte{b, gzipped(t, b), zstded(t, b), section, benchmarkCapture(false), benchmarkCapture(true)} {
		r, err := NewReader(bytes.NewReader(file), "t")
		require.NoError(t, err)
		var p flow.Packet
		require.NoError(t, r.Next(&p))
		require.NoError(t, r.Next(&p))
		offset := r.Offset()
		require.NoError(t, r.Close())
		require.Equal(t, fs.ErrClosed, r.Next(&p))
		_, err = r.NextBatch(make([]flow.Packet, 2))
		require.Equal(t, fs.ErrClosed, err)
		require.EqualValues(t, 2, r.Stats().Packets)
		require.Equal(t, offset, r.Offset())
	}
}
