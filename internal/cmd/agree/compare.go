package main

import (
	"encoding/json"
	"fmt"
	"sort"
	"strings"
)

// datagram is what one side says of one datagram.
type datagram struct {
	Frame     uint64         `json:"frame"`
	Src       string         `json:"src"`
	Sport     int            `json:"sport"`
	Dst       string         `json:"dst"`
	Dport     int            `json:"dport"`
	Depth     int            `json:"depth"`
	Malformed bool           `json:"malformed"`
	Kind      string         `json:"malformed_kind"`
	Truncated bool           `json:"truncated"`
	Fields    map[string]any `json:"fields"`
	// Verdict is our parser's, "" for a message.
	Verdict string `json:"-"`
}

type key struct {
	frame        uint64
	sport, dport int
	n            int // the n-th with the same frame and ports
}

func index(list []datagram) (map[key]datagram, []key) {
	byKey := make(map[key]datagram, len(list))
	var order []key
	for _, d := range list {
		k := key{d.Frame, d.Sport, d.Dport, 0}
		for {
			if _, taken := byKey[k]; !taken {
				break
			}
			k.n++
		}
		byKey[k] = d
		order = append(order, k)
	}
	return byKey, order
}

// comparison counts fields. A datagram or field that only the expected values have is missing, one that only we
// have is extra.
type comparison struct {
	ledger                                             ledger
	fields, agree, disagree, missing, extra, explained int
	lines                                              []string
}

func (c *comparison) compare(expected, ours []datagram) {
	theirs, order := index(expected)
	mine, mineOrder := index(ours)
	for _, k := range order {
		want := theirs[k]
		got, ok := mine[k]
		where := fmt.Sprintf("frame %d %d->%d", k.frame, k.sport, k.dport)
		// A datagram that the other decoder gave up on has the fields read before: ours must refuse it too, or
		// decode it whole; there is nothing to compare.
		if want.Truncated || want.Malformed && want.Kind == "exception" {
			if ok && got.Verdict == "" {
				c.note(&c.extra, k.frame, where+": decoded, expected malformed or truncated")
			}
			continue
		}
		if !ok {
			c.note(&c.missing, k.frame, where+": not decoded, expected a message")
			continue
		}
		if got.Verdict != "" {
			c.note(&c.missing, k.frame, where+": "+got.Verdict+", expected a message")
			continue
		}
		c.object(k.frame, where, want.Fields, got.Fields)
	}
	for _, k := range mineOrder {
		if _, ok := theirs[k]; !ok && mine[k].Verdict == "" {
			c.note(&c.extra, k.frame, fmt.Sprintf("frame %d %d->%d: decoded, not expected", k.frame, k.sport, k.dport))
		}
	}
}

// note counts a difference, or counts it as explained when the ledger has it.
func (c *comparison) note(counter *int, frame uint64, line string) {
	if why, ok := c.ledger.explains(frame, line); ok {
		c.explained++
		c.lines = append(c.lines, "explained: "+line+" ("+why+")")
		return
	}
	*counter++
	c.lines = append(c.lines, line)
}

func (c *comparison) object(frame uint64, where string, want, got map[string]any) {
	for _, name := range sortedKeys(want) {
		if strings.HasSuffix(name, "_uncertain") {
			continue
		}
		if want[name+"_uncertain"] == true || want["name_uncertain"] == true && name == "name" {
			continue
		}
		// null: the other decoder has no such rendering.
		if want[name] == nil {
			continue
		}
		mine, ok := got[name]
		if !ok {
			c.fields++
			c.note(&c.missing, frame, fmt.Sprintf("%s: %s: missing, expected %s", where, name, show(want[name])))
			continue
		}
		c.value(frame, where+": "+name, want[name], mine)
	}
}

func (c *comparison) value(frame uint64, where string, want, got any) {
	switch w := want.(type) {
	case map[string]any:
		g, ok := got.(map[string]any)
		if ok {
			c.object(frame, where, w, g)
			return
		}
	case []any:
		g, ok := got.([]any)
		if ok {
			g = listed(w, g)
			if len(w) != len(g) {
				c.fields++
				c.note(&c.disagree, frame, fmt.Sprintf("%s: %d elements, expected %d", where, len(g), len(w)))
				return
			}
			for i := range w {
				c.value(frame, fmt.Sprintf("%s[%d]", where, i), w[i], g[i])
			}
			return
		}
	}
	c.fields++
	if f, ok := got.(front); ok && f.begins(want) || show(want) == show(got) {
		c.agree++
		return
	}
	c.note(&c.disagree, frame, fmt.Sprintf("%s: %s, expected %s", where, show(got), show(want)))
}

// front is the hex of bytes of which the other decoder may show the front alone: least bytes, or more.
type front struct {
	hex   string
	least int
}

// MarshalJSON shows all of it.
func (f front) MarshalJSON() ([]byte, error) { return json.Marshal(f.hex) }

func (f front) begins(want any) bool {
	s, ok := want.(string)
	return ok && len(s) >= 2*f.least && strings.HasPrefix(f.hex, s)
}

// mayBeLeftOut is an element of a list that the other decoder does not always list.
type mayBeLeftOut map[string]any

// listed are the elements of got without those that may be left out and that want does leave out.
func listed(want, got []any) []any {
	var list []any
	for _, g := range got {
		if m, ok := g.(mayBeLeftOut); ok {
			if len(list) >= len(want) || show(want[len(list)]) != show(m) {
				continue
			}
			g = map[string]any(m)
		}
		list = append(list, g)
	}
	return list
}

func show(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(b)
}

func sortedKeys(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
