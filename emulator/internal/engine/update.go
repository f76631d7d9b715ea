package engine

import (
	"errors"
	"slices"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// update merges a body into an entity (B-4.12). On a collection it updates the
// member that the body's key means. A contained single-valued navigation that
// holds nothing takes the body as its member, and so does a documented upsert.
func (x *exchange) update(c *workload.Call) (workload.Result, error) {
	if c.Nav != nil {
		return x.updateNamed(c)
	}
	n := &c.Self
	if x.r.Target.Shape == bind.IsCollection { // only now it is known whose version If-Match names
		if err := x.condition(n); err != nil {
			return workload.Result{}, err
		}
	}
	created := false
	if !n.Exists {
		if x.upserts(n) {
			return x.createNamed(c)
		}
		if n.Home.Nav == nil || !x.creates(n) {
			return workload.Result{}, missing(n)
		}
		created = true
	}
	if n.Ref == workload.NoRef {
		if err := x.e.keep(c, n); err != nil {
			return workload.Result{}, err
		}
	}
	keep := n.Object.Members()
	if c.Verb == bind.Upsert && !created {
		keep = replaceable(x.e.kinds.of(n.Type), keep)
	}
	if err := x.rewrite(c, n, keep, c.Body); err != nil {
		return workload.Result{}, err
	}
	if err := x.attach(c, n, x.body); err != nil {
		return workload.Result{}, err
	}
	shown, err := x.e.show(c, *n)
	return workload.Result{One: &shown, Created: created && c.Verb == bind.Upsert}, err
}

// creates reports whether an update of a missing node makes it.
func (x *exchange) creates(n *workload.Node) bool {
	return !n.Home.Nav.Type.Many && n.Home.Nav.Contains || x.c.Verb == bind.Upsert
}

// upserts reports whether a missing node is one that Prefer: create-if-missing makes
// (B-4.24, B-4.25): a member addressed by a key that is not its id.
func (x *exchange) upserts(n *workload.Node) bool {
	return x.r.CreateIfMissing && n.Home.Nav != nil && n.Home.Nav.Caps.Has(edm.Upsert) && x.r.Target.Last().Named() != nil
}

// createNamed makes the member that a PATCH names by an alternate key, through the
// rules of a create.
func (x *exchange) createNamed(c *workload.Call) (workload.Result, error) {
	h := c.Self.Home
	members := x.r.Body.Clone()
	for _, p := range x.r.Target.Last().Named() {
		members.Set(p.Name, value.String(p.Value))
	}
	body, err := x.e.check.check(c.Model, h.Nav.Target(), members, true, false, x.e.check.pageOf(x.r.Op, true))
	if err != nil {
		return workload.Result{}, err
	}
	x.body = body
	c.Body, c.Sent, c.Self, c.Nav, c.Verb = body.Members, body.Sent, *h.Owner, h.Nav, bind.Create
	res, err := x.ruled(c, body.Type, func(c *workload.Call) (workload.Result, error) { return x.createBody(c, body) })
	res.Status, res.Created = 201, true
	return res, err
}

// updateNamed updates the member of a collection that the body names by its key.
func (x *exchange) updateNamed(c *workload.Call) (workload.Result, error) {
	k := x.e.kinds.of(c.Target.Type)
	raw, ok := c.Body.Get(k.ID)
	key, text := raw.Text()
	if !ok || !text || key == "" {
		return workload.Result{}, grapherr.Required(k.Type.Name.Short(), k.ID).
			Because("The path names a collection, so the body has to say which member is meant.", "")
	}
	node, err := x.e.member(c, keepNode(&c.Self), c.Nav, key)
	if err != nil {
		return workload.Result{}, err
	}
	c.Self, c.Nav = node, nil
	return x.update(c)
}

// write merges members into a stored node and stamps the time of the change.
func (x *exchange) write(c *workload.Call, n *workload.Node, changed value.Members) error {
	if err := x.e.keep(c, n); err != nil {
		return err
	}
	return x.rewrite(c, n, n.Object.Members(), changed)
}

// replaceable are the members that a PUT leaves alone, and the defaults of those that it
// does not: it replaces everything that a client may say of an entity in this version.
func replaceable(k *Kind, members value.Members) value.Members {
	var kept value.Members
	for _, m := range members {
		_, declared := k.Type.Property(m.Name)
		if !declared || m.Name == k.ID || m.Name == k.created || m.Name == k.modified || k.ReadOnly(m.Name) || slices.Contains(k.Traits.Immutable, m.Name) {
			kept = append(kept, m)
		}
	}
	for _, d := range k.Traits.Default {
		kept.SetMissing(d.Name, d.Value)
	}
	return kept
}

// rewrite makes of a stored node what it keeps, changed by what is new.
func (x *exchange) rewrite(c *workload.Call, n *workload.Node, keep, changed value.Members) error {
	k := x.e.kinds.of(n.Type)
	changed = changed.Clone()
	if k.ID != "" {
		changed.Delete(k.ID) // a key never changes
	}
	changed, err := settled(k, n, changed)
	if err != nil {
		return err
	}
	if err := x.fits(c, k, changed, n.Ref); err != nil {
		return err
	}
	for _, name := range k.Traits.Replaces {
		if _, ok := changed.Get(name); ok {
			keep.Delete(name)
		}
	}
	merged := value.Merge(keep, changed)
	if k.modified != "" {
		if _, sent := changed.Get(k.modified); !sent {
			merged.Set(k.modified, value.Time(c.Now()))
		}
	}
	if err := c.Tx.Replace(n.Ref, x.e.object(k, merged)); err != nil {
		return err
	}
	if fresh, ok := x.e.load(c, n.Ref, n.Home); ok {
		*n = fresh
	}
	return nil
}

// delete removes an entity, what it contains and every link to it (B-4.27). Through a
// navigation that only refers to it the delete is refused (B-4.41).
func (x *exchange) delete(c *workload.Call) (workload.Result, error) {
	n := &c.Self
	if !n.Exists {
		return workload.Result{}, missing(n)
	}
	if !c.Owned() {
		if x.r.Op != nil && !x.r.Elsewhere { // where a page has it, it removes the reference
			return workload.Result{}, x.part(c, n.Home.Owner, n.Home.Nav, n.Ref)
		}
		return workload.Result{}, grapherr.NotSupported().
			Because("A delete through a reference would delete the entity itself.", "Add /$ref to remove the reference, or delete the entity where it lies.")
	}
	if h := n.Home; h.Nav != nil && h.Nav.Type.Many && h.Owner != nil {
		if v, ok := x.e.view(h.Owner.Type, h.Nav); ok && v.Computed && !x.make {
			return workload.Result{}, grapherr.NotSupported().Because("'"+h.Nav.Name+"' shows what follows from other entities.", "")
		}
	}
	if n.Ref == workload.NoRef {
		return workload.Result{}, nil // it is shown without being stored: nothing to remove
	}
	if n.Ref == 0 {
		return workload.Result{}, grapherr.NotSupported()
	}
	if err := c.Tx.Delete(n.Ref); err != nil && !errors.Is(err, store.ErrNotFound) {
		return workload.Result{}, err
	}
	return workload.Result{}, x.bury(c, n)
}
