package edm

import (
	"cmp"
	"slices"
)

// Names lists every type of m and of the models beneath it, sorted. It walks the
// files: it is for the whole of a model ($metadata, coverage), not for requests.
func (m *Model) Names() []Name {
	var out []Name
	for l := m; l != nil; l = l.base {
		out = append(out, l.layerNames()...)
	}
	slices.SortFunc(out, func(a, b Name) int { return cmp.Or(cmp.Compare(a.Namespace(), b.Namespace()), cmp.Compare(a, b)) })
	return slices.Compact(out)
}
