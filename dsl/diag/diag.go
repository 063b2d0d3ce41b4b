// Package diag holds what the compiler has to say about a spec: diagnostics with places, a fix and a stable code,
// their renderers, and the page that explains each code. It stands below the syntax so that every stage can use it.
//
// It may import dsl/source and the standard library.
//
// # How a message is written
//
// Lower case, no full stop; first what is wrong, then what was found and what was expected, with both ranges where
// two numbers clash. The span is the smallest text that is wrong. A second place gets a label, at most three. What to
// do stands in Fix, as an imperative. Names of the spec are given as the reader wrote them; tokens stand in backticks.
package diag

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/flowscope/fsd/dsl/source"
)

// Code names a kind of diagnostic: "FSD" and four digits. 0001 to 0099 are syntax, 0100 and up are meaning. A code is
// never used again for something else.
type Code string

// Severity says whether a spec with this diagnostic can be compiled.
type Severity uint8

// Severities.
const (
	Error   Severity = iota // it cannot
	Warning                 // it can
)

// String returns "error" or "warning".
func (s Severity) String() string {
	if s == Warning {
		return "warning"
	}
	return "error"
}

// MaxLabels is how many second places a diagnostic shows.
const MaxLabels = 3

// Label is a second place and what it has to do with the first.
type Label struct {
	Span source.Span
	Text string
}

// Edit replaces the text of Span by New; an empty span inserts.
type Edit struct {
	Span source.Span
	New  string
}

// Diagnostic is one thing to say.
type Diagnostic struct {
	Code     Code
	Severity Severity
	// Span is the primary place. An invalid one (no file) is for what has no place, such as a missing declaration.
	Span    source.Span
	Message string
	Labels  []Label
	// Fix says what to do, "" when there is nothing better than the message. Edit is the same for a program, or nil.
	Fix  string
	Edit *Edit
}

// Label adds a second place; those beyond MaxLabels, and invalid ones, are dropped. It returns d.
func (d *Diagnostic) Label(span source.Span, format string, args ...any) *Diagnostic {
	if span.Valid() && len(d.Labels) < MaxLabels {
		d.Labels = append(d.Labels, Label{span, fmt.Sprintf(format, args...)})
	}
	return d
}

// Fixf sets what to do. It returns d.
func (d *Diagnostic) Fixf(format string, args ...any) *Diagnostic {
	d.Fix = fmt.Sprintf(format, args...)
	return d
}

// Replace sets the edit that mends it. It returns d.
func (d *Diagnostic) Replace(span source.Span, text string) *Diagnostic {
	d.Edit = &Edit{span, text}
	return d
}

// DidYouMean sets the fix and the edit to the candidate nearest to name, if one is near enough. It returns d.
func (d *Diagnostic) DidYouMean(name string, candidates []string) *Diagnostic {
	if near, ok := Suggest(name, candidates); ok {
		d.Fixf("did you mean %s?", near)
		if d.Span.Text() == name {
			d.Replace(d.Span, near)
		}
	}
	return d
}

// Error is the first line of the text form: "file:line:column: CODE: message".
func (d *Diagnostic) Error() string {
	word := ""
	if d.Severity == Warning {
		word = "warning: "
	}
	if !d.Span.Valid() {
		return fmt.Sprintf("%s: %s%s", d.Code, word, d.Message)
	}
	return fmt.Sprintf("%s: %s: %s%s", d.Span, d.Code, word, d.Message)
}

// List is what was found. The zero List is empty and ready to use.
type List []*Diagnostic

// Errorf adds an error and returns it, so that labels and a fix can be hung on.
func (l *List) Errorf(code Code, span source.Span, format string, args ...any) *Diagnostic {
	d := &Diagnostic{Code: code, Severity: Error, Span: span, Message: fmt.Sprintf(format, args...)}
	*l = append(*l, d)
	return d
}

// Warnf adds a warning and returns it.
func (l *List) Warnf(code Code, span source.Span, format string, args ...any) *Diagnostic {
	d := &Diagnostic{Code: code, Severity: Warning, Span: span, Message: fmt.Sprintf(format, args...)}
	*l = append(*l, d)
	return d
}

// HasErrors says whether one of them is an error.
func (l List) HasErrors() bool {
	return slices.ContainsFunc(l, func(d *Diagnostic) bool { return d.Severity == Error })
}

// Err returns nil when there is no error, and otherwise the first one as a Go error that names how many more follow.
func (l List) Err() error {
	var first *Diagnostic
	n := 0
	for _, d := range l {
		if d.Severity == Error {
			if first == nil {
				first = d
			}
			n++
		}
	}
	switch n {
	case 0:
		return nil
	case 1:
		return first
	}
	return fmt.Errorf("%w (and %d more)", first, n-1)
}

// Sort brings the list into source order: files in the order in which they first appear, within a file by place, what
// has no place last. Diagnostics of one place and code that say the same are kept once.
func (l *List) Sort() {
	order := map[*source.File]int{}
	for _, d := range *l {
		if _, ok := order[d.Span.File]; !ok && d.Span.File != nil {
			order[d.Span.File] = len(order)
		}
	}
	rank := func(d *Diagnostic) int {
		if d.Span.File == nil {
			return len(order)
		}
		return order[d.Span.File]
	}
	slices.SortStableFunc(*l, func(a, b *Diagnostic) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.Span.Start, b.Span.Start), cmp.Compare(a.Code, b.Code))
	})
	*l = slices.CompactFunc(*l, func(a, b *Diagnostic) bool {
		return a.Span == b.Span && a.Code == b.Code && a.Message == b.Message
	})
}
