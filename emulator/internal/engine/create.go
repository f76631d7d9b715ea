package engine

import (
	"errors"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// create makes a member of a collection (B-4.1) with everything that its body
// holds by value or by reference.
func (x *exchange) create(c *workload.Call) (workload.Result, error) {
	if !c.Self.Exists && !traversable(&c.Self) {
		return workload.Result{}, missing(&c.Self)
	}
	owner, nav := &c.Self, c.Nav
	if h := c.Self.Home; nav == nil && h.Nav != nil && h.Nav.Contains && !h.Nav.Type.Many && h.Owner.Exists {
		if err := x.vacate(c, h.Owner, h.Nav); err != nil { // the only member of its navigation
			return workload.Result{}, err
		}
		owner, nav = h.Owner, h.Nav
	}
	if nav == nil {
		return workload.Result{}, grapherr.NotSupported()
	}
	node, err := x.insert(c, owner, nav, x.body.with(c.Body))
	if err != nil {
		return workload.Result{}, err
	}
	if c.Media != nil { // what was sent in JSON's stead is the entity's content
		if err := c.Tx.PutBlob(node.Ref, streamName(nil), c.Media.Blob); err != nil {
			return workload.Result{}, err
		}
	}
	shown, err := x.show(c, node)
	return workload.Result{One: &shown, Created: true}, err
}

// with returns the body with the members that a rule may have changed.
func (b *Body) with(members value.Members) *Body {
	changed := *b
	changed.Members = members
	return &changed
}

func traversable(n *workload.Node) bool {
	h := n.Home
	return n.Exists || h.Nav != nil && !h.Nav.Type.Many && h.Nav.Contains
}

// insert stores a checked body as a member of a navigation, with its nested
// entities and links, all or nothing.
func (x *exchange) insert(c *workload.Call, owner *workload.Node, nav *edm.Navigation, b *Body) (workload.Node, error) {
	if v, ok := x.e.view(owner.Type, nav); ok && v.Computed && !x.load {
		return workload.Node{}, grapherr.NotSupported().Because("'"+nav.Name+"' shows what is linked elsewhere.", "")
	}
	k := x.e.kinds.of(b.Type)
	members, key := x.fill(c, k, b)
	if err := x.fits(c, k, members, workload.NoRef); err != nil {
		return workload.Node{}, err
	}
	home, set := x.homeFor(c, owner, nav, b.Type)
	if err := x.keep(c, home); err != nil {
		return workload.Node{}, err
	}
	at := workload.Home{Owner: keepNode(home), Nav: set, Key: key}
	if !set.Type.Many {
		at.Key = ""
	}
	ref, err := c.Tx.Add(home.Ref, x.e.stored(home.Type, set), at.Key, x.e.object(k, members))
	for errors.Is(err, store.ErrExists) && at.Key != "" && !keyGiven(b, k, at.Key) { // left by an earlier run with the same seed
		at.Key = x.e.newID(c, k)
		if k.ID != "" {
			members.Set(k.ID, value.String(at.Key))
		}
		ref, err = c.Tx.Add(home.Ref, x.e.stored(home.Type, set), at.Key, x.e.object(k, members))
	}
	if errors.Is(err, store.ErrExists) {
		return workload.Node{}, grapherr.Exists(b.Type.Name.Short(), key)
	}
	if err != nil {
		return workload.Node{}, err
	}
	if set != nav {
		if err := x.keep(c, owner); err != nil {
			return workload.Node{}, err
		}
		if err := c.Tx.Link(owner.Ref, x.e.stored(owner.Type, nav), ref); err != nil {
			return workload.Node{}, err
		}
	}
	node, _ := x.e.load(c, ref, at)
	return node, x.attach(c, &node, b)
}

// homeFor decides where a new entity lies. A navigation that only refers to its
// members links an entity that is made in the set of its type (an administrative
// unit's new group is a group of the tenant).
func (x *exchange) homeFor(c *workload.Call, owner *workload.Node, nav *edm.Navigation, t *edm.Type) (*workload.Node, *edm.Navigation) {
	if nav.Contains || nav.Set || owner.Ref == 0 {
		return owner, nav
	}
	root := c.Model.Root()
	for b := t; b != nil; b = b.Base() {
		for _, set := range root.Navigations() {
			if set.Set && set.Type.Many && set.Type.Name == b.Name {
				return &workload.Node{Type: root, Exists: true}, set
			}
		}
	}
	return owner, nav
}

// fill adds what the service makes: the key, the times, the defaults.
func (x *exchange) fill(c *workload.Call, k *Kind, b *Body) (value.Members, string) {
	m := append(make(value.Members, 0, len(b.Members)+len(k.Traits.Default)+3), b.Members...)
	for _, d := range k.Traits.Default {
		given, ok := m.Get(d.Name)
		switch {
		case !ok:
			m.Set(d.Name, d.Value)
		case given.Kind() == value.KindObject && !x.load: // what a complex value lacks
			m.Set(d.Name, value.Merge(value.Members{d}, value.Members{{Name: d.Name, Value: given}})[0].Value)
		}
	}
	at := c.Now()
	if k.Traits.WholeSeconds {
		at = at.Truncate(time.Second)
	}
	now := value.Time(at)
	for _, name := range [...]string{k.created, k.modified} {
		if _, ok := m.Get(name); name != "" && !ok {
			m.Set(name, now)
		}
	}
	if k.ID == "" {
		return m, c.Tx.NewGUID()
	}
	raw, given := m.Get(k.ID)
	key, text := raw.Text()
	if given && !text && !raw.IsNull() {
		key = string(raw)
	}
	if key == "" || !x.load && k.Traits.ID != "given" && k.ID == "id" {
		key = x.e.newID(c, k)
		m.Set(k.ID, value.String(key))
	}
	return m, key
}

// keyGiven reports whether a key was given by the body and not made here.
func keyGiven(b *Body, k *Kind, key string) bool {
	raw, _ := b.Members.Get(k.ID)
	text, ok := raw.Text()
	return ok && text == key || !ok && string(raw) == key
}

// newID makes an id in the form of the type (B-1.46).
func (e *Engine) newID(c *workload.Call, k *Kind) string {
	guid := c.Tx.NewGUID()
	if k.Traits.ID != "base64url" {
		return guid
	}
	return outlookID(guid + c.Tx.NewGUID())
}

// object encodes members in the model's order, so that equal sets of members
// share a shape.
func (e *Engine) object(k *Kind, m value.Members) value.Object {
	ranks := make([]int, len(m))
	for i := range m {
		ranks[i] = k.rank(m[i].Name)
	}
	if by := sort.Interface(inOrder{m, ranks}); !sort.IsSorted(by) {
		sort.Stable(by)
	}
	return e.shapes.Object(string(k.Type.Name), m)
}

// inOrder sorts members by the model's order, and by name what the model does not have.
type inOrder struct {
	members value.Members
	ranks   []int
}

func (s inOrder) Len() int { return len(s.members) }

func (s inOrder) Less(i, j int) bool {
	if s.ranks[i] != s.ranks[j] {
		return s.ranks[i] < s.ranks[j]
	}
	return s.members[i].Name < s.members[j].Name
}

func (s inOrder) Swap(i, j int) {
	s.members[i], s.members[j] = s.members[j], s.members[i]
	s.ranks[i], s.ranks[j] = s.ranks[j], s.ranks[i]
}

// attach creates what a body holds by value and links what it holds by reference.
func (x *exchange) attach(c *workload.Call, n *workload.Node, b *Body) error {
	for _, d := range b.Deep {
		for _, child := range d.Bodies {
			if !d.Nav.Type.Many {
				if err := x.vacate(c, n, d.Nav); err != nil {
					return err
				}
			}
			done, err := x.amend(c, n, d.Nav, child)
			if err == nil && !done {
				_, err = x.createIn(c, n, d.Nav, child)
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
			if err := x.linkTo(c, n, l.Nav, url); err != nil {
				return err
			}
		}
	}
	return nil
}

// amend writes an entity that stands in the body of an update and names a member which
// is there; false: it is to be created.
func (x *exchange) amend(c *workload.Call, n *workload.Node, nav *edm.Navigation, child *Body) (bool, error) {
	id := child.Members.Text(x.e.kinds.of(child.Type).ID)
	if c.Verb != bind.Update || !nav.Contains || !nav.Type.Many || id == "" {
		return false, nil
	}
	node, err := x.e.member(c, keepNode(n), nav, id)
	if err != nil || !node.Exists {
		return false, err
	}
	if node.Type != child.Type {
		return false, grapherr.WrongValue(nav.Name, "'"+id+"' is a "+string(node.Type.Name)+", and @odata.type has to say so.")
	}
	if err := x.write(c, &node, child.Members); err != nil {
		return false, err
	}
	return true, x.attach(c, &node, child)
}

// vacate removes the contained member of a single-valued navigation.
func (x *exchange) vacate(c *workload.Call, n *workload.Node, nav *edm.Navigation) error {
	if ref, ok := c.Tx.One(n.Ref, x.e.stored(n.Type, nav)); ok && nav.Contains {
		return c.Tx.Delete(ref)
	}
	return nil
}

// keep stores a node that exists without being stored, and its owners before it.
func (x *exchange) keep(c *workload.Call, n *workload.Node) error {
	if n.Ref != workload.NoRef {
		return nil
	}
	owner := n.Home.Owner
	if err := x.keep(c, owner); err != nil {
		return err
	}
	stored := x.e.stored(owner.Type, n.Home.Nav)
	if n.Home.Key == "" {
		if ref, ok := c.Tx.One(owner.Ref, stored); ok {
			n.Ref = ref
			return nil
		}
	}
	k := x.e.kinds.of(n.Type)
	b := &Body{Type: n.Type, Members: n.Object.Members()}
	if _, ok := b.Members.Get(k.ID); !ok && k.ID != "" && n.Home.Key != "" {
		b.Members.Set(k.ID, value.String(n.Home.Key))
	}
	was := x.load
	x.load = true // the id is given by where the node lies
	members, _ := x.fill(c, k, b)
	x.load = was
	ref, err := c.Tx.Add(owner.Ref, stored, n.Home.Key, x.e.object(k, members))
	if err != nil {
		return err
	}
	node, _ := x.e.load(c, ref, n.Home)
	*n = node
	return nil
}
