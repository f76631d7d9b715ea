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

// Collection is a collection of an owner as a call sees it. What is known of it is looked
// up once.
type Collection struct {
	heap    *Heap
	call    *workload.Call
	owner   *workload.Node
	nav     *edm.Navigation
	view    workload.View     // the zero View where everything is stored
	stored  string            // the name under which its members lie
	subsets []*edm.Navigation // sets of the service root whose members belong to it as well
}

// Collection is a collection of owner. The nodes that Find gives hold on to owner.
func (h *Heap) Collection(c *workload.Call, owner *workload.Node, n *edm.Navigation) Collection {
	col := Collection{heap: h, call: c, owner: owner, nav: n, stored: h.Stored(owner.Type, n)}
	col.view, _ = h.View(owner.Type, n)
	if owner.Ref == 0 {
		col.subsets = h.Subsets(owner.Type, n)
	}
	return col
}

// home is where members lie, with an owner that outlives a walk.
func (col *Collection) home() workload.Home {
	return workload.Home{Owner: CloneNode(col.owner), Nav: col.nav}
}

// Viewed reports whether a view gives the members, so that they are not those stored.
func (col *Collection) Viewed() bool { return col.view.Members != nil }

// FindBy finds a member by key or by named keys.
func (col *Collection) FindBy(key string, named []odata.Param) (workload.Node, error) {
	if named == nil {
		return col.Find(key)
	}
	return col.findNamed(named) // apart: what its walk holds on to would be allocated for every key
}

func (col *Collection) findNamed(named []odata.Param) (workload.Node, error) {
	target := col.nav.Target()
	if len(named) == 1 && strings.EqualFold(named[0].Name, col.heap.Types.Of(target).ID) {
		return col.Find(named[0].Value)
	}
	want := make(value.Members, 0, len(named))
	var text []string
	var refs []store.Ref
	known := false // refs are all that can be meant
	for _, p := range named {
		prop, ok := target.Property(p.Name)
		if !ok {
			return workload.Node{}, grapherr.NoSegment(p.Name)
		}
		want = append(want, value.Member{Name: prop.Name, Value: value.String(p.Value)})
		text = append(text, p.Value)
		if !known && !col.Viewed() && col.owner.Ref != workload.NoRef {
			refs, known = col.equal(target, prop.Name, p.Value)
		}
	}
	all := col.Members(0)
	if known {
		all = col.heap.Nodes(col.call, refs, workload.Home{Owner: col.owner, Nav: col.nav})
	}
	for node := range all {
		if hasAll(&node, want) {
			return node, nil
		}
	}
	return col.heap.absent(workload.Home{Owner: col.owner, Nav: col.nav, Key: strings.Join(text, ","), Named: true}), nil
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

// Find finds a member by its plain key: through the view, by the stored key, by a property
// that is an alternate key, and, for a set of a base type (directoryObjects), in the sets
// of its derived types.
func (col *Collection) Find(key string) (workload.Node, error) {
	h, c := col.heap, col.call
	home := workload.Home{Owner: col.owner, Nav: col.nav, Key: key}
	if ref, ok := workload.ReadImmutableID(key); ok && slices.Contains(h.Types.Of(col.nav.Target()).Traits.Prefers, workload.IDType) { // B-3.91
		if _, _, now, ok := c.Tx.Owner(ref); ok {
			home.Key, key = now, now
		}
	}
	viewed := col.view.Find != nil
	if viewed && !col.view.Beside {
		return col.findInView(home, key), nil
	}
	if col.owner.Ref == workload.NoRef {
		return h.absent(home), nil
	}
	if ref, ok := c.Tx.Find(col.owner.Ref, col.stored, key); ok {
		if node, ok := h.Load(c, ref, home); ok && !h.otherCase(&node, key) {
			return node, nil
		}
	}
	target := col.nav.Target()
	for _, prop := range h.Types.Of(target).Traits.AlternateKeys {
		refs, _ := col.equal(target, prop, key)
		for _, ref := range refs {
			if node, ok := h.Load(c, ref, home); ok && (prop != h.Types.Of(target).ID || node.Text(prop) == key) {
				return node, nil
			}
		}
	}
	for _, set := range col.subsets {
		if ref, ok := c.Tx.Find(0, set.Name, key); ok {
			if node, ok := h.Load(c, ref, workload.Home{Owner: home.Owner, Nav: set, Key: key}); ok {
				return node, nil
			}
		}
	}
	if viewed {
		return col.findInView(home, key), nil
	}
	return h.absent(home), nil
}

func (col *Collection) findInView(home workload.Home, key string) workload.Node {
	if item, ok := col.view.Find(col.heap.Scope(col.call), home.Owner, key); ok {
		if node := col.heap.item(col.call, item, home); !col.heap.otherCase(&node, home.Key) {
			return node
		}
	}
	if col.view.Lies != nil && col.call.Presumes() {
		home = *col.view.Lies(col.heap.Scope(col.call), home.Owner, home.Key)
	}
	return col.heap.absent(home)
}

// otherCase reports whether a key differs from the id of the node by case only, and the ids of
// the type tell cases apart (B-13.11).
func (h *Heap) otherCase(n *workload.Node, key string) bool {
	if !n.Exists || n.Type == nil {
		return false
	}
	switch k := h.Types.Of(n.Type); k.Traits.ID {
	case workload.ExchangeItem, workload.ExchangeFolder, workload.ExchangePart:
		id := n.Text(k.ID)
		return id != key && strings.EqualFold(id, key)
	}
	return false
}

// FindName finds a member by its name property (colon paths).
func (col *Collection) FindName(name string) (workload.Node, error) {
	if col.heap.Types.Of(col.nav.Target()).Traits.Keyed == "name" {
		home := col.home()
		home.Key = name
		if ref, ok := col.call.Tx.Find(col.owner.Ref, col.stored, name); ok && col.owner.Ref != workload.NoRef {
			if node, ok := col.heap.Load(col.call, ref, home); ok {
				return node, nil
			}
		}
		return col.heap.absent(home), nil
	}
	for node := range col.Members(0) {
		if strings.EqualFold(node.Text("name"), name) {
			return node, nil
		}
	}
	home := col.home()
	home.Key = name
	return col.heap.absent(home), nil
}

// Members walks the members behind after, through the view.
func (col *Collection) Members(after store.Ref) iter.Seq[workload.Node] {
	return col.Filtered(after, nil)
}

// Filtered is Members without the stored ones that sieve refuses: most of a large
// collection is left out before a node is made of it. A nil sieve refuses none; the
// members that a view gives are not asked about.
func (col *Collection) Filtered(after store.Ref, sieve func(value.Object) bool) iter.Seq[workload.Node] {
	if col.Viewed() {
		home := col.home()
		return col.heap.itemNodes(col.call, col.view.Members(col.heap.Scope(col.call), home.Owner, after), home)
	}
	return col.StoredMembers(after, sieve)
}

// StoredMembers walks the members that are stored in the collection, whatever a view shows
// there.
func (col *Collection) StoredMembers(after store.Ref, sieve func(value.Object) bool) iter.Seq[workload.Node] {
	h, c, n := col.heap, col.call, col.nav
	if col.owner.Ref == workload.NoRef {
		return func(func(workload.Node) bool) {}
	}
	home := col.home()
	entities := c.Tx.Entities(col.owner.Ref, col.stored, after, sieve)
	if len(col.subsets) > 0 {
		entities = union(c.Tx, n, col.subsets, after, sieve)
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

// union walks a set of the service root with the sets that belong to it.
func union(tx *store.Reader, n *edm.Navigation, sets []*edm.Navigation, after store.Ref, sieve func(value.Object) bool) iter.Seq2[store.Ref, store.Entity] {
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

// Size is how many members there are, where that is known without a walk.
func (col *Collection) Size() (int, bool) {
	switch {
	case col.Viewed():
		return 0, false
	case col.owner.Ref == workload.NoRef:
		return 0, true
	case len(col.subsets) > 0:
		return 0, false
	}
	return col.call.Tx.Count(col.owner.Ref, col.stored), true
}

// Keyed reports whether the members lie in one place in the order of their keys.
func (col *Collection) Keyed() bool {
	return !col.Viewed() && col.owner.Ref != workload.NoRef && len(col.subsets) == 0
}

// ByKey gives n members in the order of their keys, behind one of them; see Keyed.
func (col *Collection) ByKey(key string, after store.Ref, n int) []store.Ref {
	return col.call.Tx.ByKey(col.owner.Ref, col.stored, key, after, n)
}

// Skip is the last of the first n members, where they lie in one tree; see Size.
func (col *Collection) Skip(n int) (store.Ref, bool) {
	return col.call.Tx.Skip(col.owner.Ref, col.stored, n-1)
}

// ByIndex walks the members for which one of the equalities of a set holds, or nearly
// (letter case does not count), where keys and indexes tell them: in the order of members,
// behind after. t is the type that the members have at least. It reports false where no
// set is known to the indexes.
func (col *Collection) ByIndex(t *edm.Type, sets [][]eval.Equality, after store.Ref) (iter.Seq[workload.Node], bool) {
	if col.Viewed() {
		return col.viewByText(sets, after)
	}
	if len(sets) == 0 || col.owner.Ref == workload.NoRef {
		return nil, false
	}
	for _, set := range sets {
		refs, ok := col.among(t, set)
		if !ok {
			continue
		}
		behind, _ := slices.BinarySearch(refs, after+1)
		return col.heap.Nodes(col.call, refs[behind:], col.home()), true
	}
	return nil, false
}

// viewByText is ByIndex for the members that a view gives.
func (col *Collection) viewByText(sets [][]eval.Equality, after store.Ref) (iter.Seq[workload.Node], bool) {
	if col.view.Among == nil {
		return nil, false
	}
	home := col.home()
	for _, set := range sets {
		if len(set) != 1 {
			continue
		}
		if items, ok := col.view.Among(col.heap.Scope(col.call), home.Owner, set[0].Name, set[0].Text, after); ok {
			return col.heap.itemNodes(col.call, items, home), true
		}
	}
	return nil, false
}

// among finds the members for which one of the equalities holds. It reports false when
// there is no index for all.
func (col *Collection) among(t *edm.Type, set []eval.Equality) ([]store.Ref, bool) {
	var refs []store.Ref
	for _, q := range set {
		more, ok := col.equal(t, q.Name, q.Text)
		if !ok {
			return nil, false
		}
		refs = append(refs, more...)
	}
	slices.Sort(refs)
	return slices.Compact(refs), true
}

// equal is among for one equality.
func (col *Collection) equal(t *edm.Type, member, text string) (refs []store.Ref, ok bool) {
	tx := col.call.Tx
	if k := col.heap.Types.Of(t); member == k.ID && k.Traits.Keyed == "" {
		refs = slices.AppendSeq(refs, tx.Keyed(col.owner.Ref, col.stored, text))
		for _, s := range col.subsets {
			refs = slices.AppendSeq(refs, tx.Keyed(0, s.Name, text))
		}
		return refs, true
	}
	index, ok := col.heap.Registry.Index(t, member)
	if !ok {
		return nil, false
	}
	for ref := range tx.Lookup(index, text) {
		in := tx.Contains(col.owner.Ref, col.stored, ref)
		for i := 0; i < len(col.subsets) && !in; i++ {
			in = tx.Contains(0, col.subsets[i].Name, ref)
		}
		if in {
			refs = append(refs, ref)
		}
	}
	return refs, true
}
