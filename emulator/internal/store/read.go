package store

import (
	"iter"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// fold makes keys and index values comparable without regard to case: what
// strings.EqualFold takes for equal folds to one text. It allocates nothing when s is
// ASCII in lower case.
func fold(s string) string {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return strings.Map(foldRune, s)
		}
	}
	return strings.ToLower(s)
}

// foldRune is the lower case of the least of the letters that differ by case only:
// there may be three of them (σ, ς, Σ).
func foldRune(r rune) rune {
	least := r
	for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
		least = min(least, f)
	}
	return unicode.ToLower(least)
}

// Find returns the member of from.nav whose key is key, contained or linked.
// Keys compare without regard to case, except those of members added with
// AddExact. Of several links with one key, the one written alike wins, then the
// older.
func (tx *Reader) Find(from Ref, nav, key string) (Ref, bool) {
	id, ok := tx.st.navs.lookup(nav)
	if !ok {
		return 0, false
	}
	return tx.st.find(from, id, key)
}

func (st *state) find(from Ref, id nav, key string) (Ref, bool) {
	var found Ref
	want := foldKey(key)
	st.keys.from(keyItem{from: from, nav: id, key: want}, func(it keyItem) bool {
		if it.from != from || it.nav != id || it.key != want {
			return false
		}
		if it.exact || found != 0 {
			if st.record(it.to).key == key {
				found = it.to
				return false
			}
		} else {
			found = it.to
		}
		return true
	})
	return found, found != 0
}

// batch is how many members a walk inside Update reads ahead.
const batch = 64

// Members walks from.nav in Ref order, which is the order of creation, starting
// behind after (0: at the first). Inside Update the collection may change
// meanwhile: what is gone when its turn comes is left out.
func (tx *Reader) Members(from Ref, nav string, after Ref) iter.Seq[Ref] {
	return func(yield func(Ref) bool) {
		id, ok := tx.st.navs.lookup(nav)
		if !ok {
			return
		}
		if tx.w == nil {
			tx.st.edges.from(edge{from: from, nav: id, to: after + 1}, func(e edge) bool {
				return e.from == from && e.nav == id && yield(e.to)
			})
			return
		}
		tx.membersWhileWriting(from, id, after, yield)
	}
}

// membersWhileWriting never holds a position in the tree while the caller runs.
func (tx *Reader) membersWhileWriting(from Ref, id nav, after Ref, yield func(Ref) bool) {
	var ahead [batch]Ref
	for {
		n := 0
		tx.st.edges.from(edge{from: from, nav: id, to: after + 1}, func(e edge) bool {
			if e.from != from || e.nav != id {
				return false
			}
			ahead[n] = e.to
			n++
			return n < batch
		})
		seen := tx.st.seq
		for _, r := range ahead[:n] {
			if tx.st.seq != seen {
				if _, ok := tx.st.edges.get(edge{from: from, nav: id, to: r}); !ok {
					continue
				}
			}
			if !yield(r) {
				return
			}
		}
		if n < batch {
			return
		}
		after = ahead[n-1]
	}
}

// Count returns the number of members of from.nav.
func (tx *Reader) Count(from Ref, nav string) int {
	id, ok := tx.st.navs.lookup(nav)
	if !ok {
		return 0
	}
	h, _ := tx.st.heads.get(head{from: from, nav: id})
	return h.n
}

// Skip returns the member of from.nav that n others come before, without
// walking past them; false when there are no more than n.
func (tx *Reader) Skip(from Ref, nav string, n int) (Ref, bool) {
	id, ok := tx.st.navs.lookup(nav)
	if !ok || n < 0 {
		return 0, false
	}
	first := edge{from: from, nav: id}
	tree := tx.st.edges.tree
	low, high := 0, tree.Len() // the tree counts positions but does not tell that of a key
	for low < high {
		mid := int(uint(low+high) >> 1)
		if e, _ := tree.GetAt(mid); lessEdge(e, first) {
			low = mid + 1
		} else {
			high = mid
		}
	}
	e, ok := tree.GetAt(low + n)
	if !ok || e.from != from || e.nav != id {
		return 0, false
	}
	return e.to, true
}

// One returns the member of a navigation that has at most one.
func (tx *Reader) One(from Ref, nav string) (Ref, bool) {
	id, ok := tx.st.navs.lookup(nav)
	if !ok {
		return 0, false
	}
	var to Ref
	tx.st.edges.from(edge{from: from, nav: id}, func(e edge) bool {
		if e.from == from && e.nav == id {
			to = e.to
		}
		return false
	})
	return to, to != 0
}

// Contains reports whether an entity is a member of from.nav, contained or linked.
func (tx *Reader) Contains(from Ref, nav string, member Ref) bool {
	id, ok := tx.st.navs.lookup(nav)
	if !ok {
		return false
	}
	_, ok = tx.st.edges.get(edge{from: from, nav: id, to: member})
	return ok
}

// Navs returns the names, sorted, of the navigations of an entity that have
// members. Together with Members it reaches everything, from 0.
func (tx *Reader) Navs(from Ref) []string {
	var names []string
	tx.st.heads.from(head{from: from}, func(h head) bool {
		if h.from != from {
			return false
		}
		names = append(names, tx.st.navs.name(h.nav))
		return true
	})
	slices.Sort(names)
	return names
}
