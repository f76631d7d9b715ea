package workload

import (
	"slices"

	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// Sharers are the types among whose entities a unique property has each value
// once, sorted.
func (r *Registry) Sharers(property string) []edm.Name { return r.unique[property] }

func (r *Registry) addUnique() {
	r.unique = map[string][]edm.Name{}
	for name, t := range r.traits {
		for _, p := range t.Unique {
			r.unique[p] = append(r.unique[p], name)
		}
	}
	for _, names := range r.unique {
		slices.Sort(names)
	}
}
