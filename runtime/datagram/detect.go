package datagram

// TestOp is the comparison of a Test.
type TestOp uint8

// Comparisons of a detection test.
const (
	Equal TestOp = iota
	NotEqual
	Less
	LessEqual
	Greater
	GreaterEqual
	// InRange holds for Value <= x <= Last.
	InRange
)

// Test is one condition of a detection: on the datagram's length (Width 0), or on the integer of Width bytes at
// Offset, masked. A datagram too short for the integer fails the test.
type Test struct {
	Offset uint16
	// Width is 0 for a test of the length, else 1 to 8.
	Width  uint8
	Little bool
	Op     TestOp
	Mask   uint64
	Value  uint64
	Last   uint64
	// Set, when not nil, replaces Op: x must lie in one of the ranges.
	Set []ValueRange
	// OfLength compares with the datagram's length plus Plus in place of Value, by Op but InRange. That may be below 0,
	// which is less than every integer.
	OfLength bool
	Plus     int32
}

// ValueRange is an inclusive range of values.
type ValueRange struct {
	First, Last uint64
}

// Matches says whether datagram passes the test.
func (t *Test) Matches(datagram []byte) bool {
	var x uint64
	if t.Width == 0 {
		x = uint64(len(datagram))
	} else {
		end := int(t.Offset) + int(t.Width)
		if len(datagram) < end {
			return false
		}
		field := datagram[t.Offset:end]
		for i := range field {
			b := field[i]
			if t.Little {
				b = field[len(field)-1-i]
			}
			x = x<<8 | uint64(b)
		}
		x &= t.Mask
	}
	if t.Set != nil {
		for _, r := range t.Set {
			if r.First <= x && x <= r.Last {
				return true
			}
		}
		return false
	}
	value := t.Value
	if t.OfLength {
		n := int64(len(datagram)) + int64(t.Plus)
		if n < 0 {
			return t.Op == NotEqual || t.Op == Greater || t.Op == GreaterEqual
		}
		value = uint64(n)
	}
	switch t.Op {
	case Equal:
		return x == value
	case NotEqual:
		return x != value
	case Less:
		return x < value
	case LessEqual:
		return x <= value
	case Greater:
		return x > value
	case GreaterEqual:
		return x >= value
	case InRange:
		return t.Value <= x && x <= t.Last
	}
	return false
}

// Detects says whether one of the protocol's detection alternatives holds for datagram. A protocol without any
// is recognised by port only.
func (d *Desc) Detects(datagram []byte) bool {
next:
	for _, tests := range d.Detect {
		for i := range tests {
			if !tests[i].Matches(datagram) {
				continue next
			}
		}
		return true
	}
	return false
}
