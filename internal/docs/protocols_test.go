package docs

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestReadmeListsEveryProtocolOnce(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	var listed []string
	for _, m := range regexp.MustCompile(`\(protocols/(\w+)\.fsd\)`).FindAllStringSubmatch(string(readme), -1) {
		listed = append(listed, m[1])
	}
	specs, err := filepath.Glob("../../protocols/*.fsd")
	require.NoError(t, err)
	for i, s := range specs {
		specs[i] = strings.TrimSuffix(filepath.Base(s), ".fsd")
	}
	slices.Sort(listed)
	slices.Sort(specs)
	require.Equal(t, specs, listed)
}
