package derive

import (
	"slices"
	"strings"

	"github.com/graph-emulator/graph-emulator/schemas/derive/decl"
)

// addDeclarations lays published declarations beneath what the draft holds.
// They do not tell properties from navigations: a member whose type is an
// entity is a navigation. Containment comes from hint, the model of the other
// version, where it knows the member; pages tell entities where no base type
// does, and what a member's declared type leaves open.
func (d *draft) addDeclarations(f *decl.Facts, hint *draft, shown *sketches) {
	for _, n := range f.Notes {
		d.ledger.add(d.version, "declarations: "+n.Reason, n.Detail)
	}
	bases, keys := map[string]string{}, map[string]bool{}
	for _, t := range f.Types {
		bases[fold(t.Name)] = t.Base
		// A complex type has no use for a GUID of its own; one without a base is the key.
		keys[fold(t.Name)] = t.Base == "" && slices.Contains(t.Members, decl.Member{Name: "id", Type: "Edm.Guid"})
	}
	for _, e := range f.Enums {
		t := d.define(e.Name, kindEnum, fromDeclaration)
		if t.kind != kindEnum || len(t.members) > 0 {
			continue
		}
		for i, m := range e.Members {
			t.members = append(t.members, member{m, int64(i)})
		}
		if h := hint.find(e.Name); h != nil {
			t.flags = h.flags
		}
	}
	for _, ft := range f.Types {
		t := d.define(ft.Name, d.declaredKind(ft.Name, bases, hint, shown, keys), fromDeclaration)
		if t.origin != fromDeclaration {
			continue
		}
		t.base = ft.Base
		if t.base == "" && t.kind == kindEntity && slices.ContainsFunc(ft.Members, func(m decl.Member) bool { return m.Name == "id" }) {
			t.key = []string{"id"}
		}
		if h := hint.find(ft.Name); h != nil {
			t.abstract, t.open, t.stream, t.key, t.alternate = h.abstract, h.open, h.stream, h.key, h.alternate
		}
	}
	for _, ft := range f.Types {
		t := d.find(ft.Name)
		for _, m := range ft.Members {
			if !d.own(t, m.Name) && !d.movedUp(t, m.Name) {
				d.addMember(t, m.Name, d.refine(t, m, hint, shown), fromDeclaration, hint)
			}
		}
	}
}

// refine settles what a declaration cannot say. A number may be any of six
// types: the other version or the page tells. A set of flags is declared as a
// collection although it is one value: so is every one that metadata or the
// page shows as a single enumeration.
func (d *draft) refine(t *typ, m decl.Member, hint *draft, shown *sketches) string {
	item, isMany := many(m.Type)
	known := ""
	if h := hint.property(t.name, m.Name); h != nil {
		known = h.typ
	} else if r, ok := shown.rows[fold(t.name+"/"+m.Name)]; ok {
		known = collection(r.Type, r.Collection)
	}
	if item == "Edm.Number" {
		if of, alike := many(known); alike == isMany && numbers[of] {
			return known
		}
		return m.Type
	}
	e := d.find(item)
	if !isMany || e == nil || e.kind != kindEnum {
		return m.Type
	}
	switch _, asMany := many(known); {
	case asMany, known == "" && !e.flags:
		return m.Type
	case e.origin == fromDeclaration:
		e.flags = true
	}
	return item
}

// numbers are the types a declared number can be.
var numbers = map[string]bool{
	"Edm.Int16": true, "Edm.Int32": true, "Edm.Int64": true, "Edm.Byte": true, "Edm.SByte": true,
	"Edm.Double": true, "Edm.Single": true, "Edm.Decimal": true,
}

// movedUp reports whether a base type that a better layer states has the
// member already: declarations repeat what another version moved to a base.
func (d *draft) movedUp(t *typ, name string) bool {
	for _, b := range d.up(t)[1:] {
		if b.props[fold(name)] != nil || b.navs[fold(name)] != nil {
			return true
		}
	}
	return false
}

// declaredKind follows the declared bases up to entity, or to a type that a
// better source calls an entity.
func (d *draft) declaredKind(name string, bases map[string]string, hint *draft, shown *sketches, keys map[string]bool) string {
	for range 32 {
		if strings.EqualFold(name, entityID) {
			return kindEntity
		}
		if t := d.find(name); t != nil && t.origin != fromDeclaration {
			return t.kind
		}
		if h := hint.find(name); h != nil {
			return h.kind
		}
		base := bases[fold(name)]
		if base == "" {
			if shown.entities[fold(name)] || keys[fold(name)] {
				return kindEntity
			}
			break
		}
		name = base
	}
	return kindComplex
}

// addMember adds a member whose nature only its type tells.
func (d *draft) addMember(t *typ, name, typeName, origin string, hint *draft) {
	t.touched = true
	item, isMany := many(typeName)
	if !d.isEntity(item) {
		p := &prop{name: name, typ: typeName, origin: origin, nullable: true}
		if h := hint.property(t.name, name); h != nil {
			p.readOnly, p.immutable = h.readOnly, h.immutable
		}
		t.props[fold(name)] = p
		return
	}
	n := &nav{name: name, typ: typeName, origin: origin, nullable: !isMany, contains: d.contained(item)}
	if h := hint.navigation(hint.find(t.name), name); h != nil {
		n.contains, n.binding, n.facts, n.computed, n.nullable = h.contains, h.binding, h.facts, h.computed, h.nullable
	}
	t.navs[fold(name)] = n
}

// contained is the fallback for a navigation that no metadata describes: it
// owns its entities unless they live in an entity set of their own.
func (d *draft) contained(item string) bool { return d.sets[fold(item)] == "" }

func (d *draft) property(typeName, name string) *prop {
	for _, b := range d.up(d.find(typeName)) {
		if p := b.props[fold(name)]; p != nil {
			return p
		}
	}
	return nil
}

// addBelow fills in from the model of the other version what it knows of types
// this draft has: navigations, operations, keys and sets. Types only the other
// version has come along when something here refers to them.
func (d *draft) addBelow(below *draft, origin string) {
	if root := below.find(rootName); root != nil {
		own := d.define(rootName, kindRoot, origin)
		for k, n := range root.navs {
			item, isMany := many(n.typ)
			if own.navs[k] == nil && (d.find(item) != nil || below.find(item) != nil) {
				own.navs[k] = lent(n, origin)
				if isMany && d.sets[fold(item)] == "" {
					d.sets[fold(item)] = n.name
				}
			}
		}
	}
	for _, b := range below.sorted() {
		t := d.find(b.name)
		if t == nil || t.kind == kindEnum || t.kind == kindRoot || t.kind != b.kind {
			continue
		}
		for k, n := range b.navs {
			if !d.has(t, n.name) {
				t.navs[k] = lent(n, origin)
			}
		}
		for _, o := range b.ops {
			if !d.hasOp(t, o) {
				c := *o
				c.origin = origin
				t.ops = append(t.ops, &c)
			}
		}
	}
	d.fetch(below)
}

func lent(n *nav, origin string) *nav {
	c := *n
	c.origin = origin
	return &c
}

func (d *draft) hasOp(t *typ, o *op) bool {
	for _, b := range d.up(t) {
		for _, have := range b.ops {
			if have.onMany == o.onMany && strings.EqualFold(have.name, o.name) {
				return have.origin != o.origin || same(have, o)
			}
		}
	}
	return false
}

// fetch brings in types of below that members and operations here refer to,
// until nothing is missing that below could give.
func (d *draft) fetch(below *draft) {
	for again := true; again; {
		again = false
		for _, t := range d.sorted() {
			for _, name := range t.refs() {
				item, _ := many(name)
				b := below.find(item)
				if b == nil || d.find(item) != nil {
					continue
				}
				d.types[fold(item)] = b.copy()
				again = true
			}
		}
	}
}

// refs lists the types that t names.
func (t *typ) refs() []string {
	out := []string{t.base}
	for _, p := range t.props {
		out = append(out, p.typ)
	}
	for _, n := range t.navs {
		out = append(out, n.typ)
	}
	for _, o := range t.ops {
		out = append(out, o.returns)
		for _, p := range o.params {
			out = append(out, p.typ)
		}
	}
	return out
}
