package page

import "strings"

// api reads a page of operations, section by section. A block belongs to the
// section of the headings above it, except that HTTP blocks are known by
// their first line wherever they stand.
func (r *reader) api() {
	var permissions []Permissions
	var elsewhere Response // of sections below another one; second choice
	for i := range r.blocks {
		b := &r.blocks[i]
		switch b.kind {
		case fence:
			r.http(b)
		case table:
			switch {
			case b.under("permissions", "prerequisites"):
				permissions = append(permissions, r.permissions(b)...)
			case b.under("example"):
			case b.under("request header", "optional request header"):
				r.page.Headers = append(r.page.Headers, r.headers(b)...)
			case b.under("function param"):
				r.page.Parameters = append(r.page.Parameters, r.rowsOf(b)...)
			case b.under("path param"):
				r.page.Path = append(r.page.Path, r.rowsOf(b)...)
			case b.under("optional query", "query param", "odata query"):
				r.query(b)
			case b.under("request body"):
				r.body(b)
			}
		case prose:
			switch {
			case len(b.path) == 0 || b.under("example"):
			case b.under("optional query", "query param", "odata query"):
				r.query(b)
			case strings.HasPrefix(b.path[min(1, len(b.path)-1)], "response"):
				r.response(b, &r.page.Response)
			case b.under("response"):
				r.response(b, &elsewhere)
			}
		}
	}
	if len(permissions) == 1 && len(r.page.Permissions) == 0 {
		permissions[0].Heading = ""
	}
	r.page.Permissions = permissions
	if len(r.page.Response.Statuses) == 0 && len(r.page.Response.Links) == 0 {
		r.page.Response = elsewhere
	}
	if r.page.Kind == API {
		if len(r.page.Operations) == 0 {
			r.issue(1, NoOperations, "")
		}
		if len(r.page.Response.Statuses) == 0 {
			r.issue(1, NoStatus, "")
		}
	}
}

// http reads a fenced block by its first non-blank line: the annotation is
// missing on half of them and wrong on some (docs-format 2).
func (r *reader) http(b *block) {
	_, at := skipBlank(b.lines, 0)
	if at == len(b.lines) {
		return
	}
	first := strings.TrimSpace(b.lines[at])
	_, _, request := requestLine(first)
	switch {
	case isStatus(first):
		r.answer(b)
	case request && r.isList(b):
		r.list(b)
		if b.note != nil && b.note.block == "request" {
			r.request(b, true)
		}
	case request:
		r.request(b, false)
	case b.under("http request") && !b.under("example"):
		r.issue(b.line+at, BlockStrange, "")
	}
}

// isList tells a list of operations from an example. Under "HTTP request" it
// is one; elsewhere the annotation and the section decide, and what shows a
// query option or a remark is neither.
func (r *reader) isList(b *block) bool {
	if b.under("example") {
		return false
	}
	if b.under("http request") {
		return true
	}
	if r.page.Kind != API {
		return false
	}
	if b.note != nil && (b.note.block == "request" || b.note.block == "example" || b.note.block == "response") {
		return false
	}
	return len(b.path) < 2 || !b.under("request", "response", "remark", "optional", "query", "error", "handle", "see also", "completing")
}

// list reads the lines of an operation list. A heading below "HTTP request"
// names the variant.
func (r *reader) list(b *block) {
	variant := ""
	if last := len(b.path) - 1; last > 0 && !strings.HasPrefix(b.path[last], "http request") {
		variant, _ = plain(b.raw[last], r.links)
	} else if last > 1 && strings.HasPrefix(b.path[last], "http request") {
		variant, _ = plain(b.raw[last-1], r.links) // "### HTTP request" below a variant
	}
	for i := 0; i < len(b.lines); i++ {
		text := strings.TrimSpace(b.lines[i])
		number := b.line + i
		if text == "" || strings.EqualFold(text, "or") {
			continue
		}
		for open(text) && i+1 < len(b.lines) {
			if _, _, next := requestLine(b.lines[i+1]); next || strings.TrimSpace(b.lines[i+1]) == "" {
				break
			}
			i++
			text += strings.TrimSpace(b.lines[i])
		}
		for i+1 < len(b.lines) && continuesURL(b.lines[i+1]) {
			i++
			text += strings.TrimSpace(b.lines[i])
		}
		line, why := readLine(text, number)
		if why != "" {
			if _, header := field(text); why != LineStrange || !header {
				method, _, _ := requestLine(text)
				r.issue(number, why, method)
			}
			continue
		}
		line.Variant = variant
		r.page.Operations = append(r.page.Operations, line)
	}
}

// request begins an example.
func (r *reader) request(b *block, listed bool) {
	q, more, ok := readRequest(b)
	if !ok {
		r.issue(b.line, BlockStrange, "")
		return
	}
	e := Example{Heading: r.exampleHeading(b)}
	all := append([]Request{q}, more...)
	for _, q := range all {
		if q.Method == "" {
			continue
		}
		q.Listed = listed
		if b.note != nil {
			e.Name = b.note.name
			q.ODataType, q.Many = b.note.odataType, b.note.many || b.note.collection
		}
		if q.BodyKind == Broken {
			r.issue(q.Number, BodyBroken, q.Method)
		}
		if !listed && !b.under("example", "request", "response") {
			r.issue(q.Number, BlockOutside, q.Method)
		}
		e.Request = q
		r.page.Examples = append(r.page.Examples, e)
	}
}

// answer joins a response to the last request; a second one is an alternative.
func (r *reader) answer(b *block) {
	a, ok := readAnswer(b)
	if !ok {
		r.issue(b.line, StatusStrange, "")
		return
	}
	if a.BodyKind == Broken {
		r.issue(a.Number, BodyBroken, "HTTP")
	}
	n := len(r.page.Examples)
	if n == 0 {
		r.issue(a.Number, ResponseAlone, "")
		return
	}
	last := &r.page.Examples[n-1]
	last.Responses = append(last.Responses, a)
}

// exampleHeading is the innermost heading that says more than "Request".
func (r *reader) exampleHeading(b *block) string {
	for i := len(b.path) - 1; i > 0; i-- {
		switch strings.Trim(b.path[i], " :0123456789") {
		case "request", "response", "example", "examples", "http request":
			continue
		}
		h, _ := plain(b.raw[i], r.links)
		return h
	}
	return ""
}
