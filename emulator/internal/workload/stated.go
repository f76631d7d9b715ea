package workload

import (
	"cmp"
	"slices"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// Stated is what workloads say of one type.
type Stated struct {
	Type    edm.Name
	Verbs   []bind.Verb // that have a rule, a job, an upload or a query policy, sorted
	Traits  []bind.Verb // that a trait bears on, sorted
	Views   []string    // navigations that are computed, sorted
	Partial map[bind.Verb]string
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
		if len(t.states) > 0 {
			of(n).Traits = t.states
		}
		if len(t.Partial) > 0 {
			of(n).Partial = t.Partial
		}
	}
	for k, rule := range r.rules {
		if rule.ByTime {
			continue
		}
		of(k.typ).Verbs = append(of(k.typ).Verbs, k.verb)
	}
	for k, job := range r.jobs {
		if job.Do != nil {
			of(k.typ).Verbs = append(of(k.typ).Verbs, k.verb)
		}
	}
	for k := range r.uploads {
		of(k.typ).Verbs = append(of(k.typ).Verbs, k.verb)
	}
	for n := range r.policies {
		of(n).Verbs = append(of(n).Verbs, bind.List)
	}
	for k, v := range r.views {
		if v.To != "" {
			continue
		}
		of(k.typ).Views = append(of(k.typ).Views, k.nav)
	}
	out := make([]Stated, 0, len(byType))
	for _, s := range byType {
		slices.Sort(s.Verbs)
		s.Verbs = slices.Compact(s.Verbs)
		slices.Sort(s.Views)
		out = append(out, *s)
	}
	slices.SortFunc(out, func(a, b Stated) int { return cmp.Compare(a.Type, b.Type) })
	return out
}
