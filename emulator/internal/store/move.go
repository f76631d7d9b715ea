package store

import (
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
)

// Move takes an entity, with all it contains, to another collection under
// another key. Links stay, and are hidden when the new place is inside a detached
// entity. It is journalled as Detached from the one place and
// Attached to the other. It returns ErrExists, ErrNotFound, and ErrCycle when
// the new owner is inside the entity; ErrLinked when the collection links to it.
func (tx *Tx) Move(r, from Ref, nav, key string) error {
	old, err := tx.present(r)
	if err != nil {
		return err
	}
	was := tx.st.isDetached(r)
	if err := tx.move(r, old, from, tx.st.navs.intern(nav), key); err != nil {
		return err
	}
	tx.resight(r, was)
	return nil
}

// move takes an entity to another place and leaves its links alone.
func (tx *Tx) move(r Ref, old *record, from Ref, id nav, key string) error {
	st := tx.st
	if from != 0 && st.record(from) == nil {
		return ErrNotFound
	}
	for up := from; up != 0; up = st.record(up).from {
		if up == r {
			return ErrCycle
		}
	}
	if st.links(from, id, r) {
		return ErrLinked
	}
	rec := *old
	rec.from, rec.nav, rec.key = from, id, strings.Clone(key)
	if st.taken(&rec, r) {
		return ErrExists
	}
	if fold(old.key) != fold(key) {
		for _, b := range st.referrers(r) {
			st.rekey(keyItem{from: b.from, nav: b.nav, to: r, key: foldKey(old.key)}, foldKey(key))
		}
	}
	st.unsettle(r, old)
	tx.note(entry{kind: Detached, ref: r, from: old.from, nav: old.nav, old: old})
	rec.seq = tx.note(entry{kind: Attached, ref: r, from: from, nav: id, old: old, new: &rec})
	st.settle(r, &rec)
	return nil
}

// links reports whether there is a link, also a hidden one.
func (st *state) links(from Ref, id nav, to Ref) bool {
	_, ok := st.backs.get(back{to: to, from: from, nav: id})
	if !ok {
		_, ok = st.veiled.get(veiled{end: to, from: from, nav: id, to: to})
	}
	return ok
}

// Detach puts an entity out of sight, as a soft delete does: it moves to
// another collection, where it keeps its key and can be read and changed. While
// it is there, no link from or to it or what it contains shows, and no index
// finds them. Nothing tells the other ends (B-4.31, B-6.11). Errors are those
// of Move, and ErrDetached.
func (tx *Tx) Detach(r, to Ref, nav string) error {
	old, err := tx.present(r)
	if err != nil {
		return err
	}
	st := tx.st
	if _, ok := st.bins.get(bin{ref: r}); ok {
		return ErrDetached
	}
	was := st.isDetached(r)
	if err := tx.move(r, old, to, st.navs.intern(nav), old.key); err != nil {
		return err
	}
	st.bins.set(bin{ref: r, from: old.from, nav: old.nav})
	tx.resight(r, was)
	return nil
}

// Attach brings a detached entity back to where it was, under the key it has
// now, and its links with it, except those whose other end is gone or detached.
// Each link that comes back is a change of kind Linked.
// It returns ErrAttached when the entity is not detached, ErrNotFound when its
// owner is gone, and ErrExists when its key has been taken meanwhile.
func (tx *Tx) Attach(r Ref) error {
	old, err := tx.present(r)
	if err != nil {
		return err
	}
	st := tx.st
	b, ok := st.bins.get(bin{ref: r})
	if !ok {
		return ErrAttached
	}
	if err := tx.move(r, old, b.from, b.nav, old.key); err != nil {
		return err
	}
	st.bins.delete(b)
	tx.resight(r, true)
	return nil
}

// Detached reports whether an entity, or one that contains it, is detached.
func (tx *Reader) Detached(r Ref) bool { return tx.st.isDetached(r) }

func (st *state) isDetached(r Ref) bool {
	if st.bins.len() == 0 {
		return false
	}
	for ; r != 0; r = st.record(r).from {
		if _, ok := st.bins.get(bin{ref: r}); ok {
			return true
		}
	}
	return false
}

// resight hides or shows the links of an entity whose sight has changed.
func (tx *Tx) resight(r Ref, wasDetached bool) {
	switch is := tx.st.isDetached(r); {
	case is && !wasDetached:
		tx.st.hide(r)
	case wasDetached && !is:
		tx.show(r)
	}
}

// hide veils every link that touches r or what it contains.
func (st *state) hide(r Ref) {
	for _, r := range st.subtree(r) {
		for _, b := range st.outgoing(r) {
			st.veil(b)
		}
		for _, b := range st.referrers(r) {
			st.veil(b)
		}
		if o := st.record(r).object; st.lookups.has(o) {
			st.index(r, o, value.Object{})
		}
	}
}

func (st *state) veil(b back) {
	st.part(b, st.record(b.to))
	v := veiled{end: b.from, from: b.from, nav: b.nav, to: b.to}
	st.veiled.set(v)
	v.end = b.to
	st.veiled.set(v)
}

func (st *state) unveil(v veiled) {
	v.end = v.from
	st.veiled.delete(v)
	v.end = v.to
	st.veiled.delete(v)
}

// veils returns the hidden links of an entity, as outgoing and referrers do.
func (st *state) veils(r Ref) []veiled {
	var list []veiled
	st.veiled.from(veiled{end: r}, func(v veiled) bool {
		if v.end != r {
			return false
		}
		list = append(list, v)
		return true
	})
	return list
}

// show undoes hide. A link whose other end is still hidden stays so, and comes
// back with that. A link that comes back is journalled, although its going was
// not: who began to follow the collection meanwhile has not seen it.
func (tx *Tx) show(r Ref) {
	st := tx.st
	for _, r := range st.subtree(r) {
		for _, v := range st.veils(r) {
			if st.isDetached(v.from) || st.isDetached(v.to) {
				continue
			}
			st.unveil(v)
			tx.link(v.from, v.nav, v.to, st.record(v.to))
		}
		if o := st.record(r).object; st.lookups.has(o) && !st.isDetached(r) { // one inside may be detached by itself
			st.index(r, value.Object{}, o)
		}
	}
}
