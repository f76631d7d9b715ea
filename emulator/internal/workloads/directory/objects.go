package directory

import (
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

const units = "administrativeUnits"

// placeViews are directory objects by id that lie in no set of the service root, and
// the second road that beta has to administrative units.
func placeViews() []workload.View {
	const service = "microsoft.graph.GraphService"
	return []workload.View{
		{Type: service, Nav: "directoryObjects", Find: findObject, Beside: true},
		{Type: service, Nav: units, To: "directory/" + units},
	}
}

// findObject finds a directory object among the administrative units and the policies.
func findObject(s workload.Scope, _ *workload.Node, key string) (workload.Item, bool) {
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

// createScoped lets a member of a role act in an administrative unit. The role and the
// member show it as well.
func createScoped(c *workload.Call) (workload.Result, error) {
	if c.Loading() || !c.Self.Type.Is("microsoft.graph.administrativeUnit") {
		return c.Next()
	}
	info, _ := c.Body.Get("roleMemberInfo")
	if info.Kind() != value.KindObject {
		return workload.Result{}, grapherr.Required("scopedRoleMembership", "roleMemberInfo")
	}
	who := info.Members()
	member, ok := object(c, who.Text("id"))
	if !ok && !c.Presumes() {
		return workload.Result{}, grapherr.NoReference(who.Text("id"))
	}
	role, ok := object(c, c.Body.Text("roleId"))
	if !ok && !c.Presumes() {
		return workload.Result{}, grapherr.NoReference(c.Body.Text("roleId"))
	}
	who.Set("displayName", value.String(member.Text("displayName")))
	c.Body.Set("roleMemberInfo", who.Object())
	c.Body.Set("administrativeUnitId", value.String(c.Self.Text("id")))
	res, err := c.Next()
	if err != nil || member.Ref <= 0 || role.Ref <= 0 {
		return res, err
	}
	for _, on := range [...]struct {
		owner *workload.Node
		nav   string
	}{{&role, "scopedMembers"}, {&member, "scopedRoleMemberOf"}} {
		if _, shows := on.owner.Type.Navigation(on.nav); !shows {
			continue
		}
		if err := c.System.Link(c, on.owner, on.nav, res.One.Ref); err != nil {
			return res, err
		}
	}
	return res, nil
}
