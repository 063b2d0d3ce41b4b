package wire

import "math/bits"

// The most digits that an integer of text may have, leading zeros included.
const (
	maxDec = 20
	maxHex = 16
)

// Dec returns the number that the decimal digits at the beginning of b are, all that stand there, and how many they
// are. n is 0 if there is none, there are more than 20, or the number is greater than most.
func Dec(b []byte, most uint64) (v uint64, n int) {
	for n < len(b) {
		d := uint64(b[n] - '0')
		if d > 9 {
			break
		}
		if n >= maxDec-1 { // 19 digits always fit
			if n == maxDec {
				return 0, 0
			}
			hi, lo := bits.Mul64(v, 10)
			sum, carry := bits.Add64(lo, d, 0)
			if hi != 0 || carry != 0 {
				return 0, 0
			}
			v = sum
		} else {
			v = v*10 + d
		}
		n++
	}
	if v > most {
		return 0, 0
	}
	return v, n
}

// DecInt is Dec for an integer of two's complement of so many bits, 8 to 64, which may begin with '-'.
func DecInt(b []byte, bits int) (v int64, n int) {
	most := uint64(1)<<(bits-1) - 1
	if len(b) > 0 && b[0] == '-' {
		u, n := Dec(b[1:], most+1)
		if n == 0 {
			return 0, 0
		}
		return -int64(u), n + 1
	}
	u, n := Dec(b, most)
	return int64(u), n
}

// Hex is Dec for hexadecimal digits of either case, at most 16.
func Hex(b []byte, most uint64) (v uint64, n int) {
	for n < len(b) {
		d := hexValues[b[n]]
		if d == 0 {
			break
		}
		if n == maxHex {
			return 0, 0
		}
		v = v<<4 | uint64(d-1)
		n++
	}
	if v > most {
		return 0, 0
	}
	return v, n
}

// hexValues has the value of each digit and 1, 0 for what is none.
var hexValues = func() (t [256]uint8) {
	for i := range uint8(10) {
		t['0'+i] = i + 1
	}
	for i := range uint8(6) {
		t['a'+i], t['A'+i] = i+11, i+11
	}
	return t
}()

// Class is a set of bytes: bit b%64 of word b/64 is set for each byte b of it.
type Class [4]uint64

// Span returns how many bytes at the beginning of b are of a class.
func Span(b []byte, class *Class) int {
	for i, c := range b {
		if class[c>>6]>>(c&63)&1 == 0 {
			return i
		}
	}
	return len(b)
}
