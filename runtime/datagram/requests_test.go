package datagram_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/flowscope/fsd/runtime/datagram"
	"github.com/flowscope/fsd/runtime/flow"
	"github.com/stretchr/testify/require"
)

// callParser takes "q1" for request 1 and "a1" for its reply, and "bad" for poison.
type callParser struct{}

func (callParser) ParseMessage(b []byte, _ *datagram.Meta, m datagram.Message) datagram.Status {
	m.(*textMessage).text = b
	s := datagram.Detail{Complete: true, Confirmed: true, PairKey: uint64(b[len(b)-1])}
	switch b[0] {
	case 'q':
		s.Pair = 1
	case 'a':
		s.Pair = 2
	case 'b':
		return datagram.Detail{Code: datagram.Poison, Confirmed: true, Reason: reasonBad}.Status()
	}
	return s.Status()
}

func callProtocol(port uint16) *datagram.Protocol {
	return &datagram.Protocol{
		Desc: &datagram.Desc{
			Name: "calls", Ports: []datagram.PortRange{{First: port, Last: port}}, Reasons: []datagram.ReasonDesc{{Name: "bad"}},
			Pairs: []datagram.PairDesc{{Name: "calls", Max: 2, Expire: 5 * time.Second}},
		},
		NewMessage: func() datagram.Message { return new(textMessage) },
		NewParser:  func() datagram.Parser { return callParser{} },
		Stateless:  true,
	}
}

// calls plays datagrams "seconds side text" and returns what was told of requests and replies.
func calls(t *testing.T, o datagram.Options, datagrams ...string) []string {
	reg, err := datagram.NewRegistry(callProtocol(7))
	require.NoError(t, err)
	var told []string
	o.Anomalies = true
	d, err := datagram.NewDriver(reg.NewTable(), func(e *datagram.Event) {
		switch {
		case e.Kind == datagram.EventMessage && e.Answers != 0:
			told = append(told, fmt.Sprintf("%d answers %d after %v", e.Frame, e.Answers, e.Latency))
		case e.Kind == datagram.EventAnomaly && e.Anomaly != datagram.AnomalyParseError:
			told = append(told, fmt.Sprintf("%d %v %s %v %v:%d", e.Frame, e.Anomaly, e.Reason, e.Side, e.Src, e.SrcPort))
		case e.Kind == datagram.EventClosed:
			told = append(told, "closed")
		}
	}, o)
	require.NoError(t, err)
	for i, text := range datagrams {
		var seconds float64
		var side, payload string
		_, err := fmt.Sscan(text, &seconds, &side, &payload)
		require.NoError(t, err)
		from, to, src, dst := 4000, 7, "10.0.0.1", "10.0.0.2"
		if side == "r" {
			from, to, src, dst = to, from, dst, src
		}
		p := &flow.Packet{Time: at(seconds), Frame: ip4(src, dst, flow.ProtoUDP, 0, segment(from, to, payload)), Number: uint64(i + 1), Link: flow.LinkEthernet}
		flow.Decode(p)
		d.Track(p)
	}
	d.Finish()
	require.Zero(t, d.ParserStates())
	return told
}

func TestAReplyTellsItsRequestAndHowLongItTook(t *testing.T) {
	require.Equal(t, []string{"2 answers 1 after 250ms", "4 answers 3 after 1s", "5 answers 3 after 2s", "closed"},
		calls(t, datagram.Options{}, "1 i q1", "1.25 r a1", "2 i q2", "3 r a2", "4 r a2"))
}

func TestRequestsWithoutAReplyAreTold(t *testing.T) {
	require.Equal(t, []string{
		"1 unanswered calls initiator 10.0.0.1:4000", // when the next datagram of the flow comes, 6 seconds later
		"4 answers 2 after 5s",                       // sent again: the first counts
		"5 unsolicited calls responder 10.0.0.2:7",
		"6 unsolicited calls initiator 10.0.0.1:4000",
		"7 unanswered calls responder 10.0.0.2:7", // when the flow ends
		"closed",
	}, calls(t, datagram.Options{}, "1 i q1", "3 i q2", "7 i q2", "8 r a2", "8 r a3", "8 i a2", "9 r q9"))
}

func TestARequestBehindAGapOfTheCaptureWaitsForItsReply(t *testing.T) {
	// The flow itself goes on only because it is asked to.
	o := datagram.Options{Flow: flow.Config{IdleUDP: flow.Never}}
	require.Equal(t, []string{"2 answers 1 after 250ms", "4 answers 3 after 250ms", "5 answers 3 after 1s", "closed"},
		calls(t, o, "1 i q1", "1.25 r a1", "300 i q2", "300.25 r a2", "301 r a2"))
}

func TestOldestRequestIsForgottenAndAPoisonEndsTheOthers(t *testing.T) {
	require.Equal(t, []string{"4 unsolicited calls responder 10.0.0.2:7", "2 unanswered calls initiator 10.0.0.1:4000", "3 unanswered calls initiator 10.0.0.1:4000", "closed"},
		calls(t, datagram.Options{}, "1 i q1", "1 i q2", "1 i q3", "2 r a1", "3 i bad"))
}

func TestPairingAllocatesNothing(t *testing.T) {
	reg, err := datagram.NewRegistry(callProtocol(7))
	require.NoError(t, err)
	d, err := datagram.NewDriver(reg.NewTable(), func(*datagram.Event) {}, datagram.Options{Anomalies: true})
	require.NoError(t, err)
	var q, a flow.Packet
	n := 0
	step := func() {
		n++
		q = flow.Packet{Time: at(float64(n)), Frame: q.Frame, Number: 1, Link: flow.LinkEthernet}
		a = flow.Packet{Time: at(float64(n)), Frame: a.Frame, Number: 2, Link: flow.LinkEthernet}
		flow.Decode(&q)
		d.Track(&q)
		flow.Decode(&a)
		d.Track(&a)
	}
	q.Frame = ip4("10.0.0.1", "10.0.0.2", flow.ProtoUDP, 0, segment(4000, 7, "q1"))
	a.Frame = ip4("10.0.0.2", "10.0.0.1", flow.ProtoUDP, 0, segment(7, 4000, "a1"))
	for range 10 {
		step()
	}
	require.Zero(t, testing.AllocsPerRun(100, step))
}

// What a capture that began in the middle shows first is a reply: its content says so where its ports do not.
func TestCorrectRolesByWhatTheFirstDatagramSays(t *testing.T) {
	for _, c := range []struct {
		payloads string
		correct  bool
		sides    []flow.Side
		flipped  bool
	}{
		{"a1 q2 a2", true, []flow.Side{flow.Responder, flow.Initiator, flow.Responder}, true},
		{"a1 q2 a2", false, []flow.Side{flow.Initiator, flow.Responder, flow.Initiator}, false},
		{"q1 a1 q2", true, []flow.Side{flow.Initiator, flow.Responder, flow.Initiator}, false},
	} {
		reg, err := datagram.NewRegistry(callProtocol(7))
		require.NoError(t, err)
		var sides []flow.Side
		d, err := datagram.NewDriver(reg.NewTable(), func(e *datagram.Event) {
			if e.Kind == datagram.EventMessage {
				sides = append(sides, e.Side)
			}
			if e.Kind == datagram.EventClosed {
				require.Equal(t, c.flipped, e.Stats.Flipped)
			}
		}, datagram.Options{CorrectRoles: c.correct})
		require.NoError(t, err)
		for i, payload := range strings.Fields(c.payloads) {
			// Both ports are the protocol's: they say nothing.
			src, dst := "10.0.0.1", "10.0.0.2"
			if i%2 == 1 {
				src, dst = dst, src
			}
			p := &flow.Packet{Time: at(float64(i)), Frame: ip4(src, dst, flow.ProtoUDP, 0, segment(7, 7, payload)), Number: uint64(i + 1), Link: flow.LinkEthernet}
			flow.Decode(p)
			d.Track(p)
		}
		d.Finish()
		require.Equal(t, c.sides, sides, c.payloads)
	}
}

// Flows that asked, were answered and say nothing more until they are idle: what was kept of their requests is used
// again once a reply would be unsolicited.
func TestRequestsOfSilentFlowsAreForgotten(t *testing.T) {
	reg, err := datagram.NewRegistry(callProtocol(7))
	require.NoError(t, err)
	var unsolicited int
	d, err := datagram.NewDriver(reg.NewTable(), func(e *datagram.Event) {
		if e.Kind == datagram.EventAnomaly {
			unsolicited++
		}
	}, datagram.Options{Anomalies: true, Flow: flow.Config{IdleUDP: flow.Never}})
	require.NoError(t, err)
	play := func(flowNumber int, seconds float64, reply bool) {
		src, dst, from, to, payload := fmt.Sprintf("10.0.%d.%d", flowNumber>>8, flowNumber&255), "10.1.0.1", 4000, 7, "q1"
		if reply {
			src, dst, from, to, payload = dst, src, to, from, "a1"
		}
		p := &flow.Packet{Time: at(seconds), Frame: ip4(src, dst, flow.ProtoUDP, 0, segment(from, to, payload)), Link: flow.LinkEthernet}
		flow.Decode(p)
		d.Track(p)
	}
	const flows = 20000
	for i := range flows {
		play(i, float64(i)/1000, false)
		play(i, float64(i)/1000, true)
	}
	require.Zero(t, unsolicited)
	require.Less(t, datagram.RequestsKept(d), 8000, "5 seconds of 1000 a second, and what takes a while to come round")
	play(flows-1, flows/1000, true) // it may come again
	require.Zero(t, unsolicited)
	play(0, flows/1000, true)
	require.Equal(t, 1, unsolicited)
}
