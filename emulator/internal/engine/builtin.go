package engine

import (
	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/odata"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// piece is one entity of the furniture.
type piece struct {
	of     *workload.Furniture
	target *bind.Target // of the collection; nil where each owner has one
	key    string
	same   string
	object value.Object
}

// pieces makes the entities of the furniture in the first model that has their place.
func (e *Core) pieces() []piece {
	var out []piece
	all := e.reg.Furniture()
	for i := range all {
		f := &all[i]
		var target *bind.Target
		var t *edm.Type
		if f.Of != "" {
			t = e.typeIn(f.Type)
		} else if target = e.target(f.Place); target != nil {
			t, _ = target.Model.Type(f.Type)
		}
		if t == nil {
			continue // the models in use are a caller's own
		}
		k := e.kinds.of(t)
		for _, m := range f.Pieces() {
			p := piece{of: f, target: target, object: e.object(k, m)}
			raw, _ := m.Get(k.ID)
			p.key, _ = raw.Text()
			if f.Same != "" {
				raw, _ = m.Get(f.Same)
				p.same, _ = raw.Text()
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
	for _, m := range e.models {
		if t, err := bind.Resolve(m, p); err == nil && t.Shape == bind.IsCollection {
			return t
		}
	}
	return nil
}
