package op

import (
	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/odata"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// Builtin is one built-in entity.
type Builtin struct {
	Of     *workload.Builtin
	Target *bind.Target // of the collection; nil where each owner has one
	Key    string
	Same   string
	Object value.Object
}

// builtins makes the built-in entities in the first model that has their place.
func (e *Core) builtins() []Builtin {
	var out []Builtin
	all := e.Registry.Builtins()
	for i := range all {
		f := &all[i]
		var target *bind.Target
		var t *edm.Type
		if f.Of != "" {
			_, t = e.ModelOf(f.Type)
		} else if target = e.target(f.Place); target != nil {
			t, _ = target.Model.Type(f.Type)
		}
		if t == nil {
			continue // the models in use are a caller's own
		}
		k := e.Types.Of(t)
		for _, m := range f.Entities() {
			p := Builtin{Of: f, Target: target, Object: e.Object(k, m)}
			raw, _ := m.Get(k.ID)
			p.Key, _ = raw.Text()
			if f.Same != "" {
				raw, _ = m.Get(f.Same)
				p.Same, _ = raw.Text()
			}
			out = append(out, p)
		}
	}
	return out
}

// target resolves a path in the first model that has it; nil: none.
func (e *Core) target(path string) *bind.Target {
	p, err := odata.ParsePath("/" + path)
	if err != nil {
		return nil
	}
	for _, m := range e.Models {
		if t, err := bind.Resolve(m, p); err == nil && t.Shape == bind.IsCollection {
			return t
		}
	}
	return nil
}
