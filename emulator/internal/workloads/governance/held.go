package governance

import (
	"iter"
	"maps"
	"slices"
	"sync"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

// given are the types of what principals are given, by the navigation that it lies in.
var given = sync.OnceValue(func() map[string]edm.Name {
	out := map[string]edm.Name{"roleAssignments": roleAssignment}
	for i := range scheduled {
		s := &scheduled[i]
		out[s.nav], out[s.instances()] = s.name, s.instance()
	}
	return out
})

// about are the properties that tell one thing given from others.
var about = [...]string{"principalId", "roleDefinitionId", "directoryScopeId", "appScopeId", "groupId", "accessId"}

// same is the member of a navigation that is about the same as what text speaks of.
func same(tx *store.Reader, owner *workload.Node, nav string, text func(string) string) (workload.Node, bool) {
	if owner.Ref <= 0 {
		return workload.Node{}, false
	}
	ref, ok := workload.Same(tx, owner.Ref, nav, given()[nav], text, about[:]...)
	e, _ := tx.Get(ref)
	return workload.Node{Ref: ref, Object: e.Object, Exists: ok}, ok
}

// here is a view of what was given, but for what is about somebody, or a group, among the
// deleted items: it comes back with them (C-10.7).
func here(t edm.Name, nav string) workload.View {
	find := func(s workload.Scope, owner *workload.Node, key string) (workload.Item, bool) {
		if owner.Ref <= 0 {
			return workload.Item{}, false
		}
		ref, ok := s.Tx.Find(owner.Ref, nav, key)
		return workload.Item{At: ref, Ref: ref}, ok && shows(s.Tx, ref)
	}
	return workload.View{Type: t, Nav: nav, Find: find,
		Members: func(s workload.Scope, owner *workload.Node, after store.Ref) iter.Seq[workload.Item] {
			return func(yield func(workload.Item) bool) {
				if owner.Ref <= 0 {
					return
				}
				for ref := range s.Tx.Entities(owner.Ref, nav, after, func(o value.Object) bool { return !left(s.Tx, o) }) {
					if !yield(workload.Item{At: ref, Ref: ref}) {
						return
					}
				}
			}
		},
		Among: func(s workload.Scope, owner *workload.Node, name, text string, after store.Ref) (iter.Seq[workload.Item], bool) {
			switch {
			case owner.Ref <= 0, name != "principalId" && name != "groupId" && name != "id":
				return nil, false
			case name == "id":
				return func(yield func(workload.Item) bool) {
					if item, ok := find(s, owner, text); ok && item.At > after {
						yield(item)
					}
				}, true
			}
			return func(yield func(workload.Item) bool) {
				for ref := range s.Tx.Lookup(workload.IndexOf(given()[nav], name), text) {
					if ref > after && s.Tx.Contains(owner.Ref, nav, ref) && shows(s.Tx, ref) && !yield(workload.Item{At: ref, Ref: ref}) {
						return
					}
				}
			}, true
		},
	}
}

func shows(tx *store.Reader, ref store.Ref) bool {
	e, ok := tx.Get(ref)
	return ok && !left(tx, e.Object)
}

// left reports whether something given is about what lies among the deleted items.
func left(tx *store.Reader, o value.Object) bool {
	for _, name := range [...]string{"principalId", "groupId"} {
		raw, _ := o.Get(name)
		if id, _ := raw.Text(); id != "" && workload.Deleted(tx, id) {
			return true
		}
	}
	return false
}

// departures follow a principal or a group that is gone for good or comes back.
func departures() []workload.Rule {
	out := []workload.Rule{
		{Type: "microsoft.graph.user", Verb: bind.Invoke("restore"), After: true, Do: reconcile},
		{Type: "microsoft.graph.group", Verb: bind.Invoke("restore"), After: true, Do: reconcile},
	}
	for _, t := range [...]edm.Name{"microsoft.graph.user", "microsoft.graph.group", "microsoft.graph.servicePrincipal"} {
		out = append(out, workload.Rule{Type: t, Verb: bind.Delete, After: true, Do: forget}, workload.Rule{Type: t, Verb: bind.Invoke(workload.Expire), After: true, Do: forget})
	}
	return out
}

// forget takes away what was given to what is gone for good, and on it.
func forget(c *workload.Call) (workload.Result, error) {
	id := c.Self.Text("id")
	if _, there := c.Tx.Get(c.Self.Ref); there || id == "" {
		return workload.Result{}, nil
	}
	if err := bereave(c, id); err != nil {
		return workload.Result{}, err
	}
	for _, nav := range slices.Sorted(maps.Keys(given())) {
		for _, name := range [...]string{"principalId", "groupId"} {
			for ref := range c.Tx.Lookup(workload.IndexOf(given()[nav], name), id) {
				if err := c.System.Delete(c, ref); err != nil {
					return workload.Result{}, err
				}
			}
		}
	}
	return workload.Result{}, nil
}
