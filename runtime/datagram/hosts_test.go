package datagram_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/flowscope/fsd/runtime/datagram"
	"github.com/flowscope/fsd/runtime/flow"
	"github.com/stretchr/testify/require"
)

// hostParser counts the datagrams of a host and those of its flow.
type hostParser struct {
	hosts map[flow.Addr]int
	flow  int
}

type hostMessage struct{ host, flow int }

func (m *hostMessage) AppendJSON(dst []byte) []byte {
	return fmt.Appendf(dst, "{\"host\":%d,\"flow\":%d}", m.host, m.flow)
}
func (m *hostMessage) CloneMessage() datagram.Message { c := *m; return &c }

func (p *hostParser) ParseMessage(_ []byte, meta *datagram.Meta, m datagram.Message) datagram.Status {
	p.hosts[meta.Src]++
	p.flow++
	*m.(*hostMessage) = hostMessage{p.hosts[meta.Src], p.flow}
	return datagram.Whole()
}

func (p *hostParser) ShareHosts(with datagram.Parser) { p.hosts = with.(*hostParser).hosts }

func hostProtocol() *datagram.Protocol {
	return &datagram.Protocol{
		Desc:       &datagram.Desc{Name: "host", Ports: []datagram.PortRange{{First: 2055, Last: 2056}}},
		NewMessage: func() datagram.Message { return new(hostMessage) },
		NewParser:  func() datagram.Parser { return &hostParser{hosts: map[flow.Addr]int{}} },
		PerHost:    true,
	}
}

// exports are packets of some hosts to some collectors, from many ports.
func exports() []*flow.Packet {
	var packets []*flow.Packet
	for i := range 600 {
		frame := ip4(fmt.Sprintf("10.0.0.%d", i%7), fmt.Sprintf("10.1.0.%d", i%5), flow.ProtoUDP, 0, segment(4000+i%11, 2055+i%2, "x"))
		packets = append(packets, &flow.Packet{Time: at(float64(i) / 100), Frame: frame, Number: uint64(i + 1), Link: flow.LinkEthernet})
	}
	return packets
}

func runExports(t *testing.T, workers int) []string {
	reg, err := datagram.NewRegistry(hostProtocol())
	require.NoError(t, err)
	var out strings.Builder
	render := func(dst []byte, e *datagram.Event) []byte {
		if e.Message == nil {
			return dst
		}
		return append(e.Message.AppendJSON(fmt.Appendf(dst, "%d ", e.Frame)), '\n')
	}
	if workers == 0 {
		d, err := datagram.NewDriver(reg.NewTable(), func(e *datagram.Event) { out.Write(render(nil, e)) }, datagram.Options{})
		require.NoError(t, err)
		for _, p := range exports() {
			flow.Decode(p)
			d.Track(p)
		}
		return strings.Split(out.String(), "\n")
	}
	s, err := datagram.NewSharded(reg.NewTable(), datagram.ShardedOptions{Workers: workers, NewRender: func() datagram.Render { return render },
		Output: func(b []byte) error { out.Write(b); return nil }})
	require.NoError(t, err)
	defer s.Close()
	for _, p := range exports() {
		require.NoError(t, s.Track(p))
	}
	require.NoError(t, s.Finish())
	return strings.Split(out.String(), "\n")
}

func TestFlowsOfAHostShareWhatIsKnownOfIt(t *testing.T) {
	lines := runExports(t, 0)
	require.Equal(t, `600 {"host":86,"flow":1}`, strings.Replace(lines[599], `"flow":2`, `"flow":1`, 1))
	for workers := 1; workers <= 8; workers++ {
		require.Equal(t, lines, runExports(t, workers), "%d workers", workers)
	}
}
