package hot

import (
	"hash/crc32"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestShortNames(t *testing.T) {
	require.Equal(t, "dns.(*Message).parse", short("github.com/flowscope/fsd/generated/dns.(*Message).parse"))
	require.Equal(t, "flow.(*Tracker).Track", short("github.com/flowscope/fsd/runtime/flow.(*Tracker[go.shape.uint64]).Track"))
}

func TestLineLeavesOutWhatIsLittle(t *testing.T) {
	require.Equal(t, "`a` 60 %, `b` 30 %", Line([]Function{{"a", 0.6, 1}, {"b", 0.3, 0.3}, {"c", 0.01, 1}}, 5))
	require.Equal(t, "`a` 60 %", Line([]Function{{"a", 0.6, 1}, {"b", 0.3, 0.3}}, 1))
}

func TestDuringSumsUpToAllTheTime(t *testing.T) {
	b := make([]byte, 1<<20)
	functions, err := During(100*time.Millisecond, func() { crc32.ChecksumIEEE(b) })
	require.NoError(t, err)
	sum := 0.0
	for _, f := range functions {
		sum += f.Self
	}
	if len(functions) > 0 { // a machine that is busy may give no sample
		require.InDelta(t, 1, sum, 0.01)
	}
}
