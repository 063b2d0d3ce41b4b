package all

import (
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEverySpecIsGeneratedAndListed(t *testing.T) {
	specs, err := filepath.Glob("../../protocols/*.fsd")
	require.NoError(t, err)
	require.NotEmpty(t, specs)
	var want, got []string
	for _, s := range specs {
		want = append(want, strings.TrimSuffix(filepath.Base(s), ".fsd"))
	}
	for _, p := range Protocols() {
		got = append(got, p.Name)
	}
	sort.Strings(want)
	require.Equal(t, want, got)
}
