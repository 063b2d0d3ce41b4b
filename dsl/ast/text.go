package ast

// Charset names a class of bytes: `charset tokenChar = 'a'..'z' | 'A'..'Z' | "-.!"`.
type Charset struct {
	Node
	Doc  string
	Name *Ident `parser:"'charset' @@ '='"`
	// Parts are joined.
	Parts []*Class `parser:"@@ ( '|' @@ )*"`
}

// Class is a part of a charset: a byte or a range of them, the bytes of a text, or another charset.
type Class struct {
	Node
	Lo *ByteValue `parser:"(   @@"`
	// Hi is nil for a single byte.
	Hi   *ByteValue `parser:"( '..' @@ )?"`
	Text *Str       `parser:"| @@"`
	Name *Ident     `parser:"| @@ )"`
}

// ByteValue is a byte as a character or as a number; one is set.
type ByteValue struct {
	Node
	Char *Char `parser:"@@"`
	Int  *Int  `parser:"| @@"`
}

// Literal is what must stand here: a text or a byte. Of `ws` it is any number of blanks and tabs.
type Literal struct {
	Node
	Doc  string
	Text *Str  `parser:"( (  @@"`
	Char *Char `parser:"| @@ )"`
	// Else is nil when not given.
	Else *Action `parser:"( 'else' @@ )?"`
	WS   bool    `parser:"| @'ws' )"`
}

func (*Charset) decl() {}
func (*Literal) stmt() {}
