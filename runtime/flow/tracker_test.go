package flow

import (
	"testing"
	"time"
	"unsafe"

	"github.com/stretchr/testify/require"
)

type tracker = Tracker[uint32]

func newTracker(c Config) *tracker { return NewTracker[uint32](c) }

// client and server send datagrams of flow n.
func client(n int) []byte { return udp4("10.0.0.1", 40000+n, "10.0.0.2", 53, "query") }
func server(n int) []byte { return udp4("10.0.0.2", 53, "10.0.0.1", 40000+n, "answer") }

func keyOf(frame []byte) *Key {
	k, _ := KeyOf(packet(0, frame))
	return &k
}

// events lists what a step means, in the order of its events.
func events(s Step[uint32]) (out []string) {
	if s.Evicted != nil {
		out = append(out, "ended "+s.Evicted.Reason.String())
	}
	if s.New {
		out = append(out, "started")
	}
	if s.From != s.To {
		out = append(out, s.From.String()+">"+s.To.String())
	}
	if s.Matched() {
		out = append(out, "packet "+s.Side.String())
	}
	if s.Ended != nil {
		out = append(out, "ended "+s.Ended.Reason.String())
	}
	return out
}

// balanced checks the books.
func balanced(t *testing.T, tr *tracker) {
	t.Helper()
	s := tr.Stats()
	require.Equal(t, s.Created, s.Ended+s.Forgotten+uint64(tr.Len()), "created = ended + forgotten + live")
	var by, created uint64
	for _, n := range s.EndedBy {
		by += n
	}
	for _, n := range s.CreatedBy {
		created += n
	}
	require.Equal(t, s.Ended, by)
	require.Equal(t, s.Created, created)
	n := 0
	for range tr.All() {
		n++
	}
	require.Equal(t, tr.Len(), n)
}

func sweep(tr *tracker, now Timestamp) (out []Ended[uint32]) {
	tr.Sweep(now, func(e *Ended[uint32]) { out = append(out, *e) })
	return out
}

func TestFirstSenderIsTheInitiator(t *testing.T) {
	for _, first := range [][]byte{client(0), server(0)} {
		tr := newTracker(Config{})
		require.Equal(t, []string{"started", "packet initiator"}, events(tr.Track(packet(at(0), first))))
		require.Equal(t, []string{"packet initiator"}, events(tr.Track(packet(at(0), first))))
	}
	tr := newTracker(Config{})
	tr.Track(packet(at(0), server(0)))
	require.Equal(t, []string{"packet responder"}, events(tr.Track(packet(at(0), client(0)))))
}

func TestStatsOfAFlow(t *testing.T) {
	tr := newTracker(Config{})
	tr.Track(packet(at(1), client(0)))
	cut := &Packet{Time: at(2), Frame: server(0)[:44], WireLen: 100, Link: LinkEthernet}
	Decode(cut)
	tr.Track(cut)
	tr.Track(packet(at(3), server(0)))
	f := tr.Get(keyOf(client(0)))
	n := uint64(len(server(0)))
	require.Equal(t, Stats{
		Packets: [2]uint64{1, 2}, Bytes: [2]uint64{uint64(len(client(0))), 100 + n}, First: at(1), Last: at(3),
	}, f.Stats(), "bytes are those of whole frames on the wire")
	st := f.Stats()
	require.Equal(t, 2*time.Second, st.Duration())
	require.Equal(t, UDP, f.L4())
	require.Equal(t, Active, f.State())
	require.Equal(t, "", f.History().String())
	require.Equal(t, Responder, f.Side(Reverse^f.InitiatorOrientation()))
	require.Equal(t, at(3), f.Last())
}

func TestFlowCountersAreWide(t *testing.T) {
	var f Flow[struct{}]
	f.packetsLo = [2]uint32{1<<32 - 1, 7}
	f.bytesLo = [2]uint32{1<<32 - 10, 1<<32 - 1}
	f.count(Initiator, 100)
	f.count(Responder, 1)
	require.Equal(t, [2]uint64{1 << 32, 8}, f.Stats().Packets)
	require.Equal(t, [2]uint64{1<<32 + 90, 1 << 32}, f.Stats().Bytes)
	f.Flip()
	require.Equal(t, [2]uint64{8, 1 << 32}, f.Stats().Packets)
	require.Equal(t, [2]uint64{1 << 32, 1<<32 + 90}, f.Stats().Bytes)
	for range 20 { // the end of counting
		f.packetsLo[Responder], f.bytesLo[Responder], f.bytesHi[Responder] = 1<<32-1, 1<<32-1, 1<<16-1
		f.count(Responder, 5)
	}
	require.Equal(t, [2]uint64{8, 1<<35 - 1}, f.Stats().Packets)
	require.Equal(t, [2]uint64{1 << 32, 1<<48 - 1}, f.Stats().Bytes)
}

func TestUnmatchedFramesCountAndDoNothing(t *testing.T) {
	tr := newTracker(Config{})
	for _, f := range [][]byte{ether(0x0806, nil), nil, client(0)[:30]} {
		s := tr.Track(packet(at(0), f))
		require.Empty(t, events(s))
		require.False(t, s.Matched())
	}
	s := tr.Stats()
	require.EqualValues(t, 3, s.Unmatched)
	require.EqualValues(t, 1, s.UnmatchedBy[VerdictNotIP])
	require.EqualValues(t, 2, s.UnmatchedBy[VerdictTruncated])
	require.Zero(t, s.Created+s.Packets)
	require.Zero(t, tr.Len())
}

func TestEvictionTakesTheLeastRecentlyUsed(t *testing.T) {
	tr := newTracker(Config{MaxFlows: 2})
	tr.Track(packet(at(0), client(0))).Flow.User = 100
	tr.Track(packet(at(1), client(1))).Flow.User = 101
	tr.Track(packet(at(2), server(0))) // flow 1 is now the least recently used
	s := tr.Track(packet(at(3), client(2)))
	require.Equal(t, []string{"ended evicted", "started", "packet initiator"}, events(s))
	require.Equal(t, *keyOf(client(1)), s.Evicted.Key)
	require.EqualValues(t, 101, s.Evicted.User, "the caller gets its state back")
	require.Equal(t, at(1), s.Evicted.Stats.Last)
	require.Zero(t, s.Flow.User)
	require.Equal(t, 2, tr.Len())
	st := tr.Stats()
	require.EqualValues(t, 1, st.Evicted())
	require.NotNil(t, tr.Get(keyOf(client(0))))
	require.Nil(t, tr.Get(keyOf(client(1))))
	balanced(t, tr)
}

func TestAtLeastOneFlow(t *testing.T) {
	for _, n := range []int{1, -7} {
		tr := newTracker(Config{MaxFlows: n})
		require.Equal(t, 1, tr.MaxFlows())
		tr.Track(packet(at(0), client(0)))
		require.Equal(t, []string{"ended evicted", "started", "packet initiator"}, events(tr.Track(packet(at(0), client(1)))))
		require.Equal(t, 1, tr.Len())
		balanced(t, tr)
	}
	require.Equal(t, DefaultMaxFlows, newTracker(Config{}).MaxFlows())
}

func TestIdleMeansAtLeastTheTimeout(t *testing.T) {
	icmp := ether(0x0800, ip4("10.0.0.1", "10.0.0.2", 1, 0, unhex("08 00 0000")))
	fragment := ether(0x0800, ip4("10.0.0.1", "10.0.0.2", ProtoUDP, 0x2000, make([]byte, 16)))
	for _, c := range []struct {
		name  string
		frame []byte
		after float64
		conf  Config
	}{
		{"udp", client(0), 60, Config{}},
		{"tcp", tcp4("10.0.0.1", 1, "10.0.0.2", 2, TCPAck, ""), 300, Config{}},
		{"icmp", icmp, 30, Config{}},
		{"fragment", fragment, 30, Config{}},
		{"set", client(0), 7, Config{IdleUDP: 7 * time.Second}},
	} {
		tr := newTracker(c.conf)
		tr.Track(packet(at(0), c.frame))
		require.Empty(t, sweep(tr, at(c.after)-1), c.name)
		ended := sweep(tr, at(c.after))
		require.Len(t, ended, 1, c.name)
		require.Equal(t, EndIdle, ended[0].Reason)
		require.Zero(t, tr.Len())
		require.Empty(t, sweep(tr, MaxTimestamp), "not ended twice")
		balanced(t, tr)
	}
}

func TestIdleIsJudgedOnlyAtASweep(t *testing.T) {
	tr := newTracker(Config{})
	tr.Track(packet(at(0), client(0)))
	require.Equal(t, []string{"packet initiator"}, events(tr.Track(packet(at(1000), client(0)))), "a late packet revives the flow")
	require.Empty(t, sweep(tr, at(1001)))
}

func TestAFlowSeenAfterNowIsNotIdle(t *testing.T) {
	tr := newTracker(Config{})
	tr.Track(packet(at(100), client(0)))
	require.Empty(t, sweep(tr, at(0)))
	require.Empty(t, sweep(tr, MinTimestamp))
	tr.Track(packet(MaxTimestamp, client(1)))
	require.Len(t, sweep(tr, at(1000)), 1)
}

func TestNeverIsNoTimeout(t *testing.T) {
	tr := newTracker(Config{IdleUDP: Never})
	tr.Track(packet(at(0), client(0)))
	require.Empty(t, sweep(tr, MaxTimestamp))
	n := 0
	tr.Finish(func(e *Ended[uint32]) { n++; require.Equal(t, EndIdle, e.Reason) })
	require.Equal(t, 1, n, "the end of the input ends it")
	tr.Finish(func(*Ended[uint32]) { t.Fatal("nothing is left") })
	balanced(t, tr)
}

func TestSweepEndsTheMostRecentlyUsedFirst(t *testing.T) {
	tr := newTracker(Config{})
	for i := range 5 {
		tr.Track(packet(at(float64(i)), client(i)))
	}
	tr.Track(packet(at(5), server(1)))
	var ports []uint16
	for _, e := range sweep(tr, at(64)) {
		ports = append(ports, e.Key.APort-40000)
	}
	require.Equal(t, []uint16{4, 3, 2, 0}, ports)
	require.Equal(t, 1, tr.Len())
}

func TestSweepOrderWithManyThatStay(t *testing.T) {
	tr := newTracker(Config{})
	for i := range 5000 {
		tr.Track(packet(at(0), tcp4("10.0.0.1", i, "10.0.0.2", 2, TCPAck, "")))
	}
	for i := range 3 {
		tr.Track(packet(at(1+float64(i)), client(i)))
	}
	var ports []uint16
	for _, e := range sweep(tr, at(100)) {
		ports = append(ports, e.Key.APort-40000)
	}
	require.Equal(t, []uint16{2, 1, 0}, ports)
	require.Equal(t, 5000, tr.Len())
	balanced(t, tr)
}

func TestIdleFunc(t *testing.T) {
	quick := func(k *Key, l4 L4) (time.Duration, bool) {
		require.Equal(t, UDP, l4)
		return time.Second, k.EitherPort(40001)
	}
	tr := newTracker(Config{Idle: quick})
	track := func() {
		tr.Track(packet(at(0), client(0)))
		tr.Track(packet(at(0), client(1)))
	}
	track()
	ended := sweep(tr, at(1))
	require.Len(t, ended, 1, "only the flow with a timeout of its own")
	require.Equal(t, *keyOf(client(1)), ended[0].Key)
	require.Len(t, sweep(tr, at(60)), 1, "no answer means the default of the class")

	track()
	tr.SetIdleFunc(nil)
	require.Empty(t, sweep(tr, at(59)))
	require.Len(t, sweep(tr, at(60)), 2)

	track()
	short := false
	tr.SetIdleFunc(func(*Key, L4) (time.Duration, bool) { return time.Second, short })
	require.Empty(t, sweep(tr, at(2)))
	short = true
	require.Len(t, sweep(tr, at(2)), 2, "it is asked at every sweep")

	track()
	tr.SetIdleFunc(func(*Key, L4) (time.Duration, bool) { return 0, true })
	require.Empty(t, sweep(tr, MaxTimestamp), "0 means never")
}

func TestSetIdleActsOnLiveFlows(t *testing.T) {
	tr := newTracker(Config{})
	tr.Track(packet(at(0), client(0)))
	require.Empty(t, sweep(tr, at(5)))
	tr.SetIdle(UDP, 5*time.Second)
	require.Len(t, sweep(tr, at(5)), 1)
}

func TestReadsDoNotCountAsUse(t *testing.T) {
	tr := newTracker(Config{MaxFlows: 2})
	tr.Track(packet(at(0), client(0)))
	tr.Track(packet(at(1), client(1)))
	require.NotNil(t, tr.Get(keyOf(client(0))))
	var order []uint16
	for f := range tr.All() {
		order = append(order, f.Key().APort-40000)
	}
	require.Equal(t, []uint16{1, 0}, order, "most recently used first")
	for range tr.All() {
		break
	}
	s := tr.Track(packet(at(2), client(2)))
	require.Equal(t, *keyOf(client(0)), s.Evicted.Key)
}

func TestForgetBalancesTheBooks(t *testing.T) {
	tr := newTracker(Config{})
	tr.Track(packet(at(0), client(0))).Flow.User = 5
	e := tr.Forget(keyOf(client(0)))
	require.EqualValues(t, 5, e.User)
	require.Equal(t, EndNone, e.Reason)
	require.Nil(t, tr.Forget(keyOf(client(0))))
	s := tr.Stats()
	require.EqualValues(t, 1, s.Forgotten)
	require.Zero(t, s.Ended)
	balanced(t, tr)

	require.Equal(t, []string{"started", "packet initiator"}, events(tr.Track(packet(at(1), server(0)))), "a new flow, with new roles")
	require.Zero(t, tr.Get(keyOf(client(0))).User, "and no stale state")
	e = tr.End(keyOf(client(0)), EndParseError)
	require.Equal(t, EndParseError, e.Reason)
	s = tr.Stats()
	require.EqualValues(t, 1, s.EndedBy[EndParseError])
	balanced(t, tr)
}

func TestHotFlow(t *testing.T) {
	tr := newTracker(Config{})
	for range 10 {
		tr.Track(packet(at(0), client(0)))
	}
	require.NotEqual(t, none, tr.hot)
	require.EqualValues(t, 10, tr.Get(keyOf(client(0))).Stats().Packets[Initiator])
	for range 5 {
		tr.Track(packet(at(0), client(1)))
		tr.Track(packet(at(0), client(0)))
	}
	require.EqualValues(t, 5, tr.Get(keyOf(client(1))).Stats().Packets[Initiator])
	require.EqualValues(t, 15, tr.Get(keyOf(client(0))).Stats().Packets[Initiator])
	tr.Forget(keyOf(client(0)))
	require.Equal(t, none, tr.hot)
	tr.Track(packet(at(0), tcp4("10.0.0.1", 1, "10.0.0.2", 2, TCPRst, "")))
	require.Equal(t, none, tr.hot)
	balanced(t, tr)
}

func TestSetMaxFlowsEndsTheOldest(t *testing.T) {
	tr := newTracker(Config{MaxFlows: 10})
	for i := range 10 {
		tr.Track(packet(at(float64(i)), client(i)))
	}
	var gone []uint16
	tr.SetMaxFlows(3, func(e *Ended[uint32]) {
		require.Equal(t, EndEvicted, e.Reason)
		gone = append(gone, e.Key.APort-40000)
	})
	require.Equal(t, []uint16{0, 1, 2, 3, 4, 5, 6}, gone)
	require.Equal(t, 3, tr.Len())
	for i := range 10 {
		require.Equal(t, i >= 7, tr.Get(keyOf(client(i))) != nil)
	}
	tr.SetMaxFlows(5000, nil)
	for i := range 5000 {
		require.Nil(t, tr.Track(packet(at(20), client(i))).Evicted)
	}
	require.NotNil(t, tr.Track(packet(at(20), client(5000))).Evicted)
	balanced(t, tr)
	tr.SetMaxFlows(100, nil)
	require.Equal(t, 100, tr.Len())
	balanced(t, tr)
}

func TestOneWildTimestampEndsNoOtherFlow(t *testing.T) {
	for _, wild := range []Timestamp{MinTimestamp, 0, at(0), at(1e9), MaxTimestamp} {
		for pos := range 41 {
			tr := newTracker(Config{SweepInterval: -1})
			sec := 0.0
			step := func(ts Timestamp, n int) {
				tr.Track(packet(ts, client(n)))
				if tr.SweepDue() {
					for _, e := range sweep(tr, tr.Now()) {
						require.EqualValues(t, 40999, e.Key.APort, "wild %v at %d", wild, pos)
					}
				}
			}
			for i := range 40 {
				if i == pos {
					step(wild, 999)
				}
				sec += 5
				step(at(sec), i%4)
			}
			require.Equal(t, at(sec), tr.Now(), "time goes on")
			// And whoever is idle ends.
			tr.Track(packet(at(sec+9), client(50)))
			tr.Track(packet(at(sec+59), client(50)))
			tr.Track(packet(at(sec+61), client(50)))
			n := 0
			for _, e := range sweep(tr, tr.Now()) {
				if e.Key.APort != 40999 {
					n++
				}
			}
			require.Equal(t, 4, n, "wild %v at %d", wild, pos)
		}
	}
}

func TestAWildPacketOfAFlowItselfKeepsIt(t *testing.T) {
	tr := newTracker(Config{})
	tr.Track(packet(at(0), client(0)))
	tr.Track(packet(at(1e9), client(0)))
	require.Empty(t, sweep(tr, at(100)))
	tr.Track(packet(at(1), client(0)))
	require.Len(t, sweep(tr, at(61)), 1, "its next packet sets it right")
}

func TestAWildPastDoesNotMakeItsFlowIdle(t *testing.T) {
	tr := newTracker(Config{})
	tr.Track(packet(at(0), client(0)))
	tr.Track(packet(at(1), client(0)))
	require.Equal(t, at(1), tr.Track(packet(0, client(0))).Flow.Last())
	tr.Track(packet(at(2), client(1)))
	require.Empty(t, sweep(tr, tr.Now()))
	require.Equal(t, 2, tr.Len())
}

func TestManySpoofedFlows(t *testing.T) {
	tr := newTracker(Config{})
	p := packet(at(0), udp6("2001:db8::1", 1, "2001:db8::2", 53, "x"))
	started, ended := uint64(0), uint64(0)
	for i := range 1_000_000 {
		p.Src[3], p.SrcPort = byte(i>>16), uint16(i)
		p.Time = at(float64(i) / 50_000)
		s := tr.Track(p)
		if s.New {
			started++
		}
		if s.Evicted != nil {
			ended++
		}
		if tr.SweepDue() {
			tr.Sweep(tr.Now(), func(*Ended[uint32]) { ended++ })
		}
	}
	require.EqualValues(t, 1_000_000, started)
	require.Equal(t, started, ended+uint64(tr.Len()))
	require.Equal(t, DefaultMaxFlows, tr.Len())
	require.Len(t, tr.chunks, (DefaultMaxFlows+chunkSize-1)/chunkSize, "no room but for those that are kept")
	balanced(t, tr)
}

func TestSnapshot(t *testing.T) {
	tr := newTracker(Config{})
	tr.Track(packet(at(0), client(0)))
	tr.Track(packet(at(1), client(1)))
	var keys []Key
	for k, s := range tr.Snapshot() {
		keys = append(keys, k)
		require.EqualValues(t, 1, s.Packets[Initiator])
	}
	require.Equal(t, []Key{*keyOf(client(1)), *keyOf(client(0))}, keys)
	for range tr.Snapshot() {
		break
	}
}

func TestMonotonicTracker(t *testing.T) {
	tr := newTracker(Config{Monotonic: true})
	tr.Track(packet(at(10), client(0)))
	p := packet(at(5), client(0))
	s := tr.Track(p)
	require.Equal(t, at(10), s.Flow.Last())
	require.Equal(t, at(10), p.Time)
	sweep(tr, at(1e9)) // a sweep has no part in it
	tr.Track(packet(at(11), client(1)))
	require.Equal(t, at(11), tr.Get(keyOf(client(1))).Last())

	tr = newTracker(Config{})
	tr.Track(packet(at(10), client(0)))
	require.Equal(t, at(5), tr.Track(packet(at(5), client(0))).Flow.Last(), "off by default")
}

func TestSweepDue(t *testing.T) {
	tr := newTracker(Config{})
	due := func(sec float64) bool {
		tr.Track(packet(at(sec), client(0)))
		d := tr.SweepDue()
		if d {
			sweep(tr, tr.Now())
		}
		return d
	}
	require.False(t, due(0))
	require.False(t, due(0.9))
	require.True(t, due(1))
	require.False(t, due(1.5))
	require.False(t, due(100), "not confirmed")
	require.True(t, due(101))
	require.False(t, due(0), "not confirmed either")
	require.True(t, due(0), "time stepped back")
}

func TestFlipExchangesTheRoles(t *testing.T) {
	tr := newTracker(Config{})
	tr.Track(packet(at(0), server(0)))
	tr.Track(packet(at(1), client(0)))
	tr.Track(packet(at(1), client(0)))
	f := tr.Get(keyOf(client(0)))
	f.Flip()
	s := f.Stats()
	require.True(t, s.Flipped)
	require.Equal(t, [2]uint64{2, 1}, s.Packets)
	require.Equal(t, Initiator, tr.Track(packet(at(2), client(0))).Side)
	require.Equal(t, Responder, tr.Track(packet(at(2), server(0))).Side)
}

func TestExpectation(t *testing.T) {
	// TFTP: the server answers from a port of its own.
	tr := newTracker(Config{})
	request := packet(at(0), udp4("10.0.0.1", 2000, "10.0.0.9", 69, "read"))
	tr.Track(request)
	tr.Expect(Expectation[uint32]{
		Proto: ProtoUDP, Src: request.Dst, Dst: request.Src, DstPort: 2000, Sender: Responder, Expires: at(10), User: 42,
	})
	require.Equal(t, 1, tr.Expecting())
	s := tr.Track(packet(at(1), udp4("10.0.0.8", 4711, "10.0.0.1", 2000, "other server")))
	require.False(t, s.Expected)
	s = tr.Track(packet(at(1), udp4("10.0.0.9", 4711, "10.0.0.1", 2000, "data")))
	require.True(t, s.Expected && s.New)
	require.Equal(t, Responder, s.Side, "the server stays the responder")
	require.EqualValues(t, 42, s.Flow.User)
	require.Equal(t, Initiator, tr.Track(packet(at(1), udp4("10.0.0.1", 2000, "10.0.0.9", 4711, "ack"))).Side)
	s = tr.Track(packet(at(1), udp4("10.0.0.9", 4712, "10.0.0.1", 2000, "data")))
	require.False(t, s.Expected, "an expectation is fulfilled once")
	require.EqualValues(t, 1, tr.Stats().Expected)

	exact := Expectation[uint32]{Proto: ProtoUDP, Src: addr("10.0.0.5"), SrcPort: 7, Dst: addr("10.0.0.6"), DstPort: 8, Expires: at(10)}
	tr.Expect(exact)
	require.False(t, tr.Track(packet(at(1), udp4("10.0.0.5", 6, "10.0.0.6", 8, ""))).Expected)
	require.False(t, tr.Track(packet(at(10), udp4("10.0.0.5", 7, "10.0.0.6", 8, ""))).Expected, "it has expired")
	tr.Forget(keyOf(udp4("10.0.0.5", 7, "10.0.0.6", 8, "")))
	require.True(t, tr.Track(packet(at(9), udp4("10.0.0.5", 7, "10.0.0.6", 8, ""))).Expected)
}

func TestExpectationsAreBounded(t *testing.T) {
	tr := newTracker(Config{MaxExpectations: 4})
	e := Expectation[uint32]{Proto: ProtoUDP, Src: addr("10.0.0.5"), Dst: addr("10.0.0.6"), Expires: at(10)}
	for i := range 100 {
		e.DstPort = uint16(i)
		tr.Expect(e)
		tr.Expect(e)
		require.LessOrEqual(t, tr.Expecting(), 4)
		require.LessOrEqual(t, len(tr.expect.queue), 8)
	}
	require.EqualValues(t, 196, tr.Stats().ExpectationsDropped)
	require.False(t, tr.Track(packet(at(0), udp4("10.0.0.5", 1, "10.0.0.6", 95, ""))).Expected)
	require.True(t, tr.Track(packet(at(0), udp4("10.0.0.5", 1, "10.0.0.6", 96, ""))).Expected)
}

func TestEntriesAreCompact(t *testing.T) {
	require.EqualValues(t, 44, unsafe.Sizeof(Key{}))
	require.LessOrEqual(t, unsafe.Sizeof(Flow[uint64]{}), uintptr(96))
	require.LessOrEqual(t, unsafe.Sizeof(Flow[*int]{}), uintptr(96))
	require.EqualValues(t, 8, unsafe.Sizeof(link{}))
}

// What a million (here fewer) IPv6 flows cost, table, order and bounds included: the bar is 112 bytes.
func TestMemoryPerFlow(t *testing.T) {
	for _, c := range []struct{ flows, most int }{{100_000, 100_000}, {100_000, 1_000_000}, {131_072, 131_072}} {
		tr := NewTracker[uint64](Config{MaxFlows: c.most})
		p := packet(at(0), udp6("2001:db8::1", 1, "2001:db8::2", 53, ""))
		for i := range c.flows {
			p.Src[3], p.SrcPort = byte(i>>16), uint16(i)
			require.True(t, tr.Track(p).New)
		}
		bytes := len(tr.chunks)*int(unsafe.Sizeof(chunk[uint64]{})) + cap(tr.table.slots)*4 + cap(tr.due)*8 + cap(tr.chunks)*8
		per := float64(bytes) / float64(tr.Len())
		t.Logf("%d of at most %d flows: %.1f bytes each", c.flows, c.most, per)
		require.LessOrEqual(t, per, 112.5, "one part-filled chunk included")
	}
}

func TestTrackAllocatesNothing(t *testing.T) {
	tr := newTracker(Config{MaxFlows: 500})
	p := packet(at(0), client(0))
	i := 0
	next := func() {
		// New flows, known ones, evictions, sweeps.
		i++
		p.SrcPort = uint16(i % 700)
		p.Time = at(float64(i) * 0.01)
		tr.Track(p)
		if tr.SweepDue() {
			tr.Sweep(tr.Now(), nil)
		}
	}
	for range 5000 {
		next()
	}
	require.Zero(t, testing.AllocsPerRun(5000, next))
}

func TestTableKeepsItsEntriesThroughGrowthAndRemoval(t *testing.T) {
	tr := newTracker(Config{MaxFlows: 20_000})
	p := packet(at(0), client(0))
	for i := range 20_000 {
		p.SrcPort = uint16(i)
		require.True(t, tr.Track(p).New)
	}
	k := keyOf(client(0))
	for i := range 20_000 {
		k.APort = uint16(i)
		if i%3 != 0 {
			require.NotNil(t, tr.Forget(k))
		}
	}
	for i := range 20_000 {
		k.APort = uint16(i)
		require.Equal(t, i%3 == 0, tr.Get(k) != nil)
	}
	balanced(t, tr)
}

func TestTableSurvivesEqualHashes(t *testing.T) {
	var tb table
	tb.init(1000)
	tb.slots = make([]uint32, 1280)
	n := uint32(0)
	for tb.insert(7, n) {
		n++
	}
	require.EqualValues(t, dispMask, n, "as many as one home can have")
}

func TestRolesSurviveAPairOfEqualEndpoints(t *testing.T) {
	tr := newTracker(Config{})
	f := udp4("10.0.0.1", 5, "10.0.0.1", 5, "")
	require.Equal(t, Initiator, tr.Track(packet(at(0), f)).Side)
	require.Equal(t, Initiator, tr.Track(packet(at(0), f)).Side)
}

func TestTrackerWithOtherExtractors(t *testing.T) {
	tr := newTracker(Config{Extractor: IPPair{}})
	tr.Track(packet(at(0), client(0)))
	require.False(t, tr.Track(packet(at(0), client(1))).New)
	require.False(t, tr.Track(packet(at(0), tcp4("10.0.0.1", 1, "10.0.0.2", 2, TCPRst, ""))).New, "no TCP states here")
	require.Equal(t, 1, tr.Len())

	tr = newTracker(Config{Extractor: FiveTuple{Directional: true}})
	require.Equal(t, Initiator, tr.Track(packet(at(0), client(0))).Side)
	s := tr.Track(packet(at(0), server(0)))
	require.True(t, s.New)
	require.Equal(t, Initiator, s.Side)

	tr = newTracker(Config{Extractor: MACPair{}})
	require.True(t, tr.Track(packet(at(0), ether(0x0806, nil))).New)
	require.Len(t, sweep(tr, at(30)), 1)
	tr = newTracker(Config{Extractor: FiveTuple{}})
	require.Nil(t, tr.extractor, "that is the default")
}

func TestWarmChangesNothing(t *testing.T) {
	for _, c := range []Config{{MaxFlows: warmFlows + 9000}, {MaxFlows: warmFlows + 9000, Extractor: FiveTuple{Scope: ScopeVLAN}}} {
		cold, warm := newTracker(c), newTracker(c)
		batch := make([]Packet, 100)
		for i := range warmFlows + 20_000 {
			p := &batch[i%len(batch)]
			*p = *packet(at(float64(i)), client(0))
			p.Src[12], p.SrcPort = byte(i>>3), uint16(i*7919)
			if i%10 == 0 {
				p.Verdict = VerdictNotIP
			}
			if i%len(batch) == len(batch)-1 {
				warm.Warm(batch)
				for j := range batch {
					a, b := cold.Track(&batch[j]), warm.Track(&batch[j])
					require.Equal(t, events(a), events(b))
				}
			}
		}
		require.Equal(t, cold.Stats(), warm.Stats())
		require.Zero(t, testing.AllocsPerRun(10, func() { warm.Warm(batch) }))
	}
}
