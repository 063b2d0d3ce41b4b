package wire

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/flowscope/fsd/runtime/datagram"
)

func TestOverFindsWhereAViewIs(t *testing.T) {
	for _, size := range []int{0, 1, 40} {
		data := append(make([]byte, 0, 64), make([]byte, size)...)
		for from := 0; from <= size; from++ {
			for to := from; to <= size; to++ {
				window, off := Over(data, data[:to][from:])
				require.Equal(t, from, off)
				require.Len(t, window, to)
			}
		}
	}
}

func TestWhatIsReadAtAnOffsetIsPaidFor(t *testing.T) {
	r := &Reader{Data: make([]byte, 400), Jumps: 4}
	require.True(t, r.At(7, 0, 400, 1), "the end is a place")
	require.True(t, r.Spend(7, 100, 100+jumpBytes-1), "less than what the first jump pays for")
	require.Equal(t, 3, r.Jumps)
	require.True(t, r.Spend(7, 0, 3*jumpBytes))
	require.Zero(t, r.Jumps)
	require.False(t, r.At(7, 30, 0, 1))
	require.Equal(t, datagram.Detail{Code: datagram.Poison, Reason: datagram.JumpLimit, Field: 7, Offset: 30}, r.Status)

	r = &Reader{Data: make([]byte, 400), Jumps: 1}
	require.False(t, r.At(7, 30, 401, 4))
	require.Equal(t, datagram.Detail{Code: datagram.Poison, Reason: datagram.Short, Field: 7, Offset: 401, Needed: 4}, r.Status)

	r = &Reader{Data: make([]byte, 400), Jumps: 1}
	require.False(t, r.Spend(7, 20, 20+2*jumpBytes))
	require.Equal(t, datagram.Detail{Code: datagram.Poison, Reason: datagram.JumpLimit, Field: 7, Offset: 20}, r.Status)
}

func TestPeeksHaveAnotherValueWhereBytesAreMissing(t *testing.T) {
	b := []byte{1, 2, 3, 4}
	for _, c := range []struct {
		off, width             int
		be, le, lastBE, lastLE uint64
	}{
		{0, 1, 1, 1, 4, 4},
		{2, 2, 0x0304, 0x0403, 0x0304, 0x0403},
		{1, 3, 0x020304, 0x040302, 0x020304, 0x040302},
		{0, 4, 0x01020304, 0x04030201, 0x01020304, 0x04030201},
		{3, 2, 99, 99, 99, 99},
		{4, 1, 99, 99, 99, 99},
		{9, 1, 99, 99, 99, 99},
		{0, 8, 99, 99, 99, 99},
	} {
		require.Equal(t, c.be, Peek(b, c.off, c.width, 99), c)
		require.Equal(t, c.le, PeekLE(b, c.off, c.width, 99), c)
		require.Equal(t, c.lastBE, PeekLast(b, c.off, c.width, 99), c)
		require.Equal(t, c.lastLE, PeekLastLE(b, c.off, c.width, 99), c)
	}
}
