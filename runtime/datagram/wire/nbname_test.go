package wire

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// encoded writes 16 bytes as letters.
func encoded(name string) []byte {
	var b []byte
	for i := range 16 {
		b = append(b, 'A'+name[i]>>4, 'A'+name[i]&15)
	}
	return b
}

func TestNetBIOSNames(t *testing.T) {
	for name, want := range map[string]string{
		"WORKGROUP      \x1c":            `WORKGROUP<1c>`,
		"WWW.EXAMPLE.COM\x00":            `WWW.EXAMPLE.COM<00>`,
		"\x01\x02__MSBROWSE__\x02\x01":   `<01><02>__MSBROWSE__<02><01>`,
		"*" + strings.Repeat("\x00", 15): `*` + strings.Repeat("<00>", 15),
		"               \x20":            `<20>`,
		"A<B\"\\\xff         \x00":       `A<3c>B"\<ff><00>`,
		strings.Repeat("\xff", 16):       strings.Repeat("<ff>", 16),
	} {
		text, ok := nbName(nil, encoded(name))
		require.True(t, ok)
		require.Equal(t, want, string(text))
	}
	require.Equal(t, `"A\\\\<00>"`, string(AppendNBName(nil, encoded("A\\             \x00"))))
	require.Equal(t, `A\.B<00>`, string(AppendNBItemText(nil, encoded("A.B            \x00"), ".")))
	require.Equal(t, `A\\.B<00>`, string(AppendNBItem(nil, encoded("A.B            \x00"), ".")))
	// Labels of a scope, and what only looks like a name.
	for _, b := range []string{"scope", "", strings.Repeat("Q", 32), strings.Repeat("A", 31), strings.Repeat("A", 31) + "\x00"} {
		require.Equal(t, string(AppendText(nil, []byte(b))), string(AppendNBName(nil, []byte(b))))
		require.Equal(t, string(AppendItem(nil, []byte(b), ".")), string(AppendNBItem(nil, []byte(b), ".")))
	}
	dst, item := make([]byte, 0, 256), encoded("WORKGROUP      \x1c")
	require.Zero(t, testing.AllocsPerRun(10, func() { AppendNBItem(dst, item, "."); AppendNBName(dst, item) }))
}
