// Package codegen turns a checked protocol into a Go package: a parser with its types, and tests. It is what fsgen
// is made of, for programs that generate code themselves.
//
// It imports its own sub-packages, dsl/ir and the standard library. The work is done in two steps: package plan
// decides how to store and how to parse, package gojen writes.
package codegen

import (
	"fmt"
	"path"
	"strings"

	"github.com/flowscope/fsd/codegen/gojen"
	"github.com/flowscope/fsd/codegen/plan"
	"github.com/flowscope/fsd/dsl/ir"
)

// Options change what Generate makes. The zero Options are the usual ones.
type Options struct {
	// Package is the name of the Go package, "" for the protocol's name.
	Package string
	// NoTests leaves out the file of tests.
	NoTests bool
}

// File is a generated file.
type File struct {
	// Name is a base name, made of the spec's: dns_fsd.go, dns_fsd_test.go.
	Name    string
	Content []byte
}

// Generate returns the files of a protocol. The same protocol gives the same bytes on every machine. An error means
// that the protocol has no Go form, or that what was written is not what was meant; no file is returned then.
func Generate(p *ir.Protocol, o Options) ([]File, error) {
	made, err := plan.New(p, o.Package)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p.File, err)
	}
	code, err := gojen.Code(made)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p.File, err)
	}
	base := strings.TrimSuffix(path.Base(p.File), path.Ext(p.File))
	files := []File{{base + "_fsd.go", code}}
	if o.NoTests {
		return files, nil
	}
	tests, err := gojen.Test(made)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p.File, err)
	}
	return append(files, File{base + "_fsd_test.go", tests}), nil
}
