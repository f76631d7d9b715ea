package workload

import (
	"cmp"
	"slices"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// Stated is what workloads say of one type.
type Stated struct {
	Type   edm.Name
	Traits bool
	Verbs  []bind.Verb // that have a rule, sorted
	Views  []string    // navigations that are computed, sorted
}

// Stated lists the types that workloads say something of, by name.
func (r *Registry) Stated() []Stated {
	byType := map[edm.Name]*Stated{}
	of := func(n edm.Name) *Stated {
		if byType[n] == nil {
			byType[n] = &Stated{Type: n}
		}
		return byType[n]
	}
	for n, e := range r.traits {
		t := e.read()
		if !t.silent {
			of(n).Traits = true
		}
		if t.feeds {
			of(n).Verbs = append(of(n).Verbs, bind.Delta)
		}
	}
	for k, rule := range r.rules {
		if rule.ByTime {
			continue
		}
		of(k.typ).Verbs = append(of(k.typ).Verbs, k.verb)
	}
	for k := range r.views {
		of(k.typ).Views = append(of(k.typ).Views, k.nav)
	}
	out := make([]Stated, 0, len(byType))
	for _, s := range byType {
		slices.Sort(s.Verbs)
		slices.Sort(s.Views)
		out = append(out, *s)
	}
	slices.SortFunc(out, func(a, b Stated) int { return cmp.Compare(a.Type, b.Type) })
	return out
}
