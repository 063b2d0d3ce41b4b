package eval

import "github.com/flowscope/fsd/dsl/ir"

// ahead makes a look at the bytes ahead ready. Where there is no Or, the ir has a condition in front that they are there.
func (s *scope) ahead(e *ir.Peek) func(r *run, f *frame) []byte {
	return func(r *run, f *frame) []byte {
		at := f.off + int(e.Ahead)
		if e.End {
			at = f.end - e.Width - int(e.Ahead)
		}
		return r.data[at:f.end][:e.Width]
	}
}

func (s *scope) peek(e *ir.Peek) expr {
	bytes := s.ahead(e)
	little := false
	switch t := e.Type.(type) {
	case *ir.IntType:
		little = t.Little
	case *ir.Enum:
		little = t.Int.Little
	default:
		panic(fault(s.name, "%T cannot be looked at", t))
	}
	or := func(*run, *frame) uint64 { panic(fault(s.name, "what is looked at is not there")) }
	if e.Or != nil {
		or = s.expr(e.Or)
	}
	return func(r *run, f *frame) uint64 {
		if int64(f.left()) < e.Need() {
			return or(r, f)
		}
		return unsigned(bytes(r, f), little)
	}
}
