package store

import (
	"cmp"
	"iter"
	"maps"
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

// indexSet knows which members of which types are indexed. It asks for a type when it
// first meets one, and never again.
type indexSet struct {
	ask    func(typ string) []Index
	byType sync.Map // type name -> []indexed

	mu     sync.RWMutex
	byName map[string]int // the number of an index is its place in the order of meeting
}

type indexed struct {
	member string
	index  int
}

func newIndexSet(ask func(string) []Index) *indexSet {
	return &indexSet{ask: ask, byName: map[string]int{}}
}

// asking is a set with the numbers of this one that asks somebody else.
func (s *indexSet) asking(ask func(string) []Index) *indexSet {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return &indexSet{ask: ask, byName: maps.Clone(s.byName)}
}

// of lists what is indexed of a type.
func (s *indexSet) of(typ string) []indexed {
	if s.ask == nil || typ == "" {
		return nil
	}
	if v, ok := s.byType.Load(typ); ok {
		return v.([]indexed)
	}
	var out []indexed
	for _, x := range s.ask(typ) {
		out = append(out, indexed{x.Member, s.number(x.Name())})
	}
	v, _ := s.byType.LoadOrStore(strings.Clone(typ), out)
	return v.([]indexed)
}

// number is that of an index, given to it at the first meeting.
func (s *indexSet) number(name string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	i, ok := s.byName[name]
	if !ok {
		i = len(s.byName)
		s.byName[name] = i
	}
	return i
}

// met is the number of an index that an entity may stand in.
func (s *indexSet) met(name string) (int, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	i, ok := s.byName[name]
	return i, ok
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
// under a name that Options.Indexes does not give, and no detached entity.
func (tx *Reader) Lookup(index, key string) iter.Seq[Ref] {
	return func(yield func(Ref) bool) {
		i, ok := tx.st.lookups.met(index)
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
