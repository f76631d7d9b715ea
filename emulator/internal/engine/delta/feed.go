package delta

import (
	"cmp"
	"slices"

	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/op"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

// change is an entity of the scope that something happened to in the round.
type change struct {
	ref store.Ref
	seq int64 // the first thing that happened: its place in the round
	// before holds what it was before each change, the oldest first.
	before  []value.Object
	other   bool          // something changed that is no property: content, its key
	arrived bool          // it came into the scope: the client may not know it
	anew    bool          // it was away meanwhile: the client may not know what is below it
	left    *store.Change // how it left last
	links   []linkChange
}

// linkChange is a link that came or went; only the last word on each counts.
type linkChange struct {
	link   int // in the round's links
	member store.Ref
	typ    string
	id     value.Raw
	gone   bool
}

// feed is what happened to a scope between two numbers of the journal.
type feed struct {
	x            *op.Op
	scope        *scope
	links        []linked
	since, until int64
	by           map[store.Ref]*change // what changes has found

	// Of trees:
	start, end moment
	unrest     bool                         // something has moved since the end
	born       map[store.Ref]int64          // what was made, and when
	later      map[store.Ref][]store.Change // what has left a place since the end
}

// moment is a number of the journal, and what belonged to a scope then.
type moment struct {
	seq int64
	in  map[store.Ref]bool
}

// changes reads the feed out of the journal, in the order of the changes' places.
// It costs as many steps as there are changes, whatever the tenant holds.
func (f *feed) changes() []*change {
	s := f.scope
	if s.tree != "" {
		f.survey()
	}
	by := map[store.Ref]*change{}
	f.by = by
	touch := func(ref store.Ref, seq int64) *change {
		t, ok := by[ref]
		if !ok {
			t = &change{ref: ref, seq: seq}
			by[ref] = t
		}
		return t
	}
	for c := range f.journal() {
		if c.Seq > f.until {
			break
		}
		switch c.Kind {
		case store.Linked, store.Unlinked:
			if i := slices.IndexFunc(f.links, func(l linked) bool { return l.stored == c.Nav }); i >= 0 && s.has(c.From) {
				touch(c.From, c.Seq).link(i, &c)
			}
		case store.Created, store.Updated, store.Deleted, store.Attached, store.Detached:
			if s.holds(c.From, c.Nav) || s.nav == nil && c.Ref == s.from {
				touch(c.Ref, c.Seq).note(&c)
			}
		}
	}
	if s.tree != "" {
		f.cascade(by, touch)
	}
	list := make([]*change, 0, len(by))
	for _, t := range by {
		list = append(list, t)
	}
	slices.SortFunc(list, func(a, b *change) int { return cmp.Or(cmp.Compare(a.seq, b.seq), cmp.Compare(a.ref, b.ref)) })
	return list
}

// survey notes where what has moved lay before, and what was made, up to now.
func (f *feed) survey() {
	s := f.scope
	s.formerly, f.born, f.later = map[store.Ref][]location{}, map[store.Ref]int64{}, map[store.Ref][]store.Change{}
	f.start, f.end = moment{f.since, map[store.Ref]bool{}}, moment{f.until, map[store.Ref]bool{}}
	for c := range f.journal() {
		f.unrest = f.unrest || c.Seq > f.until && c.Nav == s.tree && (c.Kind == store.Deleted || c.Kind == store.Detached || c.Kind == store.Attached)
		switch c.Kind {
		case store.Created:
			f.born[c.Ref] = c.Seq
		case store.Deleted, store.Detached:
			if c.Nav == s.tree && c.Seq > f.until && !f.moved(c.Ref) && f.born[c.Ref] <= f.until {
				f.later[c.From] = append(f.later[c.From], c)
			}
			s.formerly[c.Ref] = append(s.formerly[c.Ref], location{c.From, c.Nav, c.Seq})
		}
	}
}

// moved reports whether an entity has left its place since the round's end.
func (f *feed) moved(ref store.Ref) bool {
	was := f.scope.formerly[ref]
	return len(was) > 0 && was[len(was)-1].seq > f.until
}

// below walks what an entity contained at the end of the round, whatever has become of that
// since.
func (f *feed) below(ref store.Ref) func(func(store.Ref, value.Object) bool) {
	return func(yield func(store.Ref, value.Object) bool) {
		for m := range f.scope.c.Tx.Members(ref, f.scope.tree, 0) {
			if !f.x.Budget.Step() {
				return
			}
			e, _ := f.scope.c.Tx.Get(m)
			if !f.moved(m) && f.born[m] <= f.until && !yield(m, e.Object) {
				return
			}
		}
		for _, c := range f.later[ref] {
			if !yield(c.Ref, c.Old) {
				return
			}
		}
	}
}

// in reports whether an entity of a tree belonged to the scope at the start or the end of the
// round.
func (f *feed) in(at *moment, ref store.Ref) bool {
	s := f.scope
	if s.top(ref) {
		return true
	}
	if in, known := at.in[ref]; known {
		return in
	}
	from, nav, _, ok := s.c.Tx.Owner(ref)
	for _, was := range s.formerly[ref] {
		if was.seq > at.seq {
			from, nav, ok = was.from, was.nav, true
			break
		}
	}
	in := ok && f.born[ref] <= at.seq && (s.direct(from, nav) || nav == s.tree && f.in(at, from))
	at.in[ref] = in
	return in
}

// journal walks the journal from where the round begins; resume has seen that it can. It ends
// early when the budget is spent.
func (f *feed) journal() func(func(store.Change) bool) {
	past, ok := f.scope.c.Tx.Since(f.since)
	if !ok {
		return func(func(store.Change) bool) {}
	}
	return func(yield func(store.Change) bool) {
		for c := range past {
			if !f.x.Budget.Step() || !yield(c) {
				return
			}
		}
	}
}

func (t *change) note(c *store.Change) {
	switch c.Kind {
	case store.Created, store.Attached:
		t.arrived = true
		t.anew = t.anew || t.left != nil && t.left.Seq != c.Seq-1 // else it was moved
	case store.Updated:
		t.before = append(t.before, c.Old)
		t.other = t.other || c.Part != "" || c.WasKey != ""
	default:
		left := *c
		t.left = &left
	}
}

func (t *change) link(i int, c *store.Change) {
	o, gone := c.New, c.Kind == store.Unlinked
	if gone {
		o = c.Old
	}
	id, ok := o.Get("id")
	if !ok {
		id = value.String(c.Key)
	}
	now := linkChange{link: i, member: c.Ref, typ: c.Type, id: id, gone: gone}
	if at := slices.IndexFunc(t.links, func(l linkChange) bool { return l.link == i && l.member == c.Ref }); at >= 0 {
		t.links[at] = now
		return
	}
	t.links = append(t.links, now)
}

// above is what contains an entity, or did when it left.
func (f *feed) above(ref store.Ref) store.Ref {
	if t := f.by[ref]; t != nil && t.left != nil && !f.scope.present(ref) {
		return t.left.From
	}
	from, _, _, _ := f.scope.c.Tx.Owner(ref)
	return from
}

// owner is what contained an entity that left, as it was last; nil: that is not known.
func (f *feed) owner(ref store.Ref) *workload.Node {
	up := f.above(ref)
	e, ok := f.scope.c.Tx.Get(up)
	if !ok {
		t := f.by[up]
		if t == nil || t.left == nil {
			return nil
		}
		e.Object = t.left.Old
	}
	return &workload.Node{Ref: up, At: up, Type: f.x.Core.TypeOf(f.scope.c.Model, e.Object.Type(), f.scope.nav), Object: e.Object, Exists: ok}
}

// cascade adds what came into a tree, or left it, with the entity that contains it.
// What moves within the tree takes nothing along that a client has to hear of.
func (f *feed) cascade(by map[store.Ref]*change, touch func(store.Ref, int64) *change) {
	var moved []*change
	for _, t := range by {
		if t.arrived || t.left != nil && t.left.Kind == store.Detached {
			moved = append(moved, t)
		}
	}
	for i := 0; i < len(moved); i++ {
		t := moved[i]
		in := f.in(&f.end, t.ref)
		if in && !t.anew && f.in(&f.start, t.ref) || !in && t.left == nil {
			continue
		}
		for ref, was := range f.below(t.ref) {
			if in && !t.anew && f.in(&f.start, ref) { // it was moved there, and has a change of its own
				continue
			}
			m := touch(ref, t.seq)
			if in {
				m.arrived, m.anew = true, m.anew || t.anew
			} else {
				m.left = &store.Change{Kind: store.Detached, Ref: ref, From: t.ref, Type: was.Type(), Old: was}
			}
			moved = append(moved, m)
		}
	}
}
