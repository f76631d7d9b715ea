package scrub

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// json scrubs JSON, and reports whether data is any. What is not replaced stays as it
// is, to the byte; nothing replaced is data itself, else dst is where it is written.
func (s *Scrubber) json(dst, data []byte) ([]byte, bool) {
	j := jsonScan{s: s, in: data, out: dst}
	if !j.value(nil, 0, 0) {
		return data, false
	}
	if j.blanks(); j.at < len(j.in) {
		return data, false
	}
	if !j.changed {
		return data, true
	}
	return append(j.out, data[j.done:]...), true
}

// jsonScan goes through JSON once, and ends where it is none.
type jsonScan struct {
	s    *Scrubber
	in   []byte
	out  []byte
	done int
	at   int
	path []string // names and indexes, where there are own pointers

	changed bool // something was replaced
}

// maxDepth is that of encoding/json.
const maxDepth = 10_000

// blanks goes to the next byte that is none.
func (j *jsonScan) blanks() {
	for j.at < len(j.in) && j.in[j.at] <= ' ' {
		switch j.in[j.at] {
		case ' ', '\t', '\n', '\r':
			j.at++
		default:
			return
		}
	}
}

// next is the byte behind blanks; 0: there is none.
func (j *jsonScan) next() byte {
	j.blanks()
	if j.at < len(j.in) {
		return j.in[j.at]
	}
	return 0
}

// replace puts a text, as a JSON string, in the place of a part of the input.
func (j *jsonScan) replace(from, to int, with string) {
	if !j.changed {
		j.out, j.changed = slices.Grow(j.out, len(j.in)+len(j.in)/8+64), true
	}
	j.out = appendQuoted(append(j.out, j.in[j.done:from]...), with)
	j.done = to
}

// value scrubs the value at j.at, which stands under name. kind is what secretName
// says of the name, also of a list's.
func (j *jsonScan) value(name []byte, kind byte, depth int) bool {
	first := j.next()
	from := j.at
	if len(j.s.pointers) > 0 && j.own() {
		bare := jsonScan{s: &Scrubber{}, in: j.in, at: from} // to its end, without a rule
		if !bare.value(nil, 0, depth) {
			return false
		}
		if j.at = bare.at; string(j.in[from:j.at]) == "null" { // there is nothing to take out
			return true
		}
		j.replace(from, j.at, j.s.secret("pointer", "/"+strings.Join(j.path, "/"), string(j.in[from:j.at]), false))
		return true
	}
	switch {
	case depth > maxDepth:
		return false
	case first == '{':
		return j.object(depth + 1)
	case first == '[':
		return j.array(name, kind, depth+1)
	case first == '"':
		text, bytes, ok := j.text()
		if !ok {
			return false
		}
		if out, ok := j.s.below(name, kind, text, bytes); ok {
			j.replace(from, j.at, out)
		}
		return true
	}
	word := j.word()
	switch string(word) {
	case "null", "true", "false":
		return true
	}
	if !json.Valid(word) {
		return false
	}
	if kind == 's' {
		j.replace(from, j.at, j.s.secret("member", string(name), string(word), false))
	}
	return true
}

func (j *jsonScan) object(depth int) bool {
	j.at++
	if j.next() == '}' {
		j.at++
		return true
	}
	for {
		if j.next() != '"' {
			return false
		}
		from := j.at
		name, bytes, ok := j.text()
		if !ok {
			return false
		}
		if len(name) >= 8 && bytes != letterBytes && name[0] != '@' {
			c := scan{s: j.s, in: string(name)} // those of some dictionaries are ids
			if out := c.run(); out != c.in {
				j.replace(from, j.at, out)
			}
		}
		if j.next() != ':' {
			return false
		}
		j.at++
		j.push(name)
		kind := byte(0)
		if bytes != letterBytes || len(name) > 0 && nameFirsts.may(len(name), name[0]) {
			kind = secretName(name)
		}
		if !j.value(name, kind, depth) {
			return false
		}
		j.pop()
		switch j.next() {
		case '}':
			j.at++
			return true
		case ',':
			j.at++
		default:
			return false
		}
	}
}

func (j *jsonScan) array(name []byte, kind byte, depth int) bool {
	j.at++
	if j.next() == ']' {
		j.at++
		return true
	}
	for i := 0; ; i++ {
		if len(j.s.pointers) > 0 {
			j.push(strconv.AppendInt(nil, int64(i), 10))
		}
		if !j.value(name, kind, depth) {
			return false
		}
		j.pop()
		switch j.next() {
		case ']':
			j.at++
			return true
		case ',':
			j.at++
		default:
			return false
		}
	}
}

func (j *jsonScan) push(name []byte) {
	if len(j.s.pointers) > 0 {
		j.path = append(j.path, string(name))
	}
}

func (j *jsonScan) pop() {
	if len(j.s.pointers) > 0 {
		j.path = j.path[:len(j.path)-1]
	}
}

// own reports whether an own pointer leads here.
func (j *jsonScan) own() bool {
	for _, p := range j.s.pointers {
		if len(p) != len(j.path) {
			continue
		}
		same := true
		for i, part := range p {
			same = same && (part == "*" || strings.EqualFold(part, j.path[i]))
		}
		if same {
			return true
		}
	}
	return false
}

// The kinds of the bytes of a text, which are put together for all of it.
const (
	letterBytes = 1 << iota
	digitBytes  // and what else is part of words
	blankBytes  // and dashes
	otherBytes
	endBytes // of texts: a quote, a backslash, what may not be there
)

var byteKinds = func() (t [256]byte) {
	for c := range t {
		switch b := byte(c); {
		case b|0x20 >= 'a' && b|0x20 <= 'z':
			t[c] = letterBytes
		case wordByte[b] == letterByte:
			t[c] = digitBytes
		case b == ' ' || b == '-':
			t[c] = blankBytes
		case b < ' ' || b == '"' || b == '\\':
			t[c] = endBytes
		default:
			t[c] = otherBytes
		}
	}
	return t
}()

// text reads the string at j.at, and tells what bytes it is made of.
func (j *jsonScan) text() (text []byte, bytes byte, ok bool) {
	from := j.at + 1
	for i, c := range j.in[from:] {
		k := byteKinds[c]
		if k != endBytes {
			bytes |= k
			continue
		}
		switch i += from; c {
		case '"':
			j.at = i + 1
			return j.in[from:i], bytes, true
		case '\\':
			text, ok := j.escaped(from-1, i)
			return text, otherBytes, ok
		}
		return nil, 0, false
	}
	return nil, 0, false
}

// escaped reads the string at from, which has an escape at i.
func (j *jsonScan) escaped(from, i int) ([]byte, bool) {
	for ; i < len(j.in) && j.in[i] != '"'; i++ {
		if j.in[i] == '\\' {
			i++
		}
	}
	if i >= len(j.in) {
		return nil, false
	}
	j.at = i + 1
	var out string
	err := json.Unmarshal(j.in[from:j.at], &out)
	return []byte(out), err == nil
}

// word reads what stands at j.at and is no string: a number, or one of three words.
func (j *jsonScan) word() []byte {
	from := j.at
	for j.at < len(j.in) && wordByte[j.in[j.at]] != 0 {
		j.at++
	}
	return j.in[from:j.at]
}

// appendQuoted writes a text as a JSON string.
func appendQuoted(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c >= 0x7f {
			return appendEncoded(b, s)
		}
	}
	return append(append(append(b, '"'), s...), '"')
}

func appendEncoded(b []byte, s string) []byte {
	out := bytes.NewBuffer(b)
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil { // unreachable: it is a string
		return append(b, '"', '"')
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n"))
}

// below gives what a text made of such bytes becomes under a name, if that is something
// else. Most texts are one of those that are looked at here.
func (s *Scrubber) below(name []byte, kind byte, text []byte, bytes byte) (string, bool) {
	n := len(text)
	switch {
	case n == 0:
		return "", false
	case kind != 0 || s.names && isLocalName(name):
	case len(s.patterns) == 0 && n < minEncoded && bytes < otherBytes && !s.known.upTo(n): // words, which divide no name, no address and no parameter
		return "", false
	case bareGUID(s, text):
		if productName(name) {
			return "", false
		}
		out, ok := standIn(s, "guid", text)
		if !ok {
			out = s.guid(string(text))
		}
		return out, out != string(text)
	default:
		out, ok := keptText(s, memberText, text)
		if !ok {
			met := s.known.met.Load()
			out = s.keepText(memberText, string(text), s.member(string(name), 0, string(text)), met)
		}
		return out, out != string(text)
	}
	out := s.member(string(name), kind, string(text))
	return out, out != string(text)
}

// productName reports whether a member holds the id of a product of Microsoft's or of a
// part of one: those are the same in every tenant.
func productName(name []byte) bool {
	switch string(name) {
	case "skuId", "servicePlanId", "disabledPlans":
		return true
	}
	return false
}

// bareGUID reports whether a text is a GUID, and nothing that it could be besides.
func bareGUID[T string | []byte](s *Scrubber, text T) bool {
	return len(text) == 36 && s.names && len(s.patterns) == 0 && !s.known.has(36) && isGUID(text)
}

// member scrubs a text that stands under a name.
func (s *Scrubber) member(name string, kind byte, text string) string {
	switch kind {
	case 's':
		return s.secret("member", name, text, false)
	case 't':
		if out, ok := s.jwt(text, 0); ok {
			return out
		}
		return s.secret("member", name, text, true)
	case 'u':
		return s.open(name, text)
	}
	if s.names && isLocalName(name) && !strings.ContainsAny(text, "@ ") {
		return s.label("user", text)
	}
	if c := text[0]; c == '{' || c == '[' { // JSON in a text
		if out, ok := s.json(nil, []byte(text)); ok {
			return string(out)
		}
	}
	if len(text) >= minEncoded && len(s.patterns) == 0 && isBase64(text) { // its slashes would divide it
		if out, ok := s.base64(text, 0); ok {
			return out
		}
	}
	return s.text(text, false)
}

func isLocalName[T string | []byte](name T) bool {
	return (len(name) == len("mailNickname") || len(name) == len("onPremisesSamAccountName")) && localNames[strings.ToLower(string(name))]
}

func isBase64(s string) bool {
	for i := range len(s) {
		if c := s[i]; wordByte[c] == 0 && c != '/' && c != '=' || c == '.' || c == '@' || c == '~' {
			return false
		}
	}
	return true
}

// open scrubs an address that lets in who knows it. Where no parameter is known for a
// secret, the long parts of the path and the query are.
func (s *Scrubber) open(name, address string) string {
	var hits int
	s.counting(&hits).text(address, false)
	if hits > 0 || !strings.Contains(address, "://") {
		return s.text(address, false)
	}
	rest := strings.SplitN(address, "/", 4)
	if len(rest) < 4 {
		return s.text(address, false)
	}
	parts := strings.FieldsFunc(rest[3], func(r rune) bool { return strings.ContainsRune("/?&=", r) })
	for _, p := range parts {
		if len(p) >= 20 && !(len(p) == 36 && isGUID(p)) && !isStandIn(p) {
			address = strings.Replace(address, p, s.secret("address", name, p, true), 1)
		}
	}
	return s.text(address, false)
}

// counting is a Scrubber with the same rules that counts what it finds.
func (s *Scrubber) counting(n *int) *Scrubber {
	return &Scrubber{key: s.key, kept: s.kept, headers: s.headers, patterns: s.patterns,
		found: func(string, string) { *n++ }}
}

var (
	privateKey = later(`(?s)-----BEGIN ([A-Z ]*PRIVATE KEY)-----.*?(-----END [A-Z ]*PRIVATE KEY-----|$)`)
	recovery   = later(`\b\d{6}(-\d{6}){7}\b`) // BitLocker's
	element    = later(`(?i)(<(?:[a-z0-9]+:)?(?:password|binarysecuritytoken|ciphervalue|secret|assertion|saml_response)\b[^>]*>)([^<]+)(<)`)
	field      = later(`(?i)(<input\b[^>]*\bname=["']?([a-z_]+)["']?[^>]*\bvalue=["'])([^"']+)`)
	dleif      = later(`(?i)(<input\b[^>]*\bvalue=["'])([^"']+)(["'][^>]*\bname=["']?([a-z_]+))`)
)

// later compiles an expression when it is first asked for: an emulator that scrubs nothing
// starts without them.
func later(expr string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}

// large takes out secrets of more than a word.
func (s *Scrubber) large(text string) string {
	if len(text) >= 40 && strings.Contains(text, "PRIVATE KEY-----") {
		text = privateKey().ReplaceAllStringFunc(text, func(found string) string { return s.secret("key", "PEM", found, false) })
	}
	if len(text) >= 55 && strings.Count(text, "-") >= 7 {
		text = recovery().ReplaceAllStringFunc(text, func(found string) string { return s.secret("key", "BitLocker recovery key", found, false) })
	}
	return text
}

// markup takes out secrets of elements and of fields of forms.
func (s *Scrubber) markup(text string) string {
	text = element().ReplaceAllStringFunc(text, func(found string) string {
		m := element().FindStringSubmatch(found)
		return m[1] + s.secret("element", m[1], m[2], false) + m[3]
	})
	hidden := func(name string) bool { return secretName(name) != 0 || parameterNames[strings.ToLower(name)] }
	text = field().ReplaceAllStringFunc(text, func(found string) string {
		if m := field().FindStringSubmatch(found); hidden(m[2]) {
			return m[1] + s.secret("field", m[2], m[3], true)
		}
		return found
	})
	return dleif().ReplaceAllStringFunc(text, func(found string) string {
		if m := dleif().FindStringSubmatch(found); hidden(m[4]) {
			return m[1] + s.secret("field", m[4], m[2], true) + m[3]
		}
		return found
	})
}

// looksSecret reports whether a word has the form of a secret, whatever it stands under.
func (s *Scrubber) looksSecret(w string) bool { return s.form(w) != "" }

// form names the form of secrets that a word has.
func (s *Scrubber) form(w string) string {
	if len(w) < 20 {
		return ""
	}
	if len(w) >= 34 && len(w) <= 44 && w[3] >= '0' && w[3] <= '9' && w[4:6] == "Q~" {
		return "client secret"
	}
	switch w[0] {
	case 'g', 'x', 'A', 's', 'r', 'n', 'S', 'd', 'h', '0', '1', 'M', 'O', 'P':
		for _, f := range secretForms {
			if len(w) >= f.length && strings.HasPrefix(w, f.prefix) && !strings.ContainsAny(w, "@") {
				return f.prefix + "…"
			}
		}
	}
	return ""
}
