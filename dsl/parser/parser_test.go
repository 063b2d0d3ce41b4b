package parser

import (
	"encoding/json"
	"os"
	"testing"
	"time"

	"github.com/flowscope/fsd/dsl/ast"
	"github.com/flowscope/fsd/dsl/source"
)

func TestTmp(t *testing.T) {
	for _, n := range []string{"dns"} {
		b, _ := os.ReadFile("../../protocols/" + n + ".fsd")
		if p := os.Getenv("F"); p != "" {
			b, _ = os.ReadFile(p)
		}
		start := time.Now()
		f, diags := Parse(source.New(n+".fsd", string(b)))
		t.Log(time.Since(start), len(f.Decls))
		for _, d := range diags {
			t.Log(d.Error(), "|", d.Fix)
		}
		for _, d := range f.Decls {
			if td, ok := d.(*ast.TypeDecl); ok && (td.Name.Name == "Flags" || td.Name.Name == "Name") {
				j, _ := json.MarshalIndent(td, "", " ")
				_ = j
				t.Logf("%s %q", td.Span().Text(), td.Doc)
			}
		}
	}
}
