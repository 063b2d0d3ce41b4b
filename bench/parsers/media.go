package parsers

import (
	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
	"github.com/pion/dtls/v3/pkg/protocol/handshake"
	"github.com/pion/dtls/v3/pkg/protocol/recordlayer"
	rtcppeer "github.com/pion/rtcp"
	rtppeer "github.com/pion/rtp"

	"github.com/flowscope/fsd/bench/hand"
	"github.com/flowscope/fsd/bench/workload"
	"github.com/flowscope/fsd/generated/dtls"
	"github.com/flowscope/fsd/generated/geneve"
	"github.com/flowscope/fsd/generated/quic"
	"github.com/flowscope/fsd/generated/rtcp"
	"github.com/flowscope/fsd/generated/rtp"
	"github.com/flowscope/fsd/generated/tftp"
	"github.com/flowscope/fsd/generated/wireguard"
	"github.com/flowscope/fsd/runtime/datagram"
)

func rtpCase() Case {
	list, responder := workload.RTP(1024), meta(5004)
	p, m, h := new(rtp.Parser), new(rtp.Packet), new(hand.RTP)
	c := Case{Name: "RTP", Protocol: rtp.Protocol, Port: 5004, Datagrams: list}
	c.add("generated", 0, func() int {
		n := 0
		for _, b := range list {
			if p.Parse(b, &responder, m).Code() == datagram.OK {
				n++
			}
		}
		return n
	})
	c.add("hand-written", handBar, func() int {
		n := 0
		for _, b := range list {
			if h.Parse(b) {
				n++
			}
		}
		return n
	})
	peer := new(rtppeer.Packet)
	c.add("pion/rtp, packet reused", 0.8, func() int {
		n := 0
		for _, b := range list {
			if peer.Unmarshal(b) == nil {
				n++
			}
		}
		return n
	})
	return c
}

func rtcpCase() Case {
	list, responder := workload.RTCP(1024), meta(5005)
	p, m, h := new(rtcp.Parser), new(rtcp.Compound), new(hand.RTCP)
	c := Case{Name: "RTCP", Protocol: rtcp.Protocol, Port: 5005, Datagrams: list}
	c.add("generated", 0, pass(list, func(b []byte) bool { return p.Parse(b, &responder, m).Code() == datagram.OK }))
	c.add("hand-written", handBar, pass(list, h.Parse))
	c.add("pion/rtcp", 0.8, pass(list, func(b []byte) bool {
		_, err := rtcppeer.Unmarshal(b)
		return err == nil
	}))
	return c
}

func dtlsCase() Case {
	list, responder := workload.DTLS(1024), meta(4433)
	p, m := new(dtls.Parser), new(dtls.Datagram)
	c := Case{Name: "DTLS, records", Protocol: dtls.Protocol, Port: 4433, Datagrams: list}
	c.add("generated", 0, pass(list, func(b []byte) bool { return p.Parse(b, &responder, m).Code() == datagram.OK }))
	c.add("pion/dtls, record layer and handshake", 0.8, pass(list, func(b []byte) bool {
		records, err := recordlayer.UnpackDatagram(b)
		for _, record := range records {
			var head recordlayer.Header
			if head.Unmarshal(record) != nil {
				return false
			}
			if body := record[head.Size():]; head.ContentType == 22 {
				var message handshake.Handshake
				if message.Unmarshal(body) != nil {
					return false
				}
			}
		}
		return err == nil
	}))
	return c
}

func geneveCase() Case {
	list, responder := workload.Geneve(1024), meta(6081)
	p, m, h := new(geneve.Parser), new(geneve.Packet), new(hand.Geneve)
	c := Case{Name: "Geneve", Protocol: geneve.Protocol, Port: 6081, Datagrams: list}
	c.add("generated", 0, func() int {
		n := 0
		for _, b := range list {
			if p.Parse(b, &responder, m).Code() == datagram.OK {
				n++
			}
		}
		return n
	})
	c.add("hand-written", handBar, func() int {
		n := 0
		for _, b := range list {
			if h.Parse(b) {
				n++
			}
		}
		return n
	})
	layer, eth := new(layers.Geneve), new(layers.Ethernet)
	c.add("google/gopacket, layer reused, and Ethernet", 0.8, func() int {
		n := 0
		for _, b := range list {
			layer.Options = layer.Options[:0]
			if layer.DecodeFromBytes(b, gopacket.NilDecodeFeedback) == nil && eth.DecodeFromBytes(layer.Payload, gopacket.NilDecodeFeedback) == nil {
				n++
			}
		}
		return n
	})
	return c
}

func wireguardCase() Case {
	list, responder := workload.WireGuard(1024), meta(51820)
	p, m, h := new(wireguard.Parser), new(wireguard.Message), new(hand.WireGuard)
	c := Case{Name: "WireGuard", Protocol: wireguard.Protocol, Port: 51820, Datagrams: list}
	c.add("generated", 0, func() int {
		n := 0
		for _, b := range list {
			if p.Parse(b, &responder, m).Code() == datagram.OK {
				n++
			}
		}
		return n
	})
	c.add("hand-written", handBar, func() int {
		n := 0
		for _, b := range list {
			if h.Parse(b) {
				n++
			}
		}
		return n
	})
	return c
}

func quicCase() Case {
	list, responder := workload.QUIC(1024), meta(443)
	p, m, h := new(quic.Parser), new(quic.Datagram), new(hand.QUIC)
	c := Case{Name: "QUIC, long headers", Protocol: quic.Protocol, Port: 443, Datagrams: list}
	c.add("generated", 0, pass(list, func(b []byte) bool { return p.Parse(b, &responder, m).Code() == datagram.OK }))
	c.add("hand-written", handBar, pass(list, h.Parse))
	return c
}

func tftpCase() Case {
	list, responder := workload.TFTP(1024), meta(69)
	p, m, h := new(tftp.Parser), new(tftp.Message), new(hand.TFTP)
	c := Case{Name: "TFTP, requests", Protocol: tftp.Protocol, Port: 69, Datagrams: list}
	c.add("generated", 0, pass(list, func(b []byte) bool { return p.Parse(b, &responder, m).Code() == datagram.OK }))
	c.add("hand-written", handBar, pass(list, h.Parse))
	return c
}
