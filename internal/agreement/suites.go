package agreement

import (
	"errors"
	"fmt"
	"testing/fstest"

	"github.com/flowscope/fsd/dsl"
	"github.com/flowscope/fsd/dsl/ir"
	"github.com/flowscope/fsd/internal/agreement/suite"
	"github.com/flowscope/fsd/runtime/datagram"
)

// CompileRandom compiles the spec that RandomSpec writes, as NAME.fsd; nil if it does not compile.
func CompileRandom(name string, seed uint64) *ir.Protocol {
	p, _ := dsl.Compile(fstest.MapFS{name + dsl.Ext: {Data: []byte(RandomSpec(name, seed))}}, name+dsl.Ext)
	return p
}

// CompareRandom tries the generated parser of a random spec with n datagrams, and returns what differs first.
func CompareRandom(generated *datagram.Protocol, seed uint64, n int) error {
	s := NewSubject(CompileRandom(generated.Name, seed), generated)
	if err := s.Mutate(RandomSamples(seed, 1000), n, seed); err != nil {
		return fmt.Errorf("random spec of seed %d: %w\n%s", seed, err, RandomSpec(generated.Name, seed))
	}
	return nil
}

// CompileSuite compiles the spec of a suite, as NAME.fsd.
func CompileSuite(s *suite.Suite) (*ir.Protocol, error) {
	name := s.Name + dsl.Ext
	p, diagnostics := dsl.Compile(fstest.MapFS{name: {Data: s.Spec}}, name)
	if p == nil {
		return nil, fmt.Errorf("suite %s: %v", s.Name, diagnostics)
	}
	return p, nil
}

// CompareSuites tries generated parsers, by the name of their suite, with the cases of the suites and with mutations
// of their datagrams, and returns all that differs.
func CompareSuites(generated map[string]*datagram.Protocol, mutations int) error {
	suites, err := suite.All()
	if err != nil {
		return err
	}
	var all []error
	for _, s := range suites {
		p := generated[s.Name]
		if p == nil {
			continue
		}
		outcomes := s.Play(p)
		var seeds []Sample
		for i, c := range s.Cases() {
			if outcomes[i] != c.Want {
				all = append(all, fmt.Errorf("suite %s, line %d of the cases:\ngenerated: %s\nexpected:  %s", s.Name, c.Line, outcomes[i], c.Want))
			}
			seeds = append(seeds, Sample{c.Data, c.Meta})
		}
		spec, err := CompileSuite(s)
		if err == nil {
			err = NewSubject(spec, p).Mutate(seeds, mutations, 1)
		}
		all = append(all, err)
	}
	return errors.Join(all...)
}
