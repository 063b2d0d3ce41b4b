package wire_test

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/flowscope/fsd/runtime/datagram/wire"
)

func TestVarintQUICReadsTheExamplesOfRFC9000(t *testing.T) {
	for _, c := range []struct {
		b    []byte
		want uint64
	}{
		{[]byte{0xc2, 0x19, 0x7c, 0x5e, 0xff, 0x14, 0xe8, 0x8c}, 151288809941952652},
		{[]byte{0x9d, 0x7f, 0x3e, 0x7d}, 494878333},
		{[]byte{0x7b, 0xbd}, 15293},
		{[]byte{0x25}, 37},
		{[]byte{0x40, 0x25}, 37},
	} {
		v, n := wire.VarintQUIC(append(c.b, 0xff))
		require.Equal(t, c.want, v)
		require.Equal(t, len(c.b), n)
		_, n = wire.VarintQUIC(c.b[:len(c.b)-1])
		require.Negative(t, n)
	}
}

func FuzzVarintLEB128IsThatOfTheStandardLibrary(f *testing.F) {
	f.Add([]byte{0xe5, 0x8e, 0x26})
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01})
	f.Add(bytes.Repeat([]byte{0x80}, 10))
	f.Fuzz(func(t *testing.T, b []byte) {
		v, n := wire.VarintLEB128(b)
		want, m := binary.Uvarint(b)
		switch {
		case m > 0:
			require.Equal(t, m, n)
			require.Equal(t, want, v)
		case m == 0 && len(b) < 10:
			require.Equal(t, -len(b)-1, n)
		default: // ten bytes that do not end are no value, whatever follows
			require.Zero(t, n)
		}
	})
}

func FuzzVarintBase128IsItsGroups(f *testing.F) {
	f.Add(uint64(300), uint8(3))
	f.Fuzz(func(t *testing.T, want uint64, padding uint8) {
		b := []byte{byte(want & 0x7f)}
		for rest := want >> 7; rest > 0; rest >>= 7 {
			b = append([]byte{byte(rest) | 0x80}, b...)
		}
		for range padding % 8 {
			b = append([]byte{0x80}, b...)
		}
		v, n := wire.VarintBase128(b)
		if len(b) > 10 {
			require.Zero(t, n)
			return
		}
		require.Equal(t, want, v)
		require.Equal(t, len(b), n)
		_, n = wire.VarintBase128(b[:len(b)-1])
		require.Equal(t, -len(b), n)
	})
}
