package source

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPositionsCountCharacters(t *testing.T) {
	f := New("a.fsd", "ab\né\tx\r\n\xffz\n")
	tests := []struct {
		offset int
		want   string
	}{
		{-1, "1:1"}, {0, "1:1"}, {2, "1:3"}, {3, "2:1"}, {5, "2:2"}, {6, "2:3"}, {9, "3:1"}, {10, "3:2"}, {12, "4:1"}, {99, "4:1"},
	}
	for _, tt := range tests {
		require.Equal(t, tt.want, f.Pos(tt.offset).String(), "offset %d", tt.offset)
	}
	require.Equal(t, 4, f.Lines())
}

func TestLinesComeWithoutTheirEnding(t *testing.T) {
	f := New("a.fsd", "one\r\ntwo\n\nfour")
	require.Equal(t, "one", f.Line(1))
	require.Equal(t, "two", f.Line(2))
	require.Equal(t, "", f.Line(3))
	require.Equal(t, "four", f.Line(4))
	require.Equal(t, "", f.Line(0))
	require.Equal(t, "", f.Line(5))
	require.Equal(t, 5, f.LineStart(2))
	require.Equal(t, 0, f.LineStart(-3))
}

func TestSpans(t *testing.T) {
	f, g := New("a.fsd", "hello\nworld"), New("b.fsd", "")
	s := Span{f, 6, 11}
	require.Equal(t, "world", s.Text())
	require.Equal(t, "a.fsd:2:1", s.String())
	require.Equal(t, Pos{2, 6}, s.EndPos())
	require.Equal(t, Span{f, 0, 11}, Span{f, 0, 1}.To(s))
	require.Equal(t, s, s.To(Span{}))
	require.Equal(t, s, Span{}.To(s))
	require.Equal(t, s, s.To(Span{g, 0, 0}))
	require.False(t, Span{}.Valid())
	require.Equal(t, "", Span{}.Text())
	require.Equal(t, "-", Span{}.String())
	require.Equal(t, "", Span{f, 50, 40}.Text())
}
