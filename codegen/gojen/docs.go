package gojen

import (
	"fmt"
	"strings"

	"github.com/flowscope/fsd/codegen/plan"
	"github.com/flowscope/fsd/dsl/ir"
)

// wrap breaks text into lines of at most width bytes where it can.
func wrap(text string, width int) string {
	var out []string
	line := ""
	for _, w := range strings.Fields(text) {
		if line != "" && len(line)+1+len(w) > width {
			out = append(out, line)
			line = ""
		}
		if line != "" {
			line += " "
		}
		line += w
	}
	return strings.Join(append(out, line), "\n")
}

// sentence makes text end like one.
func sentence(text string) string {
	text = strings.TrimSpace(text)
	if text == "" || strings.ContainsAny(text[len(text)-1:], ".!?:") {
		return text
	}
	return text + "."
}

// docType writes the comment of a type: the spec's, which begins with its name if it is written as Go wants it.
func (g *gen) docType(name, doc, fallback, extra string) {
	doc = ir.Prose(doc)
	switch {
	case doc == "":
		doc = name + " " + fallback
	case !strings.HasPrefix(doc, name+" ") && !strings.HasPrefix(doc, name+","):
		doc = name + " " + fallback + " " + doc
		doc = wrapParagraph(doc)
	}
	doc = sentence(doc)
	if extra != "" {
		doc += "\n\n" + extra
	}
	g.add(comment(doc)...)
}

func wrapParagraph(doc string) string {
	parts := strings.SplitN(doc, "\n\n", 2)
	parts[0] = wrap(parts[0], 110)
	return strings.Join(parts, "\n\n")
}

// lowerFirst makes the first letter small, unless the first word is all capitals or has a digit.
func lowerFirst(s string) string {
	w, _, _ := strings.Cut(s, " ")
	if len(w) < 2 && w != "A" || strings.ToLower(w[1:]) != w[1:] {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}

func unit(as ir.Shown) string {
	switch as {
	case ir.AsSeconds:
		return "seconds"
	case ir.AsMillis:
		return "milliseconds"
	case ir.AsMicros:
		return "microseconds"
	}
	return ""
}

func bitRange(f *ir.BitField) string {
	if f.Width == 1 {
		return fmt.Sprintf("bit %d", f.Shift)
	}
	return fmt.Sprintf("the bits %d to %d", f.Shift+f.Width-1, f.Shift)
}

// packageDoc is the comment above the package clause.
func (g *gen) packageDoc(doc string) []string {
	if doc == "" {
		return nil
	}
	doc = ir.Prose(doc)
	first := "Package " + g.p.Package + " parses datagrams of " + g.p.IR.Name + "."
	return commentLines(first + "\n\n" + doc)
}

// cell is a field in a diagram.
type cell struct {
	name string
	bits int
}

// bitsDiagram draws a word as RFC 1035 does: three columns to a bit.
func bitsDiagram(t *ir.Bits) string {
	var cells []cell
	total := 0
	for _, f := range t.Fields {
		cells = append(cells, cell{f.Name, f.Width})
		total += f.Width
	}
	if total > 32 || total != t.Int.Bits {
		return ""
	}
	return diagram(cells, min(total, 16), 3)
}

// structDiagram draws the fixed head of a struct as RFC 791 does: two columns to a bit, 32 bits to a line.
func structDiagram(s *plan.Struct) string {
	if len(s.Steps) == 0 {
		return ""
	}
	run, ok := s.Steps[0].(*plan.Run)
	if !ok || run.Size < 4 {
		return ""
	}
	var cells []cell
	for _, f := range run.Fields() {
		if f.Size > 16 || f.Size > 4 && (f.Offset%4 != 0 || f.Size%4 != 0) || f.Offset/4 != (f.Offset+min(f.Size, 4)-1)/4 {
			return "" // would not be drawn well
		}
		cells = append(cells, cell{f.Read.Field.Name, 8 * f.Size})
	}
	if len(cells) < 3 {
		return ""
	}
	return diagram(cells, 32, 2)
}

// diagram draws fields, most significant bit first, perLine bits to a line and columns columns to a bit.
func diagram(cells []cell, perLine, columns int) string {
	var b strings.Builder
	if columns == 2 {
		b.WriteString("\t ")
		for i := range perLine {
			if i%10 == 0 {
				fmt.Fprintf(&b, "%d ", i/10)
			} else {
				b.WriteString("  ")
			}
		}
		trimTail(&b)
	}
	b.WriteString("\t")
	for i := range perLine {
		if columns == 2 {
			fmt.Fprintf(&b, " %d", i%10)
		} else {
			fmt.Fprintf(&b, " %2d", i)
		}
	}
	b.WriteString("\n")
	rule := func(n int) { b.WriteString("\t" + strings.Repeat("+"+strings.Repeat("-", columns-1), n) + "+\n") }
	col := 0
	line := "\t"
	widest := 0
	endLine := func() {
		rule(max(col, widest))
		b.WriteString(line + "|\n")
		widest = col
		line, col = "\t", 0
	}
	for _, c := range cells {
		name := c.name
		if name == "_" {
			name = ""
		}
		for left := c.bits; left > 0; {
			n := min(left, perLine-col)
			line += "|" + center(name, columns*n-1)
			name = ""
			col += n
			left -= n
			if col == perLine {
				endLine()
			}
		}
	}
	if col > 0 {
		endLine()
	}
	rule(widest)
	return strings.TrimRight(b.String(), "\n")
}

func trimTail(b *strings.Builder) {
	s := strings.TrimRight(b.String(), " ")
	b.Reset()
	b.WriteString(s + "\n")
}

func center(s string, width int) string {
	if len(s) > width {
		s = s[:width]
	}
	left := (width - len(s)) / 2
	return strings.Repeat(" ", left) + s + strings.Repeat(" ", width-len(s)-left)
}
