package engine

import (
	"iter"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// load makes a node of a stored entity.
func (h *Heap) load(c *workload.Call, ref store.Ref, home workload.Home) (workload.Node, bool) {
	ent, ok := c.Tx.Get(ref)
	if !ok {
		return workload.Node{}, false
	}
	return node(ref, ent, h.typeOf(c.Model, ent.Object.Type(), home.Nav), home), true
}

// nodes makes nodes of stored entities; those that are gone are left out.
func (h *Heap) nodes(c *workload.Call, refs []store.Ref, home workload.Home) iter.Seq[workload.Node] {
	return func(yield func(workload.Node) bool) {
		for _, ref := range refs {
			if n, ok := h.load(c, ref, home); ok && !yield(n) {
				return
			}
		}
	}
}

func node(ref store.Ref, ent store.Entity, t *edm.Type, home workload.Home) workload.Node {
	return workload.Node{Ref: ref, At: ref, Type: t, Object: ent.Object, Seq: ent.Seq, Exists: true, Home: home}
}

// typeOf is the runtime type of a stored entity in the model of the request; an
// entity of a type that the version does not have shows as what is declared.
func (h *Heap) typeOf(m *edm.Model, name string, declared *edm.Navigation) *edm.Type {
	if t, ok := m.Type(edm.Name(name)); ok {
		return t
	}
	if declared != nil {
		return declared.Target()
	}
	return nil
}

// view is the view on a navigation of a type.
func (h *Heap) view(owner *edm.Type, n *edm.Navigation) (workload.View, bool) {
	if owner == nil {
		return workload.View{}, false
	}
	v, ok := h.kinds.of(owner).views[n.Name]
	return v, ok
}

func (h *Heap) refused(c *workload.Call, v *workload.View, owner *workload.Node) error {
	if v.Refuse == nil {
		return nil
	}
	return v.Refuse(h.scope(c), owner)
}

// single follows a single-valued navigation.
func (h *Heap) single(c *workload.Call, owner *workload.Node, n *edm.Navigation) (workload.Node, error) {
	if v, ok := h.view(owner.Type, n); ok && v.Find != nil {
		home := workload.Home{Owner: keepNode(owner), Nav: n}
		if err := h.refused(c, &v, owner); err != nil {
			return workload.Node{}, err
		}
		if item, ok := v.Find(h.scope(c), home.Owner, ""); ok {
			return h.item(c, item, home), nil
		}
		return h.absent(home), nil
	}
	return h.singleAs(c, owner, n, n.Target())
}

func (h *Heap) singleAs(c *workload.Call, owner *workload.Node, n *edm.Navigation, t *edm.Type) (workload.Node, error) {
	home := workload.Home{Owner: keepNode(owner), Nav: n}
	if owner.Ref != workload.NoRef {
		if ref, ok := c.Tx.One(owner.Ref, h.stored(owner.Type, n)); ok {
			if node, ok := h.load(c, ref, home); ok {
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

// item makes a node of what a view gave.
func (h *Heap) item(c *workload.Call, it workload.Item, home workload.Home) workload.Node {
	if it.Home != nil {
		home = *it.Home
	}
	if it.Ref != workload.NoRef {
		if node, ok := h.load(c, it.Ref, home); ok {
			return node
		}
		return h.absent(home)
	}
	return workload.Node{Ref: workload.NoRef, Type: h.typeOf(c.Model, it.Object.Type(), home.Nav),
		Object: it.Object, Exists: true, Home: home}
}

// keepNode copies an owner, so that a home outlives the walk that made it.
func keepNode(n *workload.Node) *workload.Node {
	k := *n
	return &k
}

// stored is the name under which a navigation's members lie in the heap.
func (h *Heap) stored(owner *edm.Type, n *edm.Navigation) string {
	if owner != nil {
		if as, ok := h.kinds.of(owner).Traits.StoredAs[n.Name]; ok {
			return as
		}
	}
	return n.Name
}

// memberType is the type of the members that the call is about.
func memberType(c *workload.Call) *edm.Type {
	if c.Cast != nil {
		return c.Cast
	}
	return c.Nav.Target()
}

// missing is the error about a node that is not there.
func missing(n *workload.Node) error {
	name := ""
	if n.Type != nil {
		name = n.Type.Name.Short()
	}
	if n.Home.Key == "" && n.Home.Nav != nil {
		return grapherr.NoValue(name, ownerKey(n), n.Home.Nav.Name)
	}
	if n.Home.Named {
		return grapherr.NotNamed(name, n.Home.Key)
	}
	return grapherr.NotFound(name, n.Home.Key)
}

// ownerKey is the key of the entity that should hold the node.
func ownerKey(n *workload.Node) string {
	if o := n.Home.Owner; o != nil {
		if id := o.Text("id"); id != "" {
			return id
		}
		return o.Home.Key
	}
	return ""
}

// below gives a navigation that lies under a property path of its owner.
func (h *Heap) below(path []string, n *edm.Navigation) *edm.Navigation {
	return n.At(strings.Join(path, "/") + "/" + n.Name)
}

// traversable reports whether a path may go on below a node.
func traversable(n *workload.Node) bool {
	h := n.Home
	return n.Exists || h.Nav != nil && !h.Nav.Type.Many && h.Nav.Contains
}

// at follows a property path into a node; null where it leads nowhere.
func at(members value.Members, n *workload.Node, path []string) value.Raw {
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
