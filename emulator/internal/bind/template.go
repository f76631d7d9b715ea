package bind

import (
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/odata"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// Template is the path's key into the catalogue: names in the model's
// spelling, {} for keys, {path} between colons. It keeps the road as written.
func (t *Target) Template() string {
	var b strings.Builder
	b.Grow(16 + 20*len(t.Steps)) // most names are shorter
	for i := range t.Steps {
		t.Steps[i].template(&b)
	}
	if b.Len() == 0 {
		return "/"
	}
	return b.String()
}

func (s *Step) template(b *strings.Builder) {
	switch s.Kind {
	case edm.Skip:
		return
	case edm.ColonPath:
		b.WriteString(":/{path}:")
		return
	case edm.Key:
		b.WriteString("/{}")
		return
	}
	b.WriteByte('/')
	switch s.Kind {
	case edm.Nav:
		b.WriteString(s.Nav.Name)
	case edm.Prop:
		if s.Prop != nil {
			b.WriteString(s.Prop.Name)
		} else {
			b.WriteString(s.Seg.Text)
		}
	case edm.Cast:
		b.WriteString(string(s.Type.Name))
	case edm.Func, edm.Action:
		b.WriteString(s.Op.Name)
		parameters(b, s.Seg.Params)
		return
	default: // $value, $ref, $count
		b.WriteString(strings.ToLower(s.Seg.Text))
	}
	if s.Keyed {
		if named := s.Named(); named != nil {
			parameters(b, named)
		} else {
			b.WriteString("/{}")
		}
	}
}

func parameters(b *strings.Builder, ps []odata.Param) {
	if len(ps) == 0 {
		return
	}
	b.WriteByte('(')
	for i, p := range ps {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(p.Name)
		b.WriteString("={}")
	}
	b.WriteByte(')')
}
