package write

import (
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/heap"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/op"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

// Read answers one entity.
func Read(x *op.Op, c *workload.Call) (workload.Result, error) {
	if !c.Self.Exists {
		return workload.Result{}, heap.Missing(&c.Self)
	}
	one := &x.Scratch
	if c != x.Call { // a rule reads something else besides
		one = new(workload.Entity)
	}
	one.Node = c.Self
	return workload.Result{One: one}, nil
}
