package datagram_test

import (
	"encoding/binary"
	"fmt"
	"io"
	"strconv"

	"github.com/flowscope/fsd/runtime/datagram"
	"github.com/flowscope/fsd/runtime/datagram/wire"
	"github.com/flowscope/fsd/runtime/flow"
)

// beat is the message of a protocol made up for the example: four bytes of magic number, a sequence number that must
// not go backwards in one direction of a flow, and a name.
type beat struct {
	Sequence uint16
	Name     []byte // a view of the datagram
}

// AppendJSON makes beat a datagram.Message.
func (m *beat) AppendJSON(dst []byte) []byte {
	dst = strconv.AppendUint(append(dst, `{"sequence":`...), uint64(m.Sequence), 10)
	return append(wire.AppendText(append(dst, `,"name":`...), m.Name), '}')
}

// CloneMessage copies what is a view.
func (m *beat) CloneMessage() datagram.Message {
	return &beat{m.Sequence, append([]byte(nil), m.Name...)}
}

// The protocol's own poison reasons and fields, as a generated package would name them.
const (
	beatBackwards datagram.Reason = datagram.FirstReason + iota

	beatFieldSequence = 1
	beatFieldName     = 2
)

var beatProtocol = &datagram.Protocol{
	Desc: &datagram.Desc{
		Name:    "beat",
		Ports:   []datagram.PortRange{{First: 9000, Last: 9000}},
		Detect:  [][]datagram.Test{{{Width: 4, Mask: 0xffffffff, Op: datagram.Equal, Value: 0x62656174}}},
		Reasons: []datagram.ReasonDesc{{Name: "backwards", Doc: "a sequence number below the one before"}},
		Fields:  []string{"", "Beat.Sequence", "Beat.Name"},
		MinSize: 6, MaxSize: 38,
	},
	NewMessage: func() datagram.Message { return new(beat) },
	NewParser:  func() datagram.Parser { return new(beatParser) },
}

// beatParser is what the protocol remembers of one flow.
type beatParser struct {
	last [2]uint16
}

// ParseMessage makes beatParser a datagram.Parser.
func (p *beatParser) ParseMessage(b []byte, meta *datagram.Meta, m datagram.Message) datagram.Status {
	out := m.(*beat)
	switch {
	case meta.Wire > uint32(len(b)):
		// The capture holds only part of it: nothing can be said of the datagram.
		return datagram.Detail{Code: datagram.Truncated}.Status()
	case len(b) < 4 || binary.BigEndian.Uint32(b) != 0x62656174:
		// Not ours: another protocol may try.
		return datagram.Detail{Code: datagram.Reject}.Status()
	case len(b) < 6:
		return datagram.Detail{
			Code: datagram.Poison, Confirmed: true, Reason: datagram.Short,
			Field: beatFieldSequence, Offset: 4, Needed: 2, Got: uint32(len(b) - 4),
		}.Status()
	case len(b) > 38:
		return datagram.Detail{Code: datagram.Poison, Confirmed: true, Reason: datagram.Trailing, Field: beatFieldName, Offset: 38}.Status()
	}
	out.Sequence, out.Name = binary.BigEndian.Uint16(b[4:]), b[6:]
	done := datagram.Detail{Complete: true, Confirmed: true}
	if out.Sequence < p.last[meta.Side] {
		// The message is good in itself: it is delivered before the flow is closed.
		done.Code, done.Reason, done.Field, done.Offset = datagram.Poison, beatBackwards, beatFieldSequence, 4
	}
	p.last[meta.Side] = out.Sequence
	return done.Status()
}

// A parser written by hand: a message, a parser for the state of one flow, and a description.
func ExampleParser() {
	p := beatProtocol.NewParser()
	m := beatProtocol.NewMessage()
	for _, b := range []string{"beat\x00\x02one", "beat\x00\x01two", "beat\x00", "boat"} {
		status := p.ParseMessage([]byte(b), new(datagram.Meta), m)
		if status.Complete() {
			fmt.Printf("%s ", m.AppendJSON(nil))
		}
		fmt.Println(status.Err(beatProtocol.Desc))
	}
	// Output:
	// {"sequence":2,"name":"one"} <nil>
	// {"sequence":1,"name":"two"} beat: Beat.Sequence at byte 4: poison backwards
	// beat: Beat.Sequence at byte 4: poison short: 2 bytes needed, 1 left
	// beat at byte 0: reject
}

// source is what a driver loop reads from: it fills in the capture's half of a packet, and returns io.EOF at the end.
type source interface {
	Next(p *flow.Packet) error
}

// drive gives everything that a source has to a driver: one packet, used again for every frame.
func drive(src source, d *datagram.Driver) error {
	var p flow.Packet
	for {
		switch err := src.Next(&p); err {
		case nil:
			flow.Decode(&p)
			d.Track(&p)
		case io.EOF:
			d.Finish()
			return nil
		default:
			d.Finish()
			return err
		}
	}
}

// A driver over something that reads like a capture.
func ExampleDriver() {
	registry, err := datagram.NewRegistry(beatProtocol)
	if err != nil {
		fmt.Println(err)
		return
	}
	driver, err := datagram.NewDriver(registry.NewTable(), func(e *datagram.Event) {
		fmt.Print(e.Time, " ", e.Frame, " ", e.Kind, " ", e.Side)
		switch e.Kind {
		case datagram.EventMessage:
			fmt.Printf(" %s", e.Message.AppendJSON(nil))
		case datagram.EventAnomaly:
			fmt.Print(" ", e.Anomaly, " ", e.Reason)
		case datagram.EventClosed:
			fmt.Print(" ", e.End, " ", e.Stats.Packets)
		}
		fmt.Println()
	}, datagram.Options{Anomalies: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	frames := frameSource{
		udp(4000, 9000, "beat\x00\x05ping"),
		udp(-9000, 4000, "beat\x00\x01pong"),
		udp(4000, 9000, "beat\x00\x04ping"),
		udp(4000, 9000, "beat\x00\x04ping"),
	}
	if err := drive(&frames, driver); err != nil {
		fmt.Println(err)
	}
	fmt.Println(driver.Stats().Messages, "messages")
	// Output:
	// 2023-11-14T22:13:20Z 1 started initiator
	// 2023-11-14T22:13:20Z 1 message initiator {"sequence":5,"name":"ping"}
	// 2023-11-14T22:13:20Z 2 message responder {"sequence":1,"name":"pong"}
	// 2023-11-14T22:13:20Z 3 message initiator {"sequence":4,"name":"ping"}
	// 2023-11-14T22:13:20Z 3 anomaly initiator parse_error backwards
	// 2023-11-14T22:13:20Z 3 closed initiator parse_error [2 1]
	// 2023-11-14T22:13:20Z 4 started initiator
	// 2023-11-14T22:13:20Z 4 message initiator {"sequence":4,"name":"ping"}
	// 2023-11-14T22:13:20Z 0 closed initiator idle [1 0]
	// 4 messages
}

// frameSource is a capture of frames of the same second.
type frameSource [][]byte

// Next implements source.
func (s *frameSource) Next(p *flow.Packet) error {
	if len(*s) == 0 {
		return io.EOF
	}
	*p = flow.Packet{Time: at(0), Number: p.Number + 1, Frame: (*s)[0], Link: flow.LinkEthernet}
	*s = (*s)[1:]
	return nil
}
