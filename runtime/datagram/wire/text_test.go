package wire

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

func TestAppendTextEscapesWhatMayHarm(t *testing.T) {
	for in, want := range map[string]string{
		"":                         `""`,
		"plain text, äöü 漢":        `"plain text, äöü 漢"`,
		`a"b`:                      `"a\"b"`,
		`a\b`:                      `"a\\\\b"`,
		"\x00\n\x1b[31m\x7f":       `"\u0000\u000a\u001b[31m\u007f"`,
		"\u0085\u2028\u202e\u200b": `"\u0085\u2028\u202e\u200b"`,
		"\ufeff\U000e0041":         `"\ufeff\udb40\udc41"`,
		"\xff\xc3":                 `"\\xff\\xc3"`,
		"\xed\xa0\x80":             `"\\xed\\xa0\\x80"`,
		"\ufffd":                   `"` + "\ufffd" + `"`,
	} {
		require.Equal(t, want, string(AppendText(nil, []byte(in))), "%q", in)
	}
}

func TestAppendCStringStopsAtTheFirstNUL(t *testing.T) {
	require.Equal(t, `"ab"`, string(AppendCString(nil, []byte("ab\x00cd"))))
	require.Equal(t, `"abc"`, string(AppendCString(nil, []byte("abc"))))
}

func TestAppendHex(t *testing.T) {
	require.Equal(t, `"00abff"`, string(AppendHex(nil, []byte{0, 0xab, 0xff})))
	require.Equal(t, `""`, string(AppendHex(nil, nil)))
}

func TestAppendItemKeepsTheJoinApart(t *testing.T) {
	for _, c := range []struct{ item, join, want string }{
		{"example", ".", "example"},
		{"a.b", ".", `a\\.b`},
		{`a\b`, ".", `a\\\\b`},
		{`a"b`, ".", `a\"b`},
		{`a"b`, `"`, `a\\\"b`},
		{"\x00\xff\n", ".", `\\000\\255\\010`},
		{"\u202e", ".", `\\226\\128\\174`},
		{"ä.漢", ".", `ä\\.漢`},
		{"a->b", "->", `a\\-\\>b`},
		{"a1", "1", `a\\049`},
		{"a→b", "→", `a\\→b`},
		{"a.b", "", "a.b"},
	} {
		require.Equal(t, c.want, string(AppendItem(nil, []byte(c.item), c.join)), "%q joined by %q", c.item, c.join)
		var text string
		require.NoError(t, json.Unmarshal([]byte(`"`+c.want+`"`), &text))
		require.Equal(t, text, string(AppendItemText(nil, []byte(c.item), c.join)), "%q joined by %q", c.item, c.join)
	}
}

func TestAppendJoinIsJSON(t *testing.T) {
	for _, join := range []string{".", `"`, `\`, "\n", "\u202e", "\U000e0041"} {
		var got string
		require.NoError(t, json.Unmarshal([]byte(`"`+string(AppendJoin(nil, join))+`"`), &got))
		require.Equal(t, join, got)
	}
}

// undo reads what AppendText writes.
func undo(t *testing.T, text []byte) []byte {
	var s string
	require.NoError(t, json.Unmarshal(text, &s))
	var out []byte
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] != '\\':
			out = append(out, s[i])
		case s[i+1] == '\\':
			out = append(out, '\\')
			i++
		default:
			v, err := strconv.ParseUint(s[i+2:i+4], 16, 8)
			require.NoError(t, err)
			out = append(out, byte(v))
			i += 3
		}
	}
	return out
}

func FuzzAppendText(f *testing.F) {
	f.Add([]byte("a\\x00\"\xff\u202e"), ".")
	f.Fuzz(func(t *testing.T, b []byte, join string) {
		text := AppendText(nil, b)
		require.Equal(t, b, append([]byte{}, undo(t, text)...))
		for _, r := range string(text) {
			require.False(t, unsafeRune(r), "%q", text)
		}
		if utf8.ValidString(join) {
			item := AppendItem([]byte{'"'}, b, join)
			require.True(t, json.Valid(append(item, '"')), "%q", item)
		}
	})
}

func TestTextAllocatesNothing(t *testing.T) {
	buf := make([]byte, 0, 1024)
	text := []byte(strings.Repeat("example\xff\"", 20))
	require.Zero(t, testing.AllocsPerRun(10, func() {
		AppendText(buf, text)
		AppendHex(buf, text)
		AppendItem(buf, text, ".")
	}))
}
