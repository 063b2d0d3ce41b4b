package flow

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// modelFlow and model are a tracker as simple as can be: a list in order of use.
type modelFlow struct {
	key       Key
	user      uint32
	initiator Orientation
	stats     Stats
}

type model struct {
	max   int
	idle  [numL4]time.Duration
	fn    IdleFunc
	flows []modelFlow // most recently used first
	clock Clock
}

func (m *model) track(p *Packet, user uint32) (evicted *modelFlow, started bool, side Side) {
	k, o := KeyOf(p)
	i := slices.IndexFunc(m.flows, func(f modelFlow) bool { return f.key == k })
	if i < 0 {
		if len(m.flows) == m.max {
			evicted = &m.flows[len(m.flows)-1]
			m.flows = m.flows[:len(m.flows)-1]
		}
		m.flows = slices.Insert(slices.Clone(m.flows), 0, modelFlow{key: k, user: user, initiator: o, stats: Stats{First: p.Time}})
		started = true
	} else {
		f := m.flows[i]
		m.flows = slices.Insert(slices.Delete(m.flows, i, i+1), 0, f)
	}
	f := &m.flows[0]
	side = Side(o ^ f.initiator)
	f.stats.Packets[side]++
	f.stats.Bytes[side] += uint64(len(p.Frame))
	if now := m.clock.Observe(p.Time); started || p.Time > f.stats.Last || now.Sub(p.Time) <= DefaultMaxStep {
		f.stats.Last = p.Time
	}
	return evicted, started, side
}

func (m *model) sweep(now Timestamp) (ended []modelFlow) {
	m.flows = slices.DeleteFunc(m.flows, func(f modelFlow) bool {
		d := m.idle[f.key.L4()]
		if m.fn != nil {
			if own, ok := m.fn(&f.key, f.key.L4()); ok {
				d = own
			}
		}
		if d < 0 || now.Sub(f.stats.Last) < d || now < f.stats.Last {
			return false
		}
		ended = append(ended, f)
		return true
	})
	return ended
}

func same(t *rapid.T, want *modelFlow, got *Ended[uint32]) {
	require.Equal(t, want.key, got.Key)
	require.Equal(t, want.user, got.User)
	require.Equal(t, want.stats, got.Stats)
	require.Equal(t, want.initiator, got.Initiator)
}

// Random packets, time stamps (wild ones too), sweeps, changes and removals: the tracker does what the model does, and
// its books balance after every step.
func TestTrackerIsItsModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := &model{max: rapid.IntRange(1, 40).Draw(t, "max flows")}
		m.idle = [numL4]time.Duration{TCP: 300 * time.Second, UDP: 60 * time.Second, Other: 30 * time.Second}
		if rapid.Bool().Draw(t, "no udp timeout") {
			m.idle[UDP] = Never
		}
		tr := newTracker(Config{MaxFlows: m.max, IdleUDP: m.idle[UDP], Seed: uint64(rapid.IntRange(1, 3).Draw(t, "seed"))})
		now := at(0)
		user := uint32(0)
		times := rapid.OneOf(
			rapid.Map(rapid.IntRange(0, 3000), func(ms int) time.Duration { return time.Duration(ms) * time.Millisecond }),
			rapid.Map(rapid.IntRange(-100, 400), func(s int) time.Duration { return time.Duration(s) * time.Second }),
		)
		stamp := func() Timestamp {
			switch rapid.IntRange(0, 50).Draw(t, "wild") {
			case 0:
				return MinTimestamp
			case 1:
				return MaxTimestamp
			}
			now = now.Add(times.Draw(t, "step"))
			return now
		}
		key := func() *Packet {
			n := rapid.IntRange(0, 60).Draw(t, "flow")
			src, dst := "10.0.0.1", "10.0.0.2"
			if rapid.Bool().Draw(t, "reverse") {
				src, dst = dst, src
			}
			switch n % 3 {
			case 0:
				return packet(0, ether(0x0800, ip4(src, dst, byte(100+n), 0, nil)))
			case 1:
				f := tcp4(src, n, dst, n, TCPAck, "")
				return packet(0, f)
			}
			return packet(0, udp4(src, n, dst, n, "abc"))
		}
		check := func() {
			s := tr.Stats()
			require.Equal(t, s.Created, s.Ended+s.Forgotten+uint64(tr.Len()))
			require.Equal(t, len(m.flows), tr.Len())
			i := 0
			for f := range tr.All() {
				require.Equal(t, m.flows[i].key, *f.Key())
				require.Equal(t, m.flows[i].stats, f.Stats())
				require.Equal(t, m.flows[i].user, f.User)
				i++
			}
		}
		t.Repeat(map[string]func(*rapid.T){
			"": func(*rapid.T) { check() },
			"track": func(*rapid.T) {
				p := key()
				p.Time = stamp()
				user++
				evicted, started, side := m.track(p, user)
				s := tr.Track(p)
				require.Equal(t, started, s.New)
				require.Equal(t, side, s.Side)
				require.Equal(t, evicted != nil, s.Evicted != nil)
				if evicted != nil {
					same(t, evicted, s.Evicted)
					require.Equal(t, EndEvicted, s.Evicted.Reason)
				}
				if started {
					s.Flow.User = user
				}
			},
			"sweep": func(*rapid.T) {
				var got []Ended[uint32]
				at := stamp()
				tr.Sweep(at, func(e *Ended[uint32]) { got = append(got, *e) })
				ended := m.sweep(at)
				require.Len(t, got, len(ended))
				for i := range ended {
					same(t, &ended[i], &got[i])
				}
			},
			"end": func(*rapid.T) {
				k, _ := KeyOf(key())
				i := slices.IndexFunc(m.flows, func(f modelFlow) bool { return f.key == k })
				reason := EndReason(rapid.IntRange(0, NumEndReasons-1).Draw(t, "reason"))
				e := tr.End(&k, reason)
				require.Equal(t, i >= 0, e != nil)
				if i >= 0 {
					same(t, &m.flows[i], e)
					require.Equal(t, reason, e.Reason)
					m.flows = slices.Delete(m.flows, i, i+1)
				}
			},
			"function": func(*rapid.T) {
				d := time.Duration(rapid.IntRange(1, 100).Draw(t, "timeout")) * time.Second
				m.fn = func(k *Key, _ L4) (time.Duration, bool) { return d, k.APort%2 == 0 }
				if d > 50*time.Second {
					m.fn = nil
				}
				tr.SetIdleFunc(m.fn)
			},
			"timeout": func(*rapid.T) {
				m.idle[TCP] = time.Duration(rapid.IntRange(1, 100).Draw(t, "timeout")) * time.Second
				tr.SetIdle(TCP, m.idle[TCP])
			},
			"resize": func(*rapid.T) {
				if rapid.IntRange(0, 9).Draw(t, "whether") > 0 {
					return
				}
				m.max = rapid.IntRange(1, 40).Draw(t, "max flows")
				var got []Ended[uint32]
				tr.SetMaxFlows(m.max, func(e *Ended[uint32]) { got = append(got, *e) })
				for i := range got {
					last := len(m.flows) - 1
					same(t, &m.flows[last], &got[i])
					m.flows = m.flows[:last]
				}
			},
		})
		n := 0
		tr.Finish(func(e *Ended[uint32]) { same(t, &m.flows[n], e); n++ })
		require.Equal(t, len(m.flows), n)
		s := tr.Stats()
		require.Equal(t, s.Created, s.Ended+s.Forgotten)
	})
}
