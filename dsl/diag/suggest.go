package diag

import "strings"

// Suggest returns the candidate that name was most likely meant to be: the nearest by edit distance, at most a third
// of the longer name away; of equals the first. ok is false when none is near enough.
func Suggest(name string, candidates []string) (near string, ok bool) {
	const longest = 64 // names beyond are not typed by hand, and the distance costs the product of both lengths
	best := -1
	if len(name) > longest {
		return "", false
	}
	for _, c := range candidates {
		if c == name || c == "" || len(c) > longest {
			continue
		}
		d := distance(name, c)
		if strings.EqualFold(name, c) {
			d = 0
		}
		if d*3 <= max(len(name), len(c), 3) && (best < 0 || d < best) {
			best, near = d, c
		}
	}
	return near, best >= 0
}

// distance counts insertions, deletions, replacements and swaps of neighbours that turn a into b.
func distance(a, b string) int {
	var before []int
	prev := make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row := make([]int, len(b)+1)
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(prev[j]+1, row[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, prev = prev, row
	}
	return prev[len(b)]
}
