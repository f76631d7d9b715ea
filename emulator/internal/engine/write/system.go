package write

import (
	"errors"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/heap"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/op"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/payload"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/provision"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/synth"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/uploads"
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
	n, err := x.Core.Navigation(owner.Type, nav)
	if err != nil {
		return workload.Node{}, err
	}
	if n.Type.Many {
		if x.Call.Writes() && provision.Pending(x, c, owner, n) { // a read finds the tenant's in place, and by a view what an entity lacks
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
	case s.x().Call.Synthesizes() && key != "":
		err = synth.Entity(s.x(), c, &n)
	default:
		err = heap.Missing(&n)
	}
	return n, err
}

// Switches implements workload.System.
func (s *System) Switches() workload.Switches { return s.x().Core.Switches }

// Scope implements workload.System.
func (s *System) Scope(c *workload.Call) workload.Scope { return s.x().Core.Scope(c) }

// Show implements workload.System.
func (s *System) Show(c *workload.Call, n workload.Node) (workload.Entity, error) {
	return s.x().Core.Show(c, n)
}

// Keep implements workload.System.
func (s *System) Keep(c *workload.Call, n *workload.Node) error {
	return s.x().Core.Materialize(s.x().Tx, c, n)
}

// Write implements workload.System.
func (s *System) Write(c *workload.Call, n *workload.Node, changed value.Members) error {
	x := s.x()
	return Merge(x, c, n, changed)
}

// Link implements workload.System.
func (s *System) Link(c *workload.Call, owner *workload.Node, nav string, member store.Ref) error {
	x := s.x()
	if strings.HasPrefix(nav, heap.HiddenPrefix) {
		err := x.Tx.Link(owner.Ref, nav, member)
		if errors.Is(err, store.ErrLinked) {
			err = nil
		}
		return err
	}
	n, err := x.Core.Navigation(owner.Type, nav)
	if err != nil {
		return err
	}
	to, ok := x.Core.Load(c, member, workload.Home{Owner: owner, Nav: n})
	if !ok || c.Tx.Linked(owner.Ref, x.Core.Stored(owner.Type, n), member) {
		return nil
	}
	return join(x, c, owner, n, &to)
}

// Unlink implements workload.System.
func (s *System) Unlink(c *workload.Call, owner *workload.Node, nav string, member store.Ref) error {
	x := s.x()
	if strings.HasPrefix(nav, heap.HiddenPrefix) {
		err := x.Tx.Unlink(owner.Ref, nav, member)
		if errors.Is(err, store.ErrNoLink) {
			err = nil
		}
		return err
	}
	n, err := x.Core.Navigation(owner.Type, nav)
	if err != nil {
		return err
	}
	if stored := x.Core.Stored(owner.Type, n); !c.Tx.Linked(owner.Ref, stored, member) || slices.Contains(x.Underway, op.Removal{Owner: owner.Ref, Nav: stored, Ref: member}) {
		return nil
	}
	return removeLink(x, c, owner, n, member)
}

// Delete implements workload.System.
func (s *System) Delete(c *workload.Call, ref store.Ref) error {
	x := s.x()
	ent, ok := c.Tx.Get(ref)
	if !ok || x.Call.Verb == bind.Delete && x.Call.Self.Ref == ref || slices.Contains(x.Underway, op.Removal{Ref: ref}) {
		return nil
	}
	inner := *c
	inner.Verb, inner.Self = bind.Delete, x.Core.Located(c, ref, ent, x.Core.TypeOf(c.Model, ent.Object.Type(), nil))
	inner.Nav, inner.Cast, inner.Path, inner.Body, inner.Sent, inner.Media = nil, nil, nil, nil, nil, nil
	inner.Target = &bind.Target{Model: c.Model, Shape: bind.IsEntity, Type: inner.Self.Type}
	x.Underway = append(x.Underway, op.Removal{Ref: ref})
	_, err := WithRule(x, &inner, inner.Self.Type, func(c *workload.Call) (workload.Result, error) {
		return workload.Result{}, erase(x, c, &c.Self)
	})
	x.Underway = x.Underway[:len(x.Underway)-1]
	return err
}

// Purge implements workload.System.
func (s *System) Purge(c *workload.Call, n *workload.Node) error { return erase(s.x(), c, n) }

// Detach implements workload.System.
func (s *System) Detach(c *workload.Call, n, to *workload.Node, nav string) error {
	x := s.x()
	under, err := x.Core.Navigation(to.Type, nav)
	if err != nil {
		return err
	}
	if err := x.Core.Materialize(x.Tx, c, to); err != nil {
		return err
	}
	return x.Tx.Detach(n.Ref, to.Ref, x.Core.Stored(to.Type, under))
}

// Attach implements workload.System.
func (s *System) Attach(_ *workload.Call, n *workload.Node) error { return s.Tx.Attach(n.Ref) }

// PutContent implements workload.System.
func (s *System) PutContent(c *workload.Call, n *workload.Node, stream string, content *store.Blob) error {
	if stream == "" {
		stream = heap.StreamName(nil)
	}
	return putContent(s.x(), c, n, stream, content)
}

// TakeUpload implements workload.System.
func (s *System) TakeUpload(_ *workload.Call, url string) (*store.Blob, error) {
	return uploads.Take(s.Tx, url)
}

// Wake implements workload.System.
func (s *System) Wake(n *workload.Node, at time.Time, do string) error {
	return s.Tx.Wake(at, n.Ref, do, "")
}

// Create implements workload.System.
func (s *System) Create(c *workload.Call, owner *workload.Node, nav string, members value.Members) (workload.Node, error) {
	x := s.x()
	n, err := x.Core.Navigation(owner.Type, nav)
	if err != nil {
		return workload.Node{}, err
	}
	return createIn(x, c, owner, n, &payload.Body{Type: n.Target(), Members: members, Sent: members})
}

// Post implements workload.System.
func (s *System) Post(c *workload.Call, owner *workload.Node, nav string, sent, over value.Members) (workload.Node, error) {
	x := s.x()
	n, err := x.Core.Navigation(owner.Type, nav)
	if err != nil {
		return workload.Node{}, err
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
	under, err := x.Core.Navigation(to.Type, nav)
	if err != nil {
		return err
	}
	if err := x.Core.Materialize(x.Tx, c, to); err != nil {
		return err
	}
	key := id
	switch _, _, own, _ := c.Tx.Owner(n.Ref); {
	case !under.Type.Many:
		key = ""
	case id == "" && own == "": // it comes from a single-valued navigation
		key = n.Text(x.Core.Types.Of(n.Type).ID)
	case id == "":
		key = own
	}
	err = x.Tx.Move(n.Ref, to.Ref, x.Core.Stored(to.Type, under), key)
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
		if err := x.Tx.Replace(n.Ref, x.Core.Object(k, members)); err != nil {
			return err
		}
	}
	if fresh, ok := x.Core.Load(c, n.Ref, workload.Home{Owner: heap.CloneNode(to), Nav: under, Key: key}); ok {
		*n = fresh
	}
	return nil
}

// Place implements workload.System.
func (s *System) Place(c *workload.Call, n, to *workload.Node, nav, key string) error {
	x := s.x()
	if err := x.Core.Materialize(x.Tx, c, to); err != nil {
		return err
	}
	stored, home := nav, n.Home
	if !strings.HasPrefix(nav, heap.HiddenPrefix) {
		under, err := x.Core.Navigation(to.Type, nav)
		if err != nil {
			return err
		}
		stored, home = x.Core.Stored(to.Type, under), workload.Home{Owner: heap.CloneNode(to), Nav: under, Key: key}
	}
	switch err := x.Tx.Move(n.Ref, to.Ref, stored, key); {
	case errors.Is(err, store.ErrExists):
		return grapherr.Exists(n.Type.Name.Short(), key)
	case errors.Is(err, store.ErrCycle):
		return grapherr.BadRequest("'%s' cannot be moved into itself.", key)
	case err != nil:
		return err
	}
	if fresh, ok := x.Core.Load(c, n.Ref, home); ok {
		*n = fresh
	}
	return nil
}

// Remember implements workload.System.
func (s *System) Remember(c *workload.Call, n *workload.Node, what, key string, record value.Members) error {
	x := s.x()
	if err := x.Core.Materialize(x.Tx, c, n); err != nil {
		return err
	}
	ref, ok := c.Tx.Find(n.Ref, heap.HiddenPrefix+what, key)
	switch {
	case ok && record == nil:
		return x.Tx.Delete(ref)
	case record == nil:
		return nil
	}
	object := x.Core.Shapes.Object(heap.HiddenPrefix+what, record)
	if ok {
		return x.Tx.Replace(ref, object)
	}
	_, err := x.Tx.Add(n.Ref, heap.HiddenPrefix+what, key, object)
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
	r := &op.Request{Request: workload.Request{Model: m, Target: target, Query: &odata.Query{}}, Verb: verb}
	c := &workload.Call{Mode: workload.ModeWrite, Request: &r.Request, Verb: verb}
	x := &op.Op{Core: e, World: w, Call: c, Request: r}
	x.Begin(tx)
	c.System = SystemOf(x)
	return c
}
