package flow

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAddr(t *testing.T) {
	a := addr("10.1.2.3")
	require.True(t, a.Is4())
	require.Equal(t, Addr4([4]byte{10, 1, 2, 3}), a)
	require.Equal(t, "10.1.2.3", a.String())
	require.Equal(t, netip.MustParseAddr("10.1.2.3"), a.Netip())
	b := addr("fe80::1%eth0")
	require.False(t, b.Is4())
	require.Equal(t, "fe80::1", b.String())
	require.Equal(t, Addr{}, AddrFrom(netip.Addr{}))
	require.Equal(t, -1, a.Compare(&b))
	require.Equal(t, 1, b.Compare(&a))
	require.Equal(t, 0, b.Compare(&b))
}

func TestKeyIsTheSameForBothDirections(t *testing.T) {
	there, o1 := KeyOf(packet(0, udp4("10.0.0.2", 40000, "10.0.0.1", 53, "")))
	back, o2 := KeyOf(packet(0, udp4("10.0.0.1", 53, "10.0.0.2", 40000, "")))
	require.Equal(t, there, back)
	require.Equal(t, Reverse, o1)
	require.Equal(t, Forward, o2)
	require.Equal(t, there.Hash(), back.Hash())
	require.Equal(t, "udp 10.0.0.1:53 10.0.0.2:40000", there.String())
	require.Equal(t, UDP, there.L4())
	require.True(t, there.EitherPort(53))
	require.False(t, there.EitherPort(54))
	a, p := there.Source(o1)
	require.Equal(t, addr("10.0.0.2"), a)
	require.EqualValues(t, 40000, p)
	a, p = there.Destination(o1)
	require.Equal(t, addr("10.0.0.1"), a)
	require.EqualValues(t, 53, p)

	made, o := MakeKey(ProtoUDP, netip.MustParseAddrPort("10.0.0.2:40000"), netip.MustParseAddrPort("10.0.0.1:53"))
	require.Equal(t, there, made)
	require.Equal(t, o1, o)
}

func TestKeyOrdersByPortWhenAddressesAreEqual(t *testing.T) {
	k, o := KeyOf(packet(0, udp4("10.0.0.1", 9, "10.0.0.1", 7, "")))
	require.Equal(t, "udp 10.0.0.1:7 10.0.0.1:9", k.String())
	require.Equal(t, Reverse, o)
	_, o = KeyOf(packet(0, udp4("10.0.0.1", 7, "10.0.0.1", 7, "")))
	require.Equal(t, Forward, o, "equal endpoints are always forward")
}

func TestKeysThatMustDiffer(t *testing.T) {
	frames := map[string][]byte{
		"udp":      udp4("10.0.0.1", 1, "10.0.0.2", 2, ""),
		"port":     udp4("10.0.0.1", 1, "10.0.0.2", 3, ""),
		"tcp":      tcp4("10.0.0.1", 1, "10.0.0.2", 2, TCPSyn, ""),
		"fragment": ether(0x0800, ip4("10.0.0.1", "10.0.0.2", ProtoUDP, 0x2000, udpSeg(1, 2, nil))),
		"other":    ether(0x0800, ip4("10.0.0.1", "10.0.0.2", 89, 0, nil)),
		"mapped6":  udp6("::ffff:10.0.0.1", 1, "::ffff:10.0.0.2", 2, ""),
	}
	seen := map[Key]string{}
	hashes := map[uint64]string{}
	for name, f := range frames {
		k, _ := KeyOf(packet(0, f))
		require.Empty(t, seen[k], name)
		require.Empty(t, hashes[k.Hash()], name)
		seen[k], hashes[k.Hash()] = name, name
		require.NotEqual(t, k.Hash(), k.HashSeed(1))
	}
}

func TestFlowLabelDoesNotSplitAFlow(t *testing.T) {
	a := udp6("2001:db8::1", 1, "2001:db8::2", 2, "")
	b := udp6("2001:db8::2", 2, "2001:db8::1", 1, "")
	b[15], b[17] = 9, 9
	ka, _ := KeyOf(packet(0, a))
	kb, _ := KeyOf(packet(0, b))
	require.Equal(t, ka, kb)
}

// On request the label is part of the identity: equal ones are one flow, others are not, and IPv4 has none.
func TestFlowLabelInTheKeyOnRequest(t *testing.T) {
	e := FiveTuple{Scope: ScopeFlowLabel}
	of := func(label byte) (k Key) {
		f := udp6("2001:db8::1", 1, "2001:db8::2", 2, "")
		f[15], f[16], f[17] = 0x0a, 0xbc, label
		_, ok := e.Extract(packet(0, f), &k)
		require.True(t, ok)
		return k
	}
	require.Equal(t, of(1), of(1))
	require.NotEqual(t, of(1), of(2))
	plain := of(1)
	plain.Scope = 0
	inner := of(2)
	inner.Scope = 0
	require.Equal(t, plain, inner, "nothing but the label differs")
	var a, b Key
	e.Extract(packet(0, udp4("10.0.0.1", 1, "10.0.0.2", 2, "")), &a)
	FiveTuple{}.Extract(packet(0, udp4("10.0.0.1", 1, "10.0.0.2", 2, "")), &b)
	require.Equal(t, b, a)
}

func TestKeyText(t *testing.T) {
	for proto, want := range map[byte]string{1: "icmp", 6: "tcp", 17: "udp", 58: "icmpv6", 89: "proto-89", 132: "sctp"} {
		k := Key{Proto: proto, A: addr("10.0.0.1"), B: addr("2001:db8::1"), APort: 1, BPort: 2}
		require.Equal(t, want+" 10.0.0.1:1 [2001:db8::1]:2", k.String())
	}
	k, _ := KeyOf(packet(0, ether(0x0800, ip4("10.0.0.1", "10.0.0.2", ProtoUDP, 0x2000, make([]byte, 8)))))
	require.Equal(t, "fragment udp 10.0.0.1:0 10.0.0.2:0", k.String())
	k, o := MakeKey(6, netip.MustParseAddrPort("[2001:db8::2]:1"), netip.MustParseAddrPort("[2001:db8::1]:2"))
	require.Equal(t, Reverse, o)
	require.Equal(t, KeyV6, k.Flags())
	b, err := k.A.AppendText([]byte("at "))
	require.NoError(t, err)
	require.Equal(t, "at 2001:db8::1", string(b))
}

func TestHashIsStable(t *testing.T) {
	k, _ := MakeKey(ProtoUDP, netip.MustParseAddrPort("10.0.0.2:40000"), netip.MustParseAddrPort("10.0.0.1:53"))
	require.Equal(t, uint64(0x381e6a3090d0fd06), k.Hash(), "shards of different versions must agree")
}

func TestExtractors(t *testing.T) {
	there := packet(0, udp4("10.0.0.2", 40000, "10.0.0.1", 53, ""))
	back := packet(0, udp4("10.0.0.1", 53, "10.0.0.2", 40000, ""))
	arp := packet(0, ether(0x0806, make([]byte, 28)))
	short := packet(0, []byte{1, 2, 3, 4})
	var k1, k2 Key

	for _, e := range []Extractor{FiveTuple{}, IPPair{}} {
		o1, ok1 := e.Extract(there, &k1)
		o2, ok2 := e.Extract(back, &k2)
		require.True(t, ok1 && ok2)
		require.Equal(t, k1, k2)
		require.NotEqual(t, o1, o2)
		_, ok := e.Extract(arp, &k1)
		require.False(t, ok)
	}
	require.Equal(t, "ip 10.0.0.1 10.0.0.2", k2.String())
	require.Equal(t, Other, k2.L4())

	d := FiveTuple{Directional: true}
	o1, _ := d.Extract(there, &k1)
	o2, _ := d.Extract(back, &k2)
	require.NotEqual(t, k1, k2)
	require.Equal(t, "udp 10.0.0.2:40000 10.0.0.1:53", k1.String())
	require.Equal(t, [2]Orientation{Forward, Forward}, [2]Orientation{o1, o2})
	require.Equal(t, k1.CommunityID(0), k2.CommunityID(0), "both are the same conversation")

	o, ok := MACPair{}.Extract(arp, &k1)
	require.True(t, ok, "a frame needs no IP to have hardware addresses")
	require.Equal(t, Forward, o)
	require.Equal(t, "mac 02:00:00:00:00:01 02:00:00:00:00:02", k1.String())
	_, ok = MACPair{}.Extract(short, &k1)
	require.False(t, ok)
}

func TestScopeTellsNetworksApart(t *testing.T) {
	inner := ip4("10.0.0.1", "10.0.0.2", ProtoUDP, 0, udpSeg(1, 2, nil))
	red := packet(0, ether(0x8100, vlan(5, 0x0800, inner)))
	blue := packet(0, ether(0x8100, vlan(6, 0x0800, inner)))
	var a, b Key
	FiveTuple{}.Extract(red, &a)
	FiveTuple{}.Extract(blue, &b)
	require.Equal(t, a, b, "by default one flow")
	e := FiveTuple{Scope: ScopeVLAN | ScopeTunnel}
	e.Extract(red, &a)
	e.Extract(blue, &b)
	require.NotEqual(t, a, b)
	require.Equal(t, a.CommunityID(0), b.CommunityID(0))
	require.Contains(t, a.String(), " scope ")
}

// The specification's vectors, seeds 0 and 1.
func TestCommunityID(t *testing.T) {
	for _, c := range []struct {
		proto        uint8
		src, dst     string
		sport, dport int // for ICMP: type and code
		seed0, seed1 string
	}{
		{6, "128.232.110.120", "66.35.250.204", 34855, 80, "1:LQU9qZlK+B5F3KDmev6m5PMibrg=", "1:3V71V58M3Ksw/yuFALMcW0LAHvc="},
		{6, "66.35.250.204", "128.232.110.120", 80, 34855, "1:LQU9qZlK+B5F3KDmev6m5PMibrg=", "1:3V71V58M3Ksw/yuFALMcW0LAHvc="},
		{17, "192.168.1.52", "8.8.8.8", 54585, 53, "1:d/FP5EW3wiY1vCndhwleRRKHowQ=", "1:Q9We8WO3piVF8yEQBNJF4uiSVrI="},
		{17, "8.8.8.8", "192.168.1.52", 53, 54585, "1:d/FP5EW3wiY1vCndhwleRRKHowQ=", "1:Q9We8WO3piVF8yEQBNJF4uiSVrI="},
		{132, "192.168.170.8", "192.168.170.56", 7, 80, "1:jQgCxbku+pNGw8WPbEc/TS/uTpQ=", "1:Y1/0jQg6e+I3ZwZZ9LP65DNbTXU="},
		{1, "192.168.0.89", "192.168.0.1", 8, 0, "1:X0snYXpgwiv9TZtqg64sgzUn6Dk=", "1:03g6IloqVBdcZlPyX8r0hgoE7kA="},
		{1, "192.168.0.1", "192.168.0.89", 0, 8, "1:X0snYXpgwiv9TZtqg64sgzUn6Dk=", "1:03g6IloqVBdcZlPyX8r0hgoE7kA="},
		{1, "192.168.0.1", "192.168.0.89", 0, 20, "1:X0snYXpgwiv9TZtqg64sgzUn6Dk=", "1:03g6IloqVBdcZlPyX8r0hgoE7kA="},
		{1, "192.168.0.89", "192.168.0.1", 20, 0, "1:3o2RFccXzUgjl7zDpqmY7yJi8rI=", ""},
		{1, "192.168.0.89", "192.168.0.1", 20, 1, "1:tz/fHIDUHs19NkixVVoOZywde+I=", "1:Ie3wmFyxiEyikbsbcO03d2nh+PM="},
		{58, "fe80::200:86ff:fe05:80da", "fe80::260:97ff:fe07:69ea", 135, 0, "1:dGHyGvjMfljg6Bppwm3bg0LO8TY=", "1:kHa1FhMYIT6Ym2Vm2AOtoOARDzY="},
		{58, "fe80::260:97ff:fe07:69ea", "fe80::200:86ff:fe05:80da", 136, 0, "1:dGHyGvjMfljg6Bppwm3bg0LO8TY=", "1:kHa1FhMYIT6Ym2Vm2AOtoOARDzY="},
		{58, "3ffe:507:0:1:260:97ff:fe07:69ea", "3ffe:507:0:1:200:86ff:fe05:80da", 3, 0, "1:NdobDX8PQNJbAyfkWxhtL2Pqp5w=", "1:OlOWx9psIbBFi7lOCw/4MhlKR9M="},
		{58, "3ffe:507:0:1:200:86ff:fe05:80da", "3ffe:507:0:1:260:97ff:fe07:69ea", 3, 0, "1:/OGBt9BN1ofenrmSPWYicpij2Vc=", "1:Ij4ZxnC87/MXzhOjvH2vHu7LRmE="},
		{6, "2001:470:e5bf:dead:4957:2174:e82c:4887", "2607:f8b0:400c:c03::1a", 63943, 25, "1:/qFaeAR+gFe1KYjMzVDsMv+wgU4=", ""},
	} {
		p := &Packet{Verdict: VerdictOK, Proto: c.proto, Src: addr(c.src), Dst: addr(c.dst), IPVersion: 6}
		if p.Src.Is4() {
			p.IPVersion = 4
		}
		if c.proto == ProtoICMP || c.proto == ProtoICMPv6 {
			p.ICMPType, p.ICMPCode = uint8(c.sport), uint8(c.dport)
		} else {
			p.SrcPort, p.DstPort = uint16(c.sport), uint16(c.dport)
		}
		k, _ := KeyOf(p)
		require.Equal(t, c.seed0, k.CommunityID(0), "%+v", c)
		if c.seed1 != "" {
			require.Equal(t, c.seed1, k.CommunityID(1), "%+v", c)
		}
		FiveTuple{Directional: true}.Extract(p, &k)
		require.Equal(t, c.seed0, k.CommunityID(0), "directional %+v", c)
	}
}

func TestCommunityIDAllocatesNothing(t *testing.T) {
	k, _ := KeyOf(packet(0, udp4("10.0.0.2", 40000, "10.0.0.1", 53, "")))
	buf := make([]byte, 0, 64)
	require.Zero(t, testing.AllocsPerRun(100, func() { buf = k.AppendCommunityID(buf[:0], 0) }))
}
