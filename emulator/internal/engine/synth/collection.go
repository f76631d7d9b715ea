package synth

import (
	"errors"
	"hash/fnv"
	"slices"
	"strconv"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/heap"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/op"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// FillCollection makes up one to three members of a collection that is listed and that nobody wrote
// to. They are kept. A collection of references gets members that are there already; what a
// view computes is left alone.
func FillCollection(x *op.Op, c *workload.Call) error {
	if !x.Call.Synthesizes() || c.Loading() || x.Request.Verb != bind.List && x.Request.Verb != bind.Refs || c.Nav == nil || x.World.Replicated() {
		return nil
	}
	owner := &c.Self
	v, viewed := x.Core.View(owner.Type, c.Nav)
	if viewed && (v.Members != nil || v.Find != nil || v.Computed) || owner.Ref == 0 && len(x.Core.Subsets(owner.Type, c.Nav)) > 0 {
		return nil
	}
	if owner.Ref != workload.NoRef {
		if _, ok := c.Tx.Find(0, deletedKeys, filledKey(owner, c.Nav)); ok || c.Tx.Count(owner.Ref, x.Core.Stored(owner.Type, c.Nav)) > 0 {
			return nil
		}
	}
	t := memberType(x, c)
	if t == nil {
		return nil
	}
	if err := Entity(x, c, owner); err != nil {
		return err
	}
	if err := x.Core.Materialize(x.Tx, c, owner); err != nil {
		return err
	}
	seed := c.Nav.Name + "/" + heap.OwnerKey(&workload.Node{Home: workload.Home{Owner: owner}})
	h := fnv.New64a()
	h.Write([]byte(seed))
	n := int(h.Sum64()%3) + 1
	if err := addMembers(x, c, owner, t, seed, n); err != nil {
		return err
	}
	return markFilled(x, c, owner, c.Nav)
}

// addMembers makes the members, or links ones that are there.
func addMembers(x *op.Op, c *workload.Call, owner *workload.Node, t *edm.Type, seed string, n int) error {
	if home, set := x.Core.HomeFor(c, owner, c.Nav, t); set != c.Nav {
		of := x.Core.Collection(c, home, set)
		var found []workload.Node
		for m := range of.Members(0) {
			if n--; n < 0 {
				break
			}
			found = append(found, m)
		}
		for _, m := range found {
			if err := x.Core.Materialize(x.Tx, c, &m); err != nil { // it may exist without being stored
				return err
			}
			if err := x.Tx.Link(owner.Ref, x.Core.Stored(owner.Type, c.Nav), m.Ref); err != nil && !errors.Is(err, store.ErrLinked) {
				return err
			}
		}
		return nil
	}
	for i := range n {
		raw := Value("Edm.Guid", nil, seed+"/"+strconv.Itoa(i), 0)
		key, _ := raw.Text()
		of := x.Core.Collection(c, heap.CloneNode(owner), c.Nav)
		node, err := of.Find(key)
		if err != nil {
			return err
		}
		node.Type = t
		if err := Entity(x, c, &node); err != nil {
			return err
		}
	}
	return nil
}

// memberType is the type that made up members have; nil where none can be made.
func memberType(x *op.Op, c *workload.Call) *edm.Type {
	t := heap.MemberType(c)
	if t != nil && !c.Nav.Contains && (t.Abstract || len(t.Derived()) > 0) {
		if kind := referred(x, c, t); kind != nil || t.Abstract {
			return kind
		}
	}
	for t != nil && t.Abstract {
		kinds := t.Derived()
		if len(kinds) == 0 {
			return nil
		}
		t = kinds[0]
	}
	return t
}

// referred is the first kind of t of which the tenant has entities that a navigation can
// refer to; nil: there is none.
func referred(x *op.Op, c *workload.Call, t *edm.Type) *edm.Type {
	for _, kind := range kindsOf(x, c, t) {
		home, set := x.Core.HomeFor(c, &c.Self, c.Nav, kind)
		if set == c.Nav {
			continue
		}
		of := x.Core.Collection(c, home, set)
		for range of.Members(0) {
			return kind
		}
	}
	return nil
}

// kindsOf are the types that the members of a navigation to t may have. That of the caller,
// which most navigations of the directory take, comes first.
func kindsOf(x *op.Op, c *workload.Call, t *edm.Type) []*edm.Type {
	var out []*edm.Type
	for _, name := range c.Nav.Only {
		if kind, ok := c.Model.Type(name); ok {
			out = append(out, kind)
		}
	}
	if len(out) > 0 {
		return out
	}
	out = slices.Clone(t.Derived())
	if me, ok := c.Model.Root().Navigation("me"); ok {
		if i := slices.Index(out, me.Target()); i > 0 {
			out[0], out[i] = out[i], out[0]
		}
	}
	return out
}

// markFilled remembers that a collection is not to be stocked: it was, or members of it were
// deleted.
func markFilled(x *op.Op, c *workload.Call, owner *workload.Node, nav *edm.Navigation) error {
	key := filledKey(owner, nav)
	if _, ok := c.Tx.Find(0, deletedKeys, key); ok {
		return nil
	}
	_, err := x.Tx.Add(0, deletedKeys, key, x.Core.Shapes.Object("$deleted", nil))
	return err
}

func filledKey(owner *workload.Node, nav *edm.Navigation) string {
	return strconv.FormatInt(int64(owner.Ref), 10) + "/" + nav.Name
}
