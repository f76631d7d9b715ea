package heap

import (
	"sort"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/typeinfo"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// HomeFor decides where a new entity lies. A navigation that only refers to its
// members links an entity that is made in the set of its type (an administrative
// unit's new group is a group of the tenant).
func (h *Heap) HomeFor(c *workload.Call, owner *workload.Node, nav *edm.Navigation, t *edm.Type) (*workload.Node, *edm.Navigation) {
	if nav.Contains || nav.Set || owner.Ref == 0 {
		return owner, nav
	}
	root := c.Model.Root()
	for b := t; b != nil; b = b.Base() {
		for _, set := range root.Navigations() {
			if set.Set && set.Type.Many && set.Type.Name == b.Name {
				return &workload.Node{Type: root, Exists: true}, set
			}
		}
	}
	return owner, nav
}

// Fill adds what the service makes: the id, the times, the defaults. asGiven takes an id and
// complex values as they are. It returns the key, by which the entity lies in a collection.
func (h *Heap) Fill(c *workload.Call, k *typeinfo.Info, sent value.Members, asGiven bool) (value.Members, string) {
	m := append(make(value.Members, 0, len(sent)+len(k.Traits.Default)+3), sent...)
	for _, d := range k.Traits.Default {
		given, ok := m.Get(d.Name)
		switch {
		case !ok:
			m.Set(d.Name, d.Value)
		case given.Kind() == value.KindObject && !asGiven: // what a complex value lacks
			m.Set(d.Name, value.Merge(value.Members{d}, value.Members{{Name: d.Name, Value: given}})[0].Value)
		}
	}
	at := c.Now()
	if k.Traits.WholeSeconds {
		at = at.Truncate(time.Second)
	}
	now := value.Time(at)
	for _, name := range [...]string{k.CreatedAt, k.ModifiedAt} {
		if _, ok := m.Get(name); name != "" && !ok {
			m.Set(name, now)
		}
	}
	if k.ID == "" {
		return m, c.Tx.NewGUID()
	}
	raw, given := m.Get(k.ID)
	key, text := raw.Text()
	if given && !text && !raw.IsNull() {
		key = string(raw)
	}
	if key == "" || !asGiven && k.Traits.ID != "given" && k.ID == "id" {
		key = NewKey(c, k)
		m.Set(k.ID, value.String(key))
	}
	if sid := k.Traits.SID; sid != "" {
		if text := value.SID(key); text != "" {
			m.SetMissing(sid, value.String(text))
		}
	}
	if k.Traits.Keyed != "" {
		key = m.Text(k.Traits.Keyed)
	}
	return m, key
}

// NewKey makes a key in the form of the type's ids, for a new member of what c.Self denotes.
func NewKey(c *workload.Call, k *typeinfo.Info) string {
	switch id := c.Tx.NewGUID(); k.Traits.ID {
	case workload.ExchangeItem, workload.ExchangeFolder:
		return workload.ExchangeID(k.Traits.ID, id, "")
	case workload.ExchangePart:
		owner := c.Self.Text(k.ID)
		if owner == "" {
			owner = c.Self.Home.Key
		}
		return workload.ExchangeID(k.Traits.ID, id, owner)
	default:
		return id
	}
}

// Object encodes members in the model's order, so that equal sets of members
// share a shape, and their values as the service prints them.
func (h *Heap) Object(k *typeinfo.Info, given value.Members) value.Object {
	m, ranks := given, make([]int, len(given))
	own := func() { // built-in entities are shared by all tenants of a process
		if len(m) > 0 && &m[0] == &given[0] {
			m = given.Clone()
		}
	}
	for i := range m {
		ranks[i] = k.Rank(m[i].Name)
		p, was := k.Ranked(ranks[i]), m[i].Value
		settled := was
		switch {
		case p == nil || was == "":
		case was[0] == '{' || was[0] == '[':
			settled = h.Types.Settled(p.Def(), was)
		case p.Type.Name == "Edm.DateTimeOffset":
			settled = k.Time(p.Name, was)
		}
		if settled != was {
			own()
			m[i].Value = settled
		}
	}
	if !sort.IsSorted(inOrder{m, ranks}) {
		own()
		sort.Stable(inOrder{m, ranks})
	}
	return h.Shapes.Object(string(k.Type.Name), m)
}

// inOrder sorts members by the model's order, and by name what the model does not have.
type inOrder struct {
	members value.Members
	ranks   []int
}

func (s inOrder) Len() int { return len(s.members) }

func (s inOrder) Less(i, j int) bool {
	if s.ranks[i] != s.ranks[j] {
		return s.ranks[i] < s.ranks[j]
	}
	return s.members[i].Name < s.members[j].Name
}

func (s inOrder) Swap(i, j int) {
	s.members[i], s.members[j] = s.members[j], s.members[i]
	s.ranks[i], s.ranks[j] = s.ranks[j], s.ranks[i]
}

// Materialize stores a node that exists without being stored, and its owners before it.
func (h *Heap) Materialize(tx *store.Tx, c *workload.Call, n *workload.Node) error {
	if n.Ref != workload.NoRef {
		return nil
	}
	owner := n.Home.Owner
	if err := h.Materialize(tx, c, owner); err != nil {
		return err
	}
	stored := h.Stored(owner.Type, n.Home.Nav)
	if n.Home.Key == "" {
		if ref, ok := c.Tx.One(owner.Ref, stored); ok {
			n.Ref = ref
			return nil
		}
	}
	k := h.Types.Of(n.Type)
	has := n.Object.Members()
	if _, ok := has.Get(k.ID); !ok && k.ID != "" && n.Home.Key != "" {
		has.Set(k.ID, value.String(n.Home.Key))
	}
	members, key := h.Fill(c, k, has, true) // the id is given by where the node lies
	if k.Traits.Keyed == "" || n.Home.Key == "" {
		key = n.Home.Key
	}
	ref, err := tx.Add(owner.Ref, stored, key, h.Object(k, members))
	if err != nil {
		return err
	}
	node, _ := h.Load(c, ref, n.Home)
	*n = node
	return nil
}
