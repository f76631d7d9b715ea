package page

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"
)

// What RepairJSON says it did. The words are stable: they are facts of a page.
const (
	repairTrailingComma = "trailing comma"
	repairMissingComma  = "missing comma"
	repairMissingColon  = "missing colon"
	repairMissingCloser = "missing closer"
	repairCloser        = "mismatched closer"
	repairLineBreak     = "line break in string"
	repairUnterminated  = "unterminated string"
	repairQuote         = "unescaped quote in string"
	repairSmart         = "smart quotes"
	repairSingle        = "single quotes"
	repairName          = "unquoted name"
	repairValue         = "unquoted value"
	repairNoValue       = "name without value"
	repairNoName        = "object member without name"
	repairEllipsis      = "ellipsis"
	repairComment       = "comment"
	repairInvisible     = "invisible character"
	repairControl       = "control character in string"
	repairEscape        = "bad escape"
	repairStray         = "stray character"
	repairTrailingText  = "trailing text"
)

// maxDepth bounds nesting; no page comes near it, and a page is untrusted.
const maxDepth = 200

// RepairJSON makes valid JSON of text that was meant as JSON, changing as
// little as it can. It returns the text itself, without repairs, when it is
// valid already; repairs names each kind of change once, in order of first
// use. ok is false when the text is not JSON at all, such as "{stream}" or
// "(binary contents)"; fixed is nil then.
func RepairJSON(text []byte) (fixed []byte, repairs []string, ok bool) {
	if json.Valid(text) {
		return text, nil, true
	}
	trimmed := bytes.TrimSpace(bytes.TrimPrefix(text, []byte("\uFEFF")))
	if len(trimmed) == 0 || !meantAsJSON(trimmed) {
		return nil, nil, false
	}
	m := mender{in: text, out: make([]byte, 0, len(text)+16)}
	m.space()
	m.value(0)
	if m.deep {
		return nil, nil, false
	}
	m.space()
	if m.pos < len(m.in) {
		m.note(repairTrailingText)
	}
	if !json.Valid(m.out) {
		return nil, nil, false
	}
	return m.out, m.repairs, true
}

// meantAsJSON tells a broken document from words in braces: a document has
// a quote or a colon, or nothing but punctuation.
func meantAsJSON(t []byte) bool {
	if t[0] != '{' && t[0] != '[' {
		return false
	}
	if bytes.ContainsAny(t, "\":'“”") {
		return true
	}
	for _, c := range t {
		if c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= utf8.RuneSelf {
			return bytes.HasSuffix(t, []byte("..")) // an ellipsis and nothing else is prose too
		}
	}
	return true
}

// mender reads tolerantly and writes strictly. White space is kept where it
// stands, so that a repaired example still looks like the page.
type mender struct {
	in, out []byte
	pos     int
	repairs []string
	arrays  int  // open arrays: what a stray ']' may close
	objects int  // open objects, likewise
	deep    bool // maxDepth was exceeded; the result is void
}

func (m *mender) note(what string) {
	for _, r := range m.repairs {
		if r == what {
			return
		}
	}
	m.repairs = append(m.repairs, what)
}

func (m *mender) peek() byte {
	if m.pos < len(m.in) {
		return m.in[m.pos]
	}
	return 0
}

// space copies white space and drops what may stand between tokens of a
// documentation example but not of JSON: comments, ellipses, invisible blanks.
func (m *mender) space() {
	for m.pos < len(m.in) {
		c := m.in[m.pos]
		rest := m.in[m.pos:]
		switch {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			m.out = append(m.out, c)
			m.pos++
		case c == '#' || bytes.HasPrefix(rest, []byte("//")):
			m.note(repairComment)
			m.pos += lineEnd(rest)
		case bytes.HasPrefix(rest, []byte("/*")):
			m.note(repairComment)
			if end := bytes.Index(rest, []byte("*/")); end >= 0 {
				m.pos += end + 2
			} else {
				m.pos = len(m.in)
			}
		case bytes.HasPrefix(rest, []byte("..")) || bytes.HasPrefix(rest, []byte("…")):
			m.note(repairEllipsis)
			for m.peek() == '.' {
				m.pos++
			}
			if bytes.HasPrefix(m.in[m.pos:], []byte("…")) {
				m.pos += len("…")
			}
		default:
			n := invisible(rest)
			if n == 0 {
				return
			}
			m.note(repairInvisible)
			m.pos += n
		}
	}
}

func lineEnd(b []byte) int {
	if n := bytes.IndexByte(b, '\n'); n >= 0 {
		return n
	}
	return len(b)
}

// invisible is the length of the no-break blank, zero-width character,
// control character or broken byte in front, else 0.
func invisible(b []byte) int {
	if b[0] < utf8.RuneSelf {
		if b[0] < ' ' || b[0] == 0x7f {
			return 1
		}
		return 0
	}
	r, n := utf8.DecodeRune(b)
	switch {
	case r == utf8.RuneError, r == 0xA0, r == 0xFEFF, r == 0x3000, r >= 0x2000 && r <= 0x200F, r == 0x202F, r == 0x2060:
		return n
	}
	return 0
}

// value reads one value. It always writes one, null if nothing is there.
func (m *mender) value(depth int) {
	if depth > maxDepth {
		m.deep = true
		m.pos = len(m.in)
		return
	}
	switch c := m.peek(); {
	case c == '{':
		m.object(depth)
	case c == '[':
		m.array(depth)
	case m.quote() > 0:
		m.text(false)
	default:
		m.word()
	}
}

// object reads members up to its brace. Commas are written when they are
// seen and taken back when nothing follows.
func (m *mender) object(depth int) {
	m.pos++
	m.out = append(m.out, '{')
	m.objects++
	defer func() { m.objects-- }()
	list := listState{comma: -1}
	for {
		m.space()
		if m.closes('}', ']', m.arrays) {
			m.close(&list, '}')
			return
		}
		if m.comma(&list) || m.stray() {
			continue
		}
		if c := m.peek(); c == '{' || c == '[' {
			m.note(repairNoName)
			keep := len(m.out)
			m.value(depth + 1)
			m.out = m.out[:keep]
			continue
		}
		m.separate(&list)
		if m.quote() > 0 {
			m.text(true)
		} else {
			m.name()
		}
		m.member(depth)
		list.end, list.comma, list.some = len(m.out), -1, true
	}
}

// member reads what follows a name: colon and value, or neither.
func (m *mender) member(depth int) {
	end := len(m.out)
	m.space()
	c := m.peek()
	switch {
	case c == ':':
		m.out = append(m.out, ':')
		m.pos++
		m.space()
		if c = m.peek(); c == ',' || c == '}' || c == ']' || c == 0 {
			m.note(repairNoValue)
			m.out = append(m.out, "null"...)
			return
		}
		m.value(depth + 1)
	case c == ',' || c == '}' || c == ']' || c == 0:
		m.note(repairNoValue)
		m.insert(end, ": null")
	default:
		m.note(repairMissingColon)
		m.insert(end, ":")
		m.value(depth + 1)
	}
}

func (m *mender) array(depth int) {
	m.pos++
	m.out = append(m.out, '[')
	m.arrays++
	defer func() { m.arrays-- }()
	list := listState{comma: -1}
	for {
		m.space()
		if m.closes(']', '}', m.objects) {
			m.close(&list, ']')
			return
		}
		if m.comma(&list) || m.stray() {
			continue
		}
		m.separate(&list)
		m.value(depth + 1)
		list.end, list.comma, list.some = len(m.out), -1, true
	}
}

// listState is where a list stands: the end of its last element and its
// pending comma in the output, -1 for none.
type listState struct {
	end, comma int
	some       bool
}

// closes reports whether the list ends here. The closer of another list ends
// this one too, unread, when such a list is open further out.
func (m *mender) closes(own, other byte, open int) bool {
	switch c := m.peek(); {
	case m.pos >= len(m.in):
		m.note(repairMissingCloser)
		return true
	case c == own:
		m.pos++
		return true
	case c == other && open > 0:
		m.note(repairCloser)
		return true
	}
	return false
}

func (m *mender) close(l *listState, closer byte) {
	if l.comma >= 0 {
		m.note(repairTrailingComma)
		m.out = append(m.out[:l.comma], m.out[l.comma+1:]...)
	}
	m.out = append(m.out, closer)
}

// comma reads a comma, if there is one. A second one in a row is dropped.
func (m *mender) comma(l *listState) bool {
	if m.peek() != ',' {
		return false
	}
	m.pos++
	if l.comma >= 0 || !l.some {
		m.note(repairTrailingComma)
		return true
	}
	l.comma = len(m.out)
	m.out = append(m.out, ',')
	return true
}

// separate puts the comma an element needs in front of it.
func (m *mender) separate(l *listState) {
	if l.some && l.comma < 0 {
		m.note(repairMissingComma)
		m.insert(l.end, ",")
	}
}

// stray drops punctuation that can begin neither a name nor a value, and
// closers of lists that were never opened.
func (m *mender) stray() bool {
	switch m.peek() {
	case '}', ']', ':', ')', '(', ';', '>', '=', '`', '\\', '/', '*':
		m.note(repairStray)
		m.pos++
		return true
	case '-':
		if quoteLen(m.in[m.pos+1:]) > 0 {
			m.note(repairStray)
			m.pos++
			return true
		}
	}
	return false
}

func (m *mender) insert(at int, s string) {
	m.out = append(m.out, s...)
	copy(m.out[at+len(s):], m.out[at:])
	copy(m.out[at:], s)
}
