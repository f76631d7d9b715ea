package provision

import (
	"errors"
	"slices"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/op"
	"github.com/graph-emulator/graph-emulator/emulator/internal/odata"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// marker marks a world that has its built-in entities. It lies below the service root
// under a name no path can reach, so that a snapshot and a Reset tell as well.
const marker = "$builtin"

// SuppressedPrefix begins the navigations that hold the keys of built-in entities which a
// tenant's files say it does not have.
const SuppressedPrefix = "$gone "

// Pending reports whether a collection of an owner leads to built-in entities that are not there yet.
func Pending(x *op.Op, c *workload.Call, owner *workload.Node, n *edm.Navigation) bool {
	if owner.Type == nil || x.Call.Loading() {
		return false
	}
	k := x.Core.Types.Of(owner.Type)
	return k.Provisioned[n.Name] && TenantPending(c.Tx) || EntityPending(x, c, owner, n)
}

// TenantPending reports whether the tenant lacks its built-in entities.
func TenantPending(tx *store.Reader) bool { return tx.Count(0, marker) == 0 }

// EntityPending reports whether an owner lacks the built-in entities of its own in a collection.
func EntityPending(x *op.Op, c *workload.Call, owner *workload.Node, n *edm.Navigation) bool {
	return x.Core.Types.Of(owner.Type).ProvisionedEach[n.Name] && (owner.Ref < 0 || c.Tx.Count(owner.Ref, marker+n.Name) == 0)
}

// Collection puts the built-in entities that a collection leads to into the world: the tenant's, or
// that of the owner.
func Collection(x *op.Op, c *workload.Call, owner *workload.Node, n *edm.Navigation) error {
	if !EntityPending(x, c, owner, n) {
		if err := provisionTenant(x.Core, x.Tx); err != nil {
			return err
		}
		return x.Core.Materialize(x.Tx, c, owner) // it may have been stored just now
	}
	if err := x.Core.Materialize(x.Tx, c, owner); err != nil {
		return err
	}
	if _, err := x.Tx.Add(owner.Ref, marker+n.Name, "", x.Core.Shapes.Object(marker, nil)); err != nil {
		return err
	}
	pieces, stored := x.Core.Builtins(), x.Core.Stored(owner.Type, n)
	for i := range pieces {
		p := &pieces[i]
		if p.Of.Of == "" || p.Of.Place != n.Name || !owner.Type.Is(p.Of.Of) {
			continue
		}
		if p.Same != "" && has(c.Tx, owner.Ref, stored, p.Of.Same, p.Same) || suppressed(c.Tx, owner.Ref, stored, p.Key) {
			continue
		}
		_, err := x.Tx.Add(owner.Ref, stored, p.Key, p.Object)
		if err != nil && !errors.Is(err, store.ErrExists) {
			return err
		}
	}
	return nil
}

// has reports whether a member of a collection has a text.
func has(tx *store.Reader, owner store.Ref, nav, name, text string) bool {
	for _, e := range tx.Entities(owner, nav, 0, nil) {
		if raw, _ := e.Object.Get(name); raw == value.String(text) {
			return true
		}
	}
	return false
}

// provisionTenant puts the tenant's built-in entities into the world.
func provisionTenant(e *op.Core, tx *store.Tx) error {
	if _, err := tx.Add(0, marker, "", e.Shapes.Object(marker, nil)); err != nil {
		return err
	}
	pieces := e.Builtins()
	for i := range pieces {
		if pieces[i].Of.Of != "" {
			continue
		}
		if err := put(e, tx, &pieces[i]); err != nil {
			return err
		}
	}
	return nil
}

// Tenant puts what every tenant has from its first day into the world, if it is not
// there yet.
func Tenant(e *op.Core, w *op.World) error {
	if len(e.Models) == 0 {
		return nil
	}
	return w.Store.Update(func(tx *store.Tx) error {
		if !TenantPending(&tx.Reader) {
			return nil
		}
		return provisionTenant(e, tx)
	})
}

// put puts one entity where it belongs, unless the tenant's own files have it.
func put(e *op.Core, tx *store.Tx, p *op.Builtin) error {
	if p.Same != "" {
		for range tx.Lookup(store.Index{Type: string(p.Of.Type), Member: p.Of.Same}.Name(), p.Same) {
			return nil
		}
	}
	c, owner, nav, err := locate(e, &tx.Reader, p.Target)
	if err != nil {
		return err
	}
	if err := e.Materialize(tx, c, &owner); err != nil {
		return err
	}
	stored := e.Stored(owner.Type, nav)
	if suppressed(&tx.Reader, owner.Ref, stored, p.Key) {
		return nil
	}
	_, err = tx.Add(owner.Ref, stored, p.Key, p.Object)
	if errors.Is(err, store.ErrExists) {
		return nil
	}
	return err
}

// locate walks to the entity whose collection holds built-in entities of the tenant.
func locate(e *op.Core, tx *store.Reader, t *bind.Target) (*workload.Call, workload.Node, *edm.Navigation, error) {
	c := &workload.Call{Mode: workload.ModeLoad, Request: &workload.Request{Model: t.Model, Target: t, Query: &odata.Query{}}, Tx: tx, Verb: bind.Create}
	owner := workload.Node{Type: t.Model.Root(), Exists: true}
	last := len(t.Steps) - 1
	for _, s := range t.Steps[:last] {
		node, err := e.Single(c, &owner, s.Nav)
		if err != nil {
			return nil, owner, nil, err
		}
		owner = node
	}
	return c, owner, t.Steps[last].Nav, nil
}

// suppressed reports whether a tenant's files say that an entity is not there.
func suppressed(tx *store.Reader, owner store.Ref, stored, key string) bool {
	_, ok := tx.Find(owner, SuppressedPrefix+stored, key)
	return ok
}

// Deleted lists the keys of the tenant's built-in entities that were put into the world and are not
// there any more, by where it stood.
func Deleted(e *op.Core, tx *store.Reader) (map[store.Ref]map[string][]string, error) {
	out := map[store.Ref]map[string][]string{}
	pieces := e.Builtins()
	for i := range pieces {
		p := &pieces[i]
		if p.Of.Of != "" || TenantPending(tx) {
			continue
		}
		_, node, nav, err := locate(e, tx, p.Target)
		if err != nil {
			return nil, err
		}
		owner, stored := node.Ref, e.Stored(node.Type, nav)
		if _, there := tx.Find(owner, stored, p.Key); there || owner < 0 {
			continue
		}
		if out[owner] == nil {
			out[owner] = map[string][]string{}
		}
		out[owner][stored] = append(out[owner][stored], p.Key)
	}
	return out, nil
}

// DeletedOf does the same for an entity that has built-in entities of its own, and for what its
// files said.
func DeletedOf(e *op.Core, tx *store.Reader, ref store.Ref, t *edm.Type, out map[string][]string) map[string][]string {
	add := func(stored, key string) {
		if _, there := tx.Find(ref, stored, key); there || slices.Contains(out[stored], key) {
			return
		}
		if out == nil {
			out = map[string][]string{}
		}
		out[stored] = append(out[stored], key)
	}
	if t != nil && len(e.Types.Of(t).ProvisionedEach) > 0 {
		pieces := e.Builtins()
		for i := range pieces {
			p := &pieces[i]
			if n, ok := t.Navigation(p.Of.Place); ok && p.Of.Of != "" && t.Is(p.Of.Of) && tx.Count(ref, marker+n.Name) > 0 {
				add(e.Stored(t, n), p.Key)
			}
		}
	}
	for _, nav := range tx.Navs(ref) {
		if stored, ok := strings.CutPrefix(nav, SuppressedPrefix); ok {
			for r := range tx.Members(ref, nav, 0) {
				_, _, key, _ := tx.Owner(r)
				add(stored, key)
			}
		}
	}
	return out
}
