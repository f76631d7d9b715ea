package store

import (
	"iter"

	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
)

// Entities is Members with the entities, those that keep refuses left out; a nil
// keep refuses none. It is the quick way over a large collection.
func (tx *Reader) Entities(from Ref, nav string, after Ref, keep func(value.Object) bool) iter.Seq2[Ref, Entity] {
	return func(yield func(Ref, Entity) bool) {
		id, ok := tx.st.navs.lookup(nav)
		if !ok {
			return
		}
		show := func(r Ref) bool {
			rec := tx.st.record(r)
			return rec == nil || keep != nil && !keep(rec.object) || yield(r, Entity{Object: rec.object, Seq: rec.seq, Born: rec.born})
		}
		if tx.w != nil {
			tx.membersWhileWriting(from, id, after, show)
			return
		}
		tx.st.edges.from(edge{from: from, nav: id, to: after + 1}, func(e edge) bool {
			return e.from == from && e.nav == id && show(e.to)
		})
	}
}

// Keyed walks all members of from.nav whose key is key without regard to case:
// what Find chooses from, in Ref order.
func (tx *Reader) Keyed(from Ref, nav, key string) iter.Seq[Ref] {
	return func(yield func(Ref) bool) {
		id, ok := tx.st.navs.lookup(nav)
		if !ok {
			return
		}
		want := foldKey(key)
		var found []Ref // collected first: the caller may write
		tx.st.keys.from(keyItem{from: from, nav: id, key: want}, func(it keyItem) bool {
			if it.from != from || it.nav != id || it.key != want {
				return false
			}
			found = append(found, it.to)
			return true
		})
		for _, r := range found {
			if !yield(r) {
				return
			}
		}
	}
}

// ByKey returns the first n members of from.nav in the order of their keys, without regard to
// case, and of their Refs where keys are alike: those behind the member after with this key.
// The empty key and 0 begin at the first. It costs as many steps as it returns members.
func (tx *Reader) ByKey(from Ref, nav, key string, after Ref, n int) []Ref {
	id, ok := tx.st.navs.lookup(nav)
	if !ok || n <= 0 {
		return nil
	}
	var found []Ref
	tx.st.keys.from(keyItem{from: from, nav: id, key: foldKey(key), to: after + 1}, func(it keyItem) bool {
		if it.from != from || it.nav != id {
			return false
		}
		found = append(found, it.to)
		return len(found) < n
	})
	return found
}
