package wire

import "encoding/binary"

// ToIPv4 is the address that an integer is, in network order.
func ToIPv4(x uint32) IPv4 {
	var a IPv4
	binary.BigEndian.PutUint32(a[:], x)
	return a
}

// ToMAC is the hardware address that the lower 48 bits of an integer are, in network order.
func ToMAC(x uint64) MAC {
	return MAC{byte(x >> 40), byte(x >> 32), byte(x >> 24), byte(x >> 16), byte(x >> 8), byte(x)}
}

// Xor4 is x with each byte XOR the byte of y in its place, as far as y has one. It uses four bytes of x, which has them.
func Xor4(x, y []byte) [4]byte {
	a := [4]byte(x)
	for i := range min(len(a), len(y)) {
		a[i] ^= y[i]
	}
	return a
}

// Xor6 is Xor4 for six bytes.
func Xor6(x, y []byte) [6]byte {
	a := [6]byte(x)
	for i := range min(len(a), len(y)) {
		a[i] ^= y[i]
	}
	return a
}

// Xor16 is Xor4 for sixteen bytes.
func Xor16(x, y []byte) [16]byte {
	a := [16]byte(x)
	for i := range min(len(a), len(y)) {
		a[i] ^= y[i]
	}
	return a
}
