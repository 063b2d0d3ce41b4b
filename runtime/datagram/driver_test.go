package datagram_test

import (
	"testing"
	"time"

	"github.com/flowscope/fsd/runtime/datagram"
	"github.com/flowscope/fsd/runtime/flow"
	"github.com/stretchr/testify/require"
)

func TestStartedAndApplicationForUDPPacket(t *testing.T) {
	w := newWorld(t, datagram.Options{}, protocol("text", 7))
	require.Equal(t, lines("started udp initiator", `message text initiator "query"`), w.udp(0, 4000, 7, "query"))
	e := w.last()
	require.Equal(t, at(0), e.Time)
	require.Equal(t, uint64(1), e.Frame)
	require.Equal(t, "10.0.0.1", e.Src.String())
	require.Equal(t, "10.0.0.2", e.Dst.String())
	require.Equal(t, uint16(4000), e.SrcPort)
	require.Equal(t, uint16(7), e.DstPort)
	require.True(t, e.HasFlow)
	require.True(t, e.Status.Complete())
	require.Regexp(t, `^1:[A-Za-z0-9+/]{27}=$`, e.CommunityID())

	require.Equal(t, lines(`message text responder "reply"`), w.udp(1, -7, 4000, "reply"))
	require.Equal(t, "10.0.0.2", w.last().Src.String(), "addresses are those of the datagram")
	require.Equal(t, w.kept[1].CommunityID(), w.last().CommunityID(), "both directions have one ID")
}

func TestClosedEventOnIdleTimeout(t *testing.T) {
	o := datagram.Options{ManualSweep: true}
	o.Flow.IdleUDP = time.Second
	w := newWorld(t, o, protocol("text", 7))
	w.udp(0, 4000, 7, "a")
	w.d.Sweep(at(0.999))
	require.Empty(t, w.told(), "idle means at least the timeout")
	w.d.Sweep(at(10))
	require.Equal(t, lines("closed idle 1+0"), w.told())
	e := w.last()
	require.Equal(t, "text", e.ProtocolName())
	require.Equal(t, at(10), e.Time)
	require.Zero(t, e.Frame)
	require.Equal(t, flow.Initiator, e.Side)
	require.Equal(t, uint16(4000), e.SrcPort, "sender is the initiator")
	require.Zero(t, w.d.ParserStates(), "the parser went with the flow")
	w.balanced()
}

func TestTCPPacketsDoNotFireApplicationEvents(t *testing.T) {
	made := 0
	p := protocol("text", 7)
	p.NewParser = func() datagram.Parser { made++; return &textParser{} }
	w := newWorld(t, datagram.Options{}, p)
	require.Equal(t, lines("started tcp initiator"), w.give(0, tcp(4000, 7, flow.TCPSyn, "")))
	require.Empty(t, w.give(1, tcp(4000, 7, flow.TCPAck, "ok")))
	require.Equal(t, lines("closed rst 2+1"), w.give(2, tcp(-7, 4000, flow.TCPRst, "")))
	require.Zero(t, made, "a parser is made when a datagram needs it")
	require.Equal(t, uint64(3), w.d.Stats().NotUDP[flow.TCP])
	// A packet may start a flow and end it.
	require.Equal(t, lines("started tcp initiator", "closed rst 1+0"), w.give(3, tcp(4000, 7, flow.TCPRst, "")))
	// ICMP and the like have flows as well.
	require.Equal(t, lines("started other initiator"), w.give(4, ip4("10.0.0.1", "10.0.0.2", flow.ProtoICMP, 0, []byte{8, 0, 0, 0, 0, 0, 0, 0})))
}

// The parser poisons after five bytes; the datagram has more.
func TestDatagramParserPoisonSynthesisesParseErrorClosed(t *testing.T) {
	for _, anomalies := range []bool{true, false} {
		w := newWorld(t, datagram.Options{Anomalies: anomalies}, protocol("text", 7))
		want := lines("started udp initiator", "anomaly parse_error initiator size", "closed parse_error 1+0")
		if !anomalies {
			want = lines("started udp initiator", "closed parse_error 1+0")
		}
		require.Equal(t, want, w.udp(0, 4000, 7, "size 12345"))
		require.Equal(t, "size", w.last().Reason)
		require.Equal(t, uint64(1), w.d.Stats().Anomalies[datagram.AnomalyParseError], "counted whether told or not")
		require.Zero(t, w.d.Len(), "the table forgot the key")
		require.Zero(t, w.d.ParserStates(), "the parser was dropped")
	}
}

func TestAfterPoisonTheNextDatagramStartsANewFlow(t *testing.T) {
	w := newWorld(t, datagram.Options{}, protocol("text", 7))
	w.udp(0, 4000, 7, "size")
	w.udp(1, 4000, 7, "size")
	require.Equal(t, uint64(1), w.d.Stats().Poisoned, "state lasts from datagram to datagram")
	// The responder speaks first now, so that it becomes the initiator; the parser is fresh.
	require.Equal(t, lines("started udp initiator", `message text initiator "size"`), w.udp(2, -7, 4000, "size"))
	require.Equal(t, uint64(2), w.d.Stats().Started)
}

func TestMessagesOfThePoisoningDatagramComeFirst(t *testing.T) {
	w := newWorld(t, datagram.Options{Anomalies: true}, protocol("text", 7))
	require.Equal(t, lines(
		"started udp initiator", `message text initiator "last words"`,
		"anomaly parse_error initiator last", "closed parse_error 1+0",
	), w.udp(0, 4000, 7, "last words"))
	s := w.d.Stats()
	require.Equal(t, uint64(1), s.Messages)
	require.Equal(t, uint64(1), s.Poisoned)
	require.Zero(t, s.UndecodedTotal())
}

func TestAnomalyTellsSideAndReason(t *testing.T) {
	w := newWorld(t, datagram.Options{Anomalies: true}, protocol("text", 7))
	w.udp(0, 4000, 7, "ok")
	require.Equal(t, lines("anomaly parse_error responder bad", "closed parse_error 1+1"), w.udp(1, -7, 4000, "bad"))
	e := w.kept[len(w.kept)-2]
	require.Equal(t, datagram.SeverityError, e.Anomaly.Severity())
	require.Equal(t, uint32(4), e.Status.Offset())
	require.Equal(t, flow.Responder, w.last().Side, "closed by this side's datagram")
	require.Equal(t, uint64(2), w.last().Frame)
}

func TestEmptyPayloadIsParsed(t *testing.T) {
	w := newWorld(t, datagram.Options{}, protocol("text", 7))
	require.Equal(t, lines("started udp initiator", `message text initiator ""`), w.udp(0, 4000, 7, ""))
}

func TestEvictionClosesTheVictimFirst(t *testing.T) {
	o := datagram.Options{Anomalies: true}
	o.Flow.MaxFlows = 2
	w := newWorld(t, o, protocol("text", 7))
	w.udp(0, 4000, 7, "a")
	w.udp(1, 4001, 7, "b")
	w.udp(2, 4000, 7, "a")
	require.Equal(t, lines(
		"closed evicted 1+0", "started udp initiator", `message text initiator "c"`,
		"anomaly flow_table_eviction 1 1",
	), w.udp(3, 4002, 7, "c"))
	e := w.last()
	require.False(t, e.HasFlow)
	require.Zero(t, e.Key)
	require.Nil(t, e.Protocol)
	require.Equal(t, 2, w.d.ParserStates())
	w.d.SetMaxFlows(1)
	require.Equal(t, lines("closed evicted 2+0"), w.told())
	w.balanced()
}

func TestSweepEndsMostRecentFirstAndTellsNoMessage(t *testing.T) {
	w := newWorld(t, datagram.Options{ManualSweep: true}, protocol("text", 7))
	for i := range 3 {
		w.udp(float64(i), 4000+i, 7, long(i))
	}
	w.udp(3, 4000, 7, "again")
	w.d.Sweep(at(1000))
	require.Equal(t, lines("closed idle 2+0", "closed idle 1+0", "closed idle 1+0"), w.told())
	var ports []uint16
	for _, e := range w.kept[len(w.kept)-3:] {
		ports = append(ports, e.SrcPort)
	}
	require.Equal(t, []uint16{4000, 4002, 4001}, ports)
}

func TestLatePacketBeforeTheSweepRevivesTheFlow(t *testing.T) {
	w := newWorld(t, datagram.Options{ManualSweep: true}, protocol("text", 7))
	w.udp(0, 4000, 7, "a")
	require.Equal(t, lines(`message text initiator "b"`), w.udp(3600, 4000, 7, "b"))
	w.d.Sweep(at(3601))
	require.Empty(t, w.told())
}

func TestTrackSweepsByItselfAfterThePacket(t *testing.T) {
	w := newWorld(t, datagram.Options{}, protocol("text", 7))
	w.udp(0, 4000, 7, "a")
	for s := 5.0; s < 60; s += 5 {
		require.NotContains(t, w.udp(s, 4001, 7, "b"), "closed idle 1+0")
	}
	require.Equal(t, lines(`message text initiator "c"`, "closed idle 1+0"), w.udp(60, 4001, 7, "c"))
}

func TestFinishClosesOpenFlowsOnce(t *testing.T) {
	o := datagram.Options{}
	o.Flow.IdleUDP = flow.Never
	w := newWorld(t, o, protocol("text", 7))
	w.udp(0, 4000, 7, "a")
	w.udp(5, 4001, 7, "b")
	w.d.Finish()
	require.Equal(t, lines("closed idle 1+0", "closed idle 1+0"), w.told())
	require.Equal(t, at(5), w.last().Time)
	w.d.Finish()
	require.Empty(t, w.told())
	w.balanced()
}

func TestIdleFunctionOverridesTimeoutPerFlow(t *testing.T) {
	w := newWorld(t, datagram.Options{ManualSweep: true}, protocol("text", 7))
	w.d.SetIdleFunc(func(k *flow.Key, _ flow.L4) (time.Duration, bool) { return time.Second, k.EitherPort(4001) })
	w.udp(0, 4000, 7, "a")
	w.udp(0, 4001, 7, "b")
	w.d.Sweep(at(2))
	require.Equal(t, lines("closed idle 1+0"), w.told())
	require.Equal(t, uint16(4001), w.last().SrcPort)
	w.d.SetIdleFunc(nil)
	w.d.Sweep(at(60))
	require.Equal(t, lines("closed idle 1+0"), w.told(), "the class's timeout again")
}

func TestDuplicateYieldsNothingAtAll(t *testing.T) {
	o := datagram.Options{Dedup: flow.NewDedup(time.Millisecond, 16)}
	w := newWorld(t, o, protocol("text", 7))
	require.Len(t, w.udp(0, 4000, 7, "a"), 2)
	require.Empty(t, w.udp(0.0005, 4000, 7, "a"))
	require.Equal(t, uint64(1), w.d.Stats().Duplicates)
	require.Equal(t, uint64(1), w.d.TrackerStats().Packets)
	for _, info := range w.d.Flows() {
		require.Equal(t, [2]uint64{1, 0}, info.Stats.Packets)
		require.Equal(t, at(0), info.Stats.Last)
	}
	require.Len(t, w.udp(1, 4000, 7, "a"), 1, "a repetition after the window is kept")
}

func TestDedupSeesRawTimesAndTheClockComesAfter(t *testing.T) {
	o := datagram.Options{Dedup: flow.NewDedup(time.Millisecond, 16)}
	o.Flow.Monotonic = true
	w := newWorld(t, o, protocol("text", 7))
	w.udp(10, 4000, 7, "a")
	w.udp(5, 4000, 7, "b")
	require.Equal(t, at(10), w.last().Time, "clamped to the greatest time so far")
	// Both are clamped to the same time, but five seconds apart in the capture: no copy.
	require.Equal(t, lines(`message text initiator "a"`), w.udp(5, 4000, 7, "a"))
	require.Zero(t, w.d.Stats().Duplicates)
}

func TestTimesAreRawUnlessMonotonic(t *testing.T) {
	w := newWorld(t, datagram.Options{}, protocol("text", 7))
	w.udp(10, 4000, 7, "a")
	w.udp(5, 4000, 7, "b")
	require.Equal(t, at(5), w.last().Time)
}

func TestSweepFarAheadDoesNotFreezeTheClock(t *testing.T) {
	o := datagram.Options{}
	o.Flow.Monotonic = true
	w := newWorld(t, o, protocol("text", 7))
	w.udp(0, 4000, 7, "a")
	w.d.Sweep(at(1e6))
	w.told()
	w.udp(1, 4000, 7, "b")
	require.Equal(t, at(1), w.last().Time)
}

func TestWildTimestampEndsNoOtherFlowAndIsNoticed(t *testing.T) {
	for _, wild := range []float64{1e8, -1e8} {
		o := datagram.Options{Anomalies: true}
		w := newWorld(t, o, protocol("text", 7))
		w.udp(0, 4000, 7, "a")
		w.udp(1, 4001, 7, "b")
		w.udp(wild, 4002, 7, "wild")
		w.udp(2, 4000, 7, "c")
		require.Equal(t, uint64(1), w.d.Stats().Anomalies[datagram.AnomalyWildTime])
		var noticed datagram.Event
		for _, e := range w.kept {
			if e.Anomaly == datagram.AnomalyWildTime {
				noticed = e
			}
		}
		require.Equal(t, uint64(3), noticed.Frame, "the frame that was wild, not the one that showed it")
		require.Equal(t, at(wild), noticed.Time)
		require.Equal(t, lines(`message text initiator "d"`), w.udp(3, 4001, 7, "d"), "no other flow ended")
		require.Equal(t, lines(`message text initiator "e"`), w.udp(4, 4000, 7, "e"))
	}
}

func TestHonestGapIsNoAnomaly(t *testing.T) {
	w := newWorld(t, datagram.Options{Anomalies: true}, protocol("text", 7))
	for _, s := range []float64{0, 1, 1000, 1001, 1002, 5000, 9000, 9001} {
		w.udp(s, 4000, 7, "a")
	}
	require.Zero(t, w.d.Stats().Anomalies[datagram.AnomalyWildTime])
}

func TestUnmatchedFramesCountByVerdict(t *testing.T) {
	w := newWorld(t, datagram.Options{}, protocol("text", 7))
	require.Empty(t, w.give(0, cat(make([]byte, 12), be16(0x0806), make([]byte, 28))))
	require.Empty(t, w.give(0, []byte{1, 2, 3}))
	s := w.d.Stats()
	require.Equal(t, uint64(1), s.Unmatched[flow.VerdictNotIP])
	require.Equal(t, uint64(1), s.Unmatched[flow.VerdictTruncated])
	require.Equal(t, uint64(2), s.UnmatchedTotal())
}

func TestFragmentIsAFlowOfItsOwnKind(t *testing.T) {
	w := newWorld(t, datagram.Options{}, protocol("text", 7))
	first := ip4("10.0.0.1", "10.0.0.2", flow.ProtoUDP, 0x2000, segment(4000, 7, "12345678"))
	require.Equal(t, lines("started other initiator"), w.give(0, first))
	require.Equal(t, uint64(1), w.d.Stats().Fragments)
	require.Zero(t, w.d.Stats().Datagrams)
}

func TestFragmentsAreReassembledOnRequest(t *testing.T) {
	o := datagram.Options{Reassembler: flow.NewReassembler(flow.ReassemblyConfig{})}
	w := newWorld(t, o, protocol("text", 7))
	whole := segment(4000, 7, "a whole datagram")
	require.Empty(t, w.give(0, ip4("10.0.0.1", "10.0.0.2", flow.ProtoUDP, 0x2000, whole[:16])))
	require.Equal(t, lines("started udp initiator", `message text initiator "a whole datagram"`),
		w.give(1, ip4("10.0.0.1", "10.0.0.2", flow.ProtoUDP, 2, whole[16:])))
	require.Equal(t, uint64(2), w.last().Frame)
	s := w.d.Stats()
	require.Equal(t, uint64(2), s.Fragments)
	require.Equal(t, uint64(1), s.Reassembled)
	for _, info := range w.d.Flows() {
		require.Equal(t, [2]uint64{uint64(14 + 20 + len(whole)), 0}, info.Stats.Bytes, "the length of an unfragmented frame")
	}
}

func TestCloseAndForget(t *testing.T) {
	w := newWorld(t, datagram.Options{}, protocol("text", 7))
	w.udp(0, 4000, 7, "a")
	w.udp(0, 4001, 7, "b")
	a, b := w.kept[0].Key, w.kept[2].Key
	require.True(t, w.d.Close(&a, flow.EndForceClosed))
	require.Equal(t, lines("closed force_closed 1+0"), w.told())
	require.True(t, w.d.Forget(&b))
	require.Empty(t, w.told(), "forgetting is silent")
	require.False(t, w.d.Forget(&b))
	require.False(t, w.d.Close(&a, flow.EndForceClosed))
	require.Zero(t, w.d.ParserStates(), "state goes with the entry")
	w.balanced()
	// What comes back is new in every respect.
	require.Equal(t, lines("started udp initiator", `message text initiator "size"`), w.udp(1, 4001, 7, "size"))
	require.Equal(t, uint64(1), w.d.Stats().Forgotten)
}

func TestParserOfAnEndedFlowIsNeverReused(t *testing.T) {
	w := newWorld(t, datagram.Options{ManualSweep: true}, protocol("text", 7))
	for i := range 5 {
		// Each time the parser would poison if it had seen the datagram before.
		require.Equal(t, lines("started udp initiator", `message text initiator "size"`), w.udp(float64(i*1000), 4000, 7, "size"))
		w.d.Sweep(at(float64(i*1000 + 500)))
		require.Equal(t, lines("closed idle 1+0"), w.told())
	}
}

func TestResetParsersServeOtherFlows(t *testing.T) {
	made := 0
	p := protocol("text", 7)
	p.NewParser = func() datagram.Parser { made++; return &resetParser{} }
	w := newWorld(t, datagram.Options{}, p)
	for i := range 10 {
		require.Equal(t, lines("started udp initiator", "closed parse_error 1+0"), w.udp(float64(i), 4000, 7, "size 1"))
	}
	require.Equal(t, 1, made)
}

type resetParser struct{ textParser }

func (p *resetParser) Reset() { p.textParser = textParser{} }

func TestMetaTellsTimePortsAddressesAndLength(t *testing.T) {
	var metas []datagram.Meta
	p := protocol("text", 7)
	p.NewParser = func() datagram.Parser { return &textParser{metas: &metas} }
	w := newWorld(t, datagram.Options{}, p)
	w.udp(1, 4000, 7, "a")
	w.udp(2, -7, 4000, "b")
	require.Equal(t, datagram.Meta{
		Time: at(2), Side: flow.Responder, SrcPort: 7, DstPort: 4000,
		Src: w.last().Src, Dst: w.last().Dst,
	}, metas[1])
	require.Equal(t, uint16(7), metas[0].Port())
	require.Equal(t, uint16(7), metas[1].Port())
}

func TestCaptureThatCutADatagramNeverPoisons(t *testing.T) {
	w := newWorld(t, datagram.Options{Anomalies: true}, protocol("text", 7))
	w.frame++
	whole := udp(4000, 7, "bad datagram")
	p := &flow.Packet{Time: at(0), Frame: whole[:len(whole)-4], WireLen: len(whole), Link: flow.LinkEthernet, Number: 1}
	require.Equal(t, flow.VerdictOK, flow.Decode(p))
	w.d.Track(p)
	require.Equal(t, lines("started udp initiator"), w.told())
	s := w.d.Stats()
	require.Equal(t, uint64(1), s.Undecoded[datagram.CutShort])
	require.Zero(t, s.Poisons)
	require.Equal(t, uint64(1), w.d.ProtocolStats()[0].Truncated)
	w.balanced()
}

func TestFlowsYieldsLiveStatsMostRecentFirst(t *testing.T) {
	w := newWorld(t, datagram.Options{}, protocol("text", 7))
	w.udp(0, 4000, 7, "a")
	w.udp(1, 4001, 8, "b")
	w.udp(2, -7, 4000, "c")
	var names []string
	var packets [][2]uint64
	for k, info := range w.d.Flows() {
		name := "-"
		if info.Protocol != nil {
			name = info.Protocol.Name
		}
		names = append(names, name+" "+k.String())
		packets = append(packets, info.Stats.Packets)
	}
	require.Equal(t, lines("text udp 10.0.0.1:4000 10.0.0.2:7", "- udp 10.0.0.1:4001 10.0.0.2:8"), names)
	require.Equal(t, [][2]uint64{{1, 1}, {1, 0}}, packets)
}

func TestCorrectRolesOfACaptureThatBeganInTheMiddle(t *testing.T) {
	w := newWorld(t, datagram.Options{CorrectRoles: true}, protocol("text", 7))
	require.Equal(t, lines("started udp responder", `message text responder "reply"`), w.udp(0, -7, 4000, "reply"))
	require.Equal(t, lines(`message text initiator "query"`), w.udp(1, 4000, 7, "query"))
	w.d.Finish()
	require.Equal(t, lines("closed idle 1+1"), w.told())
	require.True(t, w.last().Stats.Flipped)
	require.Equal(t, uint16(4000), w.last().SrcPort)
	// Both ports known: nothing says who asked.
	require.Equal(t, lines("started udp initiator", `message text initiator "x"`), w.udp(2, 7, 7, "x"))
}

func TestNotesAreCountedAndTold(t *testing.T) {
	w := newWorld(t, datagram.Options{}, protocol("text", 7))
	w.udp(0, 4000, 7, "note")
	w.udp(1, 4000, 7, "ok")
	require.Equal(t, []uint64{0, 1}, w.d.ProtocolStats()[0].Notes)
	require.Equal(t, uint64(2), w.kept[1].Status.Notes())
}

func TestNewDriverRefusesWhatCannotBe(t *testing.T) {
	reg, err := datagram.NewRegistry()
	require.NoError(t, err)
	for want, o := range map[string]datagram.Options{
		"new driver: poison after 256: must be 1 to 255": {PoisonAfter: 256},
		"new driver: poison after -1: must be 1 to 255":  {PoisonAfter: -1},
		"new driver: Policy(9) is no policy":             {Policy: 9},
	} {
		_, err := datagram.NewDriver(reg.NewTable(), nil, o)
		require.EqualError(t, err, want)
	}
	_, err = datagram.NewDriver(nil, nil, datagram.Options{})
	require.ErrorContains(t, err, "no table")
	// Without a callback only counters are kept.
	d, err := datagram.NewDriver(reg.NewTable(), nil, datagram.Options{Anomalies: true})
	require.NoError(t, err)
	d.Track(packet(0, udp(1, 2, "x")))
	d.Finish()
	require.Equal(t, uint64(1), d.Stats().Started)
}

func TestTrackBatchIsTrackForEach(t *testing.T) {
	packets := traffic(5, 1000)
	want, wantStats := runDriver(t, 0, packets)
	var out []byte
	d, err := datagram.NewDriver(shardedRegistry(t).NewTable(), func(e *datagram.Event) { out = renderText(out, e) }, shardedOptions(0))
	require.NoError(t, err)
	batch := make([]flow.Packet, len(packets))
	for i, p := range packets {
		batch[i] = *p
		flow.Decode(&batch[i])
	}
	d.TrackBatch(batch)
	d.Finish()
	require.Equal(t, want, string(out))
	require.Equal(t, wantStats, d.Stats())
	require.Equal(t, packets[len(packets)-1].Time, d.Now())
}

func TestReasonThatTheProtocolDoesNotHave(t *testing.T) {
	p := protocol("text", 7)
	p.Reasons = nil
	w := newWorld(t, datagram.Options{}, p)
	w.udp(0, 4000, 7, "bad")
	require.Empty(t, w.last().Reason)
	require.Equal(t, uint64(1), w.d.ProtocolStats()[0].Poisons[datagram.NoReason])
}
