package datagram

// slab holds values by number, from 1 on, in chunks that stay where they are: it grows without a copy. What was given
// back is taken again first, as it was left.
type slab[T any] struct {
	chunks [][]T
	used   uint32   // numbers up to this were taken once
	free   []uint32 // those of them that were given back
}

const slabChunk = 1 << 9

func (s *slab[T]) take() uint32 {
	if n := len(s.free) - 1; n >= 0 {
		number := s.free[n]
		s.free = s.free[:n]
		return number
	}
	if int(s.used) == len(s.chunks)*slabChunk {
		s.chunks = append(s.chunks, make([]T, slabChunk))
	}
	s.used++
	return s.used
}

func (s *slab[T]) at(number uint32) *T { return &s.chunks[(number-1)/slabChunk][(number-1)%slabChunk] }

func (s *slab[T]) give(number uint32) { s.free = append(s.free, number) }
