// Package directory holds what is particular to users, groups, applications and
// the other directory objects.
package directory

import (
	_ "embed"
	"slices"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
	"github.com/graph-emulator/graph-emulator/schemas/edm"
)

//go:embed traits.yaml
var traits string

// The switch Location (B-1.19), and its value that means what the service sends.
const (
	Location   = "compat.location"
	Historical = "historical"
)

// Workload is listed in workloads.All.
func Workload() workload.Workload {
	return workload.Workload{
		Name: "directory",
		Areas: []workload.Area{
			{Name: "Applications", Paths: "applications applicationTemplates oauth2PermissionGrants onPremisesPublishingProfiles servicePrincipals users/oauth2PermissionGrants"},
			{Name: "Directory", Paths: "administrativeUnits contacts contracts devices directory directoryObjects directoryRoles directoryRoleTemplates " +
				"directorySettingTemplates domains groupSettings groupSettingTemplates invitations organization roleManagement settings subscribedSkus"},
			{Name: "Extensions", Paths: "schemaExtensions"},
			{Name: "Groups", Paths: "groupLifecyclePolicies groups"},
			{Name: "Sign-in", Paths: "identity identityProviders policies trustFramework users/authentication"},
			{Name: "Users", Paths: "users"},
		},
		Traits:             traits,
		Backends:           []*workload.Backend{{Cache: "no-cache", Refusals: true}}, // B-1.13, B-1.14
		Views:              views(),
		Rules:              slices.Concat(deletions(), writes(), memberships(), credentials(), federations(), grants(), identity(), tenant(), rulesOfPolicies(), declarations()),
		LinkRules:          linkRules(),
		DeclaredProperties: declaredProperties(),
		QueryPolicies:      queryPolicies(),

		Switches: []workload.Switch{{Name: Location, Values: []string{"canonical", Historical},
			Usage: "whether Location of what was created is where it can be read, or what the service behind Graph sends, which leads nowhere here"}},

		Builtins:    builtins(),
		Consistency: workload.Consistency{Replicated: true},
		Errors: grapherr.Dialect{ // B-2.33
			grapherr.CaseNotFound:        notFound(),
			grapherr.CaseNoReference:     {Code: "Request_ResourceNotFound"},
			grapherr.CaseNoProperty:      {Code: "Request_BadRequest", Message: "Invalid property '{key}'."},
			grapherr.CaseRequired:        {Code: "Request_BadRequest", Message: "A value is required for property '{key}' of resource '{type}'."},
			grapherr.CaseReadOnly:        {Code: "Request_BadRequest"},
			grapherr.CaseNotAllowed:      {Code: "Request_BadRequest"},
			grapherr.CaseLinked:          {Code: "Request_BadRequest"},
			grapherr.CaseNotLinked:       {Code: "Request_ResourceNotFound"},
			grapherr.CaseBadToken:        {Code: "Request_BadRequest"}, // B-6.14
			grapherr.CaseInvalid:         {Code: "Request_BadRequest", Message: "Invalid value specified for property '{key}' of resource '{type}'."},
			grapherr.CaseRepeated:        {Code: "Request_BadRequest"},
			grapherr.CaseNoReferenceBody: {Code: "Request_BadRequest"}, // B-2.26
			grapherr.CaseTaken:           {Code: "Request_BadRequest"},
			grapherr.CaseExists: {Status: 400, Code: "Request_BadRequest",
				Message: "A conflicting object with one or more of the specified property values is present in the directory."},
		},
	}
}

func views() []workload.View {
	const object edm.Name = "microsoft.graph.directoryObject"
	var out []workload.View
	for _, t := range extensible[1:] {
		out = append(out, workload.View{Type: t, Nav: "extensions", Find: openByName})
	}
	out = append(append(out, methodViews()...), placeViews()...)
	out = append(out, tenantViews()...)
	return append(out, []workload.View{
		{Type: "microsoft.graph.GraphService", Nav: "me", Find: me, Refers: true, Refuse: needsUser},
		{Type: "microsoft.graph.directory", Nav: bin, Settle: bury},
		workload.Inverse(object, "memberOf", "members"), // B-4.46
		workload.Transitive(object, "transitiveMembers", "members"),
		workload.TransitiveInverse(object, "transitiveMemberOf", "members"),
		workload.Inverse(object, "ownedObjects", "owners"),
		workload.Inverse(object, "createdObjects", creator, hiddenCreator),
		workload.Inverse(object, "directReports", "manager"),
		workload.Inverse(object, "ownedDevices", "registeredOwners"),
		workload.Inverse(object, "registeredDevices", "registeredUsers"),
		workload.Inverse(object, "sponsorOf", "sponsors"),
	}...)
}

func writes() []workload.Rule {
	return []workload.Rule{
		{Type: "microsoft.graph.directoryObject", Verb: bind.Create, Do: something},
		{Type: "microsoft.graph.user", Verb: bind.Create, Do: createUser},
		{Type: "microsoft.graph.user", Verb: bind.Update, Do: updateUser},
		{Type: "microsoft.graph.group", Verb: bind.Create, Do: createGroup},
		{Type: "microsoft.graph.group", Verb: bind.Update, Do: updateGroup},
		{Type: "microsoft.graph.application", Verb: bind.Create, Do: createApplication},
		{Type: "microsoft.graph.application", Verb: bind.Update, Do: updateApplication},
		{Type: "microsoft.graph.servicePrincipal", Verb: bind.Create, Do: createPrincipal},
		{Type: "microsoft.graph.servicePrincipal", Verb: bind.Update, Do: updatePrincipal},
		{Type: "microsoft.graph.scopedRoleMembership", Verb: bind.Create, Do: createScoped},
	}
}

// something refuses to make an object that is nothing in particular: who sends one means a
// reference to one that is there (B-4.36).
func something(c *workload.Call) (workload.Result, error) {
	if c.Target.Type.Name == "microsoft.graph.directoryObject" && !c.Loading() && !c.Presumes() {
		return workload.Result{}, grapherr.NotSupported().Because("The body does not say what kind of object it is.", "Add one that is there by POST of {\"@odata.id\": \"…\"} to $ref.")
	}
	return c.Next()
}

// me is the user that the caller acts for (B-1.5).
func me(s workload.Scope, _ *workload.Node, _ string) (workload.Item, bool) {
	ref, ok := s.Tx.Find(0, "users", s.Caller.User)
	if !ok {
		return workload.Item{}, false
	}
	item := workload.Item{At: ref, Ref: ref}
	if users, ok := s.Model.Root().Navigation("users"); ok {
		item.Home = &workload.Home{Owner: &workload.Node{Type: s.Model.Root(), Exists: true}, Nav: users, Key: s.Caller.User}
	}
	return item, true
}

// needsUser refuses /me to an app-only caller (B-2.21).
func needsUser(s workload.Scope, _ *workload.Node) error {
	if s.Caller.AppOnly || s.Caller.User == "" {
		return grapherr.MeNeedsUser()
	}
	return nil
}

// notFound is a miss; where nothing but an object id is a key, another text is a bad
// request (B-2.33).
func notFound() grapherr.Form {
	miss := grapherr.Form{Code: "Request_ResourceNotFound"}
	byID := miss
	byID.Fits, byID.Malformed = edm.IsGUID, &grapherr.Form{Status: 400, Code: "Request_BadRequest", Message: "Invalid object identifier '{key}'."}
	miss.About = map[string]grapherr.Form{"group": byID, "application": byID, "directoryObject": byID}
	return miss
}
