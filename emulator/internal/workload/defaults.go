package workload

import (
	"iter"
	"slices"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// DefaultMember is a member that a collection has before anybody wrote to it.
type DefaultMember struct {
	ID      string
	Type    edm.Name
	Members value.Members // its id among them, in the order of the model
}

// DefaultMembers is a view of a collection whose members no one makes or deletes: the defaults of
// its owner, each as it was changed, and what else a tenant's own files put there. under is
// the navigation that they are stored in; empty: the view's own.
func DefaultMembers(t edm.Name, nav, under string, of func(owner *Node) []DefaultMember) View {
	if under == "" {
		under = nav
	}
	walk := func(s Scope, owner *Node, after store.Ref) iter.Seq[Item] {
		return func(yield func(Item) bool) {
			defaults := of(owner)
			for i := range defaults {
				if store.Ref(i+1) > after && !yield(defaultItem(s, owner, under, store.Ref(i+1), &defaults[i])) {
					return
				}
			}
			if owner.Ref <= 0 {
				return
			}
			for ref := range s.Tx.Members(owner.Ref, under, 0) {
				_, _, id, _ := s.Tx.Owner(ref)
				other := !slices.ContainsFunc(defaults, func(p DefaultMember) bool { return strings.EqualFold(p.ID, id) })
				if at := store.Ref(len(defaults)) + ref; other && at > after && !yield(Item{At: at, Ref: ref}) {
					return
				}
			}
		}
	}
	find := func(s Scope, owner *Node, key string) (Item, bool) {
		defaults := of(owner)
		for i := range defaults {
			if strings.EqualFold(defaults[i].ID, key) {
				return defaultItem(s, owner, under, store.Ref(i+1), &defaults[i]), true
			}
		}
		if owner.Ref <= 0 {
			return Item{}, false
		}
		ref, ok := s.Tx.Find(owner.Ref, under, key)
		return Item{At: store.Ref(len(defaults)) + ref, Ref: ref}, ok
	}
	return View{Type: t, Nav: nav, Members: walk, Find: find, Computed: true}
}

func defaultItem(s Scope, owner *Node, under string, at store.Ref, p *DefaultMember) Item {
	if owner.Ref > 0 {
		if ref, ok := s.Tx.Find(owner.Ref, under, p.ID); ok {
			return Item{At: at, Ref: ref}
		}
	}
	item := Item{At: at, Ref: NoRef, Object: s.Shapes.Object(string(p.Type), p.Members)}
	if n, ok := owner.Type.Navigation(under); ok {
		item.Home = &Home{Owner: owner, Nav: n, Key: p.ID}
	}
	return item
}
