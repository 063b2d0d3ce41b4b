// Package datagram drives protocol parsers over the UDP datagrams of tracked flows.
//
// It exists so that a parser, generated or written by hand, has to know one thing only: what its bytes mean. Which
// flow a datagram belongs to, which protocol that flow speaks, when the flow begins and ends, and what becomes of it
// when its content cannot be trusted, is decided here, once, and told as events.
//
// The pieces:
//
//   - [Protocol] is what a generated package exports: a [Desc] for people and tables, and constructors of a [Parser]
//     and of a [Message].
//   - [Parser] parses one datagram of one flow and answers with a [Status], a small value: complete, poison, reject
//     or truncated.
//   - [Registry] collects protocols and says what recognises them: ports, detection, the user's word. Its [Table] is
//     read-only and may be shared by any number of drivers.
//   - [Driver] owns a flow table ([flow.Tracker]) and the parser state of every flow in it. It takes decoded packets
//     and calls back with an [Event]: started, message, anomaly, closed.
//
// # Four outcomes that are not one
//
// A datagram may be malformed (it does not fit its protocol), its flow may be poisoned (it is no longer trusted), it
// may be a mismatch (probably another protocol's), or the capture may have cut it. They have counters of their own,
// and only the second ends a flow. See [Policy] for what happens then.
//
// It imports runtime/flow and the standard library. Nothing in it is global: a driver per worker, with flows spread
// by [flow.Key.Hash], shares no memory but the table.
package datagram
