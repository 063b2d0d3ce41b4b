package diag

// Codes of the lexer and the parser. Those of the checker stand with the checker; the page of each in explain/.
const (
	Unexpected     Code = "FSD0001" // a token that does not fit the grammar
	BadCharacter   Code = "FSD0002" // a byte that may not stand in a spec
	BadString      Code = "FSD0003" // a string or character literal that is not closed or has a wrong escape
	BadNumber      Code = "FSD0004" // a malformed number
	Unbalanced     Code = "FSD0005" // brackets that do not pair up
	TooDeep        Code = "FSD0006" // nesting beyond the limit
	TooLarge       Code = "FSD0007" // a file, a line of tokens or a literal beyond the limit
	NotAvailable   Code = "FSD0008" // a construct of the language that this compiler does not have yet
	NameCase       Code = "FSD0009" // a field or type name in lower case
	ReservedName   Code = "FSD0010" // a keyword as the name of a parameter or a local let
	RepeatedOption Code = "FSD0011" // an option of a field said twice
	BadComment     Code = "FSD0012" // a comment form that the language does not have
	ChainedCompare Code = "FSD0013" // a < b < c
	AmbiguousMinus Code = "FSD0014" // `where - x`
	MisplacedWord  Code = "FSD0015" // a construct where it cannot stand
)
