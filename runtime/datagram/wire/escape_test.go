package wire_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/flowscope/fsd/runtime/datagram/wire"
)

func TestIndexEscapedTakesTheByteBehindAnEscape(t *testing.T) {
	require.Equal(t, 4, wire.IndexEscaped([]byte(`a\"b"c`), '"', '\\'))
	require.Equal(t, 2, wire.IndexEscaped([]byte(`\\"`), '"', '\\'))
	require.Equal(t, -1, wire.IndexEscaped([]byte(`ab\"`), '"', '\\'))
	require.Equal(t, -1, wire.IndexEscaped([]byte(`ab\`), '"', '\\'))
}

func TestSpanEscapedGoesOnBehindAnEscapedByte(t *testing.T) {
	var class wire.Class
	class['a'>>6] |= 1 << ('a' & 63)
	require.Equal(t, 4, wire.SpanEscaped([]byte(`a\"ab`), &class, '\\'))
	require.Equal(t, 1, wire.SpanEscaped([]byte(`a\`), &class, '\\'))
	require.Equal(t, 0, wire.SpanEscaped(nil, &class, '\\'))
}
