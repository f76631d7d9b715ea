package delta

import (
	"slices"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/query"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// What changeType asks for (B-6.16).
const (
	kindCreated = "created"
	kindUpdated = "updated"
	kindDeleted = "deleted"
)

// emitter writes the members of a page.
type emitter struct {
	*question
	c      *workload.Call
	scope  scope
	feed   feed // of a later round
	window *query.Window
	links  []linked
	left   int   // links that the page still takes
	part   *part // with which the page begins, or the next one
	page   []workload.Entity
}

// tells reports whether emitChange adds anything.
func (r *emitter) tells(t *change) bool {
	if !r.scope.present(t.ref) {
		return t.left != nil && r.passed(t, r.typeOf(t.left.Old))
	}
	switch n, ok := r.node(t.ref); {
	case !ok:
		return false
	case !r.passes(n):
		return r.passed(t, n.Type)
	default:
		return t.arrived || r.surfaces(r.changes(n, t), t)
	}
}

// emitChange adds to the page what happened to a member: that it came, changed or
// left. What the query does not want adds nothing.
func (r *emitter) emitChange(t *change) (full bool, err error) {
	tx := r.c.Tx
	if r.scope.present(t.ref) {
		n, ok := r.node(t.ref)
		switch passes := ok && r.passes(n); {
		case passes && t.arrived:
			return r.emitIf(kindCreated, n, nil)
		case passes:
			return r.emitIf(kindUpdated, n, t)
		case ok && r.passed(t, n.Type): // it left what the query wants
			r.emitRemoved(t.ref, n.Object, n.Type, "changed")
		}
		return false, nil
	}
	if t.left == nil || !r.passed(t, r.typeOf(t.left.Old)) { // gone since: reported by the next round
		return false, nil
	}
	reason := "changed"
	if _, ok := tx.Get(t.ref); !ok {
		reason = "deleted"
	}
	r.emitRemoved(t.ref, t.left.Old, r.typeOf(t.left.Old), reason)
	return false, nil
}

func (r *emitter) emitIf(kind string, n workload.Node, t *change) (full bool, err error) {
	if r.only != "" && r.only != kind {
		return false, nil
	}
	return r.emit(n, t)
}

func (r *emitter) typeOf(o value.Object) *edm.Type {
	return r.x.Core.TypeOf(r.c.Model, o.Type(), r.scope.nav)
}

// passed reports whether the query wanted a member as it was.
func (r *emitter) passed(t *change, typ *edm.Type) bool {
	was := t.before
	if t.left != nil {
		was = append(slices.Clip(was), t.left.Old)
	}
	return slices.ContainsFunc(was, func(o value.Object) bool {
		return r.passes(workload.Node{Ref: t.ref, At: t.ref, Type: typ, Object: o, Exists: true})
	})
}

// emitRemoved adds a member that left (B-6.7, B-6.20).
func (r *emitter) emitRemoved(ref store.Ref, was value.Object, typ *edm.Type, reason string) {
	if r.only != "" && r.only != kindDeleted {
		return
	}
	id, _ := was.Get(r.kind.ID)
	n := workload.Node{Ref: ref, At: ref, Type: typ, Object: was}
	m := value.Members{{Name: r.kind.ID, Value: id}}
	switch {
	case r.by.Gone != nil:
		n.Home.Owner = r.feed.owner(ref)
		m = r.by.Gone(r.c, &n)
	case r.trait.Removed == workload.RemovedFacet:
		if at, ok := was.Get("parentReference"); ok {
			m.Set("parentReference", r.stripped("parentReference", at))
		}
		m.Set("deleted", value.Members{{Name: "state", Value: value.String("deleted")}}.Object())
	case r.trait.Removed == workload.RemovedDeleted:
		reason = "deleted"
		fallthrough
	default:
		m.Set("@removed", removed(reason))
	}
	r.page = append(r.page, workload.Entity{Node: n, Members: m, Exact: true, Gone: true})
}

func removed(reason string) value.Raw {
	return value.Members{{Name: "reason", Value: value.String(reason)}}.Object()
}

// emit adds a member: all of it that the query shows, or, of a change, nothing when
// nothing changed that the query shows. It reports whether the page can take no more.
func (r *emitter) emit(n workload.Node, t *change) (full bool, err error) {
	var changed []string
	if t != nil {
		changed = r.changes(n, t)
		if !r.surfaces(changed, t) {
			return false, nil
		}
	}
	e, err := r.show(n)
	if err != nil {
		return false, err
	}
	if r.trait.Whole {
		r.page = append(r.page, e)
		return false, nil
	}
	if e.Members == nil {
		e.Members = n.Object.Members()
	}
	e.Members, e.Exact = r.members(&n, e.Members, changed, t != nil && r.c.Minimal), true
	if t != nil {
		r.emitLinkChanges(t, &e.Members)
	} else {
		full = r.emitLinks(&n, &e.Members)
	}
	r.page = append(r.page, e)
	return full, nil
}

// show is what the feed shows of an entity, before a choice of its members.
func (r *emitter) show(n workload.Node) (workload.Entity, error) {
	e, err := r.x.Core.Show(r.c, n)
	if err == nil && r.by.Shows != nil {
		r.by.Shows(r.c, &e)
	}
	return e, err
}

// changes lists the tracked properties that were not always, since the round begins,
// what they are. One that was changed and changed back is among them.
func (r *emitter) changes(n workload.Node, t *change) []string {
	var names []string
	seen := map[string]bool{}
	for _, was := range t.before {
		if was.Equal(n.Object) {
			continue
		}
		differ := func(a, b value.Object) {
			for _, m := range a.Members() {
				other, _ := b.Get(m.Name)
				if r.stripped(m.Name, m.Value) != r.stripped(m.Name, other) && r.tracks(n.Type, m.Name) && !seen[m.Name] {
					seen[m.Name] = true
					names = append(names, m.Name)
				}
			}
		}
		differ(was, n.Object)
		differ(n.Object, was)
	}
	return names
}

// surfaces reports whether a change is one that the query reports (B-6.9).
func (r *emitter) surfaces(changed []string, t *change) bool {
	if len(t.links) > 0 {
		return true
	}
	if sel := r.x.Selection; sel != nil && !sel.Star {
		return slices.ContainsFunc(changed, sel.Selects)
	}
	return len(changed) > 0 || t.other
}

// tracks reports whether a property is reported at all (B-6.24).
func (r *emitter) tracks(t *edm.Type, name string) bool {
	if strings.HasPrefix(name, "@") || slices.Contains(r.trait.Omit, name) {
		return false
	}
	if !r.trait.Declared {
		return true
	}
	if _, ok := t.Property(name); ok {
		return true
	}
	return strings.HasPrefix(name, "extension_") && r.x.Selection.Selects(name)
}

// stripped is a value without the members that are not reported.
func (r *emitter) stripped(name string, raw value.Raw) value.Raw {
	for _, path := range r.trait.Omit {
		above, below, ok := strings.Cut(path, "/")
		if ok && above == name && raw.Kind() == value.KindObject {
			m := raw.Members()
			m.Delete(below)
			raw = m.Object()
		}
	}
	return raw
}

// members are the properties that are reported: those selected, or the usual ones, that
// were ever set (B-6.6), and the key always. minimal leaves those that changed.
func (r *emitter) members(n *workload.Node, all value.Members, changed []string, minimal bool) value.Members {
	sel, usual := r.x.Selection, r.x.Core.Types.Of(n.Type).Traits.DefaultSelect
	in := make(map[string]bool, len(changed))
	for _, name := range changed {
		in[name] = true
	}
	shows := func(name string) bool {
		switch {
		case name == r.kind.ID:
			return true
		case !r.tracks(n.Type, name) || minimal && !in[name]:
			return false
		case sel != nil && !sel.Star:
			return sel.Selects(name)
		}
		return usual == nil || slices.Contains(usual, name)
	}
	out := make(value.Members, 0, len(all)+2)
	for _, m := range all {
		if shows(m.Name) {
			out = append(out, value.Member{Name: m.Name, Value: r.stripped(m.Name, m.Value)})
		}
	}
	has := make(map[string]bool, len(out))
	for _, m := range out {
		has[m.Name] = true
	}
	for _, name := range changed { // each once
		if !has[name] && shows(name) {
			out = append(out, value.Member{Name: name, Value: value.Null})
		}
	}
	if _, flat := sel.Names(); flat {
		return out
	}
	id, _ := out.Get(r.kind.ID)
	out = sel.Members(out)
	out.Set(r.kind.ID, id)
	return out
}

// emitLinks adds all links of a member (B-6.10), as many as the page takes. The rest
// is left to the next page, which begins with it.
func (r *emitter) emitLinks(n *workload.Node, m *value.Members) (full bool) {
	begin := part{Ref: n.Ref}
	if r.part != nil {
		begin = *r.part
	}
	r.part = nil
	for i := begin.Link; i < len(r.links); i++ {
		var list []value.Raw
		after := begin.After
		begin.After = 0
		for ref := range r.c.Tx.Members(n.Ref, r.links[i].stored, after) {
			if r.left == 0 {
				r.part = &part{Ref: n.Ref, Link: i, After: after}
				break
			}
			ent, _ := r.c.Tx.Get(ref)
			id, ok := ent.Object.Get("id")
			if !ok {
				_, _, key, _ := r.c.Tx.Owner(ref)
				id = value.String(key)
			}
			list = append(list, linkOf(ent.Object.Type(), id, false))
			after = ref
			r.left--
		}
		setLinks(m, r.links[i].name, list)
		if r.part != nil {
			return true
		}
	}
	return false
}

// emitLinkChanges adds the links that came and went.
func (r *emitter) emitLinkChanges(t *change, m *value.Members) {
	for i := range r.links {
		var list []value.Raw
		for _, l := range t.links {
			if l.link == i {
				list = append(list, linkOf(l.typ, l.id, l.gone))
			}
		}
		setLinks(m, r.links[i].name, list)
	}
}

func setLinks(m *value.Members, name string, list []value.Raw) {
	if len(list) > 0 {
		m.Set(name+"@delta", value.Array(list...))
	}
}

func linkOf(typ string, id value.Raw, gone bool) value.Raw {
	m := value.Members{{Name: "@odata.type", Value: value.String("#" + typ)}, {Name: "id", Value: id}}
	if gone {
		m.Set("@removed", removed("deleted"))
	}
	return m.Object()
}

// node loads a member, as the collection shows it.
func (r *emitter) node(ref store.Ref) (workload.Node, bool) {
	home := workload.Home{Owner: r.scope.owner, Nav: r.scope.nav}
	if r.scope.nav == nil && ref == r.scope.from {
		return *r.scope.owner, true
	}
	if home.Nav == nil {
		home.Nav, _ = r.kind.Type.Navigation(r.scope.below)
	}
	_, _, home.Key, _ = r.c.Tx.Owner(ref)
	return r.x.Core.Load(r.c, ref, home)
}

// passes reports whether a member is one that the query wants.
func (r *emitter) passes(n workload.Node) bool {
	if r.c.Cast != nil && !n.Type.Is(r.c.Cast.Name) || r.window != nil && !r.window.Holds(n.Object) {
		return false
	}
	return r.filter == nil || r.filter.Scan().Match(&query.Row{X: r.x, C: r.c, Node: n})
}
