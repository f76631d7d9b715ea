package scrub

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
)

// json scrubs valid JSON. What is not replaced stays as it is, to the byte.
func (s *Scrubber) json(data []byte) []byte {
	j := jsonScan{s: s, in: string(data)}
	j.value("", 0)
	if j.out == nil {
		return data
	}
	return append(j.out, data[j.done:]...)
}

type jsonScan struct {
	s    *Scrubber
	in   string // one string, so that its parts need no memory
	out  []byte
	done int
	at   int
	path []string // names and indexes, where there are own pointers
}

func (j *jsonScan) blanks() {
	for j.at < len(j.in) && j.in[j.at] <= ' ' {
		j.at++
	}
}

// replace puts a text, as a JSON string, in the place of a part of the input.
func (j *jsonScan) replace(from, to int, with string) {
	if j.out == nil {
		j.out = make([]byte, 0, len(j.in)+len(j.in)/8+64)
	}
	j.out = appendQuoted(append(j.out, j.in[j.done:from]...), with)
	j.done = to
}

// value scrubs the value at j.at, which stands under name. kind is what secretName
// says of the name, also of a list's.
func (j *jsonScan) value(name string, kind byte) {
	j.blanks()
	from := j.at
	if len(j.s.pointers) > 0 && j.own() {
		j.skip()
		j.replace(from, j.at, j.s.secret("pointer", "/"+strings.Join(j.path, "/"), j.in[from:j.at], false))
		return
	}
	switch j.in[j.at] {
	case '{':
		j.object()
	case '[':
		j.array(name, kind)
	case '"':
		text := j.text()
		if out := j.s.member(name, kind, text); out != text {
			j.replace(from, j.at, out)
		}
	default:
		j.skip()
		if word := j.in[from:j.at]; kind == 's' && word[0] != 'n' && word[0] != 't' && word[0] != 'f' {
			j.replace(from, j.at, j.s.secret("member", name, word, false))
		}
	}
}

func (j *jsonScan) object() {
	j.at++
	for {
		j.blanks()
		if j.in[j.at] == '}' {
			j.at++
			return
		}
		if j.in[j.at] == ',' {
			j.at++
			j.blanks()
		}
		from := j.at
		name := j.text()
		if out := j.s.memberName(name); out != name {
			j.replace(from, j.at, out)
		}
		j.blanks()
		j.at++ // the colon
		j.push(name)
		j.value(name, secretName(name))
		j.pop()
	}
}

func (j *jsonScan) array(name string, kind byte) {
	j.at++
	for i := 0; ; i++ {
		j.blanks()
		if j.in[j.at] == ']' {
			j.at++
			return
		}
		if j.in[j.at] == ',' {
			j.at++
		}
		j.push(strconv.Itoa(i))
		j.value(name, kind)
		j.pop()
	}
}

func (j *jsonScan) push(name string) {
	if len(j.s.pointers) > 0 {
		j.path = append(j.path, name)
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

// text reads the string at j.at.
func (j *jsonScan) text() string {
	from := j.at + 1
	for i := from; ; i++ {
		switch j.in[i] {
		case '"':
			j.at = i + 1
			return j.in[from:i]
		case '\\':
			for i += 2; j.in[i] != '"'; i++ {
				if j.in[i] == '\\' {
					i++
				}
			}
			j.at = i + 1
			var out string
			if err := json.Unmarshal([]byte(j.in[from-1:j.at]), &out); err != nil { // unreachable: it is valid
				return ""
			}
			return out
		}
	}
}

// skip goes behind the value at j.at.
func (j *jsonScan) skip() {
	depth := 0
	for j.at < len(j.in) {
		switch j.in[j.at] {
		case '"':
			j.text()
			if depth == 0 {
				return
			}
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 {
				return
			}
			if depth--; depth == 0 {
				j.at++
				return
			}
		case ',', ' ', '\n', '\r', '\t':
			if depth == 0 {
				return
			}
		}
		j.at++
	}
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

// memberName scrubs the name of a member: those of some dictionaries are ids.
func (s *Scrubber) memberName(name string) string {
	if len(name) < 8 || name[0] == '@' || letters(name) {
		return name
	}
	c := scan{s: s, in: name}
	return c.run()
}

func letters(s string) bool {
	for i := range len(s) {
		if c := s[i] | 0x20; c < 'a' || c > 'z' {
			return false
		}
	}
	return true
}

// member scrubs a text that stands under a name.
func (s *Scrubber) member(name string, kind byte, text string) string {
	if text == "" {
		return text
	}
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
	if s.names && (len(name) == len("mailNickname") || len(name) == len("onPremisesSamAccountName")) && localNames[strings.ToLower(name)] && !strings.ContainsAny(text, "@ ") {
		return s.label("user", text)
	}
	if c := text[0]; (c == '{' || c == '[') && json.Valid([]byte(text)) { // JSON in a text
		return string(s.json([]byte(text)))
	}
	if len(text) >= 16 && len(s.patterns) == 0 && isBase64(text) { // its slashes would divide it
		if out, ok := s.base64(text, 0); ok {
			return out
		}
	}
	return s.text(text, false)
}

func isBase64(s string) bool {
	for i := range len(s) {
		if c := s[i]; !wordByte[c] && c != '/' && c != '=' || c == '.' || c == '@' || c == '~' {
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
	return &Scrubber{key: s.key, kept: s.kept, headers: s.headers, patterns: s.patterns, standIns: map[named]string{}, secrets: map[string]string{},
		found: func(string, string) { *n++ }}
}

var (
	privateKey = regexp.MustCompile(`(?s)-----BEGIN ([A-Z ]*PRIVATE KEY)-----.*?(-----END [A-Z ]*PRIVATE KEY-----|$)`)
	recovery   = regexp.MustCompile(`\b\d{6}(-\d{6}){7}\b`) // BitLocker's
	element    = regexp.MustCompile(`(?i)(<(?:[a-z0-9]+:)?(?:password|binarysecuritytoken|ciphervalue|secret|assertion|saml_response)\b[^>]*>)([^<]+)(<)`)
	field      = regexp.MustCompile(`(?i)(<input\b[^>]*\bname=["']?([a-z_]+)["']?[^>]*\bvalue=["'])([^"']+)`)
	dleif      = regexp.MustCompile(`(?i)(<input\b[^>]*\bvalue=["'])([^"']+)(["'][^>]*\bname=["']?([a-z_]+))`)
)

// large takes out secrets of more than a word.
func (s *Scrubber) large(text string) string {
	if len(text) >= 40 && strings.Contains(text, "PRIVATE KEY-----") {
		text = privateKey.ReplaceAllStringFunc(text, func(found string) string { return s.secret("key", "PEM", found, false) })
	}
	if len(text) >= 55 && strings.Count(text, "-") >= 7 {
		text = recovery.ReplaceAllStringFunc(text, func(found string) string { return s.secret("key", "BitLocker recovery key", found, false) })
	}
	return text
}

// markup takes out secrets of elements and of fields of forms.
func (s *Scrubber) markup(text string) string {
	text = element.ReplaceAllStringFunc(text, func(found string) string {
		m := element.FindStringSubmatch(found)
		return m[1] + s.secret("element", m[1], m[2], false) + m[3]
	})
	hidden := func(name string) bool { return secretName(name) != 0 || parameterNames[strings.ToLower(name)] }
	text = field.ReplaceAllStringFunc(text, func(found string) string {
		if m := field.FindStringSubmatch(found); hidden(m[2]) {
			return m[1] + s.secret("field", m[2], m[3], true)
		}
		return found
	})
	return dleif.ReplaceAllStringFunc(text, func(found string) string {
		if m := dleif.FindStringSubmatch(found); hidden(m[4]) {
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
