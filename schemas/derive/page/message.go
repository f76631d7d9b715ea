package page

import (
	"bytes"
	"strconv"
	"strings"
)

// readRequest reads a request block, whose first non-blank line is a request
// line. more holds further request lines that stand where a body would.
func readRequest(b *block) (r Request, more []Request, ok bool) {
	lines, at := skipBlank(b.lines, 0)
	if at == len(lines) {
		return r, nil, false
	}
	first := strings.TrimSpace(lines[at])
	r.Number = b.line + at
	at++
	for open(first) && at < len(lines) && strings.TrimSpace(lines[at]) != "" { // a URL over several lines
		if _, _, next := requestLine(lines[at]); next {
			break
		}
		first += strings.TrimSpace(lines[at])
		at++
	}
	for at < len(lines) && continuesURL(lines[at]) {
		first += strings.TrimSpace(lines[at])
		at++
	}
	method, url, ok := requestLine(first)
	if !ok {
		return r, nil, false
	}
	r.fill(method, url)
	r.Header, at = readHeader(lines, at)
	if bare := requestLines(lines[at:]); len(r.Header) == 0 && bare != nil {
		for _, k := range bare {
			m, u, _ := requestLine(lines[at+k])
			another := Request{Number: b.line + at + k}
			another.fill(m, u)
			more = append(more, another)
		}
		return r, more, true
	}
	r.Body, r.BodyKind, r.Repairs = readBody(lines[at:], r.Header)
	return r, nil, true
}

func (r *Request) fill(method, url string) {
	t := readTarget(url)
	r.Method, r.URL, r.Version, r.Foreign, r.Query = method, url, t.version, t.foreign, t.query
	if !t.foreign {
		r.Path = t.path
	}
}

// requestLines are the indexes of the request lines when lines hold nothing
// else, nil otherwise.
func requestLines(lines []string) []int {
	var out []int
	for i, l := range lines {
		if strings.TrimSpace(l) == "" {
			continue
		}
		if _, _, ok := requestLine(l); !ok {
			return nil
		}
		out = append(out, i)
	}
	return out
}

// open reports whether a request line stops inside parentheses.
func open(line string) bool {
	return strings.HasSuffix(line, "[") || strings.HasSuffix(line, "(")
}

// continuesURL recognises query options on lines of their own.
func continuesURL(line string) bool {
	t := strings.TrimSpace(line)
	return len(t) > 1 && (t[0] == '&' || t[0] == '?' && t[1] == '$')
}

func skipBlank(lines []string, at int) ([]string, int) {
	for at < len(lines) && strings.TrimSpace(lines[at]) == "" {
		at++
	}
	return lines, at
}

// readHeader reads header fields and returns where the body begins. Blank
// lines in front of the first field are looked over, and the blank line
// behind the last may be missing (docs-format 4 and 5).
func readHeader(lines []string, at int) (Fields, int) {
	_, start := skipBlank(lines, at)
	if start >= len(lines) {
		return nil, len(lines)
	}
	if _, ok := field(lines[start]); !ok {
		return nil, start
	}
	var h Fields
	for at = start; at < len(lines); at++ {
		f, ok := field(lines[at])
		if !ok {
			break
		}
		h = append(h, f)
	}
	_, at = skipBlank(lines, at)
	return h, at
}

// field reads "Name: value".
func field(line string) (Field, bool) {
	line = strings.TrimSpace(line)
	colon := strings.IndexByte(line, ':')
	if colon <= 0 {
		return Field{}, false
	}
	for i := 0; i < colon; i++ {
		c := line[i]
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		if !letter && (i == 0 || c != '-' && c != '_' && c != '.' && (c < '0' || c > '9')) {
			return Field{}, false
		}
	}
	if strings.HasPrefix(line[colon+1:], "//") {
		return Field{}, false // a URL
	}
	return Field{line[:colon], strings.TrimSpace(line[colon+1:])}, true
}

// Get is the value of the first field of that name, in any letter case.
func (h Fields) Get(name string) string {
	for _, f := range h {
		if strings.EqualFold(f.Name, name) {
			return f.Value
		}
	}
	return ""
}

// readBody classifies a body by its content first and by the header second:
// many bodies come without Content-Type.
func readBody(lines []string, h Fields) (body []byte, kind BodyKind, repairs []string) {
	text := strings.Trim(strings.Join(lines, "\n"), "\n")
	body = []byte(strings.TrimRight(text, " \t\n"))
	trimmed := bytes.TrimSpace(body)
	if len(trimmed) == 0 {
		return nil, None, nil
	}
	media := strings.ToLower(h.Get("Content-Type"))
	switch {
	case strings.HasPrefix(media, "multipart/") || bytes.HasPrefix(trimmed, []byte("--")):
		return body, Multipart, nil
	case trimmed[0] == '{' || trimmed[0] == '[':
		if fixed, repairs, ok := RepairJSON(trimmed); ok {
			return bytes.TrimSpace(fixed), JSON, repairs
		}
		if meantAsJSON(trimmed) {
			return body, Broken, nil
		}
		return body, Prose, nil
	case trimmed[0] == '"' && strings.Contains(media, "json"):
		if fixed, repairs, ok := RepairJSON(trimmed); ok {
			return fixed, JSON, repairs
		}
	case bytes.HasPrefix(trimmed, []byte("<?xml")) || strings.Contains(media, "xml"):
		return body, XML, nil
	}
	if media != "" && !strings.Contains(media, "json") && !strings.HasPrefix(media, "application/x-www-form") {
		return body, Media, nil
	}
	return body, Prose, nil
}

// isStatus recognises a status line, also "HTTP 201 Created".
func isStatus(line string) bool {
	return len(line) > 5 && strings.EqualFold(line[:4], "HTTP") && (line[4] == '/' || line[4] == ' ')
}

// readAnswer reads a response block.
func readAnswer(b *block) (a Answer, ok bool) {
	lines, at := skipBlank(b.lines, 0)
	if at == len(lines) {
		return a, false
	}
	a.Number = b.line + at
	for _, word := range strings.Fields(lines[at])[1:] {
		if n, err := strconv.Atoi(strings.Trim(word, ",:.")); err == nil && n >= 100 && n < 600 {
			a.Status = n
			break
		}
	}
	if a.Status == 0 {
		return a, false
	}
	a.Header, at = readHeader(lines, at+1)
	a.Body, a.BodyKind, a.Repairs = readBody(lines[at:], a.Header)
	a.annotate(b.note)
	return a, true
}

// annotate joins what the body shows with what the annotation says. The body
// wins: the annotation's isCollection is absent or wrong on most answers.
func (a *Answer) annotate(n *note) {
	if n != nil {
		a.ODataType, a.Truncated, a.ExpectError = n.odataType, n.truncated, n.expectErr
		a.IsCollection = n.collection || n.many
	}
	if a.BodyKind != JSON {
		return
	}
	odata, many, known := shape(a.Body)
	if known {
		a.IsCollection = many
	}
	if odata != "" && !many {
		a.ODataType = odata
	}
}
