package engine

import "github.com/graph-emulator/graph-emulator/emulator/internal/workload"

// read answers one entity.
func (x *exchange) read(c *workload.Call) (workload.Result, error) {
	if !c.Self.Exists {
		return workload.Result{}, missing(&c.Self)
	}
	one := &x.one
	if c != x.c { // a rule reads something else besides
		one = new(workload.Entity)
	}
	one.Node = c.Self
	return workload.Result{One: one}, nil
}
