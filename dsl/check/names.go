package check

import (
	"go/token"
	"go/types"
	"strings"
)

// Snake is the JSON key and the reason made of a name: words in lower case with underscores between.
//
// A word begins at an upper-case letter behind a lower-case one (RefID: ref_id), and at the last of several upper-case
// letters if a lower-case one follows (UDPSize: udp_size, MName: m_name). Upper-case letters keep a version number
// (IPv4Src: ipv4_src) and a plural s (SrcIDs: src_ids). Behind a digit a word begins if it goes on in lower case, or if
// the word before had lower-case letters (SHA256Sum: sha256_sum, NSEC3PARAM: nsec3param, Addr6ID: addr6_id).
func Snake(name string) string {
	var out strings.Builder
	at := func(i int) byte {
		if i < 0 || i >= len(name) {
			return 0
		}
		return name[i]
	}
	lowerBefore := false // the current word has a lower-case letter
	for i := 0; i < len(name); i++ {
		c, prev, next := name[i], at(i-1), at(i+1)
		if isUpper(c) && i > 0 && prev != '_' {
			begins := false
			switch {
			case isLower(prev):
				begins = true
			case isUpper(prev):
				begins = isLower(next) && !keepsSuffix(name, i+1)
			case isDigit(prev):
				begins = lowerBefore || isLower(next) && !keepsSuffix(name, i+1)
			}
			if begins {
				out.WriteByte('_')
				lowerBefore = false
			}
		}
		if c == '_' {
			lowerBefore = false
		}
		if isLower(c) {
			lowerBefore = true
		}
		if isUpper(c) {
			c += 'a' - 'A'
		}
		out.WriteByte(c)
	}
	return out.String()
}

// keepsSuffix says whether the lower-case letter at i belongs to the capitals before it: a version (v4) or a plural s.
func keepsSuffix(name string, i int) bool {
	rest := name[i:]
	if len(rest) >= 2 && rest[0] == 'v' && isDigit(rest[1]) {
		return true
	}
	return rest[0] == 's' && (len(rest) == 1 || !isLower(rest[1]))
}

func isUpper(c byte) bool { return 'A' <= c && c <= 'Z' }
func isLower(c byte) bool { return 'a' <= c && c <= 'z' }
func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// isSlug says whether a name is snake_case: lower-case letters, digits, single underscores between.
func isSlug(name string) bool {
	if name == "" || len(name) > 64 || !isLower(name[0]) || strings.HasSuffix(name, "_") || strings.Contains(name, "__") {
		return false
	}
	for i := 0; i < len(name); i++ {
		if c := name[i]; !isLower(c) && !isDigit(c) && c != '_' {
			return false
		}
	}
	return true
}

// slugOf is the nearest snake_case name, for suggestions.
func slugOf(name string) string {
	var out strings.Builder
	for i := 0; i < len(name); i++ {
		c := name[i]
		if !isLower(c) && !isUpper(c) && !isDigit(c) {
			c = '_'
		}
		out.WriteByte(c)
	}
	s := strings.ToLower(Snake(out.String()))
	for strings.Contains(s, "__") {
		s = strings.ReplaceAll(s, "__", "_")
	}
	s = strings.Trim(s, "_")
	if s == "" || !isLower(s[0]) {
		s = "r_" + s
	}
	return strings.TrimSuffix(s, "_")
}

// goIdent is the exported Go name of a snake_case reason.
func goIdent(slug string) string {
	var out strings.Builder
	for _, word := range strings.Split(slug, "_") {
		if word != "" {
			out.WriteString(strings.ToUpper(word[:1]) + word[1:])
		}
	}
	return out.String()
}

// badPackage says why a protocol's name cannot be the name of a Go package, "" if it can.
func badPackage(name string) string {
	switch {
	case !isSlug(name):
		return "a protocol's name is lower-case letters, digits and underscores"
	case token.IsKeyword(name):
		return "it is a keyword of Go, and the name of the generated package"
	case types.Universe.Lookup(name) != nil:
		return "Go has something of that name, and it is the name of the generated package"
	case name == "main" || name == "internal" || name == "vendor" || name == "all" || strings.HasSuffix(name, "_test"):
		return "Go gives packages of that name a meaning of their own"
	}
	return ""
}

// goTypes are the types that every generated package has besides the spec's.
var goTypes = map[string]string{
	"Parser":   "the generated parser",
	"Protocol": "the generated description",
	"Datagram": "the root of a protocol with two entries",
}

// goMembers are the methods of generated types.
var goMembers = map[string]bool{
	"AppendJSON": true, "Clone": true, "CloneMessage": true, "String": true, "AppendTo": true, "Reset": true,
}

// facts are the lower-case names that mean something in every expression.
var facts = []string{
	"remaining", "offset", "total", "start", "dir", "initiator", "responder", "port", "sport", "dport", "flow", "last", "prev",
	"datagram", "len", "true", "false",
}
