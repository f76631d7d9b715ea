package page

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"
)

// quote is the length of the quotation mark in front, of any kind, else 0.
func (m *mender) quote() int { return quoteLen(m.in[m.pos:]) }

func quoteLen(b []byte) int {
	switch {
	case len(b) == 0:
		return 0
	case b[0] == '"' || b[0] == '\'':
		return 1
	case b[0] >= utf8.RuneSelf:
		if r, n := utf8.DecodeRune(b); r == '“' || r == '”' || r == '‘' || r == '’' {
			return n
		}
	}
	return 0
}

// text reads a string in any quotation marks and writes it in JSON's. A name
// whose closing mark is missing ends at its colon.
func (m *mender) text(name bool) {
	opener, n := utf8.DecodeRune(m.in[m.pos:])
	switch opener {
	case '"':
	case '\'':
		m.note(repairSingle)
	default:
		m.note(repairSmart)
	}
	m.pos += n
	m.out = append(m.out, '"')
	start := len(m.out)
	for m.pos < len(m.in) {
		c := m.in[m.pos]
		switch {
		case c == '\n' || c == '\r':
			if m.endsAtLine(opener) {
				m.unterminated(start, name)
				return
			}
			m.note(repairLineBreak)
			if c == '\n' {
				m.out = append(m.out, `\n`...)
			}
			m.pos++
		case c < ' ' || c == 0x7f:
			m.note(repairControl)
			if c == '\t' {
				m.out = append(m.out, `\t`...)
			}
			m.pos++
		case c == '\\':
			m.escape()
		default:
			if m.endQuote(opener) {
				m.out = append(m.out, '"')
				return
			}
			m.char()
		}
	}
	m.unterminated(start, name)
}

// char copies one character of a string.
func (m *mender) char() {
	r, n := utf8.DecodeRune(m.in[m.pos:])
	switch {
	case r == '"':
		m.note(repairQuote)
		m.out = append(m.out, `\"`...)
	case r == utf8.RuneError && n == 1:
		m.note(repairInvisible)
	default:
		m.out = append(m.out, m.in[m.pos:m.pos+n]...)
	}
	m.pos += n
}

func (m *mender) escape() {
	rest := m.in[m.pos:]
	if len(rest) > 1 && bytes.IndexByte([]byte(`"\/bfnrt`), rest[1]) >= 0 {
		m.out = append(m.out, rest[:2]...)
		m.pos += 2
		return
	}
	if len(rest) > 5 && rest[1] == 'u' && json.Valid([]byte(`"`+string(rest[:6])+`"`)) {
		m.out = append(m.out, rest[:6]...)
		m.pos += 6
		return
	}
	m.note(repairEscape)
	m.out = append(m.out, `\\`...)
	m.pos++
}

// endQuote reads the mark that ends a string. A quotation mark ends it when
// what follows could follow a string; any other is text (docs-format 5).
func (m *mender) endQuote(opener rune) bool {
	n := m.quote()
	if n == 0 {
		return false
	}
	r, _ := utf8.DecodeRune(m.in[m.pos:])
	after := m.in[m.pos+n:]
	switch {
	case r == '"' && opener != '\'':
		if !couldFollow(after) {
			return false
		}
	case r == '\'' && opener != '\'', opener == '\'' && r != '\'':
		return false
	case opener == '"':
		// A typographic mark inside straight ones is text, unless the straight one never comes.
		line := after[:lineEnd(after)]
		if !couldFollow(after) || bytes.IndexByte(line, '"') >= 0 && !bytes.HasPrefix(bytes.TrimLeft(after, " \t"), []byte(":")) {
			return false
		}
	default:
		if !couldFollow(after) {
			return false
		}
	}
	if r != opener && r != '"' {
		m.note(repairSmart)
	}
	m.pos += n
	return true
}

// couldFollow reports whether b could stand behind a string.
func couldFollow(b []byte) bool {
	for i, c := range b {
		switch c {
		case ' ', '\t':
			continue
		case ',', ':', '}', ']', '\n', '\r', '"', '#', '/', '{', '[':
			return true
		case '.':
			return bytes.HasPrefix(b[i:], []byte(".."))
		}
		return c >= utf8.RuneSelf && (invisible(b[i:]) > 0 || quoteLen(b[i:]) > 0 || bytes.HasPrefix(b[i:], []byte("…")))
	}
	return true
}

// endsAtLine tells a string whose mark was forgotten from one that runs over
// a line break: in the first case the next line begins like a new token.
func (m *mender) endsAtLine(opener rune) bool {
	rest := bytes.TrimLeft(m.in[m.pos:], "\r\n\t ")
	if len(rest) == 0 || rest[0] == '}' || rest[0] == ']' || rest[0] == '{' || rest[0] == '[' {
		return true
	}
	if n := quoteLen(rest); n > 0 && opener != '\'' {
		line := rest[n:lineEnd(rest)]
		for i := range line {
			if k := quoteLen(line[i:]); k > 0 {
				return bytes.HasPrefix(bytes.TrimLeft(line[i+k:], " \t"), []byte(":")) || couldFollow(line[i+k:])
			}
		}
	}
	return false
}

// unterminated ends a string at the end of its line. A comma there, and what
// stands behind the colon of a name, belong to the document, not the string.
func (m *mender) unterminated(start int, name bool) {
	m.note(repairUnterminated)
	body := m.out[start:]
	if colon := bytes.IndexByte(body, ':'); name && colon > 0 && bytes.IndexByte(body, '\\') < 0 {
		m.pos -= len(body) - colon
		m.out = append(m.out[:start+colon], '"')
		return
	}
	body = bytes.TrimRight(body, " \t")
	if bytes.HasSuffix(body, []byte(",")) {
		m.pos = bytes.LastIndexByte(m.in[:m.pos], ',')
		body = body[:len(body)-1]
	}
	m.out = append(m.out[:start+len(body)], '"')
}

// name reads an unquoted name, up to its colon.
func (m *mender) name() {
	m.note(repairName)
	m.bare(":,}]{[\n\"")
}

// word reads a literal, a number or an unquoted value, up to a delimiter.
func (m *mender) word() {
	start, from := m.pos, len(m.out)
	for m.pos < len(m.in) && bytes.IndexByte([]byte(",}] \t\r\n"), m.in[m.pos]) < 0 && invisible(m.in[m.pos:]) == 0 {
		m.pos++
	}
	if w := m.in[start:m.pos]; json.Valid(w) {
		m.out = append(m.out, w...)
		return
	}
	m.pos, m.out = start, m.out[:from]
	m.note(repairValue)
	m.bare(",}]\n")
}

// bare reads text up to one of stop and writes it as a string. It always
// moves on, so that no input can hold the reader.
func (m *mender) bare(stop string) {
	start := m.pos
	for m.pos < len(m.in) && bytes.IndexByte([]byte(stop), m.in[m.pos]) < 0 {
		m.pos++
	}
	if m.pos == start && m.pos < len(m.in) {
		m.pos++
	}
	raw := bytes.TrimRight(m.in[start:m.pos], " \t\r")
	if n := len(raw); n > 1 && raw[n-1] == '"' { // the opening mark was forgotten
		raw = raw[:n-1]
	}
	s, err := json.Marshal(string(raw))
	if err != nil {
		s = []byte(`""`)
	}
	m.out = append(m.out, s...)
}
