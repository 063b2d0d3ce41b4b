package eval_test

import (
	"bytes"
	"encoding/binary"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/flowscope/fsd/dsl/eval"
	"github.com/flowscope/fsd/dsl/ir"
	"github.com/flowscope/fsd/internal/agreement/suite"
	"github.com/flowscope/fsd/runtime/datagram"
	"github.com/flowscope/fsd/runtime/datagram/vector"
	"github.com/flowscope/fsd/runtime/flow"
)

func TestAMessageIsUsedAgainAndACloneIsNot(t *testing.T) {
	suites, err := suite.All()
	require.NoError(t, err)
	for _, s := range suites {
		p := eval.New(spec(t, string(s.Spec)))
		for _, c := range s.Cases() {
			vector.Check(t, p, c.Data, suite.DefaultPort, c.Meta.Side == flow.Responder)
		}
	}
}

func TestANewMessageIsEmpty(t *testing.T) {
	p := eval.New(compile(t, "echo.fsd"))
	m := p.NewMessage()
	require.Equal(t, "{}", string(m.AppendJSON(nil)))
	require.Equal(t, "{}", string(m.CloneMessage().AppendJSON(nil)))
}

func TestParsingAllocatesNothingOnceStorageWasUsed(t *testing.T) {
	for _, name := range []string{"dns.fsd", "ntp.fsd", "tftp.fsd", "echo.fsd"} {
		p := compile(t, name)
		steady := vector.Steady(t, eval.New(p), vectorsOf(p))
		require.Zero(t, testing.AllocsPerRun(20, steady), name)
	}
}

// TestAHostileDatagramTakesNoMoreThanAFixedMultipleOfItsSize parses the densest datagrams: the smallest elements, with
// the most fields, and names that jump to the longest of lists as often as they may.
func TestAHostileDatagramTakesNoMoreThanAFixedMultipleOfItsSize(t *testing.T) {
	header := func(qd, an uint16) []byte {
		return binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint16([]byte{0, 0, 0x80, 0}, qd), an)
	}
	record := func(typ uint16, data []byte) []byte {
		b := append(header(0, 1), 0, 0, 0, 0, 0)
		b = binary.BigEndian.AppendUint16(b, typ)
		b = append(b, 0, 1, 0, 0, 0, 0)
		return append(binary.BigEndian.AppendUint16(b, uint16(len(data))), data...)
	}
	questions := append(header(13000, 0), 0, 0, 0, 0)
	for range 13000 {
		questions = append(questions, 0, 0, 1, 0, 1)
	}
	names := append(header(512, 0), 0, 0, 0, 0)
	for range 127 {
		names = append(names, 1, 'a')
	}
	names = append(names, 0, 0, 1, 0, 1)
	for range 511 {
		names = append(names, 0xc0, 12, 0, 1, 0, 1)
	}
	p := eval.New(compile(t, "dns.fsd"))
	for _, c := range []struct {
		name string
		data []byte
	}{
		{"empty strings", record(16, make([]byte, 65000))},
		{"options", record(41, make([]byte, 65000))},
		{"questions", questions},
		{"names", names},
	} {
		m, parser := p.NewMessage(), p.NewParser()
		meta := vector.Meta(flow.Responder, 53)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		st := parser.ParseMessage(c.data, &meta, m)
		runtime.ReadMemStats(&after)
		require.Equal(t, datagram.OK, st.Code(), "%s: %+v %s", c.name, st.Detail(), st.ReasonName(p.Desc))
		// The least is one piece of storage for nodes and one for items. Jumps to a list of items repeat it, at 4 bytes
		// an item, as often as their budget allows.
		most := 64*len(c.data) + 16<<10
		if c.name == "names" {
			most += 4 * 512 * 128
		}
		require.LessOrEqual(t, after.TotalAlloc-before.TotalAlloc, uint64(most), c.name)
		runtime.KeepAlive(m)
	}
}

func TestADescriptionSaysWhatTheSpecDoes(t *testing.T) {
	d := eval.New(spec(t, `// A thing.
//
// rfc:1
protocol thing
ports udp 1, 5..7
detect { len in 1..9; at 2 uint16le & 0xF0 == 0x10; at 4 uint8 in {1, 3..4} }
detect { at 0 uint8 > 3 }
entry from initiator A
entry from responder B
type A struct {
	X uint16 where != 1 else note "one"
	expect from initiator port 5 within 3s
	end
}
type B struct {
	Y [..]byte where len <= 7
	end
}
`)).Desc
	require.Equal(t, "thing", d.Name)
	require.Equal(t, []string{"RFC 1"}, d.References)
	require.Equal(t, []datagram.PortRange{{First: 1, Last: 1}, {First: 5, Last: 7}}, d.Ports)
	require.Len(t, d.Detect, 2)
	require.True(t, d.Detects([]byte{0, 0, 0x1f, 0, 3}))
	require.False(t, d.Detects([]byte{0, 0, 0x1f, 0, 2}))
	require.False(t, d.Detects([]byte{0, 0, 0x2f, 0, 3}))
	require.False(t, d.Detects([]byte{0, 0, 0x1f, 0, 3, 0, 0, 0, 0, 0}))
	require.True(t, d.Detects([]byte{4}))
	require.Equal(t, "one", d.Notes[0].Name)
	require.Equal(t, []datagram.Expectation{{From: flow.Initiator, Port: 5, Within: 3e9}}, d.Expects)
	require.Equal(t, uint32(0), d.MinSize)
	require.Equal(t, uint32(7), d.MaxSize)
}

// TestFaultsOfTheIRPanic shows that what the checker would never let pass is not run.
func TestFaultsOfTheIRPanic(t *testing.T) {
	u8 := &ir.IntType{Bits: 8}
	field := func(t ir.Type) *ir.Field { return &ir.Field{ID: 1, Name: "X", Key: "x", Type: t} }
	protocol := func(body ...ir.Stmt) *ir.Protocol {
		s := &ir.Struct{Name: "M", Body: body}
		return &ir.Protocol{Name: "m", Fields: []string{"", "M.X"}, Entries: []*ir.Entry{{Type: s}}}
	}
	itself := &ir.Struct{Name: "Itself"}
	itself.Body = []ir.Stmt{&ir.Read{Field: field(itself)}}
	chain := func(body ...ir.Stmt) *ir.Chain {
		return &ir.Chain{Name: "C", Item: field(&ir.BytesType{Mode: ir.BytesRest}), Body: body, ItemsReason: -1, JumpsReason: -1}
	}
	x := field(u8)
	for name, p := range map[string]*ir.Protocol{
		"a struct in itself":        protocol(&ir.Read{Field: field(itself)}),
		"an unread field":           protocol(&ir.Rule{When: &ir.Ref{Path: []*ir.Field{x}}}),
		"an empty element":          protocol(&ir.Read{Field: field(&ir.ArrayType{Elem: &ir.BytesType{}, Mode: ir.ArrayRest})}),
		"a goto outside of a chain": protocol(&ir.Goto{Target: &ir.Const{}}),
		"an item outside":           protocol(&ir.Item{Read: &ir.Read{Field: x}}),
		"total outside of a chain":  protocol(&ir.Rule{When: &ir.Fact{Fact: ir.Total}}),
		"an item that is no bytes":  protocol(&ir.Read{Field: field(&ir.Chain{Item: x})}),
		"self outside of a check":   protocol(&ir.Rule{When: &ir.Ref{Root: ir.RefSelf}}),
		"a missing parameter":       protocol(&ir.Rule{When: &ir.Ref{Root: ir.RefParam, Param: &ir.Param{}}}),
		"an unknown counter":        protocol(&ir.Count{Counter: &ir.Counter{}}),
		"an unknown operator":       protocol(&ir.Rule{When: &ir.Binary{Op: "<>", X: &ir.Const{}, Y: &ir.Const{}}}),
		"arguments too many":        protocol(&ir.Read{Field: field(&ir.Struct{}), Args: []ir.Expr{&ir.Const{}}}),
	} {
		require.Panics(t, func() { eval.New(p) }, name)
	}
	idle := eval.New(protocol(&ir.Read{Field: field(chain())}))
	require.PanicsWithValue(t, "eval: C: a step does nothing", func() {
		idle.NewParser().ParseMessage(nil, &datagram.Meta{}, idle.NewMessage())
	})
}

func TestCountersStayAtTheirLargestValue(t *testing.T) {
	// Not reachable in a test by counting: the statement is what generated code has, wire.Count.
	p := eval.New(spec(t, "protocol c\nports udp 9\nentry M\ntype M struct {\n\tA uint8\n\tend\n\tcount N when A != 0\n\tpoison \"n\" when N > 1\n}\n"))
	parser, m, meta := p.NewParser(), p.NewMessage(), vector.Meta(flow.Initiator, 9)
	for i, want := range []datagram.Code{datagram.OK, datagram.OK, datagram.Poison} {
		require.Equal(t, want, parser.ParseMessage([]byte{byte(i)}, &meta, m).Code())
	}
}

// FuzzMessages gives any bytes to the suites' specs: the parse ends, its message is JSON, and a clone stays as it is.
func FuzzMessages(f *testing.F) {
	suites, err := suite.All()
	require.NoError(f, err)
	var protocols []*datagram.Protocol
	for i, s := range suites {
		protocols = append(protocols, eval.New(spec(f, string(s.Spec))))
		for _, c := range s.Cases() {
			f.Add(uint8(i), c.Meta.Side == flow.Responder, c.Data)
		}
	}
	f.Fuzz(func(t *testing.T, which uint8, reply bool, data []byte) {
		vector.Check(t, protocols[int(which)%len(protocols)], bytes.Clone(data), suite.DefaultPort, reply)
	})
}

// BenchmarkDNS parses a response with compressed names.
func BenchmarkDNS(b *testing.B) {
	p := compile(b, "dns.fsd")
	steady := vector.Steady(b, eval.New(p), vectorsOf(p))
	n := 0
	for _, v := range p.Tests {
		n += len(v.Steps)
	}
	b.ReportAllocs()
	for b.Loop() {
		steady()
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/datagram")
}
