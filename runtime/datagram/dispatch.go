package datagram

import (
	"math"
	"slices"

	"github.com/flowscope/fsd/runtime/flow"
)

// outcome is what became of a datagram given to one protocol.
type outcome uint8

const (
	// notIts: probably another protocol's; the next candidate tries.
	notIts outcome = iota
	// taken: decoded, or cut short.
	taken
	// doubtful: a poison verdict before the parser confirmed, on a port that the protocol lists. It holds unless
	// another protocol that lists the port takes the datagram.
	doubtful
	// poisonous: a poison verdict.
	poisonous
)

// The places where candidates come from, in order.
const (
	fromForced = iota // the user's word for the responder's port, then the initiator's
	fromPorts         // the protocols that list the responder's port, then the initiator's
	fromDetect        // those that detect the datagram
	numSources
)

// datagram finds the protocol that takes a UDP datagram of flow f, and settles what its verdict means.
func (d *Driver) datagram(p *flow.Packet, f *flow.Flow[word], side flow.Side) {
	d.stats.Datagrams++
	d.stats.Bytes += uint64(len(p.Payload))
	w := &f.User
	if w.has(wordQuarantined) {
		d.stats.Undecoded[InQuarantine]++
		return
	}
	m := &d.meta
	m.Time, m.Side = p.Time, side
	m.Src, m.Dst, m.SrcPort, m.DstPort = p.Src, p.Dst, p.SrcPort, p.DstPort
	m.Wire = 0
	if p.Truncated() {
		m.Wire = uint32(min(uint64(p.PayloadWire), math.MaxUint32))
	}

	// The flow's own protocol first: mostly the only one.
	own, has := w.proto()
	bound := has && w.has(wordConfirmed)
	var held Status
	holds := false
	if has {
		listed := bound || d.listed(w, own)
		status, o := d.try(p.Payload, w, own, bound, listed, listed)
		if o == taken || o == poisonous {
			d.settle(p, f, own, status, o)
			return
		}
		holds, held = o == doubtful, status
	}
	d.search(p, f, bound, holds, held)
}

// search offers the datagram to the candidates, after the flow's own protocol. When that one had a doubtful poison
// verdict, holds is set and the verdict is held; bound says that the flow has confirmed its protocol.
func (d *Driver) search(p *flow.Packet, f *flow.Flow[word], bound, holds bool, held Status) {
	w := &f.User
	own, has := w.proto()
	holder := own
	d.tried = d.tried[:0]
	if has {
		d.tried = append(d.tried, own)
	}
	// The port that a protocol is known by is the responder's; but a capture may begin in the middle.
	ports := [2]uint16{p.DstPort, p.SrcPort}
	if d.meta.Side == flow.Responder {
		ports[0], ports[1] = ports[1], ports[0]
	}
	for source := range numSources {
		for _, port := range ports {
			var list []uint16
			switch source {
			case fromForced:
				list = d.table.forced.at(port)
			case fromPorts:
				list = d.table.ports.at(port)
			case fromDetect:
				list = d.table.detecting(p.Payload)
			}
			for _, proto := range list {
				if slices.Contains(d.tried, proto) {
					continue
				}
				if source == fromDetect && !d.table.protocols[proto].Detects(p.Payload) {
					continue
				}
				d.tried = append(d.tried, proto)
				// Only its own protocol may doubt a flow that is bound.
				status, o := d.try(p.Payload, w, proto, false, source != fromDetect && !bound, source != fromDetect)
				switch {
				case o == taken || o == poisonous:
					if holds && holder != own {
						d.states.drop(w, holder)
					}
					d.settle(p, f, proto, status, o)
					return
				case o == doubtful && !holds:
					holds, held, holder = true, status, proto
				}
			}
			if source == fromDetect {
				break // it does not depend on the port
			}
		}
		if holds && (source == fromPorts || source == fromForced && holder != own) {
			d.settle(p, f, holder, held, poisonous)
			return
		}
	}
	if has && !bound && !w.has(wordExpected) {
		// A candidate that did not confirm, and now rejects: the flow is as good as new.
		d.states.drop(w, own)
		*w = w.withoutProto()
	}
	if len(d.tried) == 0 {
		d.stats.Undecoded[NoProtocol]++
	} else {
		d.stats.Undecoded[Mismatch]++
	}
}

// try gives the datagram to one protocol. bound says that the flow has confirmed it, listed that a poison verdict is
// one even before the parser confirms, promised that the port speaks for the protocol.
func (d *Driver) try(payload []byte, w *word, proto uint16, bound, listed, promised bool) (Status, outcome) {
	parser, made := d.states.parser(w, proto)
	if d.messages[proto] == nil {
		d.messages[proto] = d.table.protocols[proto].NewMessage()
	}
	status := parser.ParseMessage(payload, &d.meta, d.messages[proto])
	if d.table.protocols[proto].Tentative && !status.Confirmed() && !bound && !promised && (status.Code() == OK || status.Code() == Truncated) {
		// It may be. The parser is kept: what follows in the flow may confirm it.
		d.stats.Mismatches++
		d.perProto[proto].Mismatches++
		return status, notIts
	}
	switch status.Code() {
	case OK:
		return status, taken
	case Truncated:
		return status, taken
	case Poison:
		if bound || status.Confirmed() {
			return status, poisonous
		}
		if listed {
			return status, doubtful
		}
	}
	d.stats.Mismatches++
	d.perProto[proto].Mismatches++
	if made {
		d.states.drop(w, proto)
	}
	return status, notIts
}

// listed reports whether the protocol is what the ports of the datagram at hand stand for.
func (d *Driver) listed(w *word, proto uint16) bool {
	m := &d.meta
	return w.has(wordExpected) || d.table.lists(m.DstPort, proto) || d.table.lists(m.SrcPort, proto)
}

// settle does what the verdict of the protocol that took the datagram asks for.
func (d *Driver) settle(p *flow.Packet, f *flow.Flow[word], proto uint16, status Status, o outcome) {
	w := &f.User
	ps := &d.perProto[proto]
	d.bind(w, proto, status)
	if status.Code() == Truncated {
		d.stats.Undecoded[CutShort]++
		ps.Truncated++
		return
	}
	whole := status.Code() == OK || status.Complete()
	if whole {
		d.stats.Messages++
		ps.Messages++
		for i := range ps.Notes {
			ps.Notes[i] += status.Notes() >> i & 1
		}
		d.correctRoles(f, status)
		answers, latency, unsolicited := d.transact(p, f, proto, status)
		d.message(p, f, proto, status, answers, latency)
		if unsolicited {
			d.unsolicited(p, f, proto, status)
		}
		if status.Expect() != 0 {
			d.announce(p, *w, proto, status.Expect())
		}
	}
	if o == poisonous {
		d.poison(p, f, proto, status, whole)
	}
}

// bind makes proto the flow's protocol, unless it has confirmed another.
func (d *Driver) bind(w *word, proto uint16, status Status) {
	own, has := w.proto()
	switch {
	case has && own == proto:
	case has && w.has(wordConfirmed):
		return
	default:
		if has {
			d.states.drop(w, own)
			*w &^= wordExpected
		}
		*w = w.withProto(proto)
	}
	if status.Confirmed() && !w.has(wordConfirmed) {
		*w |= wordConfirmed
		d.perProto[proto].Bound++
	}
}

// poison counts a poison verdict on a datagram of the flow, and does with the flow what the policy says.
func (d *Driver) poison(p *flow.Packet, f *flow.Flow[word], proto uint16, status Status, whole bool) {
	w, side := &f.User, d.meta.Side
	ps := &d.perProto[proto]
	d.stats.Poisons++
	ps.poison(status.Reason())
	reason := d.reason(w, proto, status)

	if !w.has(wordObserved) {
		n := w.verdicts(side) + 1
		*w = w.withVerdicts(side, n)
		if n < d.poisonAfter {
			d.stats.Malformed++
			ps.Malformed++
			if !whole {
				d.stats.Undecoded[NotWellFormed]++
			}
			d.parseAnomaly(p, f, proto, status, AnomalyMalformed, reason)
			return
		}
		d.stats.Poisoned++
		ps.Poisoned++
	} else {
		d.stats.Observed++
		ps.Observed++
	}
	if !whole {
		d.stats.Undecoded[Poisonous]++
	}
	d.parseAnomaly(p, f, proto, status, AnomalyParseError, reason)
	if d.policy != ObservePoisoned {
		d.endRequests(f.Key(), *w)
	}
	switch d.policy {
	case ObservePoisoned:
		*w |= wordObserved
	case QuarantinePoisoned:
		d.dropPoisoned(w, proto)
		*w |= wordQuarantined
		d.quarantined++
		stats := f.Stats()
		d.poisonClosed(p, f.Key(), f.L4(), &stats, proto, status, reason)
	default:
		ended := d.tracker.End(f.Key(), flow.EndParseError)
		d.dropPoisoned(&ended.User, proto)
		d.poisonClosed(p, &ended.Key, ended.L4(), &ended.Stats, proto, status, reason)
	}
}

// dropPoisoned drops the state of a poisoned flow. Flows that share it get a fresh parser for the protocol.
func (d *Driver) dropPoisoned(w *word, proto uint16) {
	d.states.drop(w, proto)
	d.states.release(w)
}

// reason returns what is to be said of a poison verdict.
func (d *Driver) reason(w *word, proto uint16, status Status) string {
	parser, _ := d.states.parser(w, proto)
	if r, ok := parser.(PoisonReasoner); ok {
		if text := r.PoisonReason(); text != "" {
			return cutReason(text)
		}
	}
	return cutReason(status.ReasonName(d.table.protocols[proto].Desc))
}
