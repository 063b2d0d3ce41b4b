package wire_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/flowscope/fsd/runtime/datagram/wire"
)

// The check values of the catalogue of parametrised CRC algorithms are those of the text 123456789.
func TestChecksumsOfTheTextThatCataloguesUse(t *testing.T) {
	text := []byte("123456789")
	require.Equal(t, uint32(0xcbf43926), wire.SumCRC32(text))
	require.Equal(t, uint32(0xe3069283), wire.SumCRC32C(text))
	require.Equal(t, uint16(0xea82), wire.SumCRC16DNP(text))
	require.Equal(t, uint16(0x4b37), wire.SumCRC16Modbus(text))
	require.Equal(t, uint16(0x906e), wire.SumCRC16X25(text))
	require.Equal(t, uint16(0x2189), wire.SumCRC16Kermit(text))
	require.Equal(t, uint16(0x29b1), wire.SumCRC16CCITT(text))
	require.Equal(t, uint16(0x31c3), wire.SumCRC16XMODEM(text))
	require.Equal(t, uint16(0xc8f0), wire.SumFletcher16([]byte("abcde")))
	require.Equal(t, uint16(0x2057), wire.SumFletcher16([]byte("abcdef")))
	require.Equal(t, uint32(0xf04fc729), wire.SumFletcher32([]byte("abcde")))
	require.Equal(t, uint32(0x56502d2a), wire.SumFletcher32([]byte("abcdef")))
	require.Equal(t, uint32(0x11e60398), wire.SumAdler32([]byte("Wikipedia")))
	require.Equal(t, uint8(0x31), wire.SumXor8(text))
	require.Equal(t, uint8(0xdd), wire.SumAdd8(text))
}

func TestSumInetIsThatOfRFC1071(t *testing.T) {
	b := []byte{0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7} // the example of section 3
	require.Equal(t, ^uint16(0xddf2), wire.SumInet(b))
	require.Equal(t, uint16(0), wire.SumInet(b, []byte{0x22, 0x0d}))
	require.Equal(t, wire.SumInet([]byte{1, 0}), wire.SumInet([]byte{1}))
}

func FuzzChecksumsOfPartsAreThoseOfTheWhole(f *testing.F) {
	f.Add([]byte("123456789"), 3, 4)
	f.Fuzz(func(t *testing.T, b []byte, i, j int) {
		i = min(max(i, 0), len(b))
		j = min(max(j, i), len(b))
		parts := [][]byte{b[:i], b[i:j], b[j:]}
		require.Equal(t, wire.SumInet(b), wire.SumInet(parts...))
		require.Equal(t, wire.SumCRC32(b), wire.SumCRC32(parts...))
		require.Equal(t, wire.SumCRC32C(b), wire.SumCRC32C(parts...))
		require.Equal(t, wire.SumCRC16DNP(b), wire.SumCRC16DNP(parts...))
		require.Equal(t, wire.SumCRC16CCITT(b), wire.SumCRC16CCITT(parts...))
		require.Equal(t, wire.SumAdler32(b), wire.SumAdler32(parts...))
		require.Equal(t, wire.SumFletcher16(b), wire.SumFletcher16(parts...))
		require.Equal(t, wire.SumFletcher32(b), wire.SumFletcher32(parts...))
	})
}

func FuzzRangeIsPartOfTheDatagram(f *testing.F) {
	f.Add([]byte("abc"), 1, 9)
	f.Fuzz(func(t *testing.T, b []byte, from, to int) {
		r := wire.Reader{Data: b}
		part := r.Range(max(from, 0), max(to, 0))
		require.LessOrEqual(t, len(part), len(b))
	})
}
