package diag

import (
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/flowscope/fsd/dsl/source"
)

// Formats are the names that Write knows.
var Formats = []string{"text", "json", "github", "sarif"}

// Write writes diagnostics in a format by name; style applies to text only.
func Write(w io.Writer, format string, list List, style Style) error {
	switch format {
	case "text":
		return Text(w, list, style)
	case "json":
		return JSON(w, list)
	case "github":
		return GitHub(w, list)
	case "sarif":
		return SARIF(w, list)
	}
	return fmt.Errorf("no format %q: expected one of %s", format, strings.Join(Formats, ", "))
}

type jsonPlace struct {
	File      string `json:"file"`
	Line      int    `json:"line"`
	Column    int    `json:"column"`
	EndLine   int    `json:"endLine"`
	EndColumn int    `json:"endColumn"`
}

type jsonLabel struct {
	jsonPlace
	Message string `json:"message"`
}

type jsonEdit struct {
	jsonPlace
	Text string `json:"text"`
}

type jsonDiagnostic struct {
	Code     Code        `json:"code"`
	Severity string      `json:"severity"`
	Message  string      `json:"message"`
	Place    *jsonPlace  `json:"place,omitempty"`
	Labels   []jsonLabel `json:"labels,omitempty"`
	Fix      string      `json:"fix,omitempty"`
	Edit     *jsonEdit   `json:"edit,omitempty"`
}

func placeOf(s source.Span) jsonPlace {
	from, to := s.Pos(), s.EndPos()
	return jsonPlace{s.File.Name, from.Line, from.Column, to.Line, to.Column}
}

// JSON writes one array of objects. Lines and columns count from 1, columns are characters, ends are exclusive.
func JSON(w io.Writer, list List) error {
	all := make([]jsonDiagnostic, 0, len(list))
	for _, d := range list {
		j := jsonDiagnostic{Code: d.Code, Severity: d.Severity.String(), Message: d.Message, Fix: d.Fix}
		if d.Span.Valid() {
			p := placeOf(d.Span)
			j.Place = &p
		}
		for _, l := range d.Labels {
			j.Labels = append(j.Labels, jsonLabel{placeOf(l.Span), l.Text})
		}
		if d.Edit != nil && d.Edit.Span.Valid() {
			j.Edit = &jsonEdit{placeOf(d.Edit.Span), d.Edit.New}
		}
		all = append(all, j)
	}
	return encode(w, all)
}

func encode(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// GitHub writes workflow commands, one line each, that annotate a change on GitHub.
func GitHub(w io.Writer, list List) error {
	var b strings.Builder
	for _, d := range list {
		props := []string{"title=" + escapeProperty(string(d.Code))}
		if d.Span.Valid() {
			p := placeOf(d.Span)
			props = append([]string{"file=" + escapeProperty(filepath.ToSlash(p.File)), fmt.Sprintf("line=%d", p.Line),
				fmt.Sprintf("endLine=%d", p.EndLine), fmt.Sprintf("col=%d", p.Column), fmt.Sprintf("endColumn=%d", p.EndColumn)}, props...)
		}
		text := d.Message
		if d.Fix != "" {
			text += "\n" + d.Fix
		}
		fmt.Fprintf(&b, "::%s %s::%s\n", d.Severity, strings.Join(props, ","), escapeData(text))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// Workflow commands end at a newline, and their properties at a comma or a colon.
var (
	dataEscapes     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	propertyEscapes = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

func escapeData(s string) string     { return dataEscapes.Replace(s) }
func escapeProperty(s string) string { return propertyEscapes.Replace(s) }
