package datagram_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/flowscope/fsd/runtime/datagram"
)

// tentative makes a protocol of which a complete message does not confirm, and which detects "ok" and "size", too.
func tentative(p *datagram.Protocol) *datagram.Protocol {
	p.Tentative = true
	p.Detect = append(p.Detect, []datagram.Test{{Width: 1, Mask: 0xff, Op: datagram.Equal, Value: 'o'}}, []datagram.Test{{Width: 1, Mask: 0xff, Op: datagram.Equal, Value: 's'}})
	return p
}

func TestATentativeProtocolWaitsForProofWhereNoPortSpeaksForIt(t *testing.T) {
	w := newWorld(t, datagram.Options{}, tentative(detects(protocol("a"), 'h')))
	require.Equal(t, lines("started udp initiator"), w.udp(0, 4000, 4001, "half"))
	require.Empty(t, w.udp(1, 4000, 4001, "half"))
	require.Equal(t, uint64(2), w.d.Stats().Undecoded[datagram.Mismatch])
	require.Equal(t, lines(`message a initiator "ok"`), w.udp(2, 4000, 4001, "ok"))
	require.Equal(t, lines(`message a initiator "half"`), w.udp(3, 4000, 4001, "half"), "the flow is bound now")
	require.Equal(t, uint64(1), w.d.ProtocolStats()[0].Bound)
}

func TestATentativeProtocolRemembersWhatItWasNotSureOf(t *testing.T) {
	w := newWorld(t, datagram.Options{}, tentative(detects(protocol("a"), 'h')))
	w.udp(0, 4000, 4001, "half")
	require.Equal(t, lines("closed parse_error 2+0"), w.udp(1, 4000, 4001, "size"), "8 bytes of the flow were counted, not 4")
}

func TestAPortSpeaksForATentativeProtocol(t *testing.T) {
	w := newWorld(t, datagram.Options{}, tentative(protocol("a", 7)))
	require.Equal(t, lines("started udp initiator", `message a initiator "half"`), w.udp(0, 4000, 7, "half"))
}

func TestAnotherProtocolTakesWhatATentativeOneIsNotSureOf(t *testing.T) {
	w := newWorld(t, datagram.Options{}, tentative(detects(protocol("a"), 'h')), detects(protocol("b"), 'h'))
	require.Equal(t, lines("started udp initiator", `message b initiator "half"`), w.udp(0, 4000, 4001, "half"))
}
