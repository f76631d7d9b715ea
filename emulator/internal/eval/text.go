package eval

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Strings compare by code points, or without regard to case as .NET's
// OrdinalIgnoreCase does. Stored values are never lower-cased: that would
// allocate for each row.

// equalText compares two texts. An ASCII letter equals only ASCII: the Kelvin
// sign is no k.
func equalText(a, b string, fold bool) bool {
	return a == b || fold && compareText(a, b, true) == 0
}

// compareText orders two texts.
func compareText(a, b string, fold bool) int {
	if !fold {
		return strings.Compare(a, b)
	}
	for i := 0; i < len(a) && i < len(b); i++ {
		x, y := a[i], b[i]
		if x == y {
			continue
		}
		if x|y >= utf8.RuneSelf {
			return compareRunes(a[runeStart(a, i):], b[runeStart(b, i):])
		}
		if x, y = upper(x), upper(y); x != y {
			return int(x) - int(y)
		}
	}
	return len(a) - len(b)
}

func runeStart(s string, i int) int {
	for i > 0 && i < len(s) && !utf8.RuneStart(s[i]) {
		i--
	}
	return i
}

func compareRunes(a, b string) int {
	for a != "" && b != "" {
		x, n := utf8.DecodeRuneInString(a)
		y, m := utf8.DecodeRuneInString(b)
		if x, y = foldRune(x), foldRune(y); x != y {
			return int(x) - int(y)
		}
		a, b = a[n:], b[m:]
	}
	return len(a) - len(b)
}

// foldRune keeps what EqualFold takes for equal together, and ASCII apart from
// the rest.
func foldRune(r rune) rune {
	if r < utf8.RuneSelf {
		return rune(upper(byte(r)))
	}
	least := r
	for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
		if f >= utf8.RuneSelf {
			least = min(least, f)
		}
	}
	return least
}

func upper(c byte) byte {
	if 'a' <= c && c <= 'z' {
		return c - 'a' + 'A'
	}
	return c
}

// prefixText reports whether s starts with prefix, and how long that start is.
func prefixText(s, prefix string, fold bool) (int, bool) {
	if !fold {
		return len(prefix), strings.HasPrefix(s, prefix)
	}
	i := 0
	for i < len(prefix) && i < len(s) && s[i]|prefix[i] < utf8.RuneSelf {
		if s[i] != prefix[i] && upper(s[i]) != upper(prefix[i]) {
			return 0, false
		}
		i++
	}
	for _, want := range prefix[i:] {
		if i >= len(s) {
			return 0, false
		}
		if c := s[i]; c < utf8.RuneSelf {
			if want >= utf8.RuneSelf || upper(c) != upper(byte(want)) {
				return 0, false
			}
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if r != want && foldRune(r) != foldRune(want) {
			return 0, false
		}
		i += n
	}
	return i, true
}

// suffixText reports whether s ends with suffix.
func suffixText(s, suffix string, fold bool) bool {
	if !fold {
		return strings.HasSuffix(s, suffix)
	}
	i := len(s)
	for n := utf8.RuneCountInString(suffix); n > 0; n-- {
		if i == 0 {
			return false
		}
		_, size := utf8.DecodeLastRuneInString(s[:i])
		i -= size
	}
	return equalText(s[i:], suffix, true)
}

// containsText reports whether sub stands in s.
func containsText(s, sub string, fold bool) bool { return indexText(s, sub, fold) >= 0 }

// indexText is the byte offset of sub in s, -1 when it is not there.
func indexText(s, sub string, fold bool) int {
	switch {
	case !fold || sub == "":
		return strings.Index(s, sub)
	case len(sub) > longText:
		return indexLong(s, sub)
	}
	for i := 0; i < len(sub); i++ {
		if sub[i] >= utf8.RuneSelf {
			return indexRunes(s, sub)
		}
	}
	// An ASCII letter folds to ASCII alone, so bytes do.
	first := upper(sub[0])
	for i := 0; i <= len(s)-len(sub); i++ {
		if upper(s[i]) != first {
			continue
		}
		j := 1
		for j < len(sub) && (s[i+j] == sub[j] || upper(s[i+j]) == upper(sub[j])) {
			j++
		}
		if j == len(sub) {
			return i
		}
	}
	return -1
}

// longText is how many bytes a text may have that is looked for at each place of another.
const longText = 64

// indexLong is indexText for a long sub: it looks at each character of s about twice
// (Knuth, Morris and Pratt), however often s begins like sub.
func indexLong(s, sub string) int {
	var want []rune
	for _, r := range sub {
		want = append(want, foldRune(r))
	}
	back := make([]int, len(want))
	for i, k := 1, 0; i < len(want); i++ {
		for k > 0 && want[i] != want[k] {
			k = back[k-1]
		}
		if want[i] == want[k] {
			k++
		}
		back[i] = k
	}
	k := 0
	for at, r := range s {
		r = foldRune(r)
		for k > 0 && want[k] != r {
			k = back[k-1]
		}
		if want[k] == r {
			k++
		}
		if k < len(want) {
			continue
		}
		for range len(want) - 1 {
			_, n := utf8.DecodeLastRuneInString(s[:at])
			at -= n
		}
		return at
	}
	return -1
}

func indexRunes(s, sub string) int {
	for i := range s {
		if _, ok := prefixText(s[i:], sub, true); ok {
			return i
		}
	}
	return -1
}
