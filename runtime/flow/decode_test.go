package flow

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
)

// want is what a test expects of a decoded packet.
type want struct {
	verdict      Verdict
	src, dst     string // addresses
	sport, dport uint16
	proto        uint8
	payload      string
	wire         int // 0: len(payload)
	none         bool
}

var plain = want{VerdictOK, "10.0.0.1", "10.0.0.2", 1000, 53, ProtoUDP, "hello", 0, false}
var plain6 = want{VerdictOK, "2001:db8::1", "2001:db8::2", 1000, 53, ProtoUDP, "hello", 0, false}

func (w want) check(t *testing.T, p *Packet) {
	t.Helper()
	require.Equal(t, w.verdict.String(), p.Verdict.String())
	if w.verdict != VerdictOK {
		require.False(t, p.HasPayload)
		require.Nil(t, p.Payload)
		return
	}
	require.Equal(t, w.src, p.Src.String())
	require.Equal(t, w.dst, p.Dst.String())
	require.Equal(t, w.sport, p.SrcPort)
	require.Equal(t, w.dport, p.DstPort)
	require.Equal(t, w.proto, p.Proto)
	require.Equal(t, !w.none, p.HasPayload)
	require.Equal(t, w.payload, string(p.Payload))
	if w.wire == 0 {
		w.wire = len(w.payload)
	}
	if !w.none {
		require.Equal(t, w.wire, p.PayloadWire)
		require.Equal(t, w.wire > len(w.payload), p.Truncated())
	}
}

func inner4() []byte {
	return ip4("10.0.0.1", "10.0.0.2", ProtoUDP, 0, udpSeg(1000, 53, []byte("hello")))
}

func inner6(exts ...[]byte) []byte {
	next := byte(ProtoUDP)
	body := udpSeg(1000, 53, []byte("hello"))
	for i := len(exts) - 1; i >= 0; i-- {
		e := bytes.Clone(exts[i])
		kind := e[0]
		e[0] = next
		next, body = kind, cat(e, body)
	}
	return ip6("2001:db8::1", "2001:db8::2", next, body)
}

func verdict(v Verdict) want { return want{verdict: v} }

func TestDecodeLinkTypes(t *testing.T) {
	snap := unhex("aaaa03 000000 0800")
	for _, c := range []struct {
		name  string
		link  LinkType
		frame []byte
		want  want
	}{
		{"ethernet", LinkEthernet, ether(0x0800, inner4()), plain},
		{"ethernet, IPv6", LinkEthernet, ether(0x86dd, inner6()), plain6},
		{"ethernet, padded", LinkEthernet, cat(ether(0x0800, inner4()), make([]byte, 13)), plain},
		{"ethernet, 802.3 with SNAP", LinkEthernet, ether(len(inner4())+8, cat(snap, inner4())), plain},
		{"ethernet, 802.2 with IP", LinkEthernet, ether(len(inner4())+3, cat(unhex("060603"), inner4())), plain},
		{"ethernet, SNAP of a vendor", LinkEthernet, ether(40, cat(unhex("aaaa03 00000c 0104"), make([]byte, 32))), verdict(VerdictNotIP)},
		{"ethernet, LLC cut", LinkEthernet, ether(40, unhex("aaaa")), verdict(VerdictTruncated)},
		{"ethernet, SNAP cut", LinkEthernet, ether(40, unhex("aaaa03 0000")), verdict(VerdictTruncated)},
		{"cooked, 802.2", LinkLinuxSLL, cat(make([]byte, 14), be16(4), snap, inner4()), plain},
		{"null, cut", LinkNull, unhex("020000"), verdict(VerdictTruncated)},
		{"pppoe, discovery", LinkPPPoE, unhex("1109 0000 0000"), verdict(VerdictNotIP)},
		{"pppoe, cut", LinkPPPoE, unhex("1100 00"), verdict(VerdictTruncated)},
		{"ppp, empty", LinkPPP, nil, verdict(VerdictTruncated)},
		{"ppp, protocol cut", LinkPPP, unhex("00"), verdict(VerdictTruncated)},
		{"radiotap, cut", LinkRadiotap, unhex("0000 2000 00000000"), verdict(VerdictTruncated)},
		{"ppi, cut", LinkPPI, unhex("0000 2000 01000000"), verdict(VerdictTruncated)},
		{"ppi, bad length", LinkPPI, unhex("0000 0700 01000000"), verdict(VerdictBadHeader)},
		{"wifi, cut", LinkIEEE80211, unhex("0801 0000"), verdict(VerdictTruncated)},
		{"wifi, QoS cut", LinkIEEE80211, cat(unhex("8802 0000"), make([]byte, 21)), verdict(VerdictTruncated)},
		{"wifi, aggregate", LinkIEEE80211, cat(unhex("8802 0000"), make([]byte, 20), unhex("8000"), make([]byte, 14), snap, inner4()), plain},
		{"wifi, HT control", LinkIEEE80211, cat(unhex("8881 0000"), make([]byte, 26), snap, inner4()), plain},
		{"ethernet, spanning tree", LinkEthernet, ether(38, cat(unhex("424203"), make([]byte, 35))), verdict(VerdictNotIP)},
		{"ethernet, ARP", LinkEthernet, ether(0x0806, make([]byte, 28)), verdict(VerdictNotIP)},
		{"ethernet, LLDP", LinkEthernet, ether(0x88cc, make([]byte, 28)), verdict(VerdictNotIP)},
		{"ethernet, cut", LinkEthernet, ether(0x0800, nil)[:13], verdict(VerdictTruncated)},
		{"one tag", LinkEthernet, ether(0x8100, vlan(5, 0x0800, inner4())), plain},
		{"two tags", LinkEthernet, ether(0x88a8, vlan(5, 0x8100, vlan(6, 0x0800, inner4()))), plain},
		{"three tags", LinkEthernet, ether(0x9100, vlan(5, 0x8100, vlan(6, 0x8100, vlan(7, 0x86dd, inner6())))), plain6},
		{"tag, cut", LinkEthernet, ether(0x8100, []byte{0, 5, 8}), verdict(VerdictTruncated)},
		{"too many tags", LinkEthernet, ether(0x8100, bytes.Repeat(vlan(5, 0x8100, nil), 60)), verdict(VerdictTooDeep)},
		{"raw", LinkRaw, inner4(), plain},
		{"raw, BSD", LinkRawBSD, inner6(), plain6},
		{"raw, OpenBSD", LinkRawOpenBSD, inner4(), plain},
		{"raw, no version", LinkRaw, make([]byte, 40), verdict(VerdictNotIP)},
		{"raw, empty", LinkRaw, nil, verdict(VerdictTruncated)},
		{"ipv4", LinkIPv4, inner4(), plain},
		{"ipv4 with 6", LinkIPv4, inner6(), verdict(VerdictBadHeader)},
		{"ipv6", LinkIPv6, inner6(), plain6},
		{"ipv6 with 4", LinkIPv6, cat(inner4(), make([]byte, 40)), verdict(VerdictBadHeader)},
		{"null, little-endian", LinkNull, cat(unhex("02000000"), inner4()), plain},
		{"null, big-endian", LinkNull, cat(unhex("00000002"), inner4()), plain},
		{"null, IPv6", LinkNull, cat(unhex("1e000000"), inner6()), plain6},
		{"null, something else", LinkNull, cat(unhex("07000000"), inner6()), verdict(VerdictNotIP)},
		{"loop", LinkLoop, cat(unhex("00000018"), inner6()), plain6},
		{"loop in the wrong order", LinkLoop, cat(unhex("18000000"), inner6()), verdict(VerdictNotIP)},
		{"cooked", LinkLinuxSLL, cat(make([]byte, 14), be16(0x0800), inner4()), plain},
		{"cooked, tagged", LinkLinuxSLL, cat(make([]byte, 14), be16(0x8100), vlan(5, 0x0800, inner4())), plain},
		{"cooked, cut", LinkLinuxSLL, make([]byte, 15), verdict(VerdictTruncated)},
		{"cooked 2", LinkLinuxSLL2, cat(be16(0x86dd), make([]byte, 18), inner6()), plain6},
		{"ppp", LinkPPP, cat(unhex("ff03 0021"), inner4()), plain},
		{"ppp, no framing", LinkPPP, cat(unhex("0057"), inner6()), plain6},
		{"ppp, short protocol", LinkPPPHDLC, cat(unhex("21"), inner4()), plain},
		{"ppp, LCP", LinkPPP, unhex("ff03 c021 01 00 0004"), verdict(VerdictNotIP)},
		{"pppoe link", LinkPPPoE, cat(unhex("1100 0007"), be16(2+len(inner4())), unhex("0021"), inner4()), plain},
		{"pppoe in ethernet", LinkEthernet, ether(0x8864, cat(unhex("1100 0007"), be16(2+len(inner4())), unhex("0021"), inner4(), make([]byte, 9))), plain},
		{"pppoe, not its version", LinkPPPoE, unhex("2200 0007 0000"), verdict(VerdictBadHeader)},
		{"cisco hdlc", LinkCiscoHDLC, cat(unhex("0f00 0800"), inner4()), plain},
		{"cisco hdlc as ppp", LinkPPPHDLC, cat(unhex("0f00 86dd"), inner6()), plain6},
		{"mpls", LinkEthernet, ether(0x8847, cat(unhex("00010040 00011140"), inner4())), plain},
		{"mpls, IPv6", LinkEthernet, ether(0x8847, cat(unhex("00011140"), inner6())), plain6},
		{"mpls, pseudowire", LinkEthernet, ether(0x8847, cat(unhex("00011140 00000000"), ether(0x0800, inner4()))), plain},
		{"mpls, unknown", LinkEthernet, ether(0x8847, cat(unhex("00011140"), unhex("f0"))), verdict(VerdictNotIP)},
		{"mpls behind a tag", LinkEthernet, ether(0x8100, vlan(5, 0x8847, cat(unhex("00011140"), inner4()))), plain},
		{"mpls, endless", LinkEthernet, ether(0x8847, bytes.Repeat(unhex("00010040"), 40)), verdict(VerdictTooDeep)},
		{"provider backbone", LinkEthernet, ether(0x88e7, cat(unhex("00000007"), ether(0x0800, inner4()))), plain},
		{"wifi", LinkIEEE80211, cat(unhex("0801 0000"), make([]byte, 20), snap, inner4()), plain},
		{"wifi, QoS", LinkIEEE80211, cat(unhex("8802 0000"), make([]byte, 22), snap, inner4()), plain},
		{"wifi, QoS, four addresses", LinkIEEE80211, cat(unhex("8803 0000"), make([]byte, 28), snap, inner4()), plain},
		{"wifi, beacon", LinkIEEE80211, cat(unhex("8000 0000"), make([]byte, 40)), verdict(VerdictNotIP)},
		{"wifi, no data", LinkIEEE80211, cat(unhex("4801 0000"), make([]byte, 20)), verdict(VerdictNotIP)},
		{"wifi, protected", LinkIEEE80211, cat(unhex("0841 0000"), make([]byte, 40)), verdict(VerdictProtected)},
		{"radiotap", LinkRadiotap, cat(unhex("0000 0a00 00000000 0000"), unhex("0801 0000"), make([]byte, 20), snap, inner4()), plain},
		{"radiotap, bad length", LinkRadiotap, unhex("0000 0700 00000000"), verdict(VerdictBadHeader)},
		{"arcnet", LinkARCNET, cat(unhex("0102 0000 d4 00 0001"), inner4()), plain},
		{"arcnet, old", LinkARCNET, cat(unhex("0102 0000 f0"), inner4()), plain},
		{"arcnet, split", LinkARCNET, cat(unhex("0102 0000 d4 01 0001"), inner4()), verdict(VerdictNotIP)},
		{"arcnet, ARP", LinkARCNET, cat(unhex("0102 0000 d5 00 0001"), inner4()), verdict(VerdictNotIP)},
		{"nflog", LinkNFLOG, cat(unhex("0200 0005 0800 0100 0800 0300 0500 0a00 00000000"), []byte{byte(4 + len(inner4())), 0, 9, 0}, inner4()), plain},
		{"nflog, of a big-endian host", LinkNFLOG, cat(unhex("0200 0005 0008 0001 0800 0300"), []byte{0, byte(4 + len(inner4())), 0, 9}, inner4()), plain},
		{"nflog, no packet", LinkNFLOG, unhex("0200 0005 0800 0100 0800 0300"), verdict(VerdictTruncated)},
		{"nflog, bad attribute", LinkNFLOG, unhex("0200 0005 0300 0100"), verdict(VerdictBadHeader)},
		{"nflog, unknown attributes", LinkNFLOG, unhex("0200 0005 0101 0101"), verdict(VerdictTruncated)},
		{"nflog, version 1", LinkNFLOG, unhex("0201 0005"), verdict(VerdictBadHeader)},
		{"ppi", LinkPPI, cat(unhex("0000 0800 01000000"), ether(0x0800, inner4())), plain},
		{"ppi in ppi", LinkPPI, unhex("0000 0800 c0000000"), verdict(VerdictUnknownLink)},
		{"unknown", LinkType(147), inner4(), verdict(VerdictUnknownLink)},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := &Packet{Frame: c.frame, Link: c.link}
			require.Equal(t, p.Verdict, VerdictNone)
			v := Decode(p)
			require.Equal(t, p.Verdict, v)
			c.want.check(t, p)
		})
	}
}

func TestDecodeIP(t *testing.T) {
	hop := unhex("00 00 0104 00000000")           // hop-by-hop: PadN
	long := cat(unhex("3c 01"), make([]byte, 14)) // destination options of 16 bytes
	routing := cat(unhex("2b 00 04 00"), make([]byte, 4))
	ah := cat(unhex("33 04 0000"), make([]byte, 20)) // 24 bytes
	atomic := unhex("2c 00 0000 00000007")
	opts := inner4()
	opts = cat([]byte{0x47}, opts[1:20], make([]byte, 8), opts[20:])
	copy(opts[2:], be16(len(opts)))

	edit := func(b []byte, at int, v ...byte) []byte {
		b = bytes.Clone(b)
		copy(b[at:], v)
		return b
	}
	longPayload := plain
	longPayload.payload = "hello..."
	cutPayload := plain
	cutPayload.payload, cutPayload.wire = "he", 5
	noPorts := want{VerdictOK, "10.0.0.1", "10.0.0.2", 0, 0, 89, "", 0, true}
	long89 := ip4("10.0.0.1", "10.0.0.2", 89, 0, make([]byte, 9))
	tcp := noPorts
	tcp.proto, tcp.sport, tcp.dport = ProtoTCP, 1000, 53
	sctp := tcp
	sctp.proto = ProtoSCTP
	icmp := noPorts
	icmp.proto = ProtoICMP
	for _, c := range []struct {
		name  string
		frame []byte
		want  want
	}{
		{"options", opts, plain},
		{"header length below 20", edit(inner4(), 0, 0x44), verdict(VerdictBadHeader)},
		{"header length beyond the packet", edit(inner4(), 0, 0x4f), verdict(VerdictBadLength)},
		{"total length below the header", edit(inner4(), 2, 0, 19), verdict(VerdictBadLength)},
		{"total length 0", edit(inner4(), 2, 0, 0), plain},
		{"total length inside the UDP header", edit(inner4(), 2, 0, 24), verdict(VerdictBadLength)},
		{"total length beyond the frame", edit(edit(inner4(), 2, 0, 36), 24, 0, 16), want{VerdictOK, "10.0.0.1", "10.0.0.2", 1000, 53, 17, "hello", 8, false}},
		{"UDP length 0", cat(edit(edit(inner4(), 2, 0, 36), 24, 0, 0), []byte("...")), longPayload},
		{"UDP length 7", edit(inner4(), 24, 0, 7), verdict(VerdictBadLength)},
		{"UDP length 8", edit(inner4(), 24, 0, 8), want{VerdictOK, "10.0.0.1", "10.0.0.2", 1000, 53, 17, "", 0, false}},
		{"UDP length below the packet's", cat(edit(inner4(), 2, 0, 36), []byte("...")), plain},
		{"UDP length beyond the packet's", cat(edit(inner4(), 24, 0, 16), []byte("padding")), want{VerdictOK, "10.0.0.1", "10.0.0.2", 1000, 53, 17, "hello", 8, false}},
		{"AH in IPv4", edit(ip4("10.0.0.1", "10.0.0.2", ProtoAH, 0, cat(edit(ah, 0, 17), udpSeg(1000, 53, []byte("hello")))), 0, 0x45), plain},
		{"other protocol", long89, noPorts},
		{"hop-by-hop number in IPv4", edit(long89, 9, 0), want{VerdictOK, "10.0.0.1", "10.0.0.2", 0, 0, 0, "", 0, true}},
		{"tcp", ip4("10.0.0.1", "10.0.0.2", 6, 0, tcpSeg(1000, 53, 7, TCPSyn, nil)), tcp},
		{"tcp, header cut", ip4("10.0.0.1", "10.0.0.2", 6, 0, tcpSeg(1000, 53, 7, TCPSyn, nil)[:19]), verdict(VerdictTruncated)},
		{"tcp, header length below 20", edit(ip4("10.0.0.1", "10.0.0.2", 6, 0, tcpSeg(1000, 53, 7, TCPSyn, nil)), 32, 0x40), verdict(VerdictBadHeader)},
		{"tcp, header beyond the packet", edit(ip4("10.0.0.1", "10.0.0.2", 6, 0, tcpSeg(1000, 53, 7, TCPSyn, nil)), 32, 0x60), verdict(VerdictBadLength)},
		{"sctp", ip4("10.0.0.1", "10.0.0.2", 132, 0, cat(be16(1000), be16(53), make([]byte, 8))), sctp},
		{"sctp, cut", ip4("10.0.0.1", "10.0.0.2", 132, 0, make([]byte, 5)), verdict(VerdictTruncated)},
		{"icmp", ip4("10.0.0.1", "10.0.0.2", 1, 0, unhex("08 00 0000 0001 0001")), icmp},
		{"icmp, cut", ip4("10.0.0.1", "10.0.0.2", 1, 0, unhex("08 00 00")), verdict(VerdictTruncated)},
		{"IPv6 hop-by-hop", inner6(hop), plain6},
		{"IPv6 chain", inner6(hop, long, routing, ah, long), plain6},
		{"IPv6 mobility-like header", inner6(unhex("8b 00 0000 00000000")), plain6},
		{"IPv6 atomic fragment", inner6(atomic), plain6},
		{"IPv6 too many headers", inner6(bytes2(hop, 17)...), verdict(VerdictTooDeep)},
		{"IPv6 extension cut", inner6(long)[:50], verdict(VerdictTruncated)},
		{"IPv6 extension beyond the packet", edit(inner6(hop), 41, 9), verdict(VerdictTruncated)},
		{"IPv6 payload length 0", edit(inner6(), 4, 0, 0), plain6},
		{"IPv6 length inside the UDP header", edit(inner6(), 4, 0, 5), verdict(VerdictBadLength)},
		{"IPv6 cut", inner6()[:39], verdict(VerdictTruncated)},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, p := range []*Packet{
				{Frame: c.frame, Link: LinkRaw},
				{Frame: ether(map[byte]int{4: 0x0800, 6: 0x86dd}[c.frame[0]>>4], c.frame), Link: LinkEthernet},
			} {
				Decode(p)
				c.want.check(t, p)
			}
		})
	}
	p := packet(0, ether(0x0800, inner4()[:30]))
	cutPayload.check(t, p)
}

func bytes2(b []byte, n int) (out [][]byte) {
	for range n {
		out = append(out, b)
	}
	return out
}

func TestDecodeWhatTheCaptureCut(t *testing.T) {
	for _, whole := range [][]byte{ether(0x0800, inner4()), ether(0x86dd, inner6())} {
		for n := range len(whole) {
			p := &Packet{Frame: whole[:n], WireLen: len(whole), Link: LinkEthernet}
			Decode(p)
			if n < len(whole)-5 {
				require.Equal(t, VerdictTruncated, p.Verdict, "%d bytes", n)
				continue
			}
			require.Equal(t, VerdictOK, p.Verdict, "%d bytes", n)
			require.Equal(t, 5, p.PayloadWire)
			require.Equal(t, "hello"[:n-len(whole)+5], string(p.Payload))
			require.True(t, p.Truncated())
		}
	}
}

func TestFastPathAndWalkAgree(t *testing.T) {
	for _, frame := range [][]byte{
		ether(0x0800, inner4()), ether(0x86dd, inner6()), cat(ether(0x0800, inner4()), make([]byte, 13)),
		ether(0x8100, vlan(5, 0x0800, inner4())), ether(0x8100, vlan(5, 0x86dd, inner6())),
	} {
		for i := range frame {
			for bit := range 8 {
				f := bytes.Clone(frame)
				f[i] ^= 1 << bit
				p, q := &Packet{Frame: f, Link: LinkEthernet}, &Packet{Frame: f, Link: LinkEthernet}
				Decode(p)
				standard.Decode(q)
				require.Equal(t, *q, *p, "byte %d bit %d", i, bit)
				p, q = &Packet{Frame: f[:i], Link: LinkEthernet}, &Packet{Frame: f[:i], Link: LinkEthernet}
				Decode(p)
				standard.Decode(q)
				require.Equal(t, *q, *p, "first %d bytes", i)
			}
		}
	}
}

func TestDecodeOverwritesAllThatItAnswers(t *testing.T) {
	full := &Packet{Link: LinkEthernet}
	full.Frame = ether(0x88a8, vlan(5, 0x8100, vlan(6, 0x86dd, ip6("2001:db8::3", "2001:db8::4", ProtoTCP, tcpSeg(1, 2, 3, TCPSyn, []byte("data"))))))
	fragment := ether(0x0800, ip4("10.0.0.1", "10.0.0.2", ProtoUDP, 0x2001, make([]byte, 8)))
	gre := ether(0x0800, ip4("10.9.0.1", "10.9.0.2", ProtoGRE, 0, cat(unhex("2000 0800 00000007"), inner4())))
	icmp := ether(0x0800, ip4("10.0.0.1", "10.0.0.2", 1, 0, unhex("08 01 0000")))
	for _, dirty := range [][]byte{full.Frame, fragment, gre, icmp} {
		for _, f := range [][]byte{udp4("10.0.0.1", 1, "10.0.0.2", 2, "x"), icmp, ether(0x0800, opts20()), nil} {
			clean := &Packet{Frame: f, Link: LinkEthernet}
			Decode(clean)
			reused := &Packet{Frame: dirty, Link: LinkEthernet}
			Decode(reused)
			reused.Frame = f
			Decode(reused)
			if clean.Verdict != VerdictOK {
				reused.Src, reused.Dst = clean.Src, clean.Dst
			}
			require.Equal(t, clean, reused)
		}
	}
}

func opts20() []byte { return cat([]byte{0x45}, inner4()[1:20]) }

func TestDecodeFacts(t *testing.T) {
	p := packet(0, ether(0x88a8, vlan(5, 0x8100, vlan(6, 0x0800, ip4("10.0.0.1", "10.0.0.2", 6, 0, tcpSeg(1000, 53, 77, TCPSyn|TCPAck, []byte("data")))))))
	require.EqualValues(t, 2, p.VLANs)
	require.EqualValues(t, 5, p.VLAN)
	require.EqualValues(t, 6, p.InnerVLAN)
	require.EqualValues(t, TCPSyn|TCPAck, p.TCPFlags)
	require.EqualValues(t, 77, p.TCPSeq)
	require.Equal(t, 4, p.PayloadWire)
	require.Equal(t, TCP, p.L4())
	require.Equal(t, unhex("020000000001"), p.SrcMAC())
	require.Equal(t, unhex("020000000002"), p.DstMAC())
	require.EqualValues(t, 4, p.IPVersion)

	p = packet(0, ether(0x86dd, inner6()))
	require.EqualValues(t, 0x10203, p.FlowLabel)
	require.EqualValues(t, 6, p.IPVersion)
	require.Equal(t, UDP, p.L4())

	p = packet(0, ether(0x0800, ip4("10.0.0.1", "10.0.0.2", 1, 0, unhex("08 07 0000"))))
	require.EqualValues(t, 8, p.ICMPType)
	require.EqualValues(t, 7, p.ICMPCode)
	require.Equal(t, Other, p.L4())
}

func TestFragmentsCarryNoPayload(t *testing.T) {
	for name, f := range map[string][]byte{
		"first": ether(0x0800, ip4("10.0.0.1", "10.0.0.2", ProtoUDP, 0x2000, udpSeg(1000, 53, make([]byte, 16)))),
		"later": ether(0x0800, ip4("10.0.0.1", "10.0.0.2", ProtoUDP, 3, make([]byte, 24))),
		"v6":    ether(0x86dd, ip6("2001:db8::1", "2001:db8::2", ProtoFragment, cat(unhex("11 00 0019 00000007"), make([]byte, 24)))),
	} {
		p := packet(0, f)
		require.Equal(t, VerdictOK, p.Verdict, name)
		require.True(t, p.Fragment)
		require.False(t, p.HasPayload)
		require.Nil(t, p.Payload)
		require.Zero(t, p.SrcPort)
		require.Zero(t, p.DstPort)
		require.Equal(t, Other, p.L4())
		require.EqualValues(t, ProtoUDP, p.Proto)
		require.EqualValues(t, 24, p.FragmentWire)
		require.Len(t, p.FragmentData(), 24)
		require.EqualValues(t, 7, p.FragmentID)
		require.EqualValues(t, map[string]int{"first": 0, "later": 24, "v6": 24}[name], p.FragmentOffset)
		require.Equal(t, name != "later", p.MoreFragments)
		k, _ := KeyOf(p)
		require.Equal(t, Other, k.L4())
		require.Equal(t, KeyFragment, k.Kind())
	}
}

func TestDecodeAllocatesNothing(t *testing.T) {
	frames := [][]byte{
		udp4("10.0.0.1", 1000, "10.0.0.2", 53, "hello"),
		ether(0x88a8, vlan(5, 0x8100, vlan(6, 0x86dd, inner6(unhex("00 00 0104 00000000"))))),
		ether(0x0800, ip4("10.9.0.1", "10.9.0.2", ProtoGRE, 0, cat(unhex("2000 0800 00000007"), inner4()))),
		ether(0x0806, nil),
	}
	p := &Packet{Link: LinkEthernet}
	d := &Decoder{Enter: AllTunnels}
	require.Zero(t, testing.AllocsPerRun(100, func() {
		for _, p.Frame = range frames {
			Decode(p)
			d.Decode(p)
		}
	}))
}

func TestNames(t *testing.T) {
	require.Equal(t, "initiator responder", Initiator.String()+" "+Responder.String())
	require.Equal(t, Responder, Initiator.Opposite())
	require.Equal(t, "forward reverse", Forward.String()+" "+Reverse.String())
	require.Equal(t, "tcp udp other other", TCP.String()+" "+UDP.String()+" "+Other.String()+" "+L4(9).String())
	require.Equal(t, "truncated_header", VerdictTruncated.String())
	require.Equal(t, "Verdict(99)", Verdict(99).String())
	require.Equal(t, "linux_sll2", LinkLinuxSLL2.String())
	require.Equal(t, "LinkType(999)", LinkType(999).String())
	require.True(t, LinkRaw.Known())
	require.False(t, LinkType(999).Known())
	require.Equal(t, "vxlan", TunnelVXLAN.String())
	require.Equal(t, "Tunnel(99)", Tunnel(99).String())
	require.Equal(t, "fin_wait", FinWait.String())
	require.Equal(t, "State(99)", State(99).String())
	var slugs []string
	for r := range EndReason(NumEndReasons) {
		slugs = append(slugs, r.String())
	}
	require.Equal(t, []string{"none", "fin", "rst", "idle", "evicted", "buffer_overflow", "parse_error", "parser_done", "force_closed"}, slugs)
	require.Equal(t, "EndReason(99)", EndReason(99).String())
}

func BenchmarkDecode(b *testing.B) {
	for _, c := range []struct {
		name  string
		frame []byte
	}{
		{"udp4", udp4("10.0.0.1", 1000, "10.0.0.2", 53, "hello")},
		{"udp6", udp6("2001:db8::1", 1000, "2001:db8::2", 53, "hello")},
		{"vlan_udp4", ether(0x8100, vlan(5, 0x0800, inner4()))},
		{"tcp4", tcp4("10.0.0.1", 1000, "10.0.0.2", 80, TCPAck, "hello")},
		{"qinq", ether(0x88a8, vlan(5, 0x8100, vlan(6, 0x0800, inner4())))},
		{"gre", ether(0x0800, ip4("10.9.0.1", "10.9.0.2", ProtoGRE, 0, cat(unhex("2000 0800 00000007"), inner4())))},
	} {
		b.Run(c.name, func(b *testing.B) {
			p := &Packet{Frame: c.frame, Link: LinkEthernet}
			for range b.N {
				Decode(p)
			}
		})
	}
	b.Run("udp4_key", func(b *testing.B) {
		p := &Packet{Frame: udp4("10.0.0.1", 1000, "10.0.0.2", 53, "hello"), Link: LinkEthernet}
		var n uint64
		for range b.N {
			Decode(p)
			k, _ := KeyOf(p)
			n += uint64(k.APort)
		}
		_ = n
	})
}

// checkDecoded holds for whatever was decoded.
func checkDecoded(t *testing.T, p *Packet) {
	v := p.Verdict
	if v == VerdictNone || v >= numVerdicts {
		t.Fatal(v)
	}
	if v != VerdictOK && (p.HasPayload || p.Payload != nil) {
		t.Fatal("payload without verdict")
	}
	if p.Fragment && p.HasPayload || p.HasPayload && p.Proto != ProtoUDP {
		t.Fatal("payload of what is no datagram")
	}
	if p.HasPayload && p.PayloadWire < len(p.Payload) || int(p.FragmentWire) < len(p.FragmentData()) {
		t.Fatal("payload longer than on the wire")
	}
	if v == VerdictOK {
		k, o := KeyOf(p)
		k2, o2 := k, Forward
		if k.Flags()&KeyDirected == 0 {
			o2 = k2.sort()
		}
		if k2 != k || o2 != Forward || o > Reverse {
			t.Fatal("key is not canonical")
		}
	}
}

func FuzzDecode(f *testing.F) {
	for link := range linkNames {
		for _, frame := range [][]byte{inner4(), inner6(unhex("00 00 0104 00000000")), ether(0x8100, vlan(5, 0x0800, inner4()))} {
			f.Add(frame, uint16(link), 0)
		}
	}
	f.Add(ether(0x86dd, ip6("::1", "::2", ProtoFragment, unhex("11 00 0001 00000007"))[:48]), uint16(1), 1<<31-1)
	f.Add(udp4("10.0.0.1", 1, "10.0.0.2", 2152, "\x34\xff\x00\x10\x00\x00\x00\x01\x00\x00\x00"), uint16(1), 2000)
	f.Add(outer(3544, unhex("0001 0102 aa bbcc 0000000000000001 00"), inner6()), uint16(1), 0)
	f.Add(outer(5247, unhex("00104300 00000000"), wifi("0108"), inner4()), uint16(1), 0)
	f.Add(outer(1701, unhex("4a02 0040 0001 0002 0003 0004 0002 0000 0057"), inner6()), uint16(1), 0)
	f.Add(outer(5072, unhex("44 52 11 29 00000000"), make([]byte, 16+20), inner6()), uint16(1), 0)
	f.Fuzz(func(t *testing.T, frame []byte, link uint16, wire int) {
		for _, d := range []*Decoder{&standard, {}, {Enter: AllTunnels}, {Enter: AllTunnels, Layered: true}} {
			p := &Packet{Frame: frame, Link: LinkType(link), WireLen: wire}
			d.Decode(p)
			checkDecoded(t, p)
			for layer := uint8(1); d.Inner(p); layer++ {
				if p.Layer != layer || p.Verdict != VerdictOK || layer > MaxTunnels {
					t.Fatal("layer", p.Layer, p.Verdict)
				}
				checkDecoded(t, p)
			}
		}
		p := &Packet{Frame: frame, Link: LinkType(link), WireLen: wire}
		q := *p
		if Decode(p) != standard.Decode(&q) || p.Src != q.Src || p.SrcPort != q.SrcPort || string(p.Payload) != string(q.Payload) {
			t.Fatal("the fast path differs")
		}
	})
}
