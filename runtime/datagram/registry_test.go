package datagram_test

import (
	"testing"

	"github.com/flowscope/fsd/runtime/datagram"
	"github.com/stretchr/testify/require"
)

func TestRegistryRefusesWhatCannotBe(t *testing.T) {
	incomplete := protocol("half")
	incomplete.NewParser = nil
	wrong := protocol("wrong")
	wrong.Ports = []datagram.PortRange{{First: 9, Last: 7}}
	for want, protocols := range map[string][]*datagram.Protocol{
		"register: a protocol without a description":                 {nil},
		"register: a protocol without a name":                        {protocol("")},
		"register half: NewMessage and NewParser must both be set":   {incomplete},
		"register a: the name is taken; register each protocol once": {protocol("a"), protocol("b"), protocol("a")},
		"register wrong: port range 9-7 is the wrong way round":      {wrong},
	} {
		_, err := datagram.NewRegistry(protocols...)
		require.EqualError(t, err, want)
	}
}

func TestDecodeAsRefusesWhatIsNotKnown(t *testing.T) {
	reg, err := datagram.NewRegistry(protocol("ntp"), protocol("dns"))
	require.NoError(t, err)
	require.EqualError(t, reg.DecodeAs(datagram.PortRange{First: 5353, Last: 5353}, "mdns"),
		`decode port 5353 as "mdns": no such protocol; known are dns, ntp`)
	require.EqualError(t, reg.DecodeAs(datagram.PortRange{First: 2, Last: 1}, "dns"),
		"decode as dns: port range 2-1 is the wrong way round")
	require.Equal(t, "dns", reg.Lookup("dns").Name)
	require.Nil(t, reg.Lookup("mdns"))
	require.Len(t, reg.Protocols(), 2)
	var zero datagram.Registry
	require.ErrorContains(t, zero.DecodeAs(datagram.PortRange{}, "dns"), "known are none")
	require.NoError(t, zero.Add(protocol("a")))
}

func TestTableIsASnapshot(t *testing.T) {
	reg, err := datagram.NewRegistry(protocol("a", 7))
	require.NoError(t, err)
	table := reg.NewTable()
	require.NoError(t, reg.Add(protocol("b", 8)))
	require.Len(t, table.Protocols(), 1)
	require.Len(t, reg.NewTable().Protocols(), 2)
}

func TestPortRangesReachBothEnds(t *testing.T) {
	all := protocol("all")
	all.Ports = []datagram.PortRange{{First: 0, Last: 65535}}
	mid := protocol("mid")
	mid.Ports = []datagram.PortRange{{First: 255, Last: 257}, {First: 256, Last: 300}}
	reg, err := datagram.NewRegistry(mid, all)
	require.NoError(t, err)
	for port, want := range map[int]string{0: "all", 254: "all", 255: "mid", 257: "mid", 300: "mid", 301: "all", 65535: "all"} {
		w := newWorldOf(t, datagram.Options{}, reg)
		require.Equal(t, want, protoOf(w, 60000, port, "hello"), port)
	}
}
