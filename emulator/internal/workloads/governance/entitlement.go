package governance

import (
	"strings"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

const (
	catalogType    edm.Name = "microsoft.graph.accessPackageCatalog"
	packageType    edm.Name = "microsoft.graph.accessPackage"
	assignmentType edm.Name = "microsoft.graph.accessPackageAssignment"
	policyType     edm.Name = "microsoft.graph.accessPackageAssignmentPolicy"
	requestType    edm.Name = "microsoft.graph.accessPackageAssignmentRequest"
	resourceType   edm.Name = "microsoft.graph.accessPackageResource"
)

// entitlement holds the rules of requests that act at once (C-10.10).
func entitlement() []workload.Rule {
	return []workload.Rule{
		{Type: catalogType, Verb: bind.Create, Do: refer("accessPackageCatalogs", "catalogs")},
		{Type: catalogType, Verb: bind.Delete, Do: deleteCatalog},
		{Type: packageType, Verb: bind.Create, Do: createPackage},
		{Type: packageType, Verb: bind.Delete, Do: deletePackage},
		{Type: "microsoft.graph.accessPackageResourceRequest", Verb: bind.Create, Do: requestResource},
		{Type: "microsoft.graph.accessPackageResourceRoleScope", Verb: bind.Create, Do: createRoleScope},
		{Type: "microsoft.graph.accessPackageResourceRoleScope", Verb: bind.Delete, Do: deleteRoleScope},
		{Type: "microsoft.graph.accessPackageResourceRole", Verb: bind.Create, Do: half(0)},
		{Type: "microsoft.graph.accessPackageResourceScope", Verb: bind.Create, Do: half(1)},
		{Type: requestType, Verb: bind.Create, Do: requestAssignment},
		{Type: assignmentType, Verb: bind.Create, Do: assign},
		{Type: assignmentType, Verb: bind.Delete, Do: deleteAssignment},
		{Type: assignmentType, Verb: bind.Invoke(ends), ByTime: true, Do: lapse},
		{Type: requestType, Verb: bind.Invoke("cancel"), Do: cancel},
		{Type: requestType, Verb: bind.Invoke("Cancel"), Do: cancel}, // as beta's metadata spells it
		{Type: requestType, Verb: bind.Invoke("reprocess"), Do: reprocess},
	}
}

// entitlementViews: beta has entitlement management at the service root as well.
func entitlementViews() []workload.View {
	return []workload.View{
		{Type: "microsoft.graph.GraphService", Nav: "entitlementManagement", To: "/identityGovernance/entitlementManagement"},
		{Type: "microsoft.graph.entitlementManagement", Nav: "assignments", Settle: resume},
		{Type: "microsoft.graph.entitlementManagement", Nav: "accessPackageAssignments", Settle: resume},
	}
}

// nested gives an object of the body by the first of its names that is there: v1.0 and
// beta call the same thing differently.
func nested(m value.Members, names ...string) value.Members {
	for _, name := range names {
		if raw, ok := m.Get(name); ok && raw.Kind() == value.KindObject {
			return raw.Members()
		}
	}
	return nil
}

// management is the entity that the collections of entitlement management belong to.
func management(c *workload.Call) (*workload.Node, error) {
	root := &workload.Node{Type: c.Model.Root(), Exists: true}
	governance, err := c.System.Member(c, root, "identityGovernance", "")
	if err != nil {
		return nil, err
	}
	n, err := c.System.Member(c, &governance, "entitlementManagement", "")
	return &n, err
}

// lookUp finds a member of entitlement management; navs are the names that its
// collection has in the versions of Graph.
func lookUp(c *workload.Call, key string, navs ...string) (workload.Node, error) {
	return within(c, c.System.Member, key, navs)
}

// within is lookUp by a way of the System to find a member.
func within(c *workload.Call, find func(*workload.Call, *workload.Node, string, string) (workload.Node, error), key string, navs []string) (workload.Node, error) {
	m, err := management(c)
	if err != nil {
		return workload.Node{}, err
	}
	for _, nav := range navs {
		if _, ok := m.Type.Navigation(nav); ok {
			return find(c, m, nav, key)
		}
	}
	return workload.Node{}, grapherr.NoSegment(navs[0])
}

// refer makes {"id": …} inside a body a reference to what is there, and anything else
// what it is.
func refer(navs ...string) workload.Func {
	return func(c *workload.Call) (workload.Result, error) {
		id := c.Sent.Text("id")
		if c.Loading() || c.Nav == nil || c.Nav.Contains && c.Self.Type.Name == "microsoft.graph.entitlementManagement" || id == "" {
			return c.Next()
		}
		to, err := within(c, c.System.Named, id, navs)
		if err != nil {
			return workload.Result{}, err
		}
		if to.Ref <= 0 {
			return workload.Result{}, grapherr.NotFound(c.Nav.Type.Name.Short(), id)
		}
		return workload.Result{One: &workload.Entity{Node: to}}, c.System.Link(c, &c.Self, c.Nav.Name, to.Ref)
	}
}

// createPackage puts a package into its catalog, by whichever name the catalog is given.
func createPackage(c *workload.Call) (workload.Result, error) {
	if c.Self.Type.Name != "microsoft.graph.entitlementManagement" {
		return refer("accessPackages")(c)
	}
	catalog := c.Body.Text("catalogId")
	if catalog == "" {
		catalog = nested(c.Sent, "catalog", "accessPackageCatalog").Text("id")
	}
	if catalog == "" || c.Loading() {
		return c.Next()
	}
	to, err := lookUp(c, catalog, "accessPackageCatalogs", "catalogs")
	if err != nil {
		return workload.Result{}, err
	}
	if !to.Exists && !c.Presumes() {
		return workload.Result{}, grapherr.NotFound("accessPackageCatalog", catalog)
	}
	c.Body.Set("catalogId", value.String(catalog))
	res, err := c.Next()
	if err != nil || to.Ref <= 0 {
		return res, err
	}
	if err := c.System.Link(c, &res.One.Node, "catalog", to.Ref); err != nil {
		return res, err
	}
	return res, c.System.Link(c, &to, "accessPackages", res.One.Ref)
}

// kinds says what the resources of an origin are called.
var kinds = map[string]string{"aadgroup": "Security Group", "aadapplication": "Application", "sharepointonline": "SharePoint Online Site"}

// requestResource adds a resource to a catalog, changes it or takes it away, at once.
func requestResource(c *workload.Call) (workload.Result, error) {
	if c.Loading() {
		return c.Next()
	}
	catalogID := c.Body.Text("catalogId")
	if catalogID == "" {
		catalogID = nested(c.Sent, "catalog").Text("id")
	}
	c.Body.Set("catalogId", value.String(catalogID))
	c.Body.Set("requestState", `"Delivered"`)
	c.Body.Set("requestStatus", `"Fulfilled"`)
	c.Body.Set("state", `"delivered"`)
	catalog, err := lookUp(c, catalogID, "accessPackageCatalogs", "catalogs")
	if err != nil || !catalog.Exists && c.Presumes() {
		return c.Next()
	}
	if !catalog.Exists {
		return workload.Result{}, grapherr.NotFound("accessPackageCatalog", catalogID)
	}
	what := nested(c.Sent, "accessPackageResource", "resource")
	switch strings.ToLower(c.Body.Text("requestType")) {
	case "adminadd":
		if err := addResource(c, &catalog, what); err != nil {
			return workload.Result{}, err
		}
	case "adminremove":
		if err := removeResource(c, &catalog, what); err != nil {
			return workload.Result{}, err
		}
	}
	return c.Next()
}

// removeResource takes a resource out of a catalog with its roles. The request names it by its
// id or by its origin.
func removeResource(c *workload.Call, catalog *workload.Node, what value.Members) error {
	key := what.Text("id")
	if key == "" {
		key = what.Text("originId")
		if ref, ok := resourceOf(c, catalog, key); ok {
			_, _, key, _ = c.Tx.Owner(ref)
		}
	}
	n, err := c.System.Named(c, catalog, resources(catalog.Type), key)
	if err != nil {
		return err
	}
	if in, used := packaged(c.Tx, catalog, &n); used {
		return (&grapherr.Error{Status: 400, Code: "InvalidDeleteResourceHasEntitlements",
			Message: "The resource: " + n.Text("displayName") + " can not be deleted because there are active entitlements."}).
			Because("The access package '"+in+"' has a role scope of the resource.", "Delete the role scope first.")
	}
	for ref := range c.Tx.Members(catalog.Ref, "accessPackageResourceRoles", 0) {
		if of, ok := c.Tx.One(ref, "accessPackageResource"); ok && of == n.Ref {
			if err := c.System.Delete(c, ref); err != nil {
				return err
			}
		}
	}
	return c.System.Delete(c, n.Ref)
}

// resourceOf finds the resource of a catalog that stands for an object of another service.
func resourceOf(c *workload.Call, catalog *workload.Node, origin string) (store.Ref, bool) {
	for ref := range c.Tx.Members(catalog.Ref, "accessPackageResources", 0) {
		if e, ok := c.Tx.Get(ref); ok {
			if raw, _ := e.Object.Get("originId"); origin != "" && raw == value.String(origin) {
				return ref, true
			}
		}
	}
	return 0, false
}

// resources is what a catalog calls its resources in the version of the request.
func resources(catalog *edm.Type) string {
	if _, ok := catalog.Navigation("accessPackageResources"); ok {
		return "accessPackageResources"
	}
	return "resources"
}

// addResource puts a resource of another service into a catalog.
func addResource(c *workload.Call, catalog *workload.Node, what value.Members) error {
	origin := what.Text("originId")
	if _, twice := resourceOf(c, catalog, origin); twice {
		return &grapherr.Error{Status: 400, Code: "ResourceAlreadyOnboarded", Message: "The specified resource is already onboarded to ELM."}
	}
	made := value.Members{{Name: "originId", Value: value.String(origin)}, {Name: "originSystem", Value: value.String(what.Text("originSystem"))}}
	name := what.Text("displayName")
	if name == "" {
		root := &workload.Node{Type: c.Model.Root(), Exists: true}
		if o, err := c.System.Member(c, root, "directoryObjects", origin); err == nil && o.Exists {
			name = o.Text("displayName")
		}
	}
	made.Set("displayName", value.String(name))
	if kind, ok := kinds[strings.ToLower(what.Text("originSystem"))]; ok {
		made.Set("resourceType", value.String(kind))
	}
	resource, err := c.System.Create(c, catalog, resources(catalog.Type), made)
	if err != nil || !strings.EqualFold(what.Text("originSystem"), "AadGroup") {
		return err
	}
	nav := "accessPackageResourceRoles"
	if _, ok := catalog.Type.Navigation(nav); !ok {
		nav = "resourceRoles"
	}
	for _, name := range [...]string{"Member", "Owner"} {
		role, err := c.System.Create(c, catalog, nav, value.Members{{Name: "displayName", Value: value.String(name)},
			{Name: "originId", Value: value.String(name + "_" + origin)}, {Name: "originSystem", Value: value.String(what.Text("originSystem"))}})
		if err != nil {
			return err
		}
		if err := c.System.Link(c, &role, "accessPackageResource", resource.Ref); err != nil {
			return err
		}
	}
	return nil
}

// createRoleScope names the pair of a role and a scope as the service does: both ids
// with a low line between them.
func createRoleScope(c *workload.Call) (workload.Result, error) {
	if c.Loading() {
		return c.Next()
	}
	role, scope := nested(c.Sent, "accessPackageResourceRole", "role").Text("id"), nested(c.Sent, "accessPackageResourceScope", "scope").Text("id")
	for _, id := range [...]*string{&role, &scope} {
		if *id == "" {
			*id = c.Tx.NewGUID()
		}
	}
	c.Body.Set("id", value.String(role+"_"+scope))
	res, err := c.Next()
	if err != nil || c.Self.Type.Name != packageType {
		return res, err
	}
	return res, regrant(c, c.Self.Text("id"))
}

// deleteRoleScope answers 200, which clients wait for (C-10.10).
func deleteRoleScope(c *workload.Call) (workload.Result, error) {
	owner := c.Self.Home.Owner
	res, err := c.Next()
	res.Status = 200
	if err != nil || owner == nil || owner.Type.Name != packageType {
		return res, err
	}
	return res, regrant(c, owner.Text("id"))
}

// half gives the role or the scope of a pair its part of the pair's id.
func half(part int) workload.Func {
	return func(c *workload.Call) (workload.Result, error) {
		if ids := strings.Split(c.Self.Text("id"), "_"); !c.Loading() && len(ids) == 2 && c.Self.Type.Name == "microsoft.graph.accessPackageResourceRoleScope" {
			c.Body.Set("id", value.String(ids[part]))
		}
		return c.Next()
	}
}

// requestAssignment is delivered as soon as it is made, as no request here waits for
// an approver.
func requestAssignment(c *workload.Call) (workload.Result, error) {
	if !c.Loading() {
		c.Body.Set("state", `"delivered"`)
		c.Body.Set("status", `"Delivered"`)
		c.Body.Set("requestState", `"Delivered"`)
		c.Body.Set("requestStatus", `"FulfilledNotificationTriggered"`)
		c.Body.Set("completedDateTime", value.Time(c.Now()))
		c.Body.Set("completedDate", value.Time(c.Now()))
		begin(c.Now(), &c.Body)
	}
	res, err := c.Next()
	if err != nil || c.Loading() || c.Caller.User == "" {
		return res, err
	}
	if _, given := c.Tx.One(res.One.Ref, "requestor"); given {
		return res, nil
	}
	_, err = c.System.Create(c, &res.One.Node, "requestor", subject(c.Tx, c.Caller.User))
	return res, err
}

// assign makes, changes or ends the assignment that a request is about: what stands
// inside the request lies among the assignments, and the request refers to it.
func assign(c *workload.Call) (workload.Result, error) {
	if c.Loading() || c.Self.Type.Name != requestType {
		return c.Next()
	}
	m, err := management(c)
	if err != nil {
		return workload.Result{}, err
	}
	nav := "assignments"
	if _, ok := m.Type.Navigation(nav); !ok {
		nav = "accessPackageAssignments"
	}
	id, n := c.Sent.Text("id"), workload.Node{}
	switch ends := strings.EqualFold(c.Self.Text("requestType"), "adminRemove") || strings.EqualFold(c.Self.Text("requestType"), "userRemove"); {
	case id != "":
		if n, err = c.System.Member(c, m, nav, id); err != nil {
			return workload.Result{}, err
		}
		if (!n.Exists || n.Ref <= 0) && c.Presumes() {
			return c.Next()
		}
		if !n.Exists || n.Ref <= 0 {
			return workload.Result{}, grapherr.NotFound("accessPackageAssignment", id)
		}
		if ends {
			err = expire(c, &n)
		}
	case ends && !c.Presumes():
		return workload.Result{}, grapherr.Required("accessPackageAssignment", "id")
	default:
		n, err = deliver(c, m, nav)
	}
	if err != nil {
		return workload.Result{}, err
	}
	return workload.Result{One: &workload.Entity{Node: n}}, c.System.Link(c, &c.Self, "assignment", n.Ref)
}

// cancel withdraws a request: the assignment that it made ends. It answers 200, which hamilton
// waits for.
func cancel(c *workload.Call) (workload.Result, error) {
	if !c.Self.Exists {
		return workload.Result{}, grapherr.NotFound(c.Self.Type.Name.Short(), c.Self.Home.Key)
	}
	if ref, ok := c.Tx.One(c.Self.Ref, "assignment"); ok && adds(&c.Self) && delivered(c.Tx, ref) {
		n, err := assignmentAt(c, ref)
		if err != nil {
			return workload.Result{}, err
		}
		if err := expire(c, &n); err != nil {
			return workload.Result{}, err
		}
	}
	return workload.Result{Status: 200}, c.System.Write(c, &c.Self, value.Members{{Name: "state", Value: `"canceled"`}, {Name: "status", Value: `"Canceled"`},
		{Name: "requestState", Value: `"Canceled"`}, {Name: "requestStatus", Value: `"Canceled"`}})
}

// adds reports whether a request asks for a new assignment.
func adds(request *workload.Node) bool {
	kind := request.Text("requestType")
	return strings.EqualFold(kind, "adminAdd") || strings.EqualFold(kind, "userAdd")
}

func reprocess(c *workload.Call) (workload.Result, error) {
	if !c.Self.Exists {
		return workload.Result{}, grapherr.NotFound(c.Self.Type.Name.Short(), c.Self.Home.Key)
	}
	return workload.Result{Status: 202}, nil
}

// general is the catalog that every tenant has (C-10.4).
func general() []value.Members {
	return []value.Members{{{Name: "id", Value: `"9f1f2c04-5f0b-4b3c-8a5e-6a1c3d9be701"`}, {Name: "displayName", Value: `"General"`},
		{Name: "description", Value: `"Built-in catalog."`}, {Name: "catalogType", Value: `"serviceDefault"`}, {Name: "state", Value: `"published"`},
		{Name: "catalogStatus", Value: `"Published"`}, {Name: "isExternallyVisible", Value: "true"},
		{Name: "createdDateTime", Value: `"2021-12-01T08:00:00Z"`}, {Name: "modifiedDateTime", Value: `"2021-12-01T08:00:00Z"`}}}
}

// catalogRoles are the roles of entitlement management, by their published ids.
func catalogRoles() []value.Members {
	var out []value.Members
	for _, r := range [...]struct{ id, name string }{
		{"ae79f266-94d4-4dab-b730-feca7e132178", "Catalog owner"}, {"44272f93-9762-48e8-af59-1b5351b1d6b3", "Catalog reader"},
		{"7f480852-ebdc-47d4-87de-0d8498384a83", "Access package manager"}, {"e2182095-804a-4656-ae11-64734e9b7ae5", "Access package assignment manager"},
	} {
		out = append(out, value.Members{{Name: "id", Value: value.String(r.id)}, {Name: "description", Value: value.Null}, {Name: "displayName", Value: value.String(r.name)},
			{Name: "isBuiltIn", Value: "true"}, {Name: "isEnabled", Value: "true"}, {Name: "resourceScopes", Value: `["/"]`},
			{Name: "rolePermissions", Value: `[{"allowedResourceActions":[],"condition":null}]`}, {Name: "templateId", Value: value.String(r.id)}, {Name: "version", Value: `"1.0"`}})
	}
	return out
}
