package engine

import (
	"sync"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// Heap reads the stored entities of worlds as nodes. It is immutable but for its caches
// and serves any number of worlds.
type Heap struct {
	reg      *workload.Registry
	shapes   *value.Shapes
	kinds    *kinds
	models   []*edm.Model // those that stored entities may be of, the first wins
	switches workload.Switches
	sets     sync.Map // *edm.Navigation of the root -> narrower sets
}

func (h *Heap) scope(c *workload.Call) workload.Scope {
	return workload.Scope{Tx: c.Tx, Model: c.Model, Shapes: h.shapes, Caller: c.Caller, Switches: h.switches}
}

// homed is a stored entity as a node, with the place where it lies.
func (h *Heap) homed(c *workload.Call, ref store.Ref, ent store.Entity, t *edm.Type) workload.Node {
	home := workload.Home{}
	if from, nav, key, ok := c.Tx.Owner(ref); ok {
		owner := &workload.Node{Ref: from, Type: c.Model.Root(), Exists: true}
		if above, ok := c.Tx.Get(from); ok {
			owner.Object, owner.Seq = above.Object, above.Seq
			owner.Type, _ = c.Model.Type(edm.Name(above.Object.Type()))
		}
		home = workload.Home{Owner: owner, Key: key}
		if owner.Type != nil {
			home.Nav, _ = owner.Type.Navigation(nav)
		}
	}
	return node(ref, ent, t, home)
}

// modelOf finds a type by name in the first model that has it.
func (h *Heap) modelOf(name edm.Name) (*edm.Model, *edm.Type) {
	for _, m := range h.models {
		if t, ok := m.Type(name); ok {
			return m, t
		}
	}
	return nil, nil
}

// typeIn finds a type in the first model that has it; nil: none.
func (h *Heap) typeIn(name edm.Name) *edm.Type {
	for _, m := range h.models {
		if t, ok := m.Type(name); ok {
			return t
		}
	}
	return nil
}

// leads reports whether a member of a type is a navigation in any version.
func (h *Heap) leads(t edm.Name, name string) bool {
	for _, m := range h.models {
		if t, ok := m.Type(t); ok {
			if _, ok := t.Navigation(name); ok {
				return true
			}
		}
	}
	return false
}

// hidden is what the navigations begin with that hold a workload's own records. No
// model has one, so no path leads there and no export shows them.
const hidden = "$"

// show is what a read of the node answers: the read rule of its type computes what
// is not stored.
func (h *Heap) show(c *workload.Call, n workload.Node) (workload.Entity, error) {
	rule := h.kinds.of(n.Type).read
	if rule == nil {
		return workload.Entity{Node: n}, nil
	}
	one := *c
	one.Self, one.Nav, one.Verb = n, nil, bind.Read
	res, err := rule.Do(one.With(func(c *workload.Call) (workload.Result, error) {
		if !c.Self.Exists {
			return workload.Result{}, missing(&c.Self)
		}
		return workload.Result{One: &workload.Entity{Node: c.Self}}, nil
	}))
	if err != nil {
		return workload.Entity{}, err
	}
	return *res.One, nil
}

// Kind gives what the engine knows of a type.
func (h *Heap) Kind(t *edm.Type) *Kind { return h.kinds.of(t) }

// Registry gives the exceptions that the entities have.
func (h *Heap) Registry() *workload.Registry { return h.reg }
