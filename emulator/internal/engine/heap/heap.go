package heap

import (
	"sync"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/typeinfo"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// Heap reads the stored entities of worlds as nodes. It is immutable but for its caches
// and serves any number of worlds.
type Heap struct {
	Registry *workload.Registry
	Shapes   *value.Shapes
	Types    *typeinfo.Cache
	Models   []*edm.Model // those that stored entities may be of, the first wins
	Switches workload.Switches
	sets     sync.Map // *edm.Navigation of the root -> narrower sets
}

func (h *Heap) Scope(c *workload.Call) workload.Scope {
	return workload.Scope{Tx: c.Tx, Model: c.Model, Shapes: h.Shapes, Caller: c.Caller, Query: c.Query, Switches: h.Switches}
}

// Located is a stored entity as a node, with the place where it lies.
func (h *Heap) Located(c *workload.Call, ref store.Ref, ent store.Entity, t *edm.Type) workload.Node {
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

// ModelOf finds a type by name in the first model that has it.
func (h *Heap) ModelOf(name edm.Name) (*edm.Model, *edm.Type) {
	for _, m := range h.Models {
		if t, ok := m.Type(name); ok {
			return m, t
		}
	}
	return nil, nil
}

// HiddenPrefix begins the navigations that hold a workload's own records. No
// model has one, so no path leads there and no export shows them.
const HiddenPrefix = "$"

// Show is what a read of the node answers: the read rule of its type computes what
// is not stored.
func (h *Heap) Show(c *workload.Call, n workload.Node) (workload.Entity, error) {
	rule := h.Types.Of(n.Type).ReadRule
	if rule == nil {
		return workload.Entity{Node: n}, nil
	}
	one := *c
	one.Self, one.Nav, one.Verb = n, nil, bind.Read
	res, err := rule.Do(one.With(func(c *workload.Call) (workload.Result, error) {
		if !c.Self.Exists {
			return workload.Result{}, Missing(&c.Self)
		}
		return workload.Result{One: &workload.Entity{Node: c.Self}}, nil
	}))
	if err != nil {
		return workload.Entity{}, err
	}
	return *res.One, nil
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
