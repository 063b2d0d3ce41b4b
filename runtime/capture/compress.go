package capture

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/klauspost/compress/gzip"
)

// rawBuffer is the buffer between a compressed file and its decoder.
const rawBuffer = 64 << 10

// decompress puts a decoder between the raw input and the buffer when the first bytes are those of gzip (RFC 1952,
// section 2.3.1) or Zstandard (RFC 8878, sections 3.1.1 and 3.1.2). What is inside is not looked at for a second layer.
func (r *Reader) decompress() error {
	b, ok := r.need(4, true)
	if !ok {
		return nil // too short for anything: the caller says so
	}
	gz := b[0] == 0x1f && b[1] == 0x8b
	zst := string(b[:4]) == "\x28\xb5\x2f\xfd" || b[0]&0xf0 == 0x50 && string(b[1:4]) == "\x2a\x4d\x18"
	if !gz && !zst {
		return nil
	}
	// The decoder starts over with the bytes that were read so far.
	var raw io.Reader = bytes.NewReader(bytes.Clone(b))
	if r.srcErr == nil {
		raw = io.MultiReader(raw, &r.raw)
	} else if r.srcErr != io.EOF {
		raw = io.MultiReader(raw, failing{r.srcErr})
	}
	in := bufio.NewReaderSize(raw, rawBuffer)
	r.pos, r.end, r.base, r.srcErr = 0, 0, 0, nil
	if gz {
		r.compression = "gzip"
		g, err := gzip.NewReader(in)
		if err != nil {
			return r.errorf(0, decoderError("gzip", noEOF(err)))
		}
		g.Multistream(false)
		r.src = &gzipMembers{z: g, in: in}
		return nil
	}
	r.compression = "zstd"
	z := newZstdFrames(in, r.maxWindow)
	r.closers = append(r.closers, z)
	r.src = z
	return nil
}

// gzipMembers reads the members of a gzip file one after the other. It goes member by member itself because the
// decoder takes a file that is cut inside a later member's header for a whole one.
type gzipMembers struct {
	z  *gzip.Reader
	in *bufio.Reader
}

func (g *gzipMembers) Read(p []byte) (int, error) {
	n, err := g.z.Read(p)
	if err == io.EOF {
		err = g.nextMember()
	} else if err != nil {
		err = decoderError("gzip", err)
	}
	return n, err
}

// nextMember returns io.EOF when there is no other member. Zero bytes behind a member are padding of tapes and
// blocks, as in gzip(1).
func (g *gzipMembers) nextMember() error {
	for {
		b, err := g.in.ReadByte()
		if err != nil {
			return err
		}
		if b != 0 {
			break
		}
	}
	if err := g.in.UnreadByte(); err != nil {
		return err
	}
	if err := g.z.Reset(g.in); err != nil {
		if err == gzip.ErrHeader {
			return errors.New("gzip: what follows the compressed data is not gzip")
		}
		return decoderError("gzip", noEOF(err))
	}
	g.z.Multistream(false)
	return nil
}

// decoderError names the format whose decoder gave err.
func decoderError(format string, err error) error {
	switch {
	case err == io.ErrUnexpectedEOF:
		return fmt.Errorf("the %s data is cut short: %w", format, err)
	case strings.HasPrefix(err.Error(), format+":"):
		return err
	}
	return fmt.Errorf("%s: %w", format, err)
}

// noEOF turns the end of the input inside a header into what it is.
func noEOF(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// failing is a reader that only fails.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }
