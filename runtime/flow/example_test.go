package flow_test

import (
	"fmt"
	"time"

	"github.com/flowscope/fsd/runtime/flow"
)

// A DNS query and its answer, as a capture would hand them over, and then nothing for a minute.
func Example() {
	frames := [][]byte{
		[]byte("\x02\x00\x00\x00\x00\x02\x02\x00\x00\x00\x00\x01\x08\x00" +
			"\x45\x00\x00\x21\x00\x07\x00\x00\x40\x11\x00\x00\x0a\x00\x00\x01\x0a\x00\x00\x02" +
			"\x9c\x40\x00\x35\x00\x0d\x00\x00query"),
		[]byte("\x02\x00\x00\x00\x00\x01\x02\x00\x00\x00\x00\x02\x08\x00" +
			"\x45\x00\x00\x22\x00\x07\x00\x00\x40\x11\x00\x00\x0a\x00\x00\x02\x0a\x00\x00\x01" +
			"\x00\x35\x9c\x40\x00\x0e\x00\x00answer"),
	}
	tracker := flow.NewTracker[int](flow.Config{}) // the caller's state of a flow is an int: datagrams seen
	closed := func(e *flow.Ended[int]) {
		fmt.Println("closed", e.Reason, "after", e.User, "datagrams and", e.Stats.Bytes, "bytes by side")
	}

	p := &flow.Packet{Link: flow.LinkEthernet}
	for i, frame := range frames {
		p.Frame, p.WireLen, p.Number = frame, len(frame), uint64(i+1)
		p.Time = flow.FromUnix(1_700_000_000+int64(i), 0)
		if verdict := flow.Decode(p); verdict != flow.VerdictOK {
			fmt.Println("frame", p.Number, verdict)
		}
		step := tracker.Track(p)
		if step.Evicted != nil {
			closed(step.Evicted)
		}
		if step.New {
			key := step.Flow.Key()
			fmt.Println("started", key, key.CommunityID(0))
		}
		if step.Flow != nil && p.HasPayload {
			step.Flow.User++
			fmt.Printf("%s: %s\n", step.Side, p.Payload)
		}
		if step.Ended != nil {
			closed(step.Ended)
		}
	}
	tracker.Sweep(p.Time.Add(time.Minute), closed)
	tracker.Finish(closed)

	// Output:
	// started udp 10.0.0.1:40000 10.0.0.2:53 1:RXKURpyQITZU13SCYbIzaVPTxaQ=
	// initiator: query
	// responder: answer
	// closed idle after 2 datagrams and [47 48] bytes by side
}
