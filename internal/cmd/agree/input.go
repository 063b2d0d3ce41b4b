package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// readExpected reads one datagram a line. Numbers keep their digits.
func readExpected(name string) ([]datagram, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var list []datagram
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 64<<20)
	for n := 1; lines.Scan(); n++ {
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		var d datagram
		decoder := json.NewDecoder(bytes.NewReader(lines.Bytes()))
		decoder.UseNumber()
		if err := decoder.Decode(&d); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, n, err)
		}
		list = append(list, d)
	}
	return list, lines.Err()
}

// ledger holds the differences of one capture that are explained: rows of a markdown table
//
//	| protocol | capture | frames | contains | who is right, and why |
//
// frames is "all", a number, or a list of numbers and ranges; contains is part of the difference's line.
type ledger []entry

type entry struct {
	all      bool
	frames   [][2]uint64
	contains string
	why      string
}

func (l ledger) explains(frame uint64, line string) (string, bool) {
	for _, e := range l {
		hit := e.all
		for _, r := range e.frames {
			hit = hit || r[0] <= frame && frame <= r[1]
		}
		if hit && strings.Contains(line, e.contains) {
			return e.why, true
		}
	}
	return "", false
}

func readLedger(name string, protocols []string, capture string) (ledger, error) {
	if name == "" {
		return nil, nil
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var l ledger
	for n, line := range strings.Split(string(text), "\n") {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if !strings.HasPrefix(line, "|") || len(cells) != 5 {
			continue
		}
		for i := range cells {
			cells[i] = strings.Trim(strings.TrimSpace(cells[i]), "`")
		}
		if !slices.Contains(protocols, cells[0]) || cells[1] != filepath.Base(capture) {
			continue
		}
		e := entry{contains: cells[3], why: cells[4]}
		if cells[2] == "all" {
			e.all = true
		} else {
			for _, part := range strings.Split(cells[2], ",") {
				first, last, isRange := strings.Cut(strings.TrimSpace(part), "-")
				if !isRange {
					last = first
				}
				a, err1 := strconv.ParseUint(first, 10, 64)
				b, err2 := strconv.ParseUint(last, 10, 64)
				if err1 != nil || err2 != nil {
					return nil, fmt.Errorf("%s:%d: frames %q: want \"all\", numbers or ranges", name, n+1, cells[2])
				}
				e.frames = append(e.frames, [2]uint64{a, b})
			}
		}
		l = append(l, e)
	}
	return l, nil
}
