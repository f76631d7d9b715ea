package page

import "strings"

// link is a hyperlink of a cell or a sentence.
type link struct{ text, target string }

// page is the name of the reference page a link leads to, "" for any other
// target.
func (l link) page() string {
	t := l.target
	if i := strings.IndexAny(t, "#? "); i >= 0 {
		t = t[:i]
	}
	md := strings.HasSuffix(strings.ToLower(t), ".md")
	if !md && !strings.Contains(t, "/resources/") && !strings.Contains(t, "/api/") {
		return ""
	}
	if strings.Contains(t, "://") && !strings.Contains(t, "graph") || strings.Contains(t, "/concepts/") {
		return ""
	}
	t = t[strings.LastIndexByte(t, '/')+1:]
	if md {
		t = t[:len(t)-len(".md")]
	}
	return strings.ToLower(t)
}

// plain strips the markup of a cell and returns its links.
func plain(cell string, refs map[string]string) (string, []link) {
	if !strings.ContainsAny(cell, "[*`<&\\_") {
		return strings.TrimSpace(cell), nil
	}
	var b strings.Builder
	var links []link
	for i := 0; i < len(cell); {
		c := cell[i]
		switch {
		case c == '[':
			text, target, n := readLink(cell[i:], refs)
			if n == 0 {
				b.WriteByte(c)
				i++
				continue
			}
			inner, _ := plain(text, nil)
			b.WriteString(inner)
			links = append(links, link{inner, target})
			i += n
		case c == '\\' && i+1 < len(cell) && strings.IndexByte("\\|*_[]<>`{}()#+-.!$", cell[i+1]) >= 0:
			b.WriteByte(cell[i+1])
			i += 2
		case c == '*' || c == '`':
			i++
		case c == '<':
			n := tag(cell[i:])
			if n > 0 {
				b.WriteByte(' ')
			} else {
				b.WriteByte(c)
				n = 1
			}
			i += n
		case c == '&':
			s, n := entity(cell[i:])
			b.WriteString(s)
			i += n
		default:
			b.WriteByte(c)
			i++
		}
	}
	return strings.TrimSpace(b.String()), links
}

// readLink reads [text](target), [text][ref], [text][] or [ref]; n is its
// length, 0 when it is no link.
func readLink(s string, refs map[string]string) (text, target string, n int) {
	end := closing(s, '[', ']')
	if end < 0 {
		return "", "", 0
	}
	text = s[1:end]
	rest := s[end+1:]
	switch {
	case strings.HasPrefix(rest, "("):
		if k := closing(rest, '(', ')'); k > 0 {
			return text, strings.TrimSpace(rest[1:k]), end + 1 + k + 1
		}
	case strings.HasPrefix(rest, "["):
		if k := strings.IndexByte(rest, ']'); k > 0 {
			ref := rest[1:k]
			if ref == "" {
				ref = text
			}
			return text, refs[strings.ToLower(ref)], end + 1 + k + 1
		}
	}
	if t, ok := refs[strings.ToLower(text)]; ok {
		return text, t, end + 1
	}
	return "", "", 0
}

// closing is the index of the bracket that matches the first byte of s, -1
// when there is none.
func closing(s string, open, shut byte) int {
	depth := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case open:
			depth++
		case shut:
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

// tag is the length of an HTML tag in front; "<id>" is a placeholder and
// stays, so only tags that pages use are known.
func tag(s string) int {
	end := strings.IndexByte(s, '>')
	if end < 0 {
		return 0
	}
	name := strings.ToLower(strings.Trim(s[1:end], "/ "))
	name, _, _ = strings.Cut(name, " ")
	switch name {
	case "br", "p", "a", "b", "i", "ul", "li", "ol", "code", "strong", "em", "sup", "sub", "span":
		return end + 1
	}
	return 0
}

func entity(s string) (string, int) {
	for _, e := range [...]struct{ name, text string }{
		{"&nbsp;", " "}, {"&lt;", "<"}, {"&gt;", ">"}, {"&amp;", "&"}, {"&quot;", `"`}, {"&#39;", "'"}, {"&#124;", "|"},
	} {
		if strings.HasPrefix(s, e.name) {
			return e.text, len(e.name)
		}
	}
	return "&", 1
}

// cells splits a table row at its bars. A bar behind a backslash, or inside
// back-quotes or braces, is text.
func cells(row string) []string {
	row = strings.TrimSpace(row)
	row = strings.TrimPrefix(row, "|")
	var out []string
	start, quoted := 0, false
	for i := 0; i < len(row); i++ {
		switch row[i] {
		case '\\':
			i++
		case '`':
			quoted = !quoted && strings.IndexByte(row[i+1:], '`') >= 0
		case '|':
			if !quoted {
				out = append(out, strings.TrimSpace(row[start:i]))
				start = i + 1
			}
		}
	}
	if rest := strings.TrimSpace(row[start:]); rest != "" || len(out) == 0 {
		out = append(out, rest)
	}
	return out
}

// rows yields the cells of a table: its head, folded, and its body with line
// numbers.
func (b *block) rows() (head []string, body []tableRow) {
	for i, line := range b.lines {
		if line == "" || isRule(line) {
			continue
		}
		c := cells(line)
		if head == nil {
			for k := range c {
				h, _ := plain(c[k], nil)
				c[k] = strings.ToLower(h)
			}
			head = c
			continue
		}
		body = append(body, tableRow{c, b.line + i})
	}
	return head, body
}

type tableRow struct {
	cells []string
	line  int
}

// cell is the cell of a column, "" when the row is short.
func (r tableRow) cell(i int) string {
	if i >= 0 && i < len(r.cells) {
		return r.cells[i]
	}
	return ""
}
