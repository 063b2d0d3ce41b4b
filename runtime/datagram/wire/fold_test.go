package wire_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/flowscope/fsd/runtime/datagram/wire"
)

func TestEqualFoldFoldsLettersOfASCIIOnly(t *testing.T) {
	require.True(t, wire.EqualFold([]byte("Call-ID"), "call-id"))
	require.True(t, wire.EqualFold(nil, ""))
	require.False(t, wire.EqualFold([]byte("Call-I"), "call-id"))
	require.False(t, wire.EqualFold([]byte("a["), "a{"))
	require.False(t, wire.EqualFold([]byte("\xc3\x84"), "\xc3\xa4"))
}
