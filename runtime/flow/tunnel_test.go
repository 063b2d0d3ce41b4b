package flow

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
)

// outer is a UDP datagram between tunnel endpoints.
func outer(port int, payload ...[]byte) []byte {
	return ether(0x0800, ip4("192.0.2.1", "192.0.2.2", ProtoUDP, 0, udpSeg(5555, port, cat(payload...))))
}

func proto(n byte, payload ...[]byte) []byte {
	return ether(0x0800, ip4("192.0.2.1", "192.0.2.2", n, 0, cat(payload...)))
}

// wifi is the header of a data frame from a station, with LLC/SNAP for IPv4.
func wifi(control string) []byte {
	return cat(unhex(control), make([]byte, 22), unhex("aaaa03 000000 0800"))
}

func TestTunnels(t *testing.T) {
	eth := ether(0x0800, inner4())
	for _, c := range []struct {
		name   string
		frame  []byte
		tunnel Tunnel
		id     uint32
		want   want
	}{
		{"ip in ip", proto(4, inner4()), TunnelIP, 0, plain},
		{"IPv6 in ip", proto(41, inner6()), TunnelIP, 0, plain6},
		{"ip in IPv6", ether(0x86dd, ip6("2001:db8::7", "2001:db8::8", 4, inner4())), TunnelIP, 0, plain},
		{"gre", proto(47, unhex("0000 0800"), inner4()), TunnelGRE, 0, plain},
		{"gre, IPv6", proto(47, unhex("0000 86dd"), inner6()), TunnelGRE, 0, plain6},
		{"gre, checksum", proto(47, unhex("8000 0800 00000000"), inner4()), TunnelGRE, 0, plain},
		{"gre, key", proto(47, unhex("2000 0800 00000007"), inner4()), TunnelGRE, 7, plain},
		{"gre, all", proto(47, unhex("b000 0800 00000000 00000007 00000001"), inner4()), TunnelGRE, 7, plain},
		{"gre, ethernet", proto(47, unhex("0000 6558"), eth), TunnelGRE, 0, plain},
		{"gre, mpls", proto(47, unhex("0000 8847 00011140"), inner4()), TunnelMPLS, 0x11, plain},
		{"gre, ppp", proto(47, unhex("3001 880b 0030 0007 00000001 ff030021"), inner4()), TunnelGRE, 7, plain},
		{"gre, ppp with acknowledgement", proto(47, unhex("3081 880b 0030 0007 00000001 00000001 0021"), inner4()), TunnelGRE, 7, plain},
		{"erspan I", proto(47, unhex("0000 88be"), eth), TunnelGRE, 0, plain},
		{"erspan II", proto(47, unhex("1000 88be 00000001"), make([]byte, 8), eth), TunnelGRE, 0, plain},
		{"erspan III", proto(47, unhex("1000 22eb 00000001"), make([]byte, 12), eth), TunnelGRE, 0, plain},
		{"erspan III, subheader", proto(47, unhex("1000 22eb 00000001"), make([]byte, 11), []byte{1}, make([]byte, 8), eth), TunnelGRE, 0, plain},
		{"etherip", proto(97, unhex("3000"), eth), TunnelEther, 0, plain},
		{"mpls in ip", proto(137, unhex("00011140"), inner4()), TunnelMPLS, 0x11, plain},
		{"vxlan", outer(4789, unhex("08000000 00000700"), eth), TunnelVXLAN, 7, plain},
		{"vxlan, generic", outer(4789, unhex("0c000002 00000700"), inner6()), TunnelVXLAN, 7, plain6},
		{"geneve", outer(6081, unhex("00006558 00000700"), eth), TunnelGeneve, 7, plain},
		{"geneve, options", outer(6081, unhex("02000800 00000700 0000000000000000"), inner4()), TunnelGeneve, 7, plain},
		{"gtp-u", outer(2152, unhex("30ff0021 00000007"), inner4()), TunnelGTPU, 7, plain},
		{"gtp-u, sequence", outer(2152, unhex("32ff0025 00000007 00010000"), inner4()), TunnelGTPU, 7, plain},
		{"gtp-u, extensions", outer(2152, unhex("34ff002d 00000007 00000085 01000085 01000000"), inner4()), TunnelGTPU, 7, plain},
		{"teredo", outer(3544, inner6()), TunnelTeredo, 0, plain6},
		{"teredo, origin", outer(3544, unhex("0000 1234 c0000201"), inner6()), TunnelTeredo, 0, plain6},
		{"teredo, authentication and origin", outer(3544, unhex("0001 0102 aa bbcc 0000000000000001 00 0000 1234 c0000201"), inner6()), TunnelTeredo, 0, plain6},
		{"capwap, 802.3", outer(5247, unhex("00100200 00000000"), eth), TunnelCAPWAP, 0, plain},
		{"capwap, 802.11", outer(5247, unhex("00104300 00000000"), wifi("0801"), inner4()), TunnelCAPWAP, 1, plain},
		{"capwap, 802.11 with the control swapped", outer(5247, unhex("00104300 00000000"), wifi("0108"), inner4()), TunnelCAPWAP, 1, plain},
		{"l2tp", outer(1701, unhex("0002 0001 0002 ff030021"), inner4()), TunnelL2TP, 0x10002, plain},
		{"l2tp, all", outer(1701, unhex("4a02 0040 0001 0002 0003 0004 0002 0000 0057"), inner6()), TunnelL2TP, 0x10002, plain6},
		{"ayiya", outer(5072, unhex("44 52 11 29 00000000"), make([]byte, 16+20), inner6()), TunnelAYIYA, 0, plain6},
		{"lisp", outer(4341, unhex("08000000 00000700"), inner4()), TunnelLISP, 7, plain},
		{"vxlan in gre", proto(47, unhex("0000 0800"), outer(4789, unhex("08000000 00000700"), eth)[14:]), TunnelVXLAN, 7, plain},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := &Packet{Frame: c.frame, Link: LinkEthernet}
			d := &Decoder{Enter: AllTunnels}
			d.Decode(p)
			c.want.check(t, p)
			require.Equal(t, c.tunnel.String(), p.Tunnel.String())
			require.Equal(t, c.id, p.TunnelID)
			require.NotZero(t, p.Depth)
			require.True(t, bytes.Contains(c.frame, p.Payload), "the payload is the inner one")
			require.Equal(t, unhex("020000000001"), p.SrcMAC(), "the outermost")

			// A decoder that enters nothing says what the outer packet is.
			new(Decoder).Decode(p)
			require.Equal(t, VerdictOK, p.Verdict)
			require.Zero(t, p.Depth)
			require.NotEqual(t, c.want.src, p.Src.String())

			// What is cut inside is at least the outer packet, whatever is missing.
			for n := 34; n < len(c.frame); n++ {
				p := &Packet{Frame: c.frame[:n], WireLen: len(c.frame), Link: LinkEthernet}
				if d.Decode(p) == VerdictOK && p.Depth == 0 {
					require.NotEqual(t, c.want.src, p.Src.String())
				}
			}
		})
	}
}

// Tunnels over UDP that do not hold what they should are plain datagrams.
func TestVXLANOnTheExtensionsPortTellsTheNextProtocolWithoutItsFlag(t *testing.T) {
	d := &Decoder{Enter: AllTunnels}
	p := &Packet{Frame: outer(4790, unhex("08000001 00000700"), inner4()), Link: LinkEthernet}
	require.Equal(t, VerdictOK, d.Decode(p))
	require.Equal(t, TunnelVXLAN, p.Tunnel)
	require.Equal(t, "10.0.0.1", p.Src.String())
}

func TestWhatIsNoTunnelIsAPlainDatagram(t *testing.T) {
	eth := ether(0x0800, inner4())
	d := &Decoder{Enter: AllTunnels}
	for name, f := range map[string][]byte{
		"vxlan, wrong port":             outer(4788, unhex("08000000 00000700"), eth),
		"vxlan, no VNI":                 outer(4789, unhex("00000000 00000700"), eth),
		"vxlan, short":                  outer(4789, unhex("08000000 000007")),
		"vxlan, no ip":                  outer(4789, unhex("08000000 00000700"), ether(0x0806, nil)),
		"vxlan, unknown protocol":       outer(4789, unhex("0c000009 00000700"), eth),
		"geneve, version 1":             outer(6081, unhex("40006558 00000700"), eth),
		"geneve, options missing":       outer(6081, unhex("3f006558 00000700")),
		"gtp-u, echo":                   outer(2152, unhex("32010004 00000000 00010000")),
		"gtp', not gtp":                 outer(2152, unhex("20ff0021 00000007"), inner4()),
		"gtp-u, zero-length extension":  outer(2152, unhex("34ff0000 00000007 00000085 00"), inner4()),
		"gtp-u, extension overrun":      outer(2152, unhex("34ff0000 00000007 00000085 ff"), inner4()),
		"gtp-u, nothing behind":         outer(2152, unhex("30ff0000 00000007")),
		"gtp-u, extension flag alone 8": outer(2152, unhex("34ff0000 00000007")),
		"gtp-u, 9":                      outer(2152, unhex("34ff0000 00000007 00")),
		"gtp-u, 10":                     outer(2152, unhex("34ff0000 00000007 0000")),
		"gtp-u, 11":                     outer(2152, unhex("34ff0000 00000007 000000")),
		"teredo, authentication cut":    outer(3544, unhex("0001 ff00 aa"), inner6()),
		"teredo, IPv4":                  outer(3544, inner4()),
		"capwap, encrypted":             outer(5247, unhex("01000000"), eth),
		"capwap, fragment":              outer(5247, unhex("00100280 00000000"), eth),
		"capwap, keep-alive":            outer(5247, unhex("00100208 00000000 0000"), eth),
		"capwap, header length 1":       outer(5247, unhex("00080200 00000000"), eth),
		"capwap, other radio":           outer(5247, unhex("00100500 00000000"), eth),
		"l2tp, control":                 outer(1701, unhex("c002 000c 0001 0002 0000 0000")),
		"l2tp, version 3":               outer(1701, unhex("0003 0001 0002 0021"), inner4()),
		"l2tp, offset cut":              outer(1701, unhex("0202 0001 0002 ffff 0021"), inner4()),
		"l2tp, link control":            outer(1701, unhex("0002 0001 0002 c021 0101 0004")),
		"ayiya, echo request":           outer(5072, unhex("44 52 12 29 00000000"), make([]byte, 16+20), inner6()),
		"ayiya, identity cut":           outer(5072, unhex("f4 52 11 29 00000000"), inner6()),
		"lisp, nothing behind":          outer(4341, unhex("08000000 00000700")),
	} {
		p := &Packet{Frame: f, Link: LinkEthernet}
		require.Equal(t, VerdictOK, d.Decode(p), name)
		require.Equal(t, "192.0.2.1", p.Src.String(), name)
		require.Zero(t, p.Depth, name)
		require.Equal(t, TunnelNone, p.Tunnel, name)
		require.True(t, p.HasPayload, name)
		require.Equal(t, f[42:], p.Payload, name)
	}
	for name, f := range map[string][]byte{
		"gre, version 2":       proto(47, unhex("0002 0800"), inner4()),
		"gre, source routes":   proto(47, unhex("4000 0800 00000000"), inner4()),
		"gre, keep-alive":      proto(47, unhex("0000 0000")),
		"gre, acknowledgement": proto(47, unhex("2081 880b 0000 0007 00000001")),
		"gre, no ip":           proto(47, unhex("0000 88cc"), eth),
		"etherip, version 2":   proto(97, unhex("2000"), eth),
	} {
		p := &Packet{Frame: f, Link: LinkEthernet}
		require.Equal(t, VerdictOK, d.Decode(p), name)
		require.Equal(t, "192.0.2.1", p.Src.String(), name)
		require.False(t, p.HasPayload, name)
	}
}

func TestTunnelPortsCanBeSet(t *testing.T) {
	d := &Decoder{Enter: EnterVXLAN, VXLANPorts: []uint16{8472}}
	p := &Packet{Frame: outer(8472, unhex("08000000 00000700"), ether(0x0800, inner4())), Link: LinkEthernet}
	d.Decode(p)
	require.Equal(t, TunnelVXLAN, p.Tunnel)
	p.Frame = outer(4789, unhex("08000000 00000700"), ether(0x0800, inner4()))
	d.Decode(p)
	require.Equal(t, TunnelNone, p.Tunnel)
}

func TestTunnelsInTunnelsAreBounded(t *testing.T) {
	f := inner4()
	for range 30 {
		f = ip4("192.0.2.1", "192.0.2.2", 4, 0, f)
	}
	p := packet(0, ether(0x0800, f))
	require.Equal(t, VerdictOK, p.Verdict)
	require.EqualValues(t, MaxTunnels, p.Depth)
	require.EqualValues(t, 4, p.Proto)
}

func TestTunnelScope(t *testing.T) {
	d := &Decoder{Enter: AllTunnels}
	e := FiveTuple{Scope: ScopeTunnel}
	var keys [2]Key
	for i, vni := range []string{"00000700", "00000800"} {
		p := &Packet{Frame: outer(4789, unhex("08000000"+vni), ether(0x0800, inner4())), Link: LinkEthernet}
		d.Decode(p)
		e.Extract(p, &keys[i])
	}
	require.NotEqual(t, keys[0], keys[1])
	keys[0].Scope, keys[1].Scope = 0, 0
	require.Equal(t, keys[0], keys[1])
}

func TestFragmentsInATunnelAreReassembled(t *testing.T) {
	body := bigDatagram(100)
	r := NewReassembler(ReassemblyConfig{})
	whole := false
	for _, f := range [][]byte{frag4(1, body, 0, 64), frag4(1, body, 64, 108)} {
		p := packet(at(0), proto(47, unhex("0000 0800"), f[14:]))
		require.True(t, p.Fragment)
		whole = r.Add(p)
		if whole {
			require.Equal(t, body[8:], p.Payload)
		}
	}
	require.True(t, whole)
}

// layersOf returns the packets in a frame, outermost first.
func layersOf(t *testing.T, d *Decoder, frame []byte) []Packet {
	p := &Packet{Frame: frame, Link: LinkEthernet, Number: 7}
	d.Decode(p)
	list := []Packet{*p}
	for d.Inner(p) {
		require.Equal(t, len(list), int(p.Layer))
		require.EqualValues(t, 7, p.Number)
		require.Equal(t, frame, p.Frame, "the capture half is that of the frame")
		require.NotEmpty(t, p.SrcMAC())
		list = append(list, *p)
	}
	return list
}

func TestLayeredDecoderShowsEveryDatagramOfAFrame(t *testing.T) {
	eth := ether(0x0800, inner4())
	vxlan := outer(4789, unhex("08000000 00000700"), eth)
	frame := outer(6081, unhex("00006558 00000900"), vxlan)
	d := &Decoder{Enter: AllTunnels, Layered: true}
	list := layersOf(t, d, frame)
	require.Len(t, list, 3)
	require.Equal(t, TunnelNone, list[0].Tunnel)
	require.EqualValues(t, 6081, list[0].DstPort)
	require.Equal(t, TunnelGeneve, list[1].Tunnel)
	require.EqualValues(t, 9, list[1].TunnelID)
	require.EqualValues(t, 4789, list[1].DstPort)
	require.Equal(t, TunnelVXLAN, list[2].Tunnel)
	require.EqualValues(t, 7, list[2].TunnelID)
	plain.check(t, &list[2])

	// The innermost of them is what a decoder without layers gives.
	p := &Packet{Frame: frame, Link: LinkEthernet}
	(&Decoder{Enter: AllTunnels}).Decode(p)
	require.Equal(t, list[2].Payload, p.Payload)
	require.Equal(t, list[2].Depth, p.Depth)

	require.Len(t, layersOf(t, d, ether(0x0800, inner4())), 1)
	require.Len(t, layersOf(t, &Decoder{Enter: StandardTunnels, Layered: true}, frame), 1)
	require.Len(t, layersOf(t, &Decoder{Enter: EnterGeneve, Layered: true}, frame), 2)
	require.False(t, (&Decoder{Enter: AllTunnels}).Inner(&Packet{}))
}

func TestLayersAreBounded(t *testing.T) {
	frame := ether(0x0800, inner4())
	for range 20 {
		frame = outer(4789, unhex("08000000 00000700"), frame)
	}
	require.Len(t, layersOf(t, &Decoder{Enter: AllTunnels, Layered: true}, frame), 1+MaxTunnels)
}

// One frame with a wild time stamp is one witness, however many packets are in it.
func TestLayersOfAWildFrameDoNotConfirmEachOther(t *testing.T) {
	d := &Decoder{Enter: AllTunnels, Layered: true}
	tr := NewTracker[struct{}](Config{Monotonic: true})
	r := NewReassembler(ReassemblyConfig{Decoder: d})
	track := func(at Timestamp) (last Timestamp) {
		p := &Packet{Frame: outer(4789, unhex("08000000 00000700"), ether(0x0800, inner4())), Link: LinkEthernet, Time: at}
		d.Decode(p)
		for ok := true; ok; ok = d.Inner(p) {
			r.Add(p)
			tr.Track(p)
		}
		return p.Time
	}
	track(at(100))
	track(at(101))
	track(at(1 << 30))
	require.Equal(t, at(101), tr.Now())
	require.Equal(t, at(102), track(at(102)))
	require.Equal(t, at(102), tr.Now())
}

// The datagram of a tunnel that was itself sent in fragments, and fragments of a datagram inside of a tunnel.
func TestLayersAreReassembled(t *testing.T) {
	d := &Decoder{Enter: AllTunnels, Layered: true}
	r := NewReassembler(ReassemblyConfig{Decoder: d})
	seg := udpSeg(5555, 4789, cat(unhex("08000000 00000700"), ether(0x0800, inner4())))
	var got []Packet
	add := func(frame []byte) {
		p := &Packet{Frame: frame, Link: LinkEthernet}
		d.Decode(p)
		for ok := true; ok; ok = d.Inner(p) {
			r.Add(p)
			if p.HasPayload {
				got = append(got, *p)
			}
		}
	}
	add(frag4(1, seg, 0, 40))
	require.Empty(t, got)
	add(frag4(1, seg, 40, len(seg)))
	require.Len(t, got, 2)
	require.EqualValues(t, 4789, got[0].DstPort)
	plain.check(t, &got[1])

	got = nil
	body := bigDatagram(100)
	for _, cut := range [][2]int{{0, 64}, {64, len(body)}} {
		add(outer(4789, unhex("08000000 00000700"), frag4(2, body, cut[0], cut[1])))
	}
	require.Len(t, got, 3)
	require.Equal(t, body[8:], got[2].Payload)
	require.EqualValues(t, 1, got[2].Layer)
}
