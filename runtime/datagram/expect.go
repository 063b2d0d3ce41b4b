package datagram

import (
	"math/bits"

	"github.com/flowscope/fsd/runtime/flow"
)

// announcement says which parser state an expected flow is to share, as long as that state is still the same. Its
// place in the ring is in the word that the flow table keeps with the expectation; the ring is longer than the
// table's own memory of expectations, so that a place is never taken twice by expectations that both are alive.
type announcement struct {
	state uint32
	age   uint32
}

// announce tells the flow table which flows the datagram at hand announced, by the bits of Status.Expect().
func (d *Driver) announce(p *flow.Packet, w word, proto uint16, expect uint8) {
	expects := d.table.protocols[proto].Expects
	for ; expect != 0; expect &= expect - 1 {
		i := bits.TrailingZeros8(expect)
		if i >= len(expects) {
			return
		}
		x := &expects[i]
		user := word(0).withProto(proto) | wordExpected
		if number := w.state(); number != 0 {
			place := d.announces % uint64(len(d.announced))
			d.announces++
			d.announced[place] = announcement{number, d.states.slots.at(number).age}
			user = user.withState(uint32(place) + 1)
		}
		e := flow.Expectation[word]{
			Proto: p.Proto, SrcPort: x.Port, Sender: x.From, Expires: p.Time.Add(x.Within), User: user,
		}
		// The announced sender speaks to its peer's end of this flow.
		if x.From == d.meta.Side {
			e.Src, e.Dst, e.DstPort = p.Src, p.Dst, p.DstPort
		} else {
			e.Src, e.Dst, e.DstPort = p.Dst, p.Src, p.SrcPort
		}
		d.tracker.Expect(e)
	}
}

// arrived gives a flow that was expected the state of the flow that announced it, if that is still there.
func (d *Driver) arrived(w *word) {
	d.stats.Expected++
	place := w.state()
	*w = w.withState(0)
	if place == 0 {
		return
	}
	a := d.announced[place-1]
	if slot := d.states.slots.at(a.state); slot.age == a.age && slot.refs > 0 {
		*w = w.withState(a.state)
		slot.refs++
	}
}
