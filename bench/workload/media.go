package workload

import (
	"math/rand/v2"
)

// RTP returns packets of one source, in order; every fourth has a header extension.
func RTP(n int) [][]byte {
	return list(33, n, func(r *rand.Rand, i int) []byte { return RTPPacket(r, i) })
}

// RTPPacket returns packet number i of a source.
func RTPPacket(r *rand.Rand, i int) []byte {
	b := be.AppendUint16([]byte{0x80, 0}, uint16(i))
	b = be.AppendUint32(b, uint32(160*i))
	b = be.AppendUint32(b, 0x12345678)
	if i%4 == 3 {
		b[0] |= 0x10
		b = append(b, 0xbe, 0xde, 0, 2, 0x10, byte(r.Uint32()), 0x22, byte(r.Uint32()), byte(r.Uint32()), byte(r.Uint32()), 0, 0)
	}
	return append(b, random(r, 160)...)
}

// RTPPair returns a packet and one of the stream in the other direction. Their numbers do not matter: the writer of the
// capture sets them.
func RTPPair(r *rand.Rand) (there, back []byte) { return RTPPacket(r, 0), RTPPacket(r, 0) }

// RTCP returns compound packets: a report of a sender or receiver, and who it is.
func RTCP(n int) [][]byte {
	return list(34, n, func(r *rand.Rand, i int) []byte {
		var b []byte
		if i%2 == 0 {
			b = append(append([]byte{0x81, 200, 0, 12}, 0x12, 0x34, 0x56, 0x78), random(r, 20)...)
		} else {
			b = append([]byte{0x81, 201, 0, 7}, 0x12, 0x34, 0x56, 0x78)
		}
		b = append(b, random(r, 24)...)
		b = append(b, 0x81, 202, 0, 6, 0x12, 0x34, 0x56, 0x78, 1, 16)
		return append(append(b, letters(r, 16)...), 0, 0)
	})
}

// Geneve returns frames of one network in another; half have an option.
func Geneve(n int) [][]byte {
	return list(35, n, func(r *rand.Rand, i int) []byte {
		b := append([]byte{0, 0, 0x65, 0x58}, append(random(r, 3), 0)...)
		if i%2 == 1 {
			b[0] = 2
			b = append(append(b, 1, 2, 3, 1), random(r, 4)...)
		}
		return Frame(b, Flow{Client: r.Uint32(), Server: r.Uint32(), ClientPort: 1000, ServerPort: 53}, false, random(r, 40))
	})
}

// WireGuard returns packets of data; every 16th is the beginning of a handshake.
func WireGuard(n int) [][]byte {
	return list(36, n, func(r *rand.Rand, i int) []byte {
		if i%16 == 0 {
			return append([]byte{1, 0, 0, 0}, random(r, 144)...)
		}
		b := append([]byte{4, 0, 0, 0}, random(r, 4)...)
		b = append(be.AppendUint32(b, uint32(i)<<24), 0, 0, 0, 0)
		return append(b, random(r, 112)...)
	})
}

// TFTP returns requests with options.
func TFTP(n int) [][]byte {
	return list(37, n, func(r *rand.Rand, i int) []byte {
		b := append([]byte{0, 1}, letters(r, 8+r.IntN(12))...)
		return append(b, "\x00octet\x00blksize\x001428\x00tsize\x000\x00"...)
	})
}

// DTLS returns first flights of clients, and records of data.
func DTLS(n int) [][]byte {
	return list(38, n, func(r *rand.Rand, i int) []byte {
		record := func(kind byte, epoch byte, body []byte) []byte {
			b := []byte{kind, 0xfe, 0xfd, 0, epoch, 0, 0, 0, 0, byte(i >> 8), byte(i)}
			return append(be.AppendUint16(b, uint16(len(body))), body...)
		}
		if i%4 != 0 {
			return append(record(23, 1, random(r, 64)), record(23, 1, random(r, 48))...)
		}
		hello := append([]byte{0xfe, 0xfd}, random(r, 32)...)
		hello = append(hello, 0, 0)
		hello = append(hello, 0, 8, 0xc0, 0x2b, 0xc0, 0x2f, 0xc0, 0x0a, 0xc0, 0x14, 1, 0)
		extensions := []byte{0, 10, 0, 6, 0, 4, 0, 29, 0, 23, 0, 11, 0, 2, 1, 0, 0, 13, 0, 6, 0, 4, 4, 3, 4, 1, 0, 23, 0, 0}
		hello = append(be.AppendUint16(hello, uint16(len(extensions))), extensions...)
		head := []byte{1, 0, byte(len(hello) >> 8), byte(len(hello)), 0, 0, 0, 0, 0, 0, byte(len(hello) >> 8), byte(len(hello))}
		return record(22, 0, append(head, hello...))
	})
}

// QUIC returns the long headers of connections: Initial packets of clients, padded.
func QUIC(n int) [][]byte {
	return list(39, n, func(r *rand.Rand, i int) []byte {
		b := append([]byte{0xc3, 0, 0, 0, 1, 8}, random(r, 8)...)
		b = append(append(b, 4), random(r, 4)...)
		b = append(b, 0)
		rest := 1200 - len(b) - 2
		b = be.AppendUint16(b, uint16(0x4000|rest))
		return append(b, random(r, rest)...)
	})
}
