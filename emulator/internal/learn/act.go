package learn

import (
	"cmp"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// act takes from the exchange what it says of its place.
func (e *event) act() {
	write := e.method == "PATCH" || e.method == "PUT"
	switch shape := e.t.Shape; {
	case shape == bind.IsRefs:
		e.refs()
	case shape == bind.IsCollection && e.method == "GET":
		e.list(e.place, e.coll)
	case shape == bind.IsFunc && e.method == "GET":
		e.function()
	case shape == bind.IsCollection && e.method == "POST" && e.answer != nil:
		e.found(e.place, e.coll, e.answer)
	case shape == bind.IsEntity && e.method == "DELETE":
		e.place.gone = true
	case shape == bind.IsEntity && (e.method == "GET" || write):
		if write {
			if sent, err := value.ParseObject(e.sent, value.Limits{}); err == nil {
				e.entity(e.place, plain(sent))
			}
		}
		if e.answer != nil {
			e.entity(e.place, e.answer)
		}
	case shape == bind.IsValue && (e.method == "GET" || write):
		e.property()
	case shape == bind.IsStream && e.method == "GET":
		e.stream(e.got, e.media)
	case shape == bind.IsStream && write && e.answer != nil:
		e.entity(e.place, e.answer)
	}
}

// plain are the members of a body without what it says of links.
func plain(m value.Members) (out value.Members) {
	for _, x := range m {
		if !strings.Contains(x.Name, "@") || x.Name == "@odata.type" {
			out.Set(x.Name, x.Value)
		}
	}
	return out
}

// list learns the members of a collection.
func (e *event) list(owner *node, nav *edm.Navigation) {
	list, ok := e.answer.Get("value")
	if !ok || list.Kind() != value.KindArray || nav == nil {
		return
	}
	order := owner.at(nav)
	if query := strings.ToLower(e.target); !strings.Contains(query, "skiptoken=") {
		order.told, order.sorted = nil, strings.Contains(query, "orderby=") || strings.Contains(query, "search=")
	}
	for el := range list.Elements() {
		m := el.Members()
		if m == nil {
			continue
		}
		n := e.found(owner, nav, m)
		if n == nil || order.sorted {
			continue
		}
		if before := order.told; before != nil && before.is() != n && n.owner == before.is().owner {
			n.owner.at(n.nav).after(n, before.is())
		}
		order.told = n
	}
}

// function learns from functions that tell members of the collection they are bound to.
func (e *event) function() {
	if op := e.t.Op(); op != nil && op.Name == "delta" && e.coll != nil {
		e.list(e.place, e.coll)
	}
}

// found learns an entity that a navigation has shown.
func (e *event) found(owner *node, nav *edm.Navigation, m value.Members) *node {
	typ := e.said(m, nav.Type.Name)
	raw, _ := m.Get("id")
	id, _ := raw.Text()
	if _, removed := m.Get("@removed"); removed {
		if n, ok := owner.at(nav).index[strings.ToLower(id)]; ok {
			n.is().gone = true
		}
		return nil
	}
	v, view := e.l.reg.View(e.typeOf(owner), nav.Name)
	home, set := e.home(owner, nav, typ)
	var n *node
	switch {
	case home == nil || set == nil:
		if n = e.object(id); n == nil {
			e.note("nothing says what the member %s of %s is", quoted(id), nav.Name)
			return nil
		}
	case !set.Type.Many:
		n = home.member(set, "")
	case id == "":
		e.note("a member of %s has no id", nav.Name)
		return nil
	default:
		n = home.member(set, id)
	}
	n = e.entityAs(n, m, typ)
	switch {
	case view && v.Computed:
		for _, link := range v.Links {
			if back, ok := e.typeOf(n).Navigation(link); ok {
				n.at(back).link(owner)
			}
		}
	case home != owner || set != nav:
		if !view {
			owner.at(nav).link(n)
		}
	}
	return n
}

// said is the type that an object says it is of.
func (e *event) said(m value.Members, declared edm.Name) edm.Name {
	raw, _ := m.Get("@odata.type")
	text, _ := raw.Text()
	if t, ok := e.model.Type(edm.Name(strings.TrimPrefix(text, "#"))); ok {
		return t.Name
	}
	return declared
}

// entity learns what is said of a node whose place the path has told.
func (e *event) entity(n *node, m value.Members) {
	raw, _ := m.Get("id")
	id, _ := raw.Text()
	declared := n.declared
	if n == e.l.me {
		declared = workload.User
	}
	typ := e.said(m, declared)
	if n == e.l.me && id != "" {
		e.l.iAm(id, e.model)
		n = n.is()
	}
	if n.nav != nil && n.owner != nil && id != "" { // what is shown here may lie elsewhere
		owner := n.owner.is()
		if home, set := e.home(owner, n.nav, typ); set != nil && (home != owner || set != n.nav) && set.Type.Many {
			nav, there := n.nav, home.member(set, id)
			if n != there {
				n.merge(there)
			}
			if _, view := e.l.reg.View(e.typeOf(owner), nav.Name); !view {
				owner.at(nav).link(there)
			}
			n = there
		}
	}
	e.entityAs(n, m, typ)
}

func (e *event) entityAs(n *node, m value.Members, typ edm.Name) *node {
	raw, _ := m.Get("id")
	if id, ok := raw.Text(); ok && n.nav != nil && n.nav.Type.Many {
		n = n.call(id)
	}
	n.seen, n.gone = true, false
	from := Note{File: e.file, Line: e.line, Request: e.method + " " + e.target}
	n.from = cmp.Or(n.from, from)
	if n.by == nil {
		n.by = map[string]Note{}
	}
	if typ != n.declared || n.typ == "" {
		n.typ = typ
	}
	t := e.typeOf(n)
	for _, x := range m {
		switch nav, ok := t.Navigation(x.Name); {
		case strings.Contains(x.Name, "@"):
		case ok:
			e.expanded(n, nav, x.Value)
		case e.known(n.typ, x.Name):
			n.members.Set(x.Name, x.Value)
			n.by[x.Name] = from
		default:
			e.note("%s has no member %s", n.typ.Short(), quoted(x.Name))
		}
	}
	return n
}

// known reports whether a type has a member in any version.
func (e *event) known(name edm.Name, member string) bool {
	for _, v := range e.l.models {
		if t, ok := v.Model.Type(name); ok {
			if _, ok := t.Property(member); ok {
				return true
			}
			if _, _, _, ok := t.DerivedMember(member); ok || t.Takes(member) {
				return true
			}
		}
	}
	return false
}

// expanded learns what stands inside an entity.
func (e *event) expanded(n *node, nav *edm.Navigation, raw value.Raw) {
	if !nav.Type.Many {
		if m := raw.Members(); m != nil {
			e.entity(e.single(n, nav), m)
		}
		return
	}
	if raw.Kind() != value.KindArray {
		return
	}
	for el := range raw.Elements() {
		if m := el.Members(); m != nil {
			e.found(n, nav, m)
		}
	}
}

// property learns a property by itself.
func (e *event) property() {
	if len(e.prop) == 0 || e.place == e.l.root {
		return
	}
	m := e.answer
	if m == nil {
		sent, err := value.ParseObject(e.sent, value.Limits{})
		if err != nil {
			return
		}
		m = sent
	}
	v, single := m.Get("value")
	if whole := plain(m); !single || len(whole) > 1 { // a complex value is told by its members
		v = whole.Object()
	}
	for i := len(e.prop) - 1; i > 0; i-- {
		v = value.Members{{Name: e.prop[i], Value: v}}.Object()
	}
	old, ok := e.place.members.Get(e.prop[0])
	if ok && old.Kind() == value.KindObject && v.Kind() == value.KindObject {
		v = value.Merge(value.Members{{Name: "x", Value: old}}, value.Members{{Name: "x", Value: v}})[0].Value
	}
	if e.known(e.place.typ, e.prop[0]) {
		e.place.members.Set(e.prop[0], v)
	}
}

// stream learns content.
func (e *event) stream(data []byte, media string) {
	if len(data) == 0 {
		return
	}
	name := "$value"
	if n := len(e.prop); n == 1 {
		name = e.prop[0]
	} else if n > 1 {
		e.note("content of a complex value")
		return
	}
	if media == "" {
		media = "application/octet-stream"
	}
	e.place.seen = true
	e.place.keep(stream{name, media, data})
}

// refs learns links: those that are told, made and taken away.
func (e *event) refs() {
	nav := e.t.Navigation()
	owner := e.place
	if nav != nil && !nav.Type.Many && owner.nav == nav {
		owner = owner.owner.is() // the walk has gone along it
	}
	switch {
	case nav == nil:
	case e.method == "GET":
		list, ok := e.answer.Get("value")
		if !ok {
			list = value.Array(e.answer.Object())
		}
		for el := range list.Elements() {
			if id, ok := el.Members().Get("@odata.id"); ok {
				e.link(owner, nav, id)
			}
		}
	case e.method == "POST" || e.method == "PUT":
		if sent, err := value.ParseObject(e.sent, value.Limits{}); err == nil {
			if id, ok := sent.Get("@odata.id"); ok {
				e.link(owner, nav, id)
			}
		}
	case e.method == "DELETE":
		if e.coll == nil && nav.Type.Many { // the key stands before $ref
			e.unlinkEverywhere(nav, e.place)
			return
		}
		owner.at(nav).links = nil
	}
}

func (e *event) link(owner *node, nav *edm.Navigation, id value.Raw) {
	to := e.linked(id)
	if to == nil {
		e.note("nothing says what %s is", id)
		return
	}
	owner.at(nav).link(to)
}

// unlinkEverywhere takes a member out of the navigation that the path names before it.
func (e *event) unlinkEverywhere(nav *edm.Navigation, member *node) {
	steps := e.t.Steps
	owner := &event{l: e.l, model: e.model}
	cut := *e.t
	for i := len(steps) - 1; i >= 0; i-- {
		if steps[i].Kind == edm.Nav {
			cut.Steps = steps[:i]
			break
		}
	}
	owner.t = &cut
	if owner.walk() == "" {
		owner.place.at(nav).unlink(member)
	}
}
