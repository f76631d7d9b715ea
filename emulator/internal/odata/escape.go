package odata

import (
	"strings"
	"unicode/utf8"
)

// unescape decodes %XX once. plus says whether + is a blank, as it is in a
// query and is not in a path. A percent sign that starts no escape stays: the
// service's own decoder is that lenient. It reports false when the result is
// not UTF-8.
func unescape(s string, plus bool) (string, bool) {
	if strings.IndexByte(s, '%') < 0 && (!plus || strings.IndexByte(s, '+') < 0) {
		return s, utf8.ValidString(s)
	}
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]):
			b.WriteByte(unhex(s[i+1])<<4 | unhex(s[i+2]))
			i += 2
		case c == '+' && plus:
			b.WriteByte(' ')
		default:
			b.WriteByte(c)
		}
	}
	out := b.String()
	return out, utf8.ValidString(out)
}

const upperHex = "0123456789ABCDEF"

// escapePath writes text so that it stands inside one path segment.
func escapePath(b *strings.Builder, s string) { escape(b, s, "!$&'()*+,;=:@-._~") }

// EscapeQuery writes text as a name or value of a query string. What Graph's
// own links leave readable stays readable.
func EscapeQuery(s string) string {
	var b strings.Builder
	escape(&b, s, "!$'()*,;:@-._~/=")
	return b.String()
}

func escape(b *strings.Builder, s, keep string) {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if isAlnum(c) || strings.IndexByte(keep, c) >= 0 {
			b.WriteByte(c)
			continue
		}
		b.WriteByte('%')
		b.WriteByte(upperHex[c>>4])
		b.WriteByte(upperHex[c&15])
	}
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
func isAlpha(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
func isAlnum(c byte) bool { return isDigit(c) || isAlpha(c) }
func isHex(c byte) bool   { return isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'f' }

func unhex(c byte) byte {
	if isDigit(c) {
		return c - '0'
	}
	return c | 0x20 - 'a' + 10
}
