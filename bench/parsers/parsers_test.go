package parsers

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/flowscope/fsd/bench/hand"
	"github.com/flowscope/fsd/bench/workload"
	"github.com/flowscope/fsd/generated/dns"
	"github.com/flowscope/fsd/runtime/datagram"
)

func TestEveryContestantAcceptsEveryDatagram(t *testing.T) {
	for _, c := range Cases() {
		t.Run(c.Name, func(t *testing.T) {
			for _, contestant := range c.Contestants {
				require.Equal(t, len(c.Datagrams), contestant.Pass(), contestant.Name)
			}
		})
	}
}

func TestGeneratedAndHandWrittenAllocateNothing(t *testing.T) {
	for _, c := range Cases() {
		for _, contestant := range c.Contestants {
			if contestant.Name != "generated" && contestant.Name != "hand-written" {
				continue
			}
			contestant.Pass()
			require.Zero(t, testing.AllocsPerRun(2, func() { contestant.Pass() }), "%s, %s", c.Name, contestant.Name)
		}
	}
}

func TestHandWrittenDNSReadsTheSame(t *testing.T) {
	p, m, h := new(dns.Parser), new(dns.Message), new(hand.DNS)
	same := func(want []dns.RR, got []hand.DNSRecord) {
		require.Len(t, got, len(want))
		for i := range got {
			w, g := &want[i], &got[i]
			require.Equal(t, uint16(w.Type), g.Type)
			require.Equal(t, w.TTL, g.TTL)
			if a, ok := w.Data.Addr(); ok {
				require.EqualValues(t, a, g.Addr)
			}
			if a, ok := w.Data.Addr6(); ok {
				require.EqualValues(t, a, g.Addr6)
			}
			if o, ok := w.Data.Options(); ok {
				require.Len(t, o, int(g.Last-g.First))
			}
			if o, ok := w.Data.Text(); ok {
				require.Len(t, o, int(g.Last-g.First))
			}
		}
	}
	for _, b := range workload.DNS(4096) {
		responder := meta(53)
		require.Equal(t, datagram.OK, p.Parse(b, &responder, m).Code())
		require.True(t, h.Parse(b))
		require.Len(t, h.Questions, len(m.Questions))
		same(m.Answers, h.Answers)
		same(m.Authority, h.Authority)
		same(m.Additional, h.Additional)
		for n := range b { // what is cut is refused by both, or the rest is left over
			if p.Parse(b[:n], &responder, m).Code() != datagram.OK {
				require.False(t, h.Parse(b[:n]))
			}
		}
	}
}

func TestFingerprintsAreRight(t *testing.T) {
	h := new(hand.STUN)
	for _, b := range workload.STUN(100) {
		require.True(t, h.Parse(b))
		require.False(t, h.Wrong)
	}
}
