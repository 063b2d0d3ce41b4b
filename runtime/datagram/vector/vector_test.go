package vector

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/flowscope/fsd/runtime/datagram"
	"github.com/flowscope/fsd/runtime/flow"
)

// message is a message of the protocol of these tests: whole datagrams, of which those that begin with p are poison,
// with r rejected, with n noted.
type message struct{ data []byte }

func (m *message) AppendJSON(dst []byte) []byte {
	return fmt.Appendf(dst, `{"size":%d,"list":[{"x":1.50},{"x":"two"}],"text":%q,"ok":true}`, len(m.data), m.data)
}

func (m *message) CloneMessage() datagram.Message { return &message{append([]byte(nil), m.data...)} }

type parser struct{}

func (p *parser) ParseMessage(b []byte, meta *datagram.Meta, m datagram.Message) datagram.Status {
	m.(*message).data = b
	switch {
	case len(b) == 0:
		return datagram.Detail{Code: datagram.Poison, Reason: datagram.Short}.Status()
	case b[0] == 'p':
		return datagram.Detail{Code: datagram.Poison, Reason: datagram.FirstReason}.Status()
	case b[0] == 'r':
		return datagram.Detail{Code: datagram.Reject}.Status()
	case b[0] == 'n':
		return datagram.Detail{Complete: true, Notes: 2}.Status()
	}
	return datagram.Detail{Complete: true}.Status()
}

var protocol = &datagram.Protocol{
	Desc: &datagram.Desc{
		Name: "test", Reasons: []datagram.ReasonDesc{{Name: "bad"}}, Notes: []datagram.ReasonDesc{{Name: "a"}, {Name: "b"}},
		Fields: []string{""},
	},
	NewMessage: func() datagram.Message { return new(message) },
	NewParser:  func() datagram.Parser { return new(parser) },
}

func step(s string) []Step { return []Step{{Port: 9, Datagram: []byte(s)}} }

func TestVectorsThatHold(t *testing.T) {
	for _, v := range []Vector{
		{Name: "complete", Steps: step("x")},
		{Name: "poison", Steps: step("p"), Poison: "bad"},
		{Name: "built-in poison", Steps: step(""), Poison: "short"},
		{Name: "reject", Steps: step("r"), Reject: true},
		{Name: "note", Steps: step("n"), Note: "b"},
		{Name: "steps", Steps: append(step("x"), step("p")...), Poison: "bad"},
		{Name: "asserts", Steps: step("xy"), Asserts: []Assert{
			{"size", "==", "2"}, {"size", "==", "2.0"}, {"size", "<", "3"}, {"size", ">=", "2"}, {"size", "!=", "3"},
			{"list[0].x", "==", "1.5"}, {"list[1].x", "==", `"two"`}, {"text", "==", `"xy"`}, {"ok", "==", "true"},
			{"ok", "!=", "false"}, {"list[1].x", "!=", "2"},
		}},
	} {
		require.NoError(t, Try(protocol, v), v.Name)
		Run(t, protocol, v)
	}
}

func TestVectorsThatDoNotHoldSayWhy(t *testing.T) {
	assert := func(path, op, value string) Vector {
		return Vector{Steps: step("xy"), Asserts: []Assert{{path, op, value}}}
	}
	for _, c := range []struct {
		v    Vector
		want string
	}{
		{Vector{}, "no datagram"},
		{Vector{Steps: step("p")}, "a complete message was expected, got test at byte 0: poison bad"},
		{Vector{Steps: step("x"), Poison: "bad"}, `poison "bad" was expected, got a complete message: {"size":1,`},
		{Vector{Steps: step(""), Poison: "bad"}, `poison "bad" was expected, got test at byte 0: poison short`},
		{Vector{Steps: step("x"), Reject: true}, "a reject was expected"},
		{Vector{Steps: step("n"), Note: "a"}, `note "a" was expected, got notes 0x2`},
		{Vector{Steps: append(step("r"), step("x")...)}, "datagram 1 of 2 must be a message, but: test at byte 0: reject"},
		{assert("size", "==", "3"), "size == 3: it is 2"},
		{assert("sise", "==", "3"), "sise == 3: the message has no sise"},
		{assert("list[2].x", "==", "3"), "list[2].x == 3: list has 2 elements"},
		{assert("size[0]", "==", "3"), "size[0] == 3: size is not a list"},
		{assert("list.x", "==", "3"), "list.x == 3: list has no fields"},
		{assert("text", "<", "3"), `text < 3: "xy" is not a number`},
		{assert("size", "~", "3"), "size ~ 3: no such comparison"},
		{assert("size", "==", "x"), "size == x: x is not a JSON literal"},
		{assert("list[", "==", "1"), `list[ == 1: "[" has no closing bracket`},
	} {
		err := Try(protocol, c.v)
		require.ErrorContains(t, err, c.want)
	}
}

// report collects what would be reported to a test.
type report struct{ text string }

func (r *report) Helper() {}
func (r *report) Errorf(format string, args ...any) {
	r.text += fmt.Sprintf(format, args...)
}
func (r *report) Fatalf(format string, args ...any) {
	r.Errorf(format, args...)
	panic(r)
}

func TestCheckFindsParsersThatKeepTheDatagram(t *testing.T) {
	Check(t, protocol, []byte("xyz"), 9, true)
	bad := *protocol
	bad.NewMessage = func() datagram.Message { return new(shallow) }
	bad.NewParser = func() datagram.Parser { return shallowParser{} }
	r := new(report)
	require.Panics(t, func() { Check(r, &bad, []byte("xyz"), 9, false) })
	require.Contains(t, r.text, "the clone shows")
}

type shallow struct{ message }

func (m *shallow) CloneMessage() datagram.Message { return &shallow{message{m.data}} }

type shallowParser struct{}

func (shallowParser) ParseMessage(b []byte, meta *datagram.Meta, m datagram.Message) datagram.Status {
	m.(*shallow).data = b
	return datagram.Detail{Complete: true}.Status()
}

func TestSteadyParsesAllSteps(t *testing.T) {
	parse := Steady(t, protocol, []Vector{{Steps: step("x")}, {Steps: append(step("x"), step("p")...)}})
	require.Zero(t, testing.AllocsPerRun(10, parse))
}

func TestMetaOfASide(t *testing.T) {
	require.Equal(t, uint16(53), func() uint16 { m := Meta(flow.Responder, 53); return m.Port() }())
	require.Equal(t, uint16(53), func() uint16 { m := Meta(flow.Initiator, 53); return m.Port() }())
	require.Equal(t, []byte{1, 2}, Hex("01", "02"))
	require.Panics(t, func() { Hex("0") })
}
