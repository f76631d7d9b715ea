package derive

import (
	"strings"

	"github.com/graph-emulator/graph-emulator/schemas/derive/csdl"
)

// addCSDL lays a metadata document beneath what the draft already holds.
func (d *draft) addCSDL(doc *csdl.Document, origin string) {
	for _, n := range doc.Notes {
		d.ledger.add(d.version, "CSDL: "+n.Reason, n.Detail)
	}
	for i := range doc.Types {
		d.addType(&doc.Types[i], origin)
		d.wordless(&doc.Types[i])
	}
	for i := range doc.Operations {
		d.addOperation(&doc.Operations[i], origin)
	}
	if doc.Container == "" {
		return
	}
	root := d.define(rootName, kindRoot, origin)
	for i := range doc.Sets {
		set := &doc.Sets[i]
		n := d.addNavigation(root, set, origin)
		n.set = true
		if item, isMany := many(set.Type); isMany {
			if d.sets[fold(item)] == "" {
				d.sets[fold(item)] = set.Name
			}
		}
	}
	for i := range doc.Sets {
		d.addBindings(&doc.Sets[i])
	}
}

// wordless notes the capabilities that a schema file has no word for: those of
// a whole type, and a few of navigations.
func (d *draft) wordless(t *csdl.Type) {
	for _, f := range sortedKeys(t.Facts) {
		d.ledger.add(d.version, "CSDL: capability of a type is not kept: "+f, t.Name)
	}
	for _, n := range t.Navigations {
		for _, f := range sortedKeys(n.Facts) {
			if _, ok := capNames[f]; !ok {
				d.ledger.add(d.version, "CSDL: capability of a navigation is not kept: "+f, t.Name+"/"+n.Name)
			}
		}
		if len(n.Derived) > 0 {
			d.ledger.add(d.version, "CSDL: constraint on the derived types of a navigation is not kept", t.Name+"/"+n.Name)
		}
	}
}

func (d *draft) addType(c *csdl.Type, origin string) {
	t := d.define(c.Name, string(c.Kind), origin)
	if t.origin == origin && t.base == "" {
		t.base = c.Base
		t.abstract, t.open, t.stream = c.Abstract, c.Open, c.Stream
		t.flags = c.Flags
	}
	if len(t.key) == 0 {
		t.key = c.Key
	}
	if len(t.alternate) == 0 {
		t.alternate = c.AlternateKeys
	}
	if c.Kind == csdl.Enum {
		if len(t.members) == 0 {
			for _, m := range c.Members {
				t.members = append(t.members, member{m.Name, m.Value})
			}
		}
		return
	}
	for i := range c.Properties {
		p := &c.Properties[i]
		if d.own(t, p.Name) {
			continue
		}
		t.props[fold(p.Name)] = &prop{name: p.Name, typ: p.Type, origin: origin, nullable: p.Nullable, readOnly: p.Computed, immutable: p.Immutable, facts: p.Facts}
	}
	for i := range c.Navigations {
		d.addNavigation(t, &c.Navigations[i], origin)
	}
}

// own reports whether t itself declares the member already.
func (d *draft) own(t *typ, name string) bool {
	return t.props[fold(name)] != nil || t.navs[fold(name)] != nil
}

func (d *draft) addNavigation(t *typ, c *csdl.Navigation, origin string) *nav {
	if n := t.navs[fold(c.Name)]; n != nil {
		return n
	}
	n := &nav{name: c.Name, typ: c.Type, origin: origin, nullable: c.Nullable, contains: c.Contains, computed: c.Computed, facts: c.Facts}
	delete(t.props, fold(c.Name))
	t.navs[fold(c.Name)] = n
	return n
}

func (d *draft) addOperation(c *csdl.Operation, origin string) {
	item, onMany := many(c.Binding)
	if item == "" {
		item = rootName
	}
	t := d.find(item)
	if t == nil {
		d.ledger.add(d.version, "operation bound to an unknown type", c.Namespace+"."+c.Name+" on "+item)
		return
	}
	o := &op{
		name: c.Name, namespace: c.Namespace, origin: origin, action: c.Action, onMany: onMany,
		composable: c.Composable, entitySetPath: c.EntitySetPath, returns: c.Returns, returnsNullable: c.ReturnsNullable,
	}
	for _, p := range c.Parameters {
		o.params = append(o.params, param{p.Name, p.Type, p.Nullable, p.Optional})
	}
	for _, have := range t.ops {
		if same(have, o) {
			return
		}
		// An overload from a higher layer hides the whole name below it: the
		// lower layer may be an older signature of the same operation.
		if have.origin != origin && strings.EqualFold(have.name, o.name) && have.onMany == o.onMany {
			return
		}
	}
	t.ops = append(t.ops, o)
	t.touched = true
}

func same(a, b *op) bool {
	if !strings.EqualFold(a.name, b.name) || a.onMany != b.onMany || a.action != b.action || len(a.params) != len(b.params) {
		return false
	}
	for i := range a.params {
		if a.params[i].name != b.params[i].name || a.params[i].typ != b.params[i].typ {
			return false
		}
	}
	return true
}

// addBindings follows the path of each binding from the type of the set, over
// casts and navigations, to the navigation it speaks of.
func (d *draft) addBindings(set *csdl.Navigation) {
	for _, b := range set.Bindings {
		item, _ := many(set.Type)
		t := d.find(item)
		var at *nav
		for _, step := range strings.Split(b.Path, "/") {
			switch {
			case t == nil:
				at = nil
			case strings.Contains(step, "."):
				t, at = d.find(step), nil
			default:
				at = d.navigation(t, step)
				if at != nil {
					item, _ := many(at.typ)
					t = d.find(item)
				}
			}
		}
		if at == nil {
			d.ledger.add(d.version, "CSDL: binding of an unknown navigation", set.Name+": "+b.Path)
			continue
		}
		if at.binding == "" && !at.contains {
			at.binding = b.Target
		}
	}
}

// navigation finds a navigation through the base types.
func (d *draft) navigation(t *typ, name string) *nav {
	for _, b := range d.up(t) {
		if n := b.navs[fold(name)]; n != nil {
			return n
		}
	}
	return nil
}
