package diag

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/flowscope/fsd/dsl/source"
)

var update = flag.Bool("update", false, "write the golden files anew")

func at(f *source.File, text string) source.Span {
	i := strings.Index(f.Text, text)
	return source.Span{File: f, Start: i, End: i + len(text)}
}

// sample holds one diagnostic of each form.
func sample() List {
	f := source.New("dir/dtls.fsd", "protocol dtls\ntype T struct {\n\tLength\tuint16\n\tlet Body = Length - 8\n\tNämé [4]byte\n}\n")
	g := source.New("other file.fsd", "type Shared struct {}\n")
	var list List
	list.Errorf("FSD0001", at(f, "Length - 8"), "Length - 8 may underflow: Length is 0..65535 here").
		Label(at(f, "Length"), "Length is declared here").
		Fixf("add \"where >= 8\" to Length (dtls.fsd:3)").
		Replace(source.Span{File: f, Start: at(f, "uint16").End, End: at(f, "uint16").End}, " where >= 8")
	list.Warnf("FSD0002", at(f, "[4]byte"), "odd: 100%% sure,\nreally").Label(at(g, "Shared"), "also here")
	list.Errorf("FSD0003", source.Span{}, "no entry").Fixf("declare one")
	return list
}

func TestForms(t *testing.T) {
	for _, format := range Formats {
		var b bytes.Buffer
		require.NoError(t, Write(&b, format, sample(), Style{}))
		path := filepath.Join("testdata", format+".golden")
		if *update {
			require.NoError(t, os.WriteFile(path, b.Bytes(), 0o644))
		}
		want, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, strings.ReplaceAll(string(want), "\r\n", "\n"), b.String(), format)
		if format == "json" || format == "sarif" {
			require.True(t, json.Valid(b.Bytes()))
		}
	}
	require.Error(t, Write(&bytes.Buffer{}, "xml", nil, Style{}))
}

func TestFormsOfNothing(t *testing.T) {
	for format, want := range map[string]string{"text": "", "github": "", "json": "[]\n"} {
		var b bytes.Buffer
		require.NoError(t, Write(&b, format, nil, Style{}))
		require.Equal(t, want, b.String())
	}
}

func TestColourAddsNothingButColour(t *testing.T) {
	var plain, colour bytes.Buffer
	require.NoError(t, Text(&plain, sample(), Style{}))
	require.NoError(t, Text(&colour, sample(), Style{Color: true}))
	require.NotEqual(t, plain.String(), colour.String())
	require.Equal(t, plain.String(), regexp.MustCompile("\x1b\\[[0-9]*m").ReplaceAllString(colour.String(), ""))
}

func TestLongLinesAreCutAroundThePlace(t *testing.T) {
	f := source.New("t.fsd", strings.Repeat("a", 100_000)+"HERE"+strings.Repeat("b", 100_000))
	var list List
	list.Errorf("FSD0001", at(f, "HERE"), "x")
	out := list.Render()
	require.Less(t, len(out), 400)
	lines := strings.Split(out, "\n")
	require.Equal(t, strings.Index(lines[1], "HERE"), strings.Index(lines[2], "^^^^"))
}

func TestControlCharactersNeverReachTheTerminal(t *testing.T) {
	f := source.New("a\x1b[31m.fsd", "const \x1b]0;x\a = \u202e1\n")
	var list List
	list.Errorf("FSD0001", source.Span{File: f, Start: 6, End: 9}, "found \x1b[2J").Fixf("a\x00b").Label(source.Span{File: f}, "c\rd")
	require.NotRegexp(t, "[\x00-\x09\x0b-\x1f\x7f\u202e]", list.Render())
}

func TestListsAreInSourceOrderAndSayThingsOnce(t *testing.T) {
	f, g := source.New("f", "0123456789"), source.New("g", "0123456789")
	var list List
	list.Errorf("FSD0002", source.Span{File: f, Start: 5, End: 6}, "b")
	list.Errorf("FSD0001", source.Span{}, "z")
	list.Errorf("FSD0001", source.Span{File: g, Start: 1, End: 2}, "c")
	list.Errorf("FSD0001", source.Span{File: f, Start: 2, End: 6}, "a")
	list.Errorf("FSD0002", source.Span{File: f, Start: 5, End: 6}, "b")
	list.Sort()
	var got string
	for _, d := range list {
		got += d.Message
	}
	require.Equal(t, "abcz", got)
}

func TestErrNamesTheFirstAndCountsTheRest(t *testing.T) {
	f := source.New("f.fsd", "x")
	var list List
	require.NoError(t, list.Err())
	list.Warnf("FSD0002", source.Span{File: f}, "w")
	require.NoError(t, list.Err())
	require.False(t, list.HasErrors())
	list.Errorf("FSD0001", source.Span{File: f}, "a")
	require.EqualError(t, list.Err(), "f.fsd:1:1: FSD0001: a")
	list.Errorf("FSD0001", source.Span{File: f}, "b")
	require.EqualError(t, list.Err(), "f.fsd:1:1: FSD0001: a (and 1 more)")
	require.Equal(t, "f.fsd:1:1: FSD0002: warning: w", list[0].Error())
}

func TestLabelsAreAtMostThree(t *testing.T) {
	f := source.New("f", "x")
	d := &Diagnostic{}
	for range 5 {
		d.Label(source.Span{File: f}, "l")
	}
	d.Label(source.Span{}, "nowhere")
	require.Len(t, d.Labels, MaxLabels)
}

func TestSuggest(t *testing.T) {
	words := []string{"uint8", "uint16", "Length", "confirm", "of"}
	for name, want := range map[string]string{
		"uint61": "uint16", "lenght": "Length", "Lenght": "Length", "confrm": "confirm", "LENGTH": "Length", "uin8": "uint8",
		"xyz": "", "uint8": "uint16", "": "", "fo": "of",
	} {
		got, ok := Suggest(name, words)
		require.Equal(t, want, got, name)
		require.Equal(t, want != "", ok, name)
	}
	_, ok := Suggest(strings.Repeat("a", 1000), []string{strings.Repeat("a", 999)})
	require.False(t, ok)
}

func TestEachCodeHasAPageWithAWrongAndARightExample(t *testing.T) {
	require.NotEmpty(t, Codes())
	for _, code := range Codes() {
		page, ok := Explain(code)
		require.True(t, ok)
		require.Regexp(t, `^FSD\d{4}$`, string(code))
		require.True(t, strings.HasPrefix(page.Text, "# "+string(code)+": "), "%s does not begin with its title", code)
		require.NotEmpty(t, page.Title, code)
		require.NotEmpty(t, page.Explanation, code)
		require.NotEmpty(t, strings.TrimSpace(page.Wrong), "%s has no wrong example", code)
		require.NotEmpty(t, strings.TrimSpace(page.Right), "%s has no right example", code)
		require.NotEqual(t, page.Wrong, page.Right, code)
	}
	_, ok := Explain("fsd0001")
	require.True(t, ok, "case should not matter")
	_, ok = Explain("FSD9999")
	require.False(t, ok)
}

// Whatever code stands in the compiler's sources can be explained, and each that can be explained stands there.
func TestEachCodeInTheSourcesHasAPage(t *testing.T) {
	used := map[Code]bool{}
	pattern := regexp.MustCompile(`"(FSD\d{4})"`)
	for _, root := range []string{"..", "../../codegen"} {
		_ = filepath.WalkDir(root, func(path string, entry os.DirEntry, err error) error {
			if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return nil
			}
			text, err := os.ReadFile(path)
			require.NoError(t, err)
			for _, m := range pattern.FindAllStringSubmatch(string(text), -1) {
				used[Code(m[1])] = true
			}
			return nil
		})
	}
	for code := range used {
		_, ok := Explain(code)
		require.True(t, ok, "%s is used and has no page", code)
	}
	for _, code := range Codes() {
		require.True(t, used[code], "%s has a page and is not used", code)
	}
}
