package wire_test

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/flowscope/fsd/runtime/datagram/wire"
)

var (
	plainLine  = regexp.MustCompile(`\A(?s:(.*?))\r?\n`)
	foldedLine = regexp.MustCompile(`\A(?s:(.*?))\r?\n(?:[^ \t]|\z)`)
)

func FuzzLinesAreThoseOfAnExpression(f *testing.F) {
	for _, s := range []string{"", "\n", "\r\n", "a\r\nb", "a\r\n b\n", "a\n\tb\n\nc", "a\r\r\n", "abcdefgh\n", "abcdefghi\r\n", "a\n "} {
		f.Add([]byte(s), uint8(8))
	}
	f.Fuzz(func(t *testing.T, b []byte, most uint8) {
		for _, c := range []struct {
			line  func([]byte, int) (int, int)
			model *regexp.Regexp
		}{{wire.Line, plainLine}, {wire.FoldedLine, foldedLine}} {
			n, size := c.line(b, int(most))
			m := c.model.FindSubmatchIndex(b)
			if m == nil || m[3] > int(most) {
				require.Zero(t, size)
				continue
			}
			require.Equal(t, m[3], n)
			end := n + 1
			if b[n] == '\r' {
				end++
			}
			require.Equal(t, end, size)
		}
	})
}

func TestBlankIsAnEmptyLine(t *testing.T) {
	for text, want := range map[string]int{"": 0, "\n": 1, "\nx": 1, "\r\n": 2, "\r": 0, "\rx\n": 0, "x\n": 0} {
		require.Equal(t, want, wire.Blank([]byte(text)), "%q", text)
	}
}
