package workload

import "math/rand/v2"

// templateFields are those of a flow record: type and length.
var templateFields = []uint16{8, 4, 12, 4, 15, 4, 10, 4, 14, 4, 2, 4, 1, 4, 22, 4, 21, 4, 7, 2, 11, 2, 4, 1, 5, 1, 6, 1, 61, 1}

const templateRecord = 44 // bytes of a record

func flowRecords(r *rand.Rand, b []byte) []byte {
	b = be.AppendUint16(be.AppendUint16(b, 256), 4+24*templateRecord)
	for range 24 {
		record := random(r, templateRecord)
		record[43] &= 1
		b = append(b, record...)
	}
	return b
}

func template(b []byte, set uint16) []byte {
	b = be.AppendUint16(be.AppendUint16(b, set), uint16(8+2*len(templateFields)))
	b = be.AppendUint16(be.AppendUint16(b, 256), uint16(len(templateFields)/2))
	for _, v := range templateFields {
		b = be.AppendUint16(b, v)
	}
	return b
}

// NetFlow9 returns datagrams of 24 flows; the first one has their template too.
func NetFlow9(n int) [][]byte {
	return list(41, n, func(r *rand.Rand, i int) []byte {
		b := []byte{0, 9, 0, 24, 0, 1, 0, 0, 0x65, 0x92, 0, 0}
		b = append(be.AppendUint32(b, uint32(i)), 0, 0, 0, 1)
		if i == 0 {
			b[3] = 25
			b = template(b, 0)
		}
		return flowRecords(r, b)
	})
}

// IPFIX returns messages of 24 flows; the first one has their template too.
func IPFIX(n int) [][]byte {
	return list(42, n, func(r *rand.Rand, i int) []byte {
		b := []byte{0, 10, 0, 0, 0x65, 0x92, 0, 0}
		b = append(be.AppendUint32(b, uint32(24*i)), 0, 0, 0, 1)
		if i == 0 {
			b = template(b, 2)
		}
		b = flowRecords(r, b)
		be.PutUint16(b[2:], uint16(len(b)))
		return b
	})
}

// SFlow returns datagrams of seven flow samples, each with the first 128 bytes of a frame.
func SFlow(n int) [][]byte {
	return list(43, n, func(r *rand.Rand, i int) []byte {
		number := be.AppendUint32
		b := append([]byte{0, 0, 0, 5, 0, 0, 0, 1, 192, 0, 2, 1}, 0, 0, 0, 0)
		b = number(number(number(b, uint32(i)), r.Uint32()), 7)
		for k := range 7 {
			frame := Frame(nil, Flow{Client: r.Uint32(), Server: r.Uint32(), ClientPort: 1000, ServerPort: 53}, false, random(r, 86))
			b = number(number(b, 1), 32+8+16+128)
			b = number(number(number(number(b, uint32(7*i+k)), 3), 1000), r.Uint32())
			b = number(number(number(number(b, 0), 3), 4), 1)
			b = number(number(b, 1), 16+128)
			b = number(number(number(number(b, 1), 1500), 4), 128)
			b = append(b, frame[:128]...)
		}
		return b
	})
}
