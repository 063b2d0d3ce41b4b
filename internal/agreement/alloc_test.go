package agreement

import (
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/flowscope/fsd/generated/all"
	"github.com/flowscope/fsd/runtime/datagram"
	"github.com/flowscope/fsd/runtime/flow"
	"github.com/flowscope/fsd/runtime/record"
)

// The datagrams of all specs' tests, through the flow table, the driver, the generated parsers and the writer of
// records: once the flows are known and storage has grown, none of it allocates. That of each parser alone is asserted
// beside it.
func TestFromPacketToRecordNothingIsAllocated(t *testing.T) {
	for _, s := range subjects(t) {
		t.Run(s.Spec.Name, func(t *testing.T) {
			reg, err := datagram.NewRegistry(all.Protocols()...)
			require.NoError(t, err)
			w := record.NewJSONL(io.Discard, record.Options{})
			var buf []byte
			d, err := datagram.NewDriver(reg.NewTable(), func(e *datagram.Event) { buf = w.Append(buf[:0], e) }, datagram.Options{
				Anomalies: true, Flow: flow.Config{IdleUDP: flow.Never},
			})
			require.NoError(t, err)
			var packets []flow.Packet
			for i, steps := range s.Vectors() {
				for _, step := range steps {
					q := flow.Packet{
						Verdict: flow.VerdictOK, IPVersion: 4, Proto: flow.ProtoUDP, HasPayload: true, Payload: step.Data,
						Src: flow.Addr4([4]byte{10, 0, byte(i >> 8), byte(i)}), Dst: flow.Addr4([4]byte{10, 1, 0, 1}), Frame: step.Data, WireLen: len(step.Data),
						SrcPort: step.Meta.SrcPort, DstPort: step.Meta.DstPort,
					}
					if step.Meta.Side == flow.Responder {
						q.Src, q.Dst = q.Dst, q.Src
					}
					packets = append(packets, q)
				}
			}
			now := flow.Timestamp(0)
			p := new(flow.Packet)
			round := func() {
				for i := range packets {
					now += 1e6
					*p = packets[i]
					p.Time = now
					d.Track(p)
				}
			}
			for range 30 {
				round()
			}
			require.NotZero(t, d.Stats().Messages)
			require.Zero(t, testing.AllocsPerRun(10, round))
		})
	}
}
