package capture

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"math/bits"

	"github.com/flowscope/fsd/runtime/flow"
)

// Block types (draft-ietf-opsawg-pcapng, section 4 and the registry in section 11).
const (
	blockSection      = 0x0a0d0d0a // the same in either byte order
	blockInterface    = 1
	blockPacket       = 2 // obsolete
	blockSimplePacket = 3
	blockNames        = 4
	blockStatistics   = 5
	blockEnhanced     = 6
	blockJournal      = 9
	blockSecrets      = 10
	blockCustom       = 0x00000bad
	blockCustomNoCopy = 0x40000bad
)

const (
	byteOrderMagic = 0x1a2b3c4d

	blockOverhead     = 12 // type, length, and the length again at the end
	minSectionBlock   = blockOverhead + 16
	minInterfaceBlock = blockOverhead + 8
	minPacketBlock    = blockOverhead + 20 // enhanced and obsolete
	minSimpleBlock    = blockOverhead + 4

	optionResolution = 9
	optionOffset     = 14

	// maxInterfaces bounds the interfaces of one section; 48 bytes are kept for each.
	maxInterfaces = 1 << 16
)

// ngInterface is what an interface description says about the packets of its interface.
type ngInterface struct {
	clock clock
	snap  uint32 // 0: no limit
	link  flow.LinkType
}

// ngState is the state of reading a pcapng file.
type ngState struct {
	big        bool // byte order of this section
	skip       bool // the section's version is unknown
	interfaces []ngInterface
	first      int // number in the file of the section's first interface

	sectionEnd int64 // where the section header says that the section ends, or -1

	// A block that is being skipped.
	skipLeft  uint32 // bytes before its trailing length
	skipTotal uint32 // its whole length; 0 when none is being skipped
	skipStart int64  // its offset

	damage *Error // the first damaged block
}

// openNg reads the first section header if b begins like one.
func (r *Reader) openNg(b []byte) (bool, error) {
	if binary.LittleEndian.Uint32(b) != blockSection {
		return false, nil
	}
	r.ng = &ngState{sectionEnd: -1}
	return true, r.readSection(true)
}

func (n *ngState) u16(b []byte) uint16 {
	v := binary.LittleEndian.Uint16(b)
	if n.big {
		v = bits.ReverseBytes16(v)
	}
	return v
}

func (n *ngState) u32(b []byte) uint32 {
	v := binary.LittleEndian.Uint32(b)
	if n.big {
		v = bits.ReverseBytes32(v)
	}
	return v
}

func (n *ngState) u64(b []byte) uint64 {
	v := binary.LittleEndian.Uint64(b)
	if n.big {
		v = bits.ReverseBytes64(v)
	}
	return v
}

func isPacketBlock(kind uint32) bool {
	return kind == blockEnhanced || kind == blockPacket || kind == blockSimplePacket
}

// nextNg hands out the next packet, going over whatever blocks are before it.
func (r *Reader) nextNg(p *flow.Packet, wait bool) error {
	n := r.ng
	for {
		b := r.buf[r.pos:r.end]
		// What nearly every call meets: an enhanced packet block that is all there.
		if len(b) >= minPacketBlock && n.u32(b) == blockEnhanced && !n.skip && n.skipTotal == 0 && r.fail == nil {
			total := n.u32(b[4:])
			if total >= minPacketBlock && total&3 == 0 && uint64(total) <= uint64(len(b)) &&
				n.u32(b[total-4:]) == total && r.enhanced(p, b[:total]) {
				return nil
			}
		}
		if err := r.block(p, wait); err != errNext {
			return err
		}
	}
}

// errNext says that a block was dealt with and no packet came of it.
var errNext = errors.New("capture: next block")

// enhanced hands out the packet of a whole enhanced packet block, or reports false and changes nothing.
func (r *Reader) enhanced(p *flow.Packet, b []byte) bool {
	n := r.ng
	id, captured, wire := n.u32(b[8:]), n.u32(b[20:]), n.u32(b[24:])
	if uint64(id) >= uint64(len(n.interfaces)) || captured > r.maxFrame || uint64(captured) > uint64(len(b)-minPacketBlock) {
		return false
	}
	i := &n.interfaces[id]
	p.Time = i.clock.time(uint64(n.u32(b[12:]))<<32 | uint64(n.u32(b[16:])))
	p.Link = i.link
	p.Interface = n.first + int(id)
	r.packet(p, b, 28, captured, wire)
	return true
}

// packet fills what all packet blocks have in common and consumes the block b.
func (r *Reader) packet(p *flow.Packet, b []byte, start int, captured, wire uint32) {
	if wire < captured {
		r.stats.WireShort++
		wire = captured
	}
	end := start + int(captured)
	p.Frame = b[start:end:end]
	p.WireLen = int(min(wire, math.MaxInt32))
	r.number++
	p.Number = r.number
	r.stats.Packets++
	r.stats.Bytes += uint64(captured)
	r.pos += len(b)
}

// block deals with the next block whatever it is. It returns nil when it filled p, errNext when there is no packet in
// the block, errWait when the block is not there yet, and else what is final.
func (r *Reader) block(p *flow.Packet, wait bool) error {
	n := r.ng
	if r.fail != nil {
		return r.fail
	}
	if n.skipTotal != 0 {
		return r.skipOn(wait)
	}
	b, ok := r.need(blockOverhead, wait)
	if !ok {
		switch {
		case !wait:
			return errWait
		case len(b) == 0:
			return r.ngEnd()
		}
		return r.cut("block", blockOverhead)
	}
	kind := n.u32(b)
	if kind == blockSection {
		return orNext(r.readSection(wait))
	}
	total := n.u32(b[4:])
	if total < blockOverhead || total&3 != 0 {
		return r.errorf(r.here(), fmt.Errorf("block of type %#x has length %d, expected at least %d and a multiple of 4: the file is corrupt from here",
			kind, total, blockOverhead))
	}
	switch kind {
	case blockInterface:
		if n.skip {
			return r.skipBlock(&r.stats.Unknown, total)
		}
		return orNext(r.readInterface(total, wait))
	case blockEnhanced, blockPacket, blockSimplePacket: // isPacketBlock
		if uint64(total) > uint64(r.full) {
			r.number++
			return r.skipBlock(&r.stats.Oversized, total)
		}
		if b, ok = r.need(int(total), wait); !ok {
			if !wait {
				return errWait
			}
			return r.cut("packet block", uint64(total))
		}
		b = b[:total]
		if trailer := n.u32(b[total-4:]); trailer != total {
			return r.trailerMismatch(r.here(), total, trailer)
		}
		return r.packetBlock(p, kind, b)
	}
	return r.skipBlock(r.counterOf(kind), total)
}

func orNext(err error) error {
	if err == nil {
		return errNext
	}
	return err
}

// packetBlock hands out the packet of a whole packet block of any kind, or leaves it out and counts it.
func (r *Reader) packetBlock(p *flow.Packet, kind uint32, b []byte) error {
	n := r.ng
	if n.skip {
		return r.damaged(b, errors.New("the section has an unknown version"))
	}
	var id, captured, wire uint32
	var least, start int
	switch kind {
	case blockSimplePacket:
		least, start = minSimpleBlock, 12
	default:
		least, start = minPacketBlock, 28
	}
	if len(b) < least {
		return r.damaged(b, fmt.Errorf("packet block has length %d, expected at least %d", len(b), least))
	}
	switch kind {
	case blockSimplePacket:
		wire = n.u32(b[8:])
		captured = wire
		if len(n.interfaces) > 0 {
			if snap := n.interfaces[0].snap; snap != 0 {
				captured = min(captured, snap)
			}
		}
	case blockEnhanced:
		id, captured, wire = n.u32(b[8:]), n.u32(b[20:]), n.u32(b[24:])
	case blockPacket:
		id, captured, wire = uint32(n.u16(b[8:])), n.u32(b[20:]), n.u32(b[24:])
	}
	switch {
	case len(n.interfaces) == 0:
		return r.damaged(b, errors.New("packet before any interface description of its section"))
	case uint64(id) >= uint64(len(n.interfaces)):
		return r.damaged(b, fmt.Errorf("packet of interface %d, the section describes %d so far", id, len(n.interfaces)))
	case uint64(captured) > uint64(len(b)-least):
		return r.damaged(b, fmt.Errorf("packet says %d captured bytes, its block has room for %d", captured, len(b)-least))
	case captured > r.maxFrame:
		r.number++
		return r.skipBlock(&r.stats.Oversized, uint32(len(b)))
	}
	i := &n.interfaces[id]
	p.Time = 0
	if kind == blockSimplePacket {
		r.stats.Untimed++
	} else {
		p.Time = i.clock.time(uint64(n.u32(b[12:]))<<32 | uint64(n.u32(b[16:])))
	}
	p.Link = i.link
	p.Interface = n.first + int(id)
	r.packet(p, b, start, captured, wire)
	return nil
}

// damaged leaves out the packet block b, whose frame is intact, and remembers why: reading goes on, and the first such
// error is returned at the end.
func (r *Reader) damaged(b []byte, err error) error {
	if r.ng.damage == nil {
		r.ng.damage = &Error{File: r.name, Packet: r.number + 1, Offset: r.here(), Compression: r.compression, Err: err}
	}
	r.ng.damage.Damaged++
	r.number++
	return r.skipBlock(&r.stats.Damaged, uint32(len(b)))
}

// ngEnd makes final what is to be said at the end of the input.
func (r *Reader) ngEnd() error {
	n := r.ng
	switch err := r.atEnd(); {
	case r.srcErr != io.EOF:
		return err
	case n.sectionEnd > r.here():
		return r.errorf(r.here(), fmt.Errorf("file cut short, its section goes on for %d more bytes: %w", n.sectionEnd-r.here(), io.ErrUnexpectedEOF))
	case n.damage != nil:
		r.fail = n.damage
	}
	return r.fail
}

func (r *Reader) trailerMismatch(off int64, total, trailer uint32) error {
	return r.errorf(off, fmt.Errorf("block has length %d at its head and %d at its end: the file is corrupt from here", total, trailer))
}

// counterOf returns the counter for a block that holds no packet.
func (r *Reader) counterOf(kind uint32) *uint64 {
	switch kind {
	case blockNames:
		return &r.stats.NameResolution
	case blockStatistics:
		return &r.stats.InterfaceStatistics
	case blockSecrets:
		return &r.stats.DecryptionSecrets
	case blockJournal:
		return &r.stats.SystemdJournal
	case blockCustom, blockCustomNoCopy:
		return &r.stats.Custom
	}
	return &r.stats.Unknown
}

// skipBlock counts the block at the first unread byte and goes over it, however long it is.
func (r *Reader) skipBlock(count *uint64, total uint32) error {
	*count++
	r.stats.SkippedBytes += uint64(total)
	r.skipFrom(total)
	return errNext
}

func (r *Reader) skipFrom(total uint32) {
	r.ng.skipTotal, r.ng.skipLeft, r.ng.skipStart = total, total-4, r.here()
}

// skipOn goes on with skipping and checks the length at the block's end.
func (r *Reader) skipOn(wait bool) error {
	n := r.ng
	for n.skipLeft > 0 {
		b, ok := r.need(1, wait)
		if !ok {
			if !wait {
				return errWait
			}
			return r.cutAt(n.skipStart, "block", uint64(n.skipTotal-4-n.skipLeft), uint64(n.skipTotal))
		}
		k := min(uint64(len(b)), uint64(n.skipLeft))
		r.pos += int(k)
		n.skipLeft -= uint32(k)
	}
	b, ok := r.need(4, wait)
	if !ok {
		if !wait {
			return errWait
		}
		return r.cutAt(n.skipStart, "block", uint64(n.skipTotal)-4+uint64(len(b)), uint64(n.skipTotal))
	}
	if trailer := n.u32(b); trailer != n.skipTotal {
		return r.trailerMismatch(n.skipStart, n.skipTotal, trailer)
	}
	r.pos += 4
	n.skipTotal = 0
	return errNext
}
