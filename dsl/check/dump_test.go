package check_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/flowscope/fsd/dsl"
	"github.com/flowscope/fsd/dsl/ir"
)

// Each testdata/good/*.fsd compiles without a word; its .golden is what the back ends get to know.
func TestWhatBackEndsGet(t *testing.T) {
	files, err := filepath.Glob("testdata/good/*.fsd")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, path := range files {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".fsd"), func(t *testing.T) {
			p, diags := dsl.Compile(os.DirFS("testdata/good"), filepath.Base(path))
			require.Empty(t, diags.Render())
			golden := strings.TrimSuffix(path, ".fsd") + ".golden"
			got := dump(p)
			if *update {
				require.NoError(t, os.WriteFile(golden, []byte(got), 0o644))
			}
			want, err := os.ReadFile(golden)
			require.NoError(t, err)
			require.Equal(t, strings.ReplaceAll(string(want), "\r\n", "\n"), got)
		})
	}
}

// dumper prints a protocol as a listing.
type dumper struct {
	strings.Builder
	p *ir.Protocol
}

func dump(p *ir.Protocol) string {
	d := &dumper{p: p}
	d.line(0, "protocol %s file %s doc %q references %q", p.Name, p.File, p.Doc, p.References)
	d.line(0, "ports %v jumps %d detect %+v", p.Ports, p.Jumps, p.Detect)
	for _, k := range p.Consts {
		d.line(0, "const %s = %s // %s", k.Name, k.Value, k.Doc)
	}
	for _, t := range p.Types {
		d.declaration(t)
	}
	for _, e := range p.Entries {
		d.line(0, "entry from %d %s", e.From, e.Type.Name)
	}
	for i, r := range p.Reasons {
		d.line(0, "poison %d %s explicit %v // %s", ir.FirstReason+i, r.Name, r.Explicit, r.Doc)
	}
	for i, r := range p.Notes {
		d.line(0, "note %d %s // %s", i, r.Name, r.Doc)
	}
	d.line(0, "fields %q", p.Fields)
	for _, x := range p.Expects {
		d.line(0, "expect %+v", *x)
	}
	s := p.State
	d.line(0, "state bytes %v datagrams %v malformed %v stateless %v", s.Bytes, s.Datagrams, s.Malformed, s.Stateless())
	for _, v := range s.Last {
		d.line(1, "last %s of %s %s", d.names(v.Path), v.Entry.Type.Name, v.Range)
	}
	for _, n := range s.Counters {
		d.line(1, "counter %s", n.Name)
	}
	for _, r := range s.Rates {
		d.line(1, "rate per %s", r.Per)
	}
	for _, x := range p.Pairs {
		d.line(1, "pair %+v", *x)
	}
	for _, t := range s.Tables {
		d.line(1, "table %s of %s per host %v max %d expire %s slot %d keeps %s", t.Name, t.Value.Name, t.PerHost, t.Max, t.Expire, t.SlotBytes, d.names(t.Kept))
	}
	for _, t := range p.Tests {
		d.line(0, "test %q poison %q note %q reject %v", t.Name, t.Reason, t.Note, t.Reject)
		for _, step := range t.Steps {
			d.line(1, "from %d port %d %x", step.From, step.Port, step.Datagram)
		}
		for _, a := range t.Asserts {
			d.line(1, "%s %s %s", a.Path, a.Op, a.Value)
		}
	}
	for _, b := range p.Bounds.Entries {
		d.line(0, "bounds %s %d..%d steps %s = %s depth %d", b.Entry.Type.Name, b.Size.Min, b.Size.Max, b.StepsText, b.Steps, b.Depth)
	}
	d.line(0, "state per flow %d", p.Bounds.StatePerFlow)
	return d.String()
}

func (d *dumper) line(indent int, format string, args ...any) {
	d.WriteString(strings.Repeat("  ", indent))
	fmt.Fprintf(d, format, args...)
	d.WriteByte('\n')
}

func (d *dumper) declaration(t ir.Named) {
	size := fmt.Sprintf("%d..%d", t.Size().Min, t.Size().Max)
	switch t := t.(type) {
	case *ir.Enum:
		d.line(0, "enum %s %s known %v %v", t.Name, d.typ(t.Int), t.Known, t.Values)
	case *ir.Flags:
		d.line(0, "flags %s %s %v", t.Name, d.typ(t.Int), t.Values)
	case *ir.Bits:
		d.line(0, "bits %s %s", t.Name, d.typ(t.Int))
		for _, f := range t.Fields {
			d.line(1, "%s shift %d width %d%s", d.field(f.Field), f.Shift, f.Width, d.checks(f.Checks))
		}
	case *ir.Struct:
		d.line(0, "struct %s size %s entry %v lax %v // %s", t.Name, size, t.IsEntry, t.Lax, t.Doc)
		if t.Recursive {
			d.line(1, "recursive depth %d reason %d id %q", t.Depth, t.DepthReason, d.p.Fields[t.FieldID])
		}
		for _, v := range t.Prev {
			d.line(1, "prev %s %s", d.names(v.Path), v.Range)
		}
		for _, p := range t.Params {
			d.line(1, "param %s %s %s", p.Name, d.typ(p.Type), p.Range)
		}
		d.fields(t.Fields)
		d.block(1, t.Body)
		if t.After != nil {
			d.line(1, "after")
			d.block(2, t.After)
		}
	case *ir.Chain:
		d.line(0, "chain %s size %s items %d %d jumps %d %d join %q item %s goto %v", t.Name, size, t.MaxItems, t.ItemsReason, t.MaxJumps, t.JumpsReason, t.Join, d.field(t.Item), t.HasGoto)
		d.fields(t.Fields)
		d.block(1, t.Body)
	}
}

func (d *dumper) fields(list []*ir.Field) {
	for _, f := range list {
		d.line(1, "field %s", d.field(f))
	}
}

func (d *dumper) field(f *ir.Field) string {
	s := fmt.Sprintf("%s key %s id %q %s", f.Name, f.Key, d.p.Fields[f.ID], d.typ(f.Type))
	if f.As != 0 {
		s += fmt.Sprintf(" as %d", f.As)
	}
	for word, on := range map[string]bool{" conditional": f.Conditional} {
		if on {
			s += word
		}
	}
	if f.Computed {
		s += " computed"
	}
	if f.Hidden {
		s += " hidden"
	}
	if f.Range != (ir.Range{}) {
		s += " " + f.Range.String()
	}
	if f.Doc != "" {
		s += fmt.Sprintf(" // %q", f.Doc)
	}
	return s
}

func (d *dumper) typ(t ir.Type) string {
	switch t := t.(type) {
	case *ir.IntType:
		s := fmt.Sprintf("uint%d", t.Bits)
		if t.Signed {
			s = s[1:]
		}
		if t.Little {
			s += "le"
		}
		return s
	case *ir.BoolType:
		return "bool"
	case *ir.StdType:
		return fmt.Sprintf("%s little %v", t.Name, t.Little)
	case *ir.BytesType:
		return fmt.Sprintf("bytes(mode %d count %s delim %q max %d as %d size %d..%d)", t.Mode, d.expr(t.Count), t.Delim, t.Max, t.As, t.Bytes.Min, t.Bytes.Max)
	case *ir.ArrayType:
		return fmt.Sprintf("array(%s%s mode %d count %s cond %s max %d %d size %d..%d)", d.typ(t.Elem), d.exprs(t.Args), t.Mode, d.expr(t.Count), d.expr(t.Cond), t.Max, t.MaxReason, t.Bytes.Min, t.Bytes.Max)
	case ir.Named:
		return t.TypeName()
	}
	return "?"
}

func (d *dumper) block(indent int, list []ir.Stmt) {
	for _, s := range list {
		switch s := s.(type) {
		case *ir.Read:
			d.line(indent, "read %s", d.read(s))
		case *ir.Let:
			checks := ""
			for _, c := range s.Checks {
				checks += fmt.Sprintf(" check(%s else %v)", d.expr(c.Cond), c.Else)
			}
			d.line(indent, "let %s = %s%s", s.Field.Name, d.expr(s.Value), checks)
		case *ir.If:
			d.line(indent, "if %s", d.expr(s.Cond))
			d.block(indent+1, s.Then)
			if s.Else != nil {
				d.line(indent, "else")
				d.block(indent+1, s.Else)
			}
		case *ir.Switch:
			d.line(indent, "switch %s%s field %q", d.expr(s.Tag), d.window(s.Window), d.p.Fields[s.FieldID])
			for _, k := range s.Cases {
				d.line(indent+1, "case %v %s", k.Values, d.expr(k.When))
				d.block(indent+2, k.Body)
			}
			if s.Default != nil {
				d.line(indent+1, "default")
				d.block(indent+2, s.Default.Body)
			}
		case *ir.Rule:
			d.line(indent, "rule %v when %s", s.Do, d.expr(s.When))
		case *ir.Confirm:
			d.line(indent, "confirm%s", strings.TrimSuffix(" when "+d.expr(s.When), " when -"))
		case *ir.End:
			d.line(indent, "end else %v", s.Else)
		case *ir.Count:
			d.line(indent, "count %s when %s", s.Counter.Name, d.expr(s.When))
		case *ir.Announce:
			d.line(indent, "announce %d when %s", s.Index, d.expr(s.When))
		case *ir.Transact:
			d.line(indent, "transact %d reply %v by%s when %s", s.Index, s.Reply, d.exprs(s.Keys), d.expr(s.When))
		case *ir.Store:
			line := "store " + s.Table.Name + d.exprs(s.Keys)
			for _, v := range s.Values {
				line += " " + v.Field.Name + "="
				if v.Scalar != nil {
					line += d.expr(v.Scalar)
				}
				for _, l := range v.Lists {
					line += d.expr(l) + "++"
				}
			}
			d.line(indent, "%s", line)
		case *ir.Goto:
			d.line(indent, "goto %s%s", d.expr(s.Target), d.checks(s.Checks))
		case *ir.Item:
			d.line(indent, "item %s", d.read(s.Read))
		}
	}
}

func (d *dumper) read(r *ir.Read) string {
	return r.Field.Name + d.exprs(r.Args) + d.place(r.Place) + d.window(r.Window) + d.checks(r.Checks)
}

func (d *dumper) place(p *ir.Place) string {
	if p == nil {
		return ""
	}
	return fmt.Sprintf(" place(over %s lax %v at %s)", d.expr(p.Over), p.Lax, d.expr(p.At))
}

func (d *dumper) window(w *ir.Window) string {
	if w == nil {
		return ""
	}
	return fmt.Sprintf(" window(%s align %d lax %v)", d.expr(w.Size), w.Align, w.Lax)
}

func (d *dumper) checks(list []*ir.Check) string {
	s := ""
	for _, c := range list {
		s += fmt.Sprintf(" check(%s else %v)", d.expr(c.Cond), c.Else)
	}
	return s
}

func (d *dumper) exprs(list []ir.Expr) string {
	s := ""
	for _, e := range list {
		s += " (" + d.expr(e) + ")"
	}
	return s
}

func (d *dumper) names(path []*ir.Field) string {
	var names []string
	for _, f := range path {
		names = append(names, f.Name)
	}
	return strings.Join(names, ".")
}

func (d *dumper) expr(e ir.Expr) string {
	suffix := func(k ir.Kind, r ir.Range) string {
		switch k {
		case ir.Signed:
			return "{" + r.String() + "}"
		case ir.Uint:
			return "{u " + r.String() + "}"
		}
		return ""
	}
	switch e := e.(type) {
	case nil:
		return "-"
	case *ir.Const:
		return strings.TrimPrefix(e.Name+"="+e.Value.String(), "=")
	case *ir.BoolConst:
		return fmt.Sprint(e.Value)
	case *ir.BytesConst:
		return fmt.Sprintf("%q", e.Value)
	case *ir.Ref:
		root := [...]string{"", "self", "elem", "param", "each"}[e.Root]
		if e.Param != nil {
			root += ":" + e.Param.Name
		}
		return strings.Trim(root+"."+d.names(e.Path), ".") + suffix(e.K, e.R)
	case *ir.Fact:
		return fmt.Sprintf("fact%d.%d%s", e.Fact, e.Side, suffix(ir.Signed, e.R))
	case *ir.LastRef:
		return "last." + d.names(e.Var.Path) + " or " + d.expr(e.Or) + suffix(e.K, e.R)
	case *ir.PrevRef:
		return "prev." + d.names(e.Var.Path) + " or " + d.expr(e.Or) + suffix(e.K, e.R)
	case *ir.Found:
		return "found " + e.Table.Name + d.exprs(e.Keys) + " as " + e.As.Name
	case *ir.Sum:
		return "sum(" + d.expr(e.Of) + "." + d.names(e.Path) + ")" + suffix(e.Kind(), e.R)
	case *ir.CounterRef:
		return "counter." + e.Counter.Name
	case *ir.Len:
		return "len(" + d.expr(e.Of) + ")" + suffix(ir.Signed, e.R)
	case *ir.All:
		return fmt.Sprintf("all(%s, %d)", d.expr(e.Of), e.Value)
	case *ir.Lookup:
		return fmt.Sprintf("lookup%d(%s %s path %s or %s)%s", e.Find, d.expr(e.Of), d.expr(e.Key), d.names(e.Path), d.expr(e.Or), suffix(e.K, e.R))
	case *ir.Checksum:
		s := e.Sum + "("
		for _, p := range e.Of {
			s += d.expr(p) + ","
		}
		return s + ")"
	case *ir.Span:
		return "datagram[" + d.expr(e.From) + ".." + d.expr(e.To) + "]"
	case *ir.Xor:
		return d.expr(e.X) + " xor " + d.expr(e.Y)
	case *ir.Peek:
		return fmt.Sprintf("peek(%d at %d end %v or %s)%s", e.Width, e.Ahead, e.End, d.expr(e.Or), suffix(e.K, e.R))
	case *ir.Unary:
		return e.Op + d.expr(e.X)
	case *ir.Binary:
		return "(" + d.expr(e.X) + " " + e.Op + " " + d.expr(e.Y) + ")" + suffix(e.K, e.R)
	case *ir.In:
		return fmt.Sprintf("(%s in %v)", d.expr(e.X), e.Set)
	}
	return "?"
}
