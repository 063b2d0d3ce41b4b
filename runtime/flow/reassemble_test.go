package flow

import (
	"bytes"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// frag4 and frag6 are one fragment of an IP payload: bytes [from, to).
func frag4(id int, body []byte, from, to int) []byte {
	frag := from / 8
	if to < len(body) {
		frag |= 0x2000
	}
	f := ip4("10.0.0.1", "10.0.0.2", ProtoUDP, frag, body[from:to])
	copy(f[4:], be16(id))
	return ether(0x0800, f)
}

func frag6(id int, body []byte, from, to int) []byte {
	at := from
	if to < len(body) {
		at |= 1
	}
	return ether(0x86dd, ip6("2001:db8::1", "2001:db8::2", ProtoFragment, cat([]byte{ProtoUDP, 0}, be16(at), be32(uint32(id)), body[from:to])))
}

func bigDatagram(n int) []byte {
	payload := make([]byte, n)
	for i := range payload {
		payload[i] = byte(i * 7)
	}
	return udpSeg(1000, 53, payload)
}

func TestReassemblyInAnyOrder(t *testing.T) {
	body := bigDatagram(3000)
	rng := rand.New(rand.NewPCG(1, 1))
	for name, frag := range map[string]func(int, []byte, int, int) []byte{"v4": frag4, "v6": frag6} {
		r := NewReassembler(ReassemblyConfig{})
		for id := range 200 {
			var frames [][]byte
			for from := 0; from < len(body); {
				to := min(len(body), from+8*(1+rng.IntN(100)))
				frames = append(frames, frag(id, body, from, to))
				from = to
			}
			rng.Shuffle(len(frames), func(i, j int) { frames[i], frames[j] = frames[j], frames[i] })
			// Repetitions change nothing.
			if len(frames) > 1 {
				frames = append(frames[:1], frames...)
			}
			for i, f := range frames {
				p := packet(at(float64(id)), f)
				whole := r.Add(p)
				require.Equal(t, i == len(frames)-1, whole, name)
				require.Equal(t, !whole, p.Fragment)
				if whole {
					require.Equal(t, VerdictOK, p.Verdict)
					require.True(t, p.HasPayload)
					require.Equal(t, body[8:], p.Payload)
					require.Equal(t, 3000, p.PayloadWire)
					require.EqualValues(t, 1000, p.SrcPort)
					require.EqualValues(t, 53, p.DstPort)
					require.Equal(t, UDP, p.L4())
				} else {
					require.False(t, p.HasPayload)
				}
			}
		}
		n, mem := r.Pending()
		require.Zero(t, n+mem)
		require.EqualValues(t, 200, r.Stats().Datagrams)
	}
}

func TestReassemblyRefusesWhatIsSuspect(t *testing.T) {
	body := bigDatagram(100) // 108 bytes
	evil := bytes.Clone(body)
	evil[20] ^= 1
	cut := packet(at(0), frag4(1, body, 0, 64))
	cut.fragment = cut.fragment[:len(cut.fragment)-4]
	odd := packet(at(0), frag4(1, body, 0, 63))
	empty := packet(at(0), frag4(1, body, 64, 64))
	beyond := packet(at(0), frag4(1, body, 0, 64))
	beyond.FragmentOffset = 65520
	p := func(b []byte, from, to int) *Packet { return packet(at(0), frag4(1, b, from, to)) }
	for name, packets := range map[string][]*Packet{
		"the same place with other bytes": {p(body, 0, 64), p(evil, 0, 64)},
		"overlap behind":                  {p(body, 0, 64), p(body, 56, 80)},
		"overlap before":                  {p(body, 32, 64), p(body, 0, 40)},
		"overlap around":                  {p(body, 32, 64), p(body, 24, 80)},
		"same start, other end":           {p(body, 0, 64), p(body, 0, 72)},
		"two ends":                        {p(body, 64, 108), p(body[:104], 96, 104)},
		"beyond the end":                  {p(body[:64], 32, 64), p(body, 64, 80)},
		"an end before what is there":     {p(body, 64, 80), p(body[:40], 32, 40)},
		"an end that others follow":       {p(body[:64], 32, 64), p(body, 32, 64)},
		"cut by the capture":              {cut},
		"not a multiple of 8":             {odd},
		"empty":                           {empty},
		"longer than a packet can be":     {beyond},
	} {
		r := NewReassembler(ReassemblyConfig{})
		for _, f := range packets {
			require.False(t, r.Add(f), name)
		}
		require.EqualValues(t, 1, r.Stats().Refused, name)
		// Nothing more comes of it, until its time has passed.
		for _, f := range []*Packet{p(body, 0, 64), p(body, 64, 108)} {
			require.False(t, r.Add(f), name)
		}
		n, mem := r.Pending()
		require.Equal(t, 1, n, name)
		require.Equal(t, fragmentCost, mem, name)
		for sec := 5.0; sec <= 35; sec += 5 {
			r.Add(packet(at(sec), frag4(2, body, 0, 64)))
		}
		require.False(t, r.Add(packet(at(35), frag4(1, body, 0, 64))), name)
		require.True(t, r.Add(packet(at(35), frag4(1, body, 64, 108))), name)
		require.EqualValues(t, 1, r.Stats().Refused, name)
	}
}

func TestReassemblyIsBounded(t *testing.T) {
	body := bigDatagram(60000)
	r := NewReassembler(ReassemblyConfig{Memory: 100_000, Datagrams: 20})
	for id := range 10_000 {
		for from := 0; from < 8000; from += 1000 {
			r.Add(packet(at(0), frag4(id, body, from, from+1000)))
			n, mem := r.Pending()
			require.LessOrEqual(t, n, 20)
			require.LessOrEqual(t, mem, 100_000)
		}
	}
	require.NotZero(t, r.Stats().NoRoom)

	r = NewReassembler(ReassemblyConfig{})
	for i := range maxFragments + 1 {
		r.Add(packet(at(0), frag4(1, body, i*16, i*16+8)))
	}
	require.EqualValues(t, 1, r.Stats().Refused, "one fragment too many")

	r = NewReassembler(ReassemblyConfig{Timeout: time.Second})
	r.Add(packet(at(0), frag4(1, body, 0, 800)))
	r.Add(packet(at(1), frag4(2, body, 0, 800)))
	n, _ := r.Pending()
	require.Equal(t, 1, n)
	require.EqualValues(t, 1, r.Stats().TimedOut)
	require.False(t, r.Add(packet(at(1e9), frag4(3, body, 0, 800))))
	n, _ = r.Pending()
	require.Equal(t, 2, n, "one wild time stamp gives up nothing")
}

func TestATrickleOfFragmentsDoesNotKeepADatagramAlive(t *testing.T) {
	body := bigDatagram(1000)
	r := NewReassembler(ReassemblyConfig{})
	for i := range 6 {
		r.Add(packet(at(float64(i*9)), frag4(1, body, i*8, i*8+8)))
	}
	require.EqualValues(t, 1, r.Stats().TimedOut, "the time counts from the first fragment")
}

func TestReassemblyKeepsDatagramsApart(t *testing.T) {
	body := bigDatagram(100)
	first, last := frag4(1, body, 0, 64), frag4(1, body, 64, 108)
	tagged := cat(last[:12], be16(0x8100), vlan(5, 0x0800, last[14:]))
	other := bytes.Clone(last)
	other[29]++ // another source
	proto := bytes.Clone(last)
	proto[23] = 6
	r := NewReassembler(ReassemblyConfig{})
	for _, f := range [][]byte{first, frag4(2, body, 64, 108), tagged, other, proto} {
		require.False(t, r.Add(packet(at(0), f)))
	}
	require.True(t, r.Add(packet(at(0), last)))
	whole := packet(at(0), client(0))
	require.False(t, r.Add(whole), "what is no fragment is left alone")
	require.True(t, whole.HasPayload)
}

func TestReassembledRubbishHasAVerdict(t *testing.T) {
	body := bigDatagram(100)
	copy(body[4:], be16(3))
	r := NewReassembler(ReassemblyConfig{})
	r.Add(packet(at(0), frag4(1, body, 0, 64)))
	p := packet(at(0), frag4(1, body, 64, 108))
	require.True(t, r.Add(p))
	require.Equal(t, VerdictBadLength, p.Verdict)
	require.False(t, p.HasPayload)
	require.False(t, p.Fragment)
}

func TestReassemblyAllocatesNothingInSteadyState(t *testing.T) {
	body := bigDatagram(3000)
	frames := [][]byte{frag4(1, body, 0, 1480), frag4(1, body, 1480, 2960), frag4(1, body, 2960, 3008)}
	r := NewReassembler(ReassemblyConfig{})
	p := &Packet{Link: LinkEthernet}
	once := func() {
		for _, p.Frame = range frames {
			Decode(p)
			r.Add(p)
		}
	}
	once()
	require.Zero(t, testing.AllocsPerRun(100, once))
}

func FuzzReassembler(f *testing.F) {
	f.Add([]byte{0, 8, 1, 8, 8, 0}, []byte("0123456789abcdef"))
	f.Add([]byte{8, 8, 0, 0, 8, 1}, []byte("0123456789abcdef"))
	f.Fuzz(func(t *testing.T, cuts, data []byte) {
		r := NewReassembler(ReassemblyConfig{Memory: 4096, Datagrams: 4})
		for len(cuts) >= 3 {
			from := min(int(cuts[0]), len(data))
			to := min(from+int(cuts[1]), len(data))
			p := &Packet{
				Verdict: VerdictOK, Fragment: true, Proto: ProtoUDP, IPVersion: 4, MoreFragments: cuts[2]&1 != 0,
				FragmentID: uint32(cuts[2] >> 4), FragmentOffset: int32(from), FragmentWire: int32(to - from),
				Frame: data, fragment: data[from:to],
			}
			if r.Add(p) {
				// Every byte comes from where it belongs.
				if len(r.whole) > len(data) || !bytes.Equal(r.whole, data[:len(r.whole)]) {
					t.Fatalf("%q from %q", r.whole, data)
				}
			}
			if n, mem := r.Pending(); n > 4 || mem > 4096 || mem < n*fragmentCost {
				t.Fatal(n, mem)
			}
			cuts = cuts[3:]
		}
	})
}

func TestFragmentsBehindAGapOfTheCaptureBelongTogether(t *testing.T) {
	body := bigDatagram(3000)
	r := NewReassembler(ReassemblyConfig{})
	for i, start := range []float64{0, 20 * 86400, 60 * 86400} {
		require.False(t, r.Add(packet(at(start), frag6(i, body, 0, 1440))))
		require.False(t, r.Add(packet(at(start+0.1), frag6(i, body, 1440, 2880))))
		require.True(t, r.Add(packet(at(start+0.2), frag6(i, body, 2880, len(body)))), "start %v", start)
	}
	require.Zero(t, r.Stats().TimedOut)
}
