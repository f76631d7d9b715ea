package conversation

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// appendScalar writes a text: in lines of its own where it has several, else on this
// one. indent is that of the lines.
func appendScalar(b []byte, s string, indent int) []byte {
	if !blockable(s) {
		return appendInline(b, s)
	}
	body, chomp := strings.TrimSuffix(s, "\n"), ""
	if body == s {
		chomp = "-"
	}
	b = append(append(b, '|'), chomp...)
	for line := range strings.SplitSeq(body, "\n") {
		b = append(b, '\n')
		if line != "" {
			b = append(appendBlanks(b, indent), line...)
		}
	}
	return b
}

// blockable reports whether a text is the same when it is written in lines. Blanks at
// the beginning would count as indentation, and at the end as none.
func blockable(s string) bool {
	i := strings.IndexByte(s, '\n')
	if i <= 0 || s[0] == ' ' || s[0] == '\t' || len(s) < 24 {
		return false
	}
	for _, r := range s {
		if r != '\n' && r != '\t' && !printable(r) {
			return false
		}
	}
	body := strings.TrimSuffix(s, "\n")
	last := body[strings.LastIndexByte(body, '\n')+1:]
	return utf8.ValidString(s) && strings.Trim(last, " \t") != "" && !strings.HasSuffix(body, "\n")
}

// appendInline writes a text on one line, without quotes where nobody could take it
// for anything else.
func appendInline(b []byte, s string) []byte {
	k := kindOf(s)
	if k&(escapedByte|wideByte) == 0 {
		return appendASCII(b, s, k)
	}
	if plainText(s, k) {
		return append(b, s...)
	}
	const hex = "0123456789abcdef"
	b = append(b, '"')
	for i, r := range s {
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r == utf8.RuneError && !utf8.ValidString(s[i:i+1]): // unreachable: texts are checked
			b = append(b, `\ufffd`...)
		case printable(r):
			b = utf8.AppendRune(b, r)
		case r == '\n':
			b = append(b, '\\', 'n')
		case r == '\t':
			b = append(b, '\\', 't')
		case r == '\r':
			b = append(b, '\\', 'r')
		case r < 0x100:
			b = append(b, '\\', 'x', hex[r>>4], hex[r&15])
		case r > 0xffff:
			b = append(b, '\\', 'U', '0', '0', hex[r>>20&15], hex[r>>16&15], hex[r>>12&15], hex[r>>8&15], hex[r>>4&15], hex[r&15])
		default:
			b = append(b, '\\', 'u', hex[r>>12&15], hex[r>>8&15], hex[r>>4&15], hex[r&15])
		}
	}
	return append(b, '"')
}

// printable reports whether a character stands for itself between quotes.
func printable(r rune) bool {
	return r >= ' ' && r < 0x7f || r >= 0xa0 && r < 0xfffe && r != 0xfeff && r != 0x2028 && r != 0x2029 || r > 0xffff && r&0xfffe != 0xfffe
}

// appendASCII writes a text of kind k that is neither escaped nor wide.
func appendASCII[T string | []byte](b []byte, s T, k byte) []byte {
	if plainText(s, k) {
		return append(b, s...)
	}
	return append(append(append(b, '"'), s...), '"')
}

// The byteKinds of the bytes of a text that are not just part of a word.
const (
	colonByte   = 1 << iota // with a blank behind it, the end of a name
	quotedByte              // stands for itself between quotes only
	escapedByte             // not even there
	wideByte                // no ASCII
)

// byteKinds are those of all bytes; 0 is a part of a word.
var byteKinds = func() (t [256]byte) {
	for c := range t {
		switch {
		case c >= 0x80:
			t[c] = wideByte
		case c < ' ' || c == '"' || c == '\\' || c == 0x7f:
			t[c] = escapedByte
		default:
			t[c] = quotedByte
		}
	}
	for _, c := range "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 _-+./,;@=~()'$&?%!*{}[]<>|" {
		t[c] = 0
	}
	t[':'] = colonByte
	return t
}()

// kindOf is what the bytes of a text are, all together.
func kindOf[T string | []byte](s T) (k byte) {
	for i := range len(s) {
		k |= byteKinds[s[i]]
	}
	return k
}

// plainText reports whether a text of kind k needs no quotes: it begins with a letter, a
// slash or a marker, or is a GUID, and is no word that means something else.
func plainText[T string | []byte](s T, k byte) bool {
	if len(s) == 0 || len(s) > 4096 || k&(quotedByte|escapedByte) != 0 {
		return false
	}
	if last := s[len(s)-1]; last == ' ' || last == ':' {
		return false
	}
	c := s[0]
	letter := c|0x20 >= 'a' && c|0x20 <= 'z'
	if k&wideByte != 0 {
		first, _ := utf8.DecodeRuneInString(string(s))
		letter = unicode.IsLetter(first)
		if strings.ContainsFunc(string(s), func(r rune) bool { return !printable(r) }) {
			return false
		}
	}
	if !letter && c != '/' && c != '$' && !guid(s) {
		return false
	}
	if k&colonByte != 0 && endsName(s) {
		return false
	}
	return !letter || len(s) > 5 || wordFirsts&(1<<(c&31)) == 0 || !words[strings.ToLower(string(s))]
}

// endsName reports whether what stands in front of a colon in s would be taken for a name.
func endsName[T string | []byte](s T) bool {
	for i := 1; i < len(s); i++ {
		if s[i] == ' ' && s[i-1] == ':' {
			return true
		}
	}
	return false
}

// words are texts that some YAML takes for something else.
var words = map[string]bool{"true": true, "false": true, "yes": true, "no": true, "on": true, "off": true, "null": true, "y": true, "n": true, "nan": true, "inf": true}

// wordFirsts has a bit for each letter that one of them begins with.
var wordFirsts = func() (f uint32) {
	for w := range words {
		f |= 1 << (w[0] & 31)
	}
	return f
}()

func guid[T string | []byte](s T) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		if dash := i == 8 || i == 13 || i == 18 || i == 23; dash != (s[i] == '-') {
			return false
		}
	}
	return true
}
