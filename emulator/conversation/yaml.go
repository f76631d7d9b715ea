package conversation

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
)

// emitter writes JSON as YAML in blocks, in one pass and without a tree: a recorder
// does this for every answer. It takes only what comes back byte for byte when the
// YAML is read and written as JSON; the rest is written as a text.
type emitter struct {
	out   []byte
	in    []byte
	at    int
	names []written // of the objects that are open, in out
}

// written is where a part of out is.
type written struct{ from, to int }

// emitters are kept for the memory of their names.
var emitters sync.Pool

// Bounds of what is written in blocks: what nests deeper is indented beyond reading,
// and YAML cuts names at a kilobyte.
const (
	maxBlocks = 64
	maxName   = 200
	maxNames  = 512
)

// appendValue appends the JSON in src, which follows "name:", and reports whether all
// of it could be written.
func appendValue(dst, src []byte, indent int) ([]byte, bool) {
	if len(src) == 0 || src[0] == '"' {
		return dst, false // a text is a literal body
	}
	e, ok := emitters.Get().(*emitter)
	if !ok {
		e = &emitter{}
	}
	*e = emitter{out: dst, in: src, names: e.names[:0]}
	ok = e.value(indent, 0, true) && e.at == len(src)
	out := e.out
	e.out, e.in = nil, nil
	emitters.Put(e)
	if !ok {
		return dst, false
	}
	return out, true
}

// value writes the value at e.at. member is true behind "name:", where a block begins
// on its own line, and false behind "-", where it begins on the same.
func (e *emitter) value(indent, depth int, member bool) bool {
	if e.at >= len(e.in) || depth > maxBlocks {
		return false
	}
	switch c := e.in[e.at]; c {
	case '{', '[':
		if e.at+1 < len(e.in) && (e.in[e.at+1] == c+2) { // '}' and ']' are two behind
			e.out = append(e.out, ' ', c, c+2, '\n')
			e.at += 2
			return true
		}
		if c == '{' {
			return e.object(indent, depth, member)
		}
		return e.array(indent, depth, member)
	case '"':
		if !e.text(indent) {
			return false
		}
		e.out = append(e.out, '\n')
		return true
	case 't', 'f', 'n':
		for _, word := range [...]string{"null", "true", "false"} {
			if rest := e.in[e.at:]; len(rest) >= len(word) && string(rest[:len(word)]) == word {
				e.out = append(append(append(e.out, ' '), word...), '\n')
				e.at += len(word)
				return true
			}
		}
		return false
	}
	return e.number()
}

func (e *emitter) number() bool {
	n := numberLength(e.in[e.at:])
	text := string(e.in[e.at : e.at+n])
	if n > 15 { // it could be beyond a float, which YAML would take for a text
		if _, err := strconv.ParseFloat(text, 64); err != nil {
			return false
		}
	} else if n == 0 || strings.ContainsAny(text, "eE") {
		if _, err := strconv.ParseFloat(text, 64); err != nil {
			return false
		}
	}
	e.out = append(append(append(e.out, ' '), text...), '\n')
	e.at += n
	return true
}

func (e *emitter) object(indent, depth int, member bool) bool {
	e.open(member)
	base := len(e.names)
	var seen uint64
	for first := true; ; first = false {
		e.at++ // the brace or comma
		e.pad(indent, first && !member)
		if e.at >= len(e.in) || e.in[e.at] != '"' || !e.name(base, &seen) {
			return false
		}
		if !e.value(indent+2, depth+1, true) || e.at >= len(e.in) {
			return false
		}
		switch e.in[e.at] {
		case '}':
			e.at++
			e.names = e.names[:base]
			return true
		case ',':
		default:
			return false
		}
	}
}

// name writes the name of a member, unless the object has it already: YAML has no
// second member of the same name. seen has a bit for each name, not always its own.
func (e *emitter) name(base int, seen *uint64) bool {
	from := len(e.out)
	if !e.word() || e.at >= len(e.in) || e.in[e.at] != ':' {
		return false
	}
	e.at++
	name := e.out[from:]
	if len(name) > maxName || len(e.names)-base > maxNames {
		return false
	}
	bit := uint64(1)
	if n := len(name); n > 0 {
		bit <<= (uint(n)*5 ^ uint(name[0]) ^ uint(name[n-1])<<3 ^ uint(name[n/2])<<1) & 63
	}
	if *seen&bit != 0 && slices.ContainsFunc(e.names[base:], func(n written) bool { return bytes.Equal(e.out[n.from:n.to], name) }) {
		return false
	}
	*seen |= bit
	e.names = append(e.names, written{from, len(e.out)})
	e.out = append(e.out, ':')
	return true
}

func (e *emitter) array(indent, depth int, member bool) bool {
	e.open(member)
	for first := true; ; first = false {
		e.at++
		e.pad(indent, first && !member)
		e.out = append(e.out, '-')
		if !e.value(indent+2, depth+1, false) || e.at >= len(e.in) {
			return false
		}
		switch e.in[e.at] {
		case ']':
			e.at++
			return true
		case ',':
		default:
			return false
		}
	}
}

// open begins a block.
func (e *emitter) open(member bool) {
	if member {
		e.out = append(e.out, '\n')
	}
}

// pad indents a line of a block; same is true for one that began already.
func (e *emitter) pad(indent int, same bool) {
	if same {
		e.out = append(e.out, ' ')
		return
	}
	e.out = appendBlanks(e.out, indent)
}

// blanks are as many as a line is ever indented with: two more for each block.
var blanks = strings.Repeat(" ", 2*maxBlocks+8)

func appendBlanks(b []byte, n int) []byte { return append(b, blanks[:n]...) }

// text writes the string at e.at: in lines of its own where it has several.
func (e *emitter) text(indent int) bool {
	e.out = append(e.out, ' ')
	if e.simple() {
		return true
	}
	s, ok := e.decoded()
	e.out = appendScalar(e.out, s, indent)
	return ok
}

// word writes the string at e.at on this line.
func (e *emitter) word() bool {
	if e.simple() {
		return true
	}
	s, ok := e.decoded()
	e.out = appendInline(e.out, s)
	return ok
}

// simple writes the string at e.at if it means in YAML, with quotes or without, what it
// means in JSON. Most do.
func (e *emitter) simple() bool {
	s, k := e.in[e.at+1:], byte(0)
	for n, c := range s {
		if b := byteKinds[c]; b&(escapedByte|wideByte) == 0 {
			k |= b
			continue
		}
		if c != '"' {
			return false
		}
		e.out = appendASCII(e.out, s[:n], k)
		e.at += n + 2
		return true
	}
	return false
}

// decoded is the JSON string at e.at, if it is escaped as appendString escapes.
func (e *emitter) decoded() (string, bool) {
	from := e.at + 1
	for i := from; i < len(e.in); i++ {
		switch c := e.in[i]; {
		case c == '"':
			s := string(e.in[from:i])
			e.at = i + 1
			return s, utf8.ValidString(s)
		case c == '\\':
			return e.escaped(from)
		case c < 0x20:
			return "", false
		}
	}
	return "", false
}

func (e *emitter) escaped(from int) (string, bool) {
	var b strings.Builder
	for i := from; i < len(e.in); i++ {
		switch c := e.in[i]; {
		case c == '"':
			e.at = i + 1
			return b.String(), utf8.ValidString(b.String())
		case c < 0x20:
			return "", false
		case c != '\\':
			b.WriteByte(c)
		case i+1 >= len(e.in):
			return "", false
		default:
			i++
			plain := unescape(e.in[i])
			if e.in[i] == 'u' {
				if i+4 >= len(e.in) {
					return "", false
				}
				digits := string(e.in[i+1 : i+5])
				n, err := strconv.ParseUint(digits, 16, 16)
				if err != nil || n >= 0x20 || shortEscape(byte(n)) != 0 || strings.ContainsAny(digits, "ABCDEF") {
					return "", false
				}
				plain = byte(n)
				i += 4
			} else if plain == 0 {
				return "", false
			}
			b.WriteByte(plain)
		}
	}
	return "", false
}

// unescape is what stands behind a letter of shortEscape, or 0.
func unescape(letter byte) byte {
	switch letter {
	case '"', '\\':
		return letter
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	}
	return 0
}

// AppendYAML appends JSON as a YAML document in blocks, from which fixtures and bodies of
// this format read the same JSON again; what has no form in blocks is JSON on one line.
func AppendYAML(dst, src []byte) []byte {
	out, ok := appendValue(nil, src, 0)
	if !ok || len(src) < 3 {
		return append(append(dst, src...), '\n')
	}
	return append(dst, bytes.TrimPrefix(out, []byte("\n"))...)
}
