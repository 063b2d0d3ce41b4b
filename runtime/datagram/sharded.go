package datagram

import (
	"errors"
	"runtime"
	"time"

	"github.com/flowscope/fsd/runtime/flow"
)

// numShards is how many drivers a Sharded spreads flows over. It does not depend on the number of workers, so that
// neither does the output; with few flows allowed there is only one, as the table's order of use is per shard.
const (
	numShards    = 8
	fewFlows     = 4096
	batchPackets = 512
	batchBytes   = 512 << 10
	flushOutput  = 64 << 10
)

// Render appends the record of an event to dst and returns it; it appends nothing for an event that is not wanted.
type Render func(dst []byte, e *Event) []byte

// ShardedOptions are those of a Sharded.
type ShardedOptions struct {
	// Options are for the drivers. Dedup, Reassembler, Flow.Monotonic and the sweeps work on the input as a whole,
	// as they do in a Driver; Flow.MaxFlows is for all drivers together. The Observer, Flow.Idle and what the
	// protocols share are used by several goroutines at once.
	Options
	// Workers is the number of goroutines that parse and render: 0 means GOMAXPROCS, and more than 8 mean 8. With 1
	// everything happens on the caller's goroutine, without copies.
	Workers int
	// NewRender makes the renderer of one worker. Renderers must agree: which of them renders an event must make no
	// difference.
	NewRender func() Render
	// Output takes records, whole ones, in order. It is called on the goroutine of the caller of Track and keeps
	// nothing.
	Output func(records []byte) error
}

// Sharded is a driver that works on several goroutines: flows are spread over a fixed number of drivers by a hash that
// does not depend on direction, and their records are put in the order of the packets that caused them. The output is
// the same bytes whatever the number of workers is.
//
// What a Driver guarantees holds for each flow. Beyond that: when a sweep ends flows of several shards, they come
// shard by shard; and each shard evicts for itself, when it holds its part of Flow.MaxFlows.
//
// A flow that another one announced is found when both have no well-known port but that of the announcing protocol,
// as in TFTP: such flows are spread by their addresses alone.
//
// The flows of a host to the ports of a protocol with state per host are kept together: what one of them told is known to
// the others. On ports that no protocol lists those of a host to one other host are.
//
// A Sharded is not safe for concurrent use; Close must be called.
type Sharded struct {
	table   *Table
	o       ShardedOptions
	drivers []*Driver
	outs    []*shardOut // by worker
	byShard []*shardOut
	stats   Stats // of the filters
	err     error
	closed  bool

	decode    func(*flow.Packet) flow.Verdict
	layered   bool           // and then o.Decoder is there
	extractor flow.Extractor // nil: five-tuple
	announces portIndex      // ports of protocols that announce flows
	hosts     portIndex      // ports of protocols with state per host
	monotonic *flow.Monotonic
	clock     flow.Clock
	interval  time.Duration
	lastSweep flow.Timestamp
	swept     bool
	key       flow.Key // of the packet at hand
	of        [warmAhead]uint8
	trackers  []*flow.Tracker[word] // by shard

	// direct: records may be handed on while they are made, as they come on the caller's goroutine, in order.
	direct bool

	batches []*batch // ring; nil when there is one worker
	fill    int      // the batch that is being filled
	first   int      // the oldest batch that is being worked on
	flying  int      // how many are
	merged  []byte
}

// shardOut is what one worker rendered.
type shardOut struct {
	render Render
	buf    []byte
	work   chan *batch
}

// NewSharded returns a Sharded that recognises the protocols of table.
func NewSharded(table *Table, o ShardedOptions) (*Sharded, error) {
	if o.NewRender == nil || o.Output == nil {
		return nil, errors.New("new sharded driver: NewRender and Output must both be set")
	}
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	s := &Sharded{table: table, o: o, decode: flow.Decode, extractor: o.Flow.Extractor, clock: flow.Clock{MaxStep: o.Flow.MaxStep}, interval: o.Flow.SweepInterval}
	if _, ok := s.extractor.(flow.FiveTuple); ok {
		s.extractor = nil
	}
	if o.Decoder != nil {
		s.decode, s.layered = o.Decoder.Decode, o.Decoder.Layered
	}
	if s.interval == 0 {
		s.interval = flow.DefaultSweepInterval
	}
	if o.Flow.Monotonic {
		s.monotonic = new(flow.Monotonic)
	}
	flows := o.Flow.MaxFlows
	if flows == 0 {
		flows = flow.DefaultMaxFlows
	}
	shards := numShards
	if flows < fewFlows {
		shards = 1
	}
	workers := min(o.Workers, shards)
	for range workers {
		s.outs = append(s.outs, &shardOut{render: o.NewRender()})
	}
	each := o.Options
	each.Dedup, each.Reassembler, each.Decoder, each.ManualSweep = nil, nil, nil, true
	each.Flow.Monotonic = false
	each.Flow.MaxFlows = max(flows/shards, 1)
	for i := range shards {
		out := s.outs[i%workers]
		d, err := NewDriver(table, func(e *Event) {
			if out.buf = out.render(out.buf, e); s.direct && len(out.buf) >= flushOutput {
				_ = s.output(&out.buf) // who called sees s.err
			}
		}, each)
		if err != nil {
			return nil, err
		}
		s.drivers = append(s.drivers, d)
		s.trackers = append(s.trackers, d.tracker)
		s.byShard = append(s.byShard, out)
	}
	for i, p := range table.protocols {
		if len(p.Expects) > 0 {
			s.announces.addListed(table, uint16(i))
		}
		if p.PerHost {
			s.hosts.addListed(table, uint16(i))
		}
	}
	if s.direct = workers == 1; !s.direct {
		s.start()
	}
	return s, nil
}

// Track takes the next packet, whose capture half is filled in: it is decoded here. Nothing of it is kept, but it may
// have been changed when Track returns. The error is that of Output, and final.
func (s *Sharded) Track(p *flow.Packet) error {
	switch {
	case s.err != nil:
		return s.err
	case s.closed:
		return errClosed
	case s.o.Dedup != nil && s.o.Dedup.Duplicate(p.Frame, p.Time):
		s.stats.Frames++
		s.stats.Duplicates++
		if s.o.Observer != nil {
			s.o.Observer.Duplicate()
		}
		return nil
	}
	if s.batches != nil {
		return s.queue(p)
	}
	s.decode(p)
	return s.track(p, s.shard(p))
}

// TrackBatch is Track for each of the packets, in order. With many flows it is faster, as Driver.TrackBatch is.
func (s *Sharded) TrackBatch(packets []flow.Packet) error {
	for len(packets) > 0 {
		n := min(len(packets), warmAhead)
		if err := s.trackBatch(packets[:n]); err != nil {
			return err
		}
		packets = packets[n:]
	}
	return s.err
}

func (s *Sharded) trackBatch(packets []flow.Packet) error {
	if s.batches != nil || s.o.Dedup != nil || s.err != nil || s.closed {
		for i := range packets {
			if err := s.Track(&packets[i]); err != nil {
				return err
			}
		}
		return nil
	}
	for i := range packets {
		s.decode(&packets[i])
		s.of[i] = s.shard(&packets[i])
	}
	flow.WarmShards(s.trackers, packets, s.of[:])
	for i := range packets {
		if err := s.track(&packets[i], s.of[i]); err != nil {
			return err
		}
	}
	return nil
}

// track works on a decoded packet of a shard on the caller's goroutine.
func (s *Sharded) track(p *flow.Packet, shard uint8) error {
	for part := p.Fragment; s.admit(p); shard = s.shard(p) {
		if part != p.Fragment {
			shard = s.shard(p) // whole now, with ports
		}
		s.drivers[shard].Track(p)
		if s.sweepDue(p) {
			for _, d := range s.drivers {
				d.Sweep(s.lastSweep)
			}
		}
		if !s.layered || !s.o.Decoder.Inner(p) {
			break
		}
		part = p.Fragment
	}
	return s.err
}

var errClosed = errors.New("sharded driver: used after Close")

// admit does what is done on the input as a whole with a decoded packet, and reports whether it is to be tracked.
func (s *Sharded) admit(p *flow.Packet) bool {
	if p.Fragment && p.Verdict == flow.VerdictOK && s.o.Reassembler != nil {
		s.stats.Fragments++
		if !reassemble(s.o.Reassembler, p) {
			s.unfinished(p)
			return false
		}
		s.stats.Reassembled++
	}
	if s.monotonic != nil && p.Layer == 0 {
		p.Time = s.monotonic.Clamp(p.Time)
	}
	return true
}

// unfinished counts a fragment that waits for others.
func (s *Sharded) unfinished(p *flow.Packet) {
	if p.Layer > 0 {
		s.stats.Inner++
	} else {
		s.stats.Frames++
	}
}

// sweepDue tells the clock a packet's time, and reports whether all shards are to sweep after it, at s.lastSweep.
func (s *Sharded) sweepDue(p *flow.Packet) bool {
	now := s.clock.Now()
	if p.Layer == 0 {
		now = s.clock.Observe(p.Time)
	}
	if s.o.ManualSweep {
		return false
	}
	if !s.swept {
		s.lastSweep, s.swept = now, true
		return s.interval < 0
	}
	if d := now.Sub(s.lastSweep); d < s.interval && d >= 0 {
		return false
	}
	s.lastSweep = now
	return true
}

// shard returns the number of the driver that a packet belongs to.
func (s *Sharded) shard(p *flow.Packet) uint8 {
	if len(s.drivers) == 1 {
		return 0
	}
	k := &s.key
	switch {
	case s.extractor != nil:
		if _, ok := s.extractor.Extract(p, k); !ok {
			return 0
		}
	case p.Verdict != flow.VerdictOK:
		return 0
	default:
		*k, _ = flow.KeyOf(p)
		if from, to := s.hosts.at(p.SrcPort) != nil, s.hosts.at(p.DstPort) != nil; p.HasPayload && (from || to) {
			// By the host that speaks to the port; by both where it cannot be told.
			k.APort, k.BPort = 0, 0
			switch {
			case !from:
				k.A, k.B = p.Src, flow.Addr{}
			case !to:
				k.A, k.B = p.Dst, flow.Addr{}
			}
		} else if p.HasPayload && (s.announces.at(p.SrcPort) != nil || s.announces.at(p.DstPort) != nil ||
			!s.table.known(p.SrcPort) && !s.table.known(p.DstPort)) {
			k.APort, k.BPort = 0, 0
		}
	}
	return uint8(k.Hash() >> 32 * uint64(len(s.drivers)) >> 32)
}

// output hands records on and empties the buffer.
func (s *Sharded) output(buf *[]byte) error {
	if s.err == nil && len(*buf) > 0 {
		s.err = s.o.Output(*buf)
	}
	*buf = (*buf)[:0]
	return s.err
}

// Flush waits until everything given so far has been worked on and handed to Output.
func (s *Sharded) Flush() error {
	if s.batches != nil && !s.closed {
		return s.drain()
	}
	return s.output(&s.outs[0].buf)
}

// Sweep ends the flows that are idle at now, as Driver.Sweep does, shard by shard.
func (s *Sharded) Sweep(now flow.Timestamp) error {
	return s.each(func(d *Driver) { d.Sweep(now) })
}

// Finish ends all flows, as idle, shard by shard, and hands everything to Output.
func (s *Sharded) Finish() error {
	now := s.clock.Now()
	return s.each(func(d *Driver) { d.finish(now) })
}

// each does something with all drivers, in order, on the caller's goroutine.
func (s *Sharded) each(do func(*Driver)) error {
	if s.closed && s.err == nil {
		return errClosed
	}
	if err := s.Flush(); err != nil {
		return err
	}
	direct := s.direct
	s.direct = true
	defer func() { s.direct = direct }()
	for i, d := range s.drivers {
		do(d)
		if err := s.output(&s.byShard[i].buf); err != nil {
			return err
		}
	}
	return nil
}

// Close stops the workers. What was not flushed is lost. It may be called more than once.
func (s *Sharded) Close() {
	if s.closed {
		return
	}
	s.closed = true
	if s.batches != nil {
		s.stop()
	}
}

// Now returns the time as judged from the packets so far.
func (s *Sharded) Now() flow.Timestamp { return s.clock.Now() }

// Len returns the number of flows in the tables. It waits for the workers.
func (s *Sharded) Len() int {
	s.settleDown()
	n := 0
	for _, d := range s.drivers {
		n += d.Len()
	}
	return n
}

// Stats returns the counters of all drivers together. It waits for the workers.
func (s *Sharded) Stats() Stats {
	s.settleDown()
	total := s.stats
	for _, d := range s.drivers {
		total.Add(&d.stats)
	}
	return total
}

// ProtocolStats returns the counters of every protocol of the table, in its order, of all drivers together. It waits
// for the workers.
func (s *Sharded) ProtocolStats() []ProtocolStats {
	s.settleDown()
	total := newProtocolStats(s.table.protocols)
	for _, d := range s.drivers {
		for i := range total {
			total[i].Add(&d.perProto[i])
		}
	}
	return total
}

// settleDown waits for the workers. An error of Output is told by the next call that can.
func (s *Sharded) settleDown() {
	if s.batches != nil && !s.closed {
		_ = s.drain()
	}
}
