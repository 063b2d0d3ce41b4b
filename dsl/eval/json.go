package eval

import (
	"encoding/binary"
	"strconv"

	"github.com/flowscope/fsd/dsl/ir"
	"github.com/flowscope/fsd/runtime/datagram/wire"
)

// appendObject appends a struct as the package documentation of ir says.
func (p *program) appendObject(dst []byte, o *object) []byte {
	dst = append(dst, '{')
	first := true
	for _, f := range o.typ.Fields {
		v := &o.values[p.slots[f]]
		if !v.set || f.Name == "_" || f.Hidden {
			continue
		}
		dst = appendKey(dst, f.Key, &first)
		dst = p.appendValue(dst, v)
	}
	return append(dst, '}')
}

func appendKey(dst []byte, key string, first *bool) []byte {
	if !*first {
		dst = append(dst, ',')
	}
	*first = false
	dst = append(dst, '"')
	dst = append(dst, key...)
	return append(dst, '"', ':')
}

func (p *program) appendValue(dst []byte, v *value) []byte {
	switch t := v.typ.(type) {
	case *ir.IntType:
		if t.Signed {
			return strconv.AppendInt(dst, int64(v.num), 10)
		}
		return strconv.AppendUint(dst, v.num, 10)
	case *ir.BoolType:
		return strconv.AppendBool(dst, v.num != 0)
	case *ir.Enum:
		return appendEnum(dst, t, v.num)
	case *ir.Flags:
		return appendFlags(dst, t, v.num)
	case *ir.Bits:
		dst = append(dst, '{')
		first := true
		for _, f := range t.Fields {
			if f.Name == "_" {
				continue
			}
			dst = appendKey(dst, f.Key, &first)
			b := bit(v.num, f)
			b.num = signed(b.typ, b.num)
			dst = p.appendValue(dst, &b)
		}
		return append(dst, '}')
	case *ir.StdType:
		return appendStd(dst, t, v)
	case *ir.BytesType:
		switch t.As {
		case ir.AsText, ir.AsASCII:
			return wire.AppendText(dst, v.data)
		case ir.AsCString:
			return wire.AppendCString(dst, v.data)
		}
		return wire.AppendHex(dst, v.data)
	case *ir.ArrayType:
		return p.appendList(dst, v.list)
	case *ir.Struct:
		return p.appendObject(dst, v.obj)
	case *ir.Chain:
		if !t.HasJoin {
			return p.appendList(dst, v.list)
		}
		dst = append(dst, '"')
		for i := range v.list {
			if i > 0 {
				dst = wire.AppendJoin(dst, t.Join)
			}
			dst = wire.AppendItem(dst, v.list[i].data, t.Join)
		}
		if len(v.list) == 0 {
			dst = wire.AppendJoin(dst, t.Join)
		}
		return append(dst, '"')
	}
	panic("eval: no such type")
}

func (p *program) appendList(dst []byte, list []value) []byte {
	dst = append(dst, '[')
	for i := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = p.appendValue(dst, &list[i])
	}
	return append(dst, ']')
}

func appendEnum(dst []byte, t *ir.Enum, num uint64) []byte {
	dst = append(dst, '"')
	for _, v := range t.Values {
		if v.Value == num {
			return append(append(dst, v.Name...), '"')
		}
	}
	dst = append(append(dst, t.Name...), '(')
	dst = strconv.AppendUint(dst, num, 10)
	return append(dst, ')', '"')
}

// appendFlags names the flags whose bits are all set, in order of declaration, and then the bits that no flag has.
func appendFlags(dst []byte, t *ir.Flags, num uint64) []byte {
	dst = append(dst, '[')
	first := true
	rest := num
	for _, v := range t.Values {
		if num&v.Value != v.Value || v.Value == 0 {
			continue
		}
		rest &^= v.Value
		if !first {
			dst = append(dst, ',')
		}
		first = false
		dst = append(append(append(dst, '"'), v.Name...), '"')
	}
	if rest != 0 {
		if !first {
			dst = append(dst, ',')
		}
		dst = append(dst, `"0x`...)
		dst = strconv.AppendUint(dst, rest, 16)
		dst = append(dst, '"')
	}
	return append(dst, ']')
}

func appendStd(dst []byte, t *ir.StdType, v *value) []byte {
	switch t.Name {
	case "ipv4":
		return wire.IPv4(v.data).AppendJSON(dst)
	case "ipv6":
		return wire.IPv6(v.data).AppendJSON(dst)
	case "mac":
		return wire.MAC(v.data).AppendJSON(dst)
	case "uuid":
		return wire.UUID(v.data).AppendJSON(dst)
	case "unix32":
		return wire.Unix32(v.num).AppendJSON(dst)
	case "ntp64":
		return wire.NTP64(v.num).AppendJSON(dst)
	case "ntp32":
		return wire.NTP32(v.num).AppendJSON(dst)
	}
	panic("eval: no such standard type: " + t.Name)
}

// number reads an unsigned integer.
func number(b []byte, little bool) uint64 {
	var word [8]byte
	if little {
		copy(word[:], b)
		return binary.LittleEndian.Uint64(word[:])
	}
	copy(word[8-len(b):], b)
	return binary.BigEndian.Uint64(word[:])
}
