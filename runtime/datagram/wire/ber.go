package wire

import (
	"bytes"
	"iter"
	"strconv"

	"github.com/flowscope/fsd/runtime/datagram"
)

// Element looks for an element of ASN.1 BER (X.690, section 8.1) with the identifier octet tag at the beginning of b. n is
// the length of its contents, head that of identifier and length octets; head is 0 if there is no such element, or b does
// not hold it whole (Reader.NoElement tells which). Lengths are definite and take 5 octets at most.
func Element(b []byte, tag uint8) (n, head int) {
	if len(b) < 2 || b[0] != tag {
		return 0, 0
	}
	if n = int(b[1]); n < 0x80 {
		if n > len(b)-2 {
			return 0, 0
		}
		return n, 2
	}
	return longElement(b)
}

func longElement(b []byte) (n, head int) {
	size, head := elementLength(b[1:])
	if head <= 0 || size > uint64(len(b)-1-head) {
		return 0, 0
	}
	return int(size), head + 1
}

// elementLength reads length octets: the length, and how many octets it takes; -1 times the number of octets needed when b
// does not hold them, 0 for the indefinite form and for more than 5 octets.
func elementLength(b []byte) (n uint64, octets int) {
	switch {
	case len(b) == 0:
		return 0, -1
	case b[0] < 0x80:
		return uint64(b[0]), 1
	case b[0] == 0x80 || b[0] > 0x84:
		return 0, 0
	}
	octets = int(b[0]&0x7f) + 1
	if octets > len(b) {
		return 0, -octets
	}
	return Uint(b[1:octets]), octets
}

// NoElement records why Element found none in b, which begins at off: another tag, a length that is none, or too few bytes.
//
//go:noinline
func (r *Reader) NoElement(field uint16, off int, b []byte, tag uint8) int {
	if len(b) == 0 {
		return r.Short(field, off, 2, 0)
	}
	if b[0] != tag {
		return r.Poison(datagram.BERTag, field, off)
	}
	n, octets := elementLength(b[1:])
	switch {
	case octets == 0:
		return r.Poison(datagram.BERLength, field, off)
	case octets < 0:
		return r.Short(field, off, int64(1-octets), len(b))
	}
	return r.Short(field, off, int64(n)+int64(1+octets), len(b))
}

// BERInt returns the integer that all bytes of b are, in two's complement (X.690, section 8.3), and their number. Longer
// encodings than necessary are as good as the shortest. n is -1 when b is empty, and 0 when it has more than eight bytes.
func BERInt(b []byte) (v int64, n int) {
	switch {
	case len(b) == 0:
		return 0, -1
	case len(b) > 8:
		return 0, 0
	}
	v = int64(int8(b[0]))
	for _, c := range b[1:] {
		v = v<<8 | int64(c)
	}
	return v, len(b)
}

// BERUint is BERInt for an integer that is never negative and fits size bytes, 1 to 8; one more byte in front is 0. The top
// bit is no sign: some senders leave the zero byte in front out.
func BERUint(b []byte, size int) (v uint64, n int) {
	switch {
	case len(b) == 0:
		return 0, -1
	case len(b) > size && (len(b) != size+1 || b[0] != 0):
		return 0, 0
	}
	for _, c := range b {
		v = v<<8 | uint64(c)
	}
	return v, len(b)
}

// OID is an object identifier as it stands in the datagram: the contents of an element (X.690, section 8.19). Parsers check
// nothing of it; Valid does.
type OID []byte

// maxArc is the most bytes that an arc may take to fit 64 bits.
const maxArc = 9

// Valid says whether o is an object identifier whose arcs are below 2^63.
func (o OID) Valid() bool {
	if len(o) == 0 || o[len(o)-1] >= 0x80 {
		return false
	}
	run := 0
	for _, c := range o {
		if run++; run > maxArc {
			return false
		}
		if c < 0x80 {
			run = 0
		}
	}
	return true
}

// Arcs returns the numbers of a valid identifier in their order, none of one that is not.
func (o OID) Arcs() iter.Seq[uint64] {
	return func(yield func(uint64) bool) {
		if !o.Valid() {
			return
		}
		var v uint64
		first := true
		for _, c := range o {
			if v = v<<7 | uint64(c&0x7f); c >= 0x80 {
				continue
			}
			if first {
				first = false
				top := min(v/40, 2)
				if !yield(top) {
					return
				}
				v -= 40 * top
			}
			if !yield(v) {
				return
			}
			v = 0
		}
	}
}

// AppendTo appends the usual text, such as 1.3.6.1.2.1.1.3.0; of what is no identifier nothing.
func (o OID) AppendTo(dst []byte) []byte {
	begin := len(dst)
	for v := range o.Arcs() {
		if len(dst) > begin {
			dst = append(dst, '.')
		}
		dst = strconv.AppendUint(dst, v, 10)
	}
	return dst
}

// String returns the text of AppendTo.
func (o OID) String() string { return string(o.AppendTo(nil)) }

// Equal says whether the arcs are the same, as far as the shortest encoding tells.
func (o OID) Equal(p OID) bool { return bytes.Equal(o, p) }
