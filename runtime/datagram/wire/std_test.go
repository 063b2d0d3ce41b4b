package wire

import (
	"encoding/binary"
	"encoding/json"
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestAddressesAsText(t *testing.T) {
	require.Equal(t, "192.0.2.1", IPv4{192, 0, 2, 1}.String())
	require.Equal(t, "0.10.255.100", IPv4{0, 10, 255, 100}.String())
	require.Equal(t, netip.MustParseAddr("192.0.2.1"), IPv4{192, 0, 2, 1}.Addr())
	v6 := IPv6(netip.MustParseAddr("2001:db8::1").As16())
	require.Equal(t, "2001:db8::1", v6.String())
	require.Equal(t, `"2001:db8::1"`, string(v6.AppendJSON(nil)))
	require.Equal(t, "::ffff:192.0.2.1", IPv6{10: 0xff, 11: 0xff, 12: 192, 14: 2, 15: 1}.String())
	require.Equal(t, "00:00:5e:00:53:01", MAC{0, 0, 0x5e, 0, 0x53, 1}.String())
	u := UUID{0xf8, 0x1d, 0x4f, 0xae, 0x7d, 0xec, 0x11, 0xd0, 0xa7, 0x65, 0, 0xa0, 0xc9, 0x1e, 0x6b, 0xf6}
	require.Equal(t, `"f81d4fae-7dec-11d0-a765-00a0c91e6bf6"`, string(u.AppendJSON(nil)))
}

func TestUnix32IsRFC3339(t *testing.T) {
	require.Equal(t, "1970-01-01T00:00:00Z", Unix32(0).String())
	require.Equal(t, `"2106-02-07T06:28:15Z"`, string(Unix32(1<<32-1).AppendJSON(nil)))
	require.Equal(t, time.Unix(1e9, 0).UTC().Format(time.RFC3339), Unix32(1e9).String())
	require.Equal(t, time.Unix(1e9, 0).UTC(), Unix32(1e9).Time())
}

func TestNTP64KnowsBothEras(t *testing.T) {
	require.Equal(t, "null", string(NTP64(0).AppendJSON(nil)))
	require.True(t, NTP64(0).Time().IsZero())
	require.Equal(t, "unknown", NTP64(0).String())
	// The first second of 1970, and the second in which era 1 begins.
	require.Equal(t, "1970-01-01T00:00:00.0000000000Z", NTP64(2208988800<<32).String())
	require.Equal(t, "2036-02-07T06:28:16.0000000002Z", NTP64(1).String())
	require.Equal(t, "2036-02-07T06:28:15.9999999997Z", NTP64(1<<64-1).String())
	require.Equal(t, "1968-01-20T03:14:08.5000000000Z", NTP64(1<<63|1<<31).String())
	require.Equal(t, 500*time.Millisecond, time.Duration(NTP64(1<<63|1<<31).Time().Nanosecond()))
}

func TestNTP32IsAnExactDecimal(t *testing.T) {
	for v, want := range map[NTP32]string{
		0: "0", 1 << 16: "1", 0x100: "0.00390625", 1: "0.0000152587890625", 1<<32 - 1: "65535.9999847412109375",
	} {
		require.Equal(t, want, v.String())
		require.True(t, json.Valid(v.AppendJSON(nil)))
	}
	require.Equal(t, 1500*time.Millisecond, NTP32(1<<16|1<<15).Duration())
}

func TestOddIntegers(t *testing.T) {
	b := []byte{1, 2, 3, 4, 5, 6, 7, 8}
	full := binary.BigEndian.Uint64(b)
	little := binary.LittleEndian.Uint64(b)
	require.EqualValues(t, full>>40, Uint24(b))
	require.EqualValues(t, full>>24, Uint40(b))
	require.EqualValues(t, full>>16, Uint48(b))
	require.EqualValues(t, full>>8, Uint56(b))
	require.EqualValues(t, little&(1<<24-1), Uint24LE(b))
	require.EqualValues(t, little&(1<<40-1), Uint40LE(b))
	require.EqualValues(t, little&(1<<48-1), Uint48LE(b))
	require.EqualValues(t, little&(1<<56-1), Uint56LE(b))
}

func TestFlags(t *testing.T) {
	names := []FlagName{{1, "Syn"}, {2, "Fin"}, {0x30, "Both"}}
	for v, want := range map[uint64][2]string{
		0: {"[]", "0"}, 3: {`["Syn","Fin"]`, "Syn|Fin"}, 0x40: {`["0x40"]`, "0x40"}, 0x91: {`["Syn","0x90"]`, "Syn|0x90"},
		0x30: {`["Both"]`, "Both"},
	} {
		require.Equal(t, want[0], string(AppendFlags(nil, v, names)))
		require.Equal(t, want[1], string(AppendFlagsText(nil, v, names)))
	}
}

func TestUnknownAndObjects(t *testing.T) {
	require.Equal(t, "RRType(65280)", string(AppendUnknown(nil, "RRType", 65280)))
	require.Equal(t, "Mode(-1)", string(AppendUnknownInt(nil, "Mode", -1)))
	require.Equal(t, "x{}", string(CloseObject([]byte("x"), 1)))
	require.Equal(t, `x{"a":1}`, string(CloseObject([]byte(`x,"a":1`), 1)))
}
