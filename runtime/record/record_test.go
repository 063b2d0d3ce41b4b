package record_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"unicode/utf8"

	"github.com/flowscope/fsd/runtime/datagram"
	"github.com/flowscope/fsd/runtime/flow"
	"github.com/flowscope/fsd/runtime/record"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// rawMessage is a message that is its own JSON.
type rawMessage string

func (m rawMessage) AppendJSON(dst []byte) []byte   { return append(dst, m...) }
func (m rawMessage) CloneMessage() datagram.Message { return m }

var dns = &datagram.Protocol{Desc: &datagram.Desc{
	Name:    "dns",
	Reasons: []datagram.ReasonDesc{{Name: "name_jumps"}},
	Notes:   []datagram.ReasonDesc{{Name: "z_bit"}, {Name: "trailing"}},
	Fields:  []string{"", "Name.Len"},
}}

// base returns an event about a flow between two hosts.
func base(kind datagram.EventKind, src, dst string) datagram.Event {
	from, to := netip.MustParseAddrPort(src), netip.MustParseAddrPort(dst)
	key, o := flow.MakeKey(flow.ProtoUDP, from, to)
	return datagram.Event{
		Kind: kind, L4: flow.UDP, HasFlow: true, Frame: 12, Key: key, Side: flow.Side(o),
		Time: flow.FromUnix(1_772_359_200, 123_456_789),
		Src:  flow.AddrFrom(from.Addr()), SrcPort: from.Port(), Dst: flow.AddrFrom(to.Addr()), DstPort: to.Port(),
	}
}

const query = `{"id":4660,"flags":{"qr":false,"opcode":"Query","aa":false,"tc":false,"rd":true,"rcode":0},` +
	`"questions":[{"name":"www.example.com","type":"A","class":1}],"answers":[],"edns":{},"big":18446744073709551615}`

// events is one of each.
func events() []datagram.Event {
	started := base(datagram.EventStarted, "10.0.0.1:53124", "10.0.0.2:53")
	message := base(datagram.EventMessage, "10.0.0.1:53124", "10.0.0.2:53")
	message.Protocol, message.Message = dns, rawMessage(query)
	six := base(datagram.EventMessage, "[2001:db8::1]:53", "[2001:db8::2]:40000")
	six.Protocol, six.Message = dns, rawMessage(`{"id":1,"text":"a \"b\" c","list":[1,2,[3]],"name":"日本語.example"}`)
	six.Status = datagram.Detail{Notes: 3}.Status()
	six.Time, six.Frame, six.Side = flow.FromUnix(-2, 999_999_999), 13, flow.Responder
	anomaly := base(datagram.EventAnomaly, "10.0.0.2:53", "10.0.0.1:53124")
	anomaly.Protocol, anomaly.Anomaly, anomaly.Side, anomaly.Reason = dns, datagram.AnomalyParseError, flow.Responder, "name_jumps"
	anomaly.Status = datagram.Detail{Code: datagram.Poison, Reason: datagram.FirstReason, Field: 1, Offset: 12}.Status()
	poisoned := anomaly
	poisoned.Kind, poisoned.Anomaly, poisoned.End = datagram.EventClosed, datagram.AnomalyNone, flow.EndParseError
	poisoned.Stats = flow.Stats{Packets: [2]uint64{3, 2}, Bytes: [2]uint64{300, 1 << 40}, First: message.Time, Last: message.Time.Add(5e9)}
	idle := base(datagram.EventClosed, "10.0.0.1:53124", "10.0.0.2:443")
	idle.End, idle.Frame, idle.Stats = flow.EndIdle, 0, flow.Stats{Packets: [2]uint64{1, 0}, Bytes: [2]uint64{60, 0}, First: idle.Time, Last: idle.Time, Flipped: true}
	pressure := datagram.Event{Kind: datagram.EventAnomaly, Anomaly: datagram.AnomalyEvictionPressure, Time: idle.Time, Frame: 14, EvictedNow: 1, EvictedTotal: 99}
	return []datagram.Event{started, message, six, anomaly, poisoned, idle, pressure}
}

// write gives events to a writer of the format and returns its output.
func write(t *testing.T, format string, o record.Options, events ...datagram.Event) string {
	t.Helper()
	var out bytes.Buffer
	w, err := record.New(format, &out, o)
	require.NoError(t, err)
	for i := range events {
		require.NoError(t, w.Write(&events[i]))
	}
	require.NoError(t, w.Flush())
	return out.String()
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), got)
}

func TestGolden(t *testing.T) {
	for name, c := range map[string]struct {
		format string
		o      record.Options
	}{
		"events.jsonl": {"jsonl", record.Options{}},
		"micros.jsonl": {"jsonl", record.Options{TimeDigits: 6}},
		"events.csv":   {"csv", record.Options{}},
		"wide.table":   {"table", record.Options{}},
		"narrow.table": {"table", record.Options{Width: 100}},
		"color.table":  {"table", record.Options{Width: 120, Color: true, TimeDigits: -1}},
	} {
		t.Run(name, func(t *testing.T) { golden(t, name, write(t, c.format, c.o, events()...)) })
	}
}

// The example of the commands' contract, key for key.
func TestJSONLinesOfTheContract(t *testing.T) {
	e := base(datagram.EventMessage, "10.0.0.1:53124", "10.0.0.2:53")
	e.Protocol, e.Message = dns, rawMessage(`{}`)
	require.Equal(t, `{"event":"message","ts":"2026-03-01T10:00:00.123456789Z","frame":12,"proto":"dns","flow":"`+e.CommunityID()+
		`","side":"initiator","src":"10.0.0.1","sport":53124,"dst":"10.0.0.2","dport":53,"message":{}}`+"\n",
		write(t, "jsonl", record.Options{}, e))
}

func TestEveryLineIsJSON(t *testing.T) {
	for line := range strings.Lines(write(t, "jsonl", record.Options{}, events()...)) {
		require.True(t, json.Valid([]byte(line)), line)
	}
}

func TestUnknownFormat(t *testing.T) {
	_, err := record.New("xml", io.Discard, record.Options{})
	require.EqualError(t, err, `output format "xml": not one of table, jsonl, csv`)
	for _, f := range record.Formats {
		_, err := record.New(f, io.Discard, record.Options{})
		require.NoError(t, err)
	}
}

// hostile texts try to leave their place.
var hostile = []string{
	"plain", "a\nb", "\x1b[31mred\x1b[0m", "\x00", "\x7f", "tab\there", "cr\rlf\n", `quote " and \ back`, `\n is no newline`,
	"bad \xff\xfe utf8", "\u202egnol", "\u2028line", "\u009b31m", "=1+1", "+1", "-1", "@SUM(A1)", "'quoted", "a,b", "é€𝄞", "\U000e0001tag",
	"\xc2", "�",
}

// assertHarmless fails when out holds what a terminal obeys, but for line ends.
func assertHarmless(t *testing.T, out string) {
	t.Helper()
	require.True(t, utf8.ValidString(out), "%q", out)
	for _, r := range out {
		if r == '\n' || r == '\r' {
			continue
		}
		require.False(t, r < 0x20 || r >= 0x7f && r < 0xa0 || r == 0x202e || r == 0x2028 || r == 0xe0001, "%U in %q", r, out)
	}
}

func hostileEvent(text string) datagram.Event {
	e := base(datagram.EventAnomaly, "10.0.0.2:53", "10.0.0.1:53124")
	e.Protocol, e.Anomaly, e.Reason = dns, datagram.AnomalyParseError, text
	return e
}

// unescape restores the bytes that the escapes \\, \xHH, \uHHHH and \UHHHHHHHH stand for.
func unescape(t *testing.T, s string) string {
	t.Helper()
	var out []byte
	for len(s) > 0 {
		if s[0] != '\\' {
			out = append(out, s[0])
			s = s[1:]
			continue
		}
		digits := map[byte]int{'x': 2, 'u': 4, 'U': 8}[s[1]]
		if digits == 0 {
			require.Equal(t, byte('\\'), s[1], s)
			out = append(out, '\\')
			s = s[2:]
			continue
		}
		n := 0
		for _, c := range s[2 : 2+digits] {
			n = n<<4 | strings.IndexRune("0123456789abcdef", c)
		}
		if s[1] == 'x' {
			out = append(out, byte(n))
		} else {
			out = utf8.AppendRune(out, rune(n))
		}
		s = s[2+digits:]
	}
	return string(out)
}

func TestHostileTextIsReversibleInJSON(t *testing.T) {
	for _, text := range hostile {
		out := write(t, "jsonl", record.Options{}, hostileEvent(text))
		assertHarmless(t, out)
		require.Equal(t, 1, strings.Count(out, "\n"))
		var r struct{ Reason string }
		require.NoError(t, json.Unmarshal([]byte(out), &r), out)
		require.Equal(t, text, unescape(t, r.Reason), out)
	}
}

func TestHostileTextIsReversibleInCSV(t *testing.T) {
	for _, text := range hostile {
		out := write(t, "csv", record.Options{}, hostileEvent(text))
		assertHarmless(t, out)
		rows, err := csv.NewReader(strings.NewReader(out)).ReadAll()
		require.NoError(t, err)
		require.Len(t, rows, 2)
		require.Equal(t, "reason", rows[0][12])
		field := rows[1][12]
		require.NotContains(t, "=+-@\t\r", field[:1])
		require.Equal(t, text, unescape(t, strings.TrimPrefix(field, "'")), out)
	}
}

func TestHostileTextInATable(t *testing.T) {
	for _, text := range hostile {
		out := write(t, "table", record.Options{Width: 100}, hostileEvent(text))
		assertHarmless(t, out)
		require.Equal(t, 1, strings.Count(out, "\n"))
	}
}

// A parser written by hand may let control bytes into its JSON: they do not get out.
func TestHostileMessages(t *testing.T) {
	for in, want := range map[string]string{
		"{\"a\":\"b\nc\"}":                  `{"a":"b\u000ac"}`,
		"{\n\t\"a\": 1\r\n}":                `{"a": 1}`,
		"{\"a\":\"\\\"\x1b\"}":              `{"a":"\"\u001b"}`,
		"{\"a\":\"\x7f\\\\\"}":              `{"a":"\u007f\\"}`,
		"{\"0123456789\":\"0123456\x001\"}": `{"0123456789":"0123456\u00001"}`,
	} {
		e := base(datagram.EventMessage, "10.0.0.1:53124", "10.0.0.2:53")
		e.Protocol, e.Message = dns, rawMessage(in)
		out := write(t, "jsonl", record.Options{}, e)
		require.Contains(t, out, `"message":`+want+"}\n")
		assertHarmless(t, out)
		assertHarmless(t, write(t, "table", record.Options{}, e))
		assertHarmless(t, write(t, "csv", record.Options{}, e))
	}
}

func TestMessageOfACSVRowIsItsJSON(t *testing.T) {
	out := write(t, "csv", record.Options{}, events()...)
	rows, err := csv.NewReader(strings.NewReader(out)).ReadAll()
	require.NoError(t, err)
	require.Equal(t, query, rows[2][17])
	for _, row := range rows {
		require.Len(t, row, 18)
	}
	require.Equal(t, "z_bit trailing", rows[3][13])
	require.True(t, json.Valid([]byte(rows[5][16])))
}

func TestCSVHasAHeaderWithoutEvents(t *testing.T) {
	require.Equal(t, "event,ts,frame,proto,flow,side,src,sport,dst,dport,l4,kind,reason,notes,request,latency,stats,message\r\n", write(t, "csv", record.Options{}))
}

// failing accepts some bytes and then fails.
type failing struct {
	room  int
	err   error
	calls int
	bytes.Buffer
}

func (f *failing) Write(b []byte) (int, error) {
	f.calls++
	if f.Len()+len(b) > f.room {
		return 0, f.err
	}
	return f.Buffer.Write(b)
}

func TestErrorOfTheOutputIsPassedThroughAndSticks(t *testing.T) {
	for _, format := range record.Formats {
		out := &failing{room: 200 << 10, err: &os.PathError{Op: "write", Path: "|1", Err: syscall.EPIPE}}
		w, err := record.New(format, out, record.Options{})
		require.NoError(t, err)
		e := events()[1]
		n := 0
		for ; err == nil; n++ {
			err = w.Write(&e)
		}
		require.Greater(t, n, 100)
		require.ErrorIs(t, err, syscall.EPIPE)
		require.Same(t, out.err, err, "unchanged")
		calls := out.calls
		require.Equal(t, err, w.Write(&e))
		require.Equal(t, err, w.Flush())
		require.Equal(t, calls, out.calls, "nothing more is tried")
		require.True(t, strings.HasSuffix(out.String(), "\n"), "no record is torn")
	}
}

type shortWriter struct{}

func (shortWriter) Write(b []byte) (int, error) { return len(b) - 1, nil }

func TestShortWriteIsAnError(t *testing.T) {
	w, err := record.New("jsonl", shortWriter{}, record.Options{})
	require.NoError(t, err)
	e := events()[0]
	require.NoError(t, w.Write(&e))
	require.ErrorIs(t, w.Flush(), io.ErrShortWrite)
}

func TestAddressesAreThoseOfNetip(t *testing.T) {
	for _, a := range []string{"0.0.0.0", "1.10.100.255", "99.109.209.9", "255.255.255.255", "::", "2001:db8::1", "fe80::1:0:0:1"} {
		e := base(datagram.EventStarted, netip.AddrPortFrom(netip.MustParseAddr(a), 1).String(), "[::1]:2")
		require.Contains(t, write(t, "jsonl", record.Options{}, e), `"src":"`+a+`"`)
	}
}

func TestFlushOfNothingWritesNothing(t *testing.T) {
	out := &failing{err: errors.New("no")}
	w, err := record.New("jsonl", out, record.Options{})
	require.NoError(t, err)
	require.NoError(t, w.Flush())
	require.Zero(t, out.calls)
}

func TestWritersAllocateNothingPerRecord(t *testing.T) {
	for _, format := range record.Formats {
		w, err := record.New(format, io.Discard, record.Options{Width: 120})
		require.NoError(t, err)
		all := events()
		round := func() {
			for i := range all {
				_ = w.Write(&all[i])
			}
		}
		for range 100 {
			round()
		}
		require.Zero(t, testing.AllocsPerRun(100, round), format)
	}
}

func TestTableLinesFitTheWidth(t *testing.T) {
	wide := base(datagram.EventMessage, "10.0.0.1:53124", "10.0.0.2:53")
	wide.Protocol = dns
	for n := range 40 {
		wide.Message = rawMessage(`{"name":"` + strings.Repeat("日", n) + strings.Repeat("e\u0301", n) + `"}`)
		line := strings.TrimSuffix(write(t, "table", record.Options{Width: 90}, wide), "\n")
		cells := 0
		for _, r := range line {
			switch {
			case r == '日':
				cells += 2
			case r != 0x301:
				cells++
			}
		}
		require.LessOrEqual(t, cells, 90, line)
		if cells < 85 {
			require.NotContains(t, line, "…")
		}
	}
}

func TestSummaryOfBrokenJSONEnds(t *testing.T) {
	for _, in := range []string{
		"", "{", "[", `{"a`, `{"a"`, `{"a":`, `{"a":[`, `[1,`, `[}`, `[:]`, `[,]`, `{"a":}`, `"\`, "nul", `{"a":{"b":[{`, "]", "}",
		strings.Repeat("[", 100_000), strings.Repeat(`{"a":`, 100_000), strings.Repeat("[{", 50_000),
	} {
		e := base(datagram.EventMessage, "10.0.0.1:53124", "10.0.0.2:53")
		e.Protocol, e.Message = dns, rawMessage(in)
		out := write(t, "table", record.Options{}, e)
		require.Equal(t, 1, strings.Count(out, "\n"), in)
	}
}

func FuzzTable(f *testing.F) {
	f.Add(query)
	for _, text := range hostile {
		f.Add(`{"a":"` + text + `"}`)
	}
	f.Fuzz(func(t *testing.T, message string) {
		e := base(datagram.EventMessage, "10.0.0.1:53124", "10.0.0.2:53")
		e.Protocol, e.Message, e.Status = dns, rawMessage(message), datagram.Detail{Notes: 5}.Status()
		for _, format := range record.Formats {
			out := write(t, format, record.Options{Width: 80}, e)
			if format == "table" {
				assertHarmless(t, out)
			}
			want := 1
			if format == "csv" {
				want = 2
			}
			require.Equal(t, want, strings.Count(out, "\n"))
		}
	})
}
