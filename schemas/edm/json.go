package edm

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
)

// reader reads JSON from left to right and keeps the order of members, which
// the model needs and encoding/json loses. The first error stops it. It checks
// what it reads; of what it skips only the nesting (Check reads strictly).
type reader struct {
	b   []byte
	i   int
	err error
}

func (r *reader) fail(format string, args ...any) {
	if r.err != nil {
		return
	}
	r.err = fmt.Errorf("line %d: %s", r.line(), fmt.Sprintf(format, args...))
	r.i = len(r.b)
}

// line is where the reader is, from 1.
func (r *reader) line() int { return 1 + bytes.Count(r.b[:min(r.i, len(r.b))], []byte{'\n'}) }

// peek returns the first byte of the next token, or 0 at the end.
func (r *reader) peek() byte {
	for r.i < len(r.b) {
		switch c := r.b[r.i]; c {
		case ' ', '\n', '\t', '\r':
			r.i++
		default:
			return c
		}
	}
	return 0
}

func (r *reader) take(c byte) bool {
	if r.peek() != c {
		return false
	}
	r.i++
	return true
}

func (r *reader) want(c byte) bool {
	if !r.take(c) {
		r.fail("expected %q", c)
		return false
	}
	return true
}

// object calls f behind the name of each member; f reads the value. The name
// is valid until f returns.
func (r *reader) object(f func(name []byte)) {
	if !r.want('{') || r.take('}') {
		return
	}
	for r.err == nil {
		name := r.span()
		if !r.want(':') {
			return
		}
		f(name)
		if !r.take(',') {
			r.want('}')
			return
		}
	}
}

// array calls f in front of each element; f reads it.
func (r *reader) array(f func()) {
	if !r.want('[') || r.take(']') {
		return
	}
	for r.err == nil {
		f()
		if !r.take(',') {
			r.want(']')
			return
		}
	}
}

// span reads a string and returns its text, in place when it has no escapes.
func (r *reader) span() []byte {
	if !r.want('"') {
		return nil
	}
	start, escaped := r.i, false
	for ; r.i < len(r.b); r.i++ {
		switch c := r.b[r.i]; {
		case c == '\\':
			escaped = true
			r.i++
		case c < ' ':
			r.fail("control character in a string")
			return nil
		case c == '"':
			text := r.b[start:r.i]
			r.i++
			if escaped {
				return r.unescape(text)
			}
			return text
		}
	}
	r.fail("string without end")
	return nil
}

func (r *reader) unescape(text []byte) []byte {
	var s string
	if err := json.Unmarshal(append(append([]byte{'"'}, text...), '"'), &s); err != nil {
		r.fail("bad escape in a string")
	}
	return []byte(s)
}

func (r *reader) text() string { return string(r.span()) }

func (r *reader) texts() (list []string) {
	r.array(func() { list = append(list, r.text()) })
	return list
}

func (r *reader) bool() bool {
	switch word := r.word(); string(word) {
	case "true":
		return true
	case "false":
	default:
		r.fail("expected true or false")
	}
	return false
}

func (r *reader) int() int64 {
	n, err := strconv.ParseInt(string(r.word()), 10, 64)
	if err != nil {
		r.fail("expected an integer")
	}
	return n
}

// word reads a number or a literal.
func (r *reader) word() []byte {
	r.peek()
	start := r.i
	for r.i < len(r.b) {
		switch r.b[r.i] {
		case ',', ']', '}', ' ', '\n', '\t', '\r', ':', '"', '[', '{':
			return r.b[start:r.i]
		}
		r.i++
	}
	return r.b[start:r.i]
}

// raw reads any value and returns its text.
func (r *reader) raw() []byte {
	r.peek()
	start := r.i
	r.skip()
	return r.b[min(start, r.i):r.i]
}

func (r *reader) skip() {
	for depth := 0; r.err == nil; {
		switch c := r.peek(); c {
		case '{', '[':
			depth++
			r.i++
		case '}', ']':
			depth--
			r.i++
		case '"':
			r.span()
		case ',', ':':
			r.i++
		default:
			if len(r.word()) == 0 {
				r.fail("expected a value")
			}
		}
		if depth <= 0 {
			return
		}
	}
}

// end reports trailing text.
func (r *reader) end() error {
	if r.err == nil && r.peek() != 0 {
		r.fail("text behind the schema")
	}
	return r.err
}
