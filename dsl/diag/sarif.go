package diag

import (
	"io"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"github.com/flowscope/fsd/dsl/source"
)

// The part of SARIF 2.1.0 (OASIS) that is used, under its own names.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool       sarifTool     `json:"tool"`
		ColumnKind string        `json:"columnKind"`
		Results    []sarifResult `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name           string      `json:"name"`
		InformationURI string      `json:"informationUri"`
		Rules          []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID    string    `json:"id"`
		Short sarifText `json:"shortDescription"`
		Help  sarifHelp `json:"help"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifHelp struct {
		Text     string `json:"text"`
		Markdown string `json:"markdown"`
	}
	sarifResult struct {
		RuleID    string          `json:"ruleId"`
		RuleIndex int             `json:"ruleIndex"`
		Level     string          `json:"level"`
		Message   sarifText       `json:"message"`
		Locations []sarifLocation `json:"locations,omitempty"`
		Related   []sarifLocation `json:"relatedLocations,omitempty"`
		Fixes     []sarifFix      `json:"fixes,omitempty"`
	}
	sarifLocation struct {
		ID       *int          `json:"id,omitempty"`
		Physical sarifPhysical `json:"physicalLocation"`
		Message  *sarifText    `json:"message,omitempty"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   sarifRegion   `json:"region"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn"`
		EndLine     int `json:"endLine"`
		EndColumn   int `json:"endColumn"`
	}
	sarifFix struct {
		Description sarifText     `json:"description"`
		Changes     []sarifChange `json:"artifactChanges"`
	}
	sarifChange struct {
		Artifact     sarifArtifact      `json:"artifactLocation"`
		Replacements []sarifReplacement `json:"replacements"`
	}
	sarifReplacement struct {
		Deleted  sarifRegion `json:"deletedRegion"`
		Inserted sarifText   `json:"insertedContent"`
	}
)

// SARIF writes a SARIF 2.1.0 log, with the pages of the codes as rules. Columns are Unicode code points.
func SARIF(w io.Writer, list List) error {
	run := sarifRun{
		Tool:       sarifTool{sarifDriver{Name: "fsgen", InformationURI: "https://github.com/flowscope/fsd", Rules: []sarifRule{}}},
		ColumnKind: "unicodeCodePoints",
		Results:    []sarifResult{},
	}
	var codes []Code
	for _, d := range list {
		codes = append(codes, d.Code)
	}
	slices.Sort(codes)
	codes = slices.Compact(codes)
	for _, c := range codes {
		page, _ := Explain(c)
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules,
			sarifRule{string(c), sarifText{page.Title}, sarifHelp{page.Explanation, page.Text}})
	}
	for _, d := range list {
		text := d.Message
		if d.Fix != "" {
			text += "; " + d.Fix
		}
		r := sarifResult{RuleID: string(d.Code), RuleIndex: slices.Index(codes, d.Code), Level: d.Severity.String(), Message: sarifText{text}}
		if d.Span.Valid() {
			r.Locations = []sarifLocation{{Physical: physical(d.Span)}}
		}
		for i, l := range d.Labels {
			r.Related = append(r.Related, sarifLocation{ID: &i, Physical: physical(l.Span), Message: &sarifText{l.Text}})
		}
		if d.Edit != nil && d.Edit.Span.Valid() {
			p := physical(d.Edit.Span)
			r.Fixes = []sarifFix{{sarifText{d.Fix}, []sarifChange{{p.Artifact, []sarifReplacement{{p.Region, sarifText{d.Edit.New}}}}}}}
		}
		run.Results = append(run.Results, r)
	}
	return encode(w, sarifLog{"https://json.schemastore.org/sarif-2.1.0.json", "2.1.0", []sarifRun{run}})
}

func physical(s source.Span) sarifPhysical {
	p := placeOf(s)
	return sarifPhysical{sarifArtifact{fileURI(p.File)}, sarifRegion{p.Line, p.Column, p.EndLine, p.EndColumn}}
}

// fileURI makes a relative or absolute URI reference of a path.
func fileURI(path string) string {
	path = filepath.ToSlash(path)
	if len(path) > 1 && path[1] == ':' {
		path = "/" + path // a drive letter
	}
	u := url.URL{Path: path}
	if strings.HasPrefix(path, "/") {
		u.Scheme = "file"
	}
	return u.String()
}
