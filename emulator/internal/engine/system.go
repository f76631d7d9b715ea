package engine

import (
	"errors"
	"iter"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/odata"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// System is what an operation offers to the rules of workloads.
type System exchange

var _ workload.System = (*System)(nil)

// SystemOf makes an operation the System of its call.
func SystemOf(x *exchange) *System { return (*System)(x) }

func (s *System) x() *exchange { return (*exchange)(s) }

// Member implements workload.System.
func (s *System) Member(c *workload.Call, owner *workload.Node, nav, key string) (workload.Node, error) {
	x := s.x()
	n, ok := owner.Type.Navigation(nav)
	if !ok {
		return workload.Node{}, grapherr.NoSegment(nav)
	}
	if n.Type.Many {
		if x.bare(c, owner, n) && (x.writes || !x.empty(c, owner, n)) { // a view finds what an entity lacks
			if err := x.furnish(c, owner, n); err != nil {
				return workload.Node{}, err
			}
		}
		return x.e.member(c, keepNode(owner), n, key)
	}
	return x.e.single(c, owner, n)
}

// Switches implements workload.System.
func (s *System) Switches() workload.Switches { return s.x().e.switches }

// Keep implements workload.System.
func (s *System) Keep(c *workload.Call, n *workload.Node) error { return s.x().e.keep(c, n) }

// Write implements workload.System.
func (s *System) Write(c *workload.Call, n *workload.Node, changed value.Members) error {
	x := s.x()
	return x.write(c, n, changed)
}

// Link implements workload.System.
func (s *System) Link(c *workload.Call, owner *workload.Node, nav string, member store.Ref) error {
	x := s.x()
	n, ok := owner.Type.Navigation(nav)
	if !ok {
		return grapherr.NoSegment(nav)
	}
	stored := x.e.stored(owner.Type, n)
	to, ok := x.e.load(c, member, workload.Home{Owner: owner, Nav: n})
	if !ok || c.Tx.Linked(owner.Ref, stored, member) {
		return nil
	}
	if err := x.tie(c, owner, n, &to); err != nil {
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
	if !c.Tx.Linked(owner.Ref, x.e.stored(owner.Type, n), member) {
		return nil
	}
	return x.part(c, owner, n, member)
}

// Create implements workload.System.
func (s *System) Create(c *workload.Call, owner *workload.Node, nav string, members value.Members) (workload.Node, error) {
	x := s.x()
	n, ok := owner.Type.Navigation(nav)
	if !ok {
		return workload.Node{}, grapherr.NoSegment(nav)
	}
	return x.createIn(c, owner, n, &Body{Type: n.Target(), Members: members, Sent: members})
}

// Post implements workload.System.
func (s *System) Post(c *workload.Call, owner *workload.Node, nav string, sent, over value.Members) (workload.Node, error) {
	x := s.x()
	n, ok := owner.Type.Navigation(nav)
	if !ok {
		return workload.Node{}, grapherr.NoSegment(nav)
	}
	b, err := x.e.check.check(c.Model, n.Target(), sent, true, false, bodyPage{})
	if err != nil {
		return workload.Node{}, err
	}
	for _, m := range over {
		b.Members.Set(m.Name, m.Value)
	}
	return x.createIn(c, owner, n, b)
}

// Move implements workload.System.
func (s *System) Move(c *workload.Call, n, to *workload.Node, nav, id string) error {
	x := s.x()
	under, ok := to.Type.Navigation(nav)
	if !ok {
		return grapherr.NoSegment(nav)
	}
	if err := x.e.keep(c, to); err != nil {
		return err
	}
	key := id
	if _, _, own, ok := c.Tx.Owner(n.Ref); ok && id == "" {
		key = own
	}
	err := c.Tx.Move(n.Ref, to.Ref, x.e.stored(to.Type, under), key)
	switch {
	case errors.Is(err, store.ErrExists):
		return grapherr.Exists(n.Type.Name.Short(), key)
	case errors.Is(err, store.ErrCycle):
		return grapherr.BadRequest("'%s' cannot be moved into itself.", key)
	case err != nil:
		return err
	}
	if id != "" {
		if err := x.bury(c, n); err != nil {
			return err
		}
	}
	if k := x.e.kinds.of(n.Type); k.ID != "" && id != "" {
		members := n.Object.Members()
		members.Set(k.ID, value.String(id))
		if err := c.Tx.Replace(n.Ref, x.e.object(k, members)); err != nil {
			return err
		}
	}
	if fresh, ok := x.e.load(c, n.Ref, workload.Home{Owner: keepNode(to), Nav: under, Key: key}); ok {
		*n = fresh
	}
	return nil
}

// Remember implements workload.System.
func (s *System) Remember(c *workload.Call, n *workload.Node, what, key string, record value.Members) error {
	x := s.x()
	if err := x.e.keep(c, n); err != nil {
		return err
	}
	ref, ok := c.Tx.Find(n.Ref, hidden+what, key)
	switch {
	case ok && record == nil:
		return c.Tx.Delete(ref)
	case record == nil:
		return nil
	}
	object := x.e.shapes.Object(hidden+what, record)
	if ok {
		return c.Tx.Replace(ref, object)
	}
	_, err := c.Tx.Add(n.Ref, hidden+what, key, object)
	return err
}

// Remembered implements workload.System.
func (s *System) Remembered(c *workload.Call, n *workload.Node, what string) iter.Seq2[string, value.Object] {
	return func(yield func(string, value.Object) bool) {
		if n.Ref == workload.NoRef {
			return
		}
		for ref := range c.Tx.Members(n.Ref, hidden+what, 0) {
			ent, _ := c.Tx.Get(ref)
			if _, _, key, ok := c.Tx.Owner(ref); ok && !yield(key, ent.Object) {
				return
			}
		}
	}
}

// inner makes the call of something that no request asks for.
func (e *Core) inner(w *World, tx *store.Tx, m *edm.Model, verb bind.Verb) *workload.Call {
	target := &bind.Target{Model: m, Shape: bind.IsAction, Type: m.Root()}
	c := &workload.Call{Tx: tx, Model: m, Target: target, Verb: verb, Query: &odata.Query{}}
	c.System = SystemOf(&exchange{e: e, w: w, c: c, writes: true, r: &Request{Model: m, Target: target, Verb: verb, Query: c.Query}})
	return c
}
