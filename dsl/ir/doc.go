// Package ir is the resolved form of a protocol: what the checker proves and every back end reads (the Go emitter,
// the interpreter, tools to come). Names are resolved, types are sized, integers have ranges, reasons are numbered;
// imported types are part of the protocol as if declared in it. There is no syntax in it beyond positions.
//
// It may import dsl/source and the standard library.
//
// # Meaning
//
// The back ends must agree on every byte of a message and every field of a datagram.Status, so the order of things
// is fixed here. A datagram is parsed field by field, in order. Statements of a block run one after the other;
// the first failure ends the parse. For each field, in this order: the window (`size`), the bytes, the checks
// (`where`, `= const`, `known`, in source order), the window's leftover, the padding (`align`).
//
//	failure                              Reason       Field            Offset               Needed / Got
//	fixed-size field past its window     short        the field        where it begins      its size / bytes left
//	[n]byte past its window              short        the field        where it begins      n / bytes left
//	[n]T with n*min(T) > bytes left      short        the field        where it begins      n*min(T) / bytes left
//	`size N` past the window around it   short        field or switch  where it begins      N / bytes left
//	leftover in a window without lax     trailing     field or switch  first byte left over 0 / bytes left over
//	leftover of `over` without lax       trailing     the field        first byte left over 0 / bytes left over
//	leftover at `end`                    trailing     0                first byte left over 0 / bytes left over
//	padding past the window              align        field or switch  end of the value     padding / bytes left
//	uintN(n) past its window             short        the field        where it begins      n / bytes left
//	varint past its window               short        the field        where it begins      bytes it takes, as far as seen / bytes left
//	element where nothing is left         short        field or switch  where it begins      2 / 0
//	element of another tag                ber_tag      field or switch  where it begins      0 / 0
//	element whose length is none          ber_length   field or switch  where it begins      0 / 0
//	element past the window               short        field or switch  where it begins      bytes it takes, as far as seen / bytes left
//	IntBER in an empty window             short        the field        where it begins      1 / 0
//	IntBER that does not fit              varint       the field        where it begins      0 / 0
//	varint of more than 10 bytes, 64 bits varint      the field        where it begins      0 / 0
//	delimiter missing                    delimiter    the field        where it begins      0 / bytes searched
//	end of a line missing                delimiter    the line's type  where it begins      0 / bytes searched
//	leftover in a line                   trailing     the line's type  first byte left over 0 / bytes left over
//	empty line missing                   delimiter    the array        where it would begin 0 / 0
//	digits missing, too many, too great  not_number   the field        where it begins      0 / 0
//	check fails                          the check's  the field        where it begins      0 / 0
//	check of a let fails              the check's  the let          offset of that point 0 / 0
//	element too many (`max`)             the array's  the field        where it would begin 0 / 0
//	rule (`poison "r" when ...`)         the rule's   0                offset of that point 0 / 0
//	struct nested too deep            the struct's the struct       where it would begin 0 / 0
//	item too many in a chain             the chain's  the chain        start of the step    0 / 0
//	jump too many in a chain             the chain's  the chain        start of the step    0 / 0
//	jump too many in the datagram        jump_limit   the chain        start of the step    0 / 0
//	no jump left for an `at`             jump_limit   the field        where the parse is   0 / 0
//	`at` past the datagram               short        the field        the offset           least size / 0
//	too many bytes read `at` offsets     jump_limit   the field        the offset           0 / 0
//
// Needed saturates at 2^32-1. A field of a bits word begins where the word does; the checks of its fields run in
// order once the word is read. In an array of structs without a count the loop ends as its mode says, and an
// element that does not fit fails inside, by its own field. `[n]T` compares n*min(T) with the bytes left before
// the first element. A conditional field is present if the statement that reads it ran.
//
// A varint.quic takes 1, 2, 4 or 8 bytes, as its first two bits say. varint.leb128 and varint.base128 end with the first
// byte below 0x80: one that the window ends before needs one byte more than is left, and one whose tenth byte is not the
// last, or whose value does not fit 64 bits, is the poison varint.
//
// A window with an Element is the contents of an element of ASN.1 BER. Its identifier octet is compared first, then its length
// octets are read: definite, at most five of them. Bytes left over in it are those of any window. Checks of the field begin
// where the element does. IntBER takes all bytes of the window: signed at most 8 in two's complement; unsigned as many as
// Bits, or one more that is 0.
//
// prev.X is the field X of the element before in the array that is being read, and 0 or what `or` says in the first
// element. An array in an element begins anew.
//
// An array with Each has as many elements as its list, and compares n times the least size of an element with the bytes
// left as [n]T does. Each element is read as a field of its own would be, window and leftover included.
//
// A table keeps values of a flow, or of the host that sent the datagram (Meta.Src). A Store takes effect at once, whatever
// becomes of the datagram: the value is copied, and counts as the newest, also if its key was there before. With Max values
// of other keys there, the oldest goes. A Found finds what was stored at most Expire ago. Time is that of a flow.Clock which
// observes each datagram of the flow, or those datagrams of a host that ask for what is kept of it while there is something
// to ask for. Hosts are kept within wire.MaxHosts and wire.MaxHostBytes; the one that was asked for longest ago goes first.
//
// A struct with a depth counts the values of its type that are being parsed, this one included: one more than the depth
// fails before anything of it is read, behind the window of its field.
//
// An integer of text takes all digits that stand there, up to the end of the window. None, more than MaxDecDigits or
// MaxHexDigits of them, or a value that the type does not hold are the poison not_number. A byte field of a class takes the
// longest run of its bytes, at most Max, and never fails.
//
// A Match compares the whole text of a byte field with those of an enum of texts, NoCase with 'A' to 'Z' as 'a' to 'z'; no
// text is of two values. Of a text without a name it is 0.
//
// With Escaped, Escape and the byte behind it are read together: a delimiter there ends nothing, and the run of a class goes
// on with both. An Escape that is the last byte in sight, Max or the window considered, is no part of a run; behind it there
// is no delimiter.
//
// A line of text is a window, up to a line feed or a carriage return and a line feed. It is looked for in the next Max+2
// bytes, and found if no more than Max are in front of it. With Fold the search goes on where a blank or tab follows.
// `[until blank]` reads elements until a line feed, or a carriage return and a line feed, stands where the next one
// would begin.
//
// A window shortens what statements inside can see: `remaining` and `[..]` end at it. Offsets always count from
// the start of the datagram.
//
// A Read with an Order reads its field in another byte order than other branches do.
//
// A field with a Place is read elsewhere, with everything that belongs to it: `over` makes the bytes of an earlier field
// its window, in which nothing may be left over without lax; `at` takes a jump of the datagram's budget, then makes the
// datagram from that offset to its end the window (of which anything may be left over), and when the field was read, its
// checks and its window included, takes one jump more for each full JumpBytes bytes between the offset and where the
// field ended. Then the position and the window are what they were before. Offsets are those in the datagram.
//
// A Span of the datagram is clipped to it, and empty when it ends before it begins. The names of checksums mean: inet the
// Internet checksum (RFC 1071), crc32 that of IEEE 802.3, crc32c that of Castagnoli, the crc16 ones in the order of ir.Sums
// those that the catalogue of CRC algorithms calls CRC-16/DNP, MODBUS, IBM-SDLC, KERMIT, IBM-3740 and XMODEM, fletcher16
// Fletcher's of bytes modulo 255, fletcher32 of little-endian words (padded with 0) modulo 65535, adler32 that of RFC 1950,
// sum8 and xor8 the sum modulo 256 and the exclusive or of all bytes.
//
// A Lookup looks at the elements of an array in their order, and compares the key of each. What `once` and `need` demand
// are checks of the array, in the place of its `index` among the checks: of each key of `once`, then of each of `need`.
//
// A comparison of what may not be there, such as bytes ahead that the window does not have, does not hold, whichever
// way it compares: in the ir it stands behind a condition that they are there.
//
// A chain is a loop of steps: each step runs the body once, from the current position. `item` adds an item; `goto`
// sets the position of the next step and lifts the window to the whole datagram; `end` makes this step the last,
// after the rest of the body has run; a step that does neither item, goto nor end is a fault of the checker. The
// chain's place in its struct ends where the first run of steps ended: after the first `goto`'s bytes, or at the
// end. `total` counts the bytes of the steps that did not jump, the current one included once its item or end was
// read; `start` is where the current run began.
//
// Notes count on complete messages. `confirm` sets Status.Confirmed when it runs; an entry without one is
// confirmed when it is complete, one with a conditional `confirm` only if that has held. Reject as a verdict (rule, or `else reject`) gives Code Reject. Statements after
// an entry's `end` (Struct.After) run on the complete message: their failure keeps Complete.
//
// A Rate counts every datagram of the flow, whatever becomes of it, before it is parsed. A Transact that holds sets
// Status.Pair and Status.PairKey, unless one did before; they count on complete messages only. The key is made of its parts
// in order: wire.Key for integers, wire.KeyBytes for bytes.
//
// The facts flow.bytes and flow.datagrams count this datagram, whatever becomes of it. flow.malformed counts
// poison verdicts in a row before this datagram, for each sender apart; a good message sets its sender's count back
// to 0. Without a side it is the sum of both. A complete message that a rule behind `end` poisons counts as a poison. last.X and its kind change
// only when a message is complete. A counter changes when its statement runs.
//
// # The JSON form of a message
//
// A struct is an object: its Fields in order, those that the message has, by Key; fields named "_" and hidden lets
// are left out. A bits word is an object of its fields. bool is true or false; integers are numbers, `as seconds`
// and its like too. An enum is its value's name as a string, or Name(number), e.g. "RRType(65280)". Flags are an
// array of names, and then, where bits are left, one string of them as "0x40". Bytes are lower-case hex in a
// string, text forms a string (wire.AppendText, AppendCString, AppendNBName, AppendOID). ipv4, ipv6, mac and uuid are their text; unix32 and ntp64 are
// RFC 3339 in UTC (ntp64 with 10 decimals, null for 0), ntp32 is a number of seconds as a decimal; float32 and float64 are numbers,
// the shortest decimal that is theirs alone, and NaN, +Inf and -Inf strings. A chain with
// join is a string (wire.AppendItem for each item), one without an array of its items. An array is an array.
package ir
