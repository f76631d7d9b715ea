package workload

import (
	"fmt"

	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// Tie judges the links of a navigation before they are made or taken away, on
// every road: $ref, binds, deep inserts.
type Tie struct {
	Type edm.Name // of the owner; applies to derived types too
	Nav  string
	// Link and Unlink refuse with an error. nil: nothing is refused.
	Link, Unlink func(c *Call, owner, member *Node) error
}

// Extra knows properties that a tenant has declared beside the model (B-4.57, B-4.58).
type Extra struct {
	Type edm.Name // applies to derived types too
	// Check judges a value that a write gives to a property. It reports false for a
	// name that is not its own, and an error for a value that does not fit.
	Check func(s Scope, g Given) (own bool, err error)
}

// Given is a value that a write gives to a property which the model does not have.
type Given struct {
	Type   *edm.Type
	Name   string
	Value  value.Raw
	Create bool // the entity is being made
}

func (r *Registry) addTies(w *Workload, known func(edm.Name) bool) error {
	for _, t := range w.Ties {
		if !known(t.Type) {
			return fmt.Errorf("the tie %s is about %s, which no model has", t.Nav, t.Type)
		}
		k := viewKey{t.Type, t.Nav}
		if _, twice := r.ties[k]; twice {
			return fmt.Errorf("%s has two ties on %s", t.Type, t.Nav)
		}
		r.ties[k] = t
	}
	for _, x := range w.Extras {
		if !known(x.Type) {
			return fmt.Errorf("an extra is about %s, which no model has", x.Type)
		}
		r.extras[x.Type] = append(r.extras[x.Type], x)
	}
	return nil
}

// Tie finds the tie on a navigation of a type, looking through the base types.
func (r *Registry) Tie(t *edm.Type, nav string) (Tie, bool) {
	for ; t != nil && len(r.ties) > 0; t = t.Base() {
		if tie, ok := r.ties[viewKey{t.Name, nav}]; ok {
			return tie, true
		}
	}
	return Tie{}, false
}

// Extras lists what declares properties of a type, the nearest type's first.
func (r *Registry) Extras(t *edm.Type) []Extra {
	var out []Extra
	for ; t != nil && len(r.extras) > 0; t = t.Base() {
		out = append(out, r.extras[t.Name]...)
	}
	return out
}
