package datagram_test

import (
	"testing"
	"time"

	"github.com/flowscope/fsd/runtime/datagram"
	"github.com/flowscope/fsd/runtime/flow"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Whatever is done with a driver, in whatever order: each flow is started before anything else is told of it and
// closed once, nothing is told of a flow after its end, no parser outlives its flow, and the books balance.
func TestEveryFlowHasOneLifeWhateverHappens(t *testing.T) {
	payloads := []string{"ok", "half", "bad", "doubt", "last", "no", "expect", "size 1", "only a", "only c", "onlydoubt c", ""}
	rapid.Check(t, func(rt *rapid.T) {
		o := datagram.Options{
			Anomalies:    true,
			Policy:       datagram.Policy(rapid.IntRange(0, 2).Draw(rt, "policy")),
			PoisonAfter:  rapid.IntRange(0, 3).Draw(rt, "after"),
			CorrectRoles: rapid.Bool().Draw(rt, "correct"),
			ManualSweep:  rapid.Bool().Draw(rt, "manual"),
			Flow:         flow.Config{MaxFlows: rapid.IntRange(1, 5).Draw(rt, "flows"), Monotonic: rapid.Bool().Draw(rt, "monotonic")},
		}
		stateless := protocol("b", 7, 8)
		stateless.Stateless = true
		w := newWorld(t, o, expecting("a", 7, datagram.Expectation{From: flow.Responder, Within: time.Minute}), stateless, detects(protocol("c"), 'o'))
		seconds := 0.0
		for range rapid.IntRange(1, 40).Draw(rt, "steps") {
			switch rapid.IntRange(0, 9).Draw(rt, "step") {
			case 0:
				w.d.Sweep(at(seconds + rapid.Float64Range(0, 100).Draw(rt, "ahead")))
			case 1:
				if len(w.kept) > 0 {
					k := w.kept[rapid.IntRange(0, len(w.kept)-1).Draw(rt, "which")].Key
					w.d.Close(&k, flow.EndForceClosed)
				}
			case 2:
				w.d.SetMaxFlows(rapid.IntRange(1, 5).Draw(rt, "max"))
			case 3:
				w.give(seconds, tcp(4000, 7, rapid.Byte().Draw(rt, "flags"), "x"))
			default:
				seconds += rapid.Float64Range(-1, 40).Draw(rt, "later")
				from, to := 4000+rapid.IntRange(0, 2).Draw(rt, "from"), []int{7, 8, 4444}[rapid.IntRange(0, 2).Draw(rt, "to")]
				if rapid.Bool().Draw(rt, "back") {
					from, to = -to, from
				}
				w.udp(seconds, from, to, rapid.SampledFrom(payloads).Draw(rt, "payload"))
			}
			w.balanced()
		}
		w.d.Finish()
		w.balanced()
		require.Zero(t, w.d.Len())
		require.Zero(t, w.d.ParserStates())
		require.Zero(t, w.d.Quarantined())

		live := map[flow.Key]bool{}
		for _, e := range w.kept {
			if !e.HasFlow {
				continue
			}
			if e.Kind == datagram.EventStarted {
				require.False(t, live[e.Key], "started twice")
				live[e.Key] = true
				continue
			}
			require.True(t, live[e.Key], "%v without a start, or after the end", e.Kind)
			if e.Kind == datagram.EventClosed {
				delete(live, e.Key)
			}
		}
		require.Empty(t, live, "not closed")
	})
}

// A million addresses that are never heard of again cost no more than the table allows.
func TestSpoofedFlowsAreBounded(t *testing.T) {
	o := datagram.Options{Flow: flow.Config{MaxFlows: 100}}
	reg, err := datagram.NewRegistry(protocol("own", 8))
	require.NoError(t, err)
	d, err := datagram.NewDriver(reg.NewTable(), nil, o)
	require.NoError(t, err)
	frame := udp(4000, 8, "ok")
	for i := range 20_000 {
		frame[14+12], frame[14+13], frame[14+14] = byte(i>>16), byte(i>>8), byte(i)
		d.Track(packet(0, frame))
		require.LessOrEqual(t, d.Len(), 100)
		require.LessOrEqual(t, d.ParserStates(), 100)
	}
	s := d.Stats()
	require.Equal(t, uint64(20_000), s.Started)
	require.Equal(t, s.Started, s.ClosedTotal()+uint64(d.Len()))
	require.Equal(t, uint64(19_900), s.Closed[flow.EndEvicted])
}

// One decode, one view of the payload, whatever the link type, VLAN or tunnel.
func TestPayloadIsThatOfTheInnermostDatagram(t *testing.T) {
	inner := udp(4000, 7, "inner")
	vxlan := ip4("192.0.2.1", "192.0.2.2", flow.ProtoUDP, 0, segment(50000, 4789, "\x08\x00\x00\x00\x00\x00\x01\x00"+string(inner)))
	vlan := cat(inner[:12], be16(0x8100), be16(5), inner[12:])
	gre := ip4("192.0.2.1", "192.0.2.2", flow.ProtoGRE, 0, cat(be16(0), be16(0x0800), inner[14:]))
	for name, c := range map[string]struct {
		link  flow.LinkType
		frame []byte
	}{
		"plain": {flow.LinkEthernet, inner}, "vlan": {flow.LinkEthernet, vlan}, "vxlan": {flow.LinkEthernet, vxlan},
		"gre": {flow.LinkEthernet, gre}, "raw": {flow.LinkRaw, inner[14:]},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, datagram.Options{}, protocol("text", 7))
			p := &flow.Packet{Time: at(0), Frame: c.frame, Link: c.link}
			require.Equal(t, flow.VerdictOK, (&flow.Decoder{Enter: flow.AllTunnels}).Decode(p))
			w.d.Track(p)
			require.Equal(t, lines("started udp initiator", `message text initiator "inner"`), w.told())
			e := w.last()
			require.Equal(t, "10.0.0.1", e.Src.String())
			require.Equal(t, uint16(7), e.DstPort)
		})
	}
}

// With a layered decoder the datagram of the tunnel is tracked and parsed first, and then what it carries: each is of
// its own flow, and the books balance.
func TestEveryLayerOfAFrameIsTracked(t *testing.T) {
	decoder := &flow.Decoder{Enter: flow.AllTunnels, Layered: true}
	w := newWorld(t, datagram.Options{Decoder: decoder, Dedup: flow.NewDedup(time.Second, 4)}, protocol("text", 7), protocol("tunnel", 4789))
	frame := ip4("192.0.2.1", "192.0.2.2", flow.ProtoUDP, 0, segment(50000, 4789, "\x08\x00\x00\x00\x00\x00\x01\x00"+string(udp(4000, 7, "ok inner"))))
	for range 2 {
		p := &flow.Packet{Time: at(0), Frame: frame, Link: flow.LinkEthernet}
		decoder.Decode(p)
		w.d.Track(p)
	}
	told := w.told()
	require.Len(t, told, 4)
	require.Equal(t, "started udp initiator", told[0])
	require.Contains(t, told[1], "message tunnel initiator")
	require.Equal(t, lines("started udp initiator", `message text initiator "ok inner"`), told[2:])
	s := w.d.Stats()
	require.EqualValues(t, 2, s.Frames)
	require.EqualValues(t, 1, s.Duplicates, "of the frame, with all that is in it")
	require.EqualValues(t, 1, s.Inner)
	require.EqualValues(t, 2, s.Datagrams)
	require.Equal(t, 2, w.d.Len())
}

// After a poison the next good datagram decodes as if alone, and no packet tells more than three events.
func TestNothingOfAPoisonIsLeft(t *testing.T) {
	w := newWorld(t, datagram.Options{Anomalies: true}, protocol("text", 7))
	for i := range 10 {
		require.LessOrEqual(t, len(w.udp(float64(i), 4000, 7, "size 12345")), 3)
		require.Equal(t, lines("started udp initiator", `message text initiator "size"`), w.udp(float64(i), 4000, 7, "size"))
		k := w.last().Key
		w.d.Close(&k, flow.EndForceClosed)
		w.told()
	}
}
