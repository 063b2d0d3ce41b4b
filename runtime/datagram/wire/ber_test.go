package wire_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/flowscope/fsd/runtime/datagram"
	"github.com/flowscope/fsd/runtime/datagram/wire"
)

func TestElementsAreFoundByTagAndLength(t *testing.T) {
	for _, c := range []struct {
		b      []byte
		n      int
		head   int
		reason datagram.Reason
		needed uint32
	}{
		{b: []byte{2, 1, 7}, n: 1, head: 2},
		{b: []byte{2, 0}, n: 0, head: 2},
		{b: []byte{2, 0x81, 1, 7, 9}, n: 1, head: 3},
		{b: []byte{2, 0x84, 0, 0, 0, 1, 7}, n: 1, head: 6},
		{b: nil, reason: datagram.Short, needed: 2},
		{b: []byte{3, 1, 7}, reason: datagram.BERTag},
		{b: []byte{2}, reason: datagram.Short, needed: 2},
		{b: []byte{2, 2, 7}, reason: datagram.Short, needed: 4},
		{b: []byte{2, 0x80, 0, 0}, reason: datagram.BERLength},
		{b: []byte{2, 0x85, 0, 0, 0, 0, 0}, reason: datagram.BERLength},
		{b: []byte{2, 0x82, 1}, reason: datagram.Short, needed: 4},
		{b: []byte{2, 0x84, 0xff, 0xff, 0xff, 0xff}, reason: datagram.Short, needed: 0xffffffff},
	} {
		n, head := wire.Element(c.b, 2)
		require.Equal(t, [2]int{c.n, c.head}, [2]int{n, head}, "%x", c.b)
		if head == 0 {
			var r wire.Reader
			require.Equal(t, -1, r.NoElement(1, 0, c.b, 2))
			require.Equal(t, c.reason, r.Status.Reason, "%x", c.b)
			require.Equal(t, c.needed, r.Status.Needed, "%x", c.b)
		}
	}
}

func TestIntegersOfElements(t *testing.T) {
	v, n := wire.BERInt([]byte{0xff, 0x7f})
	require.Equal(t, int64(-129), v)
	require.Equal(t, 2, n)
	_, n = wire.BERInt(nil)
	require.Equal(t, -1, n)
	_, n = wire.BERInt(make([]byte, 9))
	require.Zero(t, n)
	u, n := wire.BERUint([]byte{0, 0xff, 0xff, 0xff, 0xff}, 4)
	require.Equal(t, uint64(0xffffffff), u)
	require.Equal(t, 5, n)
	_, n = wire.BERUint([]byte{1, 0, 0, 0, 0}, 4)
	require.Zero(t, n)
}

func TestObjectIdentifiers(t *testing.T) {
	o := wire.OID{0x2b, 6, 1, 4, 1, 0x82, 0x37}
	require.Equal(t, "1.3.6.1.4.1.311", o.String())
	require.Equal(t, []uint64{1, 3, 6, 1, 4, 1, 311}, slices.Collect(o.Arcs()))
	require.Equal(t, "2.100.3", wire.OID{0x81, 0x34, 3}.String())
	require.False(t, wire.OID{}.Valid())
	require.True(t, o.Equal(slices.Clone(o)))
}

func FuzzObjectIdentifiers(f *testing.F) {
	f.Add([]byte{0x2b, 6, 1})
	f.Fuzz(func(t *testing.T, b []byte) {
		require.LessOrEqual(t, len(slices.Collect(wire.OID(b).Arcs())), len(b)+1)
		wire.Element(b, 2)
	})
}
