package parsers

import (
	"bytes"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
	"github.com/gosnmp/gosnmp"
	"github.com/netsampler/goflow2/v2/decoders/netflow"
	sflowpeer "github.com/netsampler/goflow2/v2/decoders/sflow"

	"github.com/flowscope/fsd/bench/hand"
	"github.com/flowscope/fsd/bench/workload"
	"github.com/flowscope/fsd/generated/ipfix"
	"github.com/flowscope/fsd/generated/netflow9"
	"github.com/flowscope/fsd/generated/sflow"
	"github.com/flowscope/fsd/generated/snmp"
	"github.com/flowscope/fsd/runtime/datagram"
)

func snmpCase() Case {
	list, responder := workload.SNMP(1024), meta(161)
	p, m, h := new(snmp.Parser), new(snmp.Message), new(hand.SNMP)
	c := Case{Name: "SNMP v2c", Protocol: snmp.Protocol, Port: 161, Datagrams: list}
	c.add("generated", 0, pass(list, func(b []byte) bool { return p.Parse(b, &responder, m).Code() == datagram.OK }))
	c.add("hand-written", handBar, pass(list, h.Parse))
	peer := &gosnmp.GoSNMP{Version: gosnmp.Version2c, Community: "public"}
	c.add("gosnmp/gosnmp", 0.06, pass(list, func(b []byte) bool {
		_, err := peer.SnmpDecodePacket(b)
		return err == nil
	}))
	return c
}

func sflowCase() Case {
	list, responder := workload.SFlow(1024), meta(6343)
	p, m, h := new(sflow.Parser), new(sflow.Datagram), new(hand.SFlow)
	c := Case{Name: "sFlow, 7 samples", Protocol: sflow.Protocol, Port: 6343, Datagrams: list}
	c.add("generated", 0, pass(list, func(b []byte) bool { return p.Parse(b, &responder, m).Code() == datagram.OK }))
	c.add("hand-written", handBar, pass(list, h.Parse))
	var peer sflowpeer.Packet
	c.add("netsampler/goflow2", 0.1, pass(list, func(b []byte) bool {
		return sflowpeer.DecodeMessageVersion(bytes.NewBuffer(b), &peer) == nil
	}))
	layer := new(layers.SFlowDatagram)
	c.add("google/gopacket", 0, pass(list, func(b []byte) bool {
		*layer = layers.SFlowDatagram{}
		return layer.DecodeFromBytes(b, gopacket.NilDecodeFeedback) == nil
	}))
	return c
}

func netflow9Case() Case {
	list, responder := workload.NetFlow9(1024), meta(2055)
	p, m, h := new(netflow9.Parser), new(netflow9.Packet), new(hand.NetFlow9)
	c := Case{Name: "NetFlow v9, 24 records", Protocol: netflow9.Protocol, Port: 2055, Datagrams: list}
	c.add("generated", 0, pass(list, func(b []byte) bool { return p.Parse(b, &responder, m).Code() == datagram.OK }))
	c.add("hand-written", handBar, pass(list, h.Parse))
	templates := netflow.CreateTemplateSystem()
	var v9 netflow.NFv9Packet
	var v10 netflow.IPFIXPacket
	c.add("netsampler/goflow2", 0.06, pass(list, func(b []byte) bool {
		return netflow.DecodeMessageVersion(bytes.NewBuffer(b), templates, &v9, &v10) == nil
	}))
	return c
}

func ipfixCase() Case {
	list, responder := workload.IPFIX(1024), meta(4739)
	p, m, h := new(ipfix.Parser), new(ipfix.Message), new(hand.IPFIX)
	c := Case{Name: "IPFIX, 24 records", Protocol: ipfix.Protocol, Port: 4739, Datagrams: list}
	c.add("generated", 0, pass(list, func(b []byte) bool { return p.Parse(b, &responder, m).Code() == datagram.OK }))
	c.add("hand-written", handBar, pass(list, h.Parse))
	templates := netflow.CreateTemplateSystem()
	var v9 netflow.NFv9Packet
	var v10 netflow.IPFIXPacket
	c.add("netsampler/goflow2", 0.06, pass(list, func(b []byte) bool {
		return netflow.DecodeMessageVersion(bytes.NewBuffer(b), templates, &v9, &v10) == nil
	}))
	return c
}
