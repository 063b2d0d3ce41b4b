package wire

import "github.com/flowscope/fsd/runtime/datagram"

// Over returns the window of a field that is parsed again: data up to the end of view, which is a part of data, and the
// offset in data at which view begins. Views keep the capacity of the datagram, which tells where they are.
func Over(data, view []byte) (window []byte, off int) {
	off = cap(data) - cap(view)
	return data[:off+len(view)], off
}

// jumpBytes is how many bytes a jump pays for where a field is read at an offset.
const jumpBytes = 128

// At takes a jump for a field of at least size bytes that is read at an offset, and records the failure if none is left
// or the offset is past the datagram; off is where the parse stands.
func (r *Reader) At(field uint16, off, at, size int) bool {
	if r.Jumps == 0 {
		r.fail(datagram.JumpLimit, field, off, 0, 0)
		return false
	}
	r.Jumps--
	if at > len(r.Data) {
		r.fail(datagram.Short, field, at, uint32(size), 0)
		return false
	}
	return true
}

// Spend takes the jumps that the bytes of a field cost that was read at an offset, up to off, and records the failure if
// there are not as many left.
func (r *Reader) Spend(field uint16, at, off int) bool {
	if r.Jumps -= (off - at) / jumpBytes; r.Jumps < 0 {
		r.fail(datagram.JumpLimit, field, at, 0, 0)
		return false
	}
	return true
}
