package governance

import (
	"encoding/base64"
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

const (
	definitionType edm.Name = "microsoft.graph.unifiedRoleDefinition"
	roleAssignment edm.Name = "microsoft.graph.unifiedRoleAssignment"
)

func roles() []workload.Rule {
	return []workload.Rule{
		{Type: definitionType, Verb: bind.Update, Do: customOnly},
		{Type: definitionType, Verb: bind.Delete, Do: dropDefinition},
		{Type: roleAssignment, Verb: bind.Create, Do: assignRole},
		{Type: roleAssignment, Verb: bind.Delete, Do: unassignRole},
	}
}

// roleViews shows the assignments there are, and what they refer to by their ids.
func roleViews() []workload.View {
	out := []workload.View{here("microsoft.graph.rbacApplication", "roleAssignments"),
		{Type: definitionType, Nav: "inheritsPermissionsFrom", Members: inherited, Find: inheritedBy, Computed: true}}
	for _, t := range []edm.Name{roleAssignment, "microsoft.graph.unifiedRoleAssignmentScheduleRequest", "microsoft.graph.unifiedRoleEligibilityScheduleRequest",
		"microsoft.graph.unifiedRoleScheduleBase", "microsoft.graph.unifiedRoleScheduleInstanceBase"} {
		out = append(out, workload.View{Type: t, Nav: "principal", Find: principal},
			workload.View{Type: t, Nav: "roleDefinition", Find: definition})
	}
	return out
}

// directoryReaders is the role that nearly all built-in roles inherit permissions from.
const directoryReaders = "88d8e3e3-8f55-4a1e-953a-9b9898b8876b"

// heirless are the built-in roles that inherit nothing: directoryReaders itself, and what
// users and guests may do without a role.
var heirless = []string{directoryReaders, "10dae51f-b6af-4016-8d66-8c2a99b929b3", "2af84b1e-32c8-42b7-82bc-daa82404023b", "a0b1b346-4d3e-4e8b-98f8-753987be4970"}

// inherited lists the role that a built-in role of the directory inherits permissions from.
func inherited(s workload.Scope, n *workload.Node, after store.Ref) iter.Seq[workload.Item] {
	return func(yield func(workload.Item) bool) {
		if !n.Bool("isBuiltIn") || slices.Contains(heirless, n.Text("id")) {
			return
		}
		from, _, _, ok := s.Tx.Owner(n.Ref)
		if !ok {
			return
		}
		if ref, ok := s.Tx.Find(from, "roleDefinitions", directoryReaders); ok && ref > after {
			yield(workload.Item{At: ref, Ref: ref})
		}
	}
}

func inheritedBy(s workload.Scope, n *workload.Node, key string) (workload.Item, bool) {
	for item := range inherited(s, n, 0) {
		return item, strings.EqualFold(key, directoryReaders)
	}
	return workload.Item{}, false
}

// principal is the directory object that principalId names.
func principal(s workload.Scope, n *workload.Node, _ string) (workload.Item, bool) {
	ref, ok := principalOf(s.Tx, n.Text("principalId"))
	return workload.Item{At: ref, Ref: ref}, ok
}

func principalOf(tx *store.Reader, id string) (store.Ref, bool) {
	for _, set := range [...]string{"users", "groups", "servicePrincipals"} {
		if ref, ok := tx.Find(0, set, id); ok {
			return ref, true
		}
	}
	return 0, false
}

// definition is the role that roleDefinitionId names, among those of the application
// that the assignment belongs to.
func definition(s workload.Scope, n *workload.Node, _ string) (workload.Item, bool) {
	if from, _, _, ok := s.Tx.Owner(n.Ref); ok {
		if ref, ok := s.Tx.Find(from, "roleDefinitions", n.Text("roleDefinitionId")); ok {
			return workload.Item{At: ref, Ref: ref}, true
		}
	}
	return workload.Item{}, false
}

// customOnly keeps the built-in roles as they are.
func customOnly(c *workload.Call) (workload.Result, error) {
	if c.Self.Bool("isBuiltIn") && !c.Presumes() {
		return workload.Result{}, grapherr.BadRequest("Built-in role definitions cannot be changed or deleted.")
	}
	return c.Next()
}

// dropDefinition deletes a role with the policy on how it is given out.
func dropDefinition(c *workload.Call) (workload.Result, error) {
	if owner, ok := c.Tx.One(0, "policies"); ok && c.Self.Exists {
		for _, p := range postsOf(c.Tx, c.Self.Ref) {
			if ref, ok := c.Tx.Find(owner, policies, p.id(c.Tx, policies)); ok {
				if err := c.System.Delete(c, ref); err != nil {
					return workload.Result{}, err
				}
			}
		}
	}
	return customOnly(c)
}

// assignRole refuses an assignment of what there is not, or a second one.
func assignRole(c *workload.Call) (workload.Result, error) {
	id := assignmentID(c)
	if c.Loading() || c.Presumes() {
		if id != "" {
			c.Body.SetMissing("id", value.String(id))
		}
		return c.Next()
	}
	if err := assignable(c); err != nil {
		return workload.Result{}, err
	}
	if _, twin := same(c.Tx, &c.Self, "roleAssignments", c.Body.Text); twin {
		return workload.Result{}, &grapherr.Error{Status: 400, Code: "Request_BadRequest", Message: "A conflicting object with one or more of the specified property values is present in the directory."}
	}
	if id != "" {
		c.Body.Set("id", value.String(id))
	}
	res, err := c.Next()
	if err != nil {
		return res, err
	}
	if h := c.Self.Home; h.Nav != nil && h.Nav.Name == "entitlementManagement" {
		res.Status = 200 // hamilton waits for it
	}
	return res, hold(c, &res.One.Node)
}

// assignmentID is the id of a new assignment: the GUIDs of its role and its principal, and a
// number that tells it from others of both. Empty: one of them is no GUID.
func assignmentID(c *workload.Call) string {
	role, ok := value.GUIDBytes(c.Body.Text("roleDefinitionId"))
	member, known := value.GUIDBytes(c.Body.Text("principalId"))
	if !ok || !known {
		return ""
	}
	both := base64.RawURLEncoding.EncodeToString(slices.Concat(role[:], member[:]))
	for n := 1; ; n++ {
		id := both + "-" + strconv.Itoa(n)
		if _, taken := c.Tx.Find(c.Self.Ref, c.Nav.Name, id); !taken {
			return id
		}
	}
}

// directoryRoles are the roles of the tenant that somebody has, by their templates.
const directoryRoles = "microsoft.graph.directoryRole/roleTemplateId"

// ofDirectory are the directory role and the principal that an assignment over the whole
// directory is about; false for any other, and for roles of one's own.
func ofDirectory(c *workload.Call, assignment *workload.Node) (role, member store.Ref, ok bool) {
	if assignment.Text("directoryScopeId") != "/" {
		return 0, 0, false
	}
	item, ok := principal(workload.Scope{Tx: c.Tx}, assignment, "")
	if !ok {
		return 0, 0, false
	}
	for ref := range c.Tx.Lookup(directoryRoles, assignment.Text("roleDefinitionId")) {
		return ref, item.Ref, true
	}
	return 0, item.Ref, true
}

// hold makes the principal a member of the directory role, which is activated for it:
// both say the same, and tokens tell of it.
func hold(c *workload.Call, assignment *workload.Node) error {
	role, member, ok := ofDirectory(c, assignment)
	root := &workload.Node{Type: c.Model.Root(), Exists: true}
	id := assignment.Text("roleDefinitionId")
	if template, err := c.System.Member(c, root, "directoryRoleTemplates", id); err != nil || !ok || !template.Exists {
		return err
	}
	var n workload.Node
	var err error
	if role > 0 {
		n, err = roleAt(c, role)
	} else {
		n, err = c.System.Create(c, root, "directoryRoles", value.Members{{Name: "roleTemplateId", Value: value.String(id)}})
	}
	if err != nil {
		return err
	}
	return c.System.Link(c, &n, "members", member)
}

// roleAt is a stored directory role as a node.
func roleAt(c *workload.Call, ref store.Ref) (workload.Node, error) {
	_, _, key, _ := c.Tx.Owner(ref)
	return c.System.Member(c, &workload.Node{Type: c.Model.Root(), Exists: true}, "directoryRoles", key)
}

// unassignRole takes the principal out of the directory role as well.
func unassignRole(c *workload.Call) (workload.Result, error) {
	if err := letGo(c, &c.Self); err != nil {
		return workload.Result{}, err
	}
	return c.Next()
}

func letGo(c *workload.Call, assignment *workload.Node) error {
	role, member, ok := ofDirectory(c, assignment)
	if !ok || role == 0 {
		return nil
	}
	n, err := roleAt(c, role)
	if err != nil {
		return err
	}
	return c.System.Unlink(c, &n, "members", member)
}

// byMembership finds the assignment that says the same as membership of a directory role,
// and what it lies below.
func byMembership(c *workload.Call, role, member *workload.Node) (owner, assignment workload.Node, err error) {
	management, err := c.System.Member(c, &workload.Node{Type: c.Model.Root(), Exists: true}, "roleManagement", "")
	if err != nil {
		return owner, assignment, err
	}
	if owner, err = c.System.Member(c, &management, "directory", ""); err != nil || owner.Ref <= 0 {
		return owner, assignment, err
	}
	assignment, _ = same(c.Tx, &owner, "roleAssignments", membership(role, member).Text)
	return owner, assignment, nil
}

// assignHeld makes the assignment of whoever becomes a member of a directory role.
func assignHeld(c *workload.Call, role, member *workload.Node) error {
	if err := canHold(c, member); err != nil {
		return err
	}
	owner, has, err := byMembership(c, role, member)
	if err != nil || has.Exists {
		return err
	}
	by := *c
	by.Mode = workload.ModeLoad // the membership that it stands for is made behind this
	_, err = c.System.Create(&by, &owner, "roleAssignments", membership(role, member))
	return err
}

// membership is the assignment that says the same as membership of a directory role.
func membership(role, member *workload.Node) value.Members {
	return value.Members{{Name: "directoryScopeId", Value: `"/"`}, {Name: "principalId", Value: value.String(member.Text("id"))},
		{Name: "roleDefinitionId", Value: value.String(role.Text("roleTemplateId"))}}
}

func unassignHeld(c *workload.Call, role, member *workload.Node) error {
	_, has, err := byMembership(c, role, member)
	if err != nil || !has.Exists {
		return err
	}
	return c.System.Delete(c, has.Ref)
}

// assignable looks up the principal and the role of the body.
func assignable(c *workload.Call) error {
	root := &workload.Node{Type: c.Model.Root(), Exists: true}
	id := c.Body.Text("principalId")
	who, err := c.System.Member(c, root, "directoryObjects", id)
	if err != nil || !who.Exists {
		return grapherr.NotFound("directoryObject", id)
	}
	if nav := c.Self.Home.Nav; nav != nil && nav.Name == "directory" {
		if err := canHold(c, &who); err != nil {
			return err
		}
		if err := over(c); err != nil {
			return err
		}
	}
	role := c.Body.Text("roleDefinitionId")
	n, err := c.System.Member(c, &c.Self, "roleDefinitions", role)
	if err != nil || n.Exists {
		return err
	}
	if c.Self.Ref <= 0 || c.Tx.Count(c.Self.Ref, "roleDefinitions") == 0 {
		return nil // an application that says nothing of its roles
	}
	return grapherr.NotFound("unifiedRoleDefinition", role)
}

// unitScope begins the scope of an assignment over an administrative unit.
const unitScope = "/administrativeUnits/"

// ofUnits are the built-in roles that can be assigned over an administrative unit (B-12.31).
var ofUnits = []string{
	"58a13ea3-c632-46ae-9ee0-9c0d43cd7f3d", // Attribute Assignment Administrator
	"ffd52fa5-98dc-465c-991d-fc073eb59f8f", // Attribute Assignment Reader
	"c4e39bd9-1100-46d3-8c65-fb160da0071f", // Authentication Administrator
	"7698a772-787b-4ac8-901f-60d6b08affd2", // Cloud Device Administrator
	"fdd7a751-b60b-444a-984c-02652fe8fa1c", // Groups Administrator
	"729827e3-9c14-49f7-bb1b-9608f156bbb8", // Helpdesk Administrator
	"4d6ac14f-3453-41d0-bef9-a3e0c569773a", // License Administrator
	"966707d0-3269-4727-9be2-8c3a10f19b9d", // Password Administrator
	"644ef478-e28f-4e28-b9dc-3fdde9aa0b1f", // Printer Administrator
	"e8cef6f1-e4bd-4ea8-bc07-4b8d950f4477", // Printer Technician
	"7be44c8a-adaf-4e2a-84d6-ab2649e08a13", // Privileged Authentication Administrator
	"f28a1f50-f6e7-4571-818b-6a12f2af6b6c", // SharePoint Administrator
	"69091246-20e8-4a56-aa4d-066075b2a7a8", // Teams Administrator
	"3d762c5a-1b6c-493f-843e-55a3b42923d4", // Teams Devices Administrator
	"fe930be7-5e62-47db-91af-98c3a49a38b1", // User Administrator
}

// scopable refuses to assign a built-in role over an administrative unit unless it can be.
// Each built-in role has a template of its id, and no custom role has.
func scopable(c *workload.Call) error {
	id := c.Body.Text("roleDefinitionId")
	role, err := c.System.Member(c, &workload.Node{Type: c.Model.Root(), Exists: true}, "directoryRoleTemplates", id)
	if err != nil || !role.Exists || slices.Contains(ofUnits, id) {
		return err
	}
	return (&grapherr.Error{Status: 400, Code: "Request_BadRequest", Message: "The given built-in role is not supported to be assigned to a single resource scope."}).
		Because("'"+role.Text("displayName")+"' cannot be assigned over an administrative unit.", "Assign it over the directory, \"/\", or assign a custom role.")
}

// canHold refuses to give a role of the directory to what cannot have one.
func canHold(c *workload.Call, who *workload.Node) error {
	switch {
	case c.Presumes(), who.Type.Is("microsoft.graph.user"), who.Type.Is("microsoft.graph.servicePrincipal"):
		return nil
	case who.Type.Is("microsoft.graph.group") && who.Bool("isAssignableToRole"):
		return nil
	}
	return (&grapherr.Error{Status: 400, Code: "Request_BadRequest", Message: "The principal cannot be assigned a role."}).
		Because("A "+who.Type.Name.Short()+" can have one only if it is a user, a service principal or a group with isAssignableToRole.", "")
}

// over refuses an assignment whose scope is missing, is in no form that the service knows, or
// does not exist (B-12.31).
func over(c *workload.Call) error {
	scope := c.Body.Text("directoryScopeId")
	unit, ofUnit := strings.CutPrefix(scope, unitScope)
	id, ofObject := strings.CutPrefix(scope, "/")
	switch {
	case scope == "/", scope == "" && c.Body.Text("appScopeId") != "":
		return nil
	case scope == "":
		return grapherr.Required("unifiedRoleAssignment", "directoryScopeId")
	case ofUnit:
		if directory, ok := c.Tx.One(0, "directory"); ok {
			if _, ok := c.Tx.Find(directory, "administrativeUnits", unit); ok {
				return scopable(c)
			}
		}
		return grapherr.NoReference(unit)
	case !ofObject || strings.Contains(id, "/"):
		return grapherr.InvalidValue("unifiedRoleAssignment", "directoryScopeId", "'"+scope+"' is no scope: it is /, /administrativeUnits/{id} or /{id} of an object.")
	}
	if n, err := c.System.Member(c, &workload.Node{Type: c.Model.Root(), Exists: true}, "directoryObjects", id); err == nil && n.Exists {
		return nil
	}
	return grapherr.NoReference(id)
}
