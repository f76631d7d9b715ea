package scrub

import (
	"encoding/base64"
	"strings"
	"unicode/utf8"
)

// scan goes through a text word by word. What is replaced is appended to out, the
// rest is copied when something behind it is.
type scan struct {
	s     *Scrubber
	in    string
	out   []byte
	whole string // in place of all of it
	done  int    // how much of in is in out
	form  bool   // a form: name=value&name=value
	depth int    // of base64 in base64
}

// wordByte is not 0 for the bytes of words: letterByte, or markByte for those that names
// and addresses are divided by. A percent sign is one only in %40.
var wordByte = func() (t [256]byte) {
	for _, c := range "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_~+" {
		t[c] = letterByte
	}
	for _, c := range ".-@" {
		t[c] = markByte
	}
	return t
}()

const (
	letterByte = 1
	markByte   = 2
)

// minEncoded is how long base64 has to be to be looked into.
const minEncoded = 16

func (c *scan) run() string {
	for i := 0; i < len(c.in); {
		switch b := c.in[i]; {
		case wordByte[b] != 0:
			i = c.word(i)
		case b == '%':
			i += 3
		case b == ':' && strings.HasPrefix(c.in[i:], "://"):
			i = c.authority(i + 3)
		default:
			i++
		}
	}
	return c.result()
}

// result is the text with what has been replaced.
func (c *scan) result() string {
	switch {
	case c.whole != "":
		return c.whole
	case c.out == nil:
		return c.in
	}
	return string(append(c.out, c.in[c.done:]...))
}

// replace puts a text in the place of a part of the input.
func (c *scan) replace(from, to int, with string) {
	switch {
	case c.in[from:to] == with:
		return
	case from == 0 && to == len(c.in):
		c.whole = with
		return
	}
	c.out = append(append(c.out, c.in[c.done:from]...), with...)
	c.done = to
}

// authority takes user and password out of a URL.
func (c *scan) authority(i int) int {
	end := strings.IndexAny(c.in[i:], "/?#\"'<> \\\n")
	if end < 0 {
		end = len(c.in) - i
	}
	if at := strings.LastIndexByte(c.in[i:i+end], '@'); at >= 0 {
		if colon := strings.IndexByte(c.in[i:i+at], ':'); colon >= 0 {
			c.replace(i+colon+1, i+at, c.s.secret("password", "URL", c.in[i+colon+1:i+at], false))
			return i + at + 1
		}
	}
	return i
}

// word deals with the word that begins at i, and gives where to go on.
func (c *scan) word(i int) int {
	j, met := i, byte(0)
	for j < len(c.in) && wordByte[c.in[j]] != 0 {
		met |= wordByte[c.in[j]]
		j++
	}
	if met == letterByte && (j == len(c.in) || c.in[j] != '%' && c.in[j] != '=') && c.harmless(i, j) {
		return j
	}
	return c.compound(i)
}

// harmless reports whether a word without marks is too short to be anything.
func (c *scan) harmless(i, j int) bool {
	switch n := j - i; {
	case n == 5 || n == 6:
		return c.in[i]|0x20 != 'b' // Bearer, Basic
	case n < minSecret:
		return true
	default:
		return n < minEncoded && !c.s.known.has(n)
	}
}

// compound deals with a word that could be something.
func (c *scan) compound(i int) int {
	j, ats, dots, dashes := i, 0, 0, 0
	for j < len(c.in) {
		b := c.in[j]
		if b == '%' && strings.HasPrefix(c.in[j:], "%40") {
			ats++
			j += 3
			continue
		}
		if wordByte[b] == 0 {
			break
		}
		switch b {
		case '@':
			ats++
		case '.':
			dots++
		case '-':
			dashes++
		}
		j++
	}
	for j > i+1 && c.in[j-1] == '.' { // the end of a sentence
		j--
		dots--
	}
	w := c.in[i:j]
	if end, ok := c.parameter(i, j); ok {
		return end
	}
	if (len(w) == 6 || len(w) == 5) && j < len(c.in) && c.in[j] == ' ' && (strings.EqualFold(w, "bearer") || strings.EqualFold(w, "basic")) {
		return c.credential(j + 1)
	}
	if len(w) < 4 || len(w) < minSecret && ats+dots == 0 {
		return j
	}
	if out, ok := c.s.known.find(w); ok {
		c.replace(i, j, out)
		return j
	}
	c.judge(i, j, ats, dots, dashes)
	return j
}

// judge scrubs a word by what it looks like.
func (c *scan) judge(i, j, ats, dots, dashes int) {
	w := c.in[i:j]
	switch {
	case dots == 2 && strings.HasPrefix(w, "eyJ"):
		if out, ok := c.s.jwt(w, c.depth); ok {
			c.replace(i, j, out)
		}
	case c.s.looksSecret(w):
		c.replace(i, j, c.s.secret("form", c.s.form(w), w, true))
	case !c.s.names:
		if dots+ats == 0 {
			c.encoded(i, j)
		}
	case ats > 0:
		c.address(i, j)
	case dashes >= 4 && c.guids(i, j):
	case dots > 0:
		c.host(i, j)
	case len(w) == 32 && isHex(strings.ToLower(w)) && dashes == 0:
		c.replace(i, j, strings.ReplaceAll(c.s.guid(dashed(w)), "-", ""))
	default:
		c.encoded(i, j)
	}
}

// parameter takes out the value of name=value where the name says that it is secret.
func (c *scan) parameter(i, j int) (end int, ok bool) {
	if j >= len(c.in) || c.in[j] != '=' || j-i > 64 {
		return 0, false
	}
	name := c.in[i:j]
	first := i == 0 && c.form || i > 0 && (c.in[i-1] == '&' || c.in[i-1] == '?')
	kind := secretName(name)
	if kind == 0 && first && parameterNames[strings.ToLower(name)] && (c.form || !errorCode(c.in[j+1:])) {
		kind = 't'
	}
	if kind == 0 || kind == 'u' || (name == "token" || name == "signature" || name == "seed" || name == "secret") && !first {
		return 0, false
	}
	end = j + 1
	for end < len(c.in) && strings.IndexByte("&;\"'<> #\n\r\t\\", c.in[end]) < 0 {
		end++
	}
	if end == j+1 {
		return end, true
	}
	value := c.in[j+1 : end]
	if kind == 't' {
		if out, ok := c.s.jwt(value, c.depth); ok {
			c.replace(j+1, end, out)
			return end, true
		}
	}
	c.replace(j+1, end, c.s.secret("parameter", name, value, kind == 't'))
	return end, true
}

// errorCode reports whether the value that a text begins with is the number of an error,
// which links to explanations hold (error?code=700016), and no code of a sign-in.
func errorCode(text string) bool {
	n := 0
	for n < len(text) && text[n] >= '0' && text[n] <= '9' {
		n++
	}
	return n >= 4 && n <= 8 && (n == len(text) || strings.IndexByte("&;\"'<> #\n\r\t\\,.)", text[n]) >= 0)
}

// credential takes out what stands behind Bearer or Basic, unless it is too short
// for a credential.
func (c *scan) credential(i int) int {
	end := i
	for end < len(c.in) && (wordByte[c.in[end]] != 0 || c.in[end] == '=' || c.in[end] == '/') {
		end++
	}
	if end-i < 12 || strings.Contains(c.in[i:end], "=\"") || strings.HasSuffix(c.in[i:end], "=") && end < len(c.in) && c.in[end] == '"' {
		return i
	}
	c.replace(i, end, c.s.secret("credential", "Bearer or Basic", c.in[i:end], true))
	return end
}

// address puts a stand-in in the place of a mail address.
func (c *scan) address(i, j int) {
	w := strings.TrimRight(c.in[i:j], "-")
	j = i + len(w)
	sep := "@"
	at := strings.LastIndexByte(w, '@')
	if k := strings.LastIndex(w, "%40"); k > at {
		at, sep = k, "%40"
	}
	if at > 0 && c.inThread(i, w[at+len(sep):]) {
		c.replace(i, i+at, c.s.thread(w[:at], c.depth))
		return
	}
	if out, ok := standIn(c.s, "address", w); ok {
		c.replace(i, j, out)
		return
	}
	if at <= 0 {
		if at == 0 && strings.IndexByte(w, '.') > 0 && !annotation(w[1:]) { // @contoso.com
			c.host(i+1, j)
		}
		return
	}
	local, domain := w[:at], w[at+len(sep):]
	if annotation(domain) || !isHost(domain) {
		return
	}
	c.replace(i, j, c.s.keep("address", w, strings.Replace(c.s.mail(local, domain), "@", sep, 1)))
}

// annotation reports whether what stands behind an at sign is a term of OData.
func annotation(s string) bool {
	return strings.HasPrefix(s, "odata.") || strings.HasPrefix(s, "microsoft.graph.") || strings.HasPrefix(s, "content.") || strings.HasPrefix(s, "Org.")
}

func isHost(s string) bool {
	if len(s) > 253 || !strings.Contains(s, ".") {
		return false
	}
	for label := range strings.SplitSeq(s, ".") {
		if label == "" || len(label) > 63 || strings.ContainsAny(label, "_~+@%") {
			return false
		}
	}
	last := s[strings.LastIndexByte(s, '.')+1:]
	return last[0] > '9' // no IP address, no version
}

// host puts a stand-in in the place of a name that is one of a host or domain.
func (c *scan) host(i, j int) {
	w := strings.TrimRight(c.in[i:j], "-")
	if !isHost(w) {
		c.pieces(i, j)
		return
	}
	last := strings.ToLower(w[strings.LastIndexByte(w, '.')+1:])
	inURL := i >= 3 && c.in[i-3:i] == "://" || i >= 9 && strings.EqualFold(c.in[i-9:i], "%3A%2F%2F")
	if !inURL && !topDomains[last] || strings.Contains(w, "%") {
		c.pieces(i, j)
		return
	}
	c.replace(i, i+len(w), c.s.domain(w))
}

// pieces looks for GUIDs and base64 between the dots of a word.
func (c *scan) pieces(i, j int) {
	for i < j {
		k := i
		for k < j && c.in[k] != '.' {
			k++
		}
		if k-i >= 36 && c.guids(i, k) {
		} else if k-i >= 20 {
			c.encoded(i, k)
		}
		i = k + 1
	}
}

// guids puts stand-ins in the place of the GUIDs in a word.
func (c *scan) guids(i, j int) (any bool) {
	for k := i; k+36 <= j; k++ {
		if isGUID(c.in[k:k+36]) && (k == i || hexByte[c.in[k-1]] == 0) && (k+36 == j || hexByte[c.in[k+36]] == 0) {
			c.replace(k, k+36, c.s.guid(c.in[k:k+36]))
			k += 35
			any = true
		}
	}
	return any
}

func isGUID[T string | []byte](s T) bool {
	for i := range 36 {
		if i == 8 || i == 13 || i == 18 || i == 23 {
			if s[i] != '-' {
				return false
			}
		} else if hexByte[s[i]] == 0 {
			return false
		}
	}
	return true
}

// encoded scrubs what a word holds as base64, if that is a text.
func (c *scan) encoded(i, j int) {
	for j < len(c.in) && c.in[j] == '=' { // its padding
		j++
	}
	if c.s.names {
		if out, ok := c.s.id(c.in[max(0, i-4):i], c.in[i:j]); ok {
			c.replace(i, j, out)
			return
		}
	}
	if out, ok := c.s.base64(c.in[i:j], c.depth); ok {
		c.replace(i, j, out)
	}
}

// base64 scrubs a text in base64, of either alphabet, and writes it as it was written.
func (s *Scrubber) base64(word string, depth int) (string, bool) {
	bare := strings.TrimRight(word, "=")
	if len(bare) < minEncoded || depth > 3 || len(bare)%4 == 1 {
		return "", false
	}
	enc := base64.RawStdEncoding
	if strings.ContainsAny(bare, "-_") {
		enc = base64.RawURLEncoding
	}
	if !readable(enc, bare) {
		return "", false
	}
	text, err := enc.DecodeString(bare)
	if err != nil || !utf8.Valid(text) {
		return "", false
	}
	var out string
	if text[0] == '{' {
		out = string(s.Body("", text))
	} else {
		in := scan{s: s, in: string(text), depth: depth + 1}
		out = in.run()
	}
	if out == string(text) {
		return "", false
	}
	coded := enc.EncodeToString([]byte(out))
	if bare != word {
		coded += strings.Repeat("=", (4-len(coded)%4)%4)
	}
	return coded, true
}

// readable reports whether base64 begins like a text: most of what looks like base64
// is an id, and should cost little.
func readable(enc *base64.Encoding, word string) bool {
	var buf [12]byte
	n, err := enc.Decode(buf[:], []byte(word[:16]))
	if err != nil {
		return false
	}
	for _, b := range buf[:n] {
		if b < ' ' && b != '\n' && b != '\r' && b != '\t' || b == 0x7f {
			return false
		}
	}
	return utf8.Valid(buf[:n-3]) || utf8.Valid(buf[:n])
}

// jwt scrubs the payload of a JWT and takes away its signature, without which it is
// of no use.
func (s *Scrubber) jwt(word string, depth int) (string, bool) {
	parts := strings.Split(word, ".")
	if len(parts) != 3 || !strings.HasPrefix(word, "eyJ") || depth > 3 {
		return "", false
	}
	if parts[2] == signature && !s.names {
		return word, true
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil || len(payload) == 0 || payload[0] != '{' {
		return "", false
	}
	if parts[2] != signature && s.found != nil {
		s.found("token", "JWT")
	}
	if s.names {
		payload = s.Body("application/json", payload)
	}
	return parts[0] + "." + base64.RawURLEncoding.EncodeToString(payload) + "." + signature, true
}

// signature is what a JWT ends with that was scrubbed.
const signature = "c2NydWJiZWQ"
