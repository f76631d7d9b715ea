package eval

import (
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
)

// Canonical text is scanned in place: taking a value apart allocates.

// get finds a member of an object value, null when there is none.
func get(raw value.Raw, name string) value.Raw {
	s := string(raw)
	if len(s) < 3 || s[0] != '{' {
		return value.Null
	}
	for at := 1; at < len(s)-1; {
		if k := at + 1 + len(name); k < len(s) && s[k] == '"' && s[at+1:k] == name {
			return value.Raw(s[k+2 : valueEnd(s, k+2)])
		}
		key := textEnd(s, at)
		if k := s[at:key]; strings.IndexByte(k, '\\') >= 0 && unescaped(k) == name {
			return value.Raw(s[key+1 : valueEnd(s, key+1)])
		}
		at = valueEnd(s, key+1) + 1
	}
	return value.Null
}

func unescaped(quoted string) string {
	t, _ := value.Raw(quoted).Text()
	return t
}

// next returns the element of an array that starts at at, and where the one
// behind it starts. Start with 1; it reports false behind the last.
func next(raw value.Raw, at int) (element value.Raw, after int, ok bool) {
	if at >= len(raw)-1 || raw[0] != '[' {
		return "", at, false
	}
	end := valueEnd(string(raw), at)
	return raw[at:end], end + 1, true
}

func elements(raw value.Raw) int {
	n := 0
	for _, at, ok := next(raw, 1); ok; _, at, ok = next(raw, at) {
		n++
	}
	return n
}

// textEnd is the offset behind the string that starts at at. Texts are short:
// a plain loop beats a search.
func textEnd(s string, at int) int {
	for i := at + 1; i < len(s); i++ {
		switch s[i] {
		case '"':
			return i + 1
		case '\\':
			i++
		}
	}
	return len(s)
}

// valueEnd is the offset behind the value that starts at at.
func valueEnd(s string, at int) int {
	if at >= len(s) {
		return len(s)
	}
	switch s[at] {
	case '"':
		return textEnd(s, at)
	case '{', '[':
		return nestEnd(s, at)
	}
	for at < len(s) && s[at] != ',' && s[at] != '}' && s[at] != ']' {
		at++
	}
	return at
}

func nestEnd(s string, at int) int {
	depth := 0
	for i := at; i < len(s); i++ {
		switch s[i] {
		case '"':
			i = textEnd(s, i) - 1
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return len(s)
}
