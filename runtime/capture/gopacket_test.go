package capture

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
	"github.com/google/gopacket/pcapgo"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/flowscope/fsd/runtime/flow"
)

// TestReaderAgreesWithWhatGopacketWrites writes random packets with gopacket's writers and reads them with both.
func TestReaderAgreesWithWhatGopacketWrites(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		format := rapid.SampledFrom([]string{"pcap", "pcap nano", "pcapng"}).Draw(t, "format")
		link := rapid.SampledFrom([]layers.LinkType{layers.LinkTypeEthernet, layers.LinkTypeRaw, layers.LinkTypeLinuxSLL}).Draw(t, "link")
		frames := rapid.SliceOfN(rapid.SliceOfN(rapid.Byte(), 0, 100), 1, 20).Draw(t, "frames")
		var out bytes.Buffer
		var write func(gopacket.CaptureInfo, []byte) error
		done := func() error { return nil }
		switch format {
		case "pcapng":
			w, err := pcapgo.NewNgWriter(&out, link)
			require.NoError(t, err)
			write, done = w.WritePacket, w.Flush
		default:
			w := pcapgo.NewWriter(&out)
			if format == "pcap nano" {
				w = pcapgo.NewWriterNanos(&out)
			}
			require.NoError(t, w.WriteFileHeader(65536, link))
			write = w.WritePacket
		}
		for _, frame := range frames {
			ci := gopacket.CaptureInfo{CaptureLength: len(frame), Length: len(frame) + rapid.IntRange(0, 9).Draw(t, "cut"),
				Timestamp: time.Unix(rapid.Int64Range(0, 1<<32-1).Draw(t, "sec"), rapid.Int64Range(0, 999_999_999).Draw(t, "nsec")).UTC()}
			require.NoError(t, write(ci, frame))
		}
		require.NoError(t, done())

		var theirs gopacket.ZeroCopyPacketDataSource
		var err error
		if format == "pcapng" {
			theirs, err = pcapgo.NewNgReader(bytes.NewReader(out.Bytes()), pcapgo.NgReaderOptions{WantMixedLinkType: true})
		} else {
			theirs, err = pcapgo.NewReader(bytes.NewReader(out.Bytes()))
		}
		require.NoError(t, err)
		want, err := readAll(FromGopacket(theirs, flow.LinkType(link)))
		require.Equal(t, io.EOF, err)
		require.Len(t, want, len(frames))
		got, _, err := readBytes(out.Bytes())
		require.Equal(t, io.EOF, err)
		require.Equal(t, want, got)
	})
}

func TestReaderIsAGopacketSource(t *testing.T) {
	n := newNg(binary.LittleEndian).iface(1, 0).iface(276, 0).enhanced(0, 1_000_001, "abc", 3).enhanced(1, 2, "de", 9)
	open := func() *Reader {
		r, err := NewReader(bytes.NewReader(n.b), "t")
		require.NoError(t, err)
		return r
	}
	r := open()
	frame, ci, err := r.ReadPacketData()
	require.NoError(t, err)
	require.Equal(t, gopacket.CaptureInfo{Timestamp: time.Unix(1, 1000).UTC(), CaptureLength: 3, Length: 3,
		AncillaryData: []interface{}{flow.LinkEthernet}}, ci)
	_, ci, err = r.ZeroCopyReadPacketData()
	require.NoError(t, err)
	require.Equal(t, gopacket.CaptureInfo{Timestamp: time.Unix(0, 2000).UTC(), CaptureLength: 2, Length: 9, InterfaceIndex: 1,
		AncillaryData: []interface{}{flow.LinkLinuxSLL2}}, ci)
	require.Equal(t, "abc", string(frame), "ReadPacketData copies")
	_, _, err = r.ZeroCopyReadPacketData()
	require.Equal(t, io.EOF, err)

	got, err := readAll(FromGopacket(open(), flow.LinkRaw))
	require.Equal(t, io.EOF, err)
	want, _, _ := readBytes(n.b)
	require.Equal(t, want, got, "there and back")

	packets := 0
	for range gopacket.NewPacketSource(open(), layers.LayerTypeEthernet).Packets() {
		packets++
	}
	require.Equal(t, 2, packets)
}

// fixed is a gopacket source with one packet.
type fixed struct {
	ci  gopacket.CaptureInfo
	err error
}

func (f *fixed) ZeroCopyReadPacketData() ([]byte, gopacket.CaptureInfo, error) {
	err := f.err
	f.err = io.EOF
	return []byte("abc"), f.ci, err
}

func TestFromGopacket(t *testing.T) {
	for _, c := range []struct {
		ci   gopacket.CaptureInfo
		want want
	}{
		{gopacket.CaptureInfo{}, want{0, "abc", 3, 1, 0, 1}},
		{gopacket.CaptureInfo{Timestamp: time.Unix(5, 6), Length: 9, InterfaceIndex: 2}, want{5e9 + 6, "abc", 9, 1, 2, 1}},
		{gopacket.CaptureInfo{Timestamp: time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)}, want{flow.MaxTimestamp, "abc", 3, 1, 0, 1}},
		{gopacket.CaptureInfo{AncillaryData: []interface{}{layers.LinkTypeRaw}}, want{0, "abc", 3, 101, 0, 1}},
		{gopacket.CaptureInfo{AncillaryData: []interface{}{7}}, want{0, "abc", 3, 1, 0, 1}},
	} {
		got, err := readAll(FromGopacket(&fixed{ci: c.ci}, flow.LinkEthernet))
		require.Equal(t, io.EOF, err)
		require.Equal(t, []want{c.want}, got)
	}
	_, err := readAll(FromGopacket(&fixed{err: errDisk}, flow.LinkEthernet))
	require.Equal(t, errDisk, err)
}

// The benchmarks compare with pcapgo on the same bytes, from memory and through a buffer, as pcapgo is best used.

func benchmarkCapture(ng bool) []byte {
	var out bytes.Buffer
	frame := make([]byte, 1500)
	if ng {
		w, _ := pcapgo.NewNgWriter(&out, layers.LinkTypeEthernet)
		for i := range 100_000 {
			n := 60 + i*37%120
			_ = w.WritePacket(gopacket.CaptureInfo{Timestamp: time.Unix(int64(i), 0), CaptureLength: n, Length: n}, frame[:n])
		}
		_ = w.Flush()
		return out.Bytes()
	}
	w := pcapgo.NewWriter(&out)
	_ = w.WriteFileHeader(65536, layers.LinkTypeEthernet)
	for i := range 100_000 {
		n := 60 + i*37%120
		_ = w.WritePacket(gopacket.CaptureInfo{Timestamp: time.Unix(int64(i), 0), CaptureLength: n, Length: n}, frame[:n])
	}
	return out.Bytes()
}

func benchmarkRead(b *testing.B, read func(path string) (uint64, error)) {
	for _, format := range []string{"pcap", "pcapng"} {
		b.Run(format, func(b *testing.B) {
			path := writeTemp(b, benchmarkCapture(format == "pcapng"))
			b.ReportAllocs()
			b.ResetTimer()
			var packets uint64
			for b.Loop() {
				n, err := read(path)
				if err != nil {
					b.Fatal(err)
				}
				packets += n
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(packets), "ns/packet")
		})
	}
}

func BenchmarkNext(b *testing.B) {
	benchmarkRead(b, func(path string) (n uint64, err error) {
		r, err := Open(path)
		if err != nil {
			return 0, err
		}
		defer r.Close()
		var p flow.Packet
		for {
			if err := r.Next(&p); err != nil {
				return n, noError(err)
			}
			n++
		}
	})
}

func BenchmarkNextBatch(b *testing.B) {
	benchmarkRead(b, func(path string) (n uint64, err error) {
		r, err := Open(path)
		if err != nil {
			return 0, err
		}
		defer r.Close()
		var ps [64]flow.Packet
		for {
			k, err := r.NextBatch(ps[:])
			if err != nil {
				return n, noError(err)
			}
			n += uint64(k)
		}
	})
}

func BenchmarkPcapgo(b *testing.B) {
	benchmarkRead(b, func(path string) (n uint64, err error) {
		f, src, err := openPcapgo(path, 512<<10)
		if err != nil {
			return 0, err
		}
		defer f.Close()
		for {
			if _, _, err := src.ZeroCopyReadPacketData(); err != nil {
				return n, noError(err)
			}
			n++
		}
	})
}

func noError(err error) error {
	if err == io.EOF {
		return nil
	}
	return fmt.Errorf("unexpected: %w", err)
}
