package datagram_test

import (
	"testing"

	"github.com/flowscope/fsd/runtime/datagram"
	"github.com/flowscope/fsd/runtime/flow"
)

// FuzzDriver gives frames made of fuzzed bytes to a small driver: whole frames, and payloads of flows that meet often.
// Nothing panics, and the books balance after every frame.
func FuzzDriver(f *testing.F) {
	f.Add(uint8(0), []byte("\x07ok\x08bad\x01no\x17expect\x27last"))
	f.Add(uint8(1), []byte("\x02doubt\x02half\x02size 12345\x02ok\x12note"))
	f.Add(uint8(0x12), []byte("\xffok\x03only a\x03only b\x03onlydoubt b"))
	f.Add(uint8(0x0f), udp(4000, 7, "ok"))
	f.Fuzz(func(t *testing.T, how uint8, data []byte) {
		x := expecting("a", 7, datagram.Expectation{From: flow.Side(how >> 3 & 1), Port: uint16(how&1) * 7, Within: 1e9})
		stateless := detects(protocol("b", 7, 8), 'o')
		stateless.Stateless = true
		o := datagram.Options{
			Policy:      datagram.Policy(how % 3),
			PoisonAfter: int(how >> 6),
			Anomalies:   how&4 != 0,
			Flow:        flow.Config{MaxFlows: 3, Monotonic: how&8 != 0},
		}
		if how&16 != 0 {
			o.Dedup = flow.NewDedup(1e6, 4)
		}
		w := newWorld(t, o, x, stateless, detects(protocol("c"), 'o'))
		seconds := 0.0
		w.give(seconds, data)
		for len(data) > 0 {
			control := data[0]
			n := min(int(control&15), len(data)-1)
			payload := string(data[1 : 1+n])
			data = data[1+n:]
			seconds += float64(control>>6) * 13
			from, to := 4000+int(control>>4&1), 7+int(control>>5&1)
			if control&2 != 0 {
				from, to = -to, from
			}
			if control == 0xff {
				seconds -= 1e6
			}
			w.udp(seconds, from, to, payload)
			if started := len(w.kept); started > 4096 {
				break
			}
		}
		w.d.Finish()
		w.balanced()
		if n := w.d.ParserStates(); n != 0 {
			t.Fatalf("%d parser states outlived their flows", n)
		}
		if s := w.d.Stats(); s.Started != s.ClosedTotal() {
			t.Fatalf("%d flows started, %d closed", s.Started, s.ClosedTotal())
		}
	})
}
