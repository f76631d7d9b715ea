package write

import (
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/op"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/typeinfo"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/internal/nearest"
)

// checkValues judges what can be judged only inside the transaction of members that are to
// be written: values that no two entities may share, and properties that the tenant
// declares. self is the entity that is written; NoRef: a new one.
func checkValues(x *op.Op, c *workload.Call, k *typeinfo.Info, members value.Members, self store.Ref) error {
	for _, prop := range k.Traits.Unique {
		if raw, ok := members.Get(prop); ok && inUse(x, c, prop, raw, self) {
			return grapherr.Taken(k.Type.Name.Short(), prop)
		}
	}
	if len(k.DeclaredProperties) == 0 || x.Call.Loading() || x.Core.Options.Missing == op.Synthesize { // what is missing is made up: its declaration, too
		return nil
	}
	for _, m := range members {
		if !strings.Contains(m.Name, "_") {
			continue
		}
		if _, ok := k.Type.Property(m.Name); ok {
			continue
		}
		if err := extra(x, c, k, workload.Given{Type: k.Type, Name: m.Name, Value: m.Value, Create: self == workload.NoRef}); err != nil {
			return err
		}
	}
	return nil
}

// inUse reports whether another entity has one of the texts of a value.
func inUse(x *op.Op, c *workload.Call, prop string, raw value.Raw, self store.Ref) bool {
	for text := range store.IndexKeys(raw) {
		for _, t := range x.Core.Registry.Sharers(prop) {
			for ref := range c.Tx.Lookup(string(t)+"/"+prop, text) {
				if ref != self {
					return true
				}
			}
		}
	}
	return false
}

// extra asks who declares a property that the model does not have.
func extra(x *op.Op, c *workload.Call, k *typeinfo.Info, g workload.Given) error {
	for _, extra := range k.DeclaredProperties {
		if own, err := extra.Check(x.Core.Scope(c), g); own || err != nil {
			return err
		}
	}
	return grapherr.NoProperty(k.Type.Name.Short(), string(k.Type.Name), g.Name).Because("", nearest.Cure(g.Name, k.Type.Names()))
}

// withoutImmutable leaves out of a change what was settled when the entity was made: the same
// value changes nothing, another one is refused (B-4.19, C-4.7).
func withoutImmutable(k *typeinfo.Info, n *workload.Node, changed value.Members) (value.Members, error) {
	for _, name := range k.Traits.Immutable {
		raw, ok := changed.Get(name)
		if !ok {
			continue
		}
		was, _ := n.Get(name)
		if raw != was && !(raw.IsNull() && was.IsNull()) {
			return nil, grapherr.ReadOnly(k.Type.Name.Short(), name).
				Because("It can be set only when the "+k.Type.Name.Short()+" is created.", "")
		}
		changed.Delete(name)
	}
	return changed, nil
}
