package eval

import (
	"hash/adler32"

	"github.com/flowscope/fsd/dsl/ir"
)

// span is a part of the datagram.
func (s *scope) span(e *ir.Span) func(r *run, f *frame) []byte {
	from, to := s.expr(e.From), s.expr(e.To)
	return func(r *run, f *frame) []byte {
		all := uint64(len(r.data))
		a, b := from(r, f), min(to(r, f), all)
		if a >= b {
			return nil
		}
		return r.data[a:b]
	}
}

// checksum makes a checksum ready. It is computed bit by bit where that is how it is defined.
func (s *scope) checksum(e *ir.Checksum) expr {
	var parts []func(r *run, f *frame) []byte
	for _, p := range e.Of {
		parts = append(parts, s.bytes(p))
	}
	sum, ok := sums[e.Sum]
	if !ok {
		panic(fault(s.name, "there is no checksum %s", e.Sum))
	}
	return func(r *run, f *frame) uint64 {
		var all []byte
		for _, p := range parts {
			all = append(all, p(r, f)...)
		}
		return sum(all)
	}
}

// crc is a CRC of width bits; with reflect the least significant bit of each byte comes first, and poly and the result
// are reversed accordingly.
func crc(width uint, poly, init, final uint64, reflect bool) func(b []byte) uint64 {
	mask := uint64(1)<<width - 1
	return func(b []byte) uint64 {
		c := init
		for _, x := range b {
			for i := range uint(8) {
				bit := uint64(x) >> (7 - i) & 1
				if reflect {
					bit = uint64(x) >> i & 1
					odd := c&1 ^ bit
					c >>= 1
					if odd != 0 {
						c ^= poly
					}
					continue
				}
				odd := c>>(width-1)&1 ^ bit
				c = c << 1 & mask
				if odd != 0 {
					c ^= poly
				}
			}
		}
		return c ^ final
	}
}

var sums = map[string]func(b []byte) uint64{
	"inet":         inet,
	"crc32":        crc(32, 0xedb88320, 0xffffffff, 0xffffffff, true),
	"crc32c":       crc(32, 0x82f63b78, 0xffffffff, 0xffffffff, true),
	"crc16_dnp":    crc(16, 0xa6bc, 0, 0xffff, true),
	"crc16_modbus": crc(16, 0xa001, 0xffff, 0, true),
	"crc16_x25":    crc(16, 0x8408, 0xffff, 0xffff, true),
	"crc16_kermit": crc(16, 0x8408, 0, 0, true),
	"crc16_ccitt":  crc(16, 0x1021, 0xffff, 0, false),
	"crc16_xmodem": crc(16, 0x1021, 0, 0, false),
	"adler32":      func(b []byte) uint64 { return uint64(adler32.Checksum(b)) },
	"fletcher16":   func(b []byte) uint64 { return fletcher(b, 1) },
	"fletcher32":   func(b []byte) uint64 { return fletcher(b, 2) },
	"sum8": func(b []byte) uint64 {
		var n uint64
		for _, c := range b {
			n += uint64(c)
		}
		return n % 256
	},
	"xor8": func(b []byte) uint64 {
		var n uint64
		for _, c := range b {
			n ^= uint64(c)
		}
		return n
	},
}

func inet(b []byte) uint64 {
	var n uint64
	for i, c := range b {
		if i%2 == 0 {
			n += uint64(c) << 8
		} else {
			n += uint64(c)
		}
		n = n&0xffff + n>>16
	}
	return n ^ 0xffff
}

// fletcher sums little-endian words of size bytes.
func fletcher(b []byte, size int) uint64 {
	bits := uint(8 * size)
	most := uint64(1)<<bits - 1
	var lo, hi uint64
	for i := 0; i < len(b); i += size {
		lo = (lo + unsigned(b[i:min(i+size, len(b))], true)) % most
		hi = (hi + lo) % most
	}
	return hi<<bits | lo
}
