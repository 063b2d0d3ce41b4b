package eval

import (
	"bytes"

	"github.com/flowscope/fsd/dsl/ir"
)

// lineOf finds the line at the beginning of b: how many bytes it has, and how many with its end; 0 if none ends within
// the bytes searched.
func lineOf(l *ir.Line, b []byte) (n, size, searched int) {
	area := b[:min(int64(len(b)), l.Max+2)]
	for i, c := range area {
		if c != '\n' || l.Fold && i+1 < len(b) && (b[i+1] == ' ' || b[i+1] == '\t') {
			continue
		}
		n = i
		if bytes.HasSuffix(area[:i], []byte{'\r'}) {
			n--
		}
		if int64(n) > l.Max {
			break
		}
		return n, i + 1, len(area)
	}
	return 0, 0, len(area)
}

// blankLine is how many bytes an empty line at the beginning of b takes, 0 if there is none.
func blankLine(b []byte) int {
	switch {
	case bytes.HasPrefix(b, []byte("\n")):
		return 1
	case bytes.HasPrefix(b, []byte("\r\n")):
		return 2
	}
	return 0
}
