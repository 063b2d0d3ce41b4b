package eval

import (
	"bytes"

	"github.com/flowscope/fsd/dsl/ir"
)

// value is one value of a message: which of its parts counts is told by typ.
type value struct {
	typ  ir.Type
	as   ir.Shown
	num  uint64  // integers, enums, flags, bits, bool, std types that are numbers
	data []byte  // bytes, and std types
	list []value // arrays, and the items of a chain
	obj  *object // structs
	set  bool    // present
}

// object is a struct of a message. Its values stand by the slot of their field.
type object struct {
	typ    *ir.Struct
	values []value
	params []value
}

// clone copies deeply, so that nothing is shared with the datagram.
func (v value) clone() value {
	v.data = bytes.Clone(v.data)
	if v.list != nil {
		list := make([]value, len(v.list))
		for i, e := range v.list {
			list[i] = e.clone()
		}
		v.list = list
	}
	if v.obj != nil {
		v.obj = v.obj.clone()
	}
	return v
}

func (o *object) clone() *object {
	c := &object{typ: o.typ, values: make([]value, len(o.values))}
	for i, v := range o.values {
		c.values[i] = v.clone()
	}
	return c
}

// bit extracts a field of a bits word.
func bit(word uint64, f *ir.BitField) value {
	return value{typ: f.Type, as: f.As, num: word >> uint(f.Shift) & (1<<uint(f.Width) - 1), set: true}
}

func bitField(t *ir.Bits, f *ir.Field) *ir.BitField {
	for _, b := range t.Fields {
		if b.Field == f {
			return b
		}
	}
	return nil
}

// signed gives the two's complement of an integer's value.
func signed(t ir.Type, num uint64) uint64 {
	if i, ok := t.(*ir.IntType); ok && i.Signed && i.Bits < 64 {
		shift := uint(64 - i.Bits)
		return uint64(int64(num<<shift) >> shift)
	}
	return num
}
