package value

import (
	"iter"
	"math"
	"strconv"
	"strings"
)

// Raw is one JSON value in canonical text. The empty Raw counts as null.
type Raw string

// Null is the JSON null.
const Null Raw = "null"

// Kind says which of JSON's six forms a value has.
type Kind uint8

// The forms of a JSON value.
const (
	KindNull Kind = iota
	KindBool
	KindNumber
	KindString
	KindArray
	KindObject
)

// String returns the name of the kind as it reads in an error text.
func (k Kind) String() string {
	return [...]string{"null", "boolean", "number", "string", "array", "object"}[k]
}

// Kind returns the form of r, from its first byte.
func (r Raw) Kind() Kind {
	if r == "" {
		return KindNull
	}
	switch r[0] {
	case '"':
		return KindString
	case '{':
		return KindObject
	case '[':
		return KindArray
	case 't', 'f':
		return KindBool
	case 'n':
		return KindNull
	}
	return KindNumber
}

// IsNull reports whether r is null.
func (r Raw) IsNull() bool { return r == "" || r == Null }

// Text returns the decoded string, sharing r's memory when nothing is escaped.
// It reports false when r is no string.
func (r Raw) Text() (string, bool) {
	if len(r) < 2 || r[0] != '"' {
		return "", false
	}
	s := string(r[1 : len(r)-1])
	if strings.IndexByte(s, '\\') < 0 {
		return s, true
	}
	return unescape(s), true
}

// Bool returns the truth value and whether r is one.
func (r Raw) Bool() (value, ok bool) { return r == "true", r == "true" || r == "false" }

// Int returns the whole number r stands for. A fraction of zero and an exponent
// are understood (1.0, 1e3); what does not fit an int64 is reported as false.
func (r Raw) Int() (int64, bool) {
	if r.Kind() != KindNumber {
		return 0, false
	}
	if n, err := strconv.ParseInt(string(r), 10, 64); err == nil {
		return n, true
	}
	f, err := strconv.ParseFloat(string(r), 64)
	if err != nil || f != math.Trunc(f) || math.Abs(f) >= 1<<53 {
		return 0, false
	}
	return int64(f), true
}

// Float returns the nearest float64; false when r is no number or too large.
func (r Raw) Float() (float64, bool) {
	if r.Kind() != KindNumber {
		return 0, false
	}
	f, err := strconv.ParseFloat(string(r), 64)
	return f, err == nil
}

// Elements walks the elements of an array; nothing when r is not one.
func (r Raw) Elements() iter.Seq[Raw] {
	return func(yield func(Raw) bool) {
		if len(r) < 3 || r[0] != '[' {
			return
		}
		for at := 1; at < len(r)-1; {
			end := skip(string(r), at)
			if !yield(r[at:end]) {
				return
			}
			at = end + 1
		}
	}
}

// Members takes an object apart; nil when r is not one. The names and values
// share r's memory.
func (r Raw) Members() Members {
	if len(r) < 3 || r[0] != '{' {
		return nil
	}
	var m Members
	for at := 1; at < len(r)-1; {
		colon := skip(string(r), at)
		end := skip(string(r), colon+1)
		name, _ := r[at:colon].Text()
		m = append(m, Member{Name: name, Value: r[colon+1 : end]})
		at = end + 1
	}
	return m
}

// Fields walks the members of an object; nothing when r is not one. It is Members for who
// keeps nothing.
func (r Raw) Fields() iter.Seq2[string, Raw] {
	return func(yield func(string, Raw) bool) {
		if len(r) < 3 || r[0] != '{' {
			return
		}
		for at := 1; at < len(r)-1; {
			colon := skip(string(r), at)
			end := skip(string(r), colon+1)
			name, _ := r[at:colon].Text()
			if !yield(name, r[colon+1:end]) {
				return
			}
			at = end + 1
		}
	}
}

// skip returns the end of the value that starts at s[at]; s is canonical.
func skip(s string, at int) int {
	depth := 0
	for i := at; i < len(s); i++ {
		switch s[i] {
		case '"':
			i = skipString(s, i) - 1
		case '[', '{':
			depth++
			continue
		case ']', '}':
			depth--
			if depth < 0 {
				return i // a bare number or word that ends its parent
			}
		case ',', ':':
			if depth == 0 {
				return i
			}
			continue
		default:
			continue
		}
		if depth == 0 {
			return i + 1
		}
	}
	return len(s)
}

// skipString returns the position behind the closing quote.
func skipString(s string, at int) int {
	for i := at + 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(s)
}
