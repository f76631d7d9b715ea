// Package nearest finds the name that a mistyped word most likely means.
package nearest

import (
	"iter"
	"slices"
	"strings"
)

// maxWord bounds the words that are compared, and so the work per name.
const maxWord = 64

// Of returns the name that needs the fewest edits to become word, without regard to
// letter case; the first of several. An edit inserts, deletes or replaces a character or
// swaps two neighbors. It returns "" where no name is close enough: one edit for three
// characters, at most three.
func Of(word string, names iter.Seq[string]) string {
	w := strings.ToLower(word)
	best, limit := "", min(3, (len(w)+1)/3)
	if len(w) > maxWord {
		return ""
	}
	var d table
	for name := range names {
		n := strings.ToLower(name)
		if len(n) > maxWord || max(len(n), len(w))-min(len(n), len(w)) > limit {
			continue
		}
		if k := d.distance(w, n); k <= limit {
			if k == 0 {
				return name
			}
			best, limit = name, k-1
		}
	}
	return best
}

// Among is Of for a list.
func Among(word string, names ...string) string { return Of(word, slices.Values(names)) }

// Question asks for the name that word most likely means, as in `did you mean "users"?`;
// it returns "" where none is close enough.
func Question(word string, names iter.Seq[string]) string {
	if name := Of(word, names); name != "" {
		return `did you mean "` + name + `"?`
	}
	return ""
}

// Asked appends to a text the Question, behind a semicolon.
func Asked(text, word string, names ...string) string {
	if ask := Question(word, slices.Values(names)); ask != "" {
		return text + "; " + ask
	}
	return text
}

// Cure is Question as a sentence of an error of Graph.
func Cure(word string, names iter.Seq[string]) string {
	if name := Of(word, names); name != "" {
		return "Did you mean '" + name + "'?"
	}
	return ""
}

// table holds three rows of a distance computation.
type table [3][maxWord + 1]int

// distance counts edits (optimal string alignment).
func (t *table) distance(a, b string) int {
	for j := range len(b) + 1 {
		t[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		row, up, upper := &t[i%3], &t[(i+2)%3], &t[(i+1)%3]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(up[j]+1, row[j-1]+1, up[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], upper[j-2]+1)
			}
		}
	}
	return t[len(a)%3][len(b)]
}
