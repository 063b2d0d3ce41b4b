package ast

// Pair declares a kind of requests that wait for their replies.
type Pair struct {
	Node
	Doc    string
	Name   *Ident    `parser:"'pair' @@"`
	Max    Expr      `parser:"'max' @@"`
	Expire *Duration `parser:"'expire' @@"`
}

// Transact says that a message is a request or a reply: `reply Queries by ID when Flags.QR`.
type Transact struct {
	Node
	Doc string
	// Word is "request" or "reply".
	Word string `parser:"@( 'request' | 'reply' )"`
	Pair *Ident `parser:"@@"`
	Keys []Expr `parser:"'by' @@ ( ',' @@ )*"`
	// When is nil for always.
	When Expr `parser:"( 'when' @@ )?"`
}

// Rate is how many datagrams there were in a span of time: `rate per 1s`.
type Rate struct {
	Node
	// From is "initiator", "responder", or "" for both.
	From string    `parser:"'rate' ( '.' @( 'initiator' | 'responder' ) )?"`
	Per  *Duration `parser:"'per' @@"`
}

func (*Pair) decl()     {}
func (*Transact) stmt() {}
func (*Rate) expr()     {}
