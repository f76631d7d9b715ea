package store

import (
	"cmp"
	"slices"

	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
)

// Delete removes an entity with everything contained in it, at any depth, and
// every link from and to them, hidden ones included. Each entity and each link
// is a change of its own, innermost first. It returns ErrNotFound.
//
// Of a detached entity, the collection it was detached from is told as well: by
// a second change of kind Deleted.
func (tx *Tx) Delete(r Ref) error {
	if _, err := tx.present(r); err != nil {
		return err
	}
	list := tx.st.subtree(r)
	for i := len(list) - 1; i >= 0; i-- {
		tx.remove(list[i])
	}
	return nil
}

// subtree returns an entity and all it contains, owners before what they own.
func (st *state) subtree(r Ref) []Ref {
	list := []Ref{r}
	for i := 0; i < len(list); i++ {
		owner, first := list[i], len(list)
		st.edges.from(edge{from: owner}, func(e edge) bool {
			if e.from != owner {
				return false
			}
			if !e.linked {
				list = append(list, e.to)
			}
			return true
		})
		slices.Sort(list[first:]) // not by nav: its numbers are no order
	}
	return list
}

// outgoing returns the links that start at an entity, by name and then by target.
func (st *state) outgoing(r Ref) []back {
	var list []back
	st.edges.from(edge{from: r}, func(e edge) bool {
		if e.from != r {
			return false
		}
		if e.linked {
			b, _ := st.backs.get(back{to: e.to, from: r, nav: e.nav})
			list = append(list, b)
		}
		return true
	})
	if len(list) > 1 {
		slices.SortFunc(list, func(a, b back) int {
			if a.nav == b.nav {
				return cmp.Compare(a.to, b.to)
			}
			return cmp.Compare(st.navs.name(a.nav), st.navs.name(b.nav))
		})
	}
	return list
}

// remove deletes one entity that contains nothing any more.
func (tx *Tx) remove(r Ref) {
	st := tx.st
	for _, b := range st.outgoing(r) {
		tx.unlink(b)
	}
	for _, b := range st.referrers(r) {
		tx.unlink(b)
	}
	rec := st.record(r) // only now: a link to itself has moved it
	if st.veiled.len() > 0 {
		for _, v := range st.veils(r) {
			st.unveil(v)
			tx.unlinked(v.from, v.nav, v.to, st.record(v.to))
		}
		rec = st.record(r)
	}
	st.dropBlobs(r)
	st.dropWakes(r)
	if st.lookups.has(rec.object) {
		st.index(r, rec.object, value.Object{}) // nothing is there when it is detached
	}
	b, detached := st.bins.delete(bin{ref: r})
	st.unsettle(r, rec)
	st.entities.delete(r)
	st.replaced += int64(rec.object.Size())
	tx.note(entry{kind: Deleted, ref: r, from: rec.from, nav: rec.nav, old: rec})
	if detached {
		tx.note(entry{kind: Deleted, ref: r, from: b.from, nav: b.nav, old: rec})
	}
}
