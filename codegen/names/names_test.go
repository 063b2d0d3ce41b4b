package names

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCamelKnowsInitialisms(t *testing.T) {
	for in, want := range map[string]string{
		"name_jumps": "NameJumps", "id_zero": "IDZero", "z_bit": "ZBit", "ttl": "TTL", "3com": "X3com", "": "X",
		"a-b\n*/": "AB",
	} {
		require.Equal(t, want, Camel(in), in)
	}
}

func TestLowerKeepsWordsApart(t *testing.T) {
	for in, want := range map[string]string{
		"TTL": "ttl", "MName": "mName", "RRType": "rrType", "A": "a", "Len": "len", "IPv4Hint": "ipv4Hint",
		"EUI48": "eui48", "Addr6": "addr6", "X25": "x25", "already": "already", "NSEC3PARAM": "nsec3param",
	} {
		require.Equal(t, want, Lower(in), in)
	}
}

func TestScopeAvoidsWhatIsTaken(t *testing.T) {
	s := NewScope("wire")
	require.Equal(t, "wireValue", s.Take("wire", "Value"), "imported package")
	require.Equal(t, "lenValue", s.Take("len", "Value"), "predeclared")
	require.Equal(t, "typeValue", s.Take("type", "Value"), "keyword")
	require.Equal(t, "pad", s.Take("pad", "Value"))
	require.Equal(t, "padValue", s.Take("pad", "Value"), "second use")
	require.Equal(t, "padValue2", s.Take("pad", "Value"), "third use")
	c := s.Child()
	require.Equal(t, "x", c.Take("x", ""))
	require.False(t, s.Has("x"))
	require.True(t, IsIdent(s.Take("no ident", "Value")))
}

func TestIsIdentRefusesWhatIsNotPlain(t *testing.T) {
	for _, s := range []string{"", "1a", "a b", "a\n", "func", "ä", "a.b", "a;b"} {
		require.False(t, IsIdent(s), s)
	}
	require.True(t, IsIdent("_a1"))
}
