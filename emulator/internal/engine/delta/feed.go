package delta

import (
	"cmp"
	"slices"

	"github.com/graph-emulator/graph-emulator/emulator/internal/engine/op"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
)

// change is an entity of the scope that something happened to in the round.
type change struct {
	ref store.Ref
	seq int64 // the first thing that happened: its place in the round
	// before holds what it was before each change, the oldest first.
	before  []value.Object
	other   bool          // something changed that is no property: content, its key
	arrived bool          // it came into the scope: the client may not know it
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
}

// changes reads the feed out of the journal, in the order of the changes' places.
// It costs as many steps as there are changes, whatever the tenant holds.
func (f *feed) changes() []*change {
	s := f.scope
	if s.tree != "" {
		s.deletedFrom = map[store.Ref]location{}
		for c := range f.journal() {
			if _, twice := s.deletedFrom[c.Ref]; c.Kind == store.Deleted && !twice {
				s.deletedFrom[c.Ref] = location{c.From, c.Nav}
			}
		}
	}
	by := map[store.Ref]*change{}
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

// cascade adds what came into a tree, or left it, with the entity that contains it.
// What moves within the tree takes nothing along that a client has to hear of.
func (f *feed) cascade(by map[store.Ref]*change, touch func(store.Ref, int64) *change) {
	s, tx := f.scope, f.scope.c.Tx
	var moved []*change
	for _, t := range by {
		if t.arrived || t.left != nil && t.left.Kind == store.Detached {
			moved = append(moved, t)
		}
	}
	for i := 0; i < len(moved); i++ {
		t := moved[i]
		in := s.present(t.ref)
		if _, ok := tx.Get(t.ref); !ok || in && (!t.arrived || t.left != nil) || !in && t.left == nil {
			continue
		}
		for ref := range tx.Members(t.ref, s.tree, 0) {
			if !f.x.Budget.Step() {
				return
			}
			m := touch(ref, t.seq)
			if in {
				m.arrived = true
			} else {
				ent, _ := tx.Get(ref)
				m.left = &store.Change{Kind: store.Detached, Ref: ref, Type: ent.Object.Type(), Old: ent.Object}
			}
			moved = append(moved, m)
		}
	}
}
