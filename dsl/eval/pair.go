package eval

import (
	"github.com/flowscope/fsd/dsl/ir"
	"github.com/flowscope/fsd/runtime/datagram/wire"
	"github.com/flowscope/fsd/runtime/flow"
)

func (p *program) newRates() []wire.Rate {
	if len(p.ir.State.Rates) == 0 {
		return nil
	}
	return make([]wire.Rate, len(p.ir.State.Rates))
}

func rateOf(r *wire.Rate, side ir.Side) int64 {
	switch side {
	case ir.Initiator:
		return r.Of(flow.Initiator)
	case ir.Responder:
		return r.Of(flow.Responder)
	}
	return r.Total()
}

// transact says that the message is a request or a reply.
func (s *scope) transact(stmt *ir.Transact) step {
	when := s.when(stmt.When)
	add := make([]func(r *run, f *frame, key uint64) uint64, len(stmt.Keys))
	for i, k := range stmt.Keys {
		if k.Kind() == ir.Bytes {
			part := s.bytes(k)
			add[i] = func(r *run, f *frame, key uint64) uint64 { return wire.KeyBytes(key, part(r, f)) }
			continue
		}
		part := s.expr(k)
		add[i] = func(r *run, f *frame, key uint64) uint64 { return wire.Key(key, part(r, f)) }
	}
	kind := uint8(2*stmt.Index + 1)
	if stmt.Reply {
		kind++
	}
	return func(r *run, f *frame) outcome {
		if r.status.Pair == 0 && when(r, f) != 0 {
			key := uint64(0)
			for _, part := range add {
				key = part(r, f, key)
			}
			r.status.Pair, r.status.PairKey = kind, key
		}
		return goesOn
	}
}
