package workload

import "math/rand/v2"

// SNMP returns requests of version 2c for four interface counters, and their answers.
func SNMP(n int) [][]byte {
	r := NewRand(40)
	var out [][]byte
	for len(out) < n {
		q, a := SNMPPair(r)
		out = append(out, q, a)
	}
	return out[:n]
}

// berElement appends a BER element with a length of as few bytes as it needs.
func berElement(dst []byte, tag byte, content ...byte) []byte {
	switch n := len(content); {
	case n < 0x80:
		dst = append(dst, tag, byte(n))
	case n < 0x100:
		dst = append(dst, tag, 0x81, byte(n))
	default:
		dst = append(dst, tag, 0x82, byte(n>>8), byte(n))
	}
	return append(dst, content...)
}

// SNMPPair returns a request and its answer.
func SNMPPair(r *rand.Rand) (request, reply []byte) {
	id := random(r, 4)
	id[0] &= 0x7f
	if id[0] == 0 {
		id[0] = 1
	}
	port := byte(1 + r.IntN(48))
	message := func(kind byte, value func(i int) []byte) []byte {
		var binds []byte
		for i, column := range []byte{10, 16, 14, 2} {
			oid := berElement(nil, 6, 0x2b, 6, 1, 2, 1, 2, 2, 1, column, port)
			binds = berElement(binds, 0x30, append(oid, value(i)...)...)
		}
		pdu := berElement(nil, 2, id...)
		pdu = append(pdu, 2, 1, 0, 2, 1, 0)
		pdu = berElement(pdu, 0x30, binds...)
		whole := append([]byte{2, 1, 1, 4, 6}, "public"...)
		return berElement(nil, 0x30, berElement(whole, kind, pdu...)...)
	}
	request = message(0xa0, func(int) []byte { return []byte{5, 0} })
	reply = message(0xa2, func(i int) []byte {
		if i == 3 {
			return berElement(nil, 4, append([]byte("GigabitEthernet0/"), '0'+port%10)...)
		}
		v := random(r, 4)
		v[0] = 1 + v[0]&0x3f
		return berElement(nil, 0x41, v...)
	})
	return request, reply
}
