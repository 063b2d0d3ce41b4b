// Package wire is what generated parsers, and the reference interpreter, call while they decode a datagram and show
// a message. It exists so that both print the same bytes and give the same Status, and so that generated files hold
// the protocol and nothing else.
//
// It imports the standard library and runtime/datagram, and is imported by generated code. Programs that use a
// generated parser meet its types (IPv4, Unix32 and so on) in messages, and need nothing else of it.
//
// # Text
//
// What comes from the network is shown reversibly and harmlessly. [AppendText] writes a JSON string in which
// printable UTF-8 stands as it is; control characters, line separators, and characters without a width or that
// change the direction of text are \u escapes of JSON; a backslash of the wire is doubled, and a byte that is not
// valid UTF-8 is \xHH, both inside of the string: reading the JSON gives a Go-like escaped text from which the
// bytes can be told. Items of a chain ([AppendItem]) use \DDD instead, as RFC 1035, section 5.1, writes names.
//
// # Storage
//
// A message is reused: [Grow] takes elements from a slice that was truncated, [Arena] hands out places that stay
// where they are. Neither clears what it hands out, so that what an element owns is used again.
package wire

// RegenerateIfUndefinedV1 ties a generated file to the contract between it and this package, which is now at
// version 1. A file made for another version does not compile, and the compiler's message says what to do.
const RegenerateIfUndefinedV1 = true

// MaxDatagram is the largest datagram that a parser looks at, in bytes. See [Clip].
const MaxDatagram = 65535
