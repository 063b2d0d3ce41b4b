package datagram_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/flowscope/fsd/runtime/datagram"
	"github.com/flowscope/fsd/runtime/flow"
	"github.com/stretchr/testify/require"
)

// The test protocols parse what a datagram says it is: its first word is the verdict.
//
//	ok     a complete message, confirmed        half   a complete message, not confirmed
//	bad    poison, confirmed                    doubt  poison, not confirmed
//	last   poison on a complete message         no     reject
//	note   a message with note 1                expect a message that announces a flow
//	size   poison once the flow had more than five bytes, as the model's test does

const (
	reasonBad datagram.Reason = datagram.FirstReason + iota
	reasonDoubt
	reasonLast
	reasonSize
)

type textMessage struct{ text []byte }

func (m *textMessage) AppendJSON(dst []byte) []byte {
	return append(strconv.AppendQuote(append(dst, `{"text":`...), string(m.text)), '}')
}

func (m *textMessage) CloneMessage() datagram.Message {
	return &textMessage{bytes.Clone(m.text)}
}

// textParser remembers how many bytes and datagrams it was given; trace records them.
type textParser struct {
	name      string
	datagrams int
	bytes     int
	reason    string
	metas     *[]datagram.Meta
}

func (p *textParser) ParseMessage(b []byte, meta *datagram.Meta, m datagram.Message) datagram.Status {
	p.datagrams++
	p.bytes += len(b)
	if p.metas != nil {
		*p.metas = append(*p.metas, *meta)
	}
	m.(*textMessage).text = b
	if meta.Wire > uint32(len(b)) {
		return datagram.Detail{Code: datagram.Truncated}.Status()
	}
	word, rest, _ := bytes.Cut(b, []byte(" "))
	done := datagram.Detail{Complete: true, Confirmed: true}
	switch string(word) {
	case "half":
		done.Confirmed = false
		return done.Status()
	case "bad":
		return datagram.Detail{Code: datagram.Poison, Confirmed: true, Reason: reasonBad, Field: 1, Offset: 4}.Status()
	case "doubt":
		return datagram.Detail{Code: datagram.Poison, Reason: reasonDoubt}.Status()
	case "last":
		return datagram.Detail{Code: datagram.Poison, Complete: true, Confirmed: true, Reason: reasonLast}.Status()
	case "no":
		return datagram.Detail{Code: datagram.Reject}.Status()
	case "note":
		done.Notes = 2
	case "expect":
		done.Expect = 1
	case "size":
		if p.bytes > 5 {
			return datagram.Detail{Code: datagram.Poison, Confirmed: true, Reason: reasonSize}.Status()
		}
	case "only":
		if string(rest) != p.name {
			return datagram.Detail{Code: datagram.Reject}.Status()
		}
	case "onlydoubt":
		if string(rest) != p.name {
			return datagram.Detail{Code: datagram.Poison, Reason: reasonDoubt}.Status()
		}
	}
	return done.Status()
}

func (p *textParser) PoisonReason() string { return p.reason }

// protocol returns a test protocol; edit may change it before it is registered.
func protocol(name string, ports ...uint16) *datagram.Protocol {
	d := &datagram.Desc{
		Name:    name,
		Reasons: []datagram.ReasonDesc{{Name: "bad"}, {Name: "doubt"}, {Name: "last"}, {Name: "size"}},
		Notes:   []datagram.ReasonDesc{{Name: "odd"}, {Name: "strange"}},
		Fields:  []string{"", "Text.Word"},
	}
	for _, p := range ports {
		d.Ports = append(d.Ports, datagram.PortRange{First: p, Last: p})
	}
	return &datagram.Protocol{
		Desc:       d,
		NewMessage: func() datagram.Message { return new(textMessage) },
		NewParser:  func() datagram.Parser { return &textParser{name: name} },
	}
}

// detects makes the protocol detect datagrams whose first byte is first.
func detects(p *datagram.Protocol, first byte) *datagram.Protocol {
	p.Detect = [][]datagram.Test{{{Width: 1, Mask: 0xff, Op: datagram.Equal, Value: uint64(first)}}}
	return p
}

// world is a driver with everything that it told.
type world struct {
	t      testing.TB
	reg    *datagram.Registry
	d      *datagram.Driver
	events []string
	frame  uint64
	kept   []datagram.Event
}

func newWorld(t testing.TB, o datagram.Options, protocols ...*datagram.Protocol) *world {
	t.Helper()
	reg, err := datagram.NewRegistry(protocols...)
	require.NoError(t, err)
	return newWorldOf(t, o, reg)
}

func newWorldOf(t testing.TB, o datagram.Options, reg *datagram.Registry) *world {
	t.Helper()
	w := &world{t: t, reg: reg}
	d, err := datagram.NewDriver(reg.NewTable(), w.take, o)
	require.NoError(t, err)
	w.d = d
	return w
}

// take writes an event down as text.
func (w *world) take(e *datagram.Event) {
	s := e.Kind.String()
	switch e.Kind {
	case datagram.EventStarted:
		s += " " + e.L4.String() + " " + e.Side.String()
	case datagram.EventMessage:
		s += fmt.Sprintf(" %s %s %q", e.ProtocolName(), e.Side, e.Message.(*textMessage).text)
	case datagram.EventAnomaly:
		s += " " + e.Anomaly.String()
		if e.HasFlow {
			s += " " + e.Side.String()
		}
		if e.Reason != "" {
			s += " " + e.Reason
		}
		if e.Anomaly == datagram.AnomalyEvictionPressure {
			s += fmt.Sprintf(" %d %d", e.EvictedNow, e.EvictedTotal)
		}
	case datagram.EventClosed:
		s += fmt.Sprintf(" %s %d+%d", e.End, e.Stats.Packets[0], e.Stats.Packets[1])
	}
	w.events = append(w.events, s)
	kept := *e
	if e.Message != nil {
		kept.Message = e.Message.CloneMessage()
	}
	w.kept = append(w.kept, kept)
}

// told returns what was told since the last call.
func (w *world) told() []string {
	out := w.events
	w.events = nil
	return out
}

// last returns the newest event.
func (w *world) last() *datagram.Event {
	require.NotEmpty(w.t, w.kept)
	return &w.kept[len(w.kept)-1]
}

// frame gives a frame to the driver and returns what it told.
func (w *world) give(seconds float64, frame []byte) []string {
	w.frame++
	p := packet(seconds, frame)
	p.Number = w.frame
	w.d.Track(p)
	w.balanced()
	return w.told()
}

// udp gives a datagram: from and to are ports of 10.0.0.1 and 10.0.0.2; a negative from turns it round.
func (w *world) udp(seconds float64, from, to int, payload string) []string {
	return w.give(seconds, udp(from, to, payload))
}

// balanced checks that the books balance.
func (w *world) balanced() {
	w.t.Helper()
	s, ts := w.d.Stats(), w.d.TrackerStats()
	var notUDP uint64
	for _, n := range s.NotUDP {
		notUDP += n
	}
	require.Equal(w.t, s.Frames+s.Reassembled, s.Duplicates+s.UnmatchedTotal()+notUDP+s.Fragments+s.Datagrams, "frames")
	require.Equal(w.t, s.Datagrams, s.Messages+s.UndecodedTotal(), "datagrams")
	require.Equal(w.t, s.Poisons, s.Malformed+s.Poisoned+s.Observed, "poisons")
	require.Equal(w.t, s.Started, s.ClosedTotal()+s.Forgotten+uint64(w.d.Len()-w.d.Quarantined()), "flows")
	require.Equal(w.t, ts.Created, ts.Ended+ts.Forgotten+uint64(w.d.Len()), "table")
	var messages, poisons uint64
	for _, p := range w.d.ProtocolStats() {
		messages += p.Messages
		for _, n := range p.Poisons {
			poisons += n
		}
	}
	require.Equal(w.t, s.Messages, messages)
	require.Equal(w.t, s.Poisons, poisons)
}

// Frames.

const epoch = 1_700_000_000

func at(seconds float64) flow.Timestamp {
	return flow.FromUnix(epoch, 0).Add(time.Duration(seconds * float64(time.Second)))
}

func packet(seconds float64, frame []byte) *flow.Packet {
	p := &flow.Packet{Time: at(seconds), Frame: frame, Link: flow.LinkEthernet}
	flow.Decode(p)
	return p
}

func cat(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

func be16(n int) []byte { return binary.BigEndian.AppendUint16(nil, uint16(n)) }

// ip4 makes an Ethernet frame with an IPv4 packet; frag is the field of flags and offset.
func ip4(src, dst string, proto byte, frag int, payload []byte) []byte {
	s, d := netip.MustParseAddr(src).As4(), netip.MustParseAddr(dst).As4()
	return cat(make([]byte, 12), be16(0x0800),
		[]byte{0x45, 0}, be16(20+len(payload)), be16(7), be16(frag), []byte{64, proto, 0, 0}, s[:], d[:], payload)
}

func segment(from, to int, payload string) []byte {
	return cat(be16(from), be16(to), be16(8+len(payload)), be16(0), []byte(payload))
}

// udp makes a datagram. The port below zero is that of 10.0.0.2.
func udp(from, to int, payload string) []byte {
	if from < 0 {
		return ip4("10.0.0.2", "10.0.0.1", flow.ProtoUDP, 0, segment(-from, to, payload))
	}
	return ip4("10.0.0.1", "10.0.0.2", flow.ProtoUDP, 0, segment(from, to, payload))
}

func tcp(from, to int, flags byte, payload string) []byte {
	s, d := from, to
	src, dst := "10.0.0.1", "10.0.0.2"
	if from < 0 {
		s, src, dst = -from, dst, src
	}
	return ip4(src, dst, flow.ProtoTCP, 0, cat(be16(s), be16(d), make([]byte, 8), []byte{0x50, flags}, make([]byte, 6), []byte(payload)))
}

func lines(s ...string) []string { return s }

func long(n int) string { return strings.Repeat("x", n) }
