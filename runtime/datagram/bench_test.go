package datagram_test

import (
	"fmt"
	"io"
	"testing"

	"github.com/flowscope/fsd/runtime/datagram"
	"github.com/flowscope/fsd/runtime/flow"
	"github.com/flowscope/fsd/runtime/record"
)

// benchPackets returns decoded packets of so many flows, both directions of each.
func benchPackets(flows int) []flow.Packet {
	packets := make([]flow.Packet, 0, 2*flows)
	for i := range flows {
		a, b := fmt.Sprintf("10.%d.%d.%d", i>>16&255, i>>8&255, i&255), "192.168.0.1"
		for _, f := range [][]byte{
			ip4(a, b, flow.ProtoUDP, 0, segment(4000, 8, "ok this is a query")),
			ip4(b, a, flow.ProtoUDP, 0, segment(8, 4000, "ok this is the reply to it")),
		} {
			p := packet(float64(i)/1e6, f)
			packets = append(packets, *p)
		}
	}
	return packets
}

func benchTable(b *testing.B) *datagram.Table {
	reg, err := datagram.NewRegistry(steady("own", true, 8))
	if err != nil {
		b.Fatal(err)
	}
	return reg.NewTable()
}

func BenchmarkDriver(b *testing.B) {
	for _, flows := range []int{1, 1000, 100_000} {
		packets := benchPackets(flows)
		for _, batch := range []bool{false, true} {
			b.Run(fmt.Sprintf("flows=%d/batch=%v", flows, batch), func(b *testing.B) {
				d, err := datagram.NewDriver(benchTable(b), func(*datagram.Event) {}, datagram.Options{Flow: flow.Config{MaxFlows: 200_000}})
				if err != nil {
					b.Fatal(err)
				}
				d.TrackBatch(packets)
				b.ReportAllocs()
				b.ResetTimer()
				for done := 0; done < b.N; {
					n := min(len(packets), b.N-done)
					if batch {
						d.TrackBatch(packets[:n])
					} else {
						for i := range packets[:n] {
							d.Track(&packets[i])
						}
					}
					done += n
				}
			})
		}
	}
}

// BenchmarkSharded includes decoding, rendering as JSON Lines and bringing into order; workers=0 is a Driver that does
// the same.
func BenchmarkSharded(b *testing.B) {
	packets := benchPackets(50_000)
	for workers := range 3 {
		b.Run(fmt.Sprintf("workers=%d", workers), func(b *testing.B) {
			b.ReportAllocs()
			o := datagram.Options{Flow: flow.Config{MaxFlows: 200_000}}
			if workers == 0 {
				w := record.NewJSONL(io.Discard, record.Options{})
				d, err := datagram.NewDriver(benchTable(b), func(e *datagram.Event) { _ = w.Write(e) }, o)
				if err != nil {
					b.Fatal(err)
				}
				for i := range b.N {
					p := &packets[i%len(packets)]
					flow.Decode(p)
					d.Track(p)
				}
				return
			}
			s, err := datagram.NewSharded(benchTable(b), datagram.ShardedOptions{
				Options: o, Workers: workers,
				NewRender: func() datagram.Render { return record.NewJSONL(io.Discard, record.Options{}).Append },
				Output:    func([]byte) error { return nil },
			})
			if err != nil {
				b.Fatal(err)
			}
			defer s.Close()
			for i := range b.N {
				if err := s.Track(&packets[i%len(packets)]); err != nil {
					b.Fatal(err)
				}
			}
			if err := s.Flush(); err != nil {
				b.Fatal(err)
			}
		})
	}
}
