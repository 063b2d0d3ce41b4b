package check

import (
	"strings"

	"github.com/flowscope/fsd/dsl/ast"
	"github.com/flowscope/fsd/dsl/diag"
	"github.com/flowscope/fsd/dsl/ir"
	"github.com/flowscope/fsd/dsl/source"
)

// reason is a name of a poison or a note. An explicit poison reason stands at one place of the protocol, so that it says
// where it struck; the reasons made of field names are shared by fields of one name, and notes by all that note them.
type reason struct {
	name     string
	note     bool
	explicit bool
	at       source.Span
	index    int // of Protocol.Reasons or Protocol.Notes
}

// builtinReasons are the names that the runtime gives; see runtime/datagram.
var builtinReasons = map[string]int{
	"short": ir.ReasonShort, "trailing": ir.ReasonTrailing, "delimiter": ir.ReasonDelimiter, "constant": ir.ReasonConstant,
	"not_ascii": ir.ReasonNotASCII, "jump_limit": ir.ReasonJumpLimit, "align": ir.ReasonAlign,
	"varint": ir.ReasonVarint, "not_number": ir.ReasonNotNumber,
	"ber_tag": ir.ReasonBERTag, "ber_length": ir.ReasonBERLength,
}

// action checks a verdict; ok is false after an error.
func (c *checker) action(a *ast.Action, doc string) (act ir.Action, ok bool) {
	if a.Kind == "reject" {
		return ir.Action{Kind: ir.DoReject}, true
	}
	if a.Reason == nil {
		return ir.Action{}, false
	}
	name, at := a.Reason.Value, a.Reason.Span()
	if !isSlug(name) {
		c.errorf(diag.ReasonName, at, "the reason %q is not a name in snake_case", short(name)).
			Fixf("write %q: reasons become Go constants and keys of records", slugOf(short(name)))
		return ir.Action{}, false
	}
	if a.Kind == "note" {
		i, ok := c.note(name, at, doc)
		return ir.Action{Kind: ir.DoNote, Reason: i}, ok
	}
	if _, builtin := builtinReasons[name]; builtin {
		c.errorf(diag.ReasonBuiltin, at, "the reason %q is built in", name).Fixf("choose a name that says more")
		return ir.Action{}, false
	}
	if r := c.reasons[name]; r != nil && r.at != at {
		switch {
		case r.note:
			c.errorf(diag.ReasonClash, at, "%q is a note and cannot be a poison, too", name).Label(r.at, "noted here").Fixf("rename one of them")
		case r.explicit:
			here, there := at, r.at
			if root := c.root.src.Tree.File; here.File != root && there.File == root {
				here, there = there, here // the own file is the one that can be changed
			}
			c.errorf(diag.DuplicateReason, here, "the reason %q is given at another place already", name).
				Label(there, "there").Fixf("give each rule a reason of its own, so that it tells which one struck")
		default:
			c.errorf(diag.ReasonClash, at, "%q is the reason of a field of that name", name).Label(r.at, "this one").Fixf("rename the reason")
		}
		return ir.Action{}, false
	}
	i := c.addReason(name, at, doc, true)
	return ir.Action{Kind: ir.DoPoison, Reason: ir.FirstReason + i}, true
}

func (c *checker) note(name string, at source.Span, doc string) (int, bool) {
	if r := c.reasons[name]; r != nil {
		if !r.note {
			c.errorf(diag.ReasonClash, at, "%q is a poison and cannot be a note, too", name).Label(r.at, "the poison").Fixf("rename one of them")
			return 0, false
		}
		if d := c.proto.Notes[r.index]; d.Doc == "" {
			d.Doc = doc
		}
		return r.index, true
	}
	i := len(c.proto.Notes)
	if i >= maxNotes {
		c.errorf(diag.TooManyNotes, at, "the protocol has more than %d notes", maxNotes).Fixf("let several places share a note")
		return 0, false
	}
	c.reasons[name] = &reason{name: name, note: true, explicit: true, at: at, index: i}
	c.proto.Notes = append(c.proto.Notes, &ir.ReasonDecl{Name: name, Doc: doc, Explicit: true, Pos: at})
	return i, true
}

func (c *checker) addReason(name string, at source.Span, doc string, explicit bool) int {
	if r := c.reasons[name]; r != nil {
		return r.index
	}
	i := len(c.proto.Reasons)
	if i == maxReasons {
		c.errorf(diag.TooBig, at, "the protocol has more than %d poison reasons", maxReasons)
	}
	c.reasons[name] = &reason{name: name, explicit: explicit, at: at, index: i}
	c.proto.Reasons = append(c.proto.Reasons, &ir.ReasonDecl{Name: name, Doc: doc, Explicit: explicit, Pos: at})
	return i
}

// implicit is the index of the reason that the compiler makes of a name, such as that of a field with a `where`; what
// says which check it is.
func (c *checker) implicit(name string, at source.Span, what string) (int, bool) {
	if _, builtin := builtinReasons[name]; builtin {
		c.errorf(diag.ReasonBuiltin, at, "the reason of this check would be %q, which is built in", name).
			Fixf("add `else poison` and a reason, or rename the field")
		return 0, false
	}
	if r := c.reasons[name]; r != nil {
		if r.note || r.explicit {
			word := "poison"
			if r.note {
				word = "note"
			}
			c.errorf(diag.ReasonClash, at, "the reason of this check would be %q, which is the name of a %s", name, word).
				Label(r.at, "given here").Fixf("rename that one, or add `else poison` and a reason")
			return 0, false
		}
		d := c.proto.Reasons[r.index]
		if strings.Count(d.Doc, ";") < 3 && !strings.Contains(d.Doc, what) {
			d.Doc += "; " + what
		}
		return r.index, true
	}
	return c.addReason(name, at, what, false), true
}

// otherwise checks the verdict of a `where`: the one given, or the poison named like the field.
func (x *exprs) otherwise(w *ast.Where, what string) (ir.Action, bool) {
	if w.Else != nil {
		return x.c.action(w.Else, what)
	}
	if x.self.name == "" || x.self.name == "_" {
		x.c.errorf(diag.ReasonMissing, w.Span(), "this check has no reason: the field has no name to take it from").
			Fixf("add `else poison` and a reason")
		return ir.Action{}, false
	}
	i, ok := x.c.implicit(Snake(x.self.name), w.Span(), what)
	return ir.Action{Kind: ir.DoPoison, Reason: ir.FirstReason + i}, ok
}
