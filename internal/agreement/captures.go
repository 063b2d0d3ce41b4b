package agreement

import (
	"errors"
	"path/filepath"

	"github.com/flowscope/fsd/runtime/capture"
	"github.com/flowscope/fsd/runtime/datagram"
	"github.com/flowscope/fsd/runtime/flow"
)

// Flow is a number of datagrams between two endpoints, in order.
type Flow []Sample

// Captured returns the flows in the captures that a pattern finds, at most limit datagrams. With onPort only those
// that touch a port of the protocol. Files that are no captures are passed over, and so is what cannot be read.
func (s Subject) Captured(pattern string, onPort bool, limit int) ([]Flow, error) {
	files, err := filepath.Glob(pattern)
	if err != nil {
		return nil, err
	}
	var flows []Flow
	for _, name := range files {
		r, err := capture.Open(name)
		if err != nil {
			continue
		}
		more, err := s.read(r, onPort, &limit)
		if err = errors.Join(err, r.Close()); err != nil {
			return nil, err
		}
		flows = append(flows, more...)
	}
	return flows, nil
}

func (s Subject) read(r *capture.Reader, onPort bool, limit *int) ([]Flow, error) {
	var flows []Flow
	index := map[flow.Key]int{}
	initiator := map[flow.Key]flow.Orientation{}
	var p flow.Packet
	for *limit > 0 {
		if err := r.Next(&p); err != nil {
			return flows, nil // the end, or damage: what was read is good
		}
		flow.Decode(&p)
		if !p.HasPayload || p.Proto != flow.ProtoUDP {
			continue
		}
		src, dst := s.listed(p.SrcPort), s.listed(p.DstPort)
		if onPort && !src && !dst {
			continue
		}
		key, orientation := flow.KeyOf(&p)
		i, known := index[key]
		if !known {
			i = len(flows)
			index[key] = i
			flows = append(flows, nil)
			initiator[key] = orientation
			if src && !dst {
				initiator[key] = orientation ^ 1
			}
		}
		meta := datagram.Meta{Time: p.Time, Src: p.Src, Dst: p.Dst, SrcPort: p.SrcPort, DstPort: p.DstPort, Wire: uint32(p.PayloadWire)}
		if orientation != initiator[key] {
			meta.Side = flow.Responder
		}
		flows[i] = append(flows[i], Sample{append([]byte(nil), p.Payload...), meta})
		*limit--
	}
	return flows, nil
}

// listed says whether a port is one of the protocol's.
func (s Subject) listed(port uint16) bool {
	for _, r := range s.Spec.Ports {
		if r.First <= port && port <= r.Last {
			return true
		}
	}
	return false
}
