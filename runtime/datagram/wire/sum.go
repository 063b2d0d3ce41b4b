package wire

import (
	"encoding/binary"
	"hash/adler32"
	"hash/crc32"
)

// The checksums take byte slices as if they were one: parts of the datagram, and what stands in place of others.

// Range returns the bytes of the datagram from offset from up to offset to, as far as it has them.
func (r *Reader) Range(from, to int) []byte {
	to = min(to, len(r.Data))
	if from >= to {
		return nil
	}
	return r.Data[from:to]
}

// SumInet is the Internet checksum (RFC 1071): the complement of the one's complement sum of 16-bit words in network
// order, the last one padded with 0. Over bytes that contain the right checksum it is 0.
func SumInet(parts ...[]byte) uint16 {
	var sum uint64
	odd := false // half of a word was summed
	for _, b := range parts {
		if odd && len(b) > 0 {
			sum += uint64(b[0])
			b, odd = b[1:], false
		}
		for ; len(b) >= 4; b = b[4:] {
			sum += uint64(binary.BigEndian.Uint32(b))
		}
		if len(b) >= 2 {
			sum += uint64(binary.BigEndian.Uint16(b))
			b = b[2:]
		}
		if len(b) > 0 {
			sum += uint64(b[0]) << 8
			odd = true
		}
	}
	for sum > 0xffff {
		sum = sum>>16 + sum&0xffff
	}
	return ^uint16(sum)
}

// SumCRC32 is the CRC-32 of IEEE 802.3.
func SumCRC32(parts ...[]byte) uint32 {
	var sum uint32
	for _, b := range parts {
		sum = crc32.Update(sum, crc32.IEEETable, b)
	}
	return sum
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// SumCRC32C is the CRC-32C of Castagnoli (RFC 9260, appendix A).
func SumCRC32C(parts ...[]byte) uint32 {
	var sum uint32
	for _, b := range parts {
		sum = crc32.Update(sum, castagnoli, b)
	}
	return sum
}

// SumAdler32 is Adler-32 (RFC 1950).
func SumAdler32(parts ...[]byte) uint32 {
	if len(parts) == 1 {
		return adler32.Checksum(parts[0])
	}
	const mod = 65521
	lo, hi := uint32(1), uint32(0)
	for _, b := range parts {
		for len(b) > 0 {
			n := min(len(b), 5552) // as many as 32 bits hold the sums of
			for _, c := range b[:n] {
				lo += uint32(c)
				hi += lo
			}
			lo, hi, b = lo%mod, hi%mod, b[n:]
		}
	}
	return hi<<16 | lo
}

// reflected is the table of a CRC-16 that takes the least significant bit first; poly is its reversed polynomial.
func reflected(poly uint16) *[256]uint16 {
	var t [256]uint16
	for i := range t {
		c := uint16(i)
		for range 8 {
			if c&1 != 0 {
				c = c>>1 ^ poly
			} else {
				c >>= 1
			}
		}
		t[i] = c
	}
	return &t
}

// straight is the table of a CRC-16 that takes the most significant bit first.
func straight(poly uint16) *[256]uint16 {
	var t [256]uint16
	for i := range t {
		c := uint16(i) << 8
		for range 8 {
			if c&0x8000 != 0 {
				c = c<<1 ^ poly
			} else {
				c <<= 1
			}
		}
		t[i] = c
	}
	return &t
}

var (
	tableDNP    = reflected(0xa6bc) // 0x3d65
	tableModbus = reflected(0xa001) // 0x8005
	tableX25    = reflected(0x8408) // 0x1021
	tableCCITT  = straight(0x1021)
)

func low(c uint16, t *[256]uint16, parts [][]byte) uint16 {
	for _, b := range parts {
		for _, x := range b {
			c = c>>8 ^ t[byte(c)^x]
		}
	}
	return c
}

func high(c uint16, parts [][]byte) uint16 {
	for _, b := range parts {
		for _, x := range b {
			c = c<<8 ^ tableCCITT[byte(c>>8)^x]
		}
	}
	return c
}

// SumCRC16DNP is the CRC of DNP3 (IEEE 1815), CRC-16/DNP; on the wire it is little-endian.
func SumCRC16DNP(parts ...[]byte) uint16 { return ^low(0, tableDNP, parts) }

// SumCRC16Modbus is CRC-16/MODBUS; on the wire it is little-endian.
func SumCRC16Modbus(parts ...[]byte) uint16 { return low(0xffff, tableModbus, parts) }

// SumCRC16X25 is CRC-16/IBM-SDLC, the FCS of HDLC and X.25 (RFC 1662); on the wire it is little-endian.
func SumCRC16X25(parts ...[]byte) uint16 { return ^low(0xffff, tableX25, parts) }

// SumCRC16Kermit is CRC-16/KERMIT, the true CRC-16 of CCITT.
func SumCRC16Kermit(parts ...[]byte) uint16 { return low(0, tableX25, parts) }

// SumCRC16CCITT is CRC-16/IBM-3740, which is often called CRC-16/CCITT: it begins with 0xFFFF.
func SumCRC16CCITT(parts ...[]byte) uint16 { return high(0xffff, parts) }

// SumCRC16XMODEM is CRC-16/XMODEM: it begins with 0.
func SumCRC16XMODEM(parts ...[]byte) uint16 { return high(0, parts) }

// SumFletcher16 is Fletcher's checksum of bytes modulo 255, the sum of sums in the upper byte.
func SumFletcher16(parts ...[]byte) uint16 {
	var lo, hi uint32
	for _, b := range parts {
		for len(b) > 0 {
			n := min(len(b), 5802) // as many as 32 bits hold the sums of
			for _, c := range b[:n] {
				lo += uint32(c)
				hi += lo
			}
			lo, hi, b = lo%255, hi%255, b[n:]
		}
	}
	return uint16(hi<<8 | lo)
}

// SumFletcher32 is Fletcher's checksum of little-endian 16-bit words modulo 65535, the sum of sums in the upper half. The
// last word is padded with 0.
func SumFletcher32(parts ...[]byte) uint32 {
	var lo, hi uint64
	var word uint64
	half := false
	for _, b := range parts {
		for _, c := range b {
			if !half {
				word, half = uint64(c), true
				continue
			}
			lo += word | uint64(c)<<8
			hi += lo
			half = false
		}
	}
	if half {
		lo += word
		hi += lo
	}
	return uint32(hi%65535<<16 | lo%65535)
}

// SumAdd8 is the sum of all bytes, modulo 256. Over bytes that contain their two's complement checksum it is 0.
func SumAdd8(parts ...[]byte) uint8 {
	var sum uint8
	for _, b := range parts {
		for _, c := range b {
			sum += c
		}
	}
	return sum
}

// SumXor8 is the exclusive or of all bytes.
func SumXor8(parts ...[]byte) uint8 {
	var sum uint8
	for _, b := range parts {
		for _, c := range b {
			sum ^= c
		}
	}
	return sum
}
