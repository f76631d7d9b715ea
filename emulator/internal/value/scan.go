package value

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf16"
	"unicode/utf8"
)

func isDigit(c byte) bool { return c-'0' < 10 }

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// plain returns how many bytes of b stand for themselves: no quote, backslash,
// control character or byte above ASCII. It looks at eight bytes at a time.
func plain(b []byte) int {
	i := 0
	for len(b)-i >= 8 {
		w := binary.LittleEndian.Uint64(b[i:])
		quote, slash := w^(ones*'"'), w^(ones*'\\')
		stop := (w-ones*' ')&^w | (quote-ones)&^quote | (slash-ones)&^slash | w
		if stop &= highs; stop != 0 {
			return i + bits.TrailingZeros64(stop)/8
		}
		i += 8
	}
	for i < len(b) && b[i] >= ' ' && b[i] < utf8.RuneSelf && b[i] != '"' && b[i] != '\\' {
		i++
	}
	return i
}

// text reads the string that starts at s.at and writes it with its quotes.
func (s *scanner) text() *SyntaxError {
	from := s.at // what is read and not yet written starts here
	s.at++
	for {
		s.at += plain(s.b[s.at:])
		if s.at >= len(s.b) {
			return s.unexpected("a closing quote")
		}
		switch c := s.b[s.at]; {
		case c == '"':
			s.at++
			s.out.Write(s.b[from:s.at])
			return nil
		case c == '\\':
			s.out.Write(s.b[from:s.at])
			if err := s.escape(); err != nil {
				return err
			}
			from = s.at
		case c < ' ':
			return s.fail(Form, "a control character must be escaped")
		default:
			r, n := utf8.DecodeRune(s.b[s.at:])
			if r == utf8.RuneError && n == 1 {
				return s.fail(Encoding, "the text is not UTF-8")
			}
			s.at += n
		}
	}
}

// escape reads what stands behind a backslash and writes its canonical form.
func (s *scanner) escape() *SyntaxError {
	if s.at+1 >= len(s.b) {
		return s.unexpected("a closing quote")
	}
	var r rune
	switch c := s.b[s.at+1]; c {
	case '"', '\\', '/':
		r = rune(c)
	case 'b':
		r = '\b'
	case 'f':
		r = '\f'
	case 'n':
		r = '\n'
	case 'r':
		r = '\r'
	case 't':
		r = '\t'
	case 'u':
		return s.unicode()
	default:
		return s.fail(Form, "no such escape")
	}
	s.at += 2
	s.write(r)
	return nil
}

// write writes a decoded character.
func (s *scanner) write(r rune) {
	var room [8]byte
	s.out.Write(appendEscape(room[:0], r))
}

// unicode reads \uXXXX, with its second half when it is a surrogate.
func (s *scanner) unicode() *SyntaxError {
	r, ok := s.hex(s.at)
	if !ok {
		return s.fail(Form, "four hexadecimal digits are expected")
	}
	n := 6
	if utf16.IsSurrogate(r) {
		low, ok := s.hex(s.at + 6)
		if !ok || s.b[s.at+6] != '\\' || s.b[s.at+7] != 'u' {
			return s.fail(Surrogate, "half of a surrogate pair")
		}
		if r = utf16.DecodeRune(r, low); r == utf8.RuneError {
			return s.fail(Surrogate, "half of a surrogate pair")
		}
		n = 12
	}
	s.at += n
	s.write(r)
	return nil
}

// hex reads the four digits of the escape that starts at position at.
func (s *scanner) hex(at int) (rune, bool) {
	if len(s.b)-at < 6 {
		return 0, false
	}
	var r rune
	for _, c := range s.b[at+2 : at+6] {
		switch {
		case isDigit(c):
			r = r<<4 | rune(c-'0')
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			r = r<<4 | rune(c|0x20-'a'+10)
		default:
			return 0, false
		}
	}
	return r, true
}

// number reads a number and writes it as it stands.
func (s *scanner) number() *SyntaxError {
	from := s.at
	if s.b[s.at] == '-' {
		s.at++
	}
	if s.at < len(s.b) && s.b[s.at] == '0' {
		s.at++
	} else if !s.run() {
		return s.unexpected("a digit")
	}
	if s.at < len(s.b) && s.b[s.at] == '.' {
		s.at++
		if !s.run() {
			return s.unexpected("a digit")
		}
	}
	if s.at < len(s.b) && s.b[s.at]|0x20 == 'e' {
		s.at++
		if s.at < len(s.b) && (s.b[s.at] == '+' || s.b[s.at] == '-') {
			s.at++
		}
		if !s.run() {
			return s.unexpected("a digit")
		}
	}
	if s.at-from > s.digits {
		s.at = from
		return s.fail(Number, "the number is too long")
	}
	s.out.Write(s.b[from:s.at])
	return nil
}

// run reads digits and reports whether there was one.
func (s *scanner) run() bool {
	from := s.at
	for s.at < len(s.b) && isDigit(s.b[s.at]) {
		s.at++
	}
	return s.at > from
}
