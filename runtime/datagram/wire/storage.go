package wire

import "bytes"

// Grow returns s with length n. Elements behind len(s) are what an earlier use of the storage left there, so that
// what they own can be used again; the caller overwrites them. When the capacity does not do, all elements move to
// new storage of exactly n; callers that grow step by step use [Next].
func Grow[T any](s []T, n int) []T {
	if n <= cap(s) {
		return s[:n]
	}
	return grow(s, n)
}

//go:noinline
func grow[T any](s []T, n int) []T {
	t := make([]T, n)
	copy(t, s[:cap(s)])
	return t
}

// growth is how many times its size storage grows to, step by step. The storage is kept, and never more than the bytes
// of the datagram can fill; a small factor would leave more behind for the collector than it saves.
const growth = 4

// grown is the capacity for one more than n elements, or more: growth times n, but not more than the bytes left can fill, of
// which limit says how many elements they hold at most. These bytes may be those of a small window in the datagram; half as
// much again is always added, so that a list which is shared by many windows is not copied for each.
func grown(n, more, limit int) int {
	return max(n+more, min(max(growth*n, 4), n+limit), n+n/2)
}

// Next returns s with one more element, which holds what an earlier use of the storage left there. limit is how
// many elements the bytes left can hold at most, so that growth does not outrun the datagram.
func Next[T any](s []T, limit int) []T {
	if len(s) < cap(s) {
		return s[:len(s)+1]
	}
	return next(s, limit)
}

//go:noinline
func next[T any](s []T, limit int) []T {
	t := make([]T, len(s)+1, grown(len(s), 1, limit))
	copy(t, s)
	return t
}

// Arena hands out places for values of one type that stay where they are until Reset, after which they are handed
// out again. The zero Arena is ready. What a place holds from its earlier use stays, the caller overwrites it.
type Arena[T any] struct {
	chunks [][]T
	chunk  int // the chunk in use
	used   int // places of it that are taken
}

// maxChunk bounds what one step of growth allocates, in places.
const maxChunk = 256

// Reset takes all places back.
func (a *Arena[T]) Reset() { a.chunk, a.used = 0, 0 }

// Next returns the next place.
func (a *Arena[T]) Next() *T {
	if a.chunk < len(a.chunks) {
		if c := a.chunks[a.chunk]; a.used < len(c) {
			a.used++
			return &c[a.used-1]
		}
	}
	return a.nextChunk()
}

//go:noinline
func (a *Arena[T]) nextChunk() *T {
	if a.chunk < len(a.chunks) {
		a.chunk++
	}
	if a.chunk == len(a.chunks) {
		n := 1
		if a.chunk > 0 {
			n = min(2*len(a.chunks[a.chunk-1]), maxChunk)
		}
		a.chunks = append(a.chunks, make([]T, n))
	}
	a.used = 1
	return &a.chunks[a.chunk][0]
}

// Levels is storage for the elements of arrays whose elements may own arrays of the same type: a list for each level of
// nesting, so that the elements of one array stand side by side. The zero Levels is ready.
type Levels[T any] struct {
	lists []*[]T
	level int // the lists of the levels before it are in use
}

// Reset takes all places back, and ends all levels.
func (l *Levels[T]) Reset() {
	l.level = 0
	for _, list := range l.lists {
		*list = (*list)[:0]
	}
}

// Enter begins a level, and returns its list: the elements of the arrays of that level, one after the other. It grows by
// [Next] and [Extend].
func (l *Levels[T]) Enter() *[]T {
	if l.level == len(l.lists) {
		l.lists = append(l.lists, new([]T))
	}
	l.level++
	return l.lists[l.level-1]
}

// Leave ends the level that was entered last.
func (l *Levels[T]) Leave() { l.level-- }

// Rebase returns the bytes of view, a part of from, as the same part of to, a copy of from. What is not a part of
// from is copied.
func Rebase(view, from, to []byte) []byte {
	if len(view) == 0 {
		if view == nil {
			return nil
		}
		return []byte{}
	}
	i := cap(from) - cap(view)
	if i >= 0 && i+len(view) <= len(from) && &from[i] == &view[0] {
		return to[i : i+len(view)]
	}
	return bytes.Clone(view)
}

// Extend returns s with n more elements, which hold what an earlier use of the storage left there. limit is how many
// elements the bytes left can hold at most.
func Extend[T any](s []T, n, limit int) []T {
	if len(s)+n <= cap(s) {
		return s[: len(s)+n : cap(s)]
	}
	return extend(s, n, limit)
}

//go:noinline
func extend[T any](s []T, n, limit int) []T {
	t := make([]T, len(s)+n, grown(len(s), n, limit))
	copy(t, s)
	return t
}

// CloneList returns a copy of s with each element cloned by fn; nil stays nil.
func CloneList[T any](s []T, fn func(T) T) []T {
	if s == nil {
		return nil
	}
	c := make([]T, len(s))
	for i := range s {
		c[i] = fn(s[i])
	}
	return c
}

// CloneStructs is CloneList for large elements.
func CloneStructs[T any](s []T, fn func(*T) T) []T {
	if s == nil {
		return nil
	}
	c := make([]T, len(s))
	for i := range s {
		c[i] = fn(&s[i])
	}
	return c
}
