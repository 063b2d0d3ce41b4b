package main

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/flowscope/fsd/generated/all"
	"github.com/flowscope/fsd/runtime/capture"
	fsd "github.com/flowscope/fsd/runtime/datagram"
	"github.com/flowscope/fsd/runtime/flow"
)

// adapters give the neutral fields of a message, by protocol.
var adapters = map[string]func(m view, payload []byte) map[string]any{
	"dns": adaptDNS, "mdns": adaptDNS, "llmnr": adaptDNS, "ntp": adaptNTP, "tftp": adaptTFTP,
	"dhcp":      adaptDHCP,
	"radius":    adaptRADIUS,
	"bfd":       adaptBFD,
	"rip":       adaptRIP,
	"ripng":     adaptRIPng,
	"hsrp":      adaptHSRP,
	"wireguard": adaptWireGuard,
	"dhcpv6":    adaptDHCPv6,
	"ptp":       adaptPTP,
	"l2tp":      adaptL2TP,
	"stun":      adaptSTUN,
	"vxlan":     adaptVXLAN,
	"geneve":    adaptGeneve,
	"gtp":       adaptGTP,
	"netflow5":  adaptNetflow5,
	"nbdgm":     adaptNBDGM,
}

// versions are the versions of protocols that the expected values have under one name, and we have apart.
var versions = map[string]string{"netflow5": "5"}

// ofVersion keeps what is of a version.
func ofVersion(list []datagram, version string) []datagram {
	return slices.DeleteFunc(list, func(d datagram) bool { return fmt.Sprint(d.Fields["version"]) != version })
}

// tunnels are the protocols whose datagrams a decoder that enters all tunnels does not show: it shows what they carry.
var tunnels = map[string]bool{"vxlan": true, "geneve": true, "gtp": true}

// decode runs one protocol over a capture: messages, and for datagrams that it refused the verdict. All tunnels are
// entered. For a protocol that is itself such a tunnel there is a second pass which does not enter tunnels over UDP,
// and so shows the outer datagrams; those that both passes show count once.
func decode(path, proto string, adapter func(view, []byte) map[string]any) ([]datagram, error) {
	if !tunnels[proto] {
		return decodePass(path, proto, adapter, flow.AllTunnels)
	}
	list, err := decodePass(path, proto, adapter, flow.StandardTunnels)
	inner, innerErr := decodePass(path, proto, adapter, flow.AllTunnels)
	type ends struct {
		frame        uint64
		src, dst     string
		sport, dport int
	}
	of := func(d datagram) ends { return ends{d.Frame, d.Src, d.Dst, d.Sport, d.Dport} }
	outer := make(map[ends]bool, len(list))
	for _, d := range list {
		outer[of(d)] = true
	}
	for _, d := range inner {
		if !outer[of(d)] {
			list = append(list, d)
		}
	}
	return list, errors.Join(err, innerErr)
}

// decodePass is one pass over the capture, entering some tunnels.
func decodePass(path, proto string, adapter func(view, []byte) map[string]any, enter flow.Tunnels) ([]datagram, error) {
	protocols := all.Protocols()
	i := slices.IndexFunc(protocols, func(p *fsd.Protocol) bool { return p.Name == proto })
	if i < 0 {
		return nil, fmt.Errorf("protocol %s is not generated", proto)
	}
	// All of them are there, as what is another protocol's is not this one's.
	registry, err := fsd.NewRegistry(protocols...)
	if err != nil {
		return nil, err
	}
	var list []datagram
	var packet flow.Packet
	emit := func(e *fsd.Event) {
		if e.Protocol != protocols[i] {
			return
		}
		d := datagram{Frame: e.Frame, Src: e.Src.String(), Sport: int(e.SrcPort), Dst: e.Dst.String(), Dport: int(e.DstPort)}
		switch e.Kind {
		case fsd.EventMessage:
			d.Fields = adapter(viewOf(e.Message), packet.Payload)
		case fsd.EventAnomaly:
			if e.Anomaly != fsd.AnomalyParseError && e.Anomaly != fsd.AnomalyMalformed {
				return
			}
			d.Verdict = e.Status.Err(e.Protocol.Desc).Error()
		default:
			return
		}
		list = append(list, d)
	}
	driver, err := fsd.NewDriver(registry.NewTable(), emit, fsd.Options{
		Anomalies: true, Policy: fsd.ObservePoisoned,
		Flow:        flow.Config{IdleTCP: flow.Never, IdleUDP: flow.Never, IdleOther: flow.Never},
		Reassembler: flow.NewReassembler(flow.ReassemblyConfig{}),
	})
	if err != nil {
		return nil, err
	}
	reader, err := capture.Open(path)
	if err != nil {
		return nil, err
	}
	defer reader.Close()
	decoder := flow.Decoder{Enter: enter}
	for {
		if err := reader.Next(&packet); err != nil {
			if errors.Is(err, io.EOF) {
				err = nil
			}
			return list, err
		}
		decoder.Decode(&packet)
		driver.Track(&packet)
	}
}
