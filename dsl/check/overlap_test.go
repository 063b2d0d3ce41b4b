package check_test

import (
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/flowscope/fsd/dsl"
	"github.com/flowscope/fsd/dsl/ir"
)

func TestOverlappingDetectionsAreReportedAndDisjointOnesAreNot(t *testing.T) {
	for _, c := range []struct {
		first, second string
		overlap       bool
	}{
		{"at 0 uint8 == 1", "at 0 uint8 == 2", false},
		{"at 0 uint8 == 1", "at 1 uint8 == 2", true},
		{"at 0 uint8 & 0xF0 == 0x40", "at 0 uint8 == 0x4F", true},
		{"at 0 uint8 & 0xF0 == 0x40", "at 0 uint8 & 0xF0 == 0x50", false},
		{"at 0 uint16 == 0x0102", "at 1 uint8 == 2", true},
		{"at 0 uint16 == 0x0102", "at 1 uint8 == 3", false},
		{"at 0 uint16le == 0x0102", "at 1 uint8 == 2", false},
		{"at 0 uint16le == 0x0102", "at 0 uint8 == 2", true},
		{"len >= 20", "len < 20", false},
		{"len >= 20", "len <= 20", true},
		{"len in {48, 68}", "len == 68", true},
		{"len in {48, 68}", "len in 49..67", false},
		{"at 4 uint32 == 0x2112A442", "at 4 uint16 <= 8", false},
		{"at 4 uint16 <= 8", "at 4 uint16 > 255", false},
		{"at 4 uint16 <= 8", "at 5 uint8 in {8, 9}", true},
		{"at 0 uint8 != 1", "at 0 uint8 == 1", true}, // != is not followed: reported, though they are disjoint
	} {
		list := dsl.Overlaps([]*ir.Protocol{detecting(t, "first", c.first), detecting(t, "second", c.second)})
		require.Equal(t, c.overlap, len(list) == 1, "%s | %s", c.first, c.second)
		if c.overlap {
			require.Equal(t, "second.fsd:2:1: FSD0300: warning: a datagram can match the detection of second and that of first", list[0].Error())
		}
	}
}

func detecting(t *testing.T, name, test string) *ir.Protocol {
	spec := "protocol " + name + "\ndetect { " + test + " }\nentry T\ntype T struct { N uint8; end }\n"
	p, diagnostics := dsl.Compile(fstest.MapFS{name + ".fsd": {Data: []byte(spec)}}, name+".fsd")
	require.NoError(t, diagnostics.Err())
	return p
}
