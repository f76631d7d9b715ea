package derive

import (
	"slices"
	"strings"

	"github.com/graph-emulator/graph-emulator/schemas/derive/page"
)

// addResources lays what the resource and enumeration pages say beneath what
// the draft holds. Types are defined first, so that members can refer to any.
func (d *draft) addResources(pages []*page.Page, hint *draft) {
	var resources []*page.Page
	for _, p := range pages {
		if p.Type != nil && wellNamed(p.Type.Name) {
			resources = append(resources, p)
		}
	}
	ns := d.names()
	for _, p := range resources {
		ns.add(p.Type.Name)
	}
	fresh := d.defineResources(resources, ns, hint)
	d.addEnums(pages, ns)
	for _, p := range resources {
		t := d.find(p.Type.Name)
		if t == nil || t.kind == kindEnum {
			d.ledger.add(d.version, "resource page of a type that is none", p.Name)
			continue
		}
		d.addRows(t, p, ns, hint)
		if fresh[t] && t.kind == kindEntity && len(t.key) == 0 && t.base == "" {
			t.base = entityID
		}
	}
}

// wellNamed accepts full names in Graph's namespace made of letters, digits
// and underscores; titles and placeholders of pages are not names.
func wellNamed(name string) bool {
	rest, ok := strings.CutPrefix(name, graphNS+".")
	if !ok || rest == "" || strings.HasSuffix(rest, ".") || strings.Contains(rest, "..") {
		return false
	}
	return identifier(strings.ReplaceAll(rest, ".", ""))
}

func identifier(s string) bool {
	for i, c := range s {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return s != ""
}

// defineResources defines the types only pages know and says which they are.
func (d *draft) defineResources(resources []*page.Page, ns *names, hint *draft) map[*typ]bool {
	fresh := map[*typ]bool{}
	byName := map[string]*page.Page{}
	for _, p := range resources {
		if d.find(p.Type.Name) == nil {
			byName[fold(p.Type.Name)] = p
		}
	}
	for _, p := range resources {
		if byName[fold(p.Type.Name)] != p {
			continue
		}
		t := d.define(p.Type.Name, d.resourceKind(p, ns, byName, hint), fromResource)
		t.abstract, t.open = p.Type.Abstract, p.Type.Open
		if p.Type.Key != "" && p.Type.Key != "id" && identifier(p.Type.Key) {
			t.key = []string{p.Type.Key}
		}
		if base := baseName(p.Type.Base, p.Type.Name, ns, byName); !strings.EqualFold(base, t.name) {
			t.base = base
		}
		fresh[t] = true
	}
	return fresh
}

func baseName(base, owner string, ns *names, byName map[string]*page.Page) string {
	if base == "" {
		return ""
	}
	if full := ns.resolve(base, owner); full != "" && !strings.HasPrefix(full, "Edm.") {
		return full
	}
	if p := byName[fold(space(owner)+"."+short(base))]; p != nil {
		return p.Type.Name
	}
	if all := ns.byShort[fold(short(base))]; len(all) > 0 {
		return all[0]
	}
	return ""
}

// resourceKind tells entities from complex types: by the base type, else by
// what the page shows.
func (d *draft) resourceKind(p *page.Page, ns *names, byName map[string]*page.Page, hint *draft) string {
	if h := hint.find(p.Type.Name); h != nil && h.kind != kindEnum {
		return h.kind
	}
	at := p
	for range 16 {
		base := baseName(at.Type.Base, at.Type.Name, ns, byName)
		if t := d.find(base); base != "" && t != nil {
			return t.kind
		}
		next := byName[fold(base)]
		if next == nil || next == at {
			break
		}
		at = next
	}
	if showsEntity(p.Type) {
		return kindEntity
	}
	return kindComplex
}

// showsEntity reports whether a page presents its type as an entity: by a key,
// relationships, or methods on something that has an id.
func showsEntity(t *page.Type) bool {
	id := slices.ContainsFunc(t.Properties, func(r page.Row) bool { return r.Name == "id" })
	return t.Key != "" || len(t.Relationships) > 0 || id && len(t.Methods) > 0
}

// sketches are what resource pages let better layers know that they leave open.
type sketches struct {
	entities map[string]bool     // folded names of types presented as entities
	rows     map[string]page.Row // by folded type/member
}

func whatIsShown(pages []*page.Page) *sketches {
	s := &sketches{map[string]bool{}, map[string]page.Row{}}
	for _, p := range pages {
		if p.Type == nil {
			continue
		}
		if showsEntity(p.Type) {
			s.entities[fold(p.Type.Name)] = true
		}
		for _, r := range p.Type.Properties {
			s.rows[fold(p.Type.Name+"/"+r.Name)] = r
		}
	}
	return s
}

func (d *draft) addRows(t *typ, p *page.Page, ns *names, hint *draft) {
	for _, r := range p.Type.Properties {
		d.addRow(t, r, ns, hint, p.Name)
	}
	for _, r := range p.Type.Relationships {
		d.addRow(t, r, ns, hint, p.Name)
	}
	for _, m := range p.Type.Sketch {
		if identifier(m.Name) && !d.has(t, m.Name) && m.Type != "" {
			d.addMember(t, m.Name, collection(d.memberType(m.Type, t.name, ns), m.Collection), fromResource, hint)
		}
	}
}

func (d *draft) addRow(t *typ, r page.Row, ns *names, hint *draft, pageName string) {
	if !identifier(r.Name) {
		if !strings.HasPrefix(r.Name, "@") {
			d.ledger.add(d.version, "row of a resource page without the name of a member", pageName)
		}
		return
	}
	if d.has(t, r.Name) || r.Name == "id" && t.kind == kindEntity && t.base != "" {
		return
	}
	typeName := d.memberType(r.Type, t.name, ns)
	if typeName == "Edm.Untyped" {
		d.ledger.add(d.version, "type of a row is not known; any value is taken", pageName+": "+r.Name)
	}
	d.addMember(t, r.Name, collection(typeName, r.Collection), fromResource, hint)
}

// memberType is the type a page names, or Edm.Untyped when nothing is known of
// it: a value of any kind.
func (d *draft) memberType(text, owner string, ns *names) string {
	full := ns.resolve(text, owner)
	if full == "" {
		return "Edm.Untyped"
	}
	if _, ok := primitive[full]; !ok && strings.HasPrefix(full, "Edm.") {
		return "Edm.Untyped"
	}
	return full
}

// addEnums defines enumerations that only pages know. They are tolerant: a
// page need not list every member.
func (d *draft) addEnums(pages []*page.Page, ns *names) {
	for _, p := range pages {
		space := p.Namespace
		if space == "" {
			space = graphNS
		}
		for _, e := range p.Enums {
			full := space + "." + e.Name
			if !identifier(e.Name) || len(e.Members) == 0 || ns.resolve(e.Name, full) != "" {
				continue
			}
			t := d.define(full, kindEnum, fromResource)
			for i, m := range e.Members {
				v := int64(i)
				if m.HasValue {
					v = m.Value
				}
				t.members = append(t.members, member{m.Name, v})
			}
			ns.add(full)
		}
	}
}
