package workload

import (
	"slices"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// Fidelity says how much stands behind an answer.
type Fidelity uint8

// The levels, from nothing to a stated behaviour. Every answer carries its level
// in X-Emulator-Fidelity.
const (
	None     Fidelity = iota // 501
	Generic                  // parameters checked, declared return type, no effect
	Stateful                 // a generic verb on stored entities
	Modelled                 // a workload states the behaviour of the verb on the type
)

var fidelityNames = [...]string{"none", "generic", "stateful", "modelled"}

func (f Fidelity) String() string { return fidelityNames[f] }

// Fidelity is the one place that says how well a verb on a target is emulated:
// the header, the minimum and the coverage page ask it.
func (r *Registry) Fidelity(t *bind.Target, v bind.Verb) Fidelity {
	_, stated := r.Basis(t, v)
	_, operation := v.Invoked()
	switch {
	case !stated && operation:
		return Generic
	case !stated || r.Lacks(t, v) != "":
		return Stateful
	}
	return Modelled
}

// Basis is what makes a verb on a target modelled.
type Basis struct {
	Type edm.Name // of which a workload states it; derived types share it
	Nav  string   // of Type, where it is stated of the navigation; else empty
}

// Basis finds what workloads state of a verb on a target: a rule, a job, a view, a link
// rule, a query policy or a trait that bears on the verb.
func (r *Registry) Basis(t *bind.Target, v bind.Verb) (Basis, bool) {
	typ := subject(t, v)
	if n := t.Navigation(); n != nil {
		if name, ok := r.ofNavigation(n, v); ok {
			return Basis{Type: name, Nav: n.Name}, true
		}
	}
	like := like(v)
	for b := typ; b != nil; b = b.Base() {
		if r.stated(b, v, b == typ) || like != v && r.stated(b, like, b == typ) {
			return Basis{Type: b.Name}, true
		}
	}
	return Basis{}, false
}

// subject is the type whose rules hold for a verb on a target.
func subject(t *bind.Target, v bind.Verb) *edm.Type {
	if _, operation := v.Invoked(); operation {
		return t.Bound()
	}
	switch t.Shape {
	case bind.IsValue, bind.IsRaw, bind.IsStream:
		return t.Owning()
	}
	return t.Type
}

// like is the verb whose behaviour a verb has besides its own: a value is read and written
// as its entity is.
func like(v bind.Verb) bind.Verb {
	switch v {
	case bind.ReadValue:
		return bind.Read
	case bind.WriteValue, bind.Clear:
		return bind.Update
	}
	return v
}

// stated reports whether something is declared for a verb on a type. Traits of a base
// type describe what its types share, and state nothing of this one, but for delta queries.
func (r *Registry) stated(t *edm.Type, v bind.Verb, own bool) bool {
	k := ruleKey{t.Name, v}
	if _, ok := r.rules[k]; ok || len(r.after[k]) > 0 || r.jobs[k].Do != nil || r.uploads[k].Finish != nil {
		return true
	}
	switch v {
	case bind.List:
		if read, ok := r.rules[ruleKey{t.Name, bind.Read}]; ok && len(read.Computes) > 0 {
			return true
		}
		if _, ok := r.policies[t.Name]; ok {
			return true
		}
	case bind.Count:
		if g, ok := r.policies[t.Name]; ok && (g.Check != nil || g.Words != nil) {
			return true
		}
	}
	traits := r.says(t.Name)
	return traits != nil && (own || v == bind.Delta) && slices.Contains(traits.states, v)
}

// ofNavigation finds the owner of which a view or a link rule on a navigation is declared
// that bears on a verb. A view bears on reads; one that is another path to a collection
// states nothing.
func (r *Registry) ofNavigation(n *edm.Navigation, v bind.Verb) (edm.Name, bool) {
	for t := n.Owner(); t != nil; t = t.Base() {
		k := viewKey{t.Name, n.Name}
		switch v {
		case bind.Link, bind.Unlink:
			if rule, ok := r.linkRules[k]; ok {
				return t.Name, v == bind.Link && rule.Link != nil || v == bind.Unlink && rule.Unlink != nil
			}
		case bind.List, bind.Count, bind.Read, bind.Refs:
			if view, ok := r.views[k]; ok {
				return t.Name, view.To == ""
			}
		}
	}
	return "", false
}

// Lacks names what the service does on a verb of a target and the emulator does not; empty:
// nothing is known to be missing.
func (r *Registry) Lacks(t *bind.Target, v bind.Verb) string {
	for b := subject(t, v); b != nil; b = b.Base() {
		if own := r.says(b.Name); own != nil && own.Partial[v] != "" {
			return own.Partial[v]
		}
	}
	return ""
}
