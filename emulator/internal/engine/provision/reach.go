package provision

import (
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/op"
	"github.com/graph-emulator/graph-emulator/emulator/internal/eval"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// Reach says which built-in entities a request can meet, as far as the types of its path
// and of its expansions tell. It asks no store, so that a request which meets none pays
// nothing.
type Reach struct {
	Tenant bool // those of the tenant
	// Step is the last step of the path that leads to a collection in which each entity has
	// its own; -1: none does.
	Step     int
	Expanded bool // an expansion shows those of each entity in the answer
}

// ReachOf is the reach of an operation whose selection is prepared.
func ReachOf(x *op.Op) Reach {
	t := x.Request.Target
	r := Reach{Step: -1}
	from := t.Model.Root()
	for i := range t.Steps {
		s := &t.Steps[i]
		if s.Via != nil {
			from = s.Via
		}
		if s.Kind == edm.Nav && s.Nav.Type.Many && from != nil {
			tenant, each := reached(x.Core, from, s.Nav)
			r.Tenant = r.Tenant || tenant
			if each {
				r.Step = i
			}
		}
		from = s.Type
	}
	if t.Shape == bind.IsFunc || t.Shape == bind.IsAction {
		rule, ok := x.Core.Registry.Rule(t.Bound(), x.Request.Verb)
		r.Tenant = r.Tenant || ok && rule.Builtins
	}
	if x.Selection != nil {
		r.expand(x.Core, t.Type, x.Selection)
	}
	if t.Type != nil && t.Type.Kind == edm.Entity {
		if sel := x.Core.Types.Of(t.Type).Inline; sel != nil {
			r.expand(x.Core, t.Type, sel)
		}
	}
	return r
}

// expand adds the reach of the expansions of a selection, which is of type t.
func (r *Reach) expand(e *op.Core, t *edm.Type, sel *eval.Selection) {
	for _, by := range sel.Expand {
		from := t
		if by.On != nil {
			from = by.On
		}
		if from != nil && by.Nav.Type.Many {
			tenant, each := reached(e, from, by.Nav)
			r.Tenant, r.Expanded = r.Tenant || tenant, r.Expanded || each
		}
		r.expand(e, by.Type, by.Select)
	}
}

// reached reports whether a collection shows built-in entities: of the tenant, or of each
// owner. A collection that is another path to one (see workload.View) shows the same.
func reached(e *op.Core, from *edm.Type, n *edm.Navigation) (tenant, each bool) {
	k := e.Types.Of(from)
	if v, ok := k.Views[n.Name]; ok && v.To != "" {
		if from, n = follow(from, v.To); n == nil {
			return false, false
		}
		k = e.Types.Of(from)
	}
	return k.Provisioned[n.Name], k.ProvisionedEach[n.Name]
}

// follow goes the path of a view by types: to the last navigation and the type that has it.
func follow(from *edm.Type, to string) (*edm.Type, *edm.Navigation) {
	if strings.HasPrefix(to, "/") {
		from = from.Model().Root()
	}
	var n *edm.Navigation
	for name := range strings.SplitSeq(strings.TrimPrefix(to, "/"), "/") {
		if n != nil {
			from = n.Target()
		}
		if from == nil {
			return nil, nil
		}
		var ok bool
		if n, ok = from.Navigation(name); !ok {
			return nil, nil
		}
	}
	return from, n
}
