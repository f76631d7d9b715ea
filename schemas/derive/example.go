package derive

import (
	"strings"

	"github.com/graph-emulator/graph-emulator/schemas/derive/page"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// completed adds the operations that pages show without listing them: the properties
// that a placeholder stands for, and the requests of examples that no line covers.
// They teach nothing but operations that the examples call on a collection.
func (c *compiler) completed(lines []docLine) ([]docLine, error) {
	listed := map[string]bool{}
	for i := range lines {
		if lines[i].resolved() {
			listed[lines[i].key()] = true
		}
	}
	more := c.requests()
	for i := range lines {
		more = append(more, lines[i].properties()...)
	}
	if err := c.resolve(more); err != nil {
		return nil, err
	}
	var astray []docLine
	for i := range more {
		if more[i].astray() {
			astray = append(astray, more[i])
		}
	}
	if _, err := c.learn(astray); err != nil {
		return nil, err
	}
	if err := c.resolve(more); err != nil {
		return nil, err
	}
	for i := range more {
		if dl := &more[i]; dl.resolved() && !listed[dl.key()] {
			listed[dl.key()] = true
			lines = append(lines, *dl)
		}
	}
	return lines, nil
}

// key tells an operation of a page from the others.
func (dl *docLine) key() string {
	return dl.page.Name + " " + dl.line.Method + " " + fold(dl.w.template)
}

// requests are the requests of examples, as lines of their pages.
func (c *compiler) requests() []docLine {
	var out []docLine
	for _, p := range c.pages {
		for i := range p.Examples {
			e := &p.Examples[i]
			r := &e.Request
			if p.Kind == page.Resource || r.Foreign || r.Listed || r.Path == "" || len(e.Responses) == 0 || !success(e.Responses[0].Status) {
				continue
			}
			out = append(out, docLine{page: p, shown: true, line: &page.Line{Method: r.Method, Text: r.URL, Path: r.Path,
				Query: r.Query, Segments: page.Split(r.Path), Version: r.Version, Number: r.Number}})
		}
	}
	return out
}

// properties are the lines that a line with a placeholder in the place of a property
// stands for: one for each property of the type that the page's body table lists.
func (dl *docLine) properties() []docLine {
	last := len(dl.line.Segments) - 1
	if dl.w.failed < 0 || dl.w.failed != last || !dl.line.Segments[last].Key || dl.w.many || dl.w.at == nil || dl.w.at.Kind != edm.Entity {
		return nil
	}
	var out []docLine
	for _, row := range dl.page.Body {
		if p, ok := dl.w.at.Property(row.Name); ok {
			l := *dl.line
			l.Segments = append(l.Segments[:last:last], page.Segment{Text: p.Name})
			l.Path = l.Path[:strings.LastIndexByte(l.Path, '/')+1] + p.Name
			out = append(out, docLine{page: dl.page, line: &l, extra: true})
		}
	}
	return out
}
