package engine

import (
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// plausibleContent makes up the content of a stream, and keeps it.
func (x *exchange) plausibleContent(c *workload.Call, name string) (*store.Blob, error) {
	if err := x.keep(c, &c.Self); err != nil {
		return nil, err
	}
	text, _ := x.e.plausible("Edm.String", nil, c.Self.Home.Key+"/"+name, 0).Text()
	blob, err := store.ReadBlob(plainContent, strings.NewReader(text+"\n"), 1<<10)
	if err != nil {
		return nil, err
	}
	return blob, c.Tx.PutBlob(c.Self.Ref, name, blob)
}

// fillable reports whether a value that is missing at the path's end is one that
// clients go on from: a complex value, or what $value shows.
func (x *exchange) fillable() bool {
	t := x.r.Target
	if t.Shape == bind.IsRaw {
		return true
	}
	if last := t.Last(); last.Dynamic() && x.c.Self.Type != nil {
		return common(x.c.Self.Type) != nil
	}
	return t.Type != nil && t.Type.Kind == edm.Complex && !x.declared().Many
}

// common is the one complex type that all properties of an open type have: a further one
// has it too, as a thumbnail of another size does. nil: there is none.
func common(t *edm.Type) (of *edm.Type) {
	for _, p := range t.Properties() {
		def := p.Def()
		if p.Owner() != t {
			continue
		}
		if def == nil || def.Kind != edm.Complex || p.Type.Many || of != nil && of != def {
			return nil
		}
		of = def
	}
	return of
}

// plausibleValue makes up the value that the path ends in, and keeps it.
func (x *exchange) plausibleValue(c *workload.Call) (value.Raw, error) {
	if !x.make { // a read: it is repeated as a write
		return "", grapherr.NoValue(c.Self.Type.Name.Short(), c.Self.Text("id"), strings.Join(c.Path, "/"))
	}
	of, def := x.declared(), x.r.Target.Type
	if prim := x.r.Target.Prim; prim != "" {
		of.Name = prim
	}
	if x.r.Target.Last().Dynamic() {
		def = common(c.Self.Type)
	}
	raw := x.e.plausible(of.Name, def, c.Self.Home.Key+"/"+strings.Join(c.Path, "/"), 0)
	if raw.IsNull() {
		return raw, nil
	}
	return raw, x.setPath(c, raw)
}
