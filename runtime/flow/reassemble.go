package flow

import (
	"bytes"
	"slices"
	"time"
)

// Defaults of ReassemblyConfig.
const (
	DefaultReassemblyMemory    = 4 << 20
	DefaultReassemblyDatagrams = 4096
	DefaultReassemblyTimeout   = 30 * time.Second
)

const (
	maxDatagram  = 65535 // greatest length of a reassembled IP payload
	maxFragments = 256   // of one datagram
	// fragmentCost is what a waiting datagram counts beside its bytes.
	fragmentCost = 256
)

// ReassemblyConfig holds the bounds of a Reassembler. The zero value means the defaults.
type ReassemblyConfig struct {
	// Memory bounds the bytes that are held for datagrams that are not complete; 0 means DefaultReassemblyMemory.
	Memory int
	// Datagrams bounds their number; 0 means DefaultReassemblyDatagrams.
	Datagrams int
	// Timeout is how long the fragment that was seen first waits for the others, in the time of the capture; 0
	// means DefaultReassemblyTimeout.
	Timeout time.Duration
	// Decoder reads the datagrams; nil means what Decode does.
	Decoder *Decoder
}

// ReassemblyStats are the counters of a Reassembler.
type ReassemblyStats struct {
	// Fragments counts what was given to Add, Datagrams what became whole.
	Fragments, Datagrams uint64
	// TimedOut counts datagrams whose other fragments did not come in time, NoRoom those that made place for newer
	// ones, Refused those that a fragment made suspect.
	TimedOut, NoRoom, Refused uint64
}

// Reassembler puts the fragments of IPv4 and IPv6 packets together again (RFC 791; RFC 8200, section 4.5), within
// bounds of memory, number and time: it never holds more than the fragments' own bytes, and drops the oldest datagram
// when there is no room.
//
// A datagram is refused, with all that comes of it until the timeout, when one of its fragments overlaps another
// (RFC 5722; an exact repetition is ignored), goes beyond the end or the limit of 65,535 bytes, is not a multiple of 8
// bytes long though others follow, was cut by the capture, or is the 257th. What a receiver would make of such a
// datagram depends on the receiver, so that a guess here would let a sender show us something else.
//
// Networks that a VLAN or a tunnel tells apart are kept apart. A Reassembler is not safe for concurrent use.
type Reassembler struct {
	conf    ReassemblyConfig
	pending map[fragmentKey]*partial
	oldest  *partial // in the order of their first fragments
	newest  *partial
	spare   *partial // to be used again, chained by newer
	memory  int
	clock   Clock
	stats   ReassemblyStats
	whole   []byte // the most recent datagram
}

// fragmentKey is what fragments of one datagram have in common.
type fragmentKey struct {
	src, dst Addr
	id       uint32
	scope    uint32
	proto    uint8 // 0 for IPv6: only the first fragment's counts
	version  uint8
}

// partial is a datagram of which fragments are missing, or a refused one.
type partial struct {
	key          fragmentKey
	first, raw   Timestamp // of the fragment that was seen first, by the clock and in the capture
	data         []byte    // the fragments' bytes in order of arrival
	pieces       []piece
	total        int // -1 while the last fragment is missing
	have         int // bytes in pieces
	proto        uint8
	refused      bool
	older, newer *partial
}

// piece says that bytes [from, to) of the datagram are at data[at:].
type piece struct{ from, to, at int }

// NewReassembler returns a Reassembler that holds nothing.
func NewReassembler(c ReassemblyConfig) *Reassembler {
	if c.Memory <= 0 {
		c.Memory = DefaultReassemblyMemory
	}
	if c.Datagrams <= 0 {
		c.Datagrams = DefaultReassemblyDatagrams
	}
	if c.Timeout <= 0 {
		c.Timeout = DefaultReassemblyTimeout
	}
	if c.Decoder == nil {
		c.Decoder = &standard
	}
	return &Reassembler{conf: c, pending: make(map[fragmentKey]*partial)}
}

// Stats returns the counters.
func (r *Reassembler) Stats() ReassemblyStats { return r.stats }

// Pending returns how many datagrams wait for fragments (refused ones wait for their time to pass), and what is held
// for them in bytes.
func (r *Reassembler) Pending() (datagrams, bytes int) { return len(r.pending), r.memory }

// Add takes a decoded fragment and reports whether it made a datagram whole. If so, p becomes that datagram: it is no
// fragment any more and has ports and payload, or the verdict that says why not. The payload is a view of the
// Reassembler's memory, good until the next call; all else in p is that of the fragment that came last.
//
// If not, p stays the fragment that it is. What is no fragment is left alone.
func (r *Reassembler) Add(p *Packet) bool {
	if p.Verdict != VerdictOK || !p.Fragment {
		return false
	}
	r.stats.Fragments++
	now := r.clock.of(p)
	for r.oldest != nil && r.late(r.oldest, now, p.Time) {
		r.drop(r.oldest, &r.stats.TimedOut)
	}
	key := fragmentKey{src: p.Src, dst: p.Dst, id: p.FragmentID, proto: p.Proto, version: p.IPVersion}
	if p.IPVersion == 6 {
		key.proto = 0
	}
	if p.VLANs > 0 || p.Depth > 0 {
		key.scope = (ScopeVLAN | ScopeTunnel).of(p)
	}
	d := r.pending[key]
	if d == nil {
		if len(r.pending) >= r.conf.Datagrams {
			r.drop(r.oldest, &r.stats.NoRoom)
		}
		d = r.start(key, now)
		d.raw = p.Time
	}
	if d.refused {
		return false
	}
	before := len(d.data)
	if !d.add(p) {
		r.stats.Refused++
		r.memory -= before
		d.refused, d.data, d.pieces = true, nil, nil
		return false
	}
	r.memory += len(d.data) - before
	if d.have != d.total {
		for r.memory > r.conf.Memory {
			r.drop(r.oldest, &r.stats.NoRoom)
		}
		return false
	}
	r.whole = r.whole[:0]
	for _, f := range d.pieces {
		r.whole = append(r.whole, d.data[f.at:f.at+f.to-f.from]...)
	}
	r.stats.Datagrams++
	proto := d.proto
	r.drop(d, nil)
	r.conf.Decoder.transport(p, proto, r.whole)
	return true
}

// late says whether a datagram has waited for too long. The clock follows a jump of the capture only when a second packet
// bears it out, and may have moved between two fragments that the capture has close together.
func (r *Reassembler) late(d *partial, now, raw Timestamp) bool {
	if now.Sub(d.first) < r.conf.Timeout && now >= d.first {
		return false
	}
	apart := raw.Sub(d.raw)
	return apart < 0 || apart >= r.conf.Timeout
}

// start adds a datagram of which nothing is there yet.
func (r *Reassembler) start(key fragmentKey, now Timestamp) *partial {
	d := r.spare
	if d != nil {
		r.spare = d.newer
	} else {
		d = new(partial)
	}
	*d = partial{key: key, first: now, total: -1, data: d.data[:0], pieces: d.pieces[:0], older: r.newest}
	if r.newest != nil {
		r.newest.newer = d
	} else {
		r.oldest = d
	}
	r.newest = d
	r.pending[key] = d
	r.memory += fragmentCost
	return d
}

// drop takes d out, and counts it unless it was refused before.
func (r *Reassembler) drop(d *partial, count *uint64) {
	if count != nil && !d.refused {
		*count++
	}
	if d.older != nil {
		d.older.newer = d.newer
	} else {
		r.oldest = d.newer
	}
	if d.newer != nil {
		d.newer.older = d.older
	} else {
		r.newest = d.older
	}
	delete(r.pending, d.key)
	r.memory -= len(d.data) + fragmentCost
	// One is kept for the usual case that the next datagram is fragmented as well.
	d.older, d.newer = nil, nil
	if r.spare == nil {
		r.spare = d
	}
}

// add puts a fragment in, and reports false when it makes the datagram suspect.
func (d *partial) add(p *Packet) bool {
	data := p.FragmentData()
	from, to := int(p.FragmentOffset), int(p.FragmentOffset)+len(data)
	if int(p.FragmentWire) != len(data) || to > maxDatagram {
		return false
	}
	at, found := slices.BinarySearchFunc(d.pieces, from, func(f piece, from int) int { return f.from - from })
	if found {
		f := d.pieces[at]
		// A repetition says the same again, or is not to be trusted.
		return f.to == to && bytes.Equal(d.data[f.at:f.at+to-from], data) && p.MoreFragments == (to != d.total)
	}
	switch {
	case to == from, len(d.pieces) >= maxFragments:
		return false
	case at > 0 && d.pieces[at-1].to > from, at < len(d.pieces) && d.pieces[at].from < to:
		return false
	case p.MoreFragments && (to-from)%8 != 0, d.total >= 0 && to > d.total:
		return false
	}
	if !p.MoreFragments {
		if d.total >= 0 || len(d.pieces) > 0 && d.pieces[len(d.pieces)-1].to > to {
			return false
		}
		d.total = to
	}
	if from == 0 {
		d.proto = p.Proto
	}
	d.pieces = slices.Insert(d.pieces, at, piece{from, to, len(d.data)})
	d.data = append(d.data, data...)
	d.have += to - from
	return true
}

// transport makes p the whole packet whose IP payload is b.
func (d *Decoder) transport(p *Packet, proto uint8, b []byte) {
	p.Fragment, p.MoreFragments, p.fragment = false, false, nil
	p.FragmentID, p.FragmentOffset, p.FragmentWire = 0, 0, 0
	p.Proto = proto
	w := walk{d: d, p: p, f: b, end: len(b), wire: len(b)}
	if p.Verdict = w.run(hdrTransport); p.Verdict != VerdictOK {
		p.HasPayload, p.Payload, p.PayloadWire, p.SrcPort, p.DstPort = false, nil, 0, 0, 0
	}
}
