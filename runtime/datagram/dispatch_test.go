package datagram_test

import (
	"testing"
	"time"

	"github.com/flowscope/fsd/runtime/datagram"
	"github.com/flowscope/fsd/runtime/flow"
	"github.com/stretchr/testify/require"
)

// protoOf returns the protocol that took the only datagram of a new world, and what became of the datagram if none did.
func protoOf(w *world, from, to int, payload string) string {
	for _, e := range w.kept {
		if e.Kind == datagram.EventMessage {
			w.kept = nil
			break
		}
	}
	w.udp(0, from, to, payload)
	for _, e := range w.kept {
		if e.Kind == datagram.EventMessage {
			return e.ProtocolName()
		}
	}
	for why, n := range w.d.Stats().Undecoded {
		if n > 0 {
			return "(" + datagram.Why(why).String() + ")"
		}
	}
	return ""
}

func TestWhoTakesADatagram(t *testing.T) {
	registry := func(t *testing.T) *datagram.Registry {
		reg, err := datagram.NewRegistry(protocol("a", 7, 9), protocol("b", 7, 8), detects(protocol("c", 10), 'o'), detects(protocol("d"), 'o'))
		require.NoError(t, err)
		return reg
	}
	for _, c := range []struct {
		name     string
		from, to int
		payload  string
		want     string
		edit     func(*datagram.Registry)
	}{
		{"port of one", 4000, 9, "hello", "a", nil},
		{"first of several on a port", 4000, 7, "hello", "a", nil},
		{"a reject moves on", 4000, 7, "only b", "b", nil},
		{"the initiator's port when the capture began in the middle", 8, 4000, "hello", "b", nil},
		{"the responder's port first", 8, 9, "hello", "a", nil},
		{"detection on any port, in order of registration", 4000, 4001, "ok", "c", nil},
		{"detection that rejects moves on", 4000, 4001, "only d", "d", nil},
		{"detection after ports", 4000, 7, "only d", "d", nil},
		{"ports before detection", 4000, 7, "ok", "a", nil},
		{"a listed port needs no detection", 4000, 10, "hello", "c", nil},
		{"nobody", 4000, 4001, "hello", "(no_protocol)", nil},
		{"nobody takes it", 4000, 8, "only x", "(mismatch)", nil},
		{"poison before confirm on an unlisted port is a mismatch", 4000, 4001, "onlydoubt d", "d", nil},
		{"and the last candidate's too", 4000, 4001, "onlydoubt x", "(mismatch)", nil},
		{"poison before confirm on a listed port is a poison", 4000, 8, "onlydoubt x", "(poisoned)", nil},
		{"unless another that lists the port takes it", 4000, 7, "onlydoubt b", "b", nil},
		{"but detection does not excuse it", 4000, 7, "onlydoubt d", "(poisoned)", nil},
		{"decode-as wins over ports", 4000, 7, "ok", "d", func(r *datagram.Registry) {
			_ = r.DecodeAs(datagram.PortRange{First: 7, Last: 7}, "d")
		}},
		{"the last word first", 4000, 7, "ok", "b", func(r *datagram.Registry) {
			_ = r.DecodeAs(datagram.PortRange{First: 1, Last: 100}, "d")
			_ = r.DecodeAs(datagram.PortRange{First: 7, Last: 7}, "b")
		}},
		{"decode-as that rejects moves on", 4000, 7, "only a", "a", func(r *datagram.Registry) {
			_ = r.DecodeAs(datagram.PortRange{First: 7, Last: 7}, "d")
		}},
		{"decode-as makes a port a listed one", 4000, 77, "onlydoubt x", "(poisoned)", func(r *datagram.Registry) {
			_ = r.DecodeAs(datagram.PortRange{First: 77, Last: 77}, "d")
		}},
		{"ignoring ports leaves detection", 4000, 7, "ok", "c", func(r *datagram.Registry) { r.IgnorePorts(true) }},
		{"and nothing else", 4000, 7, "hello", "(no_protocol)", func(r *datagram.Registry) { r.IgnorePorts(true) }},
		{"and no port is a listed one", 4000, 10, "onlydoubt x", "(mismatch)", func(r *datagram.Registry) { r.IgnorePorts(true) }},
		{"but the user's word stands", 4000, 7, "hello", "b", func(r *datagram.Registry) {
			r.IgnorePorts(true)
			_ = r.DecodeAs(datagram.PortRange{First: 7, Last: 7}, "b")
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			reg := registry(t)
			if c.edit != nil {
				c.edit(reg)
			}
			w := newWorldOf(t, datagram.Options{}, reg)
			require.Equal(t, c.want, protoOf(w, c.from, c.to, c.payload))
		})
	}
}

func TestConfirmBindsTheFlow(t *testing.T) {
	w := newWorld(t, datagram.Options{Anomalies: true}, protocol("a", 7), protocol("b", 7))
	require.Equal(t, `message b initiator "only b"`, w.udp(0, 4000, 7, "only b")[1])
	// Bound to b, so that a is not asked any more.
	require.Equal(t, lines(`message b initiator "ok"`), w.udp(1, 4000, 7, "ok"))
	require.Equal(t, uint64(1), w.d.ProtocolStats()[1].Bound)
	// After the flow has confirmed, poison is poison though this parse did not confirm.
	require.Equal(t, lines("anomaly parse_error initiator doubt", "closed parse_error 3+0"), w.udp(2, 4000, 7, "doubt"))
}

func TestPoisonAfterConfirmationOnAnUnlistedPort(t *testing.T) {
	w := newWorld(t, datagram.Options{Anomalies: true}, detects(protocol("a"), 'd'))
	require.Equal(t, lines("started udp initiator"), w.udp(0, 4000, 4001, "doubt"), "before: a mismatch")
	require.Equal(t, lines(`message a initiator "data"`), w.udp(1, 4000, 4001, "data"))
	require.Equal(t, lines("anomaly parse_error initiator doubt", "closed parse_error 3+0"), w.udp(2, 4000, 4001, "doubt"))
	require.Equal(t, uint64(1), w.d.Stats().Undecoded[datagram.Mismatch])
}

func TestConfirmedPoisonOfAnUnboundFlowOnAnUnlistedPort(t *testing.T) {
	w := newWorld(t, datagram.Options{}, detects(protocol("a"), 'b'))
	require.Equal(t, lines("started udp initiator", "closed parse_error 1+0"), w.udp(0, 4000, 4001, "bad"))
}

func TestCandidateThatDidNotConfirmIsTriedFirstAndMayGo(t *testing.T) {
	w := newWorld(t, datagram.Options{}, protocol("a", 7), protocol("b", 7))
	require.Equal(t, `message a initiator "half"`, w.udp(0, 4000, 7, "half")[1])
	require.Zero(t, w.d.ProtocolStats()[0].Bound)
	require.Equal(t, lines(`message b initiator "only b"`), w.udp(1, 4000, 7, "only b"))
	require.Equal(t, lines(`message b initiator "ok"`), w.udp(2, 4000, 7, "ok"))
	require.Equal(t, 1, w.d.ParserStates())
}

func TestCandidateKeepsItsStateUntilItRejects(t *testing.T) {
	w := newWorld(t, datagram.Options{}, protocol("a", 7))
	w.udp(0, 4000, 7, "half 12")
	require.Equal(t, uint64(1), w.d.Stats().Messages)
	w.udp(1, 4000, 7, "no")
	require.Zero(t, w.d.ParserStates(), "a rejecting candidate leaves nothing behind")
	require.Equal(t, lines(`message a initiator "size"`), w.udp(2, 4000, 7, "size"), "a fresh parser has not seen five bytes")
}

// STUN, DTLS and RTP share a flow (RFC 7983).
func TestBoundFlowStillHoldsDatagramsOfOtherProtocols(t *testing.T) {
	w := newWorld(t, datagram.Options{}, protocol("stun", 7), detects(protocol("rtp"), 'o'))
	w.udp(0, 4000, 7, "only stun")
	for i := range 3 {
		require.Equal(t, lines(`message rtp initiator "only rtp"`), w.udp(1, 4000, 7, "only rtp"))
		require.Equal(t, lines(`message stun initiator "only stun"`), w.udp(1, 4000, 7, "only stun"))
		require.Equal(t, 1, w.d.ParserStates(), i)
	}
	require.Equal(t, uint64(1), w.d.ProtocolStats()[0].Bound)
	require.Zero(t, w.d.ProtocolStats()[1].Bound)
	w.d.Finish()
	require.Equal(t, "stun", w.last().ProtocolName())
	require.Zero(t, w.d.ParserStates())
}

func TestManyProtocolsOnOneFlowAreBounded(t *testing.T) {
	names := []string{"a", "b", "c", "d", "e", "f", "g"}
	var protocols []*datagram.Protocol
	for _, n := range names {
		protocols = append(protocols, detects(protocol(n), 'o'))
	}
	w := newWorld(t, datagram.Options{}, protocols...)
	for range 3 {
		for _, n := range names {
			require.Contains(t, w.udp(0, 4000, 4001, "only "+n), `message `+n+` initiator "only `+n+`"`)
		}
	}
	w.d.Finish()
	require.Zero(t, w.d.ParserStates())
}

func TestStatelessProtocolsShareOneParser(t *testing.T) {
	made := 0
	p := protocol("a", 7)
	p.Stateless = true
	p.NewParser = func() datagram.Parser { made++; return &textParser{name: "a"} }
	w := newWorld(t, datagram.Options{}, p)
	for i := range 10 {
		w.udp(0, 4000+i, 7, "ok")
	}
	require.Equal(t, 1, made)
	require.Zero(t, w.d.ParserStates())
}

// expecting returns a protocol whose "expect" announces that the responder will send from any port.
func expecting(name string, port uint16, x datagram.Expectation) *datagram.Protocol {
	p := protocol(name, port)
	p.Expects = []datagram.Expectation{x}
	return p
}

func TestExpectedFlowSharesProtocolStateAndRoles(t *testing.T) {
	w := newWorld(t, datagram.Options{}, expecting("tftp", 69, datagram.Expectation{From: flow.Responder, Within: 5 * time.Second}))
	w.udp(0, 4000, 69, "expect")
	// The server answers from a port of its own: one byte more than the parser of the first flow may see.
	require.Equal(t, lines("started udp responder", `message tftp responder "ok"`), w.udp(1, -5555, 4000, "ok"))
	require.Equal(t, 1, w.d.ParserStates(), "both flows share one")
	require.Equal(t, lines(`message tftp initiator "ok"`), w.udp(2, 4000, 5555, "ok"))
	require.Equal(t, lines("closed parse_error 2+1"), w.udp(3, 4000, 5555, "size"))
	require.Equal(t, uint64(1), w.d.Stats().Expected)
	require.Equal(t, 1, w.d.Len())
	// The first flow goes on with a parser that is not poisoned.
	require.Equal(t, lines(`message tftp initiator "size"`), w.udp(4, 4000, 69, "size"))
	w.d.Finish()
	require.Zero(t, w.d.ParserStates())
}

func TestExpectationOfAnEndedFlowBringsAFreshParser(t *testing.T) {
	w := newWorld(t, datagram.Options{}, expecting("tftp", 69, datagram.Expectation{From: flow.Responder, Within: 5 * time.Second}))
	w.udp(0, 4000, 69, "expect")
	key := w.last().Key
	w.d.Close(&key, flow.EndForceClosed)
	w.udp(0, 4444, 69, "hello") // takes the slot that the state was in
	w.told()
	require.Equal(t, lines("started udp responder", `message tftp responder "size"`), w.udp(1, -5555, 4000, "size"))
	require.Equal(t, 2, w.d.ParserStates())
	w.d.Finish()
	require.Zero(t, w.d.ParserStates())
}

func TestExpectationOfAStatelessProtocol(t *testing.T) {
	p := expecting("tftp", 69, datagram.Expectation{From: flow.Initiator, Port: 2000, Within: 5 * time.Second})
	p.Stateless = true
	w := newWorld(t, datagram.Options{}, p)
	w.udp(0, 4000, 69, "expect")
	require.Equal(t, lines("started udp initiator"), w.udp(1, 2001, 69+1, "ok"), "another port is not what was announced")
	// The initiator speaks to the responder's end of the announcing flow: that is the listed port here.
	require.Equal(t, lines("started udp initiator", `message tftp initiator "ok"`), w.udp(1, 2000, 69, "ok"))
	require.Equal(t, uint64(1), w.d.Stats().Expected)
}

func TestExpectationExpires(t *testing.T) {
	w := newWorld(t, datagram.Options{}, expecting("tftp", 69, datagram.Expectation{From: flow.Responder, Within: 5 * time.Second}))
	w.udp(0, 4000, 69, "expect")
	require.Equal(t, lines("started udp initiator"), w.udp(5, -5555, 4000, "ok"))
	require.Equal(t, uint64(1), w.d.Stats().Undecoded[datagram.NoProtocol])
}
