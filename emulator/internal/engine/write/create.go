package write

import (
	"errors"
	"slices"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/heap"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/op"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/payload"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/typeinfo"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// Create makes a member of a collection (B-4.1) with everything that its body
// holds by value or by reference.
func Create(x *op.Op, c *workload.Call) (workload.Result, error) { return createBody(x, c, x.Body) }

// createBody is create of another body than that of the request.
func createBody(x *op.Op, c *workload.Call, b *payload.Body) (workload.Result, error) {
	if !c.Self.Exists && !heap.Traversable(&c.Self) {
		return workload.Result{}, heap.Missing(&c.Self)
	}
	owner, nav := &c.Self, c.Nav
	if h := c.Self.Home; nav == nil && h.Nav != nil && h.Nav.Contains && !h.Nav.Type.Many && h.Owner.Exists {
		if err := clearSingle(x, c, h.Owner, h.Nav); err != nil { // the only member of its navigation
			return workload.Result{}, err
		}
		owner, nav = h.Owner, h.Nav
	}
	if nav == nil {
		return workload.Result{}, grapherr.NotSupported()
	}
	node, err := Insert(x, c, owner, nav, With(b, c.Body))
	if err != nil {
		return workload.Result{}, err
	}
	if c.Media != nil { // what was sent in JSON's stead is the entity's content
		if err := putContent(x, c, &node, heap.StreamName(nil), c.Media.Blob); err != nil {
			return workload.Result{}, err
		}
	}
	shown, err := x.Core.Show(c, node)
	return workload.Result{One: &shown, Created: true}, err
}

// With returns the body with the members that a rule may have changed.
func With(b *payload.Body, members value.Members) *payload.Body {
	changed := *b
	changed.Members = members
	return &changed
}

// Insert stores a checked body as a member of a navigation, with its nested
// entities and links, all or nothing.
func Insert(x *op.Op, c *workload.Call, owner *workload.Node, nav *edm.Navigation, b *payload.Body) (workload.Node, error) {
	if v, ok := x.Core.View(owner.Type, nav); ok && v.Computed && !x.Call.Loading() {
		return workload.Node{}, grapherr.NotSupported().Because("'"+nav.Name+"' shows what is linked elsewhere.", "")
	}
	k := x.Core.Types.Of(b.Type)
	members, key := x.Core.Fill(c, k, b.Members, x.Call.Loading())
	if err := checkValues(x, c, k, members, workload.NoRef); err != nil {
		return workload.Node{}, err
	}
	home, set := x.Core.HomeFor(c, owner, nav, b.Type)
	if err := x.Core.Materialize(x.Tx, c, home); err != nil {
		return workload.Node{}, err
	}
	at := workload.Home{Owner: heap.CloneNode(home), Nav: set, Key: key}
	if !set.Type.Many {
		at.Key = ""
	}
	ref, err := x.Tx.Add(home.Ref, x.Core.Stored(home.Type, set), at.Key, x.Core.Object(k, members))
	for errors.Is(err, store.ErrExists) && at.Key != "" && k.Traits.Keyed == "" && !keyGiven(b, k, at.Key) { // left by an earlier run with the same seed
		at.Key = heap.NewKey(c, k)
		if k.ID != "" {
			members.Set(k.ID, value.String(at.Key))
		}
		if k.Traits.SID != "" {
			members.Set(k.Traits.SID, value.String(value.SID(at.Key)))
		}
		ref, err = x.Tx.Add(home.Ref, x.Core.Stored(home.Type, set), at.Key, x.Core.Object(k, members))
	}
	if errors.Is(err, store.ErrExists) {
		return workload.Node{}, grapherr.Exists(b.Type.Name.Short(), key)
	}
	if err != nil {
		return workload.Node{}, err
	}
	if set != nav {
		if err := x.Core.Materialize(x.Tx, c, owner); err != nil {
			return workload.Node{}, err
		}
		if err := x.Tx.Link(owner.Ref, x.Core.Stored(owner.Type, nav), ref); err != nil {
			return workload.Node{}, err
		}
	}
	if k.Traits.Keyed != "" {
		at.Key = members.Text(k.ID) // what answers name it by
	}
	node, _ := x.Core.Load(c, ref, at)
	return node, attach(x, c, &node, b)
}

// keyGiven reports whether a key was given by the body and not made here.
func keyGiven(b *payload.Body, k *typeinfo.Info, key string) bool {
	raw, _ := b.Members.Get(k.ID)
	text, ok := raw.Text()
	return ok && text == key || !ok && string(raw) == key
}

// createIn makes a member of a navigation behind the rules of its type, as part of
// another verb.
func createIn(x *op.Op, c *workload.Call, owner *workload.Node, nav *edm.Navigation, b *payload.Body) (workload.Node, error) {
	inner := *c
	inner.Verb, inner.Self, inner.Nav, inner.Path = bind.Create, *owner, nav, nil
	inner.Body, inner.Sent = b.Members, b.Sent
	inner.About(&bind.Target{Model: c.Model, Shape: bind.IsCollection, Type: b.Type, Many: true})
	res, err := WithRule(x, &inner, b.Type, func(c *workload.Call) (workload.Result, error) { return createBody(x, c, b) })
	if err != nil {
		return workload.Node{}, err
	}
	return res.One.Node, nil
}

// WithRule runs a generic verb behind the rule on it, if there is one.
func WithRule(x *op.Op, c *workload.Call, t *edm.Type, do workload.Func) (workload.Result, error) {
	if rule, ok := x.Core.Registry.Rule(t, c.Verb); ok {
		return rule.Do(c.With(do))
	}
	return do(c)
}

// attach creates what a body holds by value and links what it holds by reference.
func attach(x *op.Op, c *workload.Call, n *workload.Node, b *payload.Body) error {
	for _, d := range b.Deep {
		for _, child := range d.Bodies {
			done, err := amend(x, c, n, d.Nav, child)
			if err == nil && !done && !d.Nav.Type.Many {
				err = clearSingle(x, c, n, d.Nav)
			}
			if err == nil && !done {
				_, err = createIn(x, c, n, d.Nav, child)
			}
			if err != nil {
				return err
			}
		}
	}
	for _, l := range b.Binds {
		var once []string
		for _, url := range l.URLs {
			id := strings.ToLower(lastSegment(url))
			if slices.Contains(once, id) {
				return grapherr.NamedTwice(l.Nav.Name)
			}
			once = append(once, id)
			if err := LinkTo(x, c, n, l.Nav, url); err != nil {
				return err
			}
		}
	}
	return nil
}

// amend writes an entity that stands in the body of an update and names a member which
// is there; false: it is to be created.
func amend(x *op.Op, c *workload.Call, n *workload.Node, nav *edm.Navigation, child *payload.Body) (bool, error) {
	if c.Verb == bind.Update && nav.Contains && !nav.Type.Many {
		return amendSingle(x, c, n, nav, child)
	}
	id := child.Members.Text(x.Core.Types.Of(child.Type).ID)
	if c.Verb != bind.Update || !nav.Contains || !nav.Type.Many || id == "" {
		return false, nil
	}
	of := x.Core.Collection(c, heap.CloneNode(n), nav)
	node, err := of.Find(id)
	if err != nil || !node.Exists {
		return false, err
	}
	if node.Type != child.Type {
		return false, grapherr.WrongValue(nav.Name, "'"+id+"' is a "+string(node.Type.Name)+", and @odata.type has to say so.")
	}
	if err := Merge(x, c, &node, child.Members); err != nil {
		return false, err
	}
	return true, attach(x, c, &node, child)
}

// amendSingle is amend for the member of a contained single-valued navigation, behind the rule
// on an update of it.
func amendSingle(x *op.Op, c *workload.Call, n *workload.Node, nav *edm.Navigation, child *payload.Body) (bool, error) {
	ref, ok := c.Tx.One(n.Ref, x.Core.Stored(n.Type, nav))
	if !ok {
		return false, nil
	}
	node, ok := x.Core.Load(c, ref, workload.Home{Owner: heap.CloneNode(n), Nav: nav})
	if !ok || node.Type != child.Type {
		return false, nil
	}
	inner := *c
	inner.Self, inner.Nav, inner.Path = node, nil, nil
	inner.Body, inner.Sent = child.Members, child.Sent
	inner.About(&bind.Target{Model: c.Model, Shape: bind.IsEntity, Type: child.Type})
	_, err := WithRule(x, &inner, child.Type, func(c *workload.Call) (workload.Result, error) {
		return workload.Result{}, Merge(x, c, &c.Self, c.Body)
	})
	if err != nil {
		return false, err
	}
	return true, attach(x, c, &node, child)
}

// clearSingle removes the contained member of a single-valued navigation.
func clearSingle(x *op.Op, c *workload.Call, n *workload.Node, nav *edm.Navigation) error {
	if ref, ok := c.Tx.One(n.Ref, x.Core.Stored(n.Type, nav)); ok && nav.Contains {
		return x.Tx.Delete(ref)
	}
	return nil
}
