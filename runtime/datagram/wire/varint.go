package wire

import (
	"encoding/binary"
	"math/bits"

	"github.com/flowscope/fsd/runtime/datagram"
)

// maxVarint is the most bytes that a varint of seven bits a byte may take.
const maxVarint = 10

// VarintQUIC returns the integer at the beginning of b (RFC 9000, section 16), 0 to 2^62-1, and how many bytes it takes:
// 1, 2, 4 or 8, as its first two bits say. If it does not fit into b, n is -1 times the number of bytes needed.
func VarintQUIC(b []byte) (v uint64, n int) {
	if len(b) == 0 {
		return 0, -1
	}
	n = 1 << (b[0] >> 6)
	if n > len(b) {
		return 0, -n
	}
	switch n {
	case 1:
		return uint64(b[0]), 1
	case 2:
		return uint64(binary.BigEndian.Uint16(b) & 0x3fff), 2
	case 4:
		return uint64(binary.BigEndian.Uint32(b) & 0x3fff_ffff), 4
	}
	return binary.BigEndian.Uint64(b) & 0x3fff_ffff_ffff_ffff, 8
}

// VarintLEB128 returns the integer at the beginning of b, in groups of seven bits with the least significant first, and
// how many bytes it takes. n is -1 times the number of bytes needed when b ends before it, and 0 when it does not end
// within ten bytes or does not fit 64 bits.
func VarintLEB128(b []byte) (v uint64, n int) {
	for i := range maxVarint {
		if i == len(b) {
			return 0, -(i + 1)
		}
		group := uint64(b[i] & 0x7f)
		if bits.Len64(group)+7*i > 64 {
			return 0, 0
		}
		v |= group << (7 * i)
		if b[i] < 0x80 {
			return v, i + 1
		}
	}
	return 0, 0
}

// VarintBase128 is VarintLEB128 for groups with the most significant first.
func VarintBase128(b []byte) (v uint64, n int) {
	for i := range maxVarint {
		if i == len(b) {
			return 0, -(i + 1)
		}
		if v>>57 != 0 {
			return 0, 0
		}
		v = v<<7 | uint64(b[i]&0x7f)
		if b[i] < 0x80 {
			return v, i + 1
		}
	}
	return 0, 0
}

// Uint returns the big-endian integer that all bytes of b are, at most 8; 0 of none.
func Uint(b []byte) uint64 { return bigEndian(b) }

// UintLE is Uint for little-endian integers.
func UintLE(b []byte) uint64 { return littleEndian(b) }

// Int is Uint for two's complement.
func Int(b []byte) int64 { return signExtend(bigEndian(b), len(b)) }

// IntLE is Int for little-endian integers.
func IntLE(b []byte) int64 { return signExtend(littleEndian(b), len(b)) }

// signExtend makes the sign of n bytes that of 64 bits.
func signExtend(v uint64, n int) int64 {
	unused := uint(64 - 8*n)
	return int64(v<<unused) >> unused // all is shifted away of no bytes
}

// Varint records that an integer of variable length at off is bad. n is what Varint* returned, got how many bytes were
// left.
//
//go:noinline
func (r *Reader) Varint(field uint16, off, n, got int) int {
	if n == 0 {
		return r.Poison(datagram.Varint, field, off)
	}
	return r.Short(field, off, int64(-n), got)
}
