package workload

import (
	"fmt"

	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// LinkRule judges the links of a navigation before they are made or taken away, on
// every path: $ref, binds, deep inserts.
type LinkRule struct {
	Type edm.Name // of the owner; applies to derived types too
	Nav  string
	// Link and Unlink refuse with an error. nil: nothing is refused.
	Link, Unlink func(c *Call, owner, member *Node) error
}

// DeclaredProperty knows properties that a tenant has declared beside the model (B-4.57, B-4.58).
type DeclaredProperty struct {
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

func (r *Registry) addLinkRules(w *Workload, known func(edm.Name) bool) error {
	for _, t := range w.LinkRules {
		if !known(t.Type) {
			return fmt.Errorf("the link rule %s is about %s, which no model has", t.Nav, t.Type)
		}
		k := viewKey{t.Type, t.Nav}
		if _, twice := r.linkRules[k]; twice {
			return fmt.Errorf("%s has two link rules on %s", t.Type, t.Nav)
		}
		r.linkRules[k] = t
	}
	for _, g := range w.Guards {
		if !known(g.Type) {
			return fmt.Errorf("a guard is about %s, which no model has", g.Type)
		}
		if _, twice := r.guards[g.Type]; twice {
			return fmt.Errorf("%s has two guards", g.Type)
		}
		r.guards[g.Type] = g
	}
	for _, x := range w.DeclaredProperties {
		if !known(x.Type) {
			return fmt.Errorf("a declared property is about %s, which no model has", x.Type)
		}
		r.declared[x.Type] = append(r.declared[x.Type], x)
	}
	return nil
}

// LinkRule finds the rule on a navigation of a type, looking through the base types.
func (r *Registry) LinkRule(t *edm.Type, nav string) (LinkRule, bool) {
	for ; t != nil && len(r.linkRules) > 0; t = t.Base() {
		if rule, ok := r.linkRules[viewKey{t.Name, nav}]; ok {
			return rule, true
		}
	}
	return LinkRule{}, false
}

// DeclaredProperties lists what declares properties of a type, the nearest type's first.
func (r *Registry) DeclaredProperties(t *edm.Type) []DeclaredProperty {
	var out []DeclaredProperty
	for ; t != nil && len(r.declared) > 0; t = t.Base() {
		out = append(out, r.declared[t.Name]...)
	}
	return out
}
