package engine

import (
	"fmt"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/odata"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// CatchUp does what has become due by the world's clock since it was called last:
// the wake-ups that rules asked for. Every door calls it before it looks at the
// world, so that what passes with time has passed. What a rule refuses is undone,
// does not come again and is in the error.
func (e *Engine) CatchUp(w *World) error {
	if !w.Store.IsDue(w.Now) {
		return nil
	}
	return w.Store.RunDue(w.Now(), func(tx *store.Tx, due store.Wakeup) error { return e.wake(w, tx, due) },
		func(tx *store.Tx, due store.Wakeup, err error) error {
			if due.Do == endJob {
				return e.finish(w, tx, due.Ref, grapherr.From(err))
			}
			return err
		})
}

// wake runs the rule that stands on Invoke(due.Do) of the entity's type.
func (e *Engine) wake(w *World, tx *store.Tx, due store.Wakeup) error {
	ent, ok := tx.Get(due.Ref)
	if !ok {
		return nil // wake-ups go with their entity
	}
	if due.Do == endJob {
		return e.finish(w, tx, due.Ref, nil)
	}
	m, t := e.modelOf(edm.Name(ent.Object.Type()))
	if t == nil {
		return fmt.Errorf("no model has the type %q", ent.Object.Type())
	}
	rule, ok := e.reg.Rule(t, bind.Invoke(due.Do))
	if !ok {
		return fmt.Errorf("no rule stands on it for %s", t.Name)
	}
	c := e.inner(w, tx, m, bind.Invoke(due.Do))
	c.Self = e.homed(c, due.Ref, ent, t)
	if _, err := rule.Do(c); err != nil {
		return err
	}
	for _, f := range e.reg.Follow(t, c.Verb) {
		if _, err := f.Do(c); err != nil {
			return err
		}
	}
	return nil
}

// inner makes the call of something that no request asks for.
func (e *Engine) inner(w *World, tx *store.Tx, m *edm.Model, verb bind.Verb) *workload.Call {
	target := &bind.Target{Model: m, Shape: bind.IsAction, Type: m.Root()}
	c := &workload.Call{Tx: tx, Model: m, Target: target, Verb: verb, Query: &odata.Query{}}
	c.System = &exchange{e: e, w: w, c: c, writes: true, r: &Request{Model: m, Target: target, Verb: verb, Query: c.Query}}
	return c
}

// homed is a stored entity as a node, with the place where it lies.
func (e *Engine) homed(c *workload.Call, ref store.Ref, ent store.Entity, t *edm.Type) workload.Node {
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
func (e *Engine) modelOf(name edm.Name) (*edm.Model, *edm.Type) {
	for _, m := range e.opt.Models {
		if t, ok := m.Type(name); ok {
			return m, t
		}
	}
	return nil, nil
}
