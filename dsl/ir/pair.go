package ir

import "time"

// Pair is a kind of requests that wait for their replies. What becomes of them is the driver's: see datagram.PairDesc.
type Pair struct {
	Name, Doc string
	// Max is how many requests of a flow wait at most.
	Max int64
	// Expire is how long one waits.
	Expire time.Duration
}

// Transact says that a complete message is a request or a reply of Protocol.Pairs[Index], when When holds (nil: always)
// and none before it did. A reply belongs to the request of the other side with an equal key.
type Transact struct {
	Index int
	Reply bool
	// Keys are integers and bytes, hashed to Status.PairKey in their order.
	Keys []Expr
	When Expr
}

// Rate counts the datagrams of a flow in windows of Per, one after the other: a window begins with the first datagram
// behind the one before. Time is that of a flow.Clock of the flow.
type Rate struct{ Per time.Duration }

func (*Transact) stmt() {}
