package fsrun

import (
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/flowscope/fsd/dsl"
	"github.com/flowscope/fsd/dsl/diag"
	"github.com/flowscope/fsd/dsl/eval"
	"github.com/flowscope/fsd/generated/all"
	"github.com/flowscope/fsd/internal/disk"
	"github.com/flowscope/fsd/runtime/datagram"
)

// protocols returns the generated protocols and the specs given, which replace generated ones of the same name.
func (f *flags) protocols(stderr io.Writer) ([]*datagram.Protocol, error) {
	list := all.Protocols()
	for _, path := range f.Spec {
		p, diagnostics := dsl.Compile(disk.FS{}, filepath.ToSlash(path))
		if len(diagnostics) > 0 {
			if err := diag.Text(stderr, diagnostics, diag.Style{}); err != nil {
				return nil, err
			}
		}
		if diagnostics.HasErrors() {
			return nil, fmt.Errorf("--spec %s: the spec is wrong", path)
		}
		protocol := eval.New(p)
		list = slices.DeleteFunc(list, func(q *datagram.Protocol) bool { return q.Name == protocol.Name })
		list = append(list, protocol)
	}
	return list, nil
}

// table builds what recognises datagrams. It holds all protocols whatever -p says, as a datagram of one that was not
// asked for must not be taken for one that was.
func (f *flags) table(stderr io.Writer) (*datagram.Table, error) {
	list, err := f.protocols(stderr)
	if err != nil {
		return nil, err
	}
	for _, name := range f.Protocol {
		if !slices.ContainsFunc(list, func(p *datagram.Protocol) bool { return p.Name == name }) {
			return nil, fmt.Errorf("-p %s: no such protocol; known are %s", name, names(list))
		}
	}
	r, err := datagram.NewRegistry(list...)
	if err != nil {
		return nil, err
	}
	for _, word := range f.DecodeAs {
		ports, name, err := parseDecodeAs(word)
		if err != nil {
			return nil, err
		}
		if err := r.DecodeAs(ports, name); err != nil {
			return nil, fmt.Errorf("--decode-as %s: %w", word, err)
		}
	}
	r.IgnorePorts(f.IgnorePorts)
	return r.NewTable(), nil
}

// wants says whether -p lets a protocol through; nil is that of a flow without one.
func (f *flags) wants(p *datagram.Protocol) bool {
	return len(f.Protocol) == 0 || p != nil && slices.Contains(f.Protocol, p.Name)
}

func names(list []*datagram.Protocol) string {
	var n []string
	for _, p := range list {
		n = append(n, p.Name)
	}
	slices.Sort(n)
	return strings.Join(n, ", ")
}

// writeList prints what --list promises: name, ports, what it is, references, poison rules.
func writeList(w io.Writer, list []*datagram.Protocol) error {
	slices.SortFunc(list, func(a, b *datagram.Protocol) int { return strings.Compare(a.Name, b.Name) })
	for _, p := range list {
		var ports []string
		for _, r := range p.Ports {
			if r.First == r.Last {
				ports = append(ports, fmt.Sprint(r.First))
			} else {
				ports = append(ports, fmt.Sprintf("%d-%d", r.First, r.Last))
			}
		}
		where := "udp/" + strings.Join(ports, ",")
		if len(ports) == 0 {
			where = "by detection"
		} else if len(p.Detect) > 0 {
			where += " or by detection"
		}
		title, _, _ := strings.Cut(p.Doc, "\n")
		reasons := make([]string, len(p.Reasons))
		for i, r := range p.Reasons {
			reasons[i] = r.Name
		}
		lines := []string{fmt.Sprintf("%-12s %s", p.Name, where)}
		for _, l := range []struct{ head, text string }{
			{"about", title},
			{"references", strings.Join(p.References, ", ")},
			{"poison", strings.Join(reasons, ", ")},
		} {
			if l.text != "" {
				lines = append(lines, fmt.Sprintf("    %-11s %s", l.head, l.text))
			}
		}
		if _, err := fmt.Fprintln(w, strings.Join(lines, "\n")); err != nil {
			return err
		}
	}
	return nil
}
