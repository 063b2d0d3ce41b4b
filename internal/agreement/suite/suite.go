// Package suite holds the meaning of the language as examples: specs, the datagrams of some flows, and what each must
// come to in every field of the status and every byte of the message. The examples follow the package documentation of
// dsl/ir line by line. The interpreter is tested with them, and so is the code that the generator makes of them.
//
// An example is a file of testdata: an archive (txtar) of spec.fsd and cases. In cases a line "flow" begins a new flow; a
// line that begins with "i" or "r" is a datagram of the initiator or the responder, in hex, where 61*300 repeats a byte,
// with port=53 for the responder's port and wire=9 for its length on the wire; the indented line behind it is its outcome.
package suite

import (
	"bufio"
	"bytes"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/flowscope/fsd/runtime/datagram"
	"github.com/flowscope/fsd/runtime/datagram/vector"
	"github.com/flowscope/fsd/runtime/flow"
)

//go:embed testdata/*.txtar
var files embed.FS

// DefaultPort is the responder's port where a case does not say another.
const DefaultPort = 9

// Suite is a spec and its cases.
type Suite struct {
	// Name is the base name of its file without extension.
	Name string
	// Spec is the text of the spec.
	Spec  []byte
	Flows [][]Case

	archive *txtar.Archive
}

// Case is a datagram and what it comes to, in the form of Outcome.
type Case struct {
	Data []byte
	Meta datagram.Meta
	Want string
	// Line is where it stands in the cases, counted from 1.
	Line int
}

// All returns the suites, by name.
func All() ([]*Suite, error) {
	names, err := fs.Glob(files, "testdata/*.txtar")
	if err != nil {
		return nil, err
	}
	var list []*Suite
	for _, name := range names {
		text, err := files.ReadFile(name)
		if err != nil {
			return nil, err
		}
		s, err := parse(strings.TrimSuffix(path.Base(name), ".txtar"), text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		list = append(list, s)
	}
	return list, nil
}

func parse(name string, text []byte) (*Suite, error) {
	s := &Suite{Name: name, archive: txtar.Parse(text)}
	for _, f := range s.archive.Files {
		switch f.Name {
		case "spec.fsd":
			s.Spec = f.Data
		case "cases":
			if err := s.parseCases(f.Data); err != nil {
				return nil, err
			}
		default:
			return nil, fmt.Errorf("there is a file %s", f.Name)
		}
	}
	if s.Spec == nil || s.Flows == nil {
		return nil, fmt.Errorf("there is no spec, or there are no cases")
	}
	return s, nil
}

func (s *Suite) parseCases(text []byte) error {
	var last *Case
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, 1<<20)
	for n := 1; lines.Scan(); n++ {
		line := lines.Text()
		words := strings.Fields(line)
		switch {
		case len(words) == 0 || words[0] == "#":
		case line == "flow":
			s.Flows = append(s.Flows, nil)
		case words[0] == "i" || words[0] == "r":
			c, err := parseCase(words)
			if err != nil {
				return fmt.Errorf("line %d: %w", n, err)
			}
			c.Line = n
			if s.Flows == nil {
				return fmt.Errorf("line %d: no flow has begun", n)
			}
			f := &s.Flows[len(s.Flows)-1]
			*f = append(*f, c)
			last = &(*f)[len(*f)-1]
		case line[0] == '\t' && last != nil:
			last.Want = line[1:]
		default:
			return fmt.Errorf("line %d: %q is no line of cases", n, line)
		}
	}
	return lines.Err()
}

func parseCase(words []string) (Case, error) {
	from, port, wire := flow.Initiator, uint64(DefaultPort), uint64(0)
	if words[0] == "r" {
		from = flow.Responder
	}
	c := Case{Data: []byte{}}
	for _, w := range words[1:] {
		var err error
		if v, ok := strings.CutPrefix(w, "port="); ok {
			port, err = strconv.ParseUint(v, 10, 16)
		} else if v, ok := strings.CutPrefix(w, "wire="); ok {
			wire, err = strconv.ParseUint(v, 10, 32)
		} else {
			digits, times, repeated := strings.Cut(w, "*")
			n := 1
			if repeated {
				if n, err = strconv.Atoi(times); err != nil {
					return c, err
				}
			}
			var b []byte
			b, err = hex.DecodeString(digits)
			c.Data = append(c.Data, bytes.Repeat(b, n)...)
		}
		if err != nil {
			return c, fmt.Errorf("%q: %w", w, err)
		}
	}
	c.Meta = vector.Meta(from, uint16(port))
	c.Meta.Wire = uint32(wire)
	return c, nil
}

// Play gives the flows of the suite to a protocol and returns the outcome of each datagram, in order.
func (s *Suite) Play(p *datagram.Protocol) []string {
	var list []string
	m := p.NewMessage()
	for _, f := range s.Flows {
		parser := p.NewParser()
		for i := range f {
			st := parser.ParseMessage(f[i].Data, &f[i].Meta, m)
			list = append(list, Outcome(p.Desc, st, m))
		}
	}
	return list
}

// Cases returns the cases of all flows, in order.
func (s *Suite) Cases() []Case {
	var list []Case
	for _, f := range s.Flows {
		list = append(list, f...)
	}
	return list
}

// Outcome tells all of a status, and shows the message if it is complete, in one line.
func Outcome(d *datagram.Desc, st datagram.Status, m datagram.Message) string {
	out := st.Code().String()
	add := func(when bool, format string, args ...any) {
		if when {
			out += " " + fmt.Sprintf(format, args...)
		}
	}
	ok := st.Code() == datagram.OK
	add(st.Reason() != datagram.NoReason, "%s", d.ReasonName(st.Reason()))
	add(st.Field() != 0, "%s", d.FieldName(st.Field()))
	add(!ok || st.Offset() != 0, "at %d", st.Offset())
	add(st.Needed() != 0, "needed %d", st.Needed())
	add(st.Got() != 0, "got %d", st.Got())
	add(!ok && st.Confirmed(), "confirmed")
	add(ok && !st.Confirmed(), "unconfirmed")
	add(!ok && st.Complete(), "complete")
	add(ok && !st.Complete(), "incomplete")
	for i, n := range d.Notes {
		add(st.Notes()>>uint(i)&1 != 0, "note:%s", n.Name)
	}
	add(st.Pair() != 0, "pair:%d:%x", st.Pair(), st.PairKey())
	for i := range d.Expects {
		add(st.Expect()>>uint(i)&1 != 0, "expect:%d", i)
	}
	if st.Complete() {
		out += " " + string(m.AppendJSON(nil))
	}
	return out
}

// Updated returns the text of the suite's file with other outcomes.
func (s *Suite) Updated(outcomes []string) []byte {
	a := *s.archive
	a.Files = append([]txtar.File(nil), a.Files...)
	for i, f := range a.Files {
		if f.Name != "cases" {
			continue
		}
		var out bytes.Buffer
		next := 0
		for _, line := range strings.SplitAfter(string(f.Data), "\n") {
			if strings.HasPrefix(line, "\t") {
				continue
			}
			out.WriteString(line)
			if strings.HasPrefix(line, "i") || strings.HasPrefix(line, "r") {
				out.WriteString("\t" + outcomes[next] + "\n")
				next++
			}
		}
		a.Files[i].Data = out.Bytes()
	}
	return txtar.Format(&a)
}
