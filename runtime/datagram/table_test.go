package datagram

import (
	"encoding/binary"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// The index by the first byte may let through too much, but never keep out what detects.
func TestDetectionIndexKeepsOutNothingThatDetects(t *testing.T) {
	test := rapid.Custom(func(t *rapid.T) Test {
		x := Test{
			Offset: rapid.SampledFrom([]uint16{0, 0, 0, 1}).Draw(t, "offset"),
			Width:  rapid.SampledFrom([]uint8{0, 1, 1, 2, 3, 8}).Draw(t, "width"),
			Little: rapid.Bool().Draw(t, "little"),
			Op:     TestOp(rapid.IntRange(0, int(InRange)).Draw(t, "op")),
			Mask:   rapid.SampledFrom([]uint64{^uint64(0), 0xff, 0xf0, 0xff00, 0x0ff0, 0}).Draw(t, "mask"),
			Value:  rapid.Uint64Range(0, 0x1ff).Draw(t, "value"),
		}
		if rapid.Bool().Draw(t, "high") && x.Width > 1 {
			x.Value <<= 8 * (x.Width - 1)
		}
		x.OfLength, x.Plus = rapid.IntRange(0, 3).Draw(t, "length") == 0, rapid.Int32Range(-9, 9).Draw(t, "plus")
		x.Last = x.Value + rapid.Uint64Range(0, 0x1ff).Draw(t, "last")
		if rapid.IntRange(0, 3).Draw(t, "set") == 0 {
			x.Set = []ValueRange{{x.Value, x.Value}, {x.Last, x.Last + 5}}
		}
		return x
	})
	rapid.Check(t, func(t *rapid.T) {
		d := &Desc{Name: "x", Detect: [][]Test{rapid.SliceOfN(test, 1, 3).Draw(t, "tests")}}
		table := (&Registry{protocols: []*Protocol{{Desc: d}}}).NewTable()
		payload := rapid.SliceOfN(rapid.Byte(), 0, 12).Draw(t, "payload")
		if rapid.Bool().Draw(t, "fit") && len(payload) >= 8 {
			binary.BigEndian.PutUint64(payload, d.Detect[0][0].Value<<(8*(8-max(1, d.Detect[0][0].Width))))
		}
		if d.Detects(payload) && !slices.Contains(table.detecting(payload), 0) {
			t.Fatalf("% x is detected but not in the index", payload)
		}
	})
}

func TestDetectionIndexKeepsOutMost(t *testing.T) {
	d := &Desc{Detect: [][]Test{{{Width: 4, Mask: ^uint64(0), Op: Equal, Value: 0x2112A442}}}}
	n := 0
	for first := range 256 {
		if d.mayDetect(uint8(first)) {
			n++
		}
	}
	require.Equal(t, 1, n)
}

func TestWordKeepsItsPartsApart(t *testing.T) {
	var w word
	_, has := w.proto()
	require.False(t, has, "a new flow has no protocol")
	w = w.withProto(maxProtocols-1).withState(0xfffffffe).withVerdicts(0, 300).withVerdicts(1, 7) | wordExpected
	proto, has := w.proto()
	require.True(t, has)
	require.Equal(t, uint16(maxProtocols-1), proto)
	require.Equal(t, uint32(0xfffffffe), w.state())
	require.Equal(t, 255, w.verdicts(0))
	require.Equal(t, 7, w.verdicts(1))
	require.True(t, w.has(wordExpected))
	require.False(t, w.has(wordConfirmed|wordObserved|wordQuarantined))
	w = w.withoutProto().withState(0)
	_, has = w.proto()
	require.False(t, has)
	require.Equal(t, 255, w.verdicts(0))
}

func TestEventAndReasonNames(t *testing.T) {
	require.Equal(t, "message", EventMessage.String())
	require.Equal(t, "EventKind(9)", EventKind(9).String())
	require.Equal(t, "flow_table_eviction", AnomalyEvictionPressure.String())
	require.Equal(t, "AnomalyKind(9)", AnomalyKind(9).String())
	require.Equal(t, "error", SeverityError.String())
	require.Equal(t, "truncated", CutShort.String())
	require.Equal(t, "Policy(7)", Policy(7).String())
}
