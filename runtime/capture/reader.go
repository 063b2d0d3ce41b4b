package capture

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"
	"sync/atomic"

	"github.com/flowscope/fsd/runtime/flow"
)

const (
	// DefaultMaxFrame is the largest frame accepted unless WithMaxFrame says otherwise: what tcpdump and Wireshark
	// accept for network links.
	DefaultMaxFrame = 256 << 10
	// DefaultMaxWindow is the largest Zstandard window accepted unless WithMaxWindow says otherwise. Every level that
	// zstd offers without --ultra or --long stays below.
	DefaultMaxWindow = 32 << 20

	minFrameBound = 64
	maxFrameBound = 64 << 20
	// slack is the room in the buffer beyond the largest frame: headers and options of its block, and read-ahead.
	slack = 256 << 10
	// firstBuffer is the buffer's size at first. It grows when a read fills it, up to its bound: small captures and
	// slow pipes need no more.
	firstBuffer = 16 << 10
	// emptyReads is how often a source may return nothing without an error before it is taken for broken.
	emptyReads = 100
)

// Option changes how a Reader is made.
type Option func(*Reader)

// WithMaxFrame sets the largest captured frame, in bytes, that is handed out; it is kept between 64 bytes and 64 MiB.
// The reader's one buffer is 256 KiB larger.
func WithMaxFrame(n int) Option {
	return func(r *Reader) { r.maxFrame = uint32(min(max(n, minFrameBound), maxFrameBound)) }
}

// WithMaxWindow sets the largest window, in bytes, that a Zstandard file may ask for: the decoder reserves about that
// much memory. It is kept between 1 KiB and 2 GiB.
func WithMaxWindow(n int64) Option {
	return func(r *Reader) { r.maxWindow = uint64(min(max(n, 1<<10), 1<<31-1)) }
}

// Reader reads one capture from its beginning to its end. It is not safe for concurrent use, but for BytesRead and
// Size.
type Reader struct {
	buf      []byte // the one buffer; buf[pos:end] is unread
	pos, end int
	base     int64                          // stream offset of buf[0]
	full     int                            // the size that buf may have
	pooled   *[DefaultMaxFrame + slack]byte // what buf is a view of, when it is from bigBuffers
	maxFrame uint32

	pcap pcapFormat
	ng   *ngState // nil for pcap

	number uint64 // packets so far, those left out included
	stats  Stats

	fail   error // what every further call returns
	srcErr error // what src returned; io.EOF at its end
	src    io.Reader

	info infoReader // for gopacket

	raw         counter
	size        int64
	name        string
	compression string
	maxWindow   uint64
	closers     []io.Closer
}

// Open opens a capture file. The path "-" is standard input, which Close leaves open. An error of the file system is
// returned as it is; any other is an *Error.
func Open(path string, opts ...Option) (*Reader, error) {
	if path == "-" {
		r, err := newReader(os.Stdin, "standard input", fileSize(os.Stdin), opts)
		return r, err
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	r, err := newReader(f, path, fileSize(f), opts)
	if err != nil {
		f.Close()
		return nil, err
	}
	r.closers = append(r.closers, f)
	return r, nil
}

// NewReader reads a capture from src, whose name is used in errors only. It reads the capture's header before it
// returns. Close does not close src.
func NewReader(src io.Reader, name string, opts ...Option) (*Reader, error) {
	return newReader(src, name, -1, opts)
}

func newReader(src io.Reader, name string, size int64, opts []Option) (*Reader, error) {
	r := &Reader{name: name, size: size, maxFrame: DefaultMaxFrame, maxWindow: DefaultMaxWindow}
	for _, o := range opts {
		o(r)
	}
	r.full = int(r.maxFrame) + slack
	r.buf = make([]byte, firstBuffer)
	r.raw.src = src
	r.src = &r.raw
	err := r.decompress()
	if err == nil {
		err = r.readHeader()
	}
	if err != nil {
		r.Close()
		return nil, err
	}
	return r, nil
}

// readHeader tells pcap from pcapng and reads what comes before the first packet of a pcap file, or the first block
// of a pcapng file.
func (r *Reader) readHeader() error {
	b, _ := r.need(4, true)
	switch {
	case len(b) == 0 && r.srcErr == io.EOF:
		return r.errorf(r.base, fmt.Errorf("the input is empty, expected a capture: %w", ErrFormat))
	case len(b) < 4:
		return r.cut("file header", 4)
	}
	if ok, err := r.openPcap(b); ok || err != nil {
		return err
	}
	if ok, err := r.openNg(b); ok || err != nil {
		return err
	}
	inside := ""
	if r.compression != "" {
		inside = " inside " + r.compression
	}
	return r.errorf(r.base, fmt.Errorf("first bytes are % x%s, expected pcap or pcapng, plain or compressed with gzip or zstd: %w",
		b[:4], inside, ErrFormat))
}

// Next fills p with the next packet. It returns io.EOF at the end of an intact capture, else an *Error; both are
// final. The frame is a view of the reader's buffer, valid until the next call or
// Close.
func (r *Reader) Next(p *flow.Packet) error {
	return r.next(p, true)
}

// NextBatch fills at most len(ps) packets with what is there, waiting for input only while it has none. It returns
// either packets or an error. All frames are views of the reader's buffer, valid until the next call or Close.
func (r *Reader) NextBatch(ps []flow.Packet) (int, error) {
	for n := range ps {
		if err := r.next(&ps[n], n == 0); err != nil {
			if n > 0 { // out of input for now, or final: then the next call returns it
				return n, nil
			}
			return 0, err
		}
	}
	return len(ps), nil
}

func (r *Reader) next(p *flow.Packet, wait bool) error {
	if r.ng == nil {
		return r.nextPcap(p, wait)
	}
	return r.nextNg(p, wait)
}

// Stats returns what was handed out and skipped so far.
func (r *Reader) Stats() Stats { return r.stats }

// Name returns the capture's name as it stands in errors.
func (r *Reader) Name() string { return r.name }

// TimeDigits returns how many digits of the second the capture's times have, from 0 to 9: 6 for microseconds, 9 for
// nanoseconds and anything finer. A pcapng file says so for each interface: the most of those described before the
// first packet count, and the call reads that far if no packet was read yet. A later interface may have more.
func (r *Reader) TimeDigits() int {
	switch {
	case r.ng != nil:
		return r.ngTimeDigits()
	case r.pcap.scale == 1:
		return 9
	}
	return 6
}

// Format returns "pcap" or "pcapng".
func (r *Reader) Format() string {
	if r.ng != nil {
		return "pcapng"
	}
	return "pcap"
}

// Compression returns "gzip", "zstd" or, for a plain capture, the empty string.
func (r *Reader) Compression() string { return r.compression }

// Offset returns the position, in the decompressed capture, behind the last packet handed out.
func (r *Reader) Offset() int64 { return r.base + int64(r.pos) }

// BytesRead returns how many bytes were read from the file or stream itself, compressed as they may be. It runs ahead
// of the packets by at most the buffers. It may be called at any time from any goroutine.
func (r *Reader) BytesRead() int64 { return r.raw.n.Load() }

// Size returns the size of the file in bytes when it was opened, or -1 when it is not a regular file.
func (r *Reader) Size() int64 { return r.size }

// Close closes the file that Open opened and releases the decoder and the buffer: the frames of the last call are no
// longer valid. Reading then gives fs.ErrClosed.
func (r *Reader) Close() error {
	if r.fail == nil {
		r.fail = fs.ErrClosed
	}
	r.base += int64(r.pos)
	r.buf, r.pos, r.end = nil, 0, 0
	if r.pooled != nil {
		bigBuffers.Put(r.pooled)
		r.pooled = nil
	}
	var errs []error
	for _, c := range r.closers {
		errs = append(errs, c.Close())
	}
	r.closers = nil
	return errors.Join(errs...)
}

// errWait says that a whole packet is not there yet; only NextBatch, which then has packets, gets to see it.
var errWait = errors.New("capture: not there yet")

// need returns the unread bytes, at least n of them. It reports false when the source ended or failed first, with what
// there is, or, if it may not wait, when they are not in the buffer. n is at most r.full.
func (r *Reader) need(n int, wait bool) ([]byte, bool) {
	if r.end-r.pos >= n {
		return r.buf[r.pos:r.end], true
	}
	if wait {
		r.fill(n)
	}
	return r.buf[r.pos:r.end], r.end-r.pos >= n
}

// fill reads until n bytes are unread, or the source ended or failed. It takes what each read gives and never waits
// for more than n.
func (r *Reader) fill(n int) {
	unread := r.buf[r.pos:r.end]
	if len(r.buf) < r.full && (r.end == len(r.buf) || n > len(r.buf)) {
		r.grow(n)
	}
	if r.pos > 0 || len(unread) > 0 {
		copy(r.buf, unread)
		r.base += int64(r.pos)
		r.pos, r.end = 0, len(unread)
	}
	for empty := 0; r.end < n && r.srcErr == nil; {
		k, err := r.src.Read(r.buf[r.end:])
		if k < 0 || k > len(r.buf)-r.end {
			k, err = 0, errors.New("the source returned an impossible count")
		}
		r.end += k
		r.srcErr = err
		if k > 0 {
			empty = 0
		} else if empty++; empty >= emptyReads && err == nil {
			r.srcErr = io.ErrNoProgress
		}
	}
}

// bigBuffers keeps the buffers of closed readers for the next capture: clearing fresh memory costs more than reading a
// small file.
var bigBuffers = sync.Pool{New: func() any { return new([DefaultMaxFrame + slack]byte) }}

// grow replaces the buffer, whose content the caller moves, by a larger one of at least n bytes.
func (r *Reader) grow(n int) {
	size := min(max(4*len(r.buf), n), r.full)
	if size <= 64<<10 || r.full != DefaultMaxFrame+slack {
		r.buf = make([]byte, size)
		return
	}
	r.pooled = bigBuffers.Get().(*[DefaultMaxFrame + slack]byte)
	r.buf = r.pooled[:]
}

// here is the stream offset of the first unread byte.
func (r *Reader) here() int64 { return r.base + int64(r.pos) }

// errorf makes err final, as that of the next packet, whose record begins at offset off.
func (r *Reader) errorf(off int64, err error) error {
	e := &Error{File: r.name, Packet: r.number + 1, Offset: off, Compression: r.compression, Err: err}
	r.fail = e
	return e
}

// cut makes final that the input ended, or failed, inside a unit of total bytes that begins at the first unread byte.
func (r *Reader) cut(what string, total uint64) error {
	return r.cutAt(r.here(), what, uint64(r.end-r.pos), total)
}

func (r *Reader) cutAt(off int64, what string, have, total uint64) error {
	return r.errorf(off, fmt.Errorf("%s cut short, %d of %d bytes are there: %w", what, have, total, noEOF(r.srcErr)))
}

// atEnd makes final what the source said when it ended between two packets.
func (r *Reader) atEnd() error {
	if r.srcErr == io.EOF {
		r.fail = io.EOF
		return io.EOF
	}
	return r.errorf(r.here(), r.srcErr)
}

// counter counts the bytes read from the file itself.
type counter struct {
	src io.Reader
	n   atomic.Int64
}

func (c *counter) Read(b []byte) (int, error) {
	n, err := c.src.Read(b)
	c.n.Add(int64(n))
	return n, err
}

func fileSize(f *os.File) int64 {
	st, err := f.Stat()
	if err != nil || !st.Mode().IsRegular() {
		return -1
	}
	return st.Size()
}
