package capture

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/stretchr/testify/require"

	"github.com/flowscope/fsd/runtime/flow"
)

// order appends integers in a file's byte order.
type order interface {
	binary.ByteOrder
	binary.AppendByteOrder
}

// want is what a test expects of one packet.
type want struct {
	Time      flow.Timestamp
	Frame     string
	WireLen   int
	Link      flow.LinkType
	Interface int
	Number    uint64
}

func wantOf(p *flow.Packet) want {
	return want{p.Time, string(p.Frame), p.WireLen, p.Link, p.Interface, p.Number}
}

// readAll reads until an error and returns the packets, with copies of their frames, and the error.
func readAll(src Source) ([]want, error) {
	got := []want{}
	for {
		var p flow.Packet
		if err := src.Next(&p); err != nil {
			return got, err
		}
		got = append(got, wantOf(&p))
	}
}

// readBytes reads a capture from memory; what NewReader refuses is the error.
func readBytes(b []byte, opts ...Option) ([]want, Stats, error) {
	r, err := NewReader(bytes.NewReader(b), "t.pcap", opts...)
	if err != nil {
		return []want{}, Stats{}, err
	}
	defer r.Close()
	got, err := readAll(r)
	return got, r.Stats(), err
}

func requireCaptureError(t testing.TB, err error) *Error {
	t.Helper()
	var e *Error
	require.ErrorAs(t, err, &e)
	return e
}

// pcapHeader returns a file header of version 2.4.
func pcapHeader(o order, magic, snap, link uint32) []byte {
	b := o.AppendUint32(nil, magic)
	b = o.AppendUint16(b, 2)
	b = o.AppendUint16(b, 4)
	b = append(b, make([]byte, 8)...)
	b = o.AppendUint32(b, snap)
	return o.AppendUint32(b, link)
}

func pcapRecord(o order, sec, frac uint32, frame string, wire uint32) []byte {
	b := o.AppendUint32(nil, sec)
	b = o.AppendUint32(b, frac)
	b = o.AppendUint32(b, uint32(len(frame)))
	b = o.AppendUint32(b, wire)
	return append(b, frame...)
}

// ng builds a pcapng file block by block.
type ng struct {
	o order
	b []byte
}

func (n *ng) block(kind uint32, body []byte) *ng {
	for len(body)%4 != 0 {
		body = append(body, 0)
	}
	total := uint32(len(body) + 12)
	n.b = n.o.AppendUint32(n.b, kind)
	n.b = n.o.AppendUint32(n.b, total)
	n.b = append(n.b, body...)
	n.b = n.o.AppendUint32(n.b, total)
	return n
}

func (n *ng) section(o order, length int64, options ...[]byte) *ng {
	n.o = o
	b := o.AppendUint32(nil, 0x1a2b3c4d)
	b = o.AppendUint16(b, 1)
	b = o.AppendUint16(b, 0)
	b = o.AppendUint64(b, uint64(length))
	return n.block(0x0a0d0d0a, append(b, bytes.Join(options, nil)...))
}

func (n *ng) option(code uint16, value ...byte) []byte {
	b := n.o.AppendUint16(nil, code)
	b = n.o.AppendUint16(b, uint16(len(value)))
	b = append(b, value...)
	for len(b)%4 != 0 {
		b = append(b, 0)
	}
	return b
}

func (n *ng) iface(link uint16, snap uint32, options ...[]byte) *ng {
	b := n.o.AppendUint16(nil, link)
	b = n.o.AppendUint16(b, 0)
	b = n.o.AppendUint32(b, snap)
	return n.block(1, append(b, bytes.Join(options, nil)...))
}

func (n *ng) packetBody(id []byte, ticks uint64, frame string, wire uint32) []byte {
	b := n.o.AppendUint32(id, uint32(ticks>>32))
	b = n.o.AppendUint32(b, uint32(ticks))
	b = n.o.AppendUint32(b, uint32(len(frame)))
	b = n.o.AppendUint32(b, wire)
	b = append(b, frame...)
	for len(b)%4 != 0 {
		b = append(b, 0)
	}
	return b
}

func (n *ng) enhanced(id uint32, ticks uint64, frame string, wire uint32, options ...[]byte) *ng {
	b := n.packetBody(n.o.AppendUint32(nil, id), ticks, frame, wire)
	return n.block(6, append(b, bytes.Join(options, nil)...))
}

func (n *ng) obsolete(id uint16, ticks uint64, frame string, wire uint32) *ng {
	return n.block(2, n.packetBody(n.o.AppendUint16(n.o.AppendUint16(nil, id), 7), ticks, frame, wire))
}

func (n *ng) simple(frame string, wire uint32) *ng {
	return n.block(3, append(n.o.AppendUint32(nil, wire), frame...))
}

func gzipped(t testing.TB, b []byte) []byte {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, err := w.Write(b)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return out.Bytes()
}

func zstded(t testing.TB, b []byte, opts ...zstd.EOption) []byte {
	var out bytes.Buffer
	w, err := zstd.NewWriter(&out, opts...)
	require.NoError(t, err)
	_, err = w.Write(b)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return out.Bytes()
}

// dribble gives one byte a read.
type dribble struct{ r io.Reader }

func (d dribble) Read(p []byte) (int, error) { return d.r.Read(p[:min(1, len(p))]) }

// broken fails with err when its bytes are used up.
type broken struct {
	r   io.Reader
	err error
}

func (b *broken) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if err == io.EOF {
		err = b.err
	}
	return n, err
}

var errDisk = errors.New("disk on fire")
