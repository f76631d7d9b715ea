package page

import "strings"

var methods = [...]string{"GET", "POST", "PATCH", "PUT", "DELETE", "HEAD", "OPTIONS", "MERGE"}

// requestLine splits "METHOD rest". ok is false for any other line.
func requestLine(line string) (method, rest string, ok bool) {
	line = strings.TrimSpace(line)
	for _, m := range methods {
		if len(line) > len(m) && strings.EqualFold(line[:len(m)], m) && strings.IndexByte(" \t/", line[len(m)]) >= 0 {
			return m, strings.TrimSpace(line[len(m):]), true
		}
	}
	return "", "", false
}

// target is a URL of a page, taken apart.
type target struct {
	path, query, version string
	foreign              bool // names another host
}

// readTarget normalises a documented URL: absolute, "~/", relative, with or
// without a version segment (docs-format 3).
func readTarget(text string) target {
	var t target
	for _, suffix := range [...]string{" HTTP/1.1", " HTTP/1.0", " HTTP/2"} {
		text = strings.TrimSuffix(text, suffix)
	}
	text = strings.TrimSpace(text)
	t.path, t.query = cutQuery(text)
	if i := strings.Index(t.path, "://"); i >= 0 && !strings.ContainsAny(t.path[:i], "/{(") {
		host, rest, _ := strings.Cut(t.path[i+len("://"):], "/")
		if !strings.EqualFold(host, "graph.microsoft.com") && !strings.EqualFold(host, "canary.graph.microsoft.com") {
			t.foreign = true
			return t
		}
		t.path = rest
	}
	t.path = strings.TrimPrefix(t.path, "~")
	t.path = strings.TrimLeft(t.path, "/")
	first, rest, _ := strings.Cut(t.path, "/")
	switch strings.ToLower(first) {
	case "v1.0", "beta":
		t.version, t.path = strings.ToLower(first), rest
	case "{version}", "{api-version}":
		t.path = rest
	}
	t.path = "/" + strings.TrimRight(strings.TrimLeft(t.path, "/"), "/ \t")
	return t
}

// cutQuery splits at the first "?" outside quotes, braces and parentheses.
func cutQuery(s string) (path, query string) {
	depth, quoted := 0, false
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\'':
			quoted = !quoted && strings.IndexByte(s[i+1:], '\'') >= 0
		case '{', '(':
			depth++
		case '}', ')':
			depth--
		case '?':
			if !quoted && depth <= 0 {
				return strings.TrimRight(s[:i], " \t"), s[i+1:]
			}
		}
	}
	return s, ""
}

// readLine reads one line of an operation list.
func readLine(line string, number int) (Line, Reason) {
	method, rest, ok := requestLine(line)
	if !ok {
		return Line{}, LineStrange
	}
	if strings.Contains(rest, "** Entity URI") || strings.Contains(rest, "** Collection URI") {
		return Line{}, LineNotFound
	}
	t := readTarget(rest)
	if t.foreign {
		return Line{}, LineForeign
	}
	return Line{
		Method: method, Text: rest, Path: t.path, Query: t.query,
		Segments: Split(t.path), Version: t.version, Number: number,
	}, ""
}

// Split cuts a path, documented or called, into segments. Slashes inside
// braces, angle brackets, parentheses and quotes do not separate; empty
// segments are dropped. It decodes nothing.
func Split(path string) []Segment {
	out := make([]Segment, 0, strings.Count(path, "/")+1)
	for path = strings.TrimLeft(path, "/"); path != ""; path = strings.TrimLeft(path, "/") {
		n := segmentEnd(path)
		text := strings.TrimSpace(path[:n])
		path = path[n:]
		name, colon := strings.CutSuffix(text, ":")
		if !colon || name == "" {
			if text != "" {
				out = append(out, segment(text))
			}
			continue
		}
		out = append(out, segment(name))
		inner, rest := colonPath(path)
		path = rest
		if inner = strings.Trim(inner, "/ "); inner != "" {
			out = append(out, Segment{Text: inner, Colon: true, Key: placeholder(inner)})
		}
	}
	return out
}

// segmentEnd is the index of the slash that ends the first segment.
func segmentEnd(s string) int {
	depth, quoted := 0, false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\'' && depth > 0:
			quoted = !quoted
		case quoted:
		case c == '{' || c == '(' || c == '<':
			depth++
		case c == '}' || c == ')' || c == '>':
			depth--
		case c == '/' && depth <= 0:
			return i
		}
	}
	if depth > 0 { // a bracket that never closes opens nothing
		if i := strings.IndexByte(s, '/'); i >= 0 {
			return i
		}
	}
	return len(s)
}

// colonPath cuts the text between "root:" and the next ":" that ends a
// segment. Without one the path runs to the end.
func colonPath(s string) (inner, rest string) {
	depth := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '{', '<':
			depth++
		case '}', '>':
			depth--
		case ':':
			if depth <= 0 && (i+1 == len(s) || s[i+1] == '/') {
				return s[:i], s[i+1:]
			}
		}
	}
	return s, ""
}

func segment(text string) Segment {
	if strings.Trim(text, ".…") == "" {
		return Segment{Text: text, Depth: true}
	}
	s := Segment{Text: text, Key: placeholder(text)}
	open := strings.IndexByte(text, '(')
	if open < 0 || s.Key && strings.IndexAny(text, "{<") < open {
		return s
	}
	if open == 0 { // "(team-id)" is a placeholder in unusual brackets
		return Segment{Text: text, Key: true}
	}
	s.Text, s.Parens = text[:open], true
	s.Args = strings.TrimSuffix(text[open+1:], ")")
	s.Key = placeholder(s.Text)
	return s
}

// placeholder reports whether a segment stands for a key: "{id}", "<id>", or
// a compound such as "{hostname},{site-id}". Braces inside parentheses are
// arguments and do not count.
func placeholder(text string) bool {
	if open := strings.IndexByte(text, '('); open > 0 {
		if brace := strings.IndexAny(text, "{<"); brace > open || brace < 0 {
			return false
		}
	}
	return strings.HasPrefix(text, "{") || strings.HasPrefix(text, "<") ||
		strings.Contains(text, "{") && strings.HasSuffix(text, "}")
}

// Names reports whether a line of the page ends in the word.
func (p *Page) Names(word string) bool {
	for i := range p.Operations {
		if segs := p.Operations[i].Segments; len(segs) > 0 && strings.EqualFold(segs[len(segs)-1].Text, word) {
			return true
		}
	}
	return false
}
