package dsl_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/flowscope/fsd/dsl"
	"github.com/flowscope/fsd/dsl/diag"
)

// shared is what the examples of imports import.
const shared = `protocol shared

entry Message

type Message struct {
	Header Header
	end
}

type Header struct {
	N uint16
}
`

// whole makes a spec of the example of a page, which leaves out what it is not about.
func whole(code diag.Code, example string) string {
	head := ""
	has := func(word string) bool {
		return slices.ContainsFunc(strings.Split(example, "\n"), func(l string) bool { return strings.HasPrefix(l, word+" ") })
	}
	if !has("protocol") && code != diag.MissingProtocol {
		head += "protocol example\n"
	}
	if !has("entry") && code != diag.MissingEntry {
		head += "entry T\n"
	}
	return head + example
}

func TestPagesOfCheckerCodesGiveTheirCodeAndTheirRemedyNone(t *testing.T) {
	for _, code := range diag.Codes() {
		if code < diag.MissingProtocol || strings.HasPrefix(string(code), "FSD03") {
			continue
		}
		t.Run(string(code), func(t *testing.T) {
			page, _ := diag.Explain(code)
			compile := func(example string) diag.List {
				files := fstest.MapFS{
					"example.fsd": {Data: []byte(whole(code, example))},
					"shared.fsd":  {Data: []byte(shared)},
				}
				_, diags := dsl.Compile(files, "example.fsd")
				return diags
			}
			wrong := compile(page.Wrong)
			require.True(t, slices.ContainsFunc(wrong, func(d *diag.Diagnostic) bool { return d.Code == code }), "the wrong example gives\n%s", wrong.Render())
			require.Empty(t, compile(page.Right).Render())
		})
	}
}
