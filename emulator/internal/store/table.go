package store

import "github.com/tidwall/btree"

// degree trades reading (32 is quickest) against what a write after a fork has
// to copy (8 is smallest).
const degree = 16

// table is a sorted set that remembers how to undo what the open transaction
// did to it. Nothing here locks: the store does.
type table[T any] struct {
	tree *btree.BTreeG[T]
	undo []step[T]
	hint btree.PathHint // where the writer last looked and will write next
}

// step undoes one change: put item back, or take it out again.
type step[T any] struct {
	item T
	had  bool
}

func newTable[T any](less func(a, b T) bool) table[T] {
	return table[T]{tree: btree.NewBTreeGOptions(less, btree.Options{Degree: degree, NoLocks: true})}
}

func (t *table[T]) get(key T) (T, bool) { return t.tree.Get(key) }

func (t *table[T]) set(item T) {
	prev, had := t.tree.SetHint(item, &t.hint)
	if !had {
		prev = item
	}
	t.undo = append(t.undo, step[T]{prev, had})
}

func (t *table[T]) delete(key T) (T, bool) {
	prev, had := t.tree.Delete(key)
	if had {
		t.undo = append(t.undo, step[T]{prev, true})
	}
	return prev, had
}

// probe is from for the writer, when a set nearby follows.
func (t *table[T]) probe(key T, f func(T) bool) { t.tree.AscendHint(key, f, &t.hint) }

// from walks upward from the first item not below key until f returns false.
func (t *table[T]) from(key T, f func(T) bool) { t.tree.Ascend(key, f) }

func (t *table[T]) len() int { return t.tree.Len() }

// copy changes the tree it copies from, too: it needs the write lock.
func (t *table[T]) copy() table[T] { return table[T]{tree: t.tree.Copy()} }

const keepUndo = 1024 // steps of room kept between transactions

func (t *table[T]) commit() {
	if len(t.undo) == 0 {
		return
	}
	clear(t.undo) // old versions must not stay in memory for it
	if t.undo = t.undo[:0]; cap(t.undo) > keepUndo {
		t.undo = nil
	}
}

func (t *table[T]) rollback() {
	for i := len(t.undo) - 1; i >= 0; i-- {
		if s := t.undo[i]; s.had {
			t.tree.Set(s.item)
		} else {
			t.tree.Delete(s.item)
		}
	}
	t.commit()
}
