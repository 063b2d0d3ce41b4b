package parsers

import (
	"github.com/emiago/sipgo/sip"
	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
	"github.com/leodido/go-syslog/v4"
	"github.com/leodido/go-syslog/v4/rfc3164"
	"github.com/leodido/go-syslog/v4/rfc5424"

	"github.com/flowscope/fsd/bench/hand"
	"github.com/flowscope/fsd/bench/workload"
	generatedsip "github.com/flowscope/fsd/generated/sip"
	generatedsyslog "github.com/flowscope/fsd/generated/syslog"
	"github.com/flowscope/fsd/runtime/datagram"
)

func sipCase() Case {
	list, responder := workload.SIP(1024), meta(5060)
	p, m, h := new(generatedsip.Parser), new(generatedsip.Message), new(hand.SIP)
	c := Case{Name: "SIP", Protocol: generatedsip.Protocol, Port: 5060, Datagrams: list}
	c.add("generated", 0, pass(list, func(b []byte) bool { return p.Parse(b, &responder, m).Code() == datagram.OK }))
	c.add("hand-written", handBar, pass(list, h.Parse))
	c.add("google/gopacket", 0.12, pass(list, func(b []byte) bool {
		return layers.NewSIP().DecodeFromBytes(b, gopacket.NilDecodeFeedback) == nil
	}))
	peer := sip.NewParser()
	c.add("emiago/sipgo", 0.12, pass(list, func(b []byte) bool {
		_, err := peer.ParseSIP(b)
		return err == nil
	}))
	return c
}

func syslogCase(name string, list [][]byte, peer syslog.Machine) Case {
	responder := meta(514)
	p, m, h := new(generatedsyslog.Parser), new(generatedsyslog.Message), new(hand.Syslog)
	c := Case{Name: name, Protocol: generatedsyslog.Protocol, Port: 514, Datagrams: list}
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
	c.add("leodido/go-syslog", 0.12, pass(list, func(b []byte) bool {
		_, err := peer.Parse(b)
		return err == nil
	}))
	return c
}

func syslog5424Case() Case {
	return syslogCase("syslog, RFC 5424", workload.Syslog5424(1024), rfc5424.NewParser())
}

func syslog3164Case() Case {
	return syslogCase("syslog, RFC 3164", workload.Syslog3164(1024), rfc3164.NewParser())
}
