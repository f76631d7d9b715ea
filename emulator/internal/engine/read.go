package engine

import (
	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

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

// show is what a read of the node answers: the read rule of its type computes what
// is not stored.
func (x *exchange) show(c *workload.Call, n workload.Node) (workload.Entity, error) {
	rule := x.e.kinds.of(n.Type).read
	if rule == nil {
		return workload.Entity{Node: n}, nil
	}
	one := *c
	one.Self, one.Nav, one.Verb = n, nil, bind.Read
	res, err := rule.Do(one.With(func(c *workload.Call) (workload.Result, error) { return x.read(c) }))
	if err != nil {
		return workload.Entity{}, err
	}
	return *res.One, nil
}
