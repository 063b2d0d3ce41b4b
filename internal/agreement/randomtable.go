package agreement

import "fmt"

// tables writes tables, and the structs that are kept in them.
func (g *specWriter) tables() {
	if g.tabled = g.chance(2); !g.tabled {
		return
	}
	g.tableKey = g.pick("", ", Kind")
	g.line("table Shapes[uint8%s] Shape per %s max %d%s", g.tableKey, g.pick("flow", "host"), 1+g.rnd.IntN(4), g.pick("", " expire 1s"))
	g.line("type Point struct {\n\tTag %s", g.pick("uint8", "Kind", "Marks", "int8"))
	g.line("\tWord Word\n\tSize uint8 where in 1..%d", 2+g.rnd.IntN(4))
	if g.chance(2) {
		g.line("\tif Size > 1 {\n\t\tMore %s\n\t}", g.pick("uint8", "uint16le", "Kind", "ntp32"))
	}
	g.line("\tlet Twice as %s = Size * 2%s\n}", g.pick("uint16", "int32", "uint64"), g.pick("", " - 1"))
	g.line("type Shape struct {\n\tCode uint8\n\tCount uint8 where in 1..%d", 1+g.rnd.IntN(5))
	g.line("\tPoints [Count]Point\n\tSigned [2]int16\n\tOne Point\n\tTime %s", g.pick("unix32", "ntp64", "Word", "uint48"))
	g.line("\tlet Sum as int64 = sum Points.Twice%s", g.pick("", " + sum Signed", " + sum Points.Size"))
	g.line("\tstore Shapes[%s]\n}", g.keyOf("Code"))
	g.line("type Cell(p Point, n uint8) struct {\n\tlet Size = p.Size\n\tlet High = p.Word.High + n\n\tData [..]byte\n}")
}

// keyOf is a key of the table.
func (g *specWriter) keyOf(field string) string {
	if g.tableKey != "" {
		return field + " % 3, Kind.Two"
	}
	return field + " % 3"
}

// lookup writes a look for a shape, and what is read for each of its points.
func (g *specWriter) lookup(depth int, in string) {
	g.names++
	shape := fmt.Sprint("shape", g.names)
	g.line("%sif lookup Shapes[%s] as %s {", in, g.keyOf(g.field()), shape)
	list := fmt.Sprintf("%s.Points", shape)
	switch g.rnd.IntN(4) {
	case 0:
		g.line("%s\t%s each q in %s : uint8", in, g.name(), list)
	case 1:
		g.line("%s\t%s each q in %s : Element", in, g.name(), list)
	default:
		g.line("%s\t%s each q in %s : Cell(q, %s.Count) size q.Size", in, g.name(), list, shape)
	}
	g.line("%s\tnote %q when %s.Sum %% 2 == %d && %s.One.Word.On", in, g.reason(), shape, g.rnd.IntN(2), shape)
	g.inBlock(depth)
	g.line("%s} else {", in)
	g.inBlock(depth)
	g.line("%s}", in)
}
