package flow

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// randomFlows is a long sequence of flow numbers.
func randomFlows(flows int) []uint32 {
	rng := rand.New(rand.NewPCG(1, 2))
	order := make([]uint32, 1<<20)
	for i := range order {
		order[i] = rng.Uint32N(uint32(flows))
	}
	return order
}

// setFlow makes a frame of udp4 one of flow n.
func setFlow(frame []byte, n uint32) {
	frame[26], frame[27], frame[34], frame[35] = byte(n>>16), byte(n>>24), byte(n>>8), byte(n)
}

// BenchmarkTrack decodes and tracks datagrams that are spread over some number of flows.
func BenchmarkTrack(b *testing.B) {
	for _, flows := range []int{1, 100, 10_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprintf("flows=%d", flows), func(b *testing.B) {
			tr := NewTracker[uint64](Config{MaxFlows: flows})
			frame := client(0)
			p := &Packet{Frame: frame, Link: LinkEthernet}
			order := randomFlows(flows)
			one := func(n uint32, i int) {
				setFlow(frame, n)
				p.Time = Timestamp(i) * 1000
				Decode(p)
				tr.Track(p)
			}
			for n := range flows {
				one(uint32(n), 0)
			}
			b.ResetTimer()
			for i := range b.N {
				one(order[i&(len(order)-1)], i)
				if tr.SweepDue() {
					tr.Sweep(tr.Now(), nil)
				}
			}
		})
	}
}

// BenchmarkTrackNew starts a flow with every datagram, each of which takes the place of another.
func BenchmarkTrackNew(b *testing.B) {
	tr := NewTracker[uint64](Config{})
	frame := client(0)
	p := &Packet{Frame: frame, Link: LinkEthernet}
	for i := range b.N {
		setFlow(frame, uint32(i))
		Decode(p)
		tr.Track(p)
	}
}

// BenchmarkSweep is a sweep that ends nothing.
func BenchmarkSweep(b *testing.B) {
	tr := NewTracker[uint64](Config{MaxFlows: 1_000_000})
	p := packet(at(0), client(0))
	for i := range 1_000_000 {
		p.Src[12], p.SrcPort = byte(i>>16), uint16(i)
		p.Time = at(float64(i) / 1_000_000)
		tr.Track(p)
	}
	b.ResetTimer()
	for i := range b.N {
		tr.nextDue = MinTimestamp
		tr.Sweep(at(1).Add(59_000_000_000-1), nil)
		_ = i
	}
	if tr.Len() != 1_000_000 {
		b.Fatal("something ended")
	}
}

// BenchmarkTrackBatch is BenchmarkTrack with packets in batches of 64, which are warmed first.
func BenchmarkTrackBatch(b *testing.B) {
	for _, flows := range []int{1, 10_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprintf("flows=%d", flows), func(b *testing.B) {
			tr := NewTracker[uint64](Config{MaxFlows: flows})
			batch := make([]Packet, 64)
			for i := range batch {
				batch[i].Frame, batch[i].Link = client(0), LinkEthernet
			}
			order := randomFlows(flows)
			fill := func(p *Packet, n uint32, i int) {
				setFlow(p.Frame, n)
				p.Time = Timestamp(i) * 1000
				Decode(p)
			}
			for n := range flows {
				fill(&batch[0], uint32(n), 0)
				tr.Track(&batch[0])
			}
			b.ResetTimer()
			for i := 0; i < b.N; i += len(batch) {
				for j := range batch {
					fill(&batch[j], order[(i+j)&(len(order)-1)], i+j)
				}
				tr.Warm(batch)
				for j := range batch {
					tr.Track(&batch[j])
				}
				if tr.SweepDue() {
					tr.Sweep(tr.Now(), nil)
				}
			}
		})
	}
}
