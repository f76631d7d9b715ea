package page

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// reader gathers the facts of one page.
type reader struct {
	page   Page
	front  map[string]string
	blocks []block
	links  map[string]string
}

// Read reads one page. name is the file name without folder and extension.
// Line ends may be CRLF. It fails only on text that is no page: empty, not
// UTF-8, or with front matter that never ends; the error names line and
// reason. Everything else that it does not understand is in Page.Unknown.
func Read(name string, text []byte) (*Page, error) {
	if !utf8.Valid(text) {
		return nil, fmt.Errorf("page %s: line %d: not UTF-8", name, badLine(text))
	}
	s := strings.TrimPrefix(string(text), "\uFEFF")
	if strings.IndexByte(s, '\r') >= 0 {
		s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	}
	lines := strings.Split(s, "\n")
	r := &reader{page: Page{Name: name}}
	body, err := r.frontMatter(lines)
	if err != nil {
		return nil, fmt.Errorf("page %s: %w", name, err)
	}
	scan := scanner{lines: lines, pos: body, links: map[string]string{}, issue: r.issue}
	scan.run()
	if len(scan.blocks) == 0 {
		return nil, fmt.Errorf("page %s: line %d: nothing to read", name, body+1)
	}
	r.blocks, r.links = scan.blocks, scan.links
	r.title()
	r.kind()
	switch r.page.Kind {
	case Resource, Enum:
		r.resource()
	default:
		r.api()
	}
	sortIssues(r.page.Unknown)
	return &r.page, nil
}

func badLine(text []byte) int {
	line := 1
	for len(text) > 0 {
		c, n := utf8.DecodeRune(text)
		if c == utf8.RuneError && n == 1 {
			break
		}
		if c == '\n' {
			line++
		}
		text = text[n:]
	}
	return line
}

func (r *reader) issue(line int, why Reason, detail string) {
	r.page.Unknown = append(r.page.Unknown, Issue{line, why, detail})
}

func sortIssues(list []Issue) {
	for i := 1; i < len(list); i++ { // short and nearly sorted; stable
		for k := i; k > 0 && list[k].Line < list[k-1].Line; k-- {
			list[k], list[k-1] = list[k-1], list[k]
		}
	}
}

// frontMatter reads "key: value" lines between "---" and returns the index of
// the first line behind them.
func (r *reader) frontMatter(lines []string) (int, error) {
	r.front = map[string]string{}
	at := 0
	for at < len(lines) && strings.TrimSpace(lines[at]) == "" {
		at++
	}
	if at == len(lines) {
		return 0, errors.New("line 1: the page is empty")
	}
	if strings.TrimSpace(lines[at]) != "---" {
		r.issue(at+1, NoFrontMatter, "")
		return at, nil
	}
	for i := at + 1; i < len(lines); i++ {
		if strings.TrimRight(lines[i], " \t") == "---" {
			return i + 1, nil
		}
		if key, value, ok := strings.Cut(lines[i], ":"); ok {
			r.front[strings.ToLower(strings.TrimSpace(key))] = unquote(strings.TrimSpace(value))
		}
	}
	return 0, fmt.Errorf("line %d: front matter is not closed", at+1)
}

func unquote(s string) string {
	if len(s) >= 2 && (s[0] == '"' || s[0] == '\'') && s[len(s)-1] == s[0] {
		s = s[1 : len(s)-1]
	}
	return strings.TrimSpace(s)
}

// title takes title, workload and namespace.
func (r *reader) title() {
	r.page.Title = r.front["title"]
	for i := range r.blocks {
		b := &r.blocks[i]
		if b.kind == heading && b.level == 1 && r.page.Title == "" {
			r.page.Title, _ = plain(b.text, r.links)
		}
		if b.kind != prose || r.page.Namespace != "" {
			continue
		}
		for _, l := range b.lines {
			if ns, ok := strings.CutPrefix(strings.TrimSpace(l), "Namespace:"); ok {
				ns, _ = plain(ns, r.links)
				if ns, _, _ = strings.Cut(ns, " "); identifier(ns) {
					r.page.Namespace = ns
				}
				break
			}
		}
	}
	if w := r.front["ms.prod"]; !strings.Contains(w, "TODO") {
		r.page.Workload = strings.ToLower(w)
	}
}

// kind believes doc_type where it is known and the sections where it is not.
// Some resource pages are marked as API pages and the reverse: a resource
// block makes the one, the section "HTTP request" the other.
func (r *reader) kind() {
	switch t := strings.ToLower(strings.TrimRight(r.front["doc_type"], "_ ")); t {
	case "apipagetype":
		r.page.Kind = API
	case "resourcepagetype":
		r.page.Kind = Resource
	case "enumpagetype", "enumtypes":
		r.page.Kind = Enum
	case "conceptualpagetype":
		r.page.Kind = Concept
	default:
		r.issue(1, DocTypeUnknown, shortWords(t))
	}
	requests, sketches, properties := false, false, false
	for i := range r.blocks {
		b := &r.blocks[i]
		switch {
		case b.kind == heading:
			requests = requests || strings.HasPrefix(strings.ToLower(b.text), "http request")
			properties = properties || strings.EqualFold(b.text, "properties")
		case b.kind == fence && b.note != nil && b.note.block == "resource":
			sketches = sketches || b.under("json representation")
		}
	}
	switch {
	case r.page.Kind == Enum:
	case sketches && !requests:
		r.page.Kind = Resource
	case r.page.Kind == Resource && requests && !sketches && !properties:
		r.page.Kind = API
	case r.page.Kind == Other && requests:
		r.page.Kind = API
	case r.page.Kind == Other && properties:
		r.page.Kind = Resource
	}
}

// under reports whether a heading above the block begins with one of the
// words, which are in lower case.
func (b *block) under(words ...string) bool {
	for _, h := range b.path {
		for _, w := range words {
			if strings.HasPrefix(h, w) {
				return true
			}
		}
	}
	return false
}
