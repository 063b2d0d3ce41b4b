package capture

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/flowscope/fsd/runtime/flow"
)

// readSection reads a section header block (draft-ietf-opsawg-pcapng, section 4.1). It forgets the interfaces of the
// section before and sets the byte order of the new one. Its options are skipped.
func (r *Reader) readSection(wait bool) error {
	n := r.ng
	b, ok := r.need(minSectionBlock, wait)
	if !ok {
		if !wait {
			return errWait
		}
		return r.cut("section header", minSectionBlock)
	}
	switch uint32(byteOrderMagic) {
	case binary.LittleEndian.Uint32(b[8:]):
		n.big = false
	case binary.BigEndian.Uint32(b[8:]):
		n.big = true
	default:
		return r.errorf(r.here(), fmt.Errorf("section header has byte-order magic % x, expected 1a 2b 3c 4d in either order: %w", b[8:12], ErrFormat))
	}
	total := n.u32(b[4:])
	if total < minSectionBlock || total&3 != 0 {
		return r.errorf(r.here(), fmt.Errorf("section header has length %d, expected at least %d and a multiple of 4: the file is corrupt from here",
			total, minSectionBlock))
	}
	n.first += len(n.interfaces)
	n.interfaces = n.interfaces[:0]
	r.stats.Sections++

	major, minor := n.u16(b[12:]), n.u16(b[14:])
	n.skip = major != 1
	if n.skip && n.damage == nil {
		// The blocks are framed alike, so that a later section can be found; the packets of this one are left out.
		n.damage = &Error{File: r.name, Packet: r.number + 1, Offset: r.here(), Compression: r.compression,
			Err: fmt.Errorf("section has pcapng version %d.%d, expected 1.0: its packets are left out: %w", major, minor, ErrFormat)}
	}
	// A section length of 0 is found in files of writers that mean "unknown", like -1. One that is too short is not
	// used either: the next section header says where a section ends.
	n.sectionEnd = -1
	if length := int64(n.u64(b[16:])); length > 0 && length < math.MaxInt64-r.here()-int64(total) {
		n.sectionEnd = r.here() + int64(total) + length
	}
	r.skipFrom(total)
	return nil
}

// readInterface reads an interface description block (section 4.2), all of which has to fit in the buffer.
func (r *Reader) readInterface(total uint32, wait bool) error {
	n := r.ng
	off := r.here()
	switch {
	case total < minInterfaceBlock:
		return r.errorf(off, fmt.Errorf("interface description has length %d, expected at least %d", total, minInterfaceBlock))
	case uint64(total) > uint64(r.full):
		return r.errorf(off, fmt.Errorf("interface description has length %d, the longest accepted is %d", total, r.full))
	case len(n.interfaces) >= maxInterfaces:
		return r.errorf(off, fmt.Errorf("section describes more than %d interfaces", maxInterfaces))
	}
	b, ok := r.need(int(total), wait)
	if !ok {
		if !wait {
			return errWait
		}
		return r.cut("interface description", uint64(total))
	}
	b = b[:total]
	if trailer := n.u32(b[total-4:]); trailer != total {
		return r.trailerMismatch(off, total, trailer)
	}
	i := ngInterface{link: flow.LinkType(n.u16(b[8:])), snap: n.u32(b[12:])}
	resolution, offset, err := n.timeOptions(b[16 : total-4])
	if err != nil {
		return r.errorf(off, fmt.Errorf("interface description: %w", err))
	}
	i.clock = newClock(resolution, offset)
	n.interfaces = append(n.interfaces, i)
	r.stats.Interfaces++
	r.pos += int(total)
	return nil
}

// timeOptions finds the resolution and the offset of an interface's times among its options (sections 3.5 and 4.2).
func (n *ngState) timeOptions(b []byte) (resolution byte, offset int64, err error) {
	resolution = 6
	for len(b) >= 4 {
		code, size := n.u16(b), int(n.u16(b[2:]))
		b = b[4:]
		if code == 0 {
			break
		}
		if size > len(b) {
			return 0, 0, fmt.Errorf("option %d has length %d, %d bytes are left in the block", code, size, len(b))
		}
		switch v := b[:size]; {
		case code == optionResolution && size == 1:
			resolution = v[0]
		case code == optionOffset && size == 8:
			offset = int64(n.u64(v))
		case code == optionResolution, code == optionOffset:
			return 0, 0, fmt.Errorf("time option %d has length %d", code, size)
		}
		b = b[min((size+3)&^3, len(b)):]
	}
	return resolution, offset, nil
}

// ngTimeDigits goes on to the first packet block, when none was met yet, and returns the most digits of any interface.
// What ends the file before is kept for Next.
func (r *Reader) ngTimeDigits() int {
	for r.number == 0 && r.fail == nil {
		if r.ng.skipTotal == 0 {
			if b, ok := r.need(4, true); ok && isPacketBlock(r.ng.u32(b)) {
				break
			}
		}
		if r.block(nil, true) != errNext {
			break
		}
	}
	digits := 0
	for i := range r.ng.interfaces {
		digits = max(digits, int(min(r.ng.interfaces[i].clock.exp, 9)))
	}
	if len(r.ng.interfaces) == 0 {
		return 9
	}
	return digits
}
