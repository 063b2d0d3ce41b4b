package wire

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFloatsAreShownAsShortAsTheyAre(t *testing.T) {
	for bits, want := range map[uint32]string{
		0x3FC00000: "1.5", 0: "0", 0x80000000: "-0", 0x3DCCCCCD: "0.1", 0x7F7FFFFF: "3.4028235e+38", 1: "1e-45",
		0x7F800000: `"+Inf"`, 0xFF800000: `"-Inf"`, 0x7FC00000: `"NaN"`, 0xFFFFFFFF: `"NaN"`,
	} {
		f := NewFloat32(bits)
		b := f.AppendJSON(nil)
		require.Equal(t, want, string(b))
		require.True(t, json.Valid(b))
	}
	require.Equal(t, "1.5", NewFloat32(0x3FC00000).String())
	for bits, want := range map[uint64]string{
		0x3FF8000000000000: "1.5", 0x3FB999999999999A: "0.1", 0x7FF0000000000000: `"+Inf"`, 0x7FF8000000000001: `"NaN"`,
	} {
		b := NewFloat64(bits).AppendJSON(nil)
		require.Equal(t, want, string(b))
		require.True(t, json.Valid(b))
	}
	require.Equal(t, "-Inf", NewFloat64(0xFFF0000000000000).String())
}
