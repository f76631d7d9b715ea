package bind

import (
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/odata"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// Shape is what kind of thing a path denotes.
type Shape uint8

// The shapes; each is a row of the verb table.
const (
	IsService    Shape = iota
	IsCollection       // of entities
	IsEntity           // one entity
	IsValue            // a primitive or complex property, or a collection of such
	IsRaw              // $value of a primitive property
	IsStream           // a stream property, /content, $value of an entity
	IsRefs             // $ref of a navigation
	IsCount            // $count
	IsFunc
	IsAction
)

// Target is a path with its meaning.
type Target struct {
	Model *edm.Model
	Steps []Step
	Shape Shape
	Type  *edm.Type // of the entity, its members, or the complex value; nil for primitives
	Prim  edm.Name  // the primitive type where Type is nil
	Many  bool
}

// Step is one segment with its meaning.
type Step struct {
	edm.Step
	Seg *odata.Segment
}

// Key gives the single unnamed key of a Key step or of a Keyed one.
func (s *Step) Key() string {
	switch {
	case s.Kind == edm.Key:
		return s.Seg.Full()
	case len(s.Seg.Params) == 1 && s.Seg.Params[0].Name == "":
		return s.Seg.Params[0].Value
	}
	return s.Seg.Args
}

// Named gives the named keys of a step such as (appId='x') or /roleTemplateId=x (C-3.1);
// nil when the key is a plain one.
func (s *Step) Named() []odata.Param {
	if s.Kind == edm.Key && s.Type != nil {
		if name, v, ok := strings.Cut(s.Seg.Full(), "="); ok {
			if p, ok := s.Type.Property(name); ok {
				return []odata.Param{{Name: p.Name, Value: v}}
			}
		}
		return nil
	}
	if s.Keyed && len(s.Seg.Params) > 0 && s.Seg.Params[0].Name != "" {
		return s.Seg.Params
	}
	return nil
}

// Last is the last step; the zero Step for the service root.
func (t *Target) Last() *Step {
	if len(t.Steps) == 0 {
		return &Step{}
	}
	return &t.Steps[len(t.Steps)-1]
}

// Op is the operation that the path ends in, nil when it ends in none.
func (t *Target) Op() *edm.Operation { return t.Last().Op }

// Writes reports whether verb v on this target may change the store.
func (t *Target) Writes(v Verb) bool {
	if _, ok := v.Invoked(); ok {
		return t.Shape == IsAction
	}
	return v.Writes()
}

// Named reports whether the entity of the path is addressed by its name between
// colons.
func (t *Target) Named() bool {
	for i := len(t.Steps) - 1; i >= 0; i-- {
		switch t.Steps[i].Kind {
		case edm.ColonPath:
			return true
		case edm.Nav, edm.Key:
			return false
		}
	}
	return false
}

// Owning is the entity type that the path is about: of the last entity or
// collection on it. The workload of that type words the errors. It is the
// service root's when the path names no entity.
func (t *Target) Owning() *edm.Type {
	for i := len(t.Steps) - 1; i >= 0; i-- {
		switch s := &t.Steps[i]; s.Kind {
		case edm.Nav, edm.Key, edm.Cast, edm.ColonPath:
			if s.Type != nil && s.Type.Kind == edm.Entity {
				return s.Type
			}
		}
	}
	return t.Model.Root()
}

// Bound is the type that the operation at the path's end is bound to: the one
// that stands before it, or the service root.
func (t *Target) Bound() *edm.Type {
	for i := len(t.Steps) - 2; i >= 0; i-- {
		if s := &t.Steps[i]; s.Kind != edm.Skip && s.Type != nil {
			return s.Type
		}
	}
	return t.Model.Root()
}

// Navigation is the last navigation of the path; nil when there is none.
func (t *Target) Navigation() *edm.Navigation {
	for i := len(t.Steps) - 1; i >= 0; i-- {
		if n := t.Steps[i].Nav; n != nil {
			return n
		}
	}
	return nil
}
