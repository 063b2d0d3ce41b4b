// Package names makes Go identifiers from the names of a spec: it knows what Go and the generated code have taken
// already, and gives the same names for the same spec. It imports the standard library only.
package names

import (
	"go/token"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// initialisms are words that Go writes in capitals, in names made from snake_case.
var initialisms = map[string]bool{
	"acl": true, "api": true, "ascii": true, "cpu": true, "crc": true, "dns": true, "eof": true,
	"http": true, "https": true, "icmp": true, "id": true, "ip": true, "json": true, "mac": true, "mtu": true,
	"ntp": true, "oid": true, "pdu": true, "qos": true, "rr": true, "rtp": true, "sip": true, "snmp": true,
	"tcp": true, "tftp": true, "tlv": true, "tls": true, "ttl": true, "udp": true, "uri": true, "url": true,
	"utc": true, "utf8": true, "uuid": true, "vlan": true, "xml": true,
}

// predeclared are the identifiers of Go's universe; a local variable of that name would hide one.
var predeclared = set(`any append bool byte cap clear close comparable complex complex128 complex64 copy delete error
	false float32 float64 imag int int16 int32 int64 int8 iota len make max min new nil panic print println real
	recover rune string true uint uint16 uint32 uint64 uint8 uintptr`)

func set(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}

// IsIdent says whether s is an identifier of ASCII letters, digits and underscores that is not a keyword: all that
// generated code may hold, whatever the spec says.
func IsIdent(s string) bool {
	if s == "" || token.IsKeyword(s) {
		return false
	}
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', c == '_':
		case '0' <= c && c <= '9' && i > 0:
		default:
			return false
		}
	}
	return true
}

// IsPredeclared says whether s is an identifier of Go's universe.
func IsPredeclared(s string) bool { return predeclared[s] }

// Camel turns snake_case into an exported name: name_jumps becomes NameJumps, id_zero IDZero.
func Camel(snake string) string {
	var b strings.Builder
	for _, w := range strings.FieldsFunc(snake, func(r rune) bool { return !isWord(r) }) {
		if initialisms[strings.ToLower(w)] {
			b.WriteString(strings.ToUpper(w))
			continue
		}
		b.WriteString(strings.ToUpper(w[:1]) + w[1:])
	}
	s := b.String()
	if s == "" || s[0] >= '0' && s[0] <= '9' {
		s = "X" + s
	}
	return s
}

func isWord(r rune) bool {
	return r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r))
}

// Lower makes an unexported name of an exported one: the first word in lower case, so that TTL becomes ttl, MName
// mName, IPv4Hint ipv4Hint, RRType rrType.
func Lower(name string) string {
	n := 0
	for n < len(name) && (isUpper(name[n]) || n > 0 && isDigit(name[n])) {
		n++
	}
	switch {
	case n == 0:
		return name
	case n < len(name) && n > 1 && name[n] != '_' && !(name[n] == 'v' && n+1 < len(name) && isDigit(name[n+1])):
		// The last capital begins the next word, as in RRType, unless digits follow them.
		if !isDigit(name[n-1]) {
			n--
		}
	}
	return strings.ToLower(name[:n]) + name[n:]
}

func isUpper(c byte) bool { return 'A' <= c && c <= 'Z' }
func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// Upper makes an exported name of any identifier.
func Upper(name string) string {
	name = strings.TrimLeft(name, "_")
	if name == "" {
		return "X"
	}
	if isDigit(name[0]) {
		return "X" + name
	}
	return strings.ToUpper(name[:1]) + name[1:]
}

// Scope hands out identifiers, each once. The zero Scope is empty.
type Scope struct {
	taken map[string]bool
}

// NewScope returns a scope in which the given names are taken.
func NewScope(taken ...string) *Scope {
	s := &Scope{taken: map[string]bool{}}
	for _, t := range taken {
		s.taken[t] = true
	}
	return s
}

// Child returns a scope with the names of s that can be added to on its own.
func (s *Scope) Child() *Scope {
	c := &Scope{taken: make(map[string]bool, len(s.taken))}
	for t := range s.taken {
		c.taken[t] = true
	}
	return c
}

// Has says whether name is taken.
func (s *Scope) Has(name string) bool { return s.taken[name] }

// Reserve marks names as taken.
func (s *Scope) Reserve(names ...string) {
	for _, n := range names {
		s.taken[n] = true
	}
}

// Take returns name, or if that is no identifier of its own here name with the suffix, or with a number behind it,
// and marks it as taken.
func (s *Scope) Take(name, suffix string) string {
	free := func(n string) bool { return IsIdent(n) && !predeclared[n] && !s.taken[n] }
	got := name
	if !free(got) {
		got = name + suffix
	}
	for i := 2; !free(got); i++ {
		got = name + suffix + strconv.Itoa(i)
		if !IsIdent(got) {
			name = "x"
		}
	}
	if s.taken == nil {
		s.taken = map[string]bool{}
	}
	s.taken[got] = true
	return got
}
