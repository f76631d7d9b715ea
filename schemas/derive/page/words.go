package page

import (
	"slices"
	"strconv"
	"strings"
)

// options are the system query options, without "$".
var options = [...]string{"select", "expand", "filter", "orderby", "top", "skip", "count", "search", "format", "skiptoken", "deltatoken", "levels", "apply", "compute"}

// query collects the query options that prose or a table names. An option in
// a sentence that denies is not one.
func (r *reader) query(b *block) {
	q := &r.page.Query
	q.Stated = true
	if b.kind == table {
		head, body := b.rows()
		name, _, _ := columns(head)
		for _, row := range body {
			if n, ok := r.name(row.cell(max(name, 0))); ok && identifier(strings.TrimPrefix(n, "$")) {
				q.add(n)
			}
		}
		return
	}
	for _, s := range sentences(strings.Join(b.lines, " ")) {
		low := strings.ToLower(s)
		if strings.Contains(low, "not support") || strings.Contains(low, "n't support") || strings.Contains(low, "unsupported") || strings.Contains(low, "not available") {
			continue
		}
		found := false
		for i := strings.IndexByte(low, '$'); i >= 0; {
			end := i + 1
			for end < len(low) && letter(low[end]) {
				end++
			}
			if name := low[i+1 : end]; slices.Contains(options[:], name) {
				q.add("$" + name)
				found = true
			}
			k := strings.IndexByte(low[end:], '$')
			if k < 0 {
				break
			}
			i = end + k
		}
		if !found && strings.Contains(low, "support") && strings.Contains(low, "odata") {
			q.All = true
		}
	}
	q.All = q.All && len(q.Options) == 0
}

func (q *Query) add(name string) {
	if !slices.Contains(q.Options, name) {
		q.Options = append(q.Options, name)
	}
}

// sentences cuts at full stops that a blank follows.
func sentences(s string) []string {
	return strings.Split(s, ". ")
}

// response reads the sentence of a response section: codes in back-quotes,
// links to the types of the result.
func (r *reader) response(b *block, out *Response) {
	text := strings.Join(b.lines, " ")
	parts := strings.Split(text, "`")
	for i := 1; i < len(parts); i += 2 {
		out.addStatus(parts[i])
	}
	for i, m := range parts[0:] {
		if i%2 == 0 && len(out.Statuses) == 0 {
			out.bareStatus(m)
		}
	}
	_, links := plain(text, r.links)
	low := strings.ToLower(text)
	for _, l := range links {
		page := l.page()
		if page == "" || !strings.Contains(l.target, "resources") && strings.Contains(l.target, "/api/") || slices.Contains(out.Links, page) {
			continue
		}
		out.Links = append(out.Links, page)
		name := ""
		if w, _ := noun(l.text); identifier(w) {
			name = w
		}
		out.Types = append(out.Types, name)
		if len(out.Links) == 1 {
			at := strings.Index(low, strings.ToLower(l.target))
			before, after := low[:max(at, 0)], low[max(at, 0):]
			before = before[max(0, len(before)-60-len(l.text)):]
			after = after[:min(len(after), len(l.target)+30)]
			out.Collection = strings.Contains(before, "collection of") || strings.Contains(before, "list of") || strings.Contains(after, "collection")
		}
	}
}

func (o *Response) addStatus(s string) {
	s = strings.TrimSpace(s)
	s = strings.TrimSpace(strings.TrimPrefix(strings.TrimPrefix(s, "HTTP/1.1"), "HTTP"))
	if len(s) < 3 || len(s) > 3 && s[3] >= '0' && s[3] <= '9' {
		return
	}
	if n, err := strconv.Atoi(s[:3]); err == nil && n >= 100 && n < 600 && !slices.Contains(o.Statuses, n) {
		o.Statuses = append(o.Statuses, n)
	}
}

// bareStatus finds a code outside back-quotes: "200 OK".
func (o *Response) bareStatus(s string) {
	words := strings.Fields(s)
	for i, w := range words {
		w = strings.Trim(w, "*,.:;()'\"")
		if len(w) != 3 || i+1 < len(words) && !letter(strings.TrimLeft(words[i+1], "*,")[0:1][0]) {
			continue
		}
		o.addStatus(w)
	}
}

// headers reads a table of request headers. Only a plain value is kept.
func (r *reader) headers(b *block) []Header {
	_, body := b.rows()
	out := make([]Header, 0, len(body))
	for _, row := range body {
		name, ok := r.name(row.cell(0))
		if !ok {
			continue
		}
		h := Header{Name: name, Number: row.line}
		for i := 1; i < len(row.cells); i++ {
			text, _ := plain(row.cells[i], r.links)
			required, _ := demands(text)
			h.Required = h.Required || required
			if v := headerValue(text); v != "" && h.Value == "" {
				h.Value = v
			}
		}
		out = append(out, h)
	}
	return out
}

// headerValue keeps a media type, "eventual" and the like, not a sentence.
func headerValue(text string) string {
	v, _, _ := strings.Cut(text, " ")
	v = strings.TrimRight(v, ".,;")
	switch low := strings.ToLower(v); {
	case low == "bearer", low == "eventual":
		return v
	case strings.HasPrefix(low, "application/"), strings.HasPrefix(low, "text/"), strings.HasPrefix(low, "image/"), strings.HasPrefix(low, "multipart/"):
		return v
	}
	return ""
}

// body reads a table of the request body; tables of functions describe
// parameters, which are rows all the same.
func (r *reader) body(b *block) {
	head, _ := b.rows()
	if name, typ, text := columns(head); name < 0 || typ < 0 && text < 0 {
		r.issue(b.line, TableUnknown, "")
		return
	}
	r.page.Body = append(r.page.Body, r.rowsOf(b)...)
}
