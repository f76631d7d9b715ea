package derive

import (
	"strings"

	"github.com/graph-emulator/graph-emulator/schemas/derive/page"
)

// result is what a page says an operation answers.
type result struct {
	name     string // full name of the type, "" unknown; it need not be defined
	many     bool
	status   int   // documented success status, 0 unknown
	statuses []int // others the text names
	body     page.BodyKind
	seen     bool // an example shows the answer
}

// answers reads the result of one line off its page: from the example that
// shows it, else from the Response sentence.
func (c *compiler) answers(dl *docLine) result {
	var r result
	p := dl.page
	if e := dl.example(); e != nil {
		a := e.Responses[0]
		r.status, r.many, r.body, r.seen = c.agreed(dl, a.Status), a.IsCollection, a.BodyKind, true
		r.name = typeText(a.ODataType, c.names, p)
	}
	if r.name == "" {
		r.name = linked(p, c.names)
		if !r.seen {
			r.many = p.Response.Collection
		}
	}
	for _, s := range p.Response.Statuses {
		if success(s) && r.status == 0 {
			r.status = s
		}
	}
	if r.statuses = others(p, r.status); r.status == 0 && len(r.statuses) > 0 {
		r.status, r.statuses = r.statuses[0], r.statuses[1:] // an example of another line is better than none
	}
	if r.status == 204 {
		r.name, r.many = "", false
	}
	return r
}

// agreed is the status of an example, unless the sentence and another example
// of the same method agree on a different one.
func (c *compiler) agreed(dl *docLine, status int) int {
	said := 0
	for _, s := range dl.page.Response.Statuses {
		if success(s) && said != 0 && said != s {
			return status // the sentence names several
		}
		if success(s) {
			said = s
		}
	}
	for i := range dl.page.Examples {
		e := &dl.page.Examples[i]
		if e.Request.Method == dl.line.Method && !e.Request.Foreign && len(e.Responses) > 0 && e.Responses[0].Status == said {
			return said
		}
	}
	return status
}

// example is the one that shows the line: the same method, and of several the
// one whose path ends most like it. One that ends like another line of the
// page rather than this one shows that other line.
func (dl *docLine) example() *page.Example {
	var best *page.Example
	high := -1
	for i := range dl.page.Examples {
		e := &dl.page.Examples[i]
		if e.Request.Foreign || e.Request.Method != dl.line.Method || len(e.Responses) == 0 || !success(e.Responses[0].Status) {
			continue
		}
		segs := page.Split(e.Request.Path)
		score := alike(segs, dl.line.Segments)
		for j := range dl.page.Operations {
			l := &dl.page.Operations[j]
			if l.Method == dl.line.Method && alike(segs, l.Segments) > score && alike(l.Segments, dl.line.Segments) == 0 {
				score = -1
				break
			}
		}
		if score > high {
			best, high = e, score
		}
	}
	return best
}

// alike counts the segments at the end of two paths that are the same words;
// keys are alike whatever they are.
func alike(a, b []page.Segment) int {
	n := 0
	for n < len(a) && n < len(b) {
		x, y := a[len(a)-1-n], b[len(b)-1-n]
		if !strings.EqualFold(x.Text, y.Text) && !x.Key && !y.Key {
			break
		}
		if n == 0 && (x.Key || y.Key) && (word(x) || word(y)) {
			break // a key at the end is not the word of an operation or collection
		}
		n++
	}
	return n
}

// word reports whether a segment is a name of the model rather than a key:
// letters only, as ids in examples never are.
func word(s page.Segment) bool {
	if s.Key || s.Text == "" {
		return false
	}
	text := strings.TrimPrefix(s.Text, "$")
	for _, r := range text {
		if (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && r != '.' {
			return false
		}
	}
	return true
}

func success(status int) bool { return status >= 200 && status < 400 }

// others are the further success statuses the page names, in its order.
func others(p *page.Page, status int) []int {
	var out []int
	add := func(s int) {
		if !success(s) || s == status {
			return
		}
		for _, have := range out {
			if have == s {
				return
			}
		}
		out = append(out, s)
	}
	for _, s := range p.Response.Statuses {
		add(s)
	}
	for _, e := range p.Examples {
		for _, a := range e.Responses {
			if !e.Request.Foreign {
				add(a.Status)
			}
		}
	}
	return out
}

// typeText turns the name in an @odata.type into a full one.
func typeText(text string, ns *names, p *page.Page) string {
	text = strings.TrimPrefix(strings.TrimSpace(text), "#")
	if text == "" {
		return ""
	}
	if strings.HasPrefix(fold(text), "graph.") {
		text = "microsoft." + text
	}
	if full := ns.resolve(text, p.Namespace+"."); full != "" {
		return full
	}
	if wellNamed(text) {
		return text
	}
	return ""
}

// linked is the type the Response sentence links to.
func linked(p *page.Page, ns *names) string {
	if len(p.Response.Types) == 0 {
		return ""
	}
	text := p.Response.Types[0]
	if full := ns.resolve(text, p.Namespace+"."); full != "" {
		return full
	}
	space := p.Namespace
	if space == "" {
		space = graphNS
	}
	if full := space + "." + short(text); identifier(short(text)) && wellNamed(full) {
		return full
	}
	return ""
}
