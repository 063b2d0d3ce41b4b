package wire

import (
	"encoding/hex"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestObjectIdentifiers(t *testing.T) {
	for in, want := range map[string]string{
		"2b06010201010100":         `"1.3.6.1.2.1.1.1.0"`,
		"00":                       `"0.0"`,
		"883703":                   `"2.999.3"`,
		"2b0601040182378201":       `"1.3.6.1.4.1.311.257"`,
		"2b8fffffff7f":             `"1.3.4294967295"`,
		"81ffffffffffffffff7f":     `"2.18446744073709551535"`,
		"":                         `""`,
		"2b80":                     `"2b80"`,
		"2b83ffffffffffffffffff7f": `"2b83ffffffffffffffffff7f"`,
	} {
		b, err := hex.DecodeString(in)
		require.NoError(t, err)
		require.Equal(t, want, string(AppendOID(nil, b)), in)
	}
	dst, b := make([]byte, 0, 64), []byte{0x2b, 6, 1}
	require.Zero(t, testing.AllocsPerRun(10, func() { AppendOID(dst, b) }))
}
