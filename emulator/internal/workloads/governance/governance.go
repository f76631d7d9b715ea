// Package governance holds what is particular to roles, access reviews and entitlement management.
package governance

import (
	_ "embed"
	"slices"

	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

//go:embed traits.yaml
var traits string

// Workload is listed in workloads.All.
func Workload() workload.Workload {
	return workload.Workload{
		Name: "governance",
		Areas: []workload.Area{
			{Name: "Identity governance", Paths: "accessReviews businessFlowTemplates identityGovernance privilegedAccess privilegedApproval privilegedOperationEvents " +
				"privilegedRoleAssignmentRequests privilegedRoleAssignments privilegedRoles programControls programControlTypes programs " +
				"users/agreementAcceptances users/pendingAccessReviewInstances"},
		},
		Traits:   traits,
		Backends: []*workload.Backend{{Cache: "private", Placed: true, Types: []string{"microsoft.graph.accessPackage*", "microsoft.graph.entitlementManagement*"}}, {Types: []string{"microsoft.graph.approval*"}}}, // B-1.13, B-1.14
		Types: []string{
			"microsoft.graph.accessReview*",
			"microsoft.graph.accessPackage*",
			"microsoft.graph.unifiedRole*",
			"microsoft.graph.privilegedAccess*",
		},
		Rules:         slices.Concat(entitlement(), roles(), scheduleRules(), policyRules(), departures()),
		LinkRules:     []workload.LinkRule{{Type: "microsoft.graph.directoryRole", Nav: "members", Link: assignHeld, Unlink: unassignHeld}},
		Views:         slices.Concat(entitlementViews(), roleViews(), scheduleViews(), policyViews()),
		QueryPolicies: entitlementPolicies(),
		Builtins: []workload.Builtin{
			{Place: "identityGovernance/entitlementManagement/catalogs", Type: catalogType, Also: []string{"accessPackageCatalogs"}, Entities: general},
			{Place: "roleManagement/entitlementManagement/roleDefinitions", Type: definitionType, Entities: catalogRoles},
		},
		Errors: grapherr.Dialect{ // B-2.33
			grapherr.CaseNotFound: {About: map[string]grapherr.Form{"approval": {Code: grapherr.NoCode, Message: "Approval with id {key} not found"}}}, // recorded.md E19
			grapherr.CaseDenied:   {Code: "PermissionScopeNotGranted", Message: "Authorization failed due to missing permission scope {key}."},
		},
	}
}
