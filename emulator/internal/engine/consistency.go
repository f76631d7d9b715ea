package engine

// SetConsistency says what callers that act for a user see, and those that do not.
// What was written before is seen at once.
func (e *Engine) SetConsistency(w *World, users, apps Consistency) error {
	err := e.Furnish(w) // what every tenant has is no write that anybody waits for
	w.replica.Store(NewSimulation(users, apps, w.Store.Scan()))
	return err
}

// Converge lets everybody see all that was written until now. It has to be called when
// a world was replaced.
func (e *Engine) Converge(w *World) error {
	s := w.replica.Load()
	if s == nil {
		return nil
	}
	err := e.Furnish(w)
	s.Converge(w.Store.Scan())
	return err
}

// lags reports whether the request reads what a replicated service keeps.
func (x *exchange) lags() bool {
	t := x.r.Target.Owning()
	return t != nil && x.e.kinds.of(t).replicated
}
