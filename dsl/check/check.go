// Package check gives a spec its meaning: it resolves names and types, computes ranges and sizes, proves that everything
// is bounded, and builds the ir that every back end reads. Whatever a back end would have to check again is an error
// here.
//
// It may import dsl/ast, dsl/diag, dsl/ir, dsl/source and the standard library. It reads no files: the caller parses a
// spec and its imports and hands the trees over.
//
// # How it goes
//
// Types are checked when first needed, each before its users: from the entries down, then the ones left over, which are
// reported as unused. A body is checked statement by statement in the order in which a parser runs it, with what is
// known at each point (env): the names that are readable and the values that each may have. Conditions narrow what is
// known behind them. All errors of a file are found in one run: what has an error is treated as unknown, and unknown
// things cause no further errors.
package check

import (
	"github.com/flowscope/fsd/dsl/ast"
	"github.com/flowscope/fsd/dsl/diag"
	"github.com/flowscope/fsd/dsl/ir"
	"github.com/flowscope/fsd/dsl/source"
)

// Unit is a parsed spec with the specs that it imports, by name. Imports must not form a cycle.
type Unit struct {
	Tree    *ast.File
	Imports map[string]*Unit
}

// Limits of what compiles, far beyond any protocol: they keep hostile specs cheap.
const (
	maxNesting = 64     // of types in types
	maxFields  = 65_000 // of Protocol.Fields, an uint16
	maxReasons = 4_096  // of Protocol.Reasons
	maxNotes   = 64
	maxExpects = 8
	maxValues  = 2_048 // of an enum or a set of flags
	maxCases   = 2_048 // values of one switch, and branches that read one field
	// maxCandidates is how many names a suggestion is chosen from: each costs time.
	maxCandidates = 1_000
	// MaxDiagnostics is how many diagnostics one check reports; then it gives up.
	MaxDiagnostics = 200
)

// Check returns the protocol of a spec and what is wrong with it, in source order. The protocol is nil if the list has
// errors.
func Check(u *Unit) (*ir.Protocol, diag.List) {
	c := &checker{
		units: map[*Unit]*unit{}, named: map[*ast.TypeDecl]*namedInfo{}, fieldIDs: map[string]int{"": 0},
		reasons: map[string]*reason{}, sets: map[*ir.Field]set{}, lens: map[*ir.Field]set{}, settled: map[*ir.Field]bool{},
		counters: map[string]*ir.Counter{}, tables: map[*ast.Table]*tableInfo{}, pairs: map[*ast.Pair]*pairInfo{}, entryOf: map[*ast.TypeDecl]*ir.Entry{}, known: map[*ir.Enum][]ir.CaseRange{}, inSets: map[*ir.CaseRange]set{}, structInfo: map[ir.Type]*namedInfo{},
	}
	c.proto = &ir.Protocol{Fields: []string{""}}
	c.runAll(u)
	c.diags.Sort()
	if len(c.diags) > MaxDiagnostics {
		c.diags = c.diags[:MaxDiagnostics] // warnings
	}
	if c.diags.HasErrors() {
		return nil, c.diags
	}
	return c.proto, c.diags
}

type checker struct {
	diags diag.List
	proto *ir.Protocol
	root  *unit
	units map[*Unit]*unit

	named map[*ast.TypeDecl]*namedInfo
	stack []*ast.TypeDecl // the types being checked, outermost first

	reasons    map[string]*reason
	fieldIDs   map[string]int
	sets       map[*ir.Field]set // the values that a field may have once its checks have passed
	lens       map[*ir.Field]set // the numbers of bytes or elements, likewise
	settled    map[*ir.Field]bool
	counters   map[string]*ir.Counter
	tables     map[*ast.Table]*tableInfo
	pairs      map[*ast.Pair]*pairInfo
	stores     []*pendingStore
	cycles     map[*ir.Struct][]*ir.Struct // by each struct of a cycle, the cycle
	structInfo map[ir.Type]*namedInfo
	known      map[*ir.Enum][]ir.CaseRange // the values of closed enums
	inSets     map[*ir.CaseRange]set       // by the first element of In.Set
	entryOf    map[*ast.TypeDecl]*ir.Entry
	hasJumps   bool
	// constDepth counts constants that are being evaluated because of each other.
	constDepth int
	cur        *body         // the innermost body being checked
	constAt    []source.Span // of Protocol.Consts
	unitOrder  []*unit
}

// enough is what the checker panics with, to itself, when there are too many errors to go on.
type enough struct{}

// runAll checks the whole spec, or as much of it as it takes to find more errors than anybody reads.
func (c *checker) runAll(u *Unit) {
	defer func() {
		switch r := recover().(type) {
		case nil, enough:
		default:
			panic(r)
		}
	}()
	c.run(u)
}

func (c *checker) errorf(code diag.Code, at source.Span, format string, args ...any) *diag.Diagnostic {
	if len(c.diags) >= MaxDiagnostics && c.diags.HasErrors() {
		panic(enough{})
	}
	return c.diags.Errorf(code, at, format, args...)
}

func (c *checker) warnf(code diag.Code, at source.Span, format string, args ...any) *diag.Diagnostic {
	return c.diags.Warnf(code, at, format, args...)
}

// near cuts the names that a suggestion is chosen from.
func near(names []string) []string { return names[:min(len(names), maxCandidates)] }

func (c *checker) run(u *Unit) {
	c.root = c.unit(u)
	p := c.proto
	p.File = baseName(u.Tree.File)
	p.Doc = u.Tree.Doc
	p.References = references(u.Tree.File)
	c.head()
	c.allConsts()
	c.allCharsets()
	c.entries()
	c.recursion()
	c.neighbours()
	c.finishTables()
	c.finishPairs()
	used := c.mark()
	c.state()
	c.bounds()
	c.consts()
	c.goNames()
	c.restOfTypes(used)
	c.unusedCharsets()
	c.tests()
}

// mark remembers how much of the tables belongs to the entries.
func (c *checker) mark() marks {
	p := c.proto
	return marks{len(p.Types), len(p.Reasons), len(p.Notes), len(p.Fields), len(p.Expects), len(p.State.Last), len(p.State.Counters), len(p.State.Tables), p.State}
}

type marks struct {
	types, reasons, notes, fields, expects, last, counters, tables int
	state                                                          ir.State
}

// restOfTypes checks the types that no entry needs, so that their errors are found too, and takes them out again.
func (c *checker) restOfTypes(used marks) {
	own := map[*ast.TypeDecl]int{} // how often this function has asked for a type
	var unused []*ast.TypeDecl
	for _, d := range c.root.typeOrder {
		if _, done := c.named[d]; !done {
			unused = append(unused, d)
		}
	}
	for _, d := range unused {
		if _, done := c.named[d]; !done {
			c.resolve(c.root, d, d.Name.Span())
			own[d]++
		}
	}
	c.recursion()
	for _, d := range unused {
		if c.diags.HasErrors() {
			break // what has an error may be why it is not used
		}
		if c.named[d].users == own[d] { // what other unused types need goes with them
			c.warnf(diag.UnusedType, d.Name.Span(), "type %s is not used", d.Name.Name).
				Fixf("remove it, or use it in what an entry reads")
		}
	}
	for name, r := range c.reasons {
		if r.note && r.index >= used.notes || !r.note && r.index >= used.reasons {
			delete(c.reasons, name)
		}
	}
	p := c.proto
	p.Types, p.Reasons, p.Notes = p.Types[:used.types], p.Reasons[:used.reasons], p.Notes[:used.notes]
	p.Fields, p.Expects = p.Fields[:used.fields], p.Expects[:used.expects]
	p.State.Last, p.State.Counters = p.State.Last[:used.last], p.State.Counters[:used.counters]
	p.State.Tables = p.State.Tables[:used.tables]
	p.State.Bytes, p.State.Datagrams, p.State.Malformed = used.state.Bytes, used.state.Datagrams, used.state.Malformed
	for _, name := range keys(c.root.imports) {
		if d := c.root.imports[name]; !d.used && !c.diags.HasErrors() {
			c.warnf(diag.UnusedImport, d.at, "import %q is not used", d.name).Fixf("remove it")
		}
	}
}
