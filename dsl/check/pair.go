package check

import (
	"time"

	"github.com/flowscope/fsd/dsl/ast"
	"github.com/flowscope/fsd/dsl/diag"
	"github.com/flowscope/fsd/dsl/ir"
	"github.com/flowscope/fsd/dsl/source"
)

// Limits of pairs and rates.
const (
	maxPairs     = 8
	maxWaiting   = 1024
	maxPairTime  = time.Hour
	maxRates     = 8
	maxRateTime  = time.Hour
	maxPairParts = 4
)

// pairInfo is a pair that is declared.
type pairInfo struct {
	decl  *ast.Pair
	ir    *ir.Pair
	index int
	bad   bool
	// parts are those of the key where it was given first, and kinds whether each is bytes.
	at    source.Span
	kinds []bool
	// requests and replies say that it is used both ways.
	requests, replies bool
}

func (c *checker) pair(u *unit, name *ast.Ident) *pairInfo {
	d := u.pairs[name.Name]
	if d == nil {
		c.errorf(diag.BadReply, name.Span(), "there is no pair %s", name.Name).DidYouMean(name.Name, near(keys(u.pairs)))
		return nil
	}
	info := c.pairs[d]
	if info == nil {
		info = &pairInfo{decl: d, ir: &ir.Pair{Name: Snake(d.Name.Name), Doc: d.Doc}, index: len(c.proto.Pairs)}
		c.pairs[d] = info
		if n, ok := c.constInt(u, d.Max); !ok {
			info.bad = true
		} else if !ir.R(1, maxWaiting).Contains(ir.Range{Lo: n, Hi: n}) {
			info.bad = true
			c.errorf(diag.BadPair, d.Max.Span(), "1..%d requests of a flow wait, found %s", maxWaiting, n).Fixf("64 serve most protocols")
		} else {
			info.ir.Max = n.Int64()
		}
		info.ir.Expire = c.duration(d.Expire, maxPairTime, func(text string) {
			info.bad = true
			c.errorf(diag.BadPair, d.Expire.Span(), "a request waits for 1ms to 1h, found %s", text).Fixf("10s is usual")
		})
		if info.index >= maxPairs {
			info.bad = true
			c.errorf(diag.BadPair, d.Name.Span(), "a protocol has at most %d pairs", maxPairs).Fixf("let some of them share a key")
		}
		c.proto.Pairs = append(c.proto.Pairs, info.ir)
	}
	if info.bad {
		return nil
	}
	return info
}

// transact checks a request or reply; nil after an error.
func (b *body) transact(st *ast.Transact, e *env) ir.Stmt {
	if b.isChain {
		b.c.errorf(diag.ChainDepends, st.Span(), "a chain is read again whenever somebody asks for its items, and cannot be a %s", st.Word).Fixf("say it in the struct that reads it")
		return nil
	}
	info := b.c.pair(b.u, st.Pair)
	if info == nil {
		return nil
	}
	t := &ir.Transact{Index: info.index, Reply: st.Word == "reply"}
	if t.Reply {
		info.replies = true
	} else {
		info.requests = true
	}
	x := b.exprs(e)
	var kinds []bool
	for _, k := range st.Keys {
		v := x.keyPart(k)
		if v == nil {
			return nil
		}
		if v.Kind() == ir.Bool {
			b.c.errorf(diag.BadReply, k.Span(), "a key is made of integers and bytes, and %s is true or false", source1(k)).Fixf("take what both messages carry")
			return nil
		}
		if _, text := v.(*ir.BytesConst); text {
			b.c.errorf(diag.BadReply, k.Span(), "a text is the same in every message").Fixf("take what both messages carry")
			return nil
		}
		kinds = append(kinds, v.Kind() == ir.Bytes)
		t.Keys = append(t.Keys, v)
	}
	if len(kinds) > maxPairParts {
		b.c.errorf(diag.BadReply, st.Pair.Span(), "a key has at most %d parts", maxPairParts).Fixf("leave some out")
		return nil
	}
	if info.kinds == nil {
		info.kinds, info.at = kinds, st.Span()
	}
	same := len(kinds) == len(info.kinds)
	for i := range kinds {
		same = same && kinds[i] == info.kinds[i]
	}
	if !same {
		b.c.errorf(diag.BadReply, st.Span(), "the keys of %s differ in their parts, so that no reply finds its request", st.Pair.Name).
			Label(info.at, "the other one").Fixf("give the same parts in the same order")
		return nil
	}
	if st.When != nil {
		if t.When = x.condition(st.When); t.When == nil || !x.decided(st.When, t.When, "this condition") {
			return nil
		}
	}
	return t
}

// keyPart checks a part of a key: a time counts as the number that it is on the wire.
func (x *exprs) keyPart(e ast.Expr) ir.Expr {
	y := *x
	y.composite = true
	v := y.expr(e, nil)
	if r, ok := v.(*ir.Ref); ok {
		switch t := r.Type.(type) {
		case *ir.StdType:
			if t.Name == "unix32" || t.Name == "ntp32" || t.Name == "ntp64" {
				r.K, r.R = ir.Uint, uint64s
				return r
			}
			x.c.errorf(diag.BadReply, e.Span(), "a key is made of integers and bytes, and %s is %s", source1(e), withArticle(t)).Fixf("take what both messages carry")
			return nil
		case *ir.Struct, *ir.Bits, *ir.ArrayType, *ir.Chain:
			return x.expr(e, nil) // for its error
		}
	}
	return v
}

// finishPairs reports pairs that are used one way.
func (c *checker) finishPairs() {
	for _, name := range keys(c.root.pairs) {
		d := c.root.pairs[name]
		info := c.pairs[d]
		if info == nil {
			c.pair(c.root, d.Name) // for its errors
			info = c.pairs[d]
		}
		if !c.diags.HasErrors() && !(info.requests && info.replies) {
			c.errorf(diag.BadPair, d.Name.Span(), "%s has no requests, or no replies", name).Fixf("write `request %s by` and `reply %s by`", name, name)
		}
	}
}

// rate resolves `rate per 1s`; nil after an error.
func (x *exprs) rate(e *ast.Rate) ir.Expr {
	if x.constant || x.b == nil || x.b.isChain {
		x.c.errorf(diag.BadRate, e.Span(), "a rate is a fact of the flow, which is not known here").Fixf("use it in a struct")
		return nil
	}
	ok := true
	per := x.c.duration(e.Per, maxRateTime, func(text string) {
		ok = false
		x.c.errorf(diag.BadRate, e.Per.Span(), "a rate is per 1ms to 1h, found %s", text).Fixf("1s is usual")
	})
	if !ok {
		return nil
	}
	var r *ir.Rate
	for _, other := range x.c.proto.State.Rates {
		if other.Per == per {
			r = other
		}
	}
	if r == nil {
		if len(x.c.proto.State.Rates) == maxRates {
			x.c.errorf(diag.BadRate, e.Span(), "a protocol has at most %d rates", maxRates).Fixf("let some of them share a time")
			return nil
		}
		r = &ir.Rate{Per: per}
		x.c.proto.State.Rates = append(x.c.proto.State.Rates, r)
	}
	f := &ir.Fact{Fact: ir.FlowRate, Side: sideOf(e.From), Rate: r, R: ir.R(0, 1<<32-1)}
	if f.Side == ir.AnySide {
		f.R = ir.R(1, 1<<33-2) // this one
	}
	if s, known := x.env.fact(x.key(f)); known {
		f.R = f.R.Intersect(s.hull())
	}
	return f
}
