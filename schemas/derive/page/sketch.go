package page

import (
	"bytes"
	"encoding/json"
	"strings"
)

// sketch reads the JSON block of a resource page: what the annotation says
// of the type, and the members with the types their values name.
func (r *reader) sketch(t *Type, b *block) {
	n := b.note
	resource := n != nil && n.block == "resource"
	if !resource && (!b.under("json representation") || n != nil && n.block != "" && n.block != "ignored") {
		return
	}
	if t.Sketch != nil || t.Name != "" {
		return // the first sketch is the type's, others are of its parts
	}
	if n != nil {
		if identifier(n.odataType) {
			t.Name = qualify(n.odataType)
		}
		t.Base, t.Key, t.Open, t.Abstract = first(n.base, t.Base), n.key, n.open, n.abstract
	}
	text := []byte(strings.TrimSpace(strings.Join(b.lines, "\n")))
	if len(text) == 0 {
		return
	}
	fixed, repairs, ok := RepairJSON(text)
	if !ok {
		r.issue(b.line, SketchBroken, "")
		return
	}
	d := json.NewDecoder(bytes.NewReader(fixed))
	if tok, err := d.Token(); err != nil || tok != json.Delim('{') {
		r.issue(b.line, SketchBroken, "")
		return
	}
	own := ""
	t.Repairs = repairs
	t.Sketch, own = members(d)
	if t.Name == "" && identifier(own) {
		t.Name = qualify(own)
	}
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// members reads an object behind its brace, and its own @odata.type.
func members(d *json.Decoder) (list []Member, own string) {
	for d.More() {
		tok, err := d.Token()
		name, ok := tok.(string)
		if err != nil || !ok {
			return list, own
		}
		m := Member{Name: name}
		said := memberType(d, &m)
		if name == "@odata.type" {
			own, _ = bareType(said)
			continue
		}
		list = append(list, m)
	}
	_, _ = d.Token() // the closing brace
	return list, own
}

// memberType reads a value and derives the member's type from it. It returns
// the text of a string value.
func memberType(d *json.Decoder, m *Member) string {
	tok, err := d.Token()
	if err != nil {
		return ""
	}
	switch v := tok.(type) {
	case string:
		if strings.HasPrefix(v, "@") {
			return v
		}
		word, many := noun(v)
		m.Type = qualify(word)
		if many {
			m.Collection = true
		}
		if !strings.HasPrefix(m.Type, "Edm.") && !strings.Contains(word, ".") {
			m.Type = "Edm.String" // an example value or a word in place of a type
		}
		return v
	case float64:
		m.Type = "Edm.Number"
	case bool:
		m.Type = "Edm.Boolean"
	case json.Delim:
		if v == '{' {
			var own string
			if m.Members, own = members(d); identifier(own) {
				m.Type, m.Members = qualify(own), nil
			}
			return ""
		}
		m.Collection = true
		for i := 0; d.More(); i++ {
			var item Member
			memberType(d, &item)
			if i == 0 {
				m.Type, m.Members = item.Type, item.Members
			}
		}
		_, _ = d.Token() // the closing bracket
	}
	return ""
}
