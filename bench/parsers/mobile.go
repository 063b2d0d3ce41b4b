package parsers

import (
	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
	miekg "github.com/miekg/dns"

	"github.com/flowscope/fsd/bench/hand"
	"github.com/flowscope/fsd/bench/workload"
	"github.com/flowscope/fsd/generated/gtpv2"
	"github.com/flowscope/fsd/generated/llmnr"
	"github.com/flowscope/fsd/generated/mdns"
	"github.com/flowscope/fsd/generated/pfcp"
	"github.com/flowscope/fsd/runtime/datagram"
)

// likeDNS adds what reads DNS, and so what looks like it.
func (c *Case) likeDNS() {
	h, layer := new(hand.DNS), new(layers.DNS)
	c.add("hand-written, for DNS", handBar, pass(c.Datagrams, h.Parse))
	c.add("google/gopacket, layer reused", 0.45, pass(c.Datagrams, func(b []byte) bool {
		return layer.DecodeFromBytes(b, gopacket.NilDecodeFeedback) == nil
	}))
	c.add("miekg/dns", 0.08, pass(c.Datagrams, func(b []byte) bool {
		var message miekg.Msg
		return message.Unpack(b) == nil
	}))
}

func mdnsCase() Case {
	list, responder := workload.MDNS(1024), meta(5353)
	p, m := new(mdns.Parser), new(mdns.Message)
	c := Case{Name: "mDNS", Protocol: mdns.Protocol, Port: 5353, Datagrams: list}
	c.add("generated", 0, pass(list, func(b []byte) bool { return p.Parse(b, &responder, m).Code() == datagram.OK }))
	c.likeDNS()
	return c
}

func llmnrCase() Case {
	list, responder := workload.LLMNR(1024), meta(5355)
	p, m := new(llmnr.Parser), new(llmnr.Message)
	c := Case{Name: "LLMNR", Protocol: llmnr.Protocol, Port: 5355, Datagrams: list}
	c.add("generated", 0, pass(list, func(b []byte) bool { return p.Parse(b, &responder, m).Code() == datagram.OK }))
	c.likeDNS()
	return c
}

func pfcpCase() Case {
	list, responder := workload.PFCP(1024), meta(8805)
	p, m, h := new(pfcp.Parser), new(pfcp.Message), new(hand.PFCP)
	c := Case{Name: "PFCP", Protocol: pfcp.Protocol, Port: 8805, Datagrams: list}
	c.add("generated", 0, pass(list, func(b []byte) bool { return p.Parse(b, &responder, m).Code() == datagram.OK }))
	c.add("hand-written", handBar, pass(list, h.Parse))
	return c
}

func gtpv2Case() Case {
	list, responder := workload.GTPv2(1024), meta(2123)
	p, m, h := new(gtpv2.Parser), new(gtpv2.Message), new(hand.GTPv2)
	c := Case{Name: "GTPv2", Protocol: gtpv2.Protocol, Port: 2123, Datagrams: list}
	c.add("generated", 0, pass(list, func(b []byte) bool { return p.Parse(b, &responder, m).Code() == datagram.OK }))
	c.add("hand-written", handBar, pass(list, h.Parse))
	return c
}
