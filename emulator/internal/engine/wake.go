package engine

import (
	"fmt"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/jobs"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/op"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/uploads"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/write"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// CatchUp does what has become due by the world's clock since it was called last:
// the wake-ups that rules asked for. Every door calls it before it looks at the
// world, so that what passes with time has passed. What a rule refuses is undone,
// does not come again and is in the error.
func (e *Engine) CatchUp(w *op.World) error {
	if !w.Store.IsDue(w.Now) {
		return nil
	}
	return w.Store.RunDue(w.Now(), func(tx *store.Tx, due store.Wakeup) error { return e.wake(w, tx, due) },
		func(tx *store.Tx, due store.Wakeup, err error) error {
			if due.Do == jobs.EndVerb {
				return jobs.Finish(e.Core, w, tx, due.Ref, grapherr.From(err))
			}
			return err
		})
}

// wake runs the rule that stands on Invoke(due.Do) of the entity's type.
func (e *Engine) wake(w *op.World, tx *store.Tx, due store.Wakeup) error {
	ent, ok := tx.Get(due.Ref)
	if !ok {
		return nil // wake-ups go with their entity
	}
	switch due.Do {
	case jobs.EndVerb:
		return jobs.Finish(e.Core, w, tx, due.Ref, nil)
	case uploads.EndVerb:
		return tx.Delete(due.Ref)
	}
	m, t := e.ModelOf(edm.Name(ent.Object.Type()))
	if t == nil {
		return fmt.Errorf("no model has the type %q", ent.Object.Type())
	}
	rule, ok := e.Registry.Rule(t, bind.Invoke(due.Do))
	if !ok {
		return fmt.Errorf("no rule stands on it for %s", t.Name)
	}
	c := write.InternalCall(e.Core, w, tx, m, bind.Invoke(due.Do))
	c.Self = e.Located(c, due.Ref, ent, t)
	if _, err := rule.Do(c); err != nil {
		return err
	}
	for _, f := range e.Registry.AfterRules(t, c.Verb) {
		if _, err := f.Do(c); err != nil {
			return err
		}
	}
	return nil
}
