package datagram_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/flowscope/fsd/runtime/datagram"
	"github.com/flowscope/fsd/runtime/flow"
	"github.com/stretchr/testify/require"
)

// renderText appends a line about an event.
func renderText(dst []byte, e *datagram.Event) []byte {
	dst = fmt.Appendf(dst, "%v %d %v %v %v %s:%d>%s:%d %s %s %v %v", e.Time, e.Frame, e.Kind, e.Anomaly, e.Side, e.Src, e.SrcPort,
		e.Dst, e.DstPort, e.ProtocolName(), e.Reason, e.End, e.Key)
	if e.Kind == datagram.EventClosed {
		dst = fmt.Appendf(dst, " %v", e.Stats)
	}
	if e.Message != nil {
		dst = e.Message.AppendJSON(append(dst, ' '))
	}
	return append(dst, '\n')
}

// traffic is a capture of many flows, some hostile, over some minutes; the same one for the same seed.
func traffic(seed uint64, n int) []*flow.Packet {
	rng := rand.New(rand.NewPCG(seed, 1))
	words := []string{"ok", "half", "bad", "doubt", "last", "no", "note", "expect", "size", "only a", "only c", "ohm"}
	seconds := 0.0
	var packets []*flow.Packet
	for i := range n {
		seconds += rng.Float64() / 10
		a, b := fmt.Sprintf("10.0.%d.%d", rng.IntN(2), rng.IntN(5)), fmt.Sprintf("10.1.0.%d", rng.IntN(3))
		from, to := 4000+rng.IntN(4), []int{7, 8, 69, 4444}[rng.IntN(4)]
		if rng.IntN(3) == 0 {
			a, b, from, to = b, a, to, from
		}
		payload := words[rng.IntN(len(words))]
		if rng.IntN(2) == 0 {
			payload += " " + long(rng.IntN(30))
		}
		frame := ip4(a, b, flow.ProtoUDP, 0, segment(from, to, payload))
		switch rng.IntN(20) {
		case 0:
			frame = ip4(a, b, flow.ProtoTCP, 0, cat(be16(from), be16(to), make([]byte, 8), []byte{0x50, byte(rng.IntN(32))}, make([]byte, 6)))
		case 1:
			whole := segment(from, to, payload+long(16))
			p := &flow.Packet{Time: at(seconds), Frame: ip4(a, b, flow.ProtoUDP, 0x2000, whole[:16]), Number: uint64(len(packets) + 1), Link: flow.LinkEthernet}
			packets = append(packets, p)
			frame = ip4(a, b, flow.ProtoUDP, 2, whole[16:])
			if rng.IntN(2) == 0 {
				p.Frame, frame = tunnelled(p.Frame), tunnelled(frame)
			}
		case 2:
			frame = frame[:rng.IntN(len(frame))]
		case 3:
			frame = tunnelled(frame)
		case 4:
			whole := segment(4788, 4789, "\x08\x00\x00\x00\x00\x00\x07\x00"+string(frame))
			p := &flow.Packet{Time: at(seconds), Frame: ip4("192.0.2.1", "192.0.2.2", flow.ProtoUDP, 0x2000, whole[:32]), Number: uint64(len(packets) + 1), Link: flow.LinkEthernet}
			packets = append(packets, p)
			frame = ip4("192.0.2.1", "192.0.2.2", flow.ProtoUDP, 4, whole[32:])
		}
		p := &flow.Packet{Time: at(seconds), Frame: frame, Number: uint64(len(packets) + 1), Link: flow.LinkEthernet}
		if i%500 == 77 {
			p.Time = p.Time.Add(time.Duration(rng.IntN(3)-1) * 1000 * time.Hour)
		}
		packets = append(packets, p)
		if rng.IntN(10) == 0 {
			twin := *p
			twin.Number++
			packets = append(packets, &twin)
		}
	}
	return packets
}

// tunnelled is the frame in a datagram of VXLAN.
func tunnelled(frame []byte) []byte {
	return ip4("192.0.2.1", "192.0.2.2", flow.ProtoUDP, 0, segment(4788, 4789, "\x08\x00\x00\x00\x00\x00\x07\x00"+string(frame)))
}

func shardedRegistry(t testing.TB) *datagram.Registry {
	reg, err := datagram.NewRegistry(protocol("a", 7), protocol("b", 7, 8),
		expecting("tftp", 69, datagram.Expectation{From: flow.Responder, Within: 5 * time.Second}), detects(protocol("c"), 'o'))
	require.NoError(t, err)
	return reg
}

var layered = &flow.Decoder{Enter: flow.AllTunnels, Layered: true}

func shardedOptions(flows int) datagram.Options {
	return datagram.Options{
		Anomalies: true, Dedup: flow.NewDedup(time.Millisecond, 64), Reassembler: flow.NewReassembler(flow.ReassemblyConfig{Decoder: layered}),
		Decoder: layered, Flow: flow.Config{MaxFlows: flows, IdleUDP: 20 * time.Second},
	}
}

// runSharded returns the output and the counters for a number of workers.
func runSharded(t testing.TB, workers, flows int, packets []*flow.Packet) (string, datagram.Stats, []datagram.ProtocolStats) {
	var out strings.Builder
	s, err := datagram.NewSharded(shardedRegistry(t).NewTable(), datagram.ShardedOptions{
		Options: shardedOptions(flows), Workers: workers,
		NewRender: func() datagram.Render { return renderText },
		Output:    func(b []byte) error { out.Write(b); return nil },
	})
	require.NoError(t, err)
	defer s.Close()
	var p flow.Packet
	frame := make([]byte, 0, 4096)
	for i, q := range packets {
		// The caller's packet and buffer are reused, as a capture's reader does.
		frame = append(frame[:0], q.Frame...)
		p.Time, p.Number, p.Link, p.WireLen, p.Frame = q.Time, q.Number, q.Link, q.WireLen, frame
		require.NoError(t, s.Track(&p))
		if i%5000 == 4999 {
			require.NoError(t, s.Flush())
		}
	}
	require.NoError(t, s.Finish())
	require.Zero(t, s.Len())
	return out.String(), s.Stats(), s.ProtocolStats()
}

// runDriver is what a single Driver makes of the same.
func runDriver(t testing.TB, flows int, packets []*flow.Packet) (string, datagram.Stats) {
	var out []byte
	d, err := datagram.NewDriver(shardedRegistry(t).NewTable(), func(e *datagram.Event) { out = renderText(out, e) }, shardedOptions(flows))
	require.NoError(t, err)
	for _, q := range packets {
		p := &flow.Packet{Time: q.Time, Number: q.Number, Link: q.Link, WireLen: q.WireLen, Frame: q.Frame}
		layered.Decode(p)
		d.Track(p)
	}
	d.Finish()
	return string(out), d.Stats()
}

func TestShardedOutputIsTheSameForAnyNumberOfWorkers(t *testing.T) {
	for _, flows := range []int{100, 0} {
		packets := traffic(uint64(flows+1), 6000)
		want, stats, protocols := runSharded(t, 1, flows, packets)
		require.Greater(t, strings.Count(want, "\n"), 6000)
		require.NotZero(t, stats.Expected)
		require.NotZero(t, stats.Reassembled)
		require.NotZero(t, stats.Inner)
		require.NotZero(t, stats.Duplicates)
		for _, workers := range []int{2, 3, 8, 100} {
			got, s, p := runSharded(t, workers, flows, packets)
			require.Equal(t, want, got, workers)
			require.Equal(t, stats, s)
			for i := range p {
				p[i].Protocol = protocols[i].Protocol // made anew with each registry
			}
			require.Equal(t, protocols, p)
		}
	}
}

func TestShardedTellsWhatADriverTells(t *testing.T) {
	// With few flows there is one shard: the very same bytes.
	packets := traffic(1, 4000)
	want, wantStats := runDriver(t, 100, packets)
	got, stats, _ := runSharded(t, 2, 100, packets)
	require.Equal(t, want, got)
	require.Equal(t, wantStats, stats)

	// With many, the order of what a sweep ends differs, and each shard has a clock of its own for wild time stamps.
	// Flows that are announced from a port that stands for a protocol may be missed.
	packets = slices.DeleteFunc(packets, func(p *flow.Packet) bool {
		return p.Time > at(1e6) || p.Time < at(0) || bytes.Contains(p.Frame, []byte("expect"))
	})
	want, wantStats = runDriver(t, 0, packets)
	got, stats, _ = runSharded(t, 2, 0, packets)
	require.Equal(t, wantStats, stats)
	sorted := func(s string) []string {
		l := strings.Split(s, "\n")
		slices.Sort(l)
		return l
	}
	require.Equal(t, sorted(want), sorted(got))
	inOrder := func(s string) []string {
		return slices.DeleteFunc(strings.Split(s, "\n"), func(l string) bool { return strings.Contains(l, " 0 closed ") })
	}
	require.Equal(t, inOrder(want), inOrder(got))
}

func TestShardedKeepsAnnouncedFlowsTogether(t *testing.T) {
	var packets []*flow.Packet
	for i := range 200 {
		client := fmt.Sprintf("10.0.0.%d", i)
		packets = append(packets,
			packet(float64(i), ip4(client, "10.1.0.1", flow.ProtoUDP, 0, segment(4000, 69, "expect"))),
			packet(float64(i), ip4("10.1.0.1", client, flow.ProtoUDP, 0, segment(5000+i, 4000, "ok"))))
	}
	_, stats, _ := runSharded(t, 4, 0, packets)
	require.Equal(t, uint64(200), stats.Expected)
	require.Equal(t, uint64(400), stats.Messages)
}

func TestShardedStopsAtAnErrorOfTheOutput(t *testing.T) {
	full := errors.New("disk full")
	for _, workers := range []int{1, 4} {
		calls := 0
		s, err := datagram.NewSharded(shardedRegistry(t).NewTable(), datagram.ShardedOptions{
			Options: shardedOptions(0), Workers: workers,
			NewRender: func() datagram.Render { return renderText },
			Output:    func([]byte) error { calls++; return full },
		})
		require.NoError(t, err)
		for _, q := range traffic(3, 10000) {
			p := *q
			if err = s.Track(&p); err != nil {
				break
			}
		}
		require.Same(t, full, err)
		require.Same(t, full, s.Track(new(flow.Packet)))
		require.Same(t, full, s.Finish())
		require.Equal(t, 1, calls)
		s.Close()
		s.Close()
		require.NotZero(t, s.Stats().Frames)
	}
}

func TestShardedRefusesWhatCannotBe(t *testing.T) {
	_, err := datagram.NewSharded(shardedRegistry(t).NewTable(), datagram.ShardedOptions{})
	require.ErrorContains(t, err, "must both be set")
	o := datagram.ShardedOptions{
		NewRender: func() datagram.Render { return renderText }, Output: func([]byte) error { return nil }, Workers: 2,
	}
	s, err := datagram.NewSharded(shardedRegistry(t).NewTable(), o)
	require.NoError(t, err)
	s.Close()
	require.ErrorContains(t, s.Track(packet(0, udp(1, 2, ""))), "after Close")
	require.ErrorContains(t, s.Finish(), "after Close")
	o.PoisonAfter = 1000
	_, err = datagram.NewSharded(shardedRegistry(t).NewTable(), o)
	require.ErrorContains(t, err, "poison after 1000")
}

func TestShardedSweepsOnRequest(t *testing.T) {
	for _, workers := range []int{1, 2} {
		for _, extractor := range []flow.Extractor{nil, flow.FiveTuple{Scope: flow.ScopeVLAN}, flow.IPPair{}} {
			o := shardedOptions(0)
			o.ManualSweep, o.Flow.Monotonic, o.Flow.Extractor = true, true, extractor
			var out strings.Builder
			s, err := datagram.NewSharded(shardedRegistry(t).NewTable(), datagram.ShardedOptions{
				Options: o, Workers: workers,
				NewRender: func() datagram.Render { return renderText },
				Output:    func(b []byte) error { out.Write(b); return nil },
			})
			require.NoError(t, err)
			for i := range 100 {
				require.NoError(t, s.Track(packet(float64(i), ip4(fmt.Sprintf("10.0.0.%d", i), "10.1.0.1", flow.ProtoUDP, 0, segment(4000, 7, "ok")))))
			}
			require.NoError(t, s.Flush())
			require.Equal(t, 200, strings.Count(out.String(), "\n"))
			require.Equal(t, 100, s.Len())
			require.Equal(t, at(99), s.Now())
			require.NoError(t, s.Sweep(at(1000)))
			require.Equal(t, 100, strings.Count(out.String(), "closed"))
			require.Zero(t, s.Len())
			s.Close()
		}
	}
}

func TestShardedTakesFramesOfAnySize(t *testing.T) {
	var packets []*flow.Packet
	for i := range 40 {
		packets = append(packets, packet(float64(i), udp(4000, 7, "ok "+long(60000))))
	}
	want, _, _ := runSharded(t, 1, 0, packets)
	got, stats, _ := runSharded(t, 3, 0, packets)
	require.Equal(t, want, got)
	require.Equal(t, uint64(40), stats.Messages)
}
