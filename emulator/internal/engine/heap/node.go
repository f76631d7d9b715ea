package heap

import (
	"iter"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// Load makes a node of a stored entity.
func (h *Heap) Load(c *workload.Call, ref store.Ref, home workload.Home) (workload.Node, bool) {
	ent, ok := c.Tx.Get(ref)
	if !ok {
		return workload.Node{}, false
	}
	return node(ref, ent, h.TypeOf(c.Model, ent.Object.Type(), home.Nav), home), true
}

// Nodes makes nodes of stored entities; those that are gone are left out.
func (h *Heap) Nodes(c *workload.Call, refs []store.Ref, home workload.Home) iter.Seq[workload.Node] {
	return func(yield func(workload.Node) bool) {
		for _, ref := range refs {
			if n, ok := h.Load(c, ref, home); ok && !yield(n) {
				return
			}
		}
	}
}

func node(ref store.Ref, ent store.Entity, t *edm.Type, home workload.Home) workload.Node {
	return workload.Node{Ref: ref, At: ref, Type: t, Object: ent.Object, Seq: ent.Seq, Exists: true, Home: home}
}

// TypeOf is the runtime type of a stored entity in the model of the request; an
// entity of a type that the version does not have shows as what is declared.
func (h *Heap) TypeOf(m *edm.Model, name string, declared *edm.Navigation) *edm.Type {
	if t, ok := m.Type(edm.Name(name)); ok {
		return t
	}
	if declared != nil {
		return declared.Target()
	}
	return nil
}

// View is the view on a navigation of a type.
func (h *Heap) View(owner *edm.Type, n *edm.Navigation) (workload.View, bool) {
	if owner == nil {
		return workload.View{}, false
	}
	v, ok := h.Types.Of(owner).Views[n.Name]
	return v, ok
}

func (h *Heap) Refused(c *workload.Call, v *workload.View, owner *workload.Node) error {
	if v.Refuse == nil {
		return nil
	}
	return v.Refuse(h.Scope(c), owner)
}

// Single follows a single-valued navigation.
func (h *Heap) Single(c *workload.Call, owner *workload.Node, n *edm.Navigation) (workload.Node, error) {
	if v, ok := h.View(owner.Type, n); ok && v.Find != nil {
		home := workload.Home{Owner: CloneNode(owner), Nav: n}
		if err := h.Refused(c, &v, owner); err != nil {
			return workload.Node{}, err
		}
		if item, ok := v.Find(h.Scope(c), home.Owner, ""); ok {
			return h.item(c, item, home), nil
		}
		return h.absent(home), nil
	}
	return h.SingleAs(c, owner, n, n.Target())
}

func (h *Heap) SingleAs(c *workload.Call, owner *workload.Node, n *edm.Navigation, t *edm.Type) (workload.Node, error) {
	home := workload.Home{Owner: CloneNode(owner), Nav: n}
	if owner.Ref != workload.NoRef {
		if ref, ok := c.Tx.One(owner.Ref, h.Stored(owner.Type, n)); ok {
			if node, ok := h.Load(c, ref, home); ok {
				return node, nil
			}
		}
	}
	node := h.absent(home)
	node.Type = t
	// A singleton of the service root exists without having been written.
	node.Exists = owner.Ref == 0 && n.Set
	return node, nil
}

// absent is the node of a member that is not there.
func (h *Heap) absent(home workload.Home) workload.Node {
	return workload.Node{Ref: workload.NoRef, Type: home.Nav.Target(), Home: home}
}

// Item makes a node of what a view gave. home is where it lies if the item does not say.
func (h *Heap) Item(c *workload.Call, it workload.Item, home workload.Home) workload.Node {
	return h.item(c, it, home)
}

// item makes a node of what a view gave.
func (h *Heap) item(c *workload.Call, it workload.Item, home workload.Home) workload.Node {
	if it.Home != nil {
		home = *it.Home
	}
	if it.Ref != workload.NoRef {
		if node, ok := h.Load(c, it.Ref, home); ok {
			return node
		}
		return h.absent(home)
	}
	return workload.Node{Ref: workload.NoRef, Type: h.TypeOf(c.Model, it.Object.Type(), home.Nav),
		Object: it.Object, Exists: true, Home: home}
}

// CloneNode copies an owner, so that a home outlives the walk that made it.
func CloneNode(n *workload.Node) *workload.Node {
	k := *n
	return &k
}

// Navigation finds a navigation of an entity by its name, or by the name under which its
// members are stored. The error is that of an unknown segment.
func (h *Heap) Navigation(owner *edm.Type, name string) (*edm.Navigation, error) {
	if n, ok := owner.Navigation(name); ok {
		return n, nil
	}
	for shown, as := range h.Types.Of(owner).Traits.StoredAs {
		if n, ok := owner.Navigation(shown); ok && as == name {
			return n, nil
		}
	}
	return nil, grapherr.NoSegment(name)
}

// Stored is the name under which a navigation's members lie in the heap.
func (h *Heap) Stored(owner *edm.Type, n *edm.Navigation) string {
	if owner != nil {
		if as, ok := h.Types.Of(owner).Traits.StoredAs[n.Name]; ok {
			return as
		}
	}
	return n.Name
}

// MemberType is the type of the members that the call is about.
func MemberType(c *workload.Call) *edm.Type {
	if c.Cast != nil {
		return c.Cast
	}
	return c.Nav.Target()
}

// Missing is the error about a node that is not there.
func Missing(n *workload.Node) error {
	name := ""
	if n.Type != nil {
		name = n.Type.Name.Short()
	}
	if n.Home.Key == "" && n.Home.Nav != nil {
		return grapherr.NoValue(name, OwnerKey(n), n.Home.Nav.Name)
	}
	if n.Home.Named {
		return grapherr.NotNamed(name, n.Home.Key)
	}
	return grapherr.NotFound(name, n.Home.Key)
}

// OwnerKey is the key of the entity that should hold the node.
func OwnerKey(n *workload.Node) string {
	if o := n.Home.Owner; o != nil {
		if id := o.Text("id"); id != "" {
			return id
		}
		return o.Home.Key
	}
	return ""
}

// Below gives a navigation that lies under a property path of its owner.
func Below(path []string, n *edm.Navigation) *edm.Navigation {
	return n.At(strings.Join(path, "/") + "/" + n.Name)
}

// Traversable reports whether a path may go on below a node.
func Traversable(n *workload.Node) bool {
	h := n.Home
	return n.Exists || h.Nav != nil && !h.Nav.Type.Many && h.Nav.Contains
}

// ValueAt follows a property path into a node; null where it leads nowhere.
func ValueAt(members value.Members, n *workload.Node, path []string) value.Raw {
	if len(path) == 0 {
		return value.Null
	}
	var raw value.Raw
	if members != nil {
		raw, _ = members.Get(path[0])
	} else {
		raw, _ = n.Get(path[0])
	}
	for _, name := range path[1:] {
		if raw.Kind() != value.KindObject {
			return value.Null
		}
		raw, _ = raw.Members().Get(name)
	}
	if raw.IsNull() {
		return value.Null
	}
	return raw
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
