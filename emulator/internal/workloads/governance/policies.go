package governance

import (
	"iter"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

const (
	rolePolicy       edm.Name = "microsoft.graph.unifiedRoleManagementPolicy"
	policyAssignment edm.Name = "microsoft.graph.unifiedRoleManagementPolicyAssignment"
	policyRule       edm.Name = "microsoft.graph.unifiedRoleManagementPolicyRule"

	policies    = "roleManagementPolicies"
	assignments = "roleManagementPolicyAssignments"
)

// A role management policy says how a role is given out. Each role of the directory has
// one, and each group two, for its members and its owners (C-10.4). None is stored before
// somebody changes it, and it comes and goes with what it is for.
func policyViews() []workload.View {
	const root edm.Name = "microsoft.graph.policyRoot"
	return []workload.View{
		{Type: root, Nav: policies, Members: all(policies), Among: among(policies), Find: find(policies), Computed: true},
		{Type: root, Nav: assignments, Members: all(assignments), Among: among(assignments), Find: find(assignments), Computed: true},
		{Type: policyAssignment, Nav: "policy", Find: policyOf},
		workload.DefaultMembers(rolePolicy, "rules", "", rulesOf),
		workload.DefaultMembers(rolePolicy, "effectiveRules", "rules", rulesOf),
	}
}

// post is what there is a policy for: a role of the directory, or membership or
// ownership of a group.
type post struct {
	at          store.Ref // its place among all
	kind, scope string    // as scopeType and scopeId say them
	role        string
}

// groupRoles are what one can be to a group.
var groupRoles = [...]string{"member", "owner"}

// id is that of the post in a navigation.
func (p *post) id(tx *store.Reader, nav string) string {
	over := p.scope
	if over == "/" {
		over = workload.TenantID(tx)
	}
	id := p.kind + "_" + over + "_" + value.NamedGUID("policy "+p.kind+" "+over+" "+p.role)
	if nav == assignments {
		id += "_" + p.role
	}
	return id
}

// item shows the post in a navigation: what is stored of it, else what it is before
// anybody changed it.
func (p *post) item(s workload.Scope, owner *workload.Node, nav string) workload.Item {
	id := p.id(s.Tx, nav)
	if ref, ok := stored(s, owner, nav, id); ok {
		return workload.Item{At: p.at, Ref: ref}
	}
	kind, scope := value.String(p.kind), value.String(p.scope)
	item := workload.Item{At: p.at, Ref: workload.NoRef}
	if nav == assignments {
		item.Object = s.Shapes.Object(string(policyAssignment), value.Members{{Name: "id", Value: value.String(id)},
			{Name: "policyId", Value: value.String(p.id(s.Tx, policies))}, {Name: "roleDefinitionId", Value: value.String(p.role)},
			{Name: "scopeId", Value: scope}, {Name: "scopeType", Value: kind}})
		return item
	}
	item.Object = s.Shapes.Object(string(rolePolicy), value.Members{{Name: "id", Value: value.String(id)}, {Name: "description", Value: kind},
		{Name: "displayName", Value: kind}, {Name: "isOrganizationDefault", Value: "false"}, {Name: "lastModifiedBy", Value: `{"displayName":null,"id":null}`},
		{Name: "lastModifiedDateTime", Value: value.Null}, {Name: "scopeId", Value: scope}, {Name: "scopeType", Value: kind}})
	if n, ok := owner.Type.Navigation(nav); ok {
		item.Home = &workload.Home{Owner: owner, Nav: n, Key: id}
	}
	return item
}

func stored(s workload.Scope, owner *workload.Node, nav, key string) (store.Ref, bool) {
	if owner.Ref <= 0 {
		return 0, false
	}
	return s.Tx.Find(owner.Ref, nav, key)
}

// directoryRoleDefinitions owns the roles of the directory; 0 before anybody came there.
func directoryRoleDefinitions(tx *store.Reader) store.Ref {
	if management, ok := tx.One(0, "roleManagement"); ok {
		if directory, ok := tx.One(management, "directory"); ok {
			return directory
		}
	}
	return 0
}

// postsOf are those of a role definition or a group.
func postsOf(tx *store.Reader, ref store.Ref) []post {
	switch _, nav, id, _ := tx.Owner(ref); nav {
	case "roleDefinitions":
		return []post{{at: 2 * ref, kind: "DirectoryRole", scope: "/", role: id}}
	case "groups":
		return []post{{2 * ref, "Group", id, groupRoles[0]}, {2*ref + 1, "Group", id, groupRoles[1]}}
	}
	return nil
}

// show walks the posts of role definitions and groups as members of a navigation, and
// what a tenant's own files put there.
func show(s workload.Scope, owner *workload.Node, nav string, after store.Ref, of ...iter.Seq[store.Ref]) iter.Seq[workload.Item] {
	given := filed(s, owner)
	if owner.Ref > 0 {
		of = append(of, s.Tx.Members(owner.Ref, nav, 0))
	}
	return func(yield func(workload.Item) bool) {
		for ref := range workload.Rising(of...) {
			if from, in, id, _ := s.Tx.Owner(ref); from == owner.Ref && in == nav {
				if _, ours := parse(s, id); !ours && 2*ref > after && !yield(workload.Item{At: 2 * ref, Ref: ref}) {
					return
				}
			}
			for _, p := range postsOf(s.Tx, ref) {
				if p.at > after && !given[p.scope+" "+p.role] && !yield(p.item(s, owner, nav)) {
					return
				}
			}
		}
	}
}

// filed are the posts whose assignment a tenant's own files give.
func filed(s workload.Scope, owner *workload.Node) map[string]bool {
	if owner.Ref <= 0 {
		return nil
	}
	out := map[string]bool{}
	for ref := range s.Tx.Members(owner.Ref, assignments, 0) {
		_, _, id, _ := s.Tx.Owner(ref)
		if _, ours := parse(s, id); ours {
			continue
		}
		e, _ := s.Tx.Get(ref)
		n := workload.Node{Object: e.Object}
		out[n.Text("scopeId")+" "+n.Text("roleDefinitionId")] = true
	}
	return out
}

func all(nav string) func(workload.Scope, *workload.Node, store.Ref) iter.Seq[workload.Item] {
	return func(s workload.Scope, owner *workload.Node, after store.Ref) iter.Seq[workload.Item] {
		behind := max(0, after/2-1)
		of := []iter.Seq[store.Ref]{s.Tx.Members(0, "groups", behind)}
		if roles := directoryRoleDefinitions(s.Tx); roles != 0 {
			of = append(of, s.Tx.Members(roles, "roleDefinitions", behind))
		}
		return show(s, owner, nav, after, of...)
	}
}

// among gives those of one scope.
func among(nav string) func(workload.Scope, *workload.Node, string, string, store.Ref) (iter.Seq[workload.Item], bool) {
	return func(s workload.Scope, owner *workload.Node, name, text string, after store.Ref) (iter.Seq[workload.Item], bool) {
		if name != "scopeId" {
			return nil, false
		}
		if roles := directoryRoleDefinitions(s.Tx); text == "/" && roles != 0 {
			return show(s, owner, nav, after, s.Tx.Members(roles, "roleDefinitions", max(0, after/2-1))), true
		}
		return show(s, owner, nav, after, s.Tx.Keyed(0, "groups", text)), true
	}
}

func find(nav string) func(workload.Scope, *workload.Node, string) (workload.Item, bool) {
	return func(s workload.Scope, owner *workload.Node, key string) (workload.Item, bool) {
		p, ours := parse(s, key)
		switch ref, ok := stored(s, owner, nav, key); {
		case ours && p == nil:
			return workload.Item{}, false
		case ours && strings.EqualFold(p.id(s.Tx, nav), key) && !filed(s, owner)[p.scope+" "+p.role]:
			return p.item(s, owner, nav), true
		case ok:
			return workload.Item{At: 2 * ref, Ref: ref}, true
		}
		return workload.Item{}, false
	}
}

// parse finds the post that an id is made of. ours says that the id is of that make: its
// post may be gone, and is nil then.
func parse(s workload.Scope, id string) (p *post, ours bool) {
	parts := strings.SplitN(id, "_", 4)
	if len(parts) < 3 {
		return nil, false
	}
	over := parts[1]
	made := func(p post) bool {
		parts := strings.Split(p.id(s.Tx, policies), "_")
		return strings.HasPrefix(strings.ToLower(id), strings.ToLower(strings.Join(parts, "_")))
	}
	switch {
	case strings.EqualFold(parts[0], "Group"):
		ref, there := s.Tx.Find(0, "groups", over)
		for i, role := range groupRoles {
			if q := (post{at: 2*ref + store.Ref(i), kind: "Group", scope: strings.ToLower(over), role: role}); made(q) {
				if !there {
					return nil, true
				}
				return &q, true
			}
		}
	case strings.EqualFold(parts[0], "DirectoryRole") && strings.EqualFold(over, workload.TenantID(s.Tx)):
		for ref := range s.Tx.Members(directoryRoleDefinitions(s.Tx), "roleDefinitions", 0) {
			if q := postsOf(s.Tx, ref)[0]; made(q) {
				return &q, true
			}
		}
	}
	return nil, false
}

// policyOf is the policy that an assignment names.
func policyOf(s workload.Scope, n *workload.Node, _ string) (workload.Item, bool) {
	root := &workload.Node{Type: s.Model.Root(), Exists: true}
	nav, ok := root.Type.Navigation("policies")
	if !ok {
		return workload.Item{}, false
	}
	owner := &workload.Node{Ref: workload.NoRef, Type: nav.Target(), Exists: true, Home: workload.Home{Owner: root, Nav: nav}}
	if ref, ok := s.Tx.One(0, "policies"); ok {
		owner.Ref = ref
	}
	if n.Ref == workload.NoRef { // it says itself what it is for
		p := post{kind: n.Text("scopeType"), scope: n.Text("scopeId"), role: n.Text("roleDefinitionId")}
		return p.item(s, owner, policies), true
	}
	return find(policies)(s, owner, n.Text("policyId"))
}
