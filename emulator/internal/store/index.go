package store

import (
	"cmp"
	"iter"
	"slices"
	"strings"
	"sync"

	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
)

// indexItem is one value of an indexed member. All indexes lie in one table, so that
// a copy of the state costs the same however many there are. The key is a copy: a part
// of the object's text would keep old versions in memory.
type indexItem struct {
	index int
	key   string // folded
	ref   Ref
}

func lessIndex(a, b indexItem) bool {
	if a.index != b.index {
		return a.index < b.index
	}
	if c := cmp.Compare(a.key, b.key); c != 0 {
		return c < 0
	}
	return a.ref < b.ref
}

// indexSet knows which members of which types are indexed. It never changes but for
// what it remembers of types.
type indexSet struct {
	list   []Index
	byName map[string]int
	bases  func(typ string) []string
	byType sync.Map // type name -> []indexed
}

type indexed struct {
	member string
	index  int
}

func newIndexSet(list []Index, bases func(string) []string) *indexSet {
	s := &indexSet{list: list, byName: make(map[string]int, len(list)), bases: bases}
	for i, x := range list {
		s.byName[x.Name()] = i
	}
	return s
}

// of lists what is indexed of a type.
func (s *indexSet) of(typ string) []indexed {
	if len(s.list) == 0 || typ == "" {
		return nil
	}
	if v, ok := s.byType.Load(typ); ok {
		return v.([]indexed)
	}
	is := []string{typ}
	if s.bases != nil {
		is = append(is, s.bases(typ)...)
	}
	var out []indexed
	for i, x := range s.list {
		if slices.Contains(is, x.Type) {
			out = append(out, indexed{x.Member, i})
		}
	}
	v, _ := s.byType.LoadOrStore(strings.Clone(typ), out)
	return v.([]indexed)
}

// has reports whether an object's type has an index.
func (s *indexSet) has(o value.Object) bool { return s.of(o.Type()) != nil }

// index brings the indexes from old to new; the zero Object stands for nothing.
func (st *state) index(r Ref, old, new value.Object) {
	if old.Type() == new.Type() {
		for _, x := range st.lookups.of(new.Type()) {
			before, _ := old.Get(x.member)
			after, _ := new.Get(x.member)
			if before != after {
				st.unindexValue(x.index, r, before)
				st.indexValue(x.index, r, after)
			}
		}
		return
	}
	for _, x := range st.lookups.of(old.Type()) {
		v, _ := old.Get(x.member)
		st.unindexValue(x.index, r, v)
	}
	for _, x := range st.lookups.of(new.Type()) {
		v, _ := new.Get(x.member)
		st.indexValue(x.index, r, v)
	}
}

func (st *state) indexValue(index int, r Ref, v value.Raw) {
	for key := range IndexKeys(v) {
		st.indexes.set(indexItem{index, strings.Clone(key), r})
	}
}

func (st *state) unindexValue(index int, r Ref, v value.Raw) {
	for key := range IndexKeys(v) {
		st.indexes.delete(indexItem{index, key, r})
	}
}

// IndexKeys walks what a value is found by: a string, each string of an array,
// the text of a number or boolean; nothing for null and objects.
func IndexKeys(v value.Raw) iter.Seq[string] {
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
		tx.st.indexes.from(indexItem{index: i, key: key}, func(it indexItem) bool {
			if it.index != i || it.key != key {
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
