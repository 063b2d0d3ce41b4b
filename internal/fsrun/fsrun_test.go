package fsrun

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestProgressIsDrawnOnDemandAndRemoved(t *testing.T) {
	var b bytes.Buffer
	p := newProgress("always", &b, false)
	p.update("x.pcap", 1, 2, 3)
	require.Empty(t, b.String(), "a run that is over at once draws nothing")
	p.next = p.next.AddDate(-1, 0, 0)
	p.update("x.pcap", 1, 2, 3)
	require.Contains(t, b.String(), "50% x.pcap: 3 packets")
	p.clear()
	require.True(t, bytes.HasSuffix(b.Bytes(), []byte("\r\x1b[K")))
	require.Nil(t, newProgress("auto", &b, false).w, "not a terminal")
	require.Nil(t, newProgress("never", &b, false).w)
}

func TestDecodeAsIsAPortOrARangeAndAName(t *testing.T) {
	ports, name, err := parseDecodeAs("udp/16384-32767=rtp")
	require.NoError(t, err)
	require.Equal(t, "rtp", name)
	require.Equal(t, uint16(16384), ports.First)
	require.Equal(t, uint16(32767), ports.Last)
	for _, wrong := range []string{"", "5353=mdns", "tcp/53=dns", "udp/=dns", "udp/53=", "udp/70000=dns", "udp/9-8=dns", "udp/x=dns"} {
		_, _, err := parseDecodeAs(wrong)
		require.Error(t, err, wrong)
	}
}
