package docs

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// length counts the lines of a spec that are neither blank nor comment, up to its test vectors, and apart from them those
// that name values of enums and flags.
func length(t *testing.T, protocol string) (lines, values int) {
	spec, err := os.ReadFile("../../protocols/" + protocol + ".fsd")
	require.NoError(t, err)
	named := regexp.MustCompile(`^type \w+ (enum|flags)\b.*\{$`)
	inside := false
	for line := range strings.Lines(string(spec)) {
		switch line = strings.TrimSpace(line); {
		case strings.HasPrefix(line, "test "):
			return lines, values
		case line == "" || strings.HasPrefix(line, "//"):
		case inside && line != "}":
			values++
		default:
			inside = named.MatchString(line)
			lines++
		}
	}
	return lines, values
}

func TestLengthsOfSpecsAreThoseOfTheTable(t *testing.T) {
	page, err := os.ReadFile("../../docs/language.md")
	require.NoError(t, err)
	_, section, ok := strings.Cut(string(page), "## How long a spec is")
	require.True(t, ok)
	section, _, _ = strings.Cut(section, "\n## ")
	rows := regexp.MustCompile(`(?m)^\| (\w+) \| (\d+ \+ \d+) \|`).FindAllStringSubmatch(section, -1)
	require.NotEmpty(t, rows)
	for _, row := range rows {
		lines, values := length(t, row[1])
		require.Equal(t, fmt.Sprintf("%d + %d", lines, values), row[2], "docs/language.md: %s", row[1])
	}
}
