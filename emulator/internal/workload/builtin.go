package workload

import (
	"fmt"

	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// Builtin is what a tenant has from its first day without anybody having made it:
// built-in roles, the service principals of Microsoft's own services. It is put into
// a world when a request first comes to where it stands, so that a start costs
// nothing; a change or a removal of it then lasts.
type Builtin struct {
	Place string   // the collection, as a path from the service root: "roleManagement/directory/roleDefinitions"
	Type  edm.Name // of the entities
	// Of is the type whose entities have it each: a mailbox its folders. Place
	// is then a navigation of it, and Also and Same do not count. Empty: the tenant has it.
	Of   edm.Name
	Also []string // collections that show them too, or what follows from them: directoryObjects
	// Same is an indexed member beside the key by which an entity counts as being there
	// already, because the tenant's files have it; empty: the key alone.
	Same string
	// Entities gives the members of each entity, its key among them. It is called at most
	// once for an engine.
	Entities func() []value.Members
}

// Builtins lists what workloads provision tenants with.
func (r *Registry) Builtins() []Builtin { return r.builtins }

func (r *Registry) addBuiltins(w *Workload, known func(edm.Name) bool) error {
	for _, f := range w.Builtins {
		if !known(f.Type) {
			return fmt.Errorf("the built-in entity of %s is a %s, which no model has", f.Place, f.Type)
		}
		if f.Of != "" && !known(f.Of) {
			return fmt.Errorf("the built-in entities %s belong to a %s, which no model has", f.Place, f.Of)
		}
		r.builtins = append(r.builtins, f)
	}
	return nil
}
