package page

import (
	"slices"
	"strings"
)

// permissions reads a table whose first column is the scheme, or one whose
// head is the schemes and whose rows are resources: one Permissions a row.
// Another table that happens to stand in the section gives nothing.
func (r *reader) permissions(b *block) []Permissions {
	head, body := b.rows()
	variant := ""
	if len(b.raw) > 0 {
		if last := b.raw[len(b.raw)-1]; !isPermissionHead(strings.ToLower(last)) {
			variant, _ = plain(last, r.links)
		}
	}
	for i, h := range head {
		if i > 0 && schemeOf(h) == DelegatedWork {
			return r.byResource(b, head, body)
		}
	}
	p := Permissions{Heading: variant, Number: b.line}
	reverse, list := false, 0
	for i, h := range head {
		reverse = reverse || strings.Contains(h, "most to least")
		if i > 0 && list == 0 && strings.HasPrefix(h, "permission") {
			list = i
		}
	}
	seen, current := false, NoScheme
	for _, row := range body {
		feature := strings.HasPrefix(row.cell(0), "&nbsp;")
		label, _ := plain(row.cell(0), r.links)
		if !feature {
			if current = schemeOf(label); current == NoScheme {
				if seen || len(head) > 0 && strings.Contains(head[0], "permission type") {
					r.issue(row.line, SchemeUnknown, "")
				}
				continue
			}
		}
		seen = true
		names, stated := r.names(row.cell(max(list, 1)), row.line)
		p.Stated = p.Stated || stated
		if reverse {
			slices.Reverse(names)
		}
		if feature && len(names) > 0 {
			p.Features = append(p.Features, Feature{Name: label, Scheme: current, Names: names})
		}
		p.fold(current, names)
	}
	if !seen {
		if len(body) > 0 {
			r.issue(b.line, TableUnknown, "")
		}
		return nil
	}
	return []Permissions{p}
}

// byResource reads the table that extensions use: a row a resource.
func (r *reader) byResource(b *block, head []string, body []tableRow) []Permissions {
	out := make([]Permissions, 0, len(body))
	for _, row := range body {
		p := Permissions{Number: row.line}
		p.Heading, _ = plain(row.cell(0), r.links)
		for i := 1; i < len(head); i++ {
			names, stated := r.names(row.cell(i), row.line)
			p.Stated = p.Stated || stated
			p.fold(schemeOf(head[i]), names)
		}
		out = append(out, p)
	}
	return out
}

func isPermissionHead(h string) bool {
	return strings.HasPrefix(h, "permissions") && len(h) < 14 || strings.HasPrefix(h, "prerequisites")
}

// fold adds names to the list of a scheme, each once.
func (p *Permissions) fold(s Scheme, names []string) {
	list := &p.Application
	switch s {
	case DelegatedWork:
		list = &p.DelegatedWork
	case DelegatedPersonal:
		list = &p.DelegatedPersonal
	case NoScheme:
		return
	}
	for _, n := range names {
		if !slices.Contains(*list, n) {
			*list = append(*list, n)
		}
	}
}

// schemeOf knows a scheme by its words, whatever else the cell says.
func schemeOf(label string) Scheme {
	low := strings.ToLower(label)
	switch {
	case strings.Contains(low, "work or school"):
		return DelegatedWork
	case strings.Contains(low, "personal"):
		return DelegatedPersonal
	case strings.HasPrefix(low, "appl"):
		return Application
	case strings.HasPrefix(low, "delegated"):
		return DelegatedWork
	}
	return NoScheme
}

// names reads a cell of permissions. stated is false for a TODO, which says
// nothing; a cell that denies is stated and empty.
func (r *reader) names(cell string, line int) (names []string, stated bool) {
	text, _ := plain(cell, r.links)
	if strings.Contains(text, "TODO") {
		return nil, false
	}
	low := strings.ToLower(strings.Trim(text, " ."))
	if low == "" || strings.HasPrefix(low, "not ") || low == "none" || low == "n/a" {
		return nil, true
	}
	strange := false
	for part := range strings.FieldsFuncSeq(text, func(c rune) bool { return c == ',' || c == ';' || c == ' ' || c == '\u00a0' }) {
		part = strings.TrimRight(part, ".:*)")
		if isPermission(part) {
			if !slices.Contains(names, part) {
				names = append(names, part)
			}
		} else if part = strings.ToLower(part); part != "or" && part != "and" && part != "" {
			strange = true
		}
	}
	if strange {
		r.issue(line, CellSentence, "")
	}
	return names, true
}

// isPermission accepts "User.Read.All" and the few without a dot, such as
// "openid"; a word of a sentence has none.
func isPermission(s string) bool {
	switch s {
	case "openid", "profile", "email", "offline_access":
		return true
	}
	if strings.IndexByte(s, '.') <= 0 || strings.Contains(s, "/") || s[0] < 'A' || s[0] > 'Z' {
		return false
	}
	return identifier(strings.ReplaceAll(s, "-", "_"))
}
