package datagram

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestDetectionComparesAnIntegerWithTheLength(t *testing.T) {
	b := []byte{0, 4, 9, 9}
	for _, c := range []struct {
		op   TestOp
		plus int32
		want bool
	}{
		{Equal, 0, true}, {Equal, 1, false}, {NotEqual, 1, true}, {Less, 1, true}, {Less, 0, false},
		{LessEqual, 0, true}, {Greater, -1, true}, {GreaterEqual, 1, false},
		// The length less five is below 0, and so below every integer.
		{Equal, -5, false}, {NotEqual, -5, true}, {Less, -5, false}, {LessEqual, -5, false}, {Greater, -5, true}, {GreaterEqual, -5, true},
	} {
		x := Test{Width: 2, Mask: 0xffff, Op: c.op, OfLength: true, Plus: c.plus}
		require.Equal(t, c.want, x.Matches(b), "%v %v", c.op, c.plus)
	}
}
