package store

import (
	"cmp"
	"iter"
	"slices"
)

// Link makes an entity a member of from.nav where it is not contained. It leaves
// the etag of both alone. It returns ErrLinked when to is a member already,
// ErrNotFound, and ErrDetached when an end is out of sight.
func (tx *Tx) Link(from Ref, nav string, to Ref) error {
	rec, err := tx.present(to)
	if err != nil {
		return err
	}
	st := tx.st
	if from != 0 && st.record(from) == nil {
		return ErrNotFound
	}
	if st.isDetached(from) || st.isDetached(to) {
		return ErrDetached
	}
	id := st.navs.intern(nav)
	if _, ok := st.edges.get(edge{from: from, nav: id, to: to}); ok {
		return ErrLinked
	}
	tx.link(from, id, to, rec)
	return nil
}

func (tx *Tx) link(from Ref, id nav, to Ref, rec *record) {
	tx.note(entry{kind: Linked, ref: to, from: from, nav: id, new: rec})
	tx.st.join(back{to: to, from: from, nav: id}, rec)
}

// join makes a link visible.
func (st *state) join(b back, to *record) {
	st.backs.set(b)
	st.edges.set(edge{from: b.from, nav: b.nav, to: b.to, linked: true})
	st.keys.set(keyItem{from: b.from, nav: b.nav, key: foldKey(to.key), to: b.to, exact: to.exact})
	st.count(b.from, b.nav, +1)
}

// part makes a link invisible.
func (st *state) part(b back, to *record) {
	st.backs.delete(b)
	st.edges.delete(edge{from: b.from, nav: b.nav, to: b.to})
	st.keys.delete(keyItem{from: b.from, nav: b.nav, key: foldKey(to.key), to: b.to})
	st.count(b.from, b.nav, -1)
}

// SetOne makes to the only link of a navigation that has at most one; others
// are unlinked, hidden ones too: they would come back beside it. It leaves the
// link alone when to is it already, and takes it away when to is 0. Errors are
// those of Link.
func (tx *Tx) SetOne(from Ref, nav string, to Ref) error {
	if err := tx.writable(); err != nil {
		return err
	}
	if to != 0 && tx.st.record(to) == nil {
		return ErrNotFound
	}
	if tx.st.isDetached(from) || tx.st.isDetached(to) {
		return ErrDetached
	}
	for r := range tx.Members(from, nav, 0) {
		if r == to {
			continue
		}
		if err := tx.Unlink(from, nav, r); err != nil {
			return err
		}
	}
	for _, v := range tx.hidden(from) {
		if tx.st.navs.name(v.nav) == nav {
			tx.st.unveil(v)
			tx.unlinked(v.from, v.nav, v.to, tx.st.record(v.to))
		}
	}
	if to == 0 || tx.Contains(from, nav, to) {
		return nil
	}
	return tx.Link(from, nav, to)
}

// Hidden lists the links that start at an entity and do not show because an end
// is out of sight, by name and then by target.
func (tx *Reader) Hidden(from Ref) []Link {
	var list []Link
	for _, v := range tx.hidden(from) {
		list = append(list, Link{From: from, Nav: tx.st.navs.name(v.nav), To: v.to})
	}
	slices.SortFunc(list, func(a, b Link) int { return cmp.Or(cmp.Compare(a.Nav, b.Nav), cmp.Compare(a.To, b.To)) })
	return list
}

func (tx *Reader) hidden(from Ref) []veiled {
	return slices.DeleteFunc(tx.st.veils(from), func(v veiled) bool { return v.from != from })
}

// Unlink takes away a link. It returns ErrNoLink when there is none, also for a
// contained member: that can only be deleted or moved.
func (tx *Tx) Unlink(from Ref, nav string, to Ref) error {
	if err := tx.writable(); err != nil {
		return err
	}
	id, ok := tx.st.navs.lookup(nav)
	if !ok {
		return ErrNoLink
	}
	b, ok := tx.st.backs.get(back{to: to, from: from, nav: id})
	if !ok {
		return ErrNoLink
	}
	tx.unlink(b)
	return nil
}

func (tx *Tx) unlink(b back) {
	st := tx.st
	rec := st.record(b.to)
	st.part(b, rec)
	tx.unlinked(b.from, b.nav, b.to, rec)
}

// unlinked journals a link that is gone.
func (tx *Tx) unlinked(from Ref, id nav, to Ref, rec *record) {
	tx.note(entry{kind: Unlinked, ref: to, from: from, nav: id, old: rec})
}

// Linked reports whether from.nav links to an entity. A link whose end is
// detached does not show.
func (tx *Reader) Linked(from Ref, nav string, to Ref) bool {
	id, ok := tx.st.navs.lookup(nav)
	if !ok {
		return false
	}
	_, ok = tx.st.backs.get(back{to: to, from: from, nav: id})
	return ok
}

// Link is a reference from one entity to another.
type Link struct {
	From Ref
	Nav  string
	To   Ref
}

// Referrers walks the links that point at an entity, by From and then by name.
func (tx *Reader) Referrers(to Ref) iter.Seq[Link] {
	list := tx.st.referrers(to)
	return func(yield func(Link) bool) {
		for _, b := range list {
			if !yield(Link{From: b.from, Nav: tx.st.navs.name(b.nav), To: to}) {
				return
			}
		}
	}
}

func (st *state) referrers(to Ref) []back {
	var list []back
	st.backs.from(back{to: to}, func(b back) bool {
		if b.to != to {
			return false
		}
		list = append(list, b)
		return true
	})
	if len(list) > 1 {
		slices.SortFunc(list, func(a, b back) int {
			if c := cmp.Compare(a.from, b.from); c != 0 || a.nav == b.nav {
				return c
			}
			return cmp.Compare(st.navs.name(a.nav), st.navs.name(b.nav))
		})
	}
	return list
}
