package check

import (
	"github.com/flowscope/fsd/dsl/ast"
	"github.com/flowscope/fsd/dsl/diag"
	"github.com/flowscope/fsd/dsl/ir"
	"github.com/flowscope/fsd/dsl/source"
)

// structType checks a struct; nil after an error that leaves nothing to use.
func (c *checker) structType(info *namedInfo, k *ast.Struct) ir.Named {
	b := c.body(info, k.Body)
	defer func() { c.cur = b.outer }()
	s := &ir.Struct{Name: b.name, Doc: info.decl.Doc, IsEntry: b.isEntry, Pos: info.decl.Name.Span()}
	e := newEnv(nil)
	s.Params = b.params(e)
	if k.Body == nil {
		return nil
	}
	c.open(info, s, k)
	b.self = s
	if b.isEntry {
		e.learn(keyOffset, single(ir.R(0, 0)))
		e.learn(keyRemaining, single(ir.R(0, ir.MaxDatagram)))
	} else {
		e.learn(keyOffset, single(ir.R(0, ir.MaxDatagram)))
	}
	if s.Line != nil {
		e.learn(keyRemaining, single(ir.R(0, s.Line.Max)))
	}
	pos := begin(source.Span{})
	stmts := k.Body.Stmts
	if b.isEntry {
		for i, st := range stmts {
			if _, ok := st.(*ast.End); ok {
				stmts = stmts[:i+1]
				break
			}
		}
	}
	if b.ber = k.Form == "ber" || k.Form == "choice"; b.ber {
		s.Body = b.berBody(k, stmts, s, e, pos)
	} else {
		s.Body = b.block(stmts, e, pos)
	}
	size := pos.size().or(pos.ended)
	if b.isEntry {
		b.entryEnd(k.Body, pos)
		after := k.Body.Stmts[len(stmts):]
		if len(after) > 0 {
			b.afterEnd = true
			s.After = b.after(after, e)
		}
		s.Lax = b.lax.Valid()
		s.Tentative = b.tentative
	}
	s.Fields = b.order
	info.confirms = pos.confirmed.Valid() && !pos.ended.ok
	if !size.ok {
		size = path{ok: true}
		if !b.broken && !c.diags.HasErrors() {
			c.errorf(diag.NeverCompletes, info.decl.Name.Span(), "no value of %s is ever complete: every path ends in a poison or reject", b.name).
				Fixf("remove the rule that always strikes")
		}
	}
	if size.size.Min > ir.MaxDatagram {
		c.errorf(diag.TooLong, info.decl.Name.Span(), "%s takes at least %d bytes, and a datagram holds %d", b.name, size.size.Min, ir.MaxDatagram).
			Fixf("mend the lengths of its fields")
		size.size.Min = ir.MaxDatagram
	}
	if s.Lax {
		size.size.Max = ir.MaxDatagram
	}
	if s.Line != nil {
		size.size = c.lineSize(s, size.size)
	}
	info.least = size.size.Min
	s.Bytes = ir.Size{Min: size.size.Min, Max: max(size.size.Min, size.size.Max)}
	for _, at := range b.deepAfterConfirm {
		if info.rejects {
			c.errorf(diag.RejectAfterConfirm, at, "%s may reject, and the protocol is confirmed here", b.name).Fixf("make its rejects poison")
		}
	}
	return s
}

// entryEnd checks that an entry says what becomes of bytes behind it.
func (b *body) entryEnd(block *ast.Block, pos *progress) {
	switch {
	case pos.falls() && !b.lax.Valid() && !b.broken:
		b.c.errorf(diag.EntryWithoutEnd, b.info.decl.Name.Span(), "entry %s does not say what becomes of bytes left over", b.name).
			Fixf("add `end` behind its last field, or `lax` if any bytes may follow")
	case !pos.falls() && b.lax.Valid() && !b.broken:
		b.c.errorf(diag.BadLax, b.lax, "entry %s is `lax`, but all its paths come to an `end`", b.name).Fixf("remove `lax`")
	}
}

// after checks the statements behind an entry's end: rules on a complete message.
func (b *body) after(stmts []ast.Stmt, e *env) []ir.Stmt {
	var out []ir.Stmt
	pos := begin(source.Span{})
	for _, st := range stmts {
		switch st := st.(type) {
		case *ast.Rule:
			if st.Do != nil && st.Do.Kind == "reject" {
				b.c.errorf(diag.RejectAfterConfirm, st.Span(), "behind `end` the message is complete: it cannot be another protocol's any more").
					Fixf("move the rule in front of `confirm`, or make it a poison")
				continue
			}
		case *ast.Count, *ast.Expect, *ast.Transact:
		case *ast.Lax:
			b.lax = st.Span()
			b.c.errorf(diag.BadLax, st.Span(), "entry %s has an `end` and is `lax`", b.name).Fixf("remove one of them")
			continue
		default:
			b.c.errorf(diag.AfterEnd, st.Span(), "behind `end` nothing can be read").
				Fixf("only rules, count, expect, request and reply stand behind the end of an entry; move it in front")
			continue
		}
		if ir := b.stmt(st, e, pos); ir != nil {
			out = append(out, ir...)
		}
		if !pos.falls() {
			pos = begin(source.Span{})
		}
	}
	return out
}

// block checks statements in the order in which they run.
func (b *body) block(stmts []ast.Stmt, e *env, pos *progress) []ir.Stmt {
	out := []ir.Stmt{}
	for i, st := range stmts {
		if !pos.falls() && !b.broken {
			d := b.c.errorf(diag.Unreachable, st.Span(), "nothing gets here")
			if _, ok := stmts[i-1].(*ast.End); ok {
				d.Message = "nothing is read behind `end`"
				d.Code = diag.AfterEnd
				d.Fixf("move it in front of `end`; only rules, count and expect stand behind the end of an entry")
			} else {
				d.Label(stmts[i-1].Span(), "every parse ends here").Fixf("remove it")
			}
			pos.paths[0] = path{ok: true}
			b.broken = true
		}
		out = append(out, b.stmt(st, e, pos)...)
		b.atLeast(e, pos)
	}
	return out
}

// atLeast takes over into the struct being checked how many bytes every value of it surely has, as far as it is read: what
// contains it recursively builds on that.
func (b *body) atLeast(e *env, pos *progress) {
	if size := pos.size(); b.self != nil && len(e.branch) == 0 && !b.mayHaveEnded && !b.afterEnd && size.ok {
		b.self.Bytes.Min = max(b.self.Bytes.Min, min(size.size.Min, ir.MaxDatagram))
	}
}
