package eval

import "github.com/flowscope/fsd/dsl/ir"

// unescaped is where the first delimiter stands that is not behind an escape, -1 if there is none.
func unescaped(b []byte, delim, escape byte) int {
	skip := false
	for i, c := range b {
		switch {
		case skip:
			skip = false
		case c == delim:
			return i
		case c == escape:
			skip = true
		}
	}
	return -1
}

// escapedRun finds the longest run of bytes of a class and of pairs of an escape and any byte.
func escapedRun(t *ir.BytesType) func(r *run, f *frame) (size, behind int, ok bool) {
	return func(r *run, f *frame) (int, int, bool) {
		b := r.data[f.off:f.end]
		if t.Max >= 0 && int64(len(b)) > t.Max {
			b = b[:t.Max]
		}
		n := 0
		for n < len(b) {
			step := 0
			if t.Class.Has(b[n]) {
				step = 1
			} else if b[n] == t.Escape && n+1 < len(b) {
				step = 2
			}
			if step == 0 {
				break
			}
			n += step
		}
		return n, 0, true
	}
}
