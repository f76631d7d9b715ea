package store

import (
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
)

// Add creates an entity contained in from.nav. It returns ErrExists when the
// navigation has a member with this key and ErrNotFound when from is unknown.
func (tx *Tx) Add(from Ref, nav, key string, o value.Object) (Ref, error) {
	return tx.add(from, nav, key, o, false)
}

// AddExact is Add for keys that differ by case, such as Outlook's (B-1.46).
func (tx *Tx) AddExact(from Ref, nav, key string, o value.Object) (Ref, error) {
	return tx.add(from, nav, key, o, true)
}

func (tx *Tx) add(from Ref, nav, key string, o value.Object, exact bool) (Ref, error) {
	if err := tx.writable(); err != nil {
		return 0, err
	}
	st := tx.st
	if from != 0 && st.record(from) == nil {
		return 0, ErrNotFound
	}
	rec := &record{object: o, key: strings.Clone(key), from: from, nav: st.navs.intern(nav), exact: exact}
	if st.taken(rec, 0) {
		return 0, ErrExists
	}
	st.ref++
	r := st.ref
	rec.seq = tx.note(entry{kind: Created, ref: r, from: from, nav: rec.nav, new: rec})
	rec.born = rec.seq
	st.settle(r, rec)
	if st.lookups.has(o) && !st.isDetached(from) {
		st.index(r, value.Object{}, o)
	}
	return r, nil
}

// taken reports whether rec's collection has another member with its key.
func (st *state) taken(rec *record, self Ref) bool {
	found := false
	key := foldKey(rec.key)
	st.keys.probe(keyItem{from: rec.from, nav: rec.nav, key: key}, func(it keyItem) bool {
		if it.from != rec.from || it.nav != rec.nav || it.key != key {
			return false
		}
		differs := rec.exact && it.exact && st.record(it.to).key != rec.key
		found = it.to != self && !differs
		return !found
	})
	return found
}

// settle puts an entity into its collection; rec.seq is the change that did it.
func (st *state) settle(r Ref, rec *record) {
	st.entities.set(r, rec)
	st.edges.set(edge{from: rec.from, nav: rec.nav, to: r})
	st.keys.set(keyItem{from: rec.from, nav: rec.nav, key: foldKey(rec.key), to: r, exact: rec.exact})
	st.count(rec.from, rec.nav, +1)
}

// unsettle takes an entity out of its collection.
func (st *state) unsettle(r Ref, rec *record) {
	st.edges.delete(edge{from: rec.from, nav: rec.nav, to: r})
	st.keys.delete(keyItem{from: rec.from, nav: rec.nav, key: foldKey(rec.key), to: r})
	st.count(rec.from, rec.nav, -1)
}

func (st *state) count(from Ref, id nav, by int) {
	h, _ := st.heads.get(head{from: from, nav: id})
	h.from, h.nav = from, id
	if h.n += by; h.n == 0 {
		st.heads.delete(h)
		return
	}
	st.heads.set(h)
}

// Replace gives an entity other members. Nothing happens, and nothing is
// journalled, when they are the same. It returns ErrNotFound.
func (tx *Tx) Replace(r Ref, o value.Object) error {
	old, err := tx.present(r)
	if err != nil {
		return err
	}
	if old.object.Equal(o) {
		return nil
	}
	if tx.st.lookups.has(old.object) || tx.st.lookups.has(o) {
		if !tx.st.isDetached(r) {
			tx.st.index(r, old.object, o)
		}
	}
	rec := *old
	rec.object = o
	tx.st.replaced += int64(old.object.Size())
	tx.revise(r, old, &rec, note{})
	return nil
}

// Rekey changes the key under which an entity is found, in its collection and in
// every navigation that links to it. It returns ErrExists and ErrNotFound.
func (tx *Tx) Rekey(r Ref, key string) error {
	old, err := tx.present(r)
	if err != nil || old.key == key {
		return err
	}
	st := tx.st
	rec := *old
	rec.key = strings.Clone(key)
	if st.taken(&rec, r) {
		return ErrExists
	}
	before, after := foldKey(old.key), foldKey(key)
	if before != after {
		st.rekey(keyItem{from: rec.from, nav: rec.nav, to: r, key: before}, after)
		for _, b := range st.referrers(r) {
			st.rekey(keyItem{from: b.from, nav: b.nav, to: r, key: before}, after)
		}
	}
	tx.revise(r, old, &rec, note{wasKey: old.key})
	return nil
}

func (st *state) rekey(it keyItem, key folded) {
	it, _ = st.keys.delete(it)
	it.key = key
	st.keys.set(it)
}

// present returns the version to be changed.
func (tx *Tx) present(r Ref) (*record, error) {
	if err := tx.writable(); err != nil {
		return nil, err
	}
	rec := tx.st.record(r)
	if rec == nil {
		return nil, ErrNotFound
	}
	return rec, nil
}

// revise stores a new version of an entity that stays where it is. Plain changes
// of what this transaction has changed before join that change.
func (tx *Tx) revise(r Ref, old, rec *record, n note) {
	if e := tx.change(old); e != nil && n == (note{}) {
		e.new = rec
		tx.st.entities.set(r, rec)
		return
	}
	e := entry{kind: Updated, ref: r, from: rec.from, nav: rec.nav, old: old, new: rec}
	if n != (note{}) {
		e.note = &n
	}
	rec.seq = tx.note(e)
	tx.st.entities.set(r, rec)
}
