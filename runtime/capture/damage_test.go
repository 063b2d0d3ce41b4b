package capture

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/flowscope/fsd/runtime/flow"
)

// smallPcap returns a pcap file and where each packet's record begins; the last element is the file's length.
func smallPcap(o order, magic uint32) ([]byte, []int) {
	b := pcapHeader(o, magic, 262144, 1)
	var starts []int
	for i, frame := range []string{"first", "", "the third packet", "4"} {
		starts = append(starts, len(b))
		b = append(b, pcapRecord(o, uint32(i), uint32(i), frame, uint32(len(frame)+i))...)
	}
	return b, append(starts, len(b))
}

// smallPcapng returns a pcapng file with every kind of block, the offsets of all blocks, and for each block how many
// packets come before it.
func smallPcapng(o order) (b []byte, starts, before []int) {
	n := &ng{}
	packets := 0
	mark := func(isPacket bool) {
		starts, before = append(starts, len(n.b)), append(before, packets)
		if isPacket {
			packets++
		}
	}
	mark(false)
	n.section(o, -1, []byte{})
	mark(false)
	n.iface(1, 0, n.option(9, 9), n.option(0))
	mark(true)
	n.enhanced(0, 1, "first", 5, n.option(1, []byte("comment")...), n.option(0))
	mark(false)
	n.block(0x77777777, []byte("unknown."))
	mark(true)
	n.obsolete(0, 2, "second", 6)
	mark(false)
	n.section(o, -1)
	mark(false)
	n.iface(101, 6)
	mark(true)
	n.simple("third", 5)
	mark(true)
	n.enhanced(0, 3, "fourth", 60)
	mark(false)
	return n.b, starts, before
}

// requireCut reads b cut at every byte: all packets that are whole, then an error that names the next one and where
// its unit begins, and a clean end only between units.
func requireCut(t *testing.T, b []byte, starts, before []int) {
	whole, _, err := readBytes(b)
	require.Equal(t, io.EOF, err)
	unit := 0 // the unit that cut is in or at the beginning of
	for cut := range b {
		for unit+1 < len(starts) && cut >= starts[unit+1] {
			unit++
		}
		for _, wrap := range []func(io.Reader) io.Reader{
			func(r io.Reader) io.Reader { return r },
			func(r io.Reader) io.Reader { return dribble{r} },
		} {
			var got []want
			r, err := NewReader(wrap(bytes.NewReader(b[:cut])), "t.pcap")
			if err == nil {
				got, err = readAll(r)
			}
			if cut == starts[unit] && cut > 0 {
				require.Equal(t, io.EOF, err, "cut at %d", cut)
				require.Equal(t, whole[:before[unit]], got, "cut at %d", cut)
				continue
			}
			require.Len(t, got, before[unit], "cut at %d", cut)
			if len(got) > 0 {
				require.Equal(t, whole[:before[unit]], got, "cut at %d", cut)
			}
			e := requireCaptureError(t, err)
			require.EqualValues(t, before[unit]+1, e.Packet, "cut at %d", cut)
			require.EqualValues(t, starts[unit], e.Offset, "cut at %d", cut)
			if cut > 0 {
				require.ErrorIs(t, err, io.ErrUnexpectedEOF, "cut at %d", cut)
			}
		}
	}
}

func TestCutAtEveryByte(t *testing.T) {
	for _, o := range []order{binary.LittleEndian, binary.BigEndian} {
		for _, magic := range []uint32{magicMicro, magicNano} {
			t.Run(fmt.Sprintf("pcap %s %x", o, magic), func(t *testing.T) {
				b, records := smallPcap(o, magic)
				starts, before := []int{0}, []int{0}
				for i, at := range records {
					starts, before = append(starts, at), append(before, i)
				}
				requireCut(t, b, starts, before)
			})
		}
		t.Run("pcapng "+o.String(), func(t *testing.T) {
			b, starts, before := smallPcapng(o)
			requireCut(t, b, starts, before)
		})
	}
}

func TestCutCompressedFilesGiveWhatWasReadable(t *testing.T) {
	// Two members, the second of them several blocks long, so that cuts fall everywhere.
	b, _ := smallPcap(binary.LittleEndian, magicMicro)
	first := len(b)
	for i := range 300 {
		b = append(b, pcapRecord(binary.LittleEndian, uint32(i), 0, fmt.Sprintf("%x", i*i*7919), 60)...)
	}
	whole, _, err := readBytes(b)
	require.Equal(t, io.EOF, err)
	for name, file := range map[string][]byte{
		"gzip": append(gzipped(t, b[:first]), gzipped(t, b[first:])...),
		"zstd": append(zstded(t, b[:first]), zstded(t, b[first:])...),
	} {
		t.Run(name, func(t *testing.T) {
			most := 0
			for cut := 4; cut < len(file); cut++ {
				got, _, err := readBytes(file[:cut])
				most = max(most, len(got))
				require.Equal(t, whole[:len(got)], got, "cut at %d", cut)
				if err == io.EOF { // only between the members
					require.Len(t, got, 4, "cut at %d", cut)
					continue
				}
				e := requireCaptureError(t, err)
				require.ErrorIs(t, err, io.ErrUnexpectedEOF, "cut at %d", cut)
				require.EqualValues(t, len(got)+1, e.Packet)
				require.Equal(t, name, e.Compression)
			}
			require.Equal(t, len(whole), most, "a cut in the checksum loses no packet")
		})
	}
}

// TestFlipEveryBit flips each bit of small files. Nothing may panic, hang, or reserve memory by what the file says.
func TestFlipEveryBit(t *testing.T) {
	o := binary.LittleEndian
	micro, _ := smallPcap(o, magicMicro)
	section, _, _ := smallPcapng(o)
	sectionBig, _, _ := smallPcapng(binary.BigEndian)
	for name, b := range map[string][]byte{
		"pcap": micro, "pcapng": section, "pcapng big-endian": sectionBig, "gzip": gzipped(t, micro), "zstd": zstded(t, section),
	} {
		t.Run(name, func(t *testing.T) {
			whole, _, err := readBytes(b)
			require.Equal(t, io.EOF, err)
			for bit := range len(b) * 8 {
				b[bit/8] ^= 1 << (bit % 8)
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				got, stats, err := readBytes(b, WithMaxWindow(1<<20))
				runtime.ReadMemStats(&after)
				require.Error(t, err)
				var e *Error
				require.True(t, err == io.EOF || errors.As(err, &e), "bit %d: %v", bit, err)
				if name[0] == 'p' { // a decoder may make more of a broken file
					require.LessOrEqual(t, len(got), len(whole))
				}
				require.EqualValues(t, len(got), stats.Packets)
				require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(8<<20), "bit %d", bit)
				b[bit/8] ^= 1 << (bit % 8)
			}
		})
	}
}

// TestLengthsReserveNoMemory states huge lengths in files of a few bytes.
func TestLengthsReserveNoMemory(t *testing.T) {
	o := binary.LittleEndian
	huge := func(b []byte, back int) []byte {
		o.PutUint32(b[len(b)-back:], 1<<30)
		return b
	}
	for name, b := range map[string][]byte{
		"pcap record":        huge(append(pcapHeader(o, magicMicro, 1<<30, 1), pcapRecord(o, 0, 0, "abcd", 4)...), 12),
		"packet block":       huge(newNg(o).iface(1, 1<<30).enhanced(0, 0, "abcd", 4).b, 32),
		"captured length":    huge(newNg(o).iface(1, 1<<30).enhanced(0, 0, "abcd", 4).b, 16),
		"simple packet":      huge(newNg(o).iface(1, 1<<30).simple("abcd", 4).b, 12),
		"unknown block":      huge(newNg(o).block(77, nil).b, 8),
		"interface":          huge(newNg(o).iface(1, 0).b, 16),
		"section":            huge(newNg(o).b, 24),
		"section at the end": huge(newNg(o).iface(1, 0).section(o, -1).b, 24),
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		got, _, err := readBytes(b)
		runtime.ReadMemStats(&after)
		require.Empty(t, got, name)
		requireCaptureError(t, err)
		require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(1<<20), name)
	}
}

func TestSourceErrorsArePassedOn(t *testing.T) {
	pcap, starts := smallPcap(binary.LittleEndian, magicMicro)
	for _, cut := range []int{3, 20, starts[1], starts[1] + 3, starts[2] + 20} {
		src := &broken{bytes.NewReader(pcap[:cut]), errDisk}
		r, err := NewReader(src, "t.pcap")
		if err == nil {
			_, err = readAll(r)
		}
		require.ErrorIs(t, err, errDisk, cut)
		requireCaptureError(t, err)
	}
	src := &broken{bytes.NewReader(gzipped(t, pcap)[:30]), errDisk}
	r, err := NewReader(src, "t.pcap")
	if err == nil {
		_, err = readAll(r)
	}
	require.ErrorIs(t, err, errDisk)
}

// stuck returns nothing, for ever, or impossible counts.
type stuck int

func (s stuck) Read(p []byte) (int, error) {
	if s == 1 {
		return len(p) + 1, nil
	}
	return int(s), nil
}

func TestBrokenSourcesDoNotHang(t *testing.T) {
	_, err := NewReader(stuck(0), "t")
	require.ErrorIs(t, err, io.ErrNoProgress)
	for _, s := range []stuck{-1, 1} {
		_, err = NewReader(s, "t")
		require.ErrorContains(t, err, "impossible count")
	}
	pcap, _ := smallPcap(binary.LittleEndian, magicMicro)
	r, err := NewReader(io.MultiReader(bytes.NewReader(pcap), stuck(0)), "t")
	require.NoError(t, err)
	got, err := readAll(r)
	require.Len(t, got, 4)
	require.ErrorIs(t, err, io.ErrNoProgress)
}

func FuzzReader(f *testing.F) {
	for _, o := range []order{binary.LittleEndian, binary.BigEndian} {
		for _, magic := range []uint32{magicMicro, magicNano, magicModified} {
			b, _ := smallPcap(o, magic)
			f.Add(b)
			f.Add(gzipped(f, b))
		}
		b, _, _ := smallPcapng(o)
		f.Add(b)
		f.Add(zstded(f, b))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		read := func(src io.Reader) ([]want, error) {
			r, err := NewReader(src, "t", WithMaxFrame(4096), WithMaxWindow(1<<20))
			if err != nil {
				return nil, err
			}
			defer r.Close()
			got, err := readAll(r)
			var p flow.Packet
			require.Equal(t, err, r.Next(&p))
			require.EqualValues(t, len(got), r.Stats().Packets)
			for i, w := range got {
				require.LessOrEqual(t, len(w.Frame), 4096)
				require.GreaterOrEqual(t, w.WireLen, len(w.Frame))
				if i > 0 {
					require.Greater(t, w.Number, got[i-1].Number)
				}
			}
			return got, err
		}
		got, err := read(bytes.NewReader(b))
		var e *Error
		require.True(t, err == io.EOF || errors.As(err, &e), "%v", err)
		// How the bytes arrive makes no difference.
		again, err2 := read(dribble{bytes.NewReader(b)})
		require.Equal(t, got, again)
		require.Equal(t, err.Error(), err2.Error())
	})
}
