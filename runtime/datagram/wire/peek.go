package wire

// Peek returns the big-endian integer of width bytes, at most 8, at off of b, or or if b does not have all of them.
func Peek(b []byte, off, width int, or uint64) uint64 {
	if off > len(b)-width {
		return or
	}
	return bigEndian(b[off : off+width])
}

// PeekLE is Peek for little-endian integers.
func PeekLE(b []byte, off, width int, or uint64) uint64 {
	if off > len(b)-width {
		return or
	}
	return littleEndian(b[off : off+width])
}

// PeekLast returns the big-endian integer of the last width bytes of b, at most 8, or or if they do not all stand at or
// behind off.
func PeekLast(b []byte, off, width int, or uint64) uint64 {
	if off > len(b)-width {
		return or
	}
	return bigEndian(b[len(b)-width:])
}

// PeekLastLE is PeekLast for little-endian integers.
func PeekLastLE(b []byte, off, width int, or uint64) uint64 {
	if off > len(b)-width {
		return or
	}
	return littleEndian(b[len(b)-width:])
}

func bigEndian(b []byte) uint64 {
	var n uint64
	for _, c := range b {
		n = n<<8 | uint64(c)
	}
	return n
}

func littleEndian(b []byte) uint64 {
	var n uint64
	for i, c := range b {
		n |= uint64(c) << (8 * (i & 7))
	}
	return n
}
