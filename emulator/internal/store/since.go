package store

import (
	"iter"

	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
)

// Mark is the last change of a member of a collection.
type Mark struct {
	Ref  Ref
	Seq  int64
	Kind Kind         // Updated for a contained member, Linked for a linked one; else how it left
	Key  string       // of one that left
	Old  value.Object // of one that left: as it was
}

// ChangedSince walks what has changed in from.nav since change number since, in
// order of the last change, each member once: members created, changed, linked
// or from which a link started or ended, and those that left. It reports false
// when the journal no longer reaches back that far, or a Restore lies between.
//
// The walk costs as many steps as the collection had changes since. Inside Update
// the collection must not change meanwhile.
func (tx *Tx) ChangedSince(from Ref, nav string, since int64) (iter.Seq[Mark], bool) {
	st := tx.st
	if since < st.oldest-1 || since < st.reset || since > st.seq {
		return nil, false
	}
	return func(yield func(Mark) bool) {
		id, ok := st.navs.lookup(nav)
		if !ok {
			return
		}
		st.marks.from(mark{from: from, nav: id, seq: since + 1}, func(m mark) bool {
			if m.from != from || m.nav != id {
				return false
			}
			if k, current := st.current(m); current {
				return yield(k)
			}
			return true
		})
	}, true
}

// current reports whether a mark is its member's last in the collection, and
// what it means.
func (st *state) current(m mark) (Mark, bool) {
	k := Mark{Ref: m.ref, Seq: m.seq, Kind: Updated}
	e, member := st.edges.get(edge{from: m.from, nav: m.nav, to: m.ref})
	switch {
	case m.kind != 0:
		k.Kind, k.Key, k.Old = m.kind, m.rec.key, m.rec.object
		g, ok := st.graves.get(grave{from: m.from, nav: m.nav, ref: m.ref})
		return k, ok && g.seq == m.seq
	case !member:
		return k, false
	case e.linked:
		k.Kind = Linked
		b, _ := st.backs.get(back{to: m.ref, from: m.from, nav: m.nav})
		return k, b.seq == m.seq
	}
	return k, st.record(m.ref).last == m.seq
}

// inter marks a member that left its collection.
func (st *state) inter(m mark) {
	st.marks.set(m)
	st.graves.set(grave{from: m.from, nav: m.nav, ref: m.ref, seq: m.seq})
}

// exhume forgets that a member ever left.
func (st *state) exhume(from Ref, id nav, r Ref) {
	if st.graves.len() > 0 {
		st.graves.delete(grave{from: from, nav: id, ref: r})
	}
}

// bury drops what an entry left in the tables, when the journal drops the entry:
// nobody can ask for it any more.
func (st *state) bury(e *entry) {
	st.marks.delete(mark{from: e.from, nav: e.nav, seq: e.seq, ref: e.ref})
	if e.note != nil && e.note.touched {
		st.marks.delete(mark{from: e.note.owner, nav: e.note.ownerNav, seq: e.seq, ref: e.from})
	}
	switch e.kind {
	case Deleted, Unlinked, Detached:
		g, ok := st.graves.get(grave{from: e.from, nav: e.nav, ref: e.ref})
		if ok && g.seq == e.seq {
			st.graves.delete(g)
		}
	}
}
