package workload

import (
	"fmt"

	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// Tracking is what a service makes of the delta query on a type beside its trait delta.
type Tracking struct {
	Type edm.Name // applies to derived types too
	// Check refuses a query before it is answered; nil: none is refused. Self is the entity
	// that the query is about, or the owner of the collection Nav.
	Check func(c *Call) error
	// Gone gives the members that tell of an entity that left; nil: those that the trait
	// says. The entity is as it was last, and Home.Owner what it lay in.
	Gone func(c *Call, was *Node) value.Members
	// Shows changes what the feed shows of an entity; nil: it is what a read shows.
	Shows func(c *Call, e *Entity)
}

func (r *Registry) addTracking(w *Workload, known func(edm.Name) bool) error {
	for _, t := range w.Tracking {
		if !known(t.Type) {
			return fmt.Errorf("a tracking is about %s, which no model has", t.Type)
		}
		if _, twice := r.tracking[t.Type]; twice {
			return fmt.Errorf("%s is tracked twice", t.Type)
		}
		r.tracking[t.Type] = t
	}
	return nil
}

// Tracking finds the tracking of a type, looking through the base types. The zero Tracking
// says nothing.
func (r *Registry) Tracking(t *edm.Type) Tracking {
	for ; t != nil; t = t.Base() {
		if g, ok := r.tracking[t.Name]; ok {
			return g
		}
	}
	return Tracking{}
}
