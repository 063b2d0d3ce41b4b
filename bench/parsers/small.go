package parsers

import (
	"bytes"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
	"github.com/insomniacslk/dhcp/dhcpv4"
	dhcpv6peer "github.com/insomniacslk/dhcp/dhcpv6"
	"github.com/netsampler/goflow2/v2/decoders/netflowlegacy"
	stunpeer "github.com/pion/stun/v3"
	"github.com/plgd-dev/go-coap/v3/message"
	"github.com/plgd-dev/go-coap/v3/udp/coder"
	radiuspeer "layeh.com/radius"

	"github.com/flowscope/fsd/bench/hand"
	"github.com/flowscope/fsd/bench/workload"
	"github.com/flowscope/fsd/generated/bfd"
	"github.com/flowscope/fsd/generated/coap"
	"github.com/flowscope/fsd/generated/dhcp"
	"github.com/flowscope/fsd/generated/dhcpv6"
	"github.com/flowscope/fsd/generated/gtp"
	"github.com/flowscope/fsd/generated/netflow5"
	"github.com/flowscope/fsd/generated/ntp"
	"github.com/flowscope/fsd/generated/radius"
	"github.com/flowscope/fsd/generated/stun"
	"github.com/flowscope/fsd/generated/vxlan"
	"github.com/flowscope/fsd/runtime/datagram"
)

func ntpCase() Case {
	list, responder := workload.NTP(1024), meta(123)
	p, m := new(ntp.Parser), new(ntp.Message)
	c := Case{Name: "NTP", Protocol: ntp.Protocol, Port: 123, Datagrams: list}
	c.add("generated", 0, func() int {
		n := 0
		for _, b := range list {
			if p.Parse(b, &responder, m).Code() == datagram.OK {
				n++
			}
		}
		return n
	})
	h := new(hand.NTP)
	c.add("hand-written", handBar, func() int {
		n := 0
		for _, b := range list {
			if h.Parse(b) {
				n++
			}
		}
		return n
	})
	layer := new(layers.NTP)
	c.add("google/gopacket, layer reused", 0.8, func() int {
		n := 0
		for _, b := range list {
			if layer.DecodeFromBytes(b, gopacket.NilDecodeFeedback) == nil {
				n++
			}
		}
		return n
	})
	return c
}

func stunCase() Case {
	list, responder := workload.STUN(1024), meta(3478)
	p, m := new(stun.Parser), new(stun.Message)
	c := Case{Name: "STUN", Protocol: stun.Protocol, Port: 3478, Datagrams: list}
	c.add("generated", 0, func() int {
		n := 0
		for _, b := range list {
			if p.Parse(b, &responder, m).Code() == datagram.OK {
				n++
			}
		}
		return n
	})
	h := new(hand.STUN)
	c.add("hand-written", handBar, func() int {
		n := 0
		for _, b := range list {
			if h.Parse(b) {
				n++
			}
		}
		return n
	})
	peer := new(stunpeer.Message)
	c.add("pion/stun, message reused, fingerprint checked", 0.8, pass(list, func(b []byte) bool {
		peer.Raw = append(peer.Raw[:0], b...)
		return peer.Decode() == nil && stunpeer.Fingerprint.Check(peer) == nil
	}))
	return c
}

func dhcpCase() Case {
	list, responder := workload.DHCP(1024), meta(67)
	p, m := new(dhcp.Parser), new(dhcp.Message)
	c := Case{Name: "DHCPv4", Protocol: dhcp.Protocol, Port: 67, Datagrams: list}
	c.add("generated", 0, func() int {
		n := 0
		for _, b := range list {
			if p.Parse(b, &responder, m).Code() == datagram.OK {
				n++
			}
		}
		return n
	})
	h := new(hand.DHCP)
	c.add("hand-written", handBar, func() int {
		n := 0
		for _, b := range list {
			if h.Parse(b) {
				n++
			}
		}
		return n
	})
	layer := new(layers.DHCPv4)
	c.add("google/gopacket, layer reused", 0.8, func() int {
		n := 0
		for _, b := range list {
			if layer.DecodeFromBytes(b, gopacket.NilDecodeFeedback) == nil {
				n++
			}
		}
		return n
	})
	c.add("insomniacslk/dhcp", 0.8, pass(list, func(b []byte) bool {
		_, err := dhcpv4.FromBytes(b)
		return err == nil
	}))
	return c
}

func dhcpv6Case() Case {
	list, responder := workload.DHCPv6(1024), meta(547)
	p, m := new(dhcpv6.Parser), new(dhcpv6.Message)
	c := Case{Name: "DHCPv6", Protocol: dhcpv6.Protocol, Port: 547, Datagrams: list}
	c.add("generated", 0, func() int {
		n := 0
		for _, b := range list {
			if p.Parse(b, &responder, m).Code() == datagram.OK {
				n++
			}
		}
		return n
	})
	h := new(hand.DHCPv6)
	c.add("hand-written", handBar, func() int {
		n := 0
		for _, b := range list {
			if h.Parse(b) {
				n++
			}
		}
		return n
	})
	layer := new(layers.DHCPv6)
	c.add("google/gopacket, layer reused", 0.8, func() int {
		n := 0
		for _, b := range list {
			if layer.DecodeFromBytes(b, gopacket.NilDecodeFeedback) == nil {
				n++
			}
		}
		return n
	})
	c.add("insomniacslk/dhcp", 0.8, pass(list, func(b []byte) bool {
		_, err := dhcpv6peer.FromBytes(b)
		return err == nil
	}))
	return c
}

func radiusCase() Case {
	list, responder := workload.RADIUS(1024), meta(1812)
	p, m := new(radius.Parser), new(radius.Message)
	c := Case{Name: "RADIUS", Protocol: radius.Protocol, Port: 1812, Datagrams: list}
	c.add("generated", 0, func() int {
		n := 0
		for _, b := range list {
			if p.Parse(b, &responder, m).Code() == datagram.OK {
				n++
			}
		}
		return n
	})
	h := new(hand.RADIUS)
	c.add("hand-written", handBar, func() int {
		n := 0
		for _, b := range list {
			if h.Parse(b) {
				n++
			}
		}
		return n
	})
	secret := []byte("secret")
	c.add("layeh.com/radius", 0.12, pass(list, func(b []byte) bool {
		_, err := radiuspeer.Parse(b, secret)
		return err == nil
	}))
	layer := new(layers.RADIUS)
	c.add("google/gopacket, layer reused", 0, pass(list, func(b []byte) bool {
		*layer = layers.RADIUS{}
		return layer.DecodeFromBytes(b, gopacket.NilDecodeFeedback) == nil
	}))
	return c
}

func vxlanCase() Case {
	list, responder := workload.VXLAN(1024), meta(4789)
	p, m := new(vxlan.Parser), new(vxlan.Packet)
	c := Case{Name: "VXLAN", Protocol: vxlan.Protocol, Port: 4789, Datagrams: list}
	c.add("generated", 0, func() int {
		n := 0
		for _, b := range list {
			if p.Parse(b, &responder, m).Code() == datagram.OK {
				n++
			}
		}
		return n
	})
	h := new(hand.VXLAN)
	c.add("hand-written", handBar, func() int {
		n := 0
		for _, b := range list {
			if h.Parse(b) {
				n++
			}
		}
		return n
	})
	layer, eth := new(layers.VXLAN), new(layers.Ethernet)
	c.add("google/gopacket, layer reused, and Ethernet", 0.8, func() int {
		n := 0
		for _, b := range list {
			if layer.DecodeFromBytes(b, gopacket.NilDecodeFeedback) == nil && eth.DecodeFromBytes(layer.Payload, gopacket.NilDecodeFeedback) == nil {
				n++
			}
		}
		return n
	})
	return c
}

func gtpCase() Case {
	list, responder := workload.GTPU(1024), meta(2152)
	p, m := new(gtp.Parser), new(gtp.Message)
	c := Case{Name: "GTP-U", Protocol: gtp.Protocol, Port: 2152, Datagrams: list}
	c.add("generated", 0, func() int {
		n := 0
		for _, b := range list {
			if p.Parse(b, &responder, m).Code() == datagram.OK {
				n++
			}
		}
		return n
	})
	h := new(hand.GTPU)
	c.add("hand-written", handBar, func() int {
		n := 0
		for _, b := range list {
			if h.Parse(b) {
				n++
			}
		}
		return n
	})
	layer := new(layers.GTPv1U)
	c.add("google/gopacket, layer reused", 0.8, func() int {
		n := 0
		for _, b := range list {
			if layer.DecodeFromBytes(b, gopacket.NilDecodeFeedback) == nil {
				n++
			}
		}
		return n
	})
	return c
}

func bfdCase() Case {
	list, responder := workload.BFD(1024), meta(3784)
	p, m := new(bfd.Parser), new(bfd.Packet)
	c := Case{Name: "BFD", Protocol: bfd.Protocol, Port: 3784, Datagrams: list}
	c.add("generated", 0, func() int {
		n := 0
		for _, b := range list {
			if p.Parse(b, &responder, m).Code() == datagram.OK {
				n++
			}
		}
		return n
	})
	h := new(hand.BFD)
	c.add("hand-written", handBar, func() int {
		n := 0
		for _, b := range list {
			if h.Parse(b) {
				n++
			}
		}
		return n
	})
	layer := new(layers.BFD)
	c.add("google/gopacket, layer reused", 0.8, func() int {
		n := 0
		for _, b := range list {
			if layer.DecodeFromBytes(b, gopacket.NilDecodeFeedback) == nil {
				n++
			}
		}
		return n
	})
	return c
}

func netflow5Case() Case {
	list, responder := workload.NetFlow5(1024), meta(2055)
	p, m := new(netflow5.Parser), new(netflow5.Packet)
	c := Case{Name: "NetFlow v5, 30 records", Protocol: netflow5.Protocol, Port: 2055, Datagrams: list}
	c.add("generated", 0, func() int {
		n := 0
		for _, b := range list {
			if p.Parse(b, &responder, m).Code() == datagram.OK {
				n++
			}
		}
		return n
	})
	h := new(hand.NetFlow5)
	c.add("hand-written", handBar, func() int {
		n := 0
		for _, b := range list {
			if h.Parse(b) {
				n++
			}
		}
		return n
	})
	c.add("netsampler/goflow2", 0.06, pass(list, func(b []byte) bool {
		var packet netflowlegacy.PacketNetFlowV5
		return netflowlegacy.DecodeMessageVersion(bytes.NewBuffer(b), &packet) == nil
	}))
	return c
}

func coapCase() Case {
	list, responder := workload.CoAP(1024), meta(5683)
	p, m := new(coap.Parser), new(coap.Message)
	c := Case{Name: "CoAP", Protocol: coap.Protocol, Port: 5683, Datagrams: list}
	c.add("generated", 0, func() int {
		n := 0
		for _, b := range list {
			if p.Parse(b, &responder, m).Code() == datagram.OK {
				n++
			}
		}
		return n
	})
	h := new(hand.CoAP)
	c.add("hand-written", handBar, func() int {
		n := 0
		for _, b := range list {
			if h.Parse(b) {
				n++
			}
		}
		return n
	})
	peer := message.Message{Options: make(message.Options, 0, 16)}
	c.add("plgd-dev/go-coap, message reused", 0.8, pass(list, func(b []byte) bool {
		peer.Options = peer.Options[:0]
		_, err := coder.DefaultCoder.Decode(b, &peer)
		return err == nil
	}))
	return c
}
