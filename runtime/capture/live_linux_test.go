package capture

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"time"

	"github.com/google/gopacket"
	"github.com/stretchr/testify/require"

	"github.com/flowscope/fsd/runtime/flow"
)

func openLoopback(t *testing.T, o LiveOptions) *Live {
	l, err := OpenLive("lo", o)
	if err != nil {
		t.Skipf("capturing from loopback is not possible here: %v", err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func TestLiveSeesEachLoopbackPacketOnce(t *testing.T) {
	l := openLoopback(t, LiveOptions{Idle: 300 * time.Millisecond})
	receiver, err := net.ListenPacket("udp4", "127.0.0.1:0")
	require.NoError(t, err)
	defer receiver.Close()
	sender, err := net.Dial("udp4", receiver.LocalAddr().String())
	require.NoError(t, err)
	defer sender.Close()
	payload := bytes.Repeat([]byte("fsd live capture "), 100) // with its headers more than an Ethernet MTU
	_, err = sender.Write(payload)
	require.NoError(t, err)

	seen := 0
	for {
		var p flow.Packet
		err := l.Next(&p)
		if err == ErrIdle {
			break
		}
		require.NoError(t, err)
		require.NotZero(t, p.Number)
		require.Equal(t, flow.LinkEthernet, p.Link)
		if bytes.HasSuffix(p.Frame, payload) {
			seen++
			require.Equal(t, 14+20+8+len(payload), len(p.Frame))
			require.Equal(t, len(p.Frame), p.WireLen)
			require.InDelta(t, time.Now().Unix(), p.Time.Time().Unix(), 60)
		}
	}
	require.Equal(t, 1, seen)
	require.GreaterOrEqual(t, l.Stats().Packets, uint64(1))
	require.Zero(t, l.Stats().Dropped)
}

func TestLiveCloseEndsAWaitingNext(t *testing.T) {
	l := openLoopback(t, LiveOptions{})
	ended := make(chan error)
	go func() {
		for {
			var p flow.Packet
			if err := l.Next(&p); err != nil {
				ended <- err
				return
			}
		}
	}()
	time.Sleep(10 * time.Millisecond)
	require.NoError(t, l.Close())
	require.Equal(t, io.EOF, <-ended)
	require.Equal(t, io.EOF, l.Next(new(flow.Packet)))
	_, _, err := l.ReadPacketData()
	require.Equal(t, io.EOF, err)
	l.Stats()
}

func TestLiveRefusesWhatIsNoInterface(t *testing.T) {
	_, err := OpenLive("absent0", LiveOptions{})
	require.ErrorIs(t, err, os.ErrNotExist)
	for _, name := range []string{"", "..", "a/b"} {
		_, err := OpenLive(name, LiveOptions{})
		require.ErrorContains(t, err, "is not the name of an interface")
	}
}

func TestLivePutsTheVLANTagBack(t *testing.T) {
	l := &Live{link: flow.LinkEthernet}
	frame := []byte("\x01\x02\x03\x04\x05\x06\x11\x12\x13\x14\x15\x16\x08\x00payload")
	var p flow.Packet
	l.fill(&p, frame, gopacket.CaptureInfo{Timestamp: time.Unix(1, 2), CaptureLength: len(frame), Length: 60, AncillaryData: []interface{}{0x6123}})
	require.Equal(t, "\x01\x02\x03\x04\x05\x06\x11\x12\x13\x14\x15\x16\x81\x00\x61\x23\x08\x00payload", string(p.Frame))
	require.Equal(t, 64, p.WireLen)
	require.EqualValues(t, 1, p.Number)
	l.fill(&p, frame, gopacket.CaptureInfo{CaptureLength: len(frame), Length: 60})
	require.Equal(t, string(frame), string(p.Frame))
	require.Equal(t, 60, p.WireLen)
}

func TestPcapgoStillHasTheSocketWhereItIsLookedFor(t *testing.T) {
	l := openLoopback(t, LiveOptions{})
	_, ok := handleFD(l.handle)
	require.True(t, ok)
	require.True(t, l.wakes)
	require.False(t, errors.Is(ErrIdle, io.EOF))
}
