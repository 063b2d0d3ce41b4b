package contest

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func work(times int) func() int {
	n := uint64(1)
	return func() int {
		for range 1000 * times {
			n = n*6364136223846793005 + 1442695040888963407
		}
		if n == 0 {
			return 0
		}
		return 1000
	}
}

func TestContestOfThree(t *testing.T) {
	row := &Row{Name: "work", Unit: "step", Contestants: []Contestant{
		{Name: "one", Pass: work(1)}, {Name: "ten times", Pass: work(10), Most: 0.9}, {Name: "on paper", Published: 0.001, Most: 0.5},
	}}
	r, err := row.Measure(Options{Slot: time.Millisecond, Rounds: 3})
	require.NoError(t, err)
	require.Equal(t, 3, r.Rounds)
	require.InDelta(t, 1, r.Lines[0].Ratio, 1e-9)
	require.Positive(t, r.Lines[1].Ratio)
	var b strings.Builder
	require.NoError(t, Table(&b, []*Result{r}))
	require.Equal(t, 5, strings.Count(b.String(), "\n"))
	require.Contains(t, b.String(), "**missed**")
	require.Len(t, Missed([]*Result{r}), strings.Count(b.String(), "**missed**"))
}

func TestContestantsMustDoTheSameWork(t *testing.T) {
	row := &Row{Name: "work", Unit: "step", Contestants: []Contestant{
		{Name: "all", Pass: func() int { return 2 }}, {Name: "half", Pass: func() int { return 1 }},
	}}
	_, err := row.Measure(Options{Rounds: 1})
	require.EqualError(t, err, "work: half did 1 steps, all 2")
}

func TestSignificant(t *testing.T) {
	for v, want := range map[float64]string{1234.5: "1234", 12.34: "12.3", 1.234: "1.23", 0.1234: "0.12", 0.0123: "0.012"} {
		require.Equal(t, want, Significant(v))
	}
}
