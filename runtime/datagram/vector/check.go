package vector

import (
	"bytes"
	"encoding/json"
	"unicode"

	"github.com/flowscope/fsd/runtime/datagram"
	"github.com/flowscope/fsd/runtime/flow"
)

// Steady returns a function that parses all datagrams of the vectors once, with storage that has been used for them
// before: what it allocates, the parser allocates.
func Steady(t TB, p *datagram.Protocol, vs []Vector) func() {
	t.Helper()
	m := p.NewMessage()
	parsers := make([]datagram.Parser, len(vs))
	for i := range parsers {
		parsers[i] = p.NewParser()
	}
	metas := make([][]datagram.Meta, len(vs))
	for i, v := range vs {
		for _, s := range v.Steps {
			metas[i] = append(metas[i], Meta(s.From, s.Port))
		}
	}
	parse := func() {
		for i := range vs {
			for j := range vs[i].Steps {
				parsers[i].ParseMessage(vs[i].Steps[j].Datagram, &metas[i][j], m)
			}
		}
	}
	parse()
	return parse
}

// Check parses any bytes and reports what no parser may do: give another answer the second time, depend on what the
// message held before, show a message that is not JSON, refuse or accept only one of two copies, or keep a part of
// the datagram in a clone. Every prefix is parsed too; none may make it panic.
func Check(t TB, p *datagram.Protocol, b []byte, port uint16, reply bool) {
	t.Helper()
	side := flow.Initiator
	if reply {
		side = flow.Responder
	}
	meta := Meta(side, port)
	data := bytes.Clone(b)
	used, fresh := p.NewMessage(), p.NewMessage()
	for i := 0; i <= len(data); i += 1 + len(data)/256 {
		p.NewParser().ParseMessage(data[:i:i], &meta, used)
		used.AppendJSON(nil) // whatever is in it, it must not panic
	}
	first := p.NewParser().ParseMessage(data, &meta, used)
	second := p.NewParser().ParseMessage(data, &meta, fresh)
	if first != second {
		t.Fatalf("the second parse says %+v, the first one %+v", second, first)
	}
	if first.Reason() != datagram.NoReason && first.ReasonName(p.Desc) == "" {
		t.Fatalf("reason %d has no name", first.Reason())
	}
	if int(first.Field()) >= max(len(p.Fields), 1) {
		t.Fatalf("field %d is not in the list of fields", first.Field())
	}
	if first.Offset() > uint32(len(data)) && first.Code() != datagram.OK && first.Reason() != datagram.Short {
		t.Fatalf("offset %d of a datagram of %d bytes", first.Offset(), len(data))
	}
	if !first.Complete() {
		return
	}
	want := used.AppendJSON(nil)
	if got := fresh.AppendJSON(nil); !bytes.Equal(got, want) {
		t.Fatalf("a message used before shows %s, a new one %s", want, got)
	}
	if !json.Valid(want) {
		t.Fatalf("not JSON: %s", want)
	}
	if i := bytes.IndexFunc(want, unicode.IsControl); p.CleanJSON && i >= 0 {
		t.Fatalf("a control character at %d: %q", i, want)
	}
	clone := used.CloneMessage()
	for i := range data {
		data[i] ^= 0xff
	}
	p.NewParser().ParseMessage(data[:len(data)/2], &meta, used)
	if got := clone.AppendJSON(nil); !bytes.Equal(got, want) {
		t.Fatalf("the clone shows %s, the message %s", got, want)
	}
}
