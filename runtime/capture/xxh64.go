package capture

import (
	"encoding/binary"
	"math/bits"
)

// The primes of XXH64 (RFC 8878 refers to it for the content checksum of a frame, section 3.1.1).
const (
	xxPrime1 uint64 = 0x9e3779b185ebca87
	xxPrime2 uint64 = 0xc2b2ae3d27d4eb4f
	xxPrime3 uint64 = 0x165667b19e3779f9
	xxPrime4 uint64 = 0x85ebca77c2b2ae63
	xxPrime5 uint64 = 0x27d4eb2f165667c5
)

// xxh64 computes XXH64 with seed 0 over what is written to it. It has to be reset before use.
type xxh64 struct {
	lanes [4]uint64
	tail  [32]byte
	used  int // of tail
	total uint64
}

func (x *xxh64) reset() {
	one := xxPrime1
	*x = xxh64{lanes: [4]uint64{one + xxPrime2, xxPrime2, 0, -one}}
}

func (x *xxh64) write(b []byte) {
	x.total += uint64(len(b))
	if x.used > 0 {
		n := copy(x.tail[x.used:], b)
		x.used += n
		b = b[n:]
		if x.used < len(x.tail) {
			return
		}
		x.stripes(x.tail[:])
	}
	whole := len(b) &^ 31
	x.stripes(b[:whole])
	x.used = copy(x.tail[:], b[whole:])
}

// stripes takes in whole stripes of 32 bytes.
func (x *xxh64) stripes(b []byte) {
	l := x.lanes
	for ; len(b) >= 32; b = b[32:] {
		l[0] = xxRound(l[0], binary.LittleEndian.Uint64(b))
		l[1] = xxRound(l[1], binary.LittleEndian.Uint64(b[8:]))
		l[2] = xxRound(l[2], binary.LittleEndian.Uint64(b[16:]))
		l[3] = xxRound(l[3], binary.LittleEndian.Uint64(b[24:]))
	}
	x.lanes = l
}

func (x *xxh64) sum() uint64 {
	h := xxPrime5
	if x.total >= 32 {
		l := x.lanes
		h = bits.RotateLeft64(l[0], 1) + bits.RotateLeft64(l[1], 7) + bits.RotateLeft64(l[2], 12) + bits.RotateLeft64(l[3], 18)
		for _, v := range l {
			h = (h^xxRound(0, v))*xxPrime1 + xxPrime4
		}
	}
	h += x.total
	b := x.tail[:x.used]
	for ; len(b) >= 8; b = b[8:] {
		h ^= xxRound(0, binary.LittleEndian.Uint64(b))
		h = bits.RotateLeft64(h, 27)*xxPrime1 + xxPrime4
	}
	if len(b) >= 4 {
		h ^= uint64(binary.LittleEndian.Uint32(b)) * xxPrime1
		h = bits.RotateLeft64(h, 23)*xxPrime2 + xxPrime3
		b = b[4:]
	}
	for _, c := range b {
		h ^= uint64(c) * xxPrime5
		h = bits.RotateLeft64(h, 11) * xxPrime1
	}
	h ^= h >> 33
	h *= xxPrime2
	h ^= h >> 29
	h *= xxPrime3
	return h ^ h>>32
}

func xxRound(acc, v uint64) uint64 {
	return bits.RotateLeft64(acc+v*xxPrime2, 31) * xxPrime1
}
