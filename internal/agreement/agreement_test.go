package agreement

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/flowscope/fsd/dsl"
	"github.com/flowscope/fsd/generated/all"
	"github.com/flowscope/fsd/runtime/datagram"
	"github.com/flowscope/fsd/runtime/datagram/vector"
	"github.com/flowscope/fsd/runtime/flow"
)

// How many datagrams of captures are compared for each protocol, and how many of them are mutated.
const (
	maxCaptured = 20000
	maxSeeds    = 400
)

// subjects returns the protocols in generated/all.
func subjects(t testing.TB) []Subject {
	t.Helper()
	var list []Subject
	for _, p := range all.Protocols() {
		spec, diagnostics := dsl.Compile(os.DirFS("../../protocols"), p.Name+".fsd")
		require.NotNil(t, spec, "%v", diagnostics)
		list = append(list, NewSubject(spec, p))
	}
	require.NotEmpty(t, list)
	return list
}

// each runs a test for each protocol.
func each(t *testing.T, test func(t *testing.T, s Subject)) {
	for _, s := range subjects(t) {
		t.Run(s.Spec.Name, func(t *testing.T) { test(t, s) })
	}
}

// captured returns the flows of the captures of the project, and of those beside it if they are there.
func captured(t testing.TB, s Subject) []Flow {
	t.Helper()
	flows, err := s.Captured("../../testdata/captures/*", true, maxCaptured)
	require.NoError(t, err)
	// A version of a protocol, such as netflow5, has its captures among those of all versions.
	name := s.Spec.Name
	for _, folder := range slices.Compact([]string{name, strings.TrimRight(name, "0123456789")}) {
		more, err := s.Captured("../../../shared/captures/"+folder+"/*", false, maxCaptured)
		require.NoError(t, err)
		flows = append(flows, more...)
	}
	return flows
}

func compareFlow(t testing.TB, p *Pair, f []Sample, where string) {
	t.Helper()
	p.NextFlow()
	for i, d := range f {
		if err := p.Compare(d); err != nil {
			require.FailNowf(t, "they differ", "%s, datagram %d: %v", where, i, err)
		}
	}
}

func TestGeneratedCodeIsOfTheSpecsAsTheyAre(t *testing.T) {
	each(t, func(t *testing.T, s Subject) {
		require.Equal(t, undocumented(s.Interpreted.Desc), undocumented(s.Generated.Desc), "generated/%s is not of this spec: run go generate ./generated", s.Spec.Name)
		require.Equal(t, s.Interpreted.Stateless, s.Generated.Stateless)
		require.Equal(t, s.Interpreted.Tentative, s.Generated.Tentative)
	})
}

// undocumented returns d without the comments of the spec, which the generator shows in a form of its own.
func undocumented(d *datagram.Desc) *datagram.Desc {
	c := *d
	c.Doc = ""
	c.Reasons, c.Notes = slices.Clone(d.Reasons), slices.Clone(d.Notes)
	for i := range c.Reasons {
		c.Reasons[i].Doc = ""
	}
	for i := range c.Notes {
		c.Notes[i].Doc = ""
	}
	return &c
}

func TestTheyAgreeOnTheSpecsVectors(t *testing.T) {
	each(t, func(t *testing.T, s Subject) {
		require.NotEmpty(t, s.Spec.Tests)
		p := s.NewPair()
		for i, steps := range s.Vectors() {
			compareFlow(t, p, steps, s.Spec.Tests[i].Name)
		}
	})
}

func TestTheyAgreeOnEveryPrefixOfTheVectors(t *testing.T) {
	each(t, func(t *testing.T, s Subject) {
		p := s.NewPair()
		for i, steps := range s.Vectors() {
			d := steps[len(steps)-1]
			data := d.Data
			for n := 0; n <= len(data); n += 1 + len(data)/1024 {
				d.Data, d.Meta.Wire = data[:n:n], 0
				compareFlow(t, p, []Sample{d}, fmt.Sprint(s.Spec.Tests[i].Name, " short of ", len(data)-n))
				d.Meta.Wire = uint32(len(data))
				compareFlow(t, p, []Sample{d}, fmt.Sprint(s.Spec.Tests[i].Name, " cut by ", len(data)-n))
			}
		}
	})
}

func TestTheyAgreeOnCaptures(t *testing.T) {
	each(t, func(t *testing.T, s Subject) {
		flows := captured(t, s)
		if len(flows) == 0 {
			t.Skip("no capture of this protocol is at hand")
		}
		p := s.NewPair()
		n := 0
		for i, f := range flows {
			compareFlow(t, p, f, fmt.Sprint("flow ", i))
			n += len(f)
		}
		t.Logf("%d datagrams in %d flows", n, len(flows))
	})
}

// mutations is how many mutated datagrams each protocol is tried with. FSD_MUTATIONS sets it, and another number
// gives other datagrams.
func mutations(t testing.TB) int {
	n := 20000
	if testing.Short() {
		n = 2000
	}
	if text := os.Getenv("FSD_MUTATIONS"); text != "" {
		var err error
		n, err = strconv.Atoi(text)
		require.NoError(t, err)
	}
	return n
}

func TestTheyAgreeOnMutatedDatagrams(t *testing.T) {
	n := mutations(t)
	each(t, func(t *testing.T, s Subject) {
		t.Parallel()
		var seeds []Sample
		for _, steps := range s.Vectors() {
			seeds = append(seeds, steps...)
		}
		var real []Sample
		for _, f := range captured(t, s) {
			real = append(real, f[:min(len(f), 4)]...)
		}
		for i := 0; i < len(real); i += 1 + len(real)/maxSeeds {
			seeds = append(seeds, real[i])
		}
		require.NoError(t, s.Mutate(seeds, n, uint64(n)))
	})
}

func FuzzTheyAgree(f *testing.F) {
	list := subjects(f)
	for i, s := range list {
		for _, steps := range s.Vectors() {
			d := steps[len(steps)-1]
			f.Add(uint8(i), d.Meta.Side == flow.Responder, d.Meta.Port(), d.Data)
		}
	}
	f.Fuzz(func(t *testing.T, which uint8, reply bool, port uint16, data []byte) {
		side := flow.Initiator
		if reply {
			side = flow.Responder
		}
		d := Sample{data, vector.Meta(side, port)}
		cut := Sample{data[:len(data)/2], d.Meta}
		compareFlow(t, list[int(which)%len(list)].NewPair(), []Sample{d, cut, d}, "fuzzed")
	})
}
