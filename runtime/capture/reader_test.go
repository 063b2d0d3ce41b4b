package capture

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/gopacket"
	"github.com/google/gopacket/pcapgo"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/stretchr/testify/require"

	"github.com/flowscope/fsd/runtime/flow"
)

func writeTemp(t testing.TB, b []byte) string {
	path := filepath.Join(t.TempDir(), "x")
	require.NoError(t, os.WriteFile(path, b, 0o600))
	return path
}

// openPcapgo opens a file with gopacket's reader, buffered.
func openPcapgo(path string, buffer int) (*os.File, gopacket.ZeroCopyPacketDataSource, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	in := bufio.NewReaderSize(f, buffer)
	head, err := in.Peek(4)
	if err != nil {
		return f, nil, err
	}
	if binary.LittleEndian.Uint32(head) == blockSection {
		r, err := pcapgo.NewNgReader(in, pcapgo.NgReaderOptions{WantMixedLinkType: true})
		return f, r, err
	}
	r, err := pcapgo.NewReader(in)
	return f, r, err
}

func TestOpen(t *testing.T) {
	b, _ := smallPcap(binary.BigEndian, magicNano)
	whole, _, _ := readBytes(b)
	for name, file := range map[string][]byte{"": b, "gzip": gzipped(t, b), "zstd": zstded(t, b)} {
		path := writeTemp(t, file)
		r, err := Open(path)
		require.NoError(t, err)
		require.Equal(t, name, r.Compression())
		require.Equal(t, path, r.Name())
		require.EqualValues(t, len(file), r.Size())
		got, err := readAll(r)
		require.Equal(t, io.EOF, err)
		require.Equal(t, whole, got)
		require.EqualValues(t, len(file), r.BytesRead())
		require.EqualValues(t, len(b), r.Offset())
		require.NoError(t, r.Close())
		require.NoError(t, r.Close())
	}
	_, err := Open(filepath.Join(t.TempDir(), "absent"))
	require.ErrorIs(t, err, fs.ErrNotExist)
	_, err = Open(t.TempDir())
	require.Error(t, err)
	_, err = Open(writeTemp(t, nil))
	require.ErrorIs(t, err, ErrFormat)
}

func TestOpenReadsStandardInput(t *testing.T) {
	b, _ := smallPcap(binary.LittleEndian, magicMicro)
	in, err := os.Open(writeTemp(t, b))
	require.NoError(t, err)
	defer in.Close()
	old := os.Stdin
	os.Stdin = in
	defer func() { os.Stdin = old }()
	r, err := Open("-")
	require.NoError(t, err)
	require.EqualValues(t, len(b), r.Size())
	got, err := readAll(r)
	require.Equal(t, io.EOF, err)
	require.Len(t, got, 4)
	require.NoError(t, r.Close())
	_, err = in.Stat()
	require.NoError(t, err, "standard input stays open")
	_, err = Open("-")
	require.EqualError(t, err, "standard input: packet 1 at byte 0: the input is empty, expected a capture: not a capture")
}

func TestOptionsAreKeptInTheirRange(t *testing.T) {
	b := append(pcapHeader(binary.LittleEndian, magicMicro, 0, 1), pcapRecord(binary.LittleEndian, 0, 0, string(make([]byte, 64)), 64)...)
	for _, n := range []int{math.MinInt, 0, math.MaxInt} {
		got, _, err := readBytes(zstded(t, b), WithMaxFrame(n), WithMaxWindow(int64(n)))
		require.Equal(t, io.EOF, err)
		require.Len(t, got, 1)
	}
}

func TestSizeOfAStreamIsUnknown(t *testing.T) {
	b, _ := smallPcap(binary.BigEndian, magicNano)
	r, err := NewReader(bytes.NewReader(b), "t")
	require.NoError(t, err)
	require.EqualValues(t, -1, r.Size())
}

// TestPipeIsFollowedAsItGrows writes a capture packet by packet into a pipe and reads each packet before the next one
// is written, so that any waiting for more than it needs would never end.
func TestPipeIsFollowedAsItGrows(t *testing.T) {
	frames := []string{"first", "second", "third"}
	o := binary.LittleEndian
	pcap := [][]byte{pcapHeader(o, magicMicro, 0, 1)}
	ngFile := newNg(o).iface(1, 0)
	ngParts := [][]byte{ngFile.b}
	for _, f := range frames {
		pcap = append(pcap, pcapRecord(o, 1, 0, f, 9))
		ngParts = append(ngParts, (&ng{o: o}).enhanced(0, 1, f, 9).b)
	}
	type writer interface {
		io.Writer
		Flush() error
	}
	for _, c := range []struct {
		name   string
		parts  [][]byte
		writer func(io.Writer) writer
	}{
		{"pcap", pcap, func(w io.Writer) writer { return bufio.NewWriter(w) }},
		{"pcapng", ngParts, func(w io.Writer) writer { return bufio.NewWriter(w) }},
		{"gzip", pcap, func(w io.Writer) writer { return gzip.NewWriter(w) }},
		{"zstd", pcap, func(w io.Writer) writer {
			z, err := zstd.NewWriter(w)
			require.NoError(t, err)
			return z
		}},
	} {
		for _, batch := range []bool{false, true} {
			t.Run(c.name+" batch "+strconv.FormatBool(batch), func(t *testing.T) {
				in, out, err := os.Pipe()
				require.NoError(t, err)
				defer in.Close()
				defer out.Close()
				w := c.writer(out)
				write := func(i int) {
					_, err := w.Write(c.parts[i])
					require.NoError(t, err)
					require.NoError(t, w.Flush())
				}
				write(0)
				r, err := NewReader(in, "pipe")
				require.NoError(t, err)
				for i, f := range frames {
					write(i + 1)
					ps := make([]flow.Packet, 8)
					if batch {
						n, err := r.NextBatch(ps)
						require.NoError(t, err)
						require.Equal(t, 1, n)
					} else {
						require.NoError(t, r.Next(&ps[0]))
					}
					require.Equal(t, f, string(ps[0].Frame))
					require.EqualValues(t, i+1, ps[0].Number)
				}
			})
		}
	}
}

func TestNextBatchAgreesWithNext(t *testing.T) {
	for _, b := range [][]byte{benchmarkCapture(false), benchmarkCapture(true)} {
		one, err := NewReader(bytes.NewReader(b), "t")
		require.NoError(t, err)
		many, err := NewReader(bytes.NewReader(b), "t")
		require.NoError(t, err)
		ps := make([]flow.Packet, 7)
		var p flow.Packet
		for {
			n, err := many.NextBatch(ps)
			if err != nil {
				require.Equal(t, io.EOF, err)
				require.Zero(t, n)
				break
			}
			require.NotZero(t, n)
			for i := range n {
				require.NoError(t, one.Next(&p))
				if p.Time != ps[i].Time || !bytes.Equal(p.Frame, ps[i].Frame) || p.Number != ps[i].Number {
					require.Equal(t, wantOf(&p), wantOf(&ps[i]))
				}
			}
		}
		require.Equal(t, io.EOF, one.Next(&p))
		require.Equal(t, one.Stats(), many.Stats())
	}
	r, err := NewReader(bytes.NewReader(pcapHeader(binary.LittleEndian, magicMicro, 0, 1)), "t")
	require.NoError(t, err)
	n, err := r.NextBatch(nil)
	require.Zero(t, n)
	require.NoError(t, err)
}

func TestFrameCannotGrowIntoTheNext(t *testing.T) {
	b, _ := smallPcap(binary.LittleEndian, magicMicro)
	r, err := NewReader(bytes.NewReader(b), "t")
	require.NoError(t, err)
	var p flow.Packet
	require.NoError(t, r.Next(&p))
	require.Equal(t, len(p.Frame), cap(p.Frame))
}

// TestReadingAllocatesNothing counts allocations per packet once the reader is open.
func TestReadingAllocatesNothing(t *testing.T) {
	for name, b := range map[string][]byte{"pcap": benchmarkCapture(false), "pcapng": benchmarkCapture(true)} {
		for _, packed := range []string{"", "gzip", "zstd"} {
			t.Run(name+packed, func(t *testing.T) {
				file := b
				switch packed {
				case "gzip":
					file = gzipped(t, b)
				case "zstd":
					file = zstded(t, b)
				}
				r, err := NewReader(bytes.NewReader(file), "t")
				require.NoError(t, err)
				defer r.Close()
				var p flow.Packet
				var ps [16]flow.Packet
				require.NoError(t, r.Next(&p))
				require.Zero(t, testing.AllocsPerRun(5_000, func() {
					err = errors.Join(err, r.Next(&p))
					if _, _, e := r.ZeroCopyReadPacketData(); e != nil {
						err = e
					}
					if _, e := r.NextBatch(ps[:]); e != nil {
						err = e
					}
				}))
				require.NoError(t, err)
			})
		}
	}
}

// TestPublicCaptures reads every capture of the collection, when it is there, and compares the number of frames and
// the link types with its list, and each packet with gopacket's reader as far as that reads.
func TestPublicCaptures(t *testing.T) {
	root := filepath.Join("..", "..", "..", "shared", "captures")
	list, err := os.ReadFile(filepath.Join(root, "FLOWS.tsv"))
	if err != nil {
		t.Skip("no collection of captures beside the repository")
	}
	lines := strings.Split(strings.TrimSpace(string(list)), "\n")
	column := map[string]int{}
	for i, name := range strings.Split(lines[0], "\t") {
		column[name] = i
	}
	for _, line := range lines[1:] {
		cells := strings.Split(line, "\t")
		name := cells[column["file"]]
		path := filepath.Join(root, filepath.FromSlash(name))
		r, err := Open(path)
		require.NoError(t, err, name)
		f, theirs, theirErr := openPcapgo(path, 16<<10)
		var p flow.Packet
		frames := 0
		links := map[flow.LinkType]bool{}
		for {
			if err = r.Next(&p); err != nil {
				break
			}
			frames++
			links[p.Link] = true
			if theirErr != nil {
				continue
			}
			var frame []byte
			var ci gopacket.CaptureInfo
			if frame, ci, theirErr = theirs.ZeroCopyReadPacketData(); theirErr == nil {
				if !bytes.Equal(frame, p.Frame) || ci.Length != p.WireLen || !ci.Timestamp.IsZero() && flow.FromTime(ci.Timestamp) != p.Time {
					t.Errorf("%s: packet %d: %v %d %x, gopacket has %v %d %x", name, p.Number, p.Time, p.WireLen, p.Frame, ci.Timestamp, ci.Length, frame)
					break
				}
			}
		}
		if theirErr != nil && theirErr != io.EOF {
			t.Logf("%s: gopacket stops: %v", name, theirErr)
		}
		f.Close()
		require.NoError(t, r.Close())
		if err != io.EOF {
			t.Logf("%v", err)
		}
		if cells[column["frames"]] != strconv.Itoa(frames) {
			t.Errorf("%s: %d frames, listed %s (%v)", name, frames, cells[column["frames"]], err)
		}
		for _, l := range strings.Split(cells[column["linktypes"]], ",") {
			n, err := strconv.Atoi(l)
			require.NoError(t, err)
			if !links[flow.LinkType(n)] && frames > 0 {
				t.Logf("%s: no packet of link type %d", name, n)
			}
		}
		if s := r.Stats(); s.Skipped() > 0 && testing.Verbose() {
			s.EachSkipped(func(kind string, n uint64) { t.Logf("%s: skipped %d of kind %s", name, n, kind) })
		}
	}
}
