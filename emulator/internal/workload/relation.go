package workload

import (
	"iter"
	"slices"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// Inverse is a view of who links to an entity by one of the navigations links: a
// user's directReports are those whose manager it is (B-4.46). There is no second
// record of the link.
func Inverse(t edm.Name, nav string, links ...string) View {
	v := Related(t, nav, func(tx *store.Reader, r store.Ref) []store.Ref { return referrers(tx, r, links) })
	v.Links = links
	return v
}

// Transitive is a view of what one reaches over links, nested as deep as they go,
// each once: the members of a group's member groups.
func Transitive(t edm.Name, nav, link string) View {
	return Related(t, nav, reach(func(tx *store.Reader, r store.Ref) []store.Ref {
		return slices.Collect(tx.Members(r, link, 0))
	}))
}

// TransitiveInverse is a view of who reaches an entity over links: the groups of
// the groups that it is a member of.
func TransitiveInverse(t edm.Name, nav, link string) View {
	return Related(t, nav, reach(func(tx *store.Reader, r store.Ref) []store.Ref { return referrers(tx, r, []string{link}) }))
}

type steps func(tx *store.Reader, r store.Ref) []store.Ref

func referrers(tx *store.Reader, r store.Ref, links []string) []store.Ref {
	var out []store.Ref
	for l := range tx.Referrers(r) {
		if slices.Contains(links, l.Nav) {
			out = append(out, l.From)
		}
	}
	return out
}

// reach repeats a step until nothing new is met; the start does not reach itself.
func reach(step steps) steps {
	return func(tx *store.Reader, r store.Ref) []store.Ref {
		seen := map[store.Ref]bool{r: true}
		var out []store.Ref
		for next := []store.Ref{r}; len(next) > 0; next = next[1:] {
			for _, to := range step(tx, next[0]) {
				if !seen[to] {
					seen[to] = true
					out, next = append(out, to), append(next, to)
				}
			}
		}
		return out
	}
}

// Related is a view of the entities that of finds from the owner of the navigation, in the
// order in which they were made, each once.
func Related(t edm.Name, nav string, of func(tx *store.Reader, r store.Ref) []store.Ref) View {
	return View{Type: t, Nav: nav, Computed: true,
		Members: func(s Scope, owner *Node, after store.Ref) iter.Seq[Item] {
			return func(yield func(Item) bool) {
				if owner.Ref <= 0 {
					return
				}
				refs := of(s.Tx, owner.Ref)
				slices.Sort(refs)
				for _, ref := range slices.Compact(refs) {
					if ref > after && !yield(Item{At: ref, Ref: ref}) {
						return
					}
				}
			}
		},
		Find: func(s Scope, owner *Node, key string) (Item, bool) {
			if owner.Ref <= 0 {
				return Item{}, false
			}
			for _, ref := range of(s.Tx, owner.Ref) {
				if _, _, is, ok := s.Tx.Owner(ref); ok && strings.EqualFold(is, key) {
					return Item{At: ref, Ref: ref}, true
				}
			}
			return Item{}, false
		},
	}
}
