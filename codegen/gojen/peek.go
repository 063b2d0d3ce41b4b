package gojen

import (
	"github.com/flowscope/fsd/codegen/plan"
	"github.com/flowscope/fsd/dsl/ir"
)

// peekType is the Go type of a look ahead.
func (v *env) peekType(e *ir.Peek) goType {
	switch {
	case e.Type == nil:
		return typeBytes
	case e.Or != nil:
		return typeUint64
	}
	return v.g.valueType(e.Type)
}

// peek is what stands ahead: a load where the bytes are known to be there, else a call that has the other value.
func (f *fn) peek(e *ir.Peek) expr {
	at := f.pos(int(e.Ahead))
	if e.End {
		at = binary(lenOf(id(f.win)), "-", atom(lit(e.Width+int(e.Ahead))))
	} else if f.atEnd && e.Ahead > 0 {
		at = binary(at, "+", atom(lit(int(e.Ahead))))
	}
	win := atom(id(f.win))
	switch {
	case e.Type == nil:
		return atom(f.part(win, at, e.Width))
	case e.Or == nil:
		return f.load(e.Type, win, at)
	}
	name := "Peek"
	if e.End {
		name, at = "PeekLast", f.pos(0)
	}
	if plan.IntOf(e.Type).Little {
		name += "LE"
	}
	return call(wire(name), win.c, at.c, lit(e.Width), f.env.value(e.Or, typeUint64).c)
}
