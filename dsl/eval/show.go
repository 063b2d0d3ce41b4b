package eval

import (
	"strconv"

	"github.com/flowscope/fsd/dsl/ir"
	"github.com/flowscope/fsd/runtime/datagram/wire"
)

// shower appends the JSON form of a value.
type shower func(dst []byte, t *tree, v uint64) []byte

// appendJSON appends a struct as the package documentation of ir says: its fields in order, those that it has.
func (s *structType) appendJSON(dst []byte, t *tree, v uint64) []byte {
	dst = append(dst, '{')
	comma := false
	show := func(i int, value uint64) {
		f := s.ir.Fields[i]
		if f.Name == "_" || f.Hidden {
			return
		}
		dst = appendKey(dst, f.Key, comma)
		comma = true
		dst = s.show[i](dst, t, value)
	}
	if t.inOrder(v) {
		for i := uint32(v); i != none; i = t.node(i).next {
			show(int(t.node(i).field), t.node(i).value)
		}
		return append(dst, '}')
	}
	for i := range s.ir.Fields {
		if value, ok := t.find(v, i); ok {
			show(i, value)
		}
	}
	return append(dst, '}')
}

func appendKey(dst []byte, key string, comma bool) []byte {
	if comma {
		dst = append(dst, ',')
	}
	return append(append(append(dst, '"'), key...), '"', ':')
}

// shower makes the JSON form of values of type t ready.
func (p *program) shower(t ir.Type) shower {
	switch t := t.(type) {
	case *ir.IntType:
		if t.Signed {
			return func(dst []byte, _ *tree, v uint64) []byte { return strconv.AppendInt(dst, int64(v), 10) }
		}
		return func(dst []byte, _ *tree, v uint64) []byte { return strconv.AppendUint(dst, v, 10) }
	case *ir.BoolType:
		return func(dst []byte, _ *tree, v uint64) []byte { return strconv.AppendBool(dst, v != 0) }
	case *ir.Enum:
		return enumShower(t)
	case *ir.Flags:
		var names []wire.FlagName
		for _, v := range t.Values {
			names = append(names, wire.FlagName{Mask: v.Value, Name: v.Name})
		}
		return func(dst []byte, _ *tree, v uint64) []byte { return wire.AppendFlags(dst, v, names) }
	case *ir.Bits:
		return p.bitsShower(t)
	case *ir.StdType:
		return stdShower(t.Name)
	case *ir.BytesType:
		return bytesShower(t.As)
	case *ir.ArrayType:
		elem := p.shower(t.Elem)
		return func(dst []byte, t *tree, v uint64) []byte {
			dst = append(dst, '[')
			first, n := spanned(v)
			for i := first; n > 0; n-- {
				if i != first {
					dst = append(dst, ',')
				}
				dst = elem(dst, t, t.node(i).value)
				i = t.node(i).next
			}
			return append(dst, ']')
		}
	case *ir.Struct:
		return p.structType(t).appendJSON
	case *ir.Chain:
		return chainShower(t)
	}
	panic(fault("message", "a value of type %T cannot be shown", t))
}

// enumShower shows the name of a value, or the enum's name and the number.
func enumShower(t *ir.Enum) shower {
	names := map[uint64]string{}
	for _, v := range t.Values {
		names[v.Value] = `"` + v.Name + `"`
	}
	return func(dst []byte, _ *tree, v uint64) []byte {
		if name, ok := names[v]; ok {
			return append(dst, name...)
		}
		dst = append(dst, '"')
		if t.Int.Signed {
			dst = wire.AppendUnknownInt(dst, t.Name, int64(v))
		} else {
			dst = wire.AppendUnknown(dst, t.Name, v)
		}
		return append(dst, '"')
	}
}

func (p *program) bitsShower(t *ir.Bits) shower {
	type part struct {
		key  string
		cut  func(word uint64) uint64
		show shower
	}
	var parts []part
	for _, b := range t.Fields {
		if b.Name != "_" {
			parts = append(parts, part{b.Key, bitsOf(b), p.shower(b.Type)})
		}
	}
	return func(dst []byte, t *tree, v uint64) []byte {
		dst = append(dst, '{')
		for i, b := range parts {
			dst = appendKey(dst, b.key, i > 0)
			dst = b.show(dst, t, b.cut(v))
		}
		return append(dst, '}')
	}
}

func stdShower(name string) shower {
	switch name {
	case "ipv4":
		return func(dst []byte, t *tree, v uint64) []byte { return wire.IPv4(t.bytes(v)).AppendJSON(dst) }
	case "ipv6":
		return func(dst []byte, t *tree, v uint64) []byte { return wire.IPv6(t.bytes(v)).AppendJSON(dst) }
	case "mac":
		return func(dst []byte, t *tree, v uint64) []byte { return wire.MAC(t.bytes(v)).AppendJSON(dst) }
	case "uuid":
		return func(dst []byte, t *tree, v uint64) []byte { return wire.UUID(t.bytes(v)).AppendJSON(dst) }
	case "unix32":
		return func(dst []byte, _ *tree, v uint64) []byte { return wire.Unix32(v).AppendJSON(dst) }
	case "ntp64":
		return func(dst []byte, _ *tree, v uint64) []byte { return wire.NTP64(v).AppendJSON(dst) }
	case "ntp32":
		return func(dst []byte, _ *tree, v uint64) []byte { return wire.NTP32(v).AppendJSON(dst) }
	case "float32":
		return func(dst []byte, _ *tree, v uint64) []byte { return wire.NewFloat32(uint32(v)).AppendJSON(dst) }
	case "float64":
		return func(dst []byte, _ *tree, v uint64) []byte { return wire.NewFloat64(v).AppendJSON(dst) }
	}
	panic(fault("message", "there is no standard type %s", name))
}

// bytesForm is the JSON form of bytes.
func bytesForm(as ir.Shown) func(dst, b []byte) []byte {
	switch as {
	case ir.AsText, ir.AsASCII:
		return wire.AppendText
	case ir.AsCString:
		return wire.AppendCString
	case ir.AsNBName:
		return wire.AppendNBName
	case ir.AsOID:
		return wire.AppendOID
	}
	return wire.AppendHex
}

func bytesShower(as ir.Shown) shower {
	form := bytesForm(as)
	return func(dst []byte, t *tree, v uint64) []byte { return form(dst, t.bytes(v)) }
}

// chainShower shows the items as one string with the join between them, or as an array of strings.
func chainShower(c *ir.Chain) shower {
	as := c.Item.Type.(*ir.BytesType).As
	if c.HasJoin {
		item := wire.AppendItem
		if as == ir.AsNBName {
			item = wire.AppendNBItem
		}
		return func(dst []byte, t *tree, v uint64) []byte {
			dst = append(dst, '"')
			first, n := spanned(v)
			for i := range n {
				if i > 0 {
					dst = wire.AppendJoin(dst, c.Join)
				}
				dst = item(dst, t.item(int(first)+i), c.Join)
			}
			if n == 0 {
				dst = wire.AppendJoin(dst, c.Join)
			}
			return append(dst, '"')
		}
	}
	form := bytesForm(as)
	return func(dst []byte, t *tree, v uint64) []byte {
		dst = append(dst, '[')
		first, n := spanned(v)
		for i := range n {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = form(dst, t.item(int(first)+i))
		}
		return append(dst, ']')
	}
}
