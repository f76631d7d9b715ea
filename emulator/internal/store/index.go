package store

import (
	"cmp"
	"iter"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
)

// indexItem is one value of an indexed member. The key is a copy: a part of the
// object's text would keep old versions in memory.
type indexItem struct {
	key string // folded
	ref Ref
}

func lessIndex(a, b indexItem) bool {
	if c := cmp.Compare(a.key, b.key); c != 0 {
		return c < 0
	}
	return a.ref < b.ref
}

// indexSet knows which members of which types are indexed. It never changes.
type indexSet struct {
	byType map[string][]indexed
	byName map[string]int
}

type indexed struct {
	member string
	table  int
}

func newIndexSet(list []Index) *indexSet {
	s := &indexSet{byType: map[string][]indexed{}, byName: map[string]int{}}
	for i, x := range list {
		s.byType[x.Type] = append(s.byType[x.Type], indexed{x.Member, i})
		s.byName[x.Name()] = i
	}
	return s
}

// has reports whether an object's type has an index.
func (s *indexSet) has(o value.Object) bool {
	return len(s.byType) > 0 && o.Shape() != nil && s.byType[o.Type()] != nil
}

// index brings the indexes from old to new; the zero Object stands for nothing.
func (st *state) index(r Ref, old, new value.Object) {
	if old.Type() == new.Type() {
		for _, x := range st.lookups.byType[new.Type()] {
			before, _ := old.Get(x.member)
			after, _ := new.Get(x.member)
			if before != after {
				st.unindexValue(x.table, r, before)
				st.indexValue(x.table, r, after)
			}
		}
		return
	}
	for _, x := range st.lookups.byType[old.Type()] {
		v, _ := old.Get(x.member)
		st.unindexValue(x.table, r, v)
	}
	for _, x := range st.lookups.byType[new.Type()] {
		v, _ := new.Get(x.member)
		st.indexValue(x.table, r, v)
	}
}

func (st *state) indexValue(table int, r Ref, v value.Raw) {
	for key := range indexKeys(v) {
		st.indexes[table].set(indexItem{strings.Clone(key), r})
	}
}

func (st *state) unindexValue(table int, r Ref, v value.Raw) {
	for key := range indexKeys(v) {
		st.indexes[table].delete(indexItem{key, r})
	}
}

// indexKeys walks what a value is found by: a string, each string of an array,
// the text of a number or boolean; nothing for null and objects.
func indexKeys(v value.Raw) iter.Seq[string] {
	return func(yield func(string) bool) {
		switch v.Kind() {
		case value.KindString:
			s, _ := v.Text()
			yield(fold(s))
		case value.KindNumber, value.KindBool:
			yield(string(v))
		case value.KindArray:
			for e := range v.Elements() {
				if s, ok := e.Text(); ok && !yield(fold(s)) {
					return
				}
			}
		}
	}
}

// Lookup walks the entities whose indexed member has this value, without regard
// to case; of an array of strings, one equal element is enough. Nothing is found
// under a name that was not declared in Options.Indexes, and no detached entity.
func (tx *Tx) Lookup(index, key string) iter.Seq[Ref] {
	return func(yield func(Ref) bool) {
		i, ok := tx.st.lookups.byName[index]
		if !ok {
			return
		}
		key := fold(key)
		var found []Ref // collected first: the caller may write
		tx.st.indexes[i].from(indexItem{key: key}, func(it indexItem) bool {
			if it.key != key {
				return false
			}
			found = append(found, it.ref)
			return true
		})
		for _, r := range found {
			if !yield(r) {
				return
			}
		}
	}
}
