package parsers

import (
	"bytes"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
	runtime "github.com/kaitai-io/kaitai_struct_go_runtime/kaitai"
	miekg "github.com/miekg/dns"
	"golang.org/x/net/dns/dnsmessage"

	"github.com/flowscope/fsd/bench/contest"
	"github.com/flowscope/fsd/bench/hand"
	"github.com/flowscope/fsd/bench/kaitai"
	"github.com/flowscope/fsd/bench/workload"
	"github.com/flowscope/fsd/generated/dns"
	"github.com/flowscope/fsd/runtime/datagram"
)

func dnsCase() Case {
	list := workload.DNS(4096)
	var (
		p       = new(dns.Parser)
		m       = new(dns.Message)
		h       = new(hand.DNS)
		layer   = new(layers.DNS)
		message dnsmessage.Message
		typed   typedDNS
	)
	responder := meta(53)
	return Case{Name: "DNS", Protocol: dns.Protocol, Port: 53, Datagrams: list, Contestants: []contest.Contestant{
		{Name: "generated", Pass: func() int {
			n := 0
			for _, b := range list {
				if p.Parse(b, &responder, m).Code() == datagram.OK {
					n++
				}
			}
			return n
		}},
		{Name: "hand-written", Most: handBar, Pass: func() int {
			n := 0
			for _, b := range list {
				if h.Parse(b) {
					n++
				}
			}
			return n
		}},
		{Name: "google/gopacket, layer reused", Most: 0.45, Pass: pass(list, func(b []byte) bool {
			return layer.DecodeFromBytes(b, gopacket.NilDecodeFeedback) == nil
		})},
		{Name: "x/net dnsmessage.Parser, typed", Most: 0.25, Pass: pass(list, typed.parse)},
		{Name: "x/net dnsmessage Unpack", Pass: pass(list, func(b []byte) bool { return message.Unpack(b) == nil })},
		{Name: "miekg/dns", Most: 0.08, Pass: pass(list, func(b []byte) bool {
			var message miekg.Msg
			return message.Unpack(b) == nil
		})},
		{Name: "Kaitai Struct, pointers not followed", Most: 0.03, Pass: pass(list, func(b []byte) bool {
			var message kaitai.Dns
			return message.Read(runtime.NewStream(bytes.NewReader(b)), &message, &message) == nil
		})},
	}}
}

// typedDNS reads all of a message with the typed methods of a dnsmessage.Parser.
type typedDNS struct {
	p dnsmessage.Parser
	n int // keeps what was read alive
}

func (t *typedDNS) parse(b []byte) bool {
	if _, err := t.p.Start(b); err != nil {
		return false
	}
	for {
		q, err := t.p.Question()
		if err == dnsmessage.ErrSectionDone {
			break
		}
		if err != nil {
			return false
		}
		t.n += int(q.Type)
	}
	return t.section(t.p.AnswerHeader) && t.section(t.p.AuthorityHeader) && t.section(t.p.AdditionalHeader)
}

func (t *typedDNS) section(next func() (dnsmessage.ResourceHeader, error)) bool {
	for {
		h, err := next()
		if err == dnsmessage.ErrSectionDone {
			return true
		}
		if err != nil {
			return false
		}
		switch h.Type {
		case dnsmessage.TypeA:
			_, err = t.p.AResource()
		case dnsmessage.TypeAAAA:
			_, err = t.p.AAAAResource()
		case dnsmessage.TypeNS:
			_, err = t.p.NSResource()
		case dnsmessage.TypeCNAME:
			_, err = t.p.CNAMEResource()
		case dnsmessage.TypePTR:
			_, err = t.p.PTRResource()
		case dnsmessage.TypeMX:
			_, err = t.p.MXResource()
		case dnsmessage.TypeTXT:
			_, err = t.p.TXTResource()
		case dnsmessage.TypeSOA:
			_, err = t.p.SOAResource()
		case dnsmessage.TypeSRV:
			_, err = t.p.SRVResource()
		case dnsmessage.TypeOPT:
			_, err = t.p.OPTResource()
		default:
			_, err = t.p.UnknownResource()
		}
		if err != nil {
			return false
		}
		t.n += int(h.Length)
	}
}
