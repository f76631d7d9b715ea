package bind

import "strings"

// Template is the path's key into the catalogue, see edm.Step.Template.
func (t *Target) Template() string {
	var b strings.Builder
	b.Grow(16 + 20*len(t.Steps)) // most names are shorter
	for i := range t.Steps {
		s := &t.Steps[i]
		s.Step.Template(&b, segment(s.Seg))
	}
	if b.Len() == 0 {
		return "/"
	}
	return b.String()
}
