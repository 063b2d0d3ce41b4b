package plan

import (
	"github.com/flowscope/fsd/codegen/names"
	"github.com/flowscope/fsd/dsl/ir"
)

// Table is a table with its Go names.
type Table struct {
	IR *ir.Table
	// Name is the field that holds it, of the parser or of what is kept of a host; Key the type of its keys; Find and Store
	// the reader's methods.
	Name, Key, Find, Store string
}

// nameTables gives tables their names.
func (p *Protocol) nameTables() {
	fields := names.NewScope("bytes", "datagrams", "malformed", "clock", "now", "hosts")
	methods := names.NewScope("reset")
	for _, t := range p.IR.State.Tables {
		upper := names.Upper(t.Name)
		p.Tables = append(p.Tables, &Table{
			IR: t, Name: fields.Take(names.Lower(upper), "Table"), Key: p.scope.Take(names.Lower(upper)+"Key", "Of"),
			Find: methods.Take("find"+upper, "Value"), Store: methods.Take("store"+upper, "Value"),
		})
	}
	if p.IR.State.PerHost() {
		p.HostType = p.scope.Take("hostTables", "Of")
	}
}

// Table is the plan of a table.
func (p *Protocol) Table(t *ir.Table) *Table {
	for _, pt := range p.Tables {
		if pt.IR == t {
			return pt
		}
	}
	return nil
}
