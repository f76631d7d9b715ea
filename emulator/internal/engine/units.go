package engine

import (
	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/op"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// eachUnit names, among the units of a type, what reading one entity by its key costs.
const eachUnit = "$entity"

// units is what a request costs (B-1.17, B-8.9); 0 where the service says nothing of it.
func (e *Engine) units(r *op.Request) int {
	t := r.Target
	own := t.Owning()
	if own == nil || len(e.Types.Of(own).Traits.Units) == 0 {
		return 0
	}
	of, name := own, ""
	if op := t.Op(); op != nil {
		of, name = t.Bound(), op.Name
	} else if !r.Verb.Writes() {
		of, name = lastRead(t)
	}
	n := 1
	if of != nil {
		n = max(n, e.Types.Of(of).Traits.Units[name])
	}
	q := r.Query
	if len(q.Select) > 0 {
		n--
	}
	if len(q.Expand) > 0 {
		n++
	}
	if q.Top != nil && *q.Top < 20 {
		n--
	}
	return max(1, n)
}

// lastRead is the navigation that a path ends in, with the type that has it, or the
// type of the one member that it names.
func lastRead(t *bind.Target) (of *edm.Type, name string) {
	owner := t.Model.Root()
	for i := range t.Steps {
		s := &t.Steps[i]
		switch {
		case s.Kind == edm.Nav && !s.Keyed:
			of, name = owner, s.Nav.Name
		case s.Kind == edm.Nav, s.Kind == edm.Key, s.Keyed:
			of, name = s.Type, eachUnit
		}
		owner = s.Type
	}
	return of, name
}
