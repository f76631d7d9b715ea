package engine

import (
	"errors"
	"slices"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/odata"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// delivered marks a world that has its furniture. It lies below the service root
// under a name no path can reach, so that a snapshot and a Reset tell as well.
const delivered = "$furniture"

// gone begins the navigations that hold the keys of furniture which a tenant's files say it
// does not have.
const gone = "$gone "

// errBare ends a read that came to where furniture has to stand: it is delivered, and
// the read begins anew.
var errBare = errors.New("the tenant is not furnished yet")

// errEmpty is the same of an entity.
var errEmpty = errors.New("the entity is not furnished yet")

// bare reports whether a collection of an owner leads to furniture that is not there yet.
func (x *exchange) bare(c *workload.Call, owner *workload.Node, n *edm.Navigation) bool {
	if owner.Type == nil || x.load {
		return false
	}
	k := x.e.kinds.of(owner.Type)
	return k.furnished[n.Name] && c.Tx.Count(0, delivered) == 0 || x.empty(c, owner, n)
}

// empty reports whether an owner lacks the furniture of its own in a collection.
func (x *exchange) empty(c *workload.Call, owner *workload.Node, n *edm.Navigation) bool {
	return x.e.kinds.of(owner.Type).equipped[n.Name] && (owner.Ref < 0 || c.Tx.Count(owner.Ref, delivered+n.Name) == 0)
}

// furnish puts the furniture that a collection leads to into the world: the tenant's, or
// that of the owner. In a read it only says that this has to be done first.
func (x *exchange) furnish(c *workload.Call, owner *workload.Node, n *edm.Navigation) error {
	own := x.empty(c, owner, n)
	switch {
	case !x.writes && own:
		return errEmpty
	case !x.writes:
		return errBare
	case !own:
		if err := x.e.deliver(c.Tx); err != nil {
			return err
		}
		return x.e.keep(c, owner) // it may have been stored just now
	}
	if err := x.e.keep(c, owner); err != nil {
		return err
	}
	if _, err := c.Tx.Add(owner.Ref, delivered+n.Name, "", x.e.shapes.Object(delivered, nil)); err != nil {
		return err
	}
	pieces, stored := x.e.furniture(), x.e.stored(owner.Type, n)
	for i := range pieces {
		p := &pieces[i]
		if p.of.Of == "" || p.of.Place != n.Name || !owner.Type.Is(p.of.Of) {
			continue
		}
		if p.same != "" && has(c.Tx, owner.Ref, stored, p.of.Same, p.same) || dispensed(c.Tx, owner.Ref, stored, p.key) {
			continue
		}
		_, err := c.Tx.Add(owner.Ref, stored, p.key, p.object)
		if err != nil && !errors.Is(err, store.ErrExists) {
			return err
		}
	}
	return nil
}

// has reports whether a member of a collection has a text.
func has(tx *store.Tx, owner store.Ref, nav, name, text string) bool {
	for _, e := range tx.Entities(owner, nav, 0, nil) {
		if raw, _ := e.Object.Get(name); raw == value.String(text) {
			return true
		}
	}
	return false
}

// deliver puts the tenant's furniture into the world.
func (e *Core) deliver(tx *store.Tx) error {
	if _, err := tx.Add(0, delivered, "", e.shapes.Object(delivered, nil)); err != nil {
		return err
	}
	pieces := e.furniture()
	for i := range pieces {
		if pieces[i].of.Of != "" {
			continue
		}
		if err := e.place(tx, &pieces[i]); err != nil {
			return err
		}
	}
	return nil
}

// Furnish puts what every tenant has from its first day into the world, if it is not
// there yet.
func (e *Core) Furnish(w *World) error {
	if len(e.models) == 0 {
		return nil
	}
	return w.Store.Update(func(tx *store.Tx) error {
		if tx.Count(0, delivered) > 0 {
			return nil
		}
		return e.deliver(tx)
	})
}

// place puts one piece where it belongs, unless the tenant's own files have it.
func (e *Core) place(tx *store.Tx, p *piece) error {
	if p.same != "" {
		for range tx.Lookup(store.Index{Type: string(p.of.Type), Member: p.of.Same}.Name(), p.same) {
			return nil
		}
	}
	c, owner, nav, err := e.standAt(tx, p.target)
	if err != nil {
		return err
	}
	if err := e.keep(c, &owner); err != nil {
		return err
	}
	stored := e.stored(owner.Type, nav)
	if dispensed(tx, owner.Ref, stored, p.key) {
		return nil
	}
	_, err = tx.Add(owner.Ref, stored, p.key, p.object)
	if errors.Is(err, store.ErrExists) {
		return nil
	}
	return err
}

// standAt walks to the entity whose collection holds furniture of the tenant.
func (e *Core) standAt(tx *store.Tx, t *bind.Target) (*workload.Call, workload.Node, *edm.Navigation, error) {
	c := &workload.Call{Tx: tx, Model: t.Model, Target: t, Verb: bind.Create, Query: &odata.Query{}, Loading: true}
	owner := workload.Node{Type: t.Model.Root(), Exists: true}
	last := len(t.Steps) - 1
	for _, s := range t.Steps[:last] {
		node, err := e.single(c, &owner, s.Nav)
		if err != nil {
			return nil, owner, nil, err
		}
		owner = node
	}
	return c, owner, t.Steps[last].Nav, nil
}

// dispensed reports whether a tenant's files say that a piece is not there.
func dispensed(tx *store.Tx, owner store.Ref, stored, key string) bool {
	_, ok := tx.Find(owner, gone+stored, key)
	return ok
}

// cleared lists the keys of the tenant's furniture that was put into the world and is not
// there any more, by where it stood.
func (e *Core) cleared(tx *store.Tx) (map[store.Ref]map[string][]string, error) {
	out := map[store.Ref]map[string][]string{}
	pieces := e.furniture()
	for i := range pieces {
		p := &pieces[i]
		if p.of.Of != "" || tx.Count(0, delivered) == 0 {
			continue
		}
		_, node, nav, err := e.standAt(tx, p.target)
		if err != nil {
			return nil, err
		}
		owner, stored := node.Ref, e.stored(node.Type, nav)
		if _, there := tx.Find(owner, stored, p.key); there || owner < 0 {
			continue
		}
		if out[owner] == nil {
			out[owner] = map[string][]string{}
		}
		out[owner][stored] = append(out[owner][stored], p.key)
	}
	return out, nil
}

// clearedOf does the same for an entity that has furniture of its own, and for what its
// files said.
func (e *Core) clearedOf(tx *store.Tx, ref store.Ref, t *edm.Type, out map[string][]string) map[string][]string {
	add := func(stored, key string) {
		if _, there := tx.Find(ref, stored, key); there || slices.Contains(out[stored], key) {
			return
		}
		if out == nil {
			out = map[string][]string{}
		}
		out[stored] = append(out[stored], key)
	}
	if t != nil && len(e.kinds.of(t).equipped) > 0 {
		pieces := e.furniture()
		for i := range pieces {
			p := &pieces[i]
			if n, ok := t.Navigation(p.of.Place); ok && p.of.Of != "" && t.Is(p.of.Of) && tx.Count(ref, delivered+n.Name) > 0 {
				add(e.stored(t, n), p.key)
			}
		}
	}
	for _, nav := range tx.Navs(ref) {
		if stored, ok := strings.CutPrefix(nav, gone); ok {
			for r := range tx.Members(ref, nav, 0) {
				_, _, key, _ := tx.Owner(r)
				add(stored, key)
			}
		}
	}
	return out
}
