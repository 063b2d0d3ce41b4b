package process

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestProgramsThatAreMissingOrFailAreNamedInTheTable(t *testing.T) {
	row := &Row{Name: "nothing", Packets: 1, Programs: []Program{
		{Name: "ours", Args: []string{"true"}},
		{Name: "absent", Args: []string{"a-program-that-is-not-there"}, Most: 0.1},
		{Name: "failing", Args: []string{"sh", "-c", "echo 'a|b' >&2; exit 3"}, Most: 0.1},
	}}
	res, err := row.Measure(2)
	require.NoError(t, err)
	require.False(t, res.Missed())
	var b strings.Builder
	missed, err := Table(&b, []*Result{res})
	require.NoError(t, err)
	require.Empty(t, missed)
	require.Contains(t, b.String(), "| | absent | not installed |")
	require.Contains(t, b.String(), "| | failing | failed: exit status 3: a/b |")

	row.Programs[0].Args = []string{"false"}
	_, err = row.Measure(1)
	require.ErrorContains(t, err, "nothing: ours: exit status 1")
}
