// Package docs keeps the project's documentation true: its tests compile and run what the pages show. The package itself
// only takes pages apart, for its own tests and those of the tutorial.
//
// It may import the standard library; its tests may import everything.
package docs

import (
	"os/exec"
	"path/filepath"
	"strings"
)

// Fence is a fenced block of a Markdown page.
type Fence struct {
	// Lang is the first word behind the opening marks, such as "fsd"; Info is the rest of that line.
	Lang, Info string
	// Text is what stands between the marks, with its final newline.
	Text string
	// Line is the number of Text's first line, counted from 1.
	Line int
}

// Fences returns the fenced blocks of a page, in order. A block that is not closed ends with the page.
func Fences(page string) []Fence {
	var out []Fence
	var open *Fence
	for i, line := range strings.SplitAfter(page, "\n") {
		mark := strings.TrimRight(line, "\r\n")
		switch {
		case open == nil && strings.HasPrefix(mark, "```"):
			lang, info, _ := strings.Cut(strings.TrimSpace(mark[3:]), " ")
			open = &Fence{Lang: lang, Info: strings.TrimSpace(info), Line: i + 2}
		case open == nil:
		case mark == "```":
			out, open = append(out, *open), nil
		default:
			open.Text += line
		}
	}
	if open != nil {
		out = append(out, *open)
	}
	return out
}

// TB is what Proxy needs of *testing.T.
type TB interface {
	Helper()
	Fatalf(format string, args ...any)
}

// Proxy fills the module cache with what the module at root needs, and returns a GOPROXY that is this cache. A test that
// makes modules of its own, which replace the published module by root, then needs no network and asks nobody for
// modules that are not there.
func Proxy(t TB, root string) string {
	t.Helper()
	download := exec.Command("go", "mod", "download")
	download.Dir = root
	if out, err := download.CombinedOutput(); err != nil {
		t.Fatalf("go mod download: %v\n%s", err, out)
	}
	cache, err := exec.Command("go", "env", "GOMODCACHE").Output()
	if err != nil {
		t.Fatalf("go env: %v", err)
	}
	path := filepath.ToSlash(filepath.Join(strings.TrimSpace(string(cache)), "cache", "download"))
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // C:/...
	}
	return "file://" + path
}
