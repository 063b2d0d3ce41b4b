package plan

import "github.com/flowscope/fsd/dsl/ir"

// Step is one of *Run, *Stmt, *If, *Switch.
type Step interface{ step() }

// Run is a sequence of fixed-size fields that are checked for with one comparison. Computed values and notes between
// them belong to it: nothing in a run but its last field can fail once its bytes are there.
type Run struct {
	Size  int
	Items []Step // *RunField and *Stmt
}

// RunField is a field of a run.
type RunField struct {
	Read *ir.Read
	// Offset from the beginning of the run, and Size, in bytes.
	Offset, Size int
}

// Stmt is a statement that stands alone.
type Stmt struct{ IR ir.Stmt }

// If is a condition with its branches.
type If struct {
	IR         *ir.If
	Then, Else []Step
}

// Switch is a switch with its branches; Default is nil if the statement has none.
type Switch struct {
	IR      *ir.Switch
	Cases   [][]Step
	Default []Step
}

func (*Run) step()      {}
func (*RunField) step() {}
func (*Stmt) step()     {}
func (*If) step()       {}
func (*Switch) step()   {}

// Fields returns the fields of a run.
func (r *Run) Fields() []*RunField {
	var fs []*RunField
	for _, it := range r.Items {
		if f, ok := it.(*RunField); ok {
			fs = append(fs, f)
		}
	}
	return fs
}

// maxRun bounds the bytes of a run, so that offsets in it fit the table of its fields.
const maxRun = 1 << 15

// Steps plans a block.
func Steps(body []ir.Stmt) []Step {
	var out []Step
	var run *Run
	var tail []Step // what follows the run's last field, and belongs to the run only if another field follows
	flush := func() {
		if run != nil {
			out = append(out, run)
		}
		out = append(out, tail...)
		run, tail = nil, nil
	}
	for _, st := range body {
		if r, ok := st.(*ir.Read); ok {
			size, fixed := FixedSize(r)
			if !fixed {
				flush()
				out = append(out, &Stmt{st})
				continue
			}
			if run != nil && run.Size+size > maxRun {
				flush()
			}
			if run == nil {
				run = &Run{}
			}
			run.Items = append(append(run.Items, tail...), &RunField{r, run.Size, size})
			run.Size += size
			tail = nil
			if CanFail(r) {
				flush()
			}
			continue
		}
		if run != nil && harmless(st) {
			tail = append(tail, &Stmt{st})
			continue
		}
		flush()
		switch st := st.(type) {
		case *ir.If:
			out = append(out, &If{st, Steps(st.Then), Steps(st.Else)})
		case *ir.Switch:
			s := &Switch{IR: st}
			for _, c := range st.Cases {
				s.Cases = append(s.Cases, Steps(c.Body))
			}
			if st.Default != nil {
				s.Default = Steps(st.Default.Body)
				if s.Default == nil {
					s.Default = []Step{}
				}
			}
			out = append(out, s)
		default:
			out = append(out, &Stmt{st})
		}
	}
	flush()
	return out
}

// FixedSize returns the size of a field that a run can hold.
func FixedSize(r *ir.Read) (int, bool) {
	if r.Window != nil || r.Place != nil {
		return 0, false
	}
	switch t := r.Field.Type.(type) {
	case *ir.BytesType:
		if t.Mode != ir.BytesCount || !t.Bytes.Fixed() {
			return 0, false
		}
		if _, ok := t.Count.(*ir.Const); !ok {
			return 0, false
		}
		return int(t.Bytes.Min), t.Bytes.Min <= maxRun
	case *ir.IntType, *ir.Enum, *ir.Flags:
		return int(t.Size().Min), !IntOf(t).Varies()
	case *ir.StdType, *ir.Bits:
		return int(t.Size().Min), true
	}
	return 0, false
}

// CanFail says whether a field of fixed size can fail once its bytes are there.
func CanFail(r *ir.Read) bool {
	if b, ok := r.Field.Type.(*ir.BytesType); ok && b.As == ir.AsASCII {
		return true
	}
	if b, ok := r.Field.Type.(*ir.Bits); ok && BitsCanFail(b) {
		return true
	}
	return anyFails(r.Checks)
}

// BitsCanFail says whether the checks of a bits word's fields can fail.
func BitsCanFail(b *ir.Bits) bool {
	for _, f := range b.Fields {
		if anyFails(f.Checks) {
			return true
		}
	}
	return false
}

func anyFails(cs []*ir.Check) bool {
	for _, c := range cs {
		if c.Else.Kind != ir.DoNote {
			return true
		}
	}
	return false
}

// harmless statements change nothing that a status of a failure shows.
func harmless(st ir.Stmt) bool {
	switch st := st.(type) {
	case *ir.Let:
		return !anyFails(st.Checks)
	case *ir.Rule:
		return st.Do.Kind == ir.DoNote
	}
	return false
}
