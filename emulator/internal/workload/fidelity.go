package workload

import (
	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
)

// Fidelity says how much stands behind an answer.
type Fidelity uint8

// The levels, from nothing to a stated behaviour. Every answer carries its level
// in X-Emulator-Fidelity.
const (
	None     Fidelity = iota // 501
	Generic                  // parameters checked, declared return type, no effect
	Stateful                 // a generic verb on stored entities
	Modelled                 // a workload states the type's behaviour
)

var fidelityNames = [...]string{"none", "generic", "stateful", "modelled"}

func (f Fidelity) String() string { return fidelityNames[f] }

// Fidelity is the one place that says how well a verb on a target is emulated:
// the header, the minimum and the coverage page ask it.
func (r *Registry) Fidelity(t *bind.Target, v bind.Verb) Fidelity {
	typ := t.Type
	if _, op := v.Invoked(); op {
		typ = t.Bound()
		if _, ok := r.Rule(typ, v); ok {
			return Modelled
		}
		if j, ok := r.Job(typ, v); ok && j.Do != nil {
			return Modelled
		}
		return Generic
	}
	if n := t.Navigation(); n != nil {
		if _, ok := r.View(n.Owner(), n.Name); ok {
			return Modelled
		}
	}
	for b := typ; b != nil; b = b.Base() {
		// Rules, and what is said of delta queries, hold for derived types. Other traits of
		// a base type describe what its types share, and state nothing of this one.
		if t := r.says(b.Name); t != nil && (b == typ && !t.silent || v == bind.Delta && t.feeds) {
			return Modelled
		}
		if _, ok := r.rules[ruleKey{b.Name, v}]; ok {
			return Modelled
		}
	}
	return Stateful
}
