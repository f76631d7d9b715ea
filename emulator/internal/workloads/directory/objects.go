package directory

import (
	"iter"

	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

// objectSets are the sets of the service root whose members are directory objects.
var objectSets = [...]string{"users", "groups", "servicePrincipals", "applications", "devices", "contacts", "directoryRoles", "directoryRoleTemplates", "organization"}

const units = "administrativeUnits"

// placeViews are the directory objects by id, wherever they lie, and the
// administrative units at the second place that beta shows them.
func placeViews() []workload.View {
	return []workload.View{
		{Type: "microsoft.graph.GraphService", Nav: "directoryObjects", Find: findObject},
		{Type: "microsoft.graph.GraphService", Nav: units, Find: func(s workload.Scope, _ *workload.Node, key string) (workload.Item, bool) {
			return below(s, "directory", units, key)
		}, Members: func(s workload.Scope, _ *workload.Node, after store.Ref) iter.Seq[workload.Item] {
			return func(yield func(workload.Item) bool) {
				owner, ok := s.Tx.One(0, "directory")
				if !ok {
					return
				}
				for ref := range s.Tx.Members(owner, units, after) {
					if !yield(workload.Item{At: ref, Ref: ref}) {
						return
					}
				}
			}
		}},
	}
}

// findObject finds a directory object by its id: in the sets of the service root, among
// the administrative units and among the policies.
func findObject(s workload.Scope, _ *workload.Node, key string) (workload.Item, bool) {
	for _, set := range objectSets {
		if ref, ok := s.Tx.Find(0, set, key); ok {
			item := workload.Item{At: ref, Ref: ref}
			if nav, ok := s.Model.Root().Navigation(set); ok {
				item.Home = &workload.Home{Owner: &workload.Node{Type: s.Model.Root(), Exists: true}, Nav: nav, Key: key}
			}
			return item, true
		}
	}
	if item, ok := below(s, "directory", units, key); ok {
		return item, true
	}
	if policies, ok := s.Tx.One(0, "policies"); ok {
		for _, nav := range s.Tx.Navs(policies) {
			if item, ok := below(s, "policies", nav, key); ok {
				return item, true
			}
		}
	}
	return workload.Item{}, false
}

// below finds a member of a collection of a singleton.
func below(s workload.Scope, singleton, nav, key string) (workload.Item, bool) {
	if owner, ok := s.Tx.One(0, singleton); ok {
		if ref, ok := s.Tx.Find(owner, nav, key); ok {
			return workload.Item{At: ref, Ref: ref}, true
		}
	}
	return workload.Item{}, false
}

// createUnit puts an administrative unit where both versions find it.
func createUnit(c *workload.Call) (workload.Result, error) {
	if c.Self.Ref == 0 && c.Nav != nil && c.Nav.Name == units {
		owner, err := c.System.Member(c, root(c), "directory", "")
		if err != nil {
			return workload.Result{}, err
		}
		nav, ok := owner.Type.Navigation(units)
		if !ok {
			return c.Next()
		}
		c.Self, c.Nav = owner, nav
	}
	return c.Next()
}

// createScoped lets a member of a role act in an administrative unit. The role and the
// member show it as well.
func createScoped(c *workload.Call) (workload.Result, error) {
	if c.Loading || !c.Self.Type.Is("microsoft.graph.administrativeUnit") {
		return c.Next()
	}
	info, _ := c.Body.Get("roleMemberInfo")
	if info.Kind() != value.KindObject {
		return workload.Result{}, grapherr.Required("scopedRoleMembership", "roleMemberInfo")
	}
	who := info.Members()
	member, ok := object(c, text(who, "id"))
	if !ok && !c.Presumes {
		return workload.Result{}, grapherr.NoReference(text(who, "id"))
	}
	role, ok := object(c, text(c.Body, "roleId"))
	if !ok && !c.Presumes {
		return workload.Result{}, grapherr.NoReference(text(c.Body, "roleId"))
	}
	who.Set("displayName", value.String(member.Text("displayName")))
	c.Body.Set("roleMemberInfo", who.Object())
	c.Body.Set("administrativeUnitId", value.String(c.Self.Text("id")))
	res, err := c.Next()
	if err != nil || member.Ref <= 0 || role.Ref <= 0 {
		return res, err
	}
	if err := c.Tx.Link(role.Ref, "scopedMembers", res.One.Ref); err != nil {
		return res, err
	}
	return res, c.Tx.Link(member.Ref, "scopedRoleMemberOf", res.One.Ref)
}
