package diag

// Codes of the checker and of imports; the page of each in explain/.
const (
	// The file as a whole.
	MissingProtocol    Code = "FSD0100" // no `protocol`
	DuplicateHead      Code = "FSD0101" // protocol, endian or limits twice
	BadProtocolName    Code = "FSD0102" // a name that no Go package can have
	DuplicateName      Code = "FSD0103" // two declarations of one name
	UnknownName        Code = "FSD0104" // a name in an expression that nothing has
	UnknownType        Code = "FSD0105" // a type that is not declared
	BadImport          Code = "FSD0106" // an import that is no plain name
	Underflow          Code = "FSD0107" // a subtraction that may go below 0
	ImportNotFound     Code = "FSD0108" // an import that cannot be read
	ImportCycle        Code = "FSD0109" // files that import each other
	ImportClash        Code = "FSD0110" // an imported and an own declaration of one Go name
	UnusedImport       Code = "FSD0111" // an import that nothing uses
	MissingEntry       Code = "FSD0112" // no `entry`
	DuplicateEntry     Code = "FSD0113" // two entries for the same datagrams
	BadEntry           Code = "FSD0114" // an entry that is no struct, or takes parameters
	EntryAsField       Code = "FSD0115" // an entry inside of another type
	EntryWithoutEnd    Code = "FSD0116" // an entry that says neither `end` nor `lax`
	AfterEnd           Code = "FSD0117" // reading behind `end`
	ConfirmTwice       Code = "FSD0118" // a second `confirm`
	RejectAfterConfirm Code = "FSD0119" // a reject behind `confirm`
	BadPort            Code = "FSD0120" // a port that is none, or listed twice
	BadDetect          Code = "FSD0121" // a test of the detection that says nothing
	BadLimit           Code = "FSD0122" // an unknown, repeated or needless limit
	TooManyNotes       Code = "FSD0123" // more than 64 notes
	BadExpect          Code = "FSD0124" // a flow that cannot be announced
	UnusedType         Code = "FSD0125" // a type that no entry needs
	TooBig             Code = "FSD0126" // beyond a limit of the compiler
	GoName             Code = "FSD0127" // two declarations that become one Go name
	ConstCycle         Code = "FSD0128" // a constant that depends on itself
	NotConstant        Code = "FSD0129" // a value that is not known beforehand

	// Types.
	SubByteWidth       Code = "FSD0130" // bits outside of a bits word
	BitsSum            Code = "FSD0131" // widths that do not sum to the word
	BadBitField        Code = "FSD0132" // what cannot stand in a bits word
	BadBase            Code = "FSD0133" // an enum, flags or bits word of no unsigned integer
	DuplicateValue     Code = "FSD0134" // two names of one value
	DuplicateValueName Code = "FSD0135" // two values of one name
	ValueRange         Code = "FSD0136" // a value that does not fit
	EmptyType          Code = "FSD0137" // a type without values or fields
	BadAs              Code = "FSD0138" // `as` that does not suit the type
	RecursiveType      Code = "FSD0139" // a type inside itself
	DuplicateField     Code = "FSD0140" // a field read twice
	FieldTypes         Code = "FSD0141" // branches that differ in a field's type
	KeyClash           Code = "FSD0142" // two fields of one JSON key
	ReservedMember     Code = "FSD0143" // a field with the name of a generated method
	ParamCount         Code = "FSD0144" // too many or too few arguments
	ParamType          Code = "FSD0145" // an argument of another type or range
	BadParam           Code = "FSD0146" // a parameter that cannot be handed on
	Shadow             Code = "FSD0147" // a local name that hides a fact, constant or import
	TooLong            Code = "FSD0148" // more than a datagram holds
	NeverCompletes     Code = "FSD0149" // a type of which no value passes

	// What repeats, and windows.
	NeedsBound   Code = "FSD0150" // a delimiter that may be anywhere
	EmptyElement Code = "FSD0151" // an element that may take no bytes
	BadDelimiter Code = "FSD0152" // a delimiter that is none
	BadMax       Code = "FSD0153" // `max` that bounds nothing
	BadUntil     Code = "FSD0154" // `until` that does not look at the element
	BadWhile     Code = "FSD0155" // `while` that never changes
	CountRange   Code = "FSD0156" // a count beyond all datagrams
	BadRepeat    Code = "FSD0157" // a repetition that does not suit its element
	BadSize      Code = "FSD0158" // a window around what has one size
	WindowFit    Code = "FSD0159" // a window that its content never fits
	BadAlign     Code = "FSD0160" // an alignment that is none
	BadLax       Code = "FSD0161" // `lax` where nothing is left over
	ConstLength  Code = "FSD0162" // a text of another length than its field
	BadKnown     Code = "FSD0163" // `known` that does not suit the type

	// Expressions.
	TypeMismatch   Code = "FSD0170" // operands of the wrong kind
	Overflow       Code = "FSD0171" // a result beyond 64 bits
	DivisionByZero Code = "FSD0172" // a divisor that may be 0
	ShiftRange     Code = "FSD0173" // a shift by less than 0 or more than 63
	MixedSigns     Code = "FSD0174" // operands that no 64-bit integer holds both
	Negative       Code = "FSD0175" // a size or count that may be below 0
	UsedBeforeRead Code = "FSD0176" // a field used too early
	OtherBranch    Code = "FSD0177" // a field that may be absent
	Misplaced      Code = "FSD0178" // a fact or form where it means nothing
	BadLast        Code = "FSD0179" // `last.X` of what is not remembered
	NeverHolds     Code = "FSD0180" // a condition that is never true
	AlwaysHolds    Code = "FSD0181" // a condition that is always true
	NoCall         Code = "FSD0182" // a call or an index
	NotComparable  Code = "FSD0183" // something without a value
	BadCounter     Code = "FSD0184" // a counter with the name of a field
	BadRange       Code = "FSD0185" // a range the wrong way round

	// Switches and the flow of statements.
	OverlapCase     Code = "FSD0190" // two cases of one value
	NotExhaustive   Code = "FSD0191" // values without a case
	UnreachableCase Code = "FSD0192" // a case that no value reaches
	Unreachable     Code = "FSD0193" // a statement that nothing reaches
	EndInWindow     Code = "FSD0194" // `end` in a switch with a window

	// Reasons.
	ReasonName      Code = "FSD0200" // a reason that is not in snake_case
	DuplicateReason Code = "FSD0201" // a poison reason at two places
	ReasonBuiltin   Code = "FSD0202" // a reason that is built in
	ReasonClash     Code = "FSD0203" // a reason of two meanings
	ReasonMissing   Code = "FSD0204" // a check without a reason

	// Chains.
	ChainItem      Code = "FSD0210" // no item, two, or not bytes
	ChainProgress  Code = "FSD0211" // a step that does nothing
	ChainJumps     Code = "FSD0212" // jumps without a budget, or a budget without jumps
	ChainMisplaced Code = "FSD0213" // goto or item outside of a chain
	ChainEnd       Code = "FSD0214" // no end, or an end beside a goto
	ChainLimits    Code = "FSD0215" // a budget out of range
	ChainParams    Code = "FSD0216" // a parameter that a chain cannot keep
	ChainDepends   Code = "FSD0217" // a chain that depends on more than its bytes
	ChainField     Code = "FSD0218" // a field that a chain cannot have

	// Tests.
	BadHex        Code = "FSD0220" // hexadecimal digits that are no bytes
	TestReason    Code = "FSD0221" // a reason that the protocol does not have
	AssertPath    Code = "FSD0222" // a path that leads nowhere
	AssertLiteral Code = "FSD0223" // a literal of another type
	DuplicateTest Code = "FSD0224" // two tests of one name
	BadStep       Code = "FSD0225" // a datagram that cannot be sent

	// Values of many forms.
	BadVarint   Code = "FSD0290" // an integer of variable length where it cannot stand, or of none that there is
	BadChecksum Code = "FSD0291" // a checksum, or bytes of the datagram, where they cannot stand
	SumTooOften Code = "FSD0292" // a checksum of bytes that others may sum, too
	BadShown    Code = "FSD0293" // a value computed as a type that it does not fit

	// Elements of ASN.1 BER.
	BadElement   Code = "FSD0280" // a member that has no tag, or a tag that cannot be
	AmbiguousTag Code = "FSD0281" // an optional member that what follows could be, too

	// Reading elsewhere, looking ahead, finding elements.
	MayBeMissing Code = "FSD0230" // a value that may not be there
	BadPeek      Code = "FSD0231" // a look ahead that is none
	BadPlace     Code = "FSD0232" // `over` or `at` where it means nothing
	BadIndex     Code = "FSD0233" // an index of what has no key
	BadLookup    Code = "FSD0234" // a lookup that no index answers
	BadConfirm   Code = "FSD0236" // a conditional `confirm` in a part of a message
	PlaceInCycle Code = "FSD0235" // a struct that contains itself by `over` or `at`

	// Recursion, and elements that look at each other.
	DepthLimits    Code = "FSD0240" // a depth out of range
	NeedlessDepth  Code = "FSD0241" // a depth on what does not contain itself
	EmptyRecursion Code = "FSD0242" // a recursive type that may take no bytes
	BadPrev        Code = "FSD0243" // `prev.X` of what the element before does not have
	NoElement      Code = "FSD0244" // a struct that looks at the element before, and is none

	// Text.
	BadDigits     Code = "FSD0250" // an integer of digits that is none
	BadCharset    Code = "FSD0251" // a class of bytes that is none
	BadLiteral    Code = "FSD0252" // a literal that stands for nothing
	UnusedCharset Code = "FSD0253" // a class of bytes that nothing uses
	BadLine       Code = "FSD0254" // a line that cannot be one
	BadEscape     Code = "FSD0256" // an escape of nothing
	BadTextEnum   Code = "FSD0255" // an enum of texts that is none, or where none can stand

	// Tables.
	BadTable      Code = "FSD0265" // a table that cannot be
	UnknownTable  Code = "FSD0266" // a table that is not declared
	TableKey      Code = "FSD0267" // a key of other parts
	BadStore      Code = "FSD0268" // a value that does not suit the table
	MisusedLookup Code = "FSD0269" // a lookup where it has no branch, or its table changes
	BadEach       Code = "FSD0270" // each of what is no list
	BadSum        Code = "FSD0271" // a sum of what is no array of integers
	UnusedTable   Code = "FSD0272" // a table that is only written or read

	// Requests and rates.
	BadPair  Code = "FSD0273" // a pair that cannot be, or is used one way
	BadReply Code = "FSD0274" // a request or reply that does not suit its pair
	BadRate  Code = "FSD0275" // a rate that means nothing

	// Several specs.
	DetectOverlap Code = "FSD0300" // detections of two protocols that one datagram can match
)
