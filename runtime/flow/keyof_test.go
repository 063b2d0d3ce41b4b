package flow

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// What takes the place of a key in bursts says the same as the key.
func TestKeyOfAPacketIsThatOfTheFiveTuple(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	packet := func() *Packet {
		p := &Packet{Verdict: VerdictOK, IPVersion: 4, Proto: ProtoUDP, SrcPort: uint16(r.IntN(2)), DstPort: uint16(r.IntN(2))}
		p.Src[15], p.Dst[15], p.Src[0] = byte(r.IntN(2)), byte(r.IntN(2)), byte(r.IntN(8)/7)
		switch r.IntN(8) {
		case 0:
			p.IPVersion = 6
		case 1:
			p.Proto = ProtoTCP
		case 2:
			p.Proto, p.ICMPType = ProtoICMP, byte(r.IntN(2)*8)
		case 3:
			p.Fragment = true
		}
		return p
	}
	same := 0
	for range 200_000 {
		a, b := packet(), packet()
		var ka, kb Key
		fiveTuple(a, &ka)
		want := fiveTuple(b, &kb)
		got, ok := ka.of(b)
		if ok {
			same++
			require.Equal(t, want, got)
			require.True(t, ka.equal(&kb), "%+v %+v", ka, kb)
		} else if !b.Fragment && b.Proto != ProtoICMP {
			require.False(t, ka.equal(&kb), "%+v %+v", ka, kb)
		}
	}
	require.NotZero(t, same)
}
