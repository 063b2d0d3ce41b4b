// Package source holds the text of a spec and the positions in it. It exists so that every later stage, from the
// lexer to the checked protocol, can say where something stands without knowing about syntax.
//
// It may import the standard library only, and touches neither files nor the network: whoever reads a spec hands
// its name and text over.
package source

import (
	"fmt"
	"sort"
	"strings"
	"unicode/utf8"
)

// File is the text of one spec. It does not change once made, so it may be shared.
type File struct {
	// Name is what diagnostics print: a path as the user gave it.
	Name string
	// Text is the whole content.
	Text string

	lines []int // offset of the first byte of each line
}

// New returns a File of a name and a text.
func New(name, text string) *File {
	f := &File{Name: name, Text: text, lines: []int{0}}
	for i := 0; i < len(text); i++ {
		if text[i] == '\n' {
			f.lines = append(f.lines, i+1)
		}
	}
	return f
}

// Pos is a place in a file for people: both count from 1. Column counts characters (Unicode code points), not
// bytes; a tab is one character, and so is a byte that is not valid UTF-8.
type Pos struct{ Line, Column int }

// String returns "line:column".
func (p Pos) String() string { return fmt.Sprintf("%d:%d", p.Line, p.Column) }

// Pos converts a byte offset. An offset outside of the text counts as the nearest end.
func (f *File) Pos(offset int) Pos {
	offset = min(max(offset, 0), len(f.Text))
	line := sort.SearchInts(f.lines, offset+1) - 1
	return Pos{line + 1, utf8.RuneCountInString(f.Text[f.lines[line]:offset]) + 1}
}

// Lines is the number of lines; a text that ends with a newline has an empty last one.
func (f *File) Lines() int { return len(f.lines) }

// LineStart is the offset of the first byte of a line, counted from 1; lines outside of the file count as the
// nearest.
func (f *File) LineStart(line int) int {
	return f.lines[min(max(line, 1), len(f.lines))-1]
}

// Line returns the text of a line, counted from 1, without its line ending; "" outside of the file.
func (f *File) Line(line int) string {
	if line < 1 || line > len(f.lines) {
		return ""
	}
	end := len(f.Text)
	if line < len(f.lines) {
		end = f.lines[line] - 1
	}
	return strings.TrimSuffix(f.Text[f.lines[line-1]:end], "\r")
}

// Span is a half-open range of byte offsets in a file. The zero Span is no place at all.
type Span struct {
	File       *File
	Start, End int
}

// Valid says whether the span is a place in a file.
func (s Span) Valid() bool { return s.File != nil }

// Text returns the bytes of the span, "" when it is invalid.
func (s Span) Text() string {
	if s.File == nil {
		return ""
	}
	start := min(max(s.Start, 0), len(s.File.Text))
	return s.File.Text[start:min(max(s.End, start), len(s.File.Text))]
}

// Pos is where the span begins.
func (s Span) Pos() Pos {
	if s.File == nil {
		return Pos{}
	}
	return s.File.Pos(s.Start)
}

// EndPos is the place just behind the span.
func (s Span) EndPos() Pos {
	if s.File == nil {
		return Pos{}
	}
	return s.File.Pos(s.End)
}

// String returns "file:line:column" of the beginning.
func (s Span) String() string {
	if s.File == nil {
		return "-"
	}
	return s.File.Name + ":" + s.Pos().String()
}

// To returns the span from the beginning of s to the end of t, which must be of the same file; if either is no
// place, the other.
func (s Span) To(t Span) Span {
	if !s.Valid() {
		return t
	}
	if !t.Valid() || t.File != s.File {
		return s
	}
	return Span{s.File, min(s.Start, t.Start), max(s.End, t.End)}
}
