package check_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/flowscope/fsd/dsl"
	"github.com/flowscope/fsd/dsl/check"
	"github.com/flowscope/fsd/dsl/diag"
)

// compileText compiles one spec, which may leave out protocol and entry.
func compileText(spec string) diag.List {
	_, diags := dsl.Compile(fstest.MapFS{"t.fsd": {Data: []byte(complete(spec))}}, "t.fsd")
	return diags
}

// each joins what f makes of 0..n-1.
func each(n int, f func(i int) string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(f(i))
	}
	return b.String()
}

// What is large or deep beyond reason ends at once, with an error or with a protocol; the test's own time limit is what
// would tell.
func TestHostileSpecsEndSoon(t *testing.T) {
	const entry = "type T struct {\n\tA uint8\n\tend\n}\n"
	alternating := "A == 1"
	for i := range 60 {
		alternating = fmt.Sprintf("((%s) && A != %d || A == %d)", alternating, i, i+2)
	}
	tests := []struct{ name, spec string }{
		{"huge numbers", "const X = 0x" + strings.Repeat("F", 90) + "\n" + entry},
		{"numbers that grow", each(60, func(i int) string { return fmt.Sprintf("const C%d = C%d * C%d\n", i, i+1, i+1) }) + "const C60 = 2\n" + entry},
		{"constants in a long row", each(5000, func(i int) string { return fmt.Sprintf("const C%d = C%d + 1\n", i, i+1) }) + "const C5000 = 2\n" + entry},
		{"types in a long row", each(5000, func(i int) string { return fmt.Sprintf("type S%d struct { N S%d }\n", i, i+1) }) + "type S5000 struct { N uint8 }\ntype T struct {\n\tA S0\n\tend\n}\n"},
		{"types in a long row, the last first", "type S5000 struct { N uint8 }\n" + each(5000, func(i int) string { return fmt.Sprintf("type S%d struct { N S%d }\n", 4999-i, 5000-i) }) + entry},
		{"types that double", each(60, func(i int) string { return fmt.Sprintf("type S%d struct { A, B S%d }\n", i, i+1) }) + "type S60 struct { N uint8 }\ntype T struct {\n\tA S0\n\tend\n}\n"},
		{"a circle of types", each(50, func(i int) string { return fmt.Sprintf("type S%d struct { A S%d }\n", i, (i+1)%50) }) + "type T struct {\n\tA S0\n\tend\n}\n"},
		{"many fields", "type T struct {\n" + each(8000, func(i int) string { return fmt.Sprintf("F%d uint8\n", i) }) + "end\n}\n"},
		{"many names in one field", "type T struct {\n" + strings.TrimSuffix(each(30000, func(i int) string { return fmt.Sprintf("F%d, ", i) }), ", ") + " uint8\nend\n}\n"},
		{"many uses of many fields", "type T struct {\n" + each(4000, func(i int) string { return fmt.Sprintf("F%d uint8\n", i) }) + each(4000, func(i int) string { return fmt.Sprintf("poison \"r%d\" when F%d == 1\n", i, i) }) + "end\n}\n"},
		{"many unknown names", "type T struct {\nA uint8\n" + each(10000, func(i int) string { return fmt.Sprintf("let X%d = Unknown%d\n", i, i) }) + "end\n}\n"},
		{"many unknown types", "type T struct {\n" + each(10000, func(i int) string { return fmt.Sprintf("F%d Unknown%d\n", i, i) }) + "end\n}\n"},
		{"many values", "type E enum uint16 known {\n" + each(10000, func(i int) string { return fmt.Sprintf("V%d = %d\n", i, i) }) + "}\ntype T struct {\n\tA E\n\tend\n}\n"},
		{"many closed fields", "type E enum uint16 known {\n" + each(2048, func(i int) string { return fmt.Sprintf("V%d = %d\n", i, 2*i) }) + "}\ntype T struct {\n" + each(2000, func(i int) string { return fmt.Sprintf("F%d E\n", i) }) + "end\n}\n"},
		{"many cases", "type T struct {\nA uint16\nswitch A {\n" + each(20000, func(i int) string { return fmt.Sprintf("case %d:\n", i) }) + "default:\n}\nend\n}\n"},
		{"many cases that fit", "type T struct {\nA uint16\nswitch A {\n" + each(2000, func(i int) string { return fmt.Sprintf("case %d: X uint8\n", 2*i) }) + "default:\n}\nend\n}\n"},
		{"many values in a case", "type T struct {\nA uint16\nswitch A {\ncase " + strings.TrimSuffix(each(20000, func(i int) string { return fmt.Sprintf("%d, ", i) }), ", ") + ":\ndefault:\n}\nend\n}\n"},
		{"one field in many branches", "type T struct {\nA uint16\nend\n}\ntype U struct {\nA uint16\n" + each(3000, func(i int) string { return fmt.Sprintf("if A == %d { X uint8; end }\n", i) }) + "}\n"},
		{"many conditions", "type T struct {\nA uint16\n" + each(5000, func(i int) string { return fmt.Sprintf("if A == %d { X%d uint8 }\n", i, i) }) + "end\n}\n"},
		{"a deep condition", "type T struct {\nA uint8\npoison \"deep\" when " + alternating + "\nend\n}\n"},
		{"a long condition", "type T struct {\nA uint16\npoison \"long\" when A == 1" + each(250, func(i int) string { return fmt.Sprintf(" || A == %d", 3*i+5) }) + "\nend\n}\n"},
		{"many long conditions", "type T struct {\nA, B uint16\n" + each(200, func(i int) string {
			return fmt.Sprintf("note \"n%d\" when A == 1", i%60) + each(120, func(j int) string { return fmt.Sprintf(" && A != %d", 3*j+5) }) + "\n"
		}) + "end\n}\n"},
		{"many reasons", "type T struct {\nA uint8\n" + each(6000, func(i int) string { return fmt.Sprintf("poison \"r%d\" when A == 1 && sport == %d\n", i, i) }) + "end\n}\n"},
		{"many tests", "type T struct {\nA uint8\nend\n}\n" + each(5000, func(i int) string { return fmt.Sprintf("test \"t%d\" hex \"00\" { A == 0 }\n", i) })},
		{"many unused types", entry + each(4000, func(i int) string { return fmt.Sprintf("type U%d struct { N uint8 }\n", i) })},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			diags := compileText(tt.spec)
			require.LessOrEqual(t, len(diags), check.MaxDiagnostics+1)
			for _, d := range diags {
				require.Less(t, len(d.Error()), 1000)
			}
		})
	}
}

func TestImportsEndSoon(t *testing.T) {
	files := fstest.MapFS{}
	put := func(name, text string) { files[name+".fsd"] = &fstest.MapFile{Data: []byte(text)} }
	for i := range 100 {
		put(fmt.Sprintf("deep%d", i), fmt.Sprintf("protocol deep%d\nimport \"deep%d\"\ntype S struct { N uint8 }\n", i, i+1))
		put(fmt.Sprintf("wide%d", i), fmt.Sprintf("protocol wide%d\ntype S struct { N uint8 }\n", i))
		put(fmt.Sprintf("large%d", i), fmt.Sprintf("protocol large%d\n", i)+strings.Repeat("type S struct { N uint8 }\n", 2000))
	}
	const entry = "entry T\ntype T struct { A uint8; end }\n"
	imports := func(kind string) string {
		return each(100, func(i int) string { return fmt.Sprintf("import \"%s%d\"\n", kind, i) })
	}
	put("deep", "protocol deep\nimport \"deep0\"\n"+entry)
	put("wide", "protocol wide\n"+imports("wide")+entry)
	put("large", "protocol large\n"+imports("large")+entry)
	for _, name := range []string{"deep", "wide", "large"} {
		t.Run(name, func(t *testing.T) {
			_, diags := dsl.Compile(files, name+".fsd")
			require.Contains(t, diags.Render(), string(diag.TooBig))
		})
	}
}

func TestImportsNeverLeaveTheirDirectory(t *testing.T) {
	files := fstest.MapFS{
		"secret.fsd":     {Data: []byte("protocol secret\ntype S struct { N uint8 }\n")},
		"sub/friend.fsd": {Data: []byte("protocol friend\ntype S struct { N uint8 }\n")},
	}
	for _, path := range []string{"../secret", "/secret", "..", ".", "", "sub/../../secret", `..\secret`, "secret", "friend.fsd", "Friend", "friend\x00", "fri\nend"} {
		files["sub/t.fsd"] = &fstest.MapFile{Data: []byte(fmt.Sprintf("protocol t\nimport %q\nentry T\ntype T struct { A uint8; end }\n", path))}
		p, diags := dsl.Compile(files, "sub/t.fsd")
		require.Nil(t, p, path)
		require.True(t, diags.HasErrors(), path)
	}
	files["sub/t.fsd"] = &fstest.MapFile{Data: []byte("protocol t\nimport \"friend\"\nentry T\ntype T struct { A friend.S; end }\n")}
	p, diags := dsl.Compile(files, "sub/t.fsd")
	require.Empty(t, diags.Render())
	require.NotNil(t, p)
}
