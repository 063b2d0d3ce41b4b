package ir_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/flowscope/fsd/dsl/ir"
)

func TestProseNamesDocuments(t *testing.T) {
	for in, want := range map[string]string{
		"Flags is a word. rfc:1035#4.1.1":              "Flags is a word. See RFC 1035, section 4.1.1",
		"Flags is a word. rfc:1035#4.1.1 rfc:4035#3.2": "Flags is a word. See RFC 1035, section 4.1.1, RFC 4035, section 3.2",
		"see rfc:862. More.":                           "see RFC 862. More.",
		"rfc:1#A.2.":                                   "RFC 1, section A.2.",
		"no rfc: here":                                 "no rfc: here",
	} {
		require.Equal(t, want, ir.Prose(in))
	}
}
