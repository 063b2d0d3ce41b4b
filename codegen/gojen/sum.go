package gojen

import (
	"github.com/dave/jennifer/jen"

	"github.com/flowscope/fsd/dsl/ir"
)

// sumFuncs are the functions of package wire for checksums.
var sumFuncs = map[string]string{
	"inet": "SumInet", "crc32": "SumCRC32", "crc32c": "SumCRC32C", "crc16_dnp": "SumCRC16DNP", "crc16_modbus": "SumCRC16Modbus",
	"crc16_x25": "SumCRC16X25", "crc16_kermit": "SumCRC16Kermit", "crc16_ccitt": "SumCRC16CCITT", "crc16_xmodem": "SumCRC16XMODEM",
	"fletcher16": "SumFletcher16", "fletcher32": "SumFletcher32", "adler32": "SumAdler32", "sum8": "SumAdd8", "xor8": "SumXor8",
}

// checksumType is the Go type of a checksum.
func checksumType(e *ir.Checksum) goType {
	bits := e.R.Hi.BitLen()
	return intGoType(&ir.IntType{Bits: bits})
}

// checksum calls the function of a checksum.
func (v *env) checksum(e *ir.Checksum) expr {
	name, ok := sumFuncs[e.Sum]
	if !ok {
		panic(unsafeError{"there is no checksum " + e.Sum})
	}
	var parts []jen.Code
	for _, p := range e.Of {
		parts = append(parts, v.slice(p).c)
	}
	return call(wire(name), parts...)
}

// slice is an expression of kind Bytes as a []byte.
func (v *env) slice(e ir.Expr) expr {
	switch e := e.(type) {
	case *ir.BytesConst:
		return atom(id(v.g.bytesVar(e.Value)))
	case *ir.Span:
		return call(id("d").Dot("Range"), v.place(e.From).c, v.place(e.To).c)
	case *ir.Ref:
		x, t, _ := v.ref(e)
		if _, std := t.(*ir.StdType); std {
			return atom(jen.Add(x.in(operand)).Index(op(":")))
		}
		return x
	}
	panic(unsafeError{"not bytes"})
}

// place is an offset in the datagram: `offset - 4` behind a field of four bytes is where the field begins.
func (v *env) place(e ir.Expr) expr {
	if b, ok := e.(*ir.Binary); ok && b.Op == "-" && v.pos != nil {
		fact, here := b.X.(*ir.Fact)
		n, constant := b.Y.(*ir.Const)
		if here && constant && fact.Fact == ir.Offset {
			if x, ok := v.pos(int(n.Value.Int64())); ok {
				return x
			}
		}
	}
	return v.value(e, typeInt)
}

// behind is the place n bytes in front of the position; ok is false where there is no shorter way to say it.
func (f *fn) behind(n int) (x expr, ok bool) {
	if f.atEnd || f.more != nil || f.delta < n {
		return expr{}, false
	}
	return f.pos(-n), true
}

// bytesVar is a variable that holds constant bytes: a slice of them made on the spot would be an allocation.
func (g *gen) bytesVar(b []byte) string {
	if name, ok := g.byteVars[string(b)]; ok {
		return name
	}
	name := g.p.Take("constantBytes", "")
	g.tableNames = append(g.tableNames, name)
	g.tables = append(g.tables, jen.Var().Add(id(name)).Op("=").Index().Byte().Parens(str(string(b))))
	g.byteVars[string(b)] = name
	return name
}

// shown is the value of a let of a standard type.
func (f *fn) shown(t *ir.StdType, e ir.Expr) expr {
	name := stdName(t)
	if e.Kind() != ir.Bytes {
		switch t.Name {
		case "ipv4":
			return call(wire("ToIPv4"), f.env.value(e, goType{name: "uint32", bits: 32, isInt: true}).c)
		case "mac":
			return call(wire("ToMAC"), f.env.value(e, typeUint64).c)
		case "ntp64":
			return call(wire(name), f.env.value(e, typeUint64).c)
		}
		return call(wire(name), f.env.value(e, goType{name: "uint32", bits: 32, isInt: true}).c)
	}
	both, ok := e.(*ir.Xor)
	if !ok {
		return call(wire(name), f.env.slice(e).c)
	}
	xor := map[int64]string{4: "Xor4", 6: "Xor6", 16: "Xor16"}[t.Bytes]
	return call(wire(name), call(wire(xor), f.env.slice(both.X).c, f.env.slice(both.Y).c).c)
}
