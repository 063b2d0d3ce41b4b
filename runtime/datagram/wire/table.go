package wire

import (
	"time"

	"github.com/flowscope/fsd/runtime/datagram"
	"github.com/flowscope/fsd/runtime/flow"
)

// Table keeps values by key, at most so many; one more takes the place of the one that was stored longest ago. The zero
// Table is ready. Time is that of a flow.Clock, so that no single wild time stamp lets values expire.
type Table[K comparable, V any] struct {
	index          map[K]*kept[K, V]
	oldest, newest *kept[K, V]
	spare          *kept[K, V] // by newer: what Clear left to be used again
}

// kept is a value in a Table, in the order in which they were stored.
type kept[K comparable, V any] struct {
	key          K
	value        V
	at           flow.Timestamp
	older, newer *kept[K, V]
}

// Len returns the number of values, those that have expired included.
func (t *Table[K, V]) Len() int { return len(t.index) }

// Find returns the value of a key, nil if there is none, or it was stored more than expire ago. With expire 0 values are
// kept for ever. The value is the table's: it stays as it is until something is stored.
func (t *Table[K, V]) Find(key K, now flow.Timestamp, expire time.Duration) *V {
	e := t.index[key]
	if e == nil || expire > 0 && now.Sub(e.at) > expire {
		return nil
	}
	return &e.value
}

// Store returns the place for the value of a key: what was stored under the key before, or with max values the oldest one,
// is there to be overwritten. added says that the table holds one value more than before.
func (t *Table[K, V]) Store(key K, now flow.Timestamp, max int) (value *V, added bool) {
	e := t.index[key]
	switch {
	case e != nil:
		t.unlink(e)
	case len(t.index) >= max && t.oldest != nil:
		e = t.oldest
		t.unlink(e)
		delete(t.index, e.key)
		e.key = key
		t.index[key] = e
	default:
		if t.index == nil {
			t.index = make(map[K]*kept[K, V])
		}
		if e, added = t.spare, true; e != nil {
			t.spare = e.newer
			*e = kept[K, V]{key: key}
		} else {
			e = &kept[K, V]{key: key}
		}
		t.index[key] = e
	}
	e.at = now
	e.older, e.newer = t.newest, nil
	if t.newest != nil {
		t.newest.newer = e
	} else {
		t.oldest = e
	}
	t.newest = e
	return &e.value, added
}

// Clear forgets all values. Their storage is used again.
func (t *Table[K, V]) Clear() {
	clear(t.index)
	if t.newest != nil {
		t.newest.newer = t.spare
		t.spare = t.oldest
	}
	t.oldest, t.newest = nil, nil
}

func (t *Table[K, V]) unlink(e *kept[K, V]) {
	if e.older != nil {
		e.older.newer = e.newer
	} else {
		t.oldest = e.newer
	}
	if e.newer != nil {
		e.newer.older = e.older
	} else {
		t.newest = e.older
	}
}

// Bounds of what is kept of hosts by the parsers of a protocol in one driver.
const (
	// MaxHosts is the greatest number of hosts.
	MaxHosts = 4096
	// MaxHostBytes is what the tables of all hosts together may take at most.
	MaxHostBytes = 64 << 20
)

// Hosts keeps state by host, the sender of datagrams. When there are too many, or they take too much memory, the one that
// was used longest ago is forgotten. The zero Hosts is ready.
type Hosts[T any] struct {
	index          map[flow.Addr]*Host[T]
	oldest, newest *Host[T]
	bytes          int64
}

// Host is what is kept of a host.
type Host[T any] struct {
	// Tables are the protocol's.
	Tables T
	// Now is the time as judged from the datagrams of the host that needed its state.
	Now flow.Timestamp

	addr         flow.Addr
	clock        flow.Clock
	bytes        int64
	older, newer *Host[T]
}

// Len returns the number of hosts.
func (h *Hosts[T]) Len() int { return len(h.index) }

// Bytes returns what the values of all hosts may take at most, in bytes.
func (h *Hosts[T]) Bytes() int64 { return h.bytes }

// Find returns what is kept of the sender of a datagram, nil if that is nothing. It is asked once for each datagram, which
// counts as use.
func (h *Hosts[T]) Find(meta *datagram.Meta) *Host[T] {
	e := h.index[meta.Src]
	if e == nil {
		return nil
	}
	if e != h.newest {
		h.unlink(e)
		h.append(e)
	}
	e.Now = e.clock.Observe(meta.Time)
	return e
}

// Make begins to keep state of the sender of a datagram, of which there is none yet.
func (h *Hosts[T]) Make(meta *datagram.Meta) *Host[T] {
	if len(h.index) >= MaxHosts {
		h.forget(h.oldest)
	}
	if h.index == nil {
		h.index = make(map[flow.Addr]*Host[T])
	}
	e := &Host[T]{addr: meta.Src}
	e.Now = e.clock.Observe(meta.Time)
	h.index[meta.Src] = e
	h.append(e)
	return e
}

// Grown tells that a host has one value more, of so many bytes at most. Others may be forgotten for it.
func (h *Hosts[T]) Grown(e *Host[T], bytes int64) {
	e.bytes += bytes
	h.bytes += bytes
	for h.bytes > MaxHostBytes && h.oldest != e {
		h.forget(h.oldest)
	}
}

func (h *Hosts[T]) forget(e *Host[T]) {
	h.unlink(e)
	delete(h.index, e.addr)
	h.bytes -= e.bytes
}

func (h *Hosts[T]) append(e *Host[T]) {
	e.older, e.newer = h.newest, nil
	if h.newest != nil {
		h.newest.newer = e
	} else {
		h.oldest = e
	}
	h.newest = e
}

func (h *Hosts[T]) unlink(e *Host[T]) {
	if e.older != nil {
		e.older.newer = e.newer
	} else {
		h.oldest = e.newer
	}
	if e.newer != nil {
		e.newer.older = e.older
	} else {
		h.newest = e.older
	}
}
