package value

import (
	"math"
	"strings"
)

// Limits bound what Parse accepts. Zero fields mean the defaults.
type Limits struct {
	Depth  int // objects and arrays inside each other; 128
	Digits int // bytes of one number; 256
}

// Parse reads one JSON value strictly: RFC 8259 in UTF-8, no name twice in an
// object at any level, no half surrogates, nothing behind the value. The error
// is a *SyntaxError. The result shares nothing with b.
func Parse(b []byte, lim Limits) (Raw, error) {
	s := newScanner(b, lim)
	if err := s.document(); err != nil {
		return "", err
	}
	return Raw(s.result()), nil
}

// ParseObject is Parse for a text that must be an object, and hands out its
// members. They share one copy of the text.
func ParseObject(b []byte, lim Limits) (Members, error) {
	s := newScanner(b, lim)
	if c := s.peek(); c != '{' && s.at < len(b) {
		return nil, s.fail(NotObject, "an object is expected")
	}
	if err := s.document(); err != nil {
		return nil, err
	}
	text := s.result()
	m := make(Members, s.names.n)
	end := len(text) - 1 // the brace
	for i := len(m) - 1; i >= 0; i-- {
		n := s.names.at(i)
		name := text[n.from:n.to]
		if strings.IndexByte(name, '\\') >= 0 {
			name = unescape(name)
		}
		m[i] = Member{Name: name, Value: Raw(text[n.to+2 : end])}
		end = int(n.from) - 2 // the quote and the comma before it
	}
	return m, nil
}

// scanner walks the input once and writes the canonical text, which is never
// longer. names holds where, in the output, the names of the open objects stand;
// those of the outermost object are left there for ParseObject.
//
// Its parts are laid out so that a scanner stays on the stack: a slice in it that
// is appended to through the pointer would not.
type scanner struct {
	b      []byte
	at     int
	out    strings.Builder
	names  spans
	depth  int
	digits int
}

func newScanner(b []byte, lim Limits) (s scanner) {
	s.b, s.depth, s.digits = b, lim.Depth, lim.Digits
	if s.depth == 0 {
		s.depth = 128
	}
	if s.digits == 0 {
		s.digits = 256
	}
	return s
}

// result returns the text, without the room that white space took.
func (s *scanner) result() string {
	text := s.out.String()
	if s.out.Cap()-len(text) > len(text)/4+64 {
		return strings.Clone(text)
	}
	return text
}

// span is a part of the output.
type span struct{ from, to uint32 }

// spans is a stack.
type spans struct {
	n    int
	few  [32]span
	more []span
}

func (k *spans) at(i int) span {
	if i < len(k.few) {
		return k.few[i]
	}
	return k.more[i-len(k.few)]
}

func (k *spans) push(s span) {
	if k.n < len(k.few) {
		k.few[k.n] = s
	} else {
		k.more = append(k.more[:k.n-len(k.few)], s)
	}
	k.n++
}

func (s *scanner) fail(f Fault, reason string) *SyntaxError {
	return &SyntaxError{Offset: s.at, Fault: f, Reason: reason}
}

// unexpected tells an early end from a wrong byte.
func (s *scanner) unexpected(want string) *SyntaxError {
	if s.at >= len(s.b) {
		return s.fail(Form, "the text ends where "+want+" is expected")
	}
	return s.fail(Form, want+" is expected")
}

// peek skips white space and returns the next byte, 0 at the end: a NUL is
// nowhere allowed outside a string, so the two cannot be confused.
func (s *scanner) peek() byte {
	for s.at < len(s.b) {
		c := s.b[s.at]
		if c > ' ' || c != ' ' && c != '\t' && c != '\n' && c != '\r' {
			return c
		}
		s.at++
	}
	return 0
}

// document reads the one value of the text. It returns error and not
// *SyntaxError so that no nil pointer becomes a non-nil error.
func (s *scanner) document() error {
	if len(s.b) > math.MaxInt32 {
		return s.fail(Form, "the text is too long")
	}
	s.out.Grow(len(s.b))
	if s.peek() == 0 && s.at >= len(s.b) {
		return s.fail(Empty, "the text is empty")
	}
	if err := s.value(1); err != nil {
		return err
	}
	if s.peek(); s.at < len(s.b) {
		return s.fail(Trailing, "something follows the value")
	}
	return nil
}

// value reads one value that starts at s.at; level counts from 1.
func (s *scanner) value(level int) *SyntaxError {
	c := s.peek()
	switch c {
	case '"':
		return s.text()
	case '{':
		if level > s.depth {
			return s.fail(Depth, "nested too deeply")
		}
		return s.object(level)
	case '[':
		if level > s.depth {
			return s.fail(Depth, "nested too deeply")
		}
		return s.array(level)
	case 't':
		return s.word("true")
	case 'f':
		return s.word("false")
	case 'n':
		return s.word("null")
	}
	if c == '-' || isDigit(c) {
		return s.number()
	}
	return s.unexpected("a value")
}

func (s *scanner) word(w string) *SyntaxError {
	if len(s.b)-s.at < len(w) || string(s.b[s.at:s.at+len(w)]) != w {
		return s.unexpected("a value")
	}
	s.at += len(w)
	s.out.WriteString(w)
	return nil
}

func (s *scanner) array(level int) *SyntaxError {
	s.at++
	s.out.WriteByte('[')
	if s.peek() == ']' {
		s.at++
		s.out.WriteByte(']')
		return nil
	}
	for i := 0; ; i++ {
		if err := s.value(level + 1); err != nil {
			return err.at(i)
		}
		c := s.peek()
		if c != ',' && c != ']' {
			return s.unexpected("a comma or the end of the array")
		}
		s.at++
		s.out.WriteByte(c)
		if c == ']' {
			return nil
		}
	}
}

func (s *scanner) object(level int) *SyntaxError {
	s.at++
	s.out.WriteByte('{')
	base := s.names.n
	if s.peek() == '}' {
		s.at++
		s.out.WriteByte('}')
		return nil
	}
	var seen map[string]struct{}
	for {
		name, err := s.name(base, &seen)
		if err != nil {
			return err
		}
		if s.peek() != ':' {
			return s.unexpected("a colon").within(s.nameAt(name))
		}
		s.at++
		s.out.WriteByte(':')
		if err := s.value(level + 1); err != nil {
			return err.within(s.nameAt(name))
		}
		c := s.peek()
		if c != ',' && c != '}' {
			return s.unexpected("a comma or the end of the object")
		}
		s.at++
		s.out.WriteByte(c)
		if c == '}' {
			break
		}
	}
	if level > 1 {
		s.names.n = base
	}
	return nil
}

func (s *scanner) nameAt(n span) string { return unescape(s.written(n)) }

// written returns a part of the output.
func (s *scanner) written(n span) string { return s.out.String()[n.from:n.to] }

// name reads a member's name and refuses one that the object has. Names are
// compared in canonical form, so an escape does not hide a duplicate.
func (s *scanner) name(base int, seen *map[string]struct{}) (span, *SyntaxError) {
	if s.peek() != '"' {
		return span{}, s.unexpected("a name in quotes")
	}
	start := s.at
	from := s.out.Len() + 1
	if err := s.text(); err != nil {
		return span{}, err
	}
	n := span{uint32(from), uint32(s.out.Len() - 1)}
	if s.again(n, base, seen) {
		s.at = start
		return n, s.fail(Duplicate, "the object has this name already").within(s.nameAt(n))
	}
	s.names.push(n)
	return n, nil
}

const manyNames = 16 // beyond it, duplicates are looked for in a map

// again reports whether a name stands among those from base on.
func (s *scanner) again(n span, base int, seen *map[string]struct{}) bool {
	name := s.written(n)
	if s.names.n-base < manyNames {
		for i := base; i < s.names.n; i++ {
			if s.written(s.names.at(i)) == name {
				return true
			}
		}
		return false
	}
	if *seen == nil {
		*seen = make(map[string]struct{}, 2*manyNames)
		for i := base; i < s.names.n; i++ {
			(*seen)[s.written(s.names.at(i))] = struct{}{}
		}
	}
	_, again := (*seen)[name]
	(*seen)[name] = struct{}{}
	return again
}
