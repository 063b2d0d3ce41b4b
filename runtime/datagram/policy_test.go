package datagram_test

import (
	"strings"
	"testing"

	"github.com/flowscope/fsd/runtime/datagram"
	"github.com/flowscope/fsd/runtime/flow"
	"github.com/stretchr/testify/require"
)

func TestQuarantineTellsOnceAndKeepsATombstone(t *testing.T) {
	o := datagram.Options{Anomalies: true, Policy: datagram.QuarantinePoisoned, ManualSweep: true}
	w := newWorld(t, o, protocol("text", 7))
	require.Equal(t, lines(
		"started udp initiator", `message text initiator "last"`,
		"anomaly parse_error initiator last", "closed parse_error 1+0",
	), w.udp(0, 4000, 7, "last"))
	for i := range 5 {
		require.Empty(t, w.udp(float64(i), 4000, 7, "bad"))
		require.Empty(t, w.udp(float64(i), -7, 4000, "ok"))
	}
	s := w.d.Stats()
	require.Equal(t, uint64(10), s.Undecoded[datagram.InQuarantine])
	require.Equal(t, uint64(1), s.Poisoned)
	require.Equal(t, uint64(1), s.Started, "hostile datagrams do not open a flow each")
	require.Equal(t, 1, w.d.Quarantined())
	require.Zero(t, w.d.ParserStates())
	for _, info := range w.d.Flows() {
		require.True(t, info.Quarantined)
		require.Equal(t, [2]uint64{6, 5}, info.Stats.Packets, "its datagrams are counted")
	}
	w.d.Sweep(at(1000))
	require.Empty(t, w.told(), "its end was told before")
	require.Zero(t, w.d.Quarantined())
	require.Zero(t, w.d.Len())
	w.balanced()
	require.Equal(t, lines("started udp initiator", `message text initiator "ok"`), w.udp(2000, 4000, 7, "ok"))
}

func TestQuarantinedFlowsLeaveTheBooksBalanced(t *testing.T) {
	o := datagram.Options{Policy: datagram.QuarantinePoisoned}
	o.Flow.MaxFlows = 2
	w := newWorld(t, o, protocol("text", 7))
	w.udp(0, 4000, 7, "bad")
	w.udp(0, 4001, 7, "bad")
	key := w.last().Key
	require.Equal(t, lines("started udp initiator", `message text initiator "ok"`), w.udp(1, 4002, 7, "ok"),
		"a tombstone is evicted without a word")
	require.True(t, w.d.Forget(&key))
	require.Zero(t, w.d.Quarantined())
	w.balanced()
}

func TestObserveGoesOn(t *testing.T) {
	o := datagram.Options{Anomalies: true, Policy: datagram.ObservePoisoned}
	w := newWorld(t, o, protocol("text", 7))
	require.Equal(t, lines("started udp initiator", "anomaly parse_error initiator bad"), w.udp(0, 4000, 7, "bad"))
	require.Equal(t, lines("anomaly parse_error initiator bad"), w.udp(1, 4000, 7, "bad"))
	require.Equal(t, lines(`message text initiator "ok"`), w.udp(2, 4000, 7, "ok"))
	require.Equal(t, lines(`message text responder "last"`, "anomaly parse_error responder last"), w.udp(3, -7, 4000, "last"))
	s := w.d.Stats()
	require.Equal(t, uint64(1), s.Poisoned, "a flow is poisoned once")
	require.Equal(t, uint64(2), s.Observed)
	require.Equal(t, uint64(2), s.Undecoded[datagram.Poisonous])
	require.Equal(t, uint64(2), s.Messages)
	w.d.Finish()
	require.Equal(t, lines("closed idle 3+1"), w.told())
	require.Empty(t, w.last().Reason)
}

func TestPoisonAfterCountsPerDirection(t *testing.T) {
	o := datagram.Options{Anomalies: true, PoisonAfter: 3}
	w := newWorld(t, o, protocol("text", 7))
	w.udp(0, 4000, 7, "ok")
	for range 2 {
		require.Equal(t, lines("anomaly malformed initiator bad"), w.udp(1, 4000, 7, "bad"))
		require.Equal(t, lines("anomaly malformed responder bad"), w.udp(1, -7, 4000, "bad"))
		require.Equal(t, lines(`message text initiator "ok"`), w.udp(1, 4000, 7, "ok"))
	}
	require.Equal(t, datagram.SeverityWarning, datagram.AnomalyMalformed.Severity())
	s := w.d.Stats()
	require.Equal(t, uint64(4), s.Malformed)
	require.Equal(t, uint64(4), s.Undecoded[datagram.NotWellFormed])
	require.Zero(t, s.Poisoned)
	require.Equal(t, lines("anomaly parse_error responder bad", "closed parse_error 5+3"), w.udp(2, -7, 4000, "bad"))
	require.Equal(t, uint64(1), w.d.Stats().Undecoded[datagram.Poisonous])
	require.Equal(t, uint64(4), w.d.Stats().Malformed)
}

func TestPoisonAfterTheGreatestNumber(t *testing.T) {
	o := datagram.Options{PoisonAfter: 255}
	w := newWorld(t, o, protocol("text", 7))
	for range 254 {
		require.NotContains(t, strings.Join(w.udp(0, 4000, 7, "bad"), " "), "closed")
	}
	require.Equal(t, lines("closed parse_error 255+0"), w.udp(0, 4000, 7, "bad"))
}

// Each outcome moves its own counter and no other one's.
func TestOutcomesShareNoCounter(t *testing.T) {
	counters := func(w *world) map[string]uint64 {
		s, p := w.d.Stats(), w.d.ProtocolStats()[0]
		out := map[string]uint64{}
		for name, n := range map[string]uint64{
			"malformed": s.Malformed, "poisoned": s.Poisoned, "mismatch": s.Mismatches, "truncated": s.Undecoded[datagram.CutShort],
		} {
			if n > 0 {
				out[name] = n
			}
		}
		require.Equal(t, s.Malformed, p.Malformed)
		require.Equal(t, s.Poisoned, p.Poisoned)
		require.Equal(t, s.Mismatches, p.Mismatches)
		return out
	}
	w := newWorld(t, datagram.Options{PoisonAfter: 2}, protocol("text", 7))
	w.udp(0, 4000, 7, "bad")
	require.Equal(t, map[string]uint64{"malformed": 1}, counters(w))
	w = newWorld(t, datagram.Options{}, protocol("text", 7))
	w.udp(0, 4000, 7, "bad")
	require.Equal(t, map[string]uint64{"poisoned": 1}, counters(w))
	w = newWorld(t, datagram.Options{}, protocol("text", 7))
	w.udp(0, 4000, 7, "no")
	require.Equal(t, map[string]uint64{"mismatch": 1}, counters(w))
	w = newWorld(t, datagram.Options{}, protocol("text", 7))
	whole := udp(4000, 7, "bad datagram")
	p := &flow.Packet{Time: at(0), Frame: whole[:len(whole)-1], WireLen: len(whole), Link: flow.LinkEthernet}
	flow.Decode(p)
	w.d.Track(p)
	require.Equal(t, map[string]uint64{"truncated": 1}, counters(w))
}

func TestPoisonsAreCountedByReason(t *testing.T) {
	w := newWorld(t, datagram.Options{}, protocol("text", 7), protocol("other", 8))
	w.udp(0, 4000, 7, "bad")
	w.udp(1, 4000, 7, "bad")
	w.udp(2, 4000, 7, "doubt")
	w.udp(3, 4000, 8, "last")
	text, other := w.d.ProtocolStats()[0], w.d.ProtocolStats()[1]
	require.Equal(t, uint64(2), text.Poisons[reasonBad])
	require.Equal(t, uint64(1), text.Poisons[reasonDoubt])
	require.Equal(t, uint64(1), other.Poisons[reasonLast])
	require.Equal(t, uint64(3), text.Poisoned)
	require.Equal(t, "other", other.Protocol.Name)
}

func TestReasonOfAHandWrittenParserIsCutOnACharacterBoundary(t *testing.T) {
	for _, c := range []struct{ name, said, want string }{
		{"short", "because", "because"},
		{"exactly", long(256), long(256)},
		{"one more", long(257), long(256)},
		{"two bytes", long(255) + "é", long(255)},
		{"three bytes", long(254) + "€", long(254)},
		{"four bytes", long(253) + "𝄞", long(253)},
		{"four bytes fit", long(252) + "𝄞x", long(252) + "𝄞"},
		{"not text", long(250) + strings.Repeat("\x80", 20), long(250) + "\x80\x80\x80"},
		{"none", "", "bad"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := protocol("text", 7)
			p.NewParser = func() datagram.Parser { return &textParser{reason: c.said} }
			w := newWorld(t, datagram.Options{}, p)
			w.udp(0, 4000, 7, "bad")
			require.Equal(t, c.want, w.last().Reason)
			require.LessOrEqual(t, len(w.last().Reason), datagram.MaxReason)
		})
	}
}

func TestPolicyNames(t *testing.T) {
	for _, p := range []datagram.Policy{datagram.ClosePoisoned, datagram.QuarantinePoisoned, datagram.ObservePoisoned} {
		text, err := p.MarshalText()
		require.NoError(t, err)
		var back datagram.Policy
		require.NoError(t, back.UnmarshalText(text))
		require.Equal(t, p, back)
	}
	_, err := datagram.ParsePolicy("ignore")
	require.EqualError(t, err, `poison policy "ignore": not one of close, quarantine, observe`)
}
