package delta

import (
	"slices"

	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/heap"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/op"
	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/query"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// scope is what a delta query is about: the members of a collection, with those
// below them when the type's collections are trees, or an entity with those below it.
type scope struct {
	x     *op.Op
	c     *workload.Call
	name  string          // of the collection, for its tokens
	owner *workload.Node  // of the collection, or the entity itself
	nav   *edm.Navigation // nil: the entity itself
	from  store.Ref       // where the collection is stored; NoRef: nowhere yet
	tops  []string        // names that its members are stored under, from there
	below string          // the navigation of the members that goes on; empty: none
	tree  string          // its stored name

	formerly map[store.Ref][]location // where in a tree lay what has moved or was deleted
	inside   map[store.Ref]bool       // what has found out
	once     map[store.Ref]bool       // what had found out
}

// location is where an entity lies, or lay.
type location struct {
	from store.Ref
	nav  string
	seq  int64 // of the change that ended it
}

// locate finds what the query is about and refuses what has no changes of its own.
func (r *round) locate() error {
	c, x := r.c, r.x
	s := scope{x: x, c: c, below: r.trait.Tree}
	refuse := func(why string) error {
		return grapherr.BadRequest("Change tracking is not supported against '%s'.", r.kind.Type.Name).Because(why, "")
	}
	if !c.Self.Exists && !heap.Traversable(&c.Self) {
		return heap.Missing(&c.Self)
	}
	s.owner, s.from = heap.CloneNode(&c.Self), c.Self.Ref
	if c.Nav == nil {
		if s.below == "" {
			return refuse("Only a tree tells the changes in it.")
		}
		s.name = string(c.Self.Type.Name)
	} else if err := r.collection(&s, refuse); err != nil {
		return err
	}
	if s.below != "" {
		if nav, ok := r.kind.Type.Navigation(s.below); ok {
			s.tree = x.Core.Stored(r.kind.Type, nav)
		}
		s.inside, s.once = map[store.Ref]bool{}, map[store.Ref]bool{}
	}
	r.scope = s
	if r.by.Check != nil {
		if err := r.by.Check(c); err != nil {
			return err
		}
	}
	return r.relations()
}

// collection is the scope of a query on a collection.
func (r *round) collection(s *scope, refuse func(string) error) error {
	c, x := r.c, r.x
	s.nav = c.Nav
	owner := c.Self.Type
	if r.trait.Below != nil && !slices.ContainsFunc(r.trait.Below, func(t string) bool { return owner.Is(edm.Name(t)) }) {
		return refuse("The collection is not one of those whose changes are told.")
	}
	if as, ok := r.trait.Within[s.nav.Name]; ok {
		nav, ok := owner.Navigation(as)
		if !ok {
			return refuse("It has no " + as + ".")
		}
		var err error
		if r.window, err = query.ReadWindow(c.Query); err != nil {
			if x.Core.Options.Missing != op.Synthesize {
				return err
			}
			r.window, r.warn = nil, append(r.warn, "the time window cannot be read; all is told")
		}
		s.nav = nav
	}
	v, _ := x.Core.View(owner, s.nav)
	if _, home := x.Core.HomeFor(c, s.owner, s.nav, r.kind.Type); v.Computed || home != s.nav {
		return refuse("The members of " + s.nav.Name + " lie somewhere else: ask there for their changes.")
	}
	s.tops = []string{x.Core.Stored(owner, s.nav)}
	if s.from == 0 {
		for _, set := range x.Core.Subsets(owner, s.nav) {
			s.tops = append(s.tops, set.Name)
		}
	}
	s.name = string(s.nav.Type.Name) + "/" + c.Nav.Name
	if c.Cast != nil {
		s.name += "/" + string(c.Cast.Name)
	}
	return nil
}

// relations settles whose links are reported: those selected, or the usual ones.
func (r *round) relations() error {
	sel := r.x.Selection
	names := r.trait.Shown
	if sel != nil && !sel.Star {
		names = slices.DeleteFunc(slices.Clone(r.trait.Links), func(n string) bool { return !sel.Selects(n) })
		for _, it := range sel.Items {
			if it.Nav != nil && !slices.Contains(r.trait.Links, it.Name) {
				r.warn = append(r.warn, "$select="+it.Name+" is ignored: its changes are not reported") // B-6.24
			}
		}
	}
	for _, name := range names {
		if nav, ok := r.kind.Type.Navigation(name); ok {
			r.links = append(r.links, linked{name, r.x.Core.Stored(r.kind.Type, nav)})
		}
	}
	return nil
}

// top reports whether an entity is the one that the query is about.
func (s *scope) top(ref store.Ref) bool { return s.nav == nil && ref == s.from }

// holds reports whether a member of from.nav belongs to the scope, or did since the round
// begins.
func (s *scope) holds(from store.Ref, nav string) bool {
	return s.direct(from, nav) || s.tree != "" && nav == s.tree && s.had(from)
}

// direct reports whether from.nav is the collection that the query is about.
func (s *scope) direct(from store.Ref, nav string) bool {
	return s.nav != nil && from == s.from && slices.Contains(s.tops, nav)
}

// had reports whether an entity belongs to the scope, or did since the round begins.
func (s *scope) had(ref store.Ref) bool {
	if s.has(ref) {
		return true
	}
	if was, known := s.once[ref]; known {
		return was
	}
	seen := map[store.Ref]bool{}
	was := s.reaches(ref, seen)
	if !was { // nor did any of those that it was looked for in
		for ref := range seen {
			s.once[ref] = false
		}
	}
	s.once[ref] = was
	return was
}

// reaches reports whether one of the places where an entity lies or lay is in the scope.
// Places may form circles: a folder that was in another one may contain that later.
func (s *scope) reaches(ref store.Ref, seen map[store.Ref]bool) bool {
	if s.has(ref) {
		return true
	}
	if seen[ref] {
		return false
	}
	seen[ref] = true
	in := func(l location) bool {
		return s.direct(l.from, l.nav) || l.nav == s.tree && s.reaches(l.from, seen)
	}
	from, nav, _, ok := s.c.Tx.Owner(ref)
	return ok && in(location{from: from, nav: nav}) || slices.ContainsFunc(s.formerly[ref], in)
}

// has reports whether an entity belongs to the scope.
func (s *scope) has(ref store.Ref) bool {
	if s.top(ref) {
		return true
	}
	if in, ok := s.inside[ref]; ok {
		return in
	}
	from, nav, _, ok := s.c.Tx.Owner(ref)
	in := ok && (s.direct(from, nav) || s.tree != "" && nav == s.tree && s.has(from))
	if s.inside != nil {
		s.inside[ref] = in
	}
	return in
}

// present reports whether an entity belongs to the scope now.
func (s *scope) present(ref store.Ref) bool {
	_, ok := s.c.Tx.Get(ref)
	return ok && s.has(ref)
}

// walk visits the members behind a chain, each before what lies below it; the chain
// that it gives leads to the member and is good until the next.
func (s *scope) walk(behind []store.Ref, visit func(workload.Node, []store.Ref) bool) {
	if s.nav != nil {
		s.level(s.owner, s.nav, nil, behind, visit)
		return
	}
	if len(behind) == 0 && s.owner.Exists && !visit(*s.owner, []store.Ref{s.from}) || s.from == workload.NoRef {
		return
	}
	if len(behind) > 0 {
		behind = behind[1:]
	}
	s.deeper(s.owner, []store.Ref{s.from}, behind, visit)
}

// deeper visits what lies below a member.
func (s *scope) deeper(n *workload.Node, chain, behind []store.Ref, visit func(workload.Node, []store.Ref) bool) bool {
	if s.below == "" {
		return true
	}
	nav, ok := n.Type.Navigation(s.below)
	return !ok || s.level(n, nav, chain, behind, visit)
}

func (s *scope) level(owner *workload.Node, nav *edm.Navigation, chain, behind []store.Ref, visit func(workload.Node, []store.Ref) bool) bool {
	var after store.Ref
	chain = slices.Clip(chain)
	if len(behind) > 0 {
		after = behind[0]
		if s.below != "" && s.c.Tx.Contains(owner.Ref, s.x.Core.Stored(owner.Type, nav), after) {
			n, ok := s.x.Core.Load(s.c, after, workload.Home{Owner: heap.CloneNode(owner), Nav: nav})
			if ok && !s.deeper(&n, append(chain, after), behind[1:], visit) {
				return false
			}
		}
	}
	of := s.x.Core.Collection(s.c, owner, nav)
	for n := range of.StoredMembers(after, nil) {
		if s.c.Cast != nil && !n.Type.Is(s.c.Cast.Name) {
			continue
		}
		if own := append(chain, n.Ref); !visit(n, own) || !s.deeper(&n, own, nil, visit) {
			return false
		}
	}
	return true
}
