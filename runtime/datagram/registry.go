package datagram

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// maxProtocols is what the 12 bits of a flow's word can number.
const maxProtocols = 1<<12 - 1

// Registry collects protocols and what recognises them. It is for the time of construction: NewTable makes of it
// what drivers use. A Registry is not safe for concurrent use.
type Registry struct {
	protocols   []*Protocol
	byName      map[string]uint16
	overrides   []override
	ignorePorts bool
}

// override is one word of the user on what a range of ports carries.
type override struct {
	ports PortRange
	proto uint16
}

// NewRegistry returns a registry of protocols, in this order: where several list a port, or detect a datagram, the
// first one tries first.
func NewRegistry(protocols ...*Protocol) (*Registry, error) {
	r := &Registry{byName: make(map[string]uint16)}
	for _, p := range protocols {
		if err := r.Add(p); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// Add adds a protocol after those that are there. It fails for an incomplete protocol and for a name that is taken.
func (r *Registry) Add(p *Protocol) error {
	switch {
	case p == nil || p.Desc == nil:
		return errors.New("register: a protocol without a description")
	case p.Name == "":
		return errors.New("register: a protocol without a name")
	case p.NewMessage == nil || p.NewParser == nil:
		return fmt.Errorf("register %s: NewMessage and NewParser must both be set", p.Name)
	case len(r.protocols) == maxProtocols:
		return fmt.Errorf("register %s: a registry holds at most %d protocols", p.Name, maxProtocols)
	}
	if _, taken := r.byName[p.Name]; taken {
		return fmt.Errorf("register %s: the name is taken; register each protocol once", p.Name)
	}
	for _, ports := range p.Ports {
		if ports.First > ports.Last {
			return fmt.Errorf("register %s: port range %d-%d is the wrong way round", p.Name, ports.First, ports.Last)
		}
	}
	if r.byName == nil {
		r.byName = make(map[string]uint16)
	}
	r.byName[p.Name] = uint16(len(r.protocols))
	r.protocols = append(r.protocols, p)
	return nil
}

// Lookup returns the protocol of that name, nil when there is none.
func (r *Registry) Lookup(name string) *Protocol {
	if i, ok := r.byName[name]; ok {
		return r.protocols[i]
	}
	return nil
}

// Protocols returns the registered protocols in order. The slice is the caller's.
func (r *Registry) Protocols() []*Protocol { return slices.Clone(r.protocols) }

// DecodeAs says that the ports carry the named protocol. It wins over the ports that protocols list and over
// detection, and counts as a listed port: a datagram there that does not fit is a poison, not a mismatch. Of
// several words on one port the last one tries first.
func (r *Registry) DecodeAs(ports PortRange, name string) error {
	i, ok := r.byName[name]
	if !ok {
		return fmt.Errorf("decode port %d as %q: no such protocol; known are %s", ports.First, name, r.names())
	}
	if ports.First > ports.Last {
		return fmt.Errorf("decode as %s: port range %d-%d is the wrong way round", name, ports.First, ports.Last)
	}
	r.overrides = append(r.overrides, override{ports, i})
	return nil
}

// IgnorePorts makes the table recognise protocols by detection alone, but for what DecodeAs says. A protocol
// without detection is then never recognised.
func (r *Registry) IgnorePorts(ignore bool) { r.ignorePorts = ignore }

func (r *Registry) names() string {
	if len(r.protocols) == 0 {
		return "none"
	}
	names := make([]string, len(r.protocols))
	for i, p := range r.protocols {
		names[i] = p.Name
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}
