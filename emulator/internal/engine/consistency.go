package engine

import (
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/op"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/provision"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/replica"
)

// SetConsistency says what callers that act for a user see, and those that do not.
// What was written before is seen at once.
func (e *Engine) SetConsistency(w *op.World, users, apps replica.Consistency) error {
	if users.Strong() && apps.Strong() {
		w.Replica.Store(nil)
		return nil
	}
	err := provision.Tenant(e.Core, w) // what every tenant has is no write that anybody waits for
	w.Replica.Store(replica.NewSimulation(users, apps, w.Store.Scan()))
	return err
}

// Converge lets everybody see all that was written until now. It has to be called when
// a world was replaced.
func (e *Engine) Converge(w *op.World) error {
	s := w.Replica.Load()
	if s == nil {
		return nil
	}
	err := provision.Tenant(e.Core, w)
	s.Converge(w.Store.Scan())
	return err
}

// lags reports whether the request reads what a replicated service keeps.
func lags(x *op.Op) bool {
	t := x.Request.Target.Owning()
	return t != nil && x.Core.Types.Of(t).Replicated
}
