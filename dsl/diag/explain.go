package diag

import (
	"embed"
	"slices"
	"strings"
	"sync"
)

// The pages are the registry: a code exists if explain/CODE.md does. A page reads
//
//	# FSD0107: title
//	explanation
//	## Wrong
//	a fenced example that gives this code
//	## Right
//	a fenced example that does not
//
//go:embed explain/*.md
var pages embed.FS

// Page is the explanation of a code.
type Page struct {
	Code  Code
	Title string
	// Text is the page in Markdown, title included.
	Text string
	// Explanation is the prose between title and examples; Wrong and Right are the examples without their fences.
	Explanation, Wrong, Right string
}

var registry = sync.OnceValue(func() map[Code]Page {
	m := map[Code]Page{}
	entries, err := pages.ReadDir("explain")
	if err != nil {
		panic("embedded pages: " + err.Error())
	}
	for _, e := range entries {
		text, err := pages.ReadFile("explain/" + e.Name())
		if err != nil {
			panic("embedded page " + e.Name() + ": " + err.Error())
		}
		code := Code(strings.TrimSuffix(e.Name(), ".md"))
		m[code] = parsePage(code, strings.ReplaceAll(string(text), "\r\n", "\n"))
	}
	return m
})

func parsePage(code Code, text string) Page {
	p := Page{Code: code, Text: text}
	head, rest, _ := strings.Cut(text, "\n")
	p.Title = strings.TrimPrefix(head, "# "+string(code)+": ")
	p.Explanation, rest, _ = strings.Cut(rest, "\n## Wrong\n")
	p.Explanation = strings.TrimSpace(p.Explanation)
	wrong, right, _ := strings.Cut(rest, "\n## Right\n")
	p.Wrong, p.Right = fenced(wrong), fenced(right)
	return p
}

// fenced returns what stands in the first fence of a text.
func fenced(text string) string {
	_, text, ok := strings.Cut(text, "```fsd\n")
	if !ok {
		return ""
	}
	body, _, ok := strings.Cut(text, "```")
	if !ok {
		return ""
	}
	return body
}

// Explain returns the page of a code; ok is false when there is no such code. Case does not matter.
func Explain(code Code) (page Page, ok bool) {
	page, ok = registry()[Code(strings.ToUpper(string(code)))]
	return page, ok
}

// Codes returns all codes in order.
func Codes() []Code {
	var all []Code
	for c := range registry() {
		all = append(all, c)
	}
	slices.Sort(all)
	return all
}
