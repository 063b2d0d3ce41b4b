// Package parsers holds the comparisons of generated parsers with hand-written ones and with the libraries that Go
// programs use for the same protocols, on the same datagrams.
package parsers

import (
	"fmt"
	"strings"

	"github.com/flowscope/fsd/bench/contest"
	"github.com/flowscope/fsd/bench/hostile"
	"github.com/flowscope/fsd/runtime/datagram"
	"github.com/flowscope/fsd/runtime/datagram/vector"
	"github.com/flowscope/fsd/runtime/flow"
)

// handBar is how many times the time of a hand-written parser a generated one may take.
const handBar = 1.2

// Case is the comparison of one protocol.
type Case struct {
	// Name is the protocol, and what of it.
	Name string
	// Protocol and Port are the generated parser's, and the port that its datagrams come from.
	Protocol *datagram.Protocol
	Port     uint16
	// Datagrams are what all contestants parse: each of them accepts every one.
	Datagrams [][]byte
	// Contestants are the row's, the generated parser first. A pass parses all datagrams, and counts those that were
	// accepted.
	Contestants []contest.Contestant
}

// Cases returns all comparisons.
func Cases() []Case {
	return []Case{
		dnsCase(),
		ntpCase(),
		stunCase(),
		dhcpCase(),
		dhcpv6Case(),
		radiusCase(),
		vxlanCase(),
		gtpCase(),
		bfdCase(),
		netflow5Case(),
		coapCase(),
		snmpCase(),
		sipCase(),
		syslog5424Case(),
		syslog3164Case(),
		rtpCase(),
		rtcpCase(),
		sflowCase(),
		netflow9Case(),
		ipfixCase(),
		dtlsCase(),
		geneveCase(),
		wireguardCase(),
		quicCase(),
		tftpCase(),
		mdnsCase(),
		llmnrCase(),
		pfcpCase(),
		gtpv2Case(),
	}
}

func (c *Case) add(name string, most float64, pass func() int) {
	c.Contestants = append(c.Contestants, contest.Contestant{Name: name, Most: most, Pass: pass})
}

// Row returns the comparison as a row.
func (c *Case) Row() *contest.Row {
	return &contest.Row{Name: fmt.Sprintf("%s, %d datagrams", c.Name, len(c.Datagrams)), Unit: "datagram", Contestants: c.Contestants}
}

// Hostile returns the comparison of the generated parser with itself, on hostile datagrams.
func (c *Case) Hostile() *hostile.Subject {
	name, _, _ := strings.Cut(c.Name, ",")
	return &hostile.Subject{Name: c.Name, Protocol: c.Protocol, Meta: meta(c.Port), Usual: c.Datagrams, Crafted: hostile.Crafted(name)}
}

// meta is that of datagrams from a well-known port.
func meta(port uint16) datagram.Meta { return vector.Meta(flow.Responder, port) }

// pass counts the datagrams that parse accepts. Parsers that take tens of nanoseconds have loops of their own: a call
// through a function value would be part of what is measured.
func pass(list [][]byte, parse func(b []byte) bool) func() int {
	return func() int {
		n := 0
		for _, b := range list {
			if parse(b) {
				n++
			}
		}
		return n
	}
}
