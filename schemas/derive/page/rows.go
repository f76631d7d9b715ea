package page

import "strings"

// columns finds the columns of a table of properties by the words of its
// head; name is -1 for a table of something else.
func columns(head []string) (name, typ, text int) {
	name, typ, text = -1, -1, -1
	for i, h := range head {
		switch {
		case strings.HasPrefix(h, "type") || h == "data type" || h == "value type" || h == "property type":
			if typ < 0 {
				typ = i
			}
		case strings.HasPrefix(h, "desc") || strings.HasPrefix(h, "note") || h == "comments" || h == "details":
			if text < 0 {
				text = i
			}
		case name < 0 && (strings.HasPrefix(h, "propert") || strings.HasPrefix(h, "param") || strings.HasPrefix(h, "name") ||
			strings.HasPrefix(h, "relation") || strings.HasPrefix(h, "field") || strings.HasPrefix(h, "member") || strings.HasPrefix(h, "query") || strings.HasPrefix(h, "element") ||
			strings.HasPrefix(h, "attribute") || strings.HasPrefix(h, "navigation") || strings.HasPrefix(h, "key") || strings.HasPrefix(h, "option") || h == "facet name" || h == "facet"):
			name = i
		}
	}
	if name < 0 && typ == 1 {
		name = 0
	}
	return name, typ, text
}

// rowsOf reads a table of properties, parameters or relationships.
func (r *reader) rowsOf(b *block) []Row {
	head, body := b.rows()
	name, typ, text := columns(head)
	if name < 0 {
		if len(body) > 0 {
			r.issue(b.line, TableUnknown, "")
		}
		return nil
	}
	out := make([]Row, 0, len(body))
	for _, cells := range body {
		n, ok := r.name(cells.cell(name))
		if !ok {
			continue
		}
		if typ > 0 && cells.cell(typ) == "" && cells.cell(text) == "" {
			continue // a heading inside the table
		}
		row := Row{Name: n, Number: cells.line}
		if typ >= 0 {
			t := readType(cells.cell(typ), r.links)
			row.Text, row.Type, row.Link, row.Collection = shortWords(t.text), t.name, t.link, t.collection
			if row.Type == "" {
				r.issue(cells.line, TypeUnknown, n)
			}
		}
		said := cells.cell(text)
		row.Required, row.Optional = demands(said)
		for i := range head { // a column of its own
			if strings.HasPrefix(head[i], "required") && i != text {
				c := strings.ToLower(cells.cell(i))
				row.Required = row.Required || strings.HasPrefix(c, "yes") || strings.HasPrefix(c, "true") || strings.HasPrefix(c, "required")
			}
		}
		row.Inherited = r.inherited(said)
		out = append(out, row)
	}
	return out
}

// name reads the first cell of a row; ok is false for a cell without a name.
func (r *reader) name(cell string) (string, bool) {
	s, _ := plain(cell, r.links)
	s = strings.TrimSpace(s)
	if i := strings.IndexAny(s, " \t("); i > 0 { // "id (key)", "name Required"
		s = s[:i]
	}
	s = strings.Trim(s, "\"'`:,")
	if s == "" || strings.EqualFold(s, "none") || strings.Trim(s, "-.…") == "" {
		return "", false
	}
	return s, true
}

// shortWords keeps the text of a type only while it looks like a name: a
// sentence does not leave the reader.
func shortWords(s string) string {
	if strings.Count(s, " ") > 3 {
		return ""
	}
	return s
}

// demands looks for the explicit words Required and Optional. "Required when
// ..." and "not required" demand nothing by themselves (docs-format 6).
func demands(text string) (required, optional bool) {
	for at := 0; ; {
		i := strings.Index(text[at:], "equired")
		if i < 0 {
			break
		}
		i += at
		at = i + len("equired")
		if i == 0 || text[i-1] != 'R' || i > 1 && letter(text[i-2]) {
			continue
		}
		rest := strings.TrimLeft(text[at:], "*_`) ")
		if rest == "" || strings.IndexByte(".;|<,", rest[0]) >= 0 || strings.HasSuffix(text[:i-1], "**") || letter(rest[0]) && rest[0] < 'a' {
			required = true
		}
	}
	if i := strings.Index(text, "ptional"); i > 0 && (text[i-1] == 'O') && (i == 1 || !letter(text[i-2])) {
		optional = !strings.HasPrefix(text[i+len("ptional"):], "ly")
	}
	return required && !optional, optional
}

func letter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

// inherited reads "Inherited from [entity](...)".
func (r *reader) inherited(text string) string {
	i := strings.Index(text, "nherited from")
	if i < 0 {
		return ""
	}
	return r.nextName(text[i+len("nherited from"):])
}

// nextName is the type name that follows in a sentence: a link, an emphasised
// word, or the bare word when it looks like a name.
func (r *reader) nextName(text string) string {
	if len(text) > 300 {
		text = text[:300]
	}
	s, _ := plain(text, r.links)
	for w := range strings.FieldsSeq(s) {
		switch strings.ToLower(w) {
		case "the", "a", "an", "type":
			continue
		}
		w = strings.TrimRight(w, ".,;:)")
		if identifier(w) {
			return w
		}
		return ""
	}
	return ""
}
