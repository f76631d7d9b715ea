package engine

import (
	"iter"

	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// load makes a node of a stored entity.
func (e *Engine) load(c *workload.Call, ref store.Ref, home workload.Home) (workload.Node, bool) {
	ent, ok := c.Tx.Get(ref)
	if !ok {
		return workload.Node{}, false
	}
	return node(ref, ent, e.typeOf(c.Model, ent.Object.Type(), home.Nav), home), true
}

// nodes makes nodes of stored entities; those that are gone are left out.
func (e *Engine) nodes(c *workload.Call, refs []store.Ref, home workload.Home) iter.Seq[workload.Node] {
	return func(yield func(workload.Node) bool) {
		for _, ref := range refs {
			if n, ok := e.load(c, ref, home); ok && !yield(n) {
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
func (e *Engine) typeOf(m *edm.Model, name string, declared *edm.Navigation) *edm.Type {
	if t, ok := m.Type(edm.Name(name)); ok {
		return t
	}
	if declared != nil {
		return declared.Target()
	}
	return nil
}

// view is the view on a navigation of a type.
func (e *Engine) view(owner *edm.Type, n *edm.Navigation) (workload.View, bool) {
	if owner == nil {
		return workload.View{}, false
	}
	v, ok := e.kinds.of(owner).views[n.Name]
	return v, ok
}

func (e *Engine) refused(c *workload.Call, v *workload.View, owner *workload.Node) error {
	if v.Refuse == nil {
		return nil
	}
	return v.Refuse(e.scope(c), owner)
}

// single follows a single-valued navigation.
func (e *Engine) single(c *workload.Call, owner *workload.Node, n *edm.Navigation) (workload.Node, error) {
	if v, ok := e.view(owner.Type, n); ok && v.Find != nil {
		home := workload.Home{Owner: keepNode(owner), Nav: n}
		if err := e.refused(c, &v, owner); err != nil {
			return workload.Node{}, err
		}
		if item, ok := v.Find(e.scope(c), home.Owner, ""); ok {
			return e.item(c, item, home), nil
		}
		return e.absent(home), nil
	}
	return e.singleAs(c, owner, n, n.Target())
}

func (e *Engine) singleAs(c *workload.Call, owner *workload.Node, n *edm.Navigation, t *edm.Type) (workload.Node, error) {
	home := workload.Home{Owner: keepNode(owner), Nav: n}
	if owner.Ref != workload.NoRef {
		if ref, ok := c.Tx.One(owner.Ref, e.stored(owner.Type, n)); ok {
			if node, ok := e.load(c, ref, home); ok {
				return node, nil
			}
		}
	}
	node := e.absent(home)
	node.Type = t
	// A singleton of the service root exists without having been written.
	node.Exists = owner.Ref == 0 && n.Set
	return node, nil
}

// absent is the node of a member that is not there.
func (e *Engine) absent(home workload.Home) workload.Node {
	return workload.Node{Ref: workload.NoRef, Type: home.Nav.Target(), Home: home}
}

// item makes a node of what a view gave.
func (e *Engine) item(c *workload.Call, it workload.Item, home workload.Home) workload.Node {
	if it.Home != nil {
		home = *it.Home
	}
	if it.Ref != workload.NoRef {
		if node, ok := e.load(c, it.Ref, home); ok {
			return node
		}
		return e.absent(home)
	}
	return workload.Node{Ref: workload.NoRef, Type: e.typeOf(c.Model, it.Object.Type(), home.Nav),
		Object: it.Object, Exists: true, Home: home}
}

// keepNode copies an owner, so that a home outlives the walk that made it.
func keepNode(n *workload.Node) *workload.Node {
	k := *n
	return &k
}

// stored is the name under which a navigation's members lie in the heap.
func (e *Engine) stored(owner *edm.Type, n *edm.Navigation) string {
	if owner != nil {
		if as, ok := e.kinds.of(owner).Traits.StoredAs[n.Name]; ok {
			return as
		}
	}
	return n.Name
}
