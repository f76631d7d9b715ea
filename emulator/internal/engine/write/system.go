package write

import (
	"errors"
	"iter"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/heap"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/op"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/payload"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/provision"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/synth"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/odata"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// System is what an operation offers to the rules of workloads.
type System op.Op

var _ workload.System = (*System)(nil)

// SystemOf makes an operation the System of its call.
func SystemOf(x *op.Op) *System { return (*System)(x) }

func (s *System) x() *op.Op { return (*op.Op)(s) }

// Member implements workload.System.
func (s *System) Member(c *workload.Call, owner *workload.Node, nav, key string) (workload.Node, error) {
	x := s.x()
	n, ok := owner.Type.Navigation(nav)
	if !ok {
		return workload.Node{}, grapherr.NoSegment(nav)
	}
	if n.Type.Many {
		if x.Writing && provision.Pending(x, c, owner, n) { // a read finds the tenant's in place, and by a view what an entity lacks
			if err := provision.Collection(x, c, owner, n); err != nil {
				return workload.Node{}, err
			}
		}
		of := x.Core.Collection(c, heap.CloneNode(owner), n)
		return of.Find(key)
	}
	return x.Core.Single(c, owner, n)
}

// Named implements workload.System.
func (s *System) Named(c *workload.Call, owner *workload.Node, nav, key string) (workload.Node, error) {
	n, err := s.Member(c, owner, nav, key)
	switch {
	case err != nil || n.Exists:
	case s.x().Synthesizing && key != "":
		err = synth.Entity(s.x(), c, &n)
	default:
		err = heap.Missing(&n)
	}
	return n, err
}

// Switches implements workload.System.
func (s *System) Switches() workload.Switches { return s.x().Core.Switches }

// Keep implements workload.System.
func (s *System) Keep(c *workload.Call, n *workload.Node) error { return s.x().Core.Materialize(c, n) }

// Write implements workload.System.
func (s *System) Write(c *workload.Call, n *workload.Node, changed value.Members) error {
	x := s.x()
	return Merge(x, c, n, changed)
}

// Link implements workload.System.
func (s *System) Link(c *workload.Call, owner *workload.Node, nav string, member store.Ref) error {
	x := s.x()
	n, ok := owner.Type.Navigation(nav)
	if !ok {
		return grapherr.NoSegment(nav)
	}
	stored := x.Core.Stored(owner.Type, n)
	to, ok := x.Core.Load(c, member, workload.Home{Owner: owner, Nav: n})
	if !ok || c.Tx.Linked(owner.Ref, stored, member) {
		return nil
	}
	if err := checkLink(x, c, owner, n, &to); err != nil {
		return err
	}
	return c.Tx.Link(owner.Ref, stored, member)
}

// Unlink implements workload.System.
func (s *System) Unlink(c *workload.Call, owner *workload.Node, nav string, member store.Ref) error {
	x := s.x()
	n, ok := owner.Type.Navigation(nav)
	if !ok {
		return grapherr.NoSegment(nav)
	}
	if !c.Tx.Linked(owner.Ref, x.Core.Stored(owner.Type, n), member) {
		return nil
	}
	return removeLink(x, c, owner, n, member)
}

// Create implements workload.System.
func (s *System) Create(c *workload.Call, owner *workload.Node, nav string, members value.Members) (workload.Node, error) {
	x := s.x()
	n, ok := owner.Type.Navigation(nav)
	if !ok {
		return workload.Node{}, grapherr.NoSegment(nav)
	}
	return createIn(x, c, owner, n, &payload.Body{Type: n.Target(), Members: members, Sent: members})
}

// Post implements workload.System.
func (s *System) Post(c *workload.Call, owner *workload.Node, nav string, sent, over value.Members) (workload.Node, error) {
	x := s.x()
	n, ok := owner.Type.Navigation(nav)
	if !ok {
		return workload.Node{}, grapherr.NoSegment(nav)
	}
	b, err := x.Core.Checker.Check(c.Model, n.Target(), sent, true, false, payload.Page{})
	if err != nil {
		return workload.Node{}, err
	}
	for _, m := range over {
		b.Members.Set(m.Name, m.Value)
	}
	return createIn(x, c, owner, n, b)
}

// Move implements workload.System.
func (s *System) Move(c *workload.Call, n, to *workload.Node, nav, id string) error {
	x := s.x()
	under, ok := to.Type.Navigation(nav)
	if !ok {
		return grapherr.NoSegment(nav)
	}
	if err := x.Core.Materialize(c, to); err != nil {
		return err
	}
	key := id
	if _, _, own, ok := c.Tx.Owner(n.Ref); ok && id == "" {
		key = own
	}
	err := c.Tx.Move(n.Ref, to.Ref, x.Core.Stored(to.Type, under), key)
	switch {
	case errors.Is(err, store.ErrExists):
		return grapherr.Exists(n.Type.Name.Short(), key)
	case errors.Is(err, store.ErrCycle):
		return grapherr.BadRequest("'%s' cannot be moved into itself.", key)
	case err != nil:
		return err
	}
	if id != "" {
		if err := synth.RecordDeletion(x, c, n); err != nil {
			return err
		}
	}
	if k := x.Core.Types.Of(n.Type); k.ID != "" && id != "" {
		members := n.Object.Members()
		members.Set(k.ID, value.String(id))
		if err := c.Tx.Replace(n.Ref, x.Core.Object(k, members)); err != nil {
			return err
		}
	}
	if fresh, ok := x.Core.Load(c, n.Ref, workload.Home{Owner: heap.CloneNode(to), Nav: under, Key: key}); ok {
		*n = fresh
	}
	return nil
}

// Remember implements workload.System.
func (s *System) Remember(c *workload.Call, n *workload.Node, what, key string, record value.Members) error {
	x := s.x()
	if err := x.Core.Materialize(c, n); err != nil {
		return err
	}
	ref, ok := c.Tx.Find(n.Ref, heap.HiddenPrefix+what, key)
	switch {
	case ok && record == nil:
		return c.Tx.Delete(ref)
	case record == nil:
		return nil
	}
	object := x.Core.Shapes.Object(heap.HiddenPrefix+what, record)
	if ok {
		return c.Tx.Replace(ref, object)
	}
	_, err := c.Tx.Add(n.Ref, heap.HiddenPrefix+what, key, object)
	return err
}

// Remembered implements workload.System.
func (s *System) Remembered(c *workload.Call, n *workload.Node, what string) iter.Seq2[string, value.Object] {
	return func(yield func(string, value.Object) bool) {
		if n.Ref == workload.NoRef {
			return
		}
		for ref := range c.Tx.Members(n.Ref, heap.HiddenPrefix+what, 0) {
			ent, _ := c.Tx.Get(ref)
			if _, _, key, ok := c.Tx.Owner(ref); ok && !yield(key, ent.Object) {
				return
			}
		}
	}
}

// InternalCall makes the call of something that no request asks for.
func InternalCall(e *op.Core, w *op.World, tx *store.Tx, m *edm.Model, verb bind.Verb) *workload.Call {
	target := &bind.Target{Model: m, Shape: bind.IsAction, Type: m.Root()}
	c := &workload.Call{Tx: tx, Model: m, Target: target, Verb: verb, Query: &odata.Query{}}
	c.System = SystemOf(&op.Op{Core: e, World: w, Call: c, Writing: true, Request: &op.Request{Model: m, Target: target, Verb: verb, Query: c.Query}})
	return c
}
