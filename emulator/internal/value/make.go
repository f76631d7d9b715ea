package value

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// String returns s as a JSON string. Bytes that are not UTF-8 become U+FFFD.
func String(s string) Raw {
	return Raw(AppendString(make([]byte, 0, len(s)+2), s))
}

// Int returns i as a JSON number.
func Int(i int64) Raw { return Raw(strconv.FormatInt(i, 10)) }

// Float returns f as a JSON number, or null when it has none (infinite, NaN).
func Float(f float64) Raw {
	if math.IsInf(f, 0) || math.IsNaN(f) {
		return Null
	}
	b, _ := json.Marshal(f) // std's choice between 1e21 and digits
	return Raw(b)
}

// Bool returns true or false.
func Bool(b bool) Raw {
	if b {
		return "true"
	}
	return "false"
}

// Array returns an array of the given values.
func Array(elems ...Raw) Raw {
	var b strings.Builder
	b.WriteByte('[')
	for i, e := range elems {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(string(e.orNull()))
	}
	b.WriteByte(']')
	return Raw(b.String())
}

// Strings returns an array of strings.
func Strings(list []string) Raw {
	b := []byte{'['}
	for i, s := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = AppendString(b, s)
	}
	return Raw(append(b, ']'))
}

// Texts makes members of names and texts by turns.
func Texts(pairs ...string) Members {
	out := make(Members, 0, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		out = append(out, Member{Name: pairs[i], Value: String(pairs[i+1])})
	}
	return out
}

// Time returns t in UTC as Graph prints an Edm.DateTimeOffset: with a fraction
// of up to seven digits, without trailing zeros (B-1.41).
func Time(t time.Time) Raw {
	return Raw(t.UTC().Format(`"2006-01-02T15:04:05.9999999Z"`))
}

func (r Raw) orNull() Raw {
	if r == "" {
		return Null
	}
	return r
}

// From makes canonical text of a decoded value: nil, booleans, strings, Go's
// integers and floats, json.Number, time.Time, slices and string-keyed maps of
// these (members sorted by name), Raw and Members. Anything else is an error.
func From(v any) (Raw, error) {
	b, err := appendAny(nil, v)
	return Raw(b), err
}

func appendAny(b []byte, v any) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return append(b, Null...), nil
	case Raw:
		return append(b, v.orNull()...), nil
	case Members:
		return append(b, v.Object()...), nil
	case string:
		return AppendString(b, v), nil
	case bool:
		return strconv.AppendBool(b, v), nil
	case json.Number:
		r, err := Parse([]byte(v), Limits{})
		if err != nil || r.Kind() != KindNumber {
			return b, fmt.Errorf("value: %q is no number", string(v))
		}
		return append(b, r...), nil
	case float64:
		if math.IsInf(v, 0) || math.IsNaN(v) {
			return b, fmt.Errorf("value: %v has no JSON form", v)
		}
		return append(b, Float(v)...), nil
	case time.Time:
		return append(b, Time(v)...), nil
	case []any:
		return appendList(b, v)
	case []string:
		return append(b, Strings(v)...), nil
	case map[string]any:
		return appendMap(b, v)
	}
	return appendInt(b, v)
}

func appendInt(b []byte, v any) ([]byte, error) {
	switch v := v.(type) {
	case int:
		return strconv.AppendInt(b, int64(v), 10), nil
	case int32:
		return strconv.AppendInt(b, int64(v), 10), nil
	case int64:
		return strconv.AppendInt(b, v, 10), nil
	case uint64:
		return strconv.AppendUint(b, v, 10), nil
	}
	return b, fmt.Errorf("value: a %T has no JSON form", v)
}

func appendList(b []byte, list []any) (_ []byte, err error) {
	b = append(b, '[')
	for i, e := range list {
		if i > 0 {
			b = append(b, ',')
		}
		if b, err = appendAny(b, e); err != nil {
			return b, err
		}
	}
	return append(b, ']'), nil
}

func appendMap(b []byte, m map[string]any) (_ []byte, err error) {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	b = append(b, '{')
	for i, name := range names {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(AppendString(b, name), ':')
		if b, err = appendAny(b, m[name]); err != nil {
			return b, err
		}
	}
	return append(b, '}'), nil
}

// AppendString appends s as a canonical JSON string. Bytes that are not UTF-8
// become U+FFFD.
func AppendString(b []byte, s string) []byte {
	b = append(b, '"')
	from := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if c >= ' ' && c != '"' && c != '\\' {
				i++
				continue
			}
			b = appendEscape(append(b, s[from:i]...), rune(c))
			i++
			from = i
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 {
			b = append(append(b, s[from:i]...), "\uFFFD"...)
			from = i + 1
		}
		i += n
	}
	return append(append(b, s[from:]...), '"')
}

// appendEscape writes one decoded character in its canonical form.
func appendEscape(b []byte, r rune) []byte {
	switch r {
	case '"', '\\':
		return append(b, '\\', byte(r))
	case '\b':
		return append(b, `\b`...)
	case '\f':
		return append(b, `\f`...)
	case '\n':
		return append(b, `\n`...)
	case '\r':
		return append(b, `\r`...)
	case '\t':
		return append(b, `\t`...)
	}
	if r < ' ' {
		const hex = "0123456789abcdef"
		return append(b, '\\', 'u', '0', '0', hex[r>>4], hex[r&15])
	}
	return utf8.AppendRune(b, r)
}

// unescape decodes the inside of a canonical string.
func unescape(s string) string {
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b = append(b, s[i])
			continue
		}
		i++
		switch s[i] {
		case 'b':
			b = append(b, '\b')
		case 'f':
			b = append(b, '\f')
		case 'n':
			b = append(b, '\n')
		case 'r':
			b = append(b, '\r')
		case 't':
			b = append(b, '\t')
		case 'u':
			if i+4 < len(s) {
				n, _ := strconv.ParseUint(s[i+1:i+5], 16, 16)
				b = utf8.AppendRune(b, rune(n))
				i += 4
			}
		default:
			b = append(b, s[i])
		}
	}
	return string(b)
}
