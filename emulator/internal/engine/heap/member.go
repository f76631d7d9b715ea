package heap

import (
	"iter"
	"slices"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/eval"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/odata"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// MemberBy finds a member of a collection by key or by named keys. The node that
// it gives holds on to owner.
func (h *Heap) MemberBy(c *workload.Call, owner *workload.Node, n *edm.Navigation, key string, named []odata.Param) (workload.Node, error) {
	if named == nil {
		return h.Member(c, owner, n, key)
	}
	return h.named(c, owner, n, named) // apart: what its walk holds on to would be allocated for every key
}

func (h *Heap) named(c *workload.Call, owner *workload.Node, n *edm.Navigation, named []odata.Param) (workload.Node, error) {
	k := h.Types.Of(n.Target())
	if len(named) == 1 && strings.EqualFold(named[0].Name, k.ID) {
		return h.Member(c, owner, n, named[0].Value)
	}
	want := make(value.Members, 0, len(named))
	var text []string
	var refs []store.Ref
	known := false // refs are all that can be meant
	v, viewed := h.View(owner.Type, n)
	viewed = viewed && v.Members != nil || owner.Ref == workload.NoRef
	for _, p := range named {
		prop, ok := n.Target().Property(p.Name)
		if !ok {
			return workload.Node{}, grapherr.NoSegment(p.Name)
		}
		want = append(want, value.Member{Name: prop.Name, Value: value.String(p.Value)})
		text = append(text, p.Value)
		if !known && !viewed {
			refs, known = h.equal(c, owner, n, n.Target(), prop.Name, p.Value)
		}
	}
	all := h.Members(c, owner, n, 0)
	if known {
		all = h.Nodes(c, refs, workload.Home{Owner: owner, Nav: n})
	}
	for node := range all {
		if hasAll(&node, want) {
			return node, nil
		}
	}
	node := h.absent(workload.Home{Owner: owner, Nav: n, Key: strings.Join(text, ","), Named: true})
	return node, nil
}

func hasAll(n *workload.Node, want value.Members) bool {
	for _, m := range want {
		a, _ := m.Value.Text()
		got, _ := n.Get(m.Name)
		b, ok := got.Text()
		if !ok {
			b = string(got)
		}
		if !strings.EqualFold(a, b) {
			return false
		}
	}
	return true
}

// Member finds a member of a collection by its plain key: through the view, by
// the stored key, by a property that is an alternate key, and, for a set of a
// base type (directoryObjects), in the sets of its derived types. The node that
// it gives holds on to owner.
func (h *Heap) Member(c *workload.Call, owner *workload.Node, n *edm.Navigation, key string) (workload.Node, error) {
	home := workload.Home{Owner: owner, Nav: n, Key: key}
	if ref, ok := workload.ReadImmutableID(key); ok && slices.Contains(h.Types.Of(n.Target()).Traits.Prefers, workload.IDType) { // B-3.91
		if _, _, now, ok := c.Tx.Owner(ref); ok {
			home.Key, key = now, now
		}
	}
	v, viewed := h.View(owner.Type, n)
	viewed = viewed && v.Find != nil
	if viewed && !v.Beside {
		if item, ok := v.Find(h.Scope(c), home.Owner, key); ok {
			return h.item(c, item, home), nil
		}
		return h.absent(home), nil
	}
	if owner.Ref == workload.NoRef {
		return h.absent(home), nil
	}
	stored := h.Stored(owner.Type, n)
	if ref, ok := c.Tx.Find(owner.Ref, stored, key); ok {
		if node, ok := h.Load(c, ref, home); ok {
			return node, nil
		}
	}
	target := n.Target()
	for _, prop := range h.Types.Of(target).Traits.AlternateKeys {
		refs, _ := h.equal(c, owner, n, target, prop, key)
		for _, ref := range refs {
			if node, ok := h.Load(c, ref, home); ok {
				return node, nil
			}
		}
	}
	if owner.Ref == 0 {
		for _, set := range h.Subsets(owner.Type, n) {
			if ref, ok := c.Tx.Find(0, set.Name, key); ok {
				if node, ok := h.Load(c, ref, workload.Home{Owner: home.Owner, Nav: set, Key: key}); ok {
					return node, nil
				}
			}
		}
	}
	if viewed {
		if item, ok := v.Find(h.Scope(c), home.Owner, key); ok {
			return h.item(c, item, home), nil
		}
	}
	return h.absent(home), nil
}

// Subsets lists the sets of the service root whose members belong to set n as
// well, because their type derives from its type.
func (h *Heap) Subsets(root *edm.Type, n *edm.Navigation) []*edm.Navigation {
	if !n.Set || n.Target() == nil || len(n.Target().Derived()) == 0 {
		return nil
	}
	if v, ok := h.sets.Load(n); ok {
		return v.([]*edm.Navigation)
	}
	var out []*edm.Navigation
	for _, other := range root.Navigations() {
		if other != n && other.Set && other.Type.Many && other.Target() != nil && other.Target().Is(n.Type.Name) {
			out = append(out, other)
		}
	}
	v, _ := h.sets.LoadOrStore(n, out)
	return v.([]*edm.Navigation)
}

// MemberNamed finds a member by its name property (colon paths).
func (h *Heap) MemberNamed(c *workload.Call, owner *workload.Node, n *edm.Navigation, name string) (workload.Node, error) {
	for node := range h.Members(c, owner, n, 0) {
		if strings.EqualFold(node.Text("name"), name) {
			return node, nil
		}
	}
	node := h.absent(workload.Home{Owner: CloneNode(owner), Nav: n, Key: name})
	return node, nil
}

// Members walks the members of a collection behind `after`, through the view.
func (h *Heap) Members(c *workload.Call, owner *workload.Node, n *edm.Navigation, after store.Ref) iter.Seq[workload.Node] {
	return h.Filtered(c, owner, n, after, nil)
}

// Plain reports whether entities of a type show what is stored of them and nothing else.
func (h *Heap) Plain(t *edm.Type) bool { return h.Types.Of(t).ReadRule == nil }

// Filtered is members without the stored ones that sieve refuses: most of a large
// collection is left out before a node is made of it. A nil sieve refuses none; the
// members that a view gives are not asked about.
func (h *Heap) Filtered(c *workload.Call, owner *workload.Node, n *edm.Navigation, after store.Ref, sieve func(value.Object) bool) iter.Seq[workload.Node] {
	home := workload.Home{Owner: CloneNode(owner), Nav: n}
	if v, ok := h.View(owner.Type, n); ok && v.Members != nil {
		return h.viewMembers(c, v, home, after)
	}
	return h.StoredMembers(c, home, after, sieve)
}

// StoredMembers walks the members that are stored in a collection, whatever a view shows there.
func (h *Heap) StoredMembers(c *workload.Call, home workload.Home, after store.Ref, sieve func(value.Object) bool) iter.Seq[workload.Node] {
	owner, n := home.Owner, home.Nav
	if owner.Ref == workload.NoRef {
		return func(func(workload.Node) bool) {}
	}
	entities := c.Tx.Entities(owner.Ref, h.Stored(owner.Type, n), after, sieve)
	if owner.Ref == 0 {
		if sets := h.Subsets(owner.Type, n); len(sets) > 0 {
			entities = union(c.Tx, n, sets, after, sieve)
		}
	}
	return func(yield func(workload.Node) bool) {
		var name string // members of a collection are mostly of one type
		var t *edm.Type
		for ref, ent := range entities {
			if is := ent.Object.Type(); t == nil || is != name {
				name, t = is, h.TypeOf(c.Model, is, n)
			}
			if !yield(node(ref, ent, t, home)) {
				return
			}
		}
	}
}

// viewMembers walks the members that a view gives.
func (h *Heap) viewMembers(c *workload.Call, v workload.View, home workload.Home, after store.Ref) iter.Seq[workload.Node] {
	return h.itemNodes(c, v.Members(h.Scope(c), home.Owner, after), home)
}

// itemNodes makes nodes of what a view gives; what is gone is left out.
func (h *Heap) itemNodes(c *workload.Call, items iter.Seq[workload.Item], home workload.Home) iter.Seq[workload.Node] {
	return func(yield func(workload.Node) bool) {
		for it := range items {
			node := h.item(c, it, home)
			node.At = it.At
			if node.Exists && !yield(node) {
				return
			}
		}
	}
}

// union walks a set of the service root with the sets that belong to it.
func union(tx *store.Tx, n *edm.Navigation, sets []*edm.Navigation, after store.Ref, sieve func(value.Object) bool) iter.Seq2[store.Ref, store.Entity] {
	seqs := []iter.Seq[store.Ref]{tx.Members(0, n.Name, after)}
	for _, s := range sets {
		seqs = append(seqs, tx.Members(0, s.Name, after))
	}
	return func(yield func(store.Ref, store.Entity) bool) {
		for ref := range workload.Rising(seqs...) {
			if ent, ok := tx.Get(ref); ok && (sieve == nil || sieve(ent.Object)) && !yield(ref, ent) {
				return
			}
		}
	}
}

// Size is how many members a collection has, where that is known without a walk.
func (h *Heap) Size(c *workload.Call, owner *workload.Node, nav *edm.Navigation) (int, bool) {
	if v, ok := h.View(owner.Type, nav); ok && v.Members != nil {
		return 0, false
	}
	if owner.Ref == workload.NoRef {
		return 0, true
	}
	if owner.Ref == 0 && len(h.Subsets(owner.Type, nav)) > 0 {
		return 0, false
	}
	return c.Tx.Count(owner.Ref, h.Stored(owner.Type, nav)), true
}

// ViewAmong is narrow for the members that a view gives.
func (h *Heap) ViewAmong(c *workload.Call, v workload.View, sets [][]eval.Equality, after store.Ref) (iter.Seq[workload.Node], bool) {
	if v.Among == nil {
		return nil, false
	}
	home := workload.Home{Owner: CloneNode(&c.Self), Nav: c.Nav}
	for _, set := range sets {
		if len(set) != 1 {
			continue
		}
		if items, ok := v.Among(h.Scope(c), home.Owner, set[0].Name, set[0].Text, after); ok {
			return h.itemNodes(c, items, home), true
		}
	}
	return nil, false
}

// Among finds the members of a collection for which one of the equalities holds, or
// nearly: letter case does not count. It reports false when there is no index for all.
func (h *Heap) Among(c *workload.Call, owner *workload.Node, n *edm.Navigation, t *edm.Type, set []eval.Equality) ([]store.Ref, bool) {
	var refs []store.Ref
	for _, q := range set {
		more, ok := h.equal(c, owner, n, t, q.Name, q.Text)
		if !ok {
			return nil, false
		}
		refs = append(refs, more...)
	}
	slices.Sort(refs)
	return slices.Compact(refs), true
}

// equal is among for one equality; t is the type that the members have at least.
func (h *Heap) equal(c *workload.Call, owner *workload.Node, n *edm.Navigation, t *edm.Type, member, text string) (refs []store.Ref, ok bool) {
	stored := h.Stored(owner.Type, n)
	var sets []*edm.Navigation
	if owner.Ref == 0 {
		sets = h.Subsets(owner.Type, n)
	}
	if member == h.Types.Of(t).ID {
		refs = slices.AppendSeq(refs, c.Tx.Keyed(owner.Ref, stored, text))
		for _, s := range sets {
			refs = slices.AppendSeq(refs, c.Tx.Keyed(0, s.Name, text))
		}
		return refs, true
	}
	index, ok := h.Registry.Index(t, member)
	if !ok {
		return nil, false
	}
	for ref := range c.Tx.Lookup(index, text) {
		in := c.Tx.Contains(owner.Ref, stored, ref)
		for i := 0; i < len(sets) && !in; i++ {
			in = c.Tx.Contains(0, sets[i].Name, ref)
		}
		if in {
			refs = append(refs, ref)
		}
	}
	return refs, true
}
