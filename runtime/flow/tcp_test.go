package flow

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// seg is a packet of a TCP conversation: the client's when up.
type seg struct {
	up    bool
	flags byte
	data  string
}

func converse(tr *tracker, segs ...seg) (out []string) {
	for i, s := range segs {
		f := tcp4("10.0.0.2", 80, "10.0.0.1", 1000, s.flags, s.data)
		if s.up {
			f = tcp4("10.0.0.1", 1000, "10.0.0.2", 80, s.flags, s.data)
		}
		out = append(out, events(tr.Track(packet(at(float64(i)), f)))...)
	}
	return out
}

func TestTCPConversation(t *testing.T) {
	tr := newTracker(Config{})
	got := converse(tr,
		seg{true, TCPSyn, ""}, seg{false, TCPSyn | TCPAck, ""}, seg{true, TCPAck, ""},
		seg{true, TCPAck, "request"}, seg{false, TCPAck, "answer"},
		seg{true, TCPFin | TCPAck, ""}, seg{false, TCPFin | TCPAck, ""}, seg{true, TCPAck, ""})
	require.Equal(t, []string{
		"started", "active>syn_sent", "packet initiator",
		"syn_sent>syn_received", "packet responder",
		"syn_received>established", "packet initiator",
		"packet initiator", "packet responder",
		"established>fin_wait", "packet initiator",
		"fin_wait>closing_tcp", "packet responder",
		"closing_tcp>closed", "packet initiator", "ended fin",
	}, got)
	require.Equal(t, "SsDdFf", tr.ended.History.String())
	require.Equal(t, Closed, tr.ended.State)
	require.Equal(t, [2]uint64{5, 3}, tr.ended.Stats.Packets)
	require.Zero(t, tr.Len())
	balanced(t, tr)
}

func TestRetransmittedFinIsNoSecondFin(t *testing.T) {
	for _, up := range []bool{true, false} {
		tr := newTracker(Config{})
		converse(tr, seg{true, TCPSyn, ""}, seg{false, TCPSyn | TCPAck, ""}, seg{true, TCPAck, ""})
		got := converse(tr, seg{up, TCPFin | TCPAck, ""}, seg{up, TCPFin | TCPAck, ""}, seg{!up, TCPAck, ""})
		require.NotContains(t, got, "fin_wait>closing_tcp")
		require.Equal(t, FinWait, tr.Get(keyOf(tcp4("10.0.0.1", 1000, "10.0.0.2", 80, 0, ""))).State())
		got = converse(tr, seg{!up, TCPFin | TCPAck, ""}, seg{up, TCPAck, ""})
		require.Contains(t, got, "ended fin")
	}
}

func TestResetEndsAFlowInAnyState(t *testing.T) {
	steps := []seg{{true, TCPSyn, ""}, {false, TCPSyn | TCPAck, ""}, {true, TCPAck, ""}, {true, TCPFin | TCPAck, ""}, {false, TCPFin | TCPAck, ""}}
	for n := range len(steps) + 1 {
		for _, up := range []bool{true, false} {
			tr := newTracker(Config{})
			converse(tr, steps[:n]...)
			got := converse(tr, seg{up, TCPRst, ""})
			require.Equal(t, "ended rst", got[len(got)-1])
			require.Equal(t, Reset, tr.ended.State)
			require.Zero(t, tr.Len())
			balanced(t, tr)
		}
	}
}

func TestWhatDoesNotChangeTheState(t *testing.T) {
	tr := newTracker(Config{})
	require.Equal(t, []string{"started", "packet initiator", "packet responder", "packet initiator"},
		converse(tr, seg{true, TCPAck, "x"}, seg{false, TCPAck, "y"}, seg{true, TCPFin | TCPAck, ""}), "joined in the middle")
	tr = newTracker(Config{})
	require.Equal(t, []string{"started", "active>syn_sent", "packet initiator", "packet initiator", "packet responder"},
		converse(tr, seg{true, TCPSyn, ""}, seg{true, TCPSyn, ""}, seg{false, TCPAck, ""}), "repeated SYN, stray ACK")
}

func TestHistory(t *testing.T) {
	var h History
	h.packet(TCPSyn|TCPFin|TCPRst, true, Initiator)
	h.packet(TCPSyn|TCPFin|TCPRst, true, Responder)
	h.packet(TCPAck|TCPPsh, false, Responder)
	require.Equal(t, "SFRDsfrd", h.String())
	require.Equal(t, "sfrdSFRD", h.flip().String())
	require.Equal(t, h, h.flip().flip())
	for range 20 {
		h.packet(0, true, Responder)
	}
	require.Equal(t, "SFRDsfrddddddddd", h.String(), "cut at 16 letters")
	require.Less(t, uint64(h), uint64(1)<<historyBits)
	h = 0
	for range 20 {
		h.packet(0, true, Responder)
	}
	require.Less(t, uint64(h), uint64(1)<<historyBits, "the greatest history fits")
	require.Empty(t, History(0).String())
	_ = History(1<<64 - 1).String()
}

func TestFlipInFinWait(t *testing.T) {
	tr := newTracker(Config{})
	converse(tr, seg{true, TCPSyn, ""}, seg{false, TCPSyn | TCPAck, ""}, seg{true, TCPAck, ""}, seg{true, TCPFin | TCPAck, ""})
	f := tr.Get(keyOf(tcp4("10.0.0.1", 1000, "10.0.0.2", 80, 0, "")))
	f.Flip()
	require.Equal(t, FinWait, f.State())
	require.Equal(t, "sSf", f.History().String())
	require.NotContains(t, converse(tr, seg{true, TCPFin | TCPAck, ""}), "fin_wait>closing_tcp")
	require.Contains(t, converse(tr, seg{false, TCPFin | TCPAck, ""}), "fin_wait>closing_tcp")
}
