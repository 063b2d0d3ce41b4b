package check

import (
	"slices"

	"github.com/flowscope/fsd/dsl/ast"
	"github.com/flowscope/fsd/dsl/diag"
	"github.com/flowscope/fsd/dsl/ir"
	"github.com/flowscope/fsd/dsl/source"
)

// defaultJumps is the budget of a datagram that no `limits` gives: what 480 compressed names, the most that fit into
// 4,096 bytes, need.
const defaultJumps = 512

// head checks what stands once in a file: protocol, endian, ports, limits, detect.
func (c *checker) head() {
	var protocol *ast.Protocol
	once := map[string]source.Span{}
	only := func(word string, at source.Span) bool {
		if first, ok := once[word]; ok {
			c.errorf(diag.DuplicateHead, at, "`%s` stands twice in one file", word).Label(first, "here first").Fixf("remove one of them")
			return false
		}
		once[word] = at
		return true
	}
	for _, d := range c.root.src.Tree.Decls {
		switch d := d.(type) {
		case *ast.Protocol:
			if protocol != nil {
				c.errorf(diag.DuplicateHead, d.Span(), "a file describes one protocol, and this is its second").
					Label(protocol.Span(), "the first").Fixf("move it to a file of its own")
				continue
			}
			protocol = d
		case *ast.Endian:
			only("endian", d.Span())
		case *ast.Limits:
			if only("limits", d.Span()) {
				c.limits(d)
			}
		case *ast.Ports:
			c.ports(d)
		case *ast.Detect:
			c.detect(d)
		}
	}
	if protocol == nil || protocol.Name == nil {
		at := c.root.src.Tree.Span()
		at.End = at.Start
		c.errorf(diag.MissingProtocol, at, "the file does not name its protocol").
			Fixf("begin with `protocol %s`", suggestedName(c.proto.File))
		return
	}
	c.proto.Name = protocol.Name.Name
	if why := badPackage(protocol.Name.Name); why != "" {
		c.errorf(diag.BadProtocolName, protocol.Name.Span(), "%s cannot be the name of a protocol: %s", protocol.Name.Name, why).
			Fixf("choose another name, such as %s", suggestedName(protocol.Name.Name+"_protocol"))
	}
}

func suggestedName(file string) string {
	base := file
	for i := range base {
		if base[i] == '.' {
			base = base[:i]
			break
		}
	}
	return slugOf(base)
}

func (c *checker) limits(d *ast.Limits) {
	for _, l := range d.Items {
		if l.Name == nil || l.Value == nil {
			continue
		}
		if l.Name.Name != "jumps" {
			c.errorf(diag.BadLimit, l.Name.Span(), "there is no limit of the name %s", l.Name.Name).Fixf("write `jumps` and a number")
			continue
		}
		if c.proto.Jumps != 0 {
			c.errorf(diag.BadLimit, l.Span(), "the limit jumps is given twice").Fixf("remove one of them")
			continue
		}
		n, ok := ir.ParseInt(l.Value.Text)
		if !ok || n.Cmp(ir.I(1)) < 0 || n.Cmp(ir.I(65535)) > 0 {
			c.errorf(diag.BadLimit, l.Value.Span(), "the limit jumps is 1..65535, found %s", short(l.Value.Text)).
				Fixf("512 serves most protocols")
			continue
		}
		c.proto.Jumps = n.Int64()
		c.root.limitsAt = l.Span()
	}
}

func (c *checker) ports(d *ast.Ports) {
	for _, r := range d.Ranges {
		lo, ok := c.constInt(c.root, r.Lo)
		if !ok {
			continue
		}
		hi := lo
		if r.Hi != nil {
			if hi, ok = c.constInt(c.root, r.Hi); !ok {
				continue
			}
		}
		valid := ir.R(1, 65535)
		if !valid.Contains(ir.Range{Lo: lo, Hi: lo}) || !valid.Contains(ir.Range{Lo: hi, Hi: hi}) {
			c.errorf(diag.BadPort, r.Span(), "a port is 1..65535, found %s", ir.Range{Lo: lo, Hi: hi})
			continue
		}
		if lo.Cmp(hi) > 0 {
			c.errorf(diag.BadPort, r.Span(), "the range %s is the wrong way round", ir.Range{Lo: lo, Hi: hi}).Fixf("write %s..%s", hi, lo)
			continue
		}
		port := ir.PortRange{First: uint16(lo.Int64()), Last: uint16(hi.Int64())}
		if i := slices.IndexFunc(c.proto.Ports, func(p ir.PortRange) bool { return p.First <= port.Last && port.First <= p.Last }); i >= 0 {
			c.errorf(diag.BadPort, r.Span(), "port %s is listed twice", ir.Range{Lo: lo, Hi: hi}).
				Label(c.root.portsAt[i], "here first").Fixf("remove it from one of them")
			continue
		}
		c.proto.Ports = append(c.proto.Ports, port)
		c.root.portsAt = append(c.root.portsAt, r.Span())
	}
}

// entries checks the roots and, through them, every type that they need.
func (c *checker) entries() {
	type root struct {
		decl *ast.Entry
		unit *unit
		typ  *ast.TypeDecl
	}
	var roots []root
	bySide := map[string]*ast.Entry{}
	found := false
	for _, d := range c.root.src.Tree.Decls {
		d, ok := d.(*ast.Entry)
		if !ok || d.Type == nil {
			continue
		}
		found = true
		clash := bySide[d.From]
		for from, other := range bySide {
			if from == "" || d.From == "" {
				clash = other
			}
		}
		if clash != nil {
			c.errorf(diag.DuplicateEntry, d.Span(), "there is an entry for these datagrams already").
				Label(clash.Span(), "this one").Fixf("give one entry, or one `from initiator` and one `from responder`")
			continue
		}
		bySide[d.From] = d
		u, decl := c.lookupType(c.root, d.Type)
		if decl == nil {
			continue
		}
		if _, ok := decl.Kind.(*ast.Struct); !ok {
			c.errorf(diag.BadEntry, d.Type.Span(), "an entry is a struct, and %s is %s", d.Type, kindName(decl.Kind)).
				Label(decl.Name.Span(), "%s is declared here", decl.Name.Name).Fixf("wrap it in a struct")
			continue
		}
		if len(decl.Params) > 0 || len(d.Type.Args) > 0 {
			c.errorf(diag.BadEntry, d.Type.Span(), "an entry takes no parameters: nobody could give them").
				Label(decl.Name.Span(), "%s is declared with parameters", decl.Name.Name).Fixf("make a struct without parameters that reads a %s", decl.Name.Name)
			continue
		}
		roots = append(roots, root{d, u, decl})
	}
	if !found {
		at := c.root.src.Tree.Span()
		at.End = at.Start
		d := c.errorf(diag.MissingEntry, at, "the file has no entry: nothing says what a datagram is").Fixf("add `entry` and the name of a struct")
		for _, t := range c.root.typeOrder {
			if _, ok := t.Kind.(*ast.Struct); ok && len(t.Params) == 0 {
				d.Fixf("add `entry %s`", t.Name.Name)
			}
		}
		return
	}
	// Two entries of one type are one.
	if len(roots) == 2 && roots[0].typ == roots[1].typ {
		roots = roots[:1]
		c.proto.Entries = []*ir.Entry{{From: ir.AnySide, Pos: roots[0].decl.Span()}}
	} else {
		for _, r := range roots {
			c.proto.Entries = append(c.proto.Entries, &ir.Entry{From: sideOf(r.decl.From), Pos: r.decl.Span()})
		}
	}
	for i, r := range roots {
		c.entryOf[r.typ] = c.proto.Entries[i]
	}
	for i, r := range roots {
		if s, ok := c.resolve(r.unit, r.typ, r.decl.Type.Span()).(*ir.Struct); ok {
			c.proto.Entries[i].Type = s
		}
	}
	switch {
	case c.hasJumps && c.proto.Jumps == 0:
		c.proto.Jumps = defaultJumps
	case !c.hasJumps && c.proto.Jumps != 0:
		if !c.diags.HasErrors() {
			c.warnf(diag.BadLimit, c.root.limitsAt, "no chain jumps and no field is read `at` an offset, so there is nothing that the limit jumps bounds").Fixf("remove it")
		}
		c.proto.Jumps = 0
	}
}

func sideOf(word string) ir.Side {
	switch word {
	case "initiator":
		return ir.Initiator
	case "responder":
		return ir.Responder
	}
	return ir.AnySide
}

// short cuts a text that may be long for a message.
func short(text string) string {
	if len(text) > 40 {
		return text[:37] + "..."
	}
	return text
}
