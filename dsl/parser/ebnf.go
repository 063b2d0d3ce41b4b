package parser

import (
	"fmt"
	"slices"
	"strings"

	"github.com/alecthomas/participle/v2"
)

// operand roots the productions of terms, which the grammar of declarations reaches through a parser of our own only.
type operand struct {
	Operand term `parser:"@@"`
}

// EBNF returns the grammar of the language, one production a line, as the parser has it: " ." ends a production, ()*
// repeats, ()? is optional. Names in < > are tokens. It is what the reference prints.
func EBNF() string {
	build()
	terms := participle.MustBuild[operand](options()...)
	var lines []string
	seen := make(map[string]bool)
	add := func(line string) {
		if name, _, ok := strings.Cut(line, " = "); ok && !seen[name] {
			seen[name] = true
			lines = append(lines, line)
		}
	}
	decl := strings.Split(grammars.decl.String(), "\n")
	for _, line := range decl[1:] { // the first only wraps the second
		add(line)
	}
	add(fmt.Sprintf("Expr = Operand ((%s) Operand | \"in\" Set)* .", operators()))
	for _, line := range strings.Split(terms.String(), "\n") {
		if rest, ok := strings.CutPrefix(line, "Term = "); ok {
			line = "Operand = " + rest
		} else if strings.HasPrefix(line, "Operand = ") {
			continue
		}
		add(strings.ReplaceAll(line, "Term", "Operand"))
	}
	return "File = (Decl \";\")* .\n" + strings.Join(lines, "\n") + "\n"
}

// operators lists the binary ones, weakest first.
func operators() string {
	var list []string
	for s := range levels {
		for _, op := range levels[s] {
			if op != "in" {
				list = append(list, fmt.Sprintf("%q", op))
			}
		}
	}
	return strings.Join(slices.Compact(list), " | ")
}
