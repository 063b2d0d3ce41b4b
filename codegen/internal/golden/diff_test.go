// Package golden holds what the generator made of the samples, as packages that are compiled and tested like any
// other. Its own tests compare them with the interpreter.
package golden

import (
	"bytes"
	"encoding/hex"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/flowscope/fsd/codegen/internal/golden/names"
	"github.com/flowscope/fsd/codegen/internal/golden/sink"
	"github.com/flowscope/fsd/codegen/internal/golden/talk"
	"github.com/flowscope/fsd/codegen/internal/samples"
	"github.com/flowscope/fsd/dsl"
	"github.com/flowscope/fsd/dsl/eval"
	"github.com/flowscope/fsd/dsl/ir"
	"github.com/flowscope/fsd/generated/all"
	"github.com/flowscope/fsd/runtime/datagram"
	"github.com/flowscope/fsd/runtime/datagram/vector"
	"github.com/flowscope/fsd/runtime/flow"
)

// rounds is how many datagrams are compared for each protocol.
const rounds = 20000

func TestSamplesAgreeWithTheInterpreter(t *testing.T) {
	t.Run("names", func(t *testing.T) { compare(t, samples.Names(), names.Protocol) })
	t.Run("sink", func(t *testing.T) { compare(t, samples.Sink(), sink.Protocol) })
	t.Run("talk", func(t *testing.T) { compare(t, samples.Talk(), talk.Protocol) })
}

func TestProtocolsAgreeWithTheInterpreter(t *testing.T) {
	for _, p := range all.Protocols() {
		t.Run(p.Name, func(t *testing.T) {
			spec, diags := dsl.Compile(os.DirFS("../../../protocols"), p.Name+".fsd")
			require.NotNil(t, spec, "%v", diags)
			compare(t, spec, p)
		})
	}
}

// compare gives the same datagrams, the vectors of the spec and mutations of them, to a generated parser and to the
// interpreter, in flows of some datagrams each, and wants the same status and the same message.
func compare(t *testing.T, spec *ir.Protocol, p *datagram.Protocol) {
	var seeds []ir.TestStep
	for _, v := range spec.Tests {
		seeds = append(seeds, v.Steps...)
	}
	require.NotEmpty(t, seeds)
	q := eval.New(spec)
	rnd := rand.New(rand.NewPCG(1, 2))
	gm, em := p.NewMessage(), q.NewMessage()
	var gp, ep datagram.Parser
	codes := map[datagram.Code]int{}
	for i := range rounds {
		if i%8 == 0 {
			gp, ep = p.NewParser(), q.NewParser()
		}
		s := seeds[rnd.IntN(len(seeds))]
		b := mutate(rnd, s.Datagram, seeds)
		from := flow.Initiator
		if (s.From == ir.Responder) != (rnd.IntN(8) == 0) {
			from = flow.Responder
		}
		meta := vector.Meta(from, s.Port)
		if rnd.IntN(50) == 0 {
			meta.Wire = uint32(len(b) + rnd.IntN(3))
		}
		got := gp.ParseMessage(b, &meta, gm)
		want := ep.ParseMessage(b, &meta, em)
		if got != want {
			t.Fatalf("datagram %s from %v port %d\ngenerated:   %s %+v\ninterpreter: %s %+v", hex.EncodeToString(b), from, s.Port,
				p.FieldName(got.Field()), got, q.FieldName(want.Field()), want)
		}
		codes[got.Code()]++
		if !got.Complete() {
			continue
		}
		gj, ej := gm.AppendJSON(nil), em.AppendJSON(nil)
		if !bytes.Equal(gj, ej) {
			t.Fatalf("datagram %s\ngenerated:   %s\ninterpreter: %s", hex.EncodeToString(b), gj, ej)
		}
		if i%16 == 0 {
			require.Equal(t, string(gj), string(gm.CloneMessage().AppendJSON(nil)))
		}
	}
	t.Log(codes)
	require.NotZero(t, codes[datagram.OK])
}

// mutate changes a datagram a little: bits, bytes, its end, a part of another.
func mutate(rnd *rand.Rand, seed []byte, seeds []ir.TestStep) []byte {
	b := bytes.Clone(seed)
	for range rnd.IntN(4) {
		if len(b) == 0 {
			b = append(b, byte(rnd.Uint32()))
			continue
		}
		at := rnd.IntN(len(b))
		switch rnd.IntN(7) {
		case 0:
			b[at] ^= 1 << rnd.IntN(8)
		case 1:
			b[at] = byte(rnd.Uint32())
		case 2:
			b = b[:at]
		case 3:
			b = append(b, make([]byte, rnd.IntN(20))...)
		case 4:
			b[at] = byte(rnd.IntN(8))
		case 5:
			b = append(b[:at:at], b[min(at+1+rnd.IntN(3), len(b)):]...)
		case 6:
			other := seeds[rnd.IntN(len(seeds))].Datagram
			if len(other) > 0 {
				from := rnd.IntN(len(other))
				b = append(b[:at:at], append(bytes.Clone(other[from:]), b[at:]...)...)
			}
		}
	}
	return b
}
