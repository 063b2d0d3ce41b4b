package plan

import "github.com/flowscope/fsd/dsl/ir"

// Reads calls fn for each read of a body, in order, items of chains included.
func Reads(body []ir.Stmt, fn func(*ir.Read)) {
	stmts(body, func(st ir.Stmt) {
		switch st := st.(type) {
		case *ir.Read:
			fn(st)
		case *ir.Item:
			fn(st.Read)
		}
	})
}

// Lets calls fn for each let of a body, in order.
func Lets(body []ir.Stmt, fn func(*ir.Let)) {
	stmts(body, func(st ir.Stmt) {
		if l, ok := st.(*ir.Let); ok {
			fn(l)
		}
	})
}

// stmts calls fn for each statement of a body and of what it holds.
func stmts(body []ir.Stmt, fn func(ir.Stmt)) {
	for _, st := range body {
		fn(st)
		switch st := st.(type) {
		case *ir.If:
			stmts(st.Then, fn)
			stmts(st.Else, fn)
		case *ir.Switch:
			for _, c := range st.Cases {
				stmts(c.Body, fn)
			}
			if st.Default != nil {
				stmts(st.Default.Body, fn)
			}
		}
	}
}

// Exprs calls fn for each expression that a statement itself holds (not those of statements in it), and for the
// expressions in those. With checks false, conditions that only give verdicts or notes are left out.
func Exprs(st ir.Stmt, checks bool, fn func(ir.Expr)) {
	walk := func(es ...ir.Expr) {
		for _, e := range es {
			Walk(e, fn)
		}
	}
	window := func(w *ir.Window) {
		if w != nil {
			walk(w.Size)
			if w.Element != nil {
				walk(w.Element.Tag)
			}
		}
	}
	conds := func(cs []*ir.Check) {
		if checks {
			for _, c := range cs {
				walk(c.Cond)
			}
		}
	}
	switch st := st.(type) {
	case *ir.Read:
		walk(st.Args...)
		window(st.Window)
		if st.Place != nil {
			walk(st.Place.Over, st.Place.At)
		}
		conds(st.Checks)
		typeExprs(st.Type(), walk)
		if b, ok := st.Field.Type.(*ir.Bits); ok {
			for _, f := range b.Fields {
				conds(f.Checks)
			}
		}
	case *ir.Item:
		Exprs(st.Read, checks, fn)
	case *ir.Let:
		walk(st.Value)
		conds(st.Checks)
	case *ir.If:
		walk(st.Cond)
	case *ir.Switch:
		walk(st.Tag)
		window(st.Window)
		for _, c := range st.Cases {
			walk(c.When)
		}
	case *ir.Rule:
		if checks {
			walk(st.When)
		}
	case *ir.Count:
		walk(st.When)
	case *ir.Confirm:
		walk(st.When)
	case *ir.Announce:
		walk(st.When)
	case *ir.Transact:
		walk(st.Keys...)
		walk(st.When)
	case *ir.Store:
		walk(st.Keys...)
		for _, v := range st.Values {
			walk(v.Scalar)
			for _, l := range v.Lists {
				walk(l)
			}
		}
	case *ir.Goto:
		walk(st.Target)
		conds(st.Checks)
	}
}

func typeExprs(t ir.Type, walk func(...ir.Expr)) {
	switch t := t.(type) {
	case *ir.IntType:
		walk(t.Count)
	case *ir.BytesType:
		walk(t.Count)
	case *ir.ArrayType:
		walk(t.Count, t.Cond)
		if t.Each != nil {
			walk(t.Each.List, t.Each.Window)
		}
		walk(t.Args...)
		typeExprs(t.Elem, walk)
	}
}

// Walk calls fn for e and each expression in it; nil is nothing.
func Walk(e ir.Expr, fn func(ir.Expr)) {
	if e == nil {
		return
	}
	fn(e)
	switch e := e.(type) {
	case *ir.Len:
		Walk(e.Of, fn)
	case *ir.All:
		Walk(e.Of, fn)
	case *ir.Match:
		Walk(e.Of, fn)
	case *ir.Unary:
		Walk(e.X, fn)
	case *ir.Binary:
		Walk(e.X, fn)
		Walk(e.Y, fn)
	case *ir.In:
		Walk(e.X, fn)
	case *ir.Checksum:
		for _, p := range e.Of {
			Walk(p, fn)
		}
	case *ir.Span:
		Walk(e.From, fn)
		Walk(e.To, fn)
	case *ir.Xor:
		Walk(e.X, fn)
		Walk(e.Y, fn)
	case *ir.LastRef:
		Walk(e.Or, fn)
	case *ir.Found:
		for _, k := range e.Keys {
			Walk(k, fn)
		}
	case *ir.Sum:
		Walk(e.Of, fn)
	case *ir.Peek:
		Walk(e.Or, fn)
	case *ir.PrevRef:
		Walk(e.Or, fn)
	case *ir.Lookup:
		Walk(e.Of, fn)
		Walk(e.Key, fn)
		Walk(e.Or, fn)
	}
}

// Used returns the fields of a struct or chain that expressions of a body refer to.
func Used(body []ir.Stmt, checks bool) map[*ir.Field]bool {
	used := map[*ir.Field]bool{}
	stmts(body, func(st ir.Stmt) {
		Exprs(st, checks, func(e ir.Expr) {
			if r, ok := e.(*ir.Ref); ok && r.Root == ir.RefField && len(r.Path) > 0 {
				used[r.Path[0]] = true
			}
		})
	})
	return used
}

// Stmts calls fn for each statement of a body and of what it holds.
func Stmts(body []ir.Stmt, fn func(ir.Stmt)) { stmts(body, fn) }
