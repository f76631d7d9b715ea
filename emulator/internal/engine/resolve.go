package engine

import (
	"iter"
	"strings"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/odata"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// place is where the walk through the heap stands: an entity, perhaps with a
// collection navigation or a property path open below it.
type place struct {
	node workload.Node
	coll *edm.Navigation // an open collection; nil: the entity itself
	cast *edm.Type       // of the open collection
	path []string        // property path below the entity
}

// walk is the resolution of one path against one world. make says that what is
// missing on the way is made up (synthesize).
type walk struct {
	e    *Engine
	x    *exchange
	c    *workload.Call
	make bool
	p    place
}

// resolve walks the path's steps. The last entity of the path may be missing:
// the node then says so, and where it would lie.
func (w *walk) resolve() error {
	steps := w.c.Target.Steps
	root := w.c.Model.Root()
	w.p.node = workload.Node{Ref: 0, Type: root, Exists: true}
	for i := range steps {
		if err := w.step(&steps[i], i == len(steps)-1); err != nil {
			return err
		}
	}
	return nil
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
		}
		w.p.path = append(w.p.path, name)
	case edm.ColonPath:
		return w.colon(s.Seg.Text)
	case edm.Func, edm.Action:
		if !last {
			return w.compose(s)
		}
	}
	return nil
}

// nav follows a navigation. What lies behind a missing entity is missing too,
// except behind a contained single one: it is the road to its own members.
func (w *walk) nav(n *edm.Navigation) error {
	if err := w.pass(); err != nil {
		return err
	}
	if late := w.late(n); late != nil {
		return late
	}
	if len(w.p.path) > 0 { // a navigation of a complex value lies under its path
		n = w.e.below(w.p.path, n)
		w.p.path = nil
	}
	if n.Type.Many {
		if v, ok := w.e.view(w.p.node.Type, n); ok {
			if err := w.e.refused(w.c, &v, &w.p.node); err != nil {
				return err
			}
		}
		w.p.coll, w.p.cast = n, nil
		return nil
	}
	node, err := w.e.single(w.c, &w.p.node, n)
	if err != nil {
		return err
	}
	w.p = place{node: node}
	return nil
}

// late refuses the way from a new user to a service that does not know the user yet.
func (w *walk) late(n *edm.Navigation) error {
	d, from := w.e.opt.ServicesDelay, &w.p.node
	if d == 0 || !from.Exists || !from.Type.Is("microsoft.graph.user") {
		return nil
	}
	late := w.e.reg.Late(n.Target())
	created, err := time.Parse(time.RFC3339, from.Text("createdDateTime"))
	if late == nil || err != nil || !created.After(w.x.w.Start) || !w.c.Tx.Now().Before(created.Add(d)) {
		return nil
	}
	return late
}

// pass makes sure that the walk may go on below the current node.
func (w *walk) pass() error {
	n := &w.p.node
	if n.Exists {
		return nil
	}
	if h := n.Home; h.Nav != nil && !h.Nav.Type.Many && h.Nav.Contains {
		return nil
	}
	if w.make {
		return w.x.synthesize(w.c, n)
	}
	return missing(n)
}

func missing(n *workload.Node) error {
	name := ""
	if n.Type != nil {
		name = n.Type.Name.Short()
	}
	if n.Home.Key == "" && n.Home.Nav != nil {
		return grapherr.NoValue(name, ownerKey(n), n.Home.Nav.Name)
	}
	if n.Home.Named {
		return grapherr.NotNamed(name, n.Home.Key)
	}
	return grapherr.NotFound(name, n.Home.Key)
}

// ownerKey is the key of the entity that should hold the node.
func ownerKey(n *workload.Node) string {
	if o := n.Home.Owner; o != nil {
		if id := o.Text("id"); id != "" {
			return id
		}
		return o.Home.Key
	}
	return ""
}

func (w *walk) key(s *bind.Step) error {
	node, err := w.e.memberBy(w.c, keepNode(&w.p.node), w.p.coll, s.Key(), s.Named())
	if err != nil {
		return err
	}
	if w.p.cast != nil && node.Exists && !node.Type.Is(w.p.cast.Name) {
		node.Exists = false
	}
	if w.p.cast != nil && !node.Exists {
		node.Type = w.p.cast
	}
	w.p = place{node: node}
	return nil
}

func (w *walk) castTo(t *edm.Type) error {
	if w.p.coll != nil {
		w.p.cast = t
		return nil
	}
	n := &w.p.node
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
	for _, name := range strings.Split(path, "/") {
		if name == "" {
			continue
		}
		if err := w.pass(); err != nil {
			return err
		}
		n, ok := pathNav(w.p.node.Type)
		if !ok {
			return grapherr.NoSegment(name)
		}
		owner := w.p.node
		node, err := w.e.memberNamed(w.c, &owner, n, name)
		if err != nil {
			return err
		}
		w.p = place{node: node}
	}
	return nil
}

// pathNav is the navigation that a colon path follows.
func pathNav(t *edm.Type) (*edm.Navigation, bool) {
	for _, name := range [...]string{"children", "sites"} {
		if n, ok := t.Navigation(name); ok {
			return n, true
		}
	}
	return nil, false
}

// compose goes on behind a function in the middle of a path: what it returns is
// kept as a node below its binding entity, one for each set of arguments.
func (w *walk) compose(s *bind.Step) error {
	if s.Op == nil || s.Type == nil || s.Type.Kind == edm.Complex {
		return grapherr.NotEmulated("A path behind "+s.Seg.Full(), "the function's result is no entity")
	}
	if err := w.pass(); err != nil {
		return err
	}
	nav := s.Op.Navigation(s.Seg.Full())
	if s.Many {
		w.p.coll, w.p.cast = nav, nil
		return nil
	}
	owner := w.p.node
	node, err := w.e.singleAs(w.c, &owner, nav, s.Step.Type)
	if err != nil {
		return err
	}
	w.p = place{node: node}
	return nil
}

// below gives a navigation that lies under a property path of its owner.
func (e *Engine) below(path []string, n *edm.Navigation) *edm.Navigation {
	return n.At(strings.Join(path, "/") + "/" + n.Name)
}

// load makes a node of a stored entity.
func (e *Engine) load(c *workload.Call, ref store.Ref, home workload.Home) (workload.Node, bool) {
	ent, ok := c.Tx.Get(ref)
	if !ok {
		return workload.Node{}, false
	}
	return node(ref, ent, e.typeOf(c.Model, ent.Object.Type(), home.Nav), home), true
}

// nodes makes nodes of stored entities; those that are gone are left out.
func (e *Engine) nodes(c *workload.Call, refs []store.Ref, home workload.Home) iter.Seq[workload.Node] {
	return func(yield func(workload.Node) bool) {
		for _, ref := range refs {
			if n, ok := e.load(c, ref, home); ok && !yield(n) {
				return
			}
		}
	}
}

func node(ref store.Ref, ent store.Entity, t *edm.Type, home workload.Home) workload.Node {
	return workload.Node{Ref: ref, At: ref, Type: t, Object: ent.Object, Seq: ent.Seq, Exists: true, Home: home}
}

// typeOf is the runtime type of a stored entity in the model of the request; an
// entity of a type that the version does not have shows as what is declared.
func (e *Engine) typeOf(m *edm.Model, name string, declared *edm.Navigation) *edm.Type {
	if t, ok := m.Type(edm.Name(name)); ok {
		return t
	}
	if declared != nil {
		return declared.Target()
	}
	return nil
}

// view is the view on a navigation of a type.
func (e *Engine) view(owner *edm.Type, n *edm.Navigation) (workload.View, bool) {
	if owner == nil {
		return workload.View{}, false
	}
	v, ok := e.kinds.of(owner).views[n.Name]
	return v, ok
}

func (e *Engine) refused(c *workload.Call, v *workload.View, owner *workload.Node) error {
	if v.Refuse == nil {
		return nil
	}
	return v.Refuse(e.scope(c), owner)
}

// single follows a single-valued navigation.
func (e *Engine) single(c *workload.Call, owner *workload.Node, n *edm.Navigation) (workload.Node, error) {
	home := workload.Home{Owner: keepNode(owner), Nav: n}
	if v, ok := e.view(owner.Type, n); ok && v.Find != nil {
		if err := e.refused(c, &v, owner); err != nil {
			return workload.Node{}, err
		}
		if item, ok := v.Find(e.scope(c), home.Owner, ""); ok {
			return e.item(c, item, home), nil
		}
		return e.absent(home), nil
	}
	return e.singleAs(c, owner, n, n.Target())
}

func (e *Engine) singleAs(c *workload.Call, owner *workload.Node, n *edm.Navigation, t *edm.Type) (workload.Node, error) {
	home := workload.Home{Owner: keepNode(owner), Nav: n}
	if owner.Ref != workload.NoRef {
		if ref, ok := c.Tx.One(owner.Ref, e.stored(owner.Type, n)); ok {
			if node, ok := e.load(c, ref, home); ok {
				return node, nil
			}
		}
	}
	node := e.absent(home)
	node.Type = t
	// A singleton of the service root exists without having been written.
	node.Exists = owner.Ref == 0 && n.Set
	return node, nil
}

// absent is the node of a member that is not there.
func (e *Engine) absent(home workload.Home) workload.Node {
	return workload.Node{Ref: workload.NoRef, Type: home.Nav.Target(), Home: home}
}

// item makes a node of what a view gave.
func (e *Engine) item(c *workload.Call, it workload.Item, home workload.Home) workload.Node {
	if it.Home != nil {
		home = *it.Home
	}
	if it.Ref != workload.NoRef {
		if node, ok := e.load(c, it.Ref, home); ok {
			return node
		}
		return e.absent(home)
	}
	return workload.Node{Ref: workload.NoRef, Type: e.typeOf(c.Model, it.Object.Type(), home.Nav),
		Object: it.Object, Exists: true, Home: home}
}

// keepNode copies an owner, so that a home outlives the walk that made it.
func keepNode(n *workload.Node) *workload.Node {
	k := *n
	return &k
}

// stored is the name under which a navigation's members lie in the heap.
func (e *Engine) stored(owner *edm.Type, n *edm.Navigation) string {
	if owner != nil {
		if as, ok := e.kinds.of(owner).Traits.StoredAs[n.Name]; ok {
			return as
		}
	}
	return n.Name
}

// memberBy finds a member of a collection by key or by named keys. The node that
// it gives holds on to owner.
func (e *Engine) memberBy(c *workload.Call, owner *workload.Node, n *edm.Navigation, key string, named []odata.Param) (workload.Node, error) {
	if named == nil {
		return e.member(c, owner, n, key)
	}
	k := e.kinds.of(n.Target())
	if len(named) == 1 && strings.EqualFold(named[0].Name, k.ID) {
		return e.member(c, owner, n, named[0].Value)
	}
	want := make(value.Members, 0, len(named))
	var text []string
	var refs []store.Ref
	known := false // refs are all that can be meant
	v, viewed := e.view(owner.Type, n)
	viewed = viewed && v.Members != nil || owner.Ref == workload.NoRef
	for _, p := range named {
		prop, ok := n.Target().Property(p.Name)
		if !ok {
			return workload.Node{}, grapherr.NoSegment(p.Name)
		}
		want = append(want, value.Member{Name: prop.Name, Value: value.String(p.Value)})
		text = append(text, p.Value)
		if !known && !viewed {
			refs, known = e.equal(c, owner, n, n.Target(), prop.Name, p.Value)
		}
	}
	all := e.members(c, owner, n, 0)
	if known {
		all = e.nodes(c, refs, workload.Home{Owner: owner, Nav: n})
	}
	for node := range all {
		if hasAll(&node, want) {
			return node, nil
		}
	}
	node := e.absent(workload.Home{Owner: owner, Nav: n, Key: strings.Join(text, ","), Named: true})
	return node, nil
}

func hasAll(n *workload.Node, want value.Members) bool {
	for _, m := range want {
		a, _ := m.Value.Text()
		got, _ := n.Get(m.Name)
		b, ok := got.Text()
		if !ok {
			b = string(got)
		}
		if !strings.EqualFold(a, b) {
			return false
		}
	}
	return true
}

// member finds a member of a collection by its plain key: through the view, by
// the stored key, by a property that is an alternate key, and, for a set of a
// base type (directoryObjects), in the sets of its derived types. The node that
// it gives holds on to owner.
func (e *Engine) member(c *workload.Call, owner *workload.Node, n *edm.Navigation, key string) (workload.Node, error) {
	home := workload.Home{Owner: owner, Nav: n, Key: key}
	if v, ok := e.view(owner.Type, n); ok && v.Find != nil {
		if item, ok := v.Find(e.scope(c), home.Owner, key); ok {
			return e.item(c, item, home), nil
		}
		return e.absent(home), nil
	}
	if owner.Ref == workload.NoRef {
		return e.absent(home), nil
	}
	stored := e.stored(owner.Type, n)
	if ref, ok := c.Tx.Find(owner.Ref, stored, key); ok {
		if node, ok := e.load(c, ref, home); ok {
			return node, nil
		}
	}
	target := n.Target()
	for _, prop := range e.kinds.of(target).Traits.AlternateKeys {
		refs, _ := e.equal(c, owner, n, target, prop, key)
		for _, ref := range refs {
			if node, ok := e.load(c, ref, home); ok {
				return node, nil
			}
		}
	}
	if owner.Ref == 0 {
		for _, set := range e.narrower(owner.Type, n) {
			if ref, ok := c.Tx.Find(0, set.Name, key); ok {
				if node, ok := e.load(c, ref, workload.Home{Owner: home.Owner, Nav: set, Key: key}); ok {
					return node, nil
				}
			}
		}
	}
	return e.absent(home), nil
}

// narrower lists the sets of the service root whose members belong to set n as
// well, because their type derives from its type.
func (e *Engine) narrower(root *edm.Type, n *edm.Navigation) []*edm.Navigation {
	if !n.Set || n.Target() == nil || len(n.Target().Derived()) == 0 {
		return nil
	}
	if v, ok := e.sets.Load(n); ok {
		return v.([]*edm.Navigation)
	}
	var out []*edm.Navigation
	for _, other := range root.Navigations() {
		if other != n && other.Set && other.Type.Many && other.Target() != nil && other.Target().Is(n.Type.Name) {
			out = append(out, other)
		}
	}
	v, _ := e.sets.LoadOrStore(n, out)
	return v.([]*edm.Navigation)
}

// memberNamed finds a member by its name property (colon paths).
func (e *Engine) memberNamed(c *workload.Call, owner *workload.Node, n *edm.Navigation, name string) (workload.Node, error) {
	for node := range e.members(c, owner, n, 0) {
		if strings.EqualFold(node.Text("name"), name) {
			return node, nil
		}
	}
	node := e.absent(workload.Home{Owner: keepNode(owner), Nav: n, Key: name})
	return node, nil
}

// members walks the members of a collection behind `after`, through the view.
func (e *Engine) members(c *workload.Call, owner *workload.Node, n *edm.Navigation, after store.Ref) iter.Seq[workload.Node] {
	return e.sifted(c, owner, n, after, nil)
}

// plain reports whether entities of a type show what is stored of them and nothing else.
func (e *Engine) plain(t *edm.Type) bool { return e.kinds.of(t).read == nil }

// sifted is members without the stored ones that sieve refuses: most of a large
// collection is left out before a node is made of it. A nil sieve refuses none; the
// members that a view gives are not asked about.
func (e *Engine) sifted(c *workload.Call, owner *workload.Node, n *edm.Navigation, after store.Ref, sieve func(value.Object) bool) iter.Seq[workload.Node] {
	home := workload.Home{Owner: keepNode(owner), Nav: n}
	if v, ok := e.view(owner.Type, n); ok && v.Members != nil {
		return e.viewed(c, v, home, after)
	}
	if owner.Ref == workload.NoRef {
		return func(func(workload.Node) bool) {}
	}
	entities := c.Tx.Entities(owner.Ref, e.stored(owner.Type, n), after, sieve)
	if owner.Ref == 0 {
		if sets := e.narrower(owner.Type, n); len(sets) > 0 {
			entities = together(c.Tx, n, sets, after, sieve)
		}
	}
	return func(yield func(workload.Node) bool) {
		var name string // members of a collection are mostly of one type
		var t *edm.Type
		for ref, ent := range entities {
			if is := ent.Object.Type(); t == nil || is != name {
				name, t = is, e.typeOf(c.Model, is, n)
			}
			if !yield(node(ref, ent, t, home)) {
				return
			}
		}
	}
}

// viewed walks the members that a view gives.
func (e *Engine) viewed(c *workload.Call, v workload.View, home workload.Home, after store.Ref) iter.Seq[workload.Node] {
	return func(yield func(workload.Node) bool) {
		for it := range v.Members(e.scope(c), home.Owner, after) {
			node := e.item(c, it, home)
			node.At = it.At
			if node.Exists && !yield(node) {
				return
			}
		}
	}
}

// together walks a set of the service root with the sets that belong to it.
func together(tx *store.Tx, n *edm.Navigation, sets []*edm.Navigation, after store.Ref, sieve func(value.Object) bool) iter.Seq2[store.Ref, store.Entity] {
	seqs := []iter.Seq[store.Ref]{tx.Members(0, n.Name, after)}
	for _, s := range sets {
		seqs = append(seqs, tx.Members(0, s.Name, after))
	}
	return func(yield func(store.Ref, store.Entity) bool) {
		for ref := range workload.Rising(seqs...) {
			if ent, ok := tx.Get(ref); ok && (sieve == nil || sieve(ent.Object)) && !yield(ref, ent) {
				return
			}
		}
	}
}
