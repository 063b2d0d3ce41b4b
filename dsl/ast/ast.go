// Package ast is the grammar of the language: structs with participle tags, one for each construct, and nothing that
// acts on them. The parser fills them in; the checker reads them.
//
// It may import dsl/source, dsl/token and participle's lexer (for its positions).
//
// Optional parts are nil, "" or false. Where the grammar says "name", an *Ident of any spelling is accepted and the
// parser has checked its case. Expressions and statements are interfaces; switch over their concrete pointer types,
// which each interface lists.
package ast

import (
	"github.com/alecthomas/participle/v2/lexer"

	"github.com/flowscope/fsd/dsl/source"
)

// Node is the place of a construct in its file; every node embeds it.
type Node struct {
	// File is the text that Pos and EndPos are offsets of.
	File *source.File
	// Pos is the first byte, EndPos the byte behind the last one, comments and blanks left out.
	Pos, EndPos lexer.Position
}

// Span returns the place of the node.
func (n *Node) Span() source.Span {
	return source.Span{File: n.File, Start: n.Pos.Offset, End: n.EndPos.Offset}
}

// Base returns the node itself, for code that handles all kinds of nodes alike.
func (n *Node) Base() *Node { return n }

// Any is any node.
type Any interface {
	Span() source.Span
	Base() *Node
}

// Ident is a name.
type Ident struct {
	Node
	Name string `parser:"@Ident"`
}

// Int is an integer literal as written: decimal, 0x, 0o or 0b, with underscores.
type Int struct {
	Node
	Text string `parser:"@Int"`
}

// Str is a string literal.
type Str struct {
	Node
	// Text is as written, with quotes and escapes; Value is what it means.
	Text  string `parser:"@String"`
	Value string
}

// Char is a character literal that stands for one byte.
type Char struct {
	Node
	// Text is as written; Value is the byte.
	Text  string `parser:"@Char"`
	Value byte
}

// Duration is a span of time as written: a decimal number and one of ms, s, m, h.
type Duration struct {
	Node
	Text string `parser:"@Duration"`
}
