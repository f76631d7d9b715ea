package conversation

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"
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

// AppendYAML appends JSON as a YAML document in blocks, from which fixtures and bodies of
// this format read the same JSON again; what has no form in blocks is JSON on one line.
func AppendYAML(dst, src []byte) []byte {
	out, ok := appendValue(nil, src, 0)
	if !ok || len(src) < 3 {
		return append(append(dst, src...), '\n')
	}
	return append(dst, bytes.TrimPrefix(out, []byte("\n"))...)
}
