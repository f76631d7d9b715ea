package write

import (
	"errors"
	"slices"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/heap"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/op"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/synth"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/typeinfo"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// Update merges a body into an entity (B-4.12). On a collection it updates the
// member that the body's key means. A contained single-valued navigation that
// holds nothing takes the body as its member, and so does a documented upsert.
func Update(x *op.Op, c *workload.Call) (workload.Result, error) {
	if c.Nav != nil {
		return updateNamed(x, c)
	}
	n := &c.Self
	if x.Request.Target.Shape == bind.IsCollection { // only now it is known whose version If-Match names
		if err := CheckPrecondition(x, n); err != nil {
			return workload.Result{}, err
		}
	}
	created := false
	if !n.Exists {
		if upserts(x, n) {
			return createNamed(x, c)
		}
		if n.Home.Nav == nil || !creates(x, n) {
			return workload.Result{}, heap.Missing(n)
		}
		created = true
	}
	if n.Ref == workload.NoRef {
		if err := x.Core.Materialize(x.Tx, c, n); err != nil {
			return workload.Result{}, err
		}
	}
	keep := n.Object.Members()
	if c.Verb == bind.Upsert && !created {
		keep = replaceable(x.Core.Types.Of(n.Type), keep)
	}
	if err := rewrite(x, c, n, keep, c.Body); err != nil {
		return workload.Result{}, err
	}
	if err := attach(x, c, n, x.Body); err != nil {
		return workload.Result{}, err
	}
	if fresh, ok := x.Core.Load(c, n.Ref, n.Home); ok && len(x.Body.Deep) > 0 { // a rule on what lies in it may have changed it
		*n = fresh
	}
	shown, err := x.Core.Show(c, *n)
	return workload.Result{One: &shown, Created: created && c.Verb == bind.Upsert}, err
}

// creates reports whether an update of a missing node makes it.
func creates(x *op.Op, n *workload.Node) bool {
	return !n.Home.Nav.Type.Many && n.Home.Nav.Contains || x.Call.Verb == bind.Upsert
}

// upserts reports whether a missing node is one that Prefer: create-if-missing makes
// (B-4.24, B-4.25): a member addressed by a key that is not its id.
func upserts(x *op.Op, n *workload.Node) bool {
	return x.Request.CreateIfMissing && n.Home.Nav != nil && n.Home.Nav.Caps.Has(edm.Upsert) && x.Request.Target.Last().Named() != nil
}

// createNamed makes the member that a PATCH names by an alternate key, through the
// rules of a create.
func createNamed(x *op.Op, c *workload.Call) (workload.Result, error) {
	h := c.Self.Home
	members := x.Request.Body.Clone()
	for _, p := range x.Request.Target.Last().Named() {
		members.Set(p.Name, value.String(p.Value))
	}
	body, err := x.Core.Checker.Check(c.Model, h.Nav.Target(), members, true, false, x.Core.Checker.Page(x.Request.Op, true))
	if err != nil {
		return workload.Result{}, err
	}
	x.Body = body
	c.Body, c.Sent, c.Self, c.Nav, c.Verb = body.Members, body.Sent, *h.Owner, h.Nav, bind.Create
	res, err := WithRule(x, c, body.Type, func(c *workload.Call) (workload.Result, error) { return createBody(x, c, body) })
	res.Status, res.Created = 201, true
	return res, err
}

// updateNamed updates the member of a collection that the body names by its key.
func updateNamed(x *op.Op, c *workload.Call) (workload.Result, error) {
	k := x.Core.Types.Of(c.Target.Type)
	raw, ok := c.Body.Get(k.ID)
	key, text := raw.Text()
	if !ok || !text || key == "" {
		return workload.Result{}, grapherr.Required(k.Type.Name.Short(), k.ID).
			Because("The path names a collection, so the body has to say which member is meant.", "")
	}
	of := x.Core.Collection(c, heap.CloneNode(&c.Self), c.Nav)
	node, err := of.Find(key)
	if err != nil {
		return workload.Result{}, err
	}
	c.Self, c.Nav = node, nil
	return Update(x, c)
}

// Merge merges members into a stored node and stamps the time of the change.
func Merge(x *op.Op, c *workload.Call, n *workload.Node, changed value.Members) error {
	if err := x.Core.Materialize(x.Tx, c, n); err != nil {
		return err
	}
	return rewrite(x, c, n, n.Object.Members(), changed)
}

// replaceable are the members that a PUT leaves alone, and the defaults of those that it
// does not: it replaces everything that a client may say of an entity in this version.
func replaceable(k *typeinfo.Info, members value.Members) value.Members {
	var kept value.Members
	for _, m := range members {
		_, declared := k.Type.Property(m.Name)
		if !declared || m.Name == k.ID || m.Name == k.CreatedAt || m.Name == k.ModifiedAt || k.ReadOnly(m.Name) || slices.Contains(k.Traits.Immutable, m.Name) {
			kept = append(kept, m)
		}
	}
	for _, d := range k.Traits.Default {
		kept.SetMissing(d.Name, d.Value)
	}
	return kept
}

// rewrite makes of a stored node what it keeps, changed by what is new.
func rewrite(x *op.Op, c *workload.Call, n *workload.Node, keep, changed value.Members) error {
	k := x.Core.Types.Of(n.Type)
	changed = changed.Clone()
	if k.ID != "" {
		changed.Delete(k.ID) // a key never changes
	}
	changed, err := withoutImmutable(k, n, changed)
	if err != nil {
		return err
	}
	if err := checkValues(x, c, k, changed, n.Ref); err != nil {
		return err
	}
	for _, name := range k.Traits.Replaces {
		if _, ok := changed.Get(name); ok {
			keep.Delete(name)
		}
	}
	merged := value.Merge(keep, changed)
	if k.ModifiedAt != "" {
		if _, sent := changed.Get(k.ModifiedAt); !sent {
			merged.Set(k.ModifiedAt, value.Time(c.Now()))
		}
	}
	if err := rekey(x, c, k, n, merged); err != nil {
		return err
	}
	if err := x.Tx.Replace(n.Ref, x.Core.Object(k, merged)); err != nil {
		return err
	}
	if fresh, ok := x.Core.Load(c, n.Ref, n.Home); ok {
		*n = fresh
	}
	return nil
}

// rekey gives an entity that lies under the value of a property the key that it now has.
func rekey(x *op.Op, c *workload.Call, k *typeinfo.Info, n *workload.Node, members value.Members) error {
	if k.Traits.Keyed == "" {
		return nil
	}
	from, nav, was, ok := c.Tx.Owner(n.Ref)
	key := members.Text(k.Traits.Keyed)
	if !ok || was == "" || key == was || strings.HasPrefix(nav, heap.HiddenPrefix) {
		return nil
	}
	err := x.Tx.Move(n.Ref, from, nav, key)
	if errors.Is(err, store.ErrExists) {
		return grapherr.Exists(n.Type.Name.Short(), key)
	}
	return err
}

// Delete removes an entity, what it contains and every link to it (B-4.27). Through a
// navigation that only refers to it the delete is refused (B-4.41).
func Delete(x *op.Op, c *workload.Call) (workload.Result, error) {
	n := &c.Self
	if !n.Exists {
		return workload.Result{}, heap.Missing(n)
	}
	if !c.Owned() {
		if x.Request.Op != nil && !x.Request.Elsewhere { // where a page has it, it removes the reference
			return workload.Result{}, removeLink(x, c, n.Home.Owner, n.Home.Nav, n.Ref)
		}
		return workload.Result{}, grapherr.NotSupported().
			Because("A delete through a reference would delete the entity itself.", "Add /$ref to remove the reference, or delete the entity where it lies.")
	}
	if h := n.Home; h.Nav != nil && h.Nav.Type.Many && h.Owner != nil {
		if v, ok := x.Core.View(h.Owner.Type, h.Nav); ok && v.Computed && !x.Call.Synthesizes() {
			return workload.Result{}, grapherr.NotSupported().Because("'"+h.Nav.Name+"' shows what follows from other entities.", "")
		}
	}
	if n.Ref == workload.NoRef {
		return workload.Result{}, nil // it is shown without being stored: nothing to remove
	}
	if n.Ref == 0 {
		return workload.Result{}, grapherr.NotSupported()
	}
	return workload.Result{}, erase(x, c, n)
}

// erase removes a stored entity for good with all it contains; one that is gone is no error.
func erase(x *op.Op, c *workload.Call, n *workload.Node) error {
	if err := x.Tx.Delete(n.Ref); err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	return synth.RecordDeletion(x, c, n)
}
