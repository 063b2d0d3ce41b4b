package eval

import "github.com/flowscope/fsd/dsl/ir"

// match makes the value of a text ready.
func (s *scope) match(e *ir.Match) expr {
	fold := func(b []byte) string { return string(b) }
	if e.Enum.NoCase {
		fold = func(b []byte) string {
			small := make([]byte, len(b))
			for i, c := range b {
				if 'A' <= c && c <= 'Z' {
					c |= 0x20
				}
				small[i] = c
			}
			return string(small)
		}
	}
	values := map[string]uint64{}
	for _, v := range e.Enum.Values {
		for _, t := range v.Texts {
			values[fold([]byte(t))] = v.Value
		}
	}
	of := s.bytes(e.Of)
	return func(r *run, f *frame) uint64 { return values[fold(of(r, f))] }
}
