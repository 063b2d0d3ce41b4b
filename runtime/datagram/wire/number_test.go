package wire_test

import (
	"math"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/flowscope/fsd/runtime/datagram/wire"
)

func TestAppendUintIsThatOfStrconv(t *testing.T) {
	check := func(v uint64) {
		require.Equal(t, "x"+strconv.FormatUint(v, 10), string(wire.AppendUint([]byte{'x'}, v)))
	}
	for v := range uint64(20_000) {
		check(v)
	}
	check(math.MaxUint64)
}

func TestAppendName(t *testing.T) {
	require.Equal(t, `x"NXDOMAIN"`, string(wire.AppendName([]byte{'x'}, "NXDOMAIN")))
	require.Equal(t, `""`, string(wire.AppendName(nil, "")))
}
