// Package workload makes the datagrams and captures that the contestants work on: of a seed, the same bytes every time,
// on every machine. Addresses and names are those of documentation (RFC 5737, RFC 3849, RFC 2606).
package workload

import (
	"fmt"
	"math/rand/v2"
	"net"
	"strings"

	"github.com/miekg/dns"
)

// Seed is the seed of everything here.
const Seed = 20240101

// NewRand returns the source of one kind of data: kinds do not depend on each other.
func NewRand(kind uint64) *rand.Rand { return rand.New(rand.NewPCG(Seed, kind)) }

var words = strings.Fields(`www mail api cdn img static login edge eu-west us-east ns1 ns2 mx app db cache video assets
	telemetry update time push shop blog docs git ci proxy gw vpn auth search maps play store a b c d e x1 x2 srv news`)

var domains = strings.Fields("example.com. example.net. example.org. svc.example. cloud.test. a-rather-long-company-name.example. internal.test.")

// dnsName returns a name of two to five labels.
func dnsName(r *rand.Rand) string {
	var b strings.Builder
	for range 1 + r.IntN(3) {
		b.WriteString(words[r.IntN(len(words))])
		if r.IntN(4) == 0 {
			fmt.Fprintf(&b, "%d", r.IntN(1000))
		}
		b.WriteByte('.')
	}
	return b.String() + domains[r.IntN(len(domains))]
}

func addr4(r *rand.Rand) net.IP { return net.IPv4(198, 51, 100, byte(r.Uint32())) }

func addr6(r *rand.Rand) net.IP {
	ip := net.ParseIP("2001:db8::")
	for i := 8; i < 16; i++ {
		ip[i] = byte(r.Uint32())
	}
	return ip
}

// DNSPair returns a query and the answer to it.
func DNSPair(r *rand.Rand) (query, reply []byte) {
	name := dnsName(r)
	q := new(dns.Msg)
	types := []uint16{dns.TypeA, dns.TypeA, dns.TypeA, dns.TypeA, dns.TypeAAAA, dns.TypeAAAA, dns.TypeAAAA, dns.TypePTR,
		dns.TypeMX, dns.TypeTXT, dns.TypeSRV, dns.TypeNS}
	kind := types[r.IntN(len(types))]
	if kind == dns.TypePTR {
		name, _ = dns.ReverseAddr(addr4(r).String())
	}
	q.SetQuestion(name, kind)
	q.Id = uint16(r.Uint32())
	edns := r.IntN(2) == 0
	cookie := r.IntN(3) == 0
	if edns {
		opt(q, r, cookie, false)
	}
	query = pack(q)

	a := new(dns.Msg)
	a.SetReply(q)
	a.Compress = true
	a.RecursionAvailable = true
	head := func(name string, kind uint16) dns.RR_Header {
		return dns.RR_Header{Name: name, Rrtype: kind, Class: dns.ClassINET, Ttl: uint32(r.IntN(86400))}
	}
	switch {
	case r.IntN(8) == 0: // nothing there
		a.Rcode = dns.RcodeNameError
		if r.IntN(2) == 0 {
			a.Rcode = dns.RcodeSuccess
		}
		zone := domains[r.IntN(len(domains))]
		a.Ns = append(a.Ns, &dns.SOA{Hdr: head(zone, dns.TypeSOA), Ns: "ns1." + zone, Mbox: "hostmaster." + zone,
			Serial: r.Uint32(), Refresh: 7200, Retry: 900, Expire: 1209600, Minttl: 3600})
	case kind == dns.TypeA || kind == dns.TypeAAAA:
		for range r.IntN(3) {
			to := dnsName(r)
			a.Answer = append(a.Answer, &dns.CNAME{Hdr: head(name, dns.TypeCNAME), Target: to})
			name = to
		}
		for range 1 + r.IntN(4) {
			if kind == dns.TypeA {
				a.Answer = append(a.Answer, &dns.A{Hdr: head(name, kind), A: addr4(r)})
			} else {
				a.Answer = append(a.Answer, &dns.AAAA{Hdr: head(name, kind), AAAA: addr6(r)})
			}
		}
	case kind == dns.TypePTR:
		a.Answer = append(a.Answer, &dns.PTR{Hdr: head(name, kind), Ptr: dnsName(r)})
	case kind == dns.TypeMX:
		for i := range 1 + r.IntN(3) {
			a.Answer = append(a.Answer, &dns.MX{Hdr: head(name, kind), Preference: uint16(10 * i), Mx: "mx" + fmt.Sprint(i) + "." + name})
		}
	case kind == dns.TypeTXT:
		a.Answer = append(a.Answer, &dns.TXT{Hdr: head(name, kind), Txt: []string{"v=spf1 include:_spf." + name + " -all", "x=" + fmt.Sprint(r.Uint64())}[:1+r.IntN(2)]})
	case kind == dns.TypeSRV:
		a.Answer = append(a.Answer, &dns.SRV{Hdr: head(name, kind), Priority: 10, Weight: uint16(r.IntN(100)), Port: 5060, Target: dnsName(r)})
	case kind == dns.TypeNS:
		for i := range 2 + r.IntN(3) {
			ns := fmt.Sprintf("ns%d.%s", i, name)
			a.Answer = append(a.Answer, &dns.NS{Hdr: head(name, kind), Ns: ns})
			a.Extra = append(a.Extra, &dns.A{Hdr: head(ns, dns.TypeA), A: addr4(r)})
		}
	}
	if edns {
		opt(a, r, cookie, true)
	}
	return query, pack(a)
}

func opt(m *dns.Msg, r *rand.Rand, cookie, reply bool) {
	o := &dns.OPT{Hdr: dns.RR_Header{Name: ".", Rrtype: dns.TypeOPT, Class: 1232}}
	if cookie {
		c := fmt.Sprintf("%016x", r.Uint64())
		if reply {
			c += fmt.Sprintf("%032x", r.Uint64())
		}
		o.Option = append(o.Option, &dns.EDNS0_COOKIE{Code: dns.EDNS0COOKIE, Cookie: c})
	}
	m.Extra = append(m.Extra, o)
}

func pack(m *dns.Msg) []byte {
	b, err := m.Pack()
	if err != nil {
		panic(err) // the generator made what cannot be
	}
	return b
}

// DNS returns n messages, queries and answers in turn.
func DNS(n int) [][]byte {
	r := NewRand(1)
	var out [][]byte
	for len(out) < n {
		q, a := DNSPair(r)
		out = append(out, q, a)
	}
	return out[:n]
}
