package bind

import (
	"errors"
	"slices"

	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/odata"
	"github.com/graph-emulator/graph-emulator/internal/nearest"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// Resolve gives a path its meaning in a model. A segment that leads nowhere is
// answered as the service does (B-2.22, B-2.23).
func Resolve(m *edm.Model, p odata.Path) (*Target, error) {
	t := new(Target)
	if err := t.Resolve(m, p); err != nil {
		return nil, err
	}
	return t, nil
}

// Resolve is the function Resolve into the memory of a target that is no longer
// used. After an error it denotes nothing, but Owning tells how far it came.
func (t *Target) Resolve(m *edm.Model, p odata.Path) error {
	*t = Target{Model: m, Steps: slices.Grow(t.Steps[:0], len(p.Segments))}
	cursor := m.Start()
	for i := range p.Segments {
		seg := &p.Segments[i]
		step, err := cursor.Step(segment(seg))
		if err != nil {
			return t.noSegment(seg, err)
		}
		if step.Kind == edm.Skip {
			continue
		}
		t.Steps = append(t.Steps, Step{Step: step, Seg: seg})
		if err := t.Last().arguments(); err != nil {
			return err
		}
	}
	t.denote()
	return nil
}

func segment(s *odata.Segment) edm.Segment {
	return edm.Segment{Text: s.Text, Parens: s.Parens, Args: s.Args, Colon: s.Colon}
}

func (t *Target) noSegment(seg *odata.Segment, err error) error {
	e := grapherr.NoSegment(seg.Full())
	if walk, ok := errors.AsType[*edm.WalkError](err); ok {
		e.Cause = walk.Error()
		from, known := t.Model.Type(walk.Type)
		if len(t.Steps) == 0 {
			from, known = t.Model.Root(), true
		}
		if known {
			e.Cure = nearest.Cure(seg.Text, from.Names())
		}
	}
	return e
}

// arguments refuses the arguments of a function that it does not have.
func (s *Step) arguments() error {
	if s.Op == nil {
		return nil
	}
	for _, p := range s.Seg.Params {
		if p.Name == "" {
			if len(s.Op.Parameters) == 1 {
				continue
			}
			return grapherr.BadRequest("The arguments of function '%s' must be named.", s.Op.Name)
		}
		if _, ok := s.Op.Parameter(p.Name); !ok {
			e := grapherr.NoSegment(s.Seg.Full())
			e.Cause = "The function '" + s.Op.Name + "' has no parameter '" + p.Name + "'."
			return e
		}
	}
	return nil
}

// denote says what the whole path is, by its last step and the one before.
func (t *Target) denote() {
	last := t.Last()
	t.Type, t.Many, t.Prim = last.Type, last.Many, last.Prim
	if len(t.Steps) == 0 {
		t.Shape, t.Type = IsService, t.Model.Root()
		return
	}
	switch last.Kind {
	case edm.Prop:
		t.Shape = IsValue
		if last.Prim == "Edm.Stream" {
			t.Shape = IsStream
		}
	case edm.Value:
		t.Shape = IsRaw
		if last.Prim == "Edm.Stream" || last.Type != nil && last.Type.Kind == edm.Entity {
			t.Shape = IsStream
		}
	case edm.RefLinks:
		t.Shape = IsRefs
	case edm.Count:
		t.Shape = IsCount
		t.Type = t.Bound()
	case edm.Func:
		t.Shape = IsFunc
	case edm.Action:
		t.Shape = IsAction
	default:
		t.Shape = t.members()
	}
}

// members is the shape of a path that ends in a navigation, a key or a cast.
func (t *Target) members() Shape {
	switch {
	case t.Type != nil && t.Type.Kind != edm.Entity && t.Type.Kind != edm.Root:
		return IsValue
	case t.Many:
		return IsCollection
	}
	return IsEntity
}
