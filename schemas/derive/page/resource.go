package page

import (
	"strconv"
	"strings"
)

// resource reads a page about a type, or about enumerations.
func (r *reader) resource() {
	t := &Type{}
	for i := range r.blocks {
		b := &r.blocks[i]
		switch b.kind {
		case fence:
			r.sketch(t, b)
		case prose:
			if t.Base == "" {
				t.Base = r.inherits(b)
			}
		case table:
			r.resourceTable(t, b)
		}
	}
	if r.page.Kind == Enum {
		return
	}
	if t.Name == "" {
		t.Name = r.typeOfTitle()
	}
	if t.Name == "" {
		r.issue(1, NoTypeName, "")
		if len(t.Properties) == 0 && len(t.Methods) == 0 {
			return
		}
	}
	r.page.Type = t
}

// resourceTable knows a table by its section, else by its head.
func (r *reader) resourceTable(t *Type, b *block) {
	head, _ := b.rows()
	first := ""
	if len(head) > 0 {
		first = head[0]
	}
	section := ""
	if len(b.path) > 0 {
		section = b.path[len(b.path)-1]
	}
	switch {
	case strings.HasPrefix(first, "member") && !b.under("propert", "relation", "method") || b.under("members") || strings.HasSuffix(section, " values"):
		r.enumeration(b)
	case b.under("method"):
		t.Methods = append(t.Methods, r.methods(b)...)
	case b.under("relation", "navigation"):
		t.Relationships = append(t.Relationships, r.rowsOf(b)...)
	case b.under("propert", "instance attrib"):
		name, typ, _ := columns(head)
		switch {
		case name < 0 || typ < 0:
			if strings.HasPrefix(section, "propert") {
				r.issue(b.line, TableUnknown, "")
			}
		default:
			t.Properties = append(t.Properties, r.rowsOf(b)...)
		}
	}
}

// typeOfTitle takes "presence resource type" for microsoft.graph.presence.
func (r *reader) typeOfTitle() string {
	title := r.page.Title
	for i := range r.blocks {
		if b := &r.blocks[i]; b.kind == heading && b.level == 1 {
			title, _ = plain(b.text, r.links)
			break
		}
	}
	word, rest, _ := strings.Cut(strings.TrimSpace(title), " ")
	rest = strings.ToLower(rest)
	if !identifier(word) || !strings.Contains(rest, "resource") && !strings.Contains(rest, "type") && !strings.Contains(rest, "enum") && !strings.Contains(rest, "facet") && rest != "" {
		return ""
	}
	if strings.Contains(word, ".") {
		return qualify(word)
	}
	if r.page.Namespace != "" {
		return r.page.Namespace + "." + word
	}
	return "microsoft.graph." + word
}

// inherits reads the base type of a sentence.
func (r *reader) inherits(b *block) string {
	if b.kind != prose || b.under("propert", "relation", "method", "remark", "json") {
		return ""
	}
	text := strings.Join(b.lines, " ")
	for _, words := range [...]string{"nherits from", "nherits properties from", "erives from", "erived from", " subtype of", " extends "} {
		if i := strings.Index(text, words); i >= 0 {
			if name := r.nextName(text[i+len(words):]); name != "" {
				return name
			}
		}
	}
	return ""
}

// methods reads the table of methods.
func (r *reader) methods(b *block) []Method {
	head, body := b.rows()
	ret := -1
	for i, h := range head {
		if i > 0 && (strings.HasPrefix(h, "return") || h == "type" || h == "result") {
			ret = i
			break
		}
	}
	out := make([]Method, 0, len(body))
	for _, row := range body {
		text, links := plain(row.cell(0), r.links)
		if text == "" || strings.EqualFold(strings.Trim(text, "."), "none") {
			continue
		}
		m := Method{Name: text, Number: row.line}
		for _, l := range links {
			if m.Link = l.page(); m.Link != "" {
				m.Name = l.text
				break
			}
		}
		if m.Link == "" && strings.Count(text, " ") > 5 {
			continue // a heading row or a remark
		}
		if ret > 0 {
			t := readType(row.cell(ret), r.links)
			m.Text, m.Type, m.Collection = shortWords(t.text), t.name, t.collection
		}
		out = append(out, m)
	}
	return out
}

// enumeration reads a table of members.
func (r *reader) enumeration(b *block) {
	head, body := b.rows()
	value := -1
	for i, h := range head {
		if i > 0 && strings.HasPrefix(h, "value") {
			value = i
			break
		}
	}
	e := Enumeration{Number: b.line, Name: r.enumName(b)}
	for _, row := range body {
		name, ok := r.name(row.cell(0))
		if !ok {
			continue
		}
		m := EnumMember{Name: name}
		if value > 0 {
			v, _ := plain(row.cell(value), r.links)
			if n, err := strconv.ParseInt(v, 0, 64); err == nil {
				m.Value, m.HasValue = n, true
			}
		}
		e.Members = append(e.Members, m)
	}
	if len(e.Members) > 0 {
		r.page.Enums = append(r.page.Enums, e)
	}
}

// enumName is the name in "### callType values", else that of the page.
func (r *reader) enumName(b *block) string {
	for i := len(b.raw) - 1; i > 0; i-- {
		h, _ := plain(b.raw[i], r.links)
		word, rest, _ := strings.Cut(h, " ")
		if rest = strings.TrimSpace(rest); identifier(word) && (rest == "values" || rest == "enum" || rest == "enumeration" || rest == "enum values") {
			return word
		}
	}
	if n := r.typeOfTitle(); n != "" && r.page.Kind == Enum {
		return n
	}
	return ""
}
