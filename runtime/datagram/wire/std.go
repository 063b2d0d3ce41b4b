package wire

import (
	"encoding/binary"
	"net/netip"
	"strconv"
	"time"
)

// IPv4 is an IPv4 address, as on the wire.
type IPv4 [4]byte

// Addr returns the address as a netip.Addr.
func (a IPv4) Addr() netip.Addr { return netip.AddrFrom4(a) }

// AppendTo appends the address as text, e.g. 192.0.2.1.
func (a IPv4) AppendTo(dst []byte) []byte {
	for i, c := range a {
		if i > 0 {
			dst = append(dst, '.')
		}
		if c >= 100 {
			dst = append(dst, '0'+c/100)
		}
		if c >= 10 {
			dst = append(dst, '0'+c/10%10)
		}
		dst = append(dst, '0'+c%10)
	}
	return dst
}

// String returns the address as text, e.g. 192.0.2.1.
func (a IPv4) String() string { return string(a.AppendTo(make([]byte, 0, len("255.255.255.255")))) }

// AppendJSON appends the address as a JSON string.
func (a IPv4) AppendJSON(dst []byte) []byte { return append(a.AppendTo(append(dst, '"')), '"') }

// IPv6 is an IPv6 address, as on the wire.
type IPv6 [16]byte

// Addr returns the address as a netip.Addr.
func (a IPv6) Addr() netip.Addr { return netip.AddrFrom16(a) }

// AppendTo appends the address as text (RFC 5952), e.g. 2001:db8::1.
func (a IPv6) AppendTo(dst []byte) []byte { return a.Addr().AppendTo(dst) }

// String returns the address as text (RFC 5952), e.g. 2001:db8::1.
func (a IPv6) String() string { return a.Addr().String() }

// AppendJSON appends the address as a JSON string.
func (a IPv6) AppendJSON(dst []byte) []byte { return append(a.AppendTo(append(dst, '"')), '"') }

// MAC is an IEEE 802 hardware address of 48 bits, as on the wire.
type MAC [6]byte

// AppendTo appends the address as text, e.g. 00:00:5e:00:53:01.
func (a MAC) AppendTo(dst []byte) []byte {
	for i, c := range a {
		if i > 0 {
			dst = append(dst, ':')
		}
		dst = append(dst, hexDigits[c>>4], hexDigits[c&15])
	}
	return dst
}

// String returns the address as text, e.g. 00:00:5e:00:53:01.
func (a MAC) String() string { return string(a.AppendTo(nil)) }

// AppendJSON appends the address as a JSON string.
func (a MAC) AppendJSON(dst []byte) []byte { return append(a.AppendTo(append(dst, '"')), '"') }

// UUID is a universally unique identifier (RFC 9562), its bytes in the order of its text, whatever the byte order
// of the protocol.
type UUID [16]byte

// AppendTo appends the identifier as text, e.g. f81d4fae-7dec-11d0-a765-00a0c91e6bf6.
func (u UUID) AppendTo(dst []byte) []byte {
	for i, c := range u {
		if i == 4 || i == 6 || i == 8 || i == 10 {
			dst = append(dst, '-')
		}
		dst = append(dst, hexDigits[c>>4], hexDigits[c&15])
	}
	return dst
}

// String returns the identifier as text, e.g. f81d4fae-7dec-11d0-a765-00a0c91e6bf6.
func (u UUID) String() string { return string(u.AppendTo(nil)) }

// AppendJSON appends the identifier as a JSON string.
func (u UUID) AppendJSON(dst []byte) []byte { return append(u.AppendTo(append(dst, '"')), '"') }

// Unix32 is a time as unsigned seconds since 1970-01-01 00:00 UTC, until 2106.
type Unix32 uint32

// Time returns the time in UTC.
func (t Unix32) Time() time.Time { return time.Unix(int64(t), 0).UTC() }

// AppendTo appends the time in RFC 3339, UTC, e.g. 2004-09-16T23:59:58Z.
func (t Unix32) AppendTo(dst []byte) []byte { return append(appendSeconds(dst, int64(t)), 'Z') }

// String returns the time in RFC 3339, UTC, e.g. 2004-09-16T23:59:58Z.
func (t Unix32) String() string { return string(t.AppendTo(nil)) }

// AppendJSON appends the time as a JSON string.
func (t Unix32) AppendJSON(dst []byte) []byte { return append(t.AppendTo(append(dst, '"')), '"') }

// NTP64 is a time in the NTP timestamp format (RFC 5905, section 6): 32 bits of seconds and 32 bits of fraction.
// Seconds with their top bit set count from 1900, others from 2036-02-07 06:28:16 UTC (RFC 4330, section 3). Zero
// means that the time is not known.
type NTP64 uint64

// The beginning of the two eras as seconds since 1970.
const (
	ntpEra0 = -2208988800
	ntpEra1 = ntpEra0 + 1<<32
)

func (t NTP64) unix() int64 {
	s := int64(t >> 32)
	if s>>31 != 0 {
		return s + ntpEra0
	}
	return s + ntpEra1
}

// IsZero says whether the time is not known.
func (t NTP64) IsZero() bool { return t == 0 }

// Time returns the time in UTC, cut to nanoseconds; the zero time.Time for zero.
func (t NTP64) Time() time.Time {
	if t == 0 {
		return time.Time{}
	}
	return time.Unix(t.unix(), int64(uint64(uint32(t))*1e9>>32)).UTC()
}

// AppendTo appends the time in RFC 3339, UTC, with 10 decimals of the second (cut, not rounded), which tells all
// values apart; "unknown" for zero.
func (t NTP64) AppendTo(dst []byte) []byte {
	if t == 0 {
		return append(dst, "unknown"...)
	}
	dst = append(appendSeconds(dst, t.unix()), '.')
	f := uint64(uint32(t))
	for range 10 {
		f *= 10
		dst = append(dst, '0'+byte(f>>32))
		f &= 1<<32 - 1
	}
	return append(dst, 'Z')
}

// String returns what AppendTo appends.
func (t NTP64) String() string { return string(t.AppendTo(nil)) }

// AppendJSON appends the time as a JSON string, null for zero.
func (t NTP64) AppendJSON(dst []byte) []byte {
	if t == 0 {
		return append(dst, "null"...)
	}
	return append(t.AppendTo(append(dst, '"')), '"')
}

// NTP32 is a time span in the NTP short format (RFC 5905, section 6): 16 bits of seconds and 16 bits of fraction.
type NTP32 uint32

// Duration returns the span, cut to nanoseconds.
func (s NTP32) Duration() time.Duration { return time.Duration(uint64(s) * 1e9 >> 16) }

// AppendTo appends the span in seconds as an exact decimal, e.g. 0.00390625.
func (s NTP32) AppendTo(dst []byte) []byte {
	dst = strconv.AppendUint(dst, uint64(s>>16), 10)
	f := uint32(s & 0xffff)
	if f != 0 {
		dst = append(dst, '.')
	}
	for f != 0 {
		f *= 10
		dst = append(dst, '0'+byte(f>>16))
		f &= 0xffff
	}
	return dst
}

// String returns the span in seconds as an exact decimal, e.g. 0.00390625.
func (s NTP32) String() string { return string(s.AppendTo(nil)) }

// AppendJSON appends the span in seconds as a JSON number.
func (s NTP32) AppendJSON(dst []byte) []byte { return s.AppendTo(dst) }

// appendSeconds appends 2006-01-02T15:04:05 of seconds since 1970. All times here have years of four digits.
func appendSeconds(dst []byte, unix int64) []byte {
	t := time.Unix(unix, 0).UTC()
	year, month, day := t.Date()
	hour, minute, second := t.Clock()
	two := func(v int) { dst = append(dst, '0'+byte(v/10), '0'+byte(v%10)) }
	two(year / 100)
	two(year % 100)
	dst = append(dst, '-')
	two(int(month))
	dst = append(dst, '-')
	two(day)
	dst = append(dst, 'T')
	two(hour)
	dst = append(dst, ':')
	two(minute)
	dst = append(dst, ':')
	two(second)
	return dst
}

// Uint24 reads an unsigned integer of 3 bytes, most significant first. b must be long enough, as for all of these.
func Uint24(b []byte) uint32 {
	_ = b[2]
	return uint32(b[0])<<16 | uint32(b[1])<<8 | uint32(b[2])
}

// Uint40 reads an unsigned integer of 5 bytes, most significant first.
func Uint40(b []byte) uint64 {
	_ = b[4]
	return uint64(b[0])<<32 | uint64(binary.BigEndian.Uint32(b[1:]))
}

// Uint48 reads an unsigned integer of 6 bytes, most significant first.
func Uint48(b []byte) uint64 {
	_ = b[5]
	return uint64(binary.BigEndian.Uint16(b))<<32 | uint64(binary.BigEndian.Uint32(b[2:]))
}

// Uint56 reads an unsigned integer of 7 bytes, most significant first.
func Uint56(b []byte) uint64 {
	_ = b[6]
	return uint64(Uint24(b))<<32 | uint64(binary.BigEndian.Uint32(b[3:]))
}

// Uint24LE reads an unsigned integer of 3 bytes, least significant first.
func Uint24LE(b []byte) uint32 {
	_ = b[2]
	return uint32(b[2])<<16 | uint32(b[1])<<8 | uint32(b[0])
}

// Uint40LE reads an unsigned integer of 5 bytes, least significant first.
func Uint40LE(b []byte) uint64 {
	_ = b[4]
	return uint64(b[4])<<32 | uint64(binary.LittleEndian.Uint32(b))
}

// Uint48LE reads an unsigned integer of 6 bytes, least significant first.
func Uint48LE(b []byte) uint64 {
	_ = b[5]
	return uint64(binary.LittleEndian.Uint16(b[4:]))<<32 | uint64(binary.LittleEndian.Uint32(b))
}

// Uint56LE reads an unsigned integer of 7 bytes, least significant first.
func Uint56LE(b []byte) uint64 {
	_ = b[6]
	return uint64(Uint24LE(b[4:]))<<32 | uint64(binary.LittleEndian.Uint32(b))
}
