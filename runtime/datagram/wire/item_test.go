package wire_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/flowscope/fsd/runtime/datagram/wire"
)

// What is said of an item does not depend on where it stands, on what follows it or on the room behind dst.
func TestAppendItemIsTheSameWhereverItStands(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 20000 {
		size := r.IntN(20)
		item := make([]byte, size, size)
		for i := range item {
			item[i] = byte(0x20 + r.IntN(0x5f))
			if r.IntN(30) == 0 {
				item[i] = byte(r.Uint32())
			}
			if item[i] == '.' && r.IntN(4) > 0 {
				item[i] = 'x'
			}
		}
		want := string(wire.AppendItem(nil, item, "."))
		longer := append(append(make([]byte, 0, 64), item...), "\"\\..\x00\xff\"\\..\x00\xff.."...)
		require.Equal(t, "<"+want, string(wire.AppendItem(append(make([]byte, 0, 300), '<'), longer[:size], ".")), "%q", item)
	}
}
