package derive

import (
	"strings"

	"github.com/graph-emulator/graph-emulator/schemas/derive/page"
)

// rounds bounds how deep a path may lead through members nobody declares.
const rounds = 6

// learn adds the members that documented paths use and no layer declares, from
// the lines given, until nothing new is learned. It returns how many it added.
func (c *compiler) learn(lines []docLine) (int, error) {
	total := 0
	for range rounds {
		if err := c.resolve(lines); err != nil {
			return total, err
		}
		added := 0
		for _, g := range c.evidence(lines) {
			if c.fill(g) {
				added++
				c.draft.ledger.add(c.src.Version, "member learned from documented paths", g.owner+"/"+g.name)
			}
		}
		if added == 0 {
			return total, nil
		}
		total += added
		c.stale = true
	}
	return total, c.resolve(lines)
}

// fill declares the member a gap speaks of and reports whether it did.
func (c *compiler) fill(g *gap) bool {
	owner := c.draft.find(g.owner)
	if owner == nil && g.owner == rootName {
		owner = c.draft.define(rootName, kindRoot, fromPath)
	}
	ns, name, ok := qualified(g.name)
	if owner == nil || !ok {
		return false
	}
	if strings.Contains(g.name, ".") && c.draft.find(ns+"."+name) != nil {
		return false // a cast to a type that is no relation
	}
	isMany := g.keyed || g.listed || g.created
	if isMany && c.misspelt(owner, name) {
		return false
	}
	switch {
	case g.on || g.called && !g.keyed || ns != graphNS, verbal(name) && !g.through && !g.keyed:
		return c.fillOperation(owner, g, ns, name)
	case isMany:
		return c.fillNavigation(owner, g, name, true)
	case g.posted && !g.through:
		return c.fillOperation(owner, g, ns, name)
	case g.through || c.leadsToEntity(g) && (c.draft.find(g.result()) != nil || c.elsewhereValue(name) == ""):
		return c.fillNavigation(owner, g, name, false)
	}
	return c.fillProperty(owner, g, name)
}

// misspelt reports whether the owner has the same word in the other number:
// /user for /users is an error of the page, not a member. Where pages alone know either,
// nothing says which is right, and both are taken.
func (c *compiler) misspelt(owner *typ, name string) bool {
	other := name + "s"
	if !c.draft.has(owner, other) && strings.HasSuffix(name, "s") {
		other = strings.TrimSuffix(name, "s")
	}
	n := owner.navs[fold(other)]
	return c.draft.has(owner, other) && other != name && (n == nil || n.origin != fromPath)
}

// verbs begin the names of functions and never of navigations.
var verbs = []string{"get", "find", "search", "compare", "query", "validate", "evaluate", "export", "has", "is", "are", "scopedFor"}

func verbal(name string) bool {
	for _, v := range verbs {
		rest, ok := strings.CutPrefix(name, v)
		if ok && (rest == "" || rest[0] >= 'A' && rest[0] <= 'Z') {
			return true
		}
	}
	return false
}

func (c *compiler) leadsToEntity(g *gap) bool {
	r := g.result()
	return c.draft.isEntity(r) || wellNamed(r) && c.draft.find(r) == nil
}

func (c *compiler) fillOperation(owner *typ, g *gap, ns, name string) bool {
	if owner.kind == kindRoot || g.through && !g.called || owner.navs[fold(name)] != nil {
		return false
	}
	if g.on && owner.kind == kindEntity && !g.called && !g.posted && !g.created && !g.listed && !verbal(name) {
		return false // a member asked of a collection: the page left out the key
	}
	o := &op{name: name, namespace: ns, origin: fromPath, action: g.posted || g.created, onMany: g.on, returnsNullable: true}
	r := g.result()
	if p := owner.props[fold(name)]; p != nil && g.on { // a member of the elements has its type
		r, _ = many(p.typ)
	}
	if wellNamed(r) && c.draft.find(r) == nil && !c.defineResult(r, g.page) {
		r = ""
	}
	if r != "" {
		o.returns = collection(c.draft.canonical(r), g.listed || g.lists || g.keyed)
	} else if !o.action || g.answered && g.body == page.JSON {
		o.returns = collection("Edm.Untyped", g.listed || g.lists)
	}
	if !o.action {
		for _, a := range split(g.args) {
			if n, _, ok := cutArgument(a); ok {
				o.params = append(o.params, param{name: n, typ: c.argumentType(g, n), nullable: true})
			}
		}
	} else if g.page != nil {
		for _, row := range g.page.Body {
			if identifier(row.Name) {
				t := c.draft.memberType(row.Type, owner.name, c.names)
				o.params = append(o.params, param{row.Name, collection(t, row.Collection), true, !row.Required})
			}
		}
	}
	for _, have := range owner.ops {
		if same(have, o) {
			return false
		}
	}
	owner.ops = append(owner.ops, o)
	owner.touched = true
	return true
}

// argumentType is what the page's table says of a parameter, else a string.
func (c *compiler) argumentType(g *gap, name string) string {
	if g.page != nil {
		for _, row := range g.page.Parameters {
			if t := c.draft.memberType(row.Type, g.owner, c.names); strings.EqualFold(row.Name, name) && t != "Edm.Untyped" {
				return collection(t, row.Collection)
			}
		}
	}
	return "Edm.String"
}

func cutArgument(a string) (name, value string, ok bool) {
	for i := range len(a) {
		if a[i] == '=' {
			return a[:i], a[i+1:], identifier(a[:i])
		}
	}
	return "", a, false
}

func (c *compiler) fillNavigation(owner *typ, g *gap, name string, isMany bool) bool {
	target := g.result()
	if !wellNamed(target) || !c.draft.isEntity(target) && c.draft.find(target) != nil {
		target = c.elsewhere(name, isMany)
	}
	if target == "" {
		one := name
		if isMany {
			one = singular(name)
		}
		if target = c.names.resolve(one, owner.name); target == "" {
			target = graphNS + "." + one
		}
		if t := c.draft.find(target); t != nil && !c.promote(t) {
			return false // the word is taken by something else: rather nothing than nonsense
		}
	}
	if c.draft.find(target) == nil {
		c.defineEntity(target, g.page, isMany)
	}
	owner.touched = true
	n := &nav{name: name, typ: collection(c.draft.canonical(target), isMany), origin: fromPath, nullable: true}
	n.set = owner.kind == kindRoot
	n.contains = n.set || c.draft.contained(target)
	owner.navs[fold(name)] = n
	return true
}

// promote makes an entity of a type whose page does not show that it is one,
// once a path leads through it. It reports whether t is an entity now.
func (c *compiler) promote(t *typ) bool {
	if t.kind == kindComplex && t.origin != fromCSDL && t.base == "" && !c.draft.valued(t) {
		t.kind, t.touched = kindEntity, true
	}
	return t.kind == kindEntity
}

// valued reports whether some property holds a t.
func (d *draft) valued(t *typ) bool {
	for _, o := range d.types {
		if o == nil {
			continue
		}
		for _, p := range o.props {
			if item, _ := many(p.typ); strings.EqualFold(item, t.name) {
				return true
			}
		}
	}
	return false
}

func (c *compiler) fillProperty(owner *typ, g *gap, name string) bool {
	if owner.kind == kindRoot {
		return false
	}
	typeName := c.draft.canonical(g.result())
	if t := c.elsewhereValue(name); t != "" && c.draft.find(typeName) == nil {
		typeName = t
	}
	if typeName == "" {
		if g.body != page.Media && g.answered {
			return c.fillOperation(owner, g, graphNS, name) // an answer without a type: a function's
		}
		typeName = "Edm.Stream"
	}
	owner.touched = true
	owner.props[fold(name)] = &prop{name: name, typ: typeName, origin: fromPath, nullable: true}
	return true
}
