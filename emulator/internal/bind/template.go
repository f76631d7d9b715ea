package bind

import (
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/odata"
)

// Template is the path's key into the catalog, see edm.Step.Template.
func (t *Target) Template() string { return Template(t.Steps) }

// Template is the key of a part of a path.
func Template(steps []Step) string {
	var b strings.Builder
	b.Grow(16 + 20*len(steps)) // most names are shorter
	for i := range steps {
		s := &steps[i]
		s.Step.Template(&b, segment(s.Seg))
	}
	if b.Len() == 0 {
		return "/"
	}
	return b.String()
}

// Plain writes alternate keys as plain ones: /users(userPrincipalName='x') names the
// same entity as /users/x.
func Plain(steps []Step) []Step {
	out := steps
	for i := range steps {
		if s := &steps[i]; s.Keyed && s.Named() != nil {
			if &out[0] == &steps[0] {
				out = append([]Step(nil), steps...)
			}
			out[i].Seg = &odata.Segment{Text: s.Seg.Text, Parens: true, Args: "x"}
		}
	}
	return out
}
