package resolve

import (
	"cmp"
	"strings"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/heap"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/op"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/provision"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/synth"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// Place is where a path leads: to an entity, perhaps with a collection navigation or a
// property path open below it.
type Place struct {
	Node workload.Node
	Nav  *edm.Navigation // an open collection; nil: the entity itself
	Cast *edm.Type       // of the open collection
	Path []string        // property path below the entity
}

// walk is the resolution of one path against one world.
type walk struct {
	e *op.Core
	x *op.Op
	c *workload.Call
	p Place
	// lenient says that what the names between colons lead through may be missing.
	lenient bool
}

// Path walks the steps of the call's target. The last entity of the path may be
// missing: the node then says so, and where it would lie. What is missing on the way is
// made up where the mode of the call says so.
func Path(x *op.Op, c *workload.Call) (Place, error) {
	w := walk{e: x.Core, x: x, c: c}
	err := w.resolve()
	return w.p, err
}

// Collection walks to the collection that a step of the call's target opens, whatever
// member of it the path names. It changes nothing.
func Collection(x *op.Op, c *workload.Call, step int) (Place, error) {
	w := walk{e: x.Core, x: x, c: c}
	w.begin()
	steps := c.Target.Steps
	for i := range steps[:step] {
		if err := w.step(&steps[i], false); err != nil {
			return w.p, err
		}
	}
	err := w.nav(steps[step].Nav)
	return w.p, err
}

// Below follows names from a node, as a path between colons does whose last entity and those
// on the way are made where they are missing.
func Below(x *op.Op, c *workload.Call, from workload.Node, names string) (workload.Node, error) {
	w := walk{e: x.Core, x: x, c: c, p: Place{Node: from}, lenient: true}
	err := w.colon(names)
	return w.p.Node, err
}

func (w *walk) resolve() error {
	steps := w.c.Target.Steps
	w.begin()
	for i := range steps {
		if err := w.step(&steps[i], i == len(steps)-1); err != nil {
			return err
		}
	}
	if w.dangling() {
		return heap.Missing(&w.p.Node)
	}
	return nil
}

func (w *walk) begin() { w.p.Node = workload.Node{Type: w.c.Model.Root(), Exists: true} }

// dangling reports whether the walk has come to a reference to an entity that is not there.
// A write cannot make it: it is made in its own place.
func (w *walk) dangling() bool {
	n := &w.p.Node
	if n.Exists || n.Home.Nav == nil || n.Home.Owner == nil || w.c.Synthesizes() {
		return false
	}
	v, ok := w.e.View(n.Home.Owner.Type, n.Home.Nav)
	return ok && v.Refers
}

func (w *walk) step(s *bind.Step, last bool) error {
	switch s.Kind {
	case edm.Nav:
		if err := w.nav(s.Nav); err != nil || !s.Keyed {
			return err
		}
		return w.key(s)
	case edm.Key:
		return w.key(s)
	case edm.Cast:
		if err := w.castTo(s.Type); err != nil || !s.Keyed {
			return err
		}
		return w.key(s)
	case edm.Prop:
		name := s.Seg.Text
		if s.Prop != nil {
			name = s.Prop.Name
			if late := w.unready(s.Prop.Def()); late != nil {
				return late
			}
		}
		w.p.Path = append(w.p.Path, name)
	case edm.ColonPath:
		return w.colon(s.Seg.Text)
	case edm.Func, edm.Action:
		if late := w.uncalled(s.Op); late != nil {
			return late
		}
		if !last {
			return w.compose(s)
		}
	}
	return nil
}

// nav follows a navigation. What lies behind a missing entity is missing too,
// except behind a contained single one: it leads to its own members.
func (w *walk) nav(n *edm.Navigation) error {
	if err := w.pass(); err != nil {
		return err
	}
	if late := w.unready(n.Target()); late != nil {
		return late
	}
	if len(w.p.Path) > 0 { // a navigation of a complex value lies under its path
		n = heap.Below(w.p.Path, n)
		w.p.Path = nil
	}
	if v, ok := w.e.View(w.p.Node.Type, n); ok && (n.Type.Many || v.To != "") {
		if err := w.e.Refused(w.c, &v, &w.p.Node); err != nil || v.To != "" {
			return cmp.Or(err, w.detour(v.To, n))
		}
	}
	if n.Type.Many {
		if w.x.Call.Writes() && provision.Pending(w.x, w.c, &w.p.Node, n) {
			if err := provision.Collection(w.x, w.c, &w.p.Node, n); err != nil {
				return err
			}
		}
		w.p.Nav, w.p.Cast = n, nil
		return nil
	}
	node, err := w.e.Single(w.c, &w.p.Node, n)
	if err != nil {
		return err
	}
	w.p = Place{Node: node}
	return nil
}

// detour follows the path that a navigation is another name of.
func (w *walk) detour(to string, n *edm.Navigation) error {
	if strings.HasPrefix(to, "/") {
		w.p = Place{Node: workload.Node{Type: w.c.Model.Root(), Exists: true}}
	}
	for name := range strings.SplitSeq(strings.TrimPrefix(to, "/"), "/") {
		next, ok := w.p.Node.Type.Navigation(name)
		switch {
		case ok:
		case n.Type.Many: // this version has the navigation and not the path
			w.p.Nav, w.p.Cast = n, nil
			return nil
		default:
			return grapherr.NoSegment(name)
		}
		if err := w.nav(next); err != nil {
			return err
		}
	}
	return nil
}

// unready refuses the way from a user to a service that does not know the user, or not yet.
func (w *walk) unready(t *edm.Type) error {
	from := &w.p.Node
	if t == nil || w.p.Nav != nil || !from.Exists || !w.e.Types.Of(from.Type).Traits.Propagates {
		return nil
	}
	late, never := w.e.Registry.Late(w.e.Scope(w.c), from, t)
	d := w.e.Options.ServicesDelay
	switch {
	case late == nil, !never && d == 0:
		return nil
	case never:
		return late
	}
	created, err := time.Parse(time.RFC3339, from.Text("createdDateTime"))
	if err != nil || !created.After(w.x.World.Start) || !w.c.Tx.Now().Before(created.Add(d)) {
		return nil
	}
	return late
}

// uncalled is unready for an operation: it is of the service whose things it takes or gives.
func (w *walk) uncalled(op *edm.Operation) error {
	if op == nil {
		return nil
	}
	if late := w.unready(op.Def()); late != nil {
		return late
	}
	for _, p := range op.Parameters {
		if t, ok := w.c.Model.Type(p.Type.Name); ok {
			if late := w.unready(t); late != nil {
				return late
			}
		}
	}
	return nil
}

// pass makes sure that the walk may go on below the current node.
func (w *walk) pass() error {
	n := &w.p.Node
	if n.Exists {
		return nil
	}
	if w.dangling() {
		return heap.Missing(n)
	}
	if h := n.Home; h.Nav != nil && !h.Nav.Type.Many && h.Nav.Contains {
		return nil
	}
	if w.c.Synthesizes() {
		return synth.Entity(w.x, w.c, n)
	}
	return heap.Missing(n)
}

// makesWay reports whether the request makes the entities that its names lead through
// where they are missing (B-14.56).
func (w *walk) makesWay() bool {
	if w.lenient {
		return true
	}
	if !w.c.Target.Named() {
		return false
	}
	if w.c.Verb == bind.Upload {
		return true
	}
	_, ok := w.e.Registry.Upload(w.c.Target.Bound(), w.c.Verb)
	return ok
}

func (w *walk) key(s *bind.Step) error {
	of := w.e.Collection(w.c, heap.CloneNode(&w.p.Node), w.p.Nav)
	node, err := of.FindBy(s.Key(), s.Named())
	if err != nil {
		return err
	}
	if w.p.Cast != nil && node.Exists && !node.Type.Is(w.p.Cast.Name) {
		node.Exists = false
	}
	if w.p.Cast != nil && !node.Exists {
		node.Type = w.p.Cast
	}
	if !node.Exists && !w.c.Presumes() {
		if v, ok := w.e.View(w.p.Node.Type, w.p.Nav); ok && v.Lost != nil {
			return v.Lost(w.e.Scope(w.c), &w.p.Node, node.Home.Key)
		}
	}
	w.p = Place{Node: node}
	return nil
}

func (w *walk) castTo(t *edm.Type) error {
	if w.p.Nav != nil {
		w.p.Cast = t
		return nil
	}
	n := &w.p.Node
	if n.Exists && !n.Type.Is(t.Name) {
		return grapherr.NotFound(t.Name.Short(), n.Home.Key)
	}
	if !n.Exists {
		n.Type = t
	}
	return nil
}

// colon follows a file path below a node: drive items by their names, sites by
// theirs (B-3.9).
func (w *walk) colon(path string) error {
	if way, ok := w.e.Registry.Way(w.p.Node.Type); ok && strings.Trim(path, "/") != "" {
		return w.way(&way, path)
	}
	below := false // a name of the path
	for _, name := range strings.Split(path, "/") {
		if name == "" {
			continue
		}
		if !below || !w.makesWay() {
			if err := w.pass(); err != nil {
				return err
			}
		}
		below = true
		n, ok := pathNav(w.p.Node.Type)
		if !ok {
			return grapherr.NoSegment(name)
		}
		owner := w.p.Node
		of := w.e.Collection(w.c, &owner, n)
		node, err := of.FindName(name)
		if err != nil {
			return err
		}
		w.p = Place{Node: node}
	}
	return nil
}

// way follows the names between colons where they lead in one go.
func (w *walk) way(way *workload.Way, path string) error {
	if err := w.pass(); err != nil {
		return err
	}
	home := w.p.Node.Home
	item, err := way.Find(w.e.Scope(w.c), &w.p.Node, strings.Trim(path, "/"))
	if err == nil {
		w.p = Place{Node: w.e.Item(w.c, item, home)}
		return nil
	}
	if !w.c.Presumes() {
		return err
	}
	home.Key = path
	w.p = Place{Node: workload.Node{Ref: workload.NoRef, Type: w.p.Node.Type, Home: home}}
	return nil
}

// pathNav is the navigation that a colon path follows.
func pathNav(t *edm.Type) (*edm.Navigation, bool) { return t.Navigation("children") }

// compose goes on behind a function in the middle of a path: what it returns is
// kept as a node below its binding entity, one for each set of arguments.
func (w *walk) compose(s *bind.Step) error {
	if s.Op == nil || s.Type == nil || s.Type.Kind == edm.Complex {
		return grapherr.NotEmulated("A path behind "+s.Seg.Full(), "the function's result is no entity")
	}
	if err := w.pass(); err != nil {
		return err
	}
	if rule, ok := w.e.Registry.Rule(w.p.Node.Type, bind.Invoke(s.Op.Name)); ok && rule.Leads {
		return w.lead(&rule, s)
	}
	nav := s.Op.Navigation(s.Seg.Full())
	if s.Many {
		w.p.Nav, w.p.Cast = nav, nil
		return nil
	}
	owner := w.p.Node
	node, err := w.e.SingleAs(w.c, &owner, nav, s.Step.Type)
	if err != nil {
		return err
	}
	w.p = Place{Node: node}
	return nil
}

// lead goes on from the entity that a function gives.
func (w *walk) lead(rule *workload.Rule, s *bind.Step) error {
	inner := *w.c
	inner.Self, inner.Nav, inner.Path, inner.Verb, inner.Args = w.p.Node, nil, nil, rule.Verb, nil
	for _, p := range s.Seg.Params {
		name, text := p.Name, p.Value
		if name == "" && len(s.Op.Parameters) == 1 {
			name = s.Op.Parameters[0].Name
		}
		if alias, ok := p.Alias(); ok {
			if v, found := w.c.Query.Param(alias); found {
				text = strings.Trim(v, "'")
			}
		}
		inner.Args.Set(name, value.String(text))
	}
	res, err := rule.Do(&inner)
	if err == nil {
		w.p = Place{Node: res.One.Node}
	}
	return err
}
