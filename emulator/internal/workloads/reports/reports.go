// Package reports holds what is particular to usage reports and the audit log.
package reports

import (
	_ "embed"

	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

//go:embed traits.yaml
var traits string

// Workload is listed in workloads.All.
func Workload() workload.Workload {
	return workload.Workload{
		Name: "reports",
		Areas: []workload.Area{
			{Name: "Reports", Paths: "auditLogs reports"},
		},
		Traits:   traits,
		Backends: []*workload.Backend{{}}, // B-1.13, B-1.14
		Types: []string{
			"microsoft.graph.auditLogRoot",
			"microsoft.graph.reportRoot",
			"microsoft.graph.authenticationMethodsRoot",
			"microsoft.graph.userRegistrationDetails",
			"microsoft.graph.signIn",
			"microsoft.graph.directoryAudit",
			"microsoft.graph.provisioningObjectSummary",
		},
		QueryPolicies: []workload.QueryPolicy{{Type: "microsoft.graph.signIn", Order: workload.OrderBy("createdDateTime desc")}}, // B-3.64
		Errors: grapherr.Dialect{ // B-2.33
			grapherr.CaseDenied: {Code: "Authentication_MSGraphPermissionMissing",
				Message: "Calling principal does not have required MSGraph permissions {key}"},
		},
	}
}
