package capture

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"
)

// zstdFrames decompresses a Zstandard file (RFC 8878) frame by frame. The decoder holds back the last block of a frame
// until it has seen the frame's checksum, so that a file cut or damaged there would lose up to 128 KiB that can be
// read. Hence the frames are taken apart here: the decoder gets them without checksum, which is compared afterwards.
type zstdFrames struct {
	d      *zstd.Decoder // nil before the first frame
	in     zstdInput
	window uint64 // the largest accepted
	sum    xxh64
	err    error
}

func newZstdFrames(in *bufio.Reader, window uint64) *zstdFrames {
	return &zstdFrames{in: zstdInput{in: in}, window: window}
}

func (z *zstdFrames) Read(p []byte) (int, error) {
	for z.err == nil {
		if !z.in.open {
			z.err = z.nextFrame()
			continue
		}
		n, err := z.d.Read(p)
		if z.in.checksum {
			z.sum.write(p[:n])
		}
		if err == io.EOF {
			err = z.endFrame()
		}
		if err != nil {
			z.err = decoderError("zstd", err)
		}
		if n > 0 {
			return n, nil // the error is for the next call
		}
	}
	return 0, z.err
}

// nextFrame begins the next frame. It returns io.EOF at the end of the file.
func (z *zstdFrames) nextFrame() error {
	window, err := z.in.nextFrame()
	switch {
	case err == io.EOF:
		return err
	case err != nil:
		return decoderError("zstd", err)
	case window > z.window:
		return fmt.Errorf("zstd: a frame asks for a window of %d bytes, the largest accepted is %d; decompress the file first", window, z.window)
	}
	z.sum.reset()
	if z.d != nil {
		return z.d.Reset(&z.in)
	}
	z.d, err = zstd.NewReader(&z.in,
		zstd.WithDecoderConcurrency(1), // in this goroutine, without reading ahead of a pipe
		zstd.WithDecoderLowmem(true),
		zstd.WithDecoderMaxWindow(z.window),
		zstd.WithDecoderMaxMemory(z.window)) // the same bound for a frame of a single segment
	return err
}

// endFrame compares the checksum of a frame that the decoder has read to its end.
func (z *zstdFrames) endFrame() error {
	want, err := z.in.endFrame()
	if err != nil || !z.in.checksum {
		return err
	}
	if got := uint32(z.sum.sum()); got != want {
		return fmt.Errorf("the checksum of a frame is %08x, that of its content %08x: the file is corrupt", want, got)
	}
	return nil
}

func (z *zstdFrames) Close() error {
	if z.d != nil {
		z.d.Close()
	}
	return nil
}

// zstdInput gives the decoder one frame, without its checksum, and then io.EOF.
type zstdInput struct {
	in       *bufio.Reader
	open     bool     // inside a frame
	last     bool     // the block being read is the frame's last
	checksum bool     // the frame has one
	left     uint32   // bytes of the block being read that are still in the input
	head     [18]byte // a header that was read and is still to be given to the decoder: head[from:to]
	from, to int
}

const zstdMagic = 0xfd2fb528

// nextFrame goes over skippable frames and reads the header of the next frame (RFC 8878, section 3.1.1.1). It returns
// the window that the frame asks for, and io.EOF at the end of the file.
func (z *zstdInput) nextFrame() (window uint64, err error) {
	h := z.head[:]
	for {
		if n, err := io.ReadFull(z.in, h[:4]); err != nil {
			if n == 0 {
				return 0, err // io.EOF: between two frames
			}
			return 0, noEOF(err)
		}
		magic := binary.LittleEndian.Uint32(h)
		if magic == zstdMagic {
			break
		}
		if magic&^0xf != 0x184d2a50 {
			return 0, errors.New("what follows the compressed data is not zstd")
		}
		if _, err := io.ReadFull(z.in, h[:4]); err != nil {
			return 0, noEOF(err)
		}
		if _, err := io.CopyN(io.Discard, z.in, int64(binary.LittleEndian.Uint32(h))); err != nil {
			return 0, noEOF(err)
		}
	}
	if _, err := io.ReadFull(z.in, h[4:5]); err != nil {
		return 0, noEOF(err)
	}
	descriptor := h[4]
	single := descriptor&0x20 != 0
	z.checksum = descriptor&4 != 0
	h[4] &^= 4
	size := [4]int{0, 2, 4, 8}[descriptor>>6]
	if single && size == 0 {
		size = 1
	}
	skip := [4]int{0, 1, 2, 4}[descriptor&3] // dictionary
	if !single {
		skip++ // window descriptor
	}
	z.from, z.to = 0, 5+skip+size
	if _, err := io.ReadFull(z.in, h[5:z.to]); err != nil {
		return 0, noEOF(err)
	}
	if single {
		var content [8]byte
		copy(content[:], h[5+skip:z.to])
		window = binary.LittleEndian.Uint64(content[:])
		if size == 2 {
			window += 256
		}
	} else {
		base := uint64(1) << (10 + h[5]>>3)
		window = base + base/8*uint64(h[5]&7)
	}
	z.open, z.last, z.left = true, false, 0
	return window, nil
}

// Read gives the frame's header and blocks.
func (z *zstdInput) Read(p []byte) (int, error) {
	if z.from == z.to && z.left == 0 {
		if z.last {
			return 0, io.EOF
		}
		if err := z.nextBlock(); err != nil {
			return 0, err
		}
	}
	if z.from < z.to {
		n := copy(p, z.head[z.from:z.to])
		z.from += n
		return n, nil
	}
	n, err := z.in.Read(p[:min(uint64(len(p)), uint64(z.left))])
	z.left -= uint32(n)
	return n, noEOF(err)
}

// nextBlock reads the header of a block (RFC 8878, section 3.1.1.2).
func (z *zstdInput) nextBlock() error {
	h := z.head[:3]
	if _, err := io.ReadFull(z.in, h); err != nil {
		return noEOF(err)
	}
	z.from, z.to = 0, len(h)
	z.last = h[0]&1 != 0
	z.left = (uint32(h[0]) | uint32(h[1])<<8 | uint32(h[2])<<16) >> 3
	if h[0]>>1&3 == 1 { // one byte, repeated
		z.left = 1
	}
	return nil
}

// endFrame reads the checksum of a frame whose blocks were all read.
func (z *zstdInput) endFrame() (checksum uint32, err error) {
	z.open = false
	if !z.checksum {
		return 0, nil
	}
	h := z.head[:4]
	if _, err := io.ReadFull(z.in, h); err != nil {
		return 0, noEOF(err)
	}
	return binary.LittleEndian.Uint32(h), nil
}
