package eval

import (
	"bytes"
	"slices"
)

// A value is a uint64, and the static type says what it means:
//
//	integer, enum, flags, bits, unix32, ntp32, ntp64   the number, in two's complement if signed
//	bool                                               0 or 1
//	bytes, ipv4, ipv6, mac, uuid                       span: offset in the datagram << 32 | length
//	struct                                             the first of its nodes, or none
//	array                                              span: the first of its nodes << 32 | number of elements
//	chain                                              span: the first of its items << 32 | number of items

// none is the value of a struct without fields, and the end of a list of nodes.
const none uint32 = 1<<32 - 1

func span(first uint32, n int) uint64 { return uint64(first)<<32 | uint64(n) }

func spanned(v uint64) (first uint32, n int) { return uint32(v >> 32), int(uint32(v)) }

// node is a field of a struct or an element of an array, in a list of such.
type node struct {
	value uint64
	next  uint32
	field uint32 // index of Struct.Fields, 0 for elements
}

// Sizes of the pieces that storage grows by: growing never moves what is there, so that a datagram costs what its
// message takes and not more.
const (
	nodeChunk = 256
	itemChunk = 1024
)

// tree is the storage of a message.
type tree struct {
	data  []byte // the datagram
	nodes [][]node
	used  int // nodes
	// items are those of chains: offset << 16 | length. Neither exceeds 65535, as a datagram does not.
	items  [][]uint32
	nitems int
	// computed are the bytes of values that do not stand in the datagram.
	computed []byte
}

func (t *tree) reset(data []byte) { t.data, t.used, t.nitems = data, 0, 0; t.computed = t.computed[:0] }

// add appends a node that is not in any list yet.
func (t *tree) add(value uint64, field int) uint32 {
	i := t.used
	if i/nodeChunk == len(t.nodes) {
		t.nodes = append(t.nodes, make([]node, nodeChunk))
	}
	t.nodes[i/nodeChunk][i%nodeChunk] = node{value, none, uint32(field)}
	t.used++
	return uint32(i)
}

func (t *tree) node(i uint32) *node { return &t.nodes[i/nodeChunk][i%nodeChunk] }

// keep stores the items of a chain and returns its value.
func (t *tree) keep(items []uint32) uint64 {
	first := uint32(t.nitems)
	for _, item := range items {
		if t.nitems/itemChunk == len(t.items) {
			t.items = append(t.items, make([]uint32, itemChunk))
		}
		t.items[t.nitems/itemChunk][t.nitems%itemChunk] = item
		t.nitems++
	}
	return span(first, len(items))
}

// item returns the bytes of an item.
func (t *tree) item(i int) []byte {
	x := t.items[i/itemChunk][i%itemChunk]
	return t.data[x>>16:][:x&0xffff]
}

// packItem is the form in which the tree keeps an item that v spans.
func packItem(v uint64) uint32 {
	off, n := spanned(v)
	return off<<16 | uint32(n)
}

// bytes returns the bytes that a value spans.
func (t *tree) bytes(v uint64) []byte {
	off, n := spanned(v)
	if off&madeBit != 0 {
		return t.computed[off&^madeBit:][:n]
	}
	return t.data[off:][:n]
}

// find returns a field of a struct, if the struct has it. Of a field that was read twice the last one counts.
func (t *tree) find(v uint64, field int) (value uint64, ok bool) {
	for i := uint32(v); i != none; i = t.node(i).next {
		if n := t.node(i); n.field == uint32(field) {
			value, ok = n.value, true
		}
	}
	return value, ok
}

// inOrder says whether the fields of a struct were read in the order of Struct.Fields, each once.
func (t *tree) inOrder(v uint64) bool {
	for i := uint32(v); i != none; i = t.node(i).next {
		if next := t.node(i).next; next != none && t.node(next).field <= t.node(i).field {
			return false
		}
	}
	return true
}

// clone copies the tree and the datagram.
func (t *tree) clone() tree {
	c := tree{data: bytes.Clone(t.data), used: t.used, nitems: t.nitems, computed: bytes.Clone(t.computed)}
	for i := 0; i < t.used; i += nodeChunk {
		c.nodes = append(c.nodes, slices.Clone(t.nodes[i/nodeChunk]))
	}
	for i := 0; i < t.nitems; i += itemChunk {
		c.items = append(c.items, slices.Clone(t.items[i/itemChunk]))
	}
	return c
}

// list is a list of nodes being made.
type list struct{ first, last uint32 }

var empty = list{none, none}

func (l *list) append(t *tree, value uint64, field int) {
	i := t.add(value, field)
	if l.first == none {
		l.first = i
	} else {
		t.node(l.last).next = i
	}
	l.last = i
}
