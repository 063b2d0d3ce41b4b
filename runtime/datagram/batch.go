package datagram

import (
	"sync"

	"github.com/flowscope/fsd/runtime/flow"
)

// batch is a run of packets on its way through the workers. All workers see all batches, each works on the packets of
// its own shards.
type batch struct {
	packets []flow.Packet
	shards  []uint8 // of the packets
	sweeps  []sweepAt
	arena   []byte // the frames
	done    sync.WaitGroup
	outs    []batchOut // by worker
}

// sweepAt says that all shards sweep at now after packet number after-1 of the batch.
type sweepAt struct {
	after int
	now   flow.Timestamp
}

// batchOut holds the records that one worker made of a batch, in pieces that end at the marks.
type batchOut struct {
	buf   []byte
	marks []mark
	// next and from are the first piece that was not merged yet, and where it begins.
	next, from int
}

// mark says that the piece that ends at end is that of a place: of packet i (2i+1), or of a sweep before packet i
// (2i), and then of the shard.
type mark struct {
	place int
	shard int
	end   int
}

// start makes the batches and starts the workers.
func (s *Sharded) start() {
	for range 2*len(s.outs) + 2 {
		b := &batch{
			packets: make([]flow.Packet, 0, batchPackets),
			shards:  make([]uint8, 0, batchPackets),
			arena:   make([]byte, 0, batchBytes),
			outs:    make([]batchOut, len(s.outs)),
		}
		s.batches = append(s.batches, b)
	}
	for i, out := range s.outs {
		out.work = make(chan *batch, len(s.batches))
		go s.worker(i, out)
	}
}

func (s *Sharded) stop() {
	for ; s.flying > 0; s.flying-- {
		s.batches[s.first].done.Wait()
		s.first = (s.first + 1) % len(s.batches)
	}
	for _, out := range s.outs {
		close(out.work)
	}
}

// maxLayers is how many packets one frame can hold, each in the other.
const maxLayers = 1 + flow.MaxTunnels

// queue adds the packets of a frame to the batch that is being filled.
func (s *Sharded) queue(p *flow.Packet) error {
	b := s.batches[s.fill]
	if len(b.packets)+maxLayers > cap(b.packets) || len(b.packets) > 0 && len(b.arena)+len(p.Frame) > cap(b.arena) {
		if err := s.ship(); err != nil {
			return err
		}
		b = s.batches[s.fill]
	}
	q := b.add()
	q.Time, q.WireLen, q.Number, q.Interface, q.Link = p.Time, p.WireLen, p.Number, p.Interface, p.Link
	q.Frame = b.keep(p.Frame)
	s.decode(q)
	for {
		part := q.Fragment
		if !s.admit(q) {
			b.packets = b.packets[:len(b.packets)-1]
			return nil
		}
		if part && !q.Fragment {
			// A view of the reassembler's memory.
			q.Payload = b.keep(q.Payload)
		}
		b.shards = append(b.shards, s.shard(q))
		if s.sweepDue(q) {
			b.sweeps = append(b.sweeps, sweepAt{len(b.packets), s.lastSweep})
		}
		if !s.layered || !s.o.Decoder.MayEnter(q) {
			return nil
		}
		outer := q
		q = b.add()
		if *q = *outer; !s.o.Decoder.Inner(q) {
			b.packets = b.packets[:len(b.packets)-1]
			return nil
		}
	}
}

// add adds a packet, whose fields may hold anything.
func (b *batch) add() *flow.Packet {
	b.packets = b.packets[:len(b.packets)+1]
	return &b.packets[len(b.packets)-1]
}

// keep copies bytes to the batch. The arena never moves: what does not fit gets memory of its own.
func (b *batch) keep(bytes []byte) []byte {
	n := len(b.arena)
	if n+len(bytes) > cap(b.arena) {
		return append([]byte(nil), bytes...)
	}
	b.arena = append(b.arena, bytes...)
	return b.arena[n:len(b.arena):len(b.arena)]
}

// ship gives the batch that is being filled to the workers, and makes room for the next one.
func (s *Sharded) ship() error {
	b := s.batches[s.fill]
	b.done.Add(len(s.outs))
	for _, out := range s.outs {
		out.work <- b
	}
	s.fill = (s.fill + 1) % len(s.batches)
	s.flying++
	if s.flying == len(s.batches) {
		return s.collect()
	}
	return s.err
}

// drain ships what is there and waits for all of it.
func (s *Sharded) drain() error {
	if b := s.batches[s.fill]; len(b.packets) > 0 {
		_ = s.ship()
	}
	for s.flying > 0 {
		_ = s.collect()
	}
	return s.output(&s.merged)
}

// collect waits for the oldest batch, brings its records into order, and empties it.
func (s *Sharded) collect() error {
	b := s.batches[s.first]
	b.done.Wait()
	s.first = (s.first + 1) % len(s.batches)
	s.flying--
	s.merged = b.merge(s.merged)
	b.packets, b.shards, b.sweeps, b.arena = b.packets[:0], b.shards[:0], b.sweeps[:0], b.arena[:0]
	for i := range b.outs {
		o := &b.outs[i]
		*o = batchOut{buf: o.buf[:0], marks: o.marks[:0]}
	}
	if len(s.merged) >= flushOutput {
		return s.output(&s.merged)
	}
	return s.err
}

// merge appends the pieces of all workers in order of their places.
func (b *batch) merge(dst []byte) []byte {
	for {
		var best *batchOut
		for i := range b.outs {
			o := &b.outs[i]
			if o.next < len(o.marks) && (best == nil || o.marks[o.next].before(&best.marks[best.next])) {
				best = o
			}
		}
		if best == nil {
			return dst
		}
		end := best.marks[best.next].end
		dst = append(dst, best.buf[best.from:end]...)
		best.from = end
		best.next++
	}
}

func (m *mark) before(o *mark) bool {
	return m.place < o.place || m.place == o.place && m.shard < o.shard
}

// worker works on the packets of those shards whose number is its own modulo the number of workers.
func (s *Sharded) worker(number int, out *shardOut) {
	workers := len(s.outs)
	mine := make([]*flow.Tracker[word], len(s.trackers))
	for shard := number; shard < len(mine); shard += workers {
		mine[shard] = s.trackers[shard]
	}
	for b := range out.work {
		o := &b.outs[number]
		out.buf = o.buf
		note := func(place, shard int) {
			if n := len(o.marks); n == 0 && len(out.buf) > 0 || n > 0 && len(out.buf) > o.marks[n-1].end {
				o.marks = append(o.marks, mark{place, shard, len(out.buf)})
			}
		}
		sweeps := b.sweeps
		for i := 0; i <= len(b.packets); i++ {
			for len(sweeps) > 0 && sweeps[0].after == i {
				for shard := number; shard < len(s.drivers); shard += workers {
					s.drivers[shard].Sweep(sweeps[0].now)
					note(2*i, shard)
				}
				sweeps = sweeps[1:]
			}
			if i == len(b.packets) {
				break
			}
			if i%warmAhead == 0 {
				end := min(i+warmAhead, len(b.packets))
				flow.WarmShards(mine, b.packets[i:end], b.shards[i:end])
			}
			if shard := int(b.shards[i]); shard%workers == number {
				s.drivers[shard].Track(&b.packets[i])
				note(2*i+1, shard)
			}
		}
		o.buf, out.buf = out.buf, nil
		b.done.Done()
	}
}
