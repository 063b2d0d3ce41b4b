package agreement

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// RandomSpec writes a spec of a protocol of that name, with all that the language has in random places. Not every one
// compiles: a condition may turn out to be decided, or an element to be empty.
func RandomSpec(name string, seed uint64) string {
	g := &specWriter{rnd: rand.New(rand.NewPCG(seed, 1))}
	g.line("protocol %s", name)
	g.line("endian %s", g.pick("big", "little"))
	g.line("ports udp 9")
	g.line("limits { jumps %d }", 1+g.rnd.IntN(6))
	g.line("entry Message")
	g.line("type Kind enum uint8%s { One = 1; Two = 2; Ten = 10 }", g.pick("", "", " known"))
	g.line("type Wide enum uint16le { Zero = 0; Many = 0x0102 }")
	g.line("type Varied enum %s { Nil = 0; Some = 300 }", g.pick("varint.quic", "varint.leb128", "varint.base128"))
	g.line("charset letter = 'a'..'z' | \"01\"\ncharset odd = letter | 0x80..0xFE")
	g.line("type Verb enum text { Nought = \"0\", \"00\"; Ab = \"aB\", \"1\"; Cd = \"CD\"; Ef = \"ab\" }")
	g.line("type Word2 enum text nocase { Nought = \"0\", \"A\"; Ab = \"aB\", \"1\"; Cd = \"CD\" }")
	g.line("type Row line max %d%s {\n\tKey [letter%s]byte max 4\n\tlet Verb as Verb = Key\n\tlet Spoken as Word2 = Key%s\n\tws\n\tif peek \"=\" {\n\t\t'='\n\t\tNumber dec.uint16\n\t} else {\n\t\tEnd [..]byte as text\n\t}\n}",
		1+g.rnd.IntN(20), g.pick("", " fold"), g.pick("", " escape 2", " escape 0x42"), g.pick("", " where != Other", ` where in {Cd, Ab} else note "verb"`))
	g.line("type Digits enum dec.uint16 { Cent = 100; Nil = 0 }")
	g.line("type Marks flags uint8 { A = 1; B = 2; C = 0x30 }")
	g.line("type Word bits uint16%s { On bool; Low uint3 where <= 6%s; Kind Four; High uint8 }", g.pick("", "le"), g.otherwise())
	g.line("type Four enum uint4 { Five = 5 }")
	g.line("type Name chain max %d jumps %d%s {", 1+g.rnd.IntN(6), 1+g.rnd.IntN(4), g.pick("", ` join "."`, ` join "::"`))
	g.line("\tLen uint8\n\tswitch Len {\n\tcase 0: end\n\tcase 1..63: item [Len]byte%s", g.pick("", "", " as text", " where all 0x61 else note \"letters\""))
	g.line("\tcase 0xC0..0xFF: Low uint8; goto (Len & 0x3F) << 8 | Low%s", g.pick("", ` where < start else note "forward"`))
	g.line("\tdefault: poison \"label\"\n\t}")
	if g.chance(2) {
		g.line("\tpoison \"long\" when total > %d", 5+g.rnd.IntN(20))
	}
	g.line("}")
	g.element()
	g.tables()
	ends := g.rnd.IntN(3)
	if ends > 0 {
		g.line("pair Calls max 3 expire 1s\npair Others max 3 expire 1s")
	}
	for i := range 1 + g.rnd.IntN(4) {
		g.structs = i
		g.fields, g.views, g.lists = nil, nil, nil
		param := g.chance(3)
		head := ""
		if param {
			head = "(p uint8, word Word)"
			g.fields = append(g.fields, "p", "word.Low", "word.High")
		}
		g.params = append(g.params, param)
		g.inner = ""
		if deep := g.chance(3); deep {
			g.inner = fmt.Sprint("S", i)
			if param {
				g.inner += g.pick("(p, word)", "(7, word)")
			}
			head += fmt.Sprintf(" struct depth %d", 1+g.rnd.IntN(5))
		} else {
			head += " struct"
		}
		g.line("type S%d%s {", i, head)
		g.line("\tFirst%d uint8%s", i, g.check())
		g.fields = append(g.fields, fmt.Sprint("First", i))
		g.block(1, 3)
		if g.inner != "" {
			g.line("\tif %s {", g.condition())
			g.line("\t\t%s %s%s", g.name(), g.inner, g.pick("", " size "+g.value(), " size "+g.value()+" lax"))
			g.line("\t}")
			g.inner = ""
		}
		g.line("}")
	}
	g.structs++
	g.fields, g.views, g.lists = nil, nil, nil
	g.line("type Message struct {")
	g.line("\tHead Word")
	g.fields = append(g.fields, "Head.Low", "Head.High")
	g.line("\tLead uint8%s", g.check())
	g.fields = append(g.fields, "Lead")
	if g.tabled {
		g.line("\tif Lead %% 3 == 0 {\n\t\tShape [while remaining > %d]Shape\n\t}", 10+g.rnd.IntN(20))
		g.lookup(1, "\t")
	}
	g.entry = true
	g.block(1, 6)
	switch ends {
	case 0:
		g.line("\tlax")
	case 1:
		g.line("\tend")
	case 2:
		g.line("\tend else %s", g.pick(`note "left"`, `poison "left"`))
	}
	if ends > 0 {
		g.line("\trequest Calls by Lead, Head.Low when Lead < %d\n\treply Calls by Head.Low, Lead when dir == responder", 1+g.rnd.IntN(200))
		g.line("\trequest Others by Lead when Head.On\n\treply Others by Head.High when !Head.On")
	}
	g.line("}")
	return g.out.String()
}

// element writes a struct that looks at the element before, for arrays.
func (g *specWriter) element() {
	n := 1 + g.rnd.IntN(200)
	g.line("type Element struct {")
	g.line("\tLeft uint8\n\tStep %s", g.pick("uint8", "int8", "Kind", "Marks"))
	if g.chance(2) {
		g.line("\tlet Sum as int32 = (prev.Sum or %d) %s Left where in -%d..%d%s", n, g.pick("+", "-"), n+200, n+300, g.pick("", ` else poison "far"`))
		g.line("\tlet Odd as int64 = prev.Sum * 3 where %% %d != 1 else note \"odd\"", 2+g.rnd.IntN(5))
	}
	g.line("\tif prev.Left > %d%s {", n%9, g.pick("", " && (prev.Head.On or true)", " || prev.Head.On"))
	g.line("\t\tlet Kept as uint16 = Left + %d\n\t\tOne %s", n, g.pick("uint8", "Kind", "[2]byte", "Name"))
	g.line("\t} else {\n\t\tlet Kept as uint16 = %d%s\n\t}", n, g.pick("", fmt.Sprintf("\n\t\tpoison \"kept\" when Left == %d", n%7)))
	g.line("\tlet after = Kept %% 251 where != %d", n%250)
	g.line("\tHead Word\n\tSame2 uint8 where != after")
	g.line("\tlet Same = Left == prev.Left\n}")
}

// specWriter writes a spec.
type specWriter struct {
	rnd      *rand.Rand
	out      strings.Builder
	names    int
	reasons  int
	fields   []string // of one byte or less, in sight
	views    []string // byte fields, in sight
	lists    []string // arrays of words with an index, in sight
	structs  int      // that may be read
	params   []bool   // of which those with parameters
	entry    bool
	tabled   bool   // the spec has a table
	tableKey string // what its key has besides a number
	inner    string // the struct being written, where it may contain itself
}

func (g *specWriter) line(format string, args ...any) { fmt.Fprintf(&g.out, format+"\n", args...) }

func (g *specWriter) pick(choices ...string) string { return choices[g.rnd.IntN(len(choices))] }

// chance is true once in n times.
func (g *specWriter) chance(n int) bool { return g.rnd.IntN(n) == 0 }

func (g *specWriter) name() string {
	g.names++
	return fmt.Sprint("F", g.names)
}

func (g *specWriter) reason() string {
	g.reasons++
	return fmt.Sprint("r", g.reasons)
}

// otherwise is what follows a check that fails.
func (g *specWriter) otherwise() string {
	return g.pick("", ` else note "`+g.reason()+`"`, ` else poison "`+g.reason()+`"`, " else reject")
}

// verdict is what follows a key that is not as it should be: always said, as these keys are numbers.
func (g *specWriter) verdict() string {
	return g.pick(` else note "`+g.reason()+`"`, ` else note "`+g.reason()+`"`, ` else poison "`+g.reason()+`"`)
}

func (g *specWriter) list() string { return g.lists[g.rnd.IntN(len(g.lists))] }

// key is a value to look up.
func (g *specWriter) key() string { return g.pick("0", "1", "2", "3", g.field()+" & 3") }

// check is a check of a field of one byte, or none.
func (g *specWriter) check() string {
	if !g.chance(3) {
		return ""
	}
	n := 1 + g.rnd.IntN(200)
	return fmt.Sprintf(" where %s", g.pick(fmt.Sprint("!= ", n), fmt.Sprint("<= ", n), fmt.Sprintf("in {%d..%d, 255}", n/2, n), fmt.Sprintf("& %d != 3", 3|n))) +
		g.otherwise()
}

func (g *specWriter) field() string { return g.fields[g.rnd.IntN(len(g.fields))] }

// value is an expression that is small for small fields and cannot fall below 0.
func (g *specWriter) value() string {
	n := 1 + g.rnd.IntN(9)
	if g.chance(9) {
		return fmt.Sprintf("(peek %s or %d)", g.pick("uint8", "uint16", "uint8 at end", "uint24le at 2", "Kind"), n)
	}
	if len(g.lists) > 0 && g.chance(5) {
		return fmt.Sprintf("(%s.first(%s).%s or %s)", g.list(), g.key(), g.pick("Low", "High", "Kind"), g.pick("3", g.field()))
	}
	return g.pick(g.field(), g.field(), fmt.Sprintf("%s %% %d", g.field(), n+1), fmt.Sprintf("%s & %d", g.field(), n),
		fmt.Sprintf("%s + %d", g.field(), n), fmt.Sprintf("%s >> %d", g.field(), n%4+1), fmt.Sprintf("(%s ^ %d) / %d", g.field(), n, n),
		fmt.Sprintf("%s * %d + %s", g.field(), n, g.field()))
}

func (g *specWriter) condition() string {
	n := 1 + g.rnd.IntN(5)
	if len(g.lists) > 0 && g.chance(5) {
		return g.pick(fmt.Sprintf("%s.has(%s)", g.list(), g.key()), fmt.Sprintf("%s.first(%s).%s %s %d", g.list(), g.key(), g.pick("Low", "High"), g.pick("==", "!=", "<"), n),
			fmt.Sprintf("(%s.first(%s).On or %s)", g.list(), g.key(), g.pick("true", "false")), fmt.Sprintf("%s.first(%s).On == true", g.list(), g.key()))
	}
	c := g.pick(fmt.Sprintf("%s == %d", g.field(), n), fmt.Sprintf("%s > %d", g.field(), n), fmt.Sprintf("%s & %d != 0", g.field(), n),
		fmt.Sprintf("%s < %s", g.field(), g.field()), fmt.Sprintf("%s in %d..%d", g.field(), n, 2*n), fmt.Sprintf("remaining > %d", 3*n),
		"dir == responder", "port == 53", "sport > dport", "flow.bytes > 100", "flow.datagrams.responder >= 2", "flow.malformed > 1", fmt.Sprintf("rate per 1s > %d", n), fmt.Sprintf("rate.responder per 1m < %d", n+1),
		fmt.Sprintf("peek uint8 %s %d", g.pick("==", "!=", "<="), n), fmt.Sprintf("peek uint16%s & 0x0F0F != %d", g.pick("", "le", " at 3", " at end"), n),
		fmt.Sprintf("peek %s%s", g.pick(`"ab"`, `"a"`, `"\x01\x02"`), g.pick("", "", " at end")), fmt.Sprintf("peek Kind in 1..%d", n),
		"last.Lead > 3", "last.sender.Lead > 3", "(last.sender.Head.On or false)", "last.sender.Lead == (last.Lead or 2)", "(last.Head.On or true)", "offset % 2 == 0", "datagram.len > 20")
	if g.chance(4) {
		return fmt.Sprintf("%s %s %s", c, g.pick("&&", "||"), g.condition())
	}
	if g.chance(8) {
		return fmt.Sprintf("!(%s)", c)
	}
	return c
}

// block writes statements.
func (g *specWriter) block(depth, most int) {
	for range 1 + g.rnd.IntN(most) {
		g.stmt(depth)
	}
}

func (g *specWriter) inBlock(depth int) {
	n, m, l := len(g.fields), len(g.views), len(g.lists)
	g.block(depth+1, 2)
	g.fields, g.views, g.lists = g.fields[:n], g.views[:m], g.lists[:l]
}

func (g *specWriter) stmt(depth int) {
	in := strings.Repeat("\t", depth)
	if g.tabled && g.chance(12) {
		g.lookup(depth, in)
		return
	}
	switch k := g.rnd.IntN(20); {
	case k < 4:
		f := g.name()
		g.line("%s%s uint8%s", in, f, g.check())
		g.fields = append(g.fields, f)
	case k < 6:
		g.line("%s%s %s", in, g.name(), g.pick("uint16", "uint24le", "uint32", "uint40", "uint48le", "uint64", "int8", "int16le", "int24",
			"int64", "Kind", "Wide", "Marks", "Word", "ipv4", "ipv6", "mac", "uuid", "unix32", "ntp64", "ntp32", "float32", "float32le", "float64",
			`[2]byte = "ab"`, "uint16 = 0x0101", "uint16", "uint32"))
	case k == 6 && g.chance(2):
		g.varint(in)
	case k < 8:
		f := g.name()
		g.line("%s%s [%s]byte%s%s", in, f, g.pick("2", g.value(), "..", g.value()), g.pick("", "", " as text", " as ascii", " as cstring"),
			g.pick("", "", " align 4", " where len != 3", " where all 0 else note \"zeros\""))
		g.views = append(g.views, f)
	case k < 9 && g.chance(2):
		f := g.name()
		g.line("%s%s [to %s]byte max %d%s", in, f, g.pick("0", `"\x01\x02"`, "'a'", "'a' escape 0", "0 escape 1"), 1+g.rnd.IntN(12), g.pick("", " as text"))
		g.views = append(g.views, f)
	case k < 10 && g.chance(3):
		g.elsewhere(in)
	case k < 11 && g.chance(3):
		f := g.name()
		g.line("%s%s [%s]Word index by %s%s%s%s", in, f, g.pick(g.value(), "while remaining > 4", "2"), g.pick("High", "Low"),
			g.pick("", "", " once 1, 2"+g.verdict()), g.pick("", "", " need 3"+g.verdict()), g.pick("", " max 4"))
		g.lists = append(g.lists, f)
	case k < 11:
		g.line("%s%s [%s]%s%s", in, g.name(), g.pick(g.value(), "..", fmt.Sprintf("while remaining > %d", 2+g.rnd.IntN(9)), "while peek uint8 < 5"),
			g.pick("uint16", "ipv4", "Word", "varint.quic", "varint.leb128", fmt.Sprintf("uintN(%s %% 3 + 1)", g.field()), "[3]byte", "Marks", "Name", "Element", "Element", g.struc()), g.pick("", "", " max 3", " size "+g.value()+" lax"))
	case k < 13:
		g.line("%s%s %s%s%s", in, g.name(), g.pick(g.struc(), g.struc(), "Name"), g.pick("", " size "+g.value(), " size "+g.value()+" lax"), g.pick("", "", " align 2"))
	case k == 13 && g.chance(2):
		g.computed(in)
	case k < 14:
		g.line("%slet L%d = %s", in, g.names, g.pick(g.value(), g.condition()))
		g.names++
	case k < 15:
		g.line("%s%s when %s", in, g.pick(`note "`+g.reason()+`"`, `poison "`+g.reason()+`"`), g.condition())
	case k < 16 && g.entry && depth == 1:
		g.line("\t%s", g.pick("count N when "+g.condition(), "confirm when "+g.condition(), "expect from responder port any within 5s when "+g.condition(), "let C"+g.reason()+" = N"))
	case depth > 3:
		g.line("%s_ uint8", in)
	case k < 18:
		g.line("%sif %s {", in, g.condition())
		g.inBlock(depth)
		if g.chance(2) {
			g.line("%s} else {", in)
			g.inBlock(depth)
		}
		if g.chance(4) {
			g.line("%s\tend", in)
		}
		g.line("%s}", in)
	default:
		n := g.rnd.IntN(4)
		g.line("%sswitch %s%s {", in, g.field(), g.pick("", " size "+g.value(), " size "+g.value()+" lax", " size "+g.value()+" align 4"))
		for i := range 1 + g.rnd.IntN(3) {
			g.line("%scase %s:", in, g.pick(fmt.Sprint(n+2*i), fmt.Sprintf("%d, %d", n+2*i, n+2*i+1)))
			g.inBlock(depth)
		}
		g.line("%sdefault:", in)
		g.inBlock(depth)
		g.line("%s}", in)
	}
}

// varint writes an integer of variable length.
func (g *specWriter) varint(in string) {
	f := g.name()
	if g.chance(3) {
		g.text(in)
		return
	}
	t := g.pick("varint.quic", "varint.leb128", "varint.base128", "Varied", "dec.uint8", "dec.int16", "dec.uint64", "hex.uint32", "Digits",
		fmt.Sprintf("%s(%s & %s)", g.pick("uintN", "intN", "uintNle", "intNle", "uintNbe"), g.field(), g.pick("7", "3", "1")))
	n := 1 + g.rnd.IntN(100)
	g.line("%s%s %s%s%s", in, f, t, g.pick("", "", " size "+g.value()+" lax", " align 2"), g.pick("", "", fmt.Sprintf(" where != %d", n%5), fmt.Sprintf(" where <= %d else note %q", n, g.reason())))
	if t == "varint.quic" && g.chance(2) {
		b := g.name()
		g.line("%s%s [%s]byte", in, b, f)
		g.views = append(g.views, b)
	}
}

// text writes a run of bytes of a class, or a literal.
func (g *specWriter) text(in string) {
	switch g.rnd.IntN(5) {
	case 3:
		g.line("%s%s Row%s", in, g.name(), g.pick("", " size "+g.value()+" lax"))
	case 4:
		g.line("%s%s [%s]%s%s", in, g.name(), g.pick("until blank", "..", "2"), g.pick("Row", "uint16"), g.pick("", " max 3"))
	case 0:
		f := g.name()
		g.line("%s%s [%s]byte%s%s", in, f, g.pick("letter", "odd"), g.pick("", " max 3"), g.pick("", " as text", " where len >= 1", " as ascii"))
		g.views = append(g.views, f)
	case 1:
		g.line("%s%s%s", in, g.pick("'a'", `"\x01\x02"`, `"0"`), g.pick("", fmt.Sprintf(" else note %q", g.reason()), fmt.Sprintf(" else poison %q", g.reason())))
	default:
		g.line("%sws", in)
	}
}

// computed writes a checksum, or a value shown as another type.
func (g *specWriter) computed(in string) {
	n := g.rnd.IntN(40)
	parts := []string{fmt.Sprintf("datagram[%d .. %d]", n, n+1+g.rnd.IntN(60)), g.pick(`"\x00"`, `"ab"`)}
	for _, v := range g.views {
		parts = append(parts, v)
	}
	if g.entry {
		parts = append(parts, "datagram[0 .. offset]", "datagram["+g.value()+" .. datagram.len]", "datagram["+g.field()+" .. "+g.field()+"]")
	}
	args := g.pick(parts...)
	if g.chance(2) {
		args += ", " + g.pick(parts...)
	}
	sum := g.pick("inet", "crc32", "crc32c", "crc16_dnp", "crc16_modbus", "crc16_x25", "crc16_kermit", "crc16_ccitt", "crc16_xmodem", "fletcher16",
		"fletcher32", "adler32", "sum8", "xor8") + "(" + args + ")"
	f := g.name()
	switch g.rnd.IntN(5) {
	case 0:
		g.line("%slet %s = %s", in, f, sum)
	case 1:
		g.line("%s%s uint8 where != %s & 0xFF%s", in, f, sum, g.otherwise())
		g.fields = append(g.fields, f)
	case 2:
		g.line("%s%s when %s & 3 == %d", in, g.pick(`note "`+g.reason()+`"`, `poison "`+g.reason()+`"`), sum, n%4)
	case 3:
		g.line("%slet %s as %s = %s", in, f, g.pick("ipv4", "mac", "unix32", "ntp32", "ntp64"), g.pick(sum, g.field()+" ^ 0x12345", g.value()))
	default:
		g.line("%s%s [4]byte", in, f)
		g.line("%slet As%s as ipv4 = %s", in, f, g.pick(f, f+" ^ "+g.pick(parts...)))
		g.views = append(g.views, f)
	}
}

// elsewhere writes a field that is read at another place.
func (g *specWriter) elsewhere(in string) {
	place := " at " + g.pick(g.value(), "offset - offset % 2", "1")
	if len(g.views) > 0 && !g.chance(3) {
		place = " over " + g.views[g.rnd.IntN(len(g.views))] + g.pick("", " lax", " lax", " lax")
	}
	f := g.name()
	t := g.pick("uint8", "uint16", "ipv4", "Word", "Name", "[..]byte", "[..]byte as text", "[remaining / 2]byte", "[2]byte", g.struc(), g.struc(),
		"[..]"+g.struc(), "[while remaining > 1]"+g.pick("uint16", g.struc()))
	g.line("%s%s %s%s%s", in, f, t, place, g.pick("", "", fmt.Sprintf(" where %s else note %q", g.pick("len != 2", "<= 7"), g.reason())))
	if strings.Contains(t, "]byte") {
		g.views = append(g.views, f)
	}
}

// struc is a struct that is there already, with arguments if it wants them.
func (g *specWriter) struc() string {
	if g.inner != "" && g.chance(2) {
		return g.inner
	}
	if g.structs == 0 {
		return "uint8"
	}
	i := g.rnd.IntN(g.structs)
	if !g.params[i] {
		return fmt.Sprint("S", i)
	}
	if !g.entry {
		return "Kind" // only the entry has a word to give
	}
	return fmt.Sprintf("S%d(%s, Head)", i, g.pick("Lead", "7", "Head.High", "Head.Low"))
}

// RandomSamples returns datagrams of small numbers, so that many lengths in them fit.
func RandomSamples(seed uint64, n int) []Sample {
	rnd := rand.New(rand.NewPCG(seed, 2))
	list := make([]Sample, n)
	for i := range list {
		b := make([]byte, 0, 100)
		for n := rnd.IntN(90); len(b) < n; {
			switch rnd.IntN(16) {
			case 0, 1:
				b = append(b, byte(rnd.Uint32()))
			case 2:
				b = append(b, 'a', 'b')
			case 3:
				b = append(b, 1, 2)
			case 4:
				b = append(b, 1, 1)
			case 5:
				b = append(b, 2, 'a', 'a', 0)
			case 6:
				b = append(b, 1, 'a', 0xc0, byte(rnd.IntN(len(b)+4)))
			case 7, 8, 9, 10:
				b = append(b, byte(rnd.IntN(4)))
			default:
				b = append(b, byte(rnd.IntN(10)))
			}
		}
		list[i].Data = b
		list[i].Meta.SrcPort, list[i].Meta.DstPort = 40000, 9
		if rnd.IntN(4) == 0 {
			list[i].Meta.SrcPort, list[i].Meta.DstPort, list[i].Meta.Side = 9, 40000, 1
		}
	}
	return list
}
