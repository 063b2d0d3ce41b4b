package ir

import (
	"regexp"
	"strings"
)

var rfcRef = regexp.MustCompile(`\brfc:([0-9]+)(?:#([0-9A-Za-z][0-9A-Za-z.\-]*[0-9A-Za-z]|[0-9A-Za-z]))?`)

var (
	// refList finds references that follow one another with nothing between.
	refList = regexp.MustCompile(`(RFC [0-9]+(?:, section [0-9A-Za-z.\-]*[0-9A-Za-z])?) RFC`)
	// lastRefs finds references behind the last sentence of a line.
	lastRefs = regexp.MustCompile(`([.!?:]) (RFC [0-9]+(?:, (?:section [0-9A-Za-z.\-]*[0-9A-Za-z]|RFC [0-9]+))*)$`)
)

// Prose is a comment of a spec as text for people: references in words ("rfc:1035#4.1" is "RFC 1035, section 4.1"), no
// blank ends.
func Prose(doc string) string {
	doc = rfcRef.ReplaceAllStringFunc(doc, func(s string) string {
		m := rfcRef.FindStringSubmatch(s)
		if m[2] == "" {
			return "RFC " + m[1]
		}
		return "RFC " + m[1] + ", section " + m[2]
	})
	for refList.MatchString(doc) { // a match takes the beginning of the next
		doc = refList.ReplaceAllString(doc, "$1, RFC")
	}
	lines := strings.Split(doc, "\n")
	for i, l := range lines {
		l = strings.TrimRight(l, " \t\r")
		lines[i] = lastRefs.ReplaceAllString(l, "$1 See $2")
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}
