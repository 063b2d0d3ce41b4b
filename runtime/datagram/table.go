package datagram

import (
	"math"
	"slices"
)

// Table says which protocols may take a datagram: by the user's word, by port, by detection. It is made once by
// Registry.NewTable, never changes, and may be used by any number of drivers at once.
type Table struct {
	protocols []*Protocol
	// forced and ports list candidates by port; forced is what DecodeAs said.
	forced, ports portIndex
	// detectors lists, by the first byte of a datagram, the protocols whose detection can hold for it; the last
	// list is that of the empty datagram.
	detectors [257][]uint16
}

// NewTable returns the registry as it is now in a form made for look-ups.
func (r *Registry) NewTable() *Table {
	t := &Table{protocols: slices.Clone(r.protocols)}
	for i := len(r.overrides) - 1; i >= 0; i-- {
		t.forced.add(r.overrides[i].ports, r.overrides[i].proto)
	}
	for i, p := range t.protocols {
		if !r.ignorePorts {
			for _, ports := range p.Ports {
				t.ports.add(ports, uint16(i))
			}
		}
		for first := range 256 {
			if p.mayDetect(uint8(first)) {
				t.detectors[first] = append(t.detectors[first], uint16(i))
			}
		}
		if p.Detects(nil) {
			t.detectors[256] = append(t.detectors[256], uint16(i))
		}
	}
	return t
}

// Protocols returns the table's protocols in order of registration. The slice is the caller's.
func (t *Table) Protocols() []*Protocol { return slices.Clone(t.protocols) }

// detecting returns the protocols whose detection may hold for datagram: those that cannot by their first byte are
// left out, the others have to be asked.
func (t *Table) detecting(datagram []byte) []uint16 {
	if len(datagram) == 0 {
		return t.detectors[256]
	}
	return t.detectors[datagram[0]]
}

// lists reports whether the port stands for the protocol.
func (t *Table) lists(port uint16, proto uint16) bool {
	return slices.Contains(t.forced.at(port), proto) || slices.Contains(t.ports.at(port), proto)
}

// known reports whether the port stands for any protocol.
func (t *Table) known(port uint16) bool {
	return len(t.forced.at(port)) > 0 || len(t.ports.at(port)) > 0
}

// portIndex maps ports to lists of protocols. Pages of ports that nobody lists take no memory.
type portIndex struct {
	pages [256]*[256]uint32
	// lists[0] is empty: what a port has that is not mentioned.
	lists [][]uint16
}

// at returns the protocols of a port, in order.
func (x *portIndex) at(port uint16) []uint16 {
	if page := x.pages[port>>8]; page != nil {
		return x.lists[page[port&0xff]]
	}
	return nil
}

// add appends the protocol to the list of every port of the range. Equal lists are stored once.
func (x *portIndex) add(ports PortRange, proto uint16) {
	if x.lists == nil {
		x.lists = [][]uint16{nil}
	}
	// Neighbouring ports mostly have the same list: remember what the last one became.
	was, became := uint32(math.MaxUint32), uint32(0)
	for port := uint(ports.First); port <= uint(ports.Last); port++ {
		page := x.pages[port>>8]
		if page == nil {
			page = new([256]uint32)
			x.pages[port>>8] = page
		}
		at := &page[port&0xff]
		if *at != was {
			was, became = *at, x.extended(*at, proto)
		}
		*at = became
	}
}

// addListed adds the protocol to the ports that stand for it in t.
func (x *portIndex) addListed(t *Table, proto uint16) {
	for port := range 1 << 16 {
		if p := uint16(port); t.lists(p, proto) {
			x.add(PortRange{p, p}, proto)
		}
	}
}

// extended returns the number of the list that is list i and then proto.
func (x *portIndex) extended(i uint32, proto uint16) uint32 {
	if slices.Contains(x.lists[i], proto) {
		return i
	}
	want := append(slices.Clone(x.lists[i]), proto)
	for j, list := range x.lists {
		if slices.Equal(list, want) {
			return uint32(j)
		}
	}
	x.lists = append(x.lists, want)
	return uint32(len(x.lists) - 1)
}

// mayDetect reports whether a datagram with this first byte can pass the protocol's detection. It may say true too
// often, never false.
func (d *Desc) mayDetect(first uint8) bool {
next:
	for _, tests := range d.Detect {
		for i := range tests {
			if !tests[i].allowsFirst(first) {
				continue next
			}
		}
		return true
	}
	return false
}

// allowsFirst reports whether the test can hold for a datagram with this first byte.
func (t *Test) allowsFirst(first uint8) bool {
	if t.Offset != 0 || t.Width == 0 || t.Width > 8 || t.OfLength {
		return true
	}
	if t.Little && t.Width > 1 {
		// The first byte is the lowest one: it settles equality and nothing else.
		mask := t.Mask & 0xff
		return t.Set != nil || t.Op != Equal || uint64(first)&mask == t.Value&0xff
	}
	// The masked integer lies between the byte followed by zeros and the byte followed by ones.
	shift := 8 * (uint(t.Width) - 1)
	low := uint64(first) << shift & t.Mask
	high := low | t.Mask&(1<<shift-1)
	if t.Set != nil {
		return slices.ContainsFunc(t.Set, func(r ValueRange) bool { return r.First <= high && low <= r.Last })
	}
	switch t.Op {
	case Equal:
		return low <= t.Value && t.Value <= high
	case NotEqual:
		return low != high || low != t.Value
	case Less:
		return low < t.Value
	case LessEqual:
		return low <= t.Value
	case Greater:
		return high > t.Value
	case GreaterEqual:
		return high >= t.Value
	case InRange:
		return t.Value <= high && low <= t.Last
	}
	return true
}
