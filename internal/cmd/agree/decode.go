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

// An adapter compares one of our protocols.
type adapter struct {
	ours   string                                      // the protocol's name here
	oracle string                                      // and that of its expected values
	fields func(m view, payload []byte) map[string]any // the neutral fields of a message
	keep   func(expected map[string]any) bool          // which expected values are this protocol's; nil: all
	tidy   func(expected map[string]any)               // takes out what is no value of the datagram; nil: nothing
}

// adapters are all there are; each adapt_*.go adds its own.
var adapters []*adapter

// register adds an adapter of a protocol that has the same name everywhere.
func register(name string, fields func(view, []byte) map[string]any) *adapter {
	return registerAs(name, name, fields, nil)
}

// registerAs adds an adapter of a protocol whose expected values have another name, and may be shared with others:
// keep says by their fields which are this protocol's.
func registerAs(ours, oracle string, fields func(view, []byte) map[string]any, keep func(expected map[string]any) bool) *adapter {
	a := &adapter{ours: ours, oracle: oracle, fields: fields, keep: keep}
	adapters = append(adapters, a)
	return a
}

// adaptersOf are those of expected values with a name, or of one protocol of ours.
func adaptersOf(name string) []*adapter {
	for _, is := range []func(*adapter) bool{
		func(a *adapter) bool { return a.oracle == name },
		func(a *adapter) bool { return a.ours == name },
	} {
		if list := slices.DeleteFunc(slices.Clone(adapters), func(a *adapter) bool { return !is(a) }); len(list) > 0 {
			return list
		}
	}
	return nil
}

// kept are the expected values that one of the adapters compares.
func kept(list []datagram, adapters []*adapter) []datagram {
	return slices.DeleteFunc(list, func(d datagram) bool {
		i := slices.IndexFunc(adapters, func(a *adapter) bool { return a.keep == nil || a.keep(d.Fields) })
		if i >= 0 && adapters[i].tidy != nil {
			adapters[i].tidy(d.Fields)
		}
		return i < 0
	})
}

// decode runs the protocols of some adapters over a capture: messages, and for datagrams that were refused the verdict.
// All tunnels are entered, and the datagrams of every layer compared.
func decode(path string, adapters []*adapter) ([]datagram, error) {
	protocols := all.Protocols()
	by := make(map[*fsd.Protocol]func(view, []byte) map[string]any)
	for _, a := range adapters {
		i := slices.IndexFunc(protocols, func(p *fsd.Protocol) bool { return p.Name == a.ours })
		if i < 0 {
			return nil, fmt.Errorf("protocol %s is not generated", a.ours)
		}
		by[protocols[i]] = a.fields
	}
	// All of them are there, as what is another protocol's is not this one's.
	registry, err := fsd.NewRegistry(protocols...)
	if err != nil {
		return nil, err
	}
	var list []datagram
	var packet flow.Packet
	emit := func(e *fsd.Event) {
		fields, ok := by[e.Protocol]
		if !ok {
			return
		}
		d := datagram{Frame: e.Frame, Src: e.Src.String(), Sport: int(e.SrcPort), Dst: e.Dst.String(), Dport: int(e.DstPort)}
		switch e.Kind {
		case fsd.EventMessage:
			if d.Fields = fields(viewOf(e.Message), packet.Payload); d.Fields == nil {
				return // no message for whoever expects values
			}
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
	decoder := &flow.Decoder{Enter: flow.AllTunnels, Layered: true}
	driver, err := fsd.NewDriver(registry.NewTable(), emit, fsd.Options{
		Anomalies: true, Policy: fsd.ObservePoisoned,
		Flow:        flow.Config{IdleTCP: flow.Never, IdleUDP: flow.Never, IdleOther: flow.Never},
		Reassembler: flow.NewReassembler(flow.ReassemblyConfig{Decoder: decoder}),
		Decoder:     decoder,
	})
	if err != nil {
		return nil, err
	}
	reader, err := capture.Open(path)
	if err != nil {
		return nil, err
	}
	defer reader.Close()
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
