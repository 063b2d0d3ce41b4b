package datagram_test

import (
	"testing"

	"github.com/flowscope/fsd/runtime/datagram"
	"github.com/flowscope/fsd/runtime/flow"
	"github.com/stretchr/testify/require"
)

// steadyParser allocates nothing itself.
type steadyParser struct{ n int }

func (p *steadyParser) ParseMessage(b []byte, _ *datagram.Meta, m datagram.Message) datagram.Status {
	p.n++
	m.(*textMessage).text = b
	if len(b) > 0 && b[0] == '!' {
		return datagram.Detail{Code: datagram.Poison, Reason: datagram.Short}.Status()
	}
	return datagram.Whole()
}

func (p *steadyParser) Reset() { p.n = 0 }

func steady(name string, stateless bool, ports ...uint16) *datagram.Protocol {
	p := protocol(name, ports...)
	p.NewParser = func() datagram.Parser { return new(steadyParser) }
	p.Stateless = stateless
	return p
}

func TestSteadyStateAllocatesNothing(t *testing.T) {
	reg, err := datagram.NewRegistry(steady("shared", true, 7), steady("own", false, 8), detects(steady("found", false), 'f'))
	require.NoError(t, err)
	for _, c := range []struct {
		name    string
		options datagram.Options
		port    int
		payload string
	}{
		{"a stateless protocol", datagram.Options{}, 7, "ok"},
		{"a protocol with state", datagram.Options{}, 8, "ok"},
		{"a detected protocol", datagram.Options{}, 9, "found"},
		{"nobody's datagrams", datagram.Options{}, 9, "none"},
		{"mismatches", datagram.Options{}, 9, "f"},
		{"an empty payload", datagram.Options{}, 8, ""},
		{"malformed datagrams", datagram.Options{Anomalies: true, Policy: datagram.ObservePoisoned}, 8, "!"},
		{"poisoned flows that start anew", datagram.Options{Anomalies: true}, 8, "!"},
		{"quarantine", datagram.Options{Policy: datagram.QuarantinePoisoned}, 8, "!"},
		{"dedup and monotonic clock", datagram.Options{Dedup: flow.NewDedup(0, 256), Flow: flow.Config{Monotonic: true}}, 8, "ok"},
	} {
		t.Run(c.name, func(t *testing.T) {
			events := 0
			d, err := datagram.NewDriver(reg.NewTable(), func(*datagram.Event) { events++ }, c.options)
			require.NoError(t, err)
			var packets []*flow.Packet
			for i := range 64 {
				packets = append(packets, packet(0, udp(4000+i, c.port, c.payload)), packet(0, udp(-c.port, 4000+i, c.payload)))
			}
			now := at(0)
			round := func() {
				for _, p := range packets {
					now += 1e6
					p.Time = now
					d.Track(p)
				}
			}
			for range 20 {
				round()
			}
			require.Zero(t, testing.AllocsPerRun(20, round))
		})
	}
}

func TestQuietSweepAllocatesNothing(t *testing.T) {
	w := newWorld(t, datagram.Options{ManualSweep: true}, steady("own", false, 8))
	w.udp(0, 4000, 8, "ok")
	now := at(0)
	require.Zero(t, testing.AllocsPerRun(100, func() {
		now += 1e8
		w.d.Sweep(now)
	}))
}

func TestShardedAllocatesNothingPerDatagram(t *testing.T) {
	reg, err := datagram.NewRegistry(steady("own", false, 8))
	require.NoError(t, err)
	for _, workers := range []int{1, 3} {
		s, err := datagram.NewSharded(reg.NewTable(), datagram.ShardedOptions{
			Workers: workers,
			NewRender: func() datagram.Render {
				return func(dst []byte, e *datagram.Event) []byte { return append(dst, "record\n"...) }
			},
			Output: func([]byte) error { return nil },
		})
		require.NoError(t, err)
		packets := make([]*flow.Packet, 1000)
		for i := range packets {
			packets[i] = packet(0, udp(4000+i%100, 8, "ok"))
		}
		round := func() {
			for _, p := range packets {
				if s.Track(p) != nil {
					panic("output failed")
				}
			}
			_ = s.Flush()
		}
		for range 50 {
			round()
		}
		require.Zero(t, testing.AllocsPerRun(20, round), workers)
		s.Close()
	}
}
